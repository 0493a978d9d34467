package integration_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

// kindOfGroup is how the members of a group agree on who gets what.
type kindOfGroup struct {
	name     string
	settings kafka.ConfigMap
	protocol string // what GetRebalanceProtocol says
}

var kindsOfGroup = []kindOfGroup{
	{"eager", kafka.ConfigMap{"partition.assignment.strategy": "range", "session.timeout.ms": 6000, "heartbeat.interval.ms": 200}, "EAGER"},
	{"cooperative", kafka.ConfigMap{
		"partition.assignment.strategy": "cooperative-sticky", "session.timeout.ms": 6000, "heartbeat.interval.ms": 200,
	}, "COOPERATIVE"},
	{"KIP-848", kafka.ConfigMap{"group.protocol": "consumer"}, "COOPERATIVE"},
}

// inEachKind runs a test in a group of each kind, with a topic of its own.
func inEachKind(t *testing.T, partitions int, test func(t *testing.T, c *cluster.Cluster, kind kindOfGroup, topic string)) {
	t.Helper()
	for _, kind := range kindsOfGroup {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			c := shared.Get(t)
			topic := unique(t)
			require.NoError(t, c.CreateTopic(t.Context(), topic, partitions, 1))
			test(t, c, kind, topic)
		})
	}
}

// withSession returns the kind with another session.timeout.ms. With KIP-848 that is the broker's, and 45 s.
func (k kindOfGroup) withSession(ms int) kindOfGroup {
	if k.name != "KIP-848" {
		k.settings = maps.Clone(k.settings)
		k.settings["session.timeout.ms"] = ms
	}
	return k
}

// join makes a consumer of the kind's group, which is named as the topic.
func (k kindOfGroup) join(t *testing.T, c *cluster.Cluster, topic string, more kafka.ConfigMap) *kafka.Consumer {
	t.Helper()
	settings := kafka.ConfigMap{"group.id": topic, "auto.offset.reset": "earliest"}
	maps.Copy(settings, k.settings)
	maps.Copy(settings, more)
	return newConsumer(t, c, settings)
}

// rebalance is what a member was told.
type rebalance struct {
	revoked bool
	n       int
}

// member polls all the time, so that it takes part in rebalances.
type member struct {
	*kafka.Consumer
	rebalances chan rebalance
	messages   chan *kafka.Message
	stop, done chan struct{}
}

func (k kindOfGroup) startMember(t *testing.T, c *cluster.Cluster, topic string, more kafka.ConfigMap) *member {
	t.Helper()
	m := &member{
		Consumer: k.join(t, c, topic, more), rebalances: make(chan rebalance, 100),
		messages: make(chan *kafka.Message, 1000), stop: make(chan struct{}), done: make(chan struct{}),
	}
	require.NoError(t, m.SubscribeTopics([]string{topic}, func(cons *kafka.Consumer, ev kafka.Event) error {
		assert.Equal(t, k.protocol, cons.GetRebalanceProtocol())
		switch ev := ev.(type) {
		case kafka.AssignedPartitions:
			m.rebalances <- rebalance{false, len(ev.Partitions)}
		case kafka.RevokedPartitions:
			m.rebalances <- rebalance{true, len(ev.Partitions)}
		default:
			assert.Fail(t, "another event", "%T", ev)
		}
		return nil
	}))
	go func() {
		defer close(m.done)
		for {
			select {
			case <-m.stop:
				return
			default:
			}
			if msg, ok := m.Poll(50).(*kafka.Message); ok {
				m.messages <- msg
			}
		}
	}()
	t.Cleanup(m.pause)
	return m
}

// pause ends the polling; the member is still one.
func (m *member) pause() {
	select {
	case <-m.stop:
	default:
		close(m.stop)
		<-m.done
	}
}

// awaitAssigned blocks until the member has n partitions, and returns what it was told until then, without what
// changed nothing.
func (m *member) awaitAssigned(t *testing.T, n int) []rebalance {
	t.Helper()
	var told []rebalance
	deadline := time.After(60 * time.Second)
	for {
		select {
		case r := <-m.rebalances:
			if r.n > 0 {
				told = append(told, r)
			}
		case <-time.After(20 * time.Millisecond):
			parts, err := m.Assignment()
			require.NoError(t, err)
			if len(parts) == n && len(m.rebalances) == 0 {
				return told
			}
		case <-deadline:
			require.FailNow(t, "no assignment", "%d partitions were not assigned within 60 s: %v", n, told)
		}
	}
}

