//go:build !peer

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// batchSize is how many messages a program that has many at hand gives at once.
const batchSize = 500

// produceBatches is produce with the calls for many messages: ProduceBatch and Deliveries.
func produceBatches(topic string, n, size int, conf kafka.ConfigMap) (int64, error) {
	p, err := kafka.NewProducer(&conf)
	if err != nil {
		return 0, err
	}
	defer p.Close()
	deliveries := p.Deliveries()
	done := make(chan error, 1)
	go func() { done <- countDeliveries(deliveries, n) }()

	value := make([]byte, size)
	for i := range value {
		value[i] = 'x'
	}
	msgs := make([]kafka.Message, batchSize)
	for i := range msgs {
		msgs[i] = kafka.Message{
			TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: kafka.PartitionAny}, Value: value,
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var bytes int64
	for i := 0; i < n; i += batchSize {
		batch := msgs[:min(batchSize, n-i)]
		if _, err := p.ProduceBatch(ctx, batch); err != nil {
			return 0, fmt.Errorf("produce: %w", err)
		}
		bytes += int64(len(batch)) * int64(size)
	}
	return bytes, <-done
}

// countDeliveries reads n delivery reports.
func countDeliveries(deliveries <-chan []kafka.Delivery, n int) error {
	timer := time.NewTimer(stall)
	defer timer.Stop()
	for i, seen := 0, 0; i < n; {
		select {
		case batch := <-deliveries:
			for j := range batch {
				if err := batch[j].Error; err != nil {
					return fmt.Errorf("delivery: %w", err)
				}
			}
			i += len(batch)
		case <-timer.C:
			if i == seen {
				return fmt.Errorf("only %d of %d messages were reported, none within %v", i, n, stall)
			}
			seen = i
			timer.Reset(stall)
		}
	}
	return nil
}
