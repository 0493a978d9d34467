package kafka

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// fakeTP names a partition.
type fakeTP struct {
	topic string
	id    int32
}

// fakeOp is an entry of librdkafka's consumer queue: a message, an error, a
// transaction marker or a rebalance.
type fakeOp struct {
	fakeTP
	offset     int64
	epoch      int32
	key, value []byte
	headers    []Header
	err        ErrorCode // not 0: an error, with value as its text
	marker     bool      // moves the position, never comes out
	rebalance  *fakeRebalance
}

type fakeRebalance struct {
	code  int
	parts []rdkafka.TopicPartition
}

// fakeNative is librdkafka as a consumer sees it, with a queue that the test
// fills. It keeps positions by the rules of rd_kafka_consume_batch_queue.
type fakeNative struct {
	mu       sync.Mutex
	queue    []fakeOp
	stash    []fakeRebalance
	position map[fakeTP]int64
	stored   map[fakeTP]rdkafka.TopicPartition
	stores   int   // calls of StoreOffsets
	sizes    []int // of the batch calls
	calls    []string
	lost     bool
	protocol string
	fatal    error
	fail     error              // result of the next change of the assignment
	during   func()             // runs inside Seek, Pause, Resume and the assign calls
	seekErr  func(id int32) int // result of Seek for a partition
}

func newFake() *fakeNative {
	return &fakeNative{
		position: map[fakeTP]int64{}, stored: map[fakeTP]rdkafka.TopicPartition{},
		protocol: "EAGER",
	}
}

// fakeFetcher copies a batch as rdkafka.Fetch does: into memory that the next
// batch overwrites.
type fakeFetcher struct {
	f     *fakeNative
	recs  []rdkafka.Record
	arena []byte
}

func (ff *fakeFetcher) Poll(size int) ([]rdkafka.Record, []byte, int) {
	f := ff.f
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sizes = append(f.sizes, size)
	for i := range ff.arena {
		ff.arena[i] = 0xdb // whoever still looks at it shall notice
	}
	for i := range ff.recs {
		ff.recs[i] = rdkafka.Record{TopicLen: -1, Partition: -77}
	}
	recs, arena := ff.recs[:0], ff.arena[:0]
	taken := map[fakeTP]int64{}
	topic := ""
	for len(recs) < size && len(f.queue) > 0 {
		op := f.queue[0]
		f.queue = f.queue[1:]
		switch {
		case op.rebalance != nil:
			f.stash = append(f.stash, *op.rebalance)
			continue
		case op.marker:
			taken[op.fakeTP] = op.offset + 1
			continue
		}
		rec := rdkafka.Record{
			Offset: op.offset, Timestamp: 1700000000000, TimestampType: int32(TimestampCreateTime),
			Partition: op.id, Err: int32(op.err), LeaderEpoch: op.epoch, KeyLen: -1, ValLen: -1, TopicLen: -1,
		}
		if op.topic != topic || len(recs) == 0 {
			topic = op.topic
			rec.TopicLen = int32(len(topic))
			arena = append(arena, topic...)
		}
		if op.key != nil {
			rec.KeyLen = int32(len(op.key))
			arena = append(arena, op.key...)
		}
		if op.value != nil {
			rec.ValLen = int32(len(op.value))
			arena = append(arena, op.value...)
		}
		n := len(arena)
		for _, h := range op.headers {
			arena = rdkafka.AppendHeader(arena, h.Key, h.Value)
		}
		rec.HdrCnt, rec.HdrLen = int32(len(op.headers)), int32(len(arena)-n)
		if op.err == ErrNoError {
			taken[op.fakeTP] = op.offset + 1
		}
		recs = append(recs, rec)
	}
	for tp, pos := range taken {
		if old, ok := f.position[tp]; !ok || pos > old {
			f.position[tp] = pos
		}
	}
	ff.recs, ff.arena = recs, arena
	return recs, arena, len(f.stash)
}

