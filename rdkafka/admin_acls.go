//go:build cgo

package rdkafka

// #include "shim_admin.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// ACL is one rule of the authorizer, or a filter of rules. In a filter an empty
// string matches all.
type ACL struct {
	ResourceType int // rd_kafka_ResourceType_t
	Name         string
	PatternType  int // rd_kafka_ResourcePatternType_t
	Principal    string
	Host         string
	Operation    int // rd_kafka_AclOperation_t
	Permission   int // rd_kafka_AclPermissionType_t
	Err          Error
}

func (l ACL) describe() string {
	return fmt.Sprintf("&{%s %s %s %s %s %s %s}", ResourceTypeName(l.ResourceType), l.Name,
		ResourcePatternTypeName(l.PatternType), l.Principal, l.Host,
		ACLOperationName(l.Operation), ACLPermissionTypeName(l.Permission))
}

// binding makes a rule.
//
// Implements:
//
//	rd_kafka_AclBinding_t *rd_kafka_AclBinding_new(rd_kafka_ResourceType_t restype, const char *name, rd_kafka_ResourcePatternType_t resource_pattern_type, const char *principal, const char *host, rd_kafka_AclOperation_t operation, rd_kafka_AclPermissionType_t permission_type, char *errstr, size_t errstr_size)
func (a *cArgs) binding(l *ACL) (*C.rd_kafka_AclBinding_t, error) {
	var buf [errBufSize]C.char
	p := C.rd_kafka_AclBinding_new(C.rd_kafka_ResourceType_t(l.ResourceType), a.optional("resource name", l.Name),
		C.rd_kafka_ResourcePatternType_t(l.PatternType), a.optional("principal", l.Principal), a.optional("host", l.Host),
		C.rd_kafka_AclOperation_t(l.Operation), C.rd_kafka_AclPermissionType_t(l.Permission), &buf[0], C.size_t(len(buf)))
	if p == nil {
		return nil, invalid("Invalid arguments for ACL binding %s: %s", l.describe(), C.GoString(&buf[0]))
	}
	countNew("acl")
	return p, a.err
}

// filter makes a filter.
//
// Implements:
//
//	rd_kafka_AclBindingFilter_t *rd_kafka_AclBindingFilter_new(rd_kafka_ResourceType_t restype, const char *name, rd_kafka_ResourcePatternType_t resource_pattern_type, const char *principal, const char *host, rd_kafka_AclOperation_t operation, rd_kafka_AclPermissionType_t permission_type, char *errstr, size_t errstr_size)
func (a *cArgs) filter(l *ACL) (*C.rd_kafka_AclBindingFilter_t, error) {
	var buf [errBufSize]C.char
	p := C.rd_kafka_AclBindingFilter_new(C.rd_kafka_ResourceType_t(l.ResourceType), a.optional("resource name", l.Name),
		C.rd_kafka_ResourcePatternType_t(l.PatternType), a.optional("principal", l.Principal), a.optional("host", l.Host),
		C.rd_kafka_AclOperation_t(l.Operation), C.rd_kafka_AclPermissionType_t(l.Permission), &buf[0], C.size_t(len(buf)))
	if p == nil {
		return nil, invalid("Invalid arguments for ACL binding filter %s: %s", l.describe(), C.GoString(&buf[0]))
	}
	countNew("acl")
	return p, a.err
}

// Implements:
//
//	void rd_kafka_AclBinding_destroy(rd_kafka_AclBinding_t *acl_binding)
func freeACLs(list []*C.rd_kafka_AclBinding_t) {
	for _, p := range list {
		C.rd_kafka_AclBinding_destroy(p)
		countDestroy("acl")
	}
}

