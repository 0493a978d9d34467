//go:build cgo

package rdkafka

// #include "shim.h"
import "C"

import (
	"encoding/binary"
	"unsafe"
)

// Logical offsets and the partition that lets the partitioner choose.
const (
	OffsetBeginning = int64(C.RD_KAFKA_OFFSET_BEGINNING)
	OffsetEnd       = int64(C.RD_KAFKA_OFFSET_END)
	OffsetStored    = int64(C.RD_KAFKA_OFFSET_STORED)
	OffsetInvalid   = int64(C.RD_KAFKA_OFFSET_INVALID)
	PartitionUA     = int32(C.RD_KAFKA_PARTITION_UA)
)

// TopicPartition is one element of a partition list.
type TopicPartition struct {
	Topic       string
	Partition   int32
	Offset      int64
	LeaderEpoch int32 // -1: none
	Err         int
	Metadata    *string // of a committed offset; nil: none
}

// partFixed is the size of a partition's fixed part in shim.h's flat form.
const partFixed = 4 + 8 + 4 + 4 + 4 + 4

// maxTopicName is the longest name of which librdkafka makes a topic. It crashes
// when it is assigned a partition of another.
const maxTopicName = 512

// checkTopicName refuses a name that C would cut at a zero byte, or that is too
// long.
func checkTopicName(name string) error {
	if hasZero(name) {
		return invalid("topic %q has a zero byte in its name: take it out", name)
	}
	if len(name) > maxTopicName {
		return invalid("the name of a topic has %d bytes: librdkafka takes %d at most", len(name), maxTopicName)
	}
	return nil
}

// namedList is cList for partitions that an application names.
func namedList(parts []TopicPartition) (*C.rd_kafka_topic_partition_list_t, error) {
	for i := range parts {
		if err := checkTopicName(parts[i].Topic); err != nil {
			return nil, err
		}
	}
	return cList(parts), nil
}

// cList converts parts to C's list.
// Ownership: the caller must free it with freeList; nil gives nil.
//
// Implements:
//
//	rd_kafka_topic_partition_list_t *rd_kafka_topic_partition_list_new(int size)
//	rd_kafka_topic_partition_t *rd_kafka_topic_partition_list_add(rd_kafka_topic_partition_list_t *rktparlist, const char *topic, int32_t partition)
//	void *rd_kafka_mem_calloc(rd_kafka_t *rk, size_t num, size_t size)
//	void rd_kafka_topic_partition_set_leader_epoch(rd_kafka_topic_partition_t *rktpar, int32_t leader_epoch)
func cList(parts []TopicPartition) *C.rd_kafka_topic_partition_list_t {
	if parts == nil {
		return nil
	}
	size := 0
	for i := range parts {
		size += partFixed + len(parts[i].Topic)
		if m := parts[i].Metadata; m != nil {
			size += len(*m)
		}
	}
	buf := make([]byte, 0, size+1) // never empty: C gets the address of its first byte
	for i := range parts {
		t := &parts[i]
		buf = binary.NativeEndian.AppendUint32(buf, uint32(t.Partition))
		buf = binary.NativeEndian.AppendUint64(buf, uint64(t.Offset))
		buf = binary.NativeEndian.AppendUint32(buf, uint32(t.LeaderEpoch))
		buf = binary.NativeEndian.AppendUint32(buf, uint32(int32(t.Err)))
		buf = binary.NativeEndian.AppendUint32(buf, uint32(len(t.Topic)))
		mlen := int32(-1)
		if t.Metadata != nil {
			mlen = int32(len(*t.Metadata))
		}
		buf = binary.NativeEndian.AppendUint32(buf, uint32(mlen))
		buf = append(buf, t.Topic...)
		if t.Metadata != nil {
			buf = append(buf, *t.Metadata...)
		}
	}
	countNew("list")
	return C.rkgo_list_decode((*C.char)(unsafe.Pointer(unsafe.SliceData(buf))), C.int(len(parts)))
}

// Implements:
//
//	void rd_kafka_topic_partition_list_destroy(rd_kafka_topic_partition_list_t *rkparlist)
func freeList(l *C.rd_kafka_topic_partition_list_t) {
	if l == nil {
		return
	}
	C.rd_kafka_topic_partition_list_destroy(l)
	countDestroy("list")
}

// goList copies C's list; equal topic names in a row share one string.
//
// Implements:
//
//	int32_t rd_kafka_topic_partition_get_leader_epoch(const rd_kafka_topic_partition_t *rktpar)
func goList(l *C.rd_kafka_topic_partition_list_t) []TopicPartition {
	var n C.size_t
	p := C.rkgo_list_encode(l, &n)
	defer C.free(unsafe.Pointer(p))
	buf := unsafe.Slice((*byte)(unsafe.Pointer(p)), int(n))
	parts := make([]TopicPartition, int(l.cnt))
	var topic string
	for i := range parts {
		t := &parts[i]
		u32 := func(at int) int32 { return int32(binary.NativeEndian.Uint32(buf[at:])) }
		t.Partition = u32(0)
		t.Offset = int64(binary.NativeEndian.Uint64(buf[4:]))
		t.LeaderEpoch = u32(12)
		t.Err = int(u32(16))
		tlen, mlen := int(u32(20)), int(u32(24))
		buf = buf[partFixed:]
		if string(buf[:tlen]) != topic {
			topic = string(buf[:tlen])
		}
		t.Topic = topic
		buf = buf[tlen:]
		if mlen >= 0 {
			m := string(buf[:mlen])
			t.Metadata = &m
			buf = buf[mlen:]
		}
	}
	return parts
}
