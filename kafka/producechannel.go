package kafka

import "sync"

// produceChannel is the producer's channel of messages and the goroutine that
// reads it.
type produceChannel struct {
	ch      chan *Message
	once    sync.Once
	stopped chan struct{} // closed by the reader
}

// close lets the reader end after what is in the channel, and waits for it.
func (c *produceChannel) close() {
	c.once.Do(func() { close(c.ch) })
	<-c.stopped
}

// ProduceChannel returns a channel of messages to produce; its capacity is
// go.produce.channel.size. The producer's queue being full holds it up. A
// message that cannot be produced comes back on Events, the same pointer, with
// TopicPartition.Error set. Close closes it, so sending after Close panics.
func (p *Producer) ProduceChannel() chan *Message { return p.channel.ch }

// serveProduceChannel is the goroutine that reads ProduceChannel. It ends when
// the channel is closed, by Close.
func (p *Producer) serveProduceChannel() {
	defer close(p.channel.stopped)
	for m := range p.channel.ch {
		if err := p.produceWhenRoom(m); err != nil {
			if m == nil {
				m = &Message{}
			}
			m.TopicPartition.Error = err
			p.events.send(m)
		}
	}
}

// produceWhenRoom waits while the queue is full and the producer is open.
func (p *Producer) produceWhenRoom(m *Message) error {
	for {
		room := p.room.wait()
		err := p.Produce(m, nil)
		if err != error(errQueueFull) || p.closed.Load() { //nolint:errorlint // the very value that produce returns
			return err
		}
		<-room
	}
}
