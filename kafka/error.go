package kafka

import (
	"context"
	"fmt"
)

// Error is an error reported by librdkafka, by a broker or by this package.
//
// It is a value and comparable: two errors are == when code, text and flags are
// the same. errors.Is matches an Error against an [ErrorCode], and errors.As
// finds [ErrorCode], [FatalError], [RetriableError], [AbortableError] and
// [TimeoutError] in it.
//
// The zero Error means success: results that carry an Error by value hold it
// when there was none, so compare Code() with ErrNoError there.
//
// Concurrency: an Error never changes and is safe for concurrent use.
type Error struct {
	code      ErrorCode
	str       string
	fatal     bool
	retriable bool
	abort     bool
	canceled  bool // the caller's context was cancelled
}

// NewError makes an Error with the given code. str is the text; when it is empty
// the text is that of the code. fatal marks an error after which the client
// cannot go on.
func NewError(code ErrorCode, str string, fatal bool) Error {
	return Error{code: code, str: str, fatal: fatal}
}

// newError makes an Error whose text is that of its code.
func newError(code ErrorCode) Error {
	return Error{code: code}
}

// newErrorf makes an Error with a text of its own.
func newErrorf(code ErrorCode, format string, args ...any) Error {
	return Error{code: code, str: fmt.Sprintf(format, args...)}
}

// newErrorFull makes an Error from all that librdkafka's error object says.
func newErrorFull(code int, str string, fatal, retriable, abort bool) Error {
	return Error{code: ErrorCode(code), str: str, fatal: fatal, retriable: retriable, abort: abort}
}

// errClosedClient is what every method of a closed client returns. Programs
// compare it with ==, so its text must not vary.
func errClosedClient() Error {
	return Error{code: ErrState, str: "Operation not allowed on closed client"}
}

// Error returns the text of the error: the one given by librdkafka or the
// broker, or else the text of the code. A fatal error's text starts with
// "Fatal error: ".
func (e Error) Error() string {
	return e.String()
}

// String returns the same as [Error.Error].
func (e Error) String() string {
	s := e.str
	if s == "" {
		s = e.code.String()
	}
	if e.fatal {
		return "Fatal error: " + s
	}
	return s
}

// Code returns the code of the error, ErrNoError for the zero Error.
func (e Error) Code() ErrorCode {
	return e.code
}

// IsFatal says whether the client cannot go on after this error and has to be
// closed and made anew.
func (e Error) IsFatal() bool {
	return e.fatal
}

// IsRetriable says whether the operation that failed may be tried again as it
// is. Only the transactional calls of a producer set it.
func (e Error) IsRetriable() bool {
	return e.retriable
}

// IsTimeout says whether a time limit was reached: the code is ErrTimedOut,
// ErrTimedOutQueue or ErrMsgTimedOut. A broker's own ErrRequestTimedOut is none.
func (e Error) IsTimeout() bool {
	return e.code == ErrTimedOut || e.code == ErrTimedOutQueue || e.code == ErrMsgTimedOut
}

// TxnRequiresAbort says whether the current transaction has to be ended with
// AbortTransaction before a new one can begin. Only the transactional calls of a
// producer set it.
func (e Error) TxnRequiresAbort() bool {
	return e.abort
}

// Is lets errors.Is match an Error by its code, as in
// errors.Is(err, kafka.ErrQueueFull), and that of a transactional call whose
// context was cancelled against context.Canceled. Against another Error the two
// must be equal, text and flags included.
func (e Error) Is(target error) bool {
	if e.canceled && target == context.Canceled {
		return true
	}
	code, ok := target.(ErrorCode)
	return ok && code == e.code
}

// As lets errors.As find the code of an Error and the classes it belongs to:
// [ErrorCode], [FatalError], [RetriableError], [AbortableError], [TimeoutError],
// each as a value or as a pointer.
func (e Error) As(target any) bool {
	return setTarget(target, e.code) ||
		e.fatal && setTarget(target, FatalError{Err: e}) ||
		e.retriable && setTarget(target, RetriableError{Err: e}) ||
		e.abort && setTarget(target, AbortableError{Err: e}) ||
		e.IsTimeout() && setTarget(target, TimeoutError{Err: e})
}
