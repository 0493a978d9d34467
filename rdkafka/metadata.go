//go:build cgo

package rdkafka

// #include "shim.h"
import "C"

import (
	"time"
	"unsafe"
)

// Metadata describes the cluster, and topics of it.
type Metadata struct {
	Brokers          []Broker
	Topics           []TopicMetadata
	OriginBrokerID   int32  // -1: not known
	OriginBrokerName string // of the broker that answered
}

// Broker is one broker of a cluster.
type Broker struct {
	ID   int32
	Host string
	Port int
}

// TopicMetadata describes one topic.
type TopicMetadata struct {
	Topic      string
	Partitions []PartitionMetadata
	Err        int
}

// PartitionMetadata describes one partition.
type PartitionMetadata struct {
	ID       int32
	Err      int
	Leader   int32 // -1: none
	Replicas []int32
	ISRs     []int32
}

// Metadata asks a broker for its view of the cluster: of the one topic when it is
// not nil, else of all topics or, without all, of those that this client uses.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_metadata(rd_kafka_t *rk, int all_topics, rd_kafka_topic_t *only_rkt, const struct rd_kafka_metadata **metadatap, int timeout_ms)
//	void rd_kafka_metadata_destroy(const struct rd_kafka_metadata *metadata)
func (c *Client) Metadata(topic *string, all bool, timeout time.Duration) (*Metadata, error) {
	var rkt *C.rd_kafka_topic_t
	if topic != nil {
		t, err := c.NewTopic(*topic)
		if err != nil {
			return nil, err
		}
		defer t.Destroy()
		rkt = t.p
	}
	var m *C.struct_rd_kafka_metadata
	if err := codeError(C.rd_kafka_metadata(c.p, cBool(all), rkt, &m, millis(timeout))); err != nil {
		return nil, err
	}
	defer C.rd_kafka_metadata_destroy(m)

	md := &Metadata{OriginBrokerID: int32(m.orig_broker_id), OriginBrokerName: C.GoString(m.orig_broker_name)}
	for _, b := range unsafe.Slice(m.brokers, int(m.broker_cnt)) {
		md.Brokers = append(md.Brokers, Broker{ID: int32(b.id), Host: C.GoString(b.host), Port: int(b.port)})
	}
	for _, t := range unsafe.Slice(m.topics, int(m.topic_cnt)) {
		tm := TopicMetadata{Topic: C.GoString(t.topic), Err: int(t.err)}
		for _, p := range unsafe.Slice(t.partitions, int(t.partition_cnt)) {
			tm.Partitions = append(tm.Partitions, PartitionMetadata{
				ID: int32(p.id), Err: int(p.err), Leader: int32(p.leader),
				Replicas: int32s(p.replicas, p.replica_cnt), ISRs: int32s(p.isrs, p.isr_cnt),
			})
		}
		md.Topics = append(md.Topics, tm)
	}
	return md, nil
}

func int32s(p *C.int32_t, n C.int) []int32 {
	s := make([]int32, int(n))
	for i, v := range unsafe.Slice(p, int(n)) {
		s[i] = int32(v)
	}
	return s
}
