//go:build cgo

package rdkafka

// #include "shim_admin.h"
import "C"

import "unsafe"

// GroupListing is one group of a list.
type GroupListing struct {
	ID       string
	IsSimple bool // it has no members of its own, only offsets
	State    int  // rd_kafka_consumer_group_state_t
	Type     int  // rd_kafka_consumer_group_type_t
}

// ListConsumerGroups lists the groups of all brokers. The result is
// [Event.ListConsumerGroupsResult].
//
// Implements:
//
//	void rd_kafka_ListConsumerGroups(rd_kafka_t *rk, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) ListConsumerGroups(o *AdminOptions, q *Queue) {
	C.rd_kafka_ListConsumerGroups(c.p, o.p, q.p)
}

// ListConsumerGroupsResult returns the groups, and an error for each broker that
// could not list its own.
//
// Implements:
//
//	const rd_kafka_ListConsumerGroups_result_t *rd_kafka_event_ListConsumerGroups_result(rd_kafka_event_t *rkev)
//	const rd_kafka_ConsumerGroupListing_t **rd_kafka_ListConsumerGroups_result_valid(const rd_kafka_ListConsumerGroups_result_t *result, size_t *cntp)
//	const rd_kafka_error_t **rd_kafka_ListConsumerGroups_result_errors(const rd_kafka_ListConsumerGroups_result_t *result, size_t *cntp)
//	const char *rd_kafka_ConsumerGroupListing_group_id(const rd_kafka_ConsumerGroupListing_t *grplist)
//	int rd_kafka_ConsumerGroupListing_is_simple_consumer_group(const rd_kafka_ConsumerGroupListing_t *grplist)
//	rd_kafka_consumer_group_state_t rd_kafka_ConsumerGroupListing_state(const rd_kafka_ConsumerGroupListing_t *grplist)
//	rd_kafka_consumer_group_type_t rd_kafka_ConsumerGroupListing_type(const rd_kafka_ConsumerGroupListing_t *grplist)
func (e *Event) ListConsumerGroupsResult() ([]GroupListing, []Error) {
	r := C.rd_kafka_event_ListConsumerGroups_result(e.p)
	var n, m C.size_t
	p := C.rd_kafka_ListConsumerGroups_result_valid(r, &n)
	groups := make([]GroupListing, int(n))
	for i, g := range unsafe.Slice(p, int(n)) {
		groups[i] = GroupListing{
			ID:       C.GoString(C.rd_kafka_ConsumerGroupListing_group_id(g)),
			IsSimple: C.rd_kafka_ConsumerGroupListing_is_simple_consumer_group(g) != 0,
			State:    int(C.rd_kafka_ConsumerGroupListing_state(g)),
			Type:     int(C.rd_kafka_ConsumerGroupListing_type(g)),
		}
	}
	cErrs := C.rd_kafka_ListConsumerGroups_result_errors(r, &m)
	errs := make([]Error, int(m))
	for i, e := range unsafe.Slice(cErrs, int(m)) {
		errs[i] = copyError(e)
	}
	return groups, errs
}

// GroupDescription describes a group.
type GroupDescription struct {
	ID          string
	Err         Error
	IsSimple    bool
	Assignor    string
	State       int
	Type        int
	Coordinator *Node
	Members     []MemberDescription
	Operations  []int // nil: not asked for
}

// MemberDescription describes a member of a group.
type MemberDescription struct {
	ClientID   string
	InstanceID string // "": not static
	ConsumerID string
	Host       string
	Assignment []TopicPartition
	Target     []TopicPartition // nil: the group's protocol has none
}

// DescribeConsumerGroups describes groups. The result is
// [Event.DescribeConsumerGroupsResult].
//
// Implements:
//
//	void rd_kafka_DescribeConsumerGroups(rd_kafka_t *rk, const char **groups, size_t groups_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) DescribeConsumerGroups(groups []string, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	names := a.strs("group", groups)
	if a.err != nil {
		return a.err
	}
	C.rd_kafka_DescribeConsumerGroups(c.p, unsafe.SliceData(names), C.size_t(len(names)), o.p, q.p)
	return nil
}

