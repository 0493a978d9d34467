package produce

import (
	"bytes"
	"context"
	"fmt"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// sender turns lines into messages.
type sender struct {
	o     *options
	p     *kafka.Producer
	tally *tally
	taken int64 // messages that the producer has taken
	bytes int64 // of their keys and values
	msgs  []kafka.Message
}

// send sends all lines, until ctx ends; then the error is ctx's cause. A line
// without a key ends it too.
func (s *sender) send(ctx context.Context, in *input) error {
	for {
		select {
		case c, ok := <-in.chunks:
			if !ok {
				return nil
			}
			if err := s.sendLines(ctx, c.lines); err != nil {
				return err
			}
			if c.err != nil {
				return c.err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (s *sender) sendLines(ctx context.Context, lines []line) error {
	s.msgs = s.msgs[:0]
	var bad error
	for i := range lines {
		l := &lines[i]
		m := kafka.Message{
			TopicPartition: kafka.TopicPartition{Topic: &s.o.topic, Partition: s.o.partition},
			Value:          l.text, Headers: s.o.parsed, Opaque: l,
		}
		if d := s.o.delimiter; d != "" {
			key, value, ok := bytes.Cut(l.text, []byte(d))
			if !ok {
				// What came before it is sent.
				bad = fmt.Errorf("%s: the line has no %q to part key and value (-k)", l.at(), d)
				break
			}
			m.Key, m.Value = key, value
		}
		s.msgs = append(s.msgs, m)
	}
	n, err := s.p.ProduceBatch(ctx, s.msgs)
	s.taken += s.tally.refused(s.msgs[:n])
	for i := range s.msgs[:n] {
		s.bytes += int64(len(s.msgs[i].Key) + len(s.msgs[i].Value))
	}
	switch {
	case n == len(s.msgs): // an error is that of a message, and is counted
		return bad
	case ctx.Err() != nil:
		return context.Cause(ctx)
	default:
		return err
	}
}

// flush waits until every message that was taken has its report, or ctx ends.
func (s *sender) flush(ctx context.Context) error {
	if err := s.p.FlushContext(ctx); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	}
	for !s.tally.all(s.taken) {
		select {
		case <-s.tally.changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
