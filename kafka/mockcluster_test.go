package kafka_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// Numbers of Kafka's protocol.
const (
	apiProduce   = int16(0)
	apiFetch     = int16(1)
	apiMetadata  = int16(3)
	apiTelemetry = int16(71) // GetTelemetrySubscriptions
	apiPush      = int16(72) // PushTelemetry
)

// sendOne produces one message to partition 0 of a topic, and returns its report.
func sendOne(t *testing.T, p *kafka.Producer, topic string) *kafka.Message {
	t.Helper()
	reports := make(chan kafka.Event, 1)
	to := kafka.TopicPartition{Topic: &topic, Partition: 0}
	require.NoError(t, p.Produce(&kafka.Message{TopicPartition: to, Value: []byte("v")}, reports))
	select {
	case r := <-reports:
		return r.(*kafka.Message)
	case <-time.After(patience):
		require.Fail(t, "no report")
		return nil
	}
}

// mockProducer returns a cluster of three brokers with a topic "t" of two
// partitions, and a producer to it.
func mockProducer(t *testing.T, conf kafka.ConfigMap) (*kafka.MockCluster, *kafka.Producer) {
	t.Helper()
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 2, 3))
	all := kafka.ConfigMap{"bootstrap.servers": m.BootstrapServers(), "linger.ms": 0, "log_level": 0}
	for k, v := range conf {
		all[k] = v
	}
	return m, newProducer(t, all)
}

func TestMockCluster_requestErrors(t *testing.T) {
	t.Parallel()
	m, p := mockProducer(t, kafka.ConfigMap{"retries": 0})
	require.NoError(t, m.PushRequestErrors(apiProduce, kafka.ErrMsgSizeTooLarge, kafka.ErrInvalidRecord))
	assert.ErrorIs(t, sendOne(t, p, "t").TopicPartition.Error, kafka.ErrMsgSizeTooLarge)
	assert.ErrorIs(t, sendOne(t, p, "t").TopicPartition.Error, kafka.ErrInvalidRecord)
	assert.NoError(t, sendOne(t, p, "t").TopicPartition.Error)

	require.NoError(t, m.PushRequestErrors(apiProduce, kafka.ErrMsgSizeTooLarge))
	require.NoError(t, m.ClearRequestErrors(apiProduce))
	assert.NoError(t, sendOne(t, p, "t").TopicPartition.Error)
}

func TestMockCluster_brokerRequestErrors(t *testing.T) {
	t.Parallel()
	m, p := mockProducer(t, kafka.ConfigMap{"retries": 0})
	require.NoError(t, m.SetPartitionLeader("t", 0, 2))
	require.NoError(t, sendOne(t, p, "t").TopicPartition.Error)
	require.NoError(t, m.PushBrokerRequestErrors(2, apiProduce,
		kafka.MockRequestError{Code: kafka.ErrMsgSizeTooLarge}, kafka.MockRequestError{Roundtrip: 300 * time.Millisecond}))
	n, err := m.BrokerRequestErrors(2, apiProduce)
	require.NoError(t, err)
	assert.Equal(t, 2, n)
	assert.ErrorIs(t, sendOne(t, p, "t").TopicPartition.Error, kafka.ErrMsgSizeTooLarge)
	begin := time.Now()
	assert.NoError(t, sendOne(t, p, "t").TopicPartition.Error)
	assert.GreaterOrEqual(t, time.Since(begin), 300*time.Millisecond)
	n, err = m.BrokerRequestErrors(2, apiProduce)
	require.NoError(t, err)
	assert.Zero(t, n)
	n, err = m.BrokerRequestErrors(1, apiFetch)
	require.NoError(t, err)
	assert.Zero(t, n)
	assert.ErrorIs(t, m.PushBrokerRequestErrors(9, apiProduce, kafka.MockRequestError{}), kafka.ErrUnknownBroker)
	_, err = m.BrokerRequestErrors(9, apiProduce)
	assert.ErrorIs(t, err, kafka.ErrUnknownBroker)
}

func TestMockCluster_topicError(t *testing.T) {
	t.Parallel()
	m, p := mockProducer(t, nil)
	require.NoError(t, m.SetTopicError("t", kafka.ErrTopicAuthorizationFailed))
	topic := "t"
	md, err := p.GetMetadata(&topic, false, 10000)
	require.NoError(t, err)
	assert.Equal(t, kafka.ErrTopicAuthorizationFailed, md.Topics["t"].Error.Code())
	require.NoError(t, m.SetTopicError("t", kafka.ErrNoError))
	md, err = p.GetMetadata(&topic, false, 10000)
	require.NoError(t, err)
	assert.Equal(t, kafka.ErrNoError, md.Topics["t"].Error.Code())
}

