package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// result is what the tests read of --json.
type result struct {
	Mock        bool
	Lines       int
	Messages    int64
	Bytes       int64
	P50         float64 `json:"latency_p50_ms"`
	P99         float64 `json:"latency_p99_ms"`
	CPU         float64 `json:"cpu_us_per_message"`
	Lost        int64
	Duplicated  int64
	Disordered  int64 `json:"out_of_order"`
	Corrupt     int64
	Foreign     int64
	Interrupted bool
}

func parse(t *testing.T, out string) result {
	t.Helper()
	var r result
	require.NoError(t, json.Unmarshal([]byte(out), &r), "%s", out)
	return r
}

func TestDemo_mock(t *testing.T) {
	t.Parallel()
	input := filepath.Join(t.TempDir(), "input")
	require.NoError(t, os.WriteFile(input, []byte("one\n\nthree\n"), 0o644))
	r := parse(t, ok(t, "", "demo", "--messages", "100000", "--json", input))
	assert.Positive(t, r.P50)
	assert.GreaterOrEqual(t, r.P99, r.P50)
	assert.Positive(t, r.CPU)
	r.P50, r.P99, r.CPU = 0, 0, 0
	// Keys are the input's name and the number of the line; values have 8/3 bytes
	// in the mean; the headers have 40 with their names.
	rounds, rest := int64(100000/3), int64(len(input)+2+3)
	assert.Equal(t, result{
		Mock: true, Lines: 3, Messages: 100000, Bytes: 100000*41 + rounds*(3*int64(len(input)+2)+8) + rest,
	}, r)
}

func TestDemo_table(t *testing.T) {
	t.Parallel()
	cmd := command(t, "demo", "--messages", "1000") // the text of the clone
	out, err := cmd.Output()
	require.NoError(t, err, "%s", stderrOf(err))
	got := regexp.MustCompile(`[1-9][\d,]*(\.\d+)?|0\.\d+`).ReplaceAllString(string(out), "N")
	golden(t, "demo-table", got)
}

func TestDemo_noClone(t *testing.T) {
	t.Parallel()
	cmd := command(t, "demo")
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	assert.Equal(t, 2, status(t, err))
	assert.Contains(t, string(out), "no input: name files of text")
}

func TestDemo_twiceOnOneCluster(t *testing.T) {
	t.Parallel()
	_, b := mock(t, "--brokers", "2", "--topic", "rdk-demo:3")
	// The second run begins where the first one has ended.
	for range 2 {
		cmd := command(t, "demo", "-n", "5000", "--json", "--partitions", "3", "demo_test.go")
		cmd.Env = append(cmd.Env, "BROKERS="+b)
		out, err := cmd.Output()
		require.NoError(t, err, "%s", stderrOf(err))
		r := parse(t, string(out))
		assert.False(t, r.Mock)
		assert.EqualValues(t, 5000, r.Messages)
		assert.Zero(t, r.Foreign)
	}
	o := rdk(t, "", "demo", "-b", b, "--partitions", "4", "demo_test.go")
	assert.Equal(t, 2, o.status)
	assert.Contains(t, o.stderr, `--partitions 4: topic "rdk-demo" exists and has 3`)
}

func stderrOf(err error) string {
	if exit, ok := err.(*exec.ExitError); ok { //nolint:errorlint // exec returns nothing else
		return string(exit.Stderr)
	}
	return ""
}

func TestDemo_topicCannotBeMade(t *testing.T) {
	t.Parallel()
	_, b := mock(t) // it creates topics on first use only
	o := rdk(t, "", "demo", "-b", b, "demo_test.go")
	assert.Equal(t, 1, o.status)
	assert.Regexp(t, `^rdk demo: topic "rdk-demo" does not exist and could not be created: .+: `+
		`create it with 12 partitions, or name another by --topic\n$`, o.stderr)
}

func TestDemo_brokersGoDown(t *testing.T) {
	t.Parallel()
	m, b := mock(t, "--topic", "rdk-demo:3")
	p := start(t, "demo", "-b", b, "-n", "100000000", "--json", "-X", "message.timeout.ms=1000", "demo_test.go")
	awaitMessages(t, b)
	require.NoError(t, m.cmd.Process.Kill())
	code, out := p.wait()
	assert.Equal(t, 1, code)
	assert.Contains(t, p.stderr.String(), "rdk demo: a message was not delivered (")
	assert.Positive(t, parse(t, out).Lost)
}

func TestDemo_interrupted(t *testing.T) {
	t.Parallel()
	_, b := mock(t, "--topic", "rdk-demo:3")
	p := start(t, "demo", "-b", b, "-n", "100000000", "--json", "demo_test.go")
	awaitMessages(t, b)
	p.signal(os.Interrupt)
	code, out := p.wait()
	assert.Equal(t, 130, code)
	assert.Empty(t, p.stderr.String())
	r := parse(t, out)
	assert.True(t, r.Interrupted)
	assert.Positive(t, r.Messages)
	assert.Zero(t, r.Lost+r.Duplicated+r.Disordered+r.Corrupt)
}

// awaitMessages waits until the demo has produced on a cluster.
func awaitMessages(t *testing.T, brokers string) {
	t.Helper()
	require.Eventually(t, func() bool {
		o := rdk(t, "", "consume", "-b", brokers, "-t", "rdk-demo", "-c", "1")
		return o.status == 0 && strings.Count(o.stdout, "\n") == 1
	}, limit, 50*time.Millisecond)
}
