package kafka

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestError_As_classes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err                               Error
		fatal, retriable, abort, timedOut bool
	}{
		"plain":           {err: newError(ErrQueueFull)},
		"success":         {},
		"fatal":           {err: newErrorFull(int(ErrFenced), "f", true, false, false), fatal: true},
		"retriable":       {err: newErrorFull(int(ErrTransport), "r", false, true, false), retriable: true},
		"abortable":       {err: newErrorFull(int(ErrTransactionAbortable), "a", false, false, true), abort: true},
		"timeout":         {err: newError(ErrTimedOut), timedOut: true},
		"timeout, retry":  {err: newErrorFull(int(ErrTimedOut), "", false, true, false), retriable: true, timedOut: true},
		"all at once":     {err: newErrorFull(int(ErrMsgTimedOut), "x", true, true, true), fatal: true, retriable: true, abort: true, timedOut: true},
		"broker timeout":  {err: newError(ErrRequestTimedOut)},
		"code says fatal": {err: newError(ErrFatal)}, // the flag decides, not the code
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := fmt.Errorf("wrapped: %w", c.err)
			// check looks at what the value form and the pointer form found.
			check := func(want, found, foundPtr bool, value *Error, pointer func() Error) {
				t.Helper()
				assert.Equal(t, want, found)
				assert.Equal(t, want, foundPtr, "the pointer form must match as the value form does")
				if want && foundPtr {
					assert.Equal(t, c.err, *value, "the class carries the error as it was")
					assert.Equal(t, c.err, pointer())
				}
			}
			var f FatalError
			var fp *FatalError
			check(c.fatal, errors.As(err, &f), errors.As(err, &fp), &f.Err, func() Error { return fp.Err })
			var r RetriableError
			var rp *RetriableError
			check(c.retriable, errors.As(err, &r), errors.As(err, &rp), &r.Err, func() Error { return rp.Err })
			var a AbortableError
			var ap *AbortableError
			check(c.abort, errors.As(err, &a), errors.As(err, &ap), &a.Err, func() Error { return ap.Err })
			var to TimeoutError
			var top *TimeoutError
			check(c.timedOut, errors.As(err, &to), errors.As(err, &top), &to.Err, func() Error { return top.Err })

			var code ErrorCode
			require.True(t, errors.As(err, &code))
			assert.Equal(t, c.err.Code(), code)
			var whole Error
			require.True(t, errors.As(err, &whole))
			assert.Equal(t, c.err, whole)
		})
	}
}

// A class that was found is an error as good as the one it came from.
func TestErrorClasses_areErrors(t *testing.T) {
	t.Parallel()
	inner := newErrorFull(int(ErrMsgTimedOut), "late", true, true, true)
	for _, err := range []error{FatalError{inner}, RetriableError{inner}, AbortableError{inner}, TimeoutError{inner}} {
		assert.Equal(t, "Fatal error: late", err.Error())
		assert.ErrorIs(t, err, ErrMsgTimedOut)
		assert.ErrorIs(t, err, inner)
		var fatal FatalError
		assert.ErrorAs(t, err, &fatal)
	}
}

func TestError_As_otherTargets(t *testing.T) {
	t.Parallel()
	var other *fmtError
	assert.False(t, errors.As(newErrorFull(int(ErrMsgTimedOut), "", true, true, true), &other))
	assert.Nil(t, other)
}

type fmtError struct{}

func (*fmtError) Error() string { return "" }

func TestErrClosedClient(t *testing.T) {
	t.Parallel()
	assert.Equal(t, NewError(ErrState, "Operation not allowed on closed client", false), errClosedClient())
}

func TestNewErrorFull(t *testing.T) {
	t.Parallel()
	e := newErrorFull(-184, "s", false, true, true)
	assert.Equal(t, ErrQueueFull, e.Code())
	assert.Equal(t, "s", e.Error())
	assert.False(t, e.IsFatal())
	assert.True(t, e.IsRetriable())
	assert.True(t, e.TxnRequiresAbort())
}
