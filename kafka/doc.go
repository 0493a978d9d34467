// Package kafka is a client for Apache Kafka on top of librdkafka, in plain Go:
// it holds no C and no unsafe code of its own.
//
// Its names, shapes and behaviour are those of confluent-kafka-go/v2/kafka, so
// that a program written for that package builds and runs with this one after
// a change of the import path alone. What this package adds stands beside those
// names and never changes them.
//
// # Configuration
//
// Every client is made from a [ConfigMap]. Its keys are librdkafka's own (see
// https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md) and a
// few that start with "go.", which set up this package:
//
//	key                               type           default      clients
//	go.batch.producer                 bool           false        producer
//	go.delivery.reports               bool           true         producer
//	go.delivery.report.fields         string         key,value    producer
//	go.events.channel.size            int            1000000      producer
//	go.produce.channel.size           int            1000000      producer
//	go.application.rebalance.enable   bool           false        consumer
//	go.events.channel.enable          bool           false        consumer
//	go.events.channel.size            int            1000         consumer
//	go.logs.channel.enable            bool           false        all
//	go.logs.channel                   chan LogEvent  nil          all
//
// The go.* keys are strict about their types: a bool must be a bool, not the
// string "true". A go.* key that a kind of client does not have is refused like
// any other unknown key.
//
// # Messages and partitions
//
// A [Message] names its place in the log by its [TopicPartition]: topic,
// partition and [Offset]. Key, value and header value keep nil and empty apart:
// nil is Kafka's null, an empty slice is a value of length 0.
//
// # Events
//
// What a client has to say arrives as an [Event]. A type switch tells them
// apart; these are the types:
//
//	*Message                 a consumed message or a delivery report
//	Error                    an error that no call returned
//	PartitionEOF             the end of a partition was reached
//	OffsetsCommitted         the result of an automatic commit
//	AssignedPartitions       partitions came to this consumer
//	RevokedPartitions        partitions were taken from this consumer
//	*Stats                   librdkafka's statistics, as JSON
//	OAuthBearerTokenRefresh  librdkafka wants a new token
//
// # Errors
//
// Errors from Kafka and from librdkafka are values of type [Error], never
// pointers, and compare with ==. They hold an [ErrorCode] and up to three flags:
// fatal, retriable and "abort the transaction". The codes are errors themselves,
// so the standard library's helpers work on both:
//
//	if errors.Is(err, kafka.ErrQueueFull) { ... }
//
//	var re kafka.RetriableError
//	if errors.As(err, &re) { ... }
//
// Besides [RetriableError] there are [FatalError], [AbortableError] and
// [TimeoutError]. Errors of a context are returned as they are, or wrapped so
// that errors.Is finds them.
//
// # Concurrency
//
// The value types of this package (ConfigMap, Message, TopicPartition, Header,
// Error and their like) have no locks: any number of goroutines may read one,
// and writing needs the care that any Go value needs.
package kafka
