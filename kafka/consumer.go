package kafka

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// Consumer reads messages, in a group or by assignment. All its methods may be
// called from any goroutine, and after Close, when they return an error (or nil,
// for those that return none).
//
// Rebalance callbacks run inside the application's own Poll, ReadMessage or
// Close. Between two such calls nothing counts as a poll for
// max.poll.interval.ms.
type Consumer struct {
	*client
	conf      goConfig
	autoStore bool          // enable.auto.offset.store as the user set it
	repoll    time.Duration // how long a waiting call goes without polling

	r     reader
	queue *rdkafka.Queue
	fetch [2]*rdkafka.Fetch

	group groupGate

	rebalanceCb atomic.Pointer[RebalanceCb]
	rebDone     notifier

	evMu      sync.Mutex
	evs       []Event // errors, statistics and the like that wait for a Poll
	evCount   atomic.Int32
	evLast    atomic.Bool // the last thing that Poll returned was one of them
	evDropped int64

	errs  lossy[Error]
	stats lossy[Stats]

	events      chan Event // nil unless go.events.channel.enable
	eventsDone  chan struct{}
	waiters     atomic.Int32
	lastStore   time.Time // of the poller
	lastTick    time.Time // of the poller
	closing     chan struct{}
	closeState  atomic.Int32
	closeResult error // valid when dead is closed
	closePanic  closePanic
}

// NewConsumer creates a consumer and its threads; it does not wait for a broker.
// The configuration is copied and must have group.id. Beside librdkafka's
// properties
// (https://github.com/confluentinc/librdkafka/blob/v2.14.2/CONFIGURATION.md) it
// takes go.application.rebalance.enable, go.events.channel.enable,
// go.events.channel.size, go.logs.channel.enable and go.logs.channel. Errors are
// of type Error; most have the code ErrInvalidArg.
func NewConsumer(conf *ConfigMap) (*Consumer, error) {
	gc, entries, err := conf.prepare(kindConsumer)
	if err != nil {
		return nil, err
	}
	c := &Consumer{conf: gc, closing: make(chan struct{}), eventsDone: make(chan struct{})}
	c.client, err = newClient(rdkafka.Consumer, &gc, entries, rdkafka.EventOffsetCommit, func(rc *rdkafka.Conf) error {
		v, _ := rc.Get("enable.auto.offset.store")
		c.autoStore = v == "true"
		return rc.Set("enable.auto.offset.store", "false")
	})
	if err != nil {
		return nil, err
	}
	c.repoll = repollInterval
	if v, ok := c.rk.ConfGet("max.poll.interval.ms"); ok {
		if ms, err := strconv.Atoi(v); err == nil {
			c.repoll = min(c.repoll, time.Duration(ms)*time.Millisecond/3)
		}
	}
	if c.queue = c.rk.ConsumerQueue(); c.queue == nil {
		c.queue = c.rk.NewQueue() // group.id is empty: nothing will ever come
	}
	for i, size := range [...]int{fetchMessages, 1} {
		c.fetch[i] = rdkafka.NewFetch(size)
	}
	c.r.init(c.rk, &queueFetcher{c.rk, c.queue, c.fetch[0]}, &queueFetcher{c.rk, c.queue, c.fetch[1]})
	c.queue.SetWake(c.wake)
	c.handle = c.handleEvent
	c.onWake = c.wakeReaders
	go c.poller()
	if gc.eventsChannelEnable {
		c.events = make(chan Event, gc.eventsChannelSize)
		go c.feedEvents()
	} else {
		close(c.eventsDone)
	}
	return c, nil
}

// handleEvent serves one event of the main or SASL queue, on the poller.
func (c *Consumer) handleEvent(ev *rdkafka.Event) {
	switch ev.Type {
	case rdkafka.EventError:
		c.pushEvent(c.errorEvent(ev))
	case rdkafka.EventStats:
		c.pushEvent(&Stats{ev.Stats()})
	case rdkafka.EventOffsetCommit:
		c.pushEvent(OffsetsCommitted{Error: fromRD(ev.Err()), Offsets: fromRDList(ev.Offsets())})
	case rdkafka.EventTokenRefresh:
		c.pushEvent(OAuthBearerTokenRefresh{Config: ev.TokenConfig()})
	default:
		// Not enabled for a consumer.
	}
}

