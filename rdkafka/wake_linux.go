//go:build cgo && linux

package rdkafka

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Wake is a descriptor that librdkafka's threads write to and one goroutine
// waits on through Go's network poller, so that no OS thread blocks.
type Wake struct {
	f       *os.File
	writeFD int
	users   wakeUsers
}

// NewWake returns a Wake whose descriptor children do not inherit.
// Ownership: Close it after every queue and stash that writes to it was told to
// stop: C keeps the descriptor's number.
func NewWake() (*Wake, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("rdkafka: no eventfd for the wake-ups (raise the limit of open files?): %w", err)
	}
	countNew("wake")
	return &Wake{f: os.NewFile(uintptr(fd), "rdkafka-wake"), writeFD: fd}, nil
}

// Close ends a Wait and frees the descriptor.
func (w *Wake) Close() {
	if w == nil {
		return
	}
	w.users.checkNone()
	if w.f.Close() != nil { // it is closed
		return
	}
	countDestroy("wake")
}
