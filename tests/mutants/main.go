// Command mutants breaks the library on purpose, one place at a time, and runs the test that is to notice. It fails when
// a test passes on a broken variant, and when one fails on the library as it is. The tree is not touched: the compiler
// is told to read the changed file in place of the other ("go help build", -overlay).
//
//	go run ./tests/mutants [-run REGEXP] [-list]
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
	"strings"
	"time"
)

func main() {
	pattern := flag.String("run", "", "only the mutants whose name matches the `regexp`")
	list := flag.Bool("list", false, "list the mutants and run none")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *pattern, *list)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, pattern string, list bool) error {
	match, err := regexp.Compile(pattern)
	if err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	root, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "rdkafka-go-mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var faults []error
	healthy := map[string]bool{} // tests that passed on the library as it is
	n := 0
	for _, m := range mutants {
		if !match.MatchString(m.name) {
			continue
		}
		n++
		if list {
			fmt.Fprintf(os.Stdout, "%-32s %s, caught by %s in %s\n", m.name, m.what, m.test, m.pkg)
			continue
		}
		begun := time.Now()
		err := m.check(ctx, root, dir, healthy)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", m.name, err))
			fmt.Fprintf(os.Stdout, "FAIL   %-32s %v\n", m.name, err)
			continue
		}
		fmt.Fprintf(os.Stdout, "caught %-32s by %s in %s (%.0f s)\n", m.name, m.test, m.pkg, time.Since(begun).Seconds())
	}
	if n == 0 {
		return fmt.Errorf("no mutant matches %q", pattern)
	}
	return errors.Join(faults...)
}

// mutant is a broken variant of the library.
type mutant struct {
	name, what string
	file       string // from the root of the repository
	old, new   string // old is in the file once
	pkg, test  string
	flags      []string // of go test
}

// changed returns the file's text with the change.
func (m *mutant) changed(root string) (string, error) {
	b, err := os.ReadFile(filepath.Join(root, m.file))
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(b), m.old); n != 1 {
		return "", fmt.Errorf("%s has the text to change %d times, not once: %q", m.file, n, m.old)
	}
	return strings.Replace(string(b), m.old, m.new, 1), nil
}

// check says whether the mutant's test passes on the library and fails on the mutant.
func (m *mutant) check(ctx context.Context, root, dir string, healthy map[string]bool) error {
	text, err := m.changed(root)
	if err != nil {
		return err
	}
	args := append([]string{"test", "-count=1", "-timeout=2m", "-run", "^" + m.test + "$"}, m.flags...)
	if key := strings.Join(append(args, m.pkg), " "); !healthy[key] {
		if out, err := goTest(ctx, append(args, m.pkg)); err != nil || !strings.Contains(out, "ok  ") {
			return fmt.Errorf("%s does not pass on the library as it is: %w\n%s", m.test, err, out)
		}
		healthy[key] = true
	}
	file := filepath.Join(dir, filepath.Base(m.file))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(root, m.file): file}})
	if err != nil {
		return err
	}
	overlayFile := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlayFile, overlay, 0o600); err != nil {
		return err
	}
	out, err := goTest(ctx, append(args, "-overlay", overlayFile, m.pkg))
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
		return fmt.Errorf("%s in %s passes: %s goes unnoticed", m.test, m.pkg, m.what)
	case strings.Contains(out, "[build failed]"):
		return fmt.Errorf("the mutant does not compile:\n%s", out)
	case !strings.Contains(out, "--- FAIL: "+m.test) && !ended.MatchString(out):
		return fmt.Errorf("%s failed, but not in the test:\n%s", m.pkg, out)
	}
	return nil
}

// ended is what a process says that a test has brought down, or that has counted what the test left behind.
var ended = regexp.MustCompile(`(?m)^(panic: |fatal error: |SIG|signal: |left by the tests: )`)

func goTest(ctx context.Context, args []string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", append(args[:1:1], append([]string{"-v"}, args[1:]...)...)...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
