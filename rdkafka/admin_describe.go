//go:build cgo

package rdkafka

// #include "shim_admin.h"
import "C"

import "unsafe"

// UUID is 128 bits, with their text in base 64.
type UUID struct {
	High, Low int64
	Base64    string
}

// TopicDescription describes a topic.
type TopicDescription struct {
	Name       string
	ID         UUID
	Err        Error
	IsInternal bool
	Partitions []PartitionInfo
	Operations []int // nil: not asked for
}

// PartitionInfo describes a partition of a [TopicDescription].
type PartitionInfo struct {
	Partition int32
	Leader    *Node // nil: none
	Replicas  []Node
	ISR       []Node
}

// DescribeTopics describes topics. The result is [Event.DescribeTopicsResult].
//
// Implements:
//
//	rd_kafka_TopicCollection_t *rd_kafka_TopicCollection_of_topic_names(const char **topics, size_t topics_cnt)
//	void rd_kafka_TopicCollection_destroy(rd_kafka_TopicCollection_t *topics)
//	void rd_kafka_DescribeTopics(rd_kafka_t *rk, const rd_kafka_TopicCollection_t *topics, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) DescribeTopics(topics []string, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	names := a.strs("topic name", topics)
	if a.err != nil {
		return a.err
	}
	t := C.rd_kafka_TopicCollection_of_topic_names(unsafe.SliceData(names), C.size_t(len(names)))
	defer C.rd_kafka_TopicCollection_destroy(t)
	C.rd_kafka_DescribeTopics(c.p, t, o.p, q.p)
	return nil
}

// DescribeTopicsResult returns the descriptions.
//
// Implements:
//
//	const rd_kafka_DescribeTopics_result_t *rd_kafka_event_DescribeTopics_result(rd_kafka_event_t *rkev)
//	const rd_kafka_TopicDescription_t **rd_kafka_DescribeTopics_result_topics(const rd_kafka_DescribeTopics_result_t *result, size_t *cntp)
//	const char *rd_kafka_TopicDescription_name(const rd_kafka_TopicDescription_t *topicdesc)
//	const rd_kafka_Uuid_t *rd_kafka_TopicDescription_topic_id(const rd_kafka_TopicDescription_t *topicdesc)
//	const rd_kafka_error_t *rd_kafka_TopicDescription_error(const rd_kafka_TopicDescription_t *topicdesc)
//	int rd_kafka_TopicDescription_is_internal(const rd_kafka_TopicDescription_t *topicdesc)
//	const rd_kafka_AclOperation_t *rd_kafka_TopicDescription_authorized_operations(const rd_kafka_TopicDescription_t *topicdesc, size_t *cntp)
//	const rd_kafka_TopicPartitionInfo_t **rd_kafka_TopicDescription_partitions(const rd_kafka_TopicDescription_t *topicdesc, size_t *cntp)
func (e *Event) DescribeTopicsResult() []TopicDescription {
	var n C.size_t
	p := C.rd_kafka_DescribeTopics_result_topics(C.rd_kafka_event_DescribeTopics_result(e.p), &n)
	out := make([]TopicDescription, int(n))
	for i, t := range unsafe.Slice(p, int(n)) {
		var ops, parts C.size_t
		cOps := C.rd_kafka_TopicDescription_authorized_operations(t, &ops)
		d := TopicDescription{
			Name:       C.GoString(C.rd_kafka_TopicDescription_name(t)),
			ID:         goUUID(C.rd_kafka_TopicDescription_topic_id(t)),
			Err:        copyError(C.rd_kafka_TopicDescription_error(t)),
			IsInternal: C.rd_kafka_TopicDescription_is_internal(t) != 0,
			Operations: goOperations(cOps, ops),
		}
		cParts := C.rd_kafka_TopicDescription_partitions(t, &parts)
		d.Partitions = make([]PartitionInfo, int(parts))
		for j, info := range unsafe.Slice(cParts, int(parts)) {
			d.Partitions[j] = goPartitionInfo(info)
		}
		out[i] = d
	}
	return out
}

