package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func rebalanceFacts() []fact {
	// automatic is what Poll gives, and the assignment, of a consumer without a callback.
	automatic := func(e *env, settings kafka.ConfigMap) string {
		e.produced("x")
		c := e.member(settings)
		must(c.Subscribe(e.name(), nil))
		seen := pollUntil(c, func() bool { return assigned(c) > 0 })
		list, err := c.Assignment()
		must(err)
		return fmt.Sprintf("assigned %d, %s, AssignedPartitions: %t", len(list), c.GetRebalanceProtocol(),
			strings.Contains(strings.Join(seen, " "), "AssignedPartitions"))
	}
	return []fact{
		{
			id: "consumer.assign-auto", bullet: "consumer 3",
			says: "Without a callback Poll assigns by itself, and gives no AssignedPartitions.",
			want: "assigned 4, EAGER, AssignedPartitions: false",
			check: func(e *env) string {
				return automatic(e, nil)
			},
		},
		{
			id: "consumer.assign-auto-enabled", bullet: "consumer 3",
			says: "go.application.rebalance.enable changes nothing for Poll without a callback.",
			want: "assigned 4, EAGER, AssignedPartitions: false",
			check: func(e *env) string {
				return automatic(e, kafka.ConfigMap{"go.application.rebalance.enable": true})
			},
		},
		{
			id: "consumer.assign-auto-cooperative", bullet: "consumer 3",
			says: "The automatic assignment of a cooperative group is incremental.",
			want: "assigned 4, COOPERATIVE, AssignedPartitions: false",
			check: func(e *env) string {
				return automatic(e, kafka.ConfigMap{"partition.assignment.strategy": "cooperative-sticky"})
			},
		},
		{
			id: "consumer.callback-values", bullet: "consumer 3",
			says: "The callback gets AssignedPartitions and RevokedPartitions as values, its error is ignored, the assignment is made for it, and Poll returns no event of it.",
			want: "kafka.AssignedPartitions of 4, kafka.RevokedPartitions of 4; assigned 4, events []",
			check: func(e *env) string {
				c := e.member(nil)
				e.produced("x")

				var calls []string
				must(c.Subscribe(e.name(), func(_ *kafka.Consumer, ev kafka.Event) error {
					calls = append(calls, showRebalance(ev))
					return errors.New("ignored")
				}))
				var seen []string
				for _, typ := range pollUntil(c, func() bool { return assigned(c) > 0 }) {
					if typ != "*kafka.Message" {
						seen = append(seen, typ)
					}
				}
				n := assigned(c)
				must(c.Close())
				return fmt.Sprintf("%s; assigned %d, events %v", strings.Join(calls, ", "), n, seen)
			},
		},
		{
			id: "consumer.callback-assigns", bullet: "consumer 3",
			says: "When the callback assigned, nothing is assigned for it.",
			want: "1, [consumer-callback-assigns[0]@beginning]",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(nil)
				must(c.Subscribe(e.name(), func(c *kafka.Consumer, ev kafka.Event) error {
					if a, ok := ev.(kafka.AssignedPartitions); ok {
						for _, tp := range a.Partitions {
							if tp.Partition == 0 {
								tp.Offset = kafka.OffsetBeginning
								return c.Assign([]kafka.TopicPartition{tp})
							}
						}
					}
					return nil
				}))
				poll[*kafka.Message](c)
				list, err := c.Assignment()
				must(err)
				return show(assigned(c), list)
			},
		},
		{
			id: "consumer.callback-cooperative", bullet: "consumer 3",
			says: "A callback in a cooperative group may use IncrementalAssign.",
			want: "nil, 4",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(kafka.ConfigMap{"partition.assignment.strategy": "cooperative-sticky"})
				result := "not called"
				must(c.Subscribe(e.name(), func(c *kafka.Consumer, ev kafka.Event) error {
					if a, ok := ev.(kafka.AssignedPartitions); ok {
						result = show(c.IncrementalAssign(a.Partitions))
					}
					return nil
				}))
				pollUntil(c, func() bool { return assigned(c) > 0 })
				return show(result, assigned(c))
			},
		},
		{
			id: "consumer.channel-rebalance", bullet: "consumer 3",
			says: "On the Events channel, with go.application.rebalance.enable and no callback, the event comes and the application must assign.",
			want: "kafka.AssignedPartitions of 4, assigned before 0, after 4, *kafka.Message",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(kafka.ConfigMap{"go.events.channel.enable": true, "go.application.rebalance.enable": true})
				must(c.Subscribe(e.name(), nil))
				ev := receive(c.Events())
				before := assigned(c)
				a, ok := ev.(kafka.AssignedPartitions)
				if !ok {
					return fmt.Sprintf("%T", ev)
				}
				must(c.Assign(a.Partitions))
				return fmt.Sprintf("%s, assigned before %d, after %d, %T", showRebalance(ev), before, assigned(c), receive(c.Events()))
			},
		},
		{
			id: "consumer.channel-callback", bullet: "consumer 3",
			says: "With a callback set the Events channel gets no rebalance event.",
			want: "kafka.AssignedPartitions of 4, then *kafka.Message",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(kafka.ConfigMap{"go.events.channel.enable": true, "go.application.rebalance.enable": true})
				calls := make(chan string, 10)
				must(c.Subscribe(e.name(), func(_ *kafka.Consumer, ev kafka.Event) error {
					calls <- showRebalance(ev)
					return nil
				}))
				return fmt.Sprintf("%s, then %T", receive(calls), receive(c.Events()))
			},
		},
		{
			id: "consumer.channel-close", bullet: "consumer 3",
			says: "On the Events channel no event tells of the revocation at Close.",
			want: "RevokedPartitions: false",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(kafka.ConfigMap{"go.events.channel.enable": true, "go.application.rebalance.enable": true})
				must(c.Subscribe(e.name(), nil))
				events := c.Events()
				a, ok := receive(events).(kafka.AssignedPartitions)
				if !ok {
					panic(broken("no assignment"))
				}
				must(c.Assign(a.Partitions))
				receive(events)
				must(c.Close())
				found := false
				for ev := range events {
					if _, ok := ev.(kafka.RevokedPartitions); ok {
						found = true
					}
				}
				return fmt.Sprintf("RevokedPartitions: %t", found)
			},
		},
		{
			id: "consumer.assigned-offsets", bullet: "consumer 3",
			says: "Offsets in AssignedPartitions are unset; those of Assignment() are then stored.",
			want: "unset, stored",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(nil)
				offset := kafka.Offset(0)
				must(c.Subscribe(e.name(), func(_ *kafka.Consumer, ev kafka.Event) error {
					if a, ok := ev.(kafka.AssignedPartitions); ok {
						offset = a.Partitions[0].Offset
					}
					return nil
				}))
				pollUntil(c, func() bool { return assigned(c) > 0 })
				list, err := c.Assignment()
				must(err)
				return show(offset, list[0].Offset)
			},
		},
		{
			id: "consumer.assign-failure", bullet: "consumer 4",
			says: "When the automatic assignment fails, Poll never returns.",
			want: "Poll does not return",
			row:  9, ours: "kafka.Error consumer-assign-failure [0] is already part of the current assignment",
			check: func(e *env) string {
				return e.assignFailure()
			},
			alone: true,
		},
	}
}

