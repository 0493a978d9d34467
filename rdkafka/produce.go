//go:build cgo

package rdkafka

// #cgo noescape rkgo_produce
// #cgo nocallback rkgo_produce
// #cgo noescape rkgo_produce_batch
// #cgo nocallback rkgo_produce_batch
// #include "shim.h"
import "C"

import (
	"encoding/binary"
	"fmt"
	"time"
	"unsafe"
)

// Topic is a producer's handle for one topic. Handles spare each message the
// look-up by name.
type Topic struct {
	p *C.rd_kafka_topic_t
}

// NewTopic returns a handle for the named topic, which need not exist. A name
// that is longer than 512 bytes or has a zero byte gives an error with the code
// [ErrInvalidArg].
// Ownership: must be Destroyed before the client.
//
// Implements:
//
//	rd_kafka_topic_t *rd_kafka_topic_new(rd_kafka_t *rk, const char *topic, rd_kafka_topic_conf_t *conf)
func (c *Client) NewTopic(name string) (*Topic, error) {
	if hasZero(name) {
		return nil, &Error{Code: ErrInvalidArg, Str: fmt.Sprintf("topic %q has a zero byte in its name: take it out", name)}
	}
	n, free := cString(name)
	defer free()
	var code C.rd_kafka_resp_err_t
	p := C.rkgo_topic_new(c.p, n, &code)
	if p == nil {
		return nil, codeError(code)
	}
	countNew("topic")
	return &Topic{p}, nil
}

// Destroy gives the handle back; messages under way keep their own.
//
// Implements:
//
//	void rd_kafka_topic_destroy(rd_kafka_topic_t *rkt)
func (t *Topic) Destroy() {
	if t == nil || t.p == nil {
		return
	}
	C.rd_kafka_topic_destroy(t.p)
	t.p = nil
	countDestroy("topic")
}

// AppendHeader adds a header in the flat form that [Topic.Produce] takes.
func AppendHeader(buf []byte, key string, value []byte) []byte {
	vlen := int32(-1)
	if value != nil {
		vlen = int32(len(value))
	}
	buf = binary.NativeEndian.AppendUint32(buf, uint32(len(key)))
	buf = binary.NativeEndian.AppendUint32(buf, uint32(vlen))
	buf = append(buf, key...)
	return append(buf, value...)
}

// NextHeader splits the first header off buf. value is nil for null and aliases
// buf otherwise, as key does.
func NextHeader(buf []byte) (key, value, rest []byte) {
	klen := int(binary.NativeEndian.Uint32(buf))
	vlen := int(int32(binary.NativeEndian.Uint32(buf[4:])))
	buf = buf[8:]
	key, buf = buf[:klen:klen], buf[klen:]
	if vlen < 0 {
		return key, nil, buf
	}
	return key, buf[:vlen:vlen], buf[vlen:]
}

// Produce copies one message into the queue of c, whose topic it is, and returns an error code
// ([ErrNoError] when it was accepted). With block it waits for room in the
// queue, which blocks an OS thread. Nil key and value are null; headers is in
// [AppendHeader]'s form. timestamp is in ms since 1970, 0 for now. opaque comes
// back in the message's [Report].
//
// Implements:
//
//	int rd_kafka_produce(rd_kafka_topic_t *rkt, int32_t partition, int msgflags, void *payload, size_t len, const void *key, size_t keylen, void *msg_opaque)
//	rd_kafka_error_t *rd_kafka_produceva(rd_kafka_t *rk, const rd_kafka_vu_t *vus, size_t cnt)
//	rd_kafka_headers_t *rd_kafka_headers_new(size_t initial_count)
//	rd_kafka_resp_err_t rd_kafka_header_add(rd_kafka_headers_t *hdrs, const char *name, ssize_t name_size, const void *value, ssize_t value_size)
//	void rd_kafka_headers_destroy(rd_kafka_headers_t *hdrs)
func (t *Topic) Produce(c *Client, partition int32, block bool, key, value, headers []byte, nheaders int, timestamp int64, opaque uint64) int {
	flags := C.int(0)
	if block {
		flags = C.RD_KAFKA_MSG_F_BLOCK
	}
	return int(C.rkgo_produce(c.p, t.p, C.int32_t(partition), flags,
		(*C.char)(unsafe.Pointer(unsafe.SliceData(value))), C.size_t(len(value)),
		(*C.char)(unsafe.Pointer(unsafe.SliceData(key))), C.size_t(len(key)),
		(*C.char)(unsafe.Pointer(unsafe.SliceData(headers))), C.int32_t(nheaders),
		C.int64_t(timestamp), C.uint64_t(opaque)))
}

