//go:build cgo

package rdkafka

// #include "shim.h"
import "C"

import "strings"

// Version returns the linked librdkafka's version as a number (0xMMmmrrpp) and
// as text.
//
// Implements:
//
//	int rd_kafka_version(void)
//	const char *rd_kafka_version_str(void)
func Version() (int, string) {
	return int(C.rd_kafka_version()), C.GoString(C.rd_kafka_version_str())
}

// DebugContexts lists the values that the property debug takes.
//
// Implements:
//
//	const char *rd_kafka_get_debug_contexts(void)
func DebugContexts() []string {
	return strings.Split(C.GoString(C.rd_kafka_get_debug_contexts()), ",")
}

// ThreadCount returns how many threads librdkafka runs in this process, over
// all clients.
//
// Implements:
//
//	int rd_kafka_thread_cnt(void)
func ThreadCount() int { return int(C.rd_kafka_thread_cnt()) }
