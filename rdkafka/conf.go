//go:build cgo

package rdkafka

// #include "shim.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// Conf holds a client's configuration until the client is made.
type Conf struct {
	p  *C.rd_kafka_conf_t
	st *C.rkgo_stash_t
}

// NewConf returns a configuration with librdkafka's defaults.
// Ownership: [NewClient] takes it; otherwise the caller must Destroy it.
//
// Implements:
//
//	rd_kafka_conf_t *rd_kafka_conf_new(void)
func NewConf() *Conf {
	countNew("conf")
	return &Conf{p: C.rd_kafka_conf_new(), st: C.rkgo_stash_new(maxStashedLogs)}
}

// maxStashedLogs bounds the log lines of one client that wait for Go; beyond it
// the oldest are dropped and counted ([Client.PopLog]).
const maxStashedLogs = 10000

// Destroy frees a configuration that no client took.
//
// Implements:
//
//	void rd_kafka_conf_destroy(rd_kafka_conf_t *conf)
func (c *Conf) Destroy() {
	if c == nil || c.p == nil {
		return
	}
	C.rd_kafka_conf_destroy(c.p)
	C.rkgo_stash_destroy(c.st)
	c.p, c.st = nil, nil
	countDestroy("conf")
}

// Set sets one property. The error's text is librdkafka's: it names the
// property by its canonical name. Its code is [ErrInvalidArg].
//
// Implements:
//
//	rd_kafka_conf_res_t rd_kafka_conf_set(rd_kafka_conf_t *conf, const char *name, const char *value, char *errstr, size_t errstr_size)
func (c *Conf) Set(name, value string) error {
	if err := refuseZero(name, value); err != nil {
		return err
	}
	n, freeN := cString(name)
	defer freeN()
	v, freeV := cString(value)
	defer freeV()
	var buf [errBufSize]C.char
	if C.rd_kafka_conf_set(c.p, n, v, &buf[0], C.size_t(len(buf))) != C.RD_KAFKA_CONF_OK {
		return &Error{Code: ErrInvalidArg, Str: C.GoString(&buf[0])}
	}
	return nil
}

// refuseZero refuses what C would cut at a zero byte and take without a word.
func refuseZero(name, value string) error {
	what := "name"
	if !hasZero(name) {
		if !hasZero(value) {
			return nil
		}
		what = "value"
	}
	return &Error{Code: ErrInvalidArg, Str: fmt.Sprintf("property %q has a zero byte in its %s: take it out", name, what)}
}

// SetTopic sets one of the properties that topics take by default; any other is
// refused. The error is as for [Conf.Set].
//
// Implements:
//
//	rd_kafka_topic_conf_t *rd_kafka_conf_get_default_topic_conf(rd_kafka_conf_t *conf)
//	rd_kafka_topic_conf_t *rd_kafka_topic_conf_new(void)
//	void rd_kafka_conf_set_default_topic_conf(rd_kafka_conf_t *conf, rd_kafka_topic_conf_t *tconf)
//	rd_kafka_conf_res_t rd_kafka_topic_conf_set(rd_kafka_topic_conf_t *conf, const char *name, const char *value, char *errstr, size_t errstr_size)
func (c *Conf) SetTopic(name, value string) error {
	if err := refuseZero(name, value); err != nil {
		return err
	}
	n, freeN := cString(name)
	defer freeN()
	v, freeV := cString(value)
	defer freeV()
	tc := C.rd_kafka_conf_get_default_topic_conf(c.p)
	if tc == nil {
		tc = C.rd_kafka_topic_conf_new()
		C.rd_kafka_conf_set_default_topic_conf(c.p, tc) // c.p owns it now
	}
	var buf [errBufSize]C.char
	if C.rd_kafka_topic_conf_set(tc, n, v, &buf[0], C.size_t(len(buf))) != C.RD_KAFKA_CONF_OK {
		return &Error{Code: ErrInvalidArg, Str: C.GoString(&buf[0])}
	}
	return nil
}

// Get returns a property's value; false when there is no such property or it
// has no text form.
//
// Implements:
//
//	rd_kafka_conf_res_t rd_kafka_conf_get(const rd_kafka_conf_t *conf, const char *name, char *dest, size_t *dest_size)
func (c *Conf) Get(name string) (string, bool) {
	return confGet(c.p, name)
}

