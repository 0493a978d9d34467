package rdkafka

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// roundTrip sends a list to C and back.
func roundTrip(parts []TopicPartition) []TopicPartition {
	l := cList(parts)
	defer freeList(l)
	return goList(l)
}

func TestPartitionList_roundTrip(t *testing.T) {
	start(t)
	s := func(s string) *string { return &s }
	for name, parts := range map[string][]TopicPartition{
		"empty": {},
		"one":   {{Topic: "t", Partition: 3, Offset: 17, LeaderEpoch: 5}},
		"several, a topic again": {
			{Topic: "a", Partition: 0, Offset: 1, LeaderEpoch: -1},
			{Topic: "b", Partition: PartitionUA, Offset: OffsetInvalid, LeaderEpoch: -1},
			{Topic: "a", Partition: 0, Offset: OffsetStored, LeaderEpoch: 0},
		},
		"metadata: none, empty, text, binary": {
			{Topic: "t", Partition: 0, LeaderEpoch: -1},
			{Topic: "t", Partition: 1, LeaderEpoch: -1, Metadata: s("")},
			{Topic: "t", Partition: 2, LeaderEpoch: -1, Metadata: s("some text")},
			{Topic: "t", Partition: 3, LeaderEpoch: -1, Metadata: s("\x00a\xff\x00")},
		},
		"extremes": {
			{Topic: "t", Partition: 1<<31 - 1, Offset: 1<<63 - 1, LeaderEpoch: 1<<31 - 1, Err: ErrUnknownTopic},
			{Topic: "t", Partition: 0, Offset: OffsetBeginning, LeaderEpoch: 0, Err: 3},
			{Topic: "t", Partition: 1, Offset: OffsetEnd, LeaderEpoch: -1, Err: ErrTimedOut},
			{Topic: "", Partition: 2, Offset: 0, LeaderEpoch: -1},
		},
	} {
		assert.Equal(t, parts, roundTrip(parts), name)
	}
	assert.Nil(t, cList(nil), "no list")
	freeList(nil)
}

func TestPartitionList_large(t *testing.T) {
	start(t)
	parts := make([]TopicPartition, 10000)
	for i := range parts {
		parts[i] = TopicPartition{
			Topic: fmt.Sprintf("topic-%d", i/10), Partition: int32(i % 10), Offset: int64(i) << 32, LeaderEpoch: int32(i),
		}
		if i%3 == 0 {
			m := fmt.Sprint("metadata ", i)
			parts[i].Metadata = &m
		}
	}
	require.Equal(t, parts, roundTrip(parts))
}

// librdkafka would cut a name at its zero byte, and it crashes when it is assigned
// a partition of a topic whose name is too long.
func TestTopicNames_refused(t *testing.T) {
	start(t)
	c := newClient(t, Consumer, props{"group.id": "g"})
	long := strings.Repeat("x", maxTopicName+1)
	for _, name := range []string{"a\x00b", long, "^" + long} {
		parts := []TopicPartition{{Topic: name}}
		assert.Equal(t, ErrInvalidArg, code(t, c.Assign(parts)))
		assert.Equal(t, ErrInvalidArg, code(t, c.IncrementalAssign(parts)))
		_, err := c.Pause(parts)
		assert.Equal(t, ErrInvalidArg, code(t, err))
		_, err = c.OffsetsForTimes(parts, 0)
		assert.Equal(t, ErrInvalidArg, code(t, err))
		_, _, err = c.QueryWatermarks(name, 0, 0)
		assert.Equal(t, ErrInvalidArg, code(t, err))
	}
	assert.Equal(t, ErrInvalidArg, code(t, c.Subscribe([]string{"a\x00b"})))
	assert.Equal(t, ErrInvalidArg, code(t, c.Subscribe([]string{long})))
	assert.NoError(t, c.Subscribe([]string{"^" + long}), "a pattern")
	assert.NoError(t, c.Assign([]TopicPartition{{Topic: long[1:]}}))
}
