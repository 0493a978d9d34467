package audit_test

import (
	"testing"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"

	"example.com/shop/internal/audit"
)

func TestName(t *testing.T) {
	if audit.Name(kafka.ErrNoError) == "" {
		t.Fail()
	}
}
