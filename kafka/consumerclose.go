package kafka

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// The states of closing.
const (
	closeNot int32 = iota
	closeBegun
	closeDone
)

// Close leaves the group, with the last offsets committed if enable.auto.commit
// is on, and ends the consumer. Waiting calls return. The rebalance callback is
// called for the partitions that are revoked, on a goroutine of the consumer's;
// when it panics, so does Close, after everything has ended. A callback that runs
// in another call at the time is waited for. Close returns when nothing of the
// consumer is left; a fatal error that the consumer had is returned. A second
// call gives ErrState.
//
// Close may be called from the rebalance callback: then what the callback has not
// done for its rebalance is done at once.
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
	go c.end(inRebalanceCb())
	select {
	case <-c.dead:
	case <-ctx.Done():
		select {
		case <-c.dead:
		default:
			c.closePanic.leave()
			return fmt.Errorf("kafka: close of %s goes on in the background: %w", c.name, ctx.Err())
		}
	}
	c.closePanic.leave()
	return c.closeResult
}

// closePanic brings a callback's panic from the reaper to Close.
type closePanic struct {
	mu    sync.Mutex
	left  bool // Close does not wait any more
	ended bool // a callback did not return
	value any  // of its panic; nil: it called runtime.Goexit
}

// put keeps the value for Close; false when that has returned.
func (p *closePanic) put(value any) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended, p.value = true, value
	return !p.left
}

// leave ends Close as the callback ended, if it did not return.
func (p *closePanic) leave() {
	p.mu.Lock()
	p.left = true
	ended, value := p.ended, p.value
	p.mu.Unlock()
	switch {
	case ended && value != nil:
		panic(value)
	case ended:
		runtime.Goexit()
	}
}

// serveAtEnd serves rebalances for the reaper, on a goroutine of their own, which
// the application's callback may end by a panic or runtime.Goexit: the reaper
// must go on.
func (c *Consumer) serveAtEnd() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		returned := false
		defer func() {
			if returned {
				return
			}
			if v := recover(); !c.closePanic.put(v) && v != nil {
				panic(v) // nobody is left to hear of it
			}
		}()
		c.serveRebalances()
		returned = true
	}()
	<-done
}

// end is the consumer's reaper: the one goroutine that takes it apart. inCallback
// says that a rebalance callback waits for it.
func (c *Consumer) end(inCallback bool) {
	if !inCallback {
		<-c.eventsDone // that goroutine may be in the callback too
	}
	c.r.mu.Lock()
	c.r.closed = true
	if !c.r.nat.AssignmentLost() {
		c.storeLocked()
	}
	c.r.dropAll()
	c.r.mu.Unlock()

	err := c.leaveGroup(inCallback)
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
func (c *Consumer) leaveGroup(inCallback bool) error {
	q := c.rk.NewQueue()
	fetch := rdkafka.NewFetch(fetchMessages)
	defer fetch.Destroy()
	defer q.Destroy()
	unsubscribed := c.group.end()
	if unsubscribed {
		c.unsubscribeAtEnd(fetch, inCallback)
	}
	// A member with a subscription that it is told to leave forgets the rebalance
	// that waits, in groups that are not cooperative (rd_kafka_cgrp_terminate0,
	// rd_kafka_cgrp_revoke_all_rejoin).
	forgets := !unsubscribed && c.r.nat.RebalanceProtocol() != "COOPERATIVE"
	if err := c.group.leave(forgets, c.waiting(fetch), func() error { return c.rk.CloseConsumer(q) }); err != nil {
		return fromRD(err)
	}
	for !c.rk.ConsumerClosed() {
		done := c.rebDone.wait()
		if again, _ := c.serveRound(fetch, q, inCallback); again {
			continue
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

// leftTime bounds how long an Unsubscribe is waited for.
const leftTime = time.Second

// unsubscribeAtEnd ends a subscription that may have been made after an
// Unsubscribe: when it still waits for the end of that one's rebalance, it comes
// while the group is left. librdkafka forgets to leave the group when it is to end
// while it unsubscribes: it is waited for.
func (c *Consumer) unsubscribeAtEnd(fetch *rdkafka.Fetch, inCallback bool) {
	_ = c.rk.Unsubscribe() // after a fatal error it fails, and leaving as well
	for begun := time.Now(); ; {
		c.settle(fetch, inCallback)
		if c.rk.MemberID() == "" || time.Since(begun) > leftTime {
			return
		}
		t := time.NewTimer(time.Millisecond)
		<-t.C
	}
}

// settleTime bounds how long a rebalance is looked for behind messages, which may
// come as fast as they are dropped.
const settleTime = time.Second

// waiting says whether a rebalance waits to be served.
func (c *Consumer) waiting(fetch *rdkafka.Fetch) bool {
	for begun := time.Now(); ; {
		dropped, rebalances := c.drop(fetch, c.queue)
		if rebalances > 0 || dropped < fetchMessages || time.Since(begun) > settleTime {
			return rebalances > 0
		}
	}
}

// settle serves the rebalances that wait for an answer, while librdkafka's group
// handler is sure to be there for it.
func (c *Consumer) settle(fetch *rdkafka.Fetch, inCallback bool) {
	for begun := time.Now(); ; {
		done := c.rebDone.wait()
		again, dropped := c.serveRound(fetch, c.queue, inCallback)
		if again || dropped == fetchMessages && time.Since(begun) < settleTime {
			continue
		}
		c.r.mu.Lock()
		active := c.r.rebActive && !inCallback
		c.r.mu.Unlock()
		if !active {
			return
		}
		<-done // a callback in another call; it is waited for
	}
}

// drop takes the queue's messages, up to a batch, and what lies before them.
func (c *Consumer) drop(fetch *rdkafka.Fetch, q *rdkafka.Queue) (messages, rebalances int) {
	recs, _, rebalances := fetch.Poll(c.rk, q, fetchMessages)
	return len(recs), rebalances
}

// serveRound drops messages of the queue and serves the rebalances before them,
// or gives the answer that the application owes; true when it did.
func (c *Consumer) serveRound(fetch *rdkafka.Fetch, q *rdkafka.Queue, inCallback bool) (again bool, dropped int) {
	dropped, rebalances := c.drop(fetch, q)
	c.r.mu.Lock()
	// A callback that called Close does nothing but wait.
	active := c.r.rebActive && !inCallback
	if rebalances > 0 && !active {
		c.r.rebActive = true
	}
	c.r.mu.Unlock()
	switch {
	case active:
		return false, dropped
	case rebalances > 0:
		c.serveAtEnd()
		return true, dropped
	case c.group.waits():
		// The group waits for an answer that the application was to give, which
		// closes instead.
		_ = c.assign(nil)
		c.group.giveUp() // if it failed, it would again
		return true, dropped
	}
	return false, dropped
}
