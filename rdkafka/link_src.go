//go:build cgo && !dynamic

package rdkafka

// The blank import compiles librdkafka from source into the program.

// #cgo CFLAGS: -I${SRCDIR}/../librdkafka/src
import "C"

import _ "github.com/rdkafka-go/rdkafka/librdkafka/src"
