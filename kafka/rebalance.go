package kafka

import (
	"runtime"
	"strings"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// serveRebalances serves what the stash holds, on the goroutine of the
// application's call, which has set rebActive. It returns the events of a
// consumer whose application handles them on its channel, and errors.
func (c *Consumer) serveRebalances() (events []Event) {
	defer func() {
		c.r.mu.Lock()
		c.r.rebActive = false
		c.r.mu.Unlock()
		c.rebDone.notify()
		c.r.notify()
	}()
	for {
		var code int
		var parts []rdkafka.TopicPartition
		ok := false
		alive := c.guarded(func() {
			c.r.mu.Lock()
			defer c.r.mu.Unlock()
			if code, parts, ok = c.r.nat.PopRebalance(); !ok {
				c.r.rebalances = 0
			}
		})
		if !alive || !ok {
			return events
		}
		if ev := c.rebalance(code, parts); ev != nil {
			events = append(events, ev)
		}
	}
}

// rebalance serves one rebalance: the buffered messages of revoked partitions go
// first, then the application is asked, then what it has not done is done for
// it, also when its callback panics. The group waits meanwhile.
func (c *Consumer) rebalance(code int, parts []rdkafka.TopicPartition) Event {
	var ev Event
	switch code {
	case rdkafka.ErrAssignPartitions:
		ev = AssignedPartitions{Partitions: fromRDList(parts)}
	case rdkafka.ErrRevokePartitions:
		c.guarded(func() { c.revoke(parts) })
		ev = RevokedPartitions{Partitions: fromRDList(parts)}
	default:
		c.guarded(func() {
			c.storeNow()
			_ = c.assign(nil)
		})
		return newError(ErrorCode(code))
	}

	cb := c.rebalanceCb.Load()
	c.group.ask(code)
	if cb == nil && c.conf.rebalanceEnable && c.conf.eventsChannelEnable && c.closeState.Load() == closeNot {
		return ev // the application must assign or unassign; when it closes instead, Close does it
	}
	defer func() {
		if !c.group.waits() {
			return
		}
		c.guarded(func() {
			if err := c.assignFor(code, parts); err != nil {
				c.pushEvent(toError(err))
			}
		})
	}()
	if cb != nil {
		c.callRebalanceCb(*cb, ev)
	}
	return nil
}

// callRebalanceCb calls the application; what it returns is ignored. Close finds
// this function on its stack when the callback calls it, see [inRebalanceCb].
func (c *Consumer) callRebalanceCb(cb RebalanceCb, ev Event) { _ = cb(c, ev) }

// inRebalanceCb says whether the calling goroutine runs a rebalance callback.
func inRebalanceCb() bool {
	pcs := make([]uintptr, 64)
	n := runtime.Callers(2, pcs)
	for n == len(pcs) {
		pcs = make([]uintptr, 2*len(pcs))
		n = runtime.Callers(2, pcs)
	}
	frames := runtime.CallersFrames(pcs[:n])
	for {
		f, more := frames.Next()
		if strings.HasSuffix(f.Function, ".(*Consumer).callRebalanceCb") {
			return true
		}
		if !more {
			return false
		}
	}
}

// revoke keeps what is buffered of the partitions from being handed out, and
// stores the offsets that the application has come to.
func (c *Consumer) revoke(parts []rdkafka.TopicPartition) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	if c.r.nat.AssignmentLost() {
		c.r.voidAll() // others may have the partitions already: store nothing
	} else {
		c.storeLocked()
	}
	for i := range parts {
		if p := c.r.find(parts[i].Topic, parts[i].Partition); p != nil {
			p.revoked = true
		}
	}
}

// assignFor takes a rebalance as it is.
func (c *Consumer) assignFor(code int, parts []rdkafka.TopicPartition) error {
	incremental := c.GetRebalanceProtocol() == "COOPERATIVE"
	switch {
	case code == rdkafka.ErrAssignPartitions && incremental:
		return c.incrementalAssign(parts)
	case code == rdkafka.ErrAssignPartitions:
		return c.assign(parts)
	case incremental:
		return c.incrementalUnassign(parts)
	default:
		return c.assign(nil)
	}
}

