package kafka_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func TestProducer_closedMethods(t *testing.T) {
	t.Parallel()
	p := lonely(t, nil)
	p.Close()
	p.Close()
	require.NoError(t, p.CloseContext(t.Context()))
	assert.True(t, p.IsClosed())

	// The very value: programs compare it with ==.
	for name, err := range map[string]error{
		"Produce":        p.Produce(msg(0), nil),
		"Produce nil":    p.Produce(nil, nil),
		"ProduceContext": p.ProduceContext(t.Context(), msg(0), nil),
		"FlushContext":   p.FlushContext(t.Context()),
		"Purge":          p.Purge(kafka.PurgeQueue),
		"GetFatalError":  p.GetFatalError(),
	} {
		assert.True(t, err == errClosed, "%s: %v", name, err) //nolint:errorlint // see above
	}
	n, err := p.ProduceBatch(t.Context(), msgs(3))
	assert.Zero(t, n)
	assert.Equal(t, errClosed, err)
	_, err = p.GetMetadata(nil, true, 100)
	assert.Equal(t, errClosed, err)
	assert.Equal(t, kafka.ErrState, p.TestFatalError(kafka.ErrFail, ""))
	assert.Zero(t, p.Len())
	assert.Zero(t, p.Flush(-1))
	assert.Regexp(t, `^rdkafka#producer-\d+$`, p.String())
	for l := range p.Logs() {
		assert.Equal(t, p.String(), l.Name)
	}
	receiveClosed(t, p.Events())
	receiveClosed(t, p.Deliveries())
	receiveClosed(t, p.Errors())
	receiveClosed(t, p.Stats())
	assert.PanicsWithError(t, "send on closed channel", func() { p.ProduceChannel() <- msg(0) })
}

// Close purges, hands over what fits and counts the rest.
func TestProducer_closeCountsUnreadReports(t *testing.T) {
	t.Parallel()
	p := lonely(t, kafka.ConfigMap{"go.events.channel.size": 10})
	events := p.Events()
	roomy, full := make(chan kafka.Event, 3), make(chan kafka.Event, 1)
	for i := range 30 {
		require.NoError(t, p.Produce(msg(i), nil))
	}
	for i := range 3 {
		require.NoError(t, p.Produce(msg(i), roomy))
		require.NoError(t, p.Produce(msg(i), full))
	}
	err := p.CloseContext(within(t))
	assert.Equal(t, kafka.UnreadReports{N: 20 + 2}, err)
	assert.ErrorContains(t, err, "22 delivery reports")
	assert.Zero(t, p.SlotsInUse())
	assert.NoError(t, p.CloseContext(t.Context()), "only the first call tells")
	for i := range 10 {
		m := report(t, events)
		assert.Equal(t, i, m.Opaque)
		assert.ErrorIs(t, m.TopicPartition.Error, kafka.ErrPurgeQueue)
	}
	receiveClosed(t, events)
	for i := range 3 {
		assert.Equal(t, i, report(t, roomy).Opaque)
	}
	assert.Zero(t, report(t, full).Opaque)
}

// Events that was never asked for is closed with what there is in it.
func TestProducer_closeWithEventsNotAskedFor(t *testing.T) {
	t.Parallel()
	p := lonely(t, nil)
	for i := range 30 {
		require.NoError(t, p.Produce(msg(i), nil))
	}
	require.NoError(t, p.CloseContext(within(t)))
	for i := range 30 {
		assert.Equal(t, i, report(t, p.Events()).Opaque)
	}
	receiveClosed(t, p.Events())
}

// Each message that was accepted is reported, whatever goes on when Close comes.
func TestProducer_closeWhileProducing(t *testing.T) {
	t.Parallel()
	for round := range 10 {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			p, _ := connected(t, kafka.ConfigMap{"queue.buffering.max.messages": 1000})
			events := p.Events()
			var accepted atomic.Int64
			var wg sync.WaitGroup
			for g := range 8 {
				wg.Go(func() {
					for i := 0; ; i++ {
						n, err := int64(1), error(nil)
						switch g % 4 {
						case 0:
							err = p.Produce(msg(i), nil)
						case 1:
							err = p.ProduceContext(context.Background(), msg(i), nil)
						default:
							var done int
							done, err = p.ProduceBatch(context.Background(), msgs(50))
							n = int64(done)
						}
						if err == nil || g%4 > 1 {
							accepted.Add(n)
						}
						if err != nil && err != error(kafka.NewError(kafka.ErrQueueFull, "", false)) { //nolint:errorlint // the very value
							assert.Equal(t, errClosed, err)
							return
						}
					}
				})
			}
			reported, first := int64(0), make(chan struct{})
			var reader sync.WaitGroup
			reader.Go(func() {
				for ev := range events {
					if _, ok := ev.(*kafka.Message); ok {
						if reported++; reported == 500 {
							close(first)
						}
					}
				}
			})
			receiveClosed(t, first)
			for range 3 { // Close from several sides
				wg.Go(p.Close)
			}
			require.NoError(t, p.CloseContext(within(t)))
			wg.Wait()
			reader.Wait()
			assert.Equal(t, accepted.Load(), reported)
			assert.Zero(t, p.SlotsInUse())
		})
	}
}