// DescribeConsumerGroupsResult returns the descriptions.
//
// Implements:
//
//	const rd_kafka_DescribeConsumerGroups_result_t *rd_kafka_event_DescribeConsumerGroups_result(rd_kafka_event_t *rkev)
//	const rd_kafka_ConsumerGroupDescription_t **rd_kafka_DescribeConsumerGroups_result_groups(const rd_kafka_DescribeConsumerGroups_result_t *result, size_t *cntp)
//	const char *rd_kafka_ConsumerGroupDescription_group_id(const rd_kafka_ConsumerGroupDescription_t *grpdesc)
//	const rd_kafka_error_t *rd_kafka_ConsumerGroupDescription_error(const rd_kafka_ConsumerGroupDescription_t *grpdesc)
//	int rd_kafka_ConsumerGroupDescription_is_simple_consumer_group(const rd_kafka_ConsumerGroupDescription_t *grpdesc)
//	const char *rd_kafka_ConsumerGroupDescription_partition_assignor(const rd_kafka_ConsumerGroupDescription_t *grpdesc)
//	const rd_kafka_AclOperation_t *rd_kafka_ConsumerGroupDescription_authorized_operations(const rd_kafka_ConsumerGroupDescription_t *grpdesc, size_t *cntp)
//	rd_kafka_consumer_group_state_t rd_kafka_ConsumerGroupDescription_state(const rd_kafka_ConsumerGroupDescription_t *grpdesc)
//	const rd_kafka_Node_t *rd_kafka_ConsumerGroupDescription_coordinator(const rd_kafka_ConsumerGroupDescription_t *grpdesc)
//	rd_kafka_consumer_group_type_t rd_kafka_ConsumerGroupDescription_type(const rd_kafka_ConsumerGroupDescription_t *grpdesc)
//	size_t rd_kafka_ConsumerGroupDescription_member_count(const rd_kafka_ConsumerGroupDescription_t *grpdesc)
//	const rd_kafka_MemberDescription_t *rd_kafka_ConsumerGroupDescription_member(const rd_kafka_ConsumerGroupDescription_t *grpdesc, size_t idx)
func (e *Event) DescribeConsumerGroupsResult() []GroupDescription {
	var n C.size_t
	p := C.rd_kafka_DescribeConsumerGroups_result_groups(C.rd_kafka_event_DescribeConsumerGroups_result(e.p), &n)
	out := make([]GroupDescription, int(n))
	for i, g := range unsafe.Slice(p, int(n)) {
		var ops C.size_t
		cOps := C.rd_kafka_ConsumerGroupDescription_authorized_operations(g, &ops)
		d := GroupDescription{
			ID:          C.GoString(C.rd_kafka_ConsumerGroupDescription_group_id(g)),
			Err:         copyError(C.rd_kafka_ConsumerGroupDescription_error(g)),
			IsSimple:    C.rd_kafka_ConsumerGroupDescription_is_simple_consumer_group(g) != 0,
			Assignor:    C.GoString(C.rd_kafka_ConsumerGroupDescription_partition_assignor(g)),
			State:       int(C.rd_kafka_ConsumerGroupDescription_state(g)),
			Type:        int(C.rd_kafka_ConsumerGroupDescription_type(g)),
			Coordinator: goNode(C.rd_kafka_ConsumerGroupDescription_coordinator(g)),
			Operations:  goOperations(cOps, ops),
		}
		d.Members = make([]MemberDescription, int(C.rd_kafka_ConsumerGroupDescription_member_count(g)))
		for j := range d.Members {
			d.Members[j] = goMember(C.rd_kafka_ConsumerGroupDescription_member(g, C.size_t(j)))
		}
		out[i] = d
	}
	return out
}

