package kafka

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// Producer sends messages. All its methods may be called from any goroutine, and
// after Close, when they return an error.
//
// A message that [Producer.Produce] accepted gets exactly one delivery report,
// in order per partition: on the delivery channel given with the message, else
// on [Producer.Deliveries] if that was asked for, else on [Producer.Events].
// Reports that nobody reads count against queue.buffering.max.messages, beside
// the messages on their way, so that memory is bounded; they hold up no other
// channel, and not Close.
type Producer struct {
	*client
	conf  goConfig
	limit int64 // queue.buffering.max.messages

	slots   *slotTable
	reports rdkafka.Reports // of the poller
	keys    headerKeys      // of the poller
	taken   []slot          // of the poller

	events     *outbox[Event]
	boxes      map[chan Event]*outbox[Event] // blocked delivery channels
	deliveries atomic.Pointer[outbox[[]Delivery]]
	errs       lossy[Error]
	stats      lossy[Stats]
	pending    atomic.Int64 // reports that wait in outboxes
	stopBoxes  chan struct{}

	room notifier // after each batch of reports

	topicsMu sync.RWMutex
	topics   map[string]*topicHandle
	lastUsed atomic.Pointer[topicHandle]

	channel produceChannel

	closeOnce sync.Once
	unread    atomic.Int64
}

// topicHandle is a topic that the producer has produced to. They live until the
// producer ends.
type topicHandle struct {
	name  string
	rkt   *rdkafka.Topic
	index int32 // in the slot table
}

// NewProducer creates a producer and its threads; it does not wait for a broker.
// The configuration is copied. Beside librdkafka's properties
// (https://github.com/confluentinc/librdkafka/blob/v2.14.2/CONFIGURATION.md) it
// takes go.batch.producer, go.delivery.reports, go.delivery.report.fields,
// go.events.channel.size, go.produce.channel.size, go.logs.channel.enable and
// go.logs.channel. Errors are of type Error; most have the code ErrInvalidArg.
func NewProducer(conf *ConfigMap) (*Producer, error) {
	gc, entries, err := conf.prepare(kindProducer)
	if err != nil {
		return nil, err
	}
	c, err := newClient(rdkafka.Producer, &gc, entries, rdkafka.EventDR, nil)
	if err != nil {
		return nil, err
	}
	p := &Producer{
		client: c, conf: gc, limit: 1,
		slots: newSlotTable(), keys: headerKeys{},
		stopBoxes: make(chan struct{}),
		boxes:     map[chan Event]*outbox[Event]{}, topics: map[string]*topicHandle{},
	}
	p.events = newOutbox[Event](p)
	p.channel.ch = make(chan *Message, gc.produceChannelSize)
	p.channel.stopped = make(chan struct{})
	if v, ok := c.rk.ConfGet("queue.buffering.max.messages"); ok {
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && n > 0 {
			p.limit = n
		} else {
			p.limit = 1<<31 - 1 // 0 is librdkafka's "no limit"
		}
	}
	c.handle = p.handleEvent
	go c.poller()
	go p.serveProduceChannel()
	return p, nil
}

func newOutbox[T any](p *Producer) *outbox[T] {
	return &outbox[T]{stop: p.stopBoxes, pending: &p.pending, weight: weightOf[T]}
}

// Events returns the channel of delivery reports (*Message), errors (Error),
// statistics (*Stats) and token requests (OAuthBearerTokenRefresh). Its capacity
// is go.events.channel.size. It is closed by Close, after the last event.
func (p *Producer) Events() chan Event { return p.events.open(p.conf.eventsChannelSize) }

// Deliveries returns a channel of the delivery reports that have no channel of
// their own, many at a time: it costs a fraction of what Events does. From the
// first call on they come here and no longer to Events. Reports that find no
// room wait and count against queue.buffering.max.messages. It is closed by
// Close.
func (p *Producer) Deliveries() <-chan []Delivery {
	if box := p.deliveries.Load(); box != nil {
		return box.ch
	}
	box := newOutbox[[]Delivery](p)
	box.open(deliveriesCapacity)
	p.deliveries.CompareAndSwap(nil, box)
	return p.deliveries.Load().ch
}

// Errors returns a channel of the client's error events. From the first call on
// they come here and no longer to Events. It holds 1000; when it is full the
// oldest goes. It is closed by Close.
func (p *Producer) Errors() <-chan Error { return p.errs.open() }

// Stats returns a channel of the statistics (statistics.interval.ms). From the
// first call on they come here and no longer to Events. It holds 1000; when it
// is full the oldest goes. It is closed by Close.
func (p *Producer) Stats() <-chan Stats { return p.stats.open() }

// Len returns how many messages, requests and events are on their way: those on
// ProduceChannel, those in librdkafka, those on Events that were not read, and
// reports that wait for their reader.
func (p *Producer) Len() int {
	n := len(p.channel.ch) + p.events.len() + int(p.pending.Load())
	if p.guard.acquire() {
		n += p.rk.OutQLen()
		p.guard.release()
	}
	return n
}

// Flush sends at once what linger.ms holds back and waits until Len is 0 or
// timeoutMs milliseconds have passed (-1: for ever). It returns Len: reports on
// Events must be read by another goroutine meanwhile.
func (p *Producer) Flush(timeoutMs int) int {
	ctx := context.Background()
	if timeoutMs >= 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(timeoutMs)*time.Millisecond)
		defer cancel()
	}
	p.flush(ctx, p.Len)
	return p.Len()
}

