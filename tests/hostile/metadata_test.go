package hostile_test

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// changed answers with the right answer after a change of its body.
func changed(change func(body []byte) []byte) func(*exchange) bool {
	return func(x *exchange) bool { return x.send(x.frame(change(x.honest()))) }
}

// metadata answers with metadata after a change.
func metadata(change func(r *kmsg.MetadataResponse)) func(*exchange) bool {
	return func(x *exchange) bool {
		resp := x.response()
		r, ok := resp.(*kmsg.MetadataResponse)
		if ok {
			change(r)
		}
		return x.send(x.frame(resp.AppendTo(nil)))
	}
}

// plain are the versions whose arrays have counts of four bytes.
var plain = map[int16]int16{int16(kmsg.Metadata): 8, int16(kmsg.Fetch): 11}

const (
	brokersAt = 4 // the count of brokers in metadata, after the throttle time
	topicsEnd = 8 // the count of topics in metadata without topics, from its end
)

// brokerCount sets the number of brokers that metadata of version 8 claims.
func brokerCount(n int32) func(*exchange) bool {
	return changed(func(body []byte) []byte {
		binary.BigEndian.PutUint32(body[brokersAt:], uint32(n))
		return body
	})
}

// topicCount sets the number of topics that metadata of version 8 claims; bytes follow.
func topicCount(n int32, rest []byte) func(*exchange) bool {
	return func(x *exchange) bool {
		resp := x.response()
		if r, ok := resp.(*kmsg.MetadataResponse); ok {
			r.Topics = nil
		}
		body := resp.AppendTo(nil)
		at := len(body) - topicsEnd
		binary.BigEndian.PutUint32(body[at:], uint32(n))
		return x.send(x.frame(slices.Concat(body[:at+4], rest)))
	}
}

// aTopic starts a topic of metadata of version 8, up to the count of its partitions.
func aTopic(partitions int32) []byte {
	b := []byte{0, 0, 0, byte(len(topic))}
	b = append(append(b, topic...), 0)
	return binary.BigEndian.AppendUint32(b, uint32(partitions))
}

// compactBrokers sets the number of brokers that metadata of version 12 claims.
func compactBrokers(claimed uint64) func(*exchange) bool {
	return changed(func(body []byte) []byte {
		return slices.Concat(body[:brokersAt], binary.AppendUvarint(nil, claimed+1), body[brokersAt+1:])
	})
}

// Metadata that claims what it does not have, and that leads nowhere.
func TestMetadata(t *testing.T) {
	t.Parallel()
	const huge = math.MaxInt32
	// librdkafka takes it for something that will pass and says nothing by itself.
	quietly := []string{"^producer delivery: Local: Message timed out", "^consumer asked: Local: "}
	// The consumer knows the broker from the answer about its group's coordinator too, and may work with that.
	orWorks := []string{quietly[0], "^consumer (asked: Local: |answered)"}
	partition := func(change func(*kmsg.MetadataResponseTopicPartition)) func(*exchange) bool {
		return metadata(func(r *kmsg.MetadataResponse) { change(&r.Topics[0].Partitions[0]) })
	}
	broker := func(change func(*kmsg.MetadataResponseBroker)) func(*exchange) bool {
		return metadata(func(r *kmsg.MetadataResponse) { change(&r.Brokers[0]) })
	}
	all := []scenario{
		{name: "2^31-1 brokers", versions: plain, answer: brokerCount(huge), shows: both(`log: .*ApiArrayCnt 2147483647 out of range`)},
		{name: "10,000 brokers claimed", versions: plain, answer: brokerCount(10000), shows: both(`log: .*tmpabuf memory shortage`)},
		{name: "-2 brokers", versions: plain, answer: brokerCount(-2), shows: both(`log: .*ApiArrayCnt -2 out of range`)},
		{name: "2^31-1 brokers, compact", answer: compactBrokers(huge), shows: both(`log: .*ApiArrayCnt 2147483647 out of range`)},
		{name: "2^31-1 topics", versions: plain, answer: topicCount(huge, nil), shows: both(`log: .*ApiArrayCnt 2147483647 out of range`)},
		{name: "1,000,000 topics claimed", versions: plain, answer: topicCount(1000000, nil), shows: both(`log: .*tmpabuf memory shortage`)},
		{name: "2^31-1 partitions", versions: plain, answer: topicCount(1, aTopic(huge)), shows: both(`log: .*ApiArrayCnt 2147483647 out of range`)},
		{name: "100,000 partitions claimed", versions: plain, answer: topicCount(1, aTopic(100000)), shows: both(`log: .*tmpabuf memory shortage`)},

		{name: "null topics", renewed: true, versions: plain, answer: topicCount(-1, make([]byte, topicsEnd-4)), shows: quietly},
		{name: "no brokers", renewed: true, answer: metadata(func(r *kmsg.MetadataResponse) { r.Brokers = nil }), shows: orWorks},
		{name: "no partitions", answer: metadata(func(r *kmsg.MetadataResponse) { r.Topics[0].Partitions = nil }), shows: quietly},
		{name: "leader that does not exist", renewed: true, answer: partition(func(p *kmsg.MetadataResponseTopicPartition) { p.Leader = 77 }), shows: quietly},
		{name: "partition of number 2^31-1", answer: partition(func(p *kmsg.MetadataResponseTopicPartition) { p.Partition = huge }), shows: both(`log: .*hostile \[2147483647\] is unknown`)},
		{name: "partition of number -5", answer: partition(func(p *kmsg.MetadataResponseTopicPartition) { p.Partition = -5 }), shows: both(`log: .*hostile \[-5\] is unknown`)},
		{name: "host that does not resolve", renewed: true, answer: broker(func(b *kmsg.MetadataResponseBroker) { b.Host = "nowhere.invalid" }), shows: both(`(log|error): .*Failed to resolve 'nowhere.invalid:`)},
		{name: "host that is no name", renewed: true, answer: broker(func(b *kmsg.MetadataResponseBroker) { b.Host = "\xff\x00 %s%n:" + strings.Repeat("x", 20000) }), shows: both(`(log|error): .*Failed to resolve `)},
		{name: "port 0", renewed: true, answer: broker(func(b *kmsg.MetadataResponseBroker) { b.Port = 0 }), shows: both(`(log|error): .*:0 failed: Connection refused`)},
		{name: "port -1", renewed: true, answer: broker(func(b *kmsg.MetadataResponseBroker) { b.Port = -1 }), shows: both(`(log|error): .*:65535 failed: Connection refused`)},
		{name: "port 2^31-1", renewed: true, answer: broker(func(b *kmsg.MetadataResponseBroker) { b.Port = huge }), shows: both(`(log|error): .*:65535 failed: Connection refused`)},
		{name: "broker -1", renewed: true, answer: broker(func(b *kmsg.MetadataResponseBroker) { b.NodeID = -1 }), shows: orWorks},
		{name: "unknown error", answer: metadata(func(r *kmsg.MetadataResponse) { r.Topics[0].ErrorCode = 9999 }), shows: quietly},
		{name: "500 brokers on one address", answer: metadata(func(r *kmsg.MetadataResponse) {
			for i := range int32(500) {
				b := r.Brokers[0]
				b.NodeID = 100 + i
				r.Brokers = append(r.Brokers, b)
			}
		}), shows: both("message: ")},
	}
	for i := range all {
		all[i].apis = onMetadata
	}
	runAll(t, "hostile-metadata", all)
}
