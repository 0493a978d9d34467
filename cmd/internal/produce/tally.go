package produce

import (
	"fmt"
	"sync"

	"github.com/rdkafka-go/rdkafka/cmd/internal/progress"
	"github.com/rdkafka-go/rdkafka/kafka"
)

// tally counts what became of the messages.
type tally struct {
	ended   chan struct{} // closed when the producer is closed
	changed chan struct{} // has a value after something was counted

	mu        sync.Mutex
	reported  int64 // messages that the producer took and reported
	delivered int64
	failed    int64 // also those that the producer did not take
	first     error // the first failure, with its place
}

// newTally counts the reports, in a goroutine that ends when the producer is
// closed.
func newTally(reports <-chan []kafka.Delivery, bar *progress.Bar) *tally {
	t := &tally{ended: make(chan struct{}), changed: make(chan struct{}, 1)}
	go func() {
		defer close(t.ended)
		for batch := range reports {
			bar.Set(t.count(batch))
		}
	}()
	return t
}

// count returns how many messages were delivered so far.
func (t *tally) count(batch []kafka.Delivery) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reported += int64(len(batch))
	for i := range batch {
		if err := batch[i].Error; err != nil {
			t.fail(batch[i].Opaque.(*line), err)
		} else {
			t.delivered++
		}
	}
	select {
	case t.changed <- struct{}{}:
	default:
	}
	return t.delivered
}

// refused counts the messages that the producer did not take, and returns how
// many it took.
func (t *tally) refused(msgs []kafka.Message) (taken int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range msgs {
		if err := msgs[i].TopicPartition.Error; err != nil {
			t.fail(msgs[i].Opaque.(*line), err)
		} else {
			taken++
		}
	}
	return taken
}

func (t *tally) fail(l *line, err error) {
	t.failed++
	if t.first == nil {
		t.first = fmt.Errorf("%s: %w", l.at(), err)
	}
}

// missing counts messages that were taken and will have no report any more.
func (t *tally) missing(taken int64, why error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := taken - t.reported; n > 0 {
		t.failed += n
		if t.first == nil {
			t.first = why
		}
	}
}

// all says whether so many messages were reported.
func (t *tally) all(taken int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.reported >= taken
}
