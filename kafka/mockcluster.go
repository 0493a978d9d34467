package kafka

import (
	"sync"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// MockCluster is librdkafka's broker simulation for tests: it speaks Kafka's
// protocol on the loopback address to any client, and keeps the newest 5 MiB of
// each partition. Its methods may be called from any goroutine.
type MockCluster struct {
	rk    *rdkafka.Client
	mock  *rdkafka.MockCluster
	guard *guard
	once  *sync.Once
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
	return &MockCluster{rk: rk, mock: mock, guard: &guard{idle: make(chan struct{})}, once: &sync.Once{}}, nil
}

// Close ends the brokers. Clients that still use them see them go down. Calling
// it again does nothing.
func (m *MockCluster) Close() {
	m.once.Do(func() {
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

// SetGroupRebalanceDelay sets how long a group without members waits for more of
// them when the first one joins, in whole milliseconds; the default is 3 s, as on
// a real broker.
func (m *MockCluster) SetGroupRebalanceDelay(delay time.Duration) error {
	return m.with(func() error {
		m.mock.SetGroupRebalanceDelay(delay)
		return nil
	})
}

func (m *MockCluster) with(f func() error) error {
	if !m.guard.acquire() {
		return errClosedClient()
	}
	defer m.guard.release()
	return fromRD(f())
}
