package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProduceConsume_json(t *testing.T) {
	t.Parallel()
	_, b := mock(t, "--topic", "t:1")
	assert.Regexp(t, `^{"topic":"t","delivered":3,"failed":0,"bytes":12,"seconds":[0-9.e-]+}\n$`,
		ok(t, "k1=v1\nk2=\n=v3=x<y\n", "produce", "-b", b, "-t", "t", "-k", "=", "-H", "h=1", "-H", "empty=", "--json"))
	ok(t, "\xff\xfe\x00\n", "produce", "-b", b, "-t", "t")

	out := ok(t, "", "consume", "-b", b, "-t", "t", "-e", "--json")
	out = regexp.MustCompile(`"timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"`).ReplaceAllString(out, `"timestamp":"T"`)
	golden(t, "consume-json", out)

	assert.Equal(t, "k1:v1\nk2:\n:v3=x<y\n", ok(t, "", "consume", "-b", b, "-t", "t", "-c", "3", "-k", ":"))
	assert.Equal(t, "v3=x<y\n\xff\xfe\x00\n", ok(t, "", "consume", "-b", b, "-t", "t", "-e", "-o", "-2"))
	assert.Equal(t, "\n", ok(t, "", "consume", "-b", b, "-t", "t", "-p", "0", "-o", "1", "-c", "1"))
	assert.Empty(t, ok(t, "", "consume", "-b", b, "-t", "t", "-e", "-o", "end"))
}

func TestProduceConsume_files(t *testing.T) {
	t.Parallel()
	_, b := mock(t, "--topic", "t:6")
	var want []string
	for i := range 20000 {
		want = append(want, fmt.Sprintf("line %05d", i))
	}
	first, second := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	require.NoError(t, os.WriteFile(first, []byte(strings.Join(want[:5000], "\n")), 0o644)) // no newline at its end
	require.NoError(t, os.WriteFile(second, []byte(strings.Join(want[10000:], "\n")+"\n"), 0o644))
	o := rdk(t, strings.Join(want[5000:10000], "\n")+"\n", "produce", "-b", b, "-t", "t", first, "-", second)
	require.Equal(t, outcome{0, "", "delivered 20000, failed 0\n"}, o)

	got := strings.Split(strings.TrimSuffix(ok(t, "", "consume", "-b", b, "-t", "t", "-e"), "\n"), "\n")
	slices.Sort(got)
	assert.Equal(t, want, got)
}

func TestConsume_groupCommitsWhatWasWritten(t *testing.T) {
	t.Parallel()
	_, b := mock(t, "--topic", "t:1")
	const n = 200000 // more bytes than a pipe holds
	ok(t, strings.Repeat("x\n", n), "produce", "-b", b, "-t", "t")
	args := append([]string{"consume", "-b", b, "-t", "t"}, group("g")...)

	// A count.
	assert.Equal(t, strings.Repeat("x\n", 10), ok(t, "", append(args, "-c", "10")...))
	// A reader that goes away: what it did not take stays.
	p := start(t, args...)
	p.line()
	require.NoError(t, p.stdout.Close())
	assert.Zero(t, status(t, p.cmd.Wait()), "%s", &p.stderr)
	left := strings.Count(ok(t, "", append(args, "-e")...), "x\n")
	assert.Positive(t, left)
	assert.Less(t, left, n-10)
	// And the rest is read.
	assert.Empty(t, ok(t, "", append(args, "-e")...))
}

func TestConsume_interrupted(t *testing.T) {
	t.Parallel()
	_, b := mock(t, "--topic", "t:1")
	ok(t, "1\n2\n3\n", "produce", "-b", b, "-t", "t")
	args := append([]string{"consume", "-b", b, "-t", "t"}, group("g")...)
	p := start(t, args...)
	for _, want := range []string{"1", "2", "3"} {
		assert.Equal(t, want, p.line())
	}
	p.signal(os.Interrupt)
	code, rest := p.wait()
	assert.Equal(t, 130, code)
	assert.Empty(t, rest)
	assert.Empty(t, p.stderr.String())
	ok(t, "4\n", "produce", "-b", b, "-t", "t")
	assert.Equal(t, "4\n", ok(t, "", append(args, "-e")...), "the offsets are committed")
}

// feed writes lines to the process, up to limit or until it no longer takes them,
// and counts them. It is slow enough for readers to be done with what the mock
// cluster keeps before it goes.
func feed(t *testing.T, p *process, limit int64) *atomic.Int64 {
	t.Helper()
	var n atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		pace := time.NewTicker(5 * time.Millisecond)
		defer pace.Stop()
		for n.Load() < limit {
			if _, err := fmt.Fprintf(p.stdin, "line %d\n", n.Load()); err != nil {
				return
			}
			if n.Add(1)%100 == 0 {
				<-pace.C
			}
		}
	}()
	t.Cleanup(func() { <-done }) // the process has ended by then
	return &n
}

func TestProduce_interrupted(t *testing.T) {
	t.Parallel()
	_, b := mock(t, "--topic", "t:1")
	reader := start(t, "consume", "-b", b, "-t", "t")
	// The first 10,000 fill a batch. What linger.ms holds back after them must be
	// delivered all the same.
	p := start(t, "produce", "-b", b, "-t", "t", "-X", "linger.ms=60000", "--json")
	feed(t, p, 15_000)
	assert.Equal(t, "line 0", reader.line())
	p.signal(os.Interrupt)
	code, out := p.wait()
	assert.Equal(t, 130, code)
	var r struct {
		Delivered, Failed int
		Interrupted       bool
	}
	require.NoError(t, json.Unmarshal([]byte(out), &r), "%s", out)
	assert.True(t, r.Interrupted)
	assert.Zero(t, r.Failed)
	for i := 1; i < r.Delivered; i++ {
		require.Equal(t, fmt.Sprintf("line %d", i), reader.line())
	}
	reader.signal(os.Interrupt)
	_, rest := reader.wait()
	assert.Empty(t, rest)
}

func TestProduce_interruptedTwice(t *testing.T) {
	t.Parallel()
	m, b := mock(t, "--topic", "t:1")
	p := start(t, "produce", "-b", b, "-t", "t", "--json")
	fed := feed(t, p, math.MaxInt64)
	assert.Equal(t, "line 0\n", ok(t, "", "consume", "-b", b, "-t", "t", "-c", "1"))
	require.NoError(t, m.cmd.Process.Kill())
	begun := fed.Load()
	require.Eventually(t, func() bool { return fed.Load() > begun+1000 }, 10*time.Second, time.Millisecond)
	interrupted := time.Now()
	p.signal(os.Interrupt)
	// The first one lets it try for 10 s to deliver. Signals of one kind merge
	// while they wait, so the second one is of another.
	p.signal(syscall.SIGTERM)
	code, out := p.wait()
	assert.Equal(t, 130, code)
	assert.Less(t, time.Since(interrupted), 5*time.Second)
	assert.Empty(t, out)
}