// A second member comes and goes. In eager groups everything is revoked each time, in the others only what moves.
func TestGroups_memberComesAndGoes(t *testing.T) {
	t.Parallel()
	inEachKind(t, 4, func(t *testing.T, c *cluster.Cluster, kind kindOfGroup, topic string) {
		first := kind.startMember(t, c, topic, nil)
		assert.Equal(t, []rebalance{{false, 4}}, first.awaitAssigned(t, 4))
		meta, err := first.GetConsumerGroupMetadata()
		require.NoError(t, err)
		assert.NotNil(t, meta)

		second := kind.startMember(t, c, topic, nil)
		second.awaitAssigned(t, 2)
		told := first.awaitAssigned(t, 2)
		if kind.protocol == "EAGER" {
			assert.Equal(t, []rebalance{{true, 4}, {false, 2}}, told)
		} else {
			assert.Equal(t, []rebalance{{true, 2}}, told)
		}

		second.pause()
		require.NoError(t, second.Close())
		told = first.awaitAssigned(t, 4)
		if kind.protocol == "EAGER" {
			assert.Equal(t, []rebalance{{true, 2}, {false, 4}}, told)
		} else {
			assert.Equal(t, []rebalance{{false, 2}}, told)
		}
		assert.False(t, first.AssignmentLost())
	})
}

// A member that ends its subscription and is closed at once has left: nobody waits for the end of its session.
func TestGroups_unsubscribeAndClose(t *testing.T) {
	t.Parallel()
	inEachKind(t, 4, func(t *testing.T, c *cluster.Cluster, kind kindOfGroup, topic string) {
		kind = kind.withSession(30_000)
		first := kind.startMember(t, c, topic, nil)
		first.awaitAssigned(t, 4)
		second := kind.startMember(t, c, topic, kafka.ConfigMap{"auto.commit.interval.ms": 60_000})
		second.awaitAssigned(t, 2)
		first.awaitAssigned(t, 2)
		// There is something to commit at the end, so that the end takes a moment.
		parts, err := second.Assignment()
		require.NoError(t, err)
		p := newProducer(t, c, kafka.ConfigMap{})
		produceValues(t, p, topic, parts[0].Partition, 10)
		for range 10 {
			select {
			case <-second.messages:
			case <-time.After(30 * time.Second):
				require.FailNow(t, "a message is missing")
			}
		}

		second.pause()
		begun := time.Now()
		require.NoError(t, second.Unsubscribe())
		require.NoError(t, second.Close())
		assert.Less(t, time.Since(begun), 5*time.Second, "Close waited")
		first.awaitAssigned(t, 4)
		assert.Less(t, time.Since(begun), 20*time.Second, "the group waited for the end of the session")
		t.Logf("after %v the other member had all partitions", time.Since(begun))
		got, err := first.Committed([]kafka.TopicPartition{{Topic: &topic, Partition: parts[0].Partition}}, 10_000)
		require.NoError(t, err)
		assert.Equal(t, kafka.Offset(10), got[0].Offset)
	})
}

// A static member that is restarted within its session gets its partitions again, and the others hear nothing of it.
func TestGroups_staticMember(t *testing.T) {
	t.Parallel()
	inEachKind(t, 4, func(t *testing.T, c *cluster.Cluster, kind kindOfGroup, topic string) {
		kind = kind.withSession(20_000)
		first := kind.startMember(t, c, topic, kafka.ConfigMap{"group.instance.id": "first"})
		first.awaitAssigned(t, 4)
		second := kind.startMember(t, c, topic, kafka.ConfigMap{"group.instance.id": "second"})
		second.awaitAssigned(t, 2)
		first.awaitAssigned(t, 2)
		before, err := second.Assignment()
		require.NoError(t, err)

		second.pause()
		require.NoError(t, second.Close())
		again := kind.startMember(t, c, topic, kafka.ConfigMap{"group.instance.id": "second"})
		again.awaitAssigned(t, 2)
		after, err := again.Assignment()
		require.NoError(t, err)
		assert.ElementsMatch(t, partitionsOf(before), partitionsOf(after))
		select {
		case r := <-first.rebalances:
			assert.Fail(t, "the other member was told of it", "%+v", r)
		case <-time.After(2 * time.Second):
		}
	})
}

