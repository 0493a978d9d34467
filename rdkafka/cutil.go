//go:build cgo

package rdkafka

// #include "shim.h"
import "C"

import (
	"time"
	"unsafe"
)

// cString copies s into C memory and returns it with the function that frees it.
func cString(s string) (*C.char, func()) {
	p := C.CString(s)
	return p, func() { C.free(unsafe.Pointer(p)) }
}

// errBuf is room for librdkafka's error texts.
const errBufSize = 512

// millis converts a timeout to librdkafka's milliseconds: negative is for ever
// (-1), fractions round up so that a short wait is not a busy loop, and what
// exceeds an int32 is for ever too.
func millis(d time.Duration) C.int {
	if d < 0 {
		return -1
	}
	ms := (d + time.Millisecond - 1) / time.Millisecond
	if ms > 1<<31-1 {
		return -1
	}
	return C.int(ms)
}
