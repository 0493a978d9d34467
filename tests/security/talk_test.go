package security_test

import (
	"crypto/ecdsa"
	"crypto/x509"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// talk makes clients with one configuration and collects what they say, until the good ones have done their work and
// the others have said what is wrong.
type talk struct {
	conf  *kafka.ConfigMap
	token kafka.OAuthBearerToken
	good  bool
	topic string
	group string // its own
	said  *said
}

// loud returns the configuration with all of a client's voices on.
func (k talk) loud(more kafka.ConfigMap) *kafka.ConfigMap {
	return with(*k.conf, kafka.ConfigMap{"debug": "all", "go.logs.channel.enable": true, "statistics.interval.ms": 50}, more)
}

// listen collects the log lines of a client; what it returns ends when the client is closed.
func (k talk) listen(logs chan kafka.LogEvent) (ended chan struct{}) {
	ended = make(chan struct{})
	go func() {
		defer close(ended)
		for line := range logs {
			k.said.add("log", line)
		}
	}()
	return ended
}

// event collects an event, answers it if it asks for a token, and says whether it was one that the client is made for:
// a wrong client's error or a good one's message.
func (k talk) event(t *testing.T, h kafka.Handle, ev kafka.Event) bool {
	k.said.add("event", ev)
	switch ev := ev.(type) {
	case kafka.OAuthBearerTokenRefresh:
		assert.NoError(t, h.SetOAuthBearerToken(k.token))
	case *kafka.Stats:
		k.said.add("statistics", ev.String())
	case *kafka.Message:
		return k.good && assert.NoError(t, ev.TopicPartition.Error)
	case kafka.Error:
		k.said.add("error", ev)
		return !k.good && ev.Code() == kafka.ErrAuthentication
	}
	return false
}

func (k talk) producer(t *testing.T) {
	p, err := kafka.NewProducer(k.loud(nil))
	if !assert.NoError(t, err) {
		return
	}
	ended := k.listen(p.Logs())
	k.said.add("event", p.String())
	assert.NoError(t, p.Produce(&kafka.Message{TopicPartition: kafka.TopicPartition{Topic: &k.topic}, Value: []byte("x")}, nil))
	done, stats := false, false
	for end := time.After(patience); !done || !stats; {
		select {
		case ev := <-p.Events():
			done = k.event(t, p, ev) || done
			if _, ok := ev.(*kafka.Stats); ok {
				stats = true
			}
		case <-end:
			assert.Fail(t, "the producer did not do what it should", "%v", k.conf)
			done, stats = true, true
		}
	}
	if (*k.conf)["sasl.mechanism"] != "OAUTHBEARER" {
		assert.NoError(t, p.SetSaslCredentials("nobody", laterPassword))
	}
	p.Close()
	<-ended
}

func (k talk) consumer(t *testing.T) {
	cons, err := kafka.NewConsumer(k.loud(kafka.ConfigMap{"group.id": k.group, "auto.offset.reset": "earliest"}))
	if !assert.NoError(t, err) {
		return
	}
	ended := k.listen(cons.Logs())
	k.said.add("event", cons.String())
	assert.NoError(t, cons.Subscribe(k.topic, nil))
	done := false
	for end := time.Now().Add(patience); !done && time.Now().Before(end); {
		if ev := cons.Poll(100); ev != nil {
			done = k.event(t, cons, ev)
		}
	}
	assert.True(t, done, "the consumer did not do what it should: %v", k.conf)
	assert.NoError(t, cons.Close())
	<-ended
}

func (k talk) admin(t *testing.T) {
	a, err := kafka.NewAdminClient(k.loud(nil))
	if !assert.NoError(t, err) {
		return
	}
	ended := k.listen(a.Logs())
	k.said.add("event", a.String())
	if k.token.TokenValue != "" {
		assert.NoError(t, a.SetOAuthBearerToken(k.token))
	}
	if k.good {
		r, err := a.AlterUserScramCredentials(t.Context(), []kafka.UserScramCredentialUpsertion{{
			User: "eve", ScramCredentialInfo: kafka.ScramCredentialInfo{Mechanism: kafka.ScramMechanismSHA256, Iterations: 4096},
			Password: []byte(scramPassword),
		}}, nil, kafka.SetAdminRequestTimeout(patience))
		k.said.add("result", r)
		k.said.add("result", err)
		assert.NoError(t, err)
	} else {
		_, err := a.DescribeCluster(t.Context(), kafka.SetAdminRequestTimeout(2*time.Second))
		assert.ErrorIs(t, err, kafka.ErrTimedOut)
		k.said.add("error", err)
	}
	a.Close()
	for e := range a.Errors() {
		k.said.add("error", e)
	}
	<-ended
}

// marshalEC returns a key in the form that stands in an EC PRIVATE KEY.
func marshalEC(key any) ([]byte, error) {
	ec, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%T is no EC key", key)
	}
	return x509.MarshalECPrivateKey(ec)
}
