package rdkafka

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func newAdminOptions(t *testing.T, c *Client, op AdminOp) *AdminOptions {
	t.Helper()
	o := c.NewAdminOptions(op)
	require.NotNil(t, o)
	t.Cleanup(o.Destroy)
	return o
}

// newReplyQueue returns a queue for the results of c.
func newReplyQueue(t *testing.T, c *Client) *Queue {
	t.Helper()
	q := c.NewQueue()
	t.Cleanup(q.Destroy)
	return q
}

// A request that is refused sends nothing, and frees what it was made of.
func TestAdmin_refused(t *testing.T) {
	start(t)
	c := newClient(t, Producer, nil)
	q := newReplyQueue(t, c)
	acl := ACL{ResourceType: 2, Name: "n", PatternType: 3, Principal: "User:u", Host: "*", Operation: 3, Permission: 3}
	zero := acl
	zero.Name = "a\x00b"
	for name, call := range map[string]func() error{
		"replicas": func() error {
			return c.CreateTopics([]NewTopic{{Topic: "a", Partitions: 1, ReplicationFactor: 1}, {Topic: "b", Partitions: 1, Replicas: [][]int32{{1}, {2}}}},
				newAdminOptions(t, c, AdminCreateTopics), q)
		},
		"replication factor and replicas": func() error {
			return c.CreateTopics([]NewTopic{{Topic: "a", Partitions: 1, ReplicationFactor: 1, Replicas: [][]int32{{1}}}}, newAdminOptions(t, c, AdminCreateTopics), q)
		},
		"partitions": func() error {
			return c.CreateTopics([]NewTopic{{Topic: "a", Partitions: -2, ReplicationFactor: 1}}, newAdminOptions(t, c, AdminCreateTopics), q)
		},
		"topic": func() error {
			return c.DeleteTopics([]string{"a", "a\x00b"}, newAdminOptions(t, c, AdminDeleteTopics), q)
		},
		"new partitions": func() error {
			return c.CreatePartitions([]NewPartitions{{Topic: "a", Total: 1}, {Topic: "b"}}, newAdminOptions(t, c, AdminCreatePartitions), q)
		},
		"more replicas than partitions": func() error {
			return c.CreatePartitions([]NewPartitions{{Topic: "a", Total: 1, Replicas: [][]int32{{1}, {1}}}}, newAdminOptions(t, c, AdminCreatePartitions), q)
		},
		"config": func() error {
			return c.IncrementalAlterConfigs([]ConfigResource{{Type: 2, Name: "a"}, {Type: 2, Name: "b", Changes: []ConfigChange{{}}}},
				newAdminOptions(t, c, AdminIncrementalAlterConfigs), q)
		},
		"resource": func() error {
			return c.DescribeConfigs([]ConfigResource{{Type: 2, Name: "a"}, {Type: 2}}, newAdminOptions(t, c, AdminDescribeConfigs), q)
		},
		"acl": func() error { return c.CreateACLs([]ACL{acl, {}}, newAdminOptions(t, c, AdminCreateACLs), q) },
		"acl with a zero byte": func() error {
			return c.DeleteACLs([]ACL{acl, zero}, newAdminOptions(t, c, AdminDeleteACLs), q)
		},
		"groups": func() error {
			return c.DescribeConsumerGroups([]string{"a\x00b"}, newAdminOptions(t, c, AdminDescribeConsumerGroups), q)
		},
		"delete groups": func() error {
			return c.DeleteGroups([]string{"a", "a\x00b"}, newAdminOptions(t, c, AdminDeleteGroups), q)
		},
		"user": func() error {
			return c.AlterUserScramCredentials([]ScramAlteration{{User: "a\x00b", Password: []byte("p")}, {User: "b", Delete: true}},
				newAdminOptions(t, c, AdminAlterUserScramCredentials), q)
		},
	} {
		assert.Equal(t, ErrInvalidArg, code(t, call()), name)
	}
	_, ok := q.Poll(0)
	assert.False(t, ok)
}

