package cbase_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/tests/cbase"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

func TestBuild_isCached(t *testing.T) {
	t.Parallel()
	first, err := cbase.Build(t.Context())
	require.NoError(t, err)
	assert.FileExists(t, first)
	second, err := cbase.Build(t.Context())
	require.NoError(t, err)
	assert.Equal(t, first, second)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = cbase.Build(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

// result is what the program prints.
type result struct {
	Mode      string
	Messages  int64
	Bytes     int64
	CPU       float64 `json:"cpu_us_per_message"`
	PerSecond float64 `json:"wall_messages_per_second"`
	PeakRSS   int64   `json:"peak_rss_bytes"`
	Clients   int
	Threads   int
}

func runProgram(t *testing.T, args ...string) result {
	t.Helper()
	program, err := cbase.Build(t.Context())
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	var r result
	require.NoError(t, json.Unmarshal(out, &r), "%s", out)
	return r
}

func TestProgram(t *testing.T) {
	t.Parallel()
	c := cluster.New(t, cluster.Config{})
	require.NoError(t, c.CreateTopic(t.Context(), "base", 4, 0))
	broker := "bootstrap.servers=" + c.BootstrapServers()

	r := runProgram(t, "produce", "base", "20000", "100", broker)
	assert.Equal(t, int64(20000), r.Messages)
	assert.Equal(t, int64(2000000), r.Bytes)
	assert.Positive(t, r.CPU)
	ends, err := c.Offsets(t.Context(), "base", cluster.Latest)
	require.NoError(t, err)
	assert.Equal(t, int64(20000), ends[0]+ends[1]+ends[2]+ends[3])

	r = runProgram(t, "consume", "base", "20000", broker, "group.id=base")
	assert.Equal(t, int64(20000), r.Messages)
	assert.Equal(t, int64(2000000), r.Bytes)
	assert.Positive(t, r.PerSecond)
	assert.Greater(t, r.PeakRSS, int64(1<<20))

	// Each further client of one kind has the same number of threads.
	for kind, settings := range map[string][]string{
		"producer": nil,
		"consumer": {"group.id=base", "enable.partition.eof=true"},
	} {
		count := func(n string) int {
			return runProgram(t, append([]string{"threads", kind, n, broker, "topic=base"}, settings...)...).Threads
		}
		one, three, five := count("1"), count("3"), count("5")
		assert.Equal(t, three-one, five-three, "%s: %d, %d and %d threads", kind, one, three, five)
		assert.GreaterOrEqual(t, three-one, 4, "main and broker thread for each client")
	}
}
