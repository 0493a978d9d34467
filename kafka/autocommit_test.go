package kafka_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// Guards replies.resolve: the event of librdkafka's own commit carries an opaque, too, and yet belongs to no call.
func TestConsumer_automaticCommitIsAnEvent(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	topic := "t"
	p := newProducer(t, kafka.ConfigMap{"bootstrap.servers": m.BootstrapServers()})
	tp := kafka.TopicPartition{Topic: &topic}
	require.NoError(t, p.Produce(&kafka.Message{TopicPartition: tp}, make(chan kafka.Event, 1)))
	require.Zero(t, p.Flush(10_000))
	c := newConsumer(t, kafka.ConfigMap{
		"bootstrap.servers": m.BootstrapServers(), "group.id": "g", "auto.offset.reset": "earliest",
		"auto.commit.interval.ms": 100,
	})
	require.NoError(t, c.Assign([]kafka.TopicPartition{tp}))
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		if ev, ok := c.Poll(100).(kafka.OffsetsCommitted); ok {
			require.NoError(t, ev.Error)
			require.Len(t, ev.Offsets, 1)
			assert.Equal(t, kafka.Offset(1), ev.Offsets[0].Offset)
			return
		}
	}
	t.Error("no OffsetsCommitted came")
}
