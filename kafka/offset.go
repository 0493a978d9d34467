package kafka

import "strconv"

// Offset is the position of a message in a partition: 0 or more, or one of the
// logical offsets OffsetBeginning, OffsetEnd, OffsetStored, OffsetInvalid and
// those that [OffsetTail] makes.
//
// Concurrency: an Offset is a plain number.
type Offset int64

// The logical offsets.
const (
	// OffsetBeginning stands for the oldest message of the partition.
	OffsetBeginning Offset = -2
	// OffsetEnd stands for the end of the partition: the next message produced.
	OffsetEnd Offset = -1
	// OffsetInvalid means that no offset is known or set.
	OffsetInvalid Offset = -1001
	// OffsetStored stands for the offset committed by the consumer group, or
	// auto.offset.reset's choice where there is none.
	OffsetStored Offset = -1000
)

// offsetTailBase is librdkafka's RD_KAFKA_OFFSET_TAIL_BASE.
const offsetTailBase Offset = -2000

// OffsetTail returns the logical offset of the place relativeOffset messages
// before the end of the partition. relativeOffset is 0 or more.
func OffsetTail(relativeOffset Offset) Offset {
	return offsetTailBase - relativeOffset
}

// NewOffset makes an Offset of a string, an int, an int64 or an Offset.
//
// A string is a number in base 10 or one of "beginning", "earliest", "end",
// "latest", "unset", "invalid", "stored", in lower case. A string that is none of
// them gives the error of package strconv; a value of another type gives
// OffsetInvalid and an Error with code ErrInvalidArg.
func NewOffset(offset interface{}) (Offset, error) {
	switch v := offset.(type) {
	case string:
		return offsetOfString(v)
	case int:
		return Offset(v), nil
	case int64:
		return Offset(v), nil
	case Offset:
		return v, nil
	default:
		// The verb is the one confluent-kafka-go uses, so that the text is its
		// text ("%!t(float64=1.5)"): it shows the type and the value.
		return OffsetInvalid, newErrorf(ErrInvalidArg, "Invalid offset type: %t", v)
	}
}

func offsetOfString(s string) (Offset, error) {
	switch s {
	case "beginning", "earliest":
		return OffsetBeginning, nil
	case "end", "latest":
		return OffsetEnd, nil
	case "unset", "invalid":
		return OffsetInvalid, nil
	case "stored":
		return OffsetStored, nil
	}
	n, err := strconv.Atoi(s)
	return Offset(n), err
}

// Set gives o the value that [NewOffset] makes of offset. On an error o keeps
// the value it had.
func (o *Offset) Set(offset interface{}) error {
	n, err := NewOffset(offset)
	if err == nil {
		*o = n
	}
	return err
}

// String returns "beginning", "end", "unset" or "stored" for the logical
// offsets, and the number for every other.
func (o Offset) String() string {
	switch o {
	case OffsetBeginning:
		return "beginning"
	case OffsetEnd:
		return "end"
	case OffsetInvalid:
		return "unset"
	case OffsetStored:
		return "stored"
	default:
		return strconv.FormatInt(int64(o), 10)
	}
}
