package kafka

import (
	"context"
	"fmt"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// TopicResult is what became of one topic.
//
// Concurrency: a plain value; see the package overview.
type TopicResult struct {
	// Topic is the name.
	Topic string
	// Error is what went wrong; Code() is ErrNoError when nothing did.
	Error Error
}

// String returns the name, and the broker's own words for an error in
// parentheses.
func (t TopicResult) String() string { return resultString(t.Topic, t.Error) }

func resultString(name string, err Error) string {
	if err.code == ErrNoError {
		return name
	}
	return fmt.Sprintf("%s (%s)", name, err.str)
}

// TopicSpecification says what topic to create.
//
// Concurrency: a plain value; see the package overview.
type TopicSpecification struct {
	// Topic is the name.
	Topic string
	// NumPartitions is the number of partitions, -1 for the broker's default.
	NumPartitions int
	// ReplicationFactor is how many brokers hold each partition, 0 for the broker's
	// default. It goes without ReplicaAssignment.
	ReplicationFactor int
	// ReplicaAssignment holds, for each partition, the numbers of the brokers that
	// shall hold it, the preferred leader first. Nil lets the cluster choose.
	ReplicaAssignment [][]int32
	// Config are the topic's own configuration entries.
	Config map[string]string
}

// PartitionsSpecification says how many partitions a topic shall have.
//
// Concurrency: a plain value; see the package overview.
type PartitionsSpecification struct {
	// Topic is the name.
	Topic string
	// IncreaseTo is the number of all partitions, the old ones included.
	IncreaseTo int
	// ReplicaAssignment holds, for each new partition, the numbers of the brokers
	// that shall hold it. Nil lets the cluster choose.
	ReplicaAssignment [][]int32
}

// CreateTopics creates topics.
func (a *AdminClient) CreateTopics(ctx context.Context, topics []TopicSpecification, options ...CreateTopicsAdminOption) (result []TopicResult, err error) {
	if err := needSome(len(topics), "TopicSpecification structs"); err != nil {
		return nil, a.closedOr(err)
	}
	specs := make([]rdkafka.NewTopic, len(topics))
	for i := range topics {
		t := &topics[i]
		s := rdkafka.NewTopic{
			Topic: t.Topic, Partitions: t.NumPartitions, ReplicationFactor: t.ReplicationFactor,
			Replicas: t.ReplicaAssignment, Config: t.Config,
		}
		if len(t.ReplicaAssignment) > 0 {
			if t.ReplicationFactor > 0 {
				return nil, a.closedOr(newErrorf(ErrInvalidArg,
					"TopicSpecification.ReplicationFactor and TopicSpecification.ReplicaAssignment are mutually exclusive"))
			}
			if len(t.ReplicaAssignment) != t.NumPartitions {
				return nil, a.closedOr(newErrorf(ErrInvalidArg,
					"TopicSpecification.ReplicaAssignment must contain exactly TopicSpecification.NumPartitions partitions"))
			}
		}
		if t.ReplicationFactor == 0 {
			s.ReplicationFactor = -1
		}
		specs[i] = s
	}
	return request(ctx, a, rdkafka.AdminCreateTopics, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			return rk.CreateTopics(specs, o, q)
		},
		func(ev *rdkafka.Event) []TopicResult { return fromRDTopics(ev.CreateTopicsResult()) })
}

// closedOr returns the error of a closed client, or else err: that it is closed
// counts before what is wrong with the arguments.
func (a *AdminClient) closedOr(err error) error {
	if a.IsClosed() {
		return errClosedClient()
	}
	return err
}

func fromRDTopics(in []rdkafka.TopicResult) []TopicResult {
	out := make([]TopicResult, len(in))
	for i := range in {
		out[i] = TopicResult{Topic: in[i].Topic, Error: fromRDError(&in[i].Err)}
	}
	return out
}

// DeleteTopics deletes topics with all their messages.
func (a *AdminClient) DeleteTopics(ctx context.Context, topics []string, options ...DeleteTopicsAdminOption) (result []TopicResult, err error) {
	if err := needSome(len(topics), "topic names"); err != nil {
		return nil, a.closedOr(err)
	}
	return request(ctx, a, rdkafka.AdminDeleteTopics, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			return rk.DeleteTopics(topics, o, q)
		},
		func(ev *rdkafka.Event) []TopicResult { return fromRDTopics(ev.DeleteTopicsResult()) })
}

// CreatePartitions gives topics more partitions.
func (a *AdminClient) CreatePartitions(ctx context.Context, partitions []PartitionsSpecification, options ...CreatePartitionsAdminOption) (result []TopicResult, err error) {
	if err := needSome(len(partitions), "PartitionsSpecification structs"); err != nil {
		return nil, a.closedOr(err)
	}
	specs := make([]rdkafka.NewPartitions, len(partitions))
	for i := range partitions {
		p := &partitions[i]
		specs[i] = rdkafka.NewPartitions{Topic: p.Topic, Total: p.IncreaseTo, Replicas: p.ReplicaAssignment}
	}
	return request(ctx, a, rdkafka.AdminCreatePartitions, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			return rk.CreatePartitions(specs, o, q)
		},
		func(ev *rdkafka.Event) []TopicResult { return fromRDTopics(ev.CreatePartitionsResult()) })
}
