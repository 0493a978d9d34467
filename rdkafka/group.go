//go:build cgo

package rdkafka

// #cgo noescape rd_kafka_assignment_lost
// #cgo nocallback rd_kafka_assignment_lost
// #include "shim.h"
import "C"

import (
	"time"
	"unsafe"
)

// Subscribe replaces the subscription; names that start with ^ are regular
// expressions. The answer comes as a rebalance.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_subscribe(rd_kafka_t *rk, const rd_kafka_topic_partition_list_t *topics)
func (c *Client) Subscribe(topics []string) error {
	parts := make([]TopicPartition, len(topics))
	for i, t := range topics {
		parts[i] = TopicPartition{Topic: t, Partition: PartitionUA, Offset: OffsetInvalid, LeaderEpoch: -1}
	}
	// A pattern may have any length.
	for _, t := range topics {
		if err := checkTopicName(t); err != nil && (hasZero(t) || t[0] != '^') {
			return err
		}
	}
	l := cList(parts)
	defer freeList(l)
	return codeError(C.rd_kafka_subscribe(c.p, l))
}

// Unsubscribe ends the subscription.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_unsubscribe(rd_kafka_t *rk)
func (c *Client) Unsubscribe() error { return codeError(C.rd_kafka_unsubscribe(c.p)) }

// Subscription returns the subscribed names.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_subscription(rd_kafka_t *rk, rd_kafka_topic_partition_list_t **topics)
func (c *Client) Subscription() ([]string, error) {
	var l *C.rd_kafka_topic_partition_list_t
	if err := codeError(C.rd_kafka_subscription(c.p, &l)); err != nil {
		return nil, err
	}
	defer C.rd_kafka_topic_partition_list_destroy(l)
	parts := goList(l)
	topics := make([]string, len(parts))
	for i := range parts {
		topics[i] = parts[i].Topic
	}
	return topics, nil
}

// Assign replaces the assignment; nil removes it.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_assign(rd_kafka_t *rk, const rd_kafka_topic_partition_list_t *partitions)
func (c *Client) Assign(parts []TopicPartition) error {
	l, err := namedList(parts)
	if err != nil {
		return err
	}
	defer freeList(l)
	return codeError(C.rd_kafka_assign(c.p, l))
}

// IncrementalAssign adds partitions to the assignment.
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_incremental_assign(rd_kafka_t *rk, const rd_kafka_topic_partition_list_t *partitions)
func (c *Client) IncrementalAssign(parts []TopicPartition) error {
	l, err := namedList(notNil(parts))
	if err != nil {
		return err
	}
	defer freeList(l)
	return takeError(C.rd_kafka_incremental_assign(c.p, l))
}

// IncrementalUnassign takes partitions out of the assignment.
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_incremental_unassign(rd_kafka_t *rk, const rd_kafka_topic_partition_list_t *partitions)
func (c *Client) IncrementalUnassign(parts []TopicPartition) error {
	l, err := namedList(notNil(parts))
	if err != nil {
		return err
	}
	defer freeList(l)
	return takeError(C.rd_kafka_incremental_unassign(c.p, l))
}

// notNil gives C an empty list where it wants a list.
func notNil(parts []TopicPartition) []TopicPartition {
	if parts == nil {
		return []TopicPartition{}
	}
	return parts
}

// Assignment returns the assigned partitions.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_assignment(rd_kafka_t *rk, rd_kafka_topic_partition_list_t **partitions)
func (c *Client) Assignment() ([]TopicPartition, error) {
	var l *C.rd_kafka_topic_partition_list_t
	if err := codeError(C.rd_kafka_assignment(c.p, &l)); err != nil {
		return nil, err
	}
	defer C.rd_kafka_topic_partition_list_destroy(l)
	return goList(l), nil
}

// AssignmentLost says whether the group gave the assignment away without this
// member's consent.
//
// Implements:
//
//	int rd_kafka_assignment_lost(rd_kafka_t *rk)
func (c *Client) AssignmentLost() bool { return C.rd_kafka_assignment_lost(c.p) != 0 }

// RebalanceProtocol returns "NONE", "EAGER" or "COOPERATIVE"; "" when the client
// has no group.
//
// Implements:
//
//	const char *rd_kafka_rebalance_protocol(rd_kafka_t *rk)
func (c *Client) RebalanceProtocol() string {
	return C.GoString(C.rd_kafka_rebalance_protocol(c.p))
}

