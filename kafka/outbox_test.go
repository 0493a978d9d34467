package kafka

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience bounds each wait on a condition; only a failure reaches it.
const patience = 30 * time.Second

// testOutbox is an outbox of ints, each of its own value as weight.
type testOutbox struct {
	*outbox[int]
	stop    chan struct{}
	pending atomic.Int64
	freed   atomic.Int64
}

func newTestOutbox(ch chan int) *testOutbox {
	b := &testOutbox{stop: make(chan struct{})}
	b.outbox = &outbox[int]{
		ch: ch, stop: b.stop, pending: &b.pending,
		weight: func(v int) int64 { return int64(v) },
		freed:  func() { b.freed.Add(1) },
	}
	return b
}

func requireSequence(t *testing.T, ch chan int, n int) {
	t.Helper()
	for i := range n {
		if v := <-ch; v != i {
			require.FailNow(t, "out of order", "%d where %d should come", v, i)
		}
	}
}

func TestOutbox_neverBlocksAndKeepsTheOrder(t *testing.T) {
	t.Parallel()
	const n = 10000
	for _, capacity := range []int{0, 1, 100, n} {
		ch := make(chan int, capacity)
		b := newTestOutbox(ch)
		for i := range n { // nobody reads yet: this would hang
			b.send(i)
		}
		requireSequence(t, ch, n)
		assert.Zero(t, b.close())
		assert.Zero(t, b.pending.Load())
		assert.Zero(t, b.values.Load())
	}
}

// A reader that is now quick and now slow: the outbox goes back and forth between
// sending by itself and its feed.
func TestOutbox_orderWhileRead(t *testing.T) {
	t.Parallel()
	const n = 100000
	ch := make(chan int, 3)
	b := newTestOutbox(ch)
	go func() {
		for i := range n {
			b.send(i)
		}
	}()
	requireSequence(t, ch, n)
	assert.Zero(t, b.close())
	assert.Zero(t, b.pending.Load())
}

func TestOutbox_counts(t *testing.T) {
	t.Parallel()
	ch := make(chan int, 1)
	b := newTestOutbox(ch)
	assert.True(t, b.busy(), "never used")
	b.send(5)
	require.Equal(t, 5, <-ch)
	b.idle.Wait()
	assert.False(t, b.busy())
	b.send(5) // into the channel: it waits no more
	assert.Zero(t, b.pending.Load())
	b.send(7)
	b.send(0)
	b.send(11)
	assert.EqualValues(t, 18, b.pending.Load())
	assert.EqualValues(t, 18, b.reports.Load())
	assert.EqualValues(t, 3, b.values.Load())
	assert.True(t, b.busy())
	assert.Equal(t, 5, <-ch)
	assert.Equal(t, 7, <-ch)
	close(b.stop)
	assert.Equal(t, 11, b.close(), "0 fits, 11 does not")
	assert.Zero(t, <-ch)
	assert.Zero(t, b.pending.Load())
	assert.Zero(t, b.values.Load())
}

func TestOutbox_tellsOfRoom(t *testing.T) {
	t.Parallel()
	ch := make(chan int)
	b := newTestOutbox(ch)
	for range 3 {
		b.send(1)
	}
	for i := range 3 {
		<-ch
		require.Eventually(t, func() bool { return b.freed.Load() == int64(i)+1 }, patience, time.Millisecond)
	}
	assert.Zero(t, b.close())
}

func TestOutbox_opensLate(t *testing.T) {
	t.Parallel()
	b := newTestOutbox(nil)
	assert.False(t, b.opened())
	assert.Zero(t, b.len())
	for i := range 10 {
		b.send(i)
	}
	assert.EqualValues(t, 10, b.values.Load())
	assert.False(t, b.opened())

	var chans [8]chan int
	var wg sync.WaitGroup
	for i := range chans {
		wg.Go(func() { chans[i] = b.open(4) })
	}
	wg.Wait()
	for _, ch := range chans {
		assert.Equal(t, chans[0], ch, "one channel for all")
	}
	assert.True(t, b.opened())
	assert.Equal(t, 4, cap(chans[0]))
	for i := range 10 {
		require.Equal(t, i, <-chans[0])
	}
	assert.Zero(t, b.close())
}

func TestOutbox_closeHandsOverWhatFits(t *testing.T) {
	t.Parallel()
	ch := make(chan int, 2)
	b := newTestOutbox(ch)
	for range 10 {
		b.send(1)
	}
	close(b.stop) // the feed ends though nobody reads
	assert.Equal(t, 8, b.close())
	assert.Len(t, ch, 2)
	assert.Zero(t, b.pending.Load())
}

func TestWeights(t *testing.T) {
	t.Parallel()
	assert.EqualValues(t, 1, weightOfEvent(&Message{}))
	assert.Zero(t, weightOfEvent(Error{}))
	assert.Zero(t, weightOfEvent(&Stats{}))
	assert.EqualValues(t, 3, weightOfDeliveries(make([]Delivery, 3)))
}
