package kafka

import "github.com/rdkafka-go/rdkafka/rdkafka"

// toRDList converts a list for C. A partition without a topic is refused.
func toRDList(parts []TopicPartition) ([]rdkafka.TopicPartition, error) {
	if parts == nil {
		return nil, nil
	}
	out := make([]rdkafka.TopicPartition, len(parts))
	for i := range parts {
		tp := &parts[i]
		if tp.Topic == nil {
			return nil, newErrorf(ErrInvalidArg, "partition %d of the list (index %d) has no topic: set Topic", tp.Partition, i)
		}
		out[i] = rdkafka.TopicPartition{
			Topic: *tp.Topic, Partition: tp.Partition, Offset: int64(tp.Offset), LeaderEpoch: -1, Metadata: tp.Metadata,
		}
		if tp.LeaderEpoch != nil {
			out[i].LeaderEpoch = *tp.LeaderEpoch
		}
	}
	return out, nil
}

// fromRDList converts a list of C; it is never nil.
func fromRDList(parts []rdkafka.TopicPartition) []TopicPartition {
	out := make([]TopicPartition, len(parts))
	for i := range parts {
		out[i] = fromRDPartition(&parts[i])
	}
	return out
}

func fromRDPartition(p *rdkafka.TopicPartition) TopicPartition {
	topic := p.Topic
	tp := TopicPartition{Topic: &topic, Partition: p.Partition, Offset: Offset(p.Offset), Metadata: p.Metadata}
	if p.Err != 0 {
		tp.Error = newError(ErrorCode(p.Err))
	}
	if p.LeaderEpoch >= 0 {
		epoch := p.LeaderEpoch
		tp.LeaderEpoch = &epoch
	}
	return tp
}

// toError makes an Error of any error, for events.
func toError(err error) Error {
	if e, ok := err.(Error); ok { //nolint:errorlint // wrapped ones become texts on purpose
		return e
	}
	return newErrorf(ErrFail, "%v", err)
}
