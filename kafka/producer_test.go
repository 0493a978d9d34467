package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// patience bounds each wait on a condition; only a failure reaches it.
const patience = 30 * time.Second

func eventually(t *testing.T, cond func() bool, what string) {
	t.Helper()
	require.Eventually(t, cond, patience, time.Millisecond, what)
}

// within returns a context that ends after patience.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// receive takes the next value off a channel.
func receive[T any](t *testing.T, ch <-chan T) T {
	t.Helper()
	select {
	case v, ok := <-ch:
		require.True(t, ok, "the channel is closed")
		return v
	case <-time.After(patience):
		require.FailNow(t, "nothing came")
		panic("unreachable")
	}
}

// report takes the next delivery report off a channel of events; other events
// are passed over.
func report(t *testing.T, ch <-chan kafka.Event) *kafka.Message {
	t.Helper()
	for {
		if m, ok := receive(t, ch).(*kafka.Message); ok {
			return m
		}
	}
}

// msg is a message to partition 0 of topic t.
func msg(opaque any) *kafka.Message {
	topic := "t"
	return &kafka.Message{TopicPartition: kafka.TopicPartition{Topic: &topic}, Opaque: opaque}
}

// msgs are n messages with opaques from 0 on.
func msgs(n int) []kafka.Message {
	list := make([]kafka.Message, n)
	for i := range list {
		list[i] = *msg(i)
	}
	return list
}

// lonely returns a producer that has no broker: what it accepts stays.
func lonely(t *testing.T, conf kafka.ConfigMap) *kafka.Producer {
	t.Helper()
	if conf == nil {
		conf = kafka.ConfigMap{}
	}
	conf["go.logs.channel.enable"] = true // and not on stderr
	return newProducer(t, conf)
}

// connected returns a producer on a mock cluster with the topic t of 4
// partitions.
func connected(t *testing.T, conf kafka.ConfigMap) (*kafka.Producer, *kafka.MockCluster) {
	t.Helper()
	mock := newMock(t)
	require.NoError(t, mock.CreateTopic("t", 4, 3))
	if conf == nil {
		conf = kafka.ConfigMap{}
	}
	conf["bootstrap.servers"] = mock.BootstrapServers()
	if _, ok := conf["linger.ms"]; !ok {
		conf["linger.ms"] = 0
	}
	return newProducer(t, conf), mock
}

func TestProduce_refusedAtTheCall(t *testing.T) {
	t.Parallel()
	p := lonely(t, kafka.ConfigMap{"queue.buffering.max.messages": 10, "message.max.bytes": 1000})
	for i := range 10 {
		require.NoError(t, p.Produce(msg(i), nil))
	}
	full := p.Produce(msg(10), nil)
	assert.Equal(t, kafka.NewError(kafka.ErrQueueFull, "", false), full)
	assert.ErrorIs(t, full, kafka.ErrQueueFull)

	large := msg(11)
	large.Value = make([]byte, 2000)
	assert.Equal(t, kafka.NewError(kafka.ErrMsgSizeTooLarge, "", false), p.Produce(large, nil))

	empty, long, zero := "", strings.Repeat("x", 513), "a\x00b"
	for _, bad := range []*kafka.Message{
		nil,
		{},
		{TopicPartition: kafka.TopicPartition{Topic: &empty}},
		{TopicPartition: kafka.TopicPartition{Topic: &long}},
	} {
		assert.Equal(t, kafka.NewError(kafka.ErrInvalidArg, "", false), p.Produce(bad, nil))
	}
	err := p.Produce(&kafka.Message{TopicPartition: kafka.TopicPartition{Topic: &zero}}, nil)
	assert.ErrorIs(t, err, kafka.ErrInvalidArg)
	assert.ErrorContains(t, err, `topic "a\x00b" has a zero byte`)
	assert.Equal(t, 10, p.SlotsInUse(), "what was refused holds nothing")
}

