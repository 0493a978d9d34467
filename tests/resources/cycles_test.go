package resources_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

// cycle opens a producer, a consumer and an admin client, uses each, and closes them.
func cycle(servers string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	topic := "t"
	p, err := kafka.NewProducer(&kafka.ConfigMap{"bootstrap.servers": servers, "linger.ms": 0})
	if err != nil {
		return err
	}
	defer p.Close()
	report := make(chan kafka.Event, 1)
	at := kafka.TopicPartition{Topic: &topic, Partition: 0}
	if err := p.Produce(&kafka.Message{TopicPartition: at, Value: []byte("x"), Headers: []kafka.Header{{Key: "h", Value: []byte("v")}}}, report); err != nil {
		return err
	}
	select {
	case ev := <-report:
		m, ok := ev.(*kafka.Message)
		if !ok || m.TopicPartition.Error != nil {
			return fmt.Errorf("the report is %v", ev)
		}
		at.Offset = m.TopicPartition.Offset
	case <-ctx.Done():
		return fmt.Errorf("no report: %w", ctx.Err())
	}

	c, err := kafka.NewConsumer(&kafka.ConfigMap{"bootstrap.servers": servers, "group.id": "g", "enable.auto.commit": false})
	if err != nil {
		return err
	}
	if err := c.Assign([]kafka.TopicPartition{at}); err != nil {
		return err
	}
	m, err := c.ReadMessageContext(ctx)
	if err != nil {
		return err
	}
	if string(m.Value) != "x" || len(m.Headers) != 1 {
		return fmt.Errorf("read %v", m)
	}
	if err := c.Close(); err != nil {
		return err
	}

	a, err := kafka.NewAdminClient(&kafka.ConfigMap{"bootstrap.servers": servers})
	if err != nil {
		return err
	}
	defer a.Close()
	_, err = a.ClusterID(ctx)
	return err
}

type cyclesJob struct{ Warm, Cycles int }

type cyclesResult struct{ Before, After usage }

// cycles makes a number of cycles and measures before and after.
func cycles(text json.RawMessage) (any, error) {
	var job cyclesJob
	if err := json.Unmarshal(text, &job); err != nil {
		return nil, err
	}
	m, err := kafka.NewMockCluster(1)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	if err := m.CreateTopic("t", 1, 1); err != nil {
		return nil, err
	}
	times := func(n int) (usage, error) {
		for range n {
			if err := cycle(m.BootstrapServers()); err != nil {
				return usage{}, err
			}
		}
		return settled()
	}
	var r cyclesResult
	if r.Before, err = times(job.Warm); err != nil {
		return nil, err
	}
	r.After, err = times(job.Cycles)
	return r, err
}

// 3,000 clients that come and go, 1,000 of each kind, leave nothing behind.
func TestCycles_leaveNothing(t *testing.T) {
	t.Parallel()
	job := cyclesJob{Warm: 200, Cycles: 1000}
	var r cyclesResult
	measure(t, "cycles", job, &r)
	grown := r.After.RSS - r.Before.RSS
	t.Logf("%+v", r)
	assert.Equal(t, r.Before.Descriptors, r.After.Descriptors, "descriptors")
	assert.InDelta(t, r.Before.Threads, r.After.Threads, 2, "threads: Go's own come late")
	assert.Equal(t, r.Before.Goroutines, r.After.Goroutines, "goroutines")
	assert.Less(t, grown, int64(8*mib), "bytes of RSS: less than 3 KiB a client")
	evidence.Record(t, "cycles", evidence.Measured("%d clients: %+.1f MiB of RSS, %+d descriptors, %+d threads, %+d goroutines",
		3*job.Cycles, float64(grown)/mib, r.After.Descriptors-r.Before.Descriptors, r.After.Threads-r.Before.Threads,
		r.After.Goroutines-r.Before.Goroutines))
}
