package kafka

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// ConfigResource names what has a configuration, with the entries to change.
//
// Concurrency: a plain value; see the package overview.
type ConfigResource struct {
	// Type is the kind of thing: a topic, a broker, a group.
	Type ResourceType
	// Name is its name; that of a broker is its number.
	Name string
	// Config are the entries to change. DescribeConfigs returns only those that
	// are named here, and all when none are.
	Config []ConfigEntry
}

// String returns "Resource(type, name)".
func (c ConfigResource) String() string { return fmt.Sprintf("Resource(%s, %s)", c.Type, c.Name) }

// ConfigEntry is one change of a configuration.
//
// Concurrency: a plain value; see the package overview.
type ConfigEntry struct {
	// Name is the name of the entry.
	Name string
	// Value is its new value.
	Value string
	// Operation is what AlterConfigs does with it.
	Operation AlterOperation
	// IncrementalOperation is what IncrementalAlterConfigs does with it.
	IncrementalOperation AlterConfigOpType
}

// String returns the operation of AlterConfigs, and name="value".
func (c ConfigEntry) String() string {
	return fmt.Sprintf("%v %s=\"%s\"", c.Operation, c.Name, c.Value) //nolint:gocritic // the value is not quoted, by confluent-kafka-go's form
}

// ConfigEntryResult is one entry of a configuration.
//
// Concurrency: a plain value; see the package overview.
type ConfigEntryResult struct {
	// Name is the name of the entry.
	Name string
	// Value is its value; "" when it is sensitive.
	Value string
	// Source says where the value comes from.
	Source ConfigSource
	// IsReadOnly says whether it cannot be changed while the broker runs.
	IsReadOnly bool
	// IsDefault says whether it has its default.
	IsDefault bool
	// IsSensitive says whether the value is secret.
	IsSensitive bool
	// IsSynonym says whether this is one of another entry's Synonyms.
	IsSynonym bool
	// Synonyms are the entries that the value is looked for in, by their names; of
	// several with one name the one that counts most. They have none of their own.
	Synonyms map[string]ConfigEntryResult
}

// String returns the source, and name="value".
func (c ConfigEntryResult) String() string {
	return fmt.Sprintf("%v %s=\"%s\"", c.Source, c.Name, c.Value) //nolint:gocritic // the value is not quoted, by confluent-kafka-go's form
}

// ConfigResourceResult is what became of one resource, or its configuration.
//
// Concurrency: a plain value; see the package overview.
type ConfigResourceResult struct {
	// Type is the kind of thing.
	Type ResourceType
	// Name is its name.
	Name string
	// Error is what went wrong; Code() is ErrNoError when nothing did.
	Error Error
	// Config is the configuration, from DescribeConfigs, by the entries' names.
	Config map[string]ConfigEntryResult
}

// String returns type and name, and the error or the number of entries.
func (c ConfigResourceResult) String() string {
	if c.Error.code != ErrNoError {
		return fmt.Sprintf("ResourceResult(%s, %s, \"%v\")", c.Type, c.Name, c.Error)
	}
	return fmt.Sprintf("ResourceResult(%s, %s, %d config(s))", c.Type, c.Name, len(c.Config))
}

// StringMapToConfigEntries makes entries for AlterConfigs, in the order of their
// names.
func StringMapToConfigEntries(stringMap map[string]string, operation AlterOperation) []ConfigEntry {
	var out []ConfigEntry
	for _, name := range slices.Sorted(maps.Keys(stringMap)) {
		out = append(out, ConfigEntry{Name: name, Value: stringMap[name], Operation: operation})
	}
	return out
}

// StringMapToIncrementalConfigEntries makes entries for IncrementalAlterConfigs,
// in the order of their names. One that operationMap lacks is set.
func StringMapToIncrementalConfigEntries(stringMap map[string]string, operationMap map[string]AlterConfigOpType) []ConfigEntry {
	var out []ConfigEntry
	for _, name := range slices.Sorted(maps.Keys(stringMap)) {
		out = append(out, ConfigEntry{Name: name, Value: stringMap[name], IncrementalOperation: operationMap[name]})
	}
	return out
}

