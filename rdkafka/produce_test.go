package rdkafka

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// content is what of a message goes through Kafka unchanged.
type content struct {
	key, value []byte
	headers    []header
	timestamp  int64 // 0: now
}

// contents are messages in which nil and empty differ wherever they can.
var contents = []content{
	{nil, nil, nil, 0},
	{[]byte{}, []byte{}, nil, 0},
	{nil, []byte{}, nil, 0},
	{[]byte{}, nil, nil, 0},
	{[]byte("key"), []byte("value"), nil, 0},
	{[]byte("key"), []byte("value"), nil, 1234567890123},
	{[]byte{0}, []byte{0xff, 0, 0xff}, []header{{"h", []byte("x")}}, 0},
	{nil, nil, []header{{"h", nil}}, 0},
	{nil, []byte("v"), []header{{"h", []byte{}}}, 0},
	{[]byte("k"), nil, []header{{"", nil}, {"", []byte{}}, {"", []byte("x")}}, 1},
	{[]byte("k"), []byte("v"), []header{{"same", []byte("1")}, {"other", nil}, {"same", []byte("2")}, {"same", nil}}, 0},
	{[]byte("k"), []byte("v"), []header{{strings.Repeat("n", 300), bytes.Repeat([]byte("v"), 30000)}}, 1700000000000},
	{bytes.Repeat([]byte("k"), 1000), bytes.Repeat([]byte("0123456789abcdef"), 1<<16), nil, 0},                     // 1 MiB
	{nil, bytes.Repeat([]byte("fedcba9876543210"), 1<<16), []header{{"big", bytes.Repeat([]byte{1}, 100000)}}, 99}, // and with headers
}

func encodeHeaders(hs []header) []byte {
	var buf []byte
	for _, h := range hs {
		buf = AppendHeader(buf, h.key, h.value)
	}
	return buf
}

// big lets clients handle the largest of contents.
var big = props{"message.max.bytes": "2000000", "fetch.message.max.bytes": "3000000"}

func newProducer(t *testing.T, m *MockCluster, p props) *Client {
	t.Helper()
	all := props{"bootstrap.servers": m.Bootstraps(), "linger.ms": "0"}
	for k, v := range p {
		all[k] = v
	}
	return newClient(t, Producer, all)
}

// checkContents reads the reports of all contents and the messages, in order.
func checkContents(t *testing.T, m *MockCluster, reports []report, want int, before int64) {
	t.Helper()
	r := newReader(t, m, big, TopicPartition{Topic: "t", Partition: 0})
	got := r.read(t, len(contents))
	for i, c := range contents {
		at := fmt.Sprintf("contents[%d]", i)
		rep, msg := reports[i], got[i]

		assert.Equal(t, uint64(i+1)<<32|7, rep.Opaque, at)
		assert.Zero(t, rep.Err, at)
		assert.EqualValues(t, i, rep.Offset, at)
		assert.EqualValues(t, 2, rep.Status, at)
		assert.Positive(t, rep.LatencyMicros, at)
		assert.Positive(t, rep.BrokerID, at)
		if want&WantKey != 0 {
			assert.Equal(t, c.key, rep.key, at)
		} else {
			assert.Nil(t, rep.key, at)
		}
		if want&WantValue != 0 {
			assert.Equal(t, c.value, rep.value, at)
		} else {
			assert.Nil(t, rep.value, at)
		}
		if want&WantHeaders != 0 {
			assert.Equal(t, c.headers, rep.headers, at)
		} else {
			assert.Nil(t, rep.headers, at)
		}

		assert.Equal(t, "t", msg.topic, at)
		assert.EqualValues(t, i, msg.Offset, at)
		assert.Equal(t, c.key, msg.key, at)
		assert.Equal(t, c.value, msg.value, at)
		assert.Equal(t, c.headers, msg.headers, at)
		assert.EqualValues(t, 1, msg.TimestampType, at+": create time")
		if c.timestamp != 0 {
			assert.Equal(t, c.timestamp, msg.Timestamp, at)
		} else {
			assert.GreaterOrEqual(t, msg.Timestamp, before, at)
			assert.LessOrEqual(t, msg.Timestamp, time.Now().UnixMilli(), at)
		}
	}
}