// The room that a delivered message leaves is found, however small the queue: the
// last report of a burst must wake who waits.
func TestProduceContext_waitsForRoom(t *testing.T) {
	t.Parallel()
	p, _ := connected(t, kafka.ConfigMap{"queue.buffering.max.messages": 1})
	ctx := within(t)
	for i := range 300 {
		require.NoError(t, p.ProduceContext(ctx, msg(i), nil))
	}
	for i := range 300 {
		require.Equal(t, i, report(t, p.Events()).Opaque)
	}
}

// The room that a reader leaves by taking a report is found, too.
func TestProduceContext_waitsForReader(t *testing.T) {
	t.Parallel()
	p, _ := connected(t, kafka.ConfigMap{"queue.buffering.max.messages": 3, "go.events.channel.size": 0})
	events := p.Events()
	ctx := within(t)
	for i := range 3 {
		require.NoError(t, p.ProduceContext(ctx, msg(i), nil))
	}
	eventually(t, func() bool { return p.UnreadReports() == 3 }, "the reports")
	for i := range 50 {
		require.Equal(t, error(kafka.NewError(kafka.ErrQueueFull, "", false)), p.Produce(msg(-1), nil))
		done := make(chan error, 1)
		go func() { done <- p.ProduceContext(ctx, msg(3+i), nil) }()
		eventually(t, p.Waiting, "the call to wait")
		require.Equal(t, i, report(t, events).Opaque)
		require.NoError(t, receive(t, done))
		eventually(t, func() bool { return p.UnreadReports() == 3 }, "the report")
	}
}

// So is that of a message which C refused after it had counted it.
func TestProduceContext_refusedMessageLeavesRoom(t *testing.T) {
	t.Parallel()
	p, _ := connected(t, nil)
	require.NoError(t, p.Produce(msg(0), nil))
	require.NoError(t, report(t, p.Events()).TopicPartition.Error) // the partitions are known now
	bad := msg(1)
	bad.TopicPartition.Partition = 99
	for range 3 { // the first time it may be the report that makes room
		room := p.Room()
		require.ErrorIs(t, p.Produce(bad, nil), kafka.ErrUnknownPartition)
		receiveClosed(t, room)
		room = p.Room()
		_, err := p.ProduceBatch(within(t), []kafka.Message{*bad})
		require.ErrorIs(t, err, kafka.ErrUnknownPartition)
		receiveClosed(t, room)
	}
}

func receiveClosed[T any](t *testing.T, ch <-chan T) {
	t.Helper()
	select {
	case _, ok := <-ch:
		require.False(t, ok, "the channel is not closed")
	case <-time.After(patience):
		require.FailNow(t, "the channel is not closed")
	}
}

func TestProduceContext_ended(t *testing.T) {
	t.Parallel()
	p := lonely(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, p.ProduceContext(ctx, msg(0), nil), context.Canceled)
	n, err := p.ProduceBatch(ctx, msgs(3))
	assert.Zero(t, n)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Zero(t, p.SlotsInUse(), "nothing was enqueued")
}

func TestProduceBatch(t *testing.T) {
	t.Parallel()
	const n = 5000
	p, mock := connected(t, nil)
	require.NoError(t, mock.CreateTopic("u", 2, 3))
	list := msgs(n)
	topics := []string{"t", "u"}
	for i := range list {
		m := &list[i]
		m.TopicPartition.Topic = &topics[i/900%2]
		m.TopicPartition.Partition = int32(i / 3 % 2)
		m.Value = fmt.Append(nil, i)
		m.TopicPartition.Error = errors.New("of an earlier time")
		if i%10 == 0 {
			m.Headers = []kafka.Header{{Key: "h", Value: fmt.Append(nil, i)}, {Key: "h"}}
		}
	}
	list[1234].TopicPartition.Topic = nil
	list[2345].Value = make([]byte, 2000000)
	list[n-1].TopicPartition.Topic = nil
	done, err := p.ProduceBatch(within(t), list)
	assert.Equal(t, n, done)
	assert.Equal(t, kafka.NewError(kafka.ErrInvalidArg, "", false), err, "the first one's")
	for i := range list {
		switch i {
		case 1234, n - 1:
			require.ErrorIs(t, list[i].TopicPartition.Error, kafka.ErrInvalidArg)
		case 2345:
			require.ErrorIs(t, list[i].TopicPartition.Error, kafka.ErrMsgSizeTooLarge)
		default:
			require.NoError(t, list[i].TopicPartition.Error)
		}
	}

	last := map[string]int{}
	offsets := map[string]kafka.Offset{}
	for range n - 3 {
		m := report(t, p.Events())
		require.NoError(t, m.TopicPartition.Error)
		i := m.Opaque.(int)
		require.Equal(t, fmt.Sprint(i), string(m.Value))
		at := fmt.Sprint(*m.TopicPartition.Topic, m.TopicPartition.Partition)
		require.Equal(t, fmt.Sprint(topics[i/900%2], i/3%2), at)
		require.Equal(t, offsets[at], m.TopicPartition.Offset, "the order in the log is that of the reports")
		offsets[at]++
		prev, seen := last[at]
		require.True(t, !seen || prev < i, "%s: %d after %d", at, i, prev)
		last[at] = i
	}
	assert.Zero(t, p.SlotsInUse())
}