// Pause stops fetching; the result carries an error per partition.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_pause_partitions(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *partitions)
func (c *Client) Pause(parts []TopicPartition) ([]TopicPartition, error) {
	l, err := namedList(notNil(parts))
	if err != nil {
		return parts, err
	}
	defer freeList(l)
	err = codeError(C.rd_kafka_pause_partitions(c.p, l))
	return goList(l), err
}

// Resume ends a pause; the result carries an error per partition.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_resume_partitions(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *partitions)
func (c *Client) Resume(parts []TopicPartition) ([]TopicPartition, error) {
	l, err := namedList(notNil(parts))
	if err != nil {
		return parts, err
	}
	defer freeList(l)
	err = codeError(C.rd_kafka_resume_partitions(c.p, l))
	return goList(l), err
}

// Seek sets the next offset to fetch of assigned partitions; the result carries
// an error per partition. With timeout 0 it does not wait.
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_seek_partitions(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *partitions, int timeout_ms)
func (c *Client) Seek(parts []TopicPartition, timeout time.Duration) ([]TopicPartition, error) {
	l, err := namedList(notNil(parts))
	if err != nil {
		return parts, err
	}
	defer freeList(l)
	err = takeError(C.rd_kafka_seek_partitions(c.p, l, millis(timeout)))
	return goList(l), err
}

// Position returns librdkafka's position of partitions: the offset after the
// last message that [Fetch.Poll] gave out, transaction markers skipped, or
// [OffsetInvalid].
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_position(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *partitions)
func (c *Client) Position(parts []TopicPartition) ([]TopicPartition, error) {
	l, err := namedList(notNil(parts))
	if err != nil {
		return parts, err
	}
	defer freeList(l)
	err = codeError(C.rd_kafka_position(c.p, l))
	return goList(l), err
}

// Committed asks the group's coordinator for committed offsets.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_committed(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *partitions, int timeout_ms)
func (c *Client) Committed(parts []TopicPartition, timeout time.Duration) ([]TopicPartition, error) {
	l, err := namedList(notNil(parts))
	if err != nil {
		return parts, err
	}
	defer freeList(l)
	err = codeError(C.rd_kafka_committed(c.p, l, millis(timeout)))
	return goList(l), err
}

// StoreOffsets sets the offsets that the next commit without a list sends; the
// result carries an error per partition. enable.auto.offset.store must be off.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_offsets_store(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *offsets)
func (c *Client) StoreOffsets(parts []TopicPartition) ([]TopicPartition, error) {
	l, err := namedList(notNil(parts))
	if err != nil {
		return parts, err
	}
	defer freeList(l)
	err = codeError(C.rd_kafka_offsets_store(c.p, l))
	return goList(l), err
}

// CommitAsync commits offsets, or with nil the stored ones, and returns at once;
// the result comes to q as an [EventOffsetCommit] with that opaque, also when
// there is nothing to commit.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_commit_queue(rd_kafka_t *rk, const rd_kafka_topic_partition_list_t *offsets, rd_kafka_queue_t *rkqu, void (*cb)(rd_kafka_t *rk, rd_kafka_resp_err_t err, rd_kafka_topic_partition_list_t *offsets, void *commit_opaque), void *commit_opaque)
func (c *Client) CommitAsync(offsets []TopicPartition, q *Queue, opaque uint64) error {
	l, err := namedList(offsets)
	if err != nil {
		return err
	}
	defer freeList(l)
	return codeError(C.rkgo_commit(c.p, l, q.p, C.uint64_t(opaque)))
}

// OffsetsForTimes returns per partition the first offset whose timestamp is at
// or after the time given in Offset (ms since 1970).
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_offsets_for_times(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *offsets, int timeout_ms)
func (c *Client) OffsetsForTimes(times []TopicPartition, timeout time.Duration) ([]TopicPartition, error) {
	l, err := namedList(notNil(times))
	if err != nil {
		return times, err
	}
	defer freeList(l)
	err = codeError(C.rd_kafka_offsets_for_times(c.p, l, millis(timeout)))
	return goList(l), err
}

