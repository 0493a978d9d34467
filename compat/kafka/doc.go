// Package kafka is github.com/rdkafka-go/rdkafka/kafka under the import path of
// confluent-kafka-go: every type here is an alias, every constant equal, and every
// function calls the one of the same name.
//
// All names of that package are here, those that confluent-kafka-go does not have
// included. So a program can move in two steps: first to this module by a replace
// line, with no change of its source, and file by file to what is new; then to the
// other import path, as "rdk migrate" does it. Values of both paths mix freely, as
// their types are the same.
//
// The documentation is that of the real package:
// https://pkg.go.dev/github.com/rdkafka-go/rdkafka/kafka.
package kafka
