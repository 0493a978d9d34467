package kafka_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func TestError_text(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  kafka.Error
		want string
	}{
		{kafka.Error{}, "Success"},
		{kafka.NewError(kafka.ErrNoError, "", true), "Fatal error: Success"},
		{kafka.NewError(kafka.ErrQueueFull, "", false), "Local: Queue full"},
		{kafka.NewError(kafka.ErrQueueFull, "", true), "Fatal error: Local: Queue full"},
		{kafka.NewError(kafka.ErrQueueFull, "why", false), "why"},
		{kafka.NewError(kafka.ErrFatal, "boom", true), "Fatal error: boom"},
		{kafka.NewError(kafka.ErrFatal, "boom", false), "boom"},
		{kafka.NewError(-999, "", false), "Err--999?"},
		{kafka.NewError(5000, "", false), "Err-5000?"},
	} {
		assert.Equal(t, c.want, c.err.Error())
		assert.Equal(t, c.want, c.err.String())
		assert.Equal(t, c.want, fmt.Sprintf("%v", c.err))
	}
}

func TestError_isAComparableValue(t *testing.T) {
	t.Parallel()
	var err error = kafka.NewError(kafka.ErrState, "x", false)
	assert.True(t, err == kafka.NewError(kafka.ErrState, "x", false)) //nolint:errorlint // == is what is tested
	assert.False(t, err == kafka.NewError(kafka.ErrState, "", false)) //nolint:errorlint // == is what is tested
	assert.False(t, err == kafka.NewError(kafka.ErrState, "x", true)) //nolint:errorlint // == is what is tested
	_, isValue := err.(kafka.Error)                                   //nolint:errorlint // programs assert the type so
	assert.True(t, isValue)
}

func TestError_accessors(t *testing.T) {
	t.Parallel()
	plain := kafka.NewError(kafka.ErrQueueFull, "x", false)
	assert.Equal(t, kafka.ErrQueueFull, plain.Code())
	assert.False(t, plain.IsFatal())
	assert.False(t, plain.IsRetriable())
	assert.False(t, plain.TxnRequiresAbort())
	assert.True(t, kafka.NewError(kafka.ErrQueueFull, "x", true).IsFatal())
}

func TestError_IsTimeout(t *testing.T) {
	t.Parallel()
	for code, want := range map[kafka.ErrorCode]bool{
		kafka.ErrTimedOut: true, kafka.ErrTimedOutQueue: true, kafka.ErrMsgTimedOut: true,
		kafka.ErrRequestTimedOut: false, kafka.ErrNoError: false, kafka.ErrQueueFull: false,
	} {
		assert.Equal(t, want, kafka.NewError(code, "", false).IsTimeout(), "%d", code)
	}
}

func TestError_Is(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("wrapped: %w", kafka.NewError(kafka.ErrQueueFull, "text", true))
	assert.ErrorIs(t, err, kafka.ErrQueueFull)
	assert.NotErrorIs(t, err, kafka.ErrTimedOut)
	assert.ErrorIs(t, err, kafka.NewError(kafka.ErrQueueFull, "text", true))
	assert.NotErrorIs(t, err, kafka.NewError(kafka.ErrQueueFull, "", false), "other text and flag")
	assert.ErrorIs(t, error(kafka.ErrQueueFull), kafka.ErrQueueFull)
	assert.NotErrorIs(t, errors.New("Local: Queue full"), kafka.ErrQueueFull, "nothing is matched by text")
}

func TestError_Is_doesNotAllocate(t *testing.T) {
	// Not parallel: it counts the process's allocations.
	var err error = kafka.NewError(kafka.ErrQueueFull, "", false)
	var target error = kafka.ErrQueueFull
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		if !errors.Is(err, target) {
			t.Fail()
		}
	}), "errors.Is stands in produce loops")
}
