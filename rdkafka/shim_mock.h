/* Shims over librdkafka's mock cluster. */

#ifndef RKGO_SHIM_MOCK_H
#define RKGO_SHIM_MOCK_H

#include "shim.h"

#include "rdkafka_mock.h"

/* rd_kafka_mock_broker_push_request_error_rtts, which takes its errors as
 * variable arguments, for one error. */
rd_kafka_resp_err_t rkgo_mock_push_error_rtt(rd_kafka_mock_cluster_t *m,
                                             int32_t broker_id, int16_t api_key,
                                             rd_kafka_resp_err_t err,
                                             int rtt_ms);

#endif
