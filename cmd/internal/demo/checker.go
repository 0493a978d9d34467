package demo

import (
	"math/bits"
	"sync"
	"sync/atomic"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// checker checks every message that is consumed. Its methods may be called from
// any goroutine.
type checker struct {
	run   *run
	seen  []atomic.Uint64 // a bit for each message
	parts []checkedPart

	unique     atomic.Int64 // different messages of this run
	bytes      atomic.Int64 // of these
	duplicated atomic.Int64
	disordered atomic.Int64
	corrupt    atomic.Int64
	foreign    atomic.Int64 // messages that are not of this run

	done     chan struct{} // closed when all partitions were read to their ends
	doneOnce sync.Once
	left     atomic.Int64 // partitions not read to their ends
}

// checkedPart is what is known of one partition.
type checkedPart struct {
	mu   sync.Mutex
	next kafka.Offset // after the last message consumed
	last int64        // number of the last message of this run
	end  kafka.Offset // to read to; OffsetInvalid: not known yet
	full bool         // read to the end
}

// newChecker checks partitions that are read from the given offsets on.
func newChecker(r *run, starts []kafka.Offset) *checker {
	c := &checker{
		run: r, seen: make([]atomic.Uint64, (r.total+63)/64), parts: make([]checkedPart, len(starts)),
		done: make(chan struct{}),
	}
	c.left.Store(int64(len(starts)))
	for i, start := range starts {
		c.parts[i].next, c.parts[i].last, c.parts[i].end = start, -1, kafka.OffsetInvalid
	}
	return c
}

// check takes note of a message. It returns when the message was produced; false
// when it is not a sound one of this run, or came before.
func (c *checker) check(m *kafka.Message) (sent int64, ok bool) {
	p := &c.parts[m.TopicPartition.Partition]
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = max(p.next, m.TopicPartition.Offset+1)
	defer c.reached(p)

	id, seq, sent, sum, ours := readHeaders(m)
	switch {
	case !ours || id != c.run.id:
		c.foreign.Add(1)
		return 0, false
	case seq >= uint64(c.run.total) || sum != c.run.sum(seq, m.Key, m.Value):
		c.corrupt.Add(1)
		return 0, false
	}
	bit := uint64(1) << (seq % 64)
	if c.seen[seq/64].Or(bit)&bit != 0 {
		c.duplicated.Add(1)
		return 0, false
	}
	if int64(seq) < p.last {
		c.disordered.Add(1)
	}
	p.last = int64(seq)
	c.bytes.Add(size(m))
	c.unique.Add(1)
	return sent, true
}

// reached notes that a partition was read to its end. It needs the partition's
// mutex.
func (c *checker) reached(p *checkedPart) {
	if p.full || p.end == kafka.OffsetInvalid || p.next < p.end {
		return
	}
	p.full = true
	if c.left.Add(-1) == 0 {
		c.doneOnce.Do(func() { close(c.done) })
	}
}

// setEnds says how far the partitions go: what was produced and is missing there
// is lost.
func (c *checker) setEnds(ends []kafka.Offset) {
	for i, end := range ends {
		p := &c.parts[i]
		p.mu.Lock()
		p.end = end
		c.reached(p)
		p.mu.Unlock()
	}
}

// lost returns how many of the first n messages never came.
func (c *checker) lost(n int64) int64 {
	came := int64(0)
	for i := range c.seen {
		w := c.seen[i].Load()
		if first := int64(i) * 64; n < first+64 {
			w &= 1<<max(n-first, 0) - 1
		}
		came += int64(bits.OnesCount64(w))
	}
	return n - came
}