// messages are count messages of a partition, from an offset on.
func messages(topic string, id int32, from int64, count int) []fakeOp {
	ops := make([]fakeOp, count)
	for i := range ops {
		ops[i] = fakeOp{fakeTP: fakeTP{topic, id}, offset: from + int64(i), epoch: 1, value: []byte("v")}
	}
	return ops
}

func (f *fakeNative) push(ops ...[]fakeOp) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range ops {
		f.queue = append(f.queue, o...)
	}
}

// pushRebalance puts a rebalance of partitions of topic t behind what is queued.
func (f *fakeNative) pushRebalance(code int, ids ...int32) {
	f.push([]fakeOp{{rebalance: &fakeRebalance{code, rdParts(ids...)}}})
}

func (f *fakeNative) setLost(lost bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lost = lost
}

// polls returns the sizes of the batch calls since the last time it was asked.
func (f *fakeNative) polls() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	sizes := f.sizes
	f.sizes = nil
	return sizes
}

// offset returns what is stored for a partition of topic t, OffsetInvalid for
// nothing.
func (f *fakeNative) offset(id int32) Offset {
	f.mu.Lock()
	defer f.mu.Unlock()
	if tp, ok := f.stored[fakeTP{"t", id}]; ok {
		return Offset(tp.Offset)
	}
	return OffsetInvalid
}

// made returns the calls that changed the assignment, since the last time.
func (f *fakeNative) made() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := f.calls
	f.calls = nil
	return calls
}

func (f *fakeNative) call(name string) error {
	f.mu.Lock()
	f.calls = append(f.calls, name)
	during, fail := f.during, f.fail
	f.during, f.fail = nil, nil
	f.mu.Unlock()
	if during != nil {
		during()
	}
	return fail
}

func (f *fakeNative) forget(parts []rdkafka.TopicPartition) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range parts {
		tp := fakeTP{parts[i].Topic, parts[i].Partition}
		delete(f.position, tp)
		delete(f.stored, tp)
	}
}

func (f *fakeNative) PopRebalance() (int, []rdkafka.TopicPartition, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.stash) == 0 {
		return 0, nil, false
	}
	r := f.stash[0]
	f.stash = f.stash[1:]
	return r.code, r.parts, true
}

func (f *fakeNative) Assign(parts []rdkafka.TopicPartition) error {
	if parts == nil {
		return f.call("unassign")
	}
	return f.call("assign")
}

func (f *fakeNative) IncrementalAssign([]rdkafka.TopicPartition) error {
	return f.call("incremental assign")
}

func (f *fakeNative) IncrementalUnassign([]rdkafka.TopicPartition) error {
	return f.call("incremental unassign")
}

func (f *fakeNative) AssignmentLost() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lost
}

func (f *fakeNative) FatalError() error { return f.fatal }

func (f *fakeNative) RebalanceProtocol() string { return f.protocol }

func (f *fakeNative) Seek(parts []rdkafka.TopicPartition, _ time.Duration) ([]rdkafka.TopicPartition, error) {
	err := f.call("seek")
	out := slices.Clone(parts)
	for i := range out {
		if f.seekErr != nil {
			out[i].Err = f.seekErr(out[i].Partition)
		}
		if out[i].Err == 0 {
			f.mu.Lock()
			delete(f.position, fakeTP{out[i].Topic, out[i].Partition})
			f.mu.Unlock()
		}
	}
	return out, err
}

func (f *fakeNative) Pause(parts []rdkafka.TopicPartition) ([]rdkafka.TopicPartition, error) {
	return parts, f.call("pause")
}

func (f *fakeNative) Resume(parts []rdkafka.TopicPartition) ([]rdkafka.TopicPartition, error) {
	return parts, f.call("resume")
}

