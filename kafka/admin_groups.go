package kafka

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// ConsumerGroupListing is one group of a list.
//
// Concurrency: a plain value; see the package overview.
type ConsumerGroupListing struct {
	// GroupID is the name of the group.
	GroupID string
	// IsSimpleConsumerGroup says whether the group has only committed offsets, and
	// no members.
	IsSimpleConsumerGroup bool
	// State is what it is doing.
	State ConsumerGroupState
	// Type is its protocol.
	Type ConsumerGroupType
}

// ListConsumerGroupsResult is the result of [AdminClient.ListConsumerGroups].
//
// Concurrency: a plain value; see the package overview.
type ListConsumerGroupsResult struct {
	// Valid are the groups.
	Valid []ConsumerGroupListing
	// Errors hold an Error for each broker that could not list its groups.
	Errors []error
}

// ListConsumerGroups lists the groups of all brokers.
func (a *AdminClient) ListConsumerGroups(ctx context.Context, options ...ListConsumerGroupsAdminOption) (result ListConsumerGroupsResult, err error) {
	return request(ctx, a, rdkafka.AdminListConsumerGroups, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			rk.ListConsumerGroups(o, q)
			return nil
		},
		func(ev *rdkafka.Event) ListConsumerGroupsResult {
			groups, errs := ev.ListConsumerGroupsResult()
			out := ListConsumerGroupsResult{Valid: make([]ConsumerGroupListing, len(groups)), Errors: make([]error, len(errs))}
			for i := range groups {
				g := &groups[i]
				out.Valid[i] = ConsumerGroupListing{
					GroupID: g.ID, IsSimpleConsumerGroup: g.IsSimple, State: ConsumerGroupState(g.State), Type: ConsumerGroupType(g.Type),
				}
			}
			for i := range errs {
				out.Errors[i] = fromRDError(&errs[i])
			}
			return out
		})
}

// MemberAssignment is the partitions of a member of a group.
//
// Concurrency: a plain value; see the package overview.
type MemberAssignment struct {
	// TopicPartitions are the partitions.
	TopicPartitions []TopicPartition
}

// MemberDescription describes a member of a group.
//
// Concurrency: a plain value; see the package overview.
type MemberDescription struct {
	// ClientID is the member's client.id.
	ClientID string
	// GroupInstanceID is its group.instance.id, "" when it is no static member.
	GroupInstanceID string
	// ConsumerID is the id that it has in the group.
	ConsumerID string
	// Host is where it comes from.
	Host string
	// Assignment is what it has.
	Assignment MemberAssignment
	// TargetAssignment is what it shall have, in groups of the consumer protocol
	// (KIP-848); nil in others.
	TargetAssignment *MemberAssignment
}

// ConsumerGroupDescription describes a group.
//
// Concurrency: a plain value; see the package overview.
type ConsumerGroupDescription struct {
	// GroupID is the name of the group.
	GroupID string
	// Error is what went wrong; Code() is ErrNoError when nothing did.
	Error Error
	// IsSimpleConsumerGroup says whether the group has only committed offsets, and
	// no members.
	IsSimpleConsumerGroup bool
	// PartitionAssignor names who assigns the partitions.
	PartitionAssignor string
	// State is what the group is doing.
	State ConsumerGroupState
	// Type is its protocol.
	Type ConsumerGroupType
	// Coordinator is the broker that looks after it; its ID is -1 when it is not
	// known.
	Coordinator Node
	// Members are its members.
	Members []MemberDescription
	// AuthorizedOperations is what this client may do; nil when it was not asked
	// for.
	AuthorizedOperations []ACLOperation
}

// DescribeConsumerGroupsResult is the result of
// [AdminClient.DescribeConsumerGroups].
//
// Concurrency: a plain value; see the package overview.
type DescribeConsumerGroupsResult struct {
	// ConsumerGroupDescriptions are the groups in the order asked for.
	ConsumerGroupDescriptions []ConsumerGroupDescription
}

// DescribeConsumerGroups describes groups. One that does not exist is
// ConsumerGroupStateDead.
func (a *AdminClient) DescribeConsumerGroups(ctx context.Context, groups []string, options ...DescribeConsumerGroupsAdminOption) (result DescribeConsumerGroupsResult, err error) {
	return request(ctx, a, rdkafka.AdminDescribeConsumerGroups, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			return rk.DescribeConsumerGroups(groups, o, q)
		},
		func(ev *rdkafka.Event) DescribeConsumerGroupsResult {
			in := ev.DescribeConsumerGroupsResult()
			out := make([]ConsumerGroupDescription, len(in))
			for i := range in {
				out[i] = fromRDGroup(&in[i])
			}
			return DescribeConsumerGroupsResult{ConsumerGroupDescriptions: out}
		})
}

