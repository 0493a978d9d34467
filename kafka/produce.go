package kafka

import (
	"context"
	"fmt"
	"sync"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// Produce puts a message into the producer's queue and returns at once. Value,
// key and headers are copied. The report of its delivery comes on deliveryChan,
// or without one on the producer's channels, see [Producer].
//
// A full queue gives ErrQueueFull, a message above message.max.bytes
// ErrMsgSizeTooLarge, and a missing topic ErrInvalidArg; nothing was enqueued
// then. [Producer.ProduceContext] waits for room instead.
func (p *Producer) Produce(msg *Message, deliveryChan chan Event) error {
	if err := p.enter(); err != nil {
		return err
	}
	defer p.leave()
	return p.produce(msg, deliveryChan)
}

// ProduceContext is Produce that waits while the queue is full, until ctx ends;
// then the error wraps ctx's and the message was not enqueued.
func (p *Producer) ProduceContext(ctx context.Context, msg *Message, deliveryChan chan Event) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("kafka: the message was not produced: %w", err)
	}
	err := p.Produce(msg, deliveryChan)
	for err == error(errQueueFull) { //nolint:errorlint // the very value that produce returns
		room := p.room.wait()
		if err = p.Produce(msg, deliveryChan); err != error(errQueueFull) { //nolint:errorlint // the same
			break
		}
		select {
		case <-room:
		case <-ctx.Done():
			return fmt.Errorf("kafka: no room for the message in the producer's queue: %w", ctx.Err())
		}
	}
	return err
}

var errQueueFull = newError(ErrQueueFull)

// headerBufs spares Produce the memory for encoding headers.
var headerBufs = sync.Pool{New: func() any { return new([]byte) }}

func (p *Producer) produce(msg *Message, deliveryChan chan Event) error {
	topic, err := p.check(msg)
	if err != nil {
		return err
	}
	if p.full() {
		return errQueueFull
	}
	var hdrs []byte
	if len(msg.Headers) > 0 {
		buf := headerBufs.Get().(*[]byte)
		hdrs = (*buf)[:0]
		for i := range msg.Headers {
			hdrs = rdkafka.AppendHeader(hdrs, msg.Headers[i].Key, msg.Headers[i].Value)
		}
		defer func() {
			*buf = hdrs
			headerBufs.Put(buf)
		}()
	}
	n := p.slots.take(topic, msg.Opaque, deliveryChan)
	code := topic.rkt.Produce(p.rk, msg.TopicPartition.Partition, false, msg.Key, msg.Value, hdrs, len(msg.Headers),
		timestampMillis(msg), n)
	if code != rdkafka.ErrNoError {
		p.slots.give(n)
		if code == rdkafka.ErrQueueFull {
			return errQueueFull
		}
		p.room.notify() // while C looked at it, the message took room
		return produceError(code)
	}
	return nil
}

// produceError is the error of a produce call. After a fatal error C only says
// that there was one.
func produceError(code int) Error {
	e := newError(ErrorCode(code))
	e.fatal = code == rdkafka.ErrFatal
	return e
}

// check returns the handle of the message's topic.
func (p *Producer) check(msg *Message) (*topicHandle, error) {
	if msg == nil || msg.TopicPartition.Topic == nil || *msg.TopicPartition.Topic == "" {
		return nil, newError(ErrInvalidArg)
	}
	return p.topic(*msg.TopicPartition.Topic)
}

// full says whether unread reports leave no room. Without any, librdkafka's own
// limit is enough.
func (p *Producer) full() bool { return p.pending.Load() > 0 && p.roomLeft() <= 0 }

// roomLeft returns how many more messages can be on their way or wait for
// somebody to read their report.
func (p *Producer) roomLeft() int64 {
	fitting := int64(0)
	if !p.events.opened() {
		// They would fit into the channel if there was one.
		fitting = min(p.events.reports.Load(), int64(p.conf.eventsChannelSize))
	}
	// In the order in which a message passes them, so that none is missed.
	waiting := int64(p.slots.size()) + p.handling.Load() + p.pending.Load()
	return p.limit - waiting + fitting
}

func timestampMillis(msg *Message) int64 {
	if msg.Timestamp.IsZero() {
		return 0
	}
	return msg.Timestamp.UnixMilli()
}

