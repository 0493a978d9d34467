package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// consumerCall is a call of a method of Consumer as an application would make it
// in a rebalance callback.
type consumerCall struct {
	run      func(x inside) error
	assigned bool   // of the callback for AssignedPartitions, else for RevokedPartitions
	protocol string // "" when it works in both
	alone    bool   // it changes what the other calls find
}

// inside is what there is in a callback.
type inside struct {
	ctx context.Context
	c   *kafka.Consumer
	m   *kafka.Message // one of the consumer's
}

// consumerCalls has every exported method, which [TestReentrancy_documented]
// checks. A method without an error returns one here when its result is wrong.
// The consumer has the partitions 0 to 3 of topic t.
var consumerCalls = map[string]consumerCall{
	"Assign":         {assigned: true, protocol: "EAGER", alone: true, run: func(x inside) error { return x.c.Assign(four()) }},
	"Assignment":     {run: func(x inside) error { return errOf(x.c.Assignment()) }},
	"AssignmentLost": {run: func(x inside) error { return wrong(x.c.AssignmentLost(), "lost") }},
	"Close":          {alone: true, run: func(x inside) error { return x.c.Close() }},
	"CloseContext":   {alone: true, run: func(x inside) error { return x.c.CloseContext(x.ctx) }},
	"Commit": {run: func(x inside) error {
		if _, err := x.c.StoreMessage(x.m); err != nil {
			return err
		}
		_, err := x.c.Commit()
		return err
	}},
	"CommitContext": {run: func(x inside) error {
		return errOf(x.c.CommitContext(x.ctx, []kafka.TopicPartition{x.m.TopicPartition}))
	}},
	"CommitMessage": {run: func(x inside) error { return errOf(x.c.CommitMessage(x.m)) }},
	"CommitOffsets": {run: func(x inside) error { return errOf(x.c.CommitOffsets([]kafka.TopicPartition{x.m.TopicPartition})) }},
	"Committed":     {run: func(x inside) error { return errOf(x.c.Committed(four(), 10000)) }},
	"Errors":        {run: func(x inside) error { return wrong(x.c.Errors() == nil, "no channel") }},
	"Events": {run: func(x inside) error {
		_ = x.c.Events()
		return nil
	}},
	"GetConsumerGroupMetadata": {run: func(x inside) error { return errOf(x.c.GetConsumerGroupMetadata()) }},
	"GetMetadata":              {run: func(x inside) error { return errOf(x.c.GetMetadata(nil, true, 10000)) }},
	"GetRebalanceProtocol": {run: func(x inside) error {
		p := x.c.GetRebalanceProtocol()
		return wrong(p != "EAGER" && p != "COOPERATIVE", "protocol "+p)
	}},
	"GetWatermarkOffsets": {run: func(x inside) error {
		_, _, err := x.c.GetWatermarkOffsets("t", 0)
		return err
	}},
	"IncrementalAssign":   {assigned: true, protocol: "COOPERATIVE", alone: true, run: func(x inside) error { return x.c.IncrementalAssign(more(x.c)) }},
	"IncrementalUnassign": {protocol: "COOPERATIVE", alone: true, run: func(x inside) error { return x.c.IncrementalUnassign(four()) }},
	"IsClosed":            {run: func(x inside) error { return wrong(x.c.IsClosed(), "closed") }},
	"Logs":                {run: func(x inside) error { return wrong(x.c.Logs() == nil, "no channel") }},
	"MemberID":            {run: func(x inside) error { return wrong(x.c.MemberID() == "", "no member") }},
	"OffsetsForTimes":     {run: func(x inside) error { return errOf(x.c.OffsetsForTimes(four(), 10000)) }},
	"Pause":               {run: func(x inside) error { return x.c.Pause(four()) }},
	"Poll": {run: func(x inside) error {
		begin := time.Now()
		if ev := x.c.Poll(20); ev != nil {
			return fmt.Errorf("%v came", ev)
		}
		if time.Since(begin) < 20*time.Millisecond {
			return errAtOnce
		}
		return nil
	}},
	"Position": {run: func(x inside) error { return errOf(x.c.Position(four())) }},
	"QueryWatermarkOffsets": {run: func(x inside) error {
		_, _, err := x.c.QueryWatermarkOffsets("t", 0, 10000)
		return err
	}},
	"ReadMessage": {run: func(x inside) error {
		_, err := x.c.ReadMessage(20 * time.Millisecond)
		return notTimeout(err)
	}},
	"ReadMessageContext": {run: func(x inside) error {
		ctx, cancel := context.WithTimeout(x.ctx, 20*time.Millisecond)
		defer cancel()
		_, err := x.c.ReadMessageContext(ctx)
		return notTimeout(err)
	}},
	"Resume": {run: func(x inside) error { return x.c.Resume(four()) }},
	"Seek":   {run: func(x inside) error { return x.c.Seek(x.m.TopicPartition, 0) }},
	"SeekPartitions": {run: func(x inside) error {
		out, err := x.c.SeekPartitions([]kafka.TopicPartition{x.m.TopicPartition})
		if err != nil {
			return err
		}
		return out[0].Error
	}},
	"SetOAuthBearerToken":        {run: func(x inside) error { return notConfigured(x.c.SetOAuthBearerToken(bearer())) }},
	"SetOAuthBearerTokenFailure": {run: func(x inside) error { return notConfigured(x.c.SetOAuthBearerTokenFailure("none")) }},
	"SetSaslCredentials":         {run: func(x inside) error { return x.c.SetSaslCredentials("u", "p") }},
	"Stats":                      {run: func(x inside) error { return wrong(x.c.Stats() == nil, "no channel") }},
	"StoreMessage":               {run: func(x inside) error { return errOf(x.c.StoreMessage(x.m)) }},
	"StoreOffsets":               {run: func(x inside) error { return errOf(x.c.StoreOffsets([]kafka.TopicPartition{x.m.TopicPartition})) }},
	"String":                     {run: func(x inside) error { return wrong(x.c.String() == "", "no name") }},
	"Subscribe":                  {alone: true, run: func(x inside) error { return x.c.Subscribe("u", nil) }},
	"SubscribeTopics":            {alone: true, run: func(x inside) error { return x.c.SubscribeTopics([]string{"t", "u"}, nil) }},
	"Subscription":               {run: func(x inside) error { return errOf(x.c.Subscription()) }},
	"Unassign":                   {protocol: "EAGER", alone: true, run: func(x inside) error { return x.c.Unassign() }},
	"Unsubscribe":                {alone: true, run: func(x inside) error { return x.c.Unsubscribe() }},
}

