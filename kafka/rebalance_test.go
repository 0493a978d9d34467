package kafka

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// limit bounds each wait of the tests on a mock cluster; only a failure reaches
// it.
const limit = 30 * time.Second

// assignors has one partition.assignment.strategy for each rebalance protocol.
var assignors = map[string]string{"EAGER": "range", "COOPERATIVE": "cooperative-sticky"}

// newGroupMock returns a cluster with the topic t of 4 partitions, with n
// messages in each, whose groups begin at once. A group that has become empty
// never begins again on it.
func newGroupMock(t *testing.T, n int) *MockCluster {
	t.Helper()
	m, err := NewMockCluster(1)
	require.NoError(t, err)
	t.Cleanup(m.Close)
	require.NoError(t, m.SetGroupRebalanceDelay(time.Millisecond))
	require.NoError(t, m.CreateTopic("t", 4, 1))
	if n == 0 {
		return m
	}
	p, err := NewProducer(&ConfigMap{"bootstrap.servers": m.BootstrapServers(), "linger.ms": 5})
	require.NoError(t, err)
	defer p.Close()
	for i := range n {
		for id := range int32(4) {
			m := &Message{TopicPartition: at(id, 0), Value: fmt.Append(nil, i)}
			require.NoError(t, p.ProduceContext(t.Context(), m, nil))
		}
	}
	require.NoError(t, p.FlushContext(t.Context()))
	return m
}

// newMember returns a consumer that is not subscribed yet.
func newMember(t *testing.T, m *MockCluster, protocol string, more ConfigMap) *Consumer {
	t.Helper()
	conf := ConfigMap{
		"bootstrap.servers": m.BootstrapServers(), "group.id": "g", "auto.offset.reset": "earliest",
		"heartbeat.interval.ms": 50, "partition.assignment.strategy": assignors[protocol],
	}
	for k, v := range more {
		conf[k] = v
	}
	c, err := NewConsumer(&conf)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// assignedIDs returns the numbers of the assigned partitions in order.
func assignedIDs(t *testing.T, c *Consumer) []int32 {
	t.Helper()
	list, err := c.Assignment()
	require.NoError(t, err)
	return idsOf(list)
}

func idsOf(list []TopicPartition) []int32 {
	ids := []int32{}
	for _, tp := range list {
		ids = append(ids, tp.Partition)
	}
	slices.Sort(ids)
	return ids
}

var allIDs = []int32{0, 1, 2, 3}

// pollUntil polls until the condition holds, and returns what came out beside the results of automatic commits and
// messages.
func pollUntil(t *testing.T, c *Consumer, what string, cond func() bool) []Event {
	t.Helper()
	var events []Event
	for deadline := time.Now().Add(limit); !cond(); {
		require.True(t, time.Now().Before(deadline), "waited too long for: %s", what)
		if ev := c.Poll(5); ev != nil {
			switch ev.(type) {
			case *Message, OffsetsCommitted:
			default:
				events = append(events, ev)
			}
		}
	}
	return events
}

// untilAssigned polls until the consumer has exactly these partitions.
func untilAssigned(t *testing.T, c *Consumer, ids []int32) []Event {
	t.Helper()
	return pollUntil(t, c, fmt.Sprintf("the partitions %v", ids), func() bool {
		return slices.Equal(assignedIDs(t, c), ids)
	})
}

// nextMessage polls for a message.
func nextMessage(t *testing.T, c *Consumer) *Message {
	t.Helper()
	m, err := c.ReadMessage(limit)
	require.NoError(t, err)
	return m
}

// eachProtocol runs a test under both rebalance protocols.
func eachProtocol(t *testing.T, test func(t *testing.T, protocol string)) {
	t.Helper()
	for protocol := range assignors {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			test(t, protocol)
		})
	}
}

// Row (a) of the matrix: without a callback the consumer takes each rebalance as
// it is, whatever go.application.rebalance.enable says, and Poll returns no event
// of it. Under COOPERATIVE librdkafka refuses any call but the incremental ones,
// which would come out as an error.
func TestRebalance_noCallback(t *testing.T) {
	t.Parallel()
	for _, enable := range []bool{false, true} {
		t.Run(fmt.Sprint(enable), func(t *testing.T) {
			t.Parallel()
			eachProtocol(t, func(t *testing.T, protocol string) {
				c := newMember(t, newGroupMock(t, 1), protocol, ConfigMap{"go.application.rebalance.enable": enable})
				assert.Equal(t, "NONE", c.GetRebalanceProtocol())
				require.NoError(t, c.Subscribe("t", nil))
				assert.Empty(t, untilAssigned(t, c, allIDs))
				assert.Equal(t, protocol, c.GetRebalanceProtocol())
				nextMessage(t, c)
				require.NoError(t, c.Unsubscribe())
				assert.Empty(t, untilAssigned(t, c, []int32{}))
				require.NoError(t, c.Close())
			})
		})
	}
}

