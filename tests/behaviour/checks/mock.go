package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func mockFacts() []fact {
	return []fact{
		{
			id: "mock.methods", bullet: "mock 1",
			says: "A mock cluster has brokers 1 to n, topics by name, and takes brokers down and up.",
			want: "3 addresses, nil, 2 partitions of 2 replicas, nil, nil, nil, nil",
			check: func(e *env) string {
				m, err := kafka.NewMockCluster(3)
				must(err)
				e.closers = append(e.closers, m.Close)
				created := m.CreateTopic("t", 2, 2)
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": m.BootstrapServers()})
				topic := "t"
				meta, err := p.GetMetadata(&topic, false, int(wait.Milliseconds()))
				must(err)
				parts := meta.Topics["t"].Partitions
				return fmt.Sprintf("%d addresses, ", len(strings.Split(m.BootstrapServers(), ","))) + show(created) +
					fmt.Sprintf(", %d partitions of %d replicas, ", len(parts), len(parts[0].Replicas)) +
					show(m.SetBrokerDown(3), m.SetBrokerUp(3), m.SetRoundtripDuration(1, 5*time.Millisecond), m.SetRoundtripDuration(-1, 0))
			},
		},
		{
			id: "mock.down", bullet: "mock 1",
			says: "SetBrokerDown(-1) takes all brokers down, SetBrokerUp(-1) up again.",
			want: "down: false, up: true",
			check: func(e *env) string {
				m, err := kafka.NewMockCluster(1)
				must(err)
				e.closers = append(e.closers, m.Close)
				must(m.SetBrokerDown(-1))
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": m.BootstrapServers(), "reconnect.backoff.max.ms": 200})
				_, down := p.GetMetadata(nil, true, 500)
				must(m.SetBrokerUp(-1))
				_, up := p.GetMetadata(nil, true, int(wait.Milliseconds()))
				return fmt.Sprintf("down: %t, up: %t", down == nil, up == nil)
			},
		},
		{
			id: "mock.config-key", bullet: "mock 1",
			says: "test.mock.num.brokers gives a client brokers of its own.",
			want: "3 brokers",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"test.mock.num.brokers": 3})
				meta, err := p.GetMetadata(nil, true, int(wait.Milliseconds()))
				must(err)
				return fmt.Sprintf("%d brokers", len(meta.Brokers))
			},
		},
		{
			id: "mock.topics-appear", bullet: "mock 1",
			says: "A topic appears when it is used first, with 4 partitions.",
			want: "4 partitions",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.mock()})
				meta, err := p.GetMetadata(e.topic(), false, int(wait.Milliseconds()))
				must(err)
				return fmt.Sprintf("%d partitions", len(meta.Topics[e.name()].Partitions))
			},
		},
		{
			id: "logs.channel", bullet: "logs 1",
			says: "With go.logs.channel.enable lines come on a channel of 10000, which Close closes.",
			want: "channel of 10000, rdkafka#producer, true, true, 7, true, closed",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"go.logs.channel.enable": true, "debug": "all", "log_level": 7})
				logs := p.Logs()
				l := receive(logs)
				p.Close()
				receiveClosed(logs)
				name, _, _ := strings.Cut(l.Name, "-")
				return show(showChannel(logs), name, l.Tag != "", l.Message != "", l.Level, time.Since(l.Timestamp).Abs() < time.Minute, "closed")
			},
		},
		{
			id: "logs.channel-own", bullet: "logs 1",
			says: "The application's own channel is not closed by Close.",
			want: "lines: true, open",
			check: func(e *env) string {
				logs := make(chan kafka.LogEvent, 100_000)
				p := e.producer(kafka.ConfigMap{"go.logs.channel.enable": true, "go.logs.channel": logs, "debug": "all", "log_level": 7})
				receive(logs)
				p.Close()
				for {
					select {
					case _, ok := <-logs:
						if !ok {
							return "closed"
						}
						continue
					default:
					}
					return "lines: true, open"
				}
			},
		},
		{
			id: "logs.channel-full", bullet: "logs 1",
			says: "A full channel does not hold up the client.",
			want: "nil, closed: true",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{
					"bootstrap.servers": e.mock(), "go.logs.channel.enable": true, "go.logs.channel": make(chan kafka.LogEvent),
					"debug": "all", "log_level": 7,
				})
				err := deliver(p, &kafka.Message{TopicPartition: e.partition()}).TopicPartition.Error
				p.Close()
				return show(err) + fmt.Sprintf(", closed: %t", p.IsClosed())
			},
		},
		{
			id: "logs.text", bullet: "logs 1",
			says: "A LogEvent prints like this.",
			want: "[2020-01-02T03:04:05Z][rdkafka#producer-1][TAG][5]text",
			check: func(*env) string {
				return kafka.LogEvent{
					Name: "rdkafka#producer-1", Tag: "TAG", Message: "text", Level: 5, Timestamp: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC),
				}.String()
			},
		},
		{
			id: "oauth.refresh", bullet: "oauth 1",
			says: "The wish for a token comes right after creation, with the configuration.",
			want: "kafka.OAuthBearerTokenRefresh scope=x",
			check: func(e *env) string {
				p := e.producer(oauthSettings())
				ev := receive(p.Events())
				refresh, ok := ev.(kafka.OAuthBearerTokenRefresh)
				if !ok {
					return fmt.Sprintf("%T %v", ev, ev)
				}
				return fmt.Sprintf("%T %s", refresh, refresh.Config)
			},
		},
		{
			id: "oauth.not-configured", bullet: "oauth 1",
			says: "Tokens without their mechanism are an error of state.",
			want: "[-172] SASL/OAUTHBEARER is not the configured authentication mechanism, -172",
			check: func(e *env) string {
				p := e.producer(nil)
				return show(p.SetOAuthBearerToken(goodToken()), code(p.SetOAuthBearerTokenFailure("x")))
			},
		},
		{
			id: "oauth.token", bullet: "oauth 1",
			says: "A good token is taken; one that has expired or has a bad extension is refused.",
			want: "nil, -186, -186, nil",
			check: func(e *env) string {
				p := e.producer(oauthSettings())
				expired, bad := goodToken(), goodToken()
				expired.Expiration = time.Now().Add(-time.Hour)
				bad.Extensions = map[string]string{"bad key 1": "x"}
				return show(p.SetOAuthBearerToken(goodToken()), code(p.SetOAuthBearerToken(expired)), code(p.SetOAuthBearerToken(bad)),
					p.SetOAuthBearerTokenFailure("boom"))
			},
		},
		{
			id: "oauth.failure-again", bullet: "oauth 1",
			says: "After SetOAuthBearerTokenFailure the wish comes again after 10 s, and the failure is an error event.",
			want: "kafka.Error -169 Failed to acquire SASL OAUTHBEARER token: boom; again after 10 s: true",
			check: func(e *env) string {
				p := e.producer(oauthSettings())
				receive(p.Events())
				start := time.Now()
				must(p.SetOAuthBearerTokenFailure("boom"))
				first := receive(p.Events())
				got := fmt.Sprintf("%T", first)
				if err, ok := first.(kafka.Error); ok {
					got += fmt.Sprintf(" %d %s", err.Code(), err)
				}
				for {
					if _, ok := receive(p.Events()).(kafka.OAuthBearerTokenRefresh); ok {
						took := time.Since(start)
						return fmt.Sprintf("%s; again after 10 s: %t", got, took > 9*time.Second && took < 12*time.Second)
					}
				}
			},
		},
		{
			id: "oauth.sasl-credentials", bullet: "oauth 1",
			says: "SetSaslCredentials of a live client gives no error.",
			want: "nil, nil, nil",
			check: func(e *env) string {
				return show(e.producer(nil).SetSaslCredentials("u", "p"), e.consumer(nil).SetSaslCredentials("u", "p"),
					e.admin(nowhere).SetSaslCredentials("u", "p"))
			},
		},
		{
			id: "helpers.exported", bullet: "helpers 1",
			says: "The helpers for tests are exported.",
			want: "true, nil, 0",
			check: func(e *env) string {
				meta, err := kafka.NewTestConsumerGroupMetadata("g")
				return show(meta != nil, err, int(e.producer(nil).TestFatalError(kafka.ErrOutOfOrderSequenceNumber, "x")))
			},
		},
	}
}

// goodToken is a token that is taken.
func goodToken() kafka.OAuthBearerToken {
	return kafka.OAuthBearerToken{
		TokenValue: "token", Expiration: time.Now().Add(time.Hour), Principal: "user", Extensions: map[string]string{"key": "value"},
	}
}
