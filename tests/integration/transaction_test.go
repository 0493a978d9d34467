package integration_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

// produceTransactions writes n records to the topic's partitions in several transactions, with Kafka's own producer.
// The last thing in a partition is the marker of the last commit.
func produceTransactions(t *testing.T, c *cluster.Cluster, topic string, n int) {
	t.Helper()
	_, err := c.Tool(t.Context(), cluster.ProducerPerformance, "--topic", topic, "--num-records", strconv.Itoa(n),
		"--record-size", "20", "--throughput", strconv.Itoa(n), "--transactional-id", topic,
		// The producer turns to another partition with each batch: small ones leave none empty.
		"--transaction-duration-ms", "100", "--command-property", "batch.size=500")
	require.NoError(t, err)
}

// assertNoLag checks with Kafka's tool that the group has committed the end of every partition.
func assertNoLag(t *testing.T, c *cluster.Cluster, group string, partitions int) {
	t.Helper()
	offsets, err := c.GroupOffsets(t.Context(), group)
	require.NoError(t, err)
	assert.Len(t, offsets, partitions)
	for _, o := range offsets {
		assert.Equal(t, o.End, o.Committed, "partition %d", o.Partition)
		assert.Zero(t, o.Lag, "partition %d", o.Partition)
	}
}

// A transactional topic that was read to its end has no lag, although the partitions end with markers that no
// application gets.
func TestTransactions_readToTheEndLeavesNoLag(t *testing.T) {
	t.Parallel()
	const n, partitions = 1000, 2
	settings := func(group string) kafka.ConfigMap {
		return kafka.ConfigMap{
			"group.id": group, "auto.offset.reset": "earliest", "isolation.level": "read_committed",
			"enable.partition.eof": true,
		}
	}
	// setUp returns a topic with transactions and the number of offsets that its markers take.
	setUp := func(t *testing.T, c *cluster.Cluster) string {
		topic := unique(t)
		require.NoError(t, c.CreateTopic(t.Context(), topic, partitions, 1))
		produceTransactions(t, c, topic, n)
		ends, err := c.Offsets(t.Context(), topic, cluster.Latest)
		require.NoError(t, err)
		assert.Greater(t, ends[0]+ends[1], int64(n+2*partitions), "several transactions left markers")
		return topic
	}
	// readToEnd reads all n messages and then to the end of every partition.
	readToEnd := func(t *testing.T, cons *kafka.Consumer, topic string) {
		require.NoError(t, cons.Subscribe(topic, nil))
		got, atEnd := 0, map[int32]bool{}
		deadline := time.Now().Add(60 * time.Second)
		for got < n || len(atEnd) < partitions {
			require.True(t, time.Now().Before(deadline), "%d messages and %d ends after 60 s", got, len(atEnd))
			switch ev := cons.Poll(1000).(type) {
			case *kafka.Message:
				require.NoError(t, ev.TopicPartition.Error)
				got++
			case kafka.PartitionEOF:
				atEnd[ev.Partition] = true
			case kafka.Error:
				require.NoError(t, ev)
			}
		}
		assert.Equal(t, n, got)
	}

	t.Run("Commit", func(t *testing.T) {
		t.Parallel()
		c := shared.Get(t)
		topic := setUp(t, c)
		s := settings(topic)
		s["enable.auto.commit"] = false
		cons := newConsumer(t, c, s)
		readToEnd(t, cons, topic)
		_, err := cons.Commit()
		require.NoError(t, err)
		assertNoLag(t, c, topic, partitions)
	})
	t.Run("automatic commit at Close", func(t *testing.T) {
		t.Parallel()
		c := shared.Get(t)
		topic := setUp(t, c)
		s := settings(topic)
		s["auto.commit.interval.ms"] = 3_600_000
		cons := newConsumer(t, c, s)
		readToEnd(t, cons, topic)
		require.NoError(t, cons.Close())
		assertNoLag(t, c, topic, partitions)
	})
	t.Run("automatic commit while idle", func(t *testing.T) {
		t.Parallel()
		c := shared.Get(t)
		topic := setUp(t, c)
		s := settings(topic)
		s["auto.commit.interval.ms"] = 200
		cons := newConsumer(t, c, s)
		readToEnd(t, cons, topic)
		// The application waits for more, as it would. What must be seen comes from Kafka.
		stop, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			for {
				select {
				case <-stop:
					return
				default:
					cons.Poll(100)
				}
			}
		}()
		defer func() { close(stop); <-done }()
		require.EventuallyWithT(t, func(ct *assert.CollectT) {
			offsets, err := c.GroupOffsets(t.Context(), topic)
			require.NoError(ct, err)
			require.Len(ct, offsets, partitions)
			for _, o := range offsets {
				assert.Zero(ct, o.Lag)
			}
		}, 20*time.Second, 200*time.Millisecond)
	})
}