// assignFailure lets the automatic assignment fail: the application has assigned by itself what the group then assigns.
func (e *env) assignFailure() string {
	e.produced("x")
	c := e.member(kafka.ConfigMap{"partition.assignment.strategy": "cooperative-sticky"})
	must(c.Subscribe(e.name(), nil))
	must(c.IncrementalAssign([]kafka.TopicPartition{e.partition()}))
	poll[*kafka.Message](c) // the group takes longer
	ended := make(chan string, 1)
	go func() {
		for end := time.Now().Add(wait / 2); time.Now().Before(end); {
			if ev := c.Poll(100); ev != nil {
				ended <- fmt.Sprintf("%T %v", ev, ev)
				return
			}
		}
		ended <- "nothing"
	}()
	select {
	case got := <-ended:
		return got
	case <-time.After(wait * 3 / 4):
		return "Poll does not return"
	}
}

// showRebalance shows the type and the number of partitions of a rebalance.
func showRebalance(ev kafka.Event) string {
	switch x := ev.(type) {
	case kafka.AssignedPartitions:
		return fmt.Sprintf("%T of %d", x, len(x.Partitions))
	case kafka.RevokedPartitions:
		return fmt.Sprintf("%T of %d", x, len(x.Partitions))
	default:
		return fmt.Sprintf("%T", ev)
	}
}
