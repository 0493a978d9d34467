package kafka

import (
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// AdminOption changes how an [AdminClient] method works. Which option goes with
// which method is seen from the method's own type of option. A nil option, and the
// zero value of an option's type, change nothing.
type AdminOption interface {
	apply(*requestOptions) error
}

// requestOptions are the options of one request.
type requestOptions struct {
	rd        *rdkafka.AdminOptions
	timeoutAt bool // the request timeout was set
}

// applyAll applies the options of a call in their order.
func applyAll[O AdminOption](ro *requestOptions, opts []O) error {
	for _, o := range opts {
		if any(o) == nil {
			continue
		}
		if err := o.apply(ro); err != nil {
			return fromRD(err)
		}
	}
	return nil
}

// prefixed puts what was not possible before the text of an error.
func prefixed(what string, err error) error {
	if e, ok := fromRD(err).(Error); ok { //nolint:errorlint // fromRD returns it as it is
		e.str = what + ": " + e.String()
		return e
	}
	return err
}

// AdminOptionOperationTimeout is made by [SetAdminOperationTimeout].
type AdminOptionOperationTimeout struct {
	set bool
	val time.Duration
}

// SetAdminOperationTimeout says how long the broker may take until it has done
// what it was asked for on all brokers: 0 means that it need not wait for that,
// -1 ms its own default, at most 1 h. The default is 60 s. Part of it is that
// other requests see the result.
func SetAdminOperationTimeout(t time.Duration) AdminOptionOperationTimeout {
	return AdminOptionOperationTimeout{set: true, val: t}
}

func (o AdminOptionOperationTimeout) apply(ro *requestOptions) error {
	if !o.set {
		return nil
	}
	return prefixed("Failed to set operation timeout", ro.rd.SetOperationTimeout(o.val))
}

func (AdminOptionOperationTimeout) supportsCreateTopics()     {}
func (AdminOptionOperationTimeout) supportsDeleteTopics()     {}
func (AdminOptionOperationTimeout) supportsCreatePartitions() {}
func (AdminOptionOperationTimeout) supportsDeleteRecords()    {}
func (AdminOptionOperationTimeout) supportsElectLeaders()     {}

// AdminOptionRequestTimeout is made by [SetAdminRequestTimeout].
type AdminOptionRequestTimeout struct {
	set bool
	val time.Duration
}

// SetAdminRequestTimeout bounds the whole request, the search for the broker
// included: 0 to 1 h. The default is socket.timeout.ms.
func SetAdminRequestTimeout(t time.Duration) AdminOptionRequestTimeout {
	return AdminOptionRequestTimeout{set: true, val: t}
}

func (o AdminOptionRequestTimeout) apply(ro *requestOptions) error {
	if !o.set {
		return nil
	}
	ro.timeoutAt = true
	return ro.rd.SetRequestTimeout(o.val)
}

func (AdminOptionRequestTimeout) supportsCreateTopics()                 {}
func (AdminOptionRequestTimeout) supportsDeleteTopics()                 {}
func (AdminOptionRequestTimeout) supportsCreatePartitions()             {}
func (AdminOptionRequestTimeout) supportsAlterConfigs()                 {}
func (AdminOptionRequestTimeout) supportsDescribeConfigs()              {}
func (AdminOptionRequestTimeout) supportsCreateACLs()                   {}
func (AdminOptionRequestTimeout) supportsDescribeACLs()                 {}
func (AdminOptionRequestTimeout) supportsDeleteACLs()                   {}
func (AdminOptionRequestTimeout) supportsListConsumerGroups()           {}
func (AdminOptionRequestTimeout) supportsDescribeConsumerGroups()       {}
func (AdminOptionRequestTimeout) supportsDeleteConsumerGroups()         {}
func (AdminOptionRequestTimeout) supportsListConsumerGroupOffsets()     {}
func (AdminOptionRequestTimeout) supportsAlterConsumerGroupOffsets()    {}
func (AdminOptionRequestTimeout) supportsDescribeTopics()               {}
func (AdminOptionRequestTimeout) supportsDescribeCluster()              {}
func (AdminOptionRequestTimeout) supportsDescribeUserScramCredentials() {}
func (AdminOptionRequestTimeout) supportsAlterUserScramCredentials()    {}
func (AdminOptionRequestTimeout) supportsListOffsets()                  {}
func (AdminOptionRequestTimeout) supportsDeleteRecords()                {}
func (AdminOptionRequestTimeout) supportsElectLeaders()                 {}

// AdminOptionValidateOnly is made by [SetAdminValidateOnly].
type AdminOptionValidateOnly struct {
	set bool
	val bool
}

// SetAdminValidateOnly makes the broker check the request and do nothing.
func SetAdminValidateOnly(validateOnly bool) AdminOptionValidateOnly {
	return AdminOptionValidateOnly{set: true, val: validateOnly}
}

func (o AdminOptionValidateOnly) apply(ro *requestOptions) error {
	if !o.set {
		return nil
	}
	return ro.rd.SetValidateOnly(o.val)
}

func (AdminOptionValidateOnly) supportsCreateTopics()     {}
func (AdminOptionValidateOnly) supportsCreatePartitions() {}
func (AdminOptionValidateOnly) supportsAlterConfigs()     {}

// AdminOptionRequireStableOffsets is made by [SetAdminRequireStableOffsets].
type AdminOptionRequireStableOffsets struct {
	set bool
	val bool
}

// SetAdminRequireStableOffsets makes the broker refuse to return offsets that an
// unfinished transaction may still change; librdkafka asks again until the
// request timeout.
func SetAdminRequireStableOffsets(val bool) AdminOptionRequireStableOffsets {
	return AdminOptionRequireStableOffsets{set: true, val: val}
}

func (o AdminOptionRequireStableOffsets) apply(ro *requestOptions) error {
	if !o.set {
		return nil
	}
	return ro.rd.SetRequireStableOffsets(o.val)
}

func (AdminOptionRequireStableOffsets) supportsListConsumerGroupOffsets() {}

// AdminOptionMatchConsumerGroupStates is made by
// [SetAdminMatchConsumerGroupStates].
type AdminOptionMatchConsumerGroupStates struct {
	set bool
	val []ConsumerGroupState
}

// SetAdminMatchConsumerGroupStates lists only groups in one of the states; none
// means all. A state given twice is an error.
func SetAdminMatchConsumerGroupStates(val []ConsumerGroupState) AdminOptionMatchConsumerGroupStates {
	return AdminOptionMatchConsumerGroupStates{set: true, val: val}
}

func (o AdminOptionMatchConsumerGroupStates) apply(ro *requestOptions) error {
	if !o.set {
		return nil
	}
	return ro.rd.SetMatchConsumerGroupStates(ints(o.val))
}

func (AdminOptionMatchConsumerGroupStates) supportsListConsumerGroups() {}

// AdminOptionMatchConsumerGroupTypes is made by
// [SetAdminMatchConsumerGroupTypes].
type AdminOptionMatchConsumerGroupTypes struct {
	set bool
	val []ConsumerGroupType
}

// SetAdminMatchConsumerGroupTypes lists only groups of one of the types; none
// means all. A type given twice and ConsumerGroupTypeUnknown are errors.
func SetAdminMatchConsumerGroupTypes(val []ConsumerGroupType) AdminOptionMatchConsumerGroupTypes {
	return AdminOptionMatchConsumerGroupTypes{set: true, val: val}
}

func (o AdminOptionMatchConsumerGroupTypes) apply(ro *requestOptions) error {
	if !o.set {
		return nil
	}
	return ro.rd.SetMatchConsumerGroupTypes(ints(o.val))
}

func (AdminOptionMatchConsumerGroupTypes) supportsListConsumerGroups() {}

// AdminOptionIncludeAuthorizedOperations is made by
// [SetAdminOptionIncludeAuthorizedOperations].
type AdminOptionIncludeAuthorizedOperations struct {
	set bool
	val bool
}

// SetAdminOptionIncludeAuthorizedOperations asks what this client may do: the
// AuthorizedOperations of the results.
func SetAdminOptionIncludeAuthorizedOperations(val bool) AdminOptionIncludeAuthorizedOperations {
	return AdminOptionIncludeAuthorizedOperations{set: true, val: val}
}

func (o AdminOptionIncludeAuthorizedOperations) apply(ro *requestOptions) error {
	if !o.set {
		return nil
	}
	return ro.rd.SetIncludeAuthorizedOperations(o.val)
}

func (AdminOptionIncludeAuthorizedOperations) supportsDescribeConsumerGroups() {}
func (AdminOptionIncludeAuthorizedOperations) supportsDescribeTopics()         {}
func (AdminOptionIncludeAuthorizedOperations) supportsDescribeCluster()        {}

// AdminOptionIsolationLevel is made by [SetAdminIsolationLevel].
type AdminOptionIsolationLevel struct {
	set bool
	val IsolationLevel
}

// SetAdminIsolationLevel chooses what counts as the end of a partition.
func SetAdminIsolationLevel(isolationLevel IsolationLevel) AdminOptionIsolationLevel {
	return AdminOptionIsolationLevel{set: true, val: isolationLevel}
}

func (o AdminOptionIsolationLevel) apply(ro *requestOptions) error {
	if !o.set {
		return nil
	}
	return ro.rd.SetIsolationLevel(int(o.val))
}

func (AdminOptionIsolationLevel) supportsListOffsets() {}

func ints[T ~int](in []T) []int {
	out := make([]int, len(in))
	for i, v := range in {
		out[i] = int(v)
	}
	return out
}

// The options of each method.
type (
	// CreateTopicsAdminOption is an option of [AdminClient.CreateTopics].
	CreateTopicsAdminOption interface {
		AdminOption
		supportsCreateTopics()
	}

	// DeleteTopicsAdminOption is an option of [AdminClient.DeleteTopics].
	DeleteTopicsAdminOption interface {
		AdminOption
		supportsDeleteTopics()
	}

	// CreatePartitionsAdminOption is an option of [AdminClient.CreatePartitions].
	CreatePartitionsAdminOption interface {
		AdminOption
		supportsCreatePartitions()
	}

	// AlterConfigsAdminOption is an option of [AdminClient.AlterConfigs] and
	// [AdminClient.IncrementalAlterConfigs].
	AlterConfigsAdminOption interface {
		AdminOption
		supportsAlterConfigs()
	}

	// DescribeConfigsAdminOption is an option of [AdminClient.DescribeConfigs].
	DescribeConfigsAdminOption interface {
		AdminOption
		supportsDescribeConfigs()
	}

	// CreateACLsAdminOption is an option of [AdminClient.CreateACLs].
	CreateACLsAdminOption interface {
		AdminOption
		supportsCreateACLs()
	}

	// DescribeACLsAdminOption is an option of [AdminClient.DescribeACLs].
	DescribeACLsAdminOption interface {
		AdminOption
		supportsDescribeACLs()
	}

	// DeleteACLsAdminOption is an option of [AdminClient.DeleteACLs].
	DeleteACLsAdminOption interface {
		AdminOption
		supportsDeleteACLs()
	}

	// ListConsumerGroupsAdminOption is an option of
	// [AdminClient.ListConsumerGroups].
	ListConsumerGroupsAdminOption interface {
		AdminOption
		supportsListConsumerGroups()
	}

	// DescribeConsumerGroupsAdminOption is an option of
	// [AdminClient.DescribeConsumerGroups].
	DescribeConsumerGroupsAdminOption interface {
		AdminOption
		supportsDescribeConsumerGroups()
	}

	// DeleteConsumerGroupsAdminOption is an option of
	// [AdminClient.DeleteConsumerGroups].
	DeleteConsumerGroupsAdminOption interface {
		AdminOption
		supportsDeleteConsumerGroups()
	}

	// ListConsumerGroupOffsetsAdminOption is an option of
	// [AdminClient.ListConsumerGroupOffsets].
	ListConsumerGroupOffsetsAdminOption interface {
		AdminOption
		supportsListConsumerGroupOffsets()
	}

	// AlterConsumerGroupOffsetsAdminOption is an option of
	// [AdminClient.AlterConsumerGroupOffsets].
	AlterConsumerGroupOffsetsAdminOption interface {
		AdminOption
		supportsAlterConsumerGroupOffsets()
	}

	// DescribeTopicsAdminOption is an option of [AdminClient.DescribeTopics].
	DescribeTopicsAdminOption interface {
		AdminOption
		supportsDescribeTopics()
	}

	// DescribeClusterAdminOption is an option of [AdminClient.DescribeCluster].
	DescribeClusterAdminOption interface {
		AdminOption
		supportsDescribeCluster()
	}

	// DescribeUserScramCredentialsAdminOption is an option of
	// [AdminClient.DescribeUserScramCredentials].
	DescribeUserScramCredentialsAdminOption interface {
		AdminOption
		supportsDescribeUserScramCredentials()
	}

	// AlterUserScramCredentialsAdminOption is an option of
	// [AdminClient.AlterUserScramCredentials].
	AlterUserScramCredentialsAdminOption interface {
		AdminOption
		supportsAlterUserScramCredentials()
	}

	// ListOffsetsAdminOption is an option of [AdminClient.ListOffsets].
	ListOffsetsAdminOption interface {
		AdminOption
		supportsListOffsets()
	}

	// DeleteRecordsAdminOption is an option of [AdminClient.DeleteRecords].
	DeleteRecordsAdminOption interface {
		AdminOption
		supportsDeleteRecords()
	}

	// ElectLeadersAdminOption is an option of [AdminClient.ElectLeaders].
	ElectLeadersAdminOption interface {
		AdminOption
		supportsElectLeaders()
	}
)
