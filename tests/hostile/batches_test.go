package hostile_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// fetched answers fetches with what make returns for the offset that was asked for.
func fetched(batches func(offset int64) []byte) func(*exchange) bool {
	return fetchedWith(batches, func(*kmsg.FetchResponseTopicPartition) {})
}

// fetchedWith changes the partition of the answer too.
func fetchedWith(batches func(offset int64) []byte, change func(*kmsg.FetchResponseTopicPartition)) func(*exchange) bool {
	return func(x *exchange) bool {
		resp := x.response()
		if r, ok := resp.(*kmsg.FetchResponse); ok && len(r.Topics) > 0 {
			r.Topics[0].Partitions[0].RecordBatches = batches(x.fetchOffset())
			change(&r.Topics[0].Partitions[0])
		}
		return x.send(x.frame(resp.AppendTo(nil)))
	}
}

// altered answers fetches with a batch of three messages whose bytes are changed, and whose checksum is right again.
func altered(change func(b []byte)) func(*exchange) bool {
	return fetched(func(offset int64) []byte {
		b := threeMessages(offset)
		change(b)
		return sealCRC(b)
	})
}

func threeMessages(offset int64) []byte {
	return batch(offset, record(0, valueBefore), record(1, valueBefore), record(2, valueBefore))
}

// badChecksum answers fetches with a batch of so many messages whose checksum is wrong.
func badChecksum(messages int) func(*exchange) bool {
	return fetched(func(offset int64) []byte {
		b := batch(offset, slices.Repeat([][]byte{record(0, valueBefore)}, messages)...)
		b[atCRC] ^= 1
		return b
	})
}

func put16(b []byte, at int, n int16) { binary.BigEndian.PutUint16(b[at:], uint16(n)) }
func put32(b []byte, at int, n int32) { binary.BigEndian.PutUint32(b[at:], uint32(n)) }
func put64(b []byte, at int, n int64) { binary.BigEndian.PutUint64(b[at:], uint64(n)) }

// varint encodes as records do.
func varint(n int64) []byte { return binary.AppendVarint(nil, n) }

// rawRecord answers with a batch of one record with these bytes.
func rawRecord(parts ...[]byte) func(*exchange) bool {
	return fetched(func(offset int64) []byte { return batch(offset, slices.Concat(parts...)) })
}

// recordWith is a record with these lengths of its key, value and headers, none of which is there.
func recordWith(key, value, headers int64) []byte {
	body := slices.Concat([]byte{0}, varint(0), varint(0), varint(key), varint(value), varint(headers))
	return slices.Concat(varint(int64(len(body))), body)
}

