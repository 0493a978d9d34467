package kafka

import (
	"sync"
	"sync/atomic"
)

// notifier wakes all who wait for the next change.
type notifier struct {
	mu      sync.Mutex
	waiting atomic.Bool
	ch      chan struct{}
}

// wait returns a channel that is closed by the next notify. Look at the
// condition after wait and before receiving.
func (n *notifier) wait() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ch == nil {
		n.ch = make(chan struct{})
		n.waiting.Store(true)
	}
	return n.ch
}

// notify costs one atomic load when nobody waits.
func (n *notifier) notify() {
	if !n.waiting.Load() {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ch != nil {
		close(n.ch)
		n.ch = nil
		n.waiting.Store(false)
	}
}

// typedCapacity is the capacity of the channels beside Events.
const typedCapacity = 1000

// lossy is a channel that is made when somebody asks for it and that loses its
// oldest value when it is full.
type lossy[T any] struct {
	mu     sync.Mutex
	ch     chan T
	closed bool
}

func (l *lossy[T]) open() <-chan T {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ch == nil {
		l.ch = make(chan T, typedCapacity)
		if l.closed {
			close(l.ch)
		}
	}
	return l.ch
}

// send returns false when nobody has asked for the channel.
func (l *lossy[T]) send(v T) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ch == nil || l.closed {
		return false
	}
	for {
		select {
		case l.ch <- v:
			return true
		default:
		}
		select {
		case <-l.ch:
		default:
		}
	}
}

func (l *lossy[T]) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.ch != nil {
		close(l.ch)
	}
}
