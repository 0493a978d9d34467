package kafka_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// The three classes of a transactional call's error, as librdkafka gives them.
func TestTransaction_errorClasses(t *testing.T) {
	t.Parallel()
	const addPartitionsToTxn, initProducerID = 24, 22
	m, p := mockProducer(t, kafka.ConfigMap{"transactional.id": "tx"})
	require.NoError(t, p.InitTransactions(within(t)))

	// An abortable error: this transaction is lost, the producer is not.
	require.NoError(t, m.PushRequestErrors(addPartitionsToTxn, kafka.ErrTopicAuthorizationFailed))
	require.NoError(t, p.BeginTransaction())
	require.NoError(t, p.Produce(msg(1), nil))
	err := p.CommitTransaction(within(t))
	var abortable kafka.AbortableError
	require.ErrorAs(t, err, &abortable)
	assert.ErrorIs(t, err, kafka.ErrTopicAuthorizationFailed)
	var kerr kafka.Error
	require.ErrorAs(t, err, &kerr)
	assert.True(t, kerr.TxnRequiresAbort())
	assert.False(t, kerr.IsRetriable())
	assert.False(t, kerr.IsFatal())
	require.NoError(t, p.AbortTransaction(within(t)))

	require.NoError(t, p.BeginTransaction())
	require.NoError(t, p.Produce(msg(2), nil))
	require.NoError(t, p.CommitTransaction(within(t)))

	// A fatal one: another producer has taken the transactional.id over.
	require.NoError(t, m.PushRequestErrors(addPartitionsToTxn, kafka.ErrInvalidProducerEpoch))
	require.NoError(t, m.PushRequestErrors(initProducerID, kafka.ErrInvalidProducerEpoch))
	require.NoError(t, p.BeginTransaction())
	require.NoError(t, p.Produce(msg(3), nil))
	err = p.CommitTransaction(within(t))
	if errors.As(err, &abortable) { // the new epoch is asked for by the abort
		err = p.AbortTransaction(within(t))
	}
	var fatal kafka.FatalError
	require.ErrorAs(t, err, &fatal)
	assert.False(t, errors.As(err, &abortable))
	assert.True(t, fatal.Err.IsFatal())
}
