package kafka

import (
	"fmt"
	"sync/atomic"
	"time"
)

const (
	// logsCapacity is the size of a client's own log channel.
	logsCapacity = 10000
	// logsWaiting is how many lines wait for a reader of the channel; further ones
	// stay in C, where the oldest go when they are too many.
	logsWaiting = 100
	// logsGrace is how long the lines of a client's end wait for their reader.
	logsGrace = 100 * time.Millisecond
)

// Logs returns the channel of log lines; nil unless go.logs.channel.enable is
// set. When it is full, up to 10000 more lines wait inside and then the oldest
// go, which a line with the tag LOGDROP tells; nothing else waits for it. A
// channel of the client's own is closed when the client is closed; one given as
// go.logs.channel never is.
func (c *client) Logs() chan LogEvent {
	if c.logs == nil {
		return nil
	}
	return c.logs.ch
}

// openLogs makes log lines go to ch, or when it is nil to a channel of the
// client's own.
func (c *client) openLogs(ch chan LogEvent) {
	c.stopLogs = make(chan struct{})
	c.logs = &outbox[LogEvent]{
		ch: ch, stop: c.stopLogs, pending: new(atomic.Int64), weight: weightless[LogEvent],
		freed: c.logsFreed,
	}
	if ch == nil {
		c.logs.ch = make(chan LogEvent, logsCapacity)
		c.ownsLogs = true
	}
	c.logs.direct.Store(true)
	c.rk.SetStashWake(c.wake)
}

// logsFreed lets the poller fetch more lines when those that waited are gone.
func (c *client) logsFreed() {
	if c.logs.values.Load() == 0 {
		c.wake.Notify()
	}
}

// drainLogs moves stashed log lines to the channel, but not more than may wait
// for its reader: the poller is not held up by him. The stash bounds the rest.
func (c *client) drainLogs() {
	for c.logs != nil && c.logs.values.Load() < logsWaiting && c.popLog() {
	}
}

// popLog moves one line; false when there is none.
func (c *client) popLog() bool {
	line, lost, ok := c.rk.PopLog()
	if !ok {
		return false
	}
	at := time.UnixMicro(line.UnixMicro)
	if lost > c.lostLogs {
		c.logs.send(LogEvent{
			Name: c.name, Tag: "LOGDROP", Level: 4, Timestamp: at,
			Message: fmt.Sprintf("%d log lines before this one were lost: nobody read the channel of log lines", lost-c.lostLogs),
		})
		c.lostLogs = lost
	}
	c.logs.send(LogEvent{
		Name: c.name, Tag: line.Facility, Message: line.Message, Level: line.Level, Timestamp: at,
	})
	return true
}

// endLogs hands over the lines of the client's end. A reader who is slower than
// logsGrace loses what he has not taken by then.
func (c *client) endLogs() {
	if c.logs == nil {
		return
	}
	for c.popLog() {
	}
	grace := time.AfterFunc(logsGrace, func() { close(c.stopLogs) })
	c.logs.close()
	grace.Stop()
	if c.ownsLogs {
		close(c.logs.ch)
	}
}
