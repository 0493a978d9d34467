package cli

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/rdkafka-go/rdkafka/cmd/internal/exit"
)

// interruptible returns a context that the first SIGINT or SIGTERM ends, with
// exit.ErrInterrupted as its cause, for the command to finish what it has begun;
// a second one ends the process at once. Call stop when the command has returned.
func interruptible() (ctx context.Context, stop func()) {
	// Writing to a closed pipe must be an error that the commands see, as they
	// have offsets to commit, and not the end of the process.
	signal.Ignore(syscall.SIGPIPE)
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	done := make(chan struct{})
	var ended sync.WaitGroup
	ended.Go(func() {
		for {
			select {
			case <-signals:
				if ctx.Err() != nil {
					os.Exit(exit.Interrupted)
				}
				cancel(exit.ErrInterrupted)
			case <-done:
				return
			}
		}
	})
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		ended.Wait()
		cancel(nil)
	}
}
