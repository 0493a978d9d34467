package kafka

import (
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// deliveriesCapacity is the size of the Deliveries channel, in slices of up to
// 256 reports.
const deliveriesCapacity = 16

// Delivery is the fate of one produced message, see [Producer.Deliveries]. It
// does not repeat the message: set Opaque to recognise it.
type Delivery struct {
	// Topic and Partition are where the message went; Partition is PartitionAny
	// when none was chosen before it failed.
	Topic     string
	Partition int32
	// Status says whether the message is in the log.
	Status MessageStatus
	// Offset is the message's offset; OffsetInvalid when it failed, or when acks
	// is 0.
	Offset Offset
	// Error is nil for a delivered message, else an Error.
	Error error
	// Opaque is that of the message.
	Opaque any
	// Latency is the time from the produce call to the answer.
	Latency time.Duration
	// BrokerID is the broker that answered; -1 when none did.
	BrokerID int32
}

// MessageStatus says whether a produced message is in the log.
type MessageStatus int32

const (
	// NotPersisted means that the message was not sent, or refused: it is not in
	// the log and can be produced again.
	NotPersisted MessageStatus = 0
	// PossiblyPersisted means that the message was sent and no answer came: it may
	// be in the log.
	PossiblyPersisted MessageStatus = 1
	// Persisted means that the broker has confirmed the message.
	Persisted MessageStatus = 2
)

// String returns the status in words.
func (s MessageStatus) String() string {
	switch s {
	case NotPersisted:
		return "not persisted"
	case PossiblyPersisted:
		return "possibly persisted"
	case Persisted:
		return "persisted"
	default:
		return "unknown"
	}
}

func newDelivery(r *rdkafka.Report, s *slot) Delivery {
	d := Delivery{
		Topic: s.topic.name, Partition: r.Partition, Status: MessageStatus(r.Status), Offset: Offset(r.Offset),
		Opaque: s.opaque, Latency: time.Duration(r.LatencyMicros) * time.Microsecond, BrokerID: r.BrokerID,
	}
	if r.Err != 0 {
		d.Error = newError(ErrorCode(r.Err))
	}
	return d
}
