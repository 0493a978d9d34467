package demo

import (
	"hash/maphash"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func newRun(total int64) *run {
	return &run{
		id: 7, seed: maphash.MakeSeed(), begun: time.Now(), topic: "t", total: total,
		lines: &lines{list: []line{{[]byte("f:1"), []byte("a")}, {[]byte("f:2"), nil}, {[]byte("f:3"), []byte("c")}}},
	}
}

// consumed returns the messages of a run as a consumer gets them, all of
// partition 0.
func consumed(r *run) []*kafka.Message {
	msgs := make([]*kafka.Message, r.total)
	for i := range msgs {
		b := newBatch(r, 1)
		filled, _ := b.fill(int64(i))
		msgs[i] = &filled[0]
		msgs[i].TopicPartition.Partition = 0
		msgs[i].TopicPartition.Offset = kafka.Offset(i)
	}
	return msgs
}

// counts are what a checker has found.
type counts struct {
	unique, lost, duplicated, disordered, corrupt, foreign int64
}

func countsOf(c *checker) counts {
	return counts{
		c.unique.Load(), c.lost(c.run.total), c.duplicated.Load(), c.disordered.Load(), c.corrupt.Load(), c.foreign.Load(),
	}
}

func TestChecker(t *testing.T) {
	t.Parallel()
	const total = 200
	for name, c := range map[string]struct {
		spoil func(r *run, msgs []*kafka.Message) []*kafka.Message
		want  counts
	}{
		"sound": {
			func(_ *run, msgs []*kafka.Message) []*kafka.Message { return msgs },
			counts{unique: total},
		},
		"lost": {
			func(_ *run, msgs []*kafka.Message) []*kafka.Message { return append(msgs[:63:63], msgs[66:]...) },
			counts{unique: total - 3, lost: 3},
		},
		"last lost": {
			func(_ *run, msgs []*kafka.Message) []*kafka.Message { return msgs[:total-1] },
			counts{unique: total - 1, lost: 1},
		},
		"twice": {
			func(_ *run, msgs []*kafka.Message) []*kafka.Message { return append(msgs, msgs[5], msgs[199]) },
			counts{unique: total, duplicated: 2},
		},
		"out of order": {
			func(_ *run, msgs []*kafka.Message) []*kafka.Message {
				msgs[10], msgs[11] = msgs[11], msgs[10]
				return msgs
			},
			counts{unique: total, disordered: 1},
		},
		"another value": {
			func(_ *run, msgs []*kafka.Message) []*kafka.Message {
				msgs[3].Value = []byte("A")
				return msgs
			},
			counts{unique: total - 1, lost: 1, corrupt: 1},
		},
		"another key": {
			func(_ *run, msgs []*kafka.Message) []*kafka.Message {
				msgs[3].Key = []byte("f:2")
				return msgs
			},
			counts{unique: total - 1, lost: 1, corrupt: 1},
		},
		"another number": {
			func(_ *run, msgs []*kafka.Message) []*kafka.Message {
				msgs[3].Headers[0].Value[15]++
				return msgs
			},
			counts{unique: total - 1, lost: 1, corrupt: 1},
		},
		"key and value changed places": {
			func(_ *run, msgs []*kafka.Message) []*kafka.Message {
				msgs[3].Key, msgs[3].Value = msgs[3].Value, msgs[3].Key
				return msgs
			},
			counts{unique: total - 1, lost: 1, corrupt: 1},
		},
		"of another run, and of none": {
			func(_ *run, msgs []*kafka.Message) []*kafka.Message {
				msgs[3].Headers[0].Value[0]++
				msgs[4].Headers = nil
				return msgs
			},
			counts{unique: total - 2, lost: 2, foreign: 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRun(total)
			check := newChecker(r, []kafka.Offset{0})
			for _, m := range c.spoil(r, consumed(r)) {
				check.check(m)
			}
			assert.Equal(t, c.want, countsOf(check))
			res := &result{
				Messages: total, Lost: check.lost(total), Duplicated: check.duplicated.Load(),
				Disordered: check.disordered.Load(), Corrupt: check.corrupt.Load(),
			}
			sound := c.want.lost+c.want.duplicated+c.want.disordered+c.want.corrupt == 0
			assert.Equal(t, sound, res.err() == nil)
		})
	}
}

func TestChecker_lost_ofThoseSent(t *testing.T) {
	t.Parallel()
	r := newRun(1000)
	check := newChecker(r, []kafka.Offset{0})
	for _, m := range consumed(r)[:130] {
		check.check(m)
	}
	assert.EqualValues(t, 0, check.lost(130))
	assert.EqualValues(t, 5, check.lost(135))
	assert.EqualValues(t, 0, check.lost(0))
	assert.EqualValues(t, 870, check.lost(1000))
}

func TestChecker_done(t *testing.T) {
	t.Parallel()
	r := newRun(10)
	check := newChecker(r, []kafka.Offset{0, 100})
	done := func() bool {
		select {
		case <-check.done:
			return true
		default:
			return false
		}
	}
	msgs := consumed(r)
	for _, m := range msgs[:5] {
		check.check(m)
	}
	assert.False(t, done(), "the ends are not known")
	check.setEnds([]kafka.Offset{10, 100})
	assert.False(t, done())
	for _, m := range msgs[5:9] {
		check.check(m)
	}
	assert.False(t, done())
	check.check(msgs[9])
	assert.True(t, done())
	check.setEnds([]kafka.Offset{10, 100}) // as after an interrupt
	assert.True(t, done())
}

func TestBatch_boundsBytes(t *testing.T) {
	t.Parallel()
	r := newRun(10000)
	r.lines = &lines{list: []line{{[]byte("k"), make([]byte, 100<<10)}}}
	msgs, bytes := newBatch(r, batchMessages).fill(0)
	require.Len(t, msgs, 3)
	assert.Less(t, bytes, int64(mockMaxLag))
	r.total = 2
	msgs, _ = newBatch(r, batchMessages).fill(1)
	assert.Len(t, msgs, 1, "the end")
}
