package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// binary is the rdk that the tests run.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "rdk-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "rdk")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// limit bounds a run of rdk that does not end by itself.
const limit = time.Minute

// command returns rdk with the arguments, not yet started, without the
// environment's brokers.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, binary, args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "BROKERS=") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	return cmd
}

// outcome is what a run of rdk gave.
type outcome struct {
	status         int
	stdout, stderr string
}

// rdk runs rdk to its end.
func rdk(t *testing.T, stdin string, args ...string) outcome {
	t.Helper()
	cmd := command(t, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
	return outcome{status(t, cmd.Run()), stdout.String(), stderr.String()}
}

// ok runs rdk, which must succeed, and returns its standard output.
func ok(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	o := rdk(t, stdin, args...)
	require.Zero(t, o.status, "rdk %s\n%s", strings.Join(args, " "), o.stderr)
	return o.stdout
}

// status returns the exit status that err tells of; -1 for an end by a signal.
func status(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	require.NoError(t, err)
	return 0
}

// process is a running rdk.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout io.Closer
	out    *bufio.Reader
	stderr buffer
}

// buffer is a bytes.Buffer that may be read while the process writes to it.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// start runs rdk beside the test.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: command(t, args...)}
	var err error
	p.stdin, err = p.cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	p.stdout, p.out = stdout, bufio.NewReader(stdout)
	p.cmd.Stderr = &p.stderr
	require.NoError(t, p.cmd.Start())
	t.Cleanup(func() {
		if p.cmd.ProcessState == nil {
			_ = p.cmd.Process.Kill() // it may have ended meanwhile
			_ = p.cmd.Wait()
		}
	})
	return p
}

// line returns the next line of the standard output.
func (p *process) line() string {
	p.t.Helper()
	s, err := p.out.ReadString('\n')
	require.NoError(p.t, err, "%s", &p.stderr)
	return strings.TrimSuffix(s, "\n")
}

// awaitStderr waits until the text was written to the standard error.
func (p *process) awaitStderr(text string) {
	p.t.Helper()
	require.Eventually(p.t, func() bool { return strings.Contains(p.stderr.String(), text) }, limit, time.Millisecond)
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(s))
}

// wait returns the exit status and what was left of the standard output.
func (p *process) wait() (int, string) {
	p.t.Helper()
	rest, err := io.ReadAll(p.out)
	require.NoError(p.t, err)
	return status(p.t, p.cmd.Wait()), string(rest)
}

// mock starts rdk mock and returns it with its address.
func mock(t *testing.T, args ...string) (*process, string) {
	t.Helper()
	p := start(t, append([]string{"mock"}, args...)...)
	brokers := p.line()
	return p, brokers
}

// group are the flags of a member of a group on the mock cluster, which lets a
// new member in only when the session of one that has left would have ended.
func group(name string) []string {
	return []string{"-g", name, "-X", "session.timeout.ms=1500", "-X", "heartbeat.interval.ms=300"}
}

// golden compares with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "write it with: go test ./rdk -update")
	assert.Equal(t, string(want), got)
}

func TestMock_address(t *testing.T) {
	t.Parallel()
	p, brokers := mock(t, "--brokers", "3", "--topic", "a:7", "--topic", "b")
	assert.Len(t, strings.Split(brokers, ","), 3)
	assert.Regexp(t, `^127\.0\.0\.1:\d+(,127\.0\.0\.1:\d+)*$`, brokers)

	ok(t, "x\n", "produce", "-b", brokers, "-t", "a", "-p", "6")
	o := rdk(t, "x\n", "produce", "-b", brokers, "-t", "a", "-p", "7")
	assert.Equal(t, "rdk produce: topic \"a\" has no partition 7: it has 7, from 0 on\n", o.stderr)
	assert.Equal(t, 1, o.status)

	p.signal(syscall.SIGTERM)
	code, rest := p.wait()
	assert.Equal(t, 130, code)
	assert.Empty(t, rest)
	assert.Empty(t, p.stderr.String())
}
