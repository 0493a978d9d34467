//go:build cgo

package rdkafka

// #cgo noescape rkgo_fetch_copy
// #cgo nocallback rkgo_fetch_copy
// #cgo noescape rkgo_fetch_poll
// #cgo nocallback rkgo_fetch_poll
// #include "shim.h"
import "C"

import "unsafe"

// Record describes one consumed message or consumer error (Err not 0: the
// value is then its text). Its layout is C's rkgo_rec_t.
type Record struct {
	Offset        int64
	Timestamp     int64 // ms since 1970
	Partition     int32
	Err           int32
	LeaderEpoch   int32 // -1: not known
	KeyLen        int32 // -1: null
	ValLen        int32 // -1: null
	HdrCnt        int32
	HdrLen        int32
	TopicLen      int32 // -1: the topic of the record before
	TimestampType int32 // rd_kafka_timestamp_type_t
	_             int32
}

// The two declarations fail to compile when the layouts differ in size.
var (
	_ [unsafe.Sizeof(Record{}) - C.sizeof_rkgo_rec_t]struct{}
	_ [C.sizeof_rkgo_rec_t - unsafe.Sizeof(Record{})]struct{}
)

// Size returns how many bytes of the arena belong to the record.
func (r *Record) Size() int {
	return max(int(r.TopicLen), 0) + max(int(r.KeyLen), 0) + max(int(r.ValLen), 0) + int(r.HdrLen)
}

// fetchRetain is the largest arena that is kept from one poll to the next.
const fetchRetain = 1 << 20

// Fetch takes messages off a consumer's queue in batches, into memory that it
// reuses.
type Fetch struct {
	p     *C.rkgo_fetch_t
	recs  []Record
	arena []byte
}

// NewFetch returns a Fetch for batches of up to size messages.
// Ownership: must be Destroyed before the client.
func NewFetch(size int) *Fetch {
	countNew("fetch")
	return &Fetch{p: C.rkgo_fetch_new(C.int(size)), recs: make([]Record, size)}
}

// Destroy frees the Fetch.
func (f *Fetch) Destroy() {
	if f == nil || f.p == nil {
		return
	}
	C.rkgo_fetch_destroy(f.p)
	f.p = nil
	countDestroy("fetch")
}

// Poll takes up to size messages that are there, without waiting, and counts as
// the application's poll, also with size 0, which takes nothing. It returns the
// records, the arena with their bytes (per record topic, key, value, headers)
// and how many rebalances wait in the stash. Records and arena are valid until
// the next Poll. The C messages are gone when it returns. Not while
// librdkafka's seek, assign, pause or resume runs on the same client.
//
// Implements:
//
//	ssize_t rd_kafka_consume_batch_queue(rd_kafka_queue_t *rkqu, int timeout_ms, rd_kafka_message_t **rkmessages, size_t rkmessages_size)
//	void rd_kafka_message_destroy(rd_kafka_message_t *rkmessage)
//	rd_kafka_resp_err_t rd_kafka_message_headers(const rd_kafka_message_t *rkmessage, rd_kafka_headers_t **hdrsp)
//	rd_kafka_resp_err_t rd_kafka_header_get_all(const rd_kafka_headers_t *hdrs, size_t idx, const char **namep, const void **valuep, size_t *sizep)
//	const char *rd_kafka_topic_name(const rd_kafka_topic_t *rkt)
func (f *Fetch) Poll(c *Client, q *Queue, size int) (recs []Record, arena []byte, rebalances int) {
	n := int(C.rkgo_fetch_poll(f.p, q.p, C.int(size), c.st))
	rebalances = int(f.p.rebalances)
	if n == 0 {
		return nil, nil, rebalances
	}
	need := int(f.p.bytes)
	if need > len(f.arena) || len(f.arena) > fetchRetain {
		f.arena = make([]byte, max(need, min(fetchRetain, 2*need)))
	}
	var used C.size_t
	n = int(C.rkgo_fetch_copy(f.p, (*C.rkgo_rec_t)(unsafe.Pointer(unsafe.SliceData(f.recs))),
		(*C.char)(unsafe.Pointer(unsafe.SliceData(f.arena))), C.size_t(len(f.arena)), &used))
	return f.recs[:n], f.arena[:used], rebalances
}

// PopRebalance takes the oldest stashed rebalance: code is [ErrAssignPartitions],
// [ErrRevokePartitions] or an error, upon which all must be unassigned. False
// when there is none.
func (c *Client) PopRebalance() (code int, parts []TopicPartition, ok bool) {
	var err C.rd_kafka_resp_err_t
	var l *C.rd_kafka_topic_partition_list_t
	if C.rkgo_stash_pop_rebalance(c.st, &err, &l) == 0 {
		return 0, nil, false
	}
	defer C.rd_kafka_topic_partition_list_destroy(l)
	return int(err), goList(l), true
}
