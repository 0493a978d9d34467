package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func assignFacts() []fact {
	return []fact{
		{
			id: "consumer.assign-nil", bullet: "consumer 13",
			says: "Assign(nil) is an empty assignment.",
			want: "nil, []",
			check: func(e *env) string {
				c := e.consumer(nil)
				must(c.Assign([]kafka.TopicPartition{e.partition()}))
				err := c.Assign(nil)
				list, lerr := c.Assignment()
				must(lerr)
				return show(err, list)
			},
		},
		{
			id: "consumer.nil-topic", bullet: "consumer 13",
			says: "A TopicPartition without a topic panics in every method that takes a list.",
			want: "12 of 12: panic: runtime error: invalid memory address or nil pointer dereference",
			row:  1, ours: "12 of 12: [-186] partition 0 of the list (index 0) has no topic: set Topic",
			check: func(e *env) string {
				c := e.consumer(nil)
				list := []kafka.TopicPartition{{}}
				calls := []func() error{
					func() error { return c.Assign(list) },
					func() error { return c.IncrementalAssign(list) },
					func() error { return c.IncrementalUnassign(list) },
					func() error { _, err := c.CommitOffsets(list); return err },
					func() error { _, err := c.StoreOffsets(list); return err },
					func() error { return c.Seek(list[0], 0) },
					func() error { _, err := c.SeekPartitions(list); return err },
					func() error { _, err := c.Committed(list, 10); return err },
					func() error { _, err := c.Position(list); return err },
					func() error { return c.Pause(list) },
					func() error { return c.Resume(list) },
					func() error { _, err := c.OffsetsForTimes(list, 10); return err },
				}
				return tally(calls)
			},
		},
		{
			id: "consumer.incremental-conflict", bullet: "consumer 13",
			says: "IncrementalAssign of what is assigned, and IncrementalUnassign of what is not, are refused.",
			want: "nil, [-173] t [0] is already part of the current assignment, -186",
			check: func(e *env) string {
				c := e.consumer(nil)
				topic := "t"
				list := []kafka.TopicPartition{{Topic: &topic}}
				other := []kafka.TopicPartition{{Topic: &topic, Partition: 5}}
				return show(c.IncrementalAssign(list), c.IncrementalAssign(list), code(c.IncrementalUnassign(other)))
			},
		},
		{
			id: "consumer.seek-unassigned", bullet: "consumer 14",
			says: "Seek of a partition that is not assigned is refused.",
			want: "-190",
			check: func(e *env) string {
				return show(code(e.consumer(nil).Seek(e.partition(), 100)))
			},
		},
		{
			id: "consumer.seek-timeout", bullet: "consumer 14",
			says: "Seek ignores its timeout: also with 0 it has sought when it returns.",
			want: `nil, "x"`,
			check: func(e *env) string {
				e.produced("x", "y")
				c := e.member(nil)
				must(c.Assign([]kafka.TopicPartition{e.partition()}))
				poll[*kafka.Message](c)
				err := c.Seek(e.partition(), 0)
				m, _ := poll[*kafka.Message](c)
				return show(err, m.Value)
			},
		},
		{
			id: "consumer.seek-empty", bullet: "consumer 14",
			says: "SeekPartitions of an empty list fails.",
			want: "-186",
			check: func(e *env) string {
				_, err := e.consumer(nil).SeekPartitions([]kafka.TopicPartition{})
				return show(code(err))
			},
		},
		{
			id: "consumer.seek-partitions", bullet: "consumer 14",
			says: "SeekPartitions has sought when it returns, and says in the list what failed.",
			want: `nil, nil, -172, "x"`,
			check: func(e *env) string {
				e.produced("x", "y")
				c := e.member(nil)
				must(c.Assign([]kafka.TopicPartition{e.partition()}))
				poll[*kafka.Message](c)
				other := e.partition()
				other.Partition = 2
				list, err := c.SeekPartitions([]kafka.TopicPartition{e.partition(), other})
				m, _ := poll[*kafka.Message](c)
				return show(err, code(list[0].Error), code(list[1].Error), m.Value)
			},
		},
		{
			id: "consumer.pause-unassigned", bullet: "consumer 14",
			says: "Pause and Resume of what is not assigned, or of nothing, give no error.",
			want: "nil, nil, nil, nil",
			check: func(e *env) string {
				c := e.consumer(nil)
				list := []kafka.TopicPartition{e.partition()}
				return show(c.Pause(list), c.Resume(list), c.Pause(nil), c.Resume(nil))
			},
		},
		{
			id: "consumer.watermarks-unknown", bullet: "consumer 15",
			says: "GetWatermarkOffsets of what was not fetched gives unset offsets without an error.",
			want: "-1001, -1001, nil",
			check: func(e *env) string {
				return show(three(e.consumer(nil).GetWatermarkOffsets(e.name(), 0)))
			},
		},
		{
			id: "consumer.committed-timeout", bullet: "consumer 15",
			says: "Committed that takes too long gives nil and a timeout.",
			want: "nil list, -185",
			check: func(e *env) string {
				c := e.consumer(kafka.ConfigMap{"bootstrap.servers": nowhere})
				list, err := c.Committed([]kafka.TopicPartition{e.partition()}, 300)
				return show(list, code(err))
			},
		},
		{
			id: "consumer.times-failure", bullet: "consumer 15",
			says: "OffsetsForTimes that fails gives a nil list.",
			want: "nil list, false",
			check: func(e *env) string {
				c := e.consumer(kafka.ConfigMap{"bootstrap.servers": nowhere})
				list, err := c.OffsetsForTimes([]kafka.TopicPartition{e.partition()}, 300)
				return show(list, err == nil)
			},
		},
		{
			id: "consumer.protocol-none", bullet: "consumer 16",
			says: "GetRebalanceProtocol is NONE before a group is joined.",
			want: "NONE, false",
			check: func(e *env) string {
				c := e.consumer(nil)
				return show(c.GetRebalanceProtocol(), c.AssignmentLost())
			},
		},
		{
			id: "consumer.closed-safe", bullet: "consumer 16",
			says: "Events, Logs and String work on a closed consumer.",
			want: "nil, nil, true",
			check: func(e *env) string {
				c := e.consumer(nil)
				name := c.String()
				must(c.Close())
				return show(showChannel(c.Events()), showChannel(c.Logs()), c.String() == name)
			},
		},
		{
			id: "consumer.closed-protocol", bullet: "consumer 16",
			says: "GetRebalanceProtocol and AssignmentLost on a closed consumer use what is freed.",
			want: notRun,
			row:  5, ours: ", false",
			check: func(e *env) string {
				c := e.consumer(nil)
				must(c.Close())
				return show(c.GetRebalanceProtocol(), c.AssignmentLost())
			},
			unsafe: true,
		},
	}
}

