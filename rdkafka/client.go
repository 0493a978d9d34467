//go:build cgo

package rdkafka

// #include "shim.h"
import "C"

import (
	"strings"
	"time"
	"unsafe"
)

// ClientType says which half of librdkafka a client is.
type ClientType int

// The types of clients.
const (
	Producer ClientType = C.RD_KAFKA_PRODUCER
	Consumer ClientType = C.RD_KAFKA_CONSUMER
)

// Client is one librdkafka instance (rd_kafka_t) with its threads.
type Client struct {
	p    *C.rd_kafka_t
	st   *C.rkgo_stash_t
	wake *Wake // of the stash; nil: off
}

// NewClient creates a client and its threads; it does not wait for a broker.
// Ownership: takes conf on success only; the result must be Destroyed.
//
// Implements:
//
//	rd_kafka_t *rd_kafka_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, char *errstr, size_t errstr_size)
//	rd_kafka_resp_err_t rd_kafka_last_error(void)
func NewClient(t ClientType, conf *Conf) (*Client, error) {
	var buf [errBufSize]C.char
	var code C.rd_kafka_resp_err_t
	p := C.rkgo_new(C.rd_kafka_type_t(t), conf.p, conf.st, &buf[0], C.size_t(len(buf)), &code)
	if p == nil {
		return nil, &Error{Code: int(code), Str: C.GoString(&buf[0])}
	}
	c := &Client{p: p, st: conf.st}
	conf.p, conf.st = nil, nil
	countDestroy("conf")
	countNew("client")
	return c, nil
}

