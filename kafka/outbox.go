package kafka

import (
	"sync"
	"sync/atomic"
)

// outbox sends to one channel of the user without ever blocking the sender:
// what does not fit waits in the outbox, in order, and one goroutine per blocked
// channel feeds it. A channel that nobody reads so holds up no other.
type outbox[T any] struct {
	ch      chan T
	stop    <-chan struct{} // ends a blocked feed
	pending *atomic.Int64   // what waits, over all outboxes of a client

	mu      sync.Mutex
	queue   []T
	feeding atomic.Bool
	idle    sync.WaitGroup
}

// send hands v over, or keeps it.
func (o *outbox[T]) send(v T) {
	if !o.feeding.Load() {
		select {
		case o.ch <- v:
			return
		default:
		}
	}
	o.pending.Add(1)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.queue = append(o.queue, v)
	if !o.feeding.Load() {
		o.feeding.Store(true)
		o.idle.Add(1)
		go o.feed()
	}
}

// feed empties the queue into the channel and ends when it is empty or the
// client closes. Its owner is the outbox; [outbox.close] waits for it.
func (o *outbox[T]) feed() {
	defer o.idle.Done()
	for {
		o.mu.Lock()
		if len(o.queue) == 0 {
			o.queue = nil // do not keep what a burst needed
			o.feeding.Store(false)
			o.mu.Unlock()
			return
		}
		batch := o.queue
		o.queue = nil
		o.mu.Unlock()
		for i, v := range batch {
			select {
			case o.ch <- v:
				o.pending.Add(-1)
			case <-o.stop:
				o.mu.Lock()
				o.queue = append(batch[i:], o.queue...)
				o.mu.Unlock()
				return
			}
		}
	}
}

// close waits for the feed to end (stop must be closed), hands over what fits
// without blocking and returns how many were left. Nothing may be sent after.
func (o *outbox[T]) close() (left int) {
	o.idle.Wait()
	for i, v := range o.queue {
		select {
		case o.ch <- v:
			o.pending.Add(-1)
		default:
			left = len(o.queue) - i
			o.queue = nil
			return left
		}
	}
	o.queue = nil
	return 0
}

// busy says whether something waits.
func (o *outbox[T]) busy() bool { return o.feeding.Load() }
