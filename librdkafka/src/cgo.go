//go:build cgo && !dynamic

// Package src compiles librdkafka from its C source.
package src

// #cgo CFLAGS: -O2 -w -D_GNU_SOURCE -I${SRCDIR} -I${SRCDIR}/nanopb
// #cgo linux LDFLAGS: -lssl -lcrypto -lzstd -lz -lm -ldl -lpthread -lrt
import "C"

import (
	_ "github.com/rdkafka-go/rdkafka/librdkafka/src/nanopb"
	_ "github.com/rdkafka-go/rdkafka/librdkafka/src/opentelemetry"
)