// seen is what a rebalance callback was called with, and where.
type seen struct {
	assigned, revoked [][]TopicPartition
	lost              []bool // AssignmentLost at each revocation
	outside           int    // calls that came while the test was in no call of its own
	inside            bool   // the test is in a call
}

// note enters a call. The test's own goroutine makes all calls: the race detector
// would notice another.
func (s *seen) note(c *Consumer, ev Event) {
	if !s.inside {
		s.outside++
	}
	switch e := ev.(type) {
	case AssignedPartitions:
		s.assigned = append(s.assigned, e.Partitions)
	case RevokedPartitions:
		s.revoked = append(s.revoked, e.Partitions)
		s.lost = append(s.lost, c.AssignmentLost())
	default:
		panic(fmt.Sprintf("a rebalance callback was called with a %T", ev))
	}
}

// take does for a rebalance what it asks for.
func take(c *Consumer, ev Event) error {
	incremental := c.GetRebalanceProtocol() == "COOPERATIVE"
	switch e := ev.(type) {
	case AssignedPartitions:
		if incremental {
			return c.IncrementalAssign(e.Partitions)
		}
		return c.Assign(e.Partitions)
	case RevokedPartitions:
		if incremental {
			return c.IncrementalUnassign(e.Partitions)
		}
		return c.Unassign()
	default:
		return fmt.Errorf("no rebalance: %T", ev)
	}
}

// Row (b): the callback gets values with offsets that are not set, on the
// application's own goroutine; what it does not do is done for it, whether it
// returns, returns an error, panics or ends its goroutine; and no event comes out.
func TestRebalance_callback(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	callbacks := map[string]RebalanceCb{
		"nothing": func(*Consumer, Event) error { return nil },
		"error":   func(*Consumer, Event) error { return boom },
		"takes":   take,
		"panics":  func(*Consumer, Event) error { panic(boom) },
		"exits": func(*Consumer, Event) error {
			runtime.Goexit()
			return nil
		},
	}
	for name, cb := range callbacks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachProtocol(t, func(t *testing.T, protocol string) {
				c := newMember(t, newGroupMock(t, 1), protocol, nil)
				var s seen
				require.NoError(t, c.Subscribe("t", func(cc *Consumer, ev Event) error {
					assert.Same(t, c, cc)
					s.note(cc, ev)
					return cb(cc, ev)
				}))
				// until polls until the callback was called, and beyond if it returned.
				until := func(called *[][]TopicPartition, ids []int32) {
					t.Helper()
					var ended any
					ends := "returns"
					s.inside = true
					events := make(chan []Event, 1)
					done := make(chan struct{})
					go func() {
						defer close(done)
						ends = "ends"
						defer func() {
							if ended = recover(); ended != nil {
								ends = "panics"
							}
						}()
						events <- pollUntil(t, c, "the callback", func() bool { return len(*called) > 0 })
						ends = "returns"
					}()
					<-done
					s.inside = false
					switch name {
					case "panics":
						assert.Equal(t, "panics", ends)
						assert.Equal(t, boom, ended)
					case "exits":
						assert.Equal(t, "ends", ends)
					default:
						require.Equal(t, "returns", ends)
						assert.Empty(t, <-events)
					}
					assert.Equal(t, ids, assignedIDs(t, c), "done at once")
				}
				until(&s.assigned, allIDs)
				require.Len(t, s.assigned, 1)
				assert.Equal(t, allIDs, idsOf(s.assigned[0]))
				for _, tp := range s.assigned[0] {
					assert.Equal(t, OffsetInvalid, tp.Offset)
					require.NoError(t, tp.Error)
				}
				nextMessage(t, c)

				require.NoError(t, c.Unsubscribe())
				until(&s.revoked, []int32{})
				require.Len(t, s.revoked, 1)
				assert.Equal(t, allIDs, idsOf(s.revoked[0]))
				assert.Equal(t, []bool{false}, s.lost)
				assert.Len(t, s.assigned, 1)
				assert.Zero(t, s.outside)
				require.NoError(t, c.Close(), "the callback has nothing more to say")
			})
		})
	}
}

// What the callback assigns is what counts: nothing is assigned over it.
func TestRebalance_callbackChooses(t *testing.T) {
	t.Parallel()
	eachProtocol(t, func(t *testing.T, protocol string) {
		c := newMember(t, newGroupMock(t, 10), protocol, nil)
		require.NoError(t, c.Subscribe("t", func(c *Consumer, ev Event) error {
			if a, ok := ev.(AssignedPartitions); ok {
				for i := range a.Partitions {
					a.Partitions[i].Offset = 7
				}
			}
			assert.NoError(t, take(c, ev))
			return nil
		}))
		got := map[int32][]Offset{}
		for range 3 * 4 {
			m := nextMessage(t, c)
			got[m.TopicPartition.Partition] = append(got[m.TopicPartition.Partition], m.TopicPartition.Offset)
		}
		want := []Offset{7, 8, 9}
		assert.Equal(t, map[int32][]Offset{0: want, 1: want, 2: want, 3: want}, got)
	})
}

