package kafka_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// newMock returns a mock cluster of three brokers.
func newMock(t *testing.T) *kafka.MockCluster {
	t.Helper()
	m, err := kafka.NewMockCluster(3)
	require.NoError(t, err)
	t.Cleanup(m.Close)
	return m
}

func newProducer(t *testing.T, conf kafka.ConfigMap) *kafka.Producer {
	t.Helper()
	p, err := kafka.NewProducer(&conf)
	require.NoError(t, err)
	t.Cleanup(p.Close)
	return p
}

func newConsumer(t *testing.T, conf kafka.ConfigMap) *kafka.Consumer {
	t.Helper()
	c, err := kafka.NewConsumer(&conf)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestFlow_produceAndConsume(t *testing.T) {
	const n = 20000
	mock := newMock(t)
	require.NoError(t, mock.CreateTopic("t", 4, 3))
	p := newProducer(t, kafka.ConfigMap{"bootstrap.servers": mock.BootstrapServers()})
	topic := "t"
	go func() {
		for i := range n {
			err := p.ProduceContext(context.Background(), &kafka.Message{
				TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: kafka.PartitionAny},
				Key:            []byte(fmt.Sprint(i)), Value: []byte(fmt.Sprintf("value %d", i)),
				Headers: []kafka.Header{{Key: "h", Value: []byte("x")}},
				Opaque:  i,
			}, nil)
			if err != nil {
				t.Error(err)
				return
			}
		}
	}()
	seen := map[int]bool{}
	for range n {
		m := (<-p.Events()).(*kafka.Message)
		require.NoError(t, m.TopicPartition.Error)
		require.Equal(t, fmt.Sprint(m.Opaque), string(m.Key))
		seen[m.Opaque.(int)] = true
	}
	require.Len(t, seen, n)
	require.Zero(t, p.Flush(1000))

	c := newConsumer(t, kafka.ConfigMap{
		"bootstrap.servers": mock.BootstrapServers(), "group.id": "g", "auto.offset.reset": "earliest",
	})
	require.NoError(t, c.Subscribe("t", nil))
	got := map[string]bool{}
	deadline := time.Now().Add(30 * time.Second)
	for len(got) < n && time.Now().Before(deadline) {
		m, err := c.ReadMessage(time.Second)
		if err != nil {
			t.Log(err)
			continue
		}
		require.Equal(t, "value "+string(m.Key), string(m.Value))
		require.Equal(t, []kafka.Header{{Key: "h", Value: []byte("x")}}, m.Headers)
		require.False(t, got[string(m.Key)], "twice")
		got[string(m.Key)] = true
	}
	require.Len(t, got, n)
	_, err := c.Commit()
	require.NoError(t, err)
	require.NoError(t, c.Close())
}

// What the consumer had fetched and the application did not get must come again
// in the next life of the group: closing stores the application's position, not
// librdkafka's.
func TestFlow_closeCommitsOnlyWhatWasRead(t *testing.T) {
	const n, read = 1000, 10
	mock := newMock(t)
	require.NoError(t, mock.CreateTopic("t", 1, 1))
	p := newProducer(t, kafka.ConfigMap{"bootstrap.servers": mock.BootstrapServers()})
	topic := "t"
	for i := range n {
		require.NoError(t, p.Produce(&kafka.Message{
			TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: 0}, Value: []byte(fmt.Sprint(i)),
		}, nil))
	}
	require.NoError(t, p.FlushContext(t.Context()))

	conf := kafka.ConfigMap{
		"bootstrap.servers": mock.BootstrapServers(), "group.id": "g", "auto.offset.reset": "earliest",
	}
	c := newConsumer(t, conf)
	require.NoError(t, c.Subscribe("t", nil))
	for i := range read {
		m, err := c.ReadMessage(20 * time.Second)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(i), string(m.Value))
	}
	require.NoError(t, c.Close())

	committed, err := newConsumer(t, conf).Committed([]kafka.TopicPartition{{Topic: &topic}}, 10000)
	require.NoError(t, err)
	require.NoError(t, committed[0].Error)
	require.Equal(t, kafka.Offset(read), committed[0].Offset)
}
