//go:build cgo

package rdkafka

// #include "shim_admin.h"
import "C"

import "unsafe"

// ListOffsets looks offsets up; the Offset of a part says which: a time in ms
// since 1970, -1 the end, -2 the beginning, -3 the message with the latest time.
// The result is [Event.ListOffsetsResult].
//
// Implements:
//
//	void rd_kafka_ListOffsets(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *topic_partitions, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) ListOffsets(parts []TopicPartition, o *AdminOptions, q *Queue) {
	l := cList(notNil(parts))
	defer freeList(l)
	C.rd_kafka_ListOffsets(c.p, l, o.p, q.p)
}

// ListedOffset is the offset found in one partition.
type ListedOffset struct {
	TopicPartition
	Timestamp int64 // of the message, ms since 1970; -1: none
}

// ListOffsetsResult returns the offsets.
//
// Implements:
//
//	const rd_kafka_ListOffsets_result_t *rd_kafka_event_ListOffsets_result(rd_kafka_event_t *rkev)
//	const rd_kafka_ListOffsetsResultInfo_t **rd_kafka_ListOffsets_result_infos(const rd_kafka_ListOffsets_result_t *result, size_t *cntp)
//	const rd_kafka_topic_partition_t *rd_kafka_ListOffsetsResultInfo_topic_partition(const rd_kafka_ListOffsetsResultInfo_t *result_info)
//	int64_t rd_kafka_ListOffsetsResultInfo_timestamp(const rd_kafka_ListOffsetsResultInfo_t *result_info)
func (e *Event) ListOffsetsResult() []ListedOffset {
	var n C.size_t
	p := C.rd_kafka_ListOffsets_result_infos(C.rd_kafka_event_ListOffsets_result(e.p), &n)
	out := make([]ListedOffset, int(n))
	for i, info := range unsafe.Slice(p, int(n)) {
		out[i] = ListedOffset{
			goPartition(C.rd_kafka_ListOffsetsResultInfo_topic_partition(info)),
			int64(C.rd_kafka_ListOffsetsResultInfo_timestamp(info)),
		}
	}
	return out
}

// DeleteRecords deletes what lies before each part's Offset; [OffsetEnd] means
// all. The result is [Event.DeleteRecordsResult].
//
// Implements:
//
//	rd_kafka_DeleteRecords_t *rd_kafka_DeleteRecords_new(const rd_kafka_topic_partition_list_t *before_offsets)
//	void rd_kafka_DeleteRecords_destroy(rd_kafka_DeleteRecords_t *del_records)
//	void rd_kafka_DeleteRecords(rd_kafka_t *rk, rd_kafka_DeleteRecords_t **del_records, size_t del_record_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) DeleteRecords(parts []TopicPartition, o *AdminOptions, q *Queue) {
	l := cList(notNil(parts))
	defer freeList(l)
	p := C.rd_kafka_DeleteRecords_new(l)
	defer C.rd_kafka_DeleteRecords_destroy(p)
	C.rd_kafka_DeleteRecords(c.p, &p, 1, o.p, q.p)
}

// DeleteRecordsResult returns each partition with its new beginning in Offset.
//
// Implements:
//
//	const rd_kafka_DeleteRecords_result_t *rd_kafka_event_DeleteRecords_result(rd_kafka_event_t *rkev)
//	const rd_kafka_topic_partition_list_t *rd_kafka_DeleteRecords_result_offsets(const rd_kafka_DeleteRecords_result_t *result)
func (e *Event) DeleteRecordsResult() []TopicPartition {
	return goList(C.rd_kafka_DeleteRecords_result_offsets(C.rd_kafka_event_DeleteRecords_result(e.p)))
}

// ElectLeaders lets partitions elect their leaders; nil parts means all.
// election is a rd_kafka_ElectionType_t. The result is
// [Event.ElectLeadersResult].
//
// Implements:
//
//	rd_kafka_ElectLeaders_t *rd_kafka_ElectLeaders_new(rd_kafka_ElectionType_t election_type, rd_kafka_topic_partition_list_t *partitions)
//	void rd_kafka_ElectLeaders_destroy(rd_kafka_ElectLeaders_t *elect_leaders)
//	void rd_kafka_ElectLeaders(rd_kafka_t *rk, rd_kafka_ElectLeaders_t *elect_leaders, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) ElectLeaders(election int, parts []TopicPartition, o *AdminOptions, q *Queue) {
	l := cList(parts)
	defer freeList(l)
	p := C.rd_kafka_ElectLeaders_new(C.rd_kafka_ElectionType_t(election), l)
	defer C.rd_kafka_ElectLeaders_destroy(p)
	C.rd_kafka_ElectLeaders(c.p, p, o.p, q.p)
}

// ElectedLeader is what became of one partition.
type ElectedLeader struct {
	TopicPartition
	Err Error
}

// ElectLeadersResult returns what became of each partition.
//
// Implements:
//
//	const rd_kafka_ElectLeaders_result_t *rd_kafka_event_ElectLeaders_result(rd_kafka_event_t *rkev)
//	const rd_kafka_topic_partition_result_t **rd_kafka_ElectLeaders_result_partitions(const rd_kafka_ElectLeaders_result_t *result, size_t *cntp)
//	const rd_kafka_topic_partition_t *rd_kafka_topic_partition_result_partition(const rd_kafka_topic_partition_result_t *partition_result)
//	const rd_kafka_error_t *rd_kafka_topic_partition_result_error(const rd_kafka_topic_partition_result_t *partition_result)
func (e *Event) ElectLeadersResult() []ElectedLeader {
	var n C.size_t
	p := C.rd_kafka_ElectLeaders_result_partitions(C.rd_kafka_event_ElectLeaders_result(e.p), &n)
	out := make([]ElectedLeader, int(n))
	for i, r := range unsafe.Slice(p, int(n)) {
		out[i] = ElectedLeader{
			goPartition(C.rd_kafka_topic_partition_result_partition(r)),
			copyError(C.rd_kafka_topic_partition_result_error(r)),
		}
	}
	return out
}