// topic returns the handle for a name, which it makes on first use.
func (p *Producer) topic(name string) (*topicHandle, error) {
	if t := p.lastUsed.Load(); t != nil && t.name == name {
		return t, nil
	}
	p.topicsMu.RLock()
	t := p.topics[name]
	p.topicsMu.RUnlock()
	if t == nil {
		p.topicsMu.Lock()
		defer p.topicsMu.Unlock()
		if t = p.topics[name]; t == nil {
			rkt, err := p.rk.NewTopic(name)
			if err != nil {
				return nil, fromRD(err)
			}
			t = &topicHandle{name: string([]byte(name)), rkt: rkt} // the caller may own a part of a large string
			p.slots.addTopic(t)
			p.topics[t.name] = t
		}
	}
	p.lastUsed.Store(t)
	return t, nil
}

// batchBufs spares ProduceBatch its memory.
var batchBufs = sync.Pool{New: func() any { return new(rdkafka.ProduceBatch) }}

const (
	batchMessages = 1000    // messages of one C call
	batchBytes    = 1 << 20 // and about as many bytes
)

// ProduceBatch puts messages into the producer's queue in order, with one C call
// for up to a thousand of them, and waits for room while the queue is full.
// Value, key and headers are copied; reports come as [Producer] says.
//
// It returns how many messages it has dealt with. When ctx ends before the last
// one, the error wraps ctx's and nothing from that index on was enqueued. A
// message that cannot be produced does not stop the others: its
// TopicPartition.Error says why, the others' is set to nil, and the error is
// then the first of them.
func (p *Producer) ProduceBatch(ctx context.Context, msgs []Message) (int, error) {
	b := batchBufs.Get().(*rdkafka.ProduceBatch)
	defer batchBufs.Put(b)
	var first error
	done := 0
	for done < len(msgs) {
		if err := ctx.Err(); err != nil {
			return done, fmt.Errorf("kafka: %d messages were not produced: %w", len(msgs)-done, err)
		}
		room := p.room.wait()
		n, err := p.produceSome(b, msgs[done:])
		for i := range msgs[done : done+n] {
			if e := msgs[done+i].TopicPartition.Error; e != nil && first == nil {
				first = e
			}
		}
		done += n
		if err != nil {
			return done, err
		}
		if n > 0 {
			continue
		}
		select {
		case <-room:
		case <-ctx.Done():
			return done, fmt.Errorf("kafka: no room for %d messages in the producer's queue: %w", len(msgs)-done, ctx.Err())
		}
	}
	return done, first
}

// produceSome enqueues a part of msgs and returns how many it dealt with; 0 when
// the queue is full.
func (p *Producer) produceSome(b *rdkafka.ProduceBatch, msgs []Message) (int, error) {
	if err := p.enter(); err != nil {
		return 0, err
	}
	defer p.leave()
	most := min(int64(len(msgs)), batchMessages, p.roomLeft())
	if most <= 0 {
		return 0, nil
	}
	var topics [batchMessages]*topicHandle
	var numbers [batchMessages]uint64
	n, size := 0, 0
	refused := false // the message after the last one of this batch
	for ; n < int(most) && size < batchBytes; n++ {
		m := &msgs[n]
		topic, err := p.check(m)
		m.TopicPartition.Error = err
		if err != nil {
			refused = true
			break
		}
		topics[n] = topic
		size += len(m.Key) + len(m.Value)
	}
	p.slots.mu.Lock()
	for i := range n {
		numbers[i] = p.slots.takeLocked(topics[i], msgs[i].Opaque, nil)
	}
	p.slots.mu.Unlock()
	b.Reset()
	for i := range n {
		addToBatch(b, topics[i], &msgs[i], numbers[i])
	}
	looked := b.Produce(p.rk)

	failed := false
	p.slots.mu.Lock()
	for i := range n {
		if i < looked {
			code := b.Err(i)
			if code == rdkafka.ErrNoError {
				continue
			}
			msgs[i].TopicPartition.Error = produceError(code)
			failed = true
		}
		p.slots.giveLocked(numbers[i])
	}
	p.slots.mu.Unlock()
	if failed {
		p.room.notify() // while C looked at them, the messages took room
	}
	if looked == n && refused {
		looked++
	}
	return looked, nil
}

func addToBatch(b *rdkafka.ProduceBatch, t *topicHandle, m *Message, n uint64) {
	b.Add(t.rkt, m.TopicPartition.Partition, m.Key, m.Value, timestampMillis(m), n)
	for i := range m.Headers {
		b.AddHeader(m.Headers[i].Key, m.Headers[i].Value)
	}
}
