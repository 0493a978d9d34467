package hostile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// job is what a child does: it runs a producer and a consumer, prints what they report as lines of JSON, and when its
// input ends waits until both work, and says so.
type job struct {
	Brokers  string
	Settings map[string]string
	// Renew closes the clients when the input ends, and lets new ones work.
	Renew bool
}

// line is what a child prints.
type line struct {
	Client string // "producer", "consumer", or "child" at the start and the end
	Kind   string // "log", "error", "delivery", "message", "stats", "asked" (and was told), "answered"; "idle" and "end" of the child
	Text   string
	Memory int64 // resident bytes at "idle", their peak at "end"
}

// printer prints each line once: a client that tries again says the same again.
type printer struct {
	mu   sync.Mutex
	w    io.Writer
	seen map[line]bool
}

func (p *printer) print(l line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen[l] || len(p.seen) > 2000 {
		return
	}
	p.seen[l] = true
	text, err := json.Marshal(l)
	if err == nil {
		_, err = fmt.Fprintln(p.w, string(text))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the child's output is lost:", err)
	}
}

// child runs the job that the text says.
func child(text string) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	// Where it dies it leaves no image of its memory behind.
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return err
	}
	p := &printer{w: os.Stdout, seen: map[line]bool{}}
	c, err := j.open(p)
	if err != nil {
		return err
	}
	idle, _, err := memory()
	if err != nil {
		return err
	}
	p.print(line{Client: "child", Kind: "idle", Memory: idle})
	var calm atomic.Bool
	worked := c.start(p, &calm, j.Renew)
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	calm.Store(true)
	if err := errors.Join(<-worked, <-worked); err != nil {
		return err
	}
	if j.Renew {
		if err := c.close(); err != nil {
			return err
		}
		if c, err = j.open(p); err != nil {
			return err
		}
		worked = c.start(p, &calm, false)
		if err := errors.Join(<-worked, <-worked); err != nil {
			return err
		}
	}
	_, peak, err := memory()
	if err != nil {
		return err
	}
	p.print(line{Client: "child", Kind: "end", Memory: peak})
	return c.close()
}

// clients are what a child runs.
type clients struct {
	prod *kafka.Producer
	cons *kafka.Consumer
}

func (j *job) open(p *printer) (clients, error) {
	prod, err := kafka.NewProducer(j.config(kafka.ConfigMap{"linger.ms": 0, "message.timeout.ms": 1500}))
	if err != nil {
		return clients{}, err
	}
	cons, err := kafka.NewConsumer(j.config(kafka.ConfigMap{
		"group.id": "hostile", "enable.auto.commit": false, "auto.offset.reset": "earliest", "fetch.wait.max.ms": 50,
		"fetch.error.backoff.ms": 20, "check.crcs": true, "enable.partition.eof": true, "statistics.interval.ms": 200,
	}))
	if err != nil {
		return clients{}, err
	}
	for _, c := range []struct {
		name string
		logs chan kafka.LogEvent
	}{{"producer", prod.Logs()}, {"consumer", cons.Logs()}} {
		go func() {
			for l := range c.logs {
				p.print(line{Client: c.name, Kind: "log", Text: l.Tag + ": " + withoutTimes(l.Message)})
			}
		}()
	}
	name := topic
	return clients{prod, cons}, cons.Assign([]kafka.TopicPartition{{Topic: &name, Offset: kafka.OffsetBeginning}})
}

// start lets both work until the calm, and then until each has worked once, unless only the calm matters.
func (c clients) start(p *printer, calm *atomic.Bool, calmOnly bool) <-chan error {
	worked := make(chan error, 2)
	go func() { worked <- produceUntil(c.prod, p, calm, calmOnly) }()
	go func() { worked <- consumeUntil(c.cons, p, calm, calmOnly) }()
	go ask(c.cons, p, calm)
	return worked
}

func (c clients) close() error {
	c.prod.Close()
	return c.cons.Close()
}

