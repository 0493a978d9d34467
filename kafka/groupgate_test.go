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
	const code = 1
	answered := func(g *groupGate, err error) bool {
		let := false
		got := g.answer(func() error { let = true; return err }, code)
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
		assert.False(t, g.end())
		assert.True(t, asked(&g))
		assert.NoError(t, g.leave(true, false, nothing))
		assert.False(t, asked(&g))
		assert.False(t, answered(&g, nil))
	})
	t.Run("a rebalance before the leave", func(t *testing.T) {
		t.Parallel()
		var g groupGate
		g.ask(code)
		assert.True(t, answered(&g, errors.New("refused")))
		assert.True(t, g.waits(), "a refused call is no answer")
		assert.NoError(t, g.answer(nothing, code+1))
		assert.True(t, g.waits(), "nor is one of another kind")
		assert.True(t, answered(&g, nil))
		assert.False(t, g.waits())
		assert.True(t, answered(&g, nil), "the handler is still there")
		assert.NoError(t, g.leave(true, false, nothing))
		assert.False(t, answered(&g, nil))
	})
	for _, told := range []bool{true, false} {
		t.Run("one that waits and is remembered", func(t *testing.T) {
			t.Parallel()
			var g groupGate
			if told {
				g.ask(code)
			}
			assert.NoError(t, g.leave(false, !told, nothing))
			g.ask(code)
			assert.True(t, asked(&g), "the handler waits for the answer")
			assert.True(t, answered(&g, nil))
			assert.False(t, g.waits())
			assert.False(t, asked(&g), "it may have ended since")
			assert.False(t, answered(&g, nil), "once is enough")
		})
		t.Run("one that waits and is forgotten", func(t *testing.T) {
			t.Parallel()
			var g groupGate
			if told {
				g.ask(code)
			}
			assert.NoError(t, g.leave(true, !told, nothing))
			g.ask(code)
			assert.False(t, asked(&g))
			assert.False(t, answered(&g, nil))
			assert.False(t, g.waits())
		})
	}
	t.Run("one of the leave", func(t *testing.T) {
		t.Parallel()
		var g groupGate
		assert.NoError(t, g.leave(true, false, nothing))
		g.ask(code + 1)
		assert.True(t, answered(&g, nil), "any call is one then")
		assert.False(t, answered(&g, nil))
	})
	t.Run("the subscription at the end", func(t *testing.T) {
		t.Parallel()
		var g groupGate
		refused := func() { t.Error("the subscription is Close's") }
		assert.True(t, g.subscribe(func() {}))
		assert.NoError(t, g.unsubscribe(nothing))
		assert.True(t, g.end())
		assert.False(t, g.subscribe(refused))
		assert.NoError(t, g.unsubscribe(func() error { refused(); return nil }))
	})
}
