package kafka

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// repollInterval bounds how long a wake-up that got lost can stall a client:
// the poller looks at the queues at least that often.
const repollInterval = time.Second

// client is what Producer and Consumer share: the librdkafka instance, the one
// background goroutine (the poller) that serves its main and its SASL queue,
// and the order in which all of it ends.
type client struct {
	rk    *rdkafka.Client
	name  string
	guard guard // counts the calls into rk; shut before rk is destroyed
	wake  *rdkafka.Wake
	main  *rdkafka.Queue
	sasl  *rdkafka.Queue // nil when librdkafka made none

	// handle serves one event of the main or SASL queue; onWake runs after every
	// round, with the time at which the poller wants to be called again.
	handle func(*rdkafka.Event)
	onWake func() time.Duration

	logs     *outbox[LogEvent] // nil: librdkafka prints to stderr
	ownsLogs bool
	stopLogs chan struct{} // closed when the last lines have waited long enough
	lostLogs int64         // lines that the stash has lost and a line has told of; the poller's

	oidc *oidc // nil: token requests are the application's or librdkafka's own

	rebootstrap rebootstrap

	commits commitWaiters
	admin   adminQueue

	stop    chan struct{} // closed to end the poller
	stopped chan struct{} // closed by the poller
	closed  atomic.Bool
	dead    chan struct{} // closed when nothing of the client is left
}

// newClient creates the instance with everything that both kinds need. edit may
// change the configuration after the user's properties were set. The poller is
// not started yet.
func newClient(t rdkafka.ClientType, gc *goConfig, entries []confEntry, events rdkafka.EventMask,
	edit func(*rdkafka.Conf) error,
) (*client, error) {
	tokens := oidcConf{}
	conf, err := newConf(entries, tokens)
	if err != nil {
		return nil, err
	}
	defer conf.Destroy() // does nothing once the client has it
	oidcSettings, err := tokens.settings(conf)
	if err != nil {
		return nil, err
	}
	if edit != nil {
		if err := edit(conf); err != nil {
			return nil, fromRD(err)
		}
	}
	conf.SetEvents(events | rdkafka.EventError | rdkafka.EventStats | rdkafka.EventTokenRefresh)
	conf.Stash(gc.logsChannelEnable, t == rdkafka.Consumer)
	if v, _ := conf.Get("enable.ssl.certificate.verification"); v == "true" {
		conf.NoteCertificates()
	}

	wake, err := rdkafka.NewWake()
	if err != nil {
		return nil, newErrorf(ErrCritSysResource, "%v", err)
	}
	rk, err := rdkafka.NewClient(t, conf)
	if err != nil {
		wake.Close()
		return nil, fromRD(err)
	}
	c := &client{
		rk: rk, name: rk.Name(), wake: wake, main: rk.MainQueue(), sasl: rk.SASLQueue(),
		stop: make(chan struct{}), stopped: make(chan struct{}), dead: make(chan struct{}),
	}
	c.guard.idle = make(chan struct{})
	c.rebootstrap = newRebootstrap(rk)
	if gc.logsChannelEnable {
		c.openLogs(gc.logsChannel)
	}
	if oidcSettings != nil {
		c.oidc = newOIDC(oidcSettings, c)
	}
	c.main.SetWake(wake)
	if c.sasl != nil {
		c.sasl.SetWake(wake)
	}
	return c, nil
}

// newConf makes librdkafka's configuration of the user's properties; those of
// OpenID Connect that it does not take go to tokens.
func newConf(entries []confEntry, tokens oidcConf) (*rdkafka.Conf, error) {
	conf := rdkafka.NewConf()
	// The name that brokers show in their metrics, unless the user has one.
	_ = conf.Set("client.software.name", "rdkafka-go")
	_, version := rdkafka.Version()
	_ = conf.Set("client.software.version", version)
	for _, e := range entries {
		var err error
		switch {
		case e.topic:
			err = conf.SetTopic(e.key, e.value)
		case e.key == "internal.termination.signal":
			err = newErrorf(ErrInvalidArg, "%s is not supported: librdkafka would install a signal handler that can crash a Go program; leave it out", e.key)
		case e.key == pluginKey && strings.TrimSpace(e.value) != "" && rdkafka.StaticProgram():
			err = newErrorf(ErrUnsupportedFeature, "%s=%s: a statically linked program cannot load plugins; link it dynamically (without -extldflags \"-static\") or leave the property out", e.key, e.value)
		case tokens.takes(e.key):
			err = tokens.set(e.key, e.value)
		case e.key == "log.queue":
			// Log lines take the way of go.logs.channel.enable.
		default:
			err = conf.Set(e.key, e.value)
		}
		if err != nil {
			conf.Destroy()
			return nil, fromRD(err)
		}
	}
	return conf, nil
}

