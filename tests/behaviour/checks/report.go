package main

import (
	"fmt"
	"runtime"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// goroutinesLeft says how many goroutines are left of what was run, which it gives time to end. Alone in its process.
func goroutinesLeft(run func()) string {
	// The first client starts what the process keeps.
	run()
	before := runtime.NumGoroutine()
	run()
	more := 0
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); runtime.Gosched() {
		if more = runtime.NumGoroutine() - before; more <= 0 {
			break
		}
	}
	return fmt.Sprintf("%d more", more)
}

// fullMessage is a message with everything.
func (e *env) fullMessage() *kafka.Message {
	meta := "meta"
	tp := e.partition()
	tp.Metadata = &meta
	return &kafka.Message{
		TopicPartition: tp, Key: []byte("key"), Value: []byte("value"), Opaque: "opaque",
		Headers: []kafka.Header{{Key: "h", Value: []byte("1")}}, Timestamp: time.Now(), TimestampType: kafka.TimestampCreateTime,
	}
}

func reportFacts() []fact {
	report := func(e *env, settings kafka.ConfigMap) (sent, got *kafka.Message) {
		conf := kafka.ConfigMap{"bootstrap.servers": e.mock()}
		for k, v := range settings {
			conf[k] = v
		}
		sent = e.fullMessage()
		return sent, deliver(e.producer(conf), sent)
	}
	return []fact{
		{
			id: "producer.report-new", bullet: "producer 4",
			says: "A report is a new Message with key, value, topic, partition, offset and Opaque, and without headers.",
			want: `same: false, producer-report-new[0]@0, "key", "value", opaque, []`,
			check: func(e *env) string {
				sent, got := report(e, nil)
				return fmt.Sprintf("same: %t, ", sent == got) + show(got.TopicPartition, got.Key, got.Value, got.Opaque, got.Headers)
			},
		},
		{
			id: "producer.report-fields", bullet: "producer 4",
			says: "go.delivery.report.fields chooses which parts the report repeats.",
			want: `nil bytes, nil bytes, [h="1"]; nil bytes, nil bytes, []; "key", "value", [h="1"]`,
			check: func(e *env) string {
				got := ""
				for _, list := range []string{"headers", "none", "all"} {
					_, m := report(e, kafka.ConfigMap{"go.delivery.report.fields": list})
					if got != "" {
						got += "; "
					}
					got += show(m.Key, m.Value, m.Headers)
				}
				return got
			},
		},
		{
			id: "producer.report-no-timestamp", bullet: "producer 4",
			says: "The Timestamp in a report is always zero and of no type, and Metadata is lost.",
			want: "true, NotAvailable, true",
			check: func(e *env) string {
				_, got := report(e, nil)
				return show(got.Timestamp.IsZero(), got.TimestampType, got.TopicPartition.Metadata == nil)
			},
		},
		{
			id: "producer.report-epoch", bullet: "producer 4",
			says: "A report's LeaderEpoch is nil when none is known.",
			want: "true, true",
			check: func(e *env) string {
				_, got := report(e, nil)
				return show(got.LeaderEpoch == nil, got.TopicPartition.LeaderEpoch == nil)
			},
		},
		{
			id: "producer.report-failed", bullet: "producer 4",
			says: "The report of a failure has an unset offset, and partition -1 if none was chosen.",
			want: "unset, -1, [-192 timeout] Local: Message timed out; unset, 3",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": nowhere, "message.timeout.ms": 300})
				anyPart := kafka.TopicPartition{Topic: e.topic(), Partition: kafka.PartitionAny}
				a := deliver(p, &kafka.Message{TopicPartition: anyPart}).TopicPartition
				anyPart.Partition = 3
				b := deliver(p, &kafka.Message{TopicPartition: anyPart}).TopicPartition
				return show(a.Offset, a.Partition, a.Error) + "; " + show(b.Offset, b.Partition)
			},
		},
		{
			id: "producer.route-channel", bullet: "producer 5",
			says: "The report goes to the delivery channel, even with go.delivery.reports=false.",
			want: "producer-route-channel[0]@0, 0 on Events()",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.mock(), "go.delivery.reports": false})
				got := deliver(p, &kafka.Message{TopicPartition: e.partition()})
				return fmt.Sprintf("%v, %d on Events()", got.TopicPartition, len(p.Events()))
			},
		},
		{
			id: "producer.route-events", bullet: "producer 5",
			says: "Without a delivery channel the report goes to Events().",
			want: "*kafka.Message producer-route-events[0]@0",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.mock()})
				must(p.Produce(&kafka.Message{TopicPartition: e.partition()}, nil))
				ev := receive(p.Events())
				return fmt.Sprintf("%T %v", ev, asMessage(ev).TopicPartition)
			},
		},
		{
			id: "producer.route-dropped", bullet: "producer 5",
			says: "Without a delivery channel and with go.delivery.reports=false the report is dropped.",
			want: "0 outstanding, 0 on Events()",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.mock(), "go.delivery.reports": false})
				must(p.Produce(&kafka.Message{TopicPartition: e.partition()}, nil))
				left := p.Flush(int(wait.Milliseconds()))
				return fmt.Sprintf("%d outstanding, %d on Events()", left, len(p.Events()))
			},
		},
		{
			id: "producer.reports-lost", bullet: "producer 5",
			says: "With go.delivery.reports=false a message without a channel takes the reports of others with it.",
			want: "lost some of 10",
			row:  3, ours: "10 of 10",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.mock(), "go.delivery.reports": false, "linger.ms": 200})
				ch := make(chan kafka.Event, 10)
				for i := range 20 {
					to := ch
					if i%2 == 0 {
						to = nil
					}
					must(p.Produce(&kafka.Message{TopicPartition: e.partition()}, to))
				}
				if p.Flush(int(wait.Milliseconds())) != 0 {
					panic(broken("not all was delivered"))
				}
				for range 10 {
					select {
					case <-ch:
					case <-time.After(time.Second):
						return "lost some of 10"
					}
				}
				return "10 of 10"
			},
		},
		{
			id: "producer.unread-channel", bullet: "producer 6",
			says: "An unread delivery channel stops all later reports and Flush; Close ends that.",
			want: "the other report: no, Flush leaves some: true, closed",
			row:  4, ours: "the other report: yes, Flush leaves some: true, closed",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.mock(), "linger.ms": 0})
				other := make(chan kafka.Event, 1)
				must(p.Produce(&kafka.Message{TopicPartition: e.partition()}, make(chan kafka.Event)))
				must(p.Produce(&kafka.Message{TopicPartition: e.partition()}, other))
				got := "no"
				select {
				case <-other:
					got = "yes"
				case <-time.After(2 * time.Second):
				}
				left := p.Flush(100)
				p.Close()
				return fmt.Sprintf("the other report: %s, Flush leaves some: %t, closed", got, left > 0)
			},
		},
	}
}
