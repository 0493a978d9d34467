// Command reliability runs the tests that prove the promises of docs/reliability.md, and writes that document from
// what they recorded. It fails, and leaves the document as it was, when a test fails, when a promise has no record and
// when a record belongs to no promise.
//
//	go run ./tests/reliability [-run REGEXP] [-check]
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

func main() {
	check := flag.Bool("check", false, "only say whether the document has a result for each promise, and no others")
	file := flag.String("file", "docs/reliability.md", "the `document`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *file, *check)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "reliability:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, file string, check bool) error {
	if check {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return compare(string(text), evidence.Sections())
	}
	dir, err := os.MkdirTemp("", "rdkafka-go-evidence-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := prove(ctx, dir, evidence.Sections()); err != nil {
		return err
	}
	records, err := collect(dir, evidence.Sections())
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(document(evidence.Sections(), records, time.Now())), 0o644)
}

// suite is what one run of "go test" covers.
type suite struct {
	pkg  string
	race bool
}

// prove runs the promises' tests, one package after another: beside others no measured time would be fair.
func prove(ctx context.Context, dir string, sections []evidence.Section) error {
	tests := map[suite][]string{}
	var suites []suite
	for _, s := range sections {
		for _, p := range s.Promises {
			key := suite{p.Package, p.Race}
			if tests[key] == nil {
				suites = append(suites, key)
			}
			if !slices.Contains(tests[key], p.Test) {
				tests[key] = append(tests[key], p.Test)
			}
		}
	}
	var failed []error
	for _, s := range suites {
		args := []string{"test", "-count=1", "-timeout=60m", "-run", "^(" + strings.Join(tests[s], "|") + ")$"}
		if s.race {
			args = append(args, "-race")
		}
		fmt.Fprintf(os.Stderr, "reliability: go %s %s\n", strings.Join(args, " "), s.pkg)
		cmd := exec.CommandContext(ctx, "go", append(args, s.pkg)...)
		cmd.Env = append(os.Environ(), evidence.Env+"="+dir)
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		if err := cmd.Run(); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", s.pkg, err))
		}
	}
	return errors.Join(failed...)
}

// collect reads the records. Each promise must have one, and each record a promise.
func collect(dir string, sections []evidence.Section) (map[string]evidence.Counts, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	records := map[string]evidence.Counts{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		var counts evidence.Counts
		if err := json.Unmarshal(b, &counts); err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		records[strings.TrimSuffix(filepath.Base(f), ".json")] = counts
	}
	var faults []error
	known := map[string]bool{}
	for _, s := range sections {
		for _, p := range s.Promises {
			known[p.ID] = true
			if _, ok := records[p.ID]; !ok {
				faults = append(faults, fmt.Errorf("%s of %s recorded nothing for %q", p.Test, p.Package, p.ID))
			}
		}
	}
	for id := range records {
		if !known[id] {
			faults = append(faults, fmt.Errorf("the record %q belongs to no promise", id))
		}
	}
	return records, errors.Join(faults...)
}

const (
	intro = `# Reliability: what holds under which fault

Written by ` + "`make reliability`" + `, which runs each test named here and fails when one of them fails or counts nothing.
The counts are those of the last run: %s, librdkafka %s, Apache Kafka %s, %s on %d %s processors.
` + "`make test` runs the same tests." + `
`
	head = "| Fault | Promise | Test | Last result |\n| --- | --- | --- | --- |\n"
)

func document(sections []evidence.Section, records map[string]evidence.Counts, now time.Time) string {
	var b strings.Builder
	_, version := kafka.LibraryVersion()
	fmt.Fprintf(&b, intro, now.UTC().Format(time.DateOnly), version, cluster.Version, runtime.Version(), runtime.NumCPU(), runtime.GOOS+"/"+runtime.GOARCH)
	for _, s := range sections {
		if len(s.Promises) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s", s.Title, head)
		for _, p := range s.Promises {
			fmt.Fprintf(&b, "%s%s |\n", prefix(p), result(records[p.ID]))
		}
	}
	return b.String()
}

// prefix is a promise's line up to its result.
func prefix(p evidence.Promise) string {
	test := p.Test + " in " + strings.TrimPrefix(p.Package, "./")
	if p.Race {
		test += " with -race"
	}
	return fmt.Sprintf("| %s | %s | %s | ", p.Fault, p.Promise, test)
}

// result is a record as a cell of the table.
func result(c evidence.Counts) string {
	english := message.NewPrinter(language.English)
	var parts []string
	for _, n := range []struct {
		count *int64
		what  string
	}{{c.Messages, "messages"}, {c.Lost, "lost"}, {c.Twice, "twice"}, {c.Reordered, "out of order"}} {
		if n.count != nil {
			parts = append(parts, english.Sprintf("%d %s", *n.count, n.what))
		}
	}
	if c.Result != "" {
		parts = append(parts, c.Result)
	}
	return strings.ReplaceAll(strings.Join(parts, ", "), "|", "\\|")
}

var row = regexp.MustCompile(`(?m)^\| .* \|$`)

// compare says which promises the document lacks, and which of its rows are no promise's any more.
func compare(text string, sections []evidence.Section) error {
	stale := map[string]bool{}
	for _, line := range row.FindAllString(text, -1) {
		if line != strings.SplitN(head, "\n", 2)[0] && !strings.HasPrefix(line, "| --- ") {
			stale[line] = true
		}
	}
	var faults []error
	for _, s := range sections {
		for _, p := range s.Promises {
			found := false
			for line := range stale {
				if rest, ok := strings.CutPrefix(line, prefix(p)); ok && strings.TrimSpace(strings.TrimSuffix(rest, "|")) != "" {
					found = true
					delete(stale, line)
				}
			}
			if !found {
				faults = append(faults, fmt.Errorf("the document has no result for %q", p.ID))
			}
		}
	}
	for line := range stale {
		faults = append(faults, fmt.Errorf("the row belongs to no promise: %s", line))
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w\nrun \"make reliability\"", errors.Join(faults...))
	}
	return nil
}
