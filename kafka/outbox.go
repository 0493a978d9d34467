package kafka

import (
	"slices"
	"sync"
	"sync/atomic"
)

// outbox sends to one channel of the user without ever blocking the sender:
// what does not fit waits in the outbox, in order, and one goroutine per blocked
// channel feeds it. A channel that nobody reads so holds up no other.
type outbox[T any] struct {
	stop    <-chan struct{} // ends a blocked feed
	pending *atomic.Int64   // reports that wait, over all outboxes of a client
	weight  func(T) int64   // how many delivery reports a value holds
	freed   func()          // runs after each value that waited was taken; nil: nothing

	values  atomic.Int64 // that wait here
	reports atomic.Int64 // in them

	mu      sync.Mutex
	ch      chan T // nil: nobody has asked for it yet, everything waits
	queue   []T
	feeding bool
	direct  atomic.Bool // there is a channel and nothing waits
	idle    sync.WaitGroup
}

// open returns the channel, and makes it on the first call: a large one costs
// memory, and time in each garbage collection, whether it is used or not.
func (o *outbox[T]) open(capacity int) chan T {
	if o.direct.Load() {
		return o.ch
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ch == nil {
		o.ch = make(chan T, capacity)
		if o.direct.Store(len(o.queue) == 0); len(o.queue) > 0 {
			o.startFeed()
		}
	}
	return o.ch
}

// opened says whether somebody has asked for the channel.
func (o *outbox[T]) opened() bool {
	if o.direct.Load() {
		return true
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ch != nil
}

// len returns how many values are in the channel.
func (o *outbox[T]) len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.ch)
}

// send hands v over, or keeps it.
func (o *outbox[T]) send(v T) {
	if o.direct.Load() {
		select {
		case o.ch <- v:
			return
		default:
		}
	}
	o.count(v, 1)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.queue = append(o.queue, v)
	if o.ch != nil && !o.feeding {
		o.startFeed()
	}
}

// count notes that v waits, or with -1 that it does no longer.
func (o *outbox[T]) count(v T, sign int64) {
	o.values.Add(sign)
	o.reports.Add(sign * o.weight(v))
	o.pending.Add(sign * o.weight(v))
}

func (o *outbox[T]) startFeed() {
	o.feeding = true
	o.direct.Store(false)
	o.idle.Add(1)
	go o.feed()
}

// feed empties the queue into the channel and ends when it is empty or the
// client closes. Its owner is the outbox; [outbox.close] waits for it.
func (o *outbox[T]) feed() {
	defer o.idle.Done()
	for {
		o.mu.Lock()
		if len(o.queue) == 0 {
			o.queue = nil // do not keep what a burst needed
			o.feeding = false
			o.direct.Store(true)
			o.mu.Unlock()
			return
		}
		batch := o.queue
		o.queue = nil
		o.mu.Unlock()
		for i, v := range batch {
			select {
			case o.ch <- v:
				o.count(v, -1)
				if o.freed != nil {
					o.freed()
				}
			case <-o.stop:
				o.mu.Lock()
				o.queue = slices.Concat(batch[i:], o.queue)
				o.mu.Unlock()
				return
			}
		}
	}
}

// close waits for the feed to end, hands over what fits without blocking and
// returns how many reports were left. A feed whose channel is full only ends when
// stop is closed. Nothing may be sent after.
func (o *outbox[T]) close() (left int) {
	o.idle.Wait()
	o.mu.Lock()
	defer o.mu.Unlock()
	full := false
	for _, v := range o.queue {
		o.count(v, -1)
		if !full {
			select {
			case o.ch <- v:
				continue
			default:
				full = true
			}
		}
		left += int(o.weight(v))
	}
	o.queue = nil
	return left
}

// busy says whether something waits, or there is no channel.
func (o *outbox[T]) busy() bool { return !o.direct.Load() }

// The weights of what goes through outboxes.

func weightOfEvent(ev Event) int64 {
	if _, ok := ev.(*Message); ok {
		return 1
	}
	return 0
}

func weightOfDeliveries(d []Delivery) int64 { return int64(len(d)) }

func weightless[T any](T) int64 { return 0 }
