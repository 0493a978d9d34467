package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

var some = []evidence.Section{{Title: "Delivery", Promises: []evidence.Promise{
	{ID: "a", Fault: "one thing", Promise: "holds", Package: "./tests/x", Test: "TestA"},
	{ID: "b", Fault: "another", Promise: "holds too", Package: "./tests/x", Test: "TestB", Race: true},
}}, {Title: "Nothing yet"}}

// The document in the tree has a result for each promise, and none for what is no promise any more.
func TestDocument_isComplete(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "reliability.md"))
	require.NoError(t, err)
	assert.NoError(t, compare(string(text), evidence.Sections()))
}

func TestDocument(t *testing.T) {
	t.Parallel()
	text := document(some, map[string]evidence.Counts{
		"a": evidence.Ledger(1234567, 0, 0, 0), "b": evidence.Measured("5 | 6"),
	}, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	assert.Contains(t, text, "2026-01-02, librdkafka 2.")
	assert.Contains(t, text, "| one thing | holds | TestA in tests/x | 1,234,567 messages, 0 lost, 0 twice, 0 out of order |\n")
	assert.Contains(t, text, "| another | holds too | TestB in tests/x with -race | 5 \\| 6 |\n")
	assert.NotContains(t, text, "Nothing yet")
	require.NoError(t, compare(text, some))

	less := []evidence.Section{{Promises: some[0].Promises[:1]}}
	assert.ErrorContains(t, compare(text, less), "the row belongs to no promise: | another")
	more := []evidence.Section{{Promises: append([]evidence.Promise{{ID: "c", Fault: "new"}}, some[0].Promises...)}}
	assert.ErrorContains(t, compare(text, more), `no result for "c"`)
	assert.ErrorContains(t, compare(document(some, nil, time.Now()), some), `no result for "a"`)
}

func TestCollect(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("a.json", `{"Messages": 5}`)
	_, err := collect(dir, some)
	require.ErrorContains(t, err, `TestB of ./tests/x recorded nothing for "b"`)
	write("b.json", `{"Result": "x"}`)
	records, err := collect(dir, some)
	require.NoError(t, err)
	assert.Equal(t, "x", records["b"].Result)
	assert.EqualValues(t, 5, *records["a"].Messages)
	write("c.json", `{}`)
	_, err = collect(dir, some)
	require.ErrorContains(t, err, `the record "c" belongs to no promise`)
	write("c.json", `{`)
	_, err = collect(dir, some)
	require.ErrorContains(t, err, "c.json")
}
