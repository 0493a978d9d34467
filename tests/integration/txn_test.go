package integration_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

// newTransactional makes a producer that is ready for its first transaction. Its reports are read and dropped.
func newTransactional(t *testing.T, c *cluster.Cluster, id string) *kafka.Producer {
	t.Helper()
	p := newProducer(t, c, kafka.ConfigMap{"transactional.id": id})
	go func() { // ends when the producer is closed
		for range p.Events() {
		}
	}()
	require.NoError(t, p.InitTransactions(within(t, 30*time.Second)))
	return p
}

// within returns a context that ends with the test, or after d.
func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// transact sends n values in a transaction, each with the prefix, and leaves it open.
func transact(t *testing.T, p *kafka.Producer, topic, prefix string, n int) {
	t.Helper()
	require.NoError(t, p.BeginTransaction())
	for i := range n {
		require.NoError(t, p.Produce(&kafka.Message{
			TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: 0},
			Value:          fmt.Appendf(nil, "%s%d", prefix, i),
		}, nil))
	}
}

// readAll reads a one-partition topic to its end.
func readAll(t *testing.T, c *cluster.Cluster, topic, isolation string) []string {
	t.Helper()
	cons := newConsumer(t, c, kafka.ConfigMap{
		"group.id": unique(t) + isolation, "isolation.level": isolation, "enable.partition.eof": true,
	})
	require.NoError(t, cons.Assign([]kafka.TopicPartition{{Topic: &topic, Offset: kafka.OffsetBeginning}}))
	var values []string
	for {
		switch ev := cons.Poll(20_000).(type) {
		case *kafka.Message:
			values = append(values, string(ev.Value))
		case kafka.PartitionEOF:
			return values
		case kafka.Error:
			require.NoError(t, ev)
		case nil:
			require.FailNow(t, "the end of the partition does not come")
		}
	}
}

func TestTransactions_commitAndAbort(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	topic := unique(t)
	require.NoError(t, c.CreateTopic(t.Context(), topic, 1, 1))
	p := newTransactional(t, c, topic)

	transact(t, p, topic, "kept ", 3)
	require.NoError(t, p.CommitTransaction(within(t, 30*time.Second)))
	transact(t, p, topic, "dropped ", 3)
	require.NoError(t, p.FlushContext(within(t, 30*time.Second)), "else an abort purges what was not sent")
	require.NoError(t, p.AbortTransaction(within(t, 30*time.Second)))
	transact(t, p, topic, "kept too ", 1)
	require.NoError(t, p.CommitTransaction(context.Background()))

	assert.Equal(t, []string{"kept 0", "kept 1", "kept 2", "kept too 0"}, readAll(t, c, topic, "read_committed"))
	assert.Equal(t, []string{
		"kept 0", "kept 1", "kept 2", "dropped 0", "dropped 1", "dropped 2", "kept too 0",
	}, readAll(t, c, topic, "read_uncommitted"))
}

// A second producer with the same transactional.id makes the first one's error fatal.
func TestTransactions_fencing(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	topic := unique(t)
	require.NoError(t, c.CreateTopic(t.Context(), topic, 1, 1))
	first := newTransactional(t, c, topic)
	transact(t, first, topic, "first ", 1)
	require.NoError(t, first.FlushContext(within(t, 30*time.Second)))

	second := newTransactional(t, c, topic)
	transact(t, second, topic, "second ", 1)
	require.NoError(t, second.CommitTransaction(within(t, 30*time.Second)))

	err := first.CommitTransaction(within(t, 30*time.Second))
	require.Error(t, err)
	var fatal kafka.FatalError
	require.ErrorAs(t, err, &fatal)
	assert.ErrorIs(t, err, kafka.ErrFenced)
	require.Error(t, first.GetFatalError())
	assert.Equal(t, []string{"second 0"}, readAll(t, c, topic, "read_committed"))
}

// The offsets of the input are part of the transaction that holds the output.
func TestTransactions_consumeTransformProduce(t *testing.T) {
	t.Parallel()
	const n = 100
	c := shared.Get(t)
	in, out := unique(t)+"-in", unique(t)+"-out"
	require.NoError(t, c.CreateTopic(t.Context(), in, 1, 1))
	require.NoError(t, c.CreateTopic(t.Context(), out, 1, 1))
	produceValues(t, newProducer(t, c, kafka.ConfigMap{}), in, 0, n)

	p := newTransactional(t, c, out)
	cons := newConsumer(t, c, kafka.ConfigMap{
		"group.id": out, "auto.offset.reset": "earliest", "enable.auto.commit": false,
	})
	require.NoError(t, cons.Subscribe(in, nil))
	var want []string
	for len(want) < n {
		require.NoError(t, p.BeginTransaction())
		for range 10 {
			m, err := cons.ReadMessage(30 * time.Second)
			require.NoError(t, err)
			want = append(want, "out "+string(m.Value))
			require.NoError(t, p.Produce(&kafka.Message{
				TopicPartition: kafka.TopicPartition{Topic: &out, Partition: 0}, Value: []byte(want[len(want)-1]),
			}, nil))
		}
		position, err := cons.Position([]kafka.TopicPartition{{Topic: &in}})
		require.NoError(t, err)
		assert.Equal(t, kafka.Offset(len(want)), position[0].Offset)
		group, err := cons.GetConsumerGroupMetadata()
		require.NoError(t, err)
		require.NoError(t, p.SendOffsetsToTransaction(within(t, 30*time.Second), position, group))
		require.NoError(t, p.CommitTransaction(within(t, 30*time.Second)))
		committed, err := cons.Committed([]kafka.TopicPartition{{Topic: &in}}, 10_000)
		require.NoError(t, err)
		assert.Equal(t, kafka.Offset(len(want)), committed[0].Offset)
	}
	assert.Equal(t, want, readAll(t, c, out, "read_committed"))
}

// The end of a context is seen at once, and the same call made again has the outcome.
func TestTransactions_contexts(t *testing.T) {
	t.Parallel()
	c, err := cluster.Start(t.Context(), cluster.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, c.Close()) })
	topic := unique(t)
	require.NoError(t, c.CreateTopic(t.Context(), topic, 1, 1))
	p := newTransactional(t, c, topic)
	transact(t, p, topic, "v", 1)
	require.NoError(t, p.FlushContext(within(t, 30*time.Second)))

	require.NoError(t, c.Brokers()[0].Pause())
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	start := time.Now()
	err = p.CommitTransaction(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.Less(t, time.Since(start), 700*time.Millisecond)

	err = p.CommitTransaction(within(t, 50*time.Millisecond))
	var kerr kafka.Error
	require.True(t, errors.As(err, &kerr), "%v", err)
	assert.Equal(t, kafka.ErrTimedOut, kerr.Code())
	assert.True(t, kerr.IsRetriable())

	require.NoError(t, c.Brokers()[0].Continue())
	require.NoError(t, p.CommitTransaction(within(t, 30*time.Second)))
	assert.Equal(t, []string{"v0"}, readAll(t, c, topic, "read_committed"))
}

func TestTransactions_notConfigured(t *testing.T) {
	t.Parallel()
	p := newProducer(t, shared.Get(t), kafka.ConfigMap{})
	err := p.InitTransactions(nil) //nolint:staticcheck // a nil context is no end, as in confluent-kafka-go
	assert.ErrorIs(t, err, kafka.ErrNotConfigured)
	assert.ErrorIs(t, p.SendOffsetsToTransaction(t.Context(), nil, nil), kafka.ErrInvalidArg)
}
