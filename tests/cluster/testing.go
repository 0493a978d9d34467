package cluster

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
)

// New starts a cluster for one test, which fails at once when that is not possible, and closes it when the test ends.
// When the test failed, it logs the end of each broker's log and keeps the logs.
func New(tb testing.TB, cfg Config) *Cluster {
	tb.Helper()
	c, err := Start(tb.Context(), cfg)
	if err != nil {
		tb.Fatalf("cannot start Kafka: %v", err)
	}
	tb.Cleanup(func() {
		showLogs(tb, c)
		if err := c.Close(); err != nil {
			tb.Errorf("closing the Kafka cluster: %v", err)
		}
	})
	return c
}

// showLogs logs where the logs are when the test failed, and keeps them.
func showLogs(tb testing.TB, c *Cluster) {
	if tb.Failed() {
		c.KeepLogs()
		tb.Logf("Kafka's logs and properties are kept in %s\n%s", c.Dir(), c.LogTail())
	}
}

// Shared is one cluster for the tests of a binary. The first test that asks starts it:
//
//	var kafka = cluster.NewShared(cluster.Config{})
//
//	func TestMain(m *testing.M) { os.Exit(kafka.Main(m)) }
//
// Tests of a shared cluster use topics and groups of their own and leave the brokers running. Its methods may be
// called concurrently.
type Shared struct {
	cfg  Config
	mu   sync.Mutex
	c    *Cluster
	err  error
	done bool
}

// NewShared says what cluster the tests will share. It starts nothing.
func NewShared(cfg Config) *Shared { return &Shared{cfg: cfg} }

// Get returns the cluster, and starts it the first time. It fails the test when it cannot be started.
func (s *Shared) Get(tb testing.TB) *Cluster {
	tb.Helper()
	s.mu.Lock()
	if !s.done {
		// Not the test's context: the cluster outlives the test.
		s.c, s.err = Start(context.Background(), s.cfg)
		s.done = true
	}
	s.mu.Unlock()
	if s.err != nil {
		tb.Fatalf("cannot start Kafka: %v", s.err)
	}
	tb.Cleanup(func() { showLogs(tb, s.c) })
	return s.c
}

// Main runs the tests, closes the cluster and returns the exit status for [os.Exit].
func (s *Shared) Main(m *testing.M) int {
	code := m.Run()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c == nil {
		return code
	}
	if err := s.c.Close(); err != nil {
		fmt.Fprintf(os.Stderr, "closing the shared Kafka cluster: %v\n", err)
		return max(code, 1)
	}
	return code
}
