package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/rdkafka-go/rdkafka/cmd/internal/conn"
	"github.com/rdkafka-go/rdkafka/cmd/internal/exit"
	"github.com/rdkafka-go/rdkafka/cmd/internal/progress"
	"github.com/rdkafka-go/rdkafka/kafka"
)

// scene is all that one run of the demo has: the cluster, the clients, and what
// they share.
type scene struct {
	o       *options
	run     *run
	mock    *kafka.MockCluster // nil: a real cluster
	brokers string
	notices *conn.Notices
	bar     *progress.Bar

	p      *kafka.Producer
	sender *sender
	group  *group
	check  *checker
}

const (
	mockBrokers = 3
	// groupDelay is how long the mock cluster waits for the second member. One that
	// comes later it lets in when most of a session's time has passed, so that this
	// is the shortest that brokers allow.
	groupDelay = 300 * time.Millisecond
	session    = 6000 // ms
	// mockFetchWait is short, as the mock cluster answers a fetch that found
	// nothing at the end of its wait only, whatever was produced meanwhile.
	mockFetchWait = 5 // ms

	stallTimeout = 20 * time.Second // without any message
	endTimeout   = 10 * time.Second // for what is on its way after Ctrl-C
	closeTimeout = 10 * time.Second
	askTimeout   = time.Second     // for a producer that still waits for an answer
	queryTimeout = 5 * time.Second // for a question to the cluster
	askAgain     = 100 * time.Millisecond
)

// play runs the demo. The result is nil when it did not come to produce.
func (s *scene) play(ctx context.Context, stderr io.Writer) (r *result, err error) {
	defer func() {
		if closeErr := s.close(); err == nil {
			err = closeErr
		}
	}()
	if err := s.setUp(ctx); err != nil {
		return nil, err
	}
	reading, stopReading := context.WithCancel(context.WithoutCancel(ctx))
	defer s.group.wait()
	defer stopReading()
	s.bar = progress.New(stderr, "checked", s.run.total)
	defer s.bar.Stop()
	s.group.bar = s.bar
	if err := s.group.begin(ctx, reading); err != nil {
		return nil, err
	}

	cpu, err := cpuTime()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	watched, unwatch := s.watch(ctx)
	err = s.sender.send(watched)
	if err == nil {
		err = s.drain(watched)
	}
	unwatch()
	if err != nil {
		s.finishEarly(err)
	}
	took := time.Since(begun)
	cpuEnd, cpuErr := cpuTime()
	if cpuErr != nil {
		return nil, cpuErr
	}
	stopReading()
	s.group.wait()
	return s.result(took, cpuEnd-cpu, errors.Is(err, exit.ErrInterrupted)), err
}

// setUp starts the mock cluster, if it is to be one, makes the clients, and sets
// where the group begins. As -X goes to producer and consumers alike, librdkafka
// finds each property odd in one of them: its log lines about that are not shown.
func (s *scene) setUp(ctx context.Context) error {
	if s.brokers = s.o.conn.Brokers(); s.brokers == "" {
		if err := s.startMock(); err != nil {
			return err
		}
	}
	conf, err := s.o.conn.Config(kafka.ConfigMap{
		// Order and no duplicates, even when a request is tried again.
		"enable.idempotence": true,
		// The topic is created by a request of its own, with partitions enough.
		"allow.auto.create.topics": false,
	}, s.brokers)
	if err != nil {
		return err
	}
	if s.p, err = kafka.NewProducer(conf); err != nil {
		return conn.ConfigError(err)
	}
	s.notices.Watch(s.p.Errors(), s.p.Logs(), s.o.conn.Lines(conn.NoLines))
	n, err := s.reachTopic(ctx)
	if err != nil {
		return err
	}
	starts, err := s.highs(ctx, n)
	if err != nil {
		return err
	}
	simulated, err := s.isMock(ctx)
	if err != nil {
		return err
	}
	gate := newGate(realMaxLag)
	if simulated {
		gate = newGate(mockMaxLag)
	}
	s.sender = newSender(s.run, s.p, gate)
	s.check = newChecker(s.run, starts)
	groupConf := kafka.ConfigMap{
		"group.id": fmt.Sprintf("rdk-demo-%016x", s.run.id), "auto.offset.reset": "earliest",
		"session.timeout.ms": session,
	}
	if simulated {
		groupConf["fetch.wait.max.ms"] = mockFetchWait
	}
	conf, err = s.o.conn.Config(groupConf, s.brokers)
	if err != nil {
		return err
	}
	if s.group, err = newGroup(s.run, s.check, gate, conf, s.o.members); err != nil {
		return err
	}
	s.group.notices = s.notices
	for _, m := range s.group.members {
		s.notices.Watch(m.c.Errors(), m.c.Logs(), s.o.conn.Lines(conn.NoLines))
	}
	return s.group.commit(ctx, starts)
}

func (s *scene) startMock() error {
	mock, err := kafka.NewMockCluster(mockBrokers)
	if err != nil {
		return err
	}
	s.mock, s.brokers = mock, mock.BootstrapServers()
	if err := mock.SetGroupRebalanceDelay(groupDelay); err != nil {
		return err
	}
	if err := mock.CreateTopic(s.o.topic, s.o.partitions, mockBrokers); err != nil {
		return fmt.Errorf("topic %q with %d partitions: %w", s.o.topic, s.o.partitions, err)
	}
	return nil
}

