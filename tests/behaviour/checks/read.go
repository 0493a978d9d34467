package main

import (
	"fmt"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func readFacts() []fact {
	const soon = 2 * time.Second
	// idle reads from a consumer for which nothing comes.
	idle := func(e *env, d, least, most time.Duration) string {
		c := e.consumer(nil)
		return timed(least, most, func() error {
			m, err := c.ReadMessage(d)
			if m != nil {
				panic(broken("a message came"))
			}
			return err
		})
	}
	// late reads a message that comes after a second.
	late := func(e *env, d time.Duration) string {
		c := e.member(nil)
		must(c.Assign([]kafka.TopicPartition{e.partition()}))
		time.AfterFunc(time.Second, func() { e.produced("late") })
		m, err := c.ReadMessage(d)
		if err != nil {
			return show(err)
		}
		return show(m.Value, err)
	}
	return []fact{
		{
			id: "consumer.read-timeout", bullet: "consumer 7",
			says: "ReadMessage gives a timeout that is not retriable when its time is over.",
			want: "[-185 timeout] Local: Timed out, in time: true",
			check: func(e *env) string {
				return idle(e, 300*time.Millisecond, 250*time.Millisecond, soon)
			},
		},
		{
			id: "consumer.read-fraction", bullet: "consumer 7",
			says: "ReadMessage drops fractions of a millisecond.",
			want: "[-185 timeout] Local: Timed out, in time: true",
			check: func(e *env) string {
				return idle(e, 500*time.Microsecond, 0, soon)
			},
		},
		{
			id: "consumer.read-zero", bullet: "consumer 7",
			says: "ReadMessage(0) does not wait.",
			want: "[-185 timeout] Local: Timed out, in time: true",
			check: func(e *env) string {
				return idle(e, 0, 0, soon)
			},
		},
		{
			id: "consumer.read-zero-events", bullet: "consumer 7",
			says: "ReadMessage(0) goes on while there are other events.",
			want: "[-185 timeout] Local: Timed out, left: nil",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(kafka.ConfigMap{"enable.partition.eof": true})
				var list []kafka.TopicPartition
				for i := range int32(3) {
					list = append(list, kafka.TopicPartition{Topic: e.topic(), Partition: i + 1})
				}
				must(c.Assign(list))
				poll[kafka.PartitionEOF](c) // the others come at about the same time
				<-time.After(soon)
				_, err := c.ReadMessage(0)
				return show(err) + ", left: " + show(c.Poll(0))
			},
		},
		{
			id: "consumer.read-forever", bullet: "consumer 7",
			says: "ReadMessage(-1) waits for ever.",
			want: `"late", nil`,
			check: func(e *env) string {
				return late(e, -1)
			},
		},
		{
			id: "consumer.read-negative", bullet: "consumer 7",
			says: "So does any other negative duration.",
			want: `"late", nil`,
			check: func(e *env) string {
				return late(e, -3*time.Second)
			},
		},
		{
			id: "consumer.read-error", bullet: "consumer 7",
			says: "ReadMessage returns error events as errors.",
			want: "-195 or -187: true",
			check: func(e *env) string {
				c := e.consumer(kafka.ConfigMap{"bootstrap.servers": nowhere})
				_, err := c.ReadMessage(wait)
				return fmt.Sprintf("-195 or -187: %t", code(err) == "-195" || code(err) == "-187")
			},
		},
		{
			id: "consumer.read-message-error", bullet: "consumer 7",
			says: "What is wrong with a topic comes as an error without a message.",
			want: "false, 3",
			check: func(e *env) string {
				c := e.consumer(kafka.ConfigMap{"bootstrap.servers": e.broker()})
				must(c.Subscribe(e.name()+"-absent", nil))
				m, err := c.ReadMessage(wait)
				return show(m != nil, code(err))
			},
		},
		{
			id: "consumer.message-plain", bullet: "consumer 8",
			says: "A message without headers has nil Headers; null keys and values are nil.",
			want: "true, true, true",
			check: func(e *env) string {
				m := e.roundTrip(&kafka.Message{TopicPartition: e.partition()})
				return show(m.Headers == nil, m.Key == nil, m.Value == nil)
			},
		},
		{
			id: "consumer.message-empty", bullet: "consumer 8",
			says: "Empty keys, values and header values are empty and not nil; a header without a value has nil.",
			want: "true, true, true, true",
			check: func(e *env) string {
				empty := []byte{}
				m := e.roundTrip(&kafka.Message{
					TopicPartition: e.partition(), Key: empty, Value: empty,
					Headers: []kafka.Header{{Key: "a", Value: empty}, {Key: "b"}},
				})
				return show(m.Key != nil, m.Value != nil, m.Headers[0].Value != nil, m.Headers[1].Value == nil)
			},
		},
		{
			id: "consumer.message-epoch", bullet: "consumer 8",
			says: "LeaderEpoch is the same pointer in the message and in its TopicPartition.",
			want: "true, true",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.broker()})
				at := deliver(p, &kafka.Message{TopicPartition: e.partition()}).TopicPartition
				must(at.Error)
				c := e.consumer(kafka.ConfigMap{"bootstrap.servers": e.broker()})
				must(c.Assign([]kafka.TopicPartition{at}))
				m, err := c.ReadMessage(wait)
				must(err)
				return show(m.LeaderEpoch != nil, m.LeaderEpoch == m.TopicPartition.LeaderEpoch)
			},
		},
	}
}