func confGet(p *C.rd_kafka_conf_t, name string) (string, bool) {
	n, freeN := cString(name)
	defer freeN()
	var size C.size_t
	if C.rd_kafka_conf_get(p, n, nil, &size) != C.RD_KAFKA_CONF_OK || size == 0 {
		return "", false
	}
	buf := (*C.char)(C.malloc(size))
	defer C.free(unsafe.Pointer(buf))
	if C.rd_kafka_conf_get(p, n, buf, &size) != C.RD_KAFKA_CONF_OK {
		return "", false
	}
	return C.GoString(buf), true
}

// EventMask says which events a client puts on its queues.
type EventMask int

// The events of package kafka's clients.
const (
	EventDR           EventMask = C.RD_KAFKA_EVENT_DR
	EventLog          EventMask = C.RD_KAFKA_EVENT_LOG
	EventError        EventMask = C.RD_KAFKA_EVENT_ERROR
	EventStats        EventMask = C.RD_KAFKA_EVENT_STATS
	EventOffsetCommit EventMask = C.RD_KAFKA_EVENT_OFFSET_COMMIT
	EventTokenRefresh EventMask = C.RD_KAFKA_EVENT_OAUTHBEARER_TOKEN_REFRESH
)

// SetEvents chooses the events that the client's queues carry, and puts token
// refresh events on the SASL queue ([Client.SASLQueue]).
//
// Implements:
//
//	void rd_kafka_conf_set_events(rd_kafka_conf_t *conf, int events)
//	void rd_kafka_conf_enable_sasl_queue(rd_kafka_conf_t *conf, int enable)
func (c *Conf) SetEvents(m EventMask) {
	C.rd_kafka_conf_set_events(c.p, C.int(m))
	C.rd_kafka_conf_enable_sasl_queue(c.p, 1)
}

// Stash chooses what librdkafka's callbacks keep for Go. logs: log lines, for
// [Client.PopLog], instead of printing them to stderr; those of the client's
// creation and destruction are kept too. rebalances: rebalances, for
// [Client.PopRebalance]; librdkafka then waits for the assign or unassign call
// as it does after a REBALANCE event. In any case it notes what
// [Client.LastFailure] returns.
//
// Implements:
//
//	void rd_kafka_conf_set_opaque(rd_kafka_conf_t *conf, void *opaque)
//	void rd_kafka_conf_set_log_cb(rd_kafka_conf_t *conf, void (*log_cb)(const rd_kafka_t *rk, int level, const char *fac, const char *buf))
//	void rd_kafka_conf_set_rebalance_cb(rd_kafka_conf_t *conf, void (*rebalance_cb)(rd_kafka_t *rk, rd_kafka_resp_err_t err, rd_kafka_topic_partition_list_t *partitions, void *opaque))
//	void *rd_kafka_opaque(const rd_kafka_t *rk)
//	void rd_kafka_log_print(const rd_kafka_t *rk, int level, const char *fac, const char *buf)
//	rd_kafka_topic_partition_list_t *rd_kafka_topic_partition_list_copy(const rd_kafka_topic_partition_list_t *src)
func (c *Conf) Stash(logs, rebalances bool) {
	C.rkgo_conf_set_stash(c.p, c.st, cBool(logs), cBool(rebalances))
}

// NoteCertificates makes the client note why a broker's certificate is refused,
// for [Client.LastCertificateError]. Stash must have been called, and the
// verification of certificates must not be switched off.
//
// Implements:
//
//	rd_kafka_conf_res_t rd_kafka_conf_set_ssl_cert_verify_cb(rd_kafka_conf_t *conf, int (*ssl_cert_verify_cb)(rd_kafka_t *rk, const char *broker_name, int32_t broker_id, int *x509_error, int depth, const char *buf, size_t size, char *errstr, size_t errstr_size, void *opaque))
func (c *Conf) NoteCertificates() { C.rkgo_conf_note_certs(c.p) }

func cBool(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// Dump returns every property with its value.
//
// Implements:
//
//	const char **rd_kafka_conf_dump(rd_kafka_conf_t *conf, size_t *cntp)
//	void rd_kafka_conf_dump_free(const char **arr, size_t cnt)
func (c *Conf) Dump() map[string]string {
	var n C.size_t
	arr := C.rd_kafka_conf_dump(c.p, &n)
	defer C.rd_kafka_conf_dump_free(arr, n)
	kv := unsafe.Slice(arr, int(n))
	m := make(map[string]string, len(kv)/2)
	for i := 0; i+1 < len(kv); i += 2 {
		m[C.GoString(kv[i])] = C.GoString(kv[i+1])
	}
	return m
}
