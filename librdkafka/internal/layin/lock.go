package layin

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// lockFolder waits until no other process lays into the folder whose state
// folder is state, and returns what ends that. The lock is the kernel's: a
// process that is killed lets go of it. When it has to wait, it says so to log.
func lockFolder(state string, log io.Writer) (unlock func(), err error) {
	name := filepath.Join(state, "lock")
	for said := false; ; {
		if err := os.MkdirAll(state, 0o755); err != nil {
			return nil, err
		}
		f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, err
		}
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			if !said {
				fmt.Fprintln(log, "librdkafka: waiting for another set-up of the same folder to end")
				said = true
			}
			err = flockWait(f)
		}
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("cannot lock %s: %w", name, err)
		}
		// "git clean" may have removed the file while we waited for it: a third
		// process would then lock a new one and not see us.
		if sameFile(f, name) {
			return func() { f.Close() }, nil
		}
		f.Close()
	}
}

func flockWait(f *os.File) error {
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

func sameFile(f *os.File, name string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(name)
	return err == nil && os.SameFile(a, b)
}
