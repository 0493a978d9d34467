package integration_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

// place is where a message is in a topic.
type place struct {
	partition int32
	offset    int64
}

// ledger is what a test knows of its messages: a value for each place. It is safe for concurrent use.
type ledger struct {
	mu      sync.Mutex
	name    string
	values  map[place]string
	seen    map[string]int // how often a value came
	last    map[int32]int64
	faults  []string
	changed chan struct{} // closed and replaced at each entry
}

func newLedger(name string) *ledger {
	return &ledger{
		name: name, values: map[place]string{}, seen: map[string]int{}, last: map[int32]int64{},
		changed: make(chan struct{}),
	}
}

// add enters a message. In each partition the offsets must go up, whoever enters them.
func (l *ledger) add(partition int32, offset int64, value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last, ok := l.last[partition]; ok && offset <= last {
		l.faults = append(l.faults, fmt.Sprintf("%s: partition %d: offset %d came after %d", l.name, partition, offset, last))
	}
	l.last[partition] = offset
	l.values[place{partition, offset}] = value
	l.seen[value]++
	close(l.changed)
	l.changed = make(chan struct{})
}

// state returns the number of different values, and a channel that is closed when something is added.
func (l *ledger) state() (int, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.seen), l.changed
}

// await blocks until n different values are in.
func (l *ledger) await(t *testing.T, n int) {
	t.Helper()
	deadline := time.After(90 * time.Second)
	for {
		have, changed := l.state()
		if have >= n {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			require.FailNow(t, "too slow", "%s: %d of %d values after 90 s; %s", l.name, have, n, l.gaps())
		}
	}
}

// gaps says which offsets are missing between the first and the last of each partition.
func (l *ledger) gaps() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := fmt.Sprintf("last offsets %v", l.last)
	for partition, last := range l.last {
		from := int64(-1) // where the gap began
		for offset := int64(0); offset <= last; offset++ {
			_, ok := l.values[place{partition, offset}]
			if !ok && from < 0 {
				from = offset
			}
			if ok && from >= 0 {
				text += fmt.Sprintf(", partition %d lacks %d to %d", partition, from, offset-1)
				from = -1
			}
		}
	}
	return text
}

// count says how many of n values never came, and how many came more than once.
func (l *ledger) count(n int) (lost, twice int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range n {
		switch l.seen[fmt.Sprint(i)] {
		case 0:
			lost++
		case 1:
		default:
			twice++
		}
	}
	return lost, twice
}

// check fails the test unless each of n values came exactly once and in order.
func (l *ledger) check(t *testing.T, n int) {
	t.Helper()
	lost, twice := l.count(n)
	l.mu.Lock()
	defer l.mu.Unlock()
	assert.Zero(t, lost, "%s: lost", l.name)
	assert.Zero(t, twice, "%s: more than once", l.name)
	assert.Len(t, l.seen, n, "%s: values", l.name)
	assert.Empty(t, l.faults, "%s: order", l.name)
}

// reader is a member of the group that writes all it gets into the ledger.
type reader struct {
	consumer *kafka.Consumer
	stop     chan struct{}
	done     chan error
	assigned chan int // the number of partitions at each assignment
}

// startReader starts a member. With poll it calls Poll, else ReadMessage. It ends with close.
func startReader(t *testing.T, c *cluster.Cluster, topic string, l *ledger, poll bool) *reader {
	t.Helper()
	r := &reader{stop: make(chan struct{}), done: make(chan error, 1), assigned: make(chan int, 100)}
	r.consumer = newConsumer(t, c, kafka.ConfigMap{
		"group.id": topic, "auto.offset.reset": "earliest", "auto.commit.interval.ms": 200,
	})
	require.NoError(t, r.consumer.Subscribe(topic, func(_ *kafka.Consumer, ev kafka.Event) error {
		if a, ok := ev.(kafka.AssignedPartitions); ok {
			r.assigned <- len(a.Partitions)
		}
		return nil
	}))
	go func() { r.done <- r.run(l, poll) }()
	return r
}

func (r *reader) run(l *ledger, poll bool) error {
	for {
		select {
		case <-r.stop:
			return nil
		default:
		}
		m, err := r.next(poll)
		if err != nil {
			return err
		}
		if m == nil {
			continue
		}
		if len(m.Headers) != 1 || string(m.Headers[0].Value) != string(m.Value) {
			return fmt.Errorf("%v has the headers %v", m, m.Headers)
		}
		l.add(m.TopicPartition.Partition, int64(m.TopicPartition.Offset), string(m.Value))
	}
}

// next returns a message, nil when none came soon, or an error that is not a broker that is away for a moment.
func (r *reader) next(poll bool) (*kafka.Message, error) {
	var err error
	if poll {
		switch ev := r.consumer.Poll(100).(type) {
		case *kafka.Message:
			return ev, ev.TopicPartition.Error
		case kafka.Error:
			err = ev
		default:
			return nil, nil
		}
	} else {
		var m *kafka.Message
		if m, err = r.consumer.ReadMessage(100 * time.Millisecond); err == nil {
			return m, nil
		}
	}
	if kerr, ok := err.(kafka.Error); ok { //nolint:errorlint // the drop-in API promises the value itself
		switch kerr.Code() {
		case kafka.ErrTimedOut, kafka.ErrTransport, kafka.ErrAllBrokersDown:
			return nil, nil
		default:
		}
	}
	return nil, err
}