// A callback whose own call failed has not taken the rebalance: it is taken as it
// is. The group would wait for ever, and Close with it.
func TestRebalance_callbackFails(t *testing.T) {
	t.Parallel()
	eachProtocol(t, func(t *testing.T, protocol string) {
		c := newMember(t, newGroupMock(t, 1), protocol, nil)
		require.NoError(t, c.Subscribe("t", func(c *Consumer, ev Event) error {
			a, ok := ev.(AssignedPartitions)
			if !ok {
				return nil
			}
			// The calls of the other protocol.
			if protocol == "EAGER" {
				assert.ErrorIs(t, c.IncrementalAssign(a.Partitions), ErrState)
			} else {
				assert.ErrorIs(t, c.Assign(a.Partitions), ErrState)
			}
			return nil
		}))
		assert.Empty(t, untilAssigned(t, c, allIDs))
		nextMessage(t, c)
		require.NoError(t, c.Close())
	})
}

// A subscription that fails leaves the callback of the one before in place, one
// that succeeds replaces it.
func TestRebalance_callbackReplaced(t *testing.T) {
	t.Parallel()
	c := newMember(t, newGroupMock(t, 0), "EAGER", nil)
	var calls []string
	cb := func(name string) RebalanceCb {
		return func(*Consumer, Event) error {
			calls = append(calls, name)
			return nil
		}
	}
	require.NoError(t, c.Subscribe("t", cb("a")))
	for _, topics := range [][]string{nil, {""}, {"^["}, {"t", "t"}} {
		assert.ErrorIs(t, c.SubscribeTopics(topics, cb("b")), ErrInvalidArg, "%q", topics)
	}
	untilAssigned(t, c, allIDs)
	assert.Equal(t, []string{"a"}, calls)
	require.NoError(t, c.Subscribe("t", cb("c")))
	require.NoError(t, c.Unsubscribe())
	untilAssigned(t, c, []int32{})
	assert.Contains(t, calls, "c")
	assert.NotContains(t, calls, "b")
}

// onEvents are the settings of rows (c) and (d).
var onEvents = ConfigMap{"go.events.channel.enable": true, "go.application.rebalance.enable": true}

// nextEvent takes the next event that is no message off the Events channel.
func nextEvent(t *testing.T, c *Consumer) Event {
	t.Helper()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		select {
		case ev := <-c.Events():
			if _, ok := ev.(*Message); !ok {
				return ev
			}
		case <-timer.C:
			require.FailNow(t, "no event came")
		}
	}
}

// Row (c): the events come on the channel, and nothing is assigned before the
// application does.
func TestRebalance_eventsChannel(t *testing.T) {
	t.Parallel()
	eachProtocol(t, func(t *testing.T, protocol string) {
		c := newMember(t, newGroupMock(t, 1), protocol, onEvents)
		require.NoError(t, c.Subscribe("t", nil))
		ev := nextEvent(t, c)
		a, ok := ev.(AssignedPartitions)
		require.True(t, ok, "%T", ev)
		assert.Equal(t, allIDs, idsOf(a.Partitions))
		assert.Empty(t, assignedIDs(t, c))
		require.NoError(t, take(c, a))
		assert.Equal(t, allIDs, assignedIDs(t, c))
		for range 4 {
			_, ok := (<-c.Events()).(*Message)
			assert.True(t, ok)
		}

		require.NoError(t, c.Unsubscribe())
		ev = nextEvent(t, c)
		r, ok := ev.(RevokedPartitions)
		require.True(t, ok, "%T", ev)
		assert.Equal(t, allIDs, idsOf(r.Partitions))
		assert.Equal(t, allIDs, assignedIDs(t, c))
		require.NoError(t, take(c, r))
		assert.Empty(t, assignedIDs(t, c))
		require.NoError(t, c.Close())
	})
}

// Row (c) when the application closes in place of an answer, or in place of
// reading the question: Close ends all the same, with no event of its own.
func TestRebalance_eventsChannelClosed(t *testing.T) {
	t.Parallel()
	for _, take1 := range []bool{false, true} {
		t.Run(fmt.Sprint(take1), func(t *testing.T) {
			t.Parallel()
			eachProtocol(t, func(t *testing.T, protocol string) {
				c := newMember(t, newGroupMock(t, 0), protocol, onEvents)
				require.NoError(t, c.Subscribe("t", nil))
				ev := nextEvent(t, c)
				if take1 {
					require.NoError(t, take(c, ev))
				}
				require.NoError(t, c.Close())
				left, open := <-c.Events()
				assert.False(t, open, "%v", left)
			})
		})
	}
}

