package rdkafka

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMetadata(t *testing.T) {
	start(t)
	m := newMock(t)
	require.NoError(t, m.CreateTopic("a", 4, 2))
	require.NoError(t, m.CreateTopic("b", 1, 3))
	c := newProducer(t, m, nil)

	all, err := c.Metadata(nil, true, patience)
	require.NoError(t, err)
	require.Len(t, all.Brokers, 3)
	ids := map[int32]bool{}
	for _, b := range all.Brokers {
		ids[b.ID] = true
		assert.Equal(t, "127.0.0.1", b.Host)
		assert.Positive(t, b.Port)
	}
	assert.Len(t, ids, 3)
	assert.NotEmpty(t, all.OriginBrokerName)
	require.Len(t, all.Topics, 2)

	one, err := c.Metadata(ptr("a"), false, patience)
	require.NoError(t, err)
	require.Len(t, one.Topics, 1)
	a := one.Topics[0]
	assert.Equal(t, "a", a.Topic)
	assert.Zero(t, a.Err)
	require.Len(t, a.Partitions, 4)
	for i, p := range a.Partitions {
		assert.EqualValues(t, i, p.ID)
		assert.Zero(t, p.Err)
		assert.Contains(t, ids, p.Leader)
		assert.Len(t, p.Replicas, 2)
		assert.Contains(t, p.Replicas, p.Leader)
		assert.Len(t, p.ISRs, 2)
	}

	other := newProducer(t, m, nil)
	newTopic(t, other, "b")
	mine, err := other.Metadata(nil, false, patience)
	require.NoError(t, err)
	require.Len(t, mine.Topics, 1, "the topics that the client uses")
	assert.Equal(t, "b", mine.Topics[0].Topic)

	assert.NotEmpty(t, c.ClusterID(patience))
	assert.GreaterOrEqual(t, c.ControllerID(patience), int32(0))
}

func TestMetadata_errors(t *testing.T) {
	start(t)
	c := newClient(t, Producer, props{"bootstrap.servers": "127.0.0.1:1"})
	_, err := c.Metadata(nil, true, 10*time.Millisecond)
	assert.Equal(t, -195, code(t, err), "TRANSPORT")
	_, err = c.Metadata(ptr("a\x00b"), true, 10*time.Millisecond)
	assert.Equal(t, ErrInvalidArg, code(t, err))
	assert.Empty(t, c.ClusterID(10*time.Millisecond))
	assert.EqualValues(t, -1, c.ControllerID(10*time.Millisecond))
}
