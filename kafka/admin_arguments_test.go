package kafka_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// Wrong arguments give an error that says what is wrong, before anything is sent.
func TestAdminClient_arguments(t *testing.T) {
	t.Parallel()
	a := newAdmin(t, noCluster())
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	topic := "t"
	noTopic := []kafka.TopicPartition{{Partition: 1}}
	zero := "a\x00b"
	password := kafka.UserScramCredentialUpsertion{
		User: "u", Password: []byte("p"), Salt: []byte("s"),
		ScramCredentialInfo: kafka.ScramCredentialInfo{Mechanism: kafka.ScramMechanismSHA256, Iterations: 4096},
	}
	upsert := func(change func(*kafka.UserScramCredentialUpsertion)) func() error {
		return func() error {
			u := password
			change(&u)
			_, err := a.AlterUserScramCredentials(ctx, []kafka.UserScramCredentialUpsertion{u}, nil)
			return err
		}
	}
	create := func(s ...kafka.TopicSpecification) func() error {
		return func() error { _, err := a.CreateTopics(ctx, s); return err }
	}
	partitions := func(s ...kafka.PartitionsSpecification) func() error {
		return func() error { _, err := a.CreatePartitions(ctx, s); return err }
	}
	incremental := func(r ...kafka.ConfigResource) func() error {
		return func() error { _, err := a.IncrementalAlterConfigs(ctx, r); return err }
	}
	alter := func(r ...kafka.ConfigResource) func() error {
		return func() error { _, err := a.AlterConfigs(ctx, r); return err }
	}
	describe := func(r ...kafka.ConfigResource) func() error {
		return func() error { _, err := a.DescribeConfigs(ctx, r); return err }
	}
	entry := func(e kafka.ConfigEntry) kafka.ConfigResource {
		return kafka.ConfigResource{Type: kafka.ResourceTopic, Name: "t", Config: []kafka.ConfigEntry{e}}
	}
	offsets := func(m map[kafka.TopicPartition]kafka.OffsetSpec) func() error {
		return func() error { _, err := a.ListOffsets(ctx, m); return err }
	}
	topics := func(names ...string) func() error {
		return func() error {
			_, err := a.DescribeTopics(ctx, kafka.NewTopicCollectionOfTopicNames(names))
			return err
		}
	}
	alterOffsets := func(parts []kafka.TopicPartition) func() error {
		return func() error {
			_, err := a.AlterConsumerGroupOffsets(ctx, []kafka.ConsumerGroupTopicPartitions{{Group: "g", Partitions: parts}})
			return err
		}
	}
	listOffsets := func(group string, parts []kafka.TopicPartition) func() error {
		return func() error {
			_, err := a.ListConsumerGroupOffsets(ctx, []kafka.ConsumerGroupTopicPartitions{{Group: group, Partitions: parts}})
			return err
		}
	}

	for name, c := range map[string]struct {
		call func() error
		text string
	}{
		"CreateTopics none":      {create(), "Expected non-empty slice of TopicSpecification structs"},
		"CreateTopics exclusive": {create(kafka.TopicSpecification{Topic: "x", NumPartitions: 1, ReplicationFactor: 1, ReplicaAssignment: [][]int32{{1}}}), "mutually exclusive"},
		"CreateTopics count":     {create(kafka.TopicSpecification{Topic: "x", NumPartitions: 2, ReplicaAssignment: [][]int32{{1}}}), "must contain exactly TopicSpecification.NumPartitions partitions"},
		"CreateTopics negative":  {create(kafka.TopicSpecification{Topic: "x", NumPartitions: -2}), "num_partitions out of expected range"},
		"CreateTopics factor":    {create(kafka.TopicSpecification{Topic: "x", NumPartitions: 1, ReplicationFactor: -2}), "replication_factor out of expected range"},
		"CreateTopics zero byte": {create(kafka.TopicSpecification{Topic: zero, NumPartitions: 1}), "zero byte"},
		"CreateTopics zero byte in config": {
			create(kafka.TopicSpecification{Topic: "x", NumPartitions: 1, Config: map[string]string{"k": zero}}), "zero byte",
		},

		"DeleteTopics none":      {func() error { _, err := a.DeleteTopics(ctx, nil); return err }, "Expected non-empty slice of topic names"},
		"DeleteTopics zero byte": {func() error { _, err := a.DeleteTopics(ctx, []string{zero}); return err }, "zero byte"},

		"CreatePartitions none":     {partitions(), "Expected non-empty slice"},
		"CreatePartitions 0":        {partitions(kafka.PartitionsSpecification{Topic: "x"}), "Topic x: new_total_cnt out of expected range"},
		"CreatePartitions negative": {partitions(kafka.PartitionsSpecification{Topic: "x", IncreaseTo: -1}), "new_total_cnt out of expected range"},
		"CreatePartitions too many": {
			partitions(kafka.PartitionsSpecification{Topic: "x", IncreaseTo: 1, ReplicaAssignment: [][]int32{{1}, {2}}}), "2 replica assignments",
		},

		"AlterConfigs none":                {alter(), "Expected non-empty slice of ConfigResource structs"},
		"AlterConfigs operation":           {alter(entry(kafka.ConfigEntry{Name: "a", Value: "b", Operation: 1})), "Invalid ConfigEntry.Operation"},
		"AlterConfigs no name":             {alter(entry(kafka.ConfigEntry{Value: "b"})), "Config"},
		"IncrementalAlterConfigs none":     {incremental(), "Expected non-empty slice of ConfigResource structs"},
		"IncrementalAlterConfigs op":       {incremental(entry(kafka.ConfigEntry{Name: "a", IncrementalOperation: 9})), "Invalid alter config operation type"},
		"IncrementalAlterConfigs no name":  {incremental(entry(kafka.ConfigEntry{Value: "b"})), "Config name mustn't be empty"},
		"IncrementalAlterConfigs resource": {incremental(kafka.ConfigResource{Type: kafka.ResourceTopic}), "Invalid arguments for resource Resource(TOPIC, )"},
		"DescribeConfigs none":             {describe(), "Expected non-empty slice of ConfigResource structs"},
		"DescribeConfigs resource":         {describe(kafka.ConfigResource{Type: kafka.ResourceTopic}), "Invalid arguments for resource Resource(TOPIC, )"},
		"DescribeConfigs negative type":    {describe(kafka.ConfigResource{Type: -1, Name: "x"}), "Invalid arguments for resource Resource(UNSUPPORTED, x)"},
		"DescribeConfigs zero byte":        {describe(kafka.ConfigResource{Type: kafka.ResourceTopic, Name: zero}), "zero byte"},

		"CreateACLs nil":   {func() error { _, err := a.CreateACLs(ctx, nil); return err }, "Expected non-nil slice of ACLBinding structs"},
		"CreateACLs none":  {func() error { _, err := a.CreateACLs(ctx, kafka.ACLBindings{}); return err }, "Expected non-empty slice of ACLBinding structs"},
		"CreateACLs empty": {func() error { _, err := a.CreateACLs(ctx, kafka.ACLBindings{{}}); return err }, "Invalid arguments for ACL binding &{UNKNOWN  UNKNOWN   UNKNOWN UNKNOWN}: Invalid resource name"},
		"CreateACLs second": {func() error {
			_, err := a.CreateACLs(ctx, kafka.ACLBindings{{
				Type: kafka.ResourceTopic, Name: "t", ResourcePatternType: kafka.ResourcePatternTypeLiteral, Principal: "User:u", Host: "*",
				Operation: kafka.ACLOperationRead, PermissionType: kafka.ACLPermissionTypeAllow,
			}, {Name: "n", Principal: "p", Host: "h"}})
			return err
		}, "Invalid resource type"},
		"DescribeACLs empty": {func() error { _, err := a.DescribeACLs(ctx, kafka.ACLBindingFilter{}); return err }, "Invalid arguments for ACL binding filter &{UNKNOWN  UNKNOWN   UNKNOWN UNKNOWN}: Invalid resource type"},
		"DeleteACLs nil":     {func() error { _, err := a.DeleteACLs(ctx, nil); return err }, "Expected non-nil slice of ACLBindingFilter structs"},
		"DeleteACLs none":    {func() error { _, err := a.DeleteACLs(ctx, kafka.ACLBindingFilters{}); return err }, "Expected non-empty slice of ACLBindingFilter structs"},

		"DescribeConsumerGroups none":       {func() error { _, err := a.DescribeConsumerGroups(ctx, nil); return err }, "No groups to describe"},
		"DeleteConsumerGroups none":         {func() error { _, err := a.DeleteConsumerGroups(ctx, nil); return err }, "Expected non-empty slice of group names"},
		"AlterConsumerGroupOffsets nil":     {alterOffsets(nil), "Non-empty topic partition list must be present"},
		"AlterConsumerGroupOffsets none":    {alterOffsets([]kafka.TopicPartition{}), "Non-empty topic partition list must be present"},
		"AlterConsumerGroupOffsets topic":   {alterOffsets(noTopic), "has no topic"},
		"ListConsumerGroupOffsets none":     {listOffsets("g", []kafka.TopicPartition{}), "NULL or non-empty topic partition list must be passed"},
		"ListConsumerGroupOffsets topic":    {listOffsets("g", noTopic), "has no topic"},
		"ListConsumerGroupOffsets no group": {listOffsets("", nil), "has no name"},

		"DescribeTopics nil":   {topics(), "TopicCollection of topic names cannot be nil"},
		"DescribeTopics twice": {topics("t", "t"), "Duplicate topics not allowed"},
		"DescribeTopics empty": {topics("t", ""), "Empty topic name at index 1"},

		"ListOffsets nil":      {offsets(nil), "expected topicPartitionOffsets parameter."},
		"ListOffsets topic":    {offsets(map[kafka.TopicPartition]kafka.OffsetSpec{{}: 1}), "has no topic"},
		"ListOffsets spec":     {offsets(map[kafka.TopicPartition]kafka.OffsetSpec{{Topic: &topic}: -9}), "Partition 0 has an invalid offset -9"},
		"ListOffsets negative": {offsets(map[kafka.TopicPartition]kafka.OffsetSpec{{Topic: &topic, Partition: -1}: -1}), "cannot be negative"},
		"ListOffsets twice": {offsets(map[kafka.TopicPartition]kafka.OffsetSpec{
			{Topic: &topic}: -1, {Topic: ptr(topic)}: -2,
		}), "Partitions must not contain duplicates"},

		"DeleteRecords none":  {func() error { _, err := a.DeleteRecords(ctx, nil); return err }, "No records to delete"},
		"DeleteRecords topic": {func() error { _, err := a.DeleteRecords(ctx, noTopic); return err }, "has no topic"},

		"ElectLeaders type": {func() error {
			_, err := a.ElectLeaders(ctx, kafka.NewElectLeadersRequest(7, nil))
			return err
		}, "Unknown election type 7"},
		"ElectLeaders topic": {func() error {
			_, err := a.ElectLeaders(ctx, kafka.NewElectLeadersRequest(kafka.ElectionTypeUnclean, noTopic))
			return err
		}, "has no topic"},
		"ElectLeaders twice": {func() error {
			_, err := a.ElectLeaders(ctx, kafka.NewElectLeadersRequest(kafka.ElectionTypeUnclean,
				[]kafka.TopicPartition{{Topic: &topic}, {Topic: &topic}}))
			return err
		}, "Duplicate partitions specified"},

		"AlterUserScramCredentials none":       {func() error { _, err := a.AlterUserScramCredentials(ctx, nil, nil); return err }, "At least one alteration is required"},
		"AlterUserScramCredentials user":       {upsert(func(u *kafka.UserScramCredentialUpsertion) { u.User = "" }), "Empty user at index 0"},
		"AlterUserScramCredentials password":   {upsert(func(u *kafka.UserScramCredentialUpsertion) { u.Password = nil }), "Empty password at index 0"},
		"AlterUserScramCredentials mechanism":  {upsert(func(u *kafka.UserScramCredentialUpsertion) { u.ScramCredentialInfo.Mechanism = 0 }), "SCRAM mechanism must be specified at index 0"},
		"AlterUserScramCredentials iterations": {upsert(func(u *kafka.UserScramCredentialUpsertion) { u.ScramCredentialInfo.Iterations = 0 }), "Non-positive iterations at index 0"},
		"DescribeUserScramCredentials twice": {func() error {
			_, err := a.DescribeUserScramCredentials(ctx, []string{"u", "u"})
			return err
		}, "Duplicate users"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := c.call()
			require.ErrorIs(t, err, kafka.ErrInvalidArg)
			assert.ErrorContains(t, err, c.text)
		})
	}

	for _, groups := range [][]kafka.ConsumerGroupTopicPartitions{nil, {{Group: "a"}, {Group: "b"}}} {
		_, err := a.ListConsumerGroupOffsets(ctx, groups)
		require.ErrorContains(t, err, "expected length of groupsPartitions is 1, got ")
		_, err = a.AlterConsumerGroupOffsets(ctx, groups)
		require.ErrorContains(t, err, "expected length of groupsPartitions is 1, got ")
	}
}