func TestMockCluster_leaderAndRequestTracking(t *testing.T) {
	t.Parallel()
	m, p := mockProducer(t, nil)
	topic := "t"
	for _, leader := range []int{1, 2, 3} {
		require.NoError(t, m.SetPartitionLeader("t", 0, leader))
		md, err := p.GetMetadata(&topic, false, 10000)
		require.NoError(t, err)
		assert.EqualValues(t, leader, md.Topics["t"].Partitions[0].Leader)
		require.NoError(t, m.StartRequestTracking())
		require.NoError(t, sendOne(t, p, "t").TopicPartition.Error)
		requests, err := m.Requests()
		require.NoError(t, err)
		produced, last := 0, time.Duration(0)
		for _, r := range requests {
			assert.GreaterOrEqual(t, r.Sent, last)
			last = r.Sent
			if r.APIKey == apiProduce && r.BrokerID == leader {
				produced++
			}
		}
		assert.Equal(t, 1, produced, "%+v", requests)
	}
	require.NoError(t, m.ClearRequests())
	none, err := m.Requests()
	require.NoError(t, err)
	assert.Empty(t, none)
	require.NoError(t, m.StopRequestTracking())
	require.NoError(t, sendOne(t, p, "t").TopicPartition.Error)
	none, err = m.Requests()
	require.NoError(t, err)
	assert.Empty(t, none)

	require.NoError(t, m.SetPartitionLeader("t", 0, -1))
	md, err := p.GetMetadata(&topic, false, 10000)
	require.NoError(t, err)
	assert.EqualValues(t, -1, md.Topics["t"].Partitions[0].Leader)
	assert.ErrorIs(t, m.SetPartitionLeader("t", 7, 1), kafka.ErrUnknownTopicOrPart)
	assert.ErrorIs(t, m.SetPartitionLeader("t", 0, 9), kafka.ErrBrokerNotAvailable)

	require.NoError(t, m.SetPartitionLeader("t", 0, 1))
	// One answer says so; the producer asks by itself, too, and may have got it.
	require.Eventually(t, func() bool {
		require.NoError(t, m.PushPartitionLeader("t", 0, 3, 100))
		md, err := p.GetMetadata(&topic, false, 10000)
		require.NoError(t, err)
		return md.Topics["t"].Partitions[0].Leader == 3
	}, patience, time.Millisecond)
	require.Eventually(t, func() bool {
		md, err := p.GetMetadata(&topic, false, 10000)
		require.NoError(t, err)
		return md.Topics["t"].Partitions[0].Leader == 1
	}, patience, time.Millisecond)
	assert.ErrorIs(t, m.PushPartitionLeader("t", 9, 1, 1), kafka.ErrUnknownTopicOrPart)
}

// A consumer with client.rack is sent to the follower, which says what it has.
func TestMockCluster_follower(t *testing.T) {
	t.Parallel()
	m, p := mockProducer(t, nil)
	require.NoError(t, m.SetPartitionLeader("t", 0, 1))
	require.NoError(t, m.SetBrokerRack(-1, "far"))
	require.NoError(t, m.SetBrokerRack(2, "near"))
	assert.ErrorIs(t, m.SetBrokerRack(9, "x"), kafka.ErrBrokerNotAvailable)
	require.NoError(t, m.SetPartitionFollower("t", 0, 2))
	require.NoError(t, m.SetPartitionFollowerWatermarks("t", 0, -1, -1))
	assert.ErrorIs(t, m.SetPartitionFollower("t", 0, 9), kafka.ErrUnknownBroker)
	assert.ErrorIs(t, m.SetPartitionFollowerWatermarks("t", 9, 0, 1), kafka.ErrUnknownTopicOrPart)
	require.NoError(t, sendOne(t, p, "t").TopicPartition.Error)

	require.NoError(t, m.StartRequestTracking())
	topic := "t"
	c := newConsumer(t, kafka.ConfigMap{
		"bootstrap.servers": m.BootstrapServers(), "group.id": "g", "client.rack": "near", "log_level": 0,
	})
	require.NoError(t, c.Assign([]kafka.TopicPartition{{Topic: &topic, Partition: 0, Offset: 0}}))
	_, err := c.ReadMessage(patience)
	require.NoError(t, err)
	requests, err := m.Requests()
	require.NoError(t, err)
	fetched := map[int]bool{}
	for _, r := range requests {
		fetched[r.BrokerID] = fetched[r.BrokerID] || r.APIKey == apiFetch
	}
	assert.True(t, fetched[1], "the leader is asked first")
	assert.True(t, fetched[2], "then the follower")
	assert.False(t, fetched[3])
}

