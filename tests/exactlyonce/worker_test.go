package exactlyonce_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// workerEnv makes a process of this test binary a worker. Its value is the worker's job as JSON.
const workerEnv = "EXACTLYONCE_WORKER"

// job is what a worker does: it reads In as a member of Group, and writes each value to Out, in transactions.
type job struct {
	Brokers, In, Out, Group string
	TransactionalID         string
	Seed                    uint64
}

// errAborted says that a transaction did not come to its end. What it had read must be read again: the process ends,
// and is started anew.
var errAborted = errors.New("a transaction was aborted")

// abortPercent of the transactions are aborted on purpose, with their records in the log.
const abortPercent = 5

func runWorker(text string) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	p, err := kafka.NewProducer(&kafka.ConfigMap{
		"bootstrap.servers": j.Brokers, "transactional.id": j.TransactionalID, "transaction.timeout.ms": 10_000, "linger.ms": 0,
	})
	if err != nil {
		return err
	}
	defer p.Close()
	go func() {
		for range p.Events() { // the reports: a failed one makes the transaction fail
		}
	}()
	c, err := kafka.NewConsumer(&kafka.ConfigMap{
		"bootstrap.servers": j.Brokers, "group.id": j.Group, "enable.auto.commit": false, "auto.offset.reset": "earliest",
		"isolation.level": "read_committed", "session.timeout.ms": 3000, "heartbeat.interval.ms": 300,
	})
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	ctx := context.Background()
	if err := p.InitTransactions(ctx); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(j.Seed, 0))
	w := &txn{ctx: ctx, p: p, c: c, out: j.Out}
	if err := c.Subscribe(j.In, w.rebalance); err != nil {
		return err
	}
	for {
		if err := w.collect(); err != nil {
			return err
		}
		if err := w.end(random.IntN(100) < abortPercent); err != nil {
			return err
		}
	}
}

type place struct {
	topic     string
	partition int32
}

// txn passes on what it reads, in one transaction after another.
type txn struct {
	ctx  context.Context //nolint:containedctx // of the process
	p    *kafka.Producer
	c    *kafka.Consumer
	out  string
	next map[place]kafka.Offset // of the input; nil: no transaction has begun
	err  error                  // of the callback
}

// rebalance ends the transaction before its partitions are another's: later nobody would notice that they are.
func (w *txn) rebalance(c *kafka.Consumer, ev kafka.Event) error {
	if _, revoked := ev.(kafka.RevokedPartitions); revoked {
		w.err = w.end(c.AssignmentLost())
	}
	return nil
}

// collect puts what comes in a tenth of a second, at most 200 messages, into a transaction.
func (w *txn) collect() error {
	end := time.Now().Add(100 * time.Millisecond)
	for n := 0; n < 200 && time.Now().Before(end); {
		m, err := w.c.ReadMessage(10 * time.Millisecond)
		if w.err != nil {
			return w.err
		}
		var kerr kafka.Error
		if errors.As(err, &kerr) && (kerr.IsTimeout() || kerr.Code() == kafka.ErrTransport || kerr.Code() == kafka.ErrAllBrokersDown) {
			continue
		}
		if err != nil {
			return err
		}
		if w.next == nil {
			if err := w.p.BeginTransaction(); err != nil {
				return err
			}
			w.next = map[place]kafka.Offset{}
		}
		out := kafka.TopicPartition{Topic: &w.out, Partition: kafka.PartitionAny}
		if err := w.p.Produce(&kafka.Message{TopicPartition: out, Key: m.Key, Value: m.Value}, nil); err != nil {
			return err
		}
		w.next[place{*m.TopicPartition.Topic, m.TopicPartition.Partition}] = m.TopicPartition.Offset + 1
		n++
	}
	return nil
}

// end commits the transaction, or aborts it.
func (w *txn) end(abort bool) error {
	if w.next == nil {
		return nil
	}
	var offsets []kafka.TopicPartition
	for at, offset := range w.next {
		offsets = append(offsets, kafka.TopicPartition{Topic: &at.topic, Partition: at.partition, Offset: offset})
	}
	w.next = nil
	if abort {
		if err := w.p.FlushContext(w.ctx); err != nil { // else the records never come to the log
			return err
		}
		return errors.Join(errAborted, w.p.AbortTransaction(w.ctx))
	}
	group, err := w.c.GetConsumerGroupMetadata()
	if err != nil {
		return err
	}
	err = retry(func() error { return w.p.SendOffsetsToTransaction(w.ctx, offsets, group) })
	if err == nil {
		err = retry(func() error { return w.p.CommitTransaction(w.ctx) })
	}
	var abortable kafka.AbortableError
	if errors.As(err, &abortable) {
		return errors.Join(errAborted, err, w.p.AbortTransaction(w.ctx))
	}
	return err
}

// retry calls f until its error is not one that says to.
func retry(f func() error) error {
	for {
		err := f()
		var retriable kafka.RetriableError
		var abortable kafka.AbortableError
		if !errors.As(err, &retriable) || errors.As(err, &abortable) {
			return err
		}
	}
}

// work is the whole program of a worker.
func work(text string) {
	err := runWorker(text)
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
