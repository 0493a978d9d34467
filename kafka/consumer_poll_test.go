package kafka

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guards the timer in pollWait: a call that waits polls again, so that the group
// sees it alive. librdkafka only knows of calls that come.
func TestPoll_waitingCallPollsAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := assigned(t, f, 0)
		c.repoll = time.Second / 2
		_, err := c.ReadMessage(10*time.Second + 100*time.Millisecond)
		assert.Equal(t, newError(ErrTimedOut), err)
		assert.InDelta(t, 1+20+1, len(f.polls()), 1)
	})
}

// Guards Consumer.repoll: at most a second, at most a third of
// max.poll.interval.ms.
func TestPoll_interval(t *testing.T) {
	t.Parallel()
	for interval, want := range map[int]time.Duration{
		300000: time.Second, 6000: time.Second, 3000: time.Second, 1500: 500 * time.Millisecond,
	} {
		c, err := NewConsumer(&ConfigMap{
			"group.id": "g", "session.timeout.ms": 1000, "max.poll.interval.ms": interval, "log_level": 0,
		})
		require.NoError(t, err)
		assert.Equal(t, want, c.repoll, "max.poll.interval.ms %d", interval)
		require.NoError(t, c.Close())
	}
}

// Guards the look at reader.tick in next: messages out of the buffer count as
// polls, but no more often than time passes; and that only the application's
// calls do so, never the poller.
func TestPoll_bufferKeepsAlive(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	f.push(messages("t", 0, 0, 10))
	read(t, c, 1)
	assert.Equal(t, []int{64}, f.polls())
	read(t, c, 2)
	assert.Empty(t, f.polls(), "nothing is fetched while there is something")

	for range 3 {
		pollerRound(c)
	}
	assert.Empty(t, f.polls(), "the poller polled")

	read(t, c, 1)
	assert.Equal(t, []int{1}, f.polls())
	read(t, c, 1)
	assert.Empty(t, f.polls())
}

// Guards reader.lookAside's place in next: what the group wants is heard before
// the next message, though the buffer is full.
func TestPoll_rebalanceBesideTheBuffer(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	f.push(messages("t", 0, 0, 10))
	read(t, c, 3)
	f.pushRebalance(int(ErrRevokePartitions), 0)
	later(c)
	assert.Empty(t, readAll(t, c))
	assert.Equal(t, []string{"unassign"}, f.made())
	assert.Equal(t, Offset(3), f.offset(0))
}

// Guards reader.busy in next and exclusive: no batch call and no second change
// runs while one changes the assignment, and neither the mutex nor a reader of
// what is buffered waits for it.
func TestPoll_exclusive(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*Consumer) error{
		"seek":                 func(c *Consumer) error { return c.Seek(at(0, 3), 0) },
		"pause":                func(c *Consumer) error { return c.Pause(tps(0)) },
		"resume":               func(c *Consumer) error { return c.Resume(tps(0)) },
		"assign":               func(c *Consumer) error { return c.Assign(tps(0)) },
		"unassign":             func(c *Consumer) error { return c.Unassign() },
		"incremental assign":   func(c *Consumer) error { return c.IncrementalAssign(tps(2)) },
		"incremental unassign": func(c *Consumer) error { return c.IncrementalUnassign(tps(0)) },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake()
			c := assigned(t, f, 0, 1)
			f.push(messages("t", 1, 0, 2))
			read(t, c, 1)
			f.push(messages("t", 1, 2, 2))
			later(c)
			f.polls()

			second := make(chan error, 1)
			f.during = func() {
				assert.Equal(t, spots(1, 1, 1), readAll(t, c), "what is buffered goes on")
				assert.Empty(t, f.polls(), "a batch call runs beside the change")
				assert.Equal(t, Offset(2), position(t, c, 1))
				go func() { second <- c.Pause(tps(1)) }()
				assert.Never(t, func() bool {
					f.mu.Lock()
					defer f.mu.Unlock()
					return len(f.calls) > 1
				}, 20*time.Millisecond, time.Millisecond, "a second change runs beside the first")
			}
			require.NoError(t, change(c))
			require.NoError(t, <-second)
			assert.Equal(t, []string{name, "pause"}, f.made())
		})
	}
}

