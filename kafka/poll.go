package kafka

import (
	"context"
	"time"
)

// Poll returns the next event: *Message, Error, PartitionEOF, OffsetsCommitted,
// *Stats or OAuthBearerTokenRefresh. It blocks until there is one or timeoutMs
// milliseconds have passed (0: not at all, -1: for ever), then it returns nil, as
// it does when the consumer is closed. It counts as the poll that
// max.poll.interval.ms wants, and serves rebalances.
func (c *Consumer) Poll(timeoutMs int) Event {
	ev, _ := c.poll(millis(timeoutMs))
	return ev
}

// ReadMessage returns the next message. It blocks for timeout (-1: for ever;
// whole milliseconds); then the error is ErrTimedOut. Other events of Poll are
// skipped, but errors are returned. A message with an error of its own is
// returned together with it.
func (c *Consumer) ReadMessage(timeout time.Duration) (*Message, error) {
	if timeout > 0 {
		timeout = timeout.Truncate(time.Millisecond)
	}
	return c.readMessage(context.Background(), timeout)
}

// ReadMessageContext is ReadMessage that waits until ctx ends; then the error is
// ctx's. Nothing is lost: the next call returns what this one did not.
func (c *Consumer) ReadMessageContext(ctx context.Context) (*Message, error) {
	m, err := c.readMessage(ctx, -1)
	if m == nil && ctx.Err() != nil && err == error(newError(ErrTimedOut)) { //nolint:errorlint // the very value of readMessage
		return nil, ctx.Err()
	}
	return m, err
}

func (c *Consumer) readMessage(ctx context.Context, timeout time.Duration) (*Message, error) {
	var deadline time.Time // set when something has to be waited for: reading the clock costs
	for {
		ev, err := c.pollNow(false)
		if ev == nil && err == nil && timeout != 0 {
			if timeout > 0 && deadline.IsZero() {
				deadline = time.Now().Add(timeout)
			}
			ev, err = c.pollWait(ctx, deadline, false)
		}
		if err != nil {
			return nil, err
		}
		switch e := ev.(type) {
		case *Message:
			if e.TopicPartition.Error != nil {
				return e, e.TopicPartition.Error
			}
			return e, nil
		case Error:
			return nil, e
		case nil:
			return nil, newError(ErrTimedOut)
		}
	}
}

// poll returns nil when timeout (negative: none) has passed, and an error when
// the consumer is closed.
func (c *Consumer) poll(timeout time.Duration) (Event, error) {
	ev, err := c.pollNow(false)
	if ev != nil || err != nil || timeout == 0 {
		return ev, err
	}
	var deadline time.Time
	if timeout > 0 {
		deadline = time.Now().Add(timeout)
	}
	return c.pollWait(context.Background(), deadline, false)
}

// pollWait waits for an event until the deadline (zero: none) or until ctx ends;
// then it returns nil. keep is that of [reader.next].
func (c *Consumer) pollWait(ctx context.Context, deadline time.Time, keep bool) (Event, error) {
	c.waiters.Add(1)
	defer c.waiters.Add(-1)
	timer := time.NewTimer(c.repoll)
	defer timer.Stop()
	for {
		wait := c.repoll
		if !deadline.IsZero() {
			wait = min(wait, time.Until(deadline))
		}
		timer.Reset(wait)
		select {
		case <-c.r.readable:
		case <-timer.C: // poll again: librdkafka must see that the application waits
		case <-c.closing:
			return nil, errClosedClient()
		case <-ctx.Done():
			return nil, nil
		}
		ev, err := c.pollNow(keep)
		if ev != nil || err != nil {
			if c.waiters.Load() > 1 {
				c.r.notify() // there may be more, for another call
			}
			return ev, err
		}
		if !deadline.IsZero() && !time.Now().Before(deadline) {
			return nil, nil
		}
	}
}

// pollNow returns what is there, and serves rebalances.
func (c *Consumer) pollNow(keep bool) (Event, error) {
	for {
		if c.closeState.Load() != closeNot {
			return nil, errClosedClient()
		}
		// Events and messages take turns: neither waits for ever behind the other.
		if !c.evLast.Load() {
			if ev := c.popEvent(); ev != nil {
				return ev, nil
			}
		}
		if !c.guard.acquire() {
			return nil, errClosedClient()
		}
		ev, rebalance := c.r.next(keep)
		c.guard.release()
		if c.evLast.Load() {
			c.evLast.Store(false)
		}
		switch {
		case rebalance:
			for _, ev := range c.serveRebalances() {
				c.pushEvent(ev)
			}
		case ev == nil:
			return c.popEvent(), nil
		case !c.toChannel(ev):
			return ev, nil
		}
	}
}

// Events returns the channel of events that Poll would return; nil unless
// go.events.channel.enable is set. Its capacity is go.events.channel.size, and
// what is in it counts as read by the application. It is closed by Close.
func (c *Consumer) Events() chan Event { return c.events }

// feedEvents is the goroutine behind Events. A full channel stops it, and so the
// polling: a stuck reader leaves its group as max.poll.interval.ms says. It ends
// when the consumer closes; the message that then finds no room counts as not
// read.
func (c *Consumer) feedEvents() {
	defer close(c.eventsDone)
	defer close(c.events)
	for {
		ev, err := c.pollNow(true)
		if ev == nil && err == nil {
			ev, err = c.pollWait(context.Background(), time.Time{}, true)
		}
		if err != nil {
			return
		}
		select {
		case c.events <- ev:
			c.r.delivered()
		case <-c.closing:
			return
		}
	}
}