// toChannel sends an event to the channel of its kind; false when nobody has
// asked for one.
func (c *Consumer) toChannel(ev Event) bool {
	switch e := ev.(type) {
	case Error:
		return c.errs.send(e)
	case *Stats:
		return c.stats.send(*e)
	default:
		return false
	}
}

// pushEvent keeps an event that has no channel of its own for the next Poll;
// beyond eventsBacklog the oldest goes.
func (c *Consumer) pushEvent(ev Event) {
	if c.toChannel(ev) {
		return
	}
	c.evMu.Lock()
	if len(c.evs) == eventsBacklog {
		c.evs = c.evs[1:]
		c.evDropped++
	}
	c.evs = append(c.evs, ev)
	c.evCount.Store(int32(len(c.evs)))
	c.evMu.Unlock()
	c.r.notify()
}

func (c *Consumer) popEvent() Event {
	if c.evCount.Load() == 0 {
		return nil
	}
	c.evMu.Lock()
	defer c.evMu.Unlock()
	if len(c.evs) == 0 {
		return nil
	}
	ev := c.evs[0]
	c.evs = c.evs[1:]
	if len(c.evs) == 0 {
		c.evs = nil
	}
	c.evCount.Store(int32(len(c.evs)))
	c.evLast.Store(true)
	return ev
}

// tickInterval is how often a consumer that is being read notices that time has
// passed.
const tickInterval = 100 * time.Millisecond

// storeInterval is how often a consumer that is being read stores its offsets.
const storeInterval = time.Second

// wakeReaders runs on the poller after each round: it wakes a waiting call,
// marks that time has passed, and stores offsets once a second. None of that
// counts as the application's poll.
func (c *Consumer) wakeReaders() time.Duration {
	c.r.notify()
	now := time.Now()
	if now.Sub(c.lastTick) >= tickInterval {
		c.lastTick = now
		c.r.tick.Add(1)
	}
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	if c.r.closed {
		return repollInterval
	}
	next := repollInterval
	if c.r.buffered() {
		next = tickInterval
	}
	if !c.r.touched {
		return next
	}
	if wait := c.lastStore.Add(storeInterval).Sub(now); wait > 0 {
		return min(next, wait)
	}
	if c.r.busy {
		return min(next, tickInterval) // what is assigned and where is just changing
	}
	c.lastStore = now
	c.r.touched = false
	if !c.r.nat.AssignmentLost() {
		c.storeLocked()
	}
	return next
}

// guarded calls f inside the guard; false when the client is gone.
func (c *client) guarded(f func()) bool {
	if !c.guard.acquire() {
		return false
	}
	defer c.guard.release()
	f()
	return true
}

// Errors returns a channel of the client's error events. From the first call on
// they come here and no longer out of Poll. It holds 1000; when it is full the
// oldest goes. It is closed by Close.
func (c *Consumer) Errors() <-chan Error { return c.errs.open() }

// Stats returns a channel of the statistics (statistics.interval.ms). From the
// first call on they come here and no longer out of Poll. It holds 1000; when it
// is full the oldest goes. It is closed by Close.
func (c *Consumer) Stats() <-chan Stats { return c.stats.open() }

// Subscribe subscribes to one topic, see [Consumer.SubscribeTopics].
func (c *Consumer) Subscribe(topic string, rebalanceCb RebalanceCb) error {
	return c.SubscribeTopics([]string{topic}, rebalanceCb)
}

// SubscribeTopics replaces the subscription. A name that starts with ^ is a
// regular expression. rebalanceCb, which may be nil, is called with an
// AssignedPartitions or RevokedPartitions for each rebalance, inside Poll,
// ReadMessage or Close; when it calls none of Assign, Unassign,
// IncrementalAssign and IncrementalUnassign, that is done after it. No topics, an
// empty name and a bad expression give ErrInvalidArg. A consumer that is being
// closed gives ErrState.
func (c *Consumer) SubscribeTopics(topics []string, rebalanceCb RebalanceCb) error {
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	var err error
	if !c.group.subscribe(func() {
		// Before: the first rebalance may come before Subscribe has returned here.
		var cb *RebalanceCb
		if rebalanceCb != nil {
			cb = &rebalanceCb
		}
		former := c.rebalanceCb.Swap(cb)
		if err = fromRD(c.rk.Subscribe(topics)); err != nil {
			c.rebalanceCb.Store(former)
		}
	}) {
		return errClosedClient()
	}
	return err
}

