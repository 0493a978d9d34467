package integration_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

// newAdmin makes an admin client that is closed when the test ends.
func newAdmin(t *testing.T, c *cluster.Cluster) *kafka.AdminClient {
	t.Helper()
	a, err := kafka.NewAdminClient(config(c, kafka.ConfigMap{}))
	require.NoError(t, err)
	t.Cleanup(a.Close)
	return a
}

// createTopic makes a topic with an admin client.
func createTopic(t *testing.T, a *kafka.AdminClient, spec kafka.TopicSpecification) {
	t.Helper()
	results, err := a.CreateTopics(t.Context(), []kafka.TopicSpecification{spec})
	require.NoError(t, err)
	require.Len(t, results, 1)
	require.Equal(t, kafka.ErrNoError, results[0].Error.Code(), results[0])
}

// eventually waits until a check of what the cluster says holds: what was changed on one broker is not known to all at
// once.
func eventually(t *testing.T, check func(ct *assert.CollectT)) {
	t.Helper()
	require.EventuallyWithT(t, check, 30*time.Second, 100*time.Millisecond)
}

func TestAdmin_cluster(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	a := newAdmin(t, c)
	described, err := a.DescribeCluster(t.Context())
	require.NoError(t, err)
	require.NotNil(t, described.ClusterID)
	id, err := a.ClusterID(t.Context())
	require.NoError(t, err)
	assert.Equal(t, *described.ClusterID, id)
	require.Len(t, described.Nodes, 1)
	node := described.Nodes[0]
	assert.Equal(t, 1, node.ID)
	assert.Equal(t, c.Broker(1).Addr(), node.String()[1:len(node.String())-3], "[host:port]/1")
	require.NotNil(t, node.Rack)
	assert.Equal(t, "r1", *node.Rack)
	require.NotNil(t, described.Controller)
	assert.Equal(t, 1, described.Controller.ID)
	controller, err := a.ControllerID(t.Context())
	require.NoError(t, err)
	assert.Equal(t, int32(1), controller)
	assert.Nil(t, described.AuthorizedOperations)

	with, err := a.DescribeCluster(t.Context(), kafka.SetAdminOptionIncludeAuthorizedOperations(true), kafka.SetAdminRequestTimeout(30*time.Second))
	require.NoError(t, err)
	assert.Contains(t, with.AuthorizedOperations, kafka.ACLOperationCreate)
	md, err := a.GetMetadata(nil, true, 10_000)
	require.NoError(t, err)
	assert.Len(t, md.Brokers, 1)
}

