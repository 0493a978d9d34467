//go:build cgo

package rdkafka

// #include "shim_admin.h"
import "C"

import (
	"fmt"
	"math"
	"time"
	"unsafe"
)

// AdminOp says which request a set of options is for.
type AdminOp int

// The requests of the admin API.
const (
	AdminCreateTopics                 AdminOp = C.RD_KAFKA_ADMIN_OP_CREATETOPICS
	AdminDeleteTopics                 AdminOp = C.RD_KAFKA_ADMIN_OP_DELETETOPICS
	AdminCreatePartitions             AdminOp = C.RD_KAFKA_ADMIN_OP_CREATEPARTITIONS
	AdminAlterConfigs                 AdminOp = C.RD_KAFKA_ADMIN_OP_ALTERCONFIGS
	AdminIncrementalAlterConfigs      AdminOp = C.RD_KAFKA_ADMIN_OP_INCREMENTALALTERCONFIGS
	AdminDescribeConfigs              AdminOp = C.RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS
	AdminDeleteRecords                AdminOp = C.RD_KAFKA_ADMIN_OP_DELETERECORDS
	AdminDeleteGroups                 AdminOp = C.RD_KAFKA_ADMIN_OP_DELETEGROUPS
	AdminDeleteConsumerGroupOffsets   AdminOp = C.RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS
	AdminCreateACLs                   AdminOp = C.RD_KAFKA_ADMIN_OP_CREATEACLS
	AdminDescribeACLs                 AdminOp = C.RD_KAFKA_ADMIN_OP_DESCRIBEACLS
	AdminDeleteACLs                   AdminOp = C.RD_KAFKA_ADMIN_OP_DELETEACLS
	AdminListConsumerGroups           AdminOp = C.RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS
	AdminDescribeConsumerGroups       AdminOp = C.RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS
	AdminListConsumerGroupOffsets     AdminOp = C.RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS
	AdminAlterConsumerGroupOffsets    AdminOp = C.RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS
	AdminDescribeUserScramCredentials AdminOp = C.RD_KAFKA_ADMIN_OP_DESCRIBEUSERSCRAMCREDENTIALS
	AdminAlterUserScramCredentials    AdminOp = C.RD_KAFKA_ADMIN_OP_ALTERUSERSCRAMCREDENTIALS
	AdminDescribeTopics               AdminOp = C.RD_KAFKA_ADMIN_OP_DESCRIBETOPICS
	AdminDescribeCluster              AdminOp = C.RD_KAFKA_ADMIN_OP_DESCRIBECLUSTER
	AdminListOffsets                  AdminOp = C.RD_KAFKA_ADMIN_OP_LISTOFFSETS
	AdminElectLeaders                 AdminOp = C.RD_KAFKA_ADMIN_OP_ELECTLEADERS
)

// AdminOptions are the options of one admin request. Those that the request does
// not have are refused with [ErrInvalidArg].
type AdminOptions struct {
	p *C.rd_kafka_AdminOptions_t
}

// NewAdminOptions returns the default options of a request; nil for a request
// that librdkafka does not have.
// Ownership: the caller must Destroy it, at the earliest when the request was
// made.
//
// Implements:
//
//	rd_kafka_AdminOptions_t *rd_kafka_AdminOptions_new(rd_kafka_t *rk, rd_kafka_admin_op_t for_api)
func (c *Client) NewAdminOptions(op AdminOp) *AdminOptions {
	p := C.rd_kafka_AdminOptions_new(c.p, C.rd_kafka_admin_op_t(op))
	if p == nil {
		return nil
	}
	countNew("adminoptions")
	return &AdminOptions{p}
}

// Destroy frees the options.
//
// Implements:
//
//	void rd_kafka_AdminOptions_destroy(rd_kafka_AdminOptions_t *options)
func (o *AdminOptions) Destroy() {
	if o == nil || o.p == nil {
		return
	}
	C.rd_kafka_AdminOptions_destroy(o.p)
	o.p = nil
	countDestroy("adminoptions")
}

// optionMillis converts a timeout for librdkafka to check: fractions of a
// millisecond go away from zero.
func optionMillis(d time.Duration) C.int {
	ms := d / time.Millisecond
	switch rest := d % time.Millisecond; {
	case rest > 0:
		ms++
	case rest < 0:
		ms--
	}
	return C.int(min(max(ms, math.MinInt32), math.MaxInt32))
}

// SetRequestTimeout bounds the whole request, the search for the broker
// included: 0 to 1 h; the default is socket.timeout.ms.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_AdminOptions_set_request_timeout(rd_kafka_AdminOptions_t *options, int timeout_ms, char *errstr, size_t errstr_size)
func (o *AdminOptions) SetRequestTimeout(d time.Duration) error {
	var buf [errBufSize]C.char
	return bufError(C.rd_kafka_AdminOptions_set_request_timeout(o.p, optionMillis(d), &buf[0], C.size_t(len(buf))), &buf)
}

