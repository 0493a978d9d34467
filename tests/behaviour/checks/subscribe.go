package main

import (
	"fmt"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func subscribeFacts() []fact {
	return []fact{
		{
			id: "consumer.subscribe-invalid", bullet: "consumer 9",
			says: "An empty topic, an empty list, a broken expression and duplicates are refused.",
			want: "-186, -186, -186, -186",
			check: func(e *env) string {
				c := e.consumer(nil)
				return show(code(c.Subscribe("", nil)), code(c.SubscribeTopics(nil, nil)), code(c.Subscribe("^[", nil)),
					code(c.SubscribeTopics([]string{"a", "a"}, nil)))
			},
		},
		{
			id: "consumer.subscribe-callback", bullet: "consumer 9",
			says: "The callback is replaced only by a subscription that succeeds.",
			want: "-186, the first",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(nil)
				called := ""
				cb := func(name string) kafka.RebalanceCb {
					return func(*kafka.Consumer, kafka.Event) error {
						called = name
						return nil
					}
				}
				must(c.Subscribe(e.name(), cb("the first")))
				err := c.Subscribe("", cb("the second"))
				pollUntil(c, func() bool { return called != "" })
				return show(code(err), called)
			},
		},
		{
			id: "consumer.subscribe-regex", bullet: "consumer 9",
			says: "A topic that begins with ^ is a regular expression.",
			want: "consumer-subscribe-regex[0]@0",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(nil)
				must(c.Subscribe("^"+e.name()[:len(e.name())-3]+"..x$", nil))
				m, _ := poll[*kafka.Message](c)
				return show(m.TopicPartition)
			},
		},
		{
			id: "consumer.lists-empty", bullet: "consumer 10",
			says: "Subscription and Assignment return empty lists, not nil, when there is none.",
			want: "[], nil, [], nil",
			check: func(e *env) string {
				c := e.consumer(nil)
				subscription, err1 := c.Subscription()
				assignment, err2 := c.Assignment()
				return show(subscription, err1, assignment, err2)
			},
		},
		{
			id: "consumer.subscription", bullet: "consumer 10",
			says: "Subscription returns what was subscribed to, expressions first.",
			want: "[^b a], nil",
			check: func(e *env) string {
				c := e.consumer(nil)
				must(c.SubscribeTopics([]string{"a", "^b"}, nil))
				list, err := c.Subscription()
				return show(list, err)
			},
		},
		{
			id: "consumer.position-unset", bullet: "consumer 10",
			says: "The position of what was not fetched is unset, without an error, assigned or not.",
			want: "[a[0]@unset b[0]@unset], nil",
			check: func(e *env) string {
				c := e.consumer(nil)
				a, b := "a", "b"
				must(c.Assign([]kafka.TopicPartition{{Topic: &a}}))
				list, err := c.Position([]kafka.TopicPartition{{Topic: &a}, {Topic: &b}})
				return show(list, err)
			},
		},
		{
			id: "consumer.position", bullet: "consumer 10",
			says: "The position is behind the last message that was handed out.",
			want: "[consumer-position[0]@1], nil",
			check: func(e *env) string {
				e.produced("x", "y", "z")
				c := e.member(nil)
				must(c.Assign([]kafka.TopicPartition{e.partition()}))
				poll[*kafka.Message](c)
				list, err := c.Position([]kafka.TopicPartition{e.partition()})
				return show(list, err)
			},
		},
	}
}

