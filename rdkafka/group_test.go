package rdkafka

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fill produces n messages to each partition of a topic.
func fill(t *testing.T, m *MockCluster, topic string, partitions, n int) {
	t.Helper()
	c := newProducer(t, m, nil)
	rkt := newTopic(t, c, topic)
	for i := range n {
		for p := range partitions {
			require.Equal(t, ErrNoError, rkt.Produce(c, int32(p), false, nil, fmt.Append(nil, i), nil, 0, int64(1000+i), 1))
		}
	}
	readReports(t, mainQueue(t, c), n*partitions, 0)
}

func part(topic string, p int32, offset int64) TopicPartition {
	return TopicPartition{Topic: topic, Partition: p, Offset: offset, LeaderEpoch: -1}
}

func TestGroup_subscription(t *testing.T) {
	start(t)
	r := newReader(t, newMock(t), nil)
	got, err := r.c.Subscription()
	require.NoError(t, err)
	assert.Empty(t, got)
	require.NoError(t, r.c.Subscribe([]string{"a", "^b.*"}))
	got, err = r.c.Subscription()
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"a", "^b.*"}, got)
	for _, bad := range [][]string{{}, {""}, {"a", "a"}, {"^["}} {
		assert.Equal(t, ErrInvalidArg, code(t, r.c.Subscribe(bad)), "%q", bad)
	}
	require.NoError(t, r.c.Unsubscribe())
}

func TestGroup_assignPositionSeekPause(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 2, 3))
	fill(t, m, "t", 2, 20)
	r := newReader(t, m, nil, part("t", 0, 0))
	require.NoError(t, r.c.IncrementalAssign([]TopicPartition{part("t", 1, 10)}))
	assert.Error(t, r.c.IncrementalAssign([]TopicPartition{part("t", 1, 10)}), "twice")
	assigned, err := r.c.Assignment()
	require.NoError(t, err)
	require.Len(t, assigned, 2)
	r.read(t, 30)

	pos, err := r.c.Position([]TopicPartition{part("t", 0, 0), part("t", 1, 0)})
	require.NoError(t, err)
	assert.EqualValues(t, 20, pos[0].Offset)
	assert.EqualValues(t, 20, pos[1].Offset)

	low, high, err := r.c.QueryWatermarks("t", 0, patience)
	require.NoError(t, err)
	assert.EqualValues(t, []int64{0, 20}, []int64{low, high})
	low, high, err = r.c.Watermarks("t", 0)
	require.NoError(t, err)
	assert.EqualValues(t, 20, high)
	assert.LessOrEqual(t, low, int64(0))

	sought, err := r.c.Seek([]TopicPartition{part("t", 0, 15)}, patience)
	require.NoError(t, err)
	assert.Zero(t, sought[0].Err)
	for i, msg := range r.read(t, 5) {
		assert.EqualValues(t, 15+i, msg.Offset)
	}

	paused, err := r.c.Pause([]TopicPartition{part("t", 0, 0), part("unknown", 9, 0)})
	require.NoError(t, err)
	assert.Zero(t, paused[0].Err)
	assert.Equal(t, -190, paused[1].Err, "UNKNOWN_PARTITION")
	resumed, err := r.c.Resume([]TopicPartition{part("t", 0, 0)})
	require.NoError(t, err)
	assert.Zero(t, resumed[0].Err)

	require.NoError(t, r.c.IncrementalUnassign([]TopicPartition{part("t", 1, 0)}))
	assert.Error(t, r.c.IncrementalUnassign([]TopicPartition{part("t", 1, 0)}), "twice")
	require.NoError(t, r.c.Assign(nil))
	assigned, err = r.c.Assignment()
	require.NoError(t, err)
	assert.Empty(t, assigned)
}

func TestGroup_storeAndCommit(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 1, 3))
	fill(t, m, "t", 1, 5)
	r := newReader(t, m, props{"enable.auto.offset.store": "false"}, part("t", 0, 0))
	r.read(t, 5)
	replies := r.c.NewQueue()
	defer replies.Destroy()

	require.NoError(t, r.c.CommitAsync(nil, replies, 41))
	ev := nextEvent(t, replies, EventOffsetCommit)
	assert.EqualValues(t, 41, ev.Opaque())
	assert.Equal(t, -168, code(t, ev.Err()), "NO_OFFSET: nothing is stored")
	ev.Destroy()

	stored := part("t", 0, 3)
	stored.Metadata, stored.LeaderEpoch = ptr("some\x00metadata"), 0
	res, err := r.c.StoreOffsets([]TopicPartition{stored})
	require.NoError(t, err)
	assert.Zero(t, res[0].Err)
	require.NoError(t, r.c.CommitAsync(nil, replies, 42))
	ev = nextEvent(t, replies, EventOffsetCommit)
	assert.EqualValues(t, 42, ev.Opaque())
	require.NoError(t, ev.Err())
	require.Len(t, ev.Offsets(), 1)
	assert.EqualValues(t, 3, ev.Offsets()[0].Offset)
	ev.Destroy()

	require.NoError(t, r.c.CommitAsync([]TopicPartition{part("t", 0, 4)}, replies, 1<<60))
	ev = nextEvent(t, replies, EventOffsetCommit)
	assert.EqualValues(t, 1<<60, ev.Opaque())
	ev.Destroy()
	committed, err := r.c.Committed([]TopicPartition{part("t", 0, 0)}, patience)
	require.NoError(t, err)
	assert.EqualValues(t, 4, committed[0].Offset)

	_, err = r.c.StoreOffsets([]TopicPartition{part("other", 0, 1)})
	assert.Error(t, err, "not assigned")
}

