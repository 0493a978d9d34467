package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

const messages = 20

func produce(base kafka.ConfigMap) {
	p, err := newProducer(with(base, kafka.ConfigMap{
		"acks":                       "all",
		"linger.ms":                  5,
		"enable.idempotence":         true,
		"go.delivery.report.fields":  "key,value,headers",
		"go.produce.channel.size":    10,
		"default.topic.config":       kafka.ConfigMap{"message.timeout.ms": 30000},
		"{topic}.compression.codec":  "gzip",
		"queue.buffering.max.kbytes": 1024,
	}))
	check(err)
	a := &audited{Producer: p, sent: map[kafka.TopicPartition]int{}}
	defer a.Close()

	// Half of the reports come to a channel of their own.
	reports := make(chan kafka.Event, messages)
	for i := 0; i < messages; i++ {
		to := kafka.TopicPartition{Topic: str(topic), Partition: int32(i % partitions)}
		m := &kafka.Message{
			TopicPartition: to, Key: []byte(fmt.Sprint(i)), Value: []byte(strings.Repeat("x", i)),
			Headers: []kafka.Header{{Key: "n", Value: []byte{byte(i)}}}, Opaque: i,
		}
		if i == 0 {
			m.Value = nil
		}
		channel := reports
		if i%4 >= 2 {
			channel = nil
		}
		check(a.Produce(m, channel))
	}
	flush := a.Flush
	for p.Len() > len(p.Events()) {
		flush(100)
	}
	sum := 0
	for i := 0; i < messages; i++ {
		var e kafka.Event
		select {
		case e = <-reports:
		case e = <-p.Events():
		case <-time.After(time.Minute):
			panic("a report is missing")
		}
		switch e := e.(type) {
		case *kafka.Message:
			check(e.TopicPartition.Error)
			if e.Headers[0].Value[0] != byte(e.Opaque.(int)) {
				panic("the report is another's")
			}
			sum += e.Opaque.(int) + int(e.TopicPartition.Offset)
		case kafka.Error:
			check(e)
		default:
			panic(fmt.Sprintf("%T", e))
		}
	}
	fmt.Println("reports", sum, "audited", a.sent, "left", a.Len(), flush(0))
	fmt.Println("purged", p.Purge(kafka.PurgeInFlight|kafka.PurgeQueue), "fatal", p.GetFatalError())

	m := &kafka.Message{TopicPartition: kafka.TopicPartition{Topic: str("too-large"), Partition: kafka.PartitionAny}, Value: make([]byte, 2000000)}
	err = p.Produce(m, nil)
	fmt.Println("too large", err == kafka.NewError(kafka.ErrMsgSizeTooLarge, "", false), err)
	_, _, err = p.QueryWatermarkOffsets(topic, 99, 5000)
	fmt.Println("watermarks", err)
}

func str(s string) *string { return &s }

// consume reads in a group, with a rebalance callback that assigns by itself.
func consume(base kafka.ConfigMap) {
	c, err := newConsumer(with(base, kafka.ConfigMap{
		"group.id": "readers", "auto.offset.reset": kafka.OffsetBeginning, "enable.auto.offset.store": false,
		"enable.partition.eof": true, "go.application.rebalance.enable": true, "session.timeout.ms": 6000,
	}))
	check(err)
	rebalanced := []string{}
	check(reader(c).SubscribeTopics([]string{topic}, func(c *kafka.Consumer, e kafka.Event) error {
		switch e := e.(type) {
		case kafka.AssignedPartitions:
			rebalanced = append(rebalanced, fmt.Sprint(c.GetRebalanceProtocol(), " +", len(e.Partitions)))
			return c.Assign(e.Partitions)
		case kafka.RevokedPartitions:
			rebalanced = append(rebalanced, fmt.Sprint(c.GetRebalanceProtocol(), " -", len(e.Partitions), " ", c.AssignmentLost()))
			return c.Unassign()
		}
		return fmt.Errorf("unexpected %T", e)
	}))

	got, bytes, ends := 0, 0, 0
	var last *kafka.Message
	deadline := time.Now().Add(time.Minute)
	for ends < partitions && time.Now().Before(deadline) {
		switch e := poll(c, 100).(type) {
		case nil:
		case *kafka.Message:
			check(e.TopicPartition.Error)
			if e.TimestampType != kafka.TimestampCreateTime || e.Timestamp.IsZero() {
				panic(e.TimestampType)
			}
			if (e.Value == nil) != (string(e.Key) == "0") {
				panic("null and empty are not kept apart")
			}
			got, bytes, last = got+1, bytes+len(e.Value), e
			_, err := c.StoreMessage(e)
			check(err)
		case kafka.PartitionEOF:
			ends++
		case kafka.OffsetsCommitted:
			check(e.Error)
		case kafka.Error:
			check(e)
		default:
			panic(fmt.Sprintf("%T", e))
		}
	}
	committed, err := c.Commit()
	check(err)
	_, err = c.CommitMessage(last)
	check(err)
	fmt.Println("consumed", got, bytes, "ends", ends, "commits", len(committed), "last", last.TopicPartition.Offset)

	at, err := c.Committed([]kafka.TopicPartition{tp(topic, 0, 0), tp(topic, 1, 0)}, 5000)
	check(err)
	fmt.Println("committed", at[0].Offset, at[1].Offset)
	low, high, err := c.GetWatermarkOffsets(topic, 0)
	fmt.Println("watermarks", low, high, err)
	check(c.Pause(at))
	check(c.Resume(at))
	check(c.Seek(tp(topic, 0, 3), 5000))
	m := next(c)
	fmt.Println("after seek", m.TopicPartition.Partition, m.TopicPartition.Offset, string(m.Key))

	_, err = c.ReadMessage(0)
	for ; err != nil && err.(kafka.Error).Code() != kafka.ErrTimedOut; _, err = c.ReadMessage(0) {
	}
	check(c.Close())
	fmt.Println("rebalanced", strings.Join(rebalanced, ", "), "closed", c.Close())
}

// next returns the next message, past what else ReadMessage returns.
func next(c *kafka.Consumer) *kafka.Message {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if m, err := c.ReadMessage(time.Second); err == nil {
			return m
		} else if e, ok := err.(kafka.Error); !ok || !e.IsTimeout() {
			check(err)
		}
	}
	panic("no message")
}

// eventChannel takes what a consumer has from its channel.
func eventChannel(base kafka.ConfigMap) {
	c, err := newConsumer(with(base, kafka.ConfigMap{"group.id": "channel", "go.events.channel.enable": true, "statistics.interval.ms": 50}))
	check(err)
	check(c.Assign([]kafka.TopicPartition{tp(topic, 1, kafka.OffsetTail(2))}))
	got, stats := 0, false
	for end := time.After(time.Minute); got < 2 || !stats; {
		select {
		case e := <-c.Events():
			switch e := e.(type) {
			case *kafka.Message:
				got++
			case *kafka.Stats:
				stats = strings.HasPrefix(e.String(), "{")
			case kafka.Error:
				check(e)
			}
		case <-end:
			panic("no event")
		}
	}
	check(c.Close())
	fmt.Println("channel", got, stats)
}