// assign makes the assignment another one. Only without a list, not with an empty
// one, it answers a revocation.
func (c *Consumer) assign(parts []rdkafka.TopicPartition) error {
	answered := []int{rdkafka.ErrAssignPartitions, rdkafka.ErrRevokePartitions}
	if parts != nil {
		answered = answered[:1]
	}
	return fromRD(c.r.exclusive(
		func() error { return c.group.answer(func() error { return c.r.nat.Assign(parts) }, answered...) },
		func(err error) {
			if err == nil {
				c.r.removeAll()
				c.r.addParts(parts)
			}
		}))
}

func (c *Consumer) incrementalAssign(parts []rdkafka.TopicPartition) error {
	return fromRD(c.r.exclusive(
		func() error {
			return c.group.answer(func() error { return c.r.nat.IncrementalAssign(parts) }, rdkafka.ErrAssignPartitions)
		},
		func(err error) {
			if err == nil {
				c.r.addParts(parts)
			}
		}))
}

func (c *Consumer) incrementalUnassign(parts []rdkafka.TopicPartition) error {
	return fromRD(c.r.exclusive(
		func() error {
			return c.group.answer(func() error { return c.r.nat.IncrementalUnassign(parts) }, rdkafka.ErrRevokePartitions)
		},
		func(err error) {
			if err == nil {
				for i := range parts {
					c.r.removePart(parts[i].Topic, parts[i].Partition)
				}
			}
		}))
}

// Assign replaces the assignment; nil is an empty one. In a rebalance callback
// it takes the rebalance. An offset that is not given (OffsetInvalid) or is
// OffsetStored starts at the committed one.
func (c *Consumer) Assign(partitions []TopicPartition) error {
	return c.withList(partitions, func(parts []rdkafka.TopicPartition) error {
		if parts == nil {
			parts = []rdkafka.TopicPartition{}
		}
		c.storeNow()
		return c.assign(parts)
	})
}

// Unassign removes the assignment.
func (c *Consumer) Unassign() error {
	return c.withList(nil, func([]rdkafka.TopicPartition) error {
		c.storeNow()
		return c.assign(nil)
	})
}

// IncrementalAssign adds partitions to the assignment. One that is assigned
// already gives ErrConflict.
func (c *Consumer) IncrementalAssign(partitions []TopicPartition) error {
	return c.withList(partitions, c.incrementalAssign)
}

// IncrementalUnassign takes partitions out of the assignment. One that is not
// assigned gives ErrInvalidArg.
func (c *Consumer) IncrementalUnassign(partitions []TopicPartition) error {
	return c.withList(partitions, func(parts []rdkafka.TopicPartition) error {
		c.storeNow()
		return c.incrementalUnassign(parts)
	})
}

// Assignment returns the assigned partitions, never nil.
func (c *Consumer) Assignment() ([]TopicPartition, error) {
	if err := c.enter(); err != nil {
		return nil, err
	}
	defer c.leave()
	var parts []rdkafka.TopicPartition
	var err error
	if !c.group.call(func() { parts, err = c.rk.Assignment() }) {
		return nil, errClosedClient()
	}
	if err != nil {
		return nil, fromRD(err)
	}
	return fromRDList(parts), nil
}

// AssignmentLost says, in a rebalance callback for revoked partitions, that the
// group gave them away already: offsets can't be committed any more.
func (c *Consumer) AssignmentLost() bool {
	if c.enter() != nil {
		return false
	}
	defer c.leave()
	return c.r.nat.AssignmentLost()
}

// GetRebalanceProtocol returns "NONE" before the consumer has joined its group,
// then "EAGER" or "COOPERATIVE"; "" after Close.
func (c *Consumer) GetRebalanceProtocol() string {
	if c.enter() != nil {
		return ""
	}
	defer c.leave()
	protocol := ""
	c.group.call(func() { protocol = c.r.nat.RebalanceProtocol() })
	return protocol
}
