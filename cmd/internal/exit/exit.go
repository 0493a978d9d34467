// Package exit holds the errors that decide the exit status of rdk.
package exit

import (
	"errors"
	"fmt"
)

// The exit statuses of rdk.
const (
	OK          = 0
	Failure     = 1
	BadUsage    = 2
	Interrupted = 130 // what shells show for a program that Ctrl-C ended
)

// ErrInterrupted is returned by a command that Ctrl-C or SIGTERM ended.
var ErrInterrupted = errors.New("interrupted")

// usageError is an error in what the user typed.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }

func (e usageError) Unwrap() error { return e.err }

// Usagef makes an error for what the user typed: rdk ends with BadUsage.
func Usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// Status returns the exit status for what a command returned.
func Status(err error) int {
	var usage usageError
	switch {
	case err == nil:
		return OK
	case errors.Is(err, ErrInterrupted):
		return Interrupted
	case errors.As(err, &usage):
		return BadUsage
	default:
		return Failure
	}
}
