//go:build cgo

package rdkafka

// #include "shim_admin.h"
import "C"

import "unsafe"

// ConfigResource names what has a configuration, with the changes to make.
type ConfigResource struct {
	Type    int // rd_kafka_ResourceType_t
	Name    string
	Changes []ConfigChange
}

// ConfigChange is one change of a configuration.
type ConfigChange struct {
	Name  string
	Value string
	Op    int // rd_kafka_AlterConfigOpType_t, of an incremental change
}

// alterConfigDelete is the change that has no value.
const alterConfigDelete = int(C.RD_KAFKA_ALTER_CONFIG_OP_TYPE_DELETE)

// configs makes C's form of resources. add puts a change into its resource.
//
// Implements:
//
//	rd_kafka_ConfigResource_t *rd_kafka_ConfigResource_new(rd_kafka_ResourceType_t restype, const char *resname)
func (a *cArgs) configs(resources []ConfigResource, add func(*C.rd_kafka_ConfigResource_t, *ConfigChange) error) ([]*C.rd_kafka_ConfigResource_t, error) {
	list := make([]*C.rd_kafka_ConfigResource_t, 0, len(resources)+1)
	for i := range resources {
		r := &resources[i]
		p := C.rd_kafka_ConfigResource_new(C.rd_kafka_ResourceType_t(r.Type), a.str("resource name", r.Name))
		if p == nil {
			return list, invalid("Invalid arguments for resource Resource(%s, %s)", ResourceTypeName(r.Type), r.Name)
		}
		countNew("configresource")
		list = append(list, p)
		for j := range r.Changes {
			if err := add(p, &r.Changes[j]); err != nil {
				return list, err
			}
		}
	}
	return list, a.err
}

// Implements:
//
//	void rd_kafka_ConfigResource_destroy(rd_kafka_ConfigResource_t *config)
func freeConfigs(list []*C.rd_kafka_ConfigResource_t) {
	for _, p := range list {
		C.rd_kafka_ConfigResource_destroy(p)
		countDestroy("configresource")
	}
}

// AlterConfigs replaces the whole configuration of resources. The result is
// [Event.AlterConfigsResult].
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_ConfigResource_set_config(rd_kafka_ConfigResource_t *config, const char *name, const char *value)
//	void rd_kafka_AlterConfigs(rd_kafka_t *rk, rd_kafka_ConfigResource_t **configs, size_t config_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) AlterConfigs(resources []ConfigResource, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	list, err := a.configs(resources, func(p *C.rd_kafka_ConfigResource_t, ch *ConfigChange) error {
		code := C.rd_kafka_ConfigResource_set_config(p, a.str("config name", ch.Name), a.str("config value", ch.Value))
		if code != C.RD_KAFKA_RESP_ERR_NO_ERROR {
			return invalid("Config %q=%q: %s", ch.Name, ch.Value, ErrStr(int(code)))
		}
		return nil
	})
	defer freeConfigs(list)
	if err != nil {
		return err
	}
	C.rd_kafka_AlterConfigs(c.p, unsafe.SliceData(list), C.size_t(len(list)), o.p, q.p)
	return nil
}

// IncrementalAlterConfigs changes single entries. The result is
// [Event.IncrementalAlterConfigsResult].
//
// Implements:
//
//	rd_kafka_error_t *rd_kafka_ConfigResource_add_incremental_config(rd_kafka_ConfigResource_t *config, const char *name, rd_kafka_AlterConfigOpType_t op_type, const char *value)
//	void rd_kafka_IncrementalAlterConfigs(rd_kafka_t *rk, rd_kafka_ConfigResource_t **configs, size_t config_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) IncrementalAlterConfigs(resources []ConfigResource, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	list, err := a.configs(resources, func(p *C.rd_kafka_ConfigResource_t, ch *ConfigChange) error {
		var value *C.char
		if ch.Op != alterConfigDelete {
			value = a.str("config value", ch.Value)
		}
		return takeError(C.rd_kafka_ConfigResource_add_incremental_config(p, a.str("config name", ch.Name),
			C.rd_kafka_AlterConfigOpType_t(ch.Op), value))
	})
	defer freeConfigs(list)
	if err != nil {
		return err
	}
	C.rd_kafka_IncrementalAlterConfigs(c.p, unsafe.SliceData(list), C.size_t(len(list)), o.p, q.p)
	return nil
}

