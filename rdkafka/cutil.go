//go:build cgo

package rdkafka

// #include "shim.h"
import "C"

import (
	"math"
	"strings"
	"time"
	"unsafe"
)

// cString copies s into C memory and returns it with the function that frees it.
func cString(s string) (*C.char, func()) {
	p := C.CString(s)
	return p, func() { C.free(unsafe.Pointer(p)) }
}

// hasZero says whether s has a zero byte, where C would see its end.
func hasZero(s string) bool { return strings.IndexByte(s, 0) >= 0 }

// errBuf is room for librdkafka's error texts.
const errBufSize = 512

// millis converts a timeout to librdkafka's milliseconds: negative is for ever
// (-1), fractions round up so that a short wait is not a busy loop, and what
// exceeds an int32 is for ever too.
func millis(d time.Duration) C.int {
	if d < 0 || d > math.MaxInt32*time.Millisecond {
		return -1
	}
	return C.int((d + time.Millisecond - 1) / time.Millisecond)
}
