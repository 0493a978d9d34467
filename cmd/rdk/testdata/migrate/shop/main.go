// Command shop is a program written for the test of rdk migrate.
package main

import (
	"fmt"
	"os"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"

	"example.com/shop/internal/audit"
)

func main() {
	m, err := kafka.NewMockCluster(1)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer m.Close()
	conf := &kafka.ConfigMap{
		"bootstrap.servers":           m.BootstrapServers(),
		"go.delivery.reports":         true,
		"internal.termination.signal": 10,
	}
	if len(os.Args) == 1 {
		delete(*conf, "internal.termination.signal")
	}
	p, err := kafka.NewProducer(conf)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer p.Close()
	fmt.Println(audit.Name(kafka.ErrQueueFull), kafka.LibrdkafkaLinkInfo)
}
