package kafka

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

// The patience of librdkafka's own client.
const (
	oidcTimeout   = 20 * time.Second // of one request
	oidcRetries   = 4                // after an answer that says "not now"
	oidcRetryWait = 5 * time.Second  // before the first, twice as long before the second and so on
)

// oidc gets a client's tokens by OpenID Connect (sasl.oauthbearer.method=oidc),
// in place of the application, when librdkafka cannot. librdkafka asks for a token
// when the client is made, when 80 % of the last one's life are over, and ten
// seconds after a failure. It asks once: each request must be answered.
type oidc struct {
	s      *oidcSettings
	target oidcTarget

	timeout, retryWait time.Duration

	ctx    context.Context // ends at Close
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu      sync.Mutex
	running bool
	again   bool // asked for while one was on its way
}

// oidcTarget takes what oidc finds out. Its methods may be called until the
// client is closed and later, when they do nothing.
type oidcTarget interface {
	setOIDCToken(t oidcToken, extensions []string) error
	oidcFailed(text string)
}

// oidcToken is a token and what librdkafka wants to know of it.
type oidcToken struct {
	value     string
	principal string
	expiryMs  int64 // since 1970
}

func newOIDC(s *oidcSettings, target oidcTarget) *oidc {
	o := &oidc{s: s, target: target, timeout: oidcTimeout, retryWait: oidcRetryWait}
	o.ctx, o.cancel = context.WithCancel(context.Background())
	return o
}

// refresh answers librdkafka's request for a token, on a goroutine of its own:
// one at a time, which stop ends and wait waits for.
func (o *oidc) refresh() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.running {
		o.again = true
		return
	}
	o.running = true
	o.wg.Go(o.run)
}

// stop ends a request under way. A nil oidc has none.
func (o *oidc) stop() {
	if o != nil {
		o.cancel()
	}
}

// wait waits until the goroutine has ended. No refresh may be called after.
func (o *oidc) wait() {
	if o != nil {
		o.wg.Wait()
	}
}

func (o *oidc) run() {
	for more := true; more; {
		o.answer()
		o.mu.Lock()
		more = o.again && o.ctx.Err() == nil
		o.running, o.again = more, false
		o.mu.Unlock()
	}
}

// answer gets a token and hands it to librdkafka, or says why there is none.
func (o *oidc) answer() {
	token, err := o.tryFetch()
	if err == nil {
		err = o.target.setOIDCToken(token, o.s.extensions)
	}
	if err != nil && o.ctx.Err() == nil {
		o.target.oidcFailed(fmt.Sprintf("Failed to retrieve OIDC token from %q: %v", o.s.shownURL(), err))
	}
}

// tryFetch gets a token, and tries again when the answer was that it might work
// later.
func (o *oidc) tryFetch() (oidcToken, error) {
	for try := 1; ; try++ {
		token, err := o.fetchOnce()
		var status *oidcStatusError
		if try > oidcRetries || !errors.As(err, &status) || !status.temporary() {
			return token, err
		}
		t := time.NewTimer(o.retryWait * time.Duration(try))
		select {
		case <-t.C:
		case <-o.ctx.Done():
			t.Stop()
			return oidcToken{}, err
		}
	}
}

func (o *oidc) fetchOnce() (oidcToken, error) {
	late := fmt.Errorf("no answer within %v", o.timeout)
	ctx, cancel := context.WithTimeoutCause(o.ctx, o.timeout, late)
	defer cancel()
	token, err := o.s.fetch(ctx)
	if err != nil && ctx.Err() != nil {
		return oidcToken{}, context.Cause(ctx)
	}
	return token, err
}

func (c *client) setOIDCToken(t oidcToken, extensions []string) error {
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	return fromRD(c.rk.SetOAuthBearerToken(t.value, t.expiryMs, t.principal, extensions))
}

// oidcFailed makes librdkafka ask again later, and raise an error event if the
// text is another than the last time. As librdkafka's own client does, it writes
// a log line too: not every client has events.
func (c *client) oidcFailed(text string) {
	if c.enter() != nil {
		return
	}
	defer c.leave()
	c.logError("OIDC", text)
	// It fails only for another mechanism, which does not ask for tokens.
	_ = c.rk.SetOAuthBearerTokenFailure(text)
}

// levelError is syslog's, as librdkafka uses it.
const levelError = 3

// logError writes a log line of the client's own where librdkafka's go.
func (c *client) logError(tag, text string) {
	if v, ok := c.rk.ConfGet("log_level"); ok {
		if level, err := strconv.Atoi(v); err == nil && level < levelError {
			return
		}
	}
	now := time.Now()
	if c.logs != nil {
		c.logs.send(LogEvent{Name: c.name, Tag: tag, Level: levelError, Message: text, Timestamp: now})
		return
	}
	fmt.Fprintf(os.Stderr, "%%%d|%d.%03d|%s|%s| %s\n", levelError, now.Unix(), now.Nanosecond()/1e6, tag, c.name, text)
}
