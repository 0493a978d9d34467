package main

import (
	"fmt"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func flushFacts() []fact {
	return []fact{
		{
			id: "producer.flush-outstanding", bullet: "producer 7",
			says: "Flush returns how many are outstanding, as Len does.",
			want: "3, 3",
			check: func(e *env) string {
				// Without a broker to connect to there are no events that would count.
				p := e.producer(nil)
				for range 3 {
					must(p.Produce(&kafka.Message{TopicPartition: e.partition()}, nil))
				}
				return show(p.Flush(50), p.Len())
			},
		},
		{
			id: "producer.flush-counts-events", bullet: "producer 7",
			says: "Unread events count in Len and Flush, so without a reader Flush never reaches 0.",
			want: "3, 3",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.mock(), "linger.ms": 0})
				for range 3 {
					must(p.Produce(&kafka.Message{TopicPartition: e.partition()}, nil))
				}
				for end := time.Now().Add(wait); len(p.Events()) < 3 && time.Now().Before(end); {
					p.Flush(10)
				}
				return show(p.Len(), p.Flush(300))
			},
		},
		{
			id: "producer.flush-counts-errors", bullet: "producer 7",
			says: "Unread error events count, too.",
			want: "some: true",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": nowhere})
				for end := time.Now().Add(wait); p.Len() == 0 && time.Now().Before(end); {
					p.Flush(10)
				}
				return fmt.Sprintf("some: %t", p.Flush(10) > 0)
			},
		},
		{
			id: "producer.flush-counts-produce-channel", bullet: "producer 7",
			says: "Len counts what waits in ProduceChannel.",
			want: "true",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": nowhere, "queue.buffering.max.messages": 1})
				for range 5 {
					p.ProduceChannel() <- &kafka.Message{TopicPartition: e.partition()}
				}
				return show(p.Len() >= 5)
			},
		},
		{
			id: "producer.flush-now", bullet: "producer 7",
			says: "Flush does not wait for linger.ms.",
			want: "0, under a second: true",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.mock(), "linger.ms": 5000})
				// The first one connects and learns of the topic.
				must(p.Produce(&kafka.Message{TopicPartition: e.partition()}, make(chan kafka.Event, 1)))
				p.Flush(4000)
				must(p.Produce(&kafka.Message{TopicPartition: e.partition()}, make(chan kafka.Event, 1)))
				start := time.Now()
				left := p.Flush(4000)
				return fmt.Sprintf("%d, under a second: %t", left, time.Since(start) < time.Second)
			},
		},
		{
			id: "producer.flush-closed", bullet: "producer 7",
			says: "Flush and Len after Close use what is freed.",
			want: notRun,
			row:  5, ours: "0, 0",
			check: func(e *env) string {
				p := e.producer(nil)
				p.Close()
				return show(p.Flush(10), p.Len())
			},
			unsafe: true,
		},
	}
}
