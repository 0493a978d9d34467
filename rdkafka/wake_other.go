//go:build cgo && !linux

package rdkafka

import (
	"fmt"
	"os"
	"syscall"
)

// Wake is a descriptor that librdkafka's threads write to and one goroutine
// waits on through Go's network poller, so that no OS thread blocks.
type Wake struct {
	f       *os.File
	writeFD int
	w       *os.File
	users   wakeUsers
}

// NewWake returns a Wake whose descriptors children do not inherit.
// Ownership: Close it after every queue and stash that writes to it was told to
// stop: C keeps the descriptor's number.
func NewWake() (*Wake, error) {
	r, w, err := os.Pipe() // close-on-exec
	if err != nil {
		return nil, fmt.Errorf("rdkafka: no pipe for the wake-ups (raise the limit of open files?): %w", err)
	}
	fd := int(w.Fd())
	if err := syscall.SetNonblock(fd, true); err != nil {
		return nil, fmt.Errorf("rdkafka: wake-up pipe: %w", err)
	}
	countNew("wake")
	return &Wake{f: r, writeFD: fd, w: w}, nil
}

// Close ends a Wait and frees the descriptors.
func (w *Wake) Close() {
	if w == nil {
		return
	}
	w.users.checkNone()
	if w.f.Close() != nil { // it is closed
		return
	}
	_ = w.w.Close()
	countDestroy("wake")
}
