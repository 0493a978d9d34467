package kafka

import "sync"

// slot remembers what a message's delivery report needs and librdkafka does not
// keep.
type slot struct {
	opaque any
	ch     chan Event // where the report goes; nil: to the producer's own channel
	topic  *topicHandle
	gen    uint32 // counts the uses, so that a stale number is noticed
	used   bool
	next   int32 // of the free list, -1 at its end
}

// slotTable gives out slots by number. A number fits into the opaque pointer of
// a C message and costs no handle. Slots in use are the accepted messages whose
// report has not come.
type slotTable struct {
	mu     sync.Mutex
	chunks [][]slot // of slotChunk each; they never move
	free   int32
	inUse  int
}

const slotChunk = 1024

func newSlotTable() *slotTable { return &slotTable{free: -1} }

func (t *slotTable) at(i int32) *slot { return &t.chunks[i/slotChunk][i%slotChunk] }

// take returns the number of a new slot; it is never 0.
func (t *slotTable) take(topic *topicHandle, opaque any, ch chan Event) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.takeLocked(topic, opaque, ch)
}

func (t *slotTable) takeLocked(topic *topicHandle, opaque any, ch chan Event) uint64 {
	if t.free < 0 {
		base := int32(len(t.chunks) * slotChunk)
		chunk := make([]slot, slotChunk)
		for i := range chunk {
			chunk[i].next = base + int32(i) + 1
		}
		chunk[slotChunk-1].next = -1
		t.chunks = append(t.chunks, chunk)
		t.free = base
	}
	i := t.free
	s := t.at(i)
	t.free = s.next
	s.opaque, s.ch, s.topic, s.used = opaque, ch, topic, true
	t.inUse++
	return uint64(s.gen)<<32 | uint64(i) + 1
}

// give frees a slot and returns what it held; false for a number that is not in
// use.
func (t *slotTable) give(n uint64) (slot, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.giveLocked(n)
}

func (t *slotTable) giveLocked(n uint64) (slot, bool) {
	i := int64(n&0xffffffff) - 1
	if i < 0 || i >= int64(len(t.chunks)*slotChunk) {
		return slot{}, false
	}
	s := t.at(int32(i))
	if !s.used || s.gen != uint32(n>>32) {
		return slot{}, false
	}
	out := *s
	*s = slot{gen: s.gen + 1, next: t.free}
	t.free = int32(i)
	t.inUse--
	return out, true
}

// size returns how many slots are in use.
func (t *slotTable) size() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.inUse
}
