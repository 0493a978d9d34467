package kafka

import (
	"reflect"
	"strings"
)

// ConfigValue is the value of a configuration key: a string, a bool, an int or
// anything with a String method, such as an [Offset]. Keys of the "go." kind take
// the type that the package overview gives; default.topic.config takes a
// [ConfigMap].
//
// A time.Duration passes for its String method, and librdkafka reads "1s" as 1:
// give times as an int of the unit that the key's name ends with.
type ConfigValue interface{}

// ConfigMap is the configuration of a client: librdkafka's keys and the "go."
// keys, which the package overview lists.
//
// A client takes a copy of the map when it is made: changes after that have no
// effect on it, and the map may be used for another client. Printed by fmt it
// shows no passwords and keys.
//
// Concurrency: a plain map; see the package overview.
type ConfigMap map[string]ConfigValue

const (
	topicPrefix    = "{topic}."
	topicConfigKey = "default.topic.config"
)

// SetKey sets the key to value. A key that starts with "{topic}." is set, without
// that prefix, in the map under default.topic.config, which is made when it is
// not there.
//
// The value is not looked at: the constructor of the client does so. SetKey fails
// with ErrInvalidArg when m is nil, and for a "{topic}." key when the value of
// default.topic.config is not a ConfigMap.
func (m ConfigMap) SetKey(key string, value ConfigValue) error {
	if m == nil {
		return newErrorf(ErrInvalidArg,
			"Can't set %s in a nil ConfigMap: make it with kafka.ConfigMap{}", key)
	}
	name, isTopic := strings.CutPrefix(key, topicPrefix)
	if !isTopic {
		m[key] = value
		return nil
	}
	topic, err := m.topicConfig()
	if err != nil {
		return err
	}
	if topic == nil {
		topic = ConfigMap{}
		m[topicConfigKey] = topic
	}
	topic[name] = value
	return nil
}

// Set sets the key and the value that keyValue holds in the form key=value; the
// first "=" parts them. The value is a string. Set fails with ErrInvalidArg when
// there is no "=", and as [ConfigMap.SetKey] does.
func (m ConfigMap) Set(keyValue string) error {
	key, value, ok := strings.Cut(keyValue, "=")
	if !ok {
		return newErrorf(ErrInvalidArg, "Expected key=value")
	}
	return m.SetKey(key, value)
}

// Get returns the value of the key, and defval when the key is not there. When
// defval is not nil the value must have its very type, or Get fails with
// ErrInvalidArg. A key that starts with "{topic}." is looked up, without that
// prefix, in the map under default.topic.config.
func (m ConfigMap) Get(key string, defval ConfigValue) (ConfigValue, error) {
	if name, isTopic := strings.CutPrefix(key, topicPrefix); isTopic {
		topic, err := m.topicConfig()
		if err != nil {
			return nil, err
		}
		return topic.get(name, defval)
	}
	return m.get(key, defval)
}

func (m ConfigMap) get(key string, defval ConfigValue) (ConfigValue, error) {
	value, ok := m[key]
	if !ok {
		return defval, nil
	}
	if want, have := reflect.TypeOf(defval), reflect.TypeOf(value); defval != nil && want != have {
		return nil, newErrorf(ErrInvalidArg, "%s expects type %v, not %T", key, want, value)
	}
	return value, nil
}

// topicConfig returns the map under default.topic.config, nil when there is none.
func (m ConfigMap) topicConfig() (ConfigMap, error) {
	value, ok := m[topicConfigKey]
	if !ok {
		return nil, nil
	}
	topic, ok := value.(ConfigMap)
	if !ok {
		return nil, newErrorf(ErrInvalidArg,
			"%s is a %T: {topic} keys need a kafka.ConfigMap there", topicConfigKey, value)
	}
	return topic, nil
}