// Guards notify at the end of exclusive: a wake-up that a waiting call could not
// follow up, as a change was under way, is not lost.
func TestPoll_wakeUpDuringChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := assigned(t, f, 0)
		done := make(chan Event, 1)
		go func() { done <- c.Poll(-1) }()
		synctest.Wait()
		begin := time.Now()
		f.during = func() {
			f.push(messages("t", 0, 0, 1))
			c.r.notify()
			synctest.Wait() // the call has looked and waits again
		}
		require.NoError(t, c.Resume(tps(0)))
		m, ok := (<-done).(*Message)
		require.True(t, ok)
		assert.Equal(t, "0@0", spot(m))
		assert.Zero(t, time.Since(begin), "only the timer woke it")
	})
}

// Guards the notify in pollWait: one wake-up serves all waiting calls.
func TestPoll_severalWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const n = 5
		f := newFake()
		c := assigned(t, f, 0)
		got := make(chan Event, n)
		for range n {
			go func() { got <- c.Poll(-1) }()
		}
		synctest.Wait()
		begin := time.Now()
		f.push(messages("t", 0, 0, n))
		c.r.notify()
		seen := map[string]bool{}
		for range n {
			m, ok := (<-got).(*Message)
			require.True(t, ok)
			seen[spot(m)] = true
		}
		assert.Len(t, seen, n)
		assert.Zero(t, time.Since(begin), "only the timer woke them")
	})
}

// Guards the notify in pushEvent, and that an event reaches a waiting call.
func TestPoll_eventWakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newFakeConsumer(t, newFake())
		done := make(chan Event, 1)
		go func() { done <- c.Poll(-1) }()
		synctest.Wait()
		begin := time.Now()
		c.pushEvent(newError(ErrAllBrokersDown))
		assert.Equal(t, newError(ErrAllBrokersDown), <-done)
		assert.Zero(t, time.Since(begin), "only the timer woke it")
	})
}

// Guards Consumer.evLast: neither events nor messages starve the other.
func TestPoll_eventsAndMessagesTakeTurns(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	f.push(messages("t", 0, 0, 3))
	var got []string
	for i := range 6 {
		// There is always an event, as with many statistics and a slow reader.
		c.pushEvent(OffsetsCommitted{Error: fmt.Errorf("%d", i)})
		got = append(got, fmt.Sprintf("%T", c.Poll(0)))
	}
	e, m := "kafka.OffsetsCommitted", "*kafka.Message"
	assert.Equal(t, []string{e, m, e, m, e, m}, got)
}

// Guards toChannel: errors and statistics have one way, out of Poll or through
// the channel that somebody asked for, wherever they come from.
func TestPoll_typedChannels(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // a missing value is a deadlock, which it reports
		f := newFake()
		c := assigned(t, f, 0)
		consumerError := []fakeOp{{fakeTP: fakeTP{"t", 0}, err: ErrTopicAuthorizationFailed}}
		f.push(consumerError)
		c.pushEvent(newError(ErrAllBrokersDown))
		c.pushEvent(&Stats{"{}"})
		assert.Equal(t, newError(ErrAllBrokersDown), c.Poll(0))
		assert.Equal(t, newError(ErrTopicAuthorizationFailed), c.Poll(0))
		assert.Equal(t, &Stats{"{}"}, c.Poll(0))
		assert.Nil(t, c.Poll(0))

		errs, stats := c.Errors(), c.Stats()
		f.push(consumerError, messages("t", 0, 0, 1))
		c.pushEvent(newError(ErrAllBrokersDown))
		c.pushEvent(&Stats{"{}"})
		assert.Equal(t, spots(0, 0, 1), readAll(t, c))
		assert.Equal(t, newError(ErrAllBrokersDown), <-errs)
		assert.Equal(t, newError(ErrTopicAuthorizationFailed), <-errs)
		assert.Equal(t, Stats{"{}"}, <-stats)
	})
}