func TestProduce_roundTrip(t *testing.T) {
	for _, want := range []int{0, WantKey, WantValue, WantHeaders, WantKey | WantValue | WantHeaders} {
		t.Run(fmt.Sprint("want ", want), func(t *testing.T) {
			start(t)
			m := newMock(t)
			require.NoError(t, m.CreateTopic("t", 1, 3))
			c := newProducer(t, m, big)
			topic := newTopic(t, c, "t")
			before := time.Now().UnixMilli()
			for i, x := range contents {
				hdrs := encodeHeaders(x.headers)
				key, value := bytes.Clone(x.key), bytes.Clone(x.value)
				require.Equal(t, ErrNoError,
					topic.Produce(c, 0, false, key, value, hdrs, len(x.headers), x.timestamp, uint64(i+1)<<32|7))
				// All was copied: the caller's memory is the caller's again.
				clobber(key, value, hdrs)
			}
			reports := readReports(t, mainQueue(t, c), len(contents), want)
			checkContents(t, m, reports, want, before)
		})
	}
}

func clobber(bufs ...[]byte) {
	for _, b := range bufs {
		for i := range b {
			b[i] = '!'
		}
	}
}

func TestProduceBatch_roundTrip(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 1, 3))
	c := newProducer(t, m, big)
	topic := newTopic(t, c, "t")
	before := time.Now().UnixMilli()
	var b ProduceBatch
	assert.Zero(t, b.Produce(c), "an empty batch")
	size := 0
	for i, x := range contents {
		key, value := bytes.Clone(x.key), bytes.Clone(x.value)
		b.Add(topic, 0, key, value, x.timestamp, uint64(i+1)<<32|7)
		for _, h := range x.headers {
			b.AddHeader(h.key, h.value)
			size += 8 + len(h.key) + len(h.value)
		}
		size += len(key) + len(value)
		clobber(key, value)
	}
	assert.Equal(t, len(contents), b.Len())
	assert.Equal(t, size, b.Bytes())
	require.Equal(t, len(contents), b.Produce(c))
	for i := range contents {
		assert.Equal(t, ErrNoError, b.Err(i))
	}
	b.Reset()
	assert.Zero(t, b.Len())
	assert.Zero(t, b.Bytes())
	const want = WantKey | WantValue | WantHeaders
	checkContents(t, m, readReports(t, mainQueue(t, c), len(contents), want), want, before)
}

// A batch of nothing but empty messages has an arena without a byte, and null
// must still differ from empty.
func TestProduceBatch_emptyMessages(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 1, 3))
	c := newProducer(t, m, nil)
	topic := newTopic(t, c, "t")
	var b ProduceBatch
	b.Add(topic, 0, nil, nil, 0, 1)
	b.Add(topic, 0, []byte{}, nil, 0, 2)
	b.Add(topic, 0, nil, []byte{}, 0, 3)
	b.Add(topic, 0, []byte{}, []byte{}, 0, 4)
	require.Equal(t, 4, b.Produce(c))
	got := newReader(t, m, nil, TopicPartition{Topic: "t"}).read(t, 4)
	for i, want := range []content{{}, {key: []byte{}}, {value: []byte{}}, {key: []byte{}, value: []byte{}}} {
		assert.Equal(t, want.key, got[i].key, i)
		assert.Equal(t, want.value, got[i].value, i)
	}
}

