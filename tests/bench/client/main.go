// Command client produces or consumes messages and prints what that cost, as one line of JSON. The runner in the
// folder above builds it twice: as it stands, and with the one import of the kafka package exchanged for a peer's, so
// that both libraries run the very same source.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// program is the library's name; the runner sets it for peers.
var program = "rdkafka-go"

// stall is how long nothing may arrive before the run has failed.
const stall = 30 * time.Second

// result is what is printed.
type result struct {
	Program       string  `json:"program"`
	Library       string  `json:"library"`
	Mode          string  `json:"mode"`
	Messages      int     `json:"messages"`
	Bytes         int64   `json:"bytes"` // of all values
	CPUPerMessage float64 `json:"cpu_us_per_message"`
	PerSecond     float64 `json:"wall_messages_per_second"`
	PeakRSS       int64   `json:"peak_rss_bytes"`
}

// settings collects -X key=value flags.
type settings kafka.ConfigMap

func (s settings) String() string { return "" }

// Set implements flag.Value.
func (s settings) Set(kv string) error {
	k, v, ok := strings.Cut(kv, "=")
	if !ok {
		return fmt.Errorf("%q is not key=value", kv)
	}
	s[k] = v
	return nil
}

func main() {
	conf := settings{}
	mode := flag.String("mode", "", "produce, batch, poll or read (consume with Poll or with ReadMessage)")
	topic := flag.String("topic", "", "topic")
	n := flag.Int("n", 1_000_000, "messages")
	size := flag.Int("size", 100, "bytes of a produced value")
	profile := flag.String("cpuprofile", "", "write a CPU profile to this file")
	flag.Var(conf, "X", "setting of the client, key=value; may be repeated")
	flag.Parse()
	if err := run(*mode, *topic, *n, *size, *profile, kafka.ConfigMap(conf)); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", program, err)
		os.Exit(1)
	}
}

func run(mode, topic string, n, size int, profile string, conf kafka.ConfigMap) error {
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	start, cpu := time.Now(), cpuTime()
	var bytes int64
	var err error
	switch mode {
	case "produce":
		bytes, err = produce(topic, n, size, conf)
	case "batch":
		bytes, err = produceBatches(topic, n, size, conf)
	case "poll", "read":
		bytes, err = consume(mode, topic, n, conf)
	default:
		err = fmt.Errorf("-mode is %q: it must be produce, batch, poll or read", mode)
	}
	if err != nil {
		return err
	}
	wall, used := time.Since(start), cpuTime()-cpu
	_, library := kafka.LibraryVersion()
	return json.NewEncoder(os.Stdout).Encode(result{
		Program:       program,
		Library:       "librdkafka " + library,
		Mode:          mode,
		Messages:      n,
		Bytes:         bytes,
		CPUPerMessage: float64(used.Nanoseconds()) / 1e3 / float64(n),
		PerSecond:     float64(n) / wall.Seconds(),
		PeakRSS:       usage().Maxrss * 1024,
	})
}

// usage is what the process has used so far.
func usage() syscall.Rusage {
	var ru syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &ru); err != nil {
		panic(err) // cannot happen with these arguments
	}
	return ru
}

// cpuTime is the user and system time of the process.
func cpuTime() time.Duration {
	ru := usage()
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}

// produce sends n values and returns their bytes when all are reported delivered.
func produce(topic string, n, size int, conf kafka.ConfigMap) (int64, error) {
	p, err := kafka.NewProducer(&conf)
	if err != nil {
		return 0, err
	}
	defer p.Close()
	// The reader of reports ends with the last one, with the first error or when no more come.
	progress, done := make(chan struct{}, 1), make(chan error, 1)
	go func() { done <- reports(p, n, progress) }()

	value := make([]byte, size)
	for i := range value {
		value[i] = 'x'
	}
	msg := kafka.Message{TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: kafka.PartitionAny}, Value: value}
	var bytes int64
	for i := 0; i < n; {
		err := p.Produce(&msg, nil)
		if err == nil {
			i++
			bytes += int64(len(value))
			continue
		}
		var kerr kafka.Error
		if !errors.As(err, &kerr) || kerr.Code() != kafka.ErrQueueFull {
			return 0, fmt.Errorf("produce: %w", err)
		}
		select {
		case <-progress:
		case err := <-done:
			return 0, fmt.Errorf("after %d messages: %w", i, err)
		}
	}
	return bytes, <-done
}

// reports reads n delivery reports, and says on progress now and then that there is room again.
func reports(p *kafka.Producer, n int, progress chan<- struct{}) error {
	timer := time.NewTimer(stall)
	defer timer.Stop()
	for i, seen := 0, 0; i < n; {
		select {
		case ev := <-p.Events():
			switch ev := ev.(type) {
			case *kafka.Message:
				if ev.TopicPartition.Error != nil {
					return fmt.Errorf("delivery: %w", ev.TopicPartition.Error)
				}
				i++
				if i%1024 != 0 {
					continue
				}
				select {
				case progress <- struct{}{}:
				default:
				}
			case kafka.Error:
				fmt.Fprintf(os.Stderr, "%s: %v\n", program, ev)
			}
		case <-timer.C:
			if i == seen {
				return fmt.Errorf("only %d of %d messages were reported, none within %v", i, n, stall)
			}
			seen = i
			timer.Reset(stall)
		}
	}
	return nil
}

// consume reads n messages in a group and returns the bytes of their values.
func consume(mode, topic string, n int, conf kafka.ConfigMap) (int64, error) {
	c, err := kafka.NewConsumer(&conf)
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.Close() }() // all is read and counted before
	if err := c.Subscribe(topic, nil); err != nil {
		return 0, err
	}
	var bytes int64
	if mode == "read" {
		for i := range n {
			m, err := c.ReadMessage(stall)
			if err != nil {
				return 0, fmt.Errorf("after %d of %d messages: %w", i, n, err)
			}
			bytes += int64(len(m.Value))
		}
		return bytes, nil
	}
	lastNil := 0 // how many messages had come when Poll last returned nil
	for i := 0; i < n; {
		switch ev := c.Poll(int(stall.Milliseconds())).(type) {
		case *kafka.Message:
			if ev.TopicPartition.Error != nil {
				return 0, ev.TopicPartition.Error
			}
			i++
			bytes += int64(len(ev.Value))
		case kafka.Error:
			return 0, ev
		case nil:
			// The peer returns nil after a rebalance, too, and not only when the time is over.
			if i > 0 && i == lastNil {
				return 0, fmt.Errorf("only %d of %d messages came, none within %v", i, n, stall)
			}
			lastNil = i
		}
	}
	return bytes, nil
}
