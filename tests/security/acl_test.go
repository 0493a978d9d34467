package security_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

// asAlice and asMallory log in. Mallory is the one to whom these tests give less than she needs.
func asAlice(c *cluster.Cluster) kafka.ConfigMap {
	return *with(at(c, cluster.SASLPlaintext, "SASL_PLAINTEXT"), login("SCRAM-SHA-256", alice, alicePassword))
}

func asMallory(c *cluster.Cluster) kafka.ConfigMap {
	return *with(at(c, cluster.SASLPlaintext, "SASL_PLAINTEXT"), login("SCRAM-SHA-256", mallory, malloryPassword))
}

// Who may not even see a topic is refused by the metadata, who may see it by the partition's leader.
func TestACL_missingForWriteIsReported(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	var worst slowest
	for name, ops := range map[string][]kafka.ACLOperation{"unseen": nil, "seen": {kafka.ACLOperationDescribe}} {
		topic := unique(t) + "-" + name
		require.NoError(t, c.CreateTopic(t.Context(), topic, 1, 0))
		allow(t, c, mallory, kafka.ResourceTopic, topic, ops...)
		var p *kafka.Producer
		worst.add(inTime(t, func() time.Duration {
			start := time.Now()
			var err error
			p, err = kafka.NewProducer(with(asMallory(c)))
			require.NoError(t, err)
			t.Cleanup(p.Close)
			report := deliver(t, p, topic)
			require.ErrorIs(t, report, kafka.ErrTopicAuthorizationFailed, name)
			assert.ErrorContains(t, report, "Topic authorization failed")
			return time.Since(start)
		}))

		// The same client goes on when it is allowed to.
		allow(t, c, mallory, kafka.ResourceTopic, topic, kafka.ACLOperationWrite)
		require.EventuallyWithT(t, func(ct *assert.CollectT) {
			require.NoError(ct, deliver(t, p, topic))
		}, patience, 50*time.Millisecond, name)
	}
	evidence.Record(t, "secure-acl-write", evidence.Measured("reported in at most %d ms as %v", worst.d.Milliseconds(), kafka.ErrTopicAuthorizationFailed))
}

// deliver sends a message and returns its report, or why it was not taken: a producer that knows of a topic that it is
// not allowed to see it says so at once.
func deliver(t *testing.T, p *kafka.Producer, topic string) error {
	t.Helper()
	report := make(chan kafka.Event, 1)
	err := p.Produce(&kafka.Message{TopicPartition: kafka.TopicPartition{Topic: &topic}, Value: []byte("x")}, report)
	if err != nil {
		return err
	}
	select {
	case ev := <-report:
		m, ok := ev.(*kafka.Message)
		require.True(t, ok, "%T came in place of a report", ev)
		return m.TopicPartition.Error
	case <-time.After(patience):
		require.Fail(t, "a delivery report is missing")
		return nil
	}
}

func TestACL_missingForReadIsReported(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	var worst slowest
	for name, ops := range map[string][]kafka.ACLOperation{"unseen": nil, "seen": {kafka.ACLOperationDescribe}} {
		topic := unique(t) + "-" + name
		require.NoError(t, c.CreateTopic(t.Context(), topic, 1, 0))
		allow(t, c, alice, kafka.ResourceTopic, topic, kafka.ACLOperationWrite)
		allow(t, c, mallory, kafka.ResourceGroup, topic, kafka.ACLOperationRead)
		allow(t, c, mallory, kafka.ResourceTopic, topic, ops...)
		send(t, with(asAlice(c)), topic, 1)
		worst.add(inTime(t, func() time.Duration {
			e, took := readFails(t, with(asMallory(c)), topic, kafka.ErrTopicAuthorizationFailed)
			assert.Contains(t, e.Error(), "Topic authorization failed", name)
			assert.Contains(t, e.Error(), topic, name)
			return took
		}))
	}
	evidence.Record(t, "secure-acl-read", evidence.Measured("reported in at most %d ms as %v", worst.d.Milliseconds(), kafka.ErrTopicAuthorizationFailed))
}

func TestACL_missingForGroupIsReported(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	topic := unique(t)
	require.NoError(t, c.CreateTopic(t.Context(), topic, 1, 0))
	allow(t, c, mallory, kafka.ResourceTopic, topic, kafka.ACLOperationRead)
	var worst slowest
	for _, protocol := range []string{"classic", "consumer"} {
		worst.add(inTime(t, func() time.Duration {
			e, took := readFails(t, with(asMallory(c), kafka.ConfigMap{"group.protocol": protocol}), topic, kafka.ErrGroupAuthorizationFailed)
			assert.Contains(t, e.Error(), "Group authorization failed", protocol)
			return took
		}))
	}
	evidence.Record(t, "secure-acl-group", evidence.Measured("reported in at most %d ms as %v", worst.d.Milliseconds(), kafka.ErrGroupAuthorizationFailed))
}

// readFails reads a topic, in the group of the same name, until an error with the code comes. It returns the error and
// how long it took.
func readFails(t *testing.T, conf *kafka.ConfigMap, topic string, code kafka.ErrorCode) (kafka.Error, time.Duration) {
	t.Helper()
	start := time.Now()
	cons, err := kafka.NewConsumer(with(*conf, kafka.ConfigMap{"group.id": topic, "auto.offset.reset": "earliest"}))
	require.NoError(t, err)
	defer func() { assert.NoError(t, cons.Close()) }() // another try must not share the partition with this one
	require.NoError(t, cons.Subscribe(topic, nil))
	for end := start.Add(patience); time.Now().Before(end); {
		m, err := cons.ReadMessage(time.Second)
		var e kafka.Error
		require.ErrorAs(t, err, &e, "%v was read", m)
		if e.Code() == code {
			return e, time.Since(start)
		}
		require.ErrorIs(t, err, kafka.ErrTimedOut)
	}
	require.Fail(t, "no error with the code came", "%v", code)
	return kafka.Error{}, 0
}

func TestACL_missingForAdminAndTransactionsIsReported(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	took := inTime(t, func() time.Duration {
		start := time.Now()
		a, err := kafka.NewAdminClient(with(asMallory(c)))
		require.NoError(t, err)
		t.Cleanup(a.Close)
		created, err := a.CreateTopics(t.Context(), []kafka.TopicSpecification{{Topic: unique(t), NumPartitions: 1}}, kafka.SetAdminRequestTimeout(patience))
		require.NoError(t, err)
		require.Len(t, created, 1)
		assert.Equal(t, kafka.ErrTopicAuthorizationFailed, created[0].Error.Code(), created[0].Error)

		p, err := kafka.NewProducer(with(asMallory(c), kafka.ConfigMap{"transactional.id": unique(t)}))
		require.NoError(t, err)
		t.Cleanup(p.Close)
		err = p.InitTransactions(t.Context())
		require.ErrorIs(t, err, kafka.ErrTransactionalIDAuthorizationFailed)
		var fatal kafka.FatalError
		require.ErrorAs(t, err, &fatal, "nothing but another client helps")
		return time.Since(start)
	})
	evidence.Record(t, "secure-acl-others", evidence.Measured("both reported in %d ms as %v and %v",
		took.Milliseconds(), kafka.ErrTopicAuthorizationFailed, kafka.ErrTransactionalIDAuthorizationFailed))
}
