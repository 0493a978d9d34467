package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// nowhere is an address at which no broker is.
const nowhere = "127.0.0.1:1"

func producerFacts() []fact {
	return slices.Concat(produceFacts(), reportFacts(), flushFacts(), producerEndFacts())
}

// deliver produces a message and returns its report.
func deliver(p *kafka.Producer, m *kafka.Message) *kafka.Message {
	ch := make(chan kafka.Event, 1)
	must(p.Produce(m, ch))
	return asMessage(receive(ch))
}

// asMessage is the message that an event must be.
func asMessage(ev kafka.Event) *kafka.Message {
	m, ok := ev.(*kafka.Message)
	if !ok {
		panic(broken(fmt.Sprintf("%T came in place of a message: %v", ev, ev)))
	}
	return m
}

// partition is partition 0 of the check's own topic.
func (e *env) partition() kafka.TopicPartition {
	return kafka.TopicPartition{Topic: e.topic(), Partition: 0}
}

// roundTrip produces a message to the mock cluster and returns what a consumer reads.
func (e *env) roundTrip(m *kafka.Message) *kafka.Message {
	p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.mock()})
	report := deliver(p, m)
	must(report.TopicPartition.Error)
	return e.read(report.TopicPartition, 1)[0]
}

// read returns n messages of a partition of the mock cluster, from an offset on.
func (e *env) read(from kafka.TopicPartition, n int) []*kafka.Message {
	c := e.consumer(kafka.ConfigMap{"bootstrap.servers": e.mock()})
	must(c.Assign([]kafka.TopicPartition{from}))
	var got []*kafka.Message
	for range n {
		m, err := c.ReadMessage(wait)
		must(err)
		got = append(got, m)
	}
	return got
}

