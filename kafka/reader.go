package kafka

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

const (
	// fetchMessages bounds the messages that a consumer holds in Go.
	fetchMessages = 1000
	// fetchBytes is about how many bytes of messages a batch is meant to have; the
	// batch's size follows the average of the last one.
	fetchBytes = 1 << 20
)

// reader is the consumer's buffer between librdkafka and the application, and
// what it knows of the assigned partitions. Its mutex excludes librdkafka's batch
// call and every change of the assignment; it is never held while waiting or
// while user code runs.
//
// Each buffered message has a sequence number. A seek, a revocation or a new
// assignment of its partition raises the partition's floor above the numbers
// given so far, which drops what is buffered of it, and only that.
type reader struct {
	nat  consumerNative
	main fetcher // its batch is buf
	side fetcher // single messages, while buf is not empty

	mu     sync.Mutex
	cond   *sync.Cond // of mu: exclusive ended
	busy   bool       // an exclusive call is under way: no batch call
	closed bool

	// readable gets a value when there may be something for a waiting call.
	readable chan struct{}

	topics map[string]*topicState

	buf     []rdkafka.Record // what is left of the last batch
	arena   []byte           // its bytes
	batch   uint64           // number of the batch's first record
	bufSeq  uint64           // number of buf[0]
	curT    *topicState      // topic of the record before buf[0]
	curP    *part            // and its partition; nil: not looked up
	seqEnd  uint64           // first number not given yet
	size    int              // of the next batch
	ready   []item           // handed out before buf: resumed, or put back
	tail    []item           // handed out after buf
	keys    headerKeys
	pending item // handed to the goroutine behind Events, which has not got rid of it
	touched bool // the application came on since the offsets were stored

	rebalances int  // in the stash
	rebActive  bool // a goroutine serves them

	tick     atomic.Uint32 // raised by the poller several times a second
	lastTick uint32
}

// topicState is a topic of which something was assigned or fetched.
type topicState struct {
	name  string
	parts map[int32]*part
}

// part is one assigned partition. Another assignment of the same partition is
// another part.
type part struct {
	topic   *topicState
	id      int32
	floor   uint64 // buffered messages with lower numbers are void
	next    int64  // lowest offset to hand out; -1: any
	epoch   int32  // leader epoch of the last message handed out
	handed  bool   // next is one past a message that the application got
	ahead   bool   // fetched messages were dropped: librdkafka's position is not the application's
	stale   bool   // librdkafka's position may still be that of an earlier assignment
	batch   uint64 // newest batch with a message of it
	first   int64  // offset of its first message there; -1: none yet
	low     int64  // the same of the batch before that
	stored  int64  // what was stored last
	revoked bool   // taken away; the application has not unassigned yet
	paused  bool   // by the application
	held    []item // buffered messages of a paused partition
}

// item is a buffered message or error event.
type item struct {
	part *part // nil: of no assigned partition
	seq  uint64
	ev   Event
}

func (r *reader) init(nat consumerNative, main, side fetcher) {
	r.nat, r.main, r.side = nat, main, side
	r.cond = sync.NewCond(&r.mu)
	r.readable = make(chan struct{}, 1)
	r.topics = map[string]*topicState{}
	r.keys = headerKeys{}
	r.size = 64  // until the messages' size is known
	r.seqEnd = 1 // no batch has number 0
}

// exclusive runs f, which may block, while no batch call and no other exclusive
// function runs. after, under the mutex, gets its error.
func (r *reader) exclusive(f func() error, after func(error)) error {
	r.mu.Lock()
	for r.busy {
		r.cond.Wait()
	}
	r.busy = true
	r.mu.Unlock()
	err := f()
	r.mu.Lock()
	after(err)
	r.busy = false
	r.cond.Broadcast()
	r.mu.Unlock()
	r.notify()
	return err
}

// notify wakes one waiting call of the application.
func (r *reader) notify() {
	select {
	case r.readable <- struct{}{}:
	default:
	}
}

