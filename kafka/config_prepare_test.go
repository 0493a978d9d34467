package kafka

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConfigMap_prepare_defaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind clientKind
		m    ConfigMap
		want goConfig
	}{
		"producer": {kindProducer, ConfigMap{}, goConfig{
			deliveryReports: true, reportFields: reportFields{key: true, value: true},
			eventsChannelSize: 1000000, produceChannelSize: 1000000,
		}},
		"producer, nil map": {kindProducer, nil, goConfig{
			deliveryReports: true, reportFields: reportFields{key: true, value: true},
			eventsChannelSize: 1000000, produceChannelSize: 1000000,
		}},
		"consumer": {kindConsumer, ConfigMap{"group.id": "g"}, goConfig{eventsChannelSize: 1000}},
		"admin":    {kindAdmin, ConfigMap{}, goConfig{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _, err := c.m.prepare(c.kind)
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestConfigMap_prepare_takesGoKeys(t *testing.T) {
	t.Parallel()
	logs := make(chan LogEvent)
	for name, c := range map[string]struct {
		kind clientKind
		m    ConfigMap
		want goConfig
	}{
		"producer": {kindProducer, ConfigMap{
			"go.batch.producer": true, "go.delivery.reports": false, "go.delivery.report.fields": "headers",
			"go.events.channel.size": 1, "go.produce.channel.size": 0,
			"go.logs.channel.enable": true, "go.logs.channel": logs,
		}, goConfig{
			batchProducer: true, reportFields: reportFields{headers: true}, eventsChannelSize: 1,
			logsChannelEnable: true, logsChannel: logs,
		}},
		"consumer": {kindConsumer, ConfigMap{
			"group.id": "", "go.application.rebalance.enable": true, "go.events.channel.enable": true,
			"go.events.channel.size": 7, "go.logs.channel.enable": true, "go.logs.channel": nil,
		}, goConfig{rebalanceEnable: true, eventsChannelEnable: true, eventsChannelSize: 7, logsChannelEnable: true}},
		"admin": {kindAdmin, ConfigMap{
			"go.logs.channel.enable": true, "go.logs.channel": (chan LogEvent)(nil),
		}, goConfig{logsChannelEnable: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			size := len(c.m)
			got, entries, err := c.m.prepare(c.kind)
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
			assert.Len(t, c.m, size, "the caller's map must keep its keys")
			for _, e := range entries {
				assert.Equal(t, "group.id", e.key, "go.* keys are not librdkafka's")
			}
		})
	}
}

func TestConfigMap_prepare_refused(t *testing.T) {
	t.Parallel()
	group := func(key string, v ConfigValue) ConfigMap { return ConfigMap{"group.id": "g", key: v} }
	for _, c := range []struct {
		kind clientKind
		m    ConfigMap
		code ErrorCode
		text string
	}{
		{kindProducer, ConfigMap{"go.batch.producer": "true"}, ErrInvalidArg, "go.batch.producer expects type bool, not string"},
		{kindProducer, ConfigMap{"go.delivery.reports": 1}, ErrInvalidArg, "go.delivery.reports expects type bool, not int"},
		{kindProducer, ConfigMap{"go.delivery.report.fields": 3}, ErrInvalidArg, "go.delivery.report.fields expects type string, not int"},
		{kindProducer, ConfigMap{"go.events.channel.size": int64(1)}, ErrInvalidArg, "go.events.channel.size expects type int, not int64"},
		{kindProducer, ConfigMap{"go.events.channel.size": nil}, ErrInvalidArg, "go.events.channel.size expects type int, not <nil>"},
		{kindProducer, ConfigMap{"go.events.channel.size": -1}, ErrInvalidArg, "go.events.channel.size value -1 is outside allowed range 0..2147483647"},
		{kindProducer, ConfigMap{"go.produce.channel.size": "1"}, ErrInvalidArg, "go.produce.channel.size expects type int, not string"},
		{kindProducer, ConfigMap{"go.produce.channel.size": 1 << 31}, ErrInvalidArg, "go.produce.channel.size value 2147483648 is outside allowed range 0..2147483647"},
		{kindProducer, ConfigMap{"go.logs.channel": 3}, ErrInvalidArg, "go.logs.channel expects type chan kafka.LogEvent, not int"},
		{kindProducer, ConfigMap{"go.logs.channel": make(chan<- LogEvent)}, ErrInvalidArg, "go.logs.channel expects type chan kafka.LogEvent, not chan<- kafka.LogEvent"},
		{kindConsumer, group("go.application.rebalance.enable", "x"), ErrInvalidArg, "go.application.rebalance.enable expects type bool, not string"},
		{kindConsumer, group("go.events.channel.enable", "x"), ErrInvalidArg, "go.events.channel.enable expects type bool, not string"},
		{kindConsumer, group("go.events.channel.size", "x"), ErrInvalidArg, "go.events.channel.size expects type int, not string"},
		{kindAdmin, ConfigMap{"go.logs.channel.enable": "x"}, ErrInvalidArg, "go.logs.channel.enable expects type bool, not string"},
		{kindConsumer, nil, ErrInvalidArg, "Required property group.id not set"},
		{kindConsumer, ConfigMap{"group.id": nil}, ErrInvalidArg, "Required property group.id not set"},
		{kindConsumer, ConfigMap{"go.events.channel.size": "x"}, ErrInvalidArg, "Required property group.id not set"},
		{kindConsumer, ConfigMap{topicConfigKey: ConfigMap{"group.id": "g"}}, ErrInvalidArg, "Required property group.id not set"},
	} {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			_, entries, err := c.m.prepare(c.kind)
			assert.Equal(t, NewError(c.code, c.text, false), err)
			assert.Nil(t, entries)
		})
	}
}

func TestConfigMap_prepare_firstErrorIsStable(t *testing.T) {
	t.Parallel()
	m := ConfigMap{"go.logs.channel": 3, "go.batch.producer": 3, "go.delivery.report.fields": "bogus"}
	for range 20 {
		_, _, err := m.prepare(kindProducer)
		require.EqualError(t, err, "go.batch.producer expects type bool, not int")
	}
}

func TestConfigMap_prepare_nilPointer(t *testing.T) {
	t.Parallel()
	_, _, err := (*ConfigMap)(nil).prepare(kindProducer)
	assert.Equal(t, newErrorf(ErrInvalidArg, "The configuration is a nil *ConfigMap: pass &kafka.ConfigMap{...}"), err)
}

// The keys of another kind of client, and unknown ones, go on to librdkafka,
// which refuses them in its own words.
func TestConfigMap_prepare_leavesOtherGoKeys(t *testing.T) {
	t.Parallel()
	for key, kinds := range map[string][]clientKind{
		"go.bogus":                        {kindProducer, kindConsumer, kindAdmin},
		"go.batch.producer":               {kindConsumer, kindAdmin},
		"go.delivery.reports":             {kindConsumer, kindAdmin},
		"go.delivery.report.fields":       {kindConsumer, kindAdmin},
		"go.produce.channel.size":         {kindConsumer, kindAdmin},
		"go.application.rebalance.enable": {kindProducer, kindAdmin},
		"go.events.channel.enable":        {kindProducer, kindAdmin},
		"go.events.channel.size":          {kindAdmin},
	} {
		for _, kind := range kinds {
			m := ConfigMap{"group.id": "g", key: "x"}
			_, entries, err := m.prepare(kind)
			require.NoError(t, err)
			assert.Equal(t, []confEntry{{key: key, value: "x"}, {key: "group.id", value: "g"}}, entries, "kind %d", kind)
		}
	}
}

func TestConfigMap_prepare_onlyErrorReports(t *testing.T) {
	t.Parallel()
	const key = "delivery.report.only.error"
	for _, v := range []ConfigValue{true, "true", "T", 1, "1"} {
		m := ConfigMap{key: v}
		_, _, err := m.prepare(kindProducer)
		assert.Equal(t, newErrorf(ErrUnsupportedFeature,
			"delivery.report.only.error=true is not currently supported by the Go client"), err, "%v", v)
	}
	for _, v := range []ConfigValue{false, "false", 0, "f"} {
		m := ConfigMap{key: v}
		_, entries, err := m.prepare(kindProducer)
		require.NoError(t, err, "%v", v)
		assert.Len(t, entries, 1)
	}
	m := ConfigMap{key: 1.5}
	_, _, err := m.prepare(kindProducer)
	assert.EqualError(t, err, "Invalid value type float64 for key delivery.report.only.error (expected string,bool,int,ConfigMap)")
	m = ConfigMap{key: true}
	_, _, err = m.prepare(kindAdmin)
	assert.NoError(t, err, "only producers have delivery reports")
}

func TestParseReportFields(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]reportFields{
		"":              {},
		"none":          {},
		"all":           {key: true, value: true, headers: true},
		"key":           {key: true},
		"key,key":       {key: true},
		"value,headers": {value: true, headers: true},
	} {
		got, err := parseReportFields(list)
		require.NoError(t, err, list)
		assert.Equal(t, want, got, list)
	}
	for list, bad := range map[string]string{
		"bogus": "bogus", "key,bogus": "bogus", "ALL": "ALL", "key, value": " value", "key,": "", "all,key": "all", "none,key": "none",
	} {
		m := ConfigMap{"go.delivery.report.fields": list}
		_, _, err := m.prepare(kindProducer)
		assert.Equal(t, errors.New("unknown message field: "+bad), err, list)
	}
}

