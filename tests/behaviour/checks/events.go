package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// eventFacts are about the types of what Poll returns.
func eventFacts() []fact {
	return []fact{
		{
			id: "consumer.event-message", bullet: "consumer 5",
			says: "Poll gives a message as a pointer.",
			want: "*kafka.Message consumer-event-message[0]@0",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(nil)
				must(c.Assign([]kafka.TopicPartition{e.partition()}))
				m, _ := poll[*kafka.Message](c)
				return fmt.Sprintf("%T %v", m, m.TopicPartition)
			},
		},
		{
			id: "consumer.event-error", bullet: "consumer 5",
			says: "Poll gives an error as a value.",
			want: "kafka.Error -195 or -187: true",
			check: func(e *env) string {
				c := e.consumer(kafka.ConfigMap{"bootstrap.servers": nowhere})
				err, _ := poll[kafka.Error](c)
				return fmt.Sprintf("%T -195 or -187: %t", err, err.Code() == kafka.ErrTransport || err.Code() == kafka.ErrAllBrokersDown)
			},
		},
		{
			id: "consumer.event-eof", bullet: "consumer 5",
			says: "Poll gives the end of a partition as a value.",
			want: "kafka.PartitionEOF",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(kafka.ConfigMap{"enable.partition.eof": true})
				must(c.Assign([]kafka.TopicPartition{e.partition()}))
				eof, _ := poll[kafka.PartitionEOF](c)
				return fmt.Sprintf("%T", eof)
			},
		},
		{
			id: "consumer.event-committed", bullet: "consumer 5",
			says: "Poll gives OffsetsCommitted, a value, for automatic commits.",
			want: "kafka.OffsetsCommitted nil [consumer-event-committed[0]@1]",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(kafka.ConfigMap{"auto.commit.interval.ms": 200})
				must(c.Assign([]kafka.TopicPartition{e.partition()}))
				poll[*kafka.Message](c)
				ev, _ := poll[kafka.OffsetsCommitted](c)
				return fmt.Sprintf("%T %s %v", ev, show(ev.Error), ev.Offsets)
			},
		},
		{
			id: "consumer.event-committed-manual", bullet: "consumer 5",
			says: "A commit of the application gives no event.",
			want: "nil, OffsetsCommitted: false",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(kafka.ConfigMap{"enable.auto.commit": false})
				must(c.Assign([]kafka.TopicPartition{e.partition()}))
				m, _ := poll[*kafka.Message](c)
				_, err := c.CommitMessage(m)
				found := false
				for range 10 {
					if _, ok := c.Poll(50).(kafka.OffsetsCommitted); ok {
						found = true
					}
				}
				return fmt.Sprintf("%s, OffsetsCommitted: %t", show(err), found)
			},
		},
		{
			id: "consumer.event-stats", bullet: "consumer 5",
			says: "Poll gives statistics as a pointer.",
			want: "*kafka.Stats, JSON: true",
			check: func(e *env) string {
				c := e.consumer(kafka.ConfigMap{"statistics.interval.ms": 100})
				st, _ := poll[*kafka.Stats](c)
				return fmt.Sprintf("%T, JSON: %t", st, strings.HasPrefix(st.String(), "{"))
			},
		},
		{
			id: "consumer.event-oauth", bullet: "consumer 5",
			says: "Poll gives the wish for a new token as a value.",
			want: "kafka.OAuthBearerTokenRefresh scope=x",
			check: func(e *env) string {
				c := e.consumer(oauthSettings())
				ev, _ := poll[kafka.OAuthBearerTokenRefresh](c)
				return fmt.Sprintf("%T %s", ev, ev.Config)
			},
		},
		{
			id: "consumer.eof-disabled", bullet: "consumer 6",
			says: "The end of a partition is told only with enable.partition.eof.",
			want: "nil",
			check: func(e *env) string {
				e.produced("x")
				c := e.member(nil)
				must(c.Assign([]kafka.TopicPartition{e.partition()}))
				poll[*kafka.Message](c)
				return show(c.Poll(1000))
			},
		},
		{
			id: "consumer.eof-text", bullet: "consumer 6",
			says: "PartitionEOF has its Error set, and so prints.",
			want: "EOF at consumer-eof-text[0]@2(Broker: No more messages), [-191] Broker: No more messages",
			check: func(e *env) string {
				e.produced("x", "y")
				c := e.member(kafka.ConfigMap{"enable.partition.eof": true})
				must(c.Assign([]kafka.TopicPartition{e.partition()}))
				eof, _ := poll[kafka.PartitionEOF](c)
				return show(eof, eof.Error)
			},
		},
	}
}

// oauthSettings configure SASL with tokens that the application brings.
func oauthSettings() kafka.ConfigMap {
	return kafka.ConfigMap{
		"security.protocol": "SASL_PLAINTEXT", "sasl.mechanisms": "OAUTHBEARER", "sasl.oauthbearer.config": "scope=x",
	}
}

// timed runs f and says what it returned and whether it took between least and most.
func timed(least, most time.Duration, f func() error) string {
	start := time.Now()
	err := f()
	took := time.Since(start)
	return fmt.Sprintf("%s, in time: %t", show(err), took >= least && took <= most)
}
