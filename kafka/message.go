package kafka

import (
	"fmt"
	"time"
)

// TimestampType says where the timestamp of a message comes from.
//
// Concurrency: a plain number.
type TimestampType int

// The kinds of timestamps.
const (
	// TimestampNotAvailable means that the message has no timestamp.
	TimestampNotAvailable TimestampType = 0
	// TimestampCreateTime is the time at which the producer made the message.
	TimestampCreateTime TimestampType = 1
	// TimestampLogAppendTime is the time at which the broker stored the message.
	TimestampLogAppendTime TimestampType = 2
)

// String returns "CreateTime" or "LogAppendTime", and "NotAvailable" for every
// other value.
func (t TimestampType) String() string {
	switch t {
	case TimestampCreateTime:
		return "CreateTime"
	case TimestampLogAppendTime:
		return "LogAppendTime"
	default:
		return "NotAvailable"
	}
}

// Message is a message to produce, a consumed message, or the report on the
// delivery of a produced one.
//
// Concurrency: a plain value; see the package overview. A message handed to a
// producer may be used again as soon as the call has returned.
type Message struct {
	// TopicPartition is where the message goes or comes from. In a delivery
	// report or an event its Error tells what went wrong.
	TopicPartition TopicPartition
	// Value is the content; nil is Kafka's null and differs from an empty value.
	Value []byte
	// Key chooses the partition; nil is Kafka's null and differs from an empty key.
	Key []byte
	// Timestamp has a resolution of 1 ms. When producing, the zero time means now.
	Timestamp time.Time
	// TimestampType says what Timestamp is; it is ignored when producing.
	TimestampType TimestampType
	// Opaque is any value; the delivery report of the message carries it.
	Opaque interface{}
	// Headers are the headers in order, nil when there are none.
	Headers []Header
	// LeaderEpoch is the leader epoch at which a consumed message was written,
	// nil when it is not known.
	LeaderEpoch *int32
}

// String returns "topic[partition]@offset". A nil topic gives an empty name, and
// an error is not shown.
func (m *Message) String() string {
	tp := &m.TopicPartition
	return fmt.Sprintf("%s[%d]@%s", deref(tp.Topic), tp.Partition, tp.Offset)
}