// Implements:
//
//	const int rd_kafka_TopicPartitionInfo_partition(const rd_kafka_TopicPartitionInfo_t *partition)
//	const rd_kafka_Node_t *rd_kafka_TopicPartitionInfo_leader(const rd_kafka_TopicPartitionInfo_t *partition)
//	const rd_kafka_Node_t **rd_kafka_TopicPartitionInfo_isr(const rd_kafka_TopicPartitionInfo_t *partition, size_t *cntp)
//	const rd_kafka_Node_t **rd_kafka_TopicPartitionInfo_replicas(const rd_kafka_TopicPartitionInfo_t *partition, size_t *cntp)
func goPartitionInfo(p *C.rd_kafka_TopicPartitionInfo_t) PartitionInfo {
	var isr, replicas C.size_t
	cISR := C.rd_kafka_TopicPartitionInfo_isr(p, &isr)
	cReplicas := C.rd_kafka_TopicPartitionInfo_replicas(p, &replicas)
	return PartitionInfo{
		Partition: int32(C.rd_kafka_TopicPartitionInfo_partition(p)),
		Leader:    goNode(C.rd_kafka_TopicPartitionInfo_leader(p)),
		Replicas:  goNodes(cReplicas, replicas), ISR: goNodes(cISR, isr),
	}
}

// Implements:
//
//	const char *rd_kafka_Uuid_base64str(const rd_kafka_Uuid_t *uuid)
//	int64_t rd_kafka_Uuid_least_significant_bits(const rd_kafka_Uuid_t *uuid)
//	int64_t rd_kafka_Uuid_most_significant_bits(const rd_kafka_Uuid_t *uuid)
func goUUID(u *C.rd_kafka_Uuid_t) UUID {
	if u == nil {
		return UUID{}
	}
	return UUID{
		High:   int64(C.rd_kafka_Uuid_most_significant_bits(u)),
		Low:    int64(C.rd_kafka_Uuid_least_significant_bits(u)),
		Base64: C.GoString(C.rd_kafka_Uuid_base64str(u)),
	}
}

// ClusterDescription describes a cluster.
type ClusterDescription struct {
	ID         *string
	Controller *Node // nil: none
	Nodes      []Node
	Operations []int // nil: not asked for
}

// DescribeCluster describes the cluster. The result is
// [Event.DescribeClusterResult].
//
// Implements:
//
//	void rd_kafka_DescribeCluster(rd_kafka_t *rk, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) DescribeCluster(o *AdminOptions, q *Queue) {
	C.rd_kafka_DescribeCluster(c.p, o.p, q.p)
}

// DescribeClusterResult returns the description.
//
// Implements:
//
//	const rd_kafka_DescribeCluster_result_t *rd_kafka_event_DescribeCluster_result(rd_kafka_event_t *rkev)
//	const rd_kafka_Node_t **rd_kafka_DescribeCluster_result_nodes(const rd_kafka_DescribeCluster_result_t *result, size_t *cntp)
//	const rd_kafka_AclOperation_t *rd_kafka_DescribeCluster_result_authorized_operations(const rd_kafka_DescribeCluster_result_t *result, size_t *cntp)
//	const rd_kafka_Node_t *rd_kafka_DescribeCluster_result_controller(const rd_kafka_DescribeCluster_result_t *result)
//	const char *rd_kafka_DescribeCluster_result_cluster_id(const rd_kafka_DescribeCluster_result_t *result)
func (e *Event) DescribeClusterResult() ClusterDescription {
	r := C.rd_kafka_event_DescribeCluster_result(e.p)
	var nodes, ops C.size_t
	cNodes := C.rd_kafka_DescribeCluster_result_nodes(r, &nodes)
	cOps := C.rd_kafka_DescribeCluster_result_authorized_operations(r, &ops)
	return ClusterDescription{
		ID:         goOptional(C.rd_kafka_DescribeCluster_result_cluster_id(r)),
		Controller: goNode(C.rd_kafka_DescribeCluster_result_controller(r)),
		Nodes:      goNodes(cNodes, nodes), Operations: goOperations(cOps, ops),
	}
}
