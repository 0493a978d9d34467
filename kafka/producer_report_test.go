package kafka_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func TestReport_fields(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]kafka.Message{
		"":            {},
		"none":        {},
		"key":         {Key: []byte("k")},
		"value":       {Value: []byte{}},
		"headers":     {Headers: []kafka.Header{{Key: "a"}, {Key: "a", Value: []byte{}}}},
		"key,headers": {Key: []byte("k"), Headers: []kafka.Header{{Key: "a"}, {Key: "a", Value: []byte{}}}},
		"all":         {Key: []byte("k"), Value: []byte{}, Headers: []kafka.Header{{Key: "a"}, {Key: "a", Value: []byte{}}}},
		"default":     {Key: []byte("k"), Value: []byte{}},
	} {
		t.Run(fields, func(t *testing.T) {
			t.Parallel()
			conf := kafka.ConfigMap{"go.delivery.report.fields": fields}
			if fields == "default" {
				conf = nil
			}
			p, _ := connected(t, conf)
			meta := "not for producers"
			m := msg("opaque")
			m.Key, m.Value = []byte("k"), []byte{}
			m.Headers = []kafka.Header{{Key: "a"}, {Key: "a", Value: []byte{}}}
			m.Timestamp = time.UnixMilli(1234567890123)
			m.TopicPartition.Metadata = &meta
			require.NoError(t, p.Produce(m, nil))
			r := report(t, p.Events())
			assert.NotSame(t, m, r, "a new message, not the produced one")
			assert.Equal(t, "t", *r.TopicPartition.Topic)
			assert.Zero(t, r.TopicPartition.Partition)
			assert.Zero(t, r.TopicPartition.Offset)
			assert.NoError(t, r.TopicPartition.Error)
			assert.Nil(t, r.TopicPartition.Metadata)
			assert.True(t, r.Timestamp.IsZero())
			assert.Equal(t, kafka.TimestampNotAvailable, r.TimestampType)
			assert.Equal(t, "opaque", r.Opaque)
			assert.Equal(t, want.Key, r.Key)
			assert.Equal(t, want.Value, r.Value)
			assert.Equal(t, want.Headers, r.Headers)
		})
	}
}

// Key, value and header: nil and empty differ, both ways, by every way in.
func TestProduce_contents(t *testing.T) {
	t.Parallel()
	big := bytes.Repeat([]byte("0123456789abcdef"), 50000) // 800 kB
	contents := []kafka.Message{
		{},
		{Key: []byte{}, Value: []byte{}},
		{Key: []byte{}},
		{Value: []byte{}},
		{Key: []byte("k"), Value: []byte("v"), Timestamp: time.UnixMilli(1)},
		{Key: []byte{0, 255}, Value: []byte{255, 0}, Headers: []kafka.Header{{Key: "n"}, {Key: "e", Value: []byte{}}, {Key: "", Value: []byte("v")}}},
		{Headers: []kafka.Header{{Key: "same", Value: []byte("1")}, {Key: "same", Value: []byte("2")}, {Key: "same"}}},
		{Value: big, Headers: []kafka.Header{{Key: strings.Repeat("h", 1000), Value: big[:100000]}}, Timestamp: time.UnixMilli(1700000000000)},
	}
	for way, produce := range map[string]func(t *testing.T, p *kafka.Producer, list []kafka.Message){
		"Produce": func(t *testing.T, p *kafka.Producer, list []kafka.Message) {
			for i := range list {
				require.NoError(t, p.Produce(&list[i], nil))
			}
		},
		"ProduceContext": func(t *testing.T, p *kafka.Producer, list []kafka.Message) {
			for i := range list {
				require.NoError(t, p.ProduceContext(t.Context(), &list[i], nil))
			}
		},
		"ProduceBatch": func(t *testing.T, p *kafka.Producer, list []kafka.Message) {
			n, err := p.ProduceBatch(t.Context(), list)
			require.NoError(t, err)
			require.Equal(t, len(list), n)
		},
		"ProduceChannel": func(_ *testing.T, p *kafka.Producer, list []kafka.Message) {
			for i := range list {
				p.ProduceChannel() <- &list[i]
			}
		},
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			p, mock := connected(t, kafka.ConfigMap{"go.delivery.report.fields": "all"})
			before := time.Now().Truncate(time.Millisecond)
			list := make([]kafka.Message, len(contents))
			for i := range list {
				list[i] = contents[i]
				list[i].TopicPartition = msg(nil).TopicPartition
			}
			produce(t, p, list)
			for i := range contents {
				r := report(t, p.Events())
				require.NoError(t, r.TopicPartition.Error)
				sameContent(t, &contents[i], r, fmt.Sprintf("report %d", i))
			}
			c := newConsumer(t, kafka.ConfigMap{"bootstrap.servers": mock.BootstrapServers(), "group.id": "g"})
			topic := "t"
			require.NoError(t, c.Assign([]kafka.TopicPartition{{Topic: &topic, Offset: kafka.OffsetBeginning}}))
			for i := range contents {
				m, err := c.ReadMessage(patience)
				require.NoError(t, err)
				sameContent(t, &contents[i], m, fmt.Sprintf("message %d", i))
				assert.Equal(t, kafka.TimestampCreateTime, m.TimestampType)
				if want := contents[i].Timestamp; !want.IsZero() {
					assert.True(t, want.Equal(m.Timestamp), "%v", m.Timestamp)
				} else {
					assert.WithinRange(t, m.Timestamp, before, time.Now())
				}
			}
		})
	}
}

