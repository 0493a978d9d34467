//go:build cgo

package rdkafka

// #include "shim_admin.h"
import "C"

import "unsafe"

// The requests of the admin API return at once: the result comes as an event of
// the queue given, which carries the number of [AdminOptions.SetOpaque]. An
// error means that nothing was sent and no event will come; its code is
// [ErrInvalidArg]. An event whose [Event.Err] is not nil has no result. What the
// result methods return are copies.

// NewTopic says what topic to create.
type NewTopic struct {
	Topic             string
	Partitions        int       // -1: the broker's default
	ReplicationFactor int       // -1: the broker's default, and with Replicas
	Replicas          [][]int32 // per partition the brokers; nil: the broker chooses
	Config            map[string]string
}

// TopicResult is what became of one topic.
type TopicResult struct {
	Topic string
	Err   Error // the zero Error: done
}

// CreateTopics creates topics. The result is [Event.CreateTopicsResult].
//
// Implements:
//
//	rd_kafka_NewTopic_t *rd_kafka_NewTopic_new(const char *topic, int num_partitions, int replication_factor, char *errstr, size_t errstr_size)
//	void rd_kafka_NewTopic_destroy(rd_kafka_NewTopic_t *new_topic)
//	rd_kafka_resp_err_t rd_kafka_NewTopic_set_replica_assignment(rd_kafka_NewTopic_t *new_topic, int32_t partition, int32_t *broker_ids, size_t broker_id_cnt, char *errstr, size_t errstr_size)
//	rd_kafka_resp_err_t rd_kafka_NewTopic_set_config(rd_kafka_NewTopic_t *new_topic, const char *name, const char *value)
//	void rd_kafka_CreateTopics(rd_kafka_t *rk, rd_kafka_NewTopic_t **new_topics, size_t new_topic_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) CreateTopics(topics []NewTopic, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	list := make([]*C.rd_kafka_NewTopic_t, 0, len(topics)+1)
	defer func() {
		for _, t := range list {
			C.rd_kafka_NewTopic_destroy(t)
			countDestroy("newtopic")
		}
	}()
	var buf [errBufSize]C.char
	for i := range topics {
		t := &topics[i]
		if n := len(t.Replicas); n > max(t.Partitions, 0) {
			return invalid("Topic %s: %d replica assignments for %d partitions", t.Topic, n, t.Partitions)
		}
		p := C.rd_kafka_NewTopic_new(a.str("topic name", t.Topic), C.int(t.Partitions), C.int(t.ReplicationFactor), &buf[0], C.size_t(len(buf)))
		if p == nil {
			return invalid("Topic %s: %s", t.Topic, C.GoString(&buf[0]))
		}
		countNew("newtopic")
		list = append(list, p)
		for part, brokers := range t.Replicas {
			ids := cInt32s(brokers)
			if C.rd_kafka_NewTopic_set_replica_assignment(p, C.int32_t(part), unsafe.SliceData(ids), C.size_t(len(ids)),
				&buf[0], C.size_t(len(buf))) != C.RD_KAFKA_RESP_ERR_NO_ERROR {
				return invalid("Topic %s, replicas of partition %d: %s", t.Topic, part, C.GoString(&buf[0]))
			}
		}
		for k, v := range t.Config {
			if code := C.rd_kafka_NewTopic_set_config(p, a.str("config name", k), a.str("config value", v)); code != C.RD_KAFKA_RESP_ERR_NO_ERROR {
				return invalid("Topic %s, config %s=%s: %s", t.Topic, k, v, ErrStr(int(code)))
			}
		}
	}
	if a.err != nil {
		return a.err
	}
	C.rd_kafka_CreateTopics(c.p, unsafe.SliceData(list), C.size_t(len(list)), o.p, q.p)
	return nil
}

func cInt32s(s []int32) []C.int32_t {
	out := make([]C.int32_t, len(s), len(s)+1)
	for i, v := range s {
		out[i] = C.int32_t(v)
	}
	return out
}

// CreateTopicsResult returns what became of each topic.
//
// Implements:
//
//	const rd_kafka_CreateTopics_result_t *rd_kafka_event_CreateTopics_result(rd_kafka_event_t *rkev)
//	const rd_kafka_topic_result_t **rd_kafka_CreateTopics_result_topics(const rd_kafka_CreateTopics_result_t *result, size_t *cntp)
func (e *Event) CreateTopicsResult() []TopicResult {
	var n C.size_t
	return topicResults(C.rd_kafka_CreateTopics_result_topics(C.rd_kafka_event_CreateTopics_result(e.p), &n), n)
}

// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_topic_result_error(const rd_kafka_topic_result_t *topicres)
//	const char *rd_kafka_topic_result_error_string(const rd_kafka_topic_result_t *topicres)
//	const char *rd_kafka_topic_result_name(const rd_kafka_topic_result_t *topicres)
func topicResults(p **C.rd_kafka_topic_result_t, n C.size_t) []TopicResult {
	out := make([]TopicResult, int(n))
	for i, r := range unsafe.Slice(p, int(n)) {
		out[i] = TopicResult{
			Topic: C.GoString(C.rd_kafka_topic_result_name(r)),
			Err:   codeStrError(C.rd_kafka_topic_result_error(r), C.rd_kafka_topic_result_error_string(r)),
		}
	}
	return out
}