// Row (d): with a callback it is called, and no event comes. Without
// go.application.rebalance.enable nothing is asked at all.
func TestRebalance_eventsChannelWithCallback(t *testing.T) {
	t.Parallel()
	eachProtocol(t, func(t *testing.T, protocol string) {
		c := newMember(t, newGroupMock(t, 1), protocol, onEvents)
		calls := make(chan Event, 10)
		require.NoError(t, c.Subscribe("t", func(_ *Consumer, ev Event) error {
			calls <- ev
			return nil
		}))
		for range 4 {
			ev := <-c.Events()
			_, ok := ev.(*Message)
			assert.True(t, ok, "%T", ev)
		}
		assert.IsType(t, AssignedPartitions{}, <-calls)
		require.NoError(t, c.Unsubscribe())
		assert.IsType(t, RevokedPartitions{}, <-calls)

		silent := newMember(t, newGroupMock(t, 1), protocol, ConfigMap{"go.events.channel.enable": true})
		require.NoError(t, silent.Subscribe("t", nil))
		for range 4 {
			ev := <-silent.Events()
			_, ok := ev.(*Message)
			assert.True(t, ok, "%T", ev)
		}
	})
}

// Close calls the callback for what is revoked, once, before it returns; and not
// when nothing is assigned.
func TestRebalance_close(t *testing.T) {
	t.Parallel()
	eachProtocol(t, func(t *testing.T, protocol string) {
		for _, read := range []bool{true, false} {
			c := newMember(t, newGroupMock(t, 1), protocol, nil)
			var s seen
			require.NoError(t, c.Subscribe("t", func(c *Consumer, ev Event) error {
				s.note(c, ev)
				return nil
			}))
			s.inside = true
			if read {
				nextMessage(t, c)
			}
			require.NoError(t, c.Close())
			s.inside = false
			if !read {
				assert.Empty(t, s.revoked)
				continue
			}
			require.Len(t, s.revoked, 1)
			assert.Equal(t, allIDs, idsOf(s.revoked[0]))
			assert.Equal(t, []bool{false}, s.lost)
		}
	})
}

// AssignmentLost is true in the callback of a revocation that the group did not
// wait for, and no longer when the consumer is back in its group.
func TestRebalance_lost(t *testing.T) {
	t.Parallel()
	eachProtocol(t, func(t *testing.T, protocol string) {
		m := newGroupMock(t, 0)
		// A member that comes again waits for a second less than that.
		c := newMember(t, m, protocol, ConfigMap{"session.timeout.ms": 2000})
		var s seen
		require.NoError(t, c.Subscribe("t", func(c *Consumer, ev Event) error {
			s.note(c, ev)
			return nil
		}))
		s.inside = true
		untilAssigned(t, c, allIDs)
		assert.False(t, c.AssignmentLost())
		const heartbeat = 12
		m.mock.PushRequestErrors(heartbeat, int(ErrIllegalGeneration))
		pollUntil(t, c, "the loss", func() bool { return len(s.lost) > 0 })
		assert.Equal(t, []bool{true}, s.lost)
		untilAssigned(t, c, allIDs)
		assert.False(t, c.AssignmentLost())
		assert.Len(t, s.assigned, 2)
	})
}

// The calls for a rebalance follow the protocol, and an error of theirs is an
// event.
func TestRebalance_calls(t *testing.T) {
	t.Parallel()
	for protocol, want := range map[string][]string{
		"EAGER": {"assign", "unassign"}, "COOPERATIVE": {"incremental assign", "incremental unassign"},
		"NONE": {"assign", "unassign"},
	} {
		f := newFake()
		f.protocol = protocol
		c := newFakeConsumer(t, f)
		f.pushRebalance(rdkafka.ErrAssignPartitions, 0, 1)
		assert.Empty(t, readAll(t, c))
		f.pushRebalance(rdkafka.ErrRevokePartitions, 0, 1)
		assert.Empty(t, readAll(t, c))
		assert.Equal(t, want, f.made(), protocol)

		f.fail = newErrorf(ErrState, "no")
		f.pushRebalance(rdkafka.ErrAssignPartitions, 0, 1)
		assert.Equal(t, []string{"no"}, readAll(t, c))
	}
}

// What the tests of package kafka_test look at, and do, inside a consumer.

// WaitersOf returns how many calls of the consumer wait for an event.
func WaitersOf(c *Consumer) int { return int(c.waiters.Load()) }

// FailFatally raises a fatal error as if librdkafka had found it.
func FailFatally(c *Consumer, code ErrorCode, reason string) ErrorCode {
	return ErrorCode(c.rk.TestFatalError(int(code), reason))
}
