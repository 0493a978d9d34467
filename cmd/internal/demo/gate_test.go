package demo

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1000)
		for range 4 {
			require.NoError(t, g.enter(t.Context(), 250))
		}
		entered := make(chan error, 1)
		go func() { entered <- g.enter(t.Context(), 100) }()
		synctest.Wait()
		assert.Empty(t, entered, "the gate is full")
		g.leave(249)
		synctest.Wait()
		assert.Empty(t, entered, "less than a quarter is free")
		g.leave(1)
		synctest.Wait()
		require.Len(t, entered, 1)
		require.NoError(t, <-entered)
		assert.EqualValues(t, 850, g.lag())
	})
}

func TestGate_largerThanAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1000)
		require.NoError(t, g.enter(t.Context(), 5000), "it must come through some time")
		entered := make(chan error, 1)
		go func() { entered <- g.enter(t.Context(), 5000) }()
		g.leave(4999)
		synctest.Wait()
		assert.Empty(t, entered)
		g.leave(1)
		synctest.Wait()
		assert.Len(t, entered, 1)
	})
}

func TestGate_context(t *testing.T) {
	t.Parallel()
	g := newGate(10)
	require.NoError(t, g.enter(t.Context(), 10))
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	assert.Equal(t, reason, g.enter(ctx, 1))
	assert.EqualValues(t, 10, g.lag())
}
