//go:build cgo

package rdkafka

// #include "shim_mock.h"
import "C"

import "time"

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

// MockClusterOf returns the cluster that the property test.mock.num.brokers made,
// nil if there is none. Ownership: it belongs to c, and must not be Destroyed.
//
// Implements:
//
//	rd_kafka_mock_cluster_t *rd_kafka_handle_mock_cluster(const rd_kafka_t *rk)
func MockClusterOf(c *Client) *MockCluster {
	if p := C.rd_kafka_handle_mock_cluster(c.p); p != nil {
		return &MockCluster{p}
	}
	return nil
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

// SetBrokerAddress sets what the cluster's metadata says of a broker's address.
// The broker goes on listening where it did. An unknown id changes nothing.
//
// Implements:
//
//	void rd_kafka_mock_broker_set_host_port(rd_kafka_mock_cluster_t *mcluster, int32_t broker_id, const char *host, int port)
func (m *MockCluster) SetBrokerAddress(id int32, host string, port int) {
	h, free := cString(host)
	defer free()
	C.rd_kafka_mock_broker_set_host_port(m.p, C.int32_t(id), h, C.int(port))
}

// SetBrokerRack sets the rack that metadata names; -1 means all brokers.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_broker_set_rack(rd_kafka_mock_cluster_t *mcluster, int32_t broker_id, const char *rack)
func (m *MockCluster) SetBrokerRack(id int32, rack string) error {
	r, free := cString(rack)
	defer free()
	return codeError(C.rd_kafka_mock_broker_set_rack(m.p, C.int32_t(id), r))
}

// AddBroker starts one more broker. Partitions are spread over all of them again.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_broker_add(rd_kafka_mock_cluster_t *mcluster, int32_t broker_id)
func (m *MockCluster) AddBroker(id int32) error {
	return codeError(C.rd_kafka_mock_broker_add(m.p, C.int32_t(id)))
}

// RemoveBroker ends a broker for good, and spreads its partitions over the others.
// It must not be the last one; -1, which C takes for all, crashes it.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_broker_decommission(rd_kafka_mock_cluster_t *cluster, int32_t broker_id)
func (m *MockCluster) RemoveBroker(id int32) error {
	return codeError(C.rd_kafka_mock_broker_decommission(m.p, C.int32_t(id)))
}

// SetTopicError makes metadata answer with this code for a topic; 0 ends that.
//
// Implements:
//
//	void rd_kafka_mock_topic_set_error(rd_kafka_mock_cluster_t *mcluster, const char *topic, rd_kafka_resp_err_t err)
func (m *MockCluster) SetTopicError(topic string, code int) {
	t, free := cString(topic)
	defer free()
	C.rd_kafka_mock_topic_set_error(m.p, t, C.rd_kafka_resp_err_t(code))
}

// SetLeader makes a broker the leader of a partition; -1 means that it has none.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_partition_set_leader(rd_kafka_mock_cluster_t *mcluster, const char *topic, int32_t partition, int32_t broker_id)
func (m *MockCluster) SetLeader(topic string, partition, id int32) error {
	t, free := cString(topic)
	defer free()
	return codeError(C.rd_kafka_mock_partition_set_leader(m.p, t, C.int32_t(partition), C.int32_t(id)))
}

// SetFollower makes a broker the replica that consumers are told to fetch from; -1
// means the leader.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_partition_set_follower(rd_kafka_mock_cluster_t *mcluster, const char *topic, int32_t partition, int32_t broker_id)
func (m *MockCluster) SetFollower(topic string, partition, id int32) error {
	t, free := cString(topic)
	defer free()
	return codeError(C.rd_kafka_mock_partition_set_follower(m.p, t, C.int32_t(partition), C.int32_t(id)))
}

// SetFollowerWatermarks sets the offsets between which that replica has messages; -1
// means those of the leader.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_partition_set_follower_wmarks(rd_kafka_mock_cluster_t *mcluster, const char *topic, int32_t partition, int64_t lo, int64_t hi)
func (m *MockCluster) SetFollowerWatermarks(topic string, partition int32, low, high int64) error {
	t, free := cString(topic)
	defer free()
	return codeError(C.rd_kafka_mock_partition_set_follower_wmarks(m.p, t, C.int32_t(partition), C.int64_t(low), C.int64_t(high)))
}

// PushLeaderResponse makes the next Metadata answer name this leader and epoch.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_partition_push_leader_response(rd_kafka_mock_cluster_t *mcluster, const char *topic, int partition, int32_t leader_id, int32_t leader_epoch)
func (m *MockCluster) PushLeaderResponse(topic string, partition, leader, epoch int32) error {
	t, free := cString(topic)
	defer free()
	return codeError(C.rd_kafka_mock_partition_push_leader_response(m.p, t, C.int(partition), C.int32_t(leader), C.int32_t(epoch)))
}

// SetCoordinator makes a broker the coordinator of a key; its type is "group" or
// "transaction".
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_coordinator_set(rd_kafka_mock_cluster_t *mcluster, const char *key_type, const char *key, int32_t broker_id)
func (m *MockCluster) SetCoordinator(keyType, key string, id int32) error {
	t, freeType := cString(keyType)
	defer freeType()
	k, free := cString(key)
	defer free()
	return codeError(C.rd_kafka_mock_coordinator_set(m.p, t, k, C.int32_t(id)))
}

// SetAPIVersion sets which versions of an API the brokers say that they have; -1
// for both takes it away.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_set_apiversion(rd_kafka_mock_cluster_t *mcluster, int16_t ApiKey, int16_t MinVersion, int16_t MaxVersion)
func (m *MockCluster) SetAPIVersion(apiKey, minimum, maximum int16) error {
	return codeError(C.rd_kafka_mock_set_apiversion(m.p, C.int16_t(apiKey), C.int16_t(minimum), C.int16_t(maximum)))
}