// isMock says whether the brokers are those of a mock cluster, of this process or
// of another: rdk mock.
func (s *scene) isMock(ctx context.Context) (bool, error) {
	admin, err := kafka.NewAdminClientFromProducer(s.p)
	if err != nil {
		return false, err
	}
	defer admin.Close()
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	id, err := admin.ClusterID(ctx)
	if err != nil {
		return false, fmt.Errorf("the cluster's id is not known: %w", err)
	}
	return strings.HasPrefix(id, "mockCluster"), nil
}

// reachTopic returns the number of partitions of the topic, which it creates when
// there is none.
func (s *scene) reachTopic(ctx context.Context) (int, error) {
	topics := []string{s.o.topic}
	found, err := s.notices.Reach(ctx, s.p, topics, false)
	if errors.Is(err, conn.ErrNoTopic) {
		if err := s.createTopic(ctx); err != nil {
			return 0, fmt.Errorf("topic %q does not exist and could not be created: %w: "+
				"create it with %d partitions, or name another by --topic", s.o.topic, err, s.o.partitions)
		}
		found, err = s.notices.Reach(ctx, s.p, topics, true)
	}
	if err != nil {
		return 0, err
	}
	n := len(found[s.o.topic].Partitions)
	switch {
	case s.o.partitionsGiven && s.o.partitions != n:
		return 0, exit.Usagef("--partitions %d: topic %q exists and has %d", s.o.partitions, s.o.topic, n)
	case s.o.members > n:
		return 0, exit.Usagef("--members %d: more than the %d partitions of topic %q, the others would have nothing to do",
			s.o.members, n, s.o.topic)
	default:
		return n, nil
	}
}

func (s *scene) createTopic(ctx context.Context) error {
	admin, err := kafka.NewAdminClientFromProducer(s.p)
	if err != nil {
		return err
	}
	defer admin.Close()
	results, err := admin.CreateTopics(ctx, []kafka.TopicSpecification{{Topic: s.o.topic, NumPartitions: s.o.partitions}},
		kafka.SetAdminRequestTimeout(queryTimeout), kafka.SetAdminOperationTimeout(queryTimeout))
	if err != nil {
		return err
	}
	if code := results[0].Error.Code(); code != kafka.ErrNoError && code != kafka.ErrTopicAlreadyExists {
		return results[0].Error
	}
	return nil
}

// highs returns the offset after the last message of each partition.
func (s *scene) highs(ctx context.Context, partitions int) ([]kafka.Offset, error) {
	ctx, cancel := context.WithTimeout(ctx, max(queryTimeout, time.Duration(partitions)*10*time.Millisecond))
	defer cancel()
	offsets := make([]kafka.Offset, partitions)
	for i := 0; i < partitions; {
		_, high, err := s.p.QueryWatermarkOffsets(s.o.topic, int32(i), int(queryTimeout.Milliseconds()))
		if err == nil {
			offsets[i] = kafka.Offset(high)
			i++
			continue
		}
		// The leader of a topic that was created a moment ago may not know yet that
		// it is one.
		select {
		case <-time.After(askAgain):
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return nil, fmt.Errorf("the end of %s[%d] is not known: %w", s.o.topic, i, err)
			}
			return nil, context.Cause(ctx)
		}
	}
	return offsets, nil
}

// brokenError says that no more messages will come.
type brokenError struct{ err error }

func (e brokenError) Error() string { return e.err.Error() }

func (e brokenError) Unwrap() error { return e.err }

// watch returns a context that ends with ctx, and with a brokenError as its cause
// when messages stop coming. stop ends it.
func (s *scene) watch(ctx context.Context) (watched context.Context, stop func()) {
	watched, cancel := context.WithCancelCause(ctx)
	var ended sync.WaitGroup
	ended.Go(func() {
		ticker := time.NewTicker(stallTimeout)
		defer ticker.Stop()
		for last := int64(-1); ; {
			select {
			case <-watched.Done():
				return
			case err := <-s.group.errs:
				cancel(brokenError{err})
			case err := <-s.notices.Fatal():
				cancel(brokenError{err})
			case <-ticker.C:
				n := s.check.unique.Load()
				if n == last {
					cancel(brokenError{fmt.Errorf("no message has come for %s", stallTimeout)})
				}
				last = n
			}
		}
	})
	return watched, func() {
		cancel(nil)
		ended.Wait()
	}
}

// drain waits until the group has read everything that the partitions hold.
func (s *scene) drain(ctx context.Context) error {
	ends, err := s.highs(ctx, len(s.check.parts))
	if err != nil {
		return err
	}
	s.check.setEnds(ends)
	select {
	case <-s.check.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// finishEarly gives what is on its way a while to arrive, so that the result
// counts it.
func (s *scene) finishEarly(why error) {
	var broken brokenError
	if errors.As(why, &broken) {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
	defer cancel()
	// What does not arrive is seen in the result; why is the error to tell.
	if s.sender.flush(ctx) == nil {
		_ = s.drain(ctx)
	}
}

// close ends what setUp has begun.
func (s *scene) close() error {
	closed, err := true, error(nil)
	closeTimeout := closeTimeout
	if s.group == nil {
		closeTimeout = askTimeout
	}
	if s.group != nil {
		closed, err = s.group.close(closeTimeout)
	}
	if s.p != nil {
		pClosed, _ := conn.Close(s.p, closeTimeout) // unread reports are counted as lost messages
		closed = closed && pClosed
	}
	if !closed {
		return errors.Join(err, fmt.Errorf("the clients did not end within %s", closeTimeout))
	}
	if s.sender != nil {
		s.sender.countDone.Wait()
	}
	s.notices.Wait()
	if s.mock != nil {
		s.mock.Close()
	}
	return err
}