// The number of a request comes back with its result.
func TestAdmin_opaque(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 1, 1))
	c := newClient(t, Producer, props{"bootstrap.servers": m.Bootstraps()})
	q := newReplyQueue(t, c)
	o := newAdminOptions(t, c, AdminListOffsets)
	const id = uint64(1)<<47 + 5
	o.SetOpaque(id)
	c.ListOffsets([]TopicPartition{{Topic: "t", Offset: OffsetEnd}}, o, q)
	ev, ok := q.Poll(patience)
	require.True(t, ok)
	defer ev.Destroy()
	require.NoError(t, ev.Err())
	assert.Equal(t, id, ev.Opaque())
	got := ev.ListOffsetsResult()
	require.Len(t, got, 1)
	assert.Equal(t, "t", got[0].Topic)
	assert.Zero(t, got[0].Offset)
}

// A group's offsets can be set and listed.
func TestAdmin_groupOffsets(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 1, 1))
	c := newClient(t, Producer, props{"bootstrap.servers": m.Bootstraps()})
	q := newReplyQueue(t, c)
	result := func() *Event {
		ev, ok := q.Poll(patience)
		require.True(t, ok)
		t.Cleanup(ev.Destroy)
		require.NoError(t, ev.Err())
		return &ev
	}
	note := "note"
	require.NoError(t, c.AlterConsumerGroupOffsets("g", []TopicPartition{{Topic: "t", Offset: 4, LeaderEpoch: -1, Metadata: &note}},
		newAdminOptions(t, c, AdminAlterConsumerGroupOffsets), q))
	altered := result().AlterConsumerGroupOffsetsResult()
	require.Len(t, altered, 1)
	assert.Equal(t, Error{}, altered[0].Err)
	require.NoError(t, c.ListConsumerGroupOffsets("g", []TopicPartition{{Topic: "t"}}, newAdminOptions(t, c, AdminListConsumerGroupOffsets), q))
	listed := result().ListConsumerGroupOffsetsResult()
	require.Len(t, listed, 1)
	assert.Equal(t, "g", listed[0].Group)
	require.Len(t, listed[0].Partitions, 1)
	assert.Equal(t, int64(4), listed[0].Partitions[0].Offset)
	assert.Equal(t, &note, listed[0].Partitions[0].Metadata)
}

// A queue, and the client, can end while requests are on their way.
func TestAdmin_destroyWhilePending(t *testing.T) {
	start(t)
	c := newClient(t, Producer, props{"bootstrap.servers": "127.0.0.1:1"})
	q := c.NewQueue()
	o := newAdminOptions(t, c, AdminDescribeCluster)
	require.NoError(t, o.SetRequestTimeout(time.Minute))
	for range 10 {
		c.DescribeCluster(o, q)
	}
	_, ok := q.Poll(10 * time.Millisecond)
	assert.False(t, ok)
	q.Destroy()
}

func TestAdminOptions(t *testing.T) {
	start(t)
	c := newClient(t, Producer, nil)
	assert.Nil(t, c.NewAdminOptions(-1))
	assert.Nil(t, c.NewAdminOptions(1<<30))
	o := newAdminOptions(t, c, AdminDescribeConfigs)
	require.NoError(t, o.SetBroker(3))
	// What the request does not have.
	assert.Equal(t, ErrInvalidArg, code(t, o.SetValidateOnly(true)))
	assert.Equal(t, ErrInvalidArg, code(t, o.SetRequireStableOffsets(true)))
	assert.Equal(t, ErrInvalidArg, code(t, o.SetIncludeAuthorizedOperations(true)))
	assert.Equal(t, ErrInvalidArg, code(t, o.SetIsolationLevel(1)))
	assert.Equal(t, ErrInvalidArg, code(t, o.SetMatchConsumerGroupStates([]int{1})))
	assert.Equal(t, ErrInvalidArg, code(t, o.SetMatchConsumerGroupTypes([]int{1})))
	assert.Equal(t, ErrInvalidArg, code(t, o.SetRequestTimeout(-time.Nanosecond)))
	require.NoError(t, o.SetRequestTimeout(time.Hour))
	assert.Equal(t, ErrInvalidArg, code(t, o.SetRequestTimeout(time.Hour+time.Nanosecond)))
	o.Destroy()
	o.Destroy()
}
