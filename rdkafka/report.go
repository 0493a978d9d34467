//go:build cgo

package rdkafka

// #cgo noescape rkgo_reports_next
// #cgo nocallback rkgo_reports_next
// #include "shim.h"
import "C"

import "unsafe"

// Report is the fate of one produced message. Its layout is C's
// rkgo_report_t.
type Report struct {
	Opaque        uint64
	Offset        int64
	Timestamp     int64 // ms since 1970
	LatencyMicros int64 // from the produce call to the answer
	Partition     int32
	Err           int32
	Status        int32 // rd_kafka_msg_status_t: 0 not persisted, 1 possibly, 2 persisted
	LeaderEpoch   int32 // -1: not known
	BrokerID      int32 // -1: not known
	KeyLen        int32 // -1: null or not asked for
	ValLen        int32 // -1: null or not asked for
	HdrCnt        int32
	HdrLen        int32
	TimestampType int32
}

// The two declarations fail to compile when the layouts differ in size.
var (
	_ [unsafe.Sizeof(Report{}) - C.sizeof_rkgo_report_t]struct{}
	_ [C.sizeof_rkgo_report_t - unsafe.Sizeof(Report{})]struct{}
)

// What [Reports.Next] copies of each message.
const (
	WantKey     = int(C.RKGO_WANT_KEY)
	WantValue   = int(C.RKGO_WANT_VALUE)
	WantHeaders = int(C.RKGO_WANT_HEADERS)
)

const (
	reportsPerCall = 256
	reportArena    = 64 << 10
)

// Reports reads delivery report events in slices, in memory that it reuses. The
// zero value is ready for use.
type Reports struct {
	recs    []Report
	arena   []byte
	pending *C.rd_kafka_message_t
}

// Next returns the next reports of ev, an [EventDR], and the bytes of the fields
// asked for by want: per report key, value, headers one after the other. Both
// are valid until the next call. No reports means that ev is read to its end.
//
// Implements:
//
//	const rd_kafka_message_t *rd_kafka_event_message_next(rd_kafka_event_t *rkev)
//	rd_kafka_msg_status_t rd_kafka_message_status(const rd_kafka_message_t *rkmessage)
//	int32_t rd_kafka_message_leader_epoch(const rd_kafka_message_t *rkmessage)
//	int32_t rd_kafka_message_broker_id(const rd_kafka_message_t *rkmessage)
//	int64_t rd_kafka_message_latency(const rd_kafka_message_t *rkmessage)
//	int64_t rd_kafka_message_timestamp(const rd_kafka_message_t *rkmessage, rd_kafka_timestamp_type_t *tstype)
func (r *Reports) Next(ev *Event, want int) ([]Report, []byte) {
	if r.recs == nil {
		r.recs = make([]Report, reportsPerCall)
		r.arena = make([]byte, reportArena)
	}
	if len(r.arena) > reportArena && r.pending == nil {
		r.arena = make([]byte, reportArena) // do not keep what one large message needed
	}
	for {
		var need C.size_t
		n := int(C.rkgo_reports_next(ev.p, &r.pending, C.int(want),
			(*C.rkgo_report_t)(unsafe.Pointer(unsafe.SliceData(r.recs))), C.int(len(r.recs)),
			(*C.char)(unsafe.Pointer(unsafe.SliceData(r.arena))), C.size_t(len(r.arena)), &need))
		if n > 0 || r.pending == nil {
			return r.recs[:n], r.arena
		}
		r.arena = make([]byte, int(need))
	}
}
