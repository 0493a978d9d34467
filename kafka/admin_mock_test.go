package kafka_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// What librdkafka's mock cluster knows of the admin requests.
func TestAdminClient_onMockCluster(t *testing.T) {
	t.Parallel()
	mock := newMock(t)
	require.NoError(t, mock.CreateTopic("t", 2, 3))
	a := newAdmin(t, kafka.ConfigMap{"bootstrap.servers": mock.BootstrapServers()})
	topic := "t"
	p := newProducer(t, kafka.ConfigMap{"bootstrap.servers": mock.BootstrapServers()})
	reports := make(chan kafka.Event, 10)
	for i := range 10 {
		require.NoError(t, p.Produce(&kafka.Message{
			TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: 1}, Value: []byte{byte(i)},
		}, reports))
	}
	for range 10 {
		require.NoError(t, (<-reports).(*kafka.Message).TopicPartition.Error)
	}

	id, err := a.ClusterID(t.Context())
	require.NoError(t, err)
	assert.Contains(t, id, "mock")
	controller, err := a.ControllerID(t.Context())
	require.NoError(t, err)
	assert.GreaterOrEqual(t, controller, int32(0))
	md, err := a.GetMetadata(&topic, false, 10000)
	require.NoError(t, err)
	assert.Len(t, md.Topics["t"].Partitions, 2)

	listed, err := a.ListOffsets(t.Context(), map[kafka.TopicPartition]kafka.OffsetSpec{
		{Topic: &topic, Partition: 0}: kafka.LatestOffsetSpec,
		{Topic: &topic, Partition: 1}: kafka.LatestOffsetSpec,
		{Topic: &topic, Partition: 9}: kafka.EarliestOffsetSpec,
	}, kafka.SetAdminIsolationLevel(kafka.IsolationLevelReadCommitted))
	require.NoError(t, err)
	got := map[int32]kafka.ListOffsetsResultInfo{}
	for tp, info := range listed.ResultInfos {
		assert.Equal(t, kafka.TopicPartition{Topic: tp.Topic, Partition: tp.Partition}, tp)
		assert.Equal(t, "t", *tp.Topic)
		got[tp.Partition] = info
	}
	assert.Len(t, got, 3)
	assert.Equal(t, kafka.Offset(0), got[0].Offset)
	assert.Equal(t, kafka.Offset(10), got[1].Offset)
	assert.Equal(t, kafka.ErrNoError, got[1].Error.Code())
	assert.Equal(t, int64(-1), got[1].Timestamp)
	assert.Equal(t, kafka.ErrUnknownPartition, got[9].Error.Code())
	none, err := a.ListOffsets(t.Context(), map[kafka.TopicPartition]kafka.OffsetSpec{})
	require.NoError(t, err)
	assert.Empty(t, none.ResultInfos)
	assert.NotNil(t, none.ResultInfos)

	altered, err := a.AlterConsumerGroupOffsets(t.Context(), []kafka.ConsumerGroupTopicPartitions{{
		Group: "g", Partitions: []kafka.TopicPartition{{Topic: &topic, Partition: 1, Offset: 7}},
	}})
	require.NoError(t, err)
	require.Len(t, altered.ConsumerGroupsTopicPartitions, 1)
	assert.Equal(t, "g[ t[1]@7 ]", altered.ConsumerGroupsTopicPartitions[0].String())
	offsets, err := a.ListConsumerGroupOffsets(t.Context(), []kafka.ConsumerGroupTopicPartitions{{
		Group: "g", Partitions: []kafka.TopicPartition{{Topic: &topic, Partition: 0}, {Topic: &topic, Partition: 1}},
	}}, kafka.SetAdminRequireStableOffsets(true))
	require.NoError(t, err)
	require.Len(t, offsets.ConsumerGroupsTopicPartitions, 1)
	assert.Equal(t, "g[ t[0]@unset t[1]@7 ]", offsets.ConsumerGroupsTopicPartitions[0].String())
}

// What the mock cluster does not know comes as an error of each broker, group or
// partition. librdkafka loses a reference to a queue then, 192 bytes for each
// client, so that this test is not for the leak check (build/asan.sh).
func TestAdminClient_unknownRequests(t *testing.T) {
	t.Parallel()
	mock := newMock(t)
	require.NoError(t, mock.CreateTopic("t", 2, 3))
	a := newAdmin(t, kafka.ConfigMap{"bootstrap.servers": mock.BootstrapServers()})
	topic := "t"
	groups, err := a.ListConsumerGroups(t.Context())
	require.NoError(t, err)
	assert.Empty(t, groups.Valid)
	assert.Len(t, groups.Errors, 3)
	assert.ErrorIs(t, groups.Errors[0], kafka.ErrUnsupportedFeature)
	described, err := a.DescribeConsumerGroups(t.Context(), []string{"g", "h"})
	require.NoError(t, err)
	require.Len(t, described.ConsumerGroupDescriptions, 2)
	h := described.ConsumerGroupDescriptions[1]
	assert.Equal(t, "h", h.GroupID)
	assert.Equal(t, kafka.ErrUnsupportedFeature, h.Error.Code())
	assert.Equal(t, kafka.Node{ID: -1}, h.Coordinator)
	assert.Nil(t, h.AuthorizedOperations)
	for range 20 { // librdkafka would crash at the fifth or so
		deleted, err := a.DeleteConsumerGroups(t.Context(), []string{"g"}, kafka.SetAdminRequestTimeout(30*time.Second))
		require.NoError(t, err)
		require.Len(t, deleted.ConsumerGroupResults, 1)
		assert.Equal(t, kafka.ErrUnsupportedFeature, deleted.ConsumerGroupResults[0].Error.Code())
	}
	records, err := a.DeleteRecords(t.Context(), []kafka.TopicPartition{{Topic: &topic, Partition: 1, Offset: 3}})
	require.NoError(t, err)
	require.Len(t, records.DeleteRecordsResults, 1)
	assert.ErrorIs(t, records.DeleteRecordsResults[0].TopicPartition.Error, kafka.ErrUnsupportedFeature)
	assert.Nil(t, records.DeleteRecordsResults[0].DeletedRecords)
}

// The answer to a call that gave up is dropped; those that wait get their own.
func TestAdminClient_lateAnswers(t *testing.T) {
	t.Parallel()
	mock := newMock(t)
	require.NoError(t, mock.CreateTopic("t", 1, 1))
	p := newProducer(t, kafka.ConfigMap{"bootstrap.servers": mock.BootstrapServers()})
	a, err := kafka.NewAdminClientFromProducer(p)
	require.NoError(t, err)
	alter := func(ctx context.Context, offset kafka.Offset) error {
		topic := "t"
		r, err := a.AlterConsumerGroupOffsets(ctx, []kafka.ConsumerGroupTopicPartitions{{
			Group: "g", Partitions: []kafka.TopicPartition{{Topic: &topic, Offset: offset}},
		}})
		if err == nil {
			assert.Equal(t, offset, r.ConsumerGroupsTopicPartitions[0].Partitions[0].Offset)
		}
		return err
	}
	require.NoError(t, alter(t.Context(), 1))
	require.NoError(t, mock.SetRoundtripDuration(-1, 300*time.Millisecond))
	results := make(chan error)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for i := range 20 {
		go func() { results <- alter(ctx, kafka.Offset(100+i)) }()
	}
	for range 20 {
		assert.Equal(t, context.DeadlineExceeded, <-results)
	}
	for i := range 5 {
		go func() { results <- alter(t.Context(), kafka.Offset(200+i)) }()
	}
	for range 5 {
		assert.NoError(t, <-results)
	}
}