// next returns the next message or error for the application. rebalance means
// that the caller must serve the stash and call again. Both nil and false: there
// is nothing now. With keep the application has not got the message before
// [reader.delivered] says so.
func (r *reader) next(keep bool) (ev Event, rebalance bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		if r.closed {
			return nil, false
		}
		if r.rebalances > 0 && !r.rebActive {
			r.rebActive = true
			return nil, true
		}
		if it, ok := r.pop(); ok {
			if tick := r.tick.Load(); tick != r.lastTick && !r.busy {
				// Time has passed since the last look at the group: the application
				// polls, says this call, and is told of a rebalance before it gets
				// anything more.
				r.lastTick = tick
				r.lookAside()
				if r.rebalances > 0 || !r.valid(it) {
					r.ready = slices.Insert(r.ready, 0, it)
					continue
				}
			}
			if keep {
				r.pending = it
			} else {
				r.handOut(it)
			}
			return it.ev, false
		}
		if r.busy || !r.fill() && (r.rebalances == 0 || r.rebActive) {
			return nil, false
		}
	}
}

// fill fetches the next batch into the empty buffer.
func (r *reader) fill() bool {
	recs, arena, rebalances := r.main.Poll(r.size)
	r.rebalances = rebalances
	r.lastTick = r.tick.Load()
	r.touched = true // a transaction marker moves the position and hands nothing out
	if len(recs) == 0 {
		return false
	}
	r.buf, r.arena, r.bufSeq, r.batch = recs, arena, r.seqEnd, r.seqEnd
	r.seqEnd += uint64(len(recs))
	r.curT, r.curP = nil, nil
	r.voidIfLost()
	r.size = min(max(fetchBytes/(len(arena)/len(recs)+1), 1), fetchMessages)
	return true
}

// lookAside makes a batch call of one message while the buffer is in use: it
// serves what librdkafka has for the group. The message goes behind the buffer;
// as one message is being handed out, the buffer does not grow.
func (r *reader) lookAside() {
	recs, arena, rebalances := r.side.Poll(1)
	r.rebalances = rebalances
	for i := range recs {
		it := r.item(&recs[i], arena, r.topic(arena[:max(recs[i].TopicLen, 0)]), nil, r.seqEnd)
		r.seqEnd++
		r.tail = append(r.tail, it)
	}
	r.voidIfLost()
}

// voidIfLost keeps everything that is buffered from being handed out when the
// group gave the assignment to others: they may be at the same messages. Errors
// stay; the first of them may say why.
func (r *reader) voidIfLost() {
	if r.nat.AssignmentLost() {
		r.voidAll()
	}
}

// pop takes the next valid item off the buffers.
func (r *reader) pop() (item, bool) {
	for len(r.ready) > 0 {
		it := r.ready[0]
		r.ready = r.ready[1:]
		if r.valid(it) && !r.hold(it) {
			return it, true
		}
	}
	r.ready = nil
	for len(r.buf) > 0 {
		rec, seq := &r.buf[0], r.bufSeq
		raw := r.arena[:rec.Size()]
		r.buf, r.arena, r.bufSeq = r.buf[1:], r.arena[len(raw):], seq+1
		if rec.TopicLen >= 0 {
			r.curT, r.curP = r.topic(raw[:rec.TopicLen]), nil
		}
		p := r.curP
		if rec.Err != 0 {
			p = r.curT.parts[rec.Partition]
		} else {
			if p == nil || p.id != rec.Partition {
				if p = r.curT.parts[rec.Partition]; p == nil {
					continue
				}
				p.enter(r.batch, rec.Offset)
				r.curP = p
			}
			if !p.takes(rec.Offset, rec.LeaderEpoch, seq) {
				continue
			}
		}
		it := r.item(rec, raw, r.curT, p, seq)
		if r.valid(it) && !r.hold(it) {
			return it, true
		}
	}
	for len(r.tail) > 0 {
		it := r.tail[0]
		r.tail = r.tail[1:]
		if m, ok := it.ev.(*Message); ok && it.part != nil {
			epoch := int32(-1)
			if m.LeaderEpoch != nil {
				epoch = *m.LeaderEpoch
			}
			it.part.enter(it.seq, int64(m.TopicPartition.Offset))
			it.part.takes(int64(m.TopicPartition.Offset), epoch, it.seq)
		}
		if r.valid(it) && !r.hold(it) {
			return it, true
		}
	}
	r.tail = nil
	return item{}, false
}

