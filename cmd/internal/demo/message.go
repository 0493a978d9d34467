package demo

import (
	"encoding/binary"
	"hash/maphash"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// The headers of each message. Numbers are 8 bytes, the largest first.
const (
	headerID   = "id"   // number of the run, number of the message in it
	headerSent = "sent" // when it was produced, in nanoseconds of the run's clock
	headerSum  = "sum"  // hash of message number, key and value
)

// headersLen is what the headers take: their keys and values.
const headersLen = len(headerID) + 16 + len(headerSent) + 8 + len(headerSum) + 8

// run is what all parts of one demo share.
type run struct {
	id    uint64
	seed  maphash.Seed
	begun time.Time // the clock's zero
	topic string
	lines *lines
	total int64
}

// sum is the hash of a message's content. Producer and consumer are one process,
// so that the seed is the same.
func (r *run) sum(seq uint64, key, value []byte) uint64 {
	return maphash.Bytes(r.seed, key) + 31*maphash.Bytes(r.seed, value) + 0x9e3779b97f4a7c15*seq
}

// clock returns nanoseconds since the beginning.
func (r *run) clock() int64 { return int64(time.Since(r.begun)) }

// batch is memory for messages that are produced together, used again and again.
type batch struct {
	run  *run
	msgs []kafka.Message
}

func newBatch(r *run, size int) *batch {
	b := &batch{run: r, msgs: make([]kafka.Message, size)}
	for i := range b.msgs {
		b.msgs[i].TopicPartition = kafka.TopicPartition{Topic: &r.topic, Partition: kafka.PartitionAny}
		b.msgs[i].Headers = []kafka.Header{
			{Key: headerID, Value: make([]byte, 16)},
			{Key: headerSent, Value: make([]byte, 8)},
			{Key: headerSum, Value: make([]byte, 8)},
		}
	}
	return b
}

// batchBytes bounds a batch of long lines: it is done when it has so many.
const batchBytes = 256 << 10

// fill makes the messages from number seq on, and returns them with what they
// weigh.
func (b *batch) fill(seq int64) (msgs []kafka.Message, bytes int64) {
	now := uint64(b.run.clock())
	n := 0
	for ; n < len(b.msgs) && seq+int64(n) < b.run.total && bytes < batchBytes; n++ {
		no := uint64(seq) + uint64(n)
		l := &b.run.lines.list[no%uint64(len(b.run.lines.list))]
		m := &b.msgs[n]
		m.Key, m.Value = l.key, l.text
		binary.BigEndian.PutUint64(m.Headers[0].Value, b.run.id)
		binary.BigEndian.PutUint64(m.Headers[0].Value[8:], no)
		binary.BigEndian.PutUint64(m.Headers[1].Value, now)
		binary.BigEndian.PutUint64(m.Headers[2].Value, b.run.sum(no, l.key, l.text))
		bytes += weight(m)
	}
	return b.msgs[:n], bytes
}

// size is the number of bytes that the user gave: key, value and headers.
func size(m *kafka.Message) int64 { return int64(len(m.Key) + len(m.Value) + headersLen) }

// readHeaders returns what the headers say; ok is false for a message that is
// not of a demo.
func readHeaders(m *kafka.Message) (id, seq uint64, sent int64, sum uint64, ok bool) {
	h := m.Headers
	if len(h) != 3 || h[0].Key != headerID || h[1].Key != headerSent || h[2].Key != headerSum ||
		len(h[0].Value) != 16 || len(h[1].Value) != 8 || len(h[2].Value) != 8 {
		return 0, 0, 0, 0, false
	}
	return binary.BigEndian.Uint64(h[0].Value), binary.BigEndian.Uint64(h[0].Value[8:]),
		int64(binary.BigEndian.Uint64(h[1].Value)), binary.BigEndian.Uint64(h[2].Value), true
}
