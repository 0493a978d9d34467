package kafka

import "fmt"

// PartitionAny stands for any partition: the partitioner chooses one.
const PartitionAny int32 = -1

// TopicPartition names a partition of a topic, a position in it, and what became
// of it in the call that returned it.
//
// Concurrency: a plain value; see the package overview.
type TopicPartition struct {
	// Topic is the name of the topic.
	Topic *string
	// Partition is the number of the partition, or PartitionAny.
	Partition int32
	// Offset is the position in the partition.
	Offset Offset
	// Metadata is text kept with a committed offset, nil when there is none.
	Metadata *string
	// Error is what went wrong with this partition, nil when nothing did.
	Error error
	// LeaderEpoch is the leader epoch of Offset, nil when it is not known.
	LeaderEpoch *int32
}

// String returns "topic[partition]@offset", followed by the error in parentheses
// when there is one. A nil topic is "<null>".
func (p TopicPartition) String() string {
	topic := "<null>"
	if p.Topic != nil {
		topic = *p.Topic
	}
	if p.Error != nil {
		return fmt.Sprintf("%s[%d]@%s(%s)", topic, p.Partition, p.Offset, p.Error)
	}
	return fmt.Sprintf("%s[%d]@%s", topic, p.Partition, p.Offset)
}

// TopicPartitions is a list that package sort can order by topic, then by
// partition. A nil topic sorts like an empty one.
//
// Concurrency: a plain slice; see the package overview.
type TopicPartitions []TopicPartition

// Len returns the number of partitions in the list.
func (tps TopicPartitions) Len() int {
	return len(tps)
}

// Less says whether entry i sorts before entry j.
func (tps TopicPartitions) Less(i, j int) bool {
	a, b := deref(tps[i].Topic), deref(tps[j].Topic)
	if a != b {
		return a < b
	}
	return tps[i].Partition < tps[j].Partition
}

// Swap exchanges the entries i and j.
func (tps TopicPartitions) Swap(i, j int) {
	tps[i], tps[j] = tps[j], tps[i]
}

// deref returns what s points to, and "" for nil.
func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
