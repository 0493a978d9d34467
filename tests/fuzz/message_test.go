package fuzz_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// What is produced with any key, value and headers is consumed with the same.
func FuzzHeaders(f *testing.F) {
	f.Add("key", "value", "name", []byte("v"), "", []byte{}, uint8(0))
	f.Add("", "", "", []byte(nil), "a", []byte("\x00\xff"), uint8(1))
	f.Add("\x00", "\x00", "\u00e9\xff", []byte("x"), "same", []byte("y"), uint8(2))
	f.Add("k", "v", strings.Repeat("n", 40000), []byte(strings.Repeat("v", 70000)), "n", []byte("v"), uint8(3))
	f.Add("k", "v", "a\x00b", []byte("x"), "b", []byte("y"), uint8(0))
	mock, err := kafka.NewMockCluster(1)
	require.NoError(f, err)
	f.Cleanup(mock.Close)
	topic := "headers"
	require.NoError(f, mock.CreateTopic(topic, 1, 1))
	p := newProducer(f, kafka.ConfigMap{"bootstrap.servers": mock.BootstrapServers(), "linger.ms": 0})
	c := newConsumer(f, kafka.ConfigMap{
		"bootstrap.servers": mock.BootstrapServers(), "group.id": "g", "fetch.wait.max.ms": 10, "enable.auto.commit": false,
	})
	require.NoError(f, c.Assign([]kafka.TopicPartition{{Topic: &topic, Offset: kafka.OffsetBeginning}}))
	count(f, "fuzz-headers")
	f.Fuzz(func(t *testing.T, key, value, name1 string, value1 []byte, name2 string, value2 []byte, null uint8) {
		want := kafka.Message{
			TopicPartition: kafka.TopicPartition{Topic: &topic}, Key: []byte(key), Value: []byte(value),
			Headers: []kafka.Header{{Key: name1, Value: orNull(value1, null, 1)}, {Key: name2, Value: orNull(value2, null, 2)}},
		}
		reports := make(chan kafka.Event, 1)
		if err := p.Produce(&want, reports); err != nil {
			isError(t, err)
			return
		}
		select {
		case ev := <-reports:
			m, ok := ev.(*kafka.Message)
			require.True(t, ok, "%T", ev)
			require.NoError(t, m.TopicPartition.Error)
		case <-time.After(patience):
			require.FailNow(t, "no report came")
		}
		got, err := c.ReadMessage(patience)
		require.NoError(t, err)
		for i := range want.Headers {
			// The whole name is on the wire, but librdkafka gives it to a reader as C text.
			want.Headers[i].Key, _, _ = strings.Cut(want.Headers[i].Key, "\x00")
		}
		assert.Equal(t, want.Headers, got.Headers)
		assert.Equal(t, key, string(got.Key))
		assert.Equal(t, value, string(got.Value))
	})
}

// orNull returns null in place of the value when the bit is set.
func orNull(value []byte, null, bit uint8) []byte {
	if null&bit != 0 {
		return nil
	}
	return append([]byte{}, value...)
}

// Any name of a topic is taken or refused with an error, by Produce, by Subscribe, also as a pattern, and by Assign.
func FuzzTopic(f *testing.F) {
	for _, s := range []string{
		"", "t", ".", "..", "a b", "^", "^a.*", "^(", "^[", "^a{99999}", "^(a+)+$", "^\\", "\x00", "a\x00b", "^a\x00", "\xff", "%s%n",
		strings.Repeat("t", 249), strings.Repeat("t", 513), "^" + strings.Repeat("t", 5000), "^" + strings.Repeat("(", 1000),
	} {
		f.Add(s)
	}
	// A client keeps each topic that it has met, so that it does not live for ever.
	const rounds = 200
	var p *kafka.Producer
	var c *kafka.Consumer
	n := 0
	count(f, "fuzz-topics")
	f.Fuzz(func(t *testing.T, name string) {
		var err error
		if n++; p == nil || n%rounds == 0 {
			if p != nil {
				p.Close()
				require.NoError(t, c.Close())
			}
			p, err = kafka.NewProducer(&kafka.ConfigMap{"log_level": 0})
			require.NoError(t, err)
			c, err = kafka.NewConsumer(&kafka.ConfigMap{"log_level": 0, "group.id": "g"})
			require.NoError(t, err)
		}
		err = p.Produce(&kafka.Message{TopicPartition: kafka.TopicPartition{Topic: &name, Partition: kafka.PartitionAny}}, nil)
		if err != nil {
			isError(t, err)
		}
		require.NoError(t, p.Purge(kafka.PurgeQueue))

		if err := c.Subscribe(name, nil); err != nil {
			isError(t, err)
		} else {
			topics, err := c.Subscription()
			require.NoError(t, err)
			assert.Equal(t, []string{name}, topics)
			require.NoError(t, c.Unsubscribe())
		}
		if err := c.Assign([]kafka.TopicPartition{{Topic: &name}}); err != nil {
			isError(t, err)
		} else {
			parts, err := c.Assignment()
			require.NoError(t, err)
			require.Len(t, parts, 1)
			assert.Equal(t, name, *parts[0].Topic)
			require.NoError(t, c.Unassign())
		}
	})
}

// A token is taken, or refused with an error that does not show it.
func FuzzOAuthBearerToken(f *testing.F) {
	const secret = "a-very-secret-token"
	later := time.Now().Add(time.Hour).UnixMilli()
	for _, token := range []string{"", secret, secret + "\x00", secret + "\x01", secret + "\u00e9", secret + "\n", strings.Repeat("x", 100000)} {
		f.Add(token, later, "me", "name", "value")
	}
	f.Add(secret, int64(0), "me", "", "")
	f.Add(secret, int64(-1<<63), "", "auth", "x")
	f.Add(secret, int64(1<<63-1), "m\x00e", "no name", "\x01")
	p := newProducer(f, kafka.ConfigMap{"security.protocol": "sasl_plaintext", "sasl.mechanism": "OAUTHBEARER"})
	count(f, "fuzz-tokens")
	f.Fuzz(func(t *testing.T, token string, expiry int64, principal, name, value string) {
		given := kafka.OAuthBearerToken{
			TokenValue: token, Expiration: time.UnixMilli(expiry), Principal: principal, Extensions: map[string]string{name: value},
		}
		err := p.SetOAuthBearerToken(given)
		if err != nil {
			isError(t, err)
			hides(t, err, token)
			return
		}
		assert.Greater(t, expiry, int64(0))
		assert.NotContains(t, token+principal+name+value, "\x00", "it would be cut")
		err = p.SetOAuthBearerTokenFailure(principal)
		assert.NoError(t, err)
	})
}
