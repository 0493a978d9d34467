package main

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"time"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

// Constants are constants: they size arrays, are cases of a switch and make other
// constants.
const (
	partitions = 2
	newest     = kafka.OffsetEnd
	anyOffset  = -int64(kafka.PartitionAny)
)

var table [anyOffset + int64(kafka.TimestampCreateTime)]string

// Functions are functions, and their types are what they were.
var (
	newConsumer func(*kafka.ConfigMap) (*kafka.Consumer, error) = kafka.NewConsumer
	newProducer func(*kafka.ConfigMap) (*kafka.Producer, error) = kafka.NewProducer
	toFile      func(*os.File)                                  = kafka.WriteErrorCodes
)

// Methods can be named without a value, too.
var poll func(*kafka.Consumer, int) kafka.Event = (*kafka.Consumer).Poll

// reader is what this program wants of a consumer: tests of its own may give it
// another.
type reader interface {
	SubscribeTopics(topics []string, cb kafka.RebalanceCb) error
	ReadMessage(timeout time.Duration) (*kafka.Message, error)
	StoreMessage(m *kafka.Message) ([]kafka.TopicPartition, error)
	Close() error
}

var (
	_ reader         = (*kafka.Consumer)(nil)
	_ kafka.Handle   = (*kafka.Producer)(nil)
	_ kafka.Handle   = (*kafka.Consumer)(nil)
	_ kafka.Event    = (*kafka.Message)(nil)
	_ kafka.Event    = kafka.Error{}
	_ error          = kafka.Error{}
	_ sort.Interface = kafka.TopicPartitions(nil)
	_ fmt.Stringer   = kafka.ErrNoError
)

// audited adds a method to a producer, and replaces one.
type audited struct {
	*kafka.Producer
	sent map[kafka.TopicPartition]int
}

func (a *audited) Produce(m *kafka.Message, reports chan kafka.Event) error {
	a.sent[kafka.TopicPartition{Partition: m.TopicPartition.Partition}]++
	return a.Producer.Produce(m, reports)
}

// level is a Stringer, which a ConfigMap takes as a value.
type level struct{ name string }

func (l level) String() string { return l.name }

func name(code kafka.ErrorCode) string {
	switch code {
	case kafka.ErrNoError:
		return "none"
	case kafka.ErrTimedOut, kafka.ErrMsgTimedOut:
		return "too late"
	case kafka.ErrUnknownTopicOrPart, kafka.ErrUnknownTopic:
		return "unknown"
	}
	return code.String()
}

func shapes() {
	fmt.Println("constants", partitions, newest, len(table), kafka.OffsetTail(5), kafka.AlterConfigOpTypeAppend)
	fmt.Println("codes", name(kafka.ErrNoError), name(kafka.ErrMsgTimedOut), name(kafka.ErrQueueFull))
	fmt.Println("functions", newConsumer != nil, newProducer != nil, toFile != nil)

	offset, err := kafka.NewOffset("earliest")
	check(err)
	fmt.Println("offset", offset, offset == kafka.OffsetBeginning)

	list := kafka.TopicPartitions{tp("b", 1, 5), tp("a", 2, newest), tp("b", 0, kafka.OffsetInvalid)}
	sort.Sort(list)
	fmt.Println("sorted", list)
	headers := []kafka.Header{{Key: "trace", Value: []byte("1")}, {Key: "none"}}
	fmt.Println("headers", headers)

	conf := kafka.ConfigMap{"log_level": level{"3"}}
	check(conf.Set("client.id=orders=1"))
	v, err := conf.Get("client.id", nil)
	check(err)
	_, err = conf.Get("client.id", 5)
	fmt.Println("config", v, err)

	sasl, err := kafka.ScramMechanismFromString("SCRAM-SHA-256")
	check(err)
	fmt.Println("enum", sasl, kafka.ConsumerGroupTypeFromString("consumer"))
}

func tp(topic string, partition int32, offset kafka.Offset) kafka.TopicPartition {
	return kafka.TopicPartition{Topic: &topic, Partition: partition, Offset: offset}
}

// errorValues treats errors as values, which can be compared and asserted.
func errorValues(base kafka.ConfigMap) {
	_, err := newProducer(&kafka.ConfigMap{"no.such.property": true})
	ke, ok := err.(kafka.Error)
	fmt.Println("refused", ok, ke.Code() == kafka.ErrInvalidArg, ke)

	made := kafka.NewError(kafka.ErrQueueFull, "", false)
	fmt.Println("made", made, made == kafka.NewError(kafka.ErrQueueFull, "", false), error(made) != error(ke), made.IsFatal(), made.IsRetriable())

	var found kafka.Error
	fmt.Println("wrapped", errors.As(fmt.Errorf("sending: %w", made), &found), found.Code() == kafka.ErrQueueFull)

	p, err := newProducer(with(base, nil))
	check(err)
	p.Close()
	closed := p.Produce(&kafka.Message{TopicPartition: tp(topic, 0, 0)}, nil)
	fmt.Println("closed", closed, p.IsClosed(), closed == p.BeginTransaction(), closed.(kafka.Error).Code() == kafka.ErrState)
}
