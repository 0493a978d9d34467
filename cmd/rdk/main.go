// Command rdk produces to and consumes from Apache Kafka, runs a mock cluster,
// and demonstrates the library on a million messages: see rdk help.
package main

import (
	"os"

	"github.com/rdkafka-go/rdkafka/cmd/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
