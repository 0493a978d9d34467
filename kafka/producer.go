package kafka

import (
	"strconv"
	"sync"
	"sync/atomic"

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
	boxes      map[chan Event]*outbox[Event] // of delivery channels that had no room; the poller's
	sweepAt    int                           // how many of them set off a sweep; the poller's
	deliveries atomic.Pointer[outbox[[]Delivery]]
	errs       lossy[Error]
	stats      lossy[Stats]
	handling   atomic.Int64 // reports that the poller has at hand
	// rounds counts the beginnings and the ends of handling: it is odd while reports
	// are between their slots and their channels.
	rounds    atomic.Uint64
	pending   atomic.Int64 // reports that wait in outboxes
	stopBoxes chan struct{}

	room notifier // when there may be room for messages

	topicsMu sync.RWMutex
	topics   map[string]*topicHandle
	lastUsed atomic.Pointer[topicHandle]

	channel produceChannel
	txn     txnCalls

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
	p.events = newOutbox(p, weightOfEvent)
	p.channel.init()
	if v, ok := c.rk.ConfGet("queue.buffering.max.messages"); ok {
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && n > 0 {
			p.limit = n
		} else {
			p.limit = 1<<31 - 1 // 0 is librdkafka's "no limit"
		}
	}
	c.handle = p.handleEvent
	go c.poller()
	return p, nil
}

func newOutbox[T any](p *Producer, weight func(T) int64) *outbox[T] {
	return &outbox[T]{stop: p.stopBoxes, pending: &p.pending, weight: weight, freed: p.room.notify}
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
	box := newOutbox(p, weightOfDeliveries)
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
	n := p.channel.len() + p.events.len() + int(p.pending.Load()) + p.otherEvents()
	if p.guard.acquire() {
		n += p.rk.OutQLen()
		p.guard.release()
	}
	return n
}

// otherEvents returns how many events that are not delivery reports wait for
// room on Events.
func (p *Producer) otherEvents() int {
	return int(p.events.values.Load() - p.events.reports.Load())
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
