// Command bench compares the CPU time per message of this library with confluent-kafka-go's and with plain C, side by
// side on one real broker that it starts. Run it from the folder tests:
//
//	go run ./bench
//	go run ./bench -rounds 9 -paths poll -max-ratio 0.5
//
// In each round every program runs once on each path, in an order that changes, and the table shows medians. CPU time
// is the user and system time of the client's process from getrusage, from before its client is made until the last
// message was read or reported. The Go programs have one source, see client/main.go. The C program uses librdkafka's
// batch calls with the same settings; it is what can be had without Go.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

const partitions = 4

// runTimeout bounds one run of one program.
const runTimeout = 3 * time.Minute

// result is what a program prints.
type result struct {
	Round         int     `json:"round"`
	Program       string  `json:"program"`
	Library       string  `json:"library"`
	Mode          string  `json:"mode"`
	Messages      int     `json:"messages"`
	Bytes         int64   `json:"bytes"`
	CPUPerMessage float64 `json:"cpu_us_per_message"`
	PerSecond     float64 `json:"wall_messages_per_second"`
	PeakRSS       int64   `json:"peak_rss_bytes"`
}

// bench is one measurement.
type bench struct {
	rounds   int
	messages int
	size     int
	programs []string
	paths    []string // produce, batch, poll, read
	settings map[string][]string
	binaries map[string]string
	kafka    *cluster.Cluster
	results  []result
}

