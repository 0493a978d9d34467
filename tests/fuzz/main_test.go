// Package fuzz fuzzes what goes through librdkafka: configurations, topic names, headers, tokens, certificates,
// statistics. The seeds run with the other tests, build/fuzz.sh looks for more. What is Go alone is fuzzed beside its
// code, in kafka/fuzz_test.go.
package fuzz_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

// patience bounds each wait; only a failure reaches it.
const patience = 30 * time.Second

// secretLen is the length from which a text does not stand in an error by chance.
const secretLen = 12

// hides says that the error does not show the secret, beside where the rest of its text has it.
func hides(t *testing.T, err error, secret string) {
	t.Helper()
	if len(secret) >= secretLen {
		assert.NotContains(t, err.Error(), secret, "a secret in an error")
	}
}

// count records the promise of a target: how many inputs it has by now, from its seeds and from its folder.
func count(f *testing.F, promise string) {
	f.Helper()
	found, err := filepath.Glob(filepath.Join("testdata", "fuzz", f.Name(), "*"))
	require.NoError(f, err)
	evidence.Record(f, promise, evidence.Measured("all seeds, and %d inputs that fuzzing once found", len(found)))
}

// isError says that the error is one of Kafka's, and has a text.
func isError(t *testing.T, err error) {
	t.Helper()
	var e kafka.Error
	require.ErrorAs(t, err, &e)
	assert.NotEmpty(t, strings.TrimSpace(err.Error()))
}

// newProducer makes a producer that is closed when the test or the fuzzing ends.
func newProducer(tb testing.TB, settings kafka.ConfigMap) *kafka.Producer {
	tb.Helper()
	settings["log_level"] = 0
	p, err := kafka.NewProducer(&settings)
	require.NoError(tb, err)
	tb.Cleanup(p.Close)
	return p
}

// newConsumer makes a consumer that is closed when the test or the fuzzing ends.
func newConsumer(tb testing.TB, settings kafka.ConfigMap) *kafka.Consumer {
	tb.Helper()
	settings["log_level"] = 0
	c, err := kafka.NewConsumer(&settings)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, c.Close()) })
	return c
}
