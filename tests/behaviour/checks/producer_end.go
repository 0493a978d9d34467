package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// closedError is what calls on a closed client return.
var closedError = kafka.NewError(kafka.ErrState, "Operation not allowed on closed client", false)

// same says whether two errors are equal in the way in which user code compares them.
func same(a, b any) bool { return a == b }

// call is a method by name.
type call struct {
	name string
	err  func() error
}

// closedCalls says which calls do not return the error of a closed client, or all do.
func closedCalls(calls []call) string {
	got := ""
	for _, c := range calls {
		if err := c.err(); !same(err, closedError) {
			got += c.name + ": " + show(err) + "; "
		}
	}
	if got == "" {
		return fmt.Sprintf("all %d calls: %s", len(calls), show(closedError))
	}
	return got
}

func producerEndFacts() []fact {
	return []fact{
		{
			id: "producer.close-twice", bullet: "producer 8",
			says: "Close may be called again.",
			want: "false, true",
			check: func(e *env) string {
				p := e.producer(nil)
				before := p.IsClosed()
				p.Close()
				p.Close()
				return show(before, p.IsClosed())
			},
		},
		{
			id: "producer.close-drops", bullet: "producer 8",
			says: "Close does not flush: what is queued is dropped without a report.",
			want: "0 reports",
			row:  7, ours: "5 reports",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": nowhere})
				ch := make(chan kafka.Event, 5)
				for range 5 {
					must(p.Produce(&kafka.Message{TopicPartition: e.partition()}, ch))
				}
				p.Close()
				return fmt.Sprintf("%d reports", len(ch))
			},
		},
		{
			id: "producer.closed-error", bullet: "producer 8",
			says: "Every call after Close returns an Error that equals ErrState with this text.",
			want: "all 14 calls: [-172] Operation not allowed on closed client",
			check: func(e *env) string {
				p := e.producer(nil)
				p.Close()
				ctx := context.Background()
				meta, err := kafka.NewTestConsumerGroupMetadata("g")
				must(err)
				return closedCalls([]call{
					{"Produce", func() error { return p.Produce(&kafka.Message{TopicPartition: e.partition()}, nil) }},
					{"Purge", func() error { return p.Purge(kafka.PurgeQueue) }},
					{"GetFatalError", p.GetFatalError},
					{"InitTransactions", func() error { return p.InitTransactions(ctx) }},
					{"BeginTransaction", p.BeginTransaction},
					{"CommitTransaction", func() error { return p.CommitTransaction(ctx) }},
					{"AbortTransaction", func() error { return p.AbortTransaction(ctx) }},
					{"SendOffsetsToTransaction", func() error {
						return p.SendOffsetsToTransaction(ctx, []kafka.TopicPartition{e.partition()}, meta)
					}},
					{"GetMetadata", func() error { _, err := p.GetMetadata(nil, true, 10); return err }},
					{"QueryWatermarkOffsets", func() error { _, _, err := p.QueryWatermarkOffsets("t", 0, 10); return err }},
					{"OffsetsForTimes", func() error {
						_, err := p.OffsetsForTimes([]kafka.TopicPartition{e.partition()}, 10)
						return err
					}},
					{"SetOAuthBearerToken", func() error { return p.SetOAuthBearerToken(kafka.OAuthBearerToken{}) }},
					{"SetOAuthBearerTokenFailure", func() error { return p.SetOAuthBearerTokenFailure("x") }},
					{"SetSaslCredentials", func() error { return p.SetSaslCredentials("u", "p") }},
				})
			},
		},
		{
			id: "producer.purge-flags", bullet: "producer 9",
			says: "Purge takes 0 and refuses unknown bits.",
			want: "nil, nil, [-186] Local: Invalid argument or configuration",
			check: func(e *env) string {
				p := e.producer(nil)
				return show(p.Purge(0), p.Purge(kafka.PurgeQueue|kafka.PurgeInFlight|kafka.PurgeNonBlocking), p.Purge(64))
			},
		},
		{
			id: "producer.purge-queue", bullet: "producer 9",
			says: "What Purge takes out of the queue is reported.",
			want: "[-152] Local: Purged in queue",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": nowhere})
				ch := make(chan kafka.Event, 1)
				must(p.Produce(&kafka.Message{TopicPartition: e.partition()}, ch))
				must(p.Purge(kafka.PurgeQueue))
				return show(asMessage(receive(ch)).TopicPartition.Error)
			},
		},
		{
			id: "producer.purge-inflight", bullet: "producer 9",
			says: "What Purge takes back from the broker is reported.",
			want: "[-151] Local: Purged in flight",
			check: func(e *env) string {
				m, err := kafka.NewMockCluster(1)
				must(err)
				e.closers = append(e.closers, m.Close)
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": m.BootstrapServers(), "linger.ms": 0})
				must(deliver(p, &kafka.Message{TopicPartition: e.partition()}).TopicPartition.Error)
				must(m.SetRoundtripDuration(-1, 5*time.Second))
				ch := make(chan kafka.Event, 1)
				must(p.Produce(&kafka.Message{TopicPartition: e.partition()}, ch))
				p.Flush(500) // it is under way then
				must(p.Purge(kafka.PurgeInFlight))
				return show(asMessage(receive(ch)).TopicPartition.Error)
			},
		},
		{
			id: "producer.fatal-none", bullet: "producer 10",
			says: "GetFatalError returns an untyped nil when there is none.",
			want: "true",
			check: func(e *env) string {
				return show(e.producer(nil).GetFatalError() == nil)
			},
		},
		{
			id: "producer.fatal-test", bullet: "producer 10",
			says: "TestFatalError raises a fatal error once; the event is an Error with the flag.",
			want: "0, -177, kafka.Error [45 fatal] Fatal error: test_fatal_error: boom, true",
			check: func(e *env) string {
				p := e.producer(nil)
				a := p.TestFatalError(kafka.ErrOutOfOrderSequenceNumber, "boom")
				b := p.TestFatalError(kafka.ErrOutOfOrderSequenceNumber, "boom")
				for {
					ev := receive(p.Events())
					if err, ok := ev.(kafka.Error); ok && err.IsFatal() {
						return fmt.Sprintf("%d, %d, %T %s, %t", int(a), int(b), ev, show(err), p.GetFatalError() != nil)
					}
				}
			},
		},
		{
			id: "producer.watermark-error", bullet: "producer 11",
			says: "QueryWatermarkOffsets returns 0, 0 beside an error, and -1, -1 on a closed client.",
			want: "0, 0, true; -1, -1, true",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": nowhere})
				low1, high1, err1 := p.QueryWatermarkOffsets("t", 0, 100)
				p.Close()
				low2, high2, err2 := p.QueryWatermarkOffsets("t", 0, 100)
				return show(low1, high1, err1 != nil) + "; " + show(low2, high2, same(err2, closedError))
			},
		},
		{
			id: "producer.batch-ignores", bullet: "producer 12",
			says: "With go.batch.producer, ProduceChannel ignores timestamp, headers and Opaque, and makes an empty key or value null.",
			want: "nil, old: false, [], nil bytes, nil bytes",
			row:  6, ours: `opaque, old: true, [h="1"], "", ""`,
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.mock(), "go.batch.producer": true})
				p.ProduceChannel() <- &kafka.Message{
					TopicPartition: e.partition(), Key: []byte{}, Value: []byte{}, Opaque: "opaque",
					Headers: []kafka.Header{{Key: "h", Value: []byte("1")}}, Timestamp: time.Unix(1e9, 0),
				}
				report := asMessage(receive(p.Events()))
				got := e.read(report.TopicPartition, 1)[0]
				return show(report.Opaque) + fmt.Sprintf(", old: %t, ", got.Timestamp.Equal(time.Unix(1e9, 0))) +
					show(got.Headers, got.Key, got.Value)
			},
		},
		{
			id: "producer.batch-partition", bullet: "producer 12",
			says: "With go.batch.producer, ProduceChannel ignores the partition.",
			want: "all in partition 3: false",
			row:  6, ours: "all in partition 3: true",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{
					"bootstrap.servers": e.mock(), "go.batch.producer": true, "sticky.partitioning.linger.ms": 0,
				})
				all := true
				for i := range 20 {
					p.ProduceChannel() <- &kafka.Message{
						TopicPartition: kafka.TopicPartition{Topic: e.topic(), Partition: 3}, Key: fmt.Append(nil, i),
					}
				}
				for range 20 {
					all = all && asMessage(receive(p.Events())).TopicPartition.Partition == 3
				}
				return fmt.Sprintf("all in partition 3: %t", all)
			},
		},
	}
}