// Implements:
//
//	const char *rd_kafka_MemberDescription_client_id(const rd_kafka_MemberDescription_t *member)
//	const char *rd_kafka_MemberDescription_group_instance_id(const rd_kafka_MemberDescription_t *member)
//	const char *rd_kafka_MemberDescription_consumer_id(const rd_kafka_MemberDescription_t *member)
//	const char *rd_kafka_MemberDescription_host(const rd_kafka_MemberDescription_t *member)
//	const rd_kafka_MemberAssignment_t *rd_kafka_MemberDescription_assignment(const rd_kafka_MemberDescription_t *member)
//	const rd_kafka_MemberAssignment_t *rd_kafka_MemberDescription_target_assignment(const rd_kafka_MemberDescription_t *member)
func goMember(m *C.rd_kafka_MemberDescription_t) MemberDescription {
	return MemberDescription{
		ClientID:   C.GoString(C.rd_kafka_MemberDescription_client_id(m)),
		InstanceID: C.GoString(C.rd_kafka_MemberDescription_group_instance_id(m)),
		ConsumerID: C.GoString(C.rd_kafka_MemberDescription_consumer_id(m)),
		Host:       C.GoString(C.rd_kafka_MemberDescription_host(m)),
		Assignment: goAssignment(C.rd_kafka_MemberDescription_assignment(m)),
		Target:     goAssignment(C.rd_kafka_MemberDescription_target_assignment(m)),
	}
}

// Implements:
//
//	const rd_kafka_topic_partition_list_t *rd_kafka_MemberAssignment_partitions(const rd_kafka_MemberAssignment_t *assignment)
func goAssignment(a *C.rd_kafka_MemberAssignment_t) []TopicPartition {
	if a == nil {
		return nil
	}
	l := C.rd_kafka_MemberAssignment_partitions(a)
	if l == nil {
		return nil
	}
	return goList(l)
}

// GroupResult is what became of one group.
type GroupResult struct {
	Group      string
	Err        Error
	Partitions []TopicPartition // each with an error of its own; nil: none
}

// Implements:
//
//	const rd_kafka_error_t *rd_kafka_group_result_error(const rd_kafka_group_result_t *groupres)
//	const char *rd_kafka_group_result_name(const rd_kafka_group_result_t *groupres)
//	const rd_kafka_topic_partition_list_t *rd_kafka_group_result_partitions(const rd_kafka_group_result_t *groupres)
func groupResults(p **C.rd_kafka_group_result_t, n C.size_t) []GroupResult {
	out := make([]GroupResult, int(n))
	for i, r := range unsafe.Slice(p, int(n)) {
		out[i] = GroupResult{
			Group: C.GoString(C.rd_kafka_group_result_name(r)),
			Err:   copyError(C.rd_kafka_group_result_error(r)),
		}
		if l := C.rd_kafka_group_result_partitions(r); l != nil {
			out[i].Partitions = goList(l)
		}
	}
	return out
}

// DeleteGroups deletes groups. The result is [Event.DeleteGroupsResult]. Do not
// send it to a broker that does not have this request, such as the mock cluster's:
// librdkafka then gives back a reference to a queue twice, and crashes.
//
// Implements:
//
//	rd_kafka_DeleteGroup_t *rd_kafka_DeleteGroup_new(const char *group)
//	void rd_kafka_DeleteGroup_destroy(rd_kafka_DeleteGroup_t *del_group)
//	void rd_kafka_DeleteGroups(rd_kafka_t *rk, rd_kafka_DeleteGroup_t **del_groups, size_t del_group_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) DeleteGroups(groups []string, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	list := make([]*C.rd_kafka_DeleteGroup_t, 0, len(groups)+1)
	defer func() {
		for _, g := range list {
			C.rd_kafka_DeleteGroup_destroy(g)
			countDestroy("deletegroup")
		}
	}()
	for _, name := range a.strs("group", groups) {
		list = append(list, C.rd_kafka_DeleteGroup_new(name))
		countNew("deletegroup")
	}
	if a.err != nil {
		return a.err
	}
	C.rd_kafka_DeleteGroups(c.p, unsafe.SliceData(list), C.size_t(len(list)), o.p, q.p)
	return nil
}