// ProduceBatch collects messages that one C call then hands to librdkafka. The
// zero value is ready for use.
type ProduceBatch struct {
	topics []*C.rd_kafka_topic_t
	last   *Topic
	recs   []C.rkgo_produce_rec_t
	arena  []byte
}

// Reset empties the batch and keeps its memory.
func (b *ProduceBatch) Reset() {
	b.topics, b.recs, b.arena, b.last = b.topics[:0], b.recs[:0], b.arena[:0], nil
}

// Len returns the number of messages.
func (b *ProduceBatch) Len() int { return len(b.recs) }

// Bytes returns how many bytes of keys, values and headers the batch holds.
func (b *ProduceBatch) Bytes() int { return len(b.arena) }

// Add appends a copy of one message; the parameters are those of
// [Topic.Produce]; its headers follow with [ProduceBatch.AddHeader].
func (b *ProduceBatch) Add(t *Topic, partition int32, key, value []byte, timestamp int64, opaque uint64) {
	if t != b.last {
		b.topics = append(b.topics, t.p)
		b.last = t
	}
	r := C.rkgo_produce_rec_t{
		opaque: C.uint64_t(opaque), timestamp: C.int64_t(timestamp),
		topic: C.int32_t(len(b.topics) - 1), partition: C.int32_t(partition),
		key_len: -1, val_len: -1,
	}
	if key != nil {
		r.key_len = C.int32_t(len(key))
		b.arena = append(b.arena, key...)
	}
	if value != nil {
		r.val_len = C.int32_t(len(value))
		b.arena = append(b.arena, value...)
	}
	b.recs = append(b.recs, r)
}

// AddHeader appends a header to the message added last; a nil value is null.
func (b *ProduceBatch) AddHeader(key string, value []byte) {
	before := len(b.arena)
	b.arena = AppendHeader(b.arena, key, value)
	r := &b.recs[len(b.recs)-1]
	r.hdr_cnt++
	r.hdr_len += C.int32_t(len(b.arena) - before)
}

// Produce copies the batch into the client's queue in order and returns how many
// messages it has dealt with: fewer than Len when the queue is full, and then
// none from that index on was enqueued. [ProduceBatch.Err] tells of each that
// was dealt with.
//
// Implements:
//
//	int rd_kafka_produce_batch(rd_kafka_topic_t *rkt, int32_t partition, int msgflags, rd_kafka_message_t *rkmessages, int message_cnt)
func (b *ProduceBatch) Produce(c *Client) int {
	if len(b.recs) == 0 {
		return 0
	}
	// The arena may be empty; C then reads nothing, but tells null from empty by
	// the address.
	if cap(b.arena) == 0 {
		b.arena = make([]byte, 0, 1)
	}
	return int(C.rkgo_produce_batch(c.p, unsafe.SliceData(b.topics), unsafe.SliceData(b.recs),
		C.int(len(b.recs)), (*C.char)(unsafe.Pointer(unsafe.SliceData(b.arena)))))
}

// Err returns the error code of message i after [ProduceBatch.Produce].
func (b *ProduceBatch) Err(i int) int { return int(b.recs[i].err) }

// Purge takes messages out of the client's queues; each gets its report. flags
// are librdkafka's RD_KAFKA_PURGE_F_ bits: 1 queued, 2 in flight, 4 do not wait
// for broker threads.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_purge(rd_kafka_t *rk, int purge_flags)
func (c *Client) Purge(flags int) error {
	return codeError(C.rd_kafka_purge(c.p, C.int(flags)))
}

// Flush makes librdkafka send at once what it holds back for linger.ms, and
// waits until the queue is empty or timeout has passed. Reports must be polled
// meanwhile by another goroutine.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_flush(rd_kafka_t *rk, int timeout_ms)
func (c *Client) Flush(timeout time.Duration) error {
	return codeError(C.rd_kafka_flush(c.p, millis(timeout)))
}
