package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"syscall"
)

// process is a child that dies with this process.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when the child has been waited for
	err  error         // of Wait; valid once done is closed
}

// startProcess starts a child in a process group of its own, so that Ctrl-C reaches the tests and not the broker
// under them, and ties its life to ours. Its streams are as in exec.Cmd.
func startProcess(path string, args []string, stdin io.Reader, stdout, stderr io.Writer) (*process, error) {
	p := &process{cmd: exec.Command(path, args...), done: make(chan struct{})}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = stdin, stdout, stderr
	p.cmd.SysProcAttr = childAttr()
	started := make(chan error)
	// The kernel sends the parent-death signal when the *thread* that started the child ends. This goroutine
	// keeps its thread for as long as the child lives; it ends with the child.
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// waitOrKill waits for the child's end; when ctx ends first it kills the child and says so.
func (p *process) waitOrKill(ctx context.Context) error {
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		p.kill()
		return fmt.Errorf("killed: %w", context.Cause(ctx))
	}
}

// kill ends the child with SIGKILL and waits for it. A child that has ended already is fine.
func (p *process) kill() {
	// The only error is "already finished".
	_ = p.cmd.Process.Kill()
	<-p.done
}

// signal sends sig to the child.
func (p *process) signal(sig syscall.Signal) error {
	if err := p.cmd.Process.Signal(sig); err != nil {
		return fmt.Errorf("cannot send %v to process %d: %w", sig, p.cmd.Process.Pid, err)
	}
	return nil
}

// outcome says how the child ended, which it must have. Status 0 is an error, too: what ended should go on.
func (p *process) outcome() error {
	if p.err == nil {
		return errors.New("exit status 0")
	}
	return p.err
}

// exited says whether the child has ended.
func (p *process) exited() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}
