package rdkafka

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func newWake(t *testing.T) *Wake {
	t.Helper()
	w, err := NewWake()
	require.NoError(t, err)
	t.Cleanup(w.Close)
	return w
}

func soon() time.Time { return time.Now().Add(patience) }

func TestWake_deadlineNotifyClose(t *testing.T) {
	start(t)
	w := newWake(t)
	assert.ErrorIs(t, w.Wait(time.Now()), os.ErrDeadlineExceeded)
	assert.ErrorIs(t, w.Wait(time.Now().Add(5*time.Millisecond)), os.ErrDeadlineExceeded)

	w.Notify()
	w.Notify()
	require.NoError(t, w.Wait(soon()))
	assert.ErrorIs(t, w.Wait(time.Now()), os.ErrDeadlineExceeded, "two before the wait are one")

	waiting := make(chan error)
	go func() { waiting <- w.Wait(time.Time{}) }()
	w.Notify()
	require.NoError(t, <-waiting)
	go func() { waiting <- w.Wait(time.Time{}) }()
	w.Close()
	assert.ErrorIs(t, <-waiting, os.ErrClosed)
	assert.ErrorIs(t, w.Wait(time.Time{}), os.ErrClosed)
	w.Close()
}

func TestWake_ofAQueue(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 1, 3))
	c := newProducer(t, m, nil)
	topic := newTopic(t, c, "t")
	q := mainQueue(t, c)
	w := newWake(t)
	q.SetWake(w)
	for i := range 50 {
		require.Equal(t, ErrNoError, topic.Produce(c, 0, false, nil, nil, nil, 0, 0, uint64(i)+1))
		require.NoError(t, w.Wait(soon()), "wake-up %d", i)
		ev, ok := q.Poll(0)
		require.True(t, ok, "a wake-up comes after the event")
		assert.Equal(t, EventDR, ev.Type)
		ev.Destroy()
		_, ok = q.Poll(0) // to its end, else no wake-up is sent
		require.False(t, ok)
	}
	assert.ErrorIs(t, w.Wait(time.Now()), os.ErrDeadlineExceeded, "none without an event")

	q.SetWake(nil)
	require.Equal(t, ErrNoError, topic.Produce(c, 0, false, nil, nil, nil, 0, 0, 99))
	eventually(t, func() bool { return q.Len() == 1 }, "a report")
	assert.ErrorIs(t, w.Wait(time.Now()), os.ErrDeadlineExceeded, "none after it was switched off")
	readReports(t, q, 1, 0)
}

func TestWake_ofTheStash(t *testing.T) {
	start(t)
	c := newClient(t, Producer, props{"debug": "generic"})
	w := newWake(t)
	c.SetStashWake(w)
	popLogs(c)
	_ = w.Wait(time.Now()) // a line that came in between

	// A broker that is added is logged by the main thread, a fatal error by this one.
	require.Zero(t, c.TestFatalError(ErrFatal, "made up"))
	require.NoError(t, w.Wait(soon()))
	lines, _ := popLogs(c)
	assert.Contains(t, facilities(lines), "FATAL")

	c.SetStashWake(nil)
	_ = w.Wait(time.Now())
	c.Destroy(true)
	lines, _ = popLogs(c)
	assert.NotEmpty(t, lines)
	assert.ErrorIs(t, w.Wait(time.Now()), os.ErrDeadlineExceeded)
	c.Release()
}

func TestQueue_pollTimeout(t *testing.T) {
	start(t)
	c := newClient(t, Producer, nil)
	q := c.NewQueue()
	begin := time.Now()
	_, ok := q.Poll(20 * time.Millisecond)
	assert.False(t, ok)
	assert.GreaterOrEqual(t, time.Since(begin), 20*time.Millisecond)
	assert.Zero(t, q.Len())
	q.Destroy()
	q.Destroy()
	assert.Nil(t, c.ConsumerQueue(), "a producer has none")
	assert.Nil(t, c.SASLQueue(), "without OAUTHBEARER there is none")
}