// close is leave, which must succeed.
func (r *reader) close(t *testing.T) {
	t.Helper()
	require.NoError(t, r.leave())
}

// leave ends the reading and leaves the group.
func (r *reader) leave() error {
	close(r.stop)
	return errors.Join(<-r.done, r.consumer.Close())
}

// awaitPartitions blocks until the reader was assigned n partitions at once.
func (r *reader) awaitPartitions(t *testing.T, n int) {
	t.Helper()
	deadline := time.After(60 * time.Second)
	for {
		select {
		case got := <-r.assigned:
			if got == n {
				return
			}
		case err := <-r.done:
			require.FailNow(t, "the reader ended", "%v", err)
		case <-deadline:
			require.FailNow(t, "no assignment", "%d partitions were not assigned within 60 s", n)
		}
	}
}

// 100,000 messages through a group of two, with rebalances and a restart of the broker in between: none lost, none
// twice, in order. Kafka's own consumer confirms what was written.
func TestLedger_rebalanceAndBrokerRestart(t *testing.T) {
	t.Parallel()
	const total, partitions = 100_000, 6
	c := cluster.New(t, cluster.Config{Properties: cluster.FastFaults()})
	topic := "ledger"
	require.NoError(t, c.CreateTopic(t.Context(), topic, partitions, 1))

	delivered, consumed := newLedger("delivered"), newLedger("consumed")
	p := newProducer(t, c, kafka.ConfigMap{"enable.idempotence": true, "linger.ms": 5})
	reports := make(chan error, 1)
	go func() { reports <- readReports(p, delivered, total) }()
	sent := 0
	// send produces up to the message with the number n.
	send := func(n int) {
		t.Helper()
		for ; sent < n; sent++ {
			value := fmt.Append(nil, sent)
			require.NoError(t, p.Produce(&kafka.Message{
				TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: kafka.PartitionAny},
				Key:            fmt.Appendf(nil, "key-%d", sent%1000),
				Value:          value,
				Headers:        []kafka.Header{{Key: "value", Value: value}},
			}, nil))
		}
	}

	first := startReader(t, c, topic, consumed, false)
	first.awaitPartitions(t, partitions)
	send(30_000)
	consumed.await(t, 10_000)

	// A second member joins while messages flow.
	second := startReader(t, c, topic, consumed, true)
	second.awaitPartitions(t, partitions/2)
	send(50_000)
	consumed.await(t, 40_000)

	// The broker restarts while messages are on their way in both directions.
	restarted := make(chan error, 1)
	go func() { restarted <- c.Broker(1).Restart(t.Context()) }()
	send(80_000)
	require.NoError(t, <-restarted)
	consumed.await(t, 70_000)

	// The first member leaves, the second gets everything.
	send(90_000)
	first.close(t)
	second.awaitPartitions(t, partitions)
	send(total)
	consumed.await(t, total)
	require.NoError(t, <-reports)
	second.close(t)

	delivered.check(t, total)
	consumed.check(t, total)
	assert.Equal(t, delivered.values, consumed.values, "what was reported delivered is what was read, at the same offsets")

	records, err := c.Read(t.Context(), cluster.Query{Topic: topic})
	require.NoError(t, err)
	witness := newLedger("Kafka's console consumer")
	for _, r := range records {
		witness.add(r.Partition, r.Offset, string(r.Value))
		assert.Equal(t, []cluster.Header{{Key: "value", Value: r.Value}}, r.Headers)
		var n int
		_, err := fmt.Sscan(string(r.Value), &n)
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprintf("key-%d", n%1000), string(r.Key))
	}
	witness.check(t, total)
	assert.Equal(t, witness.values, consumed.values)

	offsets, err := c.GroupOffsets(t.Context(), topic)
	require.NoError(t, err)
	require.Len(t, offsets, partitions)
	for _, o := range offsets {
		assert.Zero(t, o.Lag, "partition %d: all that was read is committed", o.Partition)
		assert.Equal(t, o.End, o.Committed)
	}
}

// readReports enters n delivery reports into the ledger.
func readReports(p *kafka.Producer, l *ledger, n int) error {
	deadline := time.After(3 * time.Minute)
	for got := 0; got < n; {
		select {
		case ev := <-p.Events():
			m, ok := ev.(*kafka.Message)
			if !ok {
				continue // the broker is away for a moment
			}
			if m.TopicPartition.Error != nil {
				return fmt.Errorf("%v: %w", m, m.TopicPartition.Error)
			}
			got++
			l.add(m.TopicPartition.Partition, int64(m.TopicPartition.Offset), string(m.Value))
		case <-deadline:
			return fmt.Errorf("%d of %d messages were reported within 3 minutes", got, n)
		}
	}
	return nil
}
