// Package cache is the folder in which the tests keep what is slow to make: Kafka's jars, compiled C.
package cache

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Home returns ${RDKAFKA_CACHE:-user cache folder}/rdkafka-go, and makes it.
func Home() (string, error) {
	dir := os.Getenv("RDKAFKA_CACHE")
	if dir == "" {
		var err error
		if dir, err = os.UserCacheDir(); err != nil {
			return "", fmt.Errorf("no cache folder (set RDKAFKA_CACHE to a writable one): %w", err)
		}
	}
	dir, err := filepath.Abs(filepath.Join(dir, "rdkafka-go"))
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err != nil {
		return "", fmt.Errorf("cannot make the cache folder (set RDKAFKA_CACHE to a writable one): %w", err)
	}
	return dir, nil
}

// Lock takes an exclusive lock on the file at path, which it makes. It blocks until another holder, of this process
// or another, lets go, or ctx ends. A process that dies lets go.
func Lock(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("cannot make the lock file: %w", err)
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil // closing the only descriptor releases the lock
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			_ = f.Close()
			return nil, fmt.Errorf("cannot lock %s: %w", path, err)
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, fmt.Errorf("another process holds %s: %w", path, ctx.Err())
		case <-tick.C:
		}
	}
}
