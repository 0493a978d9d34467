package kafka

import (
	"context"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// TopicCollection names topics, see [NewTopicCollectionOfTopicNames].
//
// Concurrency: the value never changes and is safe for concurrent use.
type TopicCollection struct {
	topicNames []string
}

// NewTopicCollectionOfTopicNames names topics by their names.
func NewTopicCollectionOfTopicNames(names []string) TopicCollection {
	return TopicCollection{topicNames: names}
}

// TopicPartitionInfo describes a partition of a topic.
//
// Concurrency: a plain value; see the package overview.
type TopicPartitionInfo struct {
	// Partition is the number of the partition.
	Partition int
	// Leader is the broker that leads it, nil when there is none.
	Leader *Node
	// Replicas are the brokers that hold it.
	Replicas []Node
	// Isr are those of them that are in sync.
	Isr []Node
}

// TopicDescription describes a topic.
//
// Concurrency: a plain value; see the package overview.
type TopicDescription struct {
	// Name is the name.
	Name string
	// TopicID is the topic's id.
	TopicID UUID
	// Error is what went wrong; Code() is ErrNoError when nothing did.
	Error Error
	// IsInternal says whether it is one of Kafka's own.
	IsInternal bool
	// Partitions are the partitions.
	Partitions []TopicPartitionInfo
	// AuthorizedOperations is what this client may do; nil when it was not asked
	// for.
	AuthorizedOperations []ACLOperation
}

// DescribeTopicsResult is the result of [AdminClient.DescribeTopics].
//
// Concurrency: a plain value; see the package overview.
type DescribeTopicsResult struct {
	// TopicDescriptions are the topics in the order asked for.
	TopicDescriptions []TopicDescription
}

// DescribeTopics describes topics. A topic that does not exist has its Error.
func (a *AdminClient) DescribeTopics(ctx context.Context, topics TopicCollection, options ...DescribeTopicsAdminOption) (result DescribeTopicsResult, err error) {
	if topics.topicNames == nil {
		return result, a.closedOr(newErrorf(ErrInvalidArg, "TopicCollection of topic names cannot be nil"))
	}
	return request(ctx, a, rdkafka.AdminDescribeTopics, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			return rk.DescribeTopics(topics.topicNames, o, q)
		},
		func(ev *rdkafka.Event) DescribeTopicsResult {
			in := ev.DescribeTopicsResult()
			out := make([]TopicDescription, len(in))
			for i := range in {
				out[i] = fromRDTopic(&in[i])
			}
			return DescribeTopicsResult{TopicDescriptions: out}
		})
}

func fromRDTopic(t *rdkafka.TopicDescription) TopicDescription {
	out := TopicDescription{
		Name: t.Name, TopicID: UUID{t.ID.High, t.ID.Low, t.ID.Base64}, Error: fromRDError(&t.Err), IsInternal: t.IsInternal,
		Partitions:           make([]TopicPartitionInfo, len(t.Partitions)),
		AuthorizedOperations: fromRDOperations(t.Operations),
	}
	for i := range t.Partitions {
		p := &t.Partitions[i]
		info := TopicPartitionInfo{Partition: int(p.Partition), Replicas: fromRDNodes(p.Replicas), Isr: fromRDNodes(p.ISR)}
		if p.Leader != nil {
			leader := fromRDNode(p.Leader)
			info.Leader = &leader
		}
		out.Partitions[i] = info
	}
	return out
}

// DescribeClusterResult is the result of [AdminClient.DescribeCluster].
//
// Concurrency: a plain value; see the package overview.
type DescribeClusterResult struct {
	// ClusterID is the cluster's id, nil when the broker gave none.
	ClusterID *string
	// Controller is the broker that administers the cluster, nil when there is
	// none now.
	Controller *Node
	// Nodes are the brokers.
	Nodes []Node
	// AuthorizedOperations is what this client may do; nil when it was not asked
	// for.
	AuthorizedOperations []ACLOperation
}

// DescribeCluster describes the cluster.
func (a *AdminClient) DescribeCluster(ctx context.Context, options ...DescribeClusterAdminOption) (result DescribeClusterResult, err error) {
	return request(ctx, a, rdkafka.AdminDescribeCluster, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			rk.DescribeCluster(o, q)
			return nil
		},
		func(ev *rdkafka.Event) DescribeClusterResult {
			d := ev.DescribeClusterResult()
			out := DescribeClusterResult{
				ClusterID: d.ID, Nodes: fromRDNodes(d.Nodes), AuthorizedOperations: fromRDOperations(d.Operations),
			}
			if d.Controller != nil {
				controller := fromRDNode(d.Controller)
				out.Controller = &controller
			}
			return out
		})
}
