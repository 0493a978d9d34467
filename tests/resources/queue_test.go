package resources_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

// A producer holds what queue.buffering.max.kbytes says, and a tenth of it for the messages' own structures, when the
// broker does not answer.
func TestMemory_silentBroker(t *testing.T) {
	t.Parallel()
	const queue = 64 * mib
	m, err := kafka.NewMockCluster(1)
	require.NoError(t, err)
	defer m.Close()
	require.NoError(t, m.CreateTopic("t", 1, 1))
	require.NoError(t, m.SetBrokerDown(1))
	var r memoryResult
	measure(t, "queue", memoryJob{Brokers: m.BootstrapServers(), Topic: "t", Seconds: 2, QueueKBytes: queue >> 10}, &r)
	grown := r.Highest - r.Before
	t.Logf("%+v: %d MiB more", r, grown/mib)
	assert.InDelta(t, queue, r.Bytes, queue/20, "the queue takes what it was told to")
	assert.Less(t, grown, int64(queue+queue/10+16*mib), "with 16 MiB for threads, code and the allocator")
	evidence.Record(t, "queue-bound", evidence.Measured("%.0f MiB more at most, with a queue of %d MiB", float64(grown)/mib, queue/mib))
}
