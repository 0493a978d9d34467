package demo

import (
	"context"
	"sync/atomic"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// gate holds the producer back by the consumers' lag in bytes: the mock cluster
// keeps 5 MiB of a partition, and all that is on its way may be of one. On a real
// cluster it keeps the latency from being that of a backlog.
type gate struct {
	max     int64 // bytes on their way
	sent    atomic.Int64
	got     atomic.Int64
	waiting atomic.Bool
	below   atomic.Int64 // the lag at which the waiting producer goes on
	room    chan struct{}
}

const (
	mockMaxLag = 4 << 20
	realMaxLag = 32 << 20
	// logOverhead is about what a record costs in the log beside key, value and
	// headers, when the batches are small.
	logOverhead = 60
)

func newGate(limit int64) *gate { return &gate{max: limit, room: make(chan struct{}, 1)} }

// weight is what a message counts for.
func weight(m *kafka.Message) int64 { return size(m) + logOverhead }

// enter waits until more bytes may be on their way, or ctx ends. Only one
// goroutine may call it.
func (g *gate) enter(ctx context.Context, bytes int64) error {
	for g.lag() > 0 && g.lag()+bytes > g.max {
		// A quarter is to be free: waking the producer for each message would cost
		// more than the message.
		g.below.Store(max(min(g.max*3/4, g.max-bytes), 0))
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
