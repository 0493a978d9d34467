package kafka

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func isClosed(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

func TestNotifier(t *testing.T) {
	t.Parallel()
	var n notifier
	n.notify() // nobody waits
	a, b := n.wait(), n.wait()
	assert.False(t, isClosed(a))
	n.notify()
	assert.True(t, isClosed(a))
	assert.True(t, isClosed(b))
	c := n.wait()
	assert.False(t, isClosed(c), "a notify before the wait does not count")
	n.notify()
	assert.True(t, isClosed(c))
}

// A condition that changes between the look at it and the wait is not missed.
func TestNotifier_noLostWakeUp(t *testing.T) {
	t.Parallel()
	var n notifier
	var value atomic.Int64
	const end = 20000
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				changed := n.wait()
				if value.Load() == end {
					return
				}
				<-changed
			}
		})
	}
	for range end {
		value.Add(1)
		n.notify()
	}
	wg.Wait()
}

func TestLossy(t *testing.T) {
	t.Parallel()
	var l lossy[int]
	assert.False(t, l.send(1), "nobody has asked for it")
	ch := l.open()
	assert.Equal(t, ch, l.open())
	for i := range typedCapacity + 5 {
		require.True(t, l.send(i))
	}
	for i := range typedCapacity {
		require.Equal(t, i+5, <-ch, "the oldest go")
	}
	l.send(-1)
	l.close()
	assert.False(t, l.send(2))
	v, ok := <-ch
	assert.True(t, ok)
	assert.Equal(t, -1, v, "what is in it can be read after the close")
	_, ok = <-ch
	assert.False(t, ok)

	var late lossy[int]
	late.close()
	_, ok = <-late.open()
	assert.False(t, ok)
}