func TestAdmin_topics(t *testing.T) {
	t.Parallel()
	a := newAdmin(t, shared.Get(t))
	ctx, topic, other := t.Context(), unique(t), unique(t)+"-other"

	checked, err := a.CreateTopics(ctx, []kafka.TopicSpecification{{Topic: topic, NumPartitions: 2, ReplicationFactor: 1}},
		kafka.SetAdminValidateOnly(true))
	require.NoError(t, err)
	assert.Equal(t, []kafka.TopicResult{{Topic: topic}}, checked)
	created, err := a.CreateTopics(ctx, []kafka.TopicSpecification{
		{Topic: topic, NumPartitions: 2, Config: map[string]string{"retention.ms": "3600000"}},
		{Topic: other, NumPartitions: 1, ReplicaAssignment: [][]int32{{1}}},
		{Topic: topic + "-many", NumPartitions: 1, ReplicationFactor: 3},
		{Topic: topic + "-bad", NumPartitions: 1, Config: map[string]string{"no.such": "x"}},
		{Topic: topic + "-nil", NumPartitions: 1, Config: map[string]string{"": "x"}},
		{Topic: "", NumPartitions: 1},
	}, nil, kafka.SetAdminOperationTimeout(20*time.Second), kafka.SetAdminRequestTimeout(30*time.Second))
	require.NoError(t, err)
	require.Len(t, created, 6)
	assert.Equal(t, []kafka.TopicResult{{Topic: topic}, {Topic: other}}, created[:2])
	assert.Equal(t, kafka.ErrInvalidReplicationFactor, created[2].Error.Code())
	assert.Equal(t, kafka.ErrInvalidConfig, created[3].Error.Code())
	assert.Contains(t, created[3].String(), "no.such")
	assert.Equal(t, kafka.ErrInvalidConfig, created[4].Error.Code())
	assert.Equal(t, kafka.ErrTopicException, created[5].Error.Code())
	again, err := a.CreateTopics(ctx, []kafka.TopicSpecification{{Topic: topic, NumPartitions: 2}})
	require.NoError(t, err)
	assert.Equal(t, kafka.ErrTopicAlreadyExists, again[0].Error.Code())

	grown, err := a.CreatePartitions(ctx, []kafka.PartitionsSpecification{
		{Topic: topic, IncreaseTo: 4, ReplicaAssignment: [][]int32{{1}, {1}}}, {Topic: other, IncreaseTo: 1}, {Topic: topic + "-none", IncreaseTo: 2},
	})
	require.NoError(t, err)
	require.Len(t, grown, 3)
	assert.Equal(t, kafka.TopicResult{Topic: topic}, grown[0])
	assert.Equal(t, kafka.ErrInvalidPartitions, grown[1].Error.Code())
	assert.Equal(t, kafka.ErrUnknownTopicOrPart, grown[2].Error.Code())
	_, err = a.CreatePartitions(ctx, []kafka.PartitionsSpecification{{Topic: topic, IncreaseTo: 9}}, kafka.SetAdminValidateOnly(true))
	require.NoError(t, err)

	names := kafka.NewTopicCollectionOfTopicNames([]string{topic, topic + "-none", other})
	eventually(t, func(ct *assert.CollectT) {
		described, err := a.DescribeTopics(ctx, names)
		require.NoError(ct, err)
		require.Len(ct, described.TopicDescriptions, 3)
		require.Len(ct, described.TopicDescriptions[0].Partitions, 4)
	})
	described, err := a.DescribeTopics(ctx, names, kafka.SetAdminOptionIncludeAuthorizedOperations(true))
	require.NoError(t, err)
	d := described.TopicDescriptions[0]
	assert.Equal(t, topic, d.Name)
	assert.Equal(t, kafka.ErrNoError, d.Error.Code())
	assert.False(t, d.IsInternal)
	assert.Len(t, d.TopicID.String(), 22)
	assert.NotZero(t, d.TopicID.GetMostSignificantBits())
	assert.Contains(t, d.AuthorizedOperations, kafka.ACLOperationWrite)
	for i, p := range d.Partitions {
		assert.Equal(t, i, p.Partition)
		require.NotNil(t, p.Leader)
		assert.Equal(t, 1, p.Leader.ID)
		assert.Len(t, p.Replicas, 1)
		assert.Len(t, p.Isr, 1)
	}
	assert.Equal(t, kafka.ErrUnknownTopicOrPart, described.TopicDescriptions[1].Error.Code())
	assert.Equal(t, other, described.TopicDescriptions[2].Name)
	none, err := a.DescribeTopics(ctx, kafka.NewTopicCollectionOfTopicNames([]string{}))
	require.NoError(t, err)
	assert.Empty(t, none.TopicDescriptions)

	deleted, err := a.DeleteTopics(ctx, []string{topic, other, topic + "-none"}, kafka.SetAdminOperationTimeout(20*time.Second))
	require.NoError(t, err)
	require.Len(t, deleted, 3)
	assert.Equal(t, []kafka.TopicResult{{Topic: topic}, {Topic: other}}, deleted[:2])
	assert.Equal(t, kafka.ErrUnknownTopicOrPart, deleted[2].Error.Code())
}

