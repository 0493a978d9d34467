package kafka

import (
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// consumerNative is what the consumer's logic needs of librdkafka. Tests put a
// fake in its place to reach states that no broker gives on demand.
type consumerNative interface {
	PopRebalance() (code int, parts []rdkafka.TopicPartition, ok bool)
	Assign(parts []rdkafka.TopicPartition) error
	IncrementalAssign(parts []rdkafka.TopicPartition) error
	IncrementalUnassign(parts []rdkafka.TopicPartition) error
	AssignmentLost() bool
	FatalError() error
	RebalanceProtocol() string
	Seek(parts []rdkafka.TopicPartition, timeout time.Duration) ([]rdkafka.TopicPartition, error)
	Pause(parts []rdkafka.TopicPartition) ([]rdkafka.TopicPartition, error)
	Resume(parts []rdkafka.TopicPartition) ([]rdkafka.TopicPartition, error)
	Position(parts []rdkafka.TopicPartition) ([]rdkafka.TopicPartition, error)
	StoreOffsets(parts []rdkafka.TopicPartition) ([]rdkafka.TopicPartition, error)
}

// fetcher takes up to size messages off the consumer's queue without waiting,
// see [rdkafka.Fetch.Poll].
type fetcher interface {
	Poll(size int) (recs []rdkafka.Record, arena []byte, rebalances int)
}

// queueFetcher is the fetcher of a real queue.
type queueFetcher struct {
	rk *rdkafka.Client
	q  *rdkafka.Queue
	f  *rdkafka.Fetch
}

func (f *queueFetcher) Poll(size int) ([]rdkafka.Record, []byte, int) {
	return f.f.Poll(f.rk, f.q, size)
}
