package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// result is what the demo found, in the form of --json.
type result struct {
	Brokers    string  `json:"brokers"`
	Mock       bool    `json:"mock"` // the brokers run in this process
	Topic      string  `json:"topic"`
	Partitions int     `json:"partitions"`
	Members    int     `json:"members"`
	Files      int     `json:"files"`
	Lines      int     `json:"lines"`
	Messages   int64   `json:"messages"` // produced
	Bytes      int64   `json:"bytes"`    // of keys, values and headers that came
	Seconds    float64 `json:"seconds"`
	Rate       float64 `json:"messages_per_second"`
	P50        float64 `json:"latency_p50_ms"`
	P99        float64 `json:"latency_p99_ms"`
	CPU        float64 `json:"cpu_us_per_message"`
	Lost       int64   `json:"lost"`
	Duplicated int64   `json:"duplicated"`
	Disordered int64   `json:"out_of_order"`
	Corrupt    int64   `json:"corrupt"`
	Foreign    int64   `json:"foreign"` // read and passed over: not of this run

	Interrupted bool `json:"interrupted,omitempty"`
}

func (s *scene) result(took, cpu time.Duration, interrupted bool) *result {
	n := s.sender.taken.Load()
	lat := s.group.latencies()
	r := &result{
		Brokers: s.brokers, Mock: s.mock != nil, Topic: s.o.topic, Partitions: len(s.check.parts), Members: s.o.members,
		Files: s.run.lines.files, Lines: len(s.run.lines.list),
		Messages: n, Bytes: s.check.bytes.Load(), Seconds: took.Seconds(), Rate: float64(n) / took.Seconds(),
		P50: float64(lat.ValueAtQuantile(50)) / 1000, P99: float64(lat.ValueAtQuantile(99)) / 1000,
		Lost: s.check.lost(n), Duplicated: s.check.duplicated.Load(), Disordered: s.check.disordered.Load(),
		Corrupt: s.check.corrupt.Load(), Foreign: s.check.foreign.Load(), Interrupted: interrupted,
	}
	if n > 0 {
		r.CPU = float64(cpu.Microseconds()) / float64(n)
	}
	return r
}

// err says what is wrong, nil when every message was sound.
func (r *result) err() error {
	if r.Lost+r.Duplicated+r.Disordered+r.Corrupt == 0 {
		return nil
	}
	return fmt.Errorf("the check has failed: of %d messages %d lost, %d duplicated, %d out of order, %d corrupt",
		r.Messages, r.Lost, r.Duplicated, r.Disordered, r.Corrupt)
}

func (r *result) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(r)
	}
	cluster, whose := r.Brokers, "producer and consumers"
	if r.Mock {
		cluster = fmt.Sprintf("%d mock brokers in this process", mockBrokers)
		whose = "producer, consumers and the mock brokers"
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	row("cluster", "%s", cluster)
	row("topic", "%s, %s, read by a group of %d", r.Topic, count(int64(r.Partitions), "partition"), r.Members)
	row("input", "%s of %s", count(int64(r.Lines), "line"), count(int64(r.Files), "file"))
	row("messages", "%s%s", thousands(r.Messages), map[bool]string{true: " (interrupted)"}[r.Interrupted])
	row("bytes", "%s in keys, values and headers", thousands(r.Bytes))
	row("time", "%.2f s", r.Seconds)
	row("rate", "%s msg/s, %.1f MB/s", thousands(int64(r.Rate)), float64(r.Bytes)/r.Seconds/1e6)
	row("latency", "p50 %.1f ms, p99 %.1f ms, from the produce call to the consumer", r.P50, r.P99)
	row("CPU", "%.2f us per message, of %s in one process", r.CPU, whose)
	row("lost", "%d", r.Lost)
	row("duplicated", "%d", r.Duplicated)
	row("out of order", "%d", r.Disordered)
	row("corrupt", "%d", r.Corrupt)
	if r.Foreign > 0 {
		row("foreign", "%d messages that others have written", r.Foreign)
	}
	return t.Flush()
}

// count writes a number of things.
func count(n int64, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return thousands(n) + " " + thing
}

// thousands writes a number with commas between groups of three digits.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	var b strings.Builder
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 && s[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}