func main() {
	b := &bench{settings: map[string][]string{}}
	flag.IntVar(&b.rounds, "rounds", 5, "rounds; the table shows the medians")
	flag.IntVar(&b.messages, "messages", 1_000_000, "messages of each run")
	flag.IntVar(&b.size, "size", 100, "bytes of a message's value")
	programs := flag.String("programs", strings.Join([]string{ours, confluent, baseline}, ","), "programs to run")
	paths := flag.String("paths", "produce,batch,poll,read",
		"paths: produce (Produce and Events), batch (ProduceBatch and Deliveries; peers as for produce), poll, read (ReadMessage)")
	// The settings are those with which confluent-kafka-go does best. With its default fetch.queue.backoff.ms of
	// 1000 it stands still for a second whenever its queue is full.
	produce := flag.String("produce-settings", "linger.ms=50,queue.buffering.max.messages=1000000",
		"settings of all producers")
	consume := flag.String("consume-settings", "auto.offset.reset=earliest,fetch.queue.backoff.ms=10",
		"settings of all consumers")
	goProduce := flag.String("go-produce-settings", "go.delivery.report.fields=none",
		"further settings of the Go producers")
	maxRatio := flag.Float64("max-ratio", 0, "exit with status 1 when our CPU time per message is more than this part of confluent-kafka-go's on some path; 0 asks for nothing")
	jsonFile := flag.String("json", "", "also write every run's result to this file, one line of JSON each")
	flag.Parse()
	b.programs, b.paths = strings.Split(*programs, ","), strings.Split(*paths, ",")
	b.settings["produce"], b.settings["consume"] = list(*produce), list(*consume)
	b.settings["go-produce"] = list(*goProduce)

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := b.run(ctx)
	stop()
	if err == nil && *jsonFile != "" {
		err = b.writeJSON(*jsonFile)
	}
	if err == nil {
		err = b.judge(os.Stdout, *maxRatio)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// list splits at commas; the empty string has no elements.
func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

func (b *bench) run(ctx context.Context) (err error) {
	for _, p := range b.paths {
		if !produces(p) && p != "poll" && p != "read" {
			return fmt.Errorf("-paths names %q: there are produce, batch, poll and read", p)
		}
	}
	if b.rounds < 1 || b.messages < 1 || b.size < 1 {
		return fmt.Errorf("-rounds, -messages and -size are %d, %d and %d: they must be at least 1", b.rounds, b.messages, b.size)
	}
	tmp, err := os.MkdirTemp("", "rdkafka-go-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	b.binaries = map[string]string{}
	// The baseline also fills the topic that is read.
	for _, p := range append([]string{baseline}, b.programs...) {
		if b.binaries[p] == "" {
			fmt.Fprintf(os.Stderr, "building %s\n", p)
			if b.binaries[p], err = build(ctx, p, tmp); err != nil {
				return fmt.Errorf("cannot build %s: %w", p, err)
			}
		}
	}
	// A broker that is not the bottleneck: memory, and the optimising compiler.
	b.kafka, err = cluster.Start(ctx, cluster.Config{HeapMiB: 1024, JVMArgs: []string{"-XX:TieredStopAtLevel=4"}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.kafka.Close()) }()
	if err := b.prepare(ctx); err != nil {
		return err
	}
	for round := 1; round <= b.rounds; round++ {
		for _, path := range b.paths {
			for i := range b.programs {
				// Another one begins in each round.
				program := b.programs[(i+round)%len(b.programs)]
				r, err := b.measure(ctx, program, path, fmt.Sprintf("%s-%s-%d", program, path, round), b.messages)
				if err != nil {
					return err
				}
				r.Round = round
				b.results = append(b.results, r)
				fmt.Fprintf(os.Stderr, "round %d %-8s %-20s %.3f us CPU/message, %.0f messages/s\n",
					round, path, program, r.CPUPerMessage, r.PerSecond)
			}
		}
	}
	return b.verify(ctx)
}

// prepare makes the topics, fills the one that is read and warms the broker up.
func (b *bench) prepare(ctx context.Context) error {
	if err := b.kafka.CreateTopic(ctx, "backlog", partitions, 1); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "producing %d messages to read\n", b.messages)
	if _, err := b.exec(ctx, baseline, "produce", "backlog", "", b.messages); err != nil {
		return err
	}
	if !slices.ContainsFunc(b.paths, produces) {
		return nil
	}
	for _, p := range b.programs {
		// The broker may drop what was counted: nobody reads it.
		if err := b.kafka.CreateTopic(ctx, sink(p), partitions, 1, "segment.bytes=67108864", "retention.bytes=134217728"); err != nil {
			return err
		}
	}
	return nil
}

// produces says whether a path produces.
func produces(path string) bool { return path == "produce" || path == "batch" }

// sink is the topic that a program produces to.
func sink(program string) string { return "sink-" + program }

// verify asks Kafka whether all that the programs say they produced is there.
func (b *bench) verify(ctx context.Context) error {
	times := 0 // that a program produces in each round
	for _, path := range b.paths {
		if produces(path) {
			times++
		}
	}
	if times == 0 {
		return nil
	}
	for _, p := range b.programs {
		ends, err := b.kafka.Offsets(ctx, sink(p), cluster.Latest)
		if err != nil {
			return err
		}
		var total int64
		for _, n := range ends {
			total += n
		}
		if want := int64(times) * int64(b.rounds) * int64(b.messages); total != want {
			return fmt.Errorf("%s produced %d messages, Kafka has %d", p, want, total)
		}
	}
	return nil
}

// measure runs a program once and checks that it did all its work.
func (b *bench) measure(ctx context.Context, program, path, group string, n int) (result, error) {
	topic := "backlog"
	if produces(path) {
		topic = sink(program)
	}
	r, err := b.exec(ctx, program, path, topic, group, n)
	if err != nil {
		return r, err
	}
	if want := int64(n) * int64(b.size); r.Messages != n || r.Bytes != want {
		return r, fmt.Errorf("%s, %s: %d messages of %d bytes in all; there should be %d of %d", program, path, r.Messages, r.Bytes, n, want)
	}
	return r, nil
}

// exec runs a program and returns what it prints.
func (b *bench) exec(ctx context.Context, program, path, topic, group string, n int) (r result, err error) {
	settings := []string{"bootstrap.servers=" + b.kafka.BootstrapServers()}
	if produces(path) {
		settings = append(settings, b.settings["produce"]...)
		if program != baseline {
			settings = append(settings, b.settings["go-produce"]...)
		}
	} else {
		settings = append(append(settings, "group.id="+group), b.settings["consume"]...)
	}
	var args []string
	if program == baseline {
		mode := "consume"
		if produces(path) {
			mode = "produce"
		}
		args = []string{mode, topic, strconv.Itoa(n)}
		if mode == "produce" {
			args = append(args, strconv.Itoa(b.size))
		}
		args = append(args, settings...)
	} else {
		args = []string{"-mode", path, "-topic", topic, "-n", strconv.Itoa(n), "-size", strconv.Itoa(b.size)}
		for _, s := range settings {
			args = append(args, "-X", s)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, runTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.binaries[program], args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("%s, %s: %w: %s", program, path, errors.Join(err, ctx.Err()), stderr.String())
	}
	if err := json.Unmarshal(out, &r); err != nil {
		return r, fmt.Errorf("%s, %s: it printed %q: %w", program, path, out, err)
	}
	r.Mode = path
	return r, nil
}

func (b *bench) writeJSON(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("-json: %w", err)
	}
	enc := json.NewEncoder(f)
	for _, r := range b.results {
		if err := enc.Encode(r); err != nil {
			return errors.Join(fmt.Errorf("-json: %w", err), f.Close())
		}
	}
	return f.Close()
}
