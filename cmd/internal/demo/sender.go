package demo

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// sender produces the messages of a run.
type sender struct {
	run  *run
	p    *kafka.Producer
	gate *gate

	taken    atomic.Int64  // messages that the producer took
	reported atomic.Int64  // and their reports
	changed  chan struct{} // has a value after reports came

	failed    chan struct{} // closed at the first message that was not delivered
	failure   error         // valid when failed is closed
	countDone sync.WaitGroup
}

// batchMessages is how many messages go to the producer at once.
const batchMessages = 1000

// newSender begins to count the reports, in a goroutine that ends when the
// producer is closed; wait for it with countDone.
func newSender(r *run, p *kafka.Producer, g *gate) *sender {
	s := &sender{run: r, p: p, gate: g, changed: make(chan struct{}, 1), failed: make(chan struct{})}
	s.countDone.Go(s.count)
	return s
}

func (s *sender) count() {
	for batch := range s.p.Deliveries() {
		for i := range batch {
			if err := batch[i].Error; err != nil && s.failure == nil {
				s.failure = fmt.Errorf("a message was not delivered (%s): %w", batch[i].Status, err)
				close(s.failed)
			}
		}
		s.reported.Add(int64(len(batch)))
		select {
		case s.changed <- struct{}{}:
		default:
		}
	}
}

// send produces all messages and waits for their reports. It ends early, with
// the reason, when ctx ends or a message was not delivered.
func (s *sender) send(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-s.failed:
			cancel(s.failure)
		case <-ctx.Done():
		}
	})
	defer watch.Wait()
	defer cancel(nil)

	b := newBatch(s.run, batchMessages)
	for seq := int64(0); seq < s.run.total; {
		msgs, bytes := b.fill(seq)
		if err := s.gate.enter(ctx, bytes); err != nil {
			return err
		}
		n, err := s.p.ProduceBatch(ctx, msgs)
		for i := range msgs[:n] {
			if msgs[i].TopicPartition.Error == nil {
				s.taken.Add(1)
			}
		}
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return fmt.Errorf("producing messages %d to %d: %w", seq, seq+int64(len(msgs))-1, err)
		}
		seq += int64(n)
	}
	return s.flush(ctx)
}

// flush waits until each message that was taken has its report, or ctx ends.
func (s *sender) flush(ctx context.Context) error {
	if err := s.p.FlushContext(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	for s.reported.Load() < s.taken.Load() {
		select {
		case <-s.changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	select {
	case <-s.failed:
		return s.failure
	default:
		return nil
	}
}
