package rdkafka

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/librdkafka"
)

func TestVersion_isThePin(t *testing.T) {
	start(t)
	number, text := Version()
	assert.Equal(t, librdkafka.Version, text)
	assert.Equal(t, 0x02, number>>24)
	assert.Equal(t, 0xff, number&0xff, "a release")
	assert.Contains(t, DebugContexts(), "broker")
	assert.Contains(t, DebugContexts(), "all")
}

func TestConf_setGet(t *testing.T) {
	start(t)
	conf := newConf(t, nil)
	v, ok := conf.Get("linger.ms")
	require.True(t, ok)
	assert.Equal(t, "5", v, "librdkafka's default")

	require.NoError(t, conf.Set("linger.ms", "17"))
	v, ok = conf.Get("queue.buffering.max.ms") // the canonical name
	assert.True(t, ok)
	assert.Equal(t, "17", v)

	require.NoError(t, conf.Set("client.id", strings.Repeat("x", 2000)))
	v, ok = conf.Get("client.id")
	assert.True(t, ok)
	assert.Len(t, v, 2000)

	v, ok = conf.Get("no.such.property")
	assert.False(t, ok)
	assert.Empty(t, v)
	_, ok = conf.Get("dr_msg_cb") // a pointer that is not set has no text
	assert.False(t, ok)
	assert.Equal(t, "17", conf.Dump()["queue.buffering.max.ms"])
}

func TestConf_setErrors(t *testing.T) {
	start(t)
	conf := newConf(t, nil)
	for _, c := range []struct{ name, value, text string }{
		{"no.such.property", "x", `No such configuration property: "no.such.property"`},
		{"linger.ms", "abc", `Invalid value for configuration property "queue.buffering.max.ms"`},
		{"linger.ms", "-1", "-1 is outside allowed range"},
		{"acks", "two", `Invalid value for configuration property "request.required.acks"`},
		{"debug", "broker,nonsense", "nonsense"},
		{"client\x00id", "x", `property "client\x00id" has a zero byte in its name: take it out`},
		{"client.id", "a\x00b", `property "client.id" has a zero byte in its value: take it out`},
	} {
		err := conf.Set(c.name, c.value)
		assert.Equal(t, ErrInvalidArg, code(t, err), "%s=%s", c.name, c.value)
		assert.ErrorContains(t, err, c.text)
	}
}

func TestConf_Destroy(t *testing.T) {
	start(t)
	var none *Conf
	none.Destroy()
	conf := NewConf()
	conf.Destroy()
	conf.Destroy()
}

func TestNewClient_takesConfOnSuccessOnly(t *testing.T) {
	start(t)
	conf := newConf(t, props{"enable.idempotence": "true", "acks": "1", "log_level": "0"})
	c, err := NewClient(Producer, conf)
	require.Nil(t, c)
	assert.Equal(t, ErrInvalidArg, code(t, err))
	assert.ErrorContains(t, err, "`acks` must be set to `all`")

	require.NoError(t, conf.Set("acks", "all"), "the configuration is still the caller's")
	c, err = NewClient(Producer, conf)
	require.NoError(t, err)
	conf.Destroy() // does nothing: the client has it
	v, ok := c.ConfGet("enable.idempotence")
	assert.True(t, ok)
	assert.Equal(t, "true", v)
	assert.Regexp(t, `^rdkafka#producer-\d+$`, c.Name())
	c.Destroy(true)
	c.Destroy(true)
	c.Release()
	c.Release()
}

func TestDestroy_ofNothing(t *testing.T) {
	start(t)
	var (
		c *Client
		q *Queue
		p *Topic
		w *Wake
		f *Fetch
		m *MockCluster
	)
	c.Destroy(true)
	c.Release()
	q.Destroy()
	p.Destroy()
	w.Close()
	f.Destroy()
	m.Destroy()
}

func TestThreadCount(t *testing.T) {
	start(t)
	// Tests in parallel have clients too: only more is certain.
	c := newClient(t, Producer, nil)
	assert.Positive(t, ThreadCount())
	c.Destroy(true)
}

func TestErrDescs(t *testing.T) {
	start(t)
	descs := ErrDescs()
	assert.Greater(t, len(descs), 160)
	seen := map[int]bool{}
	for _, d := range descs {
		assert.False(t, seen[d.Code], "code %d twice", d.Code)
		seen[d.Code] = true
		assert.NotEmpty(t, d.Name)
		assert.Equal(t, d.Name, ErrName(d.Code))
		assert.Equal(t, d.Desc, ErrStr(d.Code))
	}
	assert.Contains(t, descs, ErrDesc{ErrQueueFull, "_QUEUE_FULL", "Local: Queue full"})
	assert.Contains(t, descs, ErrDesc{ErrNoError, "NO_ERROR", "Success"})
	assert.Equal(t, "Err--150000?", ErrStr(-150000))
}

func TestError_text(t *testing.T) {
	start(t)
	assert.EqualError(t, &Error{Code: ErrQueueFull}, "Local: Queue full")
	assert.EqualError(t, &Error{Code: ErrQueueFull, Str: "full up"}, "full up")
}

func TestMillis(t *testing.T) {
	start(t)
	for d, want := range map[time.Duration]int{
		0:                                0,
		1:                                1, // a short wait is no busy loop
		time.Millisecond:                 1,
		time.Millisecond + 1:             2,
		time.Second:                      1000,
		-1:                               -1,
		math.MinInt64:                    -1,
		math.MaxInt32:                    math.MaxInt32/1000000 + 1,
		math.MaxInt32 * 1000000:          math.MaxInt32,
		(math.MaxInt32 + 1) * 1000000:    -1,
		math.MaxInt64:                    -1,
		math.MaxInt64 - 999999:           -1,
		time.Duration(math.MaxInt64 / 2): -1,
	} {
		assert.Equal(t, want, int(millis(d)), "%d ns", d)
	}
}