func TestAdmin_configs(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	p := newProducer(t, c, kafka.ConfigMap{})
	a, err := kafka.NewAdminClientFromProducer(p)
	require.NoError(t, err)
	ctx, topic := t.Context(), unique(t)
	createTopic(t, a, kafka.TopicSpecification{Topic: topic, NumPartitions: 1, Config: map[string]string{"retention.ms": "1000000", "cleanup.policy": "compact"}})
	resource := func(entries ...kafka.ConfigEntry) []kafka.ConfigResource {
		return []kafka.ConfigResource{{Type: kafka.ResourceTopic, Name: topic, Config: entries}}
	}
	ok := []kafka.ConfigResourceResult{{Type: kafka.ResourceTopic, Name: topic, Config: map[string]kafka.ConfigEntryResult{}}}
	// get waits until a topic's entry has the value, and returns it.
	get := func(name, value string) kafka.ConfigEntryResult {
		var entry kafka.ConfigEntryResult
		eventually(t, func(ct *assert.CollectT) {
			results, err := a.DescribeConfigs(ctx, resource())
			require.NoError(ct, err)
			require.Len(ct, results, 1)
			require.Equal(ct, kafka.ErrNoError, results[0].Error.Code())
			assert.Greater(ct, len(results[0].Config), 20, "all entries come")
			entry = results[0].Config[name]
			require.Equal(ct, value, entry.Value)
		})
		return entry
	}
	assert.Equal(t, kafka.ConfigSourceDynamicTopic, get("retention.ms", "1000000").Source)
	def := get("max.message.bytes", "1048588")
	assert.Equal(t, kafka.ConfigSourceDefault, def.Source)
	assert.True(t, def.IsDefault)
	assert.Contains(t, def.Synonyms, "message.max.bytes")
	assert.True(t, def.Synonyms["message.max.bytes"].IsSynonym)
	assert.Nil(t, def.Synonyms["message.max.bytes"].Synonyms)

	// One entry of several, as it names them.
	one, err := a.DescribeConfigs(ctx, resource(kafka.ConfigEntry{Name: "retention.ms"}), kafka.SetAdminRequestTimeout(30*time.Second))
	require.NoError(t, err)
	assert.Len(t, one[0].Config, 1)

	changed, err := a.IncrementalAlterConfigs(ctx, resource(
		kafka.ConfigEntry{Name: "retention.ms", IncrementalOperation: kafka.AlterConfigOpTypeDelete},
		kafka.ConfigEntry{Name: "segment.ms", Value: "2000000"},
		kafka.ConfigEntry{Name: "cleanup.policy", Value: "delete", IncrementalOperation: kafka.AlterConfigOpTypeAppend},
	))
	require.NoError(t, err)
	assert.Equal(t, ok, changed)
	get("segment.ms", "2000000")
	get("cleanup.policy", "compact,delete")
	assert.NotEqual(t, kafka.ConfigSourceDynamicTopic, get("retention.ms", "604800000").Source)
	_, err = a.IncrementalAlterConfigs(ctx, resource(
		kafka.StringMapToIncrementalConfigEntries(map[string]string{"cleanup.policy": "compact"},
			map[string]kafka.AlterConfigOpType{"cleanup.policy": kafka.AlterConfigOpTypeSubtract})...))
	require.NoError(t, err)
	get("cleanup.policy", "delete")
	_, err = a.IncrementalAlterConfigs(ctx, resource(kafka.ConfigEntry{Name: "segment.ms", Value: "3000000"}), kafka.SetAdminValidateOnly(true))
	require.NoError(t, err)
	get("segment.ms", "2000000")
	bad, err := a.IncrementalAlterConfigs(ctx, resource(kafka.ConfigEntry{Name: "segment.ms", Value: "x"}))
	require.NoError(t, err)
	assert.Equal(t, kafka.ErrInvalidConfig, bad[0].Error.Code())

	// The old form replaces all.
	replaced, err := a.AlterConfigs(ctx, resource(kafka.StringMapToConfigEntries(map[string]string{"retention.ms": "4000000"}, kafka.AlterOperationSet)...))
	require.NoError(t, err)
	assert.Equal(t, ok, replaced)
	get("retention.ms", "4000000")
	get("segment.ms", "604800000")

	broker, err := a.DescribeConfigs(ctx, []kafka.ConfigResource{{Type: kafka.ResourceBroker, Name: "1"}, {Type: kafka.ResourceTopic, Name: topic + "-none"}})
	require.NoError(t, err)
	require.Len(t, broker, 2)
	node := broker[0].Config["node.id"]
	assert.Equal(t, "1", node.Value)
	assert.Equal(t, kafka.ConfigSourceStaticBroker, node.Source)
	assert.True(t, node.IsReadOnly)
	assert.Equal(t, kafka.ErrUnknownTopicOrPart, broker[1].Error.Code())
}

