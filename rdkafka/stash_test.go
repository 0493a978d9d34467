package rdkafka

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// popLogs takes all stashed lines.
func popLogs(c *Client) (lines []LogLine, dropped int64) {
	for {
		line, d, ok := c.PopLog()
		if !ok {
			return lines, d
		}
		lines = append(lines, line)
	}
}

// facilities counts lines by where they come from.
func facilities(lines []LogLine) map[string]int {
	m := map[string]int{}
	for _, l := range lines {
		m[l.Facility]++
	}
	return m
}

func TestStash_logsOfTheCreation(t *testing.T) {
	start(t)
	before := time.Now().UnixMicro()
	c := newClient(t, Producer, props{"group.id": "not for producers"})
	lines, dropped := popLogs(c)
	assert.Zero(t, dropped)
	require.Len(t, lines, 2) // the other one misses bootstrap.servers
	l := lines[0]
	assert.Equal(t, "CONFWARN", l.Facility)
	assert.Contains(t, l.Message, "property group.id is a consumer property")
	assert.Equal(t, 4, l.Level)
	assert.GreaterOrEqual(t, l.UnixMicro, before)
	assert.LessOrEqual(t, l.UnixMicro, time.Now().UnixMicro())
}

func TestStash_logsOfTheEnd(t *testing.T) {
	start(t)
	c := newClient(t, Producer, props{"debug": "generic"})
	lines, _ := popLogs(c)
	assert.NotContains(t, facilities(lines), "DESTROY")
	c.Destroy(true)
	lines, _ = popLogs(c)
	assert.Contains(t, facilities(lines), "DESTROY")
	assert.Contains(t, facilities(lines), "TERMINATE")
	c.Release()
}

func TestStash_overflowIsCounted(t *testing.T) {
	start(t)
	conf := newConf(t, props{"debug": "generic,conf"})
	conf.Stash(true, false)
	conf.st.log_max = 3
	c, err := NewClient(Producer, conf)
	require.NoError(t, err)
	c.Destroy(true)
	lines, dropped := popLogs(c)
	require.Len(t, lines, 3, "the newest stay")
	assert.Greater(t, dropped, int64(3))
	assert.NotContains(t, facilities(lines), "CONF", "the oldest go")
	_, again, ok := c.PopLog()
	assert.False(t, ok)
	assert.Equal(t, dropped, again)
	c.Release()
}

func TestStash_noLogsUnlessAsked(t *testing.T) {
	start(t)
	conf := newConf(t, props{"group.id": "g", "log_level": "0"})
	conf.Stash(false, false)
	c, err := NewClient(Producer, conf)
	require.NoError(t, err)
	c.Destroy(true)
	_, _, ok := c.PopLog()
	assert.False(t, ok)
	c.Release()
}

// What nobody takes is freed by Release: LeakSanitizer would tell.
func TestStash_releaseFreesTheRest(t *testing.T) {
	start(t)
	c := newClient(t, Producer, props{"debug": "all"})
	c.Destroy(true)
	c.Release()
}

func TestStash_longLine(t *testing.T) {
	start(t)
	c := newClient(t, Producer, props{"debug": "conf", "client.id": strings.Repeat("x", 300)})
	lines, _ := popLogs(c)
	found := false
	for _, l := range lines {
		found = found || strings.Contains(l.Message, strings.Repeat("x", 300))
	}
	assert.True(t, found, "%v", lines)
}

func TestStash_rebalances(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 3, 3))
	m.SetGroupRebalanceDelay(0)
	r := newReader(t, m, props{"session.timeout.ms": "6000"})
	_, _, ok := r.c.PopRebalance()
	assert.False(t, ok)
	require.NoError(t, r.c.Subscribe([]string{"t"}))

	pop := func() (code int, parts []TopicPartition) {
		eventually(t, func() bool {
			if _, _, waiting := r.f.Poll(r.c, r.q, 100); waiting == 0 {
				return false
			}
			code, parts, ok = r.c.PopRebalance()
			return ok
		}, "a rebalance")
		return code, parts
	}
	got, parts := pop()
	assert.Equal(t, ErrAssignPartitions, got)
	require.Len(t, parts, 3)
	for i, p := range parts {
		assert.Equal(t, "t", p.Topic)
		assert.EqualValues(t, i, p.Partition)
		assert.Equal(t, OffsetInvalid, p.Offset)
	}
	require.NoError(t, r.c.Assign(parts))
	assert.Equal(t, "EAGER", r.c.RebalanceProtocol())
	assert.NotEmpty(t, r.c.MemberID())
	assert.False(t, r.c.AssignmentLost())

	require.NoError(t, r.c.Unsubscribe())
	got, parts = pop()
	assert.Equal(t, ErrRevokePartitions, got)
	assert.Len(t, parts, 3)
	require.NoError(t, r.c.Assign(nil))
}

// What lies behind a rebalance in the queue comes with the same call: the callback
// must not yield.
func TestStash_nothingLostBehindARebalance(t *testing.T) {
	start(t)
	const topicAuthorizationFailed = 29
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 1, 3))
	require.NoError(t, m.CreateTopic("u", 1, 3))
	m.SetGroupRebalanceDelay(0)
	r := newReader(t, m, props{"session.timeout.ms": "6000", "topic.metadata.refresh.interval.ms": "20"})
	require.NoError(t, r.c.Subscribe([]string{"t", "u"}))
	eventually(t, func() bool { return r.q.Len() == 1 }, "a rebalance that waits")
	m.SetTopicError("u", topicAuthorizationFailed)
	eventually(t, func() bool { return r.q.Len() == 2 }, "an error behind it")

	recs, _, waiting := r.f.Poll(r.c, r.q, 100)
	assert.Equal(t, 1, waiting)
	if assert.Len(t, recs, 1) {
		assert.EqualValues(t, topicAuthorizationFailed, recs[0].Err)
	}
	got, parts, ok := r.c.PopRebalance()
	require.True(t, ok)
	assert.Equal(t, ErrAssignPartitions, got)
	require.NoError(t, r.c.Assign(parts))
}
