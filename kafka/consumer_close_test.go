package kafka_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// errClosing is the error of a Close beside another one.
var errClosing = kafka.NewError(kafka.ErrState, "Consumer is already closing", false)

// started returns a consumer that has read its four messages, with the last one.
func started(t *testing.T, conf kafka.ConfigMap, cb kafka.RebalanceCb) (*kafka.Consumer, *kafka.Message) {
	t.Helper()
	c := joining(t, "EAGER", conf)
	require.NoError(t, c.Subscribe("t", cb))
	var m *kafka.Message
	for range 4 {
		var err error
		m, err = c.ReadMessage(patience)
		require.NoError(t, err)
	}
	return c, m
}

// onRevoked is a rebalance callback that runs f for revoked partitions.
func onRevoked(f func()) kafka.RebalanceCb {
	return func(_ *kafka.Consumer, ev kafka.Event) error {
		if _, ok := ev.(kafka.RevokedPartitions); ok {
			f()
		}
		return nil
	}
}

// callAll calls every method but Close and returns what docs/reentrancy.md would
// call what they did.
func callAll(x inside) map[string]string {
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(consumerCalls)) {
		if name != "Close" && name != "CloseContext" {
			out[name] = said(consumerCalls[name].run(x))
		}
	}
	return out
}

// Every method of a closed consumer returns: the error of closed clients, or,
// when it has none, nothing.
func TestConsumer_closedMethods(t *testing.T) {
	t.Parallel()
	c, m := started(t, kafka.ConfigMap{"debug": "cgrp"}, nil)
	errs := c.Errors()
	require.NoError(t, c.Close())
	x := inside{t.Context(), c, m}
	for name, got := range callAll(x) {
		want := "closed" // IsClosed says so, too
		switch name {
		case "Poll":
			want = "nothing"
		case "AssignmentLost", "Events", "Errors", "Stats", "Logs", "String":
			want = "yes"
		case "GetRebalanceProtocol":
			want = "protocol "
		case "MemberID":
			want = "no member"
		}
		assert.Equal(t, want, got, name)
	}
	assert.Nil(t, c.Poll(-1), "not even for ever")
	assert.Equal(t, errClosed, c.Close())
	assert.Equal(t, errClosed, c.CloseContext(t.Context()))
	assert.Nil(t, c.Events())
	receiveClosed(t, errs)
	receiveClosed(t, c.Stats())
	for l := range c.Logs() {
		assert.Equal(t, c.String(), l.Name)
	}
}

// A consumer that never subscribed closes, and one without a broker too.
func TestConsumer_closeUnused(t *testing.T) {
	t.Parallel()
	for _, conf := range []kafka.ConfigMap{{"group.id": "g"}, {"group.id": "g", "bootstrap.servers": "127.0.0.1:1"}} {
		conf["go.logs.channel.enable"] = true
		c := newConsumer(t, conf)
		if len(conf) > 2 {
			require.NoError(t, c.Subscribe("t", nil))
		}
		require.NoError(t, c.CloseContext(within(t)))
		assert.True(t, c.IsClosed())
	}
}

// Of several calls of Close one closes; the others say that it does, or did.
func TestConsumer_closeAtOnce(t *testing.T) {
	t.Parallel()
	c, _ := started(t, nil, nil)
	const calls = 8
	results := make(chan error, calls)
	for range calls {
		go func() { results <- c.Close() }()
	}
	var first int
	for range calls {
		switch err := receive(t, results); err {
		case nil:
			first++
		default:
			assert.Contains(t, []error{errClosed, errClosing}, err)
		}
	}
	assert.Equal(t, 1, first)
}

// While Close runs, its callback here, methods called elsewhere do what
// docs/reentrancy.md says of the callback itself.
func TestConsumer_methodsDuringClose(t *testing.T) {
	t.Parallel()
	inClose, goOn := make(chan struct{}), make(chan struct{})
	c, m := started(t, nil, onRevoked(func() {
		close(inClose)
		<-goOn
	}))
	closed := make(chan error, 1)
	go func() { closed <- c.Close() }()
	receiveClosed(t, inClose)
	table := documented(t)
	for _, name := range slices.Sorted(maps.Keys(consumerCalls)) {
		call := consumerCalls[name]
		if call.alone && name != "Close" && name != "Subscribe" {
			continue // it would answer for the callback
		}
		assert.Equal(t, table[name][slices.Index(places, "Close")], said(call.run(inside{t.Context(), c, m})), name)
	}
	assert.False(t, c.IsClosed())
	close(goOn)
	require.NoError(t, receive(t, closed))
	assert.True(t, c.IsClosed())
}

