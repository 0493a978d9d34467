package kafka

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What is asked of librdkafka's group handler in the course of a consumer's end.
// An ask that the gate lets through too late would wait for ever.
func TestGroupGate(t *testing.T) {
	t.Parallel()
	asked := func(g *groupGate) bool {
		let := false
		assert.Equal(t, g.call(func() { let = true }), let)
		return let
	}
	answered := func(g *groupGate, err error) bool {
		let := false
		got := g.answer(func() error { let = true; return err })
		if let {
			assert.Equal(t, err, got)
		}
		return let
	}
	nothing := func() error { return nil }

	t.Run("left without a rebalance", func(t *testing.T) {
		t.Parallel()
		var g groupGate
		assert.True(t, asked(&g))
		assert.True(t, answered(&g, nil), "an assignment of the application's own")
		assert.True(t, g.subscribe(func() {}))
		assert.NoError(t, g.leave(func() error { t.Error("there is nothing to unsubscribe from"); return nil }, nothing))
		assert.False(t, asked(&g))
		assert.False(t, answered(&g, nil))
		assert.False(t, g.subscribe(func() {}))
		assert.NoError(t, g.unsubscribe(func() error { t.Error("leaving unsubscribes"); return nil }))
	})
	t.Run("left with a rebalance that waits", func(t *testing.T) {
		t.Parallel()
		var g groupGate
		g.ask()
		assert.NoError(t, g.leave(nothing, nothing))
		assert.True(t, g.waits())
		assert.True(t, asked(&g), "the handler waits for the answer")
		assert.True(t, answered(&g, errors.New("refused")))
		assert.True(t, g.waits(), "a refused call is no answer")
		assert.True(t, answered(&g, nil))
		assert.False(t, g.waits())
		assert.False(t, asked(&g), "it may have ended since")
		assert.False(t, answered(&g, nil))
	})
	t.Run("a rebalance of the end", func(t *testing.T) {
		t.Parallel()
		var g groupGate
		assert.NoError(t, g.leave(nothing, nothing))
		g.ask()
		assert.True(t, asked(&g))
		assert.True(t, answered(&g, nil))
		assert.False(t, answered(&g, nil), "once is enough")
	})
	t.Run("unsubscribed before", func(t *testing.T) {
		t.Parallel()
		var g groupGate
		var order []string
		assert.NoError(t, g.unsubscribe(func() error { order = append(order, "by the application"); return nil }))
		assert.True(t, g.subscribe(func() { order = append(order, "subscribe") }))
		assert.NoError(t, g.leave(
			func() error { order = append(order, "unsubscribe"); return nil },
			func() error { order = append(order, "leave"); return nil }))
		assert.Equal(t, []string{"by the application", "subscribe", "unsubscribe", "leave"}, order)
	})
}