// pointerStringer has its String method on the pointer.
type pointerStringer struct{ s string }

func (p *pointerStringer) String() string { return p.s }

type namedString string

func TestConfigMap_flatten_values(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value ConfigValue
		want  string
	}{
		{"", ""},
		{"abc", "abc"},
		{true, "true"},
		{false, "false"},
		{-5, "-5"},
		{OffsetBeginning, "beginning"},
		{&pointerStringer{"p"}, "p"},
		{time.Millisecond, "1ms"},
	} {
		got, err := ConfigMap{"k": c.value}.flatten()
		require.NoError(t, err)
		assert.Equal(t, []confEntry{{key: "k", value: c.want}}, got)
	}
}

func TestConfigMap_flatten_refused(t *testing.T) {
	t.Parallel()
	const tail = " (expected string,bool,int,ConfigMap)"
	for _, c := range []struct {
		m    ConfigMap
		text string
	}{
		{ConfigMap{"linger.ms": 1.5}, "Invalid value type float64 for key linger.ms" + tail},
		{ConfigMap{"linger.ms": int64(4)}, "Invalid value type int64 for key linger.ms" + tail},
		{ConfigMap{"linger.ms": uint(4)}, "Invalid value type uint for key linger.ms" + tail},
		{ConfigMap{"linger.ms": nil}, "Invalid value type <nil> for key linger.ms" + tail},
		{ConfigMap{"linger.ms": make(chan int)}, "Invalid value type chan int for key linger.ms" + tail},
		{ConfigMap{"linger.ms": namedString("5")}, "Invalid value type kafka.namedString for key linger.ms" + tail},
		{ConfigMap{"linger.ms": ConfigMap{}}, "Invalid type for key linger.ms"},
		{ConfigMap{"x.config": ConfigMap{}}, "Invalid type for key x.config"},
		{ConfigMap{"linger.ms": (*pointerStringer)(nil)}, "Invalid value for key linger.ms: a nil *kafka.pointerStringer"},
		{ConfigMap{topicConfigKey: nil}, "Invalid value type <nil> for key default.topic.config" + tail},
		{ConfigMap{topicConfigKey: 1.5}, "Invalid value type float64 for key default.topic.config" + tail},
		{ConfigMap{topicConfigKey: &ConfigMap{}}, "Invalid value type *kafka.ConfigMap for key default.topic.config" + tail},
		{ConfigMap{topicConfigKey: ConfigMap{"acks": 1.5}}, "Invalid value type float64 for key acks" + tail},
		{ConfigMap{topicConfigKey: ConfigMap{"acks": ConfigMap{}}}, "Invalid type for key acks"},
		{ConfigMap{topicConfigKey: ConfigMap{topicConfigKey: ConfigMap{}}}, "Invalid type for key default.topic.config"},
	} {
		entries, err := c.m.flatten()
		assert.Equal(t, NewError(ErrInvalidArg, c.text, false), err)
		assert.Nil(t, entries)
	}
}

