package demo

import (
	"context"
	"sync/atomic"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// gate holds the producer back by the consumers' lag in bytes: the mock cluster
// keeps 5 MiB of a partition, and all that is on its way may be of one.
type gate struct {
	sent    atomic.Int64
	got     atomic.Int64
	waiting atomic.Bool
	below   atomic.Int64 // the lag at which the waiting producer goes on
	room    chan struct{}
}

const (
	maxLag = 4 << 20
	// enoughRoom is when a waiting producer goes on: waking it for each message
	// would cost more than the message.
	enoughRoom = maxLag * 3 / 4
	// logOverhead is about what a record costs in the log beside key, value and
	// headers, when the batches are small.
	logOverhead = 60
)

func newGate() *gate { return &gate{room: make(chan struct{}, 1)} }

// weight is what a message counts for.
func weight(m *kafka.Message) int64 { return size(m) + logOverhead }

// enter waits until more bytes may be on their way, or ctx ends. Only one
// goroutine may call it.
func (g *gate) enter(ctx context.Context, bytes int64) error {
	for g.lag() > 0 && g.lag()+bytes > maxLag {
		g.below.Store(max(min(enoughRoom, maxLag-bytes), 0))
		g.waiting.Store(true)
		if g.lag() > g.below.Load() {
			select {
			case <-g.room:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		g.waiting.Store(false)
	}
	g.sent.Add(bytes)
	return nil
}

// leave says that so many bytes have arrived.
func (g *gate) leave(bytes int64) {
	g.got.Add(bytes)
	if g.waiting.Load() && g.lag() <= g.below.Load() {
		select {
		case g.room <- struct{}{}:
		default:
		}
	}
}

func (g *gate) lag() int64 { return g.sent.Load() - g.got.Load() }
