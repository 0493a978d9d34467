package audit

//go:generate mockgen -destination mock.go github.com/confluentinc/confluent-kafka-go/v2/kafka Handle

import ckafka "github.com/confluentinc/confluent-kafka-go/v2/kafka"

const peer = "github.com/confluentinc/confluent-kafka-go/v2/kafka.Error"

func Name(c ckafka.ErrorCode) string { return c.String() }