// Close wakes who waits, before it turns to its callback.
func TestConsumer_closeWakes(t *testing.T) {
	t.Parallel()
	inClose, goOn := make(chan struct{}), make(chan struct{})
	c, _ := started(t, nil, onRevoked(func() {
		close(inClose)
		<-goOn
	}))
	results := make(chan error, 4)
	go func() { results <- errOf(c.ReadMessage(-1)) }()
	go func() { results <- errOf(c.ReadMessage(time.Hour)) }()
	go func() { results <- errOf(c.ReadMessageContext(context.Background())) }()
	go func() {
		if ev := c.Poll(-1); ev != nil {
			results <- fmt.Errorf("Poll returned %v", ev)
			return
		}
		results <- errClosed
	}()
	eventually(t, func() bool { return kafka.WaitersOf(c) == 4 }, "the calls to wait")
	closed := make(chan error, 1)
	go func() { closed <- c.Close() }()
	for range 4 {
		assert.Equal(t, errClosed, receive(t, results))
	}
	receiveClosed(t, inClose)
	close(goOn)
	require.NoError(t, receive(t, closed))
}

// CloseContext returns when its context ends, though a callback is stuck, in
// Close or in another call; the rest ends when the callback does.
func TestConsumer_closeInTheBackground(t *testing.T) {
	t.Parallel()
	for _, place := range places {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			stuck, goOn := make(chan struct{}), make(chan struct{})
			c := joining(t, "EAGER", kafka.ConfigMap{"go.events.channel.enable": place == "Events"})
			first := make(chan *kafka.Message, 1)
			require.NoError(t, c.Subscribe("t", onRevoked(func() {
				close(stuck)
				<-goOn
			})))
			driven := make(chan struct{})
			go func() {
				defer close(driven)
				drive(c, first)
			}()
			receive(t, first)
			if place != "Close" {
				require.NoError(t, c.Unsubscribe())
				receiveClosed(t, stuck)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			err := c.CloseContext(ctx)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			assert.ErrorContains(t, err, "close of "+c.String()+" goes on in the background")
			receiveClosed(t, stuck)
			assert.Equal(t, errClosing, c.Close())
			assert.False(t, c.IsClosed())
			close(goOn)
			eventually(t, c.IsClosed, "the end")
			eventually(t, func() bool { return c.Close() == errClosed }, "the last state") //nolint:errorlint // the very value
			receiveClosed(t, driven)
		})
	}
}

// Nobody needs to read the Events channel for Close to return.
func TestConsumer_closeWithUnreadEvents(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 2} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			c := joining(t, "EAGER", kafka.ConfigMap{
				"go.events.channel.enable": true, "go.events.channel.size": size, "enable.auto.offset.store": true,
			})
			require.NoError(t, c.Subscribe("t", nil))
			m, ok := receive(t, c.Events()).(*kafka.Message)
			require.True(t, ok)
			require.NoError(t, m.TopicPartition.Error)
			eventually(t, func() bool { return len(c.Events()) == size }, "a full channel")
			require.NoError(t, c.CloseContext(within(t)))
			for range size {
				require.IsType(t, m, receive(t, c.Events()))
			}
			receiveClosed(t, c.Events())
		})
	}
}

// Close in a rebalance callback answers the rebalance, and takes back what was
// subscribed to while it went on: librdkafka would abort the process.
func TestConsumer_closeInCallback(t *testing.T) {
	t.Parallel()
	for _, again := range []bool{false, true} {
		var c *kafka.Consumer
		var errs []error
		c, _ = started(t, nil, onRevoked(func() {
			if again {
				errs = append(errs, c.Subscribe("u", nil))
			}
			errs = append(errs, c.Close())
			assert.True(t, c.IsClosed())
			errs = append(errs, c.Unassign())
		}))
		require.NoError(t, c.Unsubscribe())
		_, err := c.ReadMessage(patience)
		assert.Equal(t, errClosed, err)
		want := []error{nil, errClosed}
		if again {
			want = []error{nil, nil, errClosed}
		}
		assert.Equal(t, want, errs)
	}
}

// Calls of all kinds beside a Close neither crash nor hang.
func TestConsumer_closeWhileBusy(t *testing.T) {
	t.Parallel()
	for round := range 4 {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			c, m := started(t, nil, nil)
			var begun, ended sync.WaitGroup
			names := slices.Sorted(maps.Keys(consumerCalls))
			for g := range 6 {
				begun.Add(1)
				ended.Go(func() {
					for i := g; !c.IsClosed(); i++ {
						switch name := names[i*7%len(names)]; name {
						case "Close", "CloseContext":
						case "Committed": // librdkafka lets it wait for its whole timeout once the group is being left
						case "Commit", "CommitContext", "CommitMessage", "CommitOffsets":
							// One that meets Unsubscribe is now and then never answered by librdkafka, and Close
							// waits for it; TestConsumer_closeWhileCommitting has them by themselves.
						default:
							_ = said(consumerCalls[name].run(inside{context.Background(), c, m}))
						}
						if i == g {
							begun.Done()
						}
					}
				})
			}
			begun.Wait()
			require.NoError(t, c.CloseContext(within(t)))
			ended.Wait()
		})
	}
}