func TestAdmin_offsets(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	p := newProducer(t, c, kafka.ConfigMap{})
	a, err := kafka.NewAdminClientFromProducer(p)
	require.NoError(t, err)
	ctx, topic := t.Context(), unique(t)
	createTopic(t, a, kafka.TopicSpecification{Topic: topic, NumPartitions: 2})
	for i := range 10 {
		reports := make(chan kafka.Event, 1)
		require.NoError(t, p.Produce(&kafka.Message{
			TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: 0}, Value: []byte("v"),
			// The one with the latest time is not the last.
			Timestamp: time.UnixMilli(1_700_000_000_000 + int64((i*3)%10)*1000),
		}, reports))
		require.NoError(t, (<-reports).(*kafka.Message).TopicPartition.Error)
	}
	list := func(spec kafka.OffsetSpec, options ...kafka.ListOffsetsAdminOption) kafka.ListOffsetsResultInfo {
		t.Helper()
		r, err := a.ListOffsets(ctx, map[kafka.TopicPartition]kafka.OffsetSpec{{Topic: &topic, Partition: 0}: spec}, options...)
		require.NoError(t, err)
		require.Len(t, r.ResultInfos, 1)
		for _, info := range r.ResultInfos {
			require.Equal(t, kafka.ErrNoError, info.Error.Code())
			return info
		}
		return kafka.ListOffsetsResultInfo{}
	}
	assert.Equal(t, kafka.Offset(0), list(kafka.EarliestOffsetSpec).Offset)
	assert.Equal(t, kafka.Offset(10), list(kafka.LatestOffsetSpec).Offset)
	assert.Equal(t, kafka.Offset(10), list(kafka.LatestOffsetSpec, kafka.SetAdminIsolationLevel(kafka.IsolationLevelReadCommitted), kafka.SetAdminRequestTimeout(30*time.Second)).Offset)
	latest := list(kafka.MaxTimestampOffsetSpec)
	assert.Equal(t, kafka.Offset(3), latest.Offset)
	assert.Equal(t, int64(1_700_000_009_000), latest.Timestamp)
	assert.NotNil(t, latest.LeaderEpoch)
	at := list(kafka.NewOffsetSpecForTimestamp(1_700_000_005_500))
	assert.Equal(t, kafka.Offset(2), at.Offset)
	assert.Equal(t, int64(1_700_000_006_000), at.Timestamp)
	assert.Equal(t, kafka.OffsetEnd, list(kafka.NewOffsetSpecForTimestamp(1_800_000_000_000)).Offset)

	none := topic + "-none"
	missing, err := a.ListOffsets(ctx, map[kafka.TopicPartition]kafka.OffsetSpec{
		{Topic: &none, Partition: 0}: kafka.LatestOffsetSpec, {Topic: &topic, Partition: 1}: kafka.LatestOffsetSpec,
	})
	require.NoError(t, err)
	codes := map[string]kafka.ErrorCode{}
	for tp, info := range missing.ResultInfos {
		codes[*tp.Topic] = info.Error.Code()
	}
	assert.Equal(t, kafka.ErrNoError, codes[topic])
	assert.NotEqual(t, kafka.ErrNoError, codes[none])

	deleted, err := a.DeleteRecords(ctx, []kafka.TopicPartition{
		{Topic: &topic, Partition: 0, Offset: 4}, {Topic: &topic, Partition: 1, Offset: 100}, {Topic: &topic, Partition: 7, Offset: 1},
	}, kafka.SetAdminOperationTimeout(20*time.Second), kafka.SetAdminRequestTimeout(30*time.Second))
	require.NoError(t, err)
	require.Len(t, deleted.DeleteRecordsResults, 3)
	for _, r := range deleted.DeleteRecordsResults {
		switch r.TopicPartition.Partition {
		case 0:
			require.NoError(t, r.TopicPartition.Error)
			assert.Equal(t, &kafka.DeletedRecords{LowWatermark: 4}, r.DeletedRecords)
		case 1:
			require.ErrorIs(t, r.TopicPartition.Error, kafka.ErrOffsetOutOfRange)
			assert.Nil(t, r.DeletedRecords)
		case 7:
			require.Error(t, r.TopicPartition.Error)
			assert.Nil(t, r.DeletedRecords)
		}
	}
	assert.Equal(t, kafka.Offset(4), list(kafka.EarliestOffsetSpec).Offset)
	all, err := a.DeleteRecords(ctx, []kafka.TopicPartition{{Topic: &topic, Partition: 0, Offset: kafka.OffsetEnd}})
	require.NoError(t, err)
	assert.Equal(t, &kafka.DeletedRecords{LowWatermark: 10}, all.DeleteRecordsResults[0].DeletedRecords)
}