// buffered says whether anything waits to be handed out.
func (r *reader) buffered() bool {
	return len(r.ready)+len(r.buf)+len(r.tail) > 0
}

// enter notes that a message of the partition is the first one of a batch.
func (p *part) enter(batch uint64, offset int64) {
	if p.batch != batch {
		p.batch, p.low, p.first = batch, p.first, offset
	}
}

// takes says whether a message that was fetched now is to be handed out.
//
// librdkafka fetches a batch again when a rebalance pauses the partition during
// the batch call: such messages lie below next, but not below the first one of
// the last batch. What lies lower, or below next with a newer leader epoch, is a
// log that was cut off or made anew: the partition goes on there.
func (p *part) takes(offset int64, epoch int32, seq uint64) bool {
	switch {
	case p.revoked || seq < p.floor:
		return false
	case offset >= p.next:
		return true
	case offset >= p.low && (p.epoch < 0 || epoch <= p.epoch):
		return false
	}
	p.floor, p.held, p.next = seq, nil, offset
	p.first, p.low = offset, offset
	// librdkafka's position does not go back, so it is of no use any more.
	p.handed, p.ahead = false, true
	return true
}

// valid says whether an item may still be handed out.
func (r *reader) valid(it item) bool {
	p := it.part
	switch ev := it.ev.(type) {
	case *Message:
		return p != nil && !p.revoked && it.seq >= p.floor && int64(ev.TopicPartition.Offset) >= p.next
	case PartitionEOF:
		return p != nil && !p.revoked && it.seq >= p.floor
	default:
		return p == nil || !p.revoked && it.seq >= p.floor
	}
}

// hold keeps the message of a paused partition for later.
func (r *reader) hold(it item) bool {
	if it.part == nil || !it.part.paused {
		return false
	}
	it.part.held = append(it.part.held, it)
	return true
}

// delivered notes that the application got what next kept. What was revoked or
// sought away from meanwhile does not count.
func (r *reader) delivered() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if it := r.pending; it.ev != nil && r.valid(it) {
		r.handOut(it)
	}
	r.pending = item{}
}

// handOut notes that the application gets the item.
func (r *reader) handOut(it item) {
	m, ok := it.ev.(*Message)
	if !ok {
		return
	}
	r.touched = true
	p := it.part
	p.next = int64(m.TopicPartition.Offset) + 1
	p.handed, p.stale = true, false
	p.epoch = -1
	if m.LeaderEpoch != nil {
		p.epoch = *m.LeaderEpoch
	}
}

// topic returns the state for a name.
func (r *reader) topic(name []byte) *topicState {
	if t := r.topics[string(name)]; t != nil {
		return t
	}
	t := &topicState{name: string(name), parts: map[int32]*part{}}
	r.topics[t.name] = t
	return t
}

// item makes what is handed out of a record; raw starts with the topic's name
// when the record has one. The bytes are copied.
func (r *reader) item(rec *rdkafka.Record, raw []byte, t *topicState, p *part, seq uint64) item {
	raw = raw[max(rec.TopicLen, 0):]
	if p == nil {
		p = t.parts[rec.Partition]
	}
	if rec.Err != 0 {
		return item{p, seq, r.recordEvent(rec, raw, t)}
	}
	m, epoch, buf := newMessage(int(max(rec.KeyLen, 0)) + int(max(rec.ValLen, 0)) + int(rec.HdrLen))
	copy(buf, raw)
	m.TopicPartition.Topic = &t.name
	m.TopicPartition.Partition = rec.Partition
	m.TopicPartition.Offset = Offset(rec.Offset)
	m.Timestamp, m.TimestampType = timeOf(rec.Timestamp, rec.TimestampType)
	if rec.LeaderEpoch >= 0 {
		*epoch = rec.LeaderEpoch
		m.TopicPartition.LeaderEpoch, m.LeaderEpoch = epoch, epoch
	}
	m.Key, m.Value, buf = splitBytes(buf, rec.KeyLen, rec.ValLen)
	m.Headers = r.keys.decode(buf, rec.HdrCnt)
	return item{p, seq, m}
}