func partitionsOf(list []kafka.TopicPartition) []int32 {
	var partitions []int32
	for _, p := range list {
		partitions = append(partitions, p.Partition)
	}
	slices.Sort(partitions)
	return partitions
}

// A regular expression takes in topics that are made later.
func TestGroups_regularExpression(t *testing.T) {
	t.Parallel()
	inEachKind(t, 1, func(t *testing.T, c *cluster.Cluster, kind kindOfGroup, topic string) {
		p := newProducer(t, c, kafka.ConfigMap{})
		produceValues(t, p, topic, 0, 1) // now the broker knows the topic; an expression for none gives an error
		cons := kind.join(t, c, topic, kafka.ConfigMap{"topic.metadata.refresh.interval.ms": 500})
		require.NoError(t, cons.SubscribeTopics([]string{"^" + topic + "(-.*)?$"}, nil))
		m, err := cons.ReadMessage(30 * time.Second)
		require.NoError(t, err)
		assert.Equal(t, topic, *m.TopicPartition.Topic)

		require.NoError(t, c.CreateTopic(t.Context(), topic+"-later", 1, 1))
		produceValues(t, p, topic+"-later", 0, 1)
		m, err = cons.ReadMessage(60 * time.Second)
		require.NoError(t, err)
		assert.Equal(t, topic+"-later", *m.TopicPartition.Topic)

		topics, err := cons.Subscription()
		require.NoError(t, err)
		assert.Equal(t, []string{"^" + topic + "(-.*)?$"}, topics)
	})
}

// Offsets: stored, committed in each of the ways, asked for, sought.
func TestGroups_offsets(t *testing.T) {
	t.Parallel()
	inEachKind(t, 2, func(t *testing.T, c *cluster.Cluster, kind kindOfGroup, topic string) {
		p := newProducer(t, c, kafka.ConfigMap{})
		begin := time.Now()
		produceValues(t, p, topic, 0, 20)
		produceValues(t, p, topic, 1, 5)
		cons := kind.join(t, c, topic, kafka.ConfigMap{"enable.auto.commit": false, "enable.auto.offset.store": false})
		require.NoError(t, cons.SubscribeTopics([]string{topic}, nil))
		at := func(partition int32, offset kafka.Offset) kafka.TopicPartition {
			return kafka.TopicPartition{Topic: &topic, Partition: partition, Offset: offset}
		}
		read := func() *kafka.Message {
			t.Helper()
			m, err := cons.ReadMessage(30 * time.Second)
			require.NoError(t, err)
			return m
		}
		committed := func(want kafka.Offset) {
			t.Helper()
			got, err := cons.Committed([]kafka.TopicPartition{at(0, 0)}, 10_000)
			require.NoError(t, err)
			require.Len(t, got, 1)
			assert.Equal(t, want, got[0].Offset)
		}

		// Paused, partition 1 gives nothing.
		first := read()
		require.NoError(t, cons.Pause([]kafka.TopicPartition{at(1, 0)}))
		require.NoError(t, cons.Seek(at(0, 0), 0))
		for i := range 10 {
			m := read()
			for m.TopicPartition.Partition == 1 && i == 0 && first.TopicPartition.Partition == 1 {
				m = read() // what came before the pause
			}
			assert.EqualValues(t, 0, m.TopicPartition.Partition)
			assert.EqualValues(t, i, m.TopicPartition.Offset)
		}
		position, err := cons.Position([]kafka.TopicPartition{at(0, 0)})
		require.NoError(t, err)
		assert.Equal(t, kafka.Offset(10), position[0].Offset)

		// Nothing is stored, so that there is nothing to commit.
		_, err = cons.Commit()
		require.ErrorIs(t, err, kafka.ErrNoOffset)
		committed(kafka.OffsetInvalid)
		_, err = cons.StoreOffsets([]kafka.TopicPartition{at(0, 4)})
		require.NoError(t, err)
		_, err = cons.Commit()
		require.NoError(t, err)
		committed(4)
		m := read()
		_, err = cons.StoreMessage(m)
		require.NoError(t, err)
		_, err = cons.Commit()
		require.NoError(t, err)
		committed(m.TopicPartition.Offset + 1)
		m = read()
		_, err = cons.CommitMessage(m)
		require.NoError(t, err)
		committed(m.TopicPartition.Offset + 1)
		got, err := cons.CommitOffsets([]kafka.TopicPartition{at(0, 3)})
		require.NoError(t, err)
		require.Len(t, got, 1)
		assert.Equal(t, kafka.Offset(3), got[0].Offset)
		committed(3)
		offsets, err := c.GroupOffsets(t.Context(), topic)
		require.NoError(t, err)
		i := slices.IndexFunc(offsets, func(o cluster.GroupOffset) bool { return o.Partition == 0 })
		require.NotEqual(t, -1, i, "%v", offsets)
		assert.EqualValues(t, 3, offsets[i].Committed, "as Kafka's own tool says")

		low, high, err := cons.QueryWatermarkOffsets(topic, 0, 10_000)
		require.NoError(t, err)
		assert.Equal(t, [2]int64{0, 20}, [2]int64{low, high})
		low, high, err = cons.GetWatermarkOffsets(topic, 0)
		require.NoError(t, err)
		assert.Equal(t, [2]int64{0, 20}, [2]int64{low, high})
		times, err := cons.OffsetsForTimes([]kafka.TopicPartition{
			at(0, kafka.Offset(begin.Add(-time.Minute).UnixMilli())), at(1, kafka.Offset(begin.Add(time.Hour).UnixMilli())),
		}, 10_000)
		require.NoError(t, err)
		assert.Equal(t, kafka.Offset(0), times[0].Offset)
		assert.Equal(t, kafka.OffsetEnd, times[1].Offset)

		// The paused partition comes again from where it was.
		sought, err := cons.SeekPartitions([]kafka.TopicPartition{at(0, kafka.OffsetEnd), at(1, 2)})
		require.NoError(t, err)
		for _, s := range sought {
			require.NoError(t, s.Error)
		}
		require.NoError(t, cons.Resume([]kafka.TopicPartition{at(1, 0)}))
		m = read()
		assert.Equal(t, fmt.Sprintf("%s[1]@2", topic), m.TopicPartition.String())

		// A member that comes later goes on from what was committed.
		require.NoError(t, cons.Close())
		next := kind.join(t, c, topic, nil)
		require.NoError(t, next.SubscribeTopics([]string{topic}, nil))
		for {
			m, err := next.ReadMessage(30 * time.Second)
			require.NoError(t, err)
			if m.TopicPartition.Partition == 0 {
				assert.Equal(t, kafka.Offset(3), m.TopicPartition.Offset)
				break
			}
		}
	})
}