// acls makes C's form of a list with one of the two above.
func acls(list []ACL, one func(*ACL) (*C.rd_kafka_AclBinding_t, error)) (out []*C.rd_kafka_AclBinding_t, err error) {
	out = make([]*C.rd_kafka_AclBinding_t, 0, len(list)+1)
	for i := range list {
		p, err := one(&list[i])
		if p != nil {
			out = append(out, p)
		}
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// CreateACLs adds rules. The result is [Event.CreateACLsResult].
//
// Implements:
//
//	void rd_kafka_CreateAcls(rd_kafka_t *rk, rd_kafka_AclBinding_t **new_acls, size_t new_acls_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) CreateACLs(rules []ACL, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	list, err := acls(rules, a.binding)
	defer freeACLs(list)
	if err != nil {
		return err
	}
	C.rd_kafka_CreateAcls(c.p, unsafe.SliceData(list), C.size_t(len(list)), o.p, q.p)
	return nil
}

// CreateACLsResult returns per rule what went wrong; the zero Error: nothing.
//
// Implements:
//
//	const rd_kafka_CreateAcls_result_t *rd_kafka_event_CreateAcls_result(rd_kafka_event_t *rkev)
//	const rd_kafka_acl_result_t **rd_kafka_CreateAcls_result_acls(const rd_kafka_CreateAcls_result_t *result, size_t *cntp)
//	const rd_kafka_error_t *rd_kafka_acl_result_error(const rd_kafka_acl_result_t *aclres)
func (e *Event) CreateACLsResult() []Error {
	var n C.size_t
	p := C.rd_kafka_CreateAcls_result_acls(C.rd_kafka_event_CreateAcls_result(e.p), &n)
	out := make([]Error, int(n))
	for i, r := range unsafe.Slice(p, int(n)) {
		out[i] = copyError(C.rd_kafka_acl_result_error(r))
	}
	return out
}

// DescribeACLs lists the rules that match the filter. The result is
// [Event.DescribeACLsResult].
//
// Implements:
//
//	void rd_kafka_DescribeAcls(rd_kafka_t *rk, rd_kafka_AclBindingFilter_t *acl_filter, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) DescribeACLs(filter ACL, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	list, err := acls([]ACL{filter}, a.filter)
	defer freeACLs(list)
	if err != nil {
		return err
	}
	C.rd_kafka_DescribeAcls(c.p, list[0], o.p, q.p)
	return nil
}

// DescribeACLsResult returns the rules that match.
//
// Implements:
//
//	const rd_kafka_DescribeAcls_result_t *rd_kafka_event_DescribeAcls_result(rd_kafka_event_t *rkev)
//	const rd_kafka_AclBinding_t **rd_kafka_DescribeAcls_result_acls(const rd_kafka_DescribeAcls_result_t *result, size_t *cntp)
func (e *Event) DescribeACLsResult() []ACL {
	var n C.size_t
	return goACLs(C.rd_kafka_DescribeAcls_result_acls(C.rd_kafka_event_DescribeAcls_result(e.p), &n), n)
}

// Implements:
//
//	rd_kafka_ResourceType_t rd_kafka_AclBinding_restype(const rd_kafka_AclBinding_t *acl)
//	const char *rd_kafka_AclBinding_name(const rd_kafka_AclBinding_t *acl)
//	const char *rd_kafka_AclBinding_principal(const rd_kafka_AclBinding_t *acl)
//	const char *rd_kafka_AclBinding_host(const rd_kafka_AclBinding_t *acl)
//	rd_kafka_AclOperation_t rd_kafka_AclBinding_operation(const rd_kafka_AclBinding_t *acl)
//	rd_kafka_AclPermissionType_t rd_kafka_AclBinding_permission_type(const rd_kafka_AclBinding_t *acl)
//	rd_kafka_ResourcePatternType_t rd_kafka_AclBinding_resource_pattern_type(const rd_kafka_AclBinding_t *acl)
//	const rd_kafka_error_t *rd_kafka_AclBinding_error(const rd_kafka_AclBinding_t *acl)
func goACLs(p **C.rd_kafka_AclBinding_t, n C.size_t) []ACL {
	out := make([]ACL, int(n))
	for i, l := range unsafe.Slice(p, int(n)) {
		out[i] = ACL{
			ResourceType: int(C.rd_kafka_AclBinding_restype(l)),
			Name:         C.GoString(C.rd_kafka_AclBinding_name(l)),
			PatternType:  int(C.rd_kafka_AclBinding_resource_pattern_type(l)),
			Principal:    C.GoString(C.rd_kafka_AclBinding_principal(l)),
			Host:         C.GoString(C.rd_kafka_AclBinding_host(l)),
			Operation:    int(C.rd_kafka_AclBinding_operation(l)),
			Permission:   int(C.rd_kafka_AclBinding_permission_type(l)),
			Err:          copyError(C.rd_kafka_AclBinding_error(l)),
		}
	}
	return out
}

