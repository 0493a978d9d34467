//go:build cgo

package rdkafka

// #include "shim.h"
// #include "rdkafka_mock.h"
import "C"

import (
	"time"
	"unsafe"
)

// MockCluster is librdkafka's own broker simulation: it speaks the protocol over
// TCP on the loopback address to any client.
type MockCluster struct {
	p *C.rd_kafka_mock_cluster_t
}

// NewMockCluster starts brokers 1 to n in threads of c.
// Ownership: must be Destroyed before c.
//
// Implements:
//
//	rd_kafka_mock_cluster_t *rd_kafka_mock_cluster_new(rd_kafka_t *rk, int broker_cnt)
func NewMockCluster(c *Client, n int) (*MockCluster, error) {
	p := C.rd_kafka_mock_cluster_new(c.p, C.int(n))
	if p == nil {
		return nil, &Error{Code: int(C.RD_KAFKA_RESP_ERR__FAIL), Str: "the mock cluster could not start: no port on 127.0.0.1 to listen on"}
	}
	countNew("mock")
	return &MockCluster{p}, nil
}

// Destroy ends the cluster and its connections.
//
// Implements:
//
//	void rd_kafka_mock_cluster_destroy(rd_kafka_mock_cluster_t *mcluster)
func (m *MockCluster) Destroy() {
	if m == nil || m.p == nil {
		return
	}
	C.rd_kafka_mock_cluster_destroy(m.p)
	m.p = nil
	countDestroy("mock")
}

// Bootstraps returns the value for bootstrap.servers.
//
// Implements:
//
//	const char *rd_kafka_mock_cluster_bootstraps(const rd_kafka_mock_cluster_t *mcluster)
func (m *MockCluster) Bootstraps() string {
	return C.GoString(C.rd_kafka_mock_cluster_bootstraps(m.p))
}

// CreateTopic makes a topic; without it topics appear on first use.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_topic_create(rd_kafka_mock_cluster_t *mcluster, const char *topic, int partition_cnt, int replication_factor)
func (m *MockCluster) CreateTopic(topic string, partitions, replicas int) error {
	t, free := cString(topic)
	defer free()
	return codeError(C.rd_kafka_mock_topic_create(m.p, t, C.int(partitions), C.int(replicas)))
}

// SetBrokerDown cuts a broker off; -1 means all.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_broker_set_down(rd_kafka_mock_cluster_t *mcluster, int32_t broker_id)
func (m *MockCluster) SetBrokerDown(id int32) error {
	return codeError(C.rd_kafka_mock_broker_set_down(m.p, C.int32_t(id)))
}

// SetBrokerUp lets a broker accept connections again; -1 means all.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_broker_set_up(rd_kafka_mock_cluster_t *mcluster, int32_t broker_id)
func (m *MockCluster) SetBrokerUp(id int32) error {
	return codeError(C.rd_kafka_mock_broker_set_up(m.p, C.int32_t(id)))
}

// SetBrokerRTT delays a broker's answers; -1 means all.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_broker_set_rtt(rd_kafka_mock_cluster_t *mcluster, int32_t broker_id, int rtt_ms)
func (m *MockCluster) SetBrokerRTT(id int32, rtt time.Duration) error {
	return codeError(C.rd_kafka_mock_broker_set_rtt(m.p, C.int32_t(id), millis(rtt)))
}

// PushRequestErrors makes the next requests of an API (a Kafka ApiKey) fail with
// these codes, one each, whichever broker gets them.
//
// Implements:
//
//	void rd_kafka_mock_push_request_errors_array(rd_kafka_mock_cluster_t *mcluster, int16_t ApiKey, size_t cnt, const rd_kafka_resp_err_t *errors)
func (m *MockCluster) PushRequestErrors(apiKey int16, codes ...int) {
	errs := make([]C.rd_kafka_resp_err_t, len(codes), len(codes)+1)
	for i, c := range codes {
		errs[i] = C.rd_kafka_resp_err_t(c)
	}
	C.rd_kafka_mock_push_request_errors_array(m.p, C.int16_t(apiKey), C.size_t(len(errs)), unsafe.SliceData(errs))
}

// ClearRequestErrors forgets the errors pushed for an API.
//
// Implements:
//
//	void rd_kafka_mock_clear_request_errors(rd_kafka_mock_cluster_t *mcluster, int16_t ApiKey)
func (m *MockCluster) ClearRequestErrors(apiKey int16) {
	C.rd_kafka_mock_clear_request_errors(m.p, C.int16_t(apiKey))
}

// SetGroupRebalanceDelay sets how long a new group waits for more members.
//
// Implements:
//
//	void rd_kafka_mock_group_initial_rebalance_delay_ms(rd_kafka_mock_cluster_t *mcluster, int32_t delay_ms)
func (m *MockCluster) SetGroupRebalanceDelay(d time.Duration) {
	C.rd_kafka_mock_group_initial_rebalance_delay_ms(m.p, C.int32_t(millis(d)))
}
