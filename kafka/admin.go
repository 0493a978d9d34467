package kafka

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// AdminClient inspects and changes topics, configurations, ACLs, groups, offsets
// and users of a cluster. All its methods may be called from any goroutine, and
// after Close, when they return an error.
//
// A method that takes a context blocks until the cluster has answered, the request
// timeout is over (ErrTimedOut; see [SetAdminRequestTimeout]), the client is
// closed, or the context ends: then the error is the context's own, and the
// cluster may still do what it was asked for. A nil context has no end. Arguments
// and options that are wrong give ErrInvalidArg before anything is sent. The error
// that a method returns is of the whole request; results have an Error for each
// item, whose Code() is ErrNoError when all went well.
type AdminClient struct {
	c       *client
	derived bool // c belongs to a Producer or a Consumer
	timeout time.Duration
	errs    *lossy[Error] // nil when derived

	closeOnce sync.Once
	ended     chan struct{} // closed by Close
}

// NewAdminClient creates an admin client with connections and threads of its own;
// it does not wait for a broker. The configuration is copied. It takes
// librdkafka's properties
// (https://github.com/confluentinc/librdkafka/blob/v2.14.2/CONFIGURATION.md),
// go.logs.channel.enable and go.logs.channel. Errors are of type Error; most have
// the code ErrInvalidArg.
func NewAdminClient(conf *ConfigMap) (*AdminClient, error) {
	gc, entries, err := conf.prepare(kindAdmin)
	if err != nil {
		return nil, err
	}
	c, err := newClient(rdkafka.Producer, &gc, entries, 0, nil)
	if err != nil {
		return nil, err
	}
	a := newAdmin(c, false)
	a.errs.open() // an error that comes before Errors is called must not be lost
	c.handle = func(ev *rdkafka.Event) {
		if ev.Type == rdkafka.EventError {
			a.errs.send(c.errorEvent(ev))
		}
	}
	go c.poller()
	return a, nil
}

// NewAdminClientFromProducer creates an admin client on the connections of p. It
// can be used until it or p is closed.
func NewAdminClientFromProducer(p *Producer) (*AdminClient, error) {
	if p == nil {
		return nil, newErrorf(ErrInvalidArg, "The producer is nil: make it with NewProducer")
	}
	return newAdmin(p.client, true), nil
}

// NewAdminClientFromConsumer creates an admin client on the connections of c. It
// can be used until it or c is closed.
func NewAdminClientFromConsumer(c *Consumer) (*AdminClient, error) {
	if c == nil {
		return nil, newErrorf(ErrInvalidArg, "The consumer is nil: make it with NewConsumer")
	}
	return newAdmin(c.client, true), nil
}

func newAdmin(c *client, derived bool) *AdminClient {
	a := &AdminClient{c: c, derived: derived, timeout: time.Minute, ended: make(chan struct{})}
	if !derived {
		a.errs = new(lossy[Error])
	}
	c.guarded(func() {
		v, _ := c.rk.ConfGet("socket.timeout.ms")
		if ms, err := strconv.Atoi(v); err == nil && ms > 0 {
			a.timeout = time.Duration(ms) * time.Millisecond
		}
	})
	return a
}

// Close ends the client; calls that wait return an error. One that was made from
// a producer or a consumer leaves that as it is. Calling it again does nothing.
func (a *AdminClient) Close() { _ = a.CloseContext(context.Background()) }

// CloseContext is Close with a bound: when ctx ends first it returns an error
// that wraps ctx's, and the rest ends in the background.
func (a *AdminClient) CloseContext(ctx context.Context) error {
	a.closeOnce.Do(func() {
		close(a.ended)
		if !a.derived {
			go a.end()
		}
	})
	if a.derived {
		return nil
	}
	select {
	case <-a.c.dead:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("kafka: close of %s goes on in the background: %w", a.c.name, ctx.Err())
	}
}

// end is the reaper of a client that is no other's.
func (a *AdminClient) end() {
	a.c.closed.Store(true)
	a.c.teardown(true, a.errs.close)
}

// IsClosed says whether this client, or the one that it was made from, is closed.
func (a *AdminClient) IsClosed() bool {
	select {
	case <-a.ended:
		return true
	default:
		return a.c.IsClosed()
	}
}