// more are partitions that the consumer does not have yet.
func more(c *kafka.Consumer) []kafka.TopicPartition {
	list := four()
	if has, err := c.Assignment(); err == nil && len(has) > 0 {
		other := "other"
		list = []kafka.TopicPartition{{Topic: &other}}
	}
	return list
}

// four are the partitions of topic t.
func four() []kafka.TopicPartition {
	topic := "t"
	list := make([]kafka.TopicPartition, 4)
	for i := range list {
		list[i] = kafka.TopicPartition{Topic: &topic, Partition: int32(i), Offset: kafka.OffsetBeginning}
	}
	return list
}

func wrong(is bool, what string) error {
	if is {
		return errors.New(what)
	}
	return nil
}

// errAtOnce is for a call that returned in place of waiting.
var errAtOnce = errors.New("returned at once")

// notTimeout takes away the error of a call that waited in vain.
func notTimeout(err error) error {
	var timeout kafka.TimeoutError
	if errors.As(err, &timeout) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// notConfigured takes away the error of a client that uses no tokens.
func notConfigured(err error) error {
	if said(err) != "closed" && errors.Is(err, kafka.ErrState) {
		return nil
	}
	return err
}

func bearer() kafka.OAuthBearerToken {
	return kafka.OAuthBearerToken{TokenValue: "x", Expiration: time.Now().Add(time.Hour), Principal: "p"}
}

// joining returns a consumer, not subscribed yet, and a cluster of its own with
// the topic t of 4 partitions and a message in each.
func joining(t *testing.T, protocol string, more kafka.ConfigMap) *kafka.Consumer {
	t.Helper()
	mock, err := kafka.NewMockCluster(1)
	require.NoError(t, err)
	t.Cleanup(mock.Close)
	require.NoError(t, mock.SetGroupRebalanceDelay(time.Millisecond))
	require.NoError(t, mock.CreateTopic("t", 4, 1))
	require.NoError(t, mock.CreateTopic("u", 1, 1))
	p := newProducer(t, kafka.ConfigMap{"bootstrap.servers": mock.BootstrapServers(), "linger.ms": 0})
	for i := range int32(4) {
		m := msg(nil)
		m.TopicPartition.Partition = i
		require.NoError(t, p.Produce(m, nil))
	}
	require.NoError(t, p.FlushContext(within(t)))
	strategy := "range"
	if protocol == "COOPERATIVE" {
		strategy = "cooperative-sticky"
	}
	conf := kafka.ConfigMap{
		"bootstrap.servers": mock.BootstrapServers(), "group.id": "g", "auto.offset.reset": "earliest",
		"heartbeat.interval.ms": 50, "partition.assignment.strategy": strategy,
		"enable.auto.offset.store": false, "go.logs.channel.enable": true,
	}
	for k, v := range more {
		conf[k] = v
	}
	return newConsumer(t, conf)
}

// The places where a rebalance callback runs, as docs/reentrancy.md names them.
var places = []string{"Poll", "Events", "Close"}

// callFrom makes a rebalance callback run at the place and do in it, and returns
// its result. What waits for longer than patience fails the test.
func callFrom[T any](t *testing.T, place, protocol string, assigned bool, do func(inside) T) T {
	t.Helper()
	c := joining(t, protocol, kafka.ConfigMap{"go.events.channel.enable": place == "Events"})
	var m atomic.Pointer[kafka.Message]
	m.Store(msg(nil))
	var once sync.Once
	results := make(chan T, 1)
	require.NoError(t, c.Subscribe("t", func(c *kafka.Consumer, ev kafka.Event) error {
		if _, ok := ev.(kafka.AssignedPartitions); ok == assigned {
			once.Do(func() { results <- do(inside{context.Background(), c, m.Load()}) })
		}
		return nil
	}))
	first := make(chan *kafka.Message, 4)
	driven := make(chan struct{})
	go func() {
		defer close(driven)
		drive(c, first)
	}()
	closed := make(chan struct{})
	end := func() {
		defer close(closed)
		_ = c.Close()
	}
	if !assigned {
		m.Store(receive(t, first))
		if place == "Close" {
			go end()
		} else {
			require.NoError(t, c.Unsubscribe())
		}
	}
	result := receive(t, results)
	if place != "Close" {
		go end()
	}
	receiveClosed(t, closed)
	receiveClosed(t, driven)
	return result
}

// drive reads as an application does until the consumer is closed. The first
// messages go to first.
func drive(c *kafka.Consumer, first chan<- *kafka.Message) {
	got := func(ev kafka.Event) {
		if m, ok := ev.(*kafka.Message); ok {
			select {
			case first <- m:
			default:
			}
		}
	}
	if events := c.Events(); events != nil {
		for ev := range events {
			got(ev)
		}
		return
	}
	for {
		m, err := c.ReadMessage(-1)
		if err == errClosed { //nolint:errorlint // the very value
			return
		}
		if err == nil {
			got(m)
		}
	}
}

// said is what docs/reentrancy.md calls what a method did.
func said(err error) string {
	switch {
	case err == nil:
		return "yes"
	case err == errClosed: //nolint:errorlint // the very value
		return "closed"
	case err == errAtOnce: //nolint:errorlint // the very value
		return "nothing"
	case err.Error() == "Consumer is already closing":
		return "closing"
	default:
		return err.Error()
	}
}

// documented reads the table of docs/reentrancy.md: per method what it says of
// each of the places.
func documented(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../docs/reentrancy.md")
	require.NoError(t, err)
	table := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != len(places)+3 || !strings.HasPrefix(cells[1], " `") {
			continue
		}
		var what []string
		for _, cell := range cells[2 : 2+len(places)] {
			what = append(what, strings.TrimSpace(cell))
		}
		for name := range strings.SplitSeq(cells[1], ",") {
			name = strings.Trim(name, " `")
			require.NotContains(t, table, name, "twice in the table")
			table[name] = what
		}
	}
	return table
}

