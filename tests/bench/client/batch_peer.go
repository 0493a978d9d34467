//go:build peer

package main

import "github.com/rdkafka-go/rdkafka/kafka"

// produceBatches is produce: this library has no calls for many messages whose reports say the same.
func produceBatches(topic string, n, size int, conf kafka.ConfigMap) (int64, error) {
	return produce(topic, n, size, conf)
}
