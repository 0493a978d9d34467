package cluster

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// Ports are taken from below the range that systems use for outgoing connections (32768 and up on Linux): a port
// from that range can be gone when a stopped broker wants it back.
const (
	firstPort = 15000
	lastPort  = 31999
)

// port is a TCP port of 127.0.0.1 that is kept for this process.
type port struct {
	number int
	// claim is a UDP socket on the same number. It does not hinder the broker, and tells another process that runs
	// this harness to keep off, also while the broker is down. It goes with the process.
	claim net.PacketConn
}

// release gives the port back.
func (p port) release() { _ = p.claim.Close() }

// addr is host and port.
func (p port) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.number)) }

// freePort finds a port on which nothing listens and that no other harness has claimed.
func freePort() (port, error) {
	var last error
	for range 200 {
		p := port{number: firstPort + rand.IntN(lastPort-firstPort+1)}
		var err error
		if p.claim, err = net.ListenPacket("udp4", p.addr()); err != nil {
			last = err
			continue
		}
		l, err := net.Listen("tcp4", p.addr())
		if err != nil {
			p.release()
			last = err
			continue
		}
		if err := l.Close(); err != nil {
			p.release()
			return port{}, fmt.Errorf("cannot close the probe of port %d: %w", p.number, err)
		}
		return p, nil
	}
	return port{}, errors.Join(fmt.Errorf("no free port found between %d and %d of 127.0.0.1", firstPort, lastPort), last)
}
