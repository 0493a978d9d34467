// Command orders is a program written for confluent-kafka-go. The tests build it as
// it is against that and against what takes its place, and compare what it prints.
package main

import (
	"fmt"
	"os"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

const topic = "orders"

func main() {
	cluster, err := kafka.NewMockCluster(1)
	check(err)
	defer cluster.Close()
	check(cluster.CreateTopic(topic, partitions, 1))
	base := kafka.ConfigMap{"bootstrap.servers": cluster.BootstrapServers()}

	shapes()
	errorValues(base)
	produce(base)
	consume(base)
	eventChannel(base)
	administer(base)
	transact(base)
}

func check(err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%T: %v\n", err, err)
		os.Exit(1)
	}
}

// with returns base with more properties.
func with(base, more kafka.ConfigMap) *kafka.ConfigMap {
	conf := kafka.ConfigMap{}
	for k, v := range base {
		conf[k] = v
	}
	for k, v := range more {
		check(conf.SetKey(k, v))
	}
	return &conf
}