// QueryWatermarks asks the partition's leader for its first and next offset.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_query_watermark_offsets(rd_kafka_t *rk, const char *topic, int32_t partition, int64_t *low, int64_t *high, int timeout_ms)
func (c *Client) QueryWatermarks(topic string, partition int32, timeout time.Duration) (low, high int64, err error) {
	if err := checkTopicName(topic); err != nil {
		return 0, 0, err
	}
	t, free := cString(topic)
	defer free()
	var lo, hi C.int64_t
	err = codeError(C.rd_kafka_query_watermark_offsets(c.p, t, C.int32_t(partition), &lo, &hi, millis(timeout)))
	return int64(lo), int64(hi), err
}

// Watermarks returns the partition's first and next offset as the last fetch or
// statistics said; [OffsetInvalid] when they are not known.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_get_watermark_offsets(rd_kafka_t *rk, const char *topic, int32_t partition, int64_t *low, int64_t *high)
func (c *Client) Watermarks(topic string, partition int32) (low, high int64, err error) {
	if err := checkTopicName(topic); err != nil {
		return 0, 0, err
	}
	t, free := cString(topic)
	defer free()
	var lo, hi C.int64_t
	err = codeError(C.rd_kafka_get_watermark_offsets(c.p, t, C.int32_t(partition), &lo, &hi))
	return int64(lo), int64(hi), err
}

// MemberID returns the consumer's id in its group; "" before it has joined.
//
// Implements:
//
//	char *rd_kafka_memberid(const rd_kafka_t *rk)
func (c *Client) MemberID() string {
	p := C.rd_kafka_memberid(c.p)
	if p == nil {
		return ""
	}
	defer C.rd_kafka_mem_free(c.p, unsafe.Pointer(p))
	return C.GoString(p)
}

// GroupMetadata returns the consumer's group metadata in librdkafka's
// serialized form, which [Client] methods of transactions take.
//
// Implements:
//
//	rd_kafka_consumer_group_metadata_t *rd_kafka_consumer_group_metadata(rd_kafka_t *rk)
//	rd_kafka_error_t *rd_kafka_consumer_group_metadata_write(const rd_kafka_consumer_group_metadata_t *cgmd, void **bufferp, size_t *sizep)
//	void rd_kafka_consumer_group_metadata_destroy(rd_kafka_consumer_group_metadata_t *)
func (c *Client) GroupMetadata() ([]byte, error) {
	m := C.rd_kafka_consumer_group_metadata(c.p)
	if m == nil {
		return nil, &Error{Code: int(C.RD_KAFKA_RESP_ERR__STATE), Str: "this consumer has no group: set group.id"}
	}
	defer C.rd_kafka_consumer_group_metadata_destroy(m)
	return writeGroupMetadata(m)
}

// NewGroupMetadata returns serialized metadata of a group without a member, for
// tests.
//
// Implements:
//
//	rd_kafka_consumer_group_metadata_t *rd_kafka_consumer_group_metadata_new(const char *group_id)
func NewGroupMetadata(group string) ([]byte, error) {
	g, free := cString(group)
	defer free()
	m := C.rd_kafka_consumer_group_metadata_new(g)
	defer C.rd_kafka_consumer_group_metadata_destroy(m)
	return writeGroupMetadata(m)
}

func writeGroupMetadata(m *C.rd_kafka_consumer_group_metadata_t) ([]byte, error) {
	var p unsafe.Pointer
	var n C.size_t
	if err := takeError(C.rd_kafka_consumer_group_metadata_write(m, &p, &n)); err != nil {
		return nil, err
	}
	defer C.rd_kafka_mem_free(nil, p)
	return C.GoBytes(p, C.int(n)), nil
}

// CloseConsumer begins to leave the group and forwards the consumer's queue to
// q, where the rebalances of the end arrive. It returns at once; the end is
// [Client.ConsumerClosed]. After a fatal error it closes nothing and returns
// that error.
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_consumer_close_queue(rd_kafka_t *rk, rd_kafka_queue_t *rkqu)
func (c *Client) CloseConsumer(q *Queue) error {
	return takeError(C.rd_kafka_consumer_close_queue(c.p, q.p))
}

// ConsumerClosed says whether the consumer has left its group.
//
// Implements:
//
//	int rd_kafka_consumer_closed(rd_kafka_t *rk)
func (c *Client) ConsumerClosed() bool { return C.rd_kafka_consumer_closed(c.p) != 0 }
