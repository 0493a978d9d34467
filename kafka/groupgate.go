package kafka

import (
	"slices"
	"sync"
)

// groupGate stands before the calls that librdkafka's group handler answers: those
// of the subscription, the assignment, the membership and the commits. Such a call
// waits without a bound, and one that is on its way when the handler ends is thrown
// away: it would wait for ever. A subscription that comes while the group is being
// left makes librdkafka abort the process at the end, and so does a commit that
// comes between the handler's last state and its end.
//
// The handler ends some time after it was told to leave, but not while a rebalance
// waits for its answer, an assign call of any kind. One from before the leave it may
// forget: then no answer is due.
type groupGate struct {
	mu           sync.RWMutex // calls hold it for reading; a leaf but for C
	owed         int          // the rebalance that waits for its answer, 0: none
	unsubscribed bool         // Unsubscribe was called
	ending       bool         // the subscription is Close's
	leaving      bool         // the handler was told to leave
	answered     bool         // and needs no answer any more: it may end at any time
}

// open says whether the handler is there to stay for now.
func (g *groupGate) open() bool { return !g.leaving || g.owed != 0 && !g.answered }

// call runs f, which asks the handler; false when that may be gone.
func (g *groupGate) call(f func()) bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if !g.open() {
		return false
	}
	f()
	return true
}

// ask notes that a rebalance waits for its answer; code says of what.
func (g *groupGate) ask(code int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.owed = code
}

// waits says whether a rebalance waits for its answer.
func (g *groupGate) waits() bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.owed != 0
}

// answer runs f, an assign call, which answers rebalances of the given codes, and
// each of them when the group is being left. The first answer lets it go then; the
// others would change nothing and are not made.
func (g *groupGate) answer(f func() error, codes ...int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.open() {
		g.owed = 0
		return nil
	}
	err := f()
	if err == nil && (g.leaving || slices.Contains(codes, g.owed)) {
		g.owed = 0
		g.answered = g.leaving
	}
	return err
}

// giveUp notes that a rebalance gets no answer.
func (g *groupGate) giveUp() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.owed = 0
}

// subscribe runs f, which changes the subscription; false when the consumer is
// being closed.
func (g *groupGate) subscribe(f func()) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ending {
		return false
	}
	f()
	return true
}

// unsubscribe runs f, which ends the subscription; Close does it, too.
func (g *groupGate) unsubscribe(f func() error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ending {
		return nil
	}
	g.unsubscribed = true
	return f()
}

// end lets nobody change the subscription any more, and says whether it was ever
// ended before.
func (g *groupGate) end() (unsubscribed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ending = true
	return g.unsubscribed
}

// leave runs f, which tells the handler to leave, when no call is on its way.
// forgets says that the handler forgets a rebalance that waits; waiting, that one
// does of which this gate was not told.
func (g *groupGate) leave(forgets, waiting bool, f func() error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.leaving = true
	g.answered = forgets && (waiting || g.owed != 0)
	return f()
}