func TestMockCluster_brokersComeAndGo(t *testing.T) {
	t.Parallel()
	m, p := mockProducer(t, nil)
	ids := func() string {
		md, err := p.GetMetadata(nil, false, 10000)
		require.NoError(t, err)
		var all []string
		for _, b := range md.Brokers {
			all = append(all, fmt.Sprint(b.ID))
		}
		return strings.Join(all, " ")
	}
	assert.Equal(t, "1 2 3", ids())
	require.NoError(t, m.AddBroker(7))
	assert.Equal(t, "1 2 3 7", ids())
	assert.ErrorContains(t, m.AddBroker(7), "broker 7 is there already")
	assert.ErrorIs(t, m.AddBroker(-1), kafka.ErrInvalidArg)
	require.NoError(t, m.RemoveBroker(7))
	require.NoError(t, m.RemoveBroker(1))
	assert.Equal(t, "2 3", ids())
	assert.ErrorIs(t, m.RemoveBroker(1), kafka.ErrUnknownBroker)
	assert.ErrorIs(t, m.RemoveBroker(-1), kafka.ErrUnknownBroker)
	require.NoError(t, m.RemoveBroker(2))
	assert.ErrorContains(t, m.RemoveBroker(3), "broker 3 is the last one")
	assert.Equal(t, "3", ids())
	assert.NoError(t, sendOne(t, p, "t").TopicPartition.Error)
}

func TestMockCluster_brokerAddress(t *testing.T) {
	t.Parallel()
	m, p := mockProducer(t, nil)
	require.NoError(t, m.SetBrokerAddress(2, "elsewhere.example", 9092))
	eventually(t, func() bool {
		md, err := p.GetMetadata(nil, false, 10000) // an error when the question went to that broker
		return err == nil && slices.Contains(md.Brokers, kafka.BrokerMetadata{ID: 2, Host: "elsewhere.example", Port: 9092})
	}, "the new address")
	assert.ErrorIs(t, m.SetBrokerAddress(9, "x", 1), kafka.ErrUnknownBroker)
	assert.ErrorContains(t, m.SetBrokerAddress(2, "x", 70000), "port 70000: want 0 to 65535")
}

func TestMockCluster_coordinators(t *testing.T) {
	t.Parallel()
	m, p := mockProducer(t, kafka.ConfigMap{"transactional.id": "tx"})
	require.NoError(t, m.SetTransactionCoordinator("tx", 3))
	require.NoError(t, m.SetGroupCoordinator("g", 2))
	assert.ErrorIs(t, m.SetGroupCoordinator("g", 9), kafka.ErrUnknownBroker)
	require.NoError(t, m.StartRequestTracking())
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, p.InitTransactions(ctx))
	topic := "t"
	c := newConsumer(t, kafka.ConfigMap{"bootstrap.servers": m.BootstrapServers(), "group.id": "g"})
	_, err := c.CommitOffsets([]kafka.TopicPartition{{Topic: &topic, Partition: 0, Offset: 1}})
	require.NoError(t, err)
	requests, err := m.Requests()
	require.NoError(t, err)
	at := map[int16]int{}
	for _, r := range requests {
		at[r.APIKey] = r.BrokerID
	}
	assert.Equal(t, 3, at[22], "InitProducerId")
	assert.Equal(t, 2, at[8], "OffsetCommit")
}

func TestMockCluster_apiVersion(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	require.NoError(t, m.SetAPIVersion(22, -1, -1)) // InitProducerId
	assert.ErrorIs(t, m.SetAPIVersion(9999, 0, 1), kafka.ErrInvalidArg)
	p := newProducer(t, kafka.ConfigMap{"bootstrap.servers": m.BootstrapServers(), "enable.idempotence": true, "log_level": 0})
	select {
	case err := <-p.Errors():
		assert.Equal(t, kafka.ErrUnsupportedFeature, err.Code())
	case <-time.After(patience):
		assert.Fail(t, "an idempotent producer goes on without InitProducerId")
	}
}

