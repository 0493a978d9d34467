//go:build cgo

package rdkafka

// #include "shim.h"
import "C"

import (
	"time"
	"unsafe"
)

// Queue is a reference to one of librdkafka's event queues.
type Queue struct {
	p    *C.rd_kafka_queue_t
	wake *Wake // nil: off
}

func newQueue(p *C.rd_kafka_queue_t) *Queue {
	if p == nil {
		return nil
	}
	countNew("queue")
	return &Queue{p: p}
}

// MainQueue returns the client's main queue: delivery reports, errors,
// statistics, commit results.
// Ownership: must be Destroyed before the client.
//
// Implements:
//
//	rd_kafka_queue_t *rd_kafka_queue_get_main(rd_kafka_t *rk)
func (c *Client) MainQueue() *Queue { return newQueue(C.rd_kafka_queue_get_main(c.p)) }

// ConsumerQueue returns the queue of a consumer with a group: messages,
// rebalances, consumer errors. It is nil for a client without a group.
// Ownership: must be Destroyed before the client.
//
// Implements:
//
//	rd_kafka_queue_t *rd_kafka_queue_get_consumer(rd_kafka_t *rk)
func (c *Client) ConsumerQueue() *Queue { return newQueue(C.rd_kafka_queue_get_consumer(c.p)) }

// SASLQueue returns the queue of token refresh events; nil when the client does
// not use them.
// Ownership: must be Destroyed before the client.
//
// Implements:
//
//	rd_kafka_queue_t *rd_kafka_queue_get_sasl(rd_kafka_t *rk)
func (c *Client) SASLQueue() *Queue { return newQueue(C.rd_kafka_queue_get_sasl(c.p)) }

// NewQueue returns a queue of its own, for replies.
// Ownership: must be Destroyed before the client.
//
// Implements:
//
//	rd_kafka_queue_t *rd_kafka_queue_new(rd_kafka_t *rk)
func (c *Client) NewQueue() *Queue { return newQueue(C.rd_kafka_queue_new(c.p)) }

// Destroy gives the reference back. Its wake-up must be off ([Queue.SetWake]
// with nil).
//
// Implements:
//
//	void rd_kafka_queue_destroy(rd_kafka_queue_t *rkqu)
func (q *Queue) Destroy() {
	if q == nil || q.p == nil {
		return
	}
	C.rd_kafka_queue_destroy(q.p)
	q.p = nil
	countDestroy("queue")
}

// Len returns the number of entries in the queue.
//
// Implements:
//
//	size_t rd_kafka_queue_length(rd_kafka_queue_t *rkqu)
func (q *Queue) Len() int { return int(C.rd_kafka_queue_length(q.p)) }

// wakePayload is what librdkafka writes to a Wake: an eventfd takes 8 bytes,
// the number to add.
var wakePayload = [8]byte{1}

// SetWake makes the queue write to w when it gets its first entry after a poll;
// nil stops that. Drain the queue after each wake-up: the next one is only sent
// after a poll has found it empty or taken something. librdkafka keeps the
// descriptor's number, so stop before w is closed.
//
// Implements:
//
//	void rd_kafka_queue_io_event_enable(rd_kafka_queue_t *rkqu, int fd, const void *payload, size_t size)
func (q *Queue) SetWake(w *Wake) {
	if q.wake != nil {
		q.wake.users.add(-1)
	}
	q.wake = w
	if w == nil {
		C.rd_kafka_queue_io_event_enable(q.p, -1, nil, 0)
		return
	}
	w.users.add(1)
	C.rd_kafka_queue_io_event_enable(q.p, C.int(w.writeFD), unsafe.Pointer(&wakePayload[0]), C.size_t(len(wakePayload)))
}

// Event is one entry of a queue, of the type given by Type.
type Event struct {
	p     *C.rd_kafka_event_t
	Type  EventMask
	Count int // messages of an [EventDR]
}

// Poll takes one event off the queue; false when none came within timeout (0: do
// not wait). A positive timeout blocks an OS thread.
// Ownership: the event must be Destroyed at once: a held event holds up flush,
// commit and destroy.
//
// Implements:
//
//	rd_kafka_event_t *rd_kafka_queue_poll(rd_kafka_queue_t *rkqu, int timeout_ms)
//	rd_kafka_event_type_t rd_kafka_event_type(const rd_kafka_event_t *rkev)
//	size_t rd_kafka_event_message_count(rd_kafka_event_t *rkev)
func (q *Queue) Poll(timeout time.Duration) (Event, bool) {
	var out C.rkgo_event_t
	C.rkgo_queue_poll(q.p, millis(timeout), &out)
	if out.ev == nil {
		return Event{}, false
	}
	countNew("event")
	return Event{p: out.ev, Type: EventMask(out._type), Count: int(out.count)}, true
}

// Destroy frees the event.
//
// Implements:
//
//	void rd_kafka_event_destroy(rd_kafka_event_t *rkev)
func (e *Event) Destroy() {
	if e.p == nil {
		return
	}
	C.rd_kafka_event_destroy(e.p)
	e.p = nil
	countDestroy("event")
}

// Err returns the error of the event, or nil.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_event_error(rd_kafka_event_t *rkev)
//	const char *rd_kafka_event_error_string(rd_kafka_event_t *rkev)
//	int rd_kafka_event_error_is_fatal(rd_kafka_event_t *rkev)
func (e *Event) Err() error {
	code := C.rd_kafka_event_error(e.p)
	if code == C.RD_KAFKA_RESP_ERR_NO_ERROR {
		return nil
	}
	return &Error{
		Code: int(code),
		Str:  C.GoString(C.rd_kafka_event_error_string(e.p)),
		// Of other events librdkafka would read memory that is not there.
		Fatal: e.Type == EventError && C.rd_kafka_event_error_is_fatal(e.p) != 0,
	}
}

// Stats returns the JSON text of an [EventStats].
//
// Implements:
//
//	const char *rd_kafka_event_stats(rd_kafka_event_t *rkev)
func (e *Event) Stats() string { return C.GoString(C.rd_kafka_event_stats(e.p)) }

// TokenConfig returns sasl.oauthbearer.config as an [EventTokenRefresh] carries
// it.
//
// Implements:
//
//	const char *rd_kafka_event_config_string(rd_kafka_event_t *rkev)
func (e *Event) TokenConfig() string {
	return C.GoString(C.rd_kafka_event_config_string(e.p))
}

// Offsets returns the partitions of an [EventOffsetCommit].
//
// Implements:
//
//	rd_kafka_topic_partition_list_t *rd_kafka_event_topic_partition_list(rd_kafka_event_t *rkev)
func (e *Event) Offsets() []TopicPartition {
	l := C.rd_kafka_event_topic_partition_list(e.p)
	if l == nil {
		return nil
	}
	return goList(l)
}

// Opaque returns the number that [Client.CommitAsync] was given.
//
// Implements:
//
//	void *rd_kafka_event_opaque(rd_kafka_event_t *rkev)
func (e *Event) Opaque() uint64 { return uint64(uintptr(C.rd_kafka_event_opaque(e.p))) }
