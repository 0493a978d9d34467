// Package hostile holds a small broker that speaks enough of Kafka's protocol to serve one producer and one consumer,
// and that answers, while it is told to, as no broker should. Its tests run clients of package kafka against it.
package hostile_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// topic has one partition, whose leader is the broker.
const topic = "hostile"

var topicID = [16]byte{1}

// The values of the messages that the broker serves while it is hostile and after that.
const (
	valueBefore = "before"
	valueAfter  = "after"
)

// versions are the highest versions of what the broker knows, by the keys of the requests.
var versions = map[int16]int16{
	int16(kmsg.Produce):         9,
	int16(kmsg.Fetch):           12,
	int16(kmsg.ListOffsets):     6,
	int16(kmsg.Metadata):        12,
	int16(kmsg.FindCoordinator): 3,
	int16(kmsg.ApiVersions):     3,
	int16(kmsg.InitProducerID):  4,
}

// broker listens on an address of this machine. It is hostile until calm is called.
type broker struct {
	ln       net.Listener
	s        scenario
	honest   atomic.Bool
	answered atomic.Int64 // hostile answers
	done     sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool // true for those that were opened to the hostile broker
}

// newBroker starts a broker; close must be called.
func newBroker(s scenario) (*broker, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &broker{ln: ln, s: s, conns: map[net.Conn]bool{}}
	b.done.Add(1)
	go b.accept()
	return b, nil
}

// port is where the broker listens.
func (b *broker) port() int32 {
	a, ok := b.ln.Addr().(*net.TCPAddr)
	if !ok {
		return 0
	}
	return int32(a.Port)
}

// calm ends the hostility and the connections that saw it.
func (b *broker) calm() {
	b.honest.Store(true)
	b.mu.Lock()
	defer b.mu.Unlock()
	for c, hostile := range b.conns {
		if hostile {
			c.Close()
		}
	}
}

func (b *broker) close() {
	b.ln.Close()
	b.mu.Lock()
	for c := range b.conns {
		c.Close()
	}
	b.mu.Unlock()
	b.done.Wait()
}

func (b *broker) accept() {
	defer b.done.Done()
	for {
		c, err := b.ln.Accept()
		if err != nil {
			return
		}
		b.mu.Lock()
		b.conns[c] = !b.honest.Load()
		b.mu.Unlock()
		b.done.Add(1)
		go b.serve(c)
	}
}

// serve answers the requests of a connection, one after the other, until it or the scenario ends it.
func (b *broker) serve(c net.Conn) {
	defer b.done.Done()
	defer func() {
		c.Close()
		b.mu.Lock()
		delete(b.conns, c)
		b.mu.Unlock()
	}()
	for {
		x, err := b.read(c)
		if err != nil {
			return
		}
		if !b.honest.Load() && b.s.hits(x.req.Key()) {
			b.answered.Add(1)
			if !b.s.answer(x) {
				return
			}
		} else if !x.send(x.frame(x.honest())) {
			return
		}
	}
}

// exchange is a request, and what its answer needs.
type exchange struct {
	b    *broker
	c    net.Conn
	corr uint32
	req  kmsg.Request
}

// maxRequest bounds what is read of a client.
const maxRequest = 1 << 20

func (b *broker) read(c net.Conn) (*exchange, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(c, head); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(head)
	if size > maxRequest {
		return nil, fmt.Errorf("a request of %d bytes", size)
	}
	buf := make([]byte, size)
	if _, err := io.ReadFull(c, buf); err != nil {
		return nil, err
	}
	const fixed = 10 // key, version, correlation id, length of the client's id
	if len(buf) < fixed {
		return nil, errors.New("a request without a header")
	}
	x := &exchange{b: b, c: c, corr: binary.BigEndian.Uint32(buf[4:])}
	if x.req = kmsg.RequestForKey(int16(binary.BigEndian.Uint16(buf))); x.req == nil {
		return nil, errors.New("a request of an unknown kind")
	}
	x.req.SetVersion(int16(binary.BigEndian.Uint16(buf[2:])))
	rest := buf[fixed:]
	if n := int16(binary.BigEndian.Uint16(buf[8:])); n > 0 {
		rest = rest[n:]
	}
	if x.req.IsFlexible() {
		rest = rest[1:] // librdkafka sends no tags
	}
	return x, x.req.ReadFrom(rest)
}

// head starts an answer: its correlation id, and its tags where it has them.
func (x *exchange) head(corr uint32) []byte {
	h := binary.BigEndian.AppendUint32(nil, corr)
	if x.req.IsFlexible() && x.req.Key() != int16(kmsg.ApiVersions) {
		h = append(h, 0)
	}
	return h
}

// frame is an answer with its length and its head before it.
func (x *exchange) frame(body []byte) []byte { return framed(x.head(x.corr), body) }

