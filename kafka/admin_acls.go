package kafka

import (
	"cmp"
	"context"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// ACLBinding is one rule of the cluster's authorizer.
//
// Concurrency: a plain value; see the package overview.
type ACLBinding struct {
	// Type is the kind of thing that the rule is about.
	Type ResourceType
	// Name is the name of the thing, or the prefix of names; "*" means all.
	Name string
	// ResourcePatternType says which of the two Name is.
	ResourcePatternType ResourcePatternType
	// Principal is who the rule is about, such as "User:alice"; "User:*" means all.
	Principal string
	// Host is where they come from, as an IP address; "*" means anywhere.
	Host string
	// Operation is what they want to do.
	Operation ACLOperation
	// PermissionType says whether they may.
	PermissionType ACLPermissionType
}

// ACLBindingFilter chooses rules: an empty string, and the value "any" of a type,
// matches all.
type ACLBindingFilter = ACLBinding

// ACLBindings is a list that package sort can order, by the fields in their order.
//
// Concurrency: a plain slice; see the package overview.
type ACLBindings []ACLBinding

// ACLBindingFilters is a list of filters.
//
// Concurrency: a plain slice; see the package overview.
type ACLBindingFilters []ACLBindingFilter

// Len returns the number of rules in the list.
func (a ACLBindings) Len() int { return len(a) }

// Less says whether entry i sorts before entry j.
func (a ACLBindings) Less(i, j int) bool {
	x, y := &a[i], &a[j]
	return cmp.Or(
		cmp.Compare(x.Type, y.Type),
		cmp.Compare(x.Name, y.Name),
		cmp.Compare(x.ResourcePatternType, y.ResourcePatternType),
		cmp.Compare(x.Principal, y.Principal),
		cmp.Compare(x.Host, y.Host),
		cmp.Compare(x.Operation, y.Operation),
		cmp.Compare(x.PermissionType, y.PermissionType),
	) < 0
}

// Swap exchanges the entries i and j.
func (a ACLBindings) Swap(i, j int) { a[i], a[j] = a[j], a[i] }

// CreateACLResult is what became of one rule.
//
// Concurrency: a plain value; see the package overview.
type CreateACLResult struct {
	// Error is what went wrong; Code() is ErrNoError when nothing did.
	Error Error
}

// DescribeACLsResult is the rules that match a filter.
//
// Concurrency: a plain value; see the package overview.
type DescribeACLsResult struct {
	// ACLBindings are the rules.
	ACLBindings ACLBindings
	// Error is what went wrong; Code() is ErrNoError when nothing did.
	Error Error
}

// DeleteACLsResult is the rules that one filter deleted.
type DeleteACLsResult = DescribeACLsResult

// CreateACLs adds rules. The results are in their order.
func (a *AdminClient) CreateACLs(ctx context.Context, aclBindings ACLBindings, options ...CreateACLsAdminOption) (result []CreateACLResult, err error) {
	if err := needACLs(aclBindings, "ACLBinding"); err != nil {
		return nil, a.closedOr(err)
	}
	return request(ctx, a, rdkafka.AdminCreateACLs, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			return rk.CreateACLs(toRDACLs(aclBindings), o, q)
		},
		func(ev *rdkafka.Event) []CreateACLResult {
			in := ev.CreateACLsResult()
			out := make([]CreateACLResult, len(in))
			for i := range in {
				out[i] = CreateACLResult{Error: fromRDError(&in[i])}
			}
			return out
		})
}

// DescribeACLs returns the rules that match the filter. When the broker refuses to
// tell them there are none: librdkafka does not hand its error on.
func (a *AdminClient) DescribeACLs(ctx context.Context, aclBindingFilter ACLBindingFilter, options ...DescribeACLsAdminOption) (result *DescribeACLsResult, err error) {
	return request(ctx, a, rdkafka.AdminDescribeACLs, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			return rk.DescribeACLs(toRDACL(&aclBindingFilter), o, q)
		},
		func(ev *rdkafka.Event) *DescribeACLsResult {
			return &DescribeACLsResult{ACLBindings: fromRDACLs(ev.DescribeACLsResult())}
		})
}

// DeleteACLs deletes the rules that match one of the filters. The results are in
// the order of the filters.
func (a *AdminClient) DeleteACLs(ctx context.Context, aclBindingFilters ACLBindingFilters, options ...DeleteACLsAdminOption) (result []DeleteACLsResult, err error) {
	if err := needACLs(aclBindingFilters, "ACLBindingFilter"); err != nil {
		return nil, a.closedOr(err)
	}
	return request(ctx, a, rdkafka.AdminDeleteACLs, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			return rk.DeleteACLs(toRDACLs(aclBindingFilters), o, q)
		},
		func(ev *rdkafka.Event) []DeleteACLsResult {
			in := ev.DeleteACLsResult()
			out := make([]DeleteACLsResult, len(in))
			for i := range in {
				out[i] = DeleteACLsResult{ACLBindings: fromRDACLs(in[i].ACLs), Error: fromRDError(&in[i].Err)}
				for j := range in[i].ACLs { // one that matched can fail by itself
					if out[i].Error.code == ErrNoError {
						out[i].Error = fromRDError(&in[i].ACLs[j].Err)
					}
				}
			}
			return out
		})
}

func needACLs(list []ACLBinding, what string) error {
	if list == nil {
		return newErrorf(ErrInvalidArg, "Expected non-nil slice of %s structs", what)
	}
	return needSome(len(list), what+" structs")
}

func toRDACL(b *ACLBinding) rdkafka.ACL {
	return rdkafka.ACL{
		ResourceType: int(b.Type), Name: b.Name, PatternType: int(b.ResourcePatternType), Principal: b.Principal, Host: b.Host,
		Operation: int(b.Operation), Permission: int(b.PermissionType),
	}
}

func toRDACLs(in []ACLBinding) []rdkafka.ACL {
	out := make([]rdkafka.ACL, len(in))
	for i := range in {
		out[i] = toRDACL(&in[i])
	}
	return out
}

func fromRDACLs(in []rdkafka.ACL) ACLBindings {
	out := make(ACLBindings, len(in))
	for i := range in {
		l := &in[i]
		out[i] = ACLBinding{
			Type: ResourceType(l.ResourceType), Name: l.Name, ResourcePatternType: ResourcePatternType(l.PatternType),
			Principal: l.Principal, Host: l.Host, Operation: ACLOperation(l.Operation), PermissionType: ACLPermissionType(l.Permission),
		}
	}
	return out
}