// SetOperationTimeout says how long the broker may take for what it does: 0 to
// 1 h, -1 ms for the broker's default.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_AdminOptions_set_operation_timeout(rd_kafka_AdminOptions_t *options, int timeout_ms, char *errstr, size_t errstr_size)
func (o *AdminOptions) SetOperationTimeout(d time.Duration) error {
	var buf [errBufSize]C.char
	return bufError(C.rd_kafka_AdminOptions_set_operation_timeout(o.p, optionMillis(d), &buf[0], C.size_t(len(buf))), &buf)
}

// SetValidateOnly makes the broker check the request and do nothing.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_AdminOptions_set_validate_only(rd_kafka_AdminOptions_t *options, int true_or_false, char *errstr, size_t errstr_size)
func (o *AdminOptions) SetValidateOnly(on bool) error {
	var buf [errBufSize]C.char
	return bufError(C.rd_kafka_AdminOptions_set_validate_only(o.p, cBool(on), &buf[0], C.size_t(len(buf))), &buf)
}

// SetBroker sends the request to one broker in place of the one that librdkafka
// would choose.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_AdminOptions_set_broker(rd_kafka_AdminOptions_t *options, int32_t broker_id, char *errstr, size_t errstr_size)
func (o *AdminOptions) SetBroker(id int32) error {
	var buf [errBufSize]C.char
	return bufError(C.rd_kafka_AdminOptions_set_broker(o.p, C.int32_t(id), &buf[0], C.size_t(len(buf))), &buf)
}

// SetRequireStableOffsets leaves the offsets of unfinished transactions out.
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_AdminOptions_set_require_stable_offsets(rd_kafka_AdminOptions_t *options, int true_or_false)
func (o *AdminOptions) SetRequireStableOffsets(on bool) error {
	return takeError(C.rd_kafka_AdminOptions_set_require_stable_offsets(o.p, cBool(on)))
}

// SetIncludeAuthorizedOperations asks what this client may do.
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_AdminOptions_set_include_authorized_operations(rd_kafka_AdminOptions_t *options, int true_or_false)
func (o *AdminOptions) SetIncludeAuthorizedOperations(on bool) error {
	return takeError(C.rd_kafka_AdminOptions_set_include_authorized_operations(o.p, cBool(on)))
}

// SetMatchConsumerGroupStates lists only groups in one of the states; none means
// all.
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_AdminOptions_set_match_consumer_group_states(rd_kafka_AdminOptions_t *options, const rd_kafka_consumer_group_state_t *consumer_group_states, size_t consumer_group_states_cnt)
func (o *AdminOptions) SetMatchConsumerGroupStates(states []int) error {
	s := make([]C.rd_kafka_consumer_group_state_t, len(states), len(states)+1)
	for i, v := range states {
		s[i] = C.rd_kafka_consumer_group_state_t(v)
	}
	return takeError(C.rd_kafka_AdminOptions_set_match_consumer_group_states(o.p, unsafe.SliceData(s), C.size_t(len(s))))
}

// SetMatchConsumerGroupTypes lists only groups of one of the types; none means
// all.
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_AdminOptions_set_match_consumer_group_types(rd_kafka_AdminOptions_t *options, const rd_kafka_consumer_group_type_t *consumer_group_types, size_t consumer_group_types_cnt)
func (o *AdminOptions) SetMatchConsumerGroupTypes(types []int) error {
	s := make([]C.rd_kafka_consumer_group_type_t, len(types), len(types)+1)
	for i, v := range types {
		s[i] = C.rd_kafka_consumer_group_type_t(v)
	}
	return takeError(C.rd_kafka_AdminOptions_set_match_consumer_group_types(o.p, unsafe.SliceData(s), C.size_t(len(s))))
}

// SetIsolationLevel chooses what ListOffsets takes for the end: 0 the last
// message, 1 the last one that is not of an unfinished transaction.
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_AdminOptions_set_isolation_level(rd_kafka_AdminOptions_t *options, rd_kafka_IsolationLevel_t value)
func (o *AdminOptions) SetIsolationLevel(level int) error {
	return takeError(C.rd_kafka_AdminOptions_set_isolation_level(o.p, C.rd_kafka_IsolationLevel_t(level)))
}

// SetOpaque gives the request a number, which its result carries
// ([Event.Opaque]).
//
// Implements:
//
//	void rd_kafka_AdminOptions_set_opaque(rd_kafka_AdminOptions_t *options, void *ev_opaque)
func (o *AdminOptions) SetOpaque(id uint64) {
	C.rkgo_admin_options_set_opaque(o.p, C.uint64_t(id))
}