// fromRD converts an error of package rdkafka; others and nil pass.
func fromRD(err error) error {
	var e *rdkafka.Error
	if errors.As(err, &e) {
		return newErrorFull(e.Code, e.Str, e.Fatal, e.Retriable, e.TxnRequiresAbort)
	}
	return err
}

// String returns the client's name, such as "rdkafka#producer-1".
func (c *client) String() string { return c.name }

// IsClosed says whether the client is closed: a producer from the beginning of
// Close on, a consumer from its end on.
func (c *client) IsClosed() bool { return c.closed.Load() }

// sealed keeps other packages from implementing Handle.
func (c *client) sealed() {}

// enter begins a call into librdkafka; leave must follow when it returns nil.
func (c *client) enter() error {
	if !c.guard.acquire() {
		return errClosedClient()
	}
	return nil
}

func (c *client) leave() { c.guard.release() }

// poller is the background goroutine of the client. It ends when stop is closed.
func (c *client) poller() {
	defer close(c.stopped)
	for {
		c.drain()
		next := c.rebootstrap.serve(time.Now(), c.rk)
		if c.onWake != nil {
			next = min(next, c.onWake())
		}
		select {
		case <-c.stop:
			c.drain()
			return
		default:
		}
		// Either a wake-up or the deadline; both mean: look again.
		if err := c.wake.Wait(time.Now().Add(next)); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			// The descriptor is only closed after this goroutine has ended.
			panic(fmt.Sprintf("kafka: waiting for wake-ups of %s: %v", c.name, err))
		}
	}
}

// drainTurn is how many events of a queue are served before the other's turn, so
// that a flood of reports holds up neither token requests nor log lines.
const drainTurn = 100

// drain takes everything off the client's queues, so that the next wake-up is
// sent.
func (c *client) drain() {
	for more := true; more; {
		more = false
		for _, q := range [...]*rdkafka.Queue{c.main, c.sasl, c.admin.queue()} {
			if q != nil && !c.serve(q) {
				more = true
			}
		}
		c.drainLogs()
	}
}

// serve takes up to drainTurn events off q and says whether it was to its end.
func (c *client) serve(q *rdkafka.Queue) bool {
	for range drainTurn {
		ev, ok := q.Poll(0)
		if !ok {
			return true
		}
		switch {
		case q == c.admin.queue():
			c.admin.resolve(&ev)
		case ev.Type == rdkafka.EventTokenRefresh && c.oidc != nil:
			c.oidc.refresh()
		case ev.Type == rdkafka.EventOffsetCommit && c.commits.resolve(&ev):
		default:
			c.rebootstrap.see(&ev)
			c.handle(&ev)
		}
		ev.Destroy()
	}
	return false
}

// stopPoller ends the poller and waits for it.
func (c *client) stopPoller() {
	close(c.stop)
	c.wake.Notify()
	<-c.stopped
}

// teardown destroys the instance: it waits for the calls under way, ends the
// poller, and then blocks until librdkafka's threads have ended. before runs
// when no call is under way any more, and gives back what else refers to the
// instance.
func (c *client) teardown(closeConsumer bool, before func()) {
	c.guard.shut()
	c.oidc.stop()
	<-c.guard.idle
	c.stopPoller()
	c.oidc.wait()
	before()
	for _, q := range [...]*rdkafka.Queue{c.main, c.sasl} {
		if q != nil {
			q.SetWake(nil)
			q.Destroy()
		}
	}
	c.admin.destroy()
	c.rk.SetStashWake(nil)
	c.rk.Destroy(closeConsumer)
	c.endLogs()
	c.rk.Release()
	c.wake.Close()
	close(c.dead)
}

// guard counts the calls under way into a librdkafka instance, and lets no more
// in once it is shut.
type guard struct {
	n    atomic.Int64 // calls under way, plus guardShut
	idle chan struct{}
	once sync.Once
}

const guardShut = int64(1) << 62

func (g *guard) acquire() bool {
	if g.n.Add(1)&guardShut != 0 {
		g.release()
		return false
	}
	return true
}

func (g *guard) release() {
	if g.n.Add(-1) == guardShut {
		g.once.Do(func() { close(g.idle) })
	}
}

// shut keeps new calls out; idle is closed when the last one has left.
func (g *guard) shut() {
	if g.n.Or(guardShut)&^guardShut == 0 {
		g.once.Do(func() { close(g.idle) })
	}
}

// commitWaiters finds the call that waits for a commit's result; none waits for one
// of librdkafka's own.
type commitWaiters struct{ replies }

type commitResult struct {
	offsets []rdkafka.TopicPartition
	err     error
}

// add returns a number for the commit, never 0, and where its result will come.
func (w *commitWaiters) add() (uint64, chan commitResult) {
	ch := make(chan commitResult, 1)
	return w.expect(func(ev *rdkafka.Event) { ch <- commitResult{ev.Offsets(), ev.Err()} }), ch
}
