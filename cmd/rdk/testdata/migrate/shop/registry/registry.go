package registry

import (
	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry"
)

var _ = []any{kafka.OffsetEnd, schemaregistry.NewConfig}
