package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	assert.InDelta(t, 3, median([]float64{9, 1, 3}), 0)
	assert.InDelta(t, 2, median([]float64{9, 1, 3, 1}), 0)
	assert.InDelta(t, 7, median([]float64{7}), 0)
}

func TestJudge(t *testing.T) {
	t.Parallel()
	b := &bench{
		rounds: 1, messages: 10, size: 100,
		programs: []string{ours, confluent},
		paths:    []string{"produce", "poll"},
		settings: map[string][]string{"produce": {"linger.ms=50"}},
		results: []result{
			{Program: ours, Mode: "produce", CPUPerMessage: 0.5},
			{Program: confluent, Mode: "produce", CPUPerMessage: 1},
			{Program: ours, Mode: "poll", CPUPerMessage: 0.6, Library: "librdkafka 1.2.3"},
			{Program: confluent, Mode: "poll", CPUPerMessage: 1},
		},
	}
	var table strings.Builder
	require.NoError(t, b.judge(&table, 0.6))
	for _, want := range []string{"0.50", "0.60", "linger.ms=50"} {
		assert.Contains(t, table.String(), want)
	}
	require.EqualError(t, b.judge(&table, 0.5), "poll: 0.600 of confluent-kafka-go's CPU time per message; at most 0.500 is asked for")
	require.NoError(t, b.judge(&table, 0))
	b.programs = []string{ours}
	require.ErrorContains(t, b.judge(&table, 0.5), "-max-ratio needs both")
}

// The peer's program differs from ours in one line.
func TestWriteOverlay_exchangesOneImport(t *testing.T) {
	t.Chdir("..")
	overlay, err := writeOverlay(t.TempDir(), confluentImport, filepath.Join("bench", "peer-confluent", "client"))
	require.NoError(t, err)
	text, err := os.ReadFile(overlay)
	require.NoError(t, err)
	var parsed struct{ Replace map[string]string }
	require.NoError(t, json.Unmarshal(text, &parsed))
	abs, err := filepath.Abs(filepath.Join("bench", "peer-confluent", "client", "main.go"))
	require.NoError(t, err)
	peer, err := os.ReadFile(parsed.Replace[abs])
	require.NoError(t, err)
	mine, err := os.ReadFile(filepath.Join("bench", "client", "main.go"))
	require.NoError(t, err)
	theirs, my := strings.Split(string(peer), "\n"), strings.Split(string(mine), "\n")
	require.Len(t, theirs, len(my))
	var changed []string
	for i := range my {
		if my[i] != theirs[i] {
			changed = append(changed, theirs[i])
		}
	}
	assert.Equal(t, []string{"\t\"" + confluentImport + "\""}, changed)
}

// A small run of everything but the peer, whose module is fetched only for measurements.
func TestRun_small(t *testing.T) {
	t.Chdir("..")
	b := &bench{
		rounds: 2, messages: 20_000, size: 100,
		programs: []string{ours, baseline},
		paths:    []string{"produce", "batch", "poll", "read"},
		settings: map[string][]string{"consume": {"auto.offset.reset=earliest"}},
	}
	require.NoError(t, b.run(t.Context()))
	assert.Len(t, b.results, 2*2*4)
	var table strings.Builder
	require.NoError(t, b.judge(&table, 0))
	for _, path := range b.paths {
		for _, program := range b.programs {
			assert.Regexp(t, path+` +`+program+` +\d`, table.String())
		}
	}
	file := filepath.Join(t.TempDir(), "results.json")
	require.NoError(t, b.writeJSON(file))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, len(b.results), strings.Count(string(text), "\n"))

	b.paths = []string{"consume"}
	require.ErrorContains(t, b.run(t.Context()), `-paths names "consume"`)
	b.paths, b.rounds = []string{"poll"}, 0
	require.ErrorContains(t, b.run(t.Context()), "they must be at least 1")
}
