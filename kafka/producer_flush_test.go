package kafka_test

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func TestFlush_overridesLinger(t *testing.T) {
	t.Parallel()
	for name, flush := range map[string]func(*kafka.Producer) error{
		"Flush": func(p *kafka.Producer) error {
			// Len counts unread events: let somebody read.
			go func() {
				for range p.Events() {
				}
			}()
			p.Flush(int(patience / time.Millisecond))
			return nil
		},
		"FlushContext": func(p *kafka.Producer) error { return p.FlushContext(context.Background()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := connected(t, kafka.ConfigMap{"linger.ms": 60000})
			for i := range 10 {
				require.NoError(t, p.Produce(msg(i), nil))
			}
			begin := time.Now()
			require.NoError(t, flush(p))
			assert.Zero(t, p.SlotsInUse())
			assert.Less(t, time.Since(begin), 10*time.Second)
		})
	}
}

func TestFlush_countsUnreadEvents(t *testing.T) {
	t.Parallel()
	p, _ := connected(t, nil)
	events := p.Events()
	for i := range 9 {
		require.NoError(t, p.Produce(msg(i), nil))
	}
	require.NoError(t, p.FlushContext(within(t)), "FlushContext counts messages only")
	assert.Equal(t, 9, p.Flush(10))
	assert.Equal(t, 9, p.Flush(0))
	for range 9 {
		report(t, events)
	}
	assert.Zero(t, p.Flush(0))
	assert.Zero(t, p.Flush(-1))
	assert.Zero(t, p.Flush(math.MaxInt))
}