// Unsubscribe ends the subscription; the partitions are revoked.
func (c *Consumer) Unsubscribe() error {
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	c.storeNow()
	return fromRD(c.group.unsubscribe(c.rk.Unsubscribe))
}

// Subscription returns the subscribed names, never nil.
func (c *Consumer) Subscription() ([]string, error) {
	if err := c.enter(); err != nil {
		return nil, err
	}
	defer c.leave()
	var topics []string
	var err error
	if !c.group.call(func() { topics, err = c.rk.Subscription() }) {
		return nil, errClosedClient()
	}
	return topics, fromRD(err)
}

// Pause stops the delivery of partitions until Resume. Messages that are
// buffered wait. The others go on.
func (c *Consumer) Pause(partitions []TopicPartition) error {
	return c.pause(partitions, true)
}

// Resume ends a pause.
func (c *Consumer) Resume(partitions []TopicPartition) error {
	return c.pause(partitions, false)
}

func (c *Consumer) pause(partitions []TopicPartition, pause bool) error {
	return c.withList(partitions, func(parts []rdkafka.TopicPartition) error {
		return c.r.exclusive(
			func() (err error) {
				if pause {
					_, err = c.r.nat.Pause(parts)
				} else {
					_, err = c.r.nat.Resume(parts)
				}
				return fromRD(err)
			},
			func(err error) {
				if err == nil {
					c.r.setPaused(parts, pause)
				}
			})
	})
}

// seekTimeout bounds how long a seek waits for librdkafka's threads.
const seekTimeout = time.Minute

// Seek goes on with an assigned partition at another offset and waits until that
// has begun; the second parameter is not used. A partition that is not assigned
// gives ErrUnknownPartition or ErrState.
func (c *Consumer) Seek(partition TopicPartition, _ int) error {
	out, err := c.SeekPartitions([]TopicPartition{partition})
	if err != nil {
		return err
	}
	return out[0].Error
}

// SeekPartitions goes on with assigned partitions at other offsets and waits
// until that has begun. The result carries an error per partition.
func (c *Consumer) SeekPartitions(partitions []TopicPartition) ([]TopicPartition, error) {
	var out []rdkafka.TopicPartition
	err := c.withList(partitions, func(parts []rdkafka.TopicPartition) error {
		return c.r.exclusive(
			func() (err error) {
				out, err = c.r.nat.Seek(parts, seekTimeout)
				return fromRD(err)
			},
			func(error) {
				// One that has not answered in time may still do it.
				for i := range out {
					if out[i].Err == 0 || out[i].Err == int(ErrInProgress) {
						c.r.sought(out[i].Topic, out[i].Partition)
					}
				}
			})
	})
	if err != nil {
		return nil, err
	}
	return fromRDList(out), nil
}

// GetConsumerGroupMetadata returns what Producer.SendOffsetsToTransaction needs
// to know of this consumer. Get it anew for each transaction.
func (c *Consumer) GetConsumerGroupMetadata() (*ConsumerGroupMetadata, error) {
	if err := c.enter(); err != nil {
		return nil, err
	}
	defer c.leave()
	var b []byte
	var err error
	if !c.group.call(func() { b, err = c.rk.GroupMetadata() }) {
		return nil, errClosedClient()
	}
	if err != nil {
		return nil, fromRD(err)
	}
	return &ConsumerGroupMetadata{serialized: b}, nil
}

// MemberID returns the consumer's id in its group, as admin calls and brokers' logs
// name it; "" before it has joined, and after Close.
func (c *Consumer) MemberID() string {
	if c.enter() != nil {
		return ""
	}
	defer c.leave()
	id := ""
	c.group.call(func() { id = c.rk.MemberID() })
	return id
}

// NewTestConsumerGroupMetadata returns metadata of a group without a member, for
// tests of applications.
func NewTestConsumerGroupMetadata(groupID string) (*ConsumerGroupMetadata, error) {
	b, err := rdkafka.NewGroupMetadata(groupID)
	if err != nil {
		return nil, fromRD(err)
	}
	return &ConsumerGroupMetadata{serialized: b}, nil
}
