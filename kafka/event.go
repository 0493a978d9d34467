package kafka

import "fmt"

// Event is what a client reports without being asked. The package overview
// lists the types; a type switch tells them apart.
type Event interface {
	// String describes the event in one line for people to read.
	String() string
}

// Stats is librdkafka's statistics, emitted every statistics.interval.ms. String
// returns the JSON text that
// https://github.com/confluentinc/librdkafka/blob/master/STATISTICS.md describes.
//
// Concurrency: the value never changes and is safe for concurrent use.
type Stats struct {
	statsJSON string
}

// String returns the statistics as JSON.
func (s Stats) String() string {
	return s.statsJSON
}

// AssignedPartitions says that the group has given partitions to this consumer.
//
// Concurrency: a plain value; see the package overview.
type AssignedPartitions struct {
	// Partitions are the ones assigned; under the cooperative protocol only the
	// new ones.
	Partitions []TopicPartition
}

// String describes the event with the list of partitions.
func (e AssignedPartitions) String() string {
	return fmt.Sprintf("AssignedPartitions: %v", e.Partitions)
}

// RevokedPartitions says that the group takes partitions from this consumer.
//
// Concurrency: a plain value; see the package overview.
type RevokedPartitions struct {
	// Partitions are the ones taken away; under the cooperative protocol the
	// others stay.
	Partitions []TopicPartition
}

// String describes the event with the list of partitions.
func (e RevokedPartitions) String() string {
	return fmt.Sprintf("RevokedPartitions: %v", e.Partitions)
}

// PartitionEOF says that a consumer has reached the end of a partition. It comes
// only with enable.partition.eof=true, once per end reached. The fields are those
// of [TopicPartition], which it converts to; Offset is the end, and Error holds
// an [Error] with code ErrPartitionEOF.
//
// Concurrency: a plain value; see the package overview.
type PartitionEOF TopicPartition

// String returns "EOF at " and the partition as [TopicPartition.String] shows it.
func (p PartitionEOF) String() string {
	return "EOF at " + TopicPartition(p).String()
}

// OffsetsCommitted is the result of an automatic commit of offsets.
//
// Concurrency: a plain value; see the package overview.
type OffsetsCommitted struct {
	// Error is what made the whole commit fail, nil when it did not.
	Error error
	// Offsets are the partitions with the offsets committed, each with an Error
	// of its own.
	Offsets []TopicPartition
}

// String describes the event with the error and the list of partitions.
func (o OffsetsCommitted) String() string {
	return fmt.Sprintf("OffsetsCommitted (%v, %v)", o.Error, o.Offsets)
}

// OAuthBearerTokenRefresh asks the application for a new token: it must call
// SetOAuthBearerToken or SetOAuthBearerTokenFailure on the client that sent it.
//
// Concurrency: the value never changes and is safe for concurrent use.
type OAuthBearerTokenRefresh struct {
	// Config is the value of sasl.oauthbearer.config.
	Config string
}

// String returns the name of the event. The configuration is left out, as it may
// hold secrets.
func (o OAuthBearerTokenRefresh) String() string {
	return "OAuthBearerTokenRefresh"
}

// RebalanceCb is called with an [AssignedPartitions] or a [RevokedPartitions]
// value when the group gives or takes partitions. It runs inside a call of Poll
// or ReadMessage, on the goroutine that made it, inside the goroutine behind
// Events, or while Close waits for it. It may call the consumer's Assign,
// Unassign, IncrementalAssign and IncrementalUnassign; when it calls none of them
// the consumer does so after it has returned or panicked. What else it may call
// stands in docs/reentrancy.md. The error that it returns is ignored.
type RebalanceCb func(*Consumer, Event) error