func (f *fakeNative) Position(parts []rdkafka.TopicPartition) ([]rdkafka.TopicPartition, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := slices.Clone(parts)
	for i := range out {
		out[i].Offset = rdkafka.OffsetInvalid
		if pos, ok := f.position[fakeTP{out[i].Topic, out[i].Partition}]; ok {
			out[i].Offset = pos
		}
	}
	return out, nil
}

func (f *fakeNative) StoreOffsets(parts []rdkafka.TopicPartition) ([]rdkafka.TopicPartition, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stores++
	for _, tp := range parts {
		f.stored[fakeTP{tp.Topic, tp.Partition}] = tp
	}
	return parts, nil
}

// newFakeConsumer returns a consumer on f without a poller, which the tests play
// themselves. edit may change it before its Events goroutine, if any, starts.
func newFakeConsumer(t *testing.T, f *fakeNative, edit ...func(*Consumer)) *Consumer {
	t.Helper()
	c := &Consumer{
		client:    &client{name: "fake", dead: make(chan struct{})},
		autoStore: true, repoll: time.Second,
		closing: make(chan struct{}), eventsDone: make(chan struct{}),
	}
	c.guard.idle = make(chan struct{})
	c.r.init(f, &fakeFetcher{f: f}, &fakeFetcher{f: f})
	for _, e := range edit {
		e(c)
	}
	if c.conf.eventsChannelEnable {
		c.events = make(chan Event, c.conf.eventsChannelSize)
		go c.feedEvents()
	} else {
		close(c.eventsDone)
	}
	t.Cleanup(func() {
		if c.closeState.Load() == closeNot {
			stopFake(c)
		}
	})
	return c
}

// stopFake does what Close does before it turns to librdkafka.
func stopFake(c *Consumer) {
	c.closeState.Store(closeBegun)
	close(c.closing)
	<-c.eventsDone
}

func rdParts(ids ...int32) []rdkafka.TopicPartition {
	parts := make([]rdkafka.TopicPartition, len(ids))
	for i, id := range ids {
		parts[i] = rdkafka.TopicPartition{Topic: "t", Partition: id, Offset: rdkafka.OffsetInvalid, LeaderEpoch: -1}
	}
	return parts
}

// tps are partitions of topic t.
func tps(ids ...int32) []TopicPartition { return fromRDList(rdParts(ids...)) }

// at is a partition of topic t at an offset.
func at(id int32, offset Offset) TopicPartition {
	tp := tps(id)[0]
	tp.Offset = offset
	return tp
}

// read takes count messages and returns them as "partition@offset".
func read(t *testing.T, c *Consumer, count int) []string {
	t.Helper()
	got := []string{}
	for range count {
		ev := c.Poll(0)
		m, ok := ev.(*Message)
		if !ok {
			assert.Fail(t, "no message", "after %v came %v", got, ev)
			return got
		}
		assert.NotNil(t, m.Value)
		got = append(got, spot(m))
	}
	return got
}

// readAll takes what there is.
func readAll(t *testing.T, c *Consumer) []string {
	t.Helper()
	got := []string{}
	for {
		switch ev := c.Poll(0).(type) {
		case nil:
			return got
		case *Message:
			got = append(got, spot(ev))
		default:
			got = append(got, ev.String())
		}
	}
}

func spot(m *Message) string {
	return string('0'+m.TopicPartition.Partition) + "@" + m.TopicPartition.Offset.String()
}

// spots are the names of count messages.
func spots(id int32, from, count int) []string {
	out := []string{}
	for i := range count {
		out = append(out, spot(&Message{TopicPartition: at(id, Offset(from+i))}))
	}
	return out
}

// later lets a look at the group be due again, as the poller does when time has
// passed.
func later(c *Consumer) { c.r.tick.Add(1) }

// pollerRound is a round of the poller that finds a second gone.
func pollerRound(c *Consumer) {
	c.lastStore = time.Now().Add(-storeInterval)
	c.lastTick = time.Time{}
	c.wakeReaders()
}