func TestFlush_timeout(t *testing.T) {
	t.Parallel()
	p := lonely(t, nil)
	for i := range 4 {
		require.NoError(t, p.Produce(msg(i), nil))
	}
	begin := time.Now()
	assert.Equal(t, 4, p.Flush(50))
	assert.GreaterOrEqual(t, time.Since(begin), 50*time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	err := p.FlushContext(ctx)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	assert.ErrorContains(t, err, "4 messages not yet reported")
}

// What others produce meanwhile does not hold it up.
func TestFlushContext_besideOtherProducers(t *testing.T) {
	t.Parallel()
	p, mock := connected(t, nil)
	require.NoError(t, mock.SetRoundtripDuration(-1, 5*time.Millisecond))
	ctx, cancel := context.WithCancel(t.Context())
	var others sync.WaitGroup
	others.Go(func() {
		for ctx.Err() == nil {
			_ = p.ProduceContext(ctx, msg(-1), nil)
		}
	})
	defer others.Wait()
	defer cancel()
	go func() {
		for range p.Events() {
		}
	}()
	mine := make(chan kafka.Event, 100)
	for i := range 100 {
		require.NoError(t, p.ProduceContext(ctx, msg(i), mine))
		if i%10 == 9 {
			require.NoError(t, p.FlushContext(within(t)))
			require.Len(t, mine, i+1)
		}
	}
	assert.Positive(t, p.SlotsInUse(), "the others were not waited for")
}

// A message that was sent to ProduceChannel is on its way, also while its reader
// holds it.
func TestFlush_countsProduceChannel(t *testing.T) {
	t.Parallel()
	p, _ := connected(t, nil)
	go func() {
		for range p.Events() {
		}
	}()
	var accepted atomic.Int64
	for i := range 300 {
		p.ProduceChannel() <- msg(i)
		accepted.Add(1)
		if i%2 == 0 {
			require.NoError(t, p.FlushContext(within(t)))
		} else {
			require.Zero(t, p.Flush(int(patience/time.Millisecond)))
		}
		low, high := watermarks(t, p)
		require.EqualValues(t, i+1, high-low, "it is in the log")
	}
}

func watermarks(t *testing.T, p *kafka.Producer) (low, high int64) {
	t.Helper()
	low, high, err := p.QueryWatermarkOffsets("t", 0, int(patience/time.Millisecond))
	require.NoError(t, err)
	return low, high
}

func TestProduceChannel(t *testing.T) {
	t.Parallel()
	p, _ := connected(t, kafka.ConfigMap{"message.max.bytes": 1000, "queue.buffering.max.messages": 10})
	const n = 1000
	large, nowhere := msg("large"), &kafka.Message{Opaque: "nowhere"}
	large.Value = make([]byte, 2000)
	go func() {
		p.ProduceChannel() <- large
		for i := range n { // more than fit: the channel waits for room
			p.ProduceChannel() <- msg(i)
		}
		p.ProduceChannel() <- nowhere
		p.ProduceChannel() <- nil
	}()
	m := report(t, p.Events())
	assert.Same(t, large, m, "what cannot be produced comes back itself")
	assert.ErrorIs(t, m.TopicPartition.Error, kafka.ErrMsgSizeTooLarge)
	next := 0
	var refused []*kafka.Message
	for next < n || len(refused) < 2 {
		m := report(t, p.Events())
		if m.TopicPartition.Error != nil {
			refused = append(refused, m)
			continue
		}
		require.Equal(t, next, m.Opaque)
		next++
	}
	assert.Same(t, nowhere, refused[0])
	assert.ErrorIs(t, refused[0].TopicPartition.Error, kafka.ErrInvalidArg)
	assert.ErrorIs(t, refused[1].TopicPartition.Error, kafka.ErrInvalidArg, "nil")
	assert.Zero(t, p.SlotsInUse())
}

// Refused messages that nobody takes back do not pile up without bound.
func TestProduceChannel_refusedOnesAreBounded(t *testing.T) {
	t.Parallel()
	p := lonely(t, kafka.ConfigMap{"queue.buffering.max.messages": 20, "go.events.channel.size": 5, "go.produce.channel.size": 0})
	events := p.Events()
	sent := 0
	for stuck := false; !stuck; {
		select {
		case p.ProduceChannel() <- &kafka.Message{Opaque: sent}:
			sent++
			require.Less(t, sent, 100)
		case <-time.After(100 * time.Millisecond):
			stuck = true
		}
	}
	// In the channel, waiting, in the hand of the reader, between the two.
	assert.InDelta(t, 5+20+1, sent, 1)
	for i := range sent {
		assert.Equal(t, i, report(t, events).Opaque)
	}
}

// Memory is bounded when nobody reads: what was not read counts as if it were
// still on its way.
func TestUnreadReports_bounded(t *testing.T) {
	t.Parallel()
	const limit = 200
	unread := make(chan kafka.Event)
	for name, c := range map[string]struct {
		prepare func(p *kafka.Producer)
		ch      chan kafka.Event
		want    int
	}{
		"Events":                     {func(p *kafka.Producer) { p.Events() }, nil, 50 + limit},
		"Events, not asked for":      {func(*kafka.Producer) {}, nil, 50 + limit},
		"a delivery channel":         {func(*kafka.Producer) {}, unread, limit},
		"a delivery channel, events": {func(p *kafka.Producer) { p.Events() }, unread, limit},
	} {
		for how, produce := range map[string]func(p *kafka.Producer) int{
			"one by one": func(p *kafka.Producer) int {
				if p.Produce(msg(0), c.ch) == nil {
					return 1
				}
				return 0
			},
			"in batches": func(p *kafka.Producer) int {
				ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
				defer cancel()
				n, _ := p.ProduceBatch(ctx, msgs(64))
				return n
			},
		} {
			if how == "in batches" && c.ch != nil {
				continue // a batch has no delivery channel
			}
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				p, _ := connected(t, kafka.ConfigMap{"queue.buffering.max.messages": limit, "go.events.channel.size": 50})
				c.prepare(p)
				accepted := 0
				eventually(t, func() bool {
					quiet := p.Quiet()
					n := produce(p)
					accepted += n
					return quiet && n == 0
				}, "a producer that takes no more")
				assert.Equal(t, c.want, accepted)
				for range 20 {
					assert.Zero(t, produce(p))
				}
			})
		}
	}

	t.Run("Deliveries", func(t *testing.T) {
		t.Parallel()
		p, _ := connected(t, kafka.ConfigMap{"queue.buffering.max.messages": limit})
		p.Deliveries()
		accepted := 0
		eventually(t, func() bool {
			quiet := p.Quiet()
			err := p.Produce(msg(0), nil)
			if err == nil {
				accepted++
			}
			return quiet && err != nil
		}, "a producer that takes no more")
		assert.GreaterOrEqual(t, accepted, limit)
		assert.LessOrEqual(t, accepted, limit+16*256)
	})
}

// Errors and statistics that nobody reads are bounded, and take no room from
// messages.
func TestUnreadEvents_takeNoRoom(t *testing.T) {
	t.Parallel()
	p, _ := connected(t, kafka.ConfigMap{
		"queue.buffering.max.messages": 5, "go.events.channel.size": 0, "statistics.interval.ms": 1,
	})
	p.Events()
	eventually(t, func() bool { return p.Len() >= 1000 }, "unread statistics")
	ch := make(chan kafka.Event, 1)
	for i := range 100 {
		require.NoError(t, p.Produce(msg(i), ch))
		require.Equal(t, i, report(t, ch).Opaque)
	}
	assert.Less(t, p.Len(), 1100)
}