// When there is no room, nothing from the index returned on is enqueued.
func TestProduceBatch_queueFull(t *testing.T) {
	t.Parallel()
	p := lonely(t, kafka.ConfigMap{"queue.buffering.max.messages": 1500})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	n, err := p.ProduceBatch(ctx, msgs(4000))
	require.Equal(t, 1500, n)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	assert.ErrorContains(t, err, "no room for 2500 messages")
	assert.Equal(t, 1500, p.SlotsInUse())
	require.NoError(t, p.Purge(kafka.PurgeQueue))
	for i := range 1500 {
		require.Equal(t, i, report(t, p.Events()).Opaque)
	}
	assert.Zero(t, p.Flush(1000))
	assert.Zero(t, p.SlotsInUse())
}

// endAfter is a context that ends when it was asked n times.
type endAfter struct {
	context.Context
	n atomic.Int64
}

func (c *endAfter) Err() error {
	if c.n.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// A large batch stops when its context ends, though there is room for the rest.
func TestProduceBatch_endsWhileThereIsRoom(t *testing.T) {
	t.Parallel()
	p := lonely(t, nil)
	ctx := &endAfter{Context: t.Context()}
	ctx.n.Store(3)
	n, err := p.ProduceBatch(ctx, msgs(20000))
	assert.ErrorIs(t, err, context.Canceled)
	assert.Positive(t, n)
	assert.Less(t, n, 20000)
	assert.Equal(t, n, p.SlotsInUse())
}

func TestProduce_errorFlags(t *testing.T) {
	t.Parallel()
	p := lonely(t, kafka.ConfigMap{"enable.idempotence": true, "message.timeout.ms": 1})
	require.NoError(t, p.Produce(msg(0), nil))
	timedOut := report(t, p.Events()).TopicPartition.Error
	var timeout kafka.TimeoutError
	assert.ErrorAs(t, timedOut, &timeout)
	assert.ErrorIs(t, timedOut, kafka.ErrMsgTimedOut)

	require.NoError(t, p.GetFatalError())
	assert.Equal(t, kafka.ErrNoError, p.TestFatalError(kafka.ErrOutOfOrderSequenceNumber, "boom"))
	assert.Equal(t, kafka.ErrPrevInProgress, p.TestFatalError(kafka.ErrOutOfOrderSequenceNumber, "boom"))

	check := func(err error, code kafka.ErrorCode) {
		t.Helper()
		var fatal kafka.FatalError
		require.ErrorAs(t, err, &fatal)
		assert.ErrorIs(t, err, code)
		assert.True(t, fatal.Err.IsFatal())
		assert.False(t, fatal.Err.IsRetriable())
		assert.False(t, fatal.Err.IsTimeout())
		assert.False(t, fatal.Err.TxnRequiresAbort())
	}
	check(p.GetFatalError(), kafka.ErrOutOfOrderSequenceNumber)
	check(p.Produce(msg(1), nil), kafka.ErrFatal)
	n, err := p.ProduceBatch(t.Context(), msgs(2))
	assert.Equal(t, 2, n)
	check(err, kafka.ErrFatal)
	for {
		if e, ok := receive(t, p.Events()).(kafka.Error); ok && e.IsFatal() {
			check(e, kafka.ErrOutOfOrderSequenceNumber)
			assert.Equal(t, "Fatal error: test_fatal_error: boom", e.String())
			break
		}
	}
}

func TestProduce_concurrent(t *testing.T) {
	t.Parallel()
	const goroutines, each = 8, 2000
	p, _ := connected(t, nil)
	type id struct{ g, i int }
	var wg sync.WaitGroup
	ctx := within(t)
	for g := range goroutines {
		wg.Go(func() {
			for i := range each {
				m := msg(id{g, i})
				m.TopicPartition.Partition = int32(i % 4)
				if err := p.ProduceContext(ctx, m, nil); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	seen := map[id]bool{}
	next := map[int32]kafka.Offset{}
	last := map[[2]int]int{}
	for range goroutines * each {
		m := report(t, p.Events())
		require.NoError(t, m.TopicPartition.Error)
		got := m.Opaque.(id)
		require.False(t, seen[got], "reported twice")
		seen[got] = true
		part := m.TopicPartition.Partition
		require.Equal(t, next[part], m.TopicPartition.Offset, "reports of a partition come in order")
		next[part]++
		key := [2]int{got.g, int(part)}
		prev, ok := last[key]
		require.True(t, !ok || prev < got.i, "what a goroutine produced stays in order")
		last[key] = got.i
	}
	wg.Wait()
	assert.Zero(t, p.SlotsInUse())
	eventually(t, func() bool { return p.Len() == 0 }, "a length of 0")
}

func TestProducer_stringAndLen(t *testing.T) {
	t.Parallel()
	p := lonely(t, kafka.ConfigMap{"client.id": "me"})
	assert.Regexp(t, `^me#producer-\d+$`, p.String())
	assert.False(t, p.IsClosed())
	assert.Zero(t, p.Len())
	for i := range 5 {
		require.NoError(t, p.Produce(msg(i), nil))
		assert.Equal(t, i+1, p.Len())
		assert.Equal(t, i+1, p.SlotsInUse())
	}
	require.NoError(t, p.Purge(kafka.PurgeQueue))
	eventually(t, p.Quiet, "the reports")
	assert.Equal(t, 5, p.Len(), "unread events count")
	for i := range 5 {
		report(t, p.Events())
		eventually(t, func() bool { return p.Len() == 4-i }, "one less")
	}
}

func TestProducer_Purge(t *testing.T) {
	t.Parallel()
	p, mock := connected(t, nil)
	assert.NoError(t, p.Purge(0))
	assert.ErrorIs(t, p.Purge(1<<10), kafka.ErrInvalidArg)
	assert.ErrorIs(t, p.Purge(math.MaxInt32), kafka.ErrInvalidArg)

	require.NoError(t, p.Produce(msg(0), nil))
	require.NoError(t, report(t, p.Events()).TopicPartition.Error)
	// With answers that take their time messages are in flight.
	require.NoError(t, mock.SetRoundtripDuration(-1, 10*time.Second))
	require.NoError(t, p.Produce(msg(1), nil))
	var err error
	for err == nil {
		require.NoError(t, p.Purge(kafka.PurgeInFlight|kafka.PurgeNonBlocking))
		select {
		case ev := <-p.Events():
			if m, ok := ev.(*kafka.Message); ok {
				assert.Equal(t, 1, m.Opaque)
				err = m.TopicPartition.Error
			}
		case <-time.After(10 * time.Millisecond):
		}
	}
	assert.ErrorIs(t, err, kafka.ErrPurgeInflight)

	lone := lonely(t, nil)
	require.NoError(t, lone.Produce(msg(2), nil))
	require.NoError(t, lone.Purge(kafka.PurgeQueue))
	m := report(t, lone.Events())
	assert.ErrorIs(t, m.TopicPartition.Error, kafka.ErrPurgeQueue)
	assert.Equal(t, kafka.OffsetInvalid, m.TopicPartition.Offset)
	assert.Equal(t, 2, m.Opaque)
}
