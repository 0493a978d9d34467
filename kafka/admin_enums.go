package kafka

import (
	"fmt"
	"strings"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// byName finds the value from 1 to last whose name is s, whatever the case.
func byName[T ~int](s string, last T, name func(int) string, what string) (T, error) {
	for v := T(1); v <= last; v++ {
		if strings.EqualFold(s, name(int(v))) {
			return v, nil
		}
	}
	return 0, newErrorf(ErrInvalidArg, "Unknown %s", what)
}

// ResourceType is a kind of thing that has a configuration or ACLs.
type ResourceType int

// The resource types.
const (
	ResourceUnknown         ResourceType = 0
	ResourceAny             ResourceType = 1 // in filters of ACLs
	ResourceTopic           ResourceType = 2
	ResourceGroup           ResourceType = 3
	ResourceBroker          ResourceType = 4 // in ACLs: the cluster
	ResourceTransactionalID ResourceType = 5
)

// String returns Kafka's name, such as "TOPIC", or "UNSUPPORTED".
func (t ResourceType) String() string { return rdkafka.ResourceTypeName(int(t)) }

// ResourceTypeFromString is the reverse of String, whatever the case; other text
// gives ErrInvalidArg.
func ResourceTypeFromString(typeString string) (ResourceType, error) {
	return byName(typeString, ResourceTransactionalID, rdkafka.ResourceTypeName, "resource type")
}

// ResourcePatternType says how an ACL's name is matched.
type ResourcePatternType int

// The resource pattern types.
const (
	ResourcePatternTypeUnknown  ResourcePatternType = 0
	ResourcePatternTypeAny      ResourcePatternType = 1 // in filters: any type, the very name
	ResourcePatternTypeMatch    ResourcePatternType = 2 // in filters: all that apply to the name
	ResourcePatternTypeLiteral  ResourcePatternType = 3
	ResourcePatternTypePrefixed ResourcePatternType = 4
)

// String returns Kafka's name, such as "LITERAL", or "UNSUPPORTED".
func (t ResourcePatternType) String() string { return rdkafka.ResourcePatternTypeName(int(t)) }

// ResourcePatternTypeFromString is the reverse of String, whatever the case;
// other text gives ErrInvalidArg.
func ResourcePatternTypeFromString(patternTypeString string) (ResourcePatternType, error) {
	return byName(patternTypeString, ResourcePatternTypePrefixed, rdkafka.ResourcePatternTypeName, "resource pattern type")
}

// ACLOperation is what an ACL allows or denies.
type ACLOperation int

// The operations.
const (
	ACLOperationUnknown         ACLOperation = 0
	ACLOperationAny             ACLOperation = 1 // in filters
	ACLOperationAll             ACLOperation = 2
	ACLOperationRead            ACLOperation = 3
	ACLOperationWrite           ACLOperation = 4
	ACLOperationCreate          ACLOperation = 5
	ACLOperationDelete          ACLOperation = 6
	ACLOperationAlter           ACLOperation = 7
	ACLOperationDescribe        ACLOperation = 8
	ACLOperationClusterAction   ACLOperation = 9
	ACLOperationDescribeConfigs ACLOperation = 10
	ACLOperationAlterConfigs    ACLOperation = 11
	ACLOperationIdempotentWrite ACLOperation = 12
)

// String returns Kafka's name, such as "ALTER_CONFIGS", or "UNSUPPORTED".
func (o ACLOperation) String() string { return rdkafka.ACLOperationName(int(o)) }

// ACLOperationFromString is the reverse of String, whatever the case; other text
// gives ErrInvalidArg.
func ACLOperationFromString(aclOperationString string) (ACLOperation, error) {
	return byName(aclOperationString, ACLOperationIdempotentWrite, rdkafka.ACLOperationName, "ACL operation")
}

// ACLPermissionType says whether an ACL allows or denies.
type ACLPermissionType int

// The permission types.
const (
	ACLPermissionTypeUnknown ACLPermissionType = 0
	ACLPermissionTypeAny     ACLPermissionType = 1 // in filters
	ACLPermissionTypeDeny    ACLPermissionType = 2
	ACLPermissionTypeAllow   ACLPermissionType = 3
)

// String returns Kafka's name, such as "ALLOW", or "UNSUPPORTED".
func (t ACLPermissionType) String() string { return rdkafka.ACLPermissionTypeName(int(t)) }

// ACLPermissionTypeFromString is the reverse of String, whatever the case; other
// text gives ErrInvalidArg.
func ACLPermissionTypeFromString(aclPermissionTypeString string) (ACLPermissionType, error) {
	return byName(aclPermissionTypeString, ACLPermissionTypeAllow, rdkafka.ACLPermissionTypeName, "ACL permission type")
}

// ConfigSource says where a configuration entry has its value from.
type ConfigSource int

// The sources.
const (
	ConfigSourceUnknown              ConfigSource = 0
	ConfigSourceDynamicTopic         ConfigSource = 1
	ConfigSourceDynamicBroker        ConfigSource = 2
	ConfigSourceDynamicDefaultBroker ConfigSource = 3
	ConfigSourceStaticBroker         ConfigSource = 4
	ConfigSourceDefault              ConfigSource = 5
	ConfigSourceGroup                ConfigSource = 8
)

// String returns Kafka's name, such as "DYNAMIC_TOPIC_CONFIG", or "UNSUPPORTED".
func (s ConfigSource) String() string { return rdkafka.ConfigSourceName(int(s)) }

// AlterOperation is what [AdminClient.AlterConfigs] does with an entry.
type AlterOperation int

// AlterOperationSet is the only one: it sets the value.
const AlterOperationSet = 0

// String returns "Set".
func (o AlterOperation) String() string {
	if o == AlterOperationSet {
		return "Set"
	}
	return fmt.Sprintf("Unknown%d?", int(o))
}

// AlterConfigOpType is what [AdminClient.IncrementalAlterConfigs] does with an
// entry.
type AlterConfigOpType int

// The operations.
const (
	AlterConfigOpTypeSet      AlterConfigOpType = 0 // sets the value
	AlterConfigOpTypeDelete   AlterConfigOpType = 1 // goes back to the default
	AlterConfigOpTypeAppend   AlterConfigOpType = 2 // adds to a list
	AlterConfigOpTypeSubtract AlterConfigOpType = 3 // takes out of a list
)

// String returns the name, such as "Append".
func (o AlterConfigOpType) String() string {
	switch o {
	case AlterConfigOpTypeSet:
		return "Set"
	case AlterConfigOpTypeDelete:
		return "Delete"
	case AlterConfigOpTypeAppend:
		return "Append"
	case AlterConfigOpTypeSubtract:
		return "Subtract"
	default:
		return fmt.Sprintf("Unknown %d", int(o))
	}
}

// ConsumerGroupState is the state of a consumer group.
type ConsumerGroupState int

// The states. A group of the consumer protocol (KIP-848) that is assigning or
// reconciling is ConsumerGroupStateUnknown.
const (
	ConsumerGroupStateUnknown             ConsumerGroupState = 0
	ConsumerGroupStatePreparingRebalance  ConsumerGroupState = 1
	ConsumerGroupStateCompletingRebalance ConsumerGroupState = 2
	ConsumerGroupStateStable              ConsumerGroupState = 3
	ConsumerGroupStateDead                ConsumerGroupState = 4
	ConsumerGroupStateEmpty               ConsumerGroupState = 5
)

// String returns Kafka's name, such as "PreparingRebalance", or "".
func (s ConsumerGroupState) String() string { return rdkafka.GroupStateName(int(s)) }

// ConsumerGroupStateFromString is the reverse of String, whatever the case; other
// text gives ConsumerGroupStateUnknown, and the error is always nil.
func ConsumerGroupStateFromString(stateString string) (ConsumerGroupState, error) {
	return ConsumerGroupState(rdkafka.GroupStateCode(stateString)), nil
}

// ConsumerGroupType is the protocol of a consumer group.
type ConsumerGroupType int

// The types.
const (
	ConsumerGroupTypeUnknown  ConsumerGroupType = 0
	ConsumerGroupTypeConsumer ConsumerGroupType = 1 // KIP-848
	ConsumerGroupTypeClassic  ConsumerGroupType = 2
)

// String returns Kafka's name, such as "Classic", or "".
func (t ConsumerGroupType) String() string { return rdkafka.GroupTypeName(int(t)) }

// ConsumerGroupTypeFromString is the reverse of String, whatever the case; other
// text gives ConsumerGroupTypeUnknown.
func ConsumerGroupTypeFromString(typeString string) ConsumerGroupType {
	return ConsumerGroupType(rdkafka.GroupTypeCode(typeString))
}

// ScramMechanism is a mechanism of SASL/SCRAM.
type ScramMechanism int

// The mechanisms.
const (
	ScramMechanismUnknown ScramMechanism = 0
	ScramMechanismSHA256  ScramMechanism = 1
	ScramMechanismSHA512  ScramMechanism = 2
)

// String returns "SCRAM-SHA-256", "SCRAM-SHA-512" or "UNKNOWN".
func (m ScramMechanism) String() string {
	switch m {
	case ScramMechanismSHA256:
		return "SCRAM-SHA-256"
	case ScramMechanismSHA512:
		return "SCRAM-SHA-512"
	default:
		return "UNKNOWN"
	}
}

// ScramMechanismFromString is the reverse of String, whatever the case; other
// text gives ErrInvalidArg.
func ScramMechanismFromString(mechanism string) (ScramMechanism, error) {
	return byName(mechanism, ScramMechanismSHA512, func(m int) string { return ScramMechanism(m).String() }, "SCRAM mechanism")
}

// ElectionType is a kind of election of a partition's leader.
type ElectionType int

// The election types.
const (
	ElectionTypePreferred ElectionType = 0 // of the first replica, if it is in sync
	ElectionTypeUnclean   ElectionType = 1 // of any replica, when none in sync is left
)

// ElectionTypeFromString knows "preferred" and "unclean", whatever the case;
// other text gives ErrInvalidArg.
func ElectionTypeFromString(electionTypeString string) (ElectionType, error) {
	switch strings.ToLower(electionTypeString) {
	case "preferred":
		return ElectionTypePreferred, nil
	case "unclean":
		return ElectionTypeUnclean, nil
	default:
		return ElectionTypePreferred, newErrorf(ErrInvalidArg, "Unknown election type")
	}
}

// IsolationLevel says what [AdminClient.ListOffsets] takes for a partition's end.
type IsolationLevel int

// The levels.
const (
	IsolationLevelReadUncommitted IsolationLevel = 0 // after the last message
	IsolationLevelReadCommitted   IsolationLevel = 1 // before the first message of an unfinished transaction
)

// OffsetSpec says which offset [AdminClient.ListOffsets] looks up: one of the
// constants, or the first with a timestamp at or after a time
// ([NewOffsetSpecForTimestamp]).
type OffsetSpec int64

// The offsets that are not looked up by a time.
const (
	MaxTimestampOffsetSpec OffsetSpec = -3 // of the message with the latest timestamp
	EarliestOffsetSpec     OffsetSpec = -2 // of the first message
	LatestOffsetSpec       OffsetSpec = -1 // of the next message
)

// NewOffsetSpecForTimestamp looks for a time in milliseconds since 1970.
func NewOffsetSpecForTimestamp(timestamp int64) OffsetSpec { return OffsetSpec(timestamp) }