func framed(parts ...[]byte) []byte {
	all := slices.Concat(parts...)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(all))), all...)
}

// send says whether the client has taken it.
func (x *exchange) send(data []byte) bool {
	_, err := x.c.Write(data)
	return err == nil
}

// hold leaves the client without a further answer until it gives up or the hostility ends.
func (x *exchange) hold() bool {
	_, _ = io.Copy(io.Discard, x.c)
	return false
}

// honest encodes the right answer.
func (x *exchange) honest() []byte { return x.response().AppendTo(nil) }

// response is the right answer.
func (x *exchange) response() kmsg.Response {
	resp := x.req.ResponseKind()
	switch r := resp.(type) {
	case *kmsg.ApiVersionsResponse:
		for key, highest := range versions {
			if limit, ok := x.b.s.versions[key]; ok {
				highest = limit
			}
			k := kmsg.NewApiVersionsResponseApiKey()
			k.ApiKey, k.MaxVersion = key, highest
			r.ApiKeys = append(r.ApiKeys, k)
		}
	case *kmsg.MetadataResponse:
		x.metadata(r)
	case *kmsg.FindCoordinatorResponse:
		r.NodeID, r.Host, r.Port = 1, "127.0.0.1", x.b.port()
	case *kmsg.InitProducerIDResponse:
		r.ProducerID = 1
	case *kmsg.ListOffsetsResponse:
		p := kmsg.NewListOffsetsResponseTopicPartition()
		p.Offset, p.Timestamp, p.LeaderEpoch = 0, -1, 0
		t := kmsg.NewListOffsetsResponseTopic()
		t.Topic, t.Partitions = topic, []kmsg.ListOffsetsResponseTopicPartition{p}
		r.Topics = append(r.Topics, t)
	case *kmsg.ProduceResponse:
		p := kmsg.NewProduceResponseTopicPartition()
		p.BaseOffset = 0
		t := kmsg.NewProduceResponseTopic()
		t.Topic, t.TopicID, t.Partitions = topic, topicID, []kmsg.ProduceResponseTopicPartition{p}
		r.Topics = append(r.Topics, t)
	case *kmsg.FetchResponse:
		value := valueBefore
		if x.b.honest.Load() {
			value = valueAfter
		}
		offset := x.fetchOffset()
		x.fetched(r, batch(offset, record(0, value)))
		if (offset < 0 || offset > lastOffset) && len(r.Topics) > 0 {
			r.Topics[0].Partitions[0].ErrorCode = 1 // OFFSET_OUT_OF_RANGE
			r.Topics[0].Partitions[0].RecordBatches = []byte{}
		}
	}
	return resp
}

func (x *exchange) metadata(r *kmsg.MetadataResponse) {
	b := kmsg.NewMetadataResponseBroker()
	b.NodeID, b.Host, b.Port = 1, "127.0.0.1", x.b.port()
	r.Brokers = append(r.Brokers, b)
	r.ClusterID, r.ControllerID = kmsg.StringPtr("a-cluster"), 1
	p := kmsg.NewMetadataResponseTopicPartition()
	p.Leader, p.Replicas, p.ISR = 1, []int32{1}, []int32{1}
	t := kmsg.NewMetadataResponseTopic()
	t.Topic, t.TopicID, t.Partitions = kmsg.StringPtr(topic), topicID, []kmsg.MetadataResponseTopicPartition{p}
	r.Topics = append(r.Topics, t)
}

// The log of the broker has a message at each offset, of which it gives one for each fetch, after a pause.
const (
	lastOffset = 1 << 40
	pause      = 20 * time.Millisecond
)

// fetched puts the batches into the answer to a fetch, which comes after a pause.
func (x *exchange) fetched(r *kmsg.FetchResponse, batches []byte) {
	<-time.After(pause)
	p := kmsg.NewFetchResponseTopicPartition()
	p.HighWatermark, p.LastStableOffset, p.LogStartOffset = lastOffset, lastOffset, 0
	p.RecordBatches = batches
	t := kmsg.NewFetchResponseTopic()
	t.Topic, t.TopicID, t.Partitions = topic, topicID, []kmsg.FetchResponseTopicPartition{p}
	if r.Topics = nil; x.fetchesTopic() {
		r.Topics = append(r.Topics, t)
	}
}

// fetchesTopic says whether the client asks for messages.
func (x *exchange) fetchesTopic() bool {
	f, ok := x.req.(*kmsg.FetchRequest)
	return ok && len(f.Topics) > 0 && len(f.Topics[0].Partitions) > 0
}

func (x *exchange) fetchOffset() int64 {
	f, ok := x.req.(*kmsg.FetchRequest)
	if !ok || !x.fetchesTopic() {
		return 0
	}
	return f.Topics[0].Partitions[0].FetchOffset
}
