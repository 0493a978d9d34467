//go:build cgo

package rdkafka

// #include "shim.h"
import "C"

import (
	"time"
	"unsafe"
)

// InitTransactions gets the producer its id and epoch, and fences earlier
// producers with the same transactional.id. It blocks an OS thread for up to
// timeout. A timeout is retriable: the same call goes on.
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_init_transactions(rd_kafka_t *rk, int timeout_ms)
func (c *Client) InitTransactions(timeout time.Duration) error {
	return takeError(C.rd_kafka_init_transactions(c.p, millis(timeout)))
}

// BeginTransaction begins a transaction; it asks no broker.
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_begin_transaction(rd_kafka_t *rk)
func (c *Client) BeginTransaction() error {
	return takeError(C.rd_kafka_begin_transaction(c.p))
}

// SendOffsetsToTransaction makes a consumer's offsets part of the transaction.
// groupMetadata is that of [Client.GroupMetadata]. It blocks an OS thread for up
// to timeout. A timeout is retriable: the same call goes on.
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_send_offsets_to_transaction(rd_kafka_t *rk, const rd_kafka_topic_partition_list_t *offsets, const rd_kafka_consumer_group_metadata_t *cgmetadata, int timeout_ms)
//	rd_kafka_error_t *rd_kafka_consumer_group_metadata_read(rd_kafka_consumer_group_metadata_t **cgmdp, const void *buffer, size_t size)
func (c *Client) SendOffsetsToTransaction(offsets []TopicPartition, groupMetadata []byte, timeout time.Duration) error {
	if len(groupMetadata) == 0 {
		return &Error{Code: ErrInvalidArg, Str: "the consumer group metadata is empty: take it from a consumer"}
	}
	var m *C.rd_kafka_consumer_group_metadata_t
	if err := takeError(C.rd_kafka_consumer_group_metadata_read(&m, unsafe.Pointer(&groupMetadata[0]), C.size_t(len(groupMetadata)))); err != nil {
		return err
	}
	defer C.rd_kafka_consumer_group_metadata_destroy(m)
	l, err := namedList(notNil(offsets))
	if err != nil {
		return err
	}
	defer freeList(l)
	return takeError(C.rd_kafka_send_offsets_to_transaction(c.p, l, m, millis(timeout)))
}

// CommitTransaction flushes and commits. Reports must be polled meanwhile by
// another goroutine. It blocks an OS thread for up to timeout. A timeout is
// retriable: the same call goes on.
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_commit_transaction(rd_kafka_t *rk, int timeout_ms)
func (c *Client) CommitTransaction(timeout time.Duration) error {
	return takeError(C.rd_kafka_commit_transaction(c.p, millis(timeout)))
}

// AbortTransaction purges and aborts. Reports must be polled meanwhile by
// another goroutine. It blocks an OS thread for up to timeout. A timeout is
// retriable: the same call goes on.
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_abort_transaction(rd_kafka_t *rk, int timeout_ms)
func (c *Client) AbortTransaction(timeout time.Duration) error {
	return takeError(C.rd_kafka_abort_transaction(c.p, millis(timeout)))
}