// Runs of plain messages, messages with headers and changes of topic and
// partition all go different ways in C; the order of each partition must hold.
func TestProduceBatch_order(t *testing.T) {
	start(t)
	const n = 2000
	m := newMock(t)
	require.NoError(t, m.CreateTopic("a", 2, 3))
	require.NoError(t, m.CreateTopic("b", 2, 3))
	c := newProducer(t, m, nil)
	topics := []*Topic{newTopic(t, c, "a"), newTopic(t, c, "b")}
	var b ProduceBatch
	for i := range n {
		// Long and short runs: the topic changes every 500, the partition every 7.
		b.Add(topics[i/500%2], int32(i/7%2), fmt.Append(nil, i), fmt.Append(nil, "value ", i), 0, uint64(i)+1)
		if i%11 == 0 {
			b.AddHeader("i", fmt.Append(nil, i))
		}
	}
	require.Equal(t, n, b.Produce(c))

	var parts []TopicPartition
	for _, topic := range []string{"a", "b"} {
		for p := range int32(2) {
			parts = append(parts, TopicPartition{Topic: topic, Partition: p})
		}
	}
	last := map[string]int{}
	for _, msg := range newReader(t, m, nil, parts...).read(t, n) {
		var i int
		_, err := fmt.Sscan(string(msg.key), &i)
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprint("value ", i), string(msg.value))
		assert.Equal(t, []string{"a", "b"}[i/500%2], msg.topic)
		assert.EqualValues(t, i/7%2, msg.Partition)
		if i%11 == 0 {
			assert.Equal(t, []header{{"i", []byte(fmt.Sprint(i))}}, msg.headers)
		} else {
			assert.Empty(t, msg.headers)
		}
		at := fmt.Sprint(msg.topic, msg.Partition)
		prev, seen := last[at]
		require.True(t, !seen || prev < i, "%s: %d after %d", at, i, prev)
		last[at] = i
	}
	reports := readReports(t, mainQueue(t, c), n, 0)
	next := map[uint64]uint64{}
	for _, r := range reports {
		i := r.Opaque - 1
		at := i/500%2*2 + i/7%2
		require.LessOrEqual(t, next[at], i, "reports of a partition come in order")
		next[at] = i + 1
	}
}

func TestProduceBatch_queueFull(t *testing.T) {
	for name, headers := range map[string]bool{"plain": false, "with headers": true} {
		t.Run(name, func(t *testing.T) {
			start(t)
			c := newClient(t, Producer, props{"queue.buffering.max.messages": "10", "message.max.bytes": "1000", "log_level": "0"})
			topic := newTopic(t, c, "t")
			var b ProduceBatch
			for i := range 25 {
				value := []byte("v")
				if i == 3 {
					value = make([]byte, 2000)
				}
				b.Add(topic, 0, nil, value, 0, uint64(i)+1)
				if headers {
					b.AddHeader("h", nil)
				}
			}
			// Number 3 is too large and takes no room: 0 to 10 were dealt with.
			require.Equal(t, 11, b.Produce(c))
			for i := range 11 {
				want := ErrNoError
				if i == 3 {
					want = 10 // MSG_SIZE_TOO_LARGE
				}
				assert.Equal(t, want, b.Err(i), "message %d", i)
			}
			assert.Equal(t, 10, c.OutQLen())
			assert.Equal(t, ErrQueueFull, topic.Produce(c, 0, false, nil, nil, nil, 0, 0, 99))

			// What was not enqueued is never reported.
			require.NoError(t, c.Purge(1|2))
			var opaques []uint64
			for _, r := range readReports(t, mainQueue(t, c), 10, 0) {
				assert.EqualValues(t, -152, r.Err, "PURGE_QUEUE")
				assert.Zero(t, r.Status, "not persisted")
				assert.Equal(t, OffsetInvalid, r.Offset)
				opaques = append(opaques, r.Opaque)
			}
			assert.Equal(t, []uint64{1, 2, 3, 5, 6, 7, 8, 9, 10, 11}, opaques)
			assert.Zero(t, c.OutQLen())
		})
	}
}

