package integration_test

import (
	"encoding/binary"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

// front stands between clients and a broker, and is the only broker that they hear of. While leaving is set, it
// answers what a cluster's last broker answers while it shuts down: that there are no brokers.
type front struct {
	broker  string
	l       net.Listener
	leaving atomic.Bool
	told    atomic.Int64 // how often it answered so

	mu    sync.Mutex
	conns map[net.Conn]bool
}

func newFront(t *testing.T, broker string) *front {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	f := &front{broker: broker, l: l, conns: map[net.Conn]bool{}}
	var served sync.WaitGroup
	served.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			served.Go(func() { f.serve(client) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		f.cut()
		served.Wait()
	})
	return f
}

// cut closes all connections.
func (f *front) cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.conns {
		c.Close()
	}
}

func (f *front) keep(c net.Conn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.conns[c] = true
}

func (f *front) drop(c net.Conn) {
	c.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.conns, c)
}

// serve passes requests on, one after another, and what is answered to them.
func (f *front) serve(client net.Conn) {
	f.keep(client)
	defer f.drop(client)
	broker, err := net.Dial("tcp", f.broker)
	if err != nil {
		return
	}
	f.keep(broker)
	defer f.drop(broker)
	for {
		request, err := readFrame(client)
		if err != nil || len(request) < 8 {
			return
		}
		if writeFrame(broker, request) != nil {
			return
		}
		answer, err := readFrame(broker)
		if err != nil || len(answer) < 4 {
			return
		}
		key, version := int16(binary.BigEndian.Uint16(request)), int16(binary.BigEndian.Uint16(request[2:]))
		if answer, err = f.edit(key, version, answer); err != nil {
			return
		}
		if writeFrame(client, answer) != nil {
			return
		}
	}
}

// edit puts the front's address, or no broker, where an answer names brokers.
func (f *front) edit(key, version int16, answer []byte) ([]byte, error) {
	addr := f.l.Addr().(*net.TCPAddr)
	response := kmsg.ResponseForKey(key)
	if key != int16(kmsg.Metadata) && key != int16(kmsg.FindCoordinator) {
		return answer, nil
	}
	response.SetVersion(version)
	header := 4 // the correlation id
	if response.IsFlexible() {
		header++ // no tags
	}
	if err := response.ReadFrom(answer[header:]); err != nil {
		return nil, err
	}
	switch r := response.(type) {
	case *kmsg.MetadataResponse:
		for i := range r.Brokers {
			r.Brokers[i].Host, r.Brokers[i].Port = addr.IP.String(), int32(addr.Port)
		}
		if f.leaving.Load() {
			f.told.Add(1)
			r.Brokers = nil
			for i := range r.Topics {
				for j := range r.Topics[i].Partitions {
					r.Topics[i].Partitions[j].Leader = -1
				}
			}
		}
	case *kmsg.FindCoordinatorResponse:
		r.Host, r.Port = addr.IP.String(), int32(addr.Port)
		for i := range r.Coordinators {
			r.Coordinators[i].Host, r.Coordinators[i].Port = r.Host, r.Port
		}
	}
	return response.AppendTo(answer[:header:header]), nil
}

func readFrame(r io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	frame := make([]byte, binary.BigEndian.Uint32(size[:]))
	_, err := io.ReadFull(r, frame)
	return frame, err
}

func writeFrame(w io.Writer, frame []byte) error {
	_, err := w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(frame))), frame...))
	return err
}

// A cluster's last broker answers, while it shuts down, that there are no brokers. librdkafka forgets its own then, and
// would never come back (its issue 5301).
func TestRebootstrap_lastBrokerLeft(t *testing.T) {
	t.Parallel()
	const clients = 4
	mock, err := kafka.NewMockCluster(1)
	require.NoError(t, err)
	t.Cleanup(mock.Close)
	require.NoError(t, mock.SetGroupRebalanceDelay(time.Millisecond))
	topic := "t"
	require.NoError(t, mock.CreateTopic(topic, 1, 1))
	f := newFront(t, mock.BootstrapServers())
	servers := net.JoinHostPort("127.0.0.1", strconv.Itoa(f.l.Addr().(*net.TCPAddr).Port))

	var producers []*kafka.Producer
	var consumers []*kafka.Consumer
	for i := range clients {
		p, err := kafka.NewProducer(&kafka.ConfigMap{
			"bootstrap.servers": servers, "linger.ms": 0, "topic.metadata.refresh.interval.ms": 50, "enable.idempotence": i%2 == 0,
		})
		require.NoError(t, err)
		t.Cleanup(p.Close)
		cons, err := kafka.NewConsumer(&kafka.ConfigMap{
			"bootstrap.servers": servers, "topic.metadata.refresh.interval.ms": 50, "group.id": strconv.Itoa(i),
			"auto.offset.reset": "earliest", "session.timeout.ms": 6000, // as long as the mock cluster lets a member wait
		})
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, cons.Close()) })
		if i%2 == 0 {
			require.NoError(t, cons.Subscribe(topic, nil))
		} else {
			require.NoError(t, cons.Assign([]kafka.TopicPartition{{Topic: &topic, Partition: 0, Offset: kafka.OffsetBeginning}}))
		}
		producers, consumers = append(producers, p), append(consumers, cons)
	}

	const rounds = 3
	for round := range rounds {
		produced := make(chan kafka.Event, clients)
		for _, p := range producers {
			m := &kafka.Message{TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: 0}, Value: []byte("x")}
			require.NoError(t, p.Produce(m, produced))
		}
		timeout := time.After(60 * time.Second)
		for i := range producers {
			select {
			case ev := <-produced:
				m, ok := ev.(*kafka.Message)
				require.True(t, ok)
				require.NoError(t, m.TopicPartition.Error)
			case <-timeout:
				require.FailNow(t, "producers do not come back", "round %d: %d of %d do", round, i, len(producers))
			}
		}
		for _, cons := range consumers {
			deadline := time.Now().Add(60 * time.Second)
			for n := 0; n < clients; {
				if _, ok := cons.Poll(100).(*kafka.Message); ok {
					n++
				}
				require.True(t, time.Now().Before(deadline), "round %d: %v does not come back, it got %d messages", round, cons, n)
			}
		}
		// All ask within 50 ms, and each is told.
		f.leaving.Store(true)
		told := f.told.Load()
		require.Eventually(t, func() bool { return f.told.Load() >= told+2*clients }, 30*time.Second, time.Millisecond)
		f.cut()
		f.leaving.Store(false)
	}
	evidence.Record(t, "all-brokers-forgotten", evidence.Measured("%d clients came back %d times", 2*clients, rounds-1))
}
