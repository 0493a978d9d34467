package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/rdkafka-go/rdkafka/cmd/internal/conn"
	"github.com/rdkafka-go/rdkafka/cmd/internal/progress"
	"github.com/rdkafka-go/rdkafka/kafka"
)

// group is the consumer group: its members and what they have in common.
type group struct {
	run     *run
	check   *checker
	gate    *gate
	bar     *progress.Bar
	notices *conn.Notices // where the consumers' errors come
	members []*member
	errs    chan error // of the members, one each at most
	ended   sync.WaitGroup

	mu     sync.Mutex
	formed chan struct{} // closed when each member has partitions, and all are given
	isFull bool
}

// member is one consumer, and the goroutine that reads from it.
type member struct {
	g        *group
	c        *kafka.Consumer
	latency  *hdrhistogram.Histogram // in microseconds
	assigned int                     // partitions; under the group's mutex
}

// maxLatency is the longest that the histogram tells apart.
const maxLatency = 10 * time.Minute

// newGroup makes the consumers. They join with begin.
func newGroup(r *run, check *checker, g *gate, conf *kafka.ConfigMap, n int) (*group, error) {
	gr := &group{run: r, check: check, gate: g, errs: make(chan error, n), formed: make(chan struct{})}
	for range n {
		c, err := kafka.NewConsumer(conf)
		if err != nil {
			for _, m := range gr.members {
				_ = m.c.Close() // it has not begun
			}
			return nil, conn.ConfigError(err)
		}
		gr.members = append(gr.members, &member{g: gr, c: c, latency: hdrhistogram.New(1, maxLatency.Microseconds(), 3)})
	}
	return gr, nil
}

// commit sets where the group begins to read, so that nothing is missed however
// late a member comes.
func (g *group) commit(ctx context.Context, starts []kafka.Offset) error {
	offsets := make([]kafka.TopicPartition, len(starts))
	for i, start := range starts {
		offsets[i] = kafka.TopicPartition{Topic: &g.run.topic, Partition: int32(i), Offset: start}
	}
	done, err := g.members[0].c.CommitContext(ctx, offsets)
	if err == nil {
		for i := range done {
			if done[i].Error != nil {
				err = done[i].Error
				break
			}
		}
	}
	if err != nil {
		return fmt.Errorf("the group's offsets could not be committed: %w", err)
	}
	return nil
}

// formTimeout is how long the group has to form.
const formTimeout = 30 * time.Second

// begin lets the members join and read, until reading ends, and waits until the
// group has formed or ctx ends. wait waits for the members.
func (g *group) begin(ctx, reading context.Context) error {
	for _, m := range g.members {
		if err := m.c.Subscribe(g.run.topic, m.rebalance); err != nil {
			return err
		}
		g.ended.Go(func() {
			if err := m.read(reading); err != nil {
				g.errs <- err
			}
		})
	}
	select {
	case <-g.formed:
		return nil
	case err := <-g.errs:
		return err
	case err := <-g.notices.Fatal():
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(formTimeout):
		return fmt.Errorf("the consumer group of %d members has not formed within %s", len(g.members), formTimeout)
	}
}

// wait returns when all members have ended.
func (g *group) wait() { g.ended.Wait() }

// rebalance notes how many partitions the member has; the consumer does the rest.
func (m *member) rebalance(_ *kafka.Consumer, ev kafka.Event) error {
	g := m.g
	g.mu.Lock()
	defer g.mu.Unlock()
	switch e := ev.(type) {
	case kafka.AssignedPartitions:
		m.assigned += len(e.Partitions)
	case kafka.RevokedPartitions:
		m.assigned -= len(e.Partitions)
	}
	sum, idle := 0, false
	for _, m := range g.members {
		sum += m.assigned
		idle = idle || m.assigned == 0
	}
	if sum == len(g.check.parts) && !idle && !g.isFull {
		g.isFull = true
		close(g.formed)
	}
	return nil
}

// read checks messages until ctx ends.
func (m *member) read(ctx context.Context) error {
	for {
		msg, err := m.c.ReadMessageContext(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil //nolint:nilerr // the end of ctx is no failure
			}
			return err // the consumer is closed: its errors go to the notices
		}
		sent, ok := m.g.check.check(msg)
		if !ok {
			continue
		}
		latency := time.Duration(m.g.run.clock() - sent)
		_ = m.latency.RecordValue(min(latency, maxLatency).Microseconds()) // the bound keeps it from failing
		m.g.gate.leave(weight(msg))
		if n := m.g.check.unique.Load(); n%1024 == 0 {
			m.g.bar.Set(n)
		}
	}
}

// close leaves the group, with the last offsets committed, within the timeout.
// closed says whether nothing of the members is left.
func (g *group) close(timeout time.Duration) (closed bool, err error) {
	var wg sync.WaitGroup
	var open atomic.Int64
	errs := make([]error, len(g.members))
	for i, m := range g.members {
		wg.Go(func() {
			closed, err := conn.Close(m.c, timeout)
			if !closed {
				open.Add(1)
			}
			errs[i] = err
		})
	}
	wg.Wait()
	return open.Load() == 0, errors.Join(errs...)
}

// latencies returns the members' histograms as one.
func (g *group) latencies() *hdrhistogram.Histogram {
	all := hdrhistogram.New(1, maxLatency.Microseconds(), 3)
	for _, m := range g.members {
		all.Merge(m.latency)
	}
	return all
}
