package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// Cluster is a running Kafka cluster. Its methods may be called concurrently, but for Close.
type Cluster struct {
	in          *installation
	cfg         Config
	dir         string
	lock        *os.File // held while the process lives: see sweep
	brokers     []*Broker
	brokerLog4j string
	toolLog4j   string
	toolConfig  string
	keepLogs    atomic.Bool

	certificates *Certificates // nil without Config.Secure
}

// Start starts a cluster and blocks until every broker serves clients: 2 s for one broker, 4 s for three, and up to
// minutes the very first time, when the jars are fetched. When ctx ends before that, nothing is left running.
// The caller must Close the cluster.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	in, err := installOnce()
	if err != nil {
		return nil, err
	}
	return start(ctx, in, cfg)
}

func start(ctx context.Context, in *installation, cfg Config) (*Cluster, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	// A port can be taken by a stranger between its choice and the broker's bind.
	for try := 1; ; try++ {
		c, err := startOnce(ctx, in, cfg)
		if err == nil || try == 3 || !errors.Is(err, errAddressInUse) {
			return c, err
		}
	}
}

func startOnce(ctx context.Context, in *installation, cfg Config) (_ *Cluster, err error) {
	sweep()
	c := &Cluster{in: in, cfg: cfg}
	if err := c.makeDir(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	if cfg.Secure != nil {
		if c.certificates, err = makeCertificates(c.dir); err != nil {
			return nil, err
		}
	}
	for id := 1; id <= cfg.Brokers; id++ {
		if err := c.addBroker(id); err != nil {
			return nil, err
		}
	}
	for _, b := range c.brokers {
		if err := os.WriteFile(b.propertyFile, []byte(cfg.properties(b, c.brokers)), 0o644); err != nil {
			return nil, fmt.Errorf("cannot write the properties of broker %d: %w", b.id, err)
		}
	}
	if err := c.each(func(b *Broker) error { return c.format(ctx, b) }); err != nil {
		return nil, err
	}
	// With several controllers a broker is ready only when a majority is up: start all at once.
	if err := c.each(func(b *Broker) error { return b.Start(ctx) }); err != nil {
		return nil, err
	}
	return c, nil
}

// each calls f for all brokers at once and joins the errors.
func (c *Cluster) each(f func(*Broker) error) error {
	errs := make([]error, len(c.brokers))
	var wg sync.WaitGroup
	for i, b := range c.brokers {
		wg.Go(func() { errs[i] = f(b) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

const dirPrefix = "rdkafka-go-cluster-"

// makeDir makes the cluster's folder, with a lock in it that tells other processes that its owner lives.
func (c *Cluster) makeDir() (err error) {
	if c.dir, err = os.MkdirTemp("", dirPrefix); err != nil {
		return fmt.Errorf("cannot make a folder for the cluster: %w", err)
	}
	c.brokerLog4j = filepath.Join(c.dir, "log4j2.properties")
	c.toolLog4j = filepath.Join(c.dir, "tools-log4j2.properties")
	c.toolConfig = filepath.Join(c.dir, "tools.properties")
	err = errors.Join(
		os.WriteFile(c.toolConfig, []byte(toolProperties), 0o644),
		os.WriteFile(c.brokerLog4j, []byte(log4j("SYSTEM_OUT", "INFO")), 0o644),
		os.WriteFile(c.toolLog4j, []byte(log4j("SYSTEM_ERR", "WARN")), 0o644))
	if err != nil {
		return errors.Join(fmt.Errorf("cannot write the cluster's configuration: %w", err), os.RemoveAll(c.dir))
	}
	// The lock gets its name when it is held, so that no sweep finds it free in between.
	fresh := filepath.Join(c.dir, "lock.new")
	f, err := os.Create(fresh)
	if err == nil {
		c.lock = f
		err = errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB),
			os.Rename(fresh, filepath.Join(c.dir, "lock")))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("cannot lock the cluster's folder: %w", err), os.RemoveAll(c.dir))
	}
	return nil
}

// sweep removes the folders of clusters whose process was killed before it could clean up. Their brokers died with it.
func sweep() {
	locks, _ := filepath.Glob(filepath.Join(os.TempDir(), dirPrefix+"*", "lock")) // the pattern is well-formed
	for _, path := range locks {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			continue // gone meanwhile, or another user's
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			// What cannot be removed now is left for the next sweep.
			_ = os.RemoveAll(filepath.Dir(path))
		}
		_ = f.Close()
	}
}

// addBroker chooses ports and folders for a broker.
func (c *Cluster) addBroker(id int) (err error) {
	b := &Broker{
		cluster:      c,
		id:           id,
		data:         filepath.Join(c.dir, fmt.Sprintf("data-%d", id)),
		propertyFile: filepath.Join(c.dir, fmt.Sprintf("broker-%d.properties", id)),
	}
	if b.client, err = freePort(); err != nil {
		return err
	}
	if b.controller, err = freePort(); err != nil {
		b.client.release()
		return err
	}
	if b.out, err = newConsole(filepath.Join(c.dir, fmt.Sprintf("broker-%d.log", id))); err != nil {
		b.client.release()
		b.controller.release()
		return err
	}
	c.brokers = append(c.brokers, b)
	if c.cfg.Secure != nil {
		return b.openSecure()
	}
	return nil
}

// format prepares a broker's storage.
func (c *Cluster) format(ctx context.Context, b *Broker) error {
	_, err := c.runTool(ctx, nil, "kafka.tools.StorageTool", c.cfg.formatArgs(b, c.brokers)...)
	if err != nil {
		return fmt.Errorf("cannot format the storage of broker %d: %w", b.id, err)
	}
	return nil
}

// Broker returns the broker with the id, which is 1 for the first. It panics for an id that the cluster lacks.
func (c *Cluster) Broker(id int) *Broker {
	if id < 1 || id > len(c.brokers) {
		panic(fmt.Sprintf("cluster: no broker %d, the ids are 1 to %d", id, len(c.brokers)))
	}
	return c.brokers[id-1]
}

// Brokers returns all brokers in the order of their ids.
func (c *Cluster) Brokers() []*Broker { return append([]*Broker(nil), c.brokers...) }

// BootstrapServers returns the addresses of all brokers, with commas between them, running or not.
func (c *Cluster) BootstrapServers() string {
	return addresses(c.brokers)
}

func addresses(brokers []*Broker) string {
	addrs := make([]string, 0, len(brokers))
	for _, b := range brokers {
		addrs = append(addrs, b.Addr())
	}
	return strings.Join(addrs, ",")
}

// serving returns the brokers that run and are not paused.
func (c *Cluster) serving() []*Broker {
	var up []*Broker
	for _, b := range c.brokers {
		if b.serves() {
			up = append(up, b)
		}
	}
	return up
}

// Dir is the folder of the cluster's logs, properties and data.
func (c *Cluster) Dir() string { return c.dir }

// KeepLogs makes Close leave the brokers' logs and property files behind, in Dir.
func (c *Cluster) KeepLogs() { c.keepLogs.Store(true) }

// LogTail returns the newest lines of each broker's log with the path of the whole log.
func (c *Cluster) LogTail() string {
	var text strings.Builder
	for _, b := range c.brokers {
		fmt.Fprintf(&text, "broker %d, the end of %s:\n%s\n", b.id, b.LogFile(), b.out.last())
	}
	return text.String()
}

// Close kills all brokers and removes their data, and their logs unless KeepLogs was called. It returns an error that
// names each broker that died by itself before. Close must be called once.
func (c *Cluster) Close() error {
	err := c.each((*Broker).close)
	if err != nil {
		c.KeepLogs()
	}
	if !c.keepLogs.Load() {
		return errors.Join(err, os.RemoveAll(c.dir), c.lock.Close())
	}
	for _, b := range c.brokers {
		err = errors.Join(err, os.RemoveAll(b.data))
	}
	// Without the lock no sweep takes the folder.
	return errors.Join(err, os.Remove(filepath.Join(c.dir, "lock")), c.lock.Close())
}
