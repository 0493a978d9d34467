package kafka_test

import (
	"fmt"
	"sort"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// names asserts that String of the values from -1 on gives these, and that past
// the last comes what an unknown value gives.
func names[T interface {
	~int
	fmt.Stringer
}](t *testing.T, unknown string, want ...string) {
	t.Helper()
	assert.Equal(t, unknown, T(-1).String())
	for i, name := range want {
		assert.Equal(t, name, T(i).String())
	}
	assert.Equal(t, unknown, T(len(want)).String())
}

func TestAdminEnums_String(t *testing.T) {
	t.Parallel()
	names[kafka.ResourceType](t, "UNSUPPORTED", "UNKNOWN", "ANY", "TOPIC", "GROUP", "BROKER", "TRANSACTIONAL_ID")
	names[kafka.ResourcePatternType](t, "UNSUPPORTED", "UNKNOWN", "ANY", "MATCH", "LITERAL", "PREFIXED")
	names[kafka.ACLOperation](t, "UNSUPPORTED", "UNKNOWN", "ANY", "ALL", "READ", "WRITE", "CREATE", "DELETE", "ALTER",
		"DESCRIBE", "CLUSTER_ACTION", "DESCRIBE_CONFIGS", "ALTER_CONFIGS", "IDEMPOTENT_WRITE")
	names[kafka.ACLPermissionType](t, "UNSUPPORTED", "UNKNOWN", "ANY", "DENY", "ALLOW")
	names[kafka.ConfigSource](t, "UNSUPPORTED", "UNKNOWN_CONFIG", "DYNAMIC_TOPIC_CONFIG", "DYNAMIC_BROKER_CONFIG",
		"DYNAMIC_DEFAULT_BROKER_CONFIG", "STATIC_BROKER_CONFIG", "DEFAULT_CONFIG", "DYNAMIC_BROKER_LOGGER_CONFIG",
		"CLIENT_METRICS_CONFIG", "GROUP_CONFIG")
	names[kafka.ConsumerGroupState](t, "", "Unknown", "PreparingRebalance", "CompletingRebalance", "Stable", "Dead", "Empty")
	names[kafka.ConsumerGroupType](t, "", "Unknown", "Consumer", "Classic")
	names[kafka.ScramMechanism](t, "UNKNOWN", "UNKNOWN", "SCRAM-SHA-256", "SCRAM-SHA-512")
	assert.Equal(t, "Set", kafka.AlterOperation(kafka.AlterOperationSet).String())
	assert.Equal(t, "Unknown1?", kafka.AlterOperation(1).String())
	for op, want := range map[kafka.AlterConfigOpType]string{0: "Set", 1: "Delete", 2: "Append", 3: "Subtract", 4: "Unknown 4", -1: "Unknown -1"} {
		assert.Equal(t, want, op.String())
	}
}

// fromString asserts what text gives; 0 stands for an error with that text.
func fromString[T ~int](t *testing.T, f func(string) (T, error), text string, want map[string]T) {
	t.Helper()
	for s, v := range want {
		got, err := f(s)
		assert.Equal(t, v, got, s)
		if v == 0 {
			assert.Equal(t, kafka.NewError(kafka.ErrInvalidArg, text, false), err, s)
		} else {
			assert.NoError(t, err, s)
		}
	}
}

func TestAdminEnums_FromString(t *testing.T) {
	t.Parallel()
	fromString(t, kafka.ResourceTypeFromString, "Unknown resource type", map[string]kafka.ResourceType{
		"topic": 2, "ANY": 1, "Transactional_Id": 5, "group": 3, "Broker": 4, "TRANSACTIONALID": 0, "unknown": 0, "": 0, "x": 0,
	})
	fromString(t, kafka.ResourcePatternTypeFromString, "Unknown resource pattern type", map[string]kafka.ResourcePatternType{
		"any": 1, "Match": 2, "LITERAL": 3, "prefixed": 4, "unknown": 0, "": 0,
	})
	fromString(t, kafka.ACLOperationFromString, "Unknown ACL operation", map[string]kafka.ACLOperation{
		"any": 1, "all": 2, "ALTER_CONFIGS": 11, "Idempotent_Write": 12, "AlterConfigs": 0, "unknown": 0, "": 0,
	})
	fromString(t, kafka.ACLPermissionTypeFromString, "Unknown ACL permission type", map[string]kafka.ACLPermissionType{
		"any": 1, "deny": 2, "ALLOW": 3, "unknown": 0, "": 0,
	})
	fromString(t, kafka.ScramMechanismFromString, "Unknown SCRAM mechanism", map[string]kafka.ScramMechanism{
		"SCRAM-SHA-256": 1, "scram-sha-512": 2, "SCRAM_SHA_256": 0, "unknown": 0, "": 0,
	})
	for s, want := range map[string]kafka.ConsumerGroupState{
		"stable": 3, "STABLE": 3, "PreparingRebalance": 1, "completingrebalance": 2, "Dead": 4, "empty": 5, "PREPARING_REBALANCE": 0, "x": 0, "": 0,
	} {
		got, err := kafka.ConsumerGroupStateFromString(s)
		require.NoError(t, err)
		assert.Equal(t, want, got, s)
	}
	for s, want := range map[string]kafka.ConsumerGroupType{"consumer": 1, "CLASSIC": 2, "Unknown": 0, "x": 0, "": 0} {
		assert.Equal(t, want, kafka.ConsumerGroupTypeFromString(s), s)
	}
	for s, want := range map[string]kafka.ElectionType{"preferred": kafka.ElectionTypePreferred, "UNCLEAN": kafka.ElectionTypeUnclean} {
		got, err := kafka.ElectionTypeFromString(s)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	_, err := kafka.ElectionTypeFromString("x")
	assert.Equal(t, kafka.NewError(kafka.ErrInvalidArg, "Unknown election type", false), err)
}

func TestAdminValues_String(t *testing.T) {
	t.Parallel()
	topic := "t"
	noText, text := kafka.NewError(kafka.ErrUnknownTopicOrPart, "", false), kafka.NewError(kafka.ErrUnknownTopicOrPart, "boo", false)
	for _, c := range []struct {
		v    fmt.Stringer
		want string
	}{
		{kafka.ConfigEntry{Name: "n", Value: `v"`}, `Set n="v""`},
		{kafka.ConfigEntryResult{Name: "n", Value: "v", Source: kafka.ConfigSourceDynamicTopic}, `DYNAMIC_TOPIC_CONFIG n="v"`},
		{kafka.ConfigResource{Type: kafka.ResourceTopic, Name: "n"}, "Resource(TOPIC, n)"},
		{kafka.ConfigResourceResult{Type: kafka.ResourceTopic, Name: "n", Config: map[string]kafka.ConfigEntryResult{"a": {}}}, "ResourceResult(TOPIC, n, 1 config(s))"},
		{kafka.ConfigResourceResult{Type: kafka.ResourceTopic, Name: "n", Error: noText}, `ResourceResult(TOPIC, n, "Broker: Unknown topic or partition")`},
		{kafka.ConfigResourceResult{Type: kafka.ResourceTopic, Name: "n", Error: text}, `ResourceResult(TOPIC, n, "boo")`},
		{kafka.TopicResult{Topic: "a"}, "a"},
		{kafka.TopicResult{Topic: "a", Error: noText}, "a ()"},
		{kafka.TopicResult{Topic: "a", Error: text}, "a (boo)"},
		{kafka.ConsumerGroupResult{Group: "a"}, "a"},
		{kafka.ConsumerGroupResult{Group: "a", Error: text}, "a (boo)"},
		{kafka.ConsumerGroupTopicPartitions{Group: "g", Partitions: []kafka.TopicPartition{{Topic: &topic, Partition: 1}, {}}}, "g[ t[1]@0 <null>[0]@0 ]"},
		{kafka.ConsumerGroupTopicPartitions{Group: "g"}, "g[ ]"},
	} {
		assert.Equal(t, c.want, c.v.String())
	}
}

func TestACLBindings_sort(t *testing.T) {
	t.Parallel()
	base := kafka.ACLBinding{Type: 2, Name: "m", ResourcePatternType: 3, Principal: "m", Host: "m", Operation: 5, PermissionType: 2}
	// Each is greater than the one before in a field, and smaller in the next one.
	want := kafka.ACLBindings{base}
	for _, change := range []func(*kafka.ACLBinding){
		func(b *kafka.ACLBinding) { b.PermissionType = 3 },
		func(b *kafka.ACLBinding) { b.Operation, b.PermissionType = 6, 1 },
		func(b *kafka.ACLBinding) { b.Host, b.Operation = "n", 1 },
		func(b *kafka.ACLBinding) { b.Principal, b.Host = "n", "a" },
		func(b *kafka.ACLBinding) { b.ResourcePatternType, b.Principal = 4, "a" },
		func(b *kafka.ACLBinding) { b.Name, b.ResourcePatternType = "n", 1 },
		func(b *kafka.ACLBinding) { b.Type, b.Name = 3, "a" },
	} {
		next := want[len(want)-1]
		change(&next)
		want = append(want, next)
	}
	got := make(kafka.ACLBindings, len(want))
	for i, b := range want {
		got[len(want)-1-i] = b
	}
	sort.Sort(got)
	assert.Equal(t, want, got)
	assert.False(t, got.Less(2, 2))
}

func TestStringMapToConfigEntries(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []kafka.ConfigEntry{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}},
		kafka.StringMapToConfigEntries(map[string]string{"b": "2", "a": "1"}, kafka.AlterOperationSet))
	assert.Equal(t, []kafka.ConfigEntry{
		{Name: "a", Value: "1", IncrementalOperation: kafka.AlterConfigOpTypeAppend}, {Name: "b", Value: "2"},
	}, kafka.StringMapToIncrementalConfigEntries(map[string]string{"b": "2", "a": "1"},
		map[string]kafka.AlterConfigOpType{"a": kafka.AlterConfigOpTypeAppend, "c": kafka.AlterConfigOpTypeDelete}))
	assert.Empty(t, kafka.StringMapToConfigEntries(nil, kafka.AlterOperationSet))
}