// Batches of messages that are damaged or that lie. What could be the end of a batch that the broker has cut off,
// librdkafka only counts in its statistics, as rxpartial.
func TestBatches(t *testing.T) {
	t.Parallel()
	const huge = math.MaxInt32
	all := []scenario{
		{name: "wrong checksum", answer: badChecksum(1), shows: []string{"^consumer error: .*failed CRC32C check"}},
		{name: "magic 77", answer: altered(func(b []byte) { b[atMagic] = 77 }), shows: []string{`^consumer error: Unsupported Message.Set. MagicByte 77 `}},
		{name: "magic -1", answer: altered(func(b []byte) { b[atMagic] = 0xff }), shows: []string{`^consumer error: Unsupported Message.Set. MagicByte -1 `}},
		{name: "magic 0 in a batch of magic 2", answer: altered(func(b []byte) { b[atMagic] = 0 }), shows: []string{"^consumer error: .*failed CRC32 check"}},
		{name: "record count 2^31-1", answer: altered(func(b []byte) { put32(b, atCount, huge) }), shows: []string{"^consumer message: "}},
		{name: "record count -1", answer: altered(func(b []byte) { put32(b, atCount, -1) }), shows: []string{"^consumer message: "}},
		{name: "record count 0", answer: altered(func(b []byte) { put32(b, atCount, 0) }), shows: []string{"^consumer message: "}},
		{name: "length 2^31-1", answer: altered(func(b []byte) { put32(b, atLength, huge) }), shows: []string{"^consumer stats: rxpartial"}},
		{name: "length -1", answer: altered(func(b []byte) { put32(b, atLength, -1) }), shows: []string{"^consumer stats: rxpartial"}},
		{name: "length 0", answer: altered(func(b []byte) { put32(b, atLength, 0) }), shows: []string{"^consumer stats: rxpartial"}},
		{name: "length without records", answer: altered(func(b []byte) { put32(b, atLength, atRecords-12) }), shows: []string{"^consumer error: .*failed CRC32C check"}},
		{name: "base offset 2^63-1", answer: altered(func(b []byte) { put64(b, 0, math.MaxInt64) }), shows: []string{"^consumer error: Message at offset 0 might be too large"}},
		{name: "base offset negative", answer: altered(func(b []byte) { put64(b, 0, -5) }), shows: []string{"^consumer error: Message at offset 0 might be too large"}},
		{name: "last offset 2^31-1", answer: altered(func(b []byte) { put32(b, atLast, huge) }), shows: []string{"^consumer message: "}},
		{name: "last offset negative", answer: altered(func(b []byte) { put32(b, atLast, -7) }), shows: []string{"^consumer error: Message at offset 0 might be too large"}},
		{name: "offsets going backwards", answer: fetched(func(o int64) []byte {
			return slices.Concat(batch(o+2, record(0, valueBefore)), batch(o+1, record(0, valueBefore)), batch(o, record(0, valueBefore)))
		}), shows: []string{"^consumer message: "}},
		{name: "record length negative", answer: rawRecord(varint(-5), noise(20)), shows: []string{"^consumer stats: rxpartial"}},
		{name: "record length 2^62", answer: rawRecord(varint(1<<62), noise(20)), shows: []string{"^consumer stats: rxpartial"}},
		{name: "record length 0", answer: rawRecord(varint(0), recordWith(-1, -1, 0)[1:]), shows: []string{"^consumer stats: rxpartial"}},
		{name: "varint without end", answer: rawRecord(bytes.Repeat([]byte{0xff}, 40)), shows: []string{"^consumer stats: rxpartial"}},
		{name: "key length 2^31-1", answer: rawRecord(recordWith(huge, 0, 0)), shows: []string{"^consumer stats: rxpartial"}},
		{name: "key length -5", answer: rawRecord(recordWith(-5, 0, 0)), shows: []string{"^consumer stats: rxpartial"}},
		{name: "value length 2^32+1", answer: rawRecord(recordWith(0, 1<<32+1, 0)), shows: []string{"^consumer stats: rxpartial"}},
		{name: "header count 2^31-1", answer: rawRecord(recordWith(0, 0, huge)), shows: []string{"^consumer message: "}},
		{name: "header count 2^62", answer: rawRecord(recordWith(0, 0, 1<<62)), shows: []string{"^consumer message: "}},
		{name: "header count -5", answer: rawRecord(recordWith(0, 0, -5)), shows: []string{"^consumer message: "}},
		{name: "header of length 2^31-1", answer: fetched(func(o int64) []byte {
			body := slices.Concat([]byte{0}, varint(0), varint(0), varint(-1), varint(-1), varint(1), varint(huge), noise(8))
			return batch(o, slices.Concat(varint(int64(len(body))), body))
		}), shows: []string{"^consumer message: "}},
		{name: "control batch of garbage", answer: altered(func(b []byte) { put16(b, atAttrs, 0x30) }), shows: []string{"^consumer stats: rxpartial"}},
		{name: "unknown codec", answer: altered(func(b []byte) { put16(b, atAttrs, 7) }), shows: []string{"^consumer error: .*(codec 0x7|Not implemented)"}},
		{name: "garbage", answer: fetched(func(int64) []byte { return noise(4096) }), shows: []string{"^consumer error: Unsupported Message.Set. MagicByte -107"}},
		{name: "high watermark and starts negative", answer: fetchedWith(threeMessages, func(p *kmsg.FetchResponseTopicPartition) {
			p.HighWatermark, p.LastStableOffset, p.LogStartOffset = -5, -5, -5
		}), shows: []string{"^consumer message: "}},
		{name: "unknown error", answer: fetchedWith(threeMessages, func(p *kmsg.FetchResponseTopicPartition) { p.ErrorCode = 9999 }), shows: []string{`^consumer error: hostile \[0\]: Fetch from broker 1 failed at offset 0 .*: Err-9999`}},
		{name: "another partition", answer: fetchedWith(threeMessages, func(p *kmsg.FetchResponseTopicPartition) { p.Partition = huge }), shows: []string{"^consumer answered"}},
		{name: "2^31-1 topics", versions: plain, answer: changed(func(body []byte) []byte {
			put32(body, 10, huge)
			return body
		}), shows: []string{"^consumer log: .*ApiArrayCnt 2147483647 out of range"}},
		{name: "2^31-1 partitions", versions: plain, answer: changed(func(body []byte) []byte {
			if len(body) > 20 {
				put32(body, 14+2+len(topic), huge)
			}
			return body
		}), shows: []string{"^consumer log: .*ApiArrayCnt 2147483647 out of range"}},
		{name: "2^31-1 bytes of batches", versions: plain, answer: fetchBytes(huge), shows: []string{"^consumer log: .*expected 2147483647 bytes"}},
		{name: "-5 bytes of batches", versions: plain, answer: fetchBytes(-5), shows: []string{"^consumer log: .*ApiArrayCnt -5 out of range"}},
		{name: "preferred replica that does not exist", answer: fetchedWith(threeMessages, func(p *kmsg.FetchResponseTopicPartition) {
			p.PreferredReadReplica = 77
		}), shows: []string{`^consumer log: .*preferred replica .77. is unknown`}},
	}
	for i := range all {
		all[i].apis = onFetch
	}
	runAll(t, "hostile-batches", all)
}

// fetchBytes sets the length of the batches in the answer to a fetch of version 11, whose end they are.
func fetchBytes(n int32) func(*exchange) bool {
	return changed(func(body []byte) []byte {
		b := batch(0, record(0, valueBefore))
		if at := len(body) - len(b) - 4; at > 0 {
			put32(body, at, n)
		}
		return body
	})
}
