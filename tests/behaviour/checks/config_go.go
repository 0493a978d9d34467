package main

import (
	"fmt"
	"strings"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// configGoFacts are about the keys that the Go layer takes for itself.
func configGoFacts() []fact {
	goKeys := []struct {
		key   string
		value kafka.ConfigValue
	}{
		{"go.batch.producer", false},
		{"go.delivery.reports", true},
		{"go.delivery.report.fields", "key"},
		{"go.produce.channel.size", 10},
		{"go.events.channel.size", 10},
		{"go.application.rebalance.enable", true},
		{"go.events.channel.enable", true},
		{"go.logs.channel.enable", true},
		{"go.bogus", true},
	}
	// accepted says which of the keys a client takes.
	accepted := func(group string, make func(kafka.ConfigMap) string) string {
		var got []string
		for _, k := range goKeys {
			conf := kafka.ConfigMap{k.key: k.value}
			if group != "" {
				conf["group.id"] = group
			}
			if make(conf) == "nil" {
				got = append(got, strings.TrimPrefix(k.key, "go."))
			}
		}
		return strings.Join(got, " ")
	}
	return []fact{
		{
			id: "config.go-bool-strict", bullet: "config 5",
			says: "A go.* key that is a bool takes no text.",
			want: "[-186] go.batch.producer expects type bool, not string",
			check: func(*env) string {
				return newProducer(kafka.ConfigMap{"go.batch.producer": "true"})
			},
		},
		{
			id: "config.go-int-strict", bullet: "config 5",
			says: "A go.* key that is an int takes no int64.",
			want: "[-186] go.events.channel.size expects type int, not int64",
			check: func(*env) string {
				return newProducer(kafka.ConfigMap{"go.events.channel.size": int64(1)})
			},
		},
		{
			id: "config.go-keys-producer", bullet: "config 5",
			says: "These go.* keys are a producer's.",
			want: "batch.producer delivery.reports delivery.report.fields produce.channel.size events.channel.size logs.channel.enable",
			check: func(*env) string {
				return accepted("", newProducer)
			},
		},
		{
			id: "config.go-keys-consumer", bullet: "config 5",
			says: "These go.* keys are a consumer's.",
			want: "events.channel.size application.rebalance.enable events.channel.enable logs.channel.enable",
			check: func(e *env) string {
				return accepted(e.name(), newConsumer)
			},
		},
		{
			id: "config.go-keys-admin", bullet: "config 5",
			says: "An admin client takes only the keys for logs.",
			want: "logs.channel.enable",
			check: func(*env) string {
				return accepted("", newAdmin)
			},
		},
		{
			id: "config.go-unknown", bullet: "config 5",
			says: "An unknown go.* key, or one of another client, is no property.",
			want: `[-186] No such configuration property: "go.bogus"; [-186] No such configuration property: "go.batch.producer"`,
			check: func(e *env) string {
				return newProducer(kafka.ConfigMap{"go.bogus": true}) + "; " +
					newConsumer(kafka.ConfigMap{"go.batch.producer": true, "group.id": e.name()})
			},
		},
		{
			id: "config.go-defaults-producer", bullet: "config 5",
			says: "A producer's channels hold a million by default; there is no channel of logs.",
			want: "1000000, 1000000, nil",
			check: func(e *env) string {
				p := e.producer(nil)
				return show(cap(p.Events()), cap(p.ProduceChannel()), showChannel(p.Logs()))
			},
		},
		{
			id: "config.go-defaults-consumer", bullet: "config 5",
			says: "A consumer has no Events channel by default; when enabled it holds 1000.",
			want: "nil, 1000",
			check: func(e *env) string {
				c := e.consumer(nil)
				ch := e.consumer(kafka.ConfigMap{"go.events.channel.enable": true})
				return show(showChannel(c.Events()), cap(ch.Events()))
			},
		},
		{
			id: "config.go-channel-sizes", bullet: "config 5",
			says: "The sizes of the channels can be set.",
			want: "3, 4, 5",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"go.events.channel.size": 3, "go.produce.channel.size": 4})
				c := e.consumer(kafka.ConfigMap{"go.events.channel.enable": true, "go.events.channel.size": 5})
				return show(cap(p.Events()), cap(p.ProduceChannel()), cap(c.Events()))
			},
		},
		{
			id: "config.report-fields", bullet: "config 5",
			says: "go.delivery.report.fields is all, none, empty or a list.",
			want: "nil, nil, nil, nil, nil",
			check: func(*env) string {
				var got []string
				for _, list := range []string{"all", "none", "", "headers", "headers,key,value"} {
					got = append(got, newProducer(kafka.ConfigMap{"go.delivery.report.fields": list}))
				}
				return strings.Join(got, ", ")
			},
		},
		{
			id: "config.report-fields-unknown", bullet: "config 5",
			says: "An unknown name in go.delivery.report.fields gives a plain error.",
			want: "*errors.errorString: unknown message field: bogus",
			check: func(*env) string {
				return newProducer(kafka.ConfigMap{"go.delivery.report.fields": "key,bogus"})
			},
		},
		{
			id: "config.logs-channel-own", bullet: "config 5",
			says: "go.logs.channel takes the caller's channel, which Logs() returns.",
			want: "true",
			check: func(e *env) string {
				ch := make(chan kafka.LogEvent, 10)
				p := e.producer(kafka.ConfigMap{"go.logs.channel.enable": true, "go.logs.channel": ch})
				return show(p.Logs() == ch)
			},
		},
		{
			id: "config.logs-channel-type", bullet: "config 5",
			says: "go.logs.channel of another type panics.",
			want: "panic: interface conversion: kafka.ConfigValue is chan int, not chan kafka.LogEvent",
			row:  1, ours: "[-186] go.logs.channel expects type chan kafka.LogEvent, not chan int",
			check: func(*env) string {
				return newProducer(kafka.ConfigMap{"go.logs.channel.enable": true, "go.logs.channel": make(chan int)})
			},
		},
	}
}

// showChannel says whether there is a channel and how many it holds.
func showChannel[T any](ch chan T) string {
	if ch == nil {
		return "nil"
	}
	return fmt.Sprintf("channel of %d", cap(ch))
}