// three collects three results.
func three(a, b int64, err error) string { return show(a, b, err) }

// tally runs calls and says how they end: with one text, or with several.
func tally(calls []func() error) string {
	counts := map[string]int{}
	for _, c := range calls {
		counts[catch(func() string { return show(c()) })]++
	}
	var got []string
	for _, text := range slices.Sorted(maps.Keys(counts)) {
		got = append(got, fmt.Sprintf("%d of %d: %s", counts[text], len(calls), text))
	}
	return strings.Join(got, "; ")
}

func consumerEndFacts() []fact {
	return []fact{
		{
			id: "consumer.close-twice", bullet: "consumer 17",
			says: "A second Close is refused.",
			want: "nil, true, [-172] Operation not allowed on closed client",
			check: func(e *env) string {
				c := e.consumer(nil)
				return show(c.Close(), c.IsClosed(), c.Close())
			},
		},
		{
			id: "consumer.closed-error", bullet: "consumer 17",
			says: "Every call after Close returns an Error that equals ErrState with this text.",
			want: "all 25 calls: [-172] Operation not allowed on closed client",
			check: func(e *env) string {
				c := e.consumer(nil)
				must(c.Close())
				return closedCalls(consumerCalls(c, e.partition()))
			},
		},
		{
			id: "consumer.close-concurrent", bullet: "consumer 17",
			says: "Close beside another Close is refused; other calls work while it lasts.",
			want: "[-172] Consumer is already closing, IsClosed false, nil; nil",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(nil)
				inside, leave := make(chan bool, 1), make(chan struct{})
				must(c.Subscribe(e.name(), func(_ *kafka.Consumer, ev kafka.Event) error {
					if _, ok := ev.(kafka.RevokedPartitions); ok {
						inside <- true
						<-leave
					}
					return nil
				}))
				poll[*kafka.Message](c)
				ended := make(chan error, 1)
				go func() { ended <- c.Close() }()
				receive(inside)
				_, err := c.Assignment()
				got := show(c.Close()) + fmt.Sprintf(", IsClosed %t, ", c.IsClosed()) + show(err)
				close(leave)
				return got + "; " + show(receive(ended))
			},
		},
		{
			id: "consumer.close-fatal", bullet: "consumer 17",
			says: "Close returns the fatal error of a member that was fenced.",
			want: "fatal: true, 82",
			check: func(e *env) string {
				settings := func() kafka.ConfigMap {
					return kafka.ConfigMap{
						"bootstrap.servers": e.broker(), "group.instance.id": "one", "heartbeat.interval.ms": 200,
						"session.timeout.ms": 6000,
					}
				}
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.broker()})
				must(deliver(p, &kafka.Message{TopicPartition: e.partition()}).TopicPartition.Error)
				first, second := e.consumer(settings()), e.consumer(settings())
				must(first.Subscribe(e.name(), nil))
				pollUntil(first, func() bool { return assigned(first) > 0 })
				must(second.Subscribe(e.name(), nil))
				fenced := false
				for end := time.Now().Add(wait); !fenced && time.Now().Before(end); {
					second.Poll(50)
					if err, ok := first.Poll(50).(kafka.Error); ok && err.IsFatal() {
						fenced = true
					}
				}
				err := first.Close()
				kerr, ok := err.(kafka.Error) //nolint:errorlint // as user code does
				return fmt.Sprintf("fatal: %t, %s", ok && kerr.IsFatal(), code(err))
			},
		},
		{
			id: "consumer.unsubscribe", bullet: "consumer 18",
			says: "Unsubscribe and Unassign give no error when there is nothing.",
			want: "nil, nil",
			check: func(e *env) string {
				c := e.consumer(nil)
				return show(c.Unsubscribe(), c.Unassign())
			},
		},
	}
}