// String returns "admin-" and the name of the client that it was made from, or its
// own.
func (a *AdminClient) String() string { return "admin-" + a.c.name }

// sealed keeps other packages from implementing Handle.
func (a *AdminClient) sealed() {}

// Logs returns the channel of log lines, see [Producer.Logs]; of a client that
// was made from another it is the other's.
func (a *AdminClient) Logs() chan LogEvent { return a.c.Logs() }

// Errors returns a channel of the client's error events: why it cannot connect or
// log in, while its calls wait. It holds 1000; when it is full the oldest goes. It
// is closed by Close. The events of a client that was made from another are the
// other's; then the channel is nil.
func (a *AdminClient) Errors() <-chan Error {
	if a.derived {
		return nil
	}
	return a.errs.open()
}

// enter begins a call into librdkafka; a.c.leave must follow when it returns nil.
func (a *AdminClient) enter() error {
	select {
	case <-a.ended:
		return errClosedClient()
	default:
		return a.c.enter()
	}
}

// GetMetadata asks a broker for its view of the cluster: of the one topic when it
// is not nil, else of all topics or, without allTopics, of those that this client
// uses. It blocks for up to timeoutMs milliseconds (ErrTimedOut, ErrTransport).
func (a *AdminClient) GetMetadata(topic *string, allTopics bool, timeoutMs int) (*Metadata, error) {
	if err := a.enter(); err != nil {
		return nil, err
	}
	defer a.c.leave()
	return a.c.GetMetadata(topic, allTopics, timeoutMs)
}

// SetSaslCredentials replaces user name and password for the connections to
// come; open ones stay.
func (a *AdminClient) SetSaslCredentials(username, password string) error {
	if err := a.enter(); err != nil {
		return err
	}
	defer a.c.leave()
	return a.c.SetSaslCredentials(username, password)
}

// SetOAuthBearerToken gives the client a token for SASL/OAUTHBEARER. A token that
// has expired or a bad extension gives ErrInvalidArg, another mechanism ErrState.
func (a *AdminClient) SetOAuthBearerToken(oauthBearerToken OAuthBearerToken) error {
	if err := a.enter(); err != nil {
		return err
	}
	defer a.c.leave()
	return a.c.SetOAuthBearerToken(oauthBearerToken)
}

// SetOAuthBearerTokenFailure says that no token could be had, and why. Without
// SASL/OAUTHBEARER it gives ErrState.
func (a *AdminClient) SetOAuthBearerTokenFailure(errstr string) error {
	if err := a.enter(); err != nil {
		return err
	}
	defer a.c.leave()
	return a.c.SetOAuthBearerTokenFailure(errstr)
}

// lookInterval is how often what librdkafka learns by itself is looked at.
const lookInterval = 10 * time.Millisecond

// ClusterID returns the cluster's id, as the first broker that answered this
// client has told it.
func (a *AdminClient) ClusterID(ctx context.Context) (string, error) {
	return a.clusterID(ctx, a.timeout)
}

func (a *AdminClient) clusterID(ctx context.Context, timeout time.Duration) (string, error) {
	return known(ctx, a, timeout, "cluster id", func() (string, bool) {
		id := a.c.rk.ClusterID(0)
		return id, id != ""
	}, "")
}

// ControllerID returns the number of the broker that administers the cluster, as
// the last broker that answered this client has told it.
func (a *AdminClient) ControllerID(ctx context.Context) (int32, error) {
	return known(ctx, a, a.timeout, "controller", func() (int32, bool) {
		id := a.c.rk.ControllerID(0)
		return id, id >= 0
	}, -1)
}

// known waits until look finds what librdkafka learns from the first answer of a
// broker. librdkafka can only be waited for with a thread that nothing interrupts;
// looking costs next to nothing.
func known[T any](ctx context.Context, a *AdminClient, timeout time.Duration, what string, look func() (T, bool), none T) (T, error) {
	if ctx == nil {
		ctx = context.Background()
	}
	limit := time.NewTimer(timeout)
	defer limit.Stop()
	tick := time.NewTicker(lookInterval)
	defer tick.Stop()
	for {
		if err := a.enter(); err != nil {
			return none, err
		}
		v, ok := look()
		a.c.leave()
		if ok {
			return v, nil
		}
		select {
		case <-tick.C:
		case <-a.ended:
		case <-a.c.stop:
		case <-ctx.Done():
			return none, ctx.Err()
		case <-limit.C:
			return none, newErrorf(ErrTimedOut, "No broker has told the %s within %v: is one of bootstrap.servers up?", what, timeout)
		}
	}
}

