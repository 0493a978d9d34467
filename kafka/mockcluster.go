package kafka

import (
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// MockCluster is librdkafka's broker simulation for tests: it speaks Kafka's
// protocol on the loopback address to any client, and keeps the newest 5 MiB of
// each partition. Its methods may be called from any goroutine.
type MockCluster struct {
	rk    *rdkafka.Client // nil: the cluster belongs to another client
	mock  *rdkafka.MockCluster
	guard *guard
	once  *sync.Once
	// brokers is how many there are.
	brokers atomic.Int32
}

// NewMockCluster starts brokers with the ids 1 to brokerCount on free ports.
// Topics appear when they are used first. Call Close at the end.
func NewMockCluster(brokerCount int) (*MockCluster, error) {
	if brokerCount < 1 {
		return nil, newErrorf(ErrInvalidArg, "a mock cluster needs at least 1 broker, not %d", brokerCount)
	}
	conf := rdkafka.NewConf()
	defer conf.Destroy()
	// The instance is only there to carry the brokers: that it has none of its own
	// to connect to is no news.
	if err := conf.Set("log_level", "3"); err != nil {
		return nil, fromRD(err)
	}
	rk, err := rdkafka.NewClient(rdkafka.Producer, conf)
	if err != nil {
		return nil, fromRD(err)
	}
	mock, err := rdkafka.NewMockCluster(rk, brokerCount)
	if err != nil {
		rk.Destroy(false)
		rk.Release()
		return nil, fromRD(err)
	}
	m := &MockCluster{rk: rk, mock: mock, guard: &guard{idle: make(chan struct{})}, once: &sync.Once{}}
	m.brokers.Store(int32(brokerCount))
	return m, nil
}

// MockClusterOf returns the cluster that the property test.mock.num.brokers of a
// client made. It ends with the client: its methods then return an error. Without
// the property it is an ErrInvalidArg.
func MockClusterOf(client Handle) (*MockCluster, error) {
	c := clientOf(client)
	if c == nil {
		return nil, newErrorf(ErrInvalidArg, "the client is nil")
	}
	if err := c.enter(); err != nil {
		return nil, err
	}
	defer c.leave()
	mock := rdkafka.MockClusterOf(c.rk)
	if mock == nil {
		return nil, newErrorf(ErrInvalidArg, "%s has no mock cluster: set test.mock.num.brokers", c.name)
	}
	m := &MockCluster{mock: mock, guard: &c.guard, once: &sync.Once{}}
	m.brokers.Store(int32(strings.Count(mock.Bootstraps(), ",") + 1))
	return m, nil
}

// clientOf returns what a handle is made of, nil for nil.
func clientOf(h Handle) *client {
	switch h := h.(type) {
	case *Producer:
		if h != nil {
			return h.client
		}
	case *Consumer:
		if h != nil {
			return h.client
		}
	case *AdminClient:
		if h != nil {
			return h.c
		}
	}
	return nil
}

// Close ends the brokers. Clients that still use them see them go down. Calling
// it again does nothing, nor does it end a cluster of [MockClusterOf].
func (m *MockCluster) Close() {
	m.once.Do(func() {
		if m.rk == nil {
			return
		}
		m.guard.shut()
		<-m.guard.idle
		m.mock.Destroy()
		m.rk.Destroy(false)
		m.rk.Release()
	})
}

// BootstrapServers returns the value for bootstrap.servers; "" after Close.
func (m *MockCluster) BootstrapServers() string {
	s := ""
	_ = m.with(func() error {
		s = m.mock.Bootstraps()
		return nil
	})
	return s
}

// CreateTopic makes a topic with so many partitions and replicas of each.
func (m *MockCluster) CreateTopic(topic string, partitions, replicationFactor int) error {
	return m.with(func() error { return m.mock.CreateTopic(topic, partitions, replicationFactor) })
}

// SetBrokerDown cuts a broker off; -1 means all.
func (m *MockCluster) SetBrokerDown(brokerID int) error {
	return m.with(func() error { return m.mock.SetBrokerDown(int32(brokerID)) })
}

// SetBrokerUp lets a broker accept connections again; -1 means all.
func (m *MockCluster) SetBrokerUp(brokerID int) error {
	return m.with(func() error { return m.mock.SetBrokerUp(int32(brokerID)) })
}

// SetRoundtripDuration delays a broker's answers, in whole milliseconds; -1
// means all brokers.
func (m *MockCluster) SetRoundtripDuration(brokerID int, duration time.Duration) error {
	return m.with(func() error { return m.mock.SetBrokerRTT(int32(brokerID), duration) })
}

// SetBrokerAddress sets the host and port that the cluster's metadata gives for a
// broker, which goes on listening where it did: an advertised listener that leads
// elsewhere.
func (m *MockCluster) SetBrokerAddress(brokerID int, host string, port int) error {
	if port < 0 || port > math.MaxUint16 {
		return newErrorf(ErrInvalidArg, "port %d: want 0 to %d", port, math.MaxUint16)
	}
	return m.with(func() error {
		if err := m.exists(brokerID); err != nil {
			return err // C says nothing
		}
		m.mock.SetBrokerAddress(int32(brokerID), host, port)
		return nil
	})
}

// SetBrokerRack sets a broker's rack, as client.rack is compared with it; -1 means
// all brokers.
func (m *MockCluster) SetBrokerRack(brokerID int, rack string) error {
	return m.with(func() error { return m.mock.SetBrokerRack(int32(brokerID), rack) })
}

// AddBroker starts one more broker, with a number that no other has, and spreads
// the partitions over all of them.
func (m *MockCluster) AddBroker(brokerID int) error {
	return m.with(func() error {
		if brokerID < 0 {
			return newErrorf(ErrInvalidArg, "broker %d: want a number from 0", brokerID)
		}
		if m.exists(brokerID) == nil {
			return newErrorf(ErrInvalidArg, "broker %d is there already", brokerID)
		}
		if err := m.mock.AddBroker(int32(brokerID)); err != nil {
			return err
		}
		m.brokers.Add(1)
		return nil
	})
}

// RemoveBroker ends a broker for good and spreads its partitions over the others.
// The last one stays.
func (m *MockCluster) RemoveBroker(brokerID int) error {
	return m.with(func() error {
		// C takes -1 for all brokers, and does not survive having none.
		if err := m.exists(brokerID); err != nil {
			return err
		}
		if m.brokers.Add(-1) == 0 {
			m.brokers.Add(1)
			return newErrorf(ErrInvalidArg, "broker %d is the last one", brokerID)
		}
		return m.mock.RemoveBroker(int32(brokerID))
	})
}

// SetTopicError makes the cluster answer with an error when it is asked for a
// topic's metadata; ErrNoError ends that. The topic is created if it is not there.
func (m *MockCluster) SetTopicError(topic string, code ErrorCode) error {
	return m.with(func() error {
		m.mock.SetTopicError(topic, int(code))
		return nil
	})
}

// SetPartitionLeader makes a broker the leader of a partition, in a new leader
// epoch; -1 means that it has none.
func (m *MockCluster) SetPartitionLeader(topic string, partition int32, brokerID int) error {
	return m.with(func() error { return m.mock.SetLeader(topic, partition, int32(brokerID)) })
}

// SetPartitionFollower makes a broker the replica that consumers are sent to by the
// leader; -1 means the leader itself.
func (m *MockCluster) SetPartitionFollower(topic string, partition int32, brokerID int) error {
	return m.with(func() error {
		if brokerID != -1 {
			if err := m.exists(brokerID); err != nil {
				return err // C takes any number
			}
		}
		return m.mock.SetFollower(topic, partition, int32(brokerID))
	})
}

// SetPartitionFollowerWatermarks sets the first and the end offset that this
// replica says it has; -1 means those of the leader.
func (m *MockCluster) SetPartitionFollowerWatermarks(topic string, partition int32, low, high Offset) error {
	return m.with(func() error {
		return m.mock.SetFollowerWatermarks(topic, partition, int64(low), int64(high))
	})
}

// PushPartitionLeader makes the next Metadata answer name this leader and leader
// epoch for a partition, whatever is true: what a broker with old knowledge says.
func (m *MockCluster) PushPartitionLeader(topic string, partition int32, leaderID int, leaderEpoch int32) error {
	return m.with(func() error {
		return m.mock.PushLeaderResponse(topic, partition, int32(leaderID), leaderEpoch)
	})
}

// SetGroupCoordinator makes a broker the coordinator of a group.
func (m *MockCluster) SetGroupCoordinator(groupID string, brokerID int) error {
	return m.setCoordinator("group", groupID, brokerID)
}

// SetTransactionCoordinator makes a broker the coordinator of a transactional.id.
func (m *MockCluster) SetTransactionCoordinator(transactionalID string, brokerID int) error {
	return m.setCoordinator("transaction", transactionalID, brokerID)
}

func (m *MockCluster) setCoordinator(keyType, key string, brokerID int) error {
	return m.with(func() error {
		if err := m.exists(brokerID); err != nil {
			return err // C takes any number, and aborts when it is asked for the broker
		}
		return m.mock.SetCoordinator(keyType, key, int32(brokerID))
	})
}

// exists returns an ErrUnknownBroker when there is no such broker. C only tells by
// the call for its errors.
func (m *MockCluster) exists(brokerID int) error {
	_, err := m.mock.BrokerRequestErrors(int32(brokerID), 0)
	return err
}

// SetAPIVersion sets which versions of an API the brokers say that they have; -1
// for both takes it away. apiKey is the number that Kafka's protocol gives it.
func (m *MockCluster) SetAPIVersion(apiKey, minimum, maximum int16) error {
	return m.with(func() error { return m.mock.SetAPIVersion(apiKey, minimum, maximum) })
}

func (m *MockCluster) with(f func() error) error {
	if !m.guard.acquire() {
		return errClosedClient()
	}
	defer m.guard.release()
	return fromRD(f())
}
