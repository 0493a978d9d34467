package integration_test

import (
	"sort"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

func TestAdmin_acls(t *testing.T) {
	t.Parallel()
	c := cluster.New(t, cluster.Config{Properties: map[string]string{
		"authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
		"super.users":           "User:ANONYMOUS",
	}})
	a := newAdmin(t, c)
	ctx, timeout := t.Context(), kafka.SetAdminRequestTimeout(30*time.Second)
	acl := func(typ kafka.ResourceType, name string, pattern kafka.ResourcePatternType, op kafka.ACLOperation, perm kafka.ACLPermissionType) kafka.ACLBinding {
		return kafka.ACLBinding{
			Type: typ, Name: name, ResourcePatternType: pattern, Principal: "User:alice", Host: "127.0.0.1", Operation: op, PermissionType: perm,
		}
	}
	const literal, prefixed = kafka.ResourcePatternTypeLiteral, kafka.ResourcePatternTypePrefixed
	all := kafka.ACLBindings{
		acl(kafka.ResourceTopic, "orders", literal, kafka.ACLOperationRead, kafka.ACLPermissionTypeAllow),
		acl(kafka.ResourceTopic, "ord", prefixed, kafka.ACLOperationWrite, kafka.ACLPermissionTypeDeny),
		acl(kafka.ResourceGroup, "*", literal, kafka.ACLOperationAll, kafka.ACLPermissionTypeAllow),
		acl(kafka.ResourceTransactionalID, "tx", literal, kafka.ACLOperationDescribe, kafka.ACLPermissionTypeAllow),
		acl(kafka.ResourceBroker, "kafka-cluster", literal, kafka.ACLOperationAlterConfigs, kafka.ACLPermissionTypeAllow),
	}
	// The last one is none that a broker takes.
	bad := acl(kafka.ResourceTopic, "orders", literal, kafka.ACLOperationRead, kafka.ACLPermissionTypeAllow)
	bad.Principal = "alice"
	created, err := a.CreateACLs(ctx, append(append(kafka.ACLBindings{}, all...), bad), nil, timeout)
	require.NoError(t, err)
	require.Len(t, created, 6)
	for _, r := range created[:5] {
		assert.Equal(t, kafka.ErrNoError, r.Error.Code(), r.Error)
	}
	assert.Equal(t, kafka.ErrInvalidRequest, created[5].Error.Code())

	anything := kafka.ACLBindingFilter{
		Type: kafka.ResourceAny, ResourcePatternType: kafka.ResourcePatternTypeAny,
		Operation: kafka.ACLOperationAny, PermissionType: kafka.ACLPermissionTypeAny,
	}
	describe := func(filter kafka.ACLBindingFilter) kafka.ACLBindings {
		t.Helper()
		r, err := a.DescribeACLs(ctx, filter, timeout)
		require.NoError(t, err)
		require.Equal(t, kafka.ErrNoError, r.Error.Code())
		sort.Sort(r.ACLBindings)
		return r.ACLBindings
	}
	want := append(kafka.ACLBindings{}, all...)
	sort.Sort(want)
	eventually(t, func(ct *assert.CollectT) {
		r, err := a.DescribeACLs(ctx, anything)
		require.NoError(ct, err)
		require.Len(ct, r.ACLBindings, len(all))
	})
	assert.Equal(t, want, describe(anything))
	match := anything
	match.Type, match.Name, match.ResourcePatternType = kafka.ResourceTopic, "orders", kafka.ResourcePatternTypeMatch
	assert.ElementsMatch(t, all[:2], describe(match))
	match.Principal = "User:bob"
	assert.Empty(t, describe(match))
	out, err := c.Tool(ctx, "org.apache.kafka.tools.AclCommand", "--list", "--topic", "orders")
	require.NoError(t, err)
	assert.Contains(t, out, "principal=User:alice, host=127.0.0.1, operation=READ, permissionType=ALLOW")

	byPrincipal := anything
	byPrincipal.Type, byPrincipal.Principal = kafka.ResourceGroup, "User:alice"
	deleted, err := a.DeleteACLs(ctx, kafka.ACLBindingFilters{byPrincipal, all[0], match}, timeout)
	require.NoError(t, err)
	require.Len(t, deleted, 3)
	for i, want := range []kafka.ACLBindings{all[2:3], all[:1], {}} {
		assert.Equal(t, kafka.ErrNoError, deleted[i].Error.Code())
		assert.Equal(t, want, deleted[i].ACLBindings)
	}
	eventually(t, func(ct *assert.CollectT) {
		r, err := a.DescribeACLs(ctx, anything)
		require.NoError(ct, err)
		require.Len(ct, r.ACLBindings, 3)
	})
}

// Without an authorizer the broker says so. Not for DescribeACLs: librdkafka reads that error and drops it.
func TestAdmin_aclsWithoutAuthorizer(t *testing.T) {
	t.Parallel()
	a := newAdmin(t, shared.Get(t))
	acl := kafka.ACLBinding{
		Type: kafka.ResourceTopic, Name: "t", ResourcePatternType: kafka.ResourcePatternTypeLiteral, Principal: "User:u", Host: "*",
		Operation: kafka.ACLOperationRead, PermissionType: kafka.ACLPermissionTypeAllow,
	}
	created, err := a.CreateACLs(t.Context(), kafka.ACLBindings{acl})
	require.NoError(t, err)
	require.Len(t, created, 1)
	assert.Equal(t, kafka.ErrSecurityDisabled, created[0].Error.Code())
	deleted, err := a.DeleteACLs(t.Context(), kafka.ACLBindingFilters{acl})
	require.NoError(t, err)
	require.Len(t, deleted, 1)
	assert.Equal(t, kafka.ErrSecurityDisabled, deleted[0].Error.Code())
	described, err := a.DescribeACLs(t.Context(), acl)
	require.NoError(t, err)
	assert.Empty(t, described.ACLBindings)
}

func TestAdmin_electLeaders(t *testing.T) {
	t.Parallel()
	properties := cluster.FastFaults()
	properties["auto.leader.rebalance.enable"] = "false" // else it does the same by itself
	c := cluster.New(t, cluster.Config{Brokers: 3, Properties: properties})
	a := newAdmin(t, c)
	ctx, topic := t.Context(), unique(t)
	createTopic(t, a, kafka.TopicSpecification{Topic: topic, NumPartitions: 2, ReplicaAssignment: [][]int32{{2, 3}, {3, 2}}})
	// It asks for the metadata of the cluster, which also tells the client who its controller is now.
	leader := func(ct *assert.CollectT, want int32, inSync int) {
		md, err := a.GetMetadata(&topic, false, 5000)
		require.NoError(ct, err)
		require.Len(ct, md.Topics[topic].Partitions, 2)
		p := md.Topics[topic].Partitions[0]
		require.Equal(ct, want, p.Leader)
		require.Len(ct, p.Isrs, inSync)
	}
	eventually(t, func(ct *assert.CollectT) { leader(ct, 2, 2) })
	require.NoError(t, c.Broker(2).Kill())
	eventually(t, func(ct *assert.CollectT) { leader(ct, 3, 1) })
	require.NoError(t, c.Broker(2).Start(ctx))
	eventually(t, func(ct *assert.CollectT) { leader(ct, 3, 2) })

	parts := []kafka.TopicPartition{{Topic: &topic, Partition: 0}, {Topic: &topic, Partition: 1}, {Topic: &topic, Partition: 9}}
	elected, err := a.ElectLeaders(ctx, kafka.NewElectLeadersRequest(kafka.ElectionTypePreferred, parts),
		kafka.SetAdminOperationTimeout(20*time.Second), kafka.SetAdminRequestTimeout(30*time.Second))
	require.NoError(t, err)
	require.Len(t, elected.TopicPartitions, 3)
	for _, tp := range elected.TopicPartitions {
		assert.Equal(t, topic, *tp.Topic)
		switch tp.Partition {
		case 0:
			assert.NoError(t, tp.Error)
		case 1:
			assert.ErrorIs(t, tp.Error, kafka.ErrElectionNotNeeded)
		case 9:
			assert.ErrorIs(t, tp.Error, kafka.ErrUnknownTopicOrPart)
		}
	}
	eventually(t, func(ct *assert.CollectT) { leader(ct, 2, 2) })
	unclean, err := a.ElectLeaders(ctx, kafka.NewElectLeadersRequest(kafka.ElectionTypeUnclean, parts[:1]))
	require.NoError(t, err)
	require.Len(t, unclean.TopicPartitions, 1)
	assert.ErrorIs(t, unclean.TopicPartitions[0].Error, kafka.ErrElectionNotNeeded)
	all, err := a.ElectLeaders(ctx, kafka.NewElectLeadersRequest(kafka.ElectionTypePreferred, nil))
	require.NoError(t, err)
	for _, tp := range all.TopicPartitions {
		assert.NotEqual(t, topic, *tp.Topic, "it needs no election")
	}
}
