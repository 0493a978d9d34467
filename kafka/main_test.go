package kafka_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// TestMain runs the tests and then looks for what they left behind: goroutines of
// the project's packages, open descriptors, and C objects where these are
// counted. Each test closes what it opens, so that it names a leak of the library.
func TestMain(m *testing.M) {
	before, err := openDescriptors()
	if err != nil {
		fmt.Fprintln(os.Stderr, "the descriptors open before the tests:", err)
		os.Exit(1)
	}
	status := m.Run()
	for _, fault := range leaks(before) {
		fmt.Fprintln(os.Stderr, "left by the tests:", fault)
		status = max(status, 1)
	}
	os.Exit(status)
}

// leaks waits until nothing is left, and after patience says what is.
func leaks(before []string) (found []string) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; <-tick.C {
		found = slices.Concat(leftGoroutines(), leftDescriptors(before), leftObjects())
		if len(found) == 0 || time.Now().After(deadline) {
			return found
		}
	}
}

// leftGoroutines returns the stacks of the other goroutines that run, or were
// started by, code of the project.
func leftGoroutines() (left []string) {
	buf := make([]byte, 1<<16)
	n := runtime.Stack(buf, true)
	for n == len(buf) {
		buf = make([]byte, 2*len(buf))
		n = runtime.Stack(buf, true)
	}
	stacks := bytes.Split(buf[:n], []byte("\n\n"))
	for _, s := range stacks[1:] { // the first one is this goroutine
		if bytes.Contains(s, []byte("github.com/rdkafka-go/rdkafka/")) {
			left = append(left, string(s))
		}
	}
	return left
}

// leftDescriptors returns what is open now and was not open before.
func leftDescriptors(before []string) (left []string) {
	now, err := openDescriptors()
	if err != nil {
		return []string{err.Error()}
	}
	for _, d := range before {
		if i := slices.Index(now, d); i >= 0 {
			now = slices.Delete(now, i, i+1)
		}
	}
	for _, d := range now {
		left = append(left, "descriptor "+d)
	}
	return left
}

// openDescriptors returns the process's descriptors, each as its number and what
// it leads to; none where the system has no list of them.
func openDescriptors() ([]string, error) {
	if runtime.GOOS != "linux" {
		return nil, nil
	}
	// Go's network poller opens its own two at its first use and keeps them.
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(r.Close(), w.Close()); err != nil {
		return nil, err
	}
	const folder = "/proc/self/fd/"
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var open []string
	for _, e := range entries {
		if to, err := os.Readlink(folder + e.Name()); err == nil { // else it was ReadDir's own
			open = append(open, e.Name()+" "+to)
		}
	}
	return open, nil
}

// leftObjects returns the C objects that were not given back, if they are counted.
func leftObjects() (left []string) {
	for kind, n := range rdkafka.LiveObjects() {
		left = append(left, fmt.Sprintf("%d C objects of the kind %s", n, kind))
	}
	return left
}
