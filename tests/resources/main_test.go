// Package resources measures what clients take and give back: memory, descriptors, threads and goroutines. Each
// measurement runs in a process of its own.
package resources_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

// shared is the broker of the tests.
var shared = cluster.NewShared(cluster.Config{HeapMiB: 256})

// programs are what a process of this test binary can do in place of testing. Each gets its job and returns what it
// measured.
var programs = map[string]func(json.RawMessage) (any, error){
	"cycles": cycles, "prefetch": prefetch, "queue": fillQueue,
}

// programEnv names the program; its job comes on standard input.
const programEnv = "RESOURCES_PROGRAM"

func TestMain(m *testing.M) {
	name := os.Getenv(programEnv)
	if name == "" {
		os.Exit(shared.Main(m))
	}
	var job json.RawMessage
	err := json.NewDecoder(os.Stdin).Decode(&job)
	var result any
	if err == nil {
		result, err = programs[name](job)
	}
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(result)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, name+":", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// measure runs a program on a job and reads its result.
func measure(t *testing.T, name string, job, result any) {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	text, err := json.Marshal(job)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), programEnv+"="+name)
	cmd.Stdin = bytes.NewReader(text)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s: %s", name, stderr.String())
	require.NoError(t, json.Unmarshal(out, result), "%s", out)
}

// usage is what a process holds.
type usage struct {
	RSS                              int64 // bytes
	Descriptors, Threads, Goroutines int
}

func used() (u usage, err error) {
	runtime.GC()
	debug.FreeOSMemory()
	if u.RSS, err = residentBytes(); err != nil {
		return u, err
	}
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return u, err
	}
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return u, err
	}
	u.Descriptors, u.Threads, u.Goroutines = len(fds), len(tasks), runtime.NumGoroutine()
	return u, nil
}

// residentBytes is the memory of this process that is in RAM.
func residentBytes() (int64, error) {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(b))
	if len(fields) < 2 {
		return 0, fmt.Errorf("/proc/self/statm: %q", b)
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// settled measures until two measurements agree in what may come to its end a moment later.
func settled() (usage, error) {
	before, err := used()
	for deadline := time.Now().Add(10 * time.Second); err == nil && time.Now().Before(deadline); {
		<-time.After(100 * time.Millisecond)
		var now usage
		if now, err = used(); err == nil && now.Descriptors == before.Descriptors && now.Threads == before.Threads &&
			now.Goroutines == before.Goroutines {
			return now, nil
		}
		before = now
	}
	return before, err
}

const mib = 1 << 20
