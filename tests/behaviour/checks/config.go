package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func configFacts() []fact {
	return slices.Concat(configValueFacts(), configGoFacts(), configClientFacts())
}

func configValueFacts() []fact {
	return []fact{
		{
			id: "config.map-kept", bullet: "config 1",
			says: "The caller's map is copied: it keeps its go.* keys and gets no others.",
			want: "nil, map[client.id:x go.batch.producer:false log_level:0]",
			check: func(*env) string {
				conf := with(kafka.ConfigMap{"go.batch.producer": false, "client.id": "x"})
				p, err := kafka.NewProducer(conf)
				if err == nil {
					p.Close()
				}
				return show(err, *conf)
			},
		},
		{
			id: "config.nil-pointer", bullet: "config 1",
			says: "NewProducer(nil) panics.",
			want: "panic: runtime error: invalid memory address or nil pointer dereference",
			row:  1, ours: "[-186] The configuration is a nil *ConfigMap: pass &kafka.ConfigMap{...}",
			check: func(*env) string {
				_, err := kafka.NewProducer(nil)
				return show(err)
			},
		},
		{
			id: "config.nil-map", bullet: "config 1",
			says: "A nil map and an empty map are fine.",
			want: "nil, nil",
			check: func(*env) string {
				var none kafka.ConfigMap
				p1, err1 := kafka.NewProducer(&none)
				p2, err2 := kafka.NewProducer(&kafka.ConfigMap{})
				p1.Close()
				p2.Close()
				return show(err1, err2)
			},
		},
		{
			id: "config.value-types", bullet: "config 2",
			says: "Values are bool, int, string or Stringer.",
			want: "nil, nil, nil, nil",
			check: func(*env) string {
				return strings.Join([]string{
					newProducer(kafka.ConfigMap{"enable.idempotence": true}),
					newProducer(kafka.ConfigMap{"linger.ms": 5}),
					newProducer(kafka.ConfigMap{"linger.ms": "5"}),
					newProducer(kafka.ConfigMap{"linger.ms": kafka.Offset(5)}),
				}, ", ")
			},
		},
		{
			id: "config.float-refused", bullet: "config 2",
			says: "A float is refused.",
			want: "[-186] Invalid value type float64 for key linger.ms (expected string,bool,int,ConfigMap)",
			check: func(*env) string {
				return newProducer(kafka.ConfigMap{"linger.ms": 1.5})
			},
		},
		{
			id: "config.int64-refused", bullet: "config 2",
			says: "An int64 is refused.",
			want: "[-186] Invalid value type int64 for key linger.ms (expected string,bool,int,ConfigMap)",
			check: func(*env) string {
				return newProducer(kafka.ConfigMap{"linger.ms": int64(1)})
			},
		},
		{
			id: "config.nil-refused", bullet: "config 2",
			says: "A nil value is refused.",
			want: "[-186] Invalid value type <nil> for key linger.ms (expected string,bool,int,ConfigMap)",
			check: func(*env) string {
				return newProducer(kafka.ConfigMap{"linger.ms": nil})
			},
		},
		{
			id: "config.topic-map", bullet: "config 2",
			says: "A map is allowed under default.topic.config.",
			want: "nil",
			check: func(*env) string {
				return newProducer(kafka.ConfigMap{"default.topic.config": kafka.ConfigMap{"acks": 1}})
			},
		},
		{
			id: "config.map-elsewhere-refused", bullet: "config 2",
			says: "A map is refused under any other key.",
			want: "[-186] Invalid type for key x.config",
			check: func(*env) string {
				return newProducer(kafka.ConfigMap{"x.config": kafka.ConfigMap{"acks": 1}})
			},
		},
		{
			id: "config.topic-prefix", bullet: "config 3",
			says: "SetKey, Set and Get with {topic}. work on the map under default.topic.config, which the first Set makes.",
			want: "nil, nil, map[default.topic.config:map[acks:1 retries:2]], 1, nil",
			check: func(*env) string {
				m := kafka.ConfigMap{}
				err1 := m.SetKey("{topic}.acks", 1)
				err2 := m.Set("{topic}.retries=2")
				v, err3 := m.Get("{topic}.acks", 0)
				return show(err1, err2, m, v, err3)
			},
		},
		{
			id: "config.topic-prefix-default", bullet: "config 3",
			says: "Get with {topic}. and without such a map gives the default.",
			want: "7, nil",
			check: func(*env) string {
				v, err := kafka.ConfigMap{}.Get("{topic}.acks", 7)
				return show(v, err)
			},
		},
		{
			id: "config.set-splits-first", bullet: "config 3",
			says: "Set splits at the first equals sign.",
			want: "nil, map[a:b=c]",
			check: func(*env) string {
				m := kafka.ConfigMap{}
				return show(m.Set("a=b=c"), m)
			},
		},
		{
			id: "config.set-no-equals", bullet: "config 3",
			says: "Set refuses what has no equals sign.",
			want: "[-186] Expected key=value, map[]",
			check: func(*env) string {
				m := kafka.ConfigMap{}
				return show(m.Set("noeq"), m)
			},
		},
		{
			id: "config.set-empty-key", bullet: "config 3",
			says: "Set takes an empty key.",
			want: `nil, map[string]kafka.ConfigValue{"":"v"}`,
			check: func(*env) string {
				m := kafka.ConfigMap{}
				err := m.Set("=v")
				return show(err, fmt.Sprintf("%#v", map[string]kafka.ConfigValue(m)))
			},
		},
		{
			id: "config.no-flag-value", bullet: "config 3",
			says: "ConfigMap has no String, so it is no flag.Value.",
			want: "false",
			check: func(*env) string {
				var m any = kafka.ConfigMap{}
				_, ok := m.(flag.Value)
				return show(ok)
			},
		},
		{
			id: "config.get-type", bullet: "config 4",
			says: "Get refuses a value whose type is not that of the default.",
			want: "nil, [-186] a expects type int, not string",
			check: func(*env) string {
				v, err := kafka.ConfigMap{"a": "1"}.Get("a", 0)
				return show(v, err)
			},
		},
		{
			id: "config.get-nil-default", bullet: "config 4",
			says: "Get with a nil default gives a value of any type.",
			want: "1, nil",
			check: func(*env) string {
				v, err := kafka.ConfigMap{"a": "1"}.Get("a", nil)
				return show(v, err)
			},
		},
		{
			id: "config.get-absent", bullet: "config 4",
			says: "Get of what is absent gives the default.",
			want: "5, nil",
			check: func(*env) string {
				v, err := kafka.ConfigMap{}.Get("a", 5)
				return show(v, err)
			},
		},
	}
}
