// Package evidence ties the promises of docs/reliability.md to the tests that prove them.
//
// A test that proves a promise calls [Record] with what it counted. "make reliability" runs these tests, collects
// what they recorded, and writes the document; it fails when a promise has no record or a record no promise.
package evidence

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Promise is one row of docs/reliability.md.
type Promise struct {
	ID      string // in the test's call of Record
	Fault   string // what goes wrong
	Promise string // what holds nevertheless
	Package string // of the test, from the repository's root: "./tests/faults"
	Test    string // the test's name up to the first slash
	Race    bool   // run with -race
}

// Section is a group of promises, one file of this package each.
type Section struct {
	Title    string
	Promises []Promise
}

// Sections returns all promises in the order of the document.
func Sections() []Section {
	return []Section{
		{"Delivery", delivery},
		{"Exactly once", exactlyOnce},
		{"Consumers and groups", groups},
		{"Security", security},
		{"Bad input and hostile brokers", input},
		{"Memory, threads and concurrency", resources},
	}
}

// Find returns a promise.
func Find(id string) (Promise, bool) {
	for _, s := range Sections() {
		for _, p := range s.Promises {
			if p.ID == id {
				return p, true
			}
		}
	}
	return Promise{}, false
}

// Counts is what a test counted. What does not apply stays out.
type Counts struct {
	Messages  *int64 `json:",omitempty"` // in the log, or read
	Lost      *int64 `json:",omitempty"`
	Twice     *int64 `json:",omitempty"`
	Reordered *int64 `json:",omitempty"`
	// Result is what else was measured: "3,000 cycles, RSS +0.4 MiB".
	Result string `json:",omitempty"`
}

// Ledger returns the counts of messages.
func Ledger(messages, lost, twice, reordered int) Counts {
	m, l, t, r := int64(messages), int64(lost), int64(twice), int64(reordered)
	return Counts{Messages: &m, Lost: &l, Twice: &t, Reordered: &r}
}

// Measured returns counts that are a text.
func Measured(format string, args ...any) Counts { return Counts{Result: fmt.Sprintf(format, args...)} }

// Env names the folder into which records are written; without it nothing is.
const Env = "RDKAFKA_EVIDENCE"

// Record says what a test counted for the promise with the id. It is written when the test ends, if it did not fail.
// The test fails at once when it is not the promise's.
func Record(tb testing.TB, id string, counts Counts) {
	tb.Helper()
	p, ok := Find(id)
	if !ok {
		tb.Fatalf("no promise has the id %q", id)
	}
	if name, _, _ := strings.Cut(tb.Name(), "/"); name != p.Test {
		tb.Fatalf("promise %q is proved by %s, not by %s", id, p.Test, name)
	}
	dir := os.Getenv(Env)
	if dir == "" {
		return
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			return
		}
		b, err := json.Marshal(counts)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, id+".json"), b, 0o600)
		}
		if err != nil {
			tb.Errorf("cannot write the record of %q: %v", id, err)
		}
	})
}
