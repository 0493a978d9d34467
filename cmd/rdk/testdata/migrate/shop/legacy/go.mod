module example.com/shop/legacy

go 1.25.0

require (
	github.com/confluentinc/confluent-kafka-go v1.9.2
	golang.org/x/sys v0.47.0 // indirect
)

replace github.com/confluentinc/confluent-kafka-go => ../fork
