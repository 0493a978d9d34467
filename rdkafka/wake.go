//go:build cgo

package rdkafka

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// Wait parks the calling goroutine until a queue or stash wrote, or until
// deadline (zero: none), which gives an error that matches
// os.ErrDeadlineExceeded. After Close it returns an error that matches
// os.ErrClosed. One goroutine at a time.
func (w *Wake) Wait(deadline time.Time) error {
	if err := w.f.SetReadDeadline(deadline); err != nil {
		if errors.Is(err, os.ErrNoDeadline) {
			return err // not a descriptor that can be polled
		}
		return os.ErrClosed // what os says here matches no exported error
	}
	var buf [64]byte // one counter of an eventfd, or several bytes of a pipe
	_, err := w.f.Read(buf[:])
	return err
}

// Notify wakes the waiting goroutine. It must not race with Close.
func (w *Wake) Notify() {
	// Full means that a wake-up is already pending.
	_, _ = syscall.Write(w.writeFD, wakePayload[:])
}
