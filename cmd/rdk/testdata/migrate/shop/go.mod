module example.com/shop

go 1.21

// The client for Kafka.
require github.com/confluentinc/confluent-kafka-go/v2 v2.15.1 // Kafka

require golang.org/x/sys v0.47.0 // indirect