// config adds what all clients have: they notice a silent broker within a second and try again soon.
func (j *job) config(m kafka.ConfigMap) *kafka.ConfigMap {
	maps.Copy(m, kafka.ConfigMap{
		"bootstrap.servers": j.Brokers, "go.logs.channel.enable": true, "socket.timeout.ms": 1100,
		"socket.connection.setup.timeout.ms": 1000, "reconnect.backoff.ms": 10, "reconnect.backoff.max.ms": 50,
		"retry.backoff.ms": 20, "retry.backoff.max.ms": 50, "topic.metadata.refresh.interval.ms": 300,
		"topic.metadata.refresh.fast.interval.ms": 50, "topic.metadata.propagation.max.ms": 1000,
		"api.version.request.timeout.ms": 1000, "log.connection.close": true, "allow.auto.create.topics": false,
	})
	for k, v := range j.Settings {
		m[k] = v
	}
	return &m
}

// withoutTimes makes lines equal that differ only in what was measured.
func withoutTimes(s string) string {
	if at := strings.LastIndex(s, " (after "); at >= 0 {
		return s[:at]
	}
	return s
}

// produceUntil produces and reports until a message that was sent after the calm is delivered.
func produceUntil(prod *kafka.Producer, p *printer, calm *atomic.Bool, calmOnly bool) error {
	name := topic
	waiting := 0
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !calmOnly || !calm.Load() {
		select {
		case <-tick.C:
			value := valueBefore
			if calm.Load() {
				value = valueAfter
			}
			if waiting >= 50 {
				continue
			}
			err := prod.Produce(&kafka.Message{
				TopicPartition: kafka.TopicPartition{Topic: &name, Partition: kafka.PartitionAny}, Value: []byte(value),
			}, nil)
			if err != nil {
				p.print(line{Client: "producer", Kind: "error", Text: err.Error()})
				continue
			}
			waiting++
		case ev := <-prod.Events():
			switch e := ev.(type) {
			case *kafka.Message:
				waiting--
				if err := e.TopicPartition.Error; err != nil {
					p.print(line{Client: "producer", Kind: "delivery", Text: err.Error()})
				} else if p.print(line{Client: "producer", Kind: "message"}); string(e.Value) == valueAfter {
					return nil
				}
			case kafka.Error:
				p.print(line{Client: "producer", Kind: "error", Text: e.Error()})
			}
		}
	}
	return nil
}

// consumeUntil consumes and reports until it gets a message that was read after the calm.
func consumeUntil(cons *kafka.Consumer, p *printer, calm *atomic.Bool, calmOnly bool) error {
	for !calmOnly || !calm.Load() {
		switch e := cons.Poll(100).(type) {
		case *kafka.Message:
			if err := e.TopicPartition.Error; err != nil {
				p.print(line{Client: "consumer", Kind: "error", Text: err.Error()})
			} else if p.print(line{Client: "consumer", Kind: "message"}); calm.Load() && string(e.Value) == valueAfter {
				return nil
			}
		case kafka.Error:
			p.print(line{Client: "consumer", Kind: "error", Text: e.Error()})
		case *kafka.Stats:
			printStats(e.String(), p)
		}
	}
	return nil
}

// printStats names the counters of faults that are not 0.
func printStats(text string, p *printer) {
	var s struct {
		Brokers map[string]map[string]any
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		p.print(line{Client: "consumer", Kind: "error", Text: "statistics: " + err.Error()})
	}
	for _, b := range s.Brokers {
		for _, counter := range []string{"rxpartial", "rxcorriderrs"} {
			if n, ok := b[counter].(float64); ok && n > 0 {
				p.print(line{Client: "consumer", Kind: "stats", Text: counter})
			}
		}
	}
}

// ask asks the broker for offsets again and again, as an application may that hears nothing.
func ask(cons *kafka.Consumer, p *printer, calm *atomic.Bool) {
	for !calm.Load() {
		_, _, err := cons.QueryWatermarkOffsets(topic, 0, 300)
		if err == nil {
			p.print(line{Client: "consumer", Kind: "answered"})
			return
		}
		p.print(line{Client: "consumer", Kind: "asked", Text: err.Error()})
	}
}

// memory returns the resident bytes of this process and their peak.
func memory() (now, peak int64, err error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0, err
	}
	for l := range strings.Lines(string(text)) {
		f := strings.Fields(l)
		if len(f) != 3 || f[0] != "VmRSS:" && f[0] != "VmHWM:" {
			continue
		}
		n, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			return 0, 0, err
		}
		if f[0] == "VmRSS:" {
			now = n << 10
		} else {
			peak = n << 10
		}
	}
	if now == 0 || peak == 0 {
		return 0, 0, errors.New("/proc/self/status does not tell the memory")
	}
	return now, peak, nil
}