// Every exported method of Consumer stands in the table and is called by these
// tests, and nothing else does.
func TestReentrancy_documented(t *testing.T) {
	t.Parallel()
	methods := methodsOf[*kafka.Consumer]()
	assert.Equal(t, methods, slices.Sorted(maps.Keys(documented(t))))
	assert.Equal(t, methods, slices.Sorted(maps.Keys(consumerCalls)))
}

// methodsOf returns the names of a type's exported methods, without those that
// the tests give it.
func methodsOf[T any]() []string {
	var names []string
	typ := reflect.TypeFor[T]()
	for i := range typ.NumMethod() {
		m := typ.Method(i)
		pc := m.Func.Pointer()
		if file, _ := runtime.FuncForPC(pc).FileLine(pc); !strings.HasSuffix(file, "_test.go") {
			names = append(names, m.Name)
		}
	}
	return names
}

// A rebalance callback in Poll, and in ReadMessage, which is the same.
func TestReentrancy_callbackInPoll(t *testing.T) {
	t.Parallel()
	testCallback(t, "Poll")
}

// A rebalance callback on the goroutine behind Events.
func TestReentrancy_callbackBehindEvents(t *testing.T) {
	t.Parallel()
	testCallback(t, "Events")
}

// The rebalance callback that Close calls.
func TestReentrancy_callbackInClose(t *testing.T) {
	t.Parallel()
	testCallback(t, "Close")
}