func fromRDGroup(g *rdkafka.GroupDescription) ConsumerGroupDescription {
	out := ConsumerGroupDescription{
		GroupID: g.ID, Error: fromRDError(&g.Err), IsSimpleConsumerGroup: g.IsSimple, PartitionAssignor: g.Assignor,
		State: ConsumerGroupState(g.State), Type: ConsumerGroupType(g.Type), Coordinator: fromRDNode(g.Coordinator),
		Members:              make([]MemberDescription, len(g.Members)),
		AuthorizedOperations: fromRDOperations(g.Operations),
	}
	for i := range g.Members {
		m := &g.Members[i]
		d := MemberDescription{
			ClientID: m.ClientID, GroupInstanceID: m.InstanceID, ConsumerID: m.ConsumerID, Host: m.Host,
			Assignment: MemberAssignment{TopicPartitions: fromRDList(m.Assignment)},
		}
		if m.Target != nil {
			d.TargetAssignment = &MemberAssignment{TopicPartitions: fromRDList(m.Target)}
		}
		out.Members[i] = d
	}
	return out
}

// ConsumerGroupResult is what became of one group.
//
// Concurrency: a plain value; see the package overview.
type ConsumerGroupResult struct {
	// Group is the name of the group.
	Group string
	// Error is what went wrong; Code() is ErrNoError when nothing did.
	Error Error
}

// String returns the name, and the broker's own words for an error in
// parentheses.
func (g ConsumerGroupResult) String() string { return resultString(g.Group, g.Error) }

// DeleteConsumerGroupsResult is the result of [AdminClient.DeleteConsumerGroups].
//
// Concurrency: a plain value; see the package overview.
type DeleteConsumerGroupsResult struct {
	// ConsumerGroupResults are the groups in the order given.
	ConsumerGroupResults []ConsumerGroupResult
}

// DeleteConsumerGroups deletes groups without members, with their committed
// offsets.
func (a *AdminClient) DeleteConsumerGroups(ctx context.Context, groups []string, options ...DeleteConsumerGroupsAdminOption) (result DeleteConsumerGroupsResult, err error) {
	if err := needSome(len(groups), "group names"); err != nil {
		return result, a.closedOr(err)
	}
	if mock, err := a.isMockCluster(ctx, options); err != nil {
		return result, err
	} else if mock {
		for _, g := range groups {
			result.ConsumerGroupResults = append(result.ConsumerGroupResults, ConsumerGroupResult{Group: g, Error: newError(ErrUnsupportedFeature)})
		}
		return result, nil
	}
	return request(ctx, a, rdkafka.AdminDeleteGroups, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			return rk.DeleteGroups(groups, o, q)
		},
		func(ev *rdkafka.Event) DeleteConsumerGroupsResult {
			in := ev.DeleteGroupsResult()
			out := make([]ConsumerGroupResult, len(in))
			for i := range in {
				out[i] = ConsumerGroupResult{Group: in[i].Group, Error: fromRDError(&in[i].Err)}
			}
			return DeleteConsumerGroupsResult{ConsumerGroupResults: out}
		})
}

// isMockCluster says whether the cluster is librdkafka's simulation, which cannot
// delete groups. librdkafka must not send it the request: when the broker does not
// have it, it gives back a reference to a queue twice, and the process crashes.
func (a *AdminClient) isMockCluster(ctx context.Context, options []DeleteConsumerGroupsAdminOption) (bool, error) {
	timeout := a.timeout
	for _, o := range options {
		if t, ok := o.(AdminOptionRequestTimeout); ok && t.set {
			timeout = t.val
		}
	}
	if timeout < 0 || timeout > time.Hour {
		return false, nil // the request will refuse it
	}
	id, err := a.clusterID(ctx, timeout)
	return strings.HasPrefix(id, "mockCluster"), err
}

// ConsumerGroupTopicPartitions is a group with partitions.
//
// Concurrency: a plain value; see the package overview.
type ConsumerGroupTopicPartitions struct {
	// Group is the name of the group.
	Group string
	// Partitions are the partitions, with offsets.
	Partitions []TopicPartition
}

