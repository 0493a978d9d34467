package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// txnProducer makes a producer for transactions.
func (e *env) txnProducer(brokers string) *kafka.Producer {
	return e.producer(kafka.ConfigMap{"bootstrap.servers": brokers, "transactional.id": e.name()})
}

// within is a context that ends after d.
func (e *env) within(d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	e.closers = append(e.closers, cancel)
	return ctx
}

func txnFacts() []fact {
	return []fact{
		{
			id: "txn.nil-context", bullet: "txn 1",
			says: "A nil context waits as long as it takes.",
			want: "nil",
			check: func(e *env) string {
				var none context.Context
				return show(e.txnProducer(e.mock()).InitTransactions(none))
			},
		},
		{
			id: "txn.far-deadline", bullet: "txn 1",
			says: "A deadline beyond an int32 of milliseconds waits as long as it takes.",
			want: "nil",
			check: func(e *env) string {
				return show(e.txnProducer(e.mock()).InitTransactions(e.within(100 * 24 * time.Hour)))
			},
		},
		{
			id: "txn.deadline", bullet: "txn 1",
			says: "A deadline that passes gives a retriable Error, not the context's.",
			want: "kafka.Error, -185, retriable: true, timeout: true",
			check: func(e *env) string {
				return txnTimeout(e.txnProducer(nowhere).InitTransactions(e.within(300 * time.Millisecond)))
			},
		},
		{
			id: "txn.expired", bullet: "txn 1",
			says: "So does a deadline that has passed.",
			want: "kafka.Error, -185, retriable: true, timeout: true",
			check: func(e *env) string {
				return txnTimeout(e.txnProducer(nowhere).InitTransactions(e.within(-time.Second)))
			},
		},
		{
			id: "txn.cancel", bullet: "txn 1",
			says: "Cancelling the context does not end the call; its deadline does.",
			want: "ended early: false, kafka.Error, -185, retriable: true, timeout: true",
			row:  8, ours: "ended early: true, kafka.Error, -185, retriable: true, timeout: true",
			check: func(e *env) string {
				p := e.txnProducer(nowhere)
				ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
				time.AfterFunc(300*time.Millisecond, cancel)
				start := time.Now()
				err := p.InitTransactions(ctx)
				early := time.Since(start) < 2*time.Second
				return fmt.Sprintf("ended early: %t, %s", early, txnTimeout(err))
			},
		},
		{
			id: "txn.no-id", bullet: "txn 2",
			says: "Without transactional.id every call says so.",
			want: "[-145] The Transactional API requires transactional.id to be configured; all 4 the same",
			check: func(e *env) string {
				p := e.producer(nil)
				ctx := context.Background()
				err := p.InitTransactions(ctx)
				n := 0
				for _, other := range []error{err, p.BeginTransaction(), p.CommitTransaction(ctx), p.AbortTransaction(ctx)} {
					if same(err, other) {
						n++
					}
				}
				return fmt.Sprintf("%s; all %d the same", show(err), n)
			},
		},
		{
			id: "txn.order", bullet: "txn 2",
			says: "Calls in the wrong order are errors of state without flags.",
			want: "-172, -172",
			check: func(e *env) string {
				p := e.txnProducer(e.mock())
				begin := p.BeginTransaction()
				must(p.InitTransactions(e.within(wait)))
				return show(code(begin), code(p.CommitTransaction(e.within(wait))))
			},
		},
		{
			id: "txn.unread-reports", bullet: "txn 2",
			says: "A commit waits for its reports to be read.",
			want: "kafka.Error, -185, retriable: true, timeout: true",
			row:  4, ours: "nil",
			check: func(e *env) string {
				p := e.txnProducer(e.mock())
				must(p.InitTransactions(e.within(wait)))
				must(p.BeginTransaction())
				for range 3 {
					must(p.Produce(&kafka.Message{TopicPartition: e.partition()}, make(chan kafka.Event)))
				}
				return txnTimeout(p.CommitTransaction(e.within(2 * time.Second)))
			},
		},
		{
			id: "txn.commit-abort", bullet: "txn 2",
			says: "A commit flushes, an abort purges; a reader of what is committed sees the first alone.",
			want: "nil, nil, [-152] Local: Purged in queue, committed end",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.broker(), "transactional.id": e.name(), "linger.ms": 5000})
				must(p.InitTransactions(e.within(wait)))
				ch := make(chan kafka.Event, 2)
				must(p.BeginTransaction())
				must(p.Produce(&kafka.Message{TopicPartition: e.partition(), Value: []byte("committed")}, ch))
				commit := p.CommitTransaction(e.within(wait))
				must(asMessage(receive(ch)).TopicPartition.Error)
				must(p.BeginTransaction())
				must(p.Produce(&kafka.Message{TopicPartition: e.partition(), Value: []byte("aborted")}, ch))
				abort := p.AbortTransaction(e.within(wait))
				report := asMessage(receive(ch)).TopicPartition.Error
				must(p.BeginTransaction())
				must(p.Produce(&kafka.Message{TopicPartition: e.partition(), Value: []byte("end")}, ch))
				must(p.CommitTransaction(e.within(wait)))
				c := e.consumer(kafka.ConfigMap{"bootstrap.servers": e.broker(), "isolation.level": "read_committed"})
				tp := e.partition()
				tp.Offset = kafka.OffsetBeginning
				must(c.Assign([]kafka.TopicPartition{tp}))
				read := ""
				for range 2 {
					m, err := c.ReadMessage(wait)
					must(err)
					read += " " + string(m.Value)
				}
				return show(commit, abort, report) + "," + read
			},
		},
		{
			id: "txn.fenced", bullet: "txn 2",
			says: "A second producer with the same id fences the first, whose error is fatal.",
			want: "fatal: true, -144",
			check: func(e *env) string {
				first := e.txnProducer(e.broker())
				must(first.InitTransactions(e.within(wait)))
				must(first.BeginTransaction())
				must(e.txnProducer(e.broker()).InitTransactions(e.within(wait)))
				must(first.Produce(&kafka.Message{TopicPartition: e.partition()}, make(chan kafka.Event, 1)))
				err := first.CommitTransaction(e.within(wait))
				kerr, ok := err.(kafka.Error) //nolint:errorlint // as user code does
				return fmt.Sprintf("fatal: %t, %s", ok && kerr.IsFatal(), code(err))
			},
		},
		{
			id: "txn.offsets-nil-metadata", bullet: "txn 3",
			says: "SendOffsetsToTransaction without the group's metadata panics.",
			want: "panic: runtime error: invalid memory address or nil pointer dereference",
			row:  1, ours: "[-186] consumerMetadata is nil: take it from Consumer.GetConsumerGroupMetadata",
			check: func(e *env) string {
				p := e.txnProducer(e.mock())
				return show(p.SendOffsetsToTransaction(e.within(wait), []kafka.TopicPartition{e.partition()}, nil))
			},
		},
		{
			id: "txn.offsets-ignored", bullet: "txn 3",
			says: "Offsets that are none are ignored; with none left nothing is sent.",
			want: "nil",
			check: func(e *env) string {
				p := e.txnProducer(e.mock())
				must(p.InitTransactions(e.within(wait)))
				must(p.BeginTransaction())
				meta, err := kafka.NewTestConsumerGroupMetadata(e.name())
				must(err)
				var list []kafka.TopicPartition
				for _, o := range []kafka.Offset{kafka.OffsetInvalid, kafka.OffsetEnd, kafka.OffsetStored} {
					tp := e.partition()
					tp.Offset = o
					list = append(list, tp)
				}
				return show(p.SendOffsetsToTransaction(e.within(wait), list, meta))
			},
		},
		{
			id: "txn.offsets-committed", bullet: "txn 3",
			says: "Offsets sent with the group's metadata are the group's when the transaction is committed.",
			want: "nil, nil, [txn-offsets-committed[0]@5]",
			check: func(e *env) string {
				p := e.txnProducer(e.broker())
				must(p.InitTransactions(e.within(wait)))
				c := e.consumer(kafka.ConfigMap{"bootstrap.servers": e.broker()})
				meta, err := c.GetConsumerGroupMetadata()
				must(err)
				must(p.BeginTransaction())
				must(p.Produce(&kafka.Message{TopicPartition: e.partition()}, make(chan kafka.Event, 1)))
				tp := e.partition()
				tp.Offset = 5
				send := p.SendOffsetsToTransaction(e.within(wait), []kafka.TopicPartition{tp}, meta)
				commit := p.CommitTransaction(e.within(wait))
				got, err := c.Committed([]kafka.TopicPartition{e.partition()}, int(wait.Milliseconds()))
				must(err)
				return show(send, commit, got)
			},
		},
	}
}

// txnTimeout shows an error without its text.
func txnTimeout(err error) string {
	if err == nil {
		return "nil"
	}
	kerr, ok := err.(kafka.Error) //nolint:errorlint // as user code does
	return fmt.Sprintf("%T, %s, retriable: %t, timeout: %t", err, code(err), ok && kerr.IsRetriable(), ok && kerr.IsTimeout())
}