func sameContent(t *testing.T, want, got *kafka.Message, what string) {
	t.Helper()
	assert.Equal(t, want.Key, got.Key, what)
	assert.True(t, bytes.Equal(want.Value, got.Value) && (want.Value == nil) == (got.Value == nil), what)
	assert.Equal(t, want.Headers, got.Headers, what)
}

// The caller's memory is his again when the call has returned.
func TestProduce_copies(t *testing.T) {
	t.Parallel()
	p := lonely(t, kafka.ConfigMap{"go.delivery.report.fields": "all"})
	buf := []byte("0123456789")
	m := msg(nil)
	m.Key, m.Value = buf[:3], buf[3:6]
	m.Headers = []kafka.Header{{Key: "h", Value: buf[6:]}}
	require.NoError(t, p.Produce(m, nil))
	_, err := p.ProduceBatch(t.Context(), []kafka.Message{*m})
	require.NoError(t, err)
	copy(buf, "##########")
	m.Headers[0].Key = "x"
	require.NoError(t, p.Purge(kafka.PurgeQueue))
	for range 2 {
		r := report(t, p.Events())
		assert.Equal(t, "012", string(r.Key))
		assert.Equal(t, "345", string(r.Value))
		assert.Equal(t, []kafka.Header{{Key: "h", Value: []byte("6789")}}, r.Headers)
	}
}

// With go.delivery.reports=false reports go where a message asks for them, all
// of them, and nowhere else.
func TestReport_offWithAndWithoutChannel(t *testing.T) {
	t.Parallel()
	p, _ := connected(t, kafka.ConfigMap{"go.delivery.reports": false, "linger.ms": 20})
	ch := make(chan kafka.Event, 10)
	for i := range 20 {
		if i%2 == 0 {
			require.NoError(t, p.Produce(msg(i), ch))
		} else {
			require.NoError(t, p.Produce(msg(i), nil))
		}
	}
	for i := range 10 {
		assert.Equal(t, 2*i, report(t, ch).Opaque)
	}
	eventually(t, p.Quiet, "the other messages")
	assert.Zero(t, p.Len())
	require.NoError(t, p.CloseContext(within(t)))
	noReports(t, p.Events())
}

// noReports reads events to their end.
func noReports(t *testing.T, events <-chan kafka.Event) {
	t.Helper()
	for ev := range events {
		if m, ok := ev.(*kafka.Message); ok {
			assert.Failf(t, "a report where none should come", "%v", m)
		}
	}
}

func TestReport_channelOfItsOwn(t *testing.T) {
	t.Parallel()
	p, _ := connected(t, nil)
	ch := make(chan kafka.Event) // without a buffer
	for i := range 100 {
		require.NoError(t, p.Produce(msg(i), ch))
	}
	require.NoError(t, p.Produce(msg("own"), nil))
	assert.Equal(t, "own", report(t, p.Events()).Opaque, "the other channel, unread, holds it up not")
	for i := range 100 {
		require.Equal(t, i, report(t, ch).Opaque)
	}
	assert.Zero(t, p.Flush(1000))
}