func TestGroup_offsetsForTimes(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 1, 3))
	fill(t, m, "t", 1, 3)
	r := newReader(t, m, nil)
	// The mock cluster knows no timestamps: beyond the end is all it can tell.
	got, err := r.c.OffsetsForTimes([]TopicPartition{part("t", 0, time.Now().Add(time.Hour).UnixMilli())}, patience)
	require.NoError(t, err)
	require.Len(t, got, 1)
	assert.Zero(t, got[0].Err)
	_, err = r.c.OffsetsForTimes([]TopicPartition{part("t", 0, 0)}, 0)
	assert.Error(t, err)
}

func TestGroup_metadata(t *testing.T) {
	start(t)
	r := newReader(t, newMock(t), nil)
	own, err := r.c.GroupMetadata()
	require.NoError(t, err)
	assert.NotEmpty(t, own)
	made, err := NewGroupMetadata("g")
	require.NoError(t, err)
	assert.Contains(t, string(made), "g\x00")
	_, err = newClient(t, Producer, nil).GroupMetadata()
	assert.Equal(t, -172, code(t, err), "STATE")
	assert.Equal(t, "NONE", r.c.RebalanceProtocol())
}

func TestGroup_close(t *testing.T) {
	start(t)
	r := newReader(t, newMock(t), nil)
	q := r.c.NewQueue()
	defer q.Destroy()
	assert.False(t, r.c.ConsumerClosed())
	require.NoError(t, r.c.CloseConsumer(q))
	eventually(t, func() bool {
		if ev, ok := q.Poll(0); ok {
			ev.Destroy()
		}
		return r.c.ConsumerClosed()
	}, "the end of the group membership")
}

func TestFetch_errorRecords(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 1, 3))
	fill(t, m, "t", 1, 2)
	r := newReader(t, m, props{"enable.partition.eof": "true"}, part("t", 0, 0))
	got := r.read(t, 3)
	eof := got[2]
	assert.EqualValues(t, ErrPartitionEOF, eof.Err)
	assert.EqualValues(t, 2, eof.Offset)
	assert.Equal(t, "t", eof.topic)
	assert.Nil(t, eof.key)
	assert.Contains(t, string(eof.value), "reached end of partition")
	assert.EqualValues(t, 0, eof.TimestampType)
	assert.EqualValues(t, -1, eof.Timestamp)
}

// A poll of size 0 counts as the application's poll and takes nothing.
func TestFetch_sizeZero(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 1, 3))
	fill(t, m, "t", 1, 2)
	r := newReader(t, m, nil, part("t", 0, 0))
	eventually(t, func() bool { return r.q.Len() >= 2 }, "messages in the queue")
	recs, arena, rebalances := r.f.Poll(r.c, r.q, 0)
	assert.Empty(t, recs)
	assert.Empty(t, arena)
	assert.Zero(t, rebalances)
	assert.Len(t, r.read(t, 2), 2)
}

func TestMock_faults(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 1, 1))
	assert.Error(t, m.CreateTopic("t", 1, 1), "twice")
	c := newProducer(t, m, props{"retries": "0"})
	topic := newTopic(t, c, "t")
	q := mainQueue(t, c)
	const produce = 0 // its ApiKey
	m.PushRequestErrors(produce, 87, 87)
	m.ClearRequestErrors(produce)
	m.PushRequestErrors(produce, 87) // INVALID_RECORD
	require.Equal(t, ErrNoError, topic.Produce(c, 0, false, nil, nil, nil, 0, 0, 1))
	assert.EqualValues(t, 87, readReports(t, q, 1, 0)[0].Err)
	require.Equal(t, ErrNoError, topic.Produce(c, 0, false, nil, nil, nil, 0, 0, 2))
	assert.Zero(t, readReports(t, q, 1, 0)[0].Err)

	require.NoError(t, m.SetBrokerDown(-1))
	nextEvent(t, q, EventError)
	require.NoError(t, m.SetBrokerUp(-1))
	require.Equal(t, ErrNoError, topic.Produce(c, 0, false, nil, nil, nil, 0, 0, 3))
	assert.Zero(t, readReports(t, q, 1, 0)[0].Err)
}
