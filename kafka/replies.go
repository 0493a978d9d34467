package kafka

import (
	"sync"
	"sync/atomic"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// replies finds, by the number that a request was given, who waits for its
// result. The numbers are odd: the event of a commit that librdkafka makes by
// itself carries the client's opaque, which is an address and so even.
type replies struct {
	mu      sync.Mutex
	asked   uint64
	waiting map[uint64]func(*rdkafka.Event)
}

// expect returns a number for a request, always odd. take gets the event with the
// result, on the poller: it must not block, nor keep the event.
func (r *replies) expect(take func(*rdkafka.Event)) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting == nil {
		r.waiting = map[uint64]func(*rdkafka.Event){}
	}
	id := r.asked<<1 | 1
	r.asked++
	r.waiting[id] = take
	return id
}

// remove forgets a request: its result is dropped when it comes.
func (r *replies) remove(id uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.waiting, id)
}

// resolve hands a result over; false when it carries no number of ours. One that
// nobody waits for any more is dropped.
func (r *replies) resolve(ev *rdkafka.Event) bool {
	id := ev.Opaque()
	if id&1 == 0 {
		return false
	}
	r.mu.Lock()
	take := r.waiting[id]
	delete(r.waiting, id)
	r.mu.Unlock()
	if take != nil {
		take(ev)
	}
	return true
}

// adminQueue is the queue of a client's admin results. It is made when the first
// admin request is; the poller serves it with the others.
type adminQueue struct {
	replies
	create sync.Mutex
	q      atomic.Pointer[rdkafka.Queue]
}

// queue returns the queue, nil before it was opened.
func (a *adminQueue) queue() *rdkafka.Queue { return a.q.Load() }

// open returns the queue. The caller is inside the client's guard.
func (a *adminQueue) open(rk *rdkafka.Client, wake *rdkafka.Wake) *rdkafka.Queue {
	a.create.Lock()
	defer a.create.Unlock()
	q := a.q.Load()
	if q == nil {
		q = rk.NewQueue()
		q.SetWake(wake)
		a.q.Store(q)
	}
	return q
}

// destroy ends the queue: results that still come are dropped in librdkafka. No
// call is inside the guard any more, and the poller has ended.
func (a *adminQueue) destroy() {
	if q := a.q.Load(); q != nil {
		q.SetWake(nil)
		q.Destroy()
	}
}