// lateResult is how much longer librdkafka waits for an answer than the context
// of the call does: the context's error must be the one that comes.
const lateResult = time.Second

// request makes one request: send hands it to librdkafka, with its options and the
// queue for its result, and decode takes the result out of the event, on the
// poller.
func request[T any, O AdminOption](ctx context.Context, a *AdminClient, op rdkafka.AdminOp, opts []O,
	send func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error, decode func(*rdkafka.Event) T,
) (result T, err error) {
	type reply struct {
		result T
		err    error
	}
	if ctx == nil {
		ctx = context.Background()
	}
	done := make(chan reply, 1)
	id, err := a.send(ctx, op, func(ro *requestOptions) error { return applyAll(ro, opts) }, send, func(ev *rdkafka.Event) {
		r := reply{err: a.c.explainTimeout(fromRD(ev.Err()))}
		if r.err == nil {
			r.result = decode(ev)
		}
		done <- r
	})
	if err != nil {
		return result, err
	}
	defer a.c.admin.remove(id)
	select {
	case r := <-done:
		return r.result, r.err
	case <-ctx.Done():
		return result, ctx.Err()
	case <-a.ended:
		return result, errClosedClient()
	case <-a.c.stop:
		return result, errClosedClient()
	}
}

// send is the half of request that is inside the client's guard.
func (a *AdminClient) send(ctx context.Context, op rdkafka.AdminOp, options func(*requestOptions) error,
	send func(*rdkafka.Client, *rdkafka.AdminOptions, *rdkafka.Queue) error, take func(*rdkafka.Event),
) (id uint64, err error) {
	if err := a.enter(); err != nil {
		return 0, err
	}
	defer a.c.leave()
	ro := requestOptions{rd: a.c.rk.NewAdminOptions(op)}
	defer ro.rd.Destroy()
	if err := options(&ro); err != nil {
		return 0, err
	}
	if deadline, ok := ctx.Deadline(); ok && !ro.timeoutAt {
		if left := time.Until(deadline) + lateResult; left > 0 && left < a.timeout {
			if err := ro.rd.SetRequestTimeout(left); err != nil {
				return 0, fromRD(err)
			}
		}
	}
	id = a.c.admin.expect(take)
	ro.rd.SetOpaque(id)
	if err := ctx.Err(); err != nil {
		a.c.admin.remove(id)
		return 0, err
	}
	if err := send(a.c.rk, ro.rd, a.c.admin.open(a.c.rk, a.c.wake)); err != nil {
		a.c.admin.remove(id)
		return 0, fromRD(err)
	}
	return id, nil
}

// needSome refuses an empty list.
func needSome(n int, what string) error {
	if n == 0 {
		return newErrorf(ErrInvalidArg, "Expected non-empty slice of %s", what)
	}
	return nil
}

// fromRDError converts an error of a result; the zero Error stays that.
func fromRDError(e *rdkafka.Error) Error {
	return newErrorFull(e.Code, e.Str, e.Fatal, e.Retriable, e.TxnRequiresAbort)
}

func fromRDNode(n *rdkafka.Node) Node {
	if n == nil {
		return Node{ID: -1}
	}
	return Node{ID: int(n.ID), Host: n.Host, Port: n.Port, Rack: n.Rack}
}

func fromRDNodes(in []rdkafka.Node) []Node {
	out := make([]Node, len(in))
	for i := range in {
		out[i] = fromRDNode(&in[i])
	}
	return out
}

// fromRDOperations keeps nil, which says that nobody asked.
func fromRDOperations(in []int) []ACLOperation {
	if in == nil {
		return nil
	}
	out := make([]ACLOperation, len(in))
	for i, op := range in {
		out[i] = ACLOperation(op)
	}
	return out
}
