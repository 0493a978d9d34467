// Command checks observes how a Kafka library of confluent-kafka-go's shape behaves, fact by fact, and prints each
// observation beside what is expected, as lines of JSON. The test in the folder above builds it twice: as it stands,
// and with the one import path of the kafka package exchanged for confluent-kafka-go's, so that both libraries run
// the very same checks.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// program says which library this is built with. The test sets it to [original] for confluent-kafka-go.
var program = "ours"

// original is the program's name for confluent-kafka-go.
const original = "original"

// parallel is how many checks run at once: most of them wait rather than work.
const parallel = 24

// limit is how long a check may take before its observation is "no end".
const limit = 20 * time.Second

// noEnd is what was seen of a check that did not end.
const noEnd = "no end"

// observation is one line of the output.
type observation struct {
	ID     string `json:"id"`
	Bullet string `json:"bullet"`
	Says   string `json:"says"`
	Want   string `json:"want"`
	Ours   string `json:"ours"`
	Row    int    `json:"row"`
	Got    string `json:"got"`
	Millis int64  `json:"ms"`
}

func main() {
	only := flag.String("only", "", "regular expression of the ids to check")
	child := flag.String("child", "", "observe this one in this process")
	flag.Parse()
	out := &printer{enc: json.NewEncoder(os.Stdout)}
	if *child != "" {
		for _, f := range facts() {
			if f.id == *child {
				out.print(f, inProcess)
				return
			}
		}
		fmt.Fprintf(os.Stderr, "checks: there is no fact %q\n", *child)
		os.Exit(2)
	}
	pattern, err := regexp.Compile(*only)
	if err != nil {
		fmt.Fprintf(os.Stderr, "checks: -only: %v\n", err)
		os.Exit(2)
	}
	// The slots bound how many run; the order is that of the table, so what waits longest is not left to the end.
	slots := make(chan struct{}, parallel)
	var wg sync.WaitGroup
	for _, f := range facts() {
		if !pattern.MatchString(f.id) {
			continue
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			switch {
			case f.unsafe && program == original:
				out.print(f, func(fact) string { return notRun })
			case f.alone:
				out.print(f, inChild)
			default:
				out.print(f, inProcess)
			}
		})
	}
	wg.Wait()
	// Not by return: a client that a check could not close must not keep the process.
	os.Exit(0)
}

// printer prints observations from many goroutines.
type printer struct {
	mu  sync.Mutex
	enc *json.Encoder
}

func (p *printer) print(f fact, observe func(fact) string) {
	start := time.Now()
	got := observe(f)
	o := observation{
		ID: f.id, Bullet: f.bullet, Says: f.says, Want: f.want, Ours: f.ours, Row: f.row,
		Got: got, Millis: time.Since(start).Milliseconds(),
	}
	p.mu.Lock()
	err := p.enc.Encode(o)
	p.mu.Unlock()
	if err != nil {
		fmt.Fprintf(os.Stderr, "checks: %v\n", err)
		os.Exit(1)
	}
}

// inProcess observes a fact. A panic and a check that does not end are observations too.
func inProcess(f fact) string {
	got := make(chan string, 1)
	go func() {
		e := &env{id: f.id}
		// What a check leaves open is closed after it has said what it saw: closing may take long.
		defer e.close()
		got <- noProgram(catch(func() string { return f.check(e) }))
	}()
	select {
	case s := <-got:
		return s
	case <-time.After(limit):
		return noEnd
	}
}

// catch returns what the check says, or that it panicked and with what.
func catch(check func() string) (got string) {
	defer func() {
		if v := recover(); v != nil {
			got = fmt.Sprintf("panic: %v", v)
			if b, ok := v.(broken); ok {
				got = fmt.Sprintf("BROKEN CHECK: %v\n%s", b, debug.Stack())
			}
		}
	}()
	return check()
}

// notRun is the observation of a check that would harm the process of all others without saying so.
const notRun = "not run: it uses freed memory"

// broken is what a check panics with when it cannot be made, so that this is not taken for the library's panic.
type broken string

// inChild observes a fact in a process of its own, whose end is an observation too.
func inChild(f fact) string {
	path, err := os.Executable()
	if err != nil {
		return "BROKEN CHECK: " + err.Error()
	}
	cmd := exec.Command(path, "-child", f.id)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		return "BROKEN CHECK: " + err.Error()
	}
	timer := time.AfterFunc(2*limit, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	_ = cmd.Wait() // what was printed says more
	var o observation
	if json.Unmarshal(stdout.Bytes(), &o) != nil {
		return "crash: " + crashLine(stderr.String())
	}
	if f.stderr != nil {
		return o.Got + ", " + f.stderr(stderr.String())
	}
	return o.Got
}

// crashLine is the line with which Go's runtime says why the process ended.
func crashLine(stderr string) string {
	for line := range strings.Lines(stderr) {
		for _, start := range []string{"panic: ", "fatal error: ", "SIG"} {
			if strings.HasPrefix(line, start) {
				return strings.TrimSpace(line)
			}
		}
	}
	if i := strings.LastIndex(strings.TrimSpace(stderr), "\n"); i >= 0 {
		return strings.TrimSpace(stderr[i:])
	}
	return strings.TrimSpace(stderr)
}
