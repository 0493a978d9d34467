package kafka

import (
	"math/rand"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func newTestSlots(topics ...string) (*slotTable, []*topicHandle) {
	t := newSlotTable()
	handles := make([]*topicHandle, len(topics))
	for i, name := range topics {
		handles[i] = &topicHandle{name: name}
		t.addTopic(handles[i])
	}
	return t, handles
}

func TestSlots_giveWhatWasTaken(t *testing.T) {
	t.Parallel()
	table, topics := newTestSlots("a", "b")
	ch := make(chan Event)
	plain := table.take(topics[0], nil, nil)
	full := table.take(topics[1], "opaque", ch)
	assert.NotZero(t, plain)
	assert.NotEqual(t, plain, full)
	assert.Equal(t, 2, table.size())
	assert.Equal(t, slot{topics[1], "opaque", ch}, table.give(full))
	assert.Equal(t, slot{topics[0], nil, nil}, table.give(plain))
	assert.Zero(t, table.size())
}

// A report that came twice, or for a message that was never accepted, must not
// be taken for another message's.
func TestSlots_staleNumbers(t *testing.T) {
	t.Parallel()
	table, topics := newTestSlots("a")
	first := table.take(topics[0], 1, nil)
	table.give(first)
	assert.Nil(t, table.give(first).topic, "twice")
	second := table.take(topics[0], 2, nil)
	assert.Equal(t, first&0xffffffff, second&0xffffffff, "the slot is used again")
	assert.Nil(t, table.give(first).topic, "a number of an earlier use")
	assert.Equal(t, 1, table.size())
	for _, never := range []uint64{0, 2, slotsPerChunk, slotsPerChunk + 1, 1 << 31, 0xffffffff, 1<<32 | 0xffffffff} {
		assert.Nil(t, table.give(never).topic, "%d", never)
	}
	assert.Equal(t, 2, table.give(second).opaque)
	assert.Zero(t, table.size())
}

// Against a plain map: every number is unique while in use, comes back with its
// own content, and the count is right at all times.
func TestSlots_model(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewSource(1))
	table, topics := newTestSlots("a", "b", "c")
	model := map[uint64]slot{}
	var numbers []uint64
	for seq := range 200000 {
		if len(numbers) > 0 && (rnd.Intn(3) == 0 || len(numbers) > 5000) {
			i := rnd.Intn(len(numbers))
			n := numbers[i]
			numbers[i] = numbers[len(numbers)-1]
			numbers = numbers[:len(numbers)-1]
			got := table.give(n)
			require.True(t, model[n] == got, "%v, not %v", got, model[n])
			delete(model, n)
		} else {
			s := slot{topic: topics[rnd.Intn(len(topics))]}
			if rnd.Intn(2) == 0 {
				s.opaque = seq
			}
			if rnd.Intn(5) == 0 {
				s.ch = make(chan Event)
			}
			n := table.take(s.topic, s.opaque, s.ch)
			_, used := model[n]
			require.False(t, used || n == 0)
			model[n] = s
			numbers = append(numbers, n)
		}
		require.True(t, len(model) == table.size())
	}
}

func TestSlots_concurrent(t *testing.T) {
	t.Parallel()
	table, topics := newTestSlots("a")
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 5000 {
				want := g*1000000 + i
				if got := table.give(table.take(topics[0], want, nil)); got.opaque != want {
					t.Errorf("took %d, gave %v", want, got.opaque)
					return
				}
			}
		})
	}
	wg.Wait()
	assert.Zero(t, table.size())
}

func TestSlots_marks(t *testing.T) {
	t.Parallel()
	table, topics := newTestSlots("a")
	take := func() uint64 { return table.take(topics[0], nil, nil) }
	assert.Zero(t, table.unreported(table.mark()), "nothing is in use")

	a, b := take(), take()
	m1 := table.mark()
	assert.Equal(t, 2, table.unreported(m1))
	c := take()
	assert.Equal(t, 2, table.unreported(m1), "taken later")
	m2 := table.mark()
	assert.Equal(t, 3, table.unreported(m2))
	m3 := table.mark()
	assert.Equal(t, 3, table.unreported(m3))

	table.give(b)
	assert.Equal(t, []int{1, 2, 2}, []int{table.unreported(m1), table.unreported(m2), table.unreported(m3)})
	table.give(c)
	assert.Equal(t, []int{1, 1, 1}, []int{table.unreported(m1), table.unreported(m2), table.unreported(m3)})
	d := take()
	table.give(a)
	assert.Equal(t, []int{0, 0, 0}, []int{table.unreported(m1), table.unreported(m2), table.unreported(m3)})
	assert.Equal(t, 1, table.size())
	table.give(d)
	assert.Empty(t, table.older)
}

func TestSlots_marksWrapAround(t *testing.T) {
	t.Parallel()
	table, topics := newTestSlots("a")
	table.epoch = 1<<32 - 2
	var numbers []uint64
	var marks []uint32
	for range 4 {
		numbers = append(numbers, table.take(topics[0], nil, nil))
		marks = append(marks, table.mark())
	}
	require.Less(t, marks[3], marks[0])
	for i, m := range marks {
		assert.Equal(t, i+1, table.unreported(m))
	}
	for _, n := range numbers {
		table.give(n)
	}
	assert.Zero(t, table.unreported(marks[3]))
	assert.Empty(t, table.older)
}
