package kafka

// BrokerMetadata is one broker of a cluster.
//
// Concurrency: a plain value; see the package overview.
type BrokerMetadata struct {
	// ID is the number of the broker.
	ID int32
	// Host is the name or address that the broker advertises.
	Host string
	// Port is the port that the broker advertises.
	Port int
}

// PartitionMetadata is one partition of a topic.
//
// Concurrency: a plain value; see the package overview.
type PartitionMetadata struct {
	// ID is the number of the partition.
	ID int32
	// Error is what the broker says about the partition; Code() is ErrNoError
	// when nothing is wrong.
	Error Error
	// Leader is the broker that leads the partition, -1 when there is none.
	Leader int32
	// Replicas are the brokers that hold the partition.
	Replicas []int32
	// Isrs are those of the replicas that are in sync.
	Isrs []int32
}

// TopicMetadata is one topic.
//
// Concurrency: a plain value; see the package overview.
type TopicMetadata struct {
	// Topic is the name.
	Topic string
	// Partitions are the partitions of the topic.
	Partitions []PartitionMetadata
	// Error is what the broker says about the topic; Code() is ErrNoError when
	// nothing is wrong.
	Error Error
}

// Metadata is what a broker tells about the cluster and its topics.
//
// Concurrency: a plain value; see the package overview.
type Metadata struct {
	// Brokers are the brokers of the cluster.
	Brokers []BrokerMetadata
	// Topics are the topics by their names.
	Topics map[string]TopicMetadata
	// OriginatingBroker is the one that answered. Its Host is "host:port/id" and
	// its Port 0, as librdkafka gives the name in one piece.
	OriginatingBroker BrokerMetadata
}
