package kafka

import (
	"context"
	"fmt"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// Offsets are stored by this layer, not by librdkafka, which would store what
// it has handed to the buffer and the application has not seen yet: its
// enable.auto.offset.store is always off, and the user's setting is autoStore.

// positions returns what the application has come to: per assigned partition
// the offset after the last message handed out, or, when nothing of it is
// buffered, librdkafka's position, which lies past transaction markers.
// Partitions whose position is not known are left out.
func (r *reader) positions() []rdkafka.TopicPartition {
	buffered := map[*part]bool{r.pending.part: true}
	for _, items := range [...][]item{r.ready, r.tail} {
		for i := range items {
			buffered[items[i].part] = true
		}
	}
	t, arena := r.curT, r.arena
	for i := range r.buf {
		rec := &r.buf[i]
		if rec.TopicLen >= 0 {
			t = r.topic(arena[:rec.TopicLen])
		}
		arena = arena[rec.Size():]
		if p := t.parts[rec.Partition]; p != nil && r.bufSeq+uint64(i) >= p.floor && rec.Offset >= p.next {
			buffered[p] = true
		}
	}

	var out, ask []rdkafka.TopicPartition
	for _, t := range r.topics {
		for _, p := range t.parts {
			tp := rdkafka.TopicPartition{Topic: t.name, Partition: p.id, Offset: rdkafka.OffsetInvalid, LeaderEpoch: -1}
			if p.handed {
				tp.Offset, tp.LeaderEpoch = p.next, p.epoch
			}
			switch {
			case !buffered[p] && len(p.held) == 0 && !p.ahead:
				ask = append(ask, tp)
			case p.handed:
				out = append(out, tp)
			}
		}
	}
	if len(ask) == 0 {
		return out
	}
	got, err := r.nat.Position(ask)
	for i := range ask {
		tp := ask[i]
		if p := r.find(tp.Topic, tp.Partition); p.stale {
			p.stale = err != nil || got[i].Offset != rdkafka.OffsetInvalid
		} else if err == nil && got[i].Err == 0 && got[i].Offset >= 0 && got[i].Offset >= tp.Offset {
			tp.Offset, tp.LeaderEpoch = got[i].Offset, got[i].LeaderEpoch
		}
		if tp.Offset >= 0 {
			out = append(out, tp)
		}
	}
	return out
}

// storeOffsets stores the positions that have changed.
func (r *reader) storeOffsets() {
	r.touched = false
	parts := r.positions()
	changed := parts[:0]
	for i := range parts {
		p := r.find(parts[i].Topic, parts[i].Partition)
		// What was dropped takes no position back that was stored past transaction markers.
		if p.stored != parts[i].Offset && !p.revoked && (!p.ahead || parts[i].Offset > p.stored) {
			p.stored = parts[i].Offset
			changed = append(changed, parts[i])
		}
	}
	if len(changed) > 0 {
		// A partition that is being taken away gives an error of its own, which
		// changes nothing for the others.
		_, _ = r.nat.StoreOffsets(changed)
	}
}

// storeLocked stores what the application has come to, if that is this layer's
// task. It needs the reader's mutex.
func (c *Consumer) storeLocked() {
	if c.autoStore {
		c.r.storeOffsets()
	}
}

// storeNow is storeLocked for those without the mutex. After a lost assignment
// it does nothing: others may have the partitions.
func (c *Consumer) storeNow() {
	if !c.autoStore {
		return
	}
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	if !c.r.nat.AssignmentLost() {
		c.r.storeOffsets()
	}
}

// Commit commits the stored offsets and waits for the broker's answer. Nothing
// to commit gives ErrNoOffset. The result carries an error per partition.
func (c *Consumer) Commit() ([]TopicPartition, error) {
	return c.CommitContext(context.Background(), nil)
}

// CommitOffsets commits the given offsets, each that of the next message to
// read, and waits for the broker's answer; nil commits the stored ones. The
// result carries an error per partition.
func (c *Consumer) CommitOffsets(offsets []TopicPartition) ([]TopicPartition, error) {
	return c.CommitContext(context.Background(), offsets)
}

// CommitMessage commits the offset after m. A message with an error gives
// ErrInvalidArg.
func (c *Consumer) CommitMessage(m *Message) ([]TopicPartition, error) {
	if m.TopicPartition.Error != nil {
		return nil, newErrorf(ErrInvalidArg, "Can't commit errored message")
	}
	tp := m.TopicPartition
	tp.Offset++
	return c.CommitOffsets([]TopicPartition{tp})
}

// CommitContext is CommitOffsets with a bound: when ctx ends first, its error is
// returned and the commit goes on. While Close leaves the group it works in the
// rebalance callback alone, up to the callback's Unassign; others get ErrState.
func (c *Consumer) CommitContext(ctx context.Context, offsets []TopicPartition) ([]TopicPartition, error) {
	var ch chan commitResult
	var id uint64
	err := c.withList(offsets, func(parts []rdkafka.TopicPartition) error {
		c.storeNow()
		id, ch = c.commits.add()
		var err error = errClosedClient()
		c.group.call(func() { err = fromRD(c.rk.CommitAsync(parts, c.main, id)) })
		return err
	})
	if err != nil {
		c.commits.remove(id)
		return nil, err
	}
	select {
	case res := <-ch:
		if res.err != nil {
			return nil, fromRD(res.err)
		}
		return fromRDList(res.offsets), nil
	case <-ctx.Done():
		c.commits.remove(id)
		return nil, fmt.Errorf("kafka: the commit's result is not known: %w", ctx.Err())
	case <-c.dead:
		return nil, errClosedClient()
	}
}

// StoreOffsets sets the offsets that the next commit sends: each that of the
// next message to read. It needs enable.auto.offset.store=false. The result
// carries an error per partition.
func (c *Consumer) StoreOffsets(offsets []TopicPartition) ([]TopicPartition, error) {
	out := offsets
	err := c.withList(offsets, func(parts []rdkafka.TopicPartition) error {
		if c.autoStore {
			return newErrorf(ErrInvalidArg, "enable.auto.offset.store must be set to false when using this API")
		}
		stored, err := c.r.nat.StoreOffsets(parts)
		out = fromRDList(stored)
		return fromRD(err)
	})
	return out, err
}

// StoreMessage stores the offset after m, see [Consumer.StoreOffsets].
func (c *Consumer) StoreMessage(m *Message) ([]TopicPartition, error) {
	switch tp := &m.TopicPartition; {
	case tp.Error != nil:
		return nil, newErrorf(ErrInvalidArg, "Can't store errored message")
	case tp.Offset < 0:
		return nil, newErrorf(ErrInvalidArg, "Can't store message with offset less than 0")
	case tp.LeaderEpoch != nil && *tp.LeaderEpoch < 0:
		return nil, newErrorf(ErrInvalidArg, "Can't store message with leader epoch less than 0")
	}
	tp := m.TopicPartition
	tp.Offset++
	return c.StoreOffsets([]TopicPartition{tp})
}

// Position returns the offset of the next message that the application will
// get of each partition; OffsetInvalid for one of which it got nothing.
func (c *Consumer) Position(partitions []TopicPartition) ([]TopicPartition, error) {
	var out []TopicPartition
	err := c.withList(partitions, func(parts []rdkafka.TopicPartition) error {
		c.r.mu.Lock()
		known := map[string]map[int32]rdkafka.TopicPartition{}
		for _, tp := range c.r.positions() {
			if known[tp.Topic] == nil {
				known[tp.Topic] = map[int32]rdkafka.TopicPartition{}
			}
			known[tp.Topic][tp.Partition] = tp
		}
		c.r.mu.Unlock()
		for i := range parts {
			tp := &parts[i]
			tp.Offset, tp.LeaderEpoch, tp.Err = rdkafka.OffsetInvalid, -1, 0
			if k, ok := known[tp.Topic][tp.Partition]; ok {
				tp.Offset, tp.LeaderEpoch = k.Offset, k.LeaderEpoch
			}
		}
		out = fromRDList(parts)
		return nil
	})
	return out, err
}

// Committed asks the broker for the group's committed offsets and blocks for up
// to timeoutMs milliseconds (ErrTimedOut). OffsetInvalid means none. A consumer
// that is being closed gives ErrState.
func (c *Consumer) Committed(partitions []TopicPartition, timeoutMs int) ([]TopicPartition, error) {
	if c.closeState.Load() != closeNot {
		return nil, errClosedClient() // librdkafka asks no coordinator any more: it would wait in vain
	}
	return c.listCall(partitions, func(parts []rdkafka.TopicPartition) ([]rdkafka.TopicPartition, error) {
		return c.rk.Committed(parts, millis(timeoutMs))
	})
}

// OffsetsForTimes returns per partition the first offset whose timestamp is at
// or after the time given in Offset (milliseconds since 1970), OffsetEnd when
// there is none. It blocks for up to timeoutMs milliseconds.
func (c *Consumer) OffsetsForTimes(times []TopicPartition, timeoutMs int) ([]TopicPartition, error) {
	return c.offsetsForTimes(times, timeoutMs)
}

func (c *client) offsetsForTimes(times []TopicPartition, timeoutMs int) ([]TopicPartition, error) {
	return c.listCall(times, func(parts []rdkafka.TopicPartition) ([]rdkafka.TopicPartition, error) {
		return c.rk.OffsetsForTimes(parts, millis(timeoutMs))
	})
}

// withList checks and converts a list and calls f inside the guard.
func (c *client) withList(partitions []TopicPartition, f func([]rdkafka.TopicPartition) error) error {
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	parts, err := toRDList(partitions)
	if err != nil {
		return err
	}
	return f(parts)
}

// listCall is withList for calls that return a list, nil on error.
func (c *client) listCall(partitions []TopicPartition,
	f func([]rdkafka.TopicPartition) ([]rdkafka.TopicPartition, error),
) (out []TopicPartition, err error) {
	err = c.withList(partitions, func(parts []rdkafka.TopicPartition) error {
		got, err := f(parts)
		if err != nil {
			return fromRD(err)
		}
		out = fromRDList(got)
		return nil
	})
	return out, err
}

// millis converts a drop-in timeout: milliseconds, negative for ever.
func millis(ms int) time.Duration {
	if ms < 0 {
		return -1
	}
	return time.Duration(ms) * time.Millisecond
}

// QueryWatermarkOffsets asks the broker for a partition's first and next offset.
// It blocks for up to timeoutMs milliseconds.
func (c *client) QueryWatermarkOffsets(topic string, partition int32, timeoutMs int) (low, high int64, err error) {
	if err := c.enter(); err != nil {
		return -1, -1, err
	}
	defer c.leave()
	low, high, err = c.rk.QueryWatermarks(topic, partition, millis(timeoutMs))
	if err != nil {
		return 0, 0, fromRD(err)
	}
	return low, high, nil
}

// GetWatermarkOffsets returns a partition's first and next offset as the last
// fetch said, without asking the broker; OffsetInvalid when it is not known.
func (c *Consumer) GetWatermarkOffsets(topic string, partition int32) (low, high int64, err error) {
	if err := c.enter(); err != nil {
		return -1, -1, err
	}
	defer c.leave()
	low, high, err = c.rk.Watermarks(topic, partition)
	if err != nil {
		return 0, 0, fromRD(err)
	}
	return low, high, nil
}