// AlterConfigs replaces the whole configuration of resources: an entry that is
// not given goes back to its default. Brokers of Kafka 4.0 and newer do not have
// it any more (ErrUnsupportedFeature): use IncrementalAlterConfigs.
func (a *AdminClient) AlterConfigs(ctx context.Context, resources []ConfigResource, options ...AlterConfigsAdminOption) (result []ConfigResourceResult, err error) {
	for i := range resources {
		for _, e := range resources[i].Config {
			if e.Operation != AlterOperationSet {
				return nil, a.closedOr(newErrorf(ErrInvalidArg, "Invalid ConfigEntry.Operation of %s in %s: %s, want Set",
					e.Name, resources[i], e.Operation))
			}
		}
	}
	return configRequest(ctx, a, rdkafka.AdminAlterConfigs, resources, options,
		(*rdkafka.Client).AlterConfigs, (*rdkafka.Event).AlterConfigsResult)
}

// IncrementalAlterConfigs changes entries of the configuration of resources; the
// others stay.
func (a *AdminClient) IncrementalAlterConfigs(ctx context.Context, resources []ConfigResource, options ...AlterConfigsAdminOption) (result []ConfigResourceResult, err error) {
	return configRequest(ctx, a, rdkafka.AdminIncrementalAlterConfigs, resources, options,
		(*rdkafka.Client).IncrementalAlterConfigs, (*rdkafka.Event).IncrementalAlterConfigsResult)
}

// DescribeConfigs returns the configuration of resources. Only one of them may be
// a broker.
func (a *AdminClient) DescribeConfigs(ctx context.Context, resources []ConfigResource, options ...DescribeConfigsAdminOption) (result []ConfigResourceResult, err error) {
	return configRequest(ctx, a, rdkafka.AdminDescribeConfigs, resources, options,
		(*rdkafka.Client).DescribeConfigs, (*rdkafka.Event).DescribeConfigsResult)
}

func configRequest[O AdminOption](ctx context.Context, a *AdminClient, op rdkafka.AdminOp, resources []ConfigResource, options []O,
	send func(*rdkafka.Client, []rdkafka.ConfigResource, *rdkafka.AdminOptions, *rdkafka.Queue) error,
	decode func(*rdkafka.Event) []rdkafka.ConfigResult,
) ([]ConfigResourceResult, error) {
	if err := needSome(len(resources), "ConfigResource structs"); err != nil {
		return nil, a.closedOr(err)
	}
	list := make([]rdkafka.ConfigResource, len(resources))
	for i := range resources {
		r := &resources[i]
		list[i] = rdkafka.ConfigResource{Type: int(r.Type), Name: r.Name}
		for _, e := range r.Config {
			list[i].Changes = append(list[i].Changes, rdkafka.ConfigChange{Name: e.Name, Value: e.Value, Op: int(e.IncrementalOperation)})
		}
	}
	return request(ctx, a, op, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error { return send(rk, list, o, q) },
		func(ev *rdkafka.Event) []ConfigResourceResult {
			in := decode(ev)
			out := make([]ConfigResourceResult, len(in))
			for i := range in {
				r := &in[i]
				out[i] = ConfigResourceResult{
					Type: ResourceType(r.Type), Name: r.Name, Error: fromRDError(&r.Err), Config: fromRDConfig(r.Entries),
				}
			}
			return out
		})
}

func fromRDConfig(in []rdkafka.ConfigEntry) map[string]ConfigEntryResult {
	out := make(map[string]ConfigEntryResult, len(in))
	for i := range in {
		e := &in[i]
		if _, more := out[e.Name]; more {
			continue // the synonyms come by their weight
		}
		r := ConfigEntryResult{
			Name: e.Name, Value: deref(e.Value), Source: ConfigSource(e.Source), IsReadOnly: e.IsReadOnly,
			IsDefault: e.IsDefault, IsSensitive: e.IsSensitive, IsSynonym: e.IsSynonym,
		}
		if !e.IsSynonym {
			r.Synonyms = fromRDConfig(e.Synonyms)
		}
		out[e.Name] = r
	}
	return out
}
