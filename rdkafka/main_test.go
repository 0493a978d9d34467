package rdkafka

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience bounds each wait on a condition; it is only reached by a failure.
const patience = 30 * time.Second

// start begins a test: in parallel with the others, or, when the package counts
// its C objects, alone and with the check that none is left at the end.
func start(t *testing.T) {
	t.Helper()
	if !Debug {
		t.Parallel()
		return
	}
	require.Empty(t, LiveObjects(), "left by another test")
	t.Cleanup(func() { assert.Empty(t, LiveObjects(), "C objects that the test did not give back") })
}

// props are properties of librdkafka.
type props map[string]string

func newConf(t *testing.T, p props) *Conf {
	t.Helper()
	conf := NewConf()
	t.Cleanup(conf.Destroy)
	for k, v := range p {
		require.NoError(t, conf.Set(k, v))
	}
	return conf
}

// newClient returns a client with all events on and its log lines stashed.
func newClient(t *testing.T, typ ClientType, p props) *Client {
	t.Helper()
	conf := newConf(t, p)
	conf.SetEvents(EventDR | EventError | EventStats | EventOffsetCommit | EventTokenRefresh)
	conf.Stash(true, typ == Consumer)
	c, err := NewClient(typ, conf)
	require.NoError(t, err)
	t.Cleanup(func() {
		c.Destroy(false)
		c.Release()
	})
	return c
}

// newMock returns a cluster of three brokers.
func newMock(t *testing.T) *MockCluster {
	t.Helper()
	m, err := NewMockCluster(newClient(t, Producer, nil), 3)
	require.NoError(t, err)
	t.Cleanup(m.Destroy)
	return m
}

func newTopic(t *testing.T, c *Client, name string) *Topic {
	t.Helper()
	topic, err := c.NewTopic(name)
	require.NoError(t, err)
	t.Cleanup(topic.Destroy)
	return topic
}

func mainQueue(t *testing.T, c *Client) *Queue {
	t.Helper()
	q := c.MainQueue()
	t.Cleanup(q.Destroy)
	return q
}

// nextEvent waits for an event of the type; others are thrown away.
func nextEvent(t *testing.T, q *Queue, typ EventMask) *Event {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		ev, ok := q.Poll(100 * time.Millisecond)
		if ok && ev.Type == typ {
			t.Cleanup(ev.Destroy)
			return &ev
		}
		if ok {
			ev.Destroy()
		}
	}
	require.FailNow(t, "no event came", "type %#x", typ)
	return nil
}

// report is a delivery report with its bytes.
type report struct {
	Report
	key, value []byte
	headers    []header
}

type header struct {
	key   string
	value []byte
}

// readReports waits for n delivery reports.
func readReports(t *testing.T, q *Queue, n, want int) []report {
	t.Helper()
	var got []report
	var r Reports
	for len(got) < n {
		ev := nextEvent(t, q, EventDR)
		count := 0
		for {
			recs, arena := r.Next(ev, want)
			if len(recs) == 0 {
				break
			}
			count += len(recs)
			for _, rec := range recs {
				var p report
				p.Report = rec
				p.key, arena = cut(arena, rec.KeyLen)
				p.value, arena = cut(arena, rec.ValLen)
				p.headers, arena = cutHeaders(arena, rec.HdrCnt)
				got = append(got, p)
			}
		}
		require.Equal(t, ev.Count, count)
		ev.Destroy()
	}
	require.Len(t, got, n)
	return got
}

// cut copies n bytes off the front of buf; a negative n is null.
func cut(buf []byte, n int32) (b, rest []byte) {
	if n < 0 {
		return nil, buf
	}
	return append([]byte{}, buf[:n]...), buf[n:]
}

func cutHeaders(buf []byte, n int32) (headers []header, rest []byte) {
	for range n {
		k, v, r := NextHeader(buf)
		if v != nil {
			v = append([]byte{}, v...)
		}
		headers = append(headers, header{string(k), v})
		buf = r
	}
	return headers, buf
}

// message is a consumed message or consumer error.
type message struct {
	Record
	topic      string
	key, value []byte
	headers    []header
}

// reader consumes partitions that it assigns itself.
type reader struct {
	c *Client
	q *Queue
	f *Fetch
}

// newReader returns a consumer with the partitions assigned from their
// beginning.
func newReader(t *testing.T, m *MockCluster, p props, parts ...TopicPartition) *reader {
	t.Helper()
	all := props{"bootstrap.servers": m.Bootstraps(), "group.id": "g", "enable.auto.commit": "false"}
	for k, v := range p {
		all[k] = v
	}
	r := &reader{c: newClient(t, Consumer, all), f: NewFetch(100)}
	t.Cleanup(r.f.Destroy)
	r.q = r.c.ConsumerQueue()
	t.Cleanup(r.q.Destroy)
	for i := range parts {
		parts[i].Offset, parts[i].LeaderEpoch = OffsetBeginning, -1
	}
	if len(parts) > 0 {
		require.NoError(t, r.c.Assign(parts))
	}
	return r
}

// poll takes what there is.
func (r *reader) poll() []message {
	recs, arena, _ := r.f.Poll(r.c, r.q, 100)
	msgs := make([]message, len(recs))
	topic := ""
	for i, rec := range recs {
		var name []byte
		if name, arena = cut(arena, rec.TopicLen); name != nil {
			topic = string(name)
		}
		m := message{Record: rec, topic: topic}
		m.key, arena = cut(arena, rec.KeyLen)
		m.value, arena = cut(arena, rec.ValLen)
		m.headers, arena = cutHeaders(arena, rec.HdrCnt)
		msgs[i] = m
	}
	return msgs
}

// read waits for n messages.
func (r *reader) read(t *testing.T, n int) []message {
	t.Helper()
	var got []message
	eventually(t, func() bool {
		got = append(got, r.poll()...)
		return len(got) >= n
	}, "messages of the cluster")
	require.Len(t, got, n)
	return got
}

// eventually waits on a condition that has no channel to wait on.
func eventually(t *testing.T, cond func() bool, what string) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !cond(); <-tick.C {
		require.True(t, time.Now().Before(deadline), "waited too long for: %s", what)
	}
}

// code returns the code of an Error of this package, 0 for nil.
func code(t *testing.T, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	var e *Error
	require.ErrorAs(t, err, &e)
	return e.Code
}

func TestMain(m *testing.M) {
	status := m.Run()
	if left := LiveObjects(); len(left) > 0 {
		fmt.Fprintln(os.Stderr, "C objects left by the tests:", left)
		status = 1
	}
	os.Exit(status)
}

func ptr[T any](v T) *T { return &v }
