package security_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

// By each way into the broker a producer sends, a consumer of a group reads, and an admin client asks.
func TestListeners_carryEveryMessage(t *testing.T) {
	const n = 200
	c := shared.Get(t)
	tls := trusting(c)
	ways := []struct {
		name, user string
		conf       *kafka.ConfigMap
	}{
		{"PLAINTEXT", "", with(plaintext(c))},
		{"SASL PLAIN", alice, with(at(c, cluster.SASLPlaintext, "SASL_PLAINTEXT"), login("PLAIN", alice, alicePassword))},
		{"SASL SCRAM-SHA-256", alice, with(at(c, cluster.SASLPlaintext, "SASL_PLAINTEXT"), login("SCRAM-SHA-256", alice, alicePassword))},
		{"SASL SCRAM-SHA-512", alice, with(at(c, cluster.SASLPlaintext, "SASL_PLAINTEXT"), login("SCRAM-SHA-512", alice, alicePassword))},
		{"TLS", "", with(at(c, cluster.TLS, "SSL"), tls)},
		{"mutual TLS", "carol", with(at(c, cluster.MutualTLS, "SSL"), tls, carol(c))},
		{"TLS and PLAIN", alice, with(at(c, cluster.SASLTLS, "SASL_SSL"), tls, login("PLAIN", alice, alicePassword))},
		{"TLS and SCRAM-SHA-256", alice, with(at(c, cluster.SASLTLS, "SASL_SSL"), tls, login("SCRAM-SHA-256", alice, alicePassword))},
		{"TLS and SCRAM-SHA-512", alice, with(at(c, cluster.SASLTLS, "SASL_SSL"), tls, login("SCRAM-SHA-512", alice, alicePassword))},
		{"OAUTHBEARER", "dave", with(at(c, cluster.OAuth, "SASL_PLAINTEXT"), bearer)},
		{"OAUTHBEARER made by the client", "dave", with(at(c, cluster.OAuth, "SASL_PLAINTEXT"), bearer, kafka.ConfigMap{
			"enable.sasl.oauthbearer.unsecure.jwt": true, "sasl.oauthbearer.config": "principal=dave",
		})},
	}
	var read, twice, reordered atomic.Int64
	t.Run("ways", func(t *testing.T) {
		for _, way := range ways {
			t.Run(way.name, func(t *testing.T) {
				t.Parallel()
				topic := unique(t)
				require.NoError(t, c.CreateTopic(t.Context(), topic, 1, 0))
				if way.user != "" {
					allow(t, c, way.user, kafka.ResourceTopic, topic, kafka.ACLOperationWrite, kafka.ACLOperationRead)
					allow(t, c, way.user, kafka.ResourceGroup, topic, kafka.ACLOperationRead)
				}
				send(t, way.conf, topic, n)
				r, tw, re := receive(t, way.conf, topic, n)
				read.Add(int64(r))
				twice.Add(int64(tw))
				reordered.Add(int64(re))
				describe(t, way.conf, topic)
			})
		}
	})
	total := n * len(ways)
	evidence.Record(t, "secure-listeners", evidence.Ledger(total, total-int(read.Load()), int(twice.Load()), int(reordered.Load())))
}

// refresh gives a client the token of dave that it asks for.
func refresh(t *testing.T, h kafka.Handle) {
	assert.NoError(t, h.SetOAuthBearerToken(tokenOf("dave", time.Hour)))
}

// send sends the values "0", "1" and so on, and waits until all are delivered.
func send(t *testing.T, conf *kafka.ConfigMap, topic string, n int) {
	t.Helper()
	p, err := kafka.NewProducer(conf)
	require.NoError(t, err)
	t.Cleanup(p.Close)
	for i := range n {
		require.NoError(t, p.Produce(&kafka.Message{TopicPartition: kafka.TopicPartition{Topic: &topic}, Value: fmt.Append(nil, i)}, nil))
	}
	end := time.After(patience)
	for delivered := 0; delivered < n; {
		select {
		case ev := <-p.Events():
			switch ev := ev.(type) {
			case *kafka.Message:
				require.NoError(t, ev.TopicPartition.Error)
				delivered++
			case kafka.OAuthBearerTokenRefresh:
				refresh(t, p)
			default:
				require.Fail(t, "an event in place of a report", "%T: %v", ev, ev)
			}
		case <-end:
			require.Fail(t, "delivery reports are missing", "%d of %d came", delivered, n)
		}
	}
}

// receive reads n messages by a group, and returns how many different ones came, how many came again, and how many
// after a later one.
func receive(t *testing.T, conf *kafka.ConfigMap, topic string, n int) (read, twice, reordered int) {
	t.Helper()
	cons, err := kafka.NewConsumer(with(*conf, kafka.ConfigMap{
		"group.id": topic, "auto.offset.reset": "earliest", "enable.partition.eof": true,
	}))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, cons.Close()) })
	require.NoError(t, cons.Subscribe(topic, nil))
	seen := map[string]bool{}
	last := -1
	for end := time.Now().Add(patience); time.Now().Before(end); {
		switch ev := cons.Poll(1000).(type) {
		case *kafka.Message:
			require.NoError(t, ev.TopicPartition.Error)
			var i int
			_, err := fmt.Sscan(string(ev.Value), &i)
			require.NoError(t, err)
			switch {
			case seen[string(ev.Value)]:
				twice++
			case i < last:
				reordered++
			}
			seen[string(ev.Value)] = true
			last = max(last, i)
		case kafka.OAuthBearerTokenRefresh:
			refresh(t, cons)
		case kafka.PartitionEOF:
			assert.Len(t, seen, n)
			assert.Zero(t, twice, "messages came twice")
			assert.Zero(t, reordered, "messages came after later ones")
			return len(seen), twice, reordered
		case kafka.Error:
			require.NoError(t, ev)
		}
	}
	require.Fail(t, "the end of the topic did not come", "%d of %d messages came", len(seen), n)
	return 0, 0, 0
}

// describe asks for the topic by an admin client.
func describe(t *testing.T, conf *kafka.ConfigMap, topic string) {
	t.Helper()
	a, err := kafka.NewAdminClient(conf)
	require.NoError(t, err)
	t.Cleanup(a.Close)
	if (*conf)["sasl.mechanism"] == "OAUTHBEARER" && (*conf)["sasl.oauthbearer.config"] == nil {
		refresh(t, a) // it has no events
	}
	d, err := a.DescribeTopics(t.Context(), kafka.NewTopicCollectionOfTopicNames([]string{topic}), kafka.SetAdminRequestTimeout(patience))
	require.NoError(t, err)
	require.Len(t, d.TopicDescriptions, 1)
	assert.Equal(t, kafka.ErrNoError, d.TopicDescriptions[0].Error.Code(), d.TopicDescriptions[0].Error)
}