// testCallback calls every method of Consumer from a rebalance callback at the
// place and checks that it does what the table says.
func testCallback(t *testing.T, place string) {
	table := documented(t)
	column := slices.Index(places, place)
	want := map[string]string{}
	// One callback for all that leave the consumer as it is, one each for the others.
	together := callFrom(t, place, "EAGER", false, func(x inside) map[string]string {
		out := map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(consumerCalls)) { // each time in this order
			if call := consumerCalls[name]; !call.alone {
				out[name] = said(call.run(x))
			}
		}
		return out
	})
	for name := range together {
		want[name] = table[name][column]
	}
	assert.Equal(t, want, together)
	for name, call := range consumerCalls {
		if !call.alone {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			protocol := call.protocol
			if protocol == "" {
				protocol = "EAGER"
			}
			// Close is never told of an assignment.
			assigned := call.assigned && place != "Close"
			assert.Equal(t, table[name][column], callFrom(t, place, protocol, assigned, func(x inside) string {
				return said(call.run(x))
			}))
		})
	}
}

func errOf[T any](_ T, err error) error { return err }

// producerCalls calls every exported method of Producer that a test may call on
// a producer with a broker, but Close, and returns what went wrong.
func producerCalls(t *testing.T, p, transactional *kafka.Producer, group *kafka.ConsumerGroupMetadata) map[string]error {
	t.Helper()
	ctx := within(t)
	flushed := func(left int) error { return wrong(left != 0, fmt.Sprint(left, " left")) }
	reports := make(chan kafka.Event, 1)
	done := map[string]error{
		"Produce":        p.Produce(msg(nil), reports),
		"ProduceContext": p.ProduceContext(ctx, msg(nil), make(chan kafka.Event, 1)),
		"FlushContext":   p.FlushContext(ctx),
		"Len":            flushed(p.Len()),
		"Flush":          flushed(p.Flush(10000)),

		"Purge":                      p.Purge(kafka.PurgeQueue),
		"GetFatalError":              p.GetFatalError(),
		"Errors":                     wrong(p.Errors() == nil, "no channel"),
		"Stats":                      wrong(p.Stats() == nil, "no channel"),
		"Events":                     wrong(p.Events() == nil, "no channel"),
		"ProduceChannel":             wrong(p.ProduceChannel() == nil, "no channel"),
		"Logs":                       wrong(p.Logs() == nil, "no channel"),
		"IsClosed":                   wrong(p.IsClosed(), "closed"),
		"String":                     wrong(p.String() == "", "no name"),
		"GetMetadata":                errOf(p.GetMetadata(nil, true, 10000)),
		"OffsetsForTimes":            errOf(p.OffsetsForTimes(four(), 10000)),
		"SetOAuthBearerToken":        notConfigured(p.SetOAuthBearerToken(bearer())),
		"SetOAuthBearerTokenFailure": notConfigured(p.SetOAuthBearerTokenFailure("none")),
		"SetSaslCredentials":         p.SetSaslCredentials("u", "p"),

		"InitTransactions":         transactional.InitTransactions(ctx),
		"BeginTransaction":         transactional.BeginTransaction(),
		"SendOffsetsToTransaction": transactional.SendOffsetsToTransaction(ctx, four(), group),
		"CommitTransaction":        transactional.CommitTransaction(ctx),
		"AbortTransaction":         errors.Join(transactional.BeginTransaction(), transactional.AbortTransaction(ctx)),
	}
	_, _, done["QueryWatermarkOffsets"] = p.QueryWatermarkOffsets("t", 0, 10000)
	// From here on reports come as batches, on a channel that nobody reads.
	done["Deliveries"] = wrong(p.Deliveries() == nil, "no channel")
	_, done["ProduceBatch"] = p.ProduceBatch(ctx, msgs(3))
	done["TestFatalError"] = wrong(p.TestFatalError(kafka.ErrFail, "boom") != kafka.ErrNoError, "not raised")
	return done
}

