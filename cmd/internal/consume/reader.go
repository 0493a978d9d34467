package consume

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rdkafka-go/rdkafka/cmd/internal/conn"
	"github.com/rdkafka-go/rdkafka/cmd/internal/progress"
	"github.com/rdkafka-go/rdkafka/kafka"
)

// place is one partition.
type place struct {
	topic     string
	partition int32
}

// reader takes messages to the output. It and all callbacks of the consumer run
// on one goroutine.
type reader struct {
	o       *options
	c       *kafka.Consumer
	notices *conn.Notices
	out     *output
	bar     *progress.Bar
	n       int64 // messages written
	begun   bool  // the topics are there
	failed  error // in a callback

	assigned bool           // at least once
	ends     map[place]bool // the assigned partitions; true: read to its end
}

// pollMs is how long the end of the context may go unnoticed.
const pollMs = 100

// flushEvery bounds the messages that are written and not flushed.
const flushEvery = 1000

// run reads until the count or the end is reached, or ctx ends.
func (r *reader) run(ctx context.Context) error {
	if err := r.begin(ctx); err != nil {
		return err
	}
	for r.failed == nil && !r.done() {
		select {
		case err := <-r.notices.Fatal():
			return errors.Join(r.flush(), err)
		case <-ctx.Done():
			return errors.Join(r.flush(), context.Cause(ctx))
		default:
		}
		ev := r.c.Poll(0)
		if ev == nil {
			// The one who reads the output gets what there is before the wait.
			if err := r.flush(); err != nil {
				return err
			}
			ev = r.c.Poll(pollMs)
		}
		if err := r.serve(ev); err != nil {
			return errors.Join(r.flush(), err)
		}
	}
	return errors.Join(r.failed, r.flush())
}

// done says whether there is nothing more to read.
func (r *reader) done() bool {
	if r.o.count > 0 && r.n >= r.o.count {
		return true
	}
	if !r.o.exit || !r.assigned {
		return false
	}
	for _, end := range r.ends {
		if !end {
			return false
		}
	}
	return true
}

// begin asks for the topics and subscribes to or assigns them.
func (r *reader) begin(ctx context.Context) error {
	var names []string
	for _, t := range r.o.topics {
		if !strings.HasPrefix(t, "^") {
			names = append(names, t)
		}
	}
	found, err := r.notices.Reach(ctx, r.c, names, false)
	if err != nil {
		return err
	}
	r.begun = true
	if r.o.group != "" {
		return r.c.SubscribeTopics(r.o.topics, r.rebalance)
	}
	var parts []kafka.TopicPartition
	for _, name := range names {
		n := int32(len(found[name].Partitions))
		ids := r.o.partitions
		if len(ids) == 0 {
			for id := range n {
				ids = append(ids, id)
			}
		}
		for _, id := range ids {
			if id >= n {
				return fmt.Errorf("topic %q has no partition %d: it has %d, from 0 on", name, id, n)
			}
			parts = append(parts, kafka.TopicPartition{Topic: &name, Partition: id, Offset: r.o.start})
		}
	}
	r.assign(parts)
	return r.c.Assign(parts)
}

func (r *reader) assign(parts []kafka.TopicPartition) {
	r.assigned = true
	for _, p := range parts {
		r.ends[place{*p.Topic, p.Partition}] = false
	}
}

// rebalance keeps ends up to date. Before partitions go, what was read of them
// is written, so that its offsets are committed with them.
func (r *reader) rebalance(_ *kafka.Consumer, ev kafka.Event) error {
	switch e := ev.(type) {
	case kafka.AssignedPartitions:
		r.assign(e.Partitions)
	case kafka.RevokedPartitions:
		if err := r.flush(); err != nil {
			r.failed = err
		}
		for _, p := range e.Partitions {
			delete(r.ends, place{*p.Topic, p.Partition})
		}
	}
	return nil // the consumer does the rest
}

func (r *reader) serve(ev kafka.Event) error {
	switch e := ev.(type) {
	case *kafka.Message:
		if err := r.out.write(e); err != nil {
			return err
		}
		r.n++
		r.bar.Set(r.n)
		if r.n%flushEvery == 0 {
			return r.flush()
		}
	case kafka.PartitionEOF:
		r.ends[place{*e.Topic, e.Partition}] = true
	}
	return nil
}

// flush hands over what was written and stores its offsets, so that none is
// committed of which the output did not take the message.
func (r *reader) flush() error {
	offsets, err := r.out.flush()
	if err != nil || len(offsets) == 0 || r.o.group == "" {
		return err
	}
	if _, err := r.c.StoreOffsets(offsets); err != nil {
		return fmt.Errorf("storing offsets: %w", err)
	}
	return nil
}