// Programs make a channel for each message. None of them may be remembered for
// longer than its report waits.
func TestReport_channelPerMessage(t *testing.T) {
	t.Parallel()
	const n = 5000
	p, _ := connected(t, nil)
	chans := make([]chan kafka.Event, n)
	for i := range chans {
		chans[i] = make(chan kafka.Event)
		require.NoError(t, p.ProduceContext(within(t), msg(i), chans[i]))
		if read := i - 10; read >= 0 { // behind, so that the reports wait
			require.Equal(t, read, report(t, chans[read]).Opaque)
		}
	}
	for i := n - 10; i < n; i++ {
		require.Equal(t, i, report(t, chans[i]).Opaque)
	}
	require.NoError(t, p.CloseContext(within(t)))
	assert.Less(t, p.Outboxes(), 200)
}

func TestDeliveries(t *testing.T) {
	t.Parallel()
	p, _ := connected(t, nil)
	deliveries := p.Deliveries()
	assert.Equal(t, deliveries, p.Deliveries())
	const n = 3000
	_, err := p.ProduceBatch(within(t), msgs(n))
	require.NoError(t, err)
	next := 0
	for next < n {
		for _, d := range receive(t, deliveries) {
			require.NoError(t, d.Error)
			require.Equal(t, next, d.Opaque)
			require.Equal(t, "t", d.Topic)
			require.Zero(t, d.Partition)
			require.Equal(t, kafka.Persisted, d.Status)
			require.EqualValues(t, next, d.Offset)
			require.Positive(t, d.Latency)
			require.Positive(t, d.BrokerID)
			next++
		}
	}
	require.NoError(t, p.Produce(msg("last"), nil))
	assert.Equal(t, "last", receive(t, deliveries)[0].Opaque)
	require.NoError(t, p.CloseContext(within(t)))
	receiveClosed(t, deliveries)
	assert.Equal(t, deliveries, p.Deliveries())
	noReports(t, p.Events())

	lone := lonely(t, nil)
	require.NoError(t, lone.Produce(msg(nil), nil))
	lone.Deliveries()
	require.NoError(t, lone.Purge(kafka.PurgeQueue))
	d := receive(t, lone.Deliveries())[0]
	assert.ErrorIs(t, d.Error, kafka.ErrPurgeQueue)
	assert.Equal(t, kafka.NotPersisted, d.Status)
	assert.Equal(t, kafka.OffsetInvalid, d.Offset)
}

// Errors and statistics: typed channels get them from the first call on, keep
// the newest, and end with Close.
func TestErrorsAndStats(t *testing.T) {
	t.Parallel()
	conf := kafka.ConfigMap{"bootstrap.servers": "127.0.0.1:1", "statistics.interval.ms": 1, "log_level": 0}
	p := newProducer(t, conf)
	events := p.Events()
	sawError, sawStats := false, false
	for !sawError || !sawStats {
		switch ev := receive(t, events).(type) {
		case kafka.Error:
			sawError = true
			assert.Contains(t, []kafka.ErrorCode{kafka.ErrTransport, kafka.ErrAllBrokersDown}, ev.Code())
		case *kafka.Stats:
			sawStats = true
			assert.Contains(t, ev.String(), `"name":`)
		}
	}
	p.Close()

	p = newProducer(t, conf)
	errs, stats := p.Errors(), p.Stats()
	assert.Equal(t, errs, p.Errors())
	assert.Equal(t, stats, p.Stats())
	assert.NotZero(t, receive(t, errs).Code())
	first := receive(t, stats).String()
	assert.Contains(t, first, p.String())
	for range p.Len() { // what came before the two were asked for
		select {
		case <-p.Events():
		default:
		}
	}
	eventually(t, func() bool { return len(stats) == cap(stats) }, "a full channel")
	oldest := receive(t, stats).String()
	for range 20 { // a full channel: for each that comes the oldest goes
		eventually(t, func() bool { return len(stats) == cap(stats) }, "a full channel")
		newer := receive(t, stats).String()
		require.NotEqual(t, oldest, newer)
		oldest = newer
	}
	p.Close()
	assert.LessOrEqual(t, len(stats), cap(stats))
	for range stats {
	}
	for range errs {
	}
	receiveClosed(t, p.Events())
}
