package hostile_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

// childEnv turns the test binary into the program that runs the clients; its value is the job as JSON.
const childEnv = "HOSTILE_CHILD"

func TestMain(m *testing.M) {
	if text := os.Getenv(childEnv); text != "" {
		if err := child(text); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Parse()
	// The children wait for clocks rather than work: more of them than processors can run at once.
	parallel := false
	flag.Visit(func(f *flag.Flag) { parallel = parallel || f.Name == "test.parallel" })
	if !parallel {
		if err := flag.Set("test.parallel", "4"); err != nil {
			panic(err) // the flag is package testing's
		}
	}
	os.Exit(m.Run())
}

const (
	// patience bounds a child's life; only a failure reaches it.
	patience = 60 * time.Second
	// normally is the memory that a child may take beyond what it has when idle.
	normally = 200 << 20
)

// scenario is one way to be hostile.
type scenario struct {
	name string
	// apis are the kinds of requests that get a hostile answer; none: all.
	apis []int16
	// versions lowers what the broker says that it knows.
	versions map[int16]int16
	// settings are added to both clients'.
	settings map[string]string
	// answer sends the hostile answer, and says whether the connection goes on.
	answer func(x *exchange) bool
	// shows are patterns of lines that the clients must report before the broker turns honest.
	shows []string
	// memory is the bound in place of the usual one.
	memory int64
	// renewed says that librdkafka may stay without brokers after it, so that new clients must work: its bootstrap
	// brokers come back only with the event that all brokers are down, and that may come before the old handle of such
	// a broker has gone.
	renewed bool
	// spins says that a thread of librdkafka never comes back from it and takes a processor: as dies.
	spins bool
	// dies is a pattern of the signal that ends the process, and of what it writes then, where librdkafka dies: a fault
	// that this library can neither mend nor keep away.
	dies string
}

func (s *scenario) hits(api int16) bool { return len(s.apis) == 0 || slices.Contains(s.apis, api) }

// tally is what the scenarios of a test were.
type tally struct {
	mu      sync.Mutex
	count   int
	answers int64
	most    int64
}

func (c *tally) String() string {
	return fmt.Sprintf("%d scenarios, %d hostile answers, at most %d MiB more memory", c.count, c.answers, c.most>>20)
}

// runAll runs the scenarios, each with a broker and a process of its own, and records the promise.
func runAll(t *testing.T, promise string, scenarios []scenario) {
	t.Helper()
	var c tally
	t.Run("all", func(t *testing.T) {
		for _, s := range scenarios {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				more, answers := run(t, s)
				c.mu.Lock()
				defer c.mu.Unlock()
				c.count++
				c.answers += answers
				c.most = max(c.most, more)
			})
		}
	})
	require.Equal(t, len(scenarios), c.count, "scenarios that came to their end")
	evidence.Record(t, promise, evidence.Measured("%s", &c))
}

// run returns the memory that the clients took and the number of hostile answers.
func run(t *testing.T, s scenario) (more, answers int64) {
	t.Helper()
	b, err := newBroker(s)
	require.NoError(t, err)
	defer b.close()
	start := time.Now()
	p := startChild(t, job{Brokers: b.ln.Addr().String(), Settings: s.settings, Renew: s.renewed})
	if s.spins {
		p.awaitProcessorTime(b)
		return 0, b.answered.Load()
	}
	if s.dies != "" {
		err := p.wait()
		require.Error(t, err, "the process is to die; librdkafka has been mended?")
		assert.Regexp(t, s.dies, err.Error()+"\n"+p.stderr.String())
		t.Logf("%v: %d hostile answers", time.Since(start).Round(time.Millisecond), b.answered.Load())
		return 0, b.answered.Load()
	}
	for _, want := range s.shows {
		p.await(want)
	}
	require.Eventually(t, func() bool { return b.answered.Load() > 0 }, patience, time.Millisecond, "no hostile answer")
	hostile := time.Since(start)
	b.calm()
	require.NoError(t, p.stdin.Close())
	p.await("^child end: ")
	require.NoError(t, p.wait(), "the child's end: %s", p.stderr.String())
	more = p.last.Memory - p.idle
	bound := int64(normally)
	if s.memory != 0 {
		bound = s.memory
	}
	assert.Less(t, more, bound, "memory that the process took")
	t.Logf("hostile for %v, over after %v; %d hostile answers; %d MiB more than idle", hostile.Round(time.Millisecond),
		time.Since(start).Round(time.Millisecond), b.answered.Load(), more>>20)
	return more, b.answered.Load()
}

// process is a child under way.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdin  interface{ Close() error }
	lines  chan line
	stderr bytes.Buffer
	wait   func() error

	seen []string
	idle int64
	last line
}

func startChild(t *testing.T, j job) *process {
	t.Helper()
	text, err := json.Marshal(j)
	require.NoError(t, err)
	exe, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	p := &process{t: t, cmd: exec.CommandContext(ctx, exe), lines: make(chan line, 4096)}
	p.cmd.WaitDelay = 10 * time.Second
	p.cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	p.cmd.Stderr = &p.stderr
	p.stdin, err = p.cmd.StdinPipe()
	require.NoError(t, err)
	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	ended := make(chan error, 1)
	go func() {
		sc := bufio.NewScanner(out)
		sc.Buffer(nil, 1<<20)
		for sc.Scan() {
			var l line
			if json.Unmarshal(sc.Bytes(), &l) != nil {
				l = line{Client: "output", Text: sc.Text()}
			}
			p.lines <- l
		}
		ended <- p.cmd.Wait()
		close(p.lines)
	}()
	p.wait = sync.OnceValue(func() error {
		for l := range p.lines {
			p.take(l)
		}
		return <-ended
	})
	t.Cleanup(func() {
		cancel()
		_ = p.wait()
	})
	return p
}

func (p *process) take(l line) {
	if l.Kind == "idle" {
		p.idle = l.Memory
	}
	p.last = l
	p.seen = append(p.seen, l.Client+" "+l.Kind+": "+l.Text)
}

// await waits for a line that the pattern matches.
func (p *process) await(pattern string) {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	if slices.ContainsFunc(p.seen, re.MatchString) {
		return
	}
	for l := range p.lines {
		p.take(l)
		if re.MatchString(p.seen[len(p.seen)-1]) {
			return
		}
	}
	err := p.wait()
	require.FailNow(p.t, "the clients never report "+pattern, "the process ended: %v\n%s\nreported:\n%s",
		err, tail(p.stderr.String(), 4000), strings.Join(p.seen[:min(len(p.seen), 60)], "\n"))
}

// awaitProcessorTime waits until the child has used two seconds of a processor, which it never does otherwise, while
// the broker has answered one fetch and is asked for no other.
func (p *process) awaitProcessorTime(b *broker) {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
		require.NoError(p.t, err)
		_, rest, ok := strings.Cut(string(stat), ") ")
		require.True(p.t, ok)
		fields := strings.Fields(rest)
		const user, ticks = 11, 100 // the field after the name's, and the clock's ticks per second
		n, err := strconv.Atoi(fields[user])
		require.NoError(p.t, err)
		return n > 2*ticks
	}, patience, 10*time.Millisecond, "the thread comes back; librdkafka has been mended?")
	assert.EqualValues(p.t, 1, b.answered.Load(), "fetches")
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }
