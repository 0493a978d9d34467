package integration_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// A group's whole life as an admin client sees it, under both protocols.
func TestAdmin_groups(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]struct {
		settings  kafka.ConfigMap
		groupType kafka.ConsumerGroupType
		assignor  string
	}{
		"classic":  {kafka.ConfigMap{"partition.assignment.strategy": "range"}, kafka.ConsumerGroupTypeClassic, "range"},
		"consumer": {kafka.ConfigMap{"group.protocol": "consumer"}, kafka.ConsumerGroupTypeConsumer, "uniform"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := shared.Get(t)
			ctx, topic, group := t.Context(), unique(t), unique(t)
			prod := newProducer(t, c, kafka.ConfigMap{})
			own := newAdmin(t, c)
			createTopic(t, own, kafka.TopicSpecification{Topic: topic, NumPartitions: 2})
			produceValues(t, prod, topic, 0, 10)
			p.settings["group.id"], p.settings["auto.offset.reset"], p.settings["client.id"] = group, "earliest", "me"
			p.settings["enable.auto.commit"] = false
			// A static member is in the group until its session ends, which must be soon here.
			p.settings["group.instance.id"] = "static"
			if p.groupType == kafka.ConsumerGroupTypeClassic {
				p.settings["session.timeout.ms"], p.settings["heartbeat.interval.ms"] = 2000, 500
			} else {
				setGroupConfig(t, own, group, map[string]string{"consumer.session.timeout.ms": "2000", "consumer.heartbeat.interval.ms": "500"})
			}
			cons := newConsumer(t, c, p.settings)
			a, err := kafka.NewAdminClientFromConsumer(cons)
			require.NoError(t, err)
			require.NoError(t, cons.Subscribe(topic, nil))
			m, err := cons.ReadMessage(30 * time.Second)
			require.NoError(t, err)
			_, err = cons.CommitMessage(m)
			require.NoError(t, err)

			describe := func(options ...kafka.DescribeConsumerGroupsAdminOption) kafka.ConsumerGroupDescription {
				t.Helper()
				r, err := a.DescribeConsumerGroups(ctx, []string{group}, options...)
				require.NoError(t, err)
				require.Len(t, r.ConsumerGroupDescriptions, 1)
				return r.ConsumerGroupDescriptions[0]
			}
			d := describe(kafka.SetAdminOptionIncludeAuthorizedOperations(true), kafka.SetAdminRequestTimeout(30*time.Second))
			assert.Equal(t, group, d.GroupID)
			assert.Equal(t, kafka.ErrNoError, d.Error.Code())
			assert.Equal(t, kafka.ConsumerGroupStateStable, d.State)
			assert.Equal(t, p.groupType, d.Type)
			assert.Equal(t, p.assignor, d.PartitionAssignor)
			assert.Equal(t, 1, d.Coordinator.ID)
			assert.False(t, d.IsSimpleConsumerGroup)
			assert.Contains(t, d.AuthorizedOperations, kafka.ACLOperationDelete)
			require.Len(t, d.Members, 1)
			member := d.Members[0]
			assert.Equal(t, "me", member.ClientID)
			assert.Equal(t, "static", member.GroupInstanceID)
			assert.NotEmpty(t, member.ConsumerID)
			assert.Contains(t, member.Host, "127.0.0.1")
			assigned := func(m kafka.MemberAssignment) (parts []int32) {
				for _, tp := range m.TopicPartitions {
					assert.Equal(t, topic, *tp.Topic)
					parts = append(parts, tp.Partition)
				}
				return parts
			}
			assert.ElementsMatch(t, []int32{0, 1}, assigned(member.Assignment))
			if p.groupType == kafka.ConsumerGroupTypeConsumer {
				require.NotNil(t, member.TargetAssignment)
				assert.ElementsMatch(t, []int32{0, 1}, assigned(*member.TargetAssignment))
			} else {
				assert.Nil(t, member.TargetAssignment)
			}
			assert.Nil(t, describe().AuthorizedOperations)

			// listed says whether the group is among those that match.
			listed := func(options ...kafka.ListConsumerGroupsAdminOption) *kafka.ConsumerGroupListing {
				t.Helper()
				r, err := a.ListConsumerGroups(ctx, options...)
				require.NoError(t, err)
				assert.Empty(t, r.Errors)
				for _, g := range r.Valid {
					if g.GroupID == group {
						return &g
					}
				}
				return nil
			}
			assert.Equal(t, &kafka.ConsumerGroupListing{GroupID: group, State: kafka.ConsumerGroupStateStable, Type: p.groupType}, listed())
			states, types := kafka.SetAdminMatchConsumerGroupStates, kafka.SetAdminMatchConsumerGroupTypes
			assert.NotNil(t, listed(states([]kafka.ConsumerGroupState{kafka.ConsumerGroupStateStable}), kafka.SetAdminRequestTimeout(30*time.Second)))
			assert.Nil(t, listed(states([]kafka.ConsumerGroupState{kafka.ConsumerGroupStateEmpty})))
			assert.NotNil(t, listed(types([]kafka.ConsumerGroupType{p.groupType})))
			assert.Nil(t, listed(types([]kafka.ConsumerGroupType{kafka.ConsumerGroupTypeConsumer + kafka.ConsumerGroupTypeClassic - p.groupType})))

			// What a group with members lets nobody do.
			offset := func(partition int32, o kafka.Offset) kafka.TopicPartition {
				return kafka.TopicPartition{Topic: &topic, Partition: partition, Offset: o}
			}
			one := func(parts ...kafka.TopicPartition) []kafka.ConsumerGroupTopicPartitions {
				return []kafka.ConsumerGroupTopicPartitions{{Group: group, Partitions: parts}}
			}
			refused, err := a.AlterConsumerGroupOffsets(ctx, one(offset(0, 5)))
			require.NoError(t, err)
			assert.ErrorIs(t, refused.ConsumerGroupsTopicPartitions[0].Partitions[0].Error, kafka.ErrUnknownMemberID)
			kept, err := a.DeleteConsumerGroups(ctx, []string{group, group + "-none"}, kafka.SetAdminRequestTimeout(30*time.Second))
			require.NoError(t, err)
			require.Len(t, kept.ConsumerGroupResults, 2)
			assert.Equal(t, kafka.ErrNonEmptyGroup, kept.ConsumerGroupResults[0].Error.Code())
			assert.Equal(t, kafka.ErrGroupIDNotFound, kept.ConsumerGroupResults[1].Error.Code())

			require.NoError(t, cons.Close())
			_, err = a.ListConsumerGroups(ctx)
			require.Error(t, err, "the consumer's connections are closed")
			a = own
			eventually(t, func(ct *assert.CollectT) {
				r, err := a.DescribeConsumerGroups(ctx, []string{group})
				require.NoError(ct, err)
				require.Equal(ct, kafka.ConsumerGroupStateEmpty, r.ConsumerGroupDescriptions[0].State)
			})

			before, err := a.ListConsumerGroupOffsets(ctx, one(), kafka.SetAdminRequireStableOffsets(true))
			require.NoError(t, err)
			require.Len(t, before.ConsumerGroupsTopicPartitions[0].Partitions, 1, "of all partitions, those with an offset")
			assert.Equal(t, kafka.Offset(1), before.ConsumerGroupsTopicPartitions[0].Partitions[0].Offset)
			metadata := "note"
			withNote := offset(0, 5)
			withNote.Metadata = &metadata
			altered, err := a.AlterConsumerGroupOffsets(ctx, one(withNote, offset(1, 0)), kafka.SetAdminRequestTimeout(30*time.Second))
			require.NoError(t, err)
			require.Len(t, altered.ConsumerGroupsTopicPartitions[0].Partitions, 2)
			for _, tp := range altered.ConsumerGroupsTopicPartitions[0].Partitions {
				assert.NoError(t, tp.Error)
			}
			after, err := a.ListConsumerGroupOffsets(ctx, one(offset(0, 0), offset(1, 0)), kafka.SetAdminRequestTimeout(30*time.Second))
			require.NoError(t, err)
			parts := after.ConsumerGroupsTopicPartitions[0].Partitions
			require.Len(t, parts, 2)
			assert.Equal(t, kafka.Offset(5), parts[0].Offset)
			require.NotNil(t, parts[0].Metadata)
			assert.Equal(t, "note", *parts[0].Metadata)

			deleted, err := a.DeleteConsumerGroups(ctx, []string{group})
			require.NoError(t, err)
			assert.Equal(t, []kafka.ConsumerGroupResult{{Group: group}}, deleted.ConsumerGroupResults)
			gone := describe()
			assert.Equal(t, kafka.ConsumerGroupStateDead, gone.State)
			assert.Equal(t, kafka.ErrNoError, gone.Error.Code())
		})
	}
}

// setGroupConfig changes a group's configuration and checks that the broker has it.
func setGroupConfig(t *testing.T, a *kafka.AdminClient, group string, config map[string]string) {
	t.Helper()
	resource := kafka.ConfigResource{Type: kafka.ResourceGroup, Name: group}
	with := resource
	with.Config = kafka.StringMapToIncrementalConfigEntries(config, nil)
	results, err := a.IncrementalAlterConfigs(t.Context(), []kafka.ConfigResource{with})
	require.NoError(t, err)
	require.Equal(t, kafka.ErrNoError, results[0].Error.Code(), results[0])
	eventually(t, func(ct *assert.CollectT) {
		results, err := a.DescribeConfigs(t.Context(), []kafka.ConfigResource{resource})
		require.NoError(ct, err)
		for k, v := range config {
			require.Equal(ct, v, results[0].Config[k].Value)
			require.Equal(ct, kafka.ConfigSourceGroup, results[0].Config[k].Source)
		}
	})
}
