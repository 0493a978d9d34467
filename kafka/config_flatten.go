package kafka

import (
	"fmt"
	"reflect"
	"sort"
	"strconv"
)

// pluginKey comes before all other keys, because a plugin may bring keys of its
// own.
const pluginKey = "plugin.library.paths"

// confEntry is one property in the form that librdkafka takes.
type confEntry struct {
	key   string
	value string
	// topic is set for the properties under default.topic.config, which librdkafka
	// takes as properties of topics only.
	topic bool
}

// flatten turns m into properties for librdkafka: the plugins, then the other
// keys by their names, then those under default.topic.config by theirs. The fixed
// order makes the first error, and what wins where a key and its alias are both
// given, the same at every run.
func (m ConfigMap) flatten() ([]confEntry, error) {
	entries := make([]confEntry, 0, len(m))
	for _, key := range m.sortedKeys() {
		if _, isMap := m[key].(ConfigMap); isMap && key == topicConfigKey {
			continue
		}
		value, err := confString(key, m[key])
		if err != nil {
			return nil, err
		}
		entries = append(entries, confEntry{key: key, value: value})
	}
	topic, ok := m[topicConfigKey].(ConfigMap)
	if !ok {
		return entries, nil
	}
	for _, key := range topic.sortedKeys() {
		value, err := confString(key, topic[key])
		if err != nil {
			return nil, err
		}
		entries = append(entries, confEntry{key: key, value: value, topic: true})
	}
	return entries, nil
}

// sortedKeys returns the keys in the order of their names, pluginKey first.
func (m ConfigMap) sortedKeys() []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		if (keys[i] == pluginKey) != (keys[j] == pluginKey) {
			return keys[i] == pluginKey
		}
		return keys[i] < keys[j]
	})
	return keys
}

// confString returns the text of a value for librdkafka. The caller has dealt with
// the one place where a ConfigMap may stand.
func confString(key string, value ConfigValue) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int:
		return strconv.Itoa(v), nil
	case ConfigMap:
		return "", newErrorf(ErrInvalidArg, "Invalid type for key %s", key)
	case fmt.Stringer:
		// A nil pointer is most often a mistake, and its String method a panic.
		if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && r.IsNil() {
			return "", newErrorf(ErrInvalidArg, "Invalid value for key %s: a nil %T", key, v)
		}
		return v.String(), nil
	default:
		return "", newErrorf(ErrInvalidArg,
			"Invalid value type %T for key %s (expected string,bool,int,ConfigMap)", value, key)
	}
}
