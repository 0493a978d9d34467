// Package rdkafka is the thin layer over librdkafka's C API.
//
// It is the only package that calls C. It starts no goroutine, holds no policy
// and hands up plain Go values, never a C type or an unsafe.Pointer: package
// kafka, which most programs want, is built on it in pure Go.
//
// # Ownership
//
// [Conf], [Client], [Queue], [Wake], [Fetch] and [MockCluster] own C memory and
// must be closed; each says how. Closing twice, or closing nil, does nothing.
// Built with the tag rdkafka_debug the package counts what it holds
// ([LiveObjects]).
//
// # Concurrency
//
// A [Client]'s methods may be called from any goroutine as librdkafka's may from
// any thread, but not after or while [Client.Destroy] runs. A [Fetch], a
// [Reports] and a [ProduceBatch] belong to one goroutine at a time.
//
// # Blocking
//
// A method with a timeout parameter blocks an OS thread in C until the answer or
// the timeout; all others return at once unless their comment says otherwise.
package rdkafka