// A commit that comes while the group is left: librdkafka aborts the process when
// one arrives as its group handler ends, so none may.
func TestConsumer_closeWhileCommitting(t *testing.T) {
	t.Parallel()
	for round := range 8 {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			c, m := started(t, nil, nil)
			var ended sync.WaitGroup
			for range 4 {
				ended.Go(func() {
					var err error
					for err == nil {
						ctx, cancel := context.WithCancel(context.Background())
						cancel() // commit as fast as it goes, and wait for none
						if _, err = c.CommitContext(ctx, []kafka.TopicPartition{m.TopicPartition}); errors.Is(err, context.Canceled) {
							err = nil
						}
					}
					assert.Equal(t, errClosed, err)
				})
			}
			require.NoError(t, c.CloseContext(within(t)))
			ended.Wait()
		})
	}
}

// What a callback does in Close, Close does, after all has ended: it panics, or
// ends its goroutine.
func TestConsumer_closePanics(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	c, _ := started(t, nil, onRevoked(func() { panic(boom) }))
	assert.PanicsWithValue(t, boom, func() { _ = c.Close() })
	assert.True(t, c.IsClosed())
	assert.Equal(t, errClosed, c.Close())

	c, _ = started(t, nil, onRevoked(runtime.Goexit))
	ended := make(chan bool)
	go func() {
		returned := false
		defer func() { ended <- !returned }()
		_ = c.Close()
		returned = true
	}()
	assert.True(t, <-ended, "Close returned")
	assert.True(t, c.IsClosed())
	assert.Equal(t, errClosed, c.Close())
}

// After runtime.Goexit in a callback behind Events the channel is closed, and
// Close works.
func TestConsumer_eventsGoroutineExits(t *testing.T) {
	t.Parallel()
	c := joining(t, "EAGER", kafka.ConfigMap{"go.events.channel.enable": true})
	require.NoError(t, c.Subscribe("t", func(_ *kafka.Consumer, ev kafka.Event) error {
		if _, ok := ev.(kafka.AssignedPartitions); ok {
			runtime.Goexit()
		}
		return nil
	}))
	timeout := time.After(patience)
	for open := true; open; {
		var ev kafka.Event
		select {
		case ev, open = <-c.Events():
			if open { // a broker that was slow to answer
				assert.IsType(t, kafka.Error{}, ev, "%v", ev)
			}
		case <-timeout:
			require.FailNow(t, "the channel is not closed")
		}
	}
	list, err := c.Assignment()
	require.NoError(t, err)
	assert.Len(t, list, 4, "the rebalance is taken")
	require.NoError(t, c.CloseContext(within(t)))
}

// panicEnv makes this test's process do what its parent looks at.
const panicEnv = "RDKAFKA_TEST_PANIC"

// A panic of a callback that no call of the application can pass on ends the
// program, as that of any goroutine.
func TestConsumer_panicEndsProgram(t *testing.T) {
	switch os.Getenv(panicEnv) {
	case "Events":
		c := joining(t, "EAGER", kafka.ConfigMap{"go.events.channel.enable": true})
		require.NoError(t, c.Subscribe("t", func(*kafka.Consumer, kafka.Event) error { panic("boom of the callback") }))
		<-t.Context().Done()
	case "Close":
		goOn := make(chan struct{})
		c, _ := started(t, nil, onRevoked(func() {
			<-goOn
			panic("boom of the callback")
		}))
		require.ErrorIs(t, c.CloseContext(ended()), context.Canceled)
		close(goOn)
		<-t.Context().Done()
	}
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	for _, place := range []string{"Events", "Close"} {
		cmd := exec.CommandContext(within(t), self, "-test.run=^"+t.Name()+"$", "-test.timeout=20s")
		cmd.Env = append(os.Environ(), panicEnv+"="+place)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		var exit *exec.ExitError
		require.ErrorAs(t, cmd.Run(), &exit, out.String())
		assert.Equal(t, 2, exit.ExitCode())
		assert.Contains(t, out.String(), "panic: boom of the callback")
	}
}

// After a fatal error Close returns it, and closes all the same.
func TestConsumer_closeAfterFatalError(t *testing.T) {
	t.Parallel()
	c, _ := started(t, nil, nil)
	require.Equal(t, kafka.ErrNoError, kafka.FailFatally(c, kafka.ErrUnsupportedAssignor, "boom"))
	err := c.Close()
	var fatal kafka.FatalError
	require.ErrorAs(t, err, &fatal)
	assert.ErrorIs(t, err, kafka.ErrUnsupportedAssignor)
	assert.ErrorContains(t, err, "boom")
	assert.True(t, c.IsClosed())
	assert.Equal(t, errClosed, c.Close())
}
