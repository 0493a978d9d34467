//go:build cgo

package rdkafka

// #include "shim_mock.h"
import "C"

import (
	"time"
	"unsafe"
)

// SetGroupRebalanceDelay sets how long a new classic group waits for more members.
//
// Implements:
//
//	void rd_kafka_mock_group_initial_rebalance_delay_ms(rd_kafka_mock_cluster_t *mcluster, int32_t delay_ms)
func (m *MockCluster) SetGroupRebalanceDelay(d time.Duration) {
	C.rd_kafka_mock_group_initial_rebalance_delay_ms(m.p, C.int32_t(millis(d)))
}

// SetGroupConsumerSessionTimeout sets group.consumer.session.timeout.ms of the
// brokers, for groups of the protocol of KIP-848.
//
// Implements:
//
//	void rd_kafka_mock_set_group_consumer_session_timeout_ms(rd_kafka_mock_cluster_t *mcluster, int group_consumer_session_timeout_ms)
func (m *MockCluster) SetGroupConsumerSessionTimeout(d time.Duration) {
	C.rd_kafka_mock_set_group_consumer_session_timeout_ms(m.p, millis(d))
}

// SetGroupConsumerHeartbeatInterval sets group.consumer.heartbeat.interval.ms of the
// brokers.
//
// Implements:
//
//	void rd_kafka_mock_set_group_consumer_heartbeat_interval_ms(rd_kafka_mock_cluster_t *mcluster, int group_consumer_heartbeat_interval_ms)
func (m *MockCluster) SetGroupConsumerHeartbeatInterval(d time.Duration) {
	C.rd_kafka_mock_set_group_consumer_heartbeat_interval_ms(m.p, millis(d))
}

// SetTargetAssignment sets what each member of a KIP-848 group is to have next, by
// member id. Members that are not named are to have nothing. The group must have
// members: one that the cluster does not know is left alone.
//
// Implements:
//
//	rd_kafka_mock_cgrp_consumer_target_assignment_t *rd_kafka_mock_cgrp_consumer_target_assignment_new(char **member_ids, int member_cnt, rd_kafka_topic_partition_list_t **assignment)
//	void rd_kafka_mock_cgrp_consumer_target_assignment(rd_kafka_mock_cluster_t *mcluster, const char *group_id, rd_kafka_mock_cgrp_consumer_target_assignment_t *target_assignment)
//	void rd_kafka_mock_cgrp_consumer_target_assignment_destroy(rd_kafka_mock_cgrp_consumer_target_assignment_t *target_assignment)
func (m *MockCluster) SetTargetAssignment(group string, members []string, assignments [][]TopicPartition) error {
	if len(members) != len(assignments) {
		return invalid("%d members, but %d assignments", len(members), len(assignments))
	}
	var a cArgs
	defer a.free()
	g, ids := a.str("group", group), a.strs("member id", members)
	if a.err != nil {
		return a.err
	}
	lists := make([]*C.rd_kafka_topic_partition_list_t, 0, len(assignments)+1)
	defer func() {
		for _, l := range lists {
			freeList(l)
		}
	}()
	for _, parts := range assignments {
		lists = append(lists, cList(notNil(parts)))
	}
	t := C.rd_kafka_mock_cgrp_consumer_target_assignment_new(unsafe.SliceData(ids), C.int(len(ids)), unsafe.SliceData(lists))
	defer C.rd_kafka_mock_cgrp_consumer_target_assignment_destroy(t)
	C.rd_kafka_mock_cgrp_consumer_target_assignment(m.p, g, t)
	return nil
}
