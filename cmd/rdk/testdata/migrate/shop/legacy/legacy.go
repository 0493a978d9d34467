package legacy

import (
	"github.com/confluentinc/confluent-kafka-go/kafka"
	v1 "gopkg.in/confluentinc/confluent-kafka-go.v1/kafka"
)

var _ = []any{kafka.OffsetEnd, v1.OffsetEnd}
