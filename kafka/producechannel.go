package kafka

import (
	"sync"
	"sync/atomic"
)

// produceChannel is the producer's channel of messages and the goroutine that
// reads it. Both are made when the channel is asked for: a large one costs memory,
// and time in each garbage collection, whether it is used or not.
type produceChannel struct {
	reading chan chan struct{} // the reader closes what it gets once it has dealt with all of ch
	inHand  atomic.Int64       // messages off the channel that are not yet accepted, 0 or 1
	stopped chan struct{}      // closed by the reader, or when there is none

	mu     sync.Mutex
	ch     chan *Message // nil: nobody has asked for it
	closed bool
}

func (c *produceChannel) init() {
	c.reading = make(chan chan struct{})
	c.stopped = make(chan struct{})
}

// close lets the reader end after what is in the channel, and waits for it.
func (c *produceChannel) close() {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		if c.ch == nil {
			close(c.stopped)
		} else {
			close(c.ch)
		}
	}
	c.mu.Unlock()
	<-c.stopped
}

// len returns how many messages are not yet accepted or refused. A message
// between the channel and the reader is missed; a [readMark] misses none.
func (c *produceChannel) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.ch) + int(c.inHand.Load())
}

// mark returns a readMark for what has been sent so far.
func (c *produceChannel) mark() readMark {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ch == nil {
		return readMark{} // nothing was
	}
	return readMark{c: c, ack: make(chan struct{})}
}

// ProduceChannel returns a channel of messages to produce; its capacity is
// go.produce.channel.size. The producer's queue being full holds it up. A
// message that cannot be produced comes back on Events, the same pointer, with
// TopicPartition.Error set. Close closes it, so sending after Close panics.
func (p *Producer) ProduceChannel() chan *Message {
	c := &p.channel
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.ch != nil:
	case c.closed:
		c.ch = make(chan *Message)
		close(c.ch)
	default:
		c.ch = make(chan *Message, p.conf.produceChannelSize)
		go p.serveProduceChannel(c.ch)
	}
	return c.ch
}

// serveProduceChannel is the goroutine that reads ProduceChannel. It ends when
// the channel is closed, by Close.
func (p *Producer) serveProduceChannel(ch <-chan *Message) {
	defer close(p.channel.stopped)
	for {
		select {
		case m, ok := <-ch:
			if !ok {
				return
			}
			p.produceFromChannel(m)
		case ack := <-p.channel.reading:
			for range len(ch) {
				p.produceFromChannel(<-ch)
			}
			close(ack)
		}
	}
}

func (p *Producer) produceFromChannel(m *Message) {
	p.channel.inHand.Store(1)
	defer p.channel.inHand.Store(0)
	err := p.produceWhenRoom(m)
	if err == nil {
		return
	}
	if m == nil {
		m = &Message{}
	}
	m.TopicPartition.Error = err
	p.events.send(m)
}

// produceWhenRoom waits while the queue is full and the producer is open, also
// for a message that will be refused: its return counts as a report.
func (p *Producer) produceWhenRoom(m *Message) error {
	for {
		room := p.room.wait()
		err := error(errQueueFull)
		if !p.full() || p.closed.Load() {
			err = p.Produce(m, nil)
		}
		if err != error(errQueueFull) || p.closed.Load() { //nolint:errorlint // the very value that produce returns
			return err
		}
		<-room
	}
}

// readMark finds out when the reader of ProduceChannel has dealt with all that
// was sent before. The length of the channel does not tell: a message sent to a
// waiting reader is never in it.
type readMark struct {
	c     *produceChannel // nil: there was nothing to deal with
	ack   chan struct{}
	asked bool
}

// ask returns where to send ack to, and then set asked; nil when that was done.
func (r *readMark) ask() chan<- chan struct{} {
	if r.c == nil || r.asked {
		return nil
	}
	return r.c.reading
}

// acked returns what is closed when the reader is that far; nil when it was not
// asked or has answered.
func (r *readMark) acked() <-chan struct{} {
	if !r.asked || r.done() {
		return nil
	}
	return r.ack
}

// done says whether the reader is that far, and asks it if that costs no wait.
func (r *readMark) done() bool {
	if r.c == nil {
		return true
	}
	if !r.asked {
		select {
		case r.c.reading <- r.ack:
			r.asked = true
		default:
		}
	}
	select {
	case <-r.ack:
		return true
	case <-r.c.stopped:
		return true
	default:
		return false
	}
}
