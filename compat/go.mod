// This module stands in for confluent-kafka-go: a program that requires it takes
// this one in its place by two lines in its own go.mod, where CLONE is the folder
// of a clone in which make librdkafka was run:
//
//	replace github.com/confluentinc/confluent-kafka-go/v2 => CLONE/compat
//	replace github.com/rdkafka-go/rdkafka => CLONE
module github.com/confluentinc/confluent-kafka-go/v2

go 1.25.0

require github.com/rdkafka-go/rdkafka v0.0.0

require golang.org/x/sys v0.47.0 // indirect

// The replace lines of a module count only where it is the main one: for building
// it by itself.
replace github.com/rdkafka-go/rdkafka => ../