// recordEvent makes the event of a record that carries an error. That of a fatal
// error says only that there is one; the error itself is asked for.
func (r *reader) recordEvent(rec *rdkafka.Record, raw []byte, t *topicState) Event {
	text := string(raw[max(rec.KeyLen, 0):][:max(rec.ValLen, 0)])
	if rec.Err == int32(ErrPartitionEOF) {
		eof := PartitionEOF{
			Topic: &t.name, Partition: rec.Partition, Offset: Offset(rec.Offset),
			Error: newErrorFull(int(rec.Err), "", false, false, false),
		}
		if rec.LeaderEpoch >= 0 {
			epoch := rec.LeaderEpoch
			eof.LeaderEpoch = &epoch
		}
		return eof
	}
	if rec.Err == int32(ErrFatal) {
		if e, ok := fromRD(r.nat.FatalError()).(Error); ok { //nolint:errorlint // fromRD makes it
			return e
		}
	}
	// librdkafka's text does not say of what partition a fetch has failed.
	if strings.HasPrefix(text, "Fetch from broker") {
		text = fmt.Sprintf("%s [%d]: %s", t.name, rec.Partition, text)
	}
	return newErrorFull(int(rec.Err), text, false, false, false)
}

// find returns the part of an assigned partition, or nil.
func (r *reader) find(topic string, id int32) *part {
	if t := r.topics[topic]; t != nil {
		return t.parts[id]
	}
	return nil
}

// addParts notes a new assignment; what is buffered of an earlier one is void.
// next is left open: the log may begin or end elsewhere than at the offset that
// was asked for.
func (r *reader) addParts(parts []rdkafka.TopicPartition) {
	// librdkafka forgets the position of an earlier assignment only when the
	// partition's fetcher has stopped, some time after the call that removed it.
	pos, err := r.nat.Position(parts)
	for i := range parts {
		t := r.topic([]byte(parts[i].Topic))
		p := &part{
			topic: t, id: parts[i].Partition, floor: r.seqEnd, next: -1, epoch: -1, first: -1, low: -1,
			stored: rdkafka.OffsetInvalid, stale: err != nil || pos[i].Offset != rdkafka.OffsetInvalid,
		}
		t.parts[p.id] = p
	}
	r.curP = nil
}

// removePart forgets an assignment; what is buffered of it is void.
func (r *reader) removePart(topic string, id int32) {
	if p := r.find(topic, id); p != nil {
		p.revoked = true
		delete(p.topic.parts, id)
		r.curP = nil
	}
}

// removeAll forgets the whole assignment.
func (r *reader) removeAll() {
	for _, t := range r.topics {
		for id := range t.parts {
			r.removePart(t.name, id)
		}
	}
	r.dropAll()
}

// dropAll empties the buffers.
func (r *reader) dropAll() {
	r.voidAll()
	r.buf, r.arena, r.ready, r.tail = nil, nil, nil, nil
}

// voidAll makes all buffered messages void.
func (r *reader) voidAll() {
	for _, t := range r.topics {
		for _, p := range t.parts {
			p.floor, p.held, p.ahead = r.seqEnd, nil, true
		}
	}
}

// setPaused pauses or resumes the delivery of what is buffered.
func (r *reader) setPaused(parts []rdkafka.TopicPartition, paused bool) {
	for i := range parts {
		p := r.find(parts[i].Topic, parts[i].Partition)
		if p == nil || p.paused == paused {
			continue
		}
		p.paused = paused
		if !paused {
			r.ready = append(r.ready, p.held...)
			p.held = nil
		}
	}
}

// sought notes that a partition goes on at another offset.
func (r *reader) sought(topic string, id int32) {
	p := r.find(topic, id)
	if p == nil {
		return
	}
	p.floor, p.held = r.seqEnd, nil
	p.next, p.epoch, p.first, p.low = -1, -1, -1, -1
	p.handed, p.ahead, p.stale = false, false, false
	p.stored = rdkafka.OffsetInvalid
	r.curP = nil
}
