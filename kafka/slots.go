package kafka

import (
	"slices"
	"sync"
)

// slot is what the delivery report of a message needs and librdkafka does not
// keep.
type slot struct {
	topic  *topicHandle // nil: no such slot
	opaque any
	ch     chan Event // where the report goes; nil: to the producer's own channels
}

// slotCore is the part of a slot that every message has. It holds no pointers:
// the garbage collector need not look at the hundred thousands of a full queue.
type slotCore struct {
	gen   uint32 // counts the uses, so that a stale number is noticed
	topic int32  // index of the topic's handle; -1: not in use
	next  int32  // of the free list, -1 at its end
	epoch uint32 // the table's when the slot was taken
	extra bool   // there are extras
}

// slotExtra is the part that few messages have.
type slotExtra struct {
	opaque any
	ch     chan Event
}

type slotChunk struct {
	core  [slotsPerChunk]slotCore
	extra []slotExtra // made when one of the chunk needs it
}

// slotTable gives out slots by number. A number fits into the opaque pointer of
// a C message and costs no handle. Slots in use are the accepted messages whose
// report has not come.
type slotTable struct {
	mu     sync.Mutex
	topics []*topicHandle
	chunks []*slotChunk
	free   int32
	inUse  int
	epoch  uint32       // goes up with each mark that finds slots in use
	older  []epochCount // slots in use of earlier epochs, by their order
}

// epochCount is how many slots of an epoch are in use, at least 1.
type epochCount struct {
	epoch uint32
	n     int
}

const slotsPerChunk = 1024

func newSlotTable() *slotTable { return &slotTable{free: -1} }

// addTopic gives a topic its index.
func (t *slotTable) addTopic(h *topicHandle) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h.index = int32(len(t.topics))
	t.topics = append(t.topics, h)
}

// take returns the number of a new slot; it is never 0.
func (t *slotTable) take(topic *topicHandle, opaque any, ch chan Event) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.takeLocked(topic, opaque, ch)
}

func (t *slotTable) takeLocked(topic *topicHandle, opaque any, ch chan Event) uint64 {
	if t.free < 0 {
		t.grow()
	}
	i := t.free
	chunk := t.chunks[i/slotsPerChunk]
	s := &chunk.core[i%slotsPerChunk]
	t.free = s.next
	s.topic, s.epoch = topic.index, t.epoch
	if opaque != nil || ch != nil {
		if chunk.extra == nil {
			chunk.extra = make([]slotExtra, slotsPerChunk)
		}
		s.extra = true
		chunk.extra[i%slotsPerChunk] = slotExtra{opaque, ch}
	}
	t.inUse++
	return uint64(s.gen)<<32 | uint64(i) + 1
}

func (t *slotTable) grow() {
	base := int32(len(t.chunks) * slotsPerChunk)
	chunk := new(slotChunk)
	for i := range chunk.core {
		chunk.core[i].topic = -1
		chunk.core[i].next = base + int32(i) + 1
	}
	chunk.core[slotsPerChunk-1].next = -1
	t.chunks = append(t.chunks, chunk)
	t.free = base
}

// give frees a slot and returns what it held; one without a topic for a number
// that is not in use.
func (t *slotTable) give(n uint64) slot {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.giveLocked(n)
}

func (t *slotTable) giveLocked(n uint64) slot {
	i := int64(n&0xffffffff) - 1
	if i < 0 || i >= int64(len(t.chunks)*slotsPerChunk) {
		return slot{}
	}
	chunk := t.chunks[i/slotsPerChunk]
	s := &chunk.core[i%slotsPerChunk]
	if s.topic < 0 || uint64(s.gen) != n>>32 {
		return slot{}
	}
	out := slot{topic: t.topics[s.topic]}
	if s.extra {
		x := &chunk.extra[i%slotsPerChunk]
		out.opaque, out.ch = x.opaque, x.ch
		*x = slotExtra{}
	}
	if s.epoch != t.epoch {
		t.leaveEpoch(s.epoch)
	}
	*s = slotCore{gen: s.gen + 1, topic: -1, next: t.free}
	t.free = int32(i)
	t.inUse--
	return out
}

// leaveEpoch counts a slot of an earlier epoch as given back.
func (t *slotTable) leaveEpoch(epoch uint32) {
	i, _ := slices.BinarySearchFunc(t.older, epoch, epochCount.compare)
	if t.older[i].n--; t.older[i].n == 0 {
		t.older = slices.Delete(t.older, i, i+1)
	}
}

// compare orders epochs, whose numbers may wrap around.
func (e epochCount) compare(epoch uint32) int { return int(int32(e.epoch - epoch)) }

// mark returns a mark that tells the slots in use now from those taken later.
func (t *slotTable) mark() uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.inUse
	for _, e := range t.older {
		n -= e.n
	}
	mark := t.epoch
	if n > 0 {
		t.older = append(t.older, epochCount{t.epoch, n})
		t.epoch++
		return mark
	}
	return mark - 1
}

// unreported returns how many of the slots in use at the mark still are.
func (t *slotTable) unreported(mark uint32) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for _, e := range t.older {
		if e.compare(mark) <= 0 {
			n += e.n
		}
	}
	return n
}

// size returns how many slots are in use.
func (t *slotTable) size() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.inUse
}