func TestAdmin_scram(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	a := newAdmin(t, c)
	ctx, user, other := t.Context(), unique(t), unique(t)+"-other"
	info := func(m kafka.ScramMechanism, n int) kafka.ScramCredentialInfo {
		return kafka.ScramCredentialInfo{Mechanism: m, Iterations: n}
	}
	set, err := a.AlterUserScramCredentials(ctx, []kafka.UserScramCredentialUpsertion{
		{User: user, ScramCredentialInfo: info(kafka.ScramMechanismSHA256, 4096), Password: []byte("p"), Salt: []byte("salt")},
		{User: other, ScramCredentialInfo: info(kafka.ScramMechanismSHA256, 100), Password: []byte("p"), Salt: []byte{}},
	}, []kafka.UserScramCredentialDeletion{{User: other + "2", Mechanism: kafka.ScramMechanismSHA512}}, kafka.SetAdminRequestTimeout(30*time.Second))
	require.NoError(t, err)
	require.Len(t, set.Errors, 3)
	assert.Equal(t, kafka.ErrNoError, set.Errors[user].Code())
	assert.Equal(t, kafka.ErrUnacceptableCredential, set.Errors[other].Code())
	assert.Equal(t, kafka.ErrResourceNotFound, set.Errors[other+"2"].Code())
	second := kafka.UserScramCredentialUpsertion{User: user, ScramCredentialInfo: info(kafka.ScramMechanismSHA512, 8192), Password: []byte("p")}
	set, err = a.AlterUserScramCredentials(ctx, []kafka.UserScramCredentialUpsertion{second}, nil)
	require.NoError(t, err)
	assert.Equal(t, map[string]kafka.Error{user: {}}, set.Errors)
	set, err = a.AlterUserScramCredentials(ctx, []kafka.UserScramCredentialUpsertion{second},
		[]kafka.UserScramCredentialDeletion{{User: user, Mechanism: kafka.ScramMechanismSHA256}})
	require.NoError(t, err)
	assert.Equal(t, kafka.ErrDuplicateResource, set.Errors[user].Code(), "a user twice in a request")

	var got kafka.DescribeUserScramCredentialsResult
	eventually(t, func(ct *assert.CollectT) {
		got, err = a.DescribeUserScramCredentials(ctx, []string{user, other})
		require.NoError(ct, err)
		require.Len(ct, got.Descriptions[user].ScramCredentialInfos, 2)
	})
	assert.Equal(t, user, got.Descriptions[user].User)
	assert.ElementsMatch(t, []kafka.ScramCredentialInfo{info(kafka.ScramMechanismSHA256, 4096), info(kafka.ScramMechanismSHA512, 8192)},
		got.Descriptions[user].ScramCredentialInfos)
	assert.Equal(t, kafka.ErrResourceNotFound, got.Descriptions[other].Error.Code())
	all, err := a.DescribeUserScramCredentials(ctx, nil)
	require.NoError(t, err)
	assert.Contains(t, all.Descriptions, user)
	out, err := c.Tool(ctx, cluster.ConfigCommand, "--describe", "--entity-type", "users", "--entity-name", user)
	require.NoError(t, err)
	assert.Contains(t, out, "SCRAM-SHA-512=iterations=8192", "Kafka's own tool sees the same")

	for _, m := range []kafka.ScramMechanism{kafka.ScramMechanismSHA256, kafka.ScramMechanismSHA512} {
		gone, err := a.AlterUserScramCredentials(ctx, nil, []kafka.UserScramCredentialDeletion{{User: user, Mechanism: m}})
		require.NoError(t, err)
		assert.Equal(t, kafka.ErrNoError, gone.Errors[user].Code())
	}
	eventually(t, func(ct *assert.CollectT) {
		got, err := a.DescribeUserScramCredentials(ctx, []string{user})
		require.NoError(ct, err)
		require.Equal(ct, kafka.ErrResourceNotFound, got.Descriptions[user].Error.Code())
	})
}