// A call that waits for room, and one that flushes, end when the producer does.
func TestProducer_closeEndsWhoWaits(t *testing.T) {
	t.Parallel()
	p := lonely(t, kafka.ConfigMap{"queue.buffering.max.messages": 1})
	require.NoError(t, p.Produce(msg(0), nil))
	errs := make(chan error, 3)
	go func() { errs <- p.ProduceContext(context.Background(), msg(1), nil) }()
	go func() {
		_, err := p.ProduceBatch(context.Background(), msgs(2))
		errs <- err
	}()
	p.ProduceChannel() <- msg("channel")
	eventually(t, func() bool { return len(p.ProduceChannel()) == 0 }, "the reader of the channel")
	require.NoError(t, p.CloseContext(within(t)))
	for range 2 {
		// Or it found the room that the purge made.
		if err := receive(t, errs); err != nil {
			assert.Equal(t, errClosed, err)
		}
	}
	n := 0
	for ev := range p.Events() {
		if m, ok := ev.(*kafka.Message); ok {
			assert.Error(t, m.TopicPartition.Error)
			n++
		}
	}
	assert.GreaterOrEqual(t, n, 2, "that of the channel comes back, too")

	p = lonely(t, nil)
	require.NoError(t, p.Produce(msg(0), nil))
	p.Events()
	go func() { errs <- p.FlushContext(context.Background()) }()
	go func() {
		p.Flush(-1)
		errs <- nil
	}()
	p.Close()
	for range 2 {
		if err := receive(t, errs); err != nil {
			assert.Equal(t, errClosed, err)
		}
	}
}

// At the end of its context Close returns, and the rest ends in the background.
func TestProducer_closeInTheBackground(t *testing.T) {
	t.Parallel()
	p := lonely(t, nil)
	for i := range 7 {
		require.NoError(t, p.Produce(msg(i), nil))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := p.CloseContext(ctx)
	if err != nil { // it may have been quick
		assert.ErrorIs(t, err, context.Canceled)
		assert.ErrorContains(t, err, "goes on in the background")
	}
	require.NoError(t, p.CloseContext(within(t)))
	assert.Zero(t, p.SlotsInUse())
	for i := range 7 {
		assert.Equal(t, i, report(t, p.Events()).Opaque)
	}
}

// What waits until cancel is called must return at once then: 10 ms are the
// rule, 100 ms in the worst of several tries are allowed to a busy machine.
func returnsAtOnce(t *testing.T, call func(ctx context.Context) error) {
	t.Helper()
	best, worst := patience, time.Duration(0)
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		errs := make(chan error)
		go func() { errs <- call(ctx) }()
		select {
		case err := <-errs:
			require.FailNow(t, "it did not wait", "%v", err)
		case <-time.After(20 * time.Millisecond): // it waits
		}
		begin := time.Now()
		cancel()
		err := receive(t, errs)
		took := time.Since(begin)
		require.ErrorIs(t, err, context.Canceled)
		best, worst = min(best, took), max(worst, took)
	}
	assert.Less(t, best, 10*time.Millisecond)
	assert.Less(t, worst, 100*time.Millisecond)
}

func TestProducer_cancelling(t *testing.T) {
	t.Parallel()
	full := lonely(t, kafka.ConfigMap{"queue.buffering.max.messages": 1})
	require.NoError(t, full.Produce(msg(0), nil))
	t.Run("ProduceContext", func(t *testing.T) {
		returnsAtOnce(t, func(ctx context.Context) error { return full.ProduceContext(ctx, msg(1), nil) })
	})
	t.Run("ProduceBatch", func(t *testing.T) {
		returnsAtOnce(t, func(ctx context.Context) error {
			n, err := full.ProduceBatch(ctx, msgs(3))
			assert.Zero(t, n)
			return err
		})
	})
	t.Run("FlushContext", func(t *testing.T) {
		returnsAtOnce(t, full.FlushContext)
		err := full.FlushContext(ended())
		assert.ErrorContains(t, err, "1 messages not yet reported")
	})
	assert.Equal(t, 1, full.SlotsInUse())
	t.Run("CloseContext", func(t *testing.T) {
		// A request that no broker answers keeps the reaper busy for a while.
		busy := newProducer(t, kafka.ConfigMap{"bootstrap.servers": "127.0.0.1:1", "log_level": 0})
		asked := make(chan struct{})
		go func() {
			close(asked)
			_, _ = busy.GetMetadata(nil, true, 1000)
		}()
		<-asked
		begin := time.Now()
		err := busy.CloseContext(ended())
		assert.Less(t, time.Since(begin), 100*time.Millisecond)
		if err != nil {
			assert.ErrorIs(t, err, context.Canceled)
		}
	})
}

func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