func commitFacts() []fact {
	// read is a consumer that has read one of two messages, which nothing commits by itself.
	read := func(e *env, settings kafka.ConfigMap) (*kafka.Consumer, *kafka.Message) {
		e.produced("x", "y")
		conf := kafka.ConfigMap{"enable.auto.commit": false}
		for k, v := range settings {
			conf[k] = v
		}
		c := e.member(conf)
		must(c.Assign([]kafka.TopicPartition{e.partition()}))
		m, _ := poll[*kafka.Message](c)
		return c, m
	}
	return []fact{
		{
			id: "consumer.commit-nothing", bullet: "consumer 11",
			says: "Commit with nothing to commit says so.",
			want: "nil list, [-168] Local: No offset stored",
			check: func(e *env) string {
				c := e.member(nil)
				list, err := c.Commit()
				return show(list, err)
			},
		},
		{
			id: "consumer.commit-stored", bullet: "consumer 11",
			says: "Commit commits what was handed out.",
			want: "[consumer-commit-stored[0]@1], nil",
			check: func(e *env) string {
				c, _ := read(e, nil)
				list, err := c.Commit()
				return show(list, err)
			},
		},
		{
			id: "consumer.commit-nil-offsets", bullet: "consumer 11",
			says: "CommitOffsets(nil) commits all that is stored.",
			want: "[consumer-commit-nil-offsets[0]@1], nil",
			check: func(e *env) string {
				c, _ := read(e, nil)
				list, err := c.CommitOffsets(nil)
				return show(list, err)
			},
		},
		{
			id: "consumer.commit-message", bullet: "consumer 11",
			says: "CommitMessage commits the offset behind the message, with its metadata, and leaves the message as it is.",
			want: `[consumer-commit-message[0]@1], nil, offset 0, committed 1 meta`,
			check: func(e *env) string {
				c, m := read(e, nil)
				meta := "meta"
				m.TopicPartition.Metadata = &meta
				list, err := c.CommitMessage(m)
				got, cerr := c.Committed([]kafka.TopicPartition{e.partition()}, int(wait.Milliseconds()))
				must(cerr)
				text := "no metadata"
				if got[0].Metadata != nil {
					text = *got[0].Metadata
				}
				return show(list, err) + fmt.Sprintf(", offset %v, committed %v %s", m.TopicPartition.Offset, got[0].Offset, text)
			},
		},
		{
			id: "consumer.commit-errored", bullet: "consumer 11",
			says: "CommitMessage refuses a message with an error.",
			want: "[-186] Can't commit errored message",
			check: func(e *env) string {
				c := e.consumer(nil)
				tp := e.partition()
				tp.Error = closedError
				_, err := c.CommitMessage(&kafka.Message{TopicPartition: tp})
				return show(err)
			},
		},
		{
			id: "consumer.commit-partition-error", bullet: "consumer 11",
			says: "A commit that fails for one of the partitions returns its error and no list.",
			want: "[3] Broker: Unknown topic or partition, nil list",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.broker()})
				must(deliver(p, &kafka.Message{TopicPartition: e.partition()}).TopicPartition.Error)
				c := e.consumer(kafka.ConfigMap{"bootstrap.servers": e.broker()})
				bad := e.partition()
				bad.Partition, bad.Offset = 99, 1
				good := e.partition()
				good.Offset = 1
				list, err := c.CommitOffsets([]kafka.TopicPartition{good, bad})
				return show(err, list)
			},
		},
		{
			id: "consumer.store-message", bullet: "consumer 12",
			says: "StoreMessage stores the offset behind the message.",
			want: "[consumer-store-message[0]@1], nil; [consumer-store-message[0]@1], nil",
			check: func(e *env) string {
				c, m := read(e, kafka.ConfigMap{"enable.auto.offset.store": false})
				stored, err := c.StoreMessage(m)
				list, cerr := c.Commit()
				return show(stored, err) + "; " + show(list, cerr)
			},
		},
		{
			id: "consumer.store-refused", bullet: "consumer 12",
			says: "StoreMessage refuses a message with an error, an offset below 0 or an epoch below 0, and says so.",
			want: "[-186] Can't store errored message, [-186] Can't store message with offset less than 0, " +
				"[-186] Can't store message with leader epoch less than 0",
			check: func(e *env) string {
				c := e.consumer(kafka.ConfigMap{"enable.auto.offset.store": false})
				errored, offset, epoch := e.partition(), e.partition(), e.partition()
				errored.Error = closedError
				offset.Offset = -5
				below := int32(-3)
				epoch.LeaderEpoch = &below
				got := make([]any, 0, 3)
				for _, tp := range []kafka.TopicPartition{errored, offset, epoch} {
					_, err := c.StoreMessage(&kafka.Message{TopicPartition: tp, LeaderEpoch: tp.LeaderEpoch})
					got = append(got, err)
				}
				return show(got...)
			},
		},
		{
			id: "consumer.store-auto", bullet: "consumer 12",
			says: "StoreOffsets with enable.auto.offset.store=true is refused, and returns the list beside the error.",
			want: "1, -186",
			check: func(e *env) string {
				c := e.consumer(nil)
				tp := e.partition()
				tp.Offset = 3
				must(c.Assign([]kafka.TopicPartition{tp}))
				list, err := c.StoreOffsets([]kafka.TopicPartition{tp})
				return show(len(list), code(err))
			},
		},
		{
			id: "consumer.store-unassigned", bullet: "consumer 12",
			says: "StoreOffsets of a partition that is not assigned is an error of that partition.",
			want: "[consumer-store-unassigned[0]@3 consumer-store-unassigned[1]@3(Local: Erroneous state)], nil",
			check: func(e *env) string {
				c := e.consumer(kafka.ConfigMap{"enable.auto.offset.store": false})
				mine, other := e.partition(), e.partition()
				mine.Offset, other.Offset, other.Partition = 3, 3, 1
				must(c.Assign([]kafka.TopicPartition{mine}))
				list, err := c.StoreOffsets([]kafka.TopicPartition{mine, other})
				return show(list, err)
			},
		},
	}
}
