package kafka_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

const topicConfig = "default.topic.config"

func TestConfigMap_SetKey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		key   string
		value kafka.ConfigValue
		want  kafka.ConfigMap
	}{
		{"a", 1, kafka.ConfigMap{"a": 1}},
		{"", 1, kafka.ConfigMap{"": 1}},
		{"a", nil, kafka.ConfigMap{"a": nil}},
		{"a", 1.5, kafka.ConfigMap{"a": 1.5}}, // types are looked at by the constructors
		{"{topic}", 1, kafka.ConfigMap{"{topic}": 1}},
		{"{topic}.acks", 1, kafka.ConfigMap{topicConfig: kafka.ConfigMap{"acks": 1}}},
		{"{topic}.", 1, kafka.ConfigMap{topicConfig: kafka.ConfigMap{"": 1}}},
		{"{topic}.{topic}.x", 1, kafka.ConfigMap{topicConfig: kafka.ConfigMap{"{topic}.x": 1}}},
		{topicConfig, 5, kafka.ConfigMap{topicConfig: 5}},
	} {
		t.Run(c.key, func(t *testing.T) {
			t.Parallel()
			m := kafka.ConfigMap{}
			require.NoError(t, m.SetKey(c.key, c.value))
			assert.Equal(t, c.want, m)
		})
	}
}

func TestConfigMap_SetKey_keepsTheTopicMap(t *testing.T) {
	t.Parallel()
	topic := kafka.ConfigMap{"acks": 1}
	m := kafka.ConfigMap{topicConfig: topic}
	require.NoError(t, m.SetKey("{topic}.a", 2))
	assert.Equal(t, kafka.ConfigMap{"acks": 1, "a": 2}, topic)
}

func TestConfigMap_SetKey_refused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		m    kafka.ConfigMap
		key  string
		text string
	}{
		"nil map":           {nil, "a", "Can't set a in a nil ConfigMap: make it with kafka.ConfigMap{}"},
		"nil map, topic":    {nil, "{topic}.a", "Can't set {topic}.a in a nil ConfigMap: make it with kafka.ConfigMap{}"},
		"topic map is int":  {kafka.ConfigMap{topicConfig: 5}, "{topic}.a", "default.topic.config is a int: {topic} keys need a kafka.ConfigMap there"},
		"topic map is nil":  {kafka.ConfigMap{topicConfig: nil}, "{topic}.a", "default.topic.config is a <nil>: {topic} keys need a kafka.ConfigMap there"},
		"topic map pointer": {kafka.ConfigMap{topicConfig: &kafka.ConfigMap{}}, "{topic}.a", "default.topic.config is a *kafka.ConfigMap: {topic} keys need a kafka.ConfigMap there"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, kafka.NewError(kafka.ErrInvalidArg, c.text, false), c.m.SetKey(c.key, 1))
		})
	}
}

func TestConfigMap_Set(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]kafka.ConfigMap{
		"a=b":               {"a": "b"},
		"a=b=c":             {"a": "b=c"},
		"a=":                {"a": ""},
		"=v":                {"": "v"},
		"=":                 {"": ""},
		"a = b":             {"a ": " b"},
		"{topic}.acks=all":  {topicConfig: kafka.ConfigMap{"acks": "all"}},
		topicConfig + "=x":  {topicConfig: "x"},
		"go.bogus=1":        {"go.bogus": "1"},
		"linger.ms=5\nx=y=": {"linger.ms": "5\nx=y="},
	} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			m := kafka.ConfigMap{}
			require.NoError(t, m.Set(in))
			assert.Equal(t, want, m)
		})
	}
	for _, in := range []string{"noeq", ""} {
		m := kafka.ConfigMap{}
		assert.Equal(t, kafka.NewError(kafka.ErrInvalidArg, "Expected key=value", false), m.Set(in))
		assert.Empty(t, m)
	}
}

type stringer struct{ s string }

func (s stringer) String() string { return s.s }

func TestConfigMap_Get(t *testing.T) {
	t.Parallel()
	m := kafka.ConfigMap{
		"s": "x", "i": 5, "n": nil, "st": stringer{"9"},
		topicConfig: kafka.ConfigMap{"acks": 1},
	}
	var none kafka.ConfigMap
	for name, c := range map[string]struct {
		m    kafka.ConfigMap
		key  string
		def  kafka.ConfigValue
		want kafka.ConfigValue
		err  string
	}{
		"same type":             {m, "s", "d", "x", ""},
		"no default":            {m, "s", nil, "x", ""},
		"other type":            {m, "s", 1, nil, "s expects type int, not string"},
		"int64 is no int":       {m, "i", int64(1), nil, "i expects type int64, not int"},
		"nil value":             {m, "n", 1, nil, "n expects type int, not <nil>"},
		"nil value, no default": {m, "n", nil, nil, ""},
		"a Stringer is no string": {
			m, "st", "d", nil, "st expects type string, not kafka_test.stringer",
		},
		"absent":                  {m, "zz", 3, 3, ""},
		"absent, no default":      {m, "zz", nil, nil, ""},
		"topic":                   {m, "{topic}.acks", 3, 1, ""},
		"topic, other type":       {m, "{topic}.acks", "s", nil, "acks expects type string, not int"},
		"topic, absent":           {m, "{topic}.nope", "d", "d", ""},
		"topic, no topic map":     {kafka.ConfigMap{}, "{topic}.x", 1, 1, ""},
		"topic, literal key":      {kafka.ConfigMap{"{topic}.x": 2}, "{topic}.x", 1, 1, ""},
		"topic, topic map is int": {kafka.ConfigMap{topicConfig: 5}, "{topic}.x", 1, nil, "default.topic.config is a int: {topic} keys need a kafka.ConfigMap there"},
		"nil map":                 {none, "x", 1, 1, ""},
		"nil map, topic":          {none, "{topic}.x", 1, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := c.m.Get(c.key, c.def)
			assert.Equal(t, c.want, got)
			if c.err == "" {
				assert.NoError(t, err)
			} else {
				assert.Equal(t, kafka.NewError(kafka.ErrInvalidArg, c.err, false), err)
			}
		})
	}
}