// String returns "group[ partition partition ]".
func (gtp ConsumerGroupTopicPartitions) String() string {
	var s strings.Builder
	s.WriteString(gtp.Group + "[ ")
	for _, tp := range gtp.Partitions {
		s.WriteString(tp.String() + " ")
	}
	s.WriteString("]")
	return s.String()
}

// ListConsumerGroupOffsetsResult is the result of
// [AdminClient.ListConsumerGroupOffsets].
//
// Concurrency: a plain value; see the package overview.
type ListConsumerGroupOffsetsResult struct {
	// ConsumerGroupsTopicPartitions holds the one group asked for. A partition
	// without a committed offset has OffsetInvalid.
	ConsumerGroupsTopicPartitions []ConsumerGroupTopicPartitions
}

// AlterConsumerGroupOffsetsResult is the result of
// [AdminClient.AlterConsumerGroupOffsets].
//
// Concurrency: a plain value; see the package overview.
type AlterConsumerGroupOffsetsResult struct {
	// ConsumerGroupsTopicPartitions holds the one group given; each of its
	// partitions has an Error of its own.
	ConsumerGroupsTopicPartitions []ConsumerGroupTopicPartitions
}

// ListConsumerGroupOffsets returns the committed offsets of one group: of all
// partitions that have one when Partitions is nil. It takes exactly one group; the
// error for other numbers is no Error.
func (a *AdminClient) ListConsumerGroupOffsets(ctx context.Context, groupsPartitions []ConsumerGroupTopicPartitions, options ...ListConsumerGroupOffsetsAdminOption) (lcgor ListConsumerGroupOffsetsResult, err error) {
	group, parts, err := oneGroup(groupsPartitions)
	if err != nil {
		return lcgor, a.closedOr(err)
	}
	return request(ctx, a, rdkafka.AdminListConsumerGroupOffsets, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			return rk.ListConsumerGroupOffsets(group, parts, o, q)
		},
		func(ev *rdkafka.Event) ListConsumerGroupOffsetsResult {
			return ListConsumerGroupOffsetsResult{fromRDGroupOffsets(ev.ListConsumerGroupOffsetsResult())}
		})
}

// AlterConsumerGroupOffsets sets the committed offsets of one group that has no
// members. It takes exactly one group; the error for other numbers is no Error.
func (a *AdminClient) AlterConsumerGroupOffsets(ctx context.Context, groupsPartitions []ConsumerGroupTopicPartitions, options ...AlterConsumerGroupOffsetsAdminOption) (acgor AlterConsumerGroupOffsetsResult, err error) {
	group, parts, err := oneGroup(groupsPartitions)
	if err != nil {
		return acgor, a.closedOr(err)
	}
	return request(ctx, a, rdkafka.AdminAlterConsumerGroupOffsets, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			return rk.AlterConsumerGroupOffsets(group, parts, o, q)
		},
		func(ev *rdkafka.Event) AlterConsumerGroupOffsetsResult {
			return AlterConsumerGroupOffsetsResult{fromRDGroupOffsets(ev.AlterConsumerGroupOffsetsResult())}
		})
}

func oneGroup(groups []ConsumerGroupTopicPartitions) (group string, parts []rdkafka.TopicPartition, err error) {
	if len(groups) != 1 {
		return "", nil, errors.New("expected length of groupsPartitions is 1, got " + fmt.Sprint(len(groups)))
	}
	if groups[0].Group == "" {
		return "", nil, newErrorf(ErrInvalidArg, "the group of groupsPartitions has no name: set Group")
	}
	parts, err = toRDList(groups[0].Partitions)
	return groups[0].Group, parts, err
}

// fromRDGroupOffsets converts results of groups. An error of the whole group
// stands at each of its partitions.
func fromRDGroupOffsets(in []rdkafka.GroupResult) []ConsumerGroupTopicPartitions {
	out := make([]ConsumerGroupTopicPartitions, len(in))
	for i := range in {
		out[i] = ConsumerGroupTopicPartitions{Group: in[i].Group, Partitions: fromRDList(in[i].Partitions)}
		if err := fromRDError(&in[i].Err); err.code != ErrNoError {
			for j := range out[i].Partitions {
				if p := &out[i].Partitions[j]; p.Error == nil {
					p.Error = err
				}
			}
		}
	}
	return out
}
