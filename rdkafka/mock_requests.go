//go:build cgo

package rdkafka

// #include "shim_mock.h"
import "C"

import (
	"time"
	"unsafe"
)

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

// ClearRequestErrors forgets the errors pushed for an API, but not those pushed for
// one broker.
//
// Implements:
//
//	void rd_kafka_mock_clear_request_errors(rd_kafka_mock_cluster_t *mcluster, int16_t ApiKey)
func (m *MockCluster) ClearRequestErrors(apiKey int16) {
	C.rd_kafka_mock_clear_request_errors(m.p, C.int16_t(apiKey))
}

// PushBrokerRequestError makes one more of a broker's requests of an API fail with
// this code (0: succeed), and its answer late by rtt.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_broker_push_request_error_rtts(rd_kafka_mock_cluster_t *mcluster, int32_t broker_id, int16_t ApiKey, size_t cnt, ...)
func (m *MockCluster) PushBrokerRequestError(id int32, apiKey int16, code int, rtt time.Duration) error {
	return codeError(C.rkgo_mock_push_error_rtt(m.p, C.int32_t(id), C.int16_t(apiKey), C.rd_kafka_resp_err_t(code), millis(rtt)))
}

// BrokerRequestErrors returns how many of these are still to come.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_broker_error_stack_cnt(rd_kafka_mock_cluster_t *mcluster, int32_t broker_id, int16_t ApiKey, size_t *cntp)
func (m *MockCluster) BrokerRequestErrors(id int32, apiKey int16) (int, error) {
	var n C.size_t // C leaves it alone when it knows nothing of the API
	err := codeError(C.rd_kafka_mock_broker_error_stack_cnt(m.p, C.int32_t(id), C.int16_t(apiKey), &n))
	return int(n), err
}

// MockRequest is a request that a broker got.
type MockRequest struct {
	Broker int32
	APIKey int16
	Micros int64 // when it was sent, on a clock that only differences make sense of
}

// StartRequestTracking begins to remember requests, with none.
//
// Implements:
//
//	void rd_kafka_mock_start_request_tracking(rd_kafka_mock_cluster_t *mcluster)
func (m *MockCluster) StartRequestTracking() { C.rd_kafka_mock_start_request_tracking(m.p) }

// StopRequestTracking ends that and forgets them; librdkafka's header says that they
// stay.
//
// Implements:
//
//	void rd_kafka_mock_stop_request_tracking(rd_kafka_mock_cluster_t *mcluster)
func (m *MockCluster) StopRequestTracking() { C.rd_kafka_mock_stop_request_tracking(m.p) }

// ClearRequests forgets the remembered requests.
//
// Implements:
//
//	void rd_kafka_mock_clear_requests(rd_kafka_mock_cluster_t *mcluster)
func (m *MockCluster) ClearRequests() { C.rd_kafka_mock_clear_requests(m.p) }

// Requests returns the remembered requests in the order in which they came.
//
// Implements:
//
//	rd_kafka_mock_request_t **rd_kafka_mock_get_requests(rd_kafka_mock_cluster_t *mcluster, size_t *cntp)
//	int32_t rd_kafka_mock_request_id(rd_kafka_mock_request_t *mreq)
//	int16_t rd_kafka_mock_request_api_key(rd_kafka_mock_request_t *mreq)
//	int64_t rd_kafka_mock_request_timestamp(rd_kafka_mock_request_t *mreq)
//	void rd_kafka_mock_request_destroy_array(rd_kafka_mock_request_t **mreqs, size_t mreq_cnt)
func (m *MockCluster) Requests() []MockRequest {
	var n C.size_t
	p := C.rd_kafka_mock_get_requests(m.p, &n)
	defer C.rd_kafka_mock_request_destroy_array(p, n)
	all := make([]MockRequest, int(n))
	for i, r := range unsafe.Slice(p, int(n)) {
		all[i] = MockRequest{
			Broker: int32(C.rd_kafka_mock_request_id(r)),
			APIKey: int16(C.rd_kafka_mock_request_api_key(r)),
			Micros: int64(C.rd_kafka_mock_request_timestamp(r)),
		}
	}
	return all
}

// SetTelemetryMetrics sets which metrics the brokers ask clients for, by the
// beginnings of their names; none means that they ask for none.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_telemetry_set_requested_metrics(rd_kafka_mock_cluster_t *mcluster, char **metrics, size_t metrics_cnt)
func (m *MockCluster) SetTelemetryMetrics(prefixes []string) error {
	var a cArgs
	defer a.free()
	list := a.strs("metric", prefixes)
	if a.err != nil {
		return a.err
	}
	return codeError(C.rd_kafka_mock_telemetry_set_requested_metrics(m.p, unsafe.SliceData(list), C.size_t(len(list))))
}

// SetTelemetryPushInterval sets how often clients are asked to send them.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_mock_telemetry_set_push_interval(rd_kafka_mock_cluster_t *mcluster, int64_t push_interval_ms)
func (m *MockCluster) SetTelemetryPushInterval(d time.Duration) error {
	return codeError(C.rd_kafka_mock_telemetry_set_push_interval(m.p, C.int64_t(millis(d))))
}