func TestMockCluster_targetAssignment(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	require.NoError(t, m.CreateTopic("t", 4, 1))
	require.NoError(t, m.SetGroupConsumerHeartbeatInterval(100*time.Millisecond))
	require.NoError(t, m.SetGroupConsumerSessionTimeout(5*time.Second))
	topic := "t"
	c := newConsumer(t, kafka.ConfigMap{
		"bootstrap.servers": m.BootstrapServers(), "group.id": "g", "group.protocol": "consumer",
	})
	require.NoError(t, c.Subscribe("t", nil))
	has := func(partitions ...int32) func() bool {
		return func() bool {
			c.Poll(10)
			now, err := c.Assignment()
			require.NoError(t, err)
			got := map[int32]bool{}
			for _, tp := range now {
				got[tp.Partition] = true
			}
			for _, p := range partitions {
				if !got[p] {
					return false
				}
			}
			return len(got) == len(partitions)
		}
	}
	require.Eventually(t, has(0, 1, 2, 3), patience, time.Millisecond)
	require.NotEmpty(t, c.MemberID())
	require.NoError(t, m.SetTargetAssignment("g", map[string][]kafka.TopicPartition{
		c.MemberID(): {{Topic: &topic, Partition: 1}, {Topic: &topic, Partition: 3}},
	}))
	require.Eventually(t, has(1, 3), patience, time.Millisecond)
	require.NoError(t, m.SetTargetAssignment("g", map[string][]kafka.TopicPartition{c.MemberID(): nil}))
	require.Eventually(t, has(), patience, time.Millisecond)
	require.NoError(t, m.SetTargetAssignment("unknown", nil))
	assert.ErrorIs(t, m.SetTargetAssignment("g", map[string][]kafka.TopicPartition{"m": {{}}}), kafka.ErrInvalidArg)
	assert.ErrorContains(t, m.SetTargetAssignment("g", map[string][]kafka.TopicPartition{"a\x00b": nil}), "zero byte")
}

func TestMockCluster_telemetry(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	require.NoError(t, m.SetTelemetryMetrics())
	require.NoError(t, m.SetTelemetryMetrics("org.apache.kafka.producer."))
	require.NoError(t, m.SetTelemetryPushInterval(100*time.Millisecond))
	require.NoError(t, m.StartRequestTracking())
	p := newProducer(t, kafka.ConfigMap{"bootstrap.servers": m.BootstrapServers()})
	require.NoError(t, sendOne(t, p, "t").TopicPartition.Error)
	require.Eventually(t, func() bool {
		requests, err := m.Requests()
		require.NoError(t, err)
		n := map[int16]int{}
		for _, r := range requests {
			n[r.APIKey]++
		}
		return n[apiTelemetry] > 0 && n[apiPush] > 1
	}, patience, 10*time.Millisecond)
	assert.ErrorContains(t, m.SetTelemetryMetrics("a\x00"), "zero byte")
}

func TestMockClusterOf(t *testing.T) {
	t.Parallel()
	p := newProducer(t, kafka.ConfigMap{"test.mock.num.brokers": 2, "log_level": 0})
	m, err := kafka.MockClusterOf(p)
	require.NoError(t, err)
	require.NoError(t, m.CreateTopic("t", 2, 1))
	require.NoError(t, sendOne(t, p, "t").TopicPartition.Error)
	assert.Equal(t, 1, strings.Count(m.BootstrapServers(), ","))
	require.NoError(t, m.RemoveBroker(2))
	assert.ErrorContains(t, m.RemoveBroker(1), "the last one")
	m.Close()
	require.NoError(t, sendOne(t, p, "t").TopicPartition.Error, "it is the producer's")
	p.Close()
	assert.ErrorIs(t, m.CreateTopic("u", 1, 1), kafka.ErrState)
	assert.Empty(t, m.BootstrapServers())
	_, err = kafka.MockClusterOf(p)
	assert.ErrorIs(t, err, kafka.ErrState)

	_, err = kafka.MockClusterOf(newProducer(t, kafka.ConfigMap{}))
	assert.ErrorContains(t, err, "set test.mock.num.brokers")
	for _, none := range []kafka.Handle{nil, (*kafka.Producer)(nil), (*kafka.Consumer)(nil), (*kafka.AdminClient)(nil)} {
		_, err = kafka.MockClusterOf(none)
		assert.ErrorIs(t, err, kafka.ErrInvalidArg)
	}
}

func TestMockCluster_closed(t *testing.T) {
	t.Parallel()
	m, err := kafka.NewMockCluster(1)
	require.NoError(t, err)
	m.Close()
	m.Close()
	for name, call := range map[string]func() error{
		"CreateTopic": func() error { return m.CreateTopic("t", 1, 1) },
		"AddBroker":   func() error { return m.AddBroker(2) },
		"Requests":    func() error { _, err := m.Requests(); return err },
		"PushRequestErrors": func() error {
			return m.PushRequestErrors(apiMetadata, kafka.ErrFail)
		},
		"SetTargetAssignment": func() error { return m.SetTargetAssignment("g", nil) },
	} {
		assert.ErrorIs(t, call(), kafka.ErrState, name)
	}
}
