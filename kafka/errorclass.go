package kafka

// FatalError is what errors.As finds in an [Error] with the fatal flag: the
// client cannot go on and has to be closed.
//
// Concurrency: the value never changes and is safe for concurrent use.
type FatalError struct {
	// Err is the error as the call returned it.
	Err Error
}

// RetriableError is what errors.As finds in an [Error] with the retriable flag:
// the call may be made again as it was.
//
// Concurrency: the value never changes and is safe for concurrent use.
type RetriableError struct {
	// Err is the error as the call returned it.
	Err Error
}

// AbortableError is what errors.As finds in an [Error] after which the current
// transaction has to be aborted.
//
// Concurrency: the value never changes and is safe for concurrent use.
type AbortableError struct {
	// Err is the error as the call returned it.
	Err Error
}

// TimeoutError is what errors.As finds in an [Error] for which
// [Error.IsTimeout] holds. The errors of a context are not among them.
//
// Concurrency: the value never changes and is safe for concurrent use.
type TimeoutError struct {
	// Err is the error as the call returned it.
	Err Error
}

// Error returns the text of the Error inside.
func (e FatalError) Error() string { return e.Err.Error() }

// Unwrap returns the Error inside.
func (e FatalError) Unwrap() error { return e.Err }

// Error returns the text of the Error inside.
func (e RetriableError) Error() string { return e.Err.Error() }

// Unwrap returns the Error inside.
func (e RetriableError) Unwrap() error { return e.Err }

// Error returns the text of the Error inside.
func (e AbortableError) Error() string { return e.Err.Error() }

// Unwrap returns the Error inside.
func (e AbortableError) Unwrap() error { return e.Err }

// Error returns the text of the Error inside.
func (e TimeoutError) Error() string { return e.Err.Error() }

// Unwrap returns the Error inside.
func (e TimeoutError) Unwrap() error { return e.Err }

// setTarget stores v in target, a *T or a **T, and says whether it was one.
// The second form is there because *FatalError and its like are errors too: with
// errors.As and a pointer they would compile and silently never match.
func setTarget[T error](target any, v T) bool {
	switch t := target.(type) {
	case *T:
		*t = v
	case **T:
		*t = &v
	default:
		return false
	}
	return true
}
