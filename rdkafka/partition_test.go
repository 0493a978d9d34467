package rdkafka

import (
	"fmt"
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