// Without a group protocol: what was assigned by hand is read, and can grow and shrink.
func TestGroups_assignedByHand(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	topic := unique(t)
	require.NoError(t, c.CreateTopic(t.Context(), topic, 3, 1))
	p := newProducer(t, c, kafka.ConfigMap{})
	for partition := range 3 {
		produceValues(t, p, topic, int32(partition), 2)
	}
	at := func(partition int32, offset kafka.Offset) kafka.TopicPartition {
		return kafka.TopicPartition{Topic: &topic, Partition: partition, Offset: offset}
	}
	cons := newConsumer(t, c, kafka.ConfigMap{"group.id": topic})
	reads := func(want ...string) {
		t.Helper()
		var got []string
		for range want {
			m, err := cons.ReadMessage(30 * time.Second)
			require.NoError(t, err)
			got = append(got, fmt.Sprintf("%d@%d", m.TopicPartition.Partition, m.TopicPartition.Offset))
		}
		assert.ElementsMatch(t, want, got)
		m, err := cons.ReadMessage(300 * time.Millisecond)
		require.ErrorIs(t, err, kafka.ErrTimedOut, "%v", m)
	}
	require.NoError(t, cons.Assign([]kafka.TopicPartition{at(0, 0), at(1, 1)}))
	reads("0@0", "0@1", "1@1")
	require.NoError(t, cons.Unassign())
	require.NoError(t, cons.IncrementalAssign([]kafka.TopicPartition{at(0, 1)}))
	require.NoError(t, cons.IncrementalAssign([]kafka.TopicPartition{at(2, 0)}))
	reads("0@1", "2@0", "2@1")
	require.NoError(t, cons.IncrementalUnassign([]kafka.TopicPartition{at(0, 0)}))
	produceValues(t, p, topic, 0, 1)
	produceValues(t, p, topic, 2, 1)
	reads("2@2")
	parts, err := cons.Assignment()
	require.NoError(t, err)
	assert.Equal(t, []int32{2}, partitionsOf(parts))
}
