//go:build cgo

package rdkafka

// #include "shim.h"
import "C"

import "unsafe"

// Error codes that this package itself returns or tells apart; the whole list
// is [ErrDescs].
const (
	ErrNoError          = int(C.RD_KAFKA_RESP_ERR_NO_ERROR)
	ErrInvalidArg       = int(C.RD_KAFKA_RESP_ERR__INVALID_ARG)
	ErrQueueFull        = int(C.RD_KAFKA_RESP_ERR__QUEUE_FULL)
	ErrPartitionEOF     = int(C.RD_KAFKA_RESP_ERR__PARTITION_EOF)
	ErrAssignPartitions = int(C.RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
	ErrRevokePartitions = int(C.RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS)
	ErrTimedOut         = int(C.RD_KAFKA_RESP_ERR__TIMED_OUT)
	ErrUnknownTopic     = int(C.RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
	ErrFatal            = int(C.RD_KAFKA_RESP_ERR__FATAL)
)

// Error is an error of librdkafka, with the flags that only some calls set. It
// is a value: compare codes, not texts.
type Error struct {
	Code             int    // rd_kafka_resp_err_t
	Str              string // librdkafka's text for this case; "" for the code's own
	Fatal            bool
	Retriable        bool
	TxnRequiresAbort bool
}

// Error returns Str, or the text of the code.
func (e *Error) Error() string {
	if e.Str != "" {
		return e.Str
	}
	return ErrStr(e.Code)
}

// codeError returns nil for no error.
func codeError(code C.rd_kafka_resp_err_t) error {
	if code == C.RD_KAFKA_RESP_ERR_NO_ERROR {
		return nil
	}
	return &Error{Code: int(code)}
}

// takeError copies e and destroys it; nil stays nil.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_error_code(const rd_kafka_error_t *error)
//	const char *rd_kafka_error_string(const rd_kafka_error_t *error)
//	int rd_kafka_error_is_fatal(const rd_kafka_error_t *error)
//	int rd_kafka_error_is_retriable(const rd_kafka_error_t *error)
//	int rd_kafka_error_txn_requires_abort(const rd_kafka_error_t *error)
//	void rd_kafka_error_destroy(rd_kafka_error_t *error)
func takeError(e *C.rd_kafka_error_t) error {
	if e == nil {
		return nil
	}
	err := &Error{
		Code:             int(C.rd_kafka_error_code(e)),
		Str:              C.GoString(C.rd_kafka_error_string(e)),
		Fatal:            C.rd_kafka_error_is_fatal(e) != 0,
		Retriable:        C.rd_kafka_error_is_retriable(e) != 0,
		TxnRequiresAbort: C.rd_kafka_error_txn_requires_abort(e) != 0,
	}
	C.rd_kafka_error_destroy(e)
	return err
}

// ErrStr returns librdkafka's text for a code, such as "Local: Queue full".
//
// Implements:
//
//	const char *rd_kafka_err2str(rd_kafka_resp_err_t err)
func ErrStr(code int) string {
	var buf [errBufSize]C.char
	C.rkgo_err2str(C.rd_kafka_resp_err_t(code), &buf[0], C.size_t(len(buf)))
	return C.GoString(&buf[0])
}

// ErrName returns a code's name without its prefix, such as "_QUEUE_FULL".
//
// Implements:
//
//	const char *rd_kafka_err2name(rd_kafka_resp_err_t err)
func ErrName(code int) string {
	var buf [errBufSize]C.char
	C.rkgo_err2name(C.rd_kafka_resp_err_t(code), &buf[0], C.size_t(len(buf)))
	return C.GoString(&buf[0])
}

// ErrDesc describes one error code.
type ErrDesc struct {
	Code int
	Name string // without the prefix RD_KAFKA_RESP_ERR_
	Desc string
}

// ErrDescs lists every error code that the linked librdkafka knows.
//
// Implements:
//
//	void rd_kafka_get_err_descs(const struct rd_kafka_err_desc **errdescs, size_t *cntp)
func ErrDescs() []ErrDesc {
	var p *C.struct_rd_kafka_err_desc
	var n C.size_t
	C.rd_kafka_get_err_descs(&p, &n)
	descs := make([]ErrDesc, 0, int(n))
	for _, d := range unsafe.Slice(p, int(n)) {
		if d.desc == nil { // the marks at both ends of librdkafka's own codes
			continue
		}
		descs = append(descs, ErrDesc{int(d.code), C.GoString(d.name), C.GoString(d.desc)})
	}
	return descs
}
