package resources_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

// watch measures the highest RSS until stop is closed.
func watch(stop <-chan struct{}) (highest func() (int64, error)) {
	var done sync.WaitGroup
	var top int64
	var failed error
	done.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				n, err := residentBytes()
				top, failed = max(top, n), errors.Join(failed, err)
			}
		}
	})
	return func() (int64, error) {
		done.Wait()
		return top, failed
	}
}

type memoryJob struct {
	Brokers, Topic string
	Seconds        int
	QueueKBytes    int
}

type memoryResult struct {
	Before, Highest int64
	Messages, Bytes int64
}

// prefetch reads a message each 10 ms for a while and measures the memory.
func prefetch(text json.RawMessage) (any, error) {
	var job memoryJob
	if err := json.Unmarshal(text, &job); err != nil {
		return nil, err
	}
	before, err := used()
	if err != nil {
		return nil, err
	}
	c, err := kafka.NewConsumer(&kafka.ConfigMap{
		"bootstrap.servers": job.Brokers, "group.id": job.Topic, "auto.offset.reset": "earliest",
		"queued.max.messages.kbytes": job.QueueKBytes, "fetch.max.bytes": 8 * mib, "enable.auto.commit": false,
	})
	if err != nil {
		return nil, err
	}
	if err := c.Subscribe(job.Topic, nil); err != nil {
		return nil, err
	}
	r := memoryResult{Before: before.RSS}
	stop := make(chan struct{})
	highest := watch(stop)
	var end time.Time // from the first message on
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end.IsZero() || time.Now().Before(end) {
		m, err := c.ReadMessage(30 * time.Second)
		if err != nil {
			return nil, err
		}
		if end.IsZero() {
			end = time.Now().Add(time.Duration(job.Seconds) * time.Second)
		}
		r.Messages++
		r.Bytes += int64(len(m.Value))
		<-tick.C
	}
	close(stop)
	if r.Highest, err = highest(); err != nil {
		return nil, err
	}
	return r, c.Close()
}

// fillQueue produces to a broker that does not answer until the queue is full, and measures the memory.
func fillQueue(text json.RawMessage) (any, error) {
	var job memoryJob
	if err := json.Unmarshal(text, &job); err != nil {
		return nil, err
	}
	before, err := used()
	if err != nil {
		return nil, err
	}
	p, err := kafka.NewProducer(&kafka.ConfigMap{
		"bootstrap.servers": job.Brokers, "queue.buffering.max.kbytes": job.QueueKBytes, "queue.buffering.max.messages": 0,
	})
	if err != nil {
		return nil, err
	}
	defer p.Close()
	r := memoryResult{Before: before.RSS}
	stop := make(chan struct{})
	highest := watch(stop)
	value := make([]byte, 10_000)
	full := time.Time{}
	for full.IsZero() || time.Since(full) < time.Duration(job.Seconds)*time.Second {
		err := p.Produce(&kafka.Message{TopicPartition: kafka.TopicPartition{Topic: &job.Topic, Partition: 0}, Value: value}, nil)
		switch {
		case err == nil:
			r.Messages++
			r.Bytes += int64(len(value))
		case errors.Is(err, kafka.ErrQueueFull):
			if full.IsZero() {
				full = time.Now()
			}
			<-time.After(time.Millisecond)
		default:
			return nil, err
		}
		if r.Bytes > 4*int64(job.QueueKBytes)<<10 {
			return nil, fmt.Errorf("the queue takes %d bytes", r.Bytes)
		}
	}
	close(stop)
	r.Highest, err = highest()
	return r, err
}

// A consumer holds what queued.max.messages.kbytes says, one answer to a fetch beyond it, and 4 MiB of its own, however
// slow the application is.
func TestMemory_slowReader(t *testing.T) {
	t.Parallel()
	const queue, fetch, own = 32 * mib, 8 * mib, 4 * mib
	const messages, size = 100_000, 10_000
	c := shared.Get(t)
	topic := "backlog"
	require.NoError(t, c.CreateTopic(t.Context(), topic, 4, 1))
	p, err := kafka.NewProducer(&kafka.ConfigMap{"bootstrap.servers": c.BootstrapServers(), "linger.ms": 20, "acks": 1})
	require.NoError(t, err)
	defer p.Close()
	batch := make([]kafka.Message, 1000)
	for i := range batch {
		batch[i] = kafka.Message{TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: int32(i % 4)}, Value: make([]byte, size)}
	}
	deliveries := p.Deliveries()
	delivered := make(chan int)
	go func() {
		n := 0
		for n < messages {
			for _, d := range <-deliveries {
				if d.Error == nil {
					n++
				}
			}
		}
		delivered <- n
	}()
	for range messages / len(batch) {
		_, err := p.ProduceBatch(t.Context(), batch)
		require.NoError(t, err)
	}
	select {
	case <-delivered:
	case <-time.After(2 * time.Minute):
		require.FailNow(t, "the backlog is not written")
	}

	var r memoryResult
	measure(t, "prefetch", memoryJob{Brokers: c.BootstrapServers(), Topic: topic, Seconds: 10, QueueKBytes: queue >> 10}, &r)
	grown := r.Highest - r.Before
	t.Logf("%+v: %d MiB more", r, grown/mib)
	assert.Less(t, r.Messages, int64(2000), "the reader is slow")
	assert.Less(t, grown, int64(queue+fetch+own+16*mib), "with 16 MiB for threads, code and the allocator")
	assert.Greater(t, grown, int64(queue/2), "it does fetch ahead")
	evidence.Record(t, "prefetch-bound", evidence.Measured("%.0f MiB more at most, with a queue of %d MiB and %d MB to read",
		float64(grown)/mib, queue/mib, messages*size/1_000_000))
}
