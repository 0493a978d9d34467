package kafka

import "sync"

// groupGate stands before the calls that librdkafka's group handler answers: those
// of the subscription, the assignment and the membership. Such a call waits
// without a bound, and one that is on its way when the handler ends is thrown
// away: it would wait for ever. A subscription that comes while the group is being
// left makes librdkafka abort the process at the end.
//
// The handler ends some time after it was told to leave, but never while a
// rebalance waits for its answer, an assign call of any kind.
type groupGate struct {
	mu           sync.RWMutex // calls hold it for reading; a leaf but for C
	owed         bool         // a rebalance waits for its answer
	unsubscribed bool         // Unsubscribe was called
	leaving      bool         // the handler was told to leave
	answered     bool         // and has got an answer since: it may end at any time
}

// open says whether the handler is there to stay for now.
func (g *groupGate) open() bool { return !g.leaving || g.owed && !g.answered }

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

// ask notes that a rebalance waits for its answer.
func (g *groupGate) ask() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.owed = true
}

// waits says whether a rebalance waits for its answer.
func (g *groupGate) waits() bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.owed
}

// answer runs f, an assign call. When the group is being left, the first one lets
// it go; the others would change nothing and are not made.
func (g *groupGate) answer(f func() error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.open() {
		g.owed = false
		return nil
	}
	err := f()
	if err == nil {
		g.owed = false
		g.answered = g.leaving
	}
	return err
}

// giveUp notes that a rebalance gets no answer.
func (g *groupGate) giveUp() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.owed = false
}

// subscribe runs f, which changes the subscription; false when the group is being
// left.
func (g *groupGate) subscribe(f func()) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.leaving {
		return false
	}
	f()
	return true
}

// unsubscribe runs f, which ends the subscription; leaving the group does it, too.
func (g *groupGate) unsubscribe(f func() error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.leaving {
		return nil
	}
	g.unsubscribed = true
	return f()
}

// leave runs f, which tells the handler to leave, when no call is on its way.
// unsubscribe runs before, if it was ever called: a subscription since then may
// still wait for the end of its rebalance, and would come while the group is left.
func (g *groupGate) leave(unsubscribe, f func() error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.leaving = true
	if g.unsubscribed {
		_ = unsubscribe()
	}
	return f()
}