// DeleteACLs deletes the rules that match one of the filters. The result is
// [Event.DeleteACLsResult].
//
// Implements:
//
//	void rd_kafka_DeleteAcls(rd_kafka_t *rk, rd_kafka_AclBindingFilter_t **del_acls, size_t del_acls_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) DeleteACLs(filters []ACL, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	list, err := acls(filters, a.filter)
	defer freeACLs(list)
	if err != nil {
		return err
	}
	C.rd_kafka_DeleteAcls(c.p, unsafe.SliceData(list), C.size_t(len(list)), o.p, q.p)
	return nil
}

// DeletedACLs is what one filter deleted.
type DeletedACLs struct {
	ACLs []ACL
	Err  Error
}

// DeleteACLsResult returns per filter what was deleted.
//
// Implements:
//
//	const rd_kafka_DeleteAcls_result_t *rd_kafka_event_DeleteAcls_result(rd_kafka_event_t *rkev)
//	const rd_kafka_DeleteAcls_result_response_t **rd_kafka_DeleteAcls_result_responses(const rd_kafka_DeleteAcls_result_t *result, size_t *cntp)
//	const rd_kafka_error_t *rd_kafka_DeleteAcls_result_response_error(const rd_kafka_DeleteAcls_result_response_t *result_response)
//	const rd_kafka_AclBinding_t **rd_kafka_DeleteAcls_result_response_matching_acls(const rd_kafka_DeleteAcls_result_response_t *result_response, size_t *matching_acls_cntp)
func (e *Event) DeleteACLsResult() []DeletedACLs {
	var n C.size_t
	p := C.rd_kafka_DeleteAcls_result_responses(C.rd_kafka_event_DeleteAcls_result(e.p), &n)
	out := make([]DeletedACLs, int(n))
	for i, r := range unsafe.Slice(p, int(n)) {
		var m C.size_t
		matching := C.rd_kafka_DeleteAcls_result_response_matching_acls(r, &m)
		out[i] = DeletedACLs{goACLs(matching, m), copyError(C.rd_kafka_DeleteAcls_result_response_error(r))}
	}
	return out
}

// ResourcePatternTypeName returns the name of a rd_kafka_ResourcePatternType_t,
// such as "LITERAL"; "UNSUPPORTED" for one that is not known.
//
// Implements:
//
//	const char *rd_kafka_ResourcePatternType_name(rd_kafka_ResourcePatternType_t resource_pattern_type)
func ResourcePatternTypeName(t int) string {
	return C.GoString(C.rd_kafka_ResourcePatternType_name(C.rd_kafka_ResourcePatternType_t(t)))
}

// ACLOperationName returns the name of a rd_kafka_AclOperation_t, such as "READ";
// "UNSUPPORTED" for one that is not known.
//
// Implements:
//
//	const char *rd_kafka_AclOperation_name(rd_kafka_AclOperation_t acl_operation)
func ACLOperationName(op int) string {
	return C.GoString(C.rd_kafka_AclOperation_name(C.rd_kafka_AclOperation_t(op)))
}

// ACLPermissionTypeName returns the name of a rd_kafka_AclPermissionType_t, such
// as "ALLOW"; "UNSUPPORTED" for one that is not known.
//
// Implements:
//
//	const char *rd_kafka_AclPermissionType_name(rd_kafka_AclPermissionType_t acl_permission_type)
func ACLPermissionTypeName(t int) string {
	return C.GoString(C.rd_kafka_AclPermissionType_name(C.rd_kafka_AclPermissionType_t(t)))
}