// FlushContext sends at once what linger.ms holds back and waits until each
// message accepted so far has its report, or ctx ends; then the error is ctx's.
// It counts messages only: unread events do not hold it up.
func (p *Producer) FlushContext(ctx context.Context) error {
	if p.closed.Load() {
		return errClosedClient()
	}
	if left := p.flush(ctx, p.inFlight); left > 0 {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("kafka: flush: %d messages not yet reported: %w", left, err)
		}
		return errClosedClient()
	}
	return nil
}

// inFlight returns the messages accepted and not reported.
func (p *Producer) inFlight() int { return p.slots.size() + len(p.channel.ch) }

// flushSlice bounds each wait in C, so that the end of a context is seen.
const flushSlice = 5 * time.Millisecond

func (p *Producer) flush(ctx context.Context, left func() int) int {
	for {
		n := left()
		if n == 0 || ctx.Err() != nil {
			return n
		}
		room := p.room.wait()
		if !p.guard.acquire() {
			return n
		}
		if p.rk.OutQLen() > 0 {
			// The flag that overrides linger.ms only holds while C's flush runs.
			_ = p.rk.Flush(flushSlice)
			p.guard.release()
			continue
		}
		p.guard.release()
		t := time.NewTimer(flushSlice)
		select {
		case <-room:
		case <-t.C:
		case <-ctx.Done():
		}
		t.Stop()
	}
}

// Purge throws messages away: flags combines PurgeQueue, PurgeInFlight and
// PurgeNonBlocking. Each message gets its report, with ErrPurgeQueue or
// ErrPurgeInflight.
func (p *Producer) Purge(flags int) error {
	if err := p.enter(); err != nil {
		return err
	}
	defer p.leave()
	return fromRD(p.rk.Purge(flags))
}

// GetFatalError returns the error that ended this producer's work (an Error with
// IsFatal), or nil.
func (p *Producer) GetFatalError() error {
	if err := p.enter(); err != nil {
		return err
	}
	defer p.leave()
	return fromRD(p.rk.FatalError())
}

// TestFatalError raises a fatal error, to test how an application takes it. It
// returns ErrNoError, or ErrPrevInProgress when there is one already.
func (p *Producer) TestFatalError(code ErrorCode, str string) ErrorCode {
	if p.enter() != nil {
		return ErrState
	}
	defer p.leave()
	return ErrorCode(p.rk.TestFatalError(int(code), str))
}

// Close ends the producer. It does not flush: call Flush before. Messages that
// were not delivered are purged; their reports are handed over as far as the
// channels have room. It returns when nothing of the producer is left; calling
// it again does nothing.
func (p *Producer) Close() { _ = p.CloseContext(context.Background()) }

// UnreadReports is the error of [Producer.CloseContext] when delivery reports
// found no room in their channels.
type UnreadReports struct {
	N int // reports that nobody got
}

// Error says how many reports were lost.
func (e UnreadReports) Error() string {
	return fmt.Sprintf("kafka: %d delivery reports found no reader before the producer was closed", e.N)
}

// CloseContext is Close with a bound: when ctx ends first it returns an error
// that wraps ctx's, and the rest of the work ends in the background. An
// [UnreadReports] error tells of reports that nobody read. A closed producer
// gives nil.
func (p *Producer) CloseContext(ctx context.Context) error {
	first := false
	p.closeOnce.Do(func() {
		first = true
		go p.end()
	})
	select {
	case <-p.dead:
	case <-ctx.Done():
		select {
		case <-p.dead:
		default:
			return fmt.Errorf("kafka: close of %s goes on in the background: %w", p.name, ctx.Err())
		}
	}
	if n := p.unread.Load(); first && n > 0 {
		return UnreadReports{N: int(n)}
	}
	return nil
}

// end is the producer's reaper: the one goroutine that takes it apart.
func (p *Producer) end() {
	p.closed.Store(true)
	p.room.notify() // the reader of ProduceChannel stops waiting for room
	p.channel.close()
	_ = p.rk.Purge(PurgeQueue | PurgeInFlight)
	p.guard.shut() // no new messages: what is in use now must be reported
	for p.slots.size() > 0 {
		room := p.room.wait()
		if p.slots.size() == 0 {
			break
		}
		// A message that was between the queues is purged by the next round.
		_ = p.rk.Purge(PurgeQueue | PurgeInFlight)
		t := time.NewTimer(10 * time.Millisecond)
		select {
		case <-room:
		case <-t.C:
		}
		t.Stop()
	}
	p.teardown(true, func() {
		close(p.stopBoxes)
		// Whoever asks for it from now on gets a closed one with what there is.
		p.events.open(min(p.conf.eventsChannelSize, int(p.pending.Load())))
		left := p.events.close()
		for _, box := range p.boxes {
			left += box.close()
		}
		p.Deliveries()
		box := p.deliveries.Load()
		left += box.close()
		close(box.ch)
		p.errs.close()
		p.stats.close()
		close(p.events.ch)
		p.unread.Store(int64(left))
		for _, t := range p.topics {
			t.rkt.Destroy()
		}
	})
}