// bufError is the error of a call that writes its text to buf.
func bufError(code C.rd_kafka_resp_err_t, buf *[errBufSize]C.char) error {
	if code == C.RD_KAFKA_RESP_ERR_NO_ERROR {
		return nil
	}
	return &Error{Code: int(code), Str: C.GoString(&buf[0])}
}

// copyError copies e, which stays its owner's. NULL is the zero Error, and so is
// one without a code: some of those that mean success hold the text "(null)".
func copyError(e *C.rd_kafka_error_t) Error {
	code := C.rd_kafka_error_code(e)
	if code == C.RD_KAFKA_RESP_ERR_NO_ERROR {
		return Error{}
	}
	return Error{
		Code:             int(code),
		Str:              C.GoString(C.rd_kafka_error_string(e)),
		Fatal:            C.rd_kafka_error_is_fatal(e) != 0,
		Retriable:        C.rd_kafka_error_is_retriable(e) != 0,
		TxnRequiresAbort: C.rd_kafka_error_txn_requires_abort(e) != 0,
	}
}

// codeStrError is the error of a code with its text, which may be NULL.
func codeStrError(code C.rd_kafka_resp_err_t, str *C.char) Error {
	if code == C.RD_KAFKA_RESP_ERR_NO_ERROR {
		return Error{}
	}
	return Error{Code: int(code), Str: C.GoString(str)}
}

// cArgs collects the C strings of one request, and the first error.
type cArgs struct {
	frees []func()
	err   error
}

// str copies s; what it is stands in the error for one that C would cut short.
func (a *cArgs) str(what, s string) *C.char {
	if hasZero(s) && a.err == nil {
		a.err = &Error{Code: ErrInvalidArg, Str: fmt.Sprintf("%s %q has a zero byte: take it out", what, s)}
	}
	p, free := cString(s)
	a.frees = append(a.frees, free)
	return p
}

// optional is str with NULL for "".
func (a *cArgs) optional(what, s string) *C.char {
	if s == "" {
		return nil
	}
	return a.str(what, s)
}

// strs copies a list.
func (a *cArgs) strs(what string, list []string) []*C.char {
	out := make([]*C.char, len(list), len(list)+1)
	for i, s := range list {
		out[i] = a.str(what, s)
	}
	return out
}

func (a *cArgs) free() {
	for _, f := range a.frees {
		f()
	}
}

// invalid is an [ErrInvalidArg].
func invalid(format string, args ...any) error {
	return &Error{Code: ErrInvalidArg, Str: fmt.Sprintf(format, args...)}
}

// Node is a broker as admin results name it.
type Node struct {
	ID   int32 // -1: not known
	Host string
	Port int
	Rack *string
}

// goNode copies a node; NULL gives nil.
//
// Implements:
//
//	int rd_kafka_Node_id(const rd_kafka_Node_t *node)
//	const char *rd_kafka_Node_host(const rd_kafka_Node_t *node)
//	uint16_t rd_kafka_Node_port(const rd_kafka_Node_t *node)
//	const char *rd_kafka_Node_rack(const rd_kafka_Node_t *node)
func goNode(n *C.rd_kafka_Node_t) *Node {
	if n == nil {
		return nil
	}
	return &Node{
		ID: int32(C.rd_kafka_Node_id(n)), Host: C.GoString(C.rd_kafka_Node_host(n)),
		Port: int(C.rd_kafka_Node_port(n)), Rack: goOptional(C.rd_kafka_Node_rack(n)),
	}
}

func goNodes(p **C.rd_kafka_Node_t, n C.size_t) []Node {
	nodes := make([]Node, 0, int(n))
	for _, c := range unsafe.Slice(p, int(n)) {
		if node := goNode(c); node != nil {
			nodes = append(nodes, *node)
		} else {
			nodes = append(nodes, Node{ID: -1})
		}
	}
	return nodes
}

// goOptional copies a string; NULL gives nil.
func goOptional(p *C.char) *string {
	if p == nil {
		return nil
	}
	s := C.GoString(p)
	return &s
}

// goOperations copies a list of ACL operations; NULL, for one that was not asked
// for, gives nil.
func goOperations(p *C.rd_kafka_AclOperation_t, n C.size_t) []int {
	if p == nil {
		return nil
	}
	ops := make([]int, int(n))
	for i, op := range unsafe.Slice(p, int(n)) {
		ops[i] = int(op)
	}
	return ops
}

// goPartition copies one partition.
func goPartition(p *C.rd_kafka_topic_partition_t) TopicPartition {
	t := TopicPartition{
		Topic: C.GoString(p.topic), Partition: int32(p.partition), Offset: int64(p.offset), Err: int(p.err),
		LeaderEpoch: int32(C.rd_kafka_topic_partition_get_leader_epoch(p)),
	}
	if p.metadata != nil {
		m := string(C.GoBytes(p.metadata, C.int(p.metadata_size)))
		t.Metadata = &m
	}
	return t
}
