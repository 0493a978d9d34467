package integration_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

// maxPollSettings are a member's that must call at least every 6 s, for one of the two group protocols.
func maxPollSettings(group, protocol string) kafka.ConfigMap {
	s := kafka.ConfigMap{
		"group.id": group, "group.protocol": protocol, "auto.offset.reset": "earliest",
		"max.poll.interval.ms": 6000, "auto.commit.interval.ms": 500,
	}
	if protocol == "classic" {
		// The broker sets it for the other protocol.
		s["session.timeout.ms"] = 6000
	}
	return s
}

var protocols = []string{"classic", "consumer"}

// subscribe subscribes, counting the rebalances, and reads until the first message, which it returns.
func subscribe(t *testing.T, cons *kafka.Consumer, topic string, rebalances *atomic.Int32) *kafka.Message {
	t.Helper()
	require.NoError(t, cons.Subscribe(topic, func(*kafka.Consumer, kafka.Event) error {
		rebalances.Add(1)
		return nil
	}))
	m, err := cons.ReadMessage(30 * time.Second)
	require.NoError(t, err)
	return m
}

// groupMembers returns the ids of the group's members.
func groupMembers(t *testing.T, c *cluster.Cluster, group string) []string {
	t.Helper()
	members, err := c.GroupMembers(t.Context(), group)
	require.NoError(t, err)
	return members
}

// A reader that waits for longer than max.poll.interval.ms in one call is no stuck application.
func TestMaxPoll_idleReaderStays(t *testing.T) {
	t.Parallel()
	for _, protocol := range protocols {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			c := shared.Get(t)
			topic := unique(t)
			require.NoError(t, c.CreateTopic(t.Context(), topic, 1, 1))
			p := newProducer(t, c, kafka.ConfigMap{})
			produceValues(t, p, topic, 0, 1)

			cons := newConsumer(t, c, maxPollSettings(topic, protocol))
			var rebalances atomic.Int32
			subscribe(t, cons, topic, &rebalances)

			type outcome struct {
				m      *kafka.Message
				err    error
				waited time.Duration
				lost   bool
			}
			read := make(chan outcome, 2)
			go func() {
				for _, timeout := range []time.Duration{30 * time.Second, time.Minute} {
					start := time.Now()
					m, err := cons.ReadMessage(timeout)
					read <- outcome{m, err, time.Since(start), cons.AssignmentLost()}
				}
			}()
			// Kafka is asked again and again while the call waits.
			var seen [][]string
			var late int // how many of the looks began long after max.poll.interval.ms
			var got outcome
			begun := time.Now()
			for waiting := true; waiting; {
				asked := time.Since(begun)
				members := groupMembers(t, c, topic)
				select {
				case got = <-read:
					waiting = false // members may be newer than the call's end
				case <-time.After(2 * time.Second):
					seen = append(seen, members)
					if asked > 9*time.Second {
						late++
					}
				}
			}
			var kerr kafka.Error
			require.ErrorAs(t, got.err, &kerr)
			assert.Equal(t, kafka.ErrTimedOut, kerr.Code(), "ReadMessage returned %v", got.err)
			assert.GreaterOrEqual(t, got.waited, 29*time.Second)

			require.Positive(t, late, "looks at the group long after max.poll.interval.ms")
			assert.Len(t, seen[0], 1, "members")
			for _, members := range seen {
				assert.Equal(t, seen[0], members, "the member stays the same")
			}
			assert.Equal(t, int32(1), rebalances.Load(), "rebalances")
			assert.False(t, got.lost)
			produceValues(t, p, topic, 0, 1)
			next := <-read // the second call has waited since the first one ended
			require.NoError(t, next.err)
			assert.Equal(t, kafka.Offset(1), next.m.TopicPartition.Offset)
		})
	}
}

// An application that does not call for longer than max.poll.interval.ms leaves the group, although messages are
// buffered for it, and hears of it. Its next calls join again, with no message skipped.
func TestMaxPoll_stuckApplicationIsThrownOut(t *testing.T) {
	t.Parallel()
	for _, protocol := range protocols {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			c := shared.Get(t)
			topic := unique(t)
			require.NoError(t, c.CreateTopic(t.Context(), topic, 1, 1))
			produceValues(t, newProducer(t, c, kafka.ConfigMap{}), topic, 0, 5000)

			cons := newConsumer(t, c, maxPollSettings(topic, protocol))
			var rebalances atomic.Int32
			first := subscribe(t, cons, topic, &rebalances)
			stuck := time.Now()
			assert.Equal(t, kafka.Offset(0), first.TopicPartition.Offset)

			// The application does nothing until it is out.
			require.EventuallyWithT(t, func(ct *assert.CollectT) {
				members, err := c.GroupMembers(t.Context(), topic)
				require.NoError(ct, err)
				assert.Empty(ct, members)
			}, 30*time.Second, 200*time.Millisecond)
			assert.Greater(t, time.Since(stuck), 5*time.Second, "it is not thrown out before its time")

			var offsets []kafka.Offset
			var out kafka.Error
			deadline := time.Now().Add(20 * time.Second)
			for out.Code() != kafka.ErrMaxPollExceeded && time.Now().Before(deadline) {
				m, err := cons.ReadMessage(time.Second)
				if err == nil {
					offsets = append(offsets, m.TopicPartition.Offset)
					continue
				}
				require.True(t, errors.As(err, &out), "%T: %v", err, err)
			}
			require.Equal(t, kafka.ErrMaxPollExceeded, out.Code(), "the application hears why it lost its partitions")
			assert.Empty(t, offsets, "what was buffered belongs to nobody now")

			m, err := cons.ReadMessage(30 * time.Second)
			require.NoError(t, err)
			assert.LessOrEqual(t, m.TopicPartition.Offset, kafka.Offset(1), "a message was skipped")
		})
	}
}
