package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// configClientFacts are about the keys that librdkafka takes.
func configClientFacts() []fact {
	return []fact{
		{
			id: "config.group-required", bullet: "config 6",
			says: "A consumer needs group.id.",
			want: "[-186] Required property group.id not set",
			check: func(*env) string {
				return newConsumer(kafka.ConfigMap{})
			},
		},
		{
			id: "config.group-empty", bullet: "config 6",
			says: "An empty group.id is taken; then Close says that there is no group.",
			want: "[-179] Consume close called on non-group consumer",
			check: func(*env) string {
				c, err := kafka.NewConsumer(with(kafka.ConfigMap{"group.id": ""}))
				must(err)
				return show(c.Close())
			},
		},
		{
			id: "config.producer-key-on-consumer", bullet: "config 6",
			says: "A producer's key on a consumer is taken, with a warning in the log.",
			want: "nil, Configuration property request.required.acks is a producer property",
			check: func(e *env) string {
				return newConsumer(kafka.ConfigMap{"group.id": e.name(), "acks": 1, "log_level": 6})
			},
			alone:  true,
			stderr: find(`Configuration property \S+ is a \w+ property`),
		},
		{
			id: "config.consumer-key-on-producer", bullet: "config 6",
			says: "A consumer's key on a producer is taken, with a warning in the log.",
			want: "nil, Configuration property group.id is a consumer property",
			check: func(e *env) string {
				return newProducer(kafka.ConfigMap{"group.id": e.name(), "log_level": 6})
			},
			alone:  true,
			stderr: find(`Configuration property \S+ is a \w+ property`),
		},
		{
			id: "config.only-error", bullet: "config 6",
			says: "delivery.report.only.error is not supported.",
			want: "-165",
			check: func(*env) string {
				_, err := kafka.NewProducer(with(kafka.ConfigMap{"delivery.report.only.error": true}))
				return code(err)
			},
		},
		{
			id: "config.error-canonical-name", bullet: "config 7",
			says: "Errors name the property's canonical name.",
			want: `[-186] Invalid value for configuration property "queue.buffering.max.ms"; ` +
				`[-186] Invalid value for configuration property "request.required.acks"`,
			check: func(*env) string {
				return newProducer(kafka.ConfigMap{"linger.ms": "abc"}) + "; " + newProducer(kafka.ConfigMap{"acks": "x"})
			},
		},
		{
			id: "config.error-line-end", bullet: "config 7",
			says: "The error on a value out of range ends with a line feed.",
			want: "\"[-186] Configuration property \\\"queue.buffering.max.ms\\\" value -1 is outside allowed range 0..900000\\n\"",
			check: func(*env) string {
				return fmt.Sprintf("%q", newProducer(kafka.ConfigMap{"linger.ms": -1}))
			},
		},
		{
			id: "config.error-idempotence", bullet: "config 7",
			says: "enable.idempotence with acks=1 is refused.",
			want: "[-186] `acks` must be set to `all` when `enable.idempotence` is true",
			check: func(*env) string {
				return newProducer(kafka.ConfigMap{"enable.idempotence": true, "acks": 1})
			},
		},
		{
			id: "config.bool-texts", bullet: "config 7",
			says: "Booleans may be written in these ways.",
			want: "true false t f 1 0",
			check: func(*env) string {
				var got []string
				for _, text := range []string{"true", "false", "t", "f", "1", "0", "yes", "no", "on"} {
					if newProducer(kafka.ConfigMap{"enable.idempotence": text}) == "nil" {
						got = append(got, text)
					}
				}
				return strings.Join(got, " ")
			},
		},
		{
			id: "config.software-name", bullet: "config 8",
			says: "The client tells brokers that it is confluent-kafka-go.",
			want: "nil, client.software.name = confluent-kafka-go",
			row:  2, ours: "nil, client.software.name = rdkafka-go",
			check: func(*env) string {
				return newProducer(kafka.ConfigMap{"debug": "conf", "log_level": 7})
			},
			alone:  true,
			stderr: find(`client\.software\.name = \S+`),
		},
		{
			id: "config.software-version", bullet: "config 8",
			says: "The version that the client tells brokers begins with librdkafka's.",
			want: "nil, true",
			check: func(*env) string {
				return newProducer(kafka.ConfigMap{"debug": "conf", "log_level": 7})
			},
			alone: true,
			stderr: func(text string) string {
				_, version := kafka.LibraryVersion()
				return show(strings.Contains(text, "client.software.version = "+version))
			},
		},
		{
			id: "config.plugins-first", bullet: "config 8",
			says: "plugin.library.paths is set before all other keys.",
			want: "20 of 20 errors are the plugin's",
			check: func(*env) string {
				n := 0
				for range 20 {
					if strings.Contains(newProducer(kafka.ConfigMap{
						"plugin.library.paths": "no-such-plugin", "linger.ms": "x", "acks": "x", "compression.codec": "x",
					}), "no-such-plugin") {
						n++
					}
				}
				return fmt.Sprintf("%d of 20 errors are the plugin's", n)
			},
		},
		{
			id: "config.logs-to-stderr", bullet: "config 9",
			says: "Without a channel log lines go to stderr, in librdkafka's form.",
			want: "nil, %4|TIME|CONFWARN|x#producer-1| [thrd:app]: Configuration property group.id is a consumer property",
			check: func(e *env) string {
				return newProducer(kafka.ConfigMap{"group.id": e.name(), "log_level": 6, "client.id": "x"})
			},
			alone: true,
			stderr: func(text string) string {
				line := regexp.MustCompile(`%[^\n]*CONFWARN[^\n]*consumer property`).FindString(text)
				return regexp.MustCompile(`\|[0-9.]+\|`).ReplaceAllString(line, "|TIME|")
			},
		},
	}
}

// find is for the stderr of an alone check: what the pattern matches first.
func find(pattern string) func(string) string {
	return func(text string) string {
		if found := regexp.MustCompile(pattern).FindString(text); found != "" {
			return found
		}
		return "not on stderr"
	}
}