func TestAdminClient_options(t *testing.T) {
	t.Parallel()
	a := newAdmin(t, noCluster())
	create := func(options ...kafka.CreateTopicsAdminOption) error {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		_, err := a.CreateTopics(ctx, []kafka.TopicSpecification{{Topic: "x", NumPartitions: 1}}, options...)
		return err
	}
	list := func(options ...kafka.ListConsumerGroupsAdminOption) error {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		_, err := a.ListConsumerGroups(ctx, options...)
		return err
	}
	const request = `Invalid value type for "request_timeout": expecting integer in range 0..3600000`
	const operation = `Failed to set operation timeout: Invalid value type for "operation_timeout": expecting integer in range -1..3600000`
	for _, c := range []struct {
		err  error
		text string
	}{
		{create(kafka.SetAdminRequestTimeout(-time.Second)), request},
		{create(kafka.SetAdminRequestTimeout(-1)), request},
		{create(kafka.SetAdminRequestTimeout(time.Hour + 1)), request},
		{create(kafka.SetAdminRequestTimeout(1 << 62)), request},
		{create(kafka.SetAdminOperationTimeout(-2 * time.Millisecond)), operation},
		{create(kafka.SetAdminOperationTimeout(100 * time.Hour)), operation},
		{create(nil, kafka.SetAdminValidateOnly(true), kafka.SetAdminOperationTimeout(1<<62)), operation},
		{list(kafka.SetAdminMatchConsumerGroupStates([]kafka.ConsumerGroupState{1, 1})), "Duplicate states not allowed"},
		{list(kafka.SetAdminMatchConsumerGroupStates([]kafka.ConsumerGroupState{99})), "Invalid group state value"},
		{list(kafka.SetAdminMatchConsumerGroupTypes([]kafka.ConsumerGroupType{2, 2})), "Duplicate types not allowed"},
		{list(kafka.SetAdminMatchConsumerGroupTypes([]kafka.ConsumerGroupType{0})), "UNKNOWN type is not allowed"},
	} {
		require.ErrorIs(t, c.err, kafka.ErrInvalidArg)
		assert.EqualError(t, c.err, c.text)
	}
	// Those that are right, nil and the zero values go to the cluster, which never answers.
	for _, err := range []error{
		create(), create(nil), create(kafka.AdminOptionRequestTimeout{}, kafka.AdminOptionOperationTimeout{}, kafka.AdminOptionValidateOnly{}),
		create(kafka.SetAdminRequestTimeout(time.Hour), kafka.SetAdminOperationTimeout(-time.Millisecond), kafka.SetAdminValidateOnly(false)),
		list(nil, kafka.AdminOptionMatchConsumerGroupStates{}, kafka.AdminOptionMatchConsumerGroupTypes{}),
		list(kafka.SetAdminMatchConsumerGroupStates(nil), kafka.SetAdminMatchConsumerGroupTypes(nil)),
		list(kafka.SetAdminMatchConsumerGroupStates([]kafka.ConsumerGroupState{3, 5}), kafka.SetAdminMatchConsumerGroupTypes([]kafka.ConsumerGroupType{1, 2})),
	} {
		assert.Equal(t, context.DeadlineExceeded, err)
	}
}
