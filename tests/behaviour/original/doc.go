// Package original names the confluent-kafka-go whose behaviour is the measure. It is a module of its own because
// confluent-kafka-go links another librdkafka into its programs. The checks are ../checks, whose source the test lays
// over this module's folder "checks" with the import exchanged.
package original

import (
	// Keeps the requirement in go.mod.
	_ "github.com/confluentinc/confluent-kafka-go/v2/kafka"
)
