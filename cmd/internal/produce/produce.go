// Package produce is the command "rdk produce".
package produce

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rdkafka-go/rdkafka/cmd/internal/conn"
	"github.com/rdkafka-go/rdkafka/cmd/internal/exit"
	"github.com/rdkafka-go/rdkafka/cmd/internal/progress"
	"github.com/rdkafka-go/rdkafka/kafka"
)

// options are the flags of the command.
type options struct {
	conn      conn.Flags
	topic     string
	partition int32
	delimiter string
	headers   []string
	json      bool

	parsed []kafka.Header
}

// Command returns the command.
func Command() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "produce -t TOPIC [flags] [FILE...]",
		Short: "Send each line of the standard input or of files as a message",
		Long: "Sends each line as one message and waits for the reports of their delivery. The\n" +
			"lines come from the files, - being the standard input, or without files from the\n" +
			"standard input. The exit status is 1 when a message was not delivered.",
		Example: "  echo 'k1:hello' | rdk produce -b localhost:9092 -t greetings -k : -H source=shell",
		RunE: func(cmd *cobra.Command, files []string) error {
			if err := o.check(); err != nil {
				return err
			}
			in, err := openInput(files, cmd.InOrStdin())
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), in, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.conn.Add(cmd)
	f := cmd.Flags()
	f.StringVarP(&o.topic, "topic", "t", "", "the topic (required)")
	f.Int32VarP(&o.partition, "partition", "p", kafka.PartitionAny, "the partition; -1 lets the key choose")
	f.StringVarP(&o.delimiter, "key", "k", "", "what parts the key from the value in a line")
	f.StringArrayVarP(&o.headers, "header", "H", nil, "a header of every message, as name=value; may be given more than once")
	f.BoolVar(&o.json, "json", false, "print the result as JSON on the standard output")
	return cmd
}

func (o *options) check() error {
	if o.topic == "" {
		return exit.Usagef("no topic: give it by -t TOPIC")
	}
	if o.partition < kafka.PartitionAny {
		return exit.Usagef("-p %d: want a partition from 0 to %d, or -1 to let the key choose", o.partition, math.MaxInt32)
	}
	for _, h := range o.headers {
		name, value, ok := strings.Cut(h, "=")
		if !ok || name == "" {
			return exit.Usagef("-H %s: want name=value", h)
		}
		o.parsed = append(o.parsed, kafka.Header{Key: name, Value: []byte(value)})
	}
	return nil
}

// closeTimeout is for a producer that has nothing more to do, but may be waiting
// for an answer.
const closeTimeout = time.Second

// flushTimeout is how long messages have to be delivered after Ctrl-C.
const flushTimeout = 10 * time.Second

func (o *options) run(ctx context.Context, in *input, stdout, stderr io.Writer) error {
	defer in.close()
	conf, err := o.conn.Config(kafka.ConfigMap{}, "")
	if err != nil {
		return err
	}
	p, err := kafka.NewProducer(conf)
	if err != nil {
		return conn.ConfigError(err)
	}
	notices := conn.NewNotices(stderr)
	notices.Watch(p.Errors(), p.Logs(), o.conn.Lines(conn.ConfigLines))
	if err := o.reach(ctx, notices, p); err != nil {
		_, _ = conn.Close(p, closeTimeout)
		return err
	}

	bar := progress.New(stderr, "delivered", 0)
	t := newTally(p.Deliveries(), bar)
	s := sender{o: o, p: p, tally: t}
	begun := time.Now()
	err = s.send(ctx, in)
	if flushErr := s.flush(ctx); err == nil {
		err = flushErr
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
		bounded, cancel := context.WithTimeout(context.Background(), flushTimeout)
		_ = s.flush(bounded) // what it leaves is counted below
		cancel()
	}
	took := time.Since(begun)
	// That reports found no reader is counted as missing.
	if closed, _ := conn.Close(p, closeTimeout); closed {
		notices.Wait()
		<-t.ended
	}
	bar.Stop()
	t.missing(s.taken, errors.New("interrupted before its delivery was known"))
	return o.report(&s, took, err, stdout, stderr)
}

// reach asks for the topic, and checks that it has the partition.
func (o *options) reach(ctx context.Context, notices *conn.Notices, p *kafka.Producer) error {
	topics, err := notices.Reach(ctx, p, []string{o.topic}, true)
	if err != nil {
		return err
	}
	if n := len(topics[o.topic].Partitions); int(o.partition) >= n {
		return fmt.Errorf("topic %q has no partition %d: it has %d, from 0 on", o.topic, o.partition, n)
	}
	return nil
}

// result is what --json prints.
type result struct {
	Topic       string  `json:"topic"`
	Delivered   int64   `json:"delivered"`
	Failed      int64   `json:"failed"`
	Bytes       int64   `json:"bytes"` // of keys and values that the producer took
	Seconds     float64 `json:"seconds"`
	FirstError  string  `json:"first_error,omitempty"`
	Interrupted bool    `json:"interrupted,omitempty"`
}

// report prints the result; err is what ended the sending early. It returns what
// the command ends with.
func (o *options) report(s *sender, took time.Duration, err error, stdout, stderr io.Writer) error {
	s.tally.mu.Lock()
	defer s.tally.mu.Unlock()
	r := result{
		Topic: o.topic, Delivered: s.tally.delivered, Failed: s.tally.failed, Bytes: s.bytes, Seconds: took.Seconds(),
		Interrupted: errors.Is(err, exit.ErrInterrupted),
	}
	if s.tally.first != nil {
		r.FirstError = s.tally.first.Error()
	}
	if o.json {
		if err := json.NewEncoder(stdout).Encode(&r); err != nil {
			return fmt.Errorf("standard output: %w", err)
		}
	} else {
		fmt.Fprintf(stderr, "delivered %d, failed %d\n", r.Delivered, r.Failed)
	}
	switch {
	case r.Failed > 0 && !r.Interrupted:
		return errors.Join(err, fmt.Errorf("%d of %d messages were not delivered, the first: %w",
			r.Failed, r.Failed+r.Delivered, s.tally.first))
	default:
		return err
	}
}
