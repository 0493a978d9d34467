package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// brokers stands for a cluster's address.
func brokers() (address string, end func()) {
	mock, err := kafka.NewMockCluster(1)
	if err != nil {
		log.Fatal(err)
	}
	return mock.BootstrapServers(), mock.Close
}

func ExampleProducer() {
	address, end := brokers()
	defer end()

	p, err := kafka.NewProducer(&kafka.ConfigMap{"bootstrap.servers": address})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
	topic := "greetings"
	to := kafka.TopicPartition{Topic: &topic, Partition: kafka.PartitionAny}
	err = p.Produce(&kafka.Message{TopicPartition: to, Value: []byte("hello")}, nil)
	if err != nil {
		log.Fatal(err)
	}
	report := (<-p.Events()).(*kafka.Message)
	fmt.Println(*report.TopicPartition.Topic, string(report.Value), report.TopicPartition.Error)
	// Output: greetings hello <nil>
}

func ExampleConsumer() {
	address, end := brokers()
	defer end()
	send(address, "greetings", "hello", "world")

	c, err := kafka.NewConsumer(&kafka.ConfigMap{
		"bootstrap.servers": address, "group.id": "readers", "auto.offset.reset": "earliest",
	})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	if err := c.Subscribe("greetings", nil); err != nil {
		log.Fatal(err)
	}
	for range 2 {
		m, err := c.ReadMessage(20 * time.Second)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(m.Value))
	}
	// Output:
	// hello
	// world
}

// Many messages at a time, with room waited for and reports in slices: the
// cheapest way.
func ExampleProducer_ProduceBatch() {
	address, end := brokers()
	defer end()

	p, err := kafka.NewProducer(&kafka.ConfigMap{"bootstrap.servers": address})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
	deliveries := p.Deliveries()

	topic := "numbers"
	msgs := make([]kafka.Message, 1000)
	for i := range msgs {
		msgs[i].TopicPartition = kafka.TopicPartition{Topic: &topic, Partition: kafka.PartitionAny}
		msgs[i].Value = fmt.Append(nil, i)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if n, err := p.ProduceBatch(ctx, msgs); err != nil {
		log.Fatalf("after %d messages: %v", n, err)
	}
	delivered := 0
	for delivered < len(msgs) {
		for _, d := range <-deliveries {
			if d.Error != nil {
				log.Fatal(d.Error)
			}
			delivered++
		}
	}
	fmt.Println(delivered, "delivered")
	// Output: 1000 delivered
}

// Errors match by code and by class.
func ExampleError() {
	_, err := kafka.NewProducer(&kafka.ConfigMap{"linger.ms": "soon"})
	fmt.Println(errors.Is(err, kafka.ErrInvalidArg))
	var retriable kafka.RetriableError
	fmt.Println(errors.As(err, &retriable))
	// Output:
	// true
	// false
}

// send produces values to the first partition of a topic.
func send(address, topic string, values ...string) {
	p, err := kafka.NewProducer(&kafka.ConfigMap{"bootstrap.servers": address})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
	for _, v := range values {
		to := kafka.TopicPartition{Topic: &topic, Partition: 0}
		if err := p.Produce(&kafka.Message{TopicPartition: to, Value: []byte(v)}, nil); err != nil {
			log.Fatal(err)
		}
	}
	if err := p.FlushContext(context.Background()); err != nil {
		log.Fatal(err)
	}
}