// Destroy ends the client. It blocks an OS thread until every thread of the
// client has ended, every queue and topic handle must be gone before. Without
// closeConsumer a consumer leaves its group without a word (it is then thrown
// out after its session timeout); that is also what happens after a fatal
// error. Log lines are stashed until it returns, and stay readable until
// [Client.Release].
//
// Implements:
//
//	void rd_kafka_destroy(rd_kafka_t *rk)
//	void rd_kafka_destroy_flags(rd_kafka_t *rk, int flags)
func (c *Client) Destroy(closeConsumer bool) {
	if c == nil || c.p == nil {
		return
	}
	if closeConsumer {
		C.rd_kafka_destroy(c.p)
	} else {
		C.rd_kafka_destroy_flags(c.p, C.RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
	}
	c.p = nil
}

// Release frees what [Client.Destroy] left for PopLog and PopRebalance.
func (c *Client) Release() {
	if c == nil || c.st == nil {
		return
	}
	C.rkgo_stash_destroy(c.st)
	c.st = nil
	countDestroy("client")
}

// Name returns the client's name, such as "rdkafka#producer-1".
//
// Implements:
//
//	const char *rd_kafka_name(const rd_kafka_t *rk)
func (c *Client) Name() string { return C.GoString(C.rd_kafka_name(c.p)) }

// ConfGet returns the value that a property has in this client.
//
// Implements:
//
//	const rd_kafka_conf_t *rd_kafka_conf(rd_kafka_t *rk)
func (c *Client) ConfGet(name string) (string, bool) {
	return confGet((*C.rd_kafka_conf_t)(unsafe.Pointer(C.rd_kafka_conf(c.p))), name)
}

// FatalError returns the error that ended the client's work, or nil.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_fatal_error(rd_kafka_t *rk, char *errstr, size_t errstr_size)
func (c *Client) FatalError() error {
	var buf [errBufSize]C.char
	code := C.rd_kafka_fatal_error(c.p, &buf[0], C.size_t(len(buf)))
	if code == C.RD_KAFKA_RESP_ERR_NO_ERROR {
		return nil
	}
	return &Error{Code: int(code), Str: C.GoString(&buf[0]), Fatal: true}
}

// TestFatalError raises a fatal error as if librdkafka had found it.
//
// Implements:
//
//	rd_kafka_resp_err_t rd_kafka_test_fatal_error(rd_kafka_t *rk, rd_kafka_resp_err_t err, const char *reason)
func (c *Client) TestFatalError(code int, reason string) int {
	r, free := cString(reason)
	defer free()
	return int(C.rd_kafka_test_fatal_error(c.p, C.rd_kafka_resp_err_t(code), r))
}

// OutQLen returns how many messages, requests and unpolled events of the main
// queue the client holds.
//
// Implements:
//
//	int rd_kafka_outq_len(rd_kafka_t *rk)
func (c *Client) OutQLen() int { return int(C.rd_kafka_outq_len(c.p)) }

// ClusterID returns the cluster's id; "" when it is not known within timeout.
//
// Implements:
//
//	char *rd_kafka_clusterid(rd_kafka_t *rk, int timeout_ms)
//	void rd_kafka_mem_free(rd_kafka_t *rk, void *ptr)
func (c *Client) ClusterID(timeout time.Duration) string {
	s := C.rd_kafka_clusterid(c.p, millis(timeout))
	if s == nil {
		return ""
	}
	defer C.rd_kafka_mem_free(c.p, unsafe.Pointer(s))
	return C.GoString(s)
}

// ControllerID returns the controller's broker id; -1 when it is not known
// within timeout.
//
// Implements:
//
//	int32_t rd_kafka_controllerid(rd_kafka_t *rk, int timeout_ms)
func (c *Client) ControllerID(timeout time.Duration) int32 {
	return int32(C.rd_kafka_controllerid(c.p, millis(timeout)))
}

// LearnedBrokers returns the ids of the brokers that metadata has named, whether
// they are up or not.
//
// Implements:
//
//	int32_t *rd_kafka_brokers_learned_ids(rd_kafka_t *rk, size_t *cntp)
func (c *Client) LearnedBrokers() []int32 {
	var n C.size_t
	ids := C.rd_kafka_brokers_learned_ids(c.p, &n)
	defer C.rd_kafka_mem_free(c.p, unsafe.Pointer(ids))
	return int32s(ids, C.int(n))
}

// AddBrokers adds bootstrap servers, a list with commas, and returns how many of
// them were taken. librdkafka keeps each list that it was given.
//
// Implements:
//
//	int rd_kafka_brokers_add(rd_kafka_t *rk, const char *brokerlist)
func (c *Client) AddBrokers(list string) int {
	s, free := cString(list)
	defer free()
	return int(C.rd_kafka_brokers_add(c.p, s))
}

// LogLine is one line of librdkafka's log.
type LogLine struct {
	UnixMicro int64 // wall clock
	Level     int   // syslog level, 0 to 7
	Facility  string
	Message   string
}

// LastFailure returns the newest log line that says why a connection failed, and
// when that was; "" when none did. It comes before the error event, if librdkafka
// raises one, and before the event that all brokers are down.
func (c *Client) LastFailure() (line string, at time.Time) {
	return c.note(&c.st.fail)
}

// LastCertificateError returns which broker (host:port) last showed a certificate
// that was refused, and why; "" when none did.
func (c *Client) LastCertificateError() (broker, reason string) {
	text, _ := c.note(&c.st.cert)
	broker, reason, _ = strings.Cut(text, "\n")
	return broker, reason
}

func (c *Client) note(which *C.rkgo_note_t) (string, time.Time) {
	var n C.rkgo_note_t
	C.rkgo_stash_get_note(c.st, which, &n)
	if n.ts_us == 0 {
		return "", time.Time{}
	}
	return C.GoString(&n.text[0]), time.UnixMicro(int64(n.ts_us))
}

// PopLog takes the oldest stashed log line; false when there is none. dropped
// counts the lines that were lost so far because nobody took them.
func (c *Client) PopLog() (line LogLine, dropped int64, ok bool) {
	var d C.int64_t
	p := C.rkgo_stash_pop_log(c.st, &d)
	if p == nil {
		return LogLine{}, int64(d), false
	}
	defer C.free(unsafe.Pointer(p))
	text := unsafe.String((*byte)(unsafe.Add(unsafe.Pointer(p), C.size_t(unsafe.Offsetof(p.msg_len))+C.size_t(unsafe.Sizeof(p.msg_len)))), int(p.fac_len+p.msg_len))
	return LogLine{
		UnixMicro: int64(p.ts_us), Level: int(p.level),
		Facility: string([]byte(text[:p.fac_len])), Message: string([]byte(text[p.fac_len:])),
	}, int64(d), true
}

// SetStashWake makes arriving log lines wake w; nil stops that.
func (c *Client) SetStashWake(w *Wake) {
	if c.wake != nil {
		c.wake.users.add(-1)
	}
	c.wake = w
	fd := -1
	if w != nil {
		w.users.add(1)
		fd = w.writeFD
	}
	C.rkgo_stash_set_wake(c.st, C.int(fd))
}