// Guards eventsBacklog in pushEvent: events that nobody polls are bounded, and
// the newest stay.
func TestPoll_eventsBounded(t *testing.T) {
	t.Parallel()
	c := newFakeConsumer(t, newFake())
	for i := range eventsBacklog + 10 {
		c.pushEvent(newErrorf(ErrFail, "%d", i))
	}
	assert.Equal(t, newErrorf(ErrFail, "10"), c.Poll(0))
	for range eventsBacklog - 1 {
		require.NotNil(t, c.Poll(0))
	}
	assert.Nil(t, c.Poll(0))
}

// Guards the timeouts of ReadMessage: what they are, in milliseconds, and that
// events which are no messages do not end the waiting, but errors do.
func TestPoll_readMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := assigned(t, f, 0)
		timedOut := newError(ErrTimedOut)
		begin := time.Now()
		// took returns how long it took since the last time.
		took := func() time.Duration {
			d := time.Since(begin)
			begin = time.Now()
			return d
		}

		// Zero and fractions of a millisecond: one look, past any number of events.
		for _, timeout := range []time.Duration{0, 999 * time.Microsecond} {
			c.pushEvent(OffsetsCommitted{})
			c.pushEvent(&Stats{"{}"})
			m, err := c.ReadMessage(timeout)
			assert.Nil(t, m)
			assert.Equal(t, timedOut, err)
			assert.True(t, timedOut.IsTimeout())
			assert.False(t, timedOut.IsRetriable())
			assert.Zero(t, c.evCount.Load())
			assert.Zero(t, took())
		}
		assert.NotEmpty(t, f.polls())

		_, err := c.ReadMessage(3*time.Second + 999*time.Microsecond)
		assert.Equal(t, timedOut, err)
		assert.Equal(t, 3*time.Second, took())

		// The timeout is for the whole call, events or not.
		go func() {
			for range 10 {
				c.pushEvent(&Stats{"{}"})
				time.Sleep(400 * time.Millisecond) //nolint:forbidigo // of the bubble's clock
			}
		}()
		_, err = c.ReadMessage(3 * time.Second)
		assert.Equal(t, timedOut, err)
		assert.Equal(t, 3*time.Second, took())

		// Negative ones wait for ever: an error event ends that.
		for _, timeout := range []time.Duration{-1, -time.Hour} {
			time.AfterFunc(time.Hour, func() { c.pushEvent(newError(ErrTransport)) })
			_, err := c.ReadMessage(timeout)
			assert.Equal(t, newError(ErrTransport), err)
			assert.Equal(t, time.Hour, took())
		}

		f.push(messages("t", 0, 0, 1))
		m, err := c.ReadMessage(time.Second)
		require.NoError(t, err)
		assert.Equal(t, "0@0", spot(m))
	})
}

// Guards ReadMessageContext: the context's own error, at once, and nothing lost.
func TestPoll_context(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := assigned(t, f, 0)
		begin := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		_, err := c.ReadMessageContext(ctx)
		assert.Equal(t, context.Canceled, err)
		assert.Equal(t, 100*time.Millisecond, time.Since(begin))

		f.push(messages("t", 0, 0, 1))
		m, err := c.ReadMessageContext(ctx)
		require.NoError(t, err, "what is there comes, also when the context has ended")
		assert.Equal(t, "0@0", spot(m))
		_, err = c.ReadMessageContext(ctx)
		assert.Equal(t, context.Canceled, err)

		ctx, cancel = context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		_, err = c.ReadMessageContext(ctx)
		assert.Equal(t, context.DeadlineExceeded, err)

		c.pushEvent(newError(ErrTimedOut))
		_, err = c.ReadMessageContext(t.Context())
		assert.Equal(t, newError(ErrTimedOut), err, "an error event is no end of the context")
	})
}
