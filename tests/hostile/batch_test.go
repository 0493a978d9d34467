package hostile_test

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// record encodes a message of a batch.
func record(delta int32, value string) []byte {
	r := kmsg.NewRecord()
	r.OffsetDelta, r.Value = delta, []byte(value)
	// The length stands in front and counts what follows; a length of 0 takes one byte.
	r.Length = int32(len(r.AppendTo(nil)) - 1)
	return r.AppendTo(nil)
}

// Where the fields of an encoded batch lie.
const (
	atLength  = 8
	atMagic   = 16
	atCRC     = 17
	atAttrs   = 21
	atLast    = 23
	atCount   = 57
	atRecords = 61
)

// batch encodes a batch of records that stand one after the other.
func batch(base int64, records ...[]byte) []byte {
	b := kmsg.NewRecordBatch()
	b.FirstOffset, b.Magic = base, 2
	b.LastOffsetDelta, b.NumRecords = int32(len(records)-1), int32(len(records))
	b.ProducerID, b.ProducerEpoch, b.FirstSequence = -1, -1, -1
	for _, r := range records {
		b.Records = append(b.Records, r...)
	}
	return seal(b.AppendTo(nil))
}

// seal sets the length and the checksum of an encoded batch to what they must be.
func seal(b []byte) []byte {
	binary.BigEndian.PutUint32(b[atLength:], uint32(len(b)-atLength-4))
	return sealCRC(b)
}

// sealCRC leaves the length as it is.
func sealCRC(b []byte) []byte {
	binary.BigEndian.PutUint32(b[atCRC:], crc32.Checksum(b[atAttrs:], crc32.MakeTable(crc32.Castagnoli)))
	return b
}

// The codecs of Kafka's batches.
const (
	codecGzip = iota + 1
	codecSnappy
	codecLZ4
	codecZstd
)

// compressed encodes a batch whose records are those bytes, said to be compressed.
func compressed(base int64, codec int, records []byte) []byte {
	b := batch(base, records)
	b[atAttrs+1] = byte(codec)
	return sealCRC(b)
}
