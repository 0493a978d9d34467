//go:build cgo

package rdkafka

// #include "shim.h"
import "C"

// UnitTest runs the unit tests that are a part of librdkafka and returns how many
// of them failed. They print to stderr, set librdkafka's global variables, may
// abort, and read the environment (RD_UT_TEST names those to run), so that they
// belong into a process of their own.
//
// Implements:
//
//	int rd_kafka_unittest(void)
func UnitTest() int { return int(C.rd_kafka_unittest()) }