// DescribeConfigs returns the configuration of resources; their Changes name the
// entries wanted, none for all. The result is [Event.DescribeConfigsResult].
//
// Implements:
//
//	void rd_kafka_DescribeConfigs(rd_kafka_t *rk, rd_kafka_ConfigResource_t **configs, size_t config_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) DescribeConfigs(resources []ConfigResource, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	list, err := a.configs(resources, func(p *C.rd_kafka_ConfigResource_t, ch *ConfigChange) error {
		code := C.rd_kafka_ConfigResource_set_config(p, a.str("config name", ch.Name), a.str("config value", "")) // only the name is sent
		if code != C.RD_KAFKA_RESP_ERR_NO_ERROR {
			return invalid("Config %q: %s", ch.Name, ErrStr(int(code)))
		}
		return nil
	})
	defer freeConfigs(list)
	if err != nil {
		return err
	}
	C.rd_kafka_DescribeConfigs(c.p, unsafe.SliceData(list), C.size_t(len(list)), o.p, q.p)
	return nil
}

// ConfigResult is what became of one resource, or its configuration.
type ConfigResult struct {
	Type    int
	Name    string
	Err     Error
	Entries []ConfigEntry
}

// ConfigEntry is one entry of a configuration.
type ConfigEntry struct {
	Name        string
	Value       *string // nil: null, as for sensitive entries
	Source      int     // rd_kafka_ConfigSource_t
	IsReadOnly  bool
	IsDefault   bool
	IsSensitive bool
	IsSynonym   bool
	Synonyms    []ConfigEntry
}

// AlterConfigsResult returns what became of each resource.
//
// Implements:
//
//	const rd_kafka_AlterConfigs_result_t *rd_kafka_event_AlterConfigs_result(rd_kafka_event_t *rkev)
//	const rd_kafka_ConfigResource_t **rd_kafka_AlterConfigs_result_resources(const rd_kafka_AlterConfigs_result_t *result, size_t *cntp)
func (e *Event) AlterConfigsResult() []ConfigResult {
	var n C.size_t
	return configResults(C.rd_kafka_AlterConfigs_result_resources(C.rd_kafka_event_AlterConfigs_result(e.p), &n), n)
}

// IncrementalAlterConfigsResult returns what became of each resource.
//
// Implements:
//
//	const rd_kafka_IncrementalAlterConfigs_result_t *rd_kafka_event_IncrementalAlterConfigs_result(rd_kafka_event_t *rkev)
//	const rd_kafka_ConfigResource_t **rd_kafka_IncrementalAlterConfigs_result_resources(const rd_kafka_IncrementalAlterConfigs_result_t *result, size_t *cntp)
func (e *Event) IncrementalAlterConfigsResult() []ConfigResult {
	var n C.size_t
	return configResults(C.rd_kafka_IncrementalAlterConfigs_result_resources(C.rd_kafka_event_IncrementalAlterConfigs_result(e.p), &n), n)
}

// DescribeConfigsResult returns each resource's configuration.
//
// Implements:
//
//	const rd_kafka_DescribeConfigs_result_t *rd_kafka_event_DescribeConfigs_result(rd_kafka_event_t *rkev)
//	const rd_kafka_ConfigResource_t **rd_kafka_DescribeConfigs_result_resources(const rd_kafka_DescribeConfigs_result_t *result, size_t *cntp)
func (e *Event) DescribeConfigsResult() []ConfigResult {
	var n C.size_t
	return configResults(C.rd_kafka_DescribeConfigs_result_resources(C.rd_kafka_event_DescribeConfigs_result(e.p), &n), n)
}