// A rebalance callback may call every method of a producer.
func TestReentrancy_producerInCallback(t *testing.T) {
	t.Parallel()
	_, mock := connected(t, nil)
	conf := func(more kafka.ConfigMap) kafka.ConfigMap {
		more["bootstrap.servers"], more["go.logs.channel.enable"] = mock.BootstrapServers(), true
		return more
	}
	p := newProducer(t, conf(kafka.ConfigMap{}))
	transactional := newProducer(t, conf(kafka.ConfigMap{"transactional.id": "x"}))
	got := callFrom(t, "Poll", "EAGER", false, func(x inside) map[string]error {
		own, err := kafka.NewTestConsumerGroupMetadata("of the other cluster")
		if err != nil {
			return map[string]error{"NewTestConsumerGroupMetadata": err}
		}
		out := producerCalls(t, p, transactional, own)
		// Of the three messages of ProduceBatch, whose channel has room.
		out["CloseContext"] = p.CloseContext(x.ctx)
		transactional.Close()
		out["Close"] = wrong(!transactional.IsClosed(), "not closed")
		return out
	})
	for name, err := range got {
		assert.NoError(t, err, name)
	}
	assert.Equal(t, methodsOf[*kafka.Producer](), slices.Sorted(maps.Keys(got)))
}

// Whoever reads log lines may call every method, Close among them.
func TestReentrancy_logReader(t *testing.T) {
	t.Parallel()
	c := joining(t, "EAGER", kafka.ConfigMap{"debug": "cgrp,topic"})
	require.NoError(t, c.Subscribe("t", nil))
	var m *kafka.Message
	for range 4 {
		var err error
		m, err = c.ReadMessage(patience)
		require.NoError(t, err)
	}
	got := make(chan map[string]string, 1)
	go func() {
		out := map[string]string{}
		for range c.Logs() {
			if c.IsClosed() || len(out) > 0 {
				continue
			}
			for _, name := range slices.Sorted(maps.Keys(consumerCalls)) {
				if call := consumerCalls[name]; !call.alone {
					out[name] = said(call.run(inside{context.Background(), c, m}))
				}
			}
			for _, name := range []string{"Unassign", "Assign", "SubscribeTopics", "Unsubscribe", "Subscribe", "Close"} {
				out[name] = said(consumerCalls[name].run(inside{context.Background(), c, m}))
			}
		}
		got <- out
	}()
	for name, what := range receive(t, got) {
		assert.Equal(t, "yes", what, name)
	}
}

// What docs/reentrancy.md says of the two calls that wait for their own caller.
func TestReentrancy_eventsReader(t *testing.T) {
	t.Parallel()
	p, _ := connected(t, kafka.ConfigMap{"queue.buffering.max.messages": 3, "go.events.channel.size": 0})
	ctx := within(t)
	for i := range 3 {
		require.NoError(t, p.ProduceContext(ctx, msg(i), nil))
	}
	report(t, p.Events())
	require.NoError(t, p.ProduceContext(ctx, msg(3), nil), "room for the one that was read")
	require.NoError(t, p.FlushContext(ctx))
	assert.Equal(t, 3, p.Flush(20))
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	assert.ErrorIs(t, p.ProduceContext(short, msg(4), nil), context.DeadlineExceeded)
	p.Close()
}
