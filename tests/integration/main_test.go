// Package integration tests the drop-in API of package kafka on a real Apache Kafka.
package integration_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

// shared is the broker of all tests that leave it running.
var shared = cluster.NewShared(cluster.Config{})

func TestMain(m *testing.M) {
	if os.Getenv(manyClientsEnv) != "" {
		manyClients()
	}
	flag.Parse()
	// These tests wait for half a minute rather than work: more of them than processors can run at once.
	if !given("test.parallel") {
		if err := flag.Set("test.parallel", "8"); err != nil {
			panic(err) // the flag is package testing's
		}
	}
	os.Exit(shared.Main(m))
}

// given says whether a flag stands on the command line.
func given(name string) bool {
	found := false
	flag.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// unique returns a name for a topic or a group that no other test uses.
func unique(t *testing.T) string {
	return strings.NewReplacer("/", "-", " ", "-").Replace(t.Name())
}

// config returns the settings with the cluster's address among them.
func config(c *cluster.Cluster, settings kafka.ConfigMap) *kafka.ConfigMap {
	settings["bootstrap.servers"] = c.BootstrapServers()
	return &settings
}

// newProducer makes a producer that is closed when the test ends.
func newProducer(t *testing.T, c *cluster.Cluster, settings kafka.ConfigMap) *kafka.Producer {
	t.Helper()
	p, err := kafka.NewProducer(config(c, settings))
	require.NoError(t, err)
	t.Cleanup(p.Close)
	return p
}

// newConsumer makes a consumer that is closed when the test ends, unless the test has closed it.
func newConsumer(t *testing.T, c *cluster.Cluster, settings kafka.ConfigMap) *kafka.Consumer {
	t.Helper()
	cons, err := kafka.NewConsumer(config(c, settings))
	require.NoError(t, err)
	t.Cleanup(func() {
		if !cons.IsClosed() {
			require.NoError(t, cons.Close())
		}
	})
	return cons
}

// produceValues sends the values "0", "1" and so on to a partition, and waits until all are delivered.
func produceValues(t *testing.T, p *kafka.Producer, topic string, partition int32, n int) {
	t.Helper()
	reports := make(chan kafka.Event, n)
	for i := range n {
		err := p.Produce(&kafka.Message{
			TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: partition},
			Value:          fmt.Append(nil, i),
		}, reports)
		require.NoError(t, err)
	}
	for range n {
		select {
		case ev := <-reports:
			m, ok := ev.(*kafka.Message)
			require.True(t, ok, "%T came in place of a report", ev)
			require.NoError(t, m.TopicPartition.Error)
		case <-time.After(30 * time.Second):
			require.FailNow(t, "a delivery report is missing")
		}
	}
}
