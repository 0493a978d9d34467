package kafka

import (
	"context"
	"fmt"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// The states of closing.
const (
	closeNot int32 = iota
	closeBegun
	closeDone
)

// callbackGrace is how long Close waits for a rebalance callback that runs in
// another call, before it answers the group in its place.
const callbackGrace = time.Second

// Close leaves the group, with the last offsets committed if enable.auto.commit
// is on, and ends the consumer. Waiting calls return. The rebalance callback is
// called for the partitions that are revoked. It returns when nothing of the
// consumer is left; a fatal error that the consumer had is returned. A second
// call gives ErrState.
func (c *Consumer) Close() error { return c.CloseContext(context.Background()) }

// CloseContext is Close with a bound: when ctx ends first it returns an error
// that wraps ctx's, and the rest ends in the background.
func (c *Consumer) CloseContext(ctx context.Context) error {
	if !c.closeState.CompareAndSwap(closeNot, closeBegun) {
		if c.closeState.Load() == closeDone {
			return errClosedClient()
		}
		return newErrorf(ErrState, "Consumer is already closing")
	}
	close(c.closing)
	go c.end()
	select {
	case <-c.dead:
		return c.closeResult
	case <-ctx.Done():
		select {
		case <-c.dead:
			return c.closeResult
		default:
			return fmt.Errorf("kafka: close of %s goes on in the background: %w", c.name, ctx.Err())
		}
	}
}

// end is the consumer's reaper: the one goroutine that takes it apart. Rebalance
// callbacks of the end run on it.
func (c *Consumer) end() {
	select {
	case <-c.eventsDone:
	case <-time.After(callbackGrace): // a callback on that goroutine does not end, or called Close
	}
	c.r.mu.Lock()
	c.r.closed = true
	if !c.r.nat.AssignmentLost() {
		c.storeLocked()
	}
	c.r.dropAll()
	c.r.mu.Unlock()

	err := c.leaveGroup()
	c.closed.Store(true)
	c.closeResult = err
	c.closeState.Store(closeDone)
	// After an error librdkafka has closed nothing; destroying must not try again.
	c.teardown(err == nil, func() {
		c.errs.close()
		c.stats.close()
		c.queue.SetWake(nil)
		c.queue.Destroy()
		for _, f := range c.fetch {
			f.Destroy()
		}
	})
}

// leaveGroup takes the consumer's queue over and serves the rebalances of the
// end until the group is left.
func (c *Consumer) leaveGroup() error {
	q := c.rk.NewQueue()
	fetch := rdkafka.NewFetch(fetchMessages)
	defer fetch.Destroy()
	defer q.Destroy()
	if err := c.rk.CloseConsumer(q); err != nil {
		return fromRD(err)
	}
	begun := time.Now()
	answered := false
	for !c.rk.ConsumerClosed() {
		done := c.rebDone.wait()
		_, _, rebalances := fetch.Poll(c.rk, q, fetchMessages) // drops messages
		c.r.mu.Lock()
		active := c.r.rebActive
		mine := rebalances > 0 && !active
		if mine {
			c.r.rebActive = true
		}
		c.r.mu.Unlock()
		switch {
		case mine:
			c.serveRebalances()
			continue
		case active && !answered && time.Since(begun) > callbackGrace:
			// The callback itself called Close, or does not end: the group must
			// have its answer.
			answered = true
			_ = c.assign(nil)
		}
		t := time.NewTimer(10 * time.Millisecond)
		select {
		case <-done:
		case <-t.C:
		}
		t.Stop()
	}
	return nil
}