// consumerCalls are the methods of a consumer that return an error, but Close.
func consumerCalls(c *kafka.Consumer, tp kafka.TopicPartition) []call {
	list := []kafka.TopicPartition{tp}
	return []call{
		{"Subscribe", func() error { return c.Subscribe("t", nil) }},
		{"SubscribeTopics", func() error { return c.SubscribeTopics([]string{"t"}, nil) }},
		{"Unsubscribe", c.Unsubscribe},
		{"Subscription", func() error { _, err := c.Subscription(); return err }},
		{"Assign", func() error { return c.Assign(list) }},
		{"Unassign", c.Unassign},
		{"IncrementalAssign", func() error { return c.IncrementalAssign(list) }},
		{"IncrementalUnassign", func() error { return c.IncrementalUnassign(list) }},
		{"Assignment", func() error { _, err := c.Assignment(); return err }},
		{"Commit", func() error { _, err := c.Commit(); return err }},
		{"CommitMessage", func() error { _, err := c.CommitMessage(&kafka.Message{TopicPartition: tp}); return err }},
		{"CommitOffsets", func() error { _, err := c.CommitOffsets(list); return err }},
		{"StoreOffsets", func() error { _, err := c.StoreOffsets(list); return err }},
		{"StoreMessage", func() error { _, err := c.StoreMessage(&kafka.Message{TopicPartition: tp}); return err }},
		{"Seek", func() error { return c.Seek(tp, 10) }},
		{"SeekPartitions", func() error { _, err := c.SeekPartitions(list); return err }},
		{"Committed", func() error { _, err := c.Committed(list, 10); return err }},
		{"Position", func() error { _, err := c.Position(list); return err }},
		{"Pause", func() error { return c.Pause(list) }},
		{"Resume", func() error { return c.Resume(list) }},
		{"GetMetadata", func() error { _, err := c.GetMetadata(nil, true, 10); return err }},
		{"QueryWatermarkOffsets", func() error { _, _, err := c.QueryWatermarkOffsets("t", 0, 10); return err }},
		{"GetWatermarkOffsets", func() error { _, _, err := c.GetWatermarkOffsets("t", 0); return err }},
		{"OffsetsForTimes", func() error { _, err := c.OffsetsForTimes(list, 10); return err }},
		{"GetConsumerGroupMetadata", func() error { _, err := c.GetConsumerGroupMetadata(); return err }},
	}
}
