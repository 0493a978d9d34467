package cluster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"
)

// state is what a broker's process is doing.
type state int

const (
	stopped state = iota
	running
	paused
)

func (s state) String() string {
	return [...]string{"stopped", "running", "paused"}[s]
}

// startTimeout and stopTimeout bound what normally takes 2 s and 0.5 s; a controlled shutdown that finds no quorum
// any more takes 6 s.
const (
	startTimeout = 90 * time.Second
	stopTimeout  = 30 * time.Second
)

// errAddressInUse is returned by a start whose port has been taken by somebody else.
var errAddressInUse = errors.New("address already in use")

// Broker is one node of a [Cluster]. It keeps its data and its port from one start to the next.
// Its methods may be called concurrently; they wait for one another.
type Broker struct {
	cluster      *Cluster
	id           int
	client       port
	controller   port
	secure       map[Listener]port // empty without Config.Secure
	data         string
	propertyFile string
	out          *console

	mu    sync.Mutex
	state state
	proc  *process // of the newest start; nil before the first
}

// ID is the broker's id: 1 for the first.
func (b *Broker) ID() int { return b.id }

// Addr is host and port of the broker's client listener.
func (b *Broker) Addr() string { return b.client.addr() }

// LogFile is the path of what the broker printed, over all its starts.
func (b *Broker) LogFile() string { return b.out.path() }

// Start starts a broker that is stopped, on its old port and data, and blocks until it serves clients, or fails after
// 90 s or when ctx ends; then the broker is stopped.
func (b *Broker) Start(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.expect("start", stopped); err != nil {
		return err
	}
	in := b.cluster.in
	ready := b.out.await("Kafka Server started")
	heap := b.cluster.cfg.HeapMiB
	jvm := append([]string{
		fmt.Sprintf("-Xms%dm", heap), fmt.Sprintf("-Xmx%dm", heap),
		"-Dlog4j2.configurationFile=" + b.cluster.brokerLog4j,
	}, b.cluster.cfg.JVMArgs...)
	p, err := startProcess(in.java, in.command(jvm, "kafka.Kafka", b.propertyFile), nil, b.out, b.out)
	if err != nil {
		return fmt.Errorf("cannot start broker %d: %w", b.id, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("not ready within %v", startTimeout))
	defer cancel()
	select {
	case <-ready:
		b.proc, b.state = p, running
		return nil
	case <-p.done:
		err = fmt.Errorf("it ended: %w", p.outcome())
		if b.out.mentions("Address already in use") {
			err = errAddressInUse
		}
	case <-ctx.Done():
		p.kill()
		err = context.Cause(ctx)
	}
	b.cluster.KeepLogs()
	return fmt.Errorf("broker %d did not start: %w; the end of %s:\n%s", b.id, err, b.LogFile(), b.out.last())
}

// Stop ends the broker with SIGTERM, a controlled shutdown, and blocks until it has ended. After 30 s, or when ctx
// ends, it is killed and Stop returns an error.
func (b *Broker) Stop(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.expect("stop", running); err != nil {
		return err
	}
	if err := b.proc.signal(syscall.SIGTERM); err != nil {
		return err
	}
	b.state = stopped
	ctx, cancel := context.WithTimeoutCause(ctx, stopTimeout, fmt.Errorf("not stopped within %v of SIGTERM", stopTimeout))
	defer cancel()
	select {
	case <-b.proc.done:
		return nil
	case <-ctx.Done():
		b.proc.kill()
		return fmt.Errorf("broker %d: killed: %w", b.id, context.Cause(ctx))
	}
}

// Kill ends the broker with SIGKILL, as a power cut would. A paused broker can be killed; for a stopped one it is an
// error. It blocks until the process is gone, a few milliseconds.
func (b *Broker) Kill() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.expect("kill", running, paused); err != nil {
		return err
	}
	b.state = stopped
	b.proc.kill()
	return nil
}

// Pause freezes the broker with SIGSTOP: its connections stay open and nothing answers.
func (b *Broker) Pause() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.expect("pause", running); err != nil {
		return err
	}
	if err := b.proc.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	b.state = paused
	return nil
}

// Continue wakes a paused broker with SIGCONT.
func (b *Broker) Continue() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.expect("continue", paused); err != nil {
		return err
	}
	if err := b.proc.signal(syscall.SIGCONT); err != nil {
		return err
	}
	b.state = running
	return nil
}

// Restart stops the broker in an orderly way and starts it again. It blocks as Stop and Start do.
func (b *Broker) Restart(ctx context.Context) error {
	if err := b.Stop(ctx); err != nil {
		return err
	}
	return b.Start(ctx)
}

// expect checks that the broker is in one of the states, and that its process did not end by itself.
// The caller holds b.mu.
func (b *Broker) expect(verb string, states ...state) error {
	if err := b.died(); err != nil {
		return err
	}
	for _, s := range states {
		if b.state == s {
			return nil
		}
	}
	return fmt.Errorf("cannot %s broker %d: it is %v", verb, b.id, b.state)
}

// died returns an error when the process ended although nobody stopped it. The caller holds b.mu.
func (b *Broker) died() error {
	if b.state == stopped || !b.proc.exited() {
		return nil
	}
	return fmt.Errorf("broker %d died by itself: %w; the end of %s:\n%s", b.id, b.proc.outcome(), b.LogFile(), b.out.last())
}

// serves says whether clients can be sent to the broker.
func (b *Broker) serves() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state == running && !b.proc.exited()
}

// close ends the process if there is one, and the log, and gives the ports back. It returns an error when the broker
// had died by itself.
func (b *Broker) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	err := b.died()
	if b.proc != nil {
		b.proc.kill()
	}
	b.state = stopped
	b.client.release()
	b.controller.release()
	b.releaseSecure()
	return errors.Join(err, b.out.close())
}