func TestConfigMap_flatten_order(t *testing.T) {
	t.Parallel()
	m := ConfigMap{
		"a": 1, "z": 2, pluginKey: "p", "{topic}.acks": 5,
		topicConfigKey: ConfigMap{"z": "tz", "acks": "ta"},
	}
	want := []confEntry{
		{key: pluginKey, value: "p"},
		{key: "a", value: "1"},
		{key: "z", value: "2"},
		{key: "{topic}.acks", value: "5"},
		{key: "acks", value: "ta", topic: true},
		{key: "z", value: "tz", topic: true},
	}
	for range 20 { // maps are ranged over in another order each time
		got, err := m.flatten()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	got, err := ConfigMap{topicConfigKey: 5}.flatten()
	require.NoError(t, err, "librdkafka refuses it as an unknown key")
	assert.Equal(t, []confEntry{{key: topicConfigKey, value: "5"}}, got)
}

func TestConfigMap_flatten_firstErrorIsStable(t *testing.T) {
	t.Parallel()
	m := ConfigMap{}
	for i := range 20 {
		m[fmt.Sprintf("k%02d", i)] = 1.5
	}
	for range 20 {
		_, err := m.flatten()
		require.EqualError(t, err, "Invalid value type float64 for key k00 (expected string,bool,int,ConfigMap)")
	}
}