// DeleteGroupsResult returns what became of each group.
//
// Implements:
//
//	const rd_kafka_DeleteGroups_result_t *rd_kafka_event_DeleteGroups_result(rd_kafka_event_t *rkev)
//	const rd_kafka_group_result_t **rd_kafka_DeleteGroups_result_groups(const rd_kafka_DeleteGroups_result_t *result, size_t *cntp)
func (e *Event) DeleteGroupsResult() []GroupResult {
	var n C.size_t
	return groupResults(C.rd_kafka_DeleteGroups_result_groups(C.rd_kafka_event_DeleteGroups_result(e.p), &n), n)
}

// ListConsumerGroupOffsets returns a group's committed offsets, nil parts for all.
// The result is [Event.ListConsumerGroupOffsetsResult].
//
// Implements:
//
//	rd_kafka_ListConsumerGroupOffsets_t *rd_kafka_ListConsumerGroupOffsets_new(const char *group_id, const rd_kafka_topic_partition_list_t *partitions)
//	void rd_kafka_ListConsumerGroupOffsets_destroy(rd_kafka_ListConsumerGroupOffsets_t *list_grpoffsets)
//	void rd_kafka_ListConsumerGroupOffsets(rd_kafka_t *rk, rd_kafka_ListConsumerGroupOffsets_t **list_grpoffsets, size_t list_grpoffsets_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) ListConsumerGroupOffsets(group string, parts []TopicPartition, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	g := a.str("group", group)
	if a.err != nil {
		return a.err
	}
	l := cList(parts)
	defer freeList(l)
	p := C.rd_kafka_ListConsumerGroupOffsets_new(g, l)
	defer C.rd_kafka_ListConsumerGroupOffsets_destroy(p)
	C.rd_kafka_ListConsumerGroupOffsets(c.p, &p, 1, o.p, q.p)
	return nil
}

// ListConsumerGroupOffsetsResult returns the group's offsets.
//
// Implements:
//
//	const rd_kafka_ListConsumerGroupOffsets_result_t *rd_kafka_event_ListConsumerGroupOffsets_result(rd_kafka_event_t *rkev)
//	const rd_kafka_group_result_t **rd_kafka_ListConsumerGroupOffsets_result_groups(const rd_kafka_ListConsumerGroupOffsets_result_t *result, size_t *cntp)
func (e *Event) ListConsumerGroupOffsetsResult() []GroupResult {
	var n C.size_t
	return groupResults(C.rd_kafka_ListConsumerGroupOffsets_result_groups(C.rd_kafka_event_ListConsumerGroupOffsets_result(e.p), &n), n)
}

// AlterConsumerGroupOffsets sets the committed offsets of a group that has no
// members. The result is [Event.AlterConsumerGroupOffsetsResult].
//
// Implements:
//
//	rd_kafka_AlterConsumerGroupOffsets_t *rd_kafka_AlterConsumerGroupOffsets_new(const char *group_id, const rd_kafka_topic_partition_list_t *partitions)
//	void rd_kafka_AlterConsumerGroupOffsets_destroy(rd_kafka_AlterConsumerGroupOffsets_t *alter_grpoffsets)
//	void rd_kafka_AlterConsumerGroupOffsets(rd_kafka_t *rk, rd_kafka_AlterConsumerGroupOffsets_t **alter_grpoffsets, size_t alter_grpoffsets_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) AlterConsumerGroupOffsets(group string, parts []TopicPartition, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	g := a.str("group", group)
	if a.err != nil {
		return a.err
	}
	l := cList(notNil(parts))
	defer freeList(l)
	p := C.rd_kafka_AlterConsumerGroupOffsets_new(g, l)
	defer C.rd_kafka_AlterConsumerGroupOffsets_destroy(p)
	C.rd_kafka_AlterConsumerGroupOffsets(c.p, &p, 1, o.p, q.p)
	return nil
}

// AlterConsumerGroupOffsetsResult returns what became of each partition.
//
// Implements:
//
//	const rd_kafka_AlterConsumerGroupOffsets_result_t *rd_kafka_event_AlterConsumerGroupOffsets_result(rd_kafka_event_t *rkev)
//	const rd_kafka_group_result_t **rd_kafka_AlterConsumerGroupOffsets_result_groups(const rd_kafka_AlterConsumerGroupOffsets_result_t *result, size_t *cntp)
func (e *Event) AlterConsumerGroupOffsetsResult() []GroupResult {
	var n C.size_t
	return groupResults(C.rd_kafka_AlterConsumerGroupOffsets_result_groups(C.rd_kafka_event_AlterConsumerGroupOffsets_result(e.p), &n), n)
}