// Implements:
//
//	const rd_kafka_ConfigEntry_t **rd_kafka_ConfigResource_configs(const rd_kafka_ConfigResource_t *config, size_t *cntp)
//	rd_kafka_ResourceType_t rd_kafka_ConfigResource_type(const rd_kafka_ConfigResource_t *config)
//	const char *rd_kafka_ConfigResource_name(const rd_kafka_ConfigResource_t *config)
//	rd_kafka_resp_err_t rd_kafka_ConfigResource_error(const rd_kafka_ConfigResource_t *config)
//	const char *rd_kafka_ConfigResource_error_string(const rd_kafka_ConfigResource_t *config)
func configResults(p **C.rd_kafka_ConfigResource_t, n C.size_t) []ConfigResult {
	out := make([]ConfigResult, int(n))
	for i, r := range unsafe.Slice(p, int(n)) {
		var entries C.size_t
		cEntries := C.rd_kafka_ConfigResource_configs(r, &entries)
		out[i] = ConfigResult{
			Type:    int(C.rd_kafka_ConfigResource_type(r)),
			Name:    C.GoString(C.rd_kafka_ConfigResource_name(r)),
			Err:     codeStrError(C.rd_kafka_ConfigResource_error(r), C.rd_kafka_ConfigResource_error_string(r)),
			Entries: configEntries(cEntries, entries),
		}
	}
	return out
}

// Implements:
//
//	const char *rd_kafka_ConfigEntry_name(const rd_kafka_ConfigEntry_t *entry)
//	const char *rd_kafka_ConfigEntry_value(const rd_kafka_ConfigEntry_t *entry)
//	rd_kafka_ConfigSource_t rd_kafka_ConfigEntry_source(const rd_kafka_ConfigEntry_t *entry)
//	int rd_kafka_ConfigEntry_is_read_only(const rd_kafka_ConfigEntry_t *entry)
//	int rd_kafka_ConfigEntry_is_default(const rd_kafka_ConfigEntry_t *entry)
//	int rd_kafka_ConfigEntry_is_sensitive(const rd_kafka_ConfigEntry_t *entry)
//	int rd_kafka_ConfigEntry_is_synonym(const rd_kafka_ConfigEntry_t *entry)
//	const rd_kafka_ConfigEntry_t **rd_kafka_ConfigEntry_synonyms(const rd_kafka_ConfigEntry_t *entry, size_t *cntp)
func configEntries(p **C.rd_kafka_ConfigEntry_t, n C.size_t) []ConfigEntry {
	out := make([]ConfigEntry, int(n))
	for i, c := range unsafe.Slice(p, int(n)) {
		var synonyms C.size_t
		cSynonyms := C.rd_kafka_ConfigEntry_synonyms(c, &synonyms)
		out[i] = ConfigEntry{
			Name:        C.GoString(C.rd_kafka_ConfigEntry_name(c)),
			Value:       goOptional(C.rd_kafka_ConfigEntry_value(c)),
			Source:      int(C.rd_kafka_ConfigEntry_source(c)),
			IsReadOnly:  C.rd_kafka_ConfigEntry_is_read_only(c) == 1, // -1: not known
			IsDefault:   C.rd_kafka_ConfigEntry_is_default(c) == 1,
			IsSensitive: C.rd_kafka_ConfigEntry_is_sensitive(c) == 1,
			IsSynonym:   C.rd_kafka_ConfigEntry_is_synonym(c) == 1,
			Synonyms:    configEntries(cSynonyms, synonyms),
		}
	}
	return out
}

// ConfigSourceName returns the name of a rd_kafka_ConfigSource_t, such as
// "DYNAMIC_TOPIC_CONFIG"; "UNSUPPORTED" for one that is not known.
//
// Implements:
//
//	const char *rd_kafka_ConfigSource_name(rd_kafka_ConfigSource_t confsource)
func ConfigSourceName(source int) string {
	return C.GoString(C.rd_kafka_ConfigSource_name(C.rd_kafka_ConfigSource_t(source)))
}

// ResourceTypeName returns the name of a rd_kafka_ResourceType_t, such as
// "TOPIC"; "UNSUPPORTED" for one that is not known.
//
// Implements:
//
//	const char *rd_kafka_ResourceType_name(rd_kafka_ResourceType_t restype)
func ResourceTypeName(t int) string {
	return C.GoString(C.rd_kafka_ResourceType_name(C.rd_kafka_ResourceType_t(t)))
}