// DeleteTopics deletes topics. The result is [Event.DeleteTopicsResult].
//
// Implements:
//
//	rd_kafka_DeleteTopic_t *rd_kafka_DeleteTopic_new(const char *topic)
//	void rd_kafka_DeleteTopic_destroy(rd_kafka_DeleteTopic_t *del_topic)
//	void rd_kafka_DeleteTopics(rd_kafka_t *rk, rd_kafka_DeleteTopic_t **del_topics, size_t del_topic_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) DeleteTopics(topics []string, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	list := make([]*C.rd_kafka_DeleteTopic_t, 0, len(topics)+1)
	defer func() {
		for _, t := range list {
			C.rd_kafka_DeleteTopic_destroy(t)
			countDestroy("deletetopic")
		}
	}()
	for _, name := range a.strs("topic name", topics) {
		list = append(list, C.rd_kafka_DeleteTopic_new(name))
		countNew("deletetopic")
	}
	if a.err != nil {
		return a.err
	}
	C.rd_kafka_DeleteTopics(c.p, unsafe.SliceData(list), C.size_t(len(list)), o.p, q.p)
	return nil
}

// DeleteTopicsResult returns what became of each topic.
//
// Implements:
//
//	const rd_kafka_DeleteTopics_result_t *rd_kafka_event_DeleteTopics_result(rd_kafka_event_t *rkev)
//	const rd_kafka_topic_result_t **rd_kafka_DeleteTopics_result_topics(const rd_kafka_DeleteTopics_result_t *result, size_t *cntp)
func (e *Event) DeleteTopicsResult() []TopicResult {
	var n C.size_t
	return topicResults(C.rd_kafka_DeleteTopics_result_topics(C.rd_kafka_event_DeleteTopics_result(e.p), &n), n)
}

// NewPartitions says how many partitions a topic shall have.
type NewPartitions struct {
	Topic    string
	Total    int       // all partitions, the old ones included
	Replicas [][]int32 // per new partition the brokers; nil: the broker chooses
}

// CreatePartitions gives topics more partitions. The result is
// [Event.CreatePartitionsResult].
//
// Implements:
//
//	rd_kafka_NewPartitions_t *rd_kafka_NewPartitions_new(const char *topic, size_t new_total_cnt, char *errstr, size_t errstr_size)
//	void rd_kafka_NewPartitions_destroy(rd_kafka_NewPartitions_t *new_parts)
//	rd_kafka_resp_err_t rd_kafka_NewPartitions_set_replica_assignment(rd_kafka_NewPartitions_t *new_parts, int32_t new_partition_idx, int32_t *broker_ids, size_t broker_id_cnt, char *errstr, size_t errstr_size)
//	void rd_kafka_CreatePartitions(rd_kafka_t *rk, rd_kafka_NewPartitions_t **new_parts, size_t new_parts_cnt, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *rkqu)
func (c *Client) CreatePartitions(topics []NewPartitions, o *AdminOptions, q *Queue) error {
	var a cArgs
	defer a.free()
	list := make([]*C.rd_kafka_NewPartitions_t, 0, len(topics)+1)
	defer func() {
		for _, p := range list {
			C.rd_kafka_NewPartitions_destroy(p)
			countDestroy("newpartitions")
		}
	}()
	var buf [errBufSize]C.char
	for i := range topics {
		t := &topics[i]
		p := C.rd_kafka_NewPartitions_new(a.str("topic name", t.Topic), C.size_t(t.Total), &buf[0], C.size_t(len(buf)))
		if p == nil {
			return invalid("Topic %s: %s", t.Topic, C.GoString(&buf[0]))
		}
		countNew("newpartitions")
		list = append(list, p)
		// librdkafka has room for so many and aborts the process beyond.
		if n := len(t.Replicas); n > t.Total {
			return invalid("Topic %s: %d replica assignments, more than the %d partitions that it shall have", t.Topic, n, t.Total)
		}
		for part, brokers := range t.Replicas {
			ids := cInt32s(brokers)
			if C.rd_kafka_NewPartitions_set_replica_assignment(p, C.int32_t(part), unsafe.SliceData(ids), C.size_t(len(ids)),
				&buf[0], C.size_t(len(buf))) != C.RD_KAFKA_RESP_ERR_NO_ERROR {
				return invalid("Topic %s, replicas of new partition %d: %s", t.Topic, part, C.GoString(&buf[0]))
			}
		}
	}
	if a.err != nil {
		return a.err
	}
	C.rd_kafka_CreatePartitions(c.p, unsafe.SliceData(list), C.size_t(len(list)), o.p, q.p)
	return nil
}

// CreatePartitionsResult returns what became of each topic.
//
// Implements:
//
//	const rd_kafka_CreatePartitions_result_t *rd_kafka_event_CreatePartitions_result(rd_kafka_event_t *rkev)
//	const rd_kafka_topic_result_t **rd_kafka_CreatePartitions_result_topics(const rd_kafka_CreatePartitions_result_t *result, size_t *cntp)
func (e *Event) CreatePartitionsResult() []TopicResult {
	var n C.size_t
	return topicResults(C.rd_kafka_CreatePartitions_result_topics(C.rd_kafka_event_CreatePartitions_result(e.p), &n), n)
}