// DeleteConsumerGroupOffsets deletes committed offsets of topics that the group
// does not subscribe to. The result is [Event.DeleteConsumerGroupOffsetsResult].
// As to brokers without this request, see [Client.DeleteGroups].
//
// Implements:
//
//	rd_kafka_DeleteConsumerGroupOffsets_t *rd_kafka_DeleteConsumerGroupOffsets_new(const char *group, const rd_kafka_topic_partition_list_t *partitions)
//	void rd_kafka_DeleteConsumerGroupOffsets_destroy(rd_kafka_DeleteConsumerGroupOffsets_t *del_grpoffsets)
//	void rd_kafka_DeleteConsumerGroupOffsets(rd_kafka_t *rk, rd_kafka_DeleteConsumerGroupOffsets_t **del_grpoffsets, size_t del_grpoffsets_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) DeleteConsumerGroupOffsets(group string, parts []TopicPartition, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	g := a.str("group", group)
	if a.err != nil {
		return a.err
	}
	l := cList(notNil(parts))
	defer freeList(l)
	p := C.rd_kafka_DeleteConsumerGroupOffsets_new(g, l)
	defer C.rd_kafka_DeleteConsumerGroupOffsets_destroy(p)
	C.rd_kafka_DeleteConsumerGroupOffsets(c.p, &p, 1, o.p, q.p)
	return nil
}

// DeleteConsumerGroupOffsetsResult returns what became of each partition.
//
// Implements:
//
//	const rd_kafka_DeleteConsumerGroupOffsets_result_t *rd_kafka_event_DeleteConsumerGroupOffsets_result(rd_kafka_event_t *rkev)
//	const rd_kafka_group_result_t **rd_kafka_DeleteConsumerGroupOffsets_result_groups(const rd_kafka_DeleteConsumerGroupOffsets_result_t *result, size_t *cntp)
func (e *Event) DeleteConsumerGroupOffsetsResult() []GroupResult {
	var n C.size_t
	return groupResults(C.rd_kafka_DeleteConsumerGroupOffsets_result_groups(C.rd_kafka_event_DeleteConsumerGroupOffsets_result(e.p), &n), n)
}

// GroupStateName returns the name of a rd_kafka_consumer_group_state_t, such as
// "Stable"; "" for one that is not known.
//
// Implements:
//
//	const char *rd_kafka_consumer_group_state_name(rd_kafka_consumer_group_state_t state)
func GroupStateName(state int) string {
	return C.GoString(C.rd_kafka_consumer_group_state_name(C.rd_kafka_consumer_group_state_t(state)))
}

// GroupStateCode is the reverse of [GroupStateName], whatever the case; 0 for a
// name that is not known.
//
// Implements:
//
//	rd_kafka_consumer_group_state_t rd_kafka_consumer_group_state_code(const char *name)
func GroupStateCode(name string) int {
	n, free := cString(name)
	defer free()
	return int(C.rd_kafka_consumer_group_state_code(n))
}

// GroupTypeName returns the name of a rd_kafka_consumer_group_type_t, such as
// "Classic"; "" for one that is not known.
//
// Implements:
//
//	const char *rd_kafka_consumer_group_type_name(rd_kafka_consumer_group_type_t type)
func GroupTypeName(t int) string {
	return C.GoString(C.rd_kafka_consumer_group_type_name(C.rd_kafka_consumer_group_type_t(t)))
}

// GroupTypeCode is the reverse of [GroupTypeName], whatever the case; 0 for a
// name that is not known.
//
// Implements:
//
//	rd_kafka_consumer_group_type_t rd_kafka_consumer_group_type_code(const char *name)
func GroupTypeCode(name string) int {
	n, free := cString(name)
	defer free()
	return int(C.rd_kafka_consumer_group_type_code(n))
}
