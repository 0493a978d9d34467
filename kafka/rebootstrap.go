package kafka

import (
	"errors"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// The times between two looks for brokers.
const (
	firstLook = time.Second
	lastLook  = 30 * time.Second
)

// rebootstrap brings a client back whose brokers librdkafka has all forgotten.
//
// librdkafka drops the brokers that a metadata response does not name. A cluster
// that is being shut down may answer with none at all: then nobody is left to ask.
// librdkafka's own remedy, to begin anew with bootstrap.servers, is scheduled then,
// and cancelled by that same response (librdkafka issue 5301): the client would
// stay away for ever. So the servers are given to it again.
//
// It belongs to the poller.
type rebootstrap struct {
	servers string    // bootstrap.servers; "": never
	at      time.Time // of the next look; zero: brokers are known
	wait    time.Duration
}

func newRebootstrap(rk *rdkafka.Client) rebootstrap {
	if strategy, _ := rk.ConfGet("metadata.recovery.strategy"); strategy == "none" {
		return rebootstrap{}
	}
	servers, _ := rk.ConfGet("bootstrap.servers")
	return rebootstrap{servers: servers}
}

// see looks at an event: librdkafka tells when its last broker has gone.
func (b *rebootstrap) see(ev *rdkafka.Event) {
	if ev.Type != rdkafka.EventError || b.servers == "" || !b.at.IsZero() {
		return
	}
	var e *rdkafka.Error
	if errors.As(ev.Err(), &e) && e.Code == int(ErrAllBrokersDown) {
		b.wait = firstLook
		b.at = time.Now().Add(b.wait)
	}
}

// serve adds the servers when it is time and librdkafka knows no broker, less and
// less often, and returns the time to the next look. Brokers that are known and
// down are librdkafka's to connect to.
func (b *rebootstrap) serve(now time.Time, rk *rdkafka.Client) time.Duration {
	if b.at.IsZero() {
		return repollInterval
	}
	if wait := b.at.Sub(now); wait > 0 {
		return wait
	}
	if len(rk.LearnedBrokers()) > 0 {
		b.at = time.Time{}
		return repollInterval
	}
	rk.AddBrokers(b.servers)
	b.wait = min(2*b.wait, lastLook)
	b.at = now.Add(b.wait)
	return b.wait
}