func produceFacts() []fact {
	return []fact{
		{
			id: "producer.string", bullet: "producer 1",
			says: "String gives client.id, the kind and a number that all clients of the process share.",
			want: "rdkafka#producer-1, x#consumer-2, x#producer-3",
			check: func(e *env) string {
				p := e.producer(nil)
				c := e.consumer(kafka.ConfigMap{"client.id": "x"})
				x := e.producer(kafka.ConfigMap{"client.id": "x"})
				return show(p, c, x)
			},
			alone: true,
		},
		{
			id: "producer.admin-string", bullet: "producer 1",
			says: "The name of a derived admin client contains its parent's.",
			want: "true",
			check: func(e *env) string {
				c := e.consumer(nil)
				a, err := kafka.NewAdminClientFromConsumer(c)
				must(err)
				return show(strings.Contains(a.String(), c.String()))
			},
		},
		{
			id: "producer.channels-closed", bullet: "producer 2",
			says: "Events() is never nil, and Close closes it and ProduceChannel().",
			want: "0 and 0 left, panic: send on closed channel",
			check: func(e *env) string {
				p := e.producer(nil)
				events, produce := p.Events(), p.ProduceChannel()
				p.Close()
				return fmt.Sprintf("%d and %d left, %s", receiveClosed(events), receiveClosed(produce), catch(func() string {
					produce <- &kafka.Message{}
					return "sent"
				}))
			},
		},
		{
			id: "producer.goroutines-end", bullet: "producer 2",
			says: "The goroutines of a producer have ended when Close has returned.",
			want: "0 more",
			check: func(*env) string {
				return goroutinesLeft(func() {
					p, err := kafka.NewProducer(with(nil))
					must(err)
					p.ProduceChannel()
					p.Close()
				})
			},
			alone: true,
		},
		{
			id: "producer.invalid-message", bullet: "producer 3",
			says: "A nil message, a nil topic and an empty topic are refused with the code's own text.",
			want: "[-186] Local: Invalid argument or configuration, [-186] Local: Invalid argument or configuration, " +
				"[-186] Local: Invalid argument or configuration",
			check: func(e *env) string {
				p := e.producer(nil)
				empty := ""
				return show(p.Produce(nil, nil), p.Produce(&kafka.Message{}, nil),
					p.Produce(&kafka.Message{TopicPartition: kafka.TopicPartition{Topic: &empty}}, nil))
			},
		},
		{
			id: "producer.queue-full", bullet: "producer 3",
			says: "A full queue refuses at once.",
			want: "nil, [-184] Local: Queue full, at once: true",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": nowhere, "queue.buffering.max.messages": 1})
				start := time.Now()
				err1 := p.Produce(&kafka.Message{TopicPartition: e.partition()}, nil)
				err2 := p.Produce(&kafka.Message{TopicPartition: e.partition()}, nil)
				return show(err1, err2) + fmt.Sprintf(", at once: %t", time.Since(start) < time.Second)
			},
		},
		{
			id: "producer.too-large", bullet: "producer 3",
			says: "A message above message.max.bytes is refused at once.",
			want: "[10] Broker: Message size too large",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"message.max.bytes": 1000})
				return show(p.Produce(&kafka.Message{TopicPartition: e.partition(), Value: make([]byte, 1001)}, nil))
			},
		},
		{
			id: "producer.channel-failure", bullet: "producer 3",
			says: "A message of ProduceChannel that is refused comes back on Events(), the same pointer, with the error.",
			want: "true, [10] Broker: Message size too large",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"message.max.bytes": 1000})
				m := &kafka.Message{TopicPartition: e.partition(), Value: make([]byte, 1001)}
				p.ProduceChannel() <- m
				got := asMessage(receive(p.Events()))
				return show(got == m, got.TopicPartition.Error)
			},
		},
		{
			id: "producer.channel-blocks", bullet: "producer 3",
			says: "ProduceChannel waits for room in the queue.",
			want: "3 of 3 delivered",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.mock(), "queue.buffering.max.messages": 1})
				for range 3 {
					p.ProduceChannel() <- &kafka.Message{TopicPartition: e.partition()}
				}
				n := 0
				for range 3 {
					if asMessage(receive(p.Events())).TopicPartition.Error == nil {
						n++
					}
				}
				return fmt.Sprintf("%d of 3 delivered", n)
			},
		},
		{
			id: "producer.buffers-copied", bullet: "producer 3",
			says: "Key, value and headers are copied at the call.",
			want: `"key", "value", "header"`,
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.mock(), "linger.ms": 300})
				m := &kafka.Message{
					TopicPartition: e.partition(), Key: []byte("key"), Value: []byte("value"),
					Headers: []kafka.Header{{Key: "h", Value: []byte("header")}},
				}
				ch := make(chan kafka.Event, 1)
				must(p.Produce(m, ch))
				for _, b := range [][]byte{m.Key, m.Value, m.Headers[0].Value} {
					for i := range b {
						b[i] = 'x'
					}
				}
				got := e.read(asMessage(receive(ch)).TopicPartition, 1)[0]
				return show(got.Key, got.Value, got.Headers[0].Value)
			},
		},
		{
			id: "producer.nil-and-empty", bullet: "producer 3",
			says: "A nil and an empty key, value or header value differ on the wire.",
			want: `nil bytes, nil bytes, nil bytes; "", "", ""`,
			check: func(e *env) string {
				parts := func(b []byte) string {
					got := e.roundTrip(&kafka.Message{
						TopicPartition: e.partition(), Key: b, Value: b, Headers: []kafka.Header{{Key: "h", Value: b}},
					})
					return show(got.Key, got.Value, got.Headers[0].Value)
				}
				return parts(nil) + "; " + parts([]byte{})
			},
		},
		{
			id: "producer.timestamp-now", bullet: "producer 3",
			says: "A zero Timestamp means now.",
			want: "CreateTime, now: true",
			check: func(e *env) string {
				got := e.roundTrip(&kafka.Message{TopicPartition: e.partition()})
				return fmt.Sprintf("%s, now: %t", got.TimestampType, time.Since(got.Timestamp).Abs() < time.Minute)
			},
		},
		{
			id: "producer.timestamp-ms", bullet: "producer 3",
			says: "Timestamps are cut to milliseconds, and come back in local time.",
			want: "2020-02-03 04:05:06.789 +0000 UTC, Local",
			check: func(e *env) string {
				sent := time.Date(2020, 2, 3, 4, 5, 6, 789_999_999, time.UTC)
				got := e.roundTrip(&kafka.Message{TopicPartition: e.partition(), Timestamp: sent})
				return show(got.Timestamp.UTC(), got.Timestamp.Location())
			},
		},
	}
}
