package kafka

import (
	"context"
	"fmt"
	"math"
	"time"
)

// flushSlice bounds each wait in C, so that the end of a context is seen.
const flushSlice = 5 * time.Millisecond

// Flush sends at once what linger.ms holds back and waits until Len is 0 or
// timeoutMs milliseconds have passed (-1: for ever). It returns Len: reports on
// Events must be read by another goroutine meanwhile.
func (p *Producer) Flush(timeoutMs int) int {
	ctx := context.Background()
	if timeoutMs >= 0 && int64(timeoutMs) < math.MaxInt64/int64(time.Millisecond) {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(timeoutMs)*time.Millisecond)
		defer cancel()
	}
	p.flush(ctx, func(bool) int { return p.Len() })
	return p.Len()
}

// FlushContext sends at once what linger.ms holds back and waits until each
// message accepted before the call, or sent to ProduceChannel, has its report, or
// ctx ends; then the error wraps ctx's. It counts messages only: unread events do
// not hold it up, nor does what other goroutines produce meanwhile.
func (p *Producer) FlushContext(ctx context.Context) error {
	if p.closed.Load() {
		return errClosedClient()
	}
	marked, mark := false, uint32(0)
	round := uint64(0) // of the poller, with the last reports; 0: not yet
	left, done := p.flush(ctx, func(channelRead bool) int {
		if !channelRead {
			return p.slots.size()
		}
		if !marked {
			marked, mark = true, p.slots.mark()
		}
		if n := p.slots.unreported(mark); n > 0 {
			return n
		}
		if round == 0 {
			round = p.rounds.Load()
		}
		if round%2 == 1 && round == p.rounds.Load() {
			return 1 // or more, between their slots and their channels
		}
		return 0
	})
	if done {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("kafka: flush: %d messages not yet reported: %w", left, err)
	}
	return errClosedClient()
}

// flush waits until ProduceChannel's messages are in the queue and left, which is
// told whether they are, says 0. done is false when ctx ended before that, or the
// producer was closed.
func (p *Producer) flush(ctx context.Context, left func(channelRead bool) int) (n int, done bool) {
	read := p.channel.mark()
	for {
		channelRead := read.done()
		n = left(channelRead)
		if channelRead && n == 0 {
			return 0, true
		}
		if ctx.Err() != nil {
			return n, false
		}
		room := p.room.wait()
		if !p.guard.acquire() {
			return n, false
		}
		if p.rk.OutQLen() > 0 {
			// The flag that overrides linger.ms only holds while C's flush runs.
			_ = p.rk.Flush(flushSlice)
			p.guard.release()
			continue
		}
		p.guard.release()
		t := time.NewTimer(flushSlice)
		select {
		case read.ask() <- read.ack:
			read.asked = true
		case <-read.acked():
		case <-room:
		case <-t.C:
		case <-ctx.Done():
		}
		t.Stop()
	}
}
