package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func consumerFacts() []fact {
	return slices.Concat(pollFacts(), rebalanceFacts(), eventFacts(), readFacts(), subscribeFacts(), commitFacts(),
		assignFacts(), consumerEndFacts())
}

// produced sends values to partition 0 of the check's own topic on the mock cluster.
func (e *env) produced(values ...string) {
	p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.mock(), "linger.ms": 0})
	for _, v := range values {
		must(deliver(p, &kafka.Message{TopicPartition: e.partition(), Value: []byte(v)}).TopicPartition.Error)
	}
}

// member makes a consumer for a group on the mock cluster that reads from the start.
func (e *env) member(settings kafka.ConfigMap) *kafka.Consumer {
	conf := kafka.ConfigMap{"bootstrap.servers": e.mock(), "auto.offset.reset": "earliest", "session.timeout.ms": 6000}
	for k, v := range settings {
		conf[k] = v
	}
	return e.consumer(conf)
}

// poll polls until an event of type T comes, and returns it and the types of all events before.
func poll[T kafka.Event](c *kafka.Consumer) (found T, before []string) {
	for end := time.Now().Add(wait); time.Now().Before(end); {
		switch ev := c.Poll(100).(type) {
		case nil:
		case T:
			return ev, before
		default:
			before = append(before, fmt.Sprintf("%T", ev))
		}
	}
	panic(broken(fmt.Sprintf("no %T came, but %v", found, before)))
}

// pollUntil polls until done says so, and returns the types of the events.
func pollUntil(c *kafka.Consumer, done func() bool) (seen []string) {
	for end := time.Now().Add(wait); time.Now().Before(end); {
		if ev := c.Poll(50); ev != nil {
			seen = append(seen, fmt.Sprintf("%T", ev))
		}
		if done() {
			return seen
		}
	}
	panic(broken(fmt.Sprintf("it did not come; %v did", seen)))
}

// assigned says how many partitions the consumer has.
func assigned(c *kafka.Consumer) int {
	list, err := c.Assignment()
	must(err)
	return len(list)
}

// goroutine is the number of the calling goroutine.
func goroutine() string {
	buf := make([]byte, 64)
	fields := strings.Fields(string(buf[:runtime.Stack(buf, false)]))
	return fields[1]
}

func pollFacts() []fact {
	return []fact{
		{
			id: "consumer.poll-nil", bullet: "consumer 1",
			says: "Poll returns nil when its time is over.",
			want: "true, in time: true",
			check: func(e *env) string {
				c := e.consumer(nil)
				start := time.Now()
				ev := c.Poll(200)
				took := time.Since(start)
				return fmt.Sprintf("%t, in time: %t", ev == nil, took > 150*time.Millisecond && took < 5*time.Second)
			},
		},
		{
			id: "consumer.poll-forever", bullet: "consumer 1",
			says: "Poll(-1) waits until something comes.",
			want: `"late"`,
			check: func(e *env) string {
				c := e.member(nil)
				must(c.Assign([]kafka.TopicPartition{e.partition()}))
				time.AfterFunc(time.Second, func() { e.produced("late") })
				return show(asMessage(c.Poll(-1)).Value)
			},
		},
		{
			id: "consumer.poll-closed", bullet: "consumer 1",
			says: "Poll on a closed consumer crashes.",
			want: "crash: SIGSEGV: segmentation violation",
			row:  5, ours: "nil",
			check: func(e *env) string {
				c := e.consumer(nil)
				must(c.Close())
				return show(c.Poll(10))
			},
			alone: true,
		},
		{
			id: "consumer.callback-goroutine", bullet: "consumer 1",
			says: "The rebalance callback runs inside Poll, on its goroutine.",
			want: "true",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(nil)
				ran := ""
				must(c.Subscribe(e.name(), func(*kafka.Consumer, kafka.Event) error {
					ran = goroutine()
					return nil
				}))
				pollUntil(c, func() bool { return ran != "" })
				return show(ran == goroutine())
			},
		},
		{
			id: "consumer.callback-reader", bullet: "consumer 1",
			says: "With the Events channel the callback runs on the goroutine that fills it.",
			want: "another goroutine: true",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(kafka.ConfigMap{"go.events.channel.enable": true})
				ran := make(chan string, 10)
				must(c.Subscribe(e.name(), func(*kafka.Consumer, kafka.Event) error {
					ran <- goroutine()
					return nil
				}))
				return fmt.Sprintf("another goroutine: %t", receive(ran) != goroutine())
			},
		},
		{
			id: "consumer.channels-nil", bullet: "consumer 2",
			says: "Events() and Logs() are nil unless enabled.",
			want: "nil, nil, true, true",
			check: func(e *env) string {
				c := e.consumer(nil)
				with := e.consumer(kafka.ConfigMap{"go.events.channel.enable": true, "go.logs.channel.enable": true})
				return show(showChannel(c.Events()), showChannel(c.Logs()), with.Events() != nil, with.Logs() != nil)
			},
		},
		{
			id: "consumer.events-closed", bullet: "consumer 2",
			says: "Close closes Events() before the group is left.",
			want: "at the callback: closed",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(kafka.ConfigMap{"go.events.channel.enable": true})
				got := make(chan string, 1)
				must(c.Subscribe(e.name(), func(c *kafka.Consumer, ev kafka.Event) error {
					if _, ok := ev.(kafka.RevokedPartitions); ok {
						state := "open"
						for len(c.Events()) > 0 {
							<-c.Events()
						}
						select {
						case _, ok := <-c.Events():
							if !ok {
								state = "closed"
							}
						default:
						}
						got <- state
					}
					return nil
				}))
				receive(c.Events())
				must(c.Close())
				return "at the callback: " + receive(got)
			},
		},
	}
}
