// Package peer names the confluent-kafka-go that the measurements compare with. It is a module of its own because
// confluent-kafka-go links another librdkafka into its programs. The program that is measured is ../client, whose
// source the runner lays over this module's folder "client" with the import exchanged.
package peer

import (
	// Keeps the requirement in go.mod.
	_ "github.com/confluentinc/confluent-kafka-go/v2/kafka"
)