func TestProduce_errors(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 2, 3))
	c := newProducer(t, m, props{"message.max.bytes": "1000"})
	topic := newTopic(t, c, "t")
	assert.Equal(t, 10, topic.Produce(c, 0, false, nil, make([]byte, 1001), nil, 0, 0, 1), "MSG_SIZE_TOO_LARGE")
	hdrs := AppendHeader(nil, "h", make([]byte, 1001))
	assert.Equal(t, 10, topic.Produce(c, 0, false, nil, nil, hdrs, 1, 0, 1), "the headers count")

	_, err := c.Metadata(ptr("t"), false, patience)
	require.NoError(t, err)
	assert.Equal(t, -190, topic.Produce(c, 7, false, nil, nil, nil, 0, 0, 1), "UNKNOWN_PARTITION")
	var b ProduceBatch
	b.Add(topic, 7, nil, nil, 0, 1)
	b.Add(topic, 0, nil, nil, 0, 2)
	b.Add(topic, 7, nil, []byte("x"), 0, 3)
	require.Equal(t, 3, b.Produce(c))
	assert.Equal(t, []int{-190, ErrNoError, -190}, []int{b.Err(0), b.Err(1), b.Err(2)})
	assert.EqualValues(t, 2, readReports(t, mainQueue(t, c), 1, 0)[0].Opaque)
	assert.Zero(t, c.OutQLen())
}

func TestProduce_blocksForRoom(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 1, 3))
	require.NoError(t, m.SetBrokerRTT(-1, 50*time.Millisecond))
	c := newProducer(t, m, props{"queue.buffering.max.messages": "1"})
	topic := newTopic(t, c, "t")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 3 {
			assert.Equal(t, ErrNoError, topic.Produce(c, 0, true, nil, nil, nil, 0, 0, uint64(i)+1))
		}
	}()
	q := mainQueue(t, c)
	for i := range 3 {
		assert.EqualValues(t, i+1, readReports(t, q, 1, 0)[0].Opaque)
	}
	<-done
}

func TestNewTopic_errors(t *testing.T) {
	start(t)
	c := newClient(t, Producer, nil)
	for name, text := range map[string]string{
		strings.Repeat("x", 513): "Local: Invalid argument or configuration",
		"a\x00b":                 `topic "a\x00b" has a zero byte in its name: take it out`,
	} {
		topic, err := c.NewTopic(name)
		assert.Nil(t, topic)
		assert.Equal(t, ErrInvalidArg, code(t, err))
		assert.EqualError(t, err, text)
	}
}

func TestFlush(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 1, 3))
	c := newProducer(t, m, props{"linger.ms": "60000"})
	topic := newTopic(t, c, "t")
	q := mainQueue(t, c)
	require.NoError(t, c.Flush(0))
	require.Equal(t, ErrNoError, topic.Produce(c, 0, false, nil, []byte("x"), nil, 0, 0, 1))
	// The report is not polled, so the message is not gone; but flush makes it go
	// at once in spite of linger.ms.
	begin := time.Now()
	for q.Len() == 0 && time.Since(begin) < patience {
		assert.Equal(t, ErrTimedOut, code(t, c.Flush(time.Millisecond)))
	}
	assert.Less(t, time.Since(begin), patience)
	assert.EqualValues(t, 1, readReports(t, q, 1, 0)[0].Opaque)
	require.NoError(t, c.Flush(patience))
}

func TestPurge_flags(t *testing.T) {
	start(t)
	c := newClient(t, Producer, nil)
	assert.NoError(t, c.Purge(0))
	assert.Equal(t, ErrInvalidArg, code(t, c.Purge(1<<10)))
}

// A report whose bytes exceed the arena is not lost and not cut.
func TestReports_arenaGrows(t *testing.T) {
	start(t)
	c := newClient(t, Producer, big)
	topic := newTopic(t, c, "t")
	var want [][]byte
	for i := range 600 {
		size := i
		if i%100 == 50 {
			size = 1 << 20
		}
		v := bytes.Repeat([]byte{byte(i)}, size)
		want = append(want, v)
		require.Equal(t, ErrNoError, topic.Produce(c, 0, false, nil, v, nil, 0, 0, uint64(i)+1))
	}
	require.NoError(t, c.Purge(1))
	for i, r := range readReports(t, mainQueue(t, c), len(want), WantValue) {
		require.EqualValues(t, i+1, r.Opaque)
		require.True(t, bytes.Equal(want[i], r.value), "value %d", i)
	}
}
