// Package behaviour holds this library and confluent-kafka-go against one table of facts. The table and the checks are
// in the folder checks, a program that is built with each of the two; what may differ stands in docs/differences.md.
// Run it with "make behaviour", which prints the table.
package behaviour_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

// differences is the page that says where ours differs.
const differences = "../../docs/differences.md"

// shared is the real broker of both programs. It checks ACLs, without which it has none.
var shared = cluster.NewShared(cluster.Config{Properties: map[string]string{
	"authorizer.class.name":            "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
	"super.users":                      "User:ANONYMOUS",
	"group.initial.rebalance.delay.ms": "0",
}})

func TestMain(m *testing.M) { os.Exit(shared.Main(m)) }

// sections are the sections of the notes on confluent-kafka-go's behaviour from which the facts were drawn: how many
// notes each has, every one of which needs an entry, and how many facts there are.
var sections = map[string]struct{ notes, facts int }{
	"config":   {9, 44},
	"producer": {12, 40},
	"txn":      {3, 13},
	"consumer": {18, 74},
	"admin":    {10, 35},
	"errors":   {3, 5},
	"formats":  {1, 11},
	"mock":     {1, 4},
	"logs":     {1, 4},
	"oauth":    {1, 5},
	"helpers":  {1, 1},
}

func TestBehaviour(t *testing.T) {
	t.Parallel()
	tmp := t.TempDir()
	programs := []string{buildOriginal(t, tmp), buildOurs(t, tmp)}
	c := shared.Get(t)
	results := make([]chan []observation, len(programs))
	for i, path := range programs {
		results[i] = make(chan []observation, 1)
		go func() { results[i] <- run(t, path, c.BootstrapServers()) }()
	}
	original, ours := <-results[0], <-results[1]
	rows, err := readRows(differences)
	require.NoError(t, err)
	table, problems := judge(original, ours, rows)
	problems = append(problems, missing(original)...)
	t.Log("\n" + table)
	for _, p := range problems {
		assert.Fail(t, p)
	}
}

// run runs a program and returns what it observed.
func run(t *testing.T, program, brokers string) []observation {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = append(os.Environ(), "BEHAVIOUR_BROKERS="+brokers)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if !assert.NoError(t, err, "%s: %s", filepath.Base(program), tail(stderr.String())) {
		return nil
	}
	var all []observation
	for dec := json.NewDecoder(&stdout); dec.More(); {
		var o observation
		if !assert.NoError(t, dec.Decode(&o), filepath.Base(program)) {
			return nil
		}
		all = append(all, o)
	}
	return all
}

// tail is the end of a text: the reason of a crash stands before the goroutines, so much is kept.
func tail(text string) string {
	return text[max(0, len(text)-20_000):]
}

const (
	ourImport      = "github.com/rdkafka-go/rdkafka/kafka"
	originalImport = "github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

func buildOurs(t *testing.T, tmp string) string {
	t.Helper()
	path := filepath.Join(tmp, "ours")
	goBuild(t, ".", nil, "-o", path, "./checks")
	return path
}

// buildOriginal builds the checks with confluent-kafka-go. Its module is no part of the workspace: its librdkafka and
// ours must not meet.
func buildOriginal(t *testing.T, tmp string) string {
	t.Helper()
	path := filepath.Join(tmp, "original")
	goBuild(t, "original", []string{"GOWORK=off"},
		"-overlay", writeOverlay(t, tmp), "-ldflags", "-X main.program=original", "-o", path, "./checks")
	return path
}

// writeOverlay lays the checks over the folder original/checks, which does not exist, with the import exchanged.
func writeOverlay(t *testing.T, tmp string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("checks", "*.go"))
	require.NoError(t, err)
	replace := map[string]string{}
	exchanged := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		exchanged += strings.Count(string(text), strconv.Quote(ourImport))
		to := filepath.Join(tmp, "original-"+filepath.Base(f))
		changed := strings.ReplaceAll(string(text), strconv.Quote(ourImport), strconv.Quote(originalImport))
		require.NoError(t, os.WriteFile(to, []byte(changed), 0o644))
		abs, err := filepath.Abs(filepath.Join("original", f))
		require.NoError(t, err)
		replace[abs] = to
	}
	require.NotZero(t, exchanged, "no file of the checks imports %s", ourImport)
	text, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	overlay := filepath.Join(tmp, "overlay.json")
	require.NoError(t, os.WriteFile(overlay, text, 0o644))
	return overlay
}

func goBuild(t *testing.T, dir string, env []string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"build"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "in %s: %s: %s", dir, cmd, out)
}