func TestEvent_error(t *testing.T) {
	start(t)
	// Nobody listens on port 1.
	c := newClient(t, Producer, props{"bootstrap.servers": "127.0.0.1:1"})
	ev := nextEvent(t, mainQueue(t, c), EventError)
	var e *Error
	require.ErrorAs(t, ev.Err(), &e)
	assert.Equal(t, -195, e.Code, "TRANSPORT")
	assert.Contains(t, e.Str, "127.0.0.1:1")
	assert.False(t, e.Fatal)
	ev.Destroy()
	ev.Destroy()
}

func TestEvent_fatalError(t *testing.T) {
	start(t)
	// Only the idempotent producer refuses messages after a fatal error.
	c := newClient(t, Producer, props{"enable.idempotence": "true"})
	require.NoError(t, c.FatalError())
	require.Zero(t, c.TestFatalError(47, "made up"))
	assert.NotZero(t, c.TestFatalError(47, "again"))
	ev := nextEvent(t, mainQueue(t, c), EventError)
	var e *Error
	require.ErrorAs(t, ev.Err(), &e)
	assert.Equal(t, 47, e.Code)
	assert.True(t, e.Fatal)
	require.ErrorAs(t, c.FatalError(), &e)
	assert.Equal(t, 47, e.Code)
	assert.True(t, e.Fatal)
	assert.Equal(t, "test_fatal_error: made up", e.Str)
	assert.Equal(t, ErrFatal, newTopic(t, c, "t").Produce(c, 0, false, nil, nil, nil, 0, 0, 1))
}

func TestEvent_stats(t *testing.T) {
	start(t)
	c := newClient(t, Producer, props{"statistics.interval.ms": "10"})
	ev := nextEvent(t, mainQueue(t, c), EventStats)
	var stats struct{ Name string }
	require.NoError(t, json.Unmarshal([]byte(ev.Stats()), &stats))
	assert.Equal(t, c.Name(), stats.Name)
	assert.NoError(t, ev.Err())
}

func TestEvent_tokenRefresh(t *testing.T) {
	start(t)
	c := newClient(t, Producer, props{
		"security.protocol": "SASL_PLAINTEXT", "sasl.mechanisms": "OAUTHBEARER",
		"sasl.oauthbearer.config": "principal=me", "log_level": "0",
	})
	q := c.SASLQueue()
	require.NotNil(t, q)
	defer q.Destroy()
	ev := nextEvent(t, q, EventTokenRefresh)
	assert.Equal(t, "principal=me", ev.TokenConfig())
	ev.Destroy()

	later := time.Now().Add(time.Hour).UnixMilli()
	assert.NoError(t, c.SetOAuthBearerToken("abc", later, "me", []string{"a", "b"}))
	assert.NoError(t, c.SetOAuthBearerToken("abc", later, "me", nil))
	assert.NoError(t, c.SetOAuthBearerTokenFailure("no token today"))
	err := c.SetOAuthBearerToken("abc", 1, "me", nil)
	assert.Equal(t, ErrInvalidArg, code(t, err))
	assert.ErrorContains(t, err, "unexpired")
	err = c.SetOAuthBearerToken("abc", later, "me", []string{"no = name", "b"})
	assert.Equal(t, ErrInvalidArg, code(t, err))
}

func TestSASL_notConfigured(t *testing.T) {
	start(t)
	c := newClient(t, Producer, nil)
	err := c.SetOAuthBearerToken("abc", time.Now().Add(time.Hour).UnixMilli(), "me", nil)
	assert.Equal(t, -172, code(t, err), "STATE")
	assert.Equal(t, -172, code(t, c.SetOAuthBearerTokenFailure("x")))
	assert.NoError(t, c.SetSASLCredentials("user", "password"))
}
