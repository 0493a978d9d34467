// Package exactlyonce kills programs that read, transform and write in transactions, and counts what came out.
package exactlyonce_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

var (
	messages = flag.Int("messages", 10_000, "how many messages are passed on")
	faults   = flag.Int("faults", 8, "how many workers are killed or paused")
	seed     = flag.Uint64("seed", 0, "of the random choices; 0: by the time")
)

func TestMain(m *testing.M) {
	if text := os.Getenv(workerEnv); text != "" {
		work(text)
	}
	os.Exit(m.Run())
}

// worker keeps a worker's process running: when it ends, by whatever cause, it is started again.
type worker struct {
	job  job
	stop chan struct{}
	done chan struct{}

	mu     sync.Mutex
	proc   *os.Process
	starts int
	last   bytes.Buffer // what the processes said
}

func startWorker(t *testing.T, j job) *worker {
	t.Helper()
	w := &worker{job: j, stop: make(chan struct{}), done: make(chan struct{})}
	exe, err := os.Executable()
	require.NoError(t, err)
	go func() {
		defer close(w.done)
		for {
			w.job.Seed++
			text, err := json.Marshal(w.job)
			if err != nil {
				panic(err) // strings and a number
			}
			cmd := exec.CommandContext(t.Context(), exe)
			cmd.Env = append(os.Environ(), workerEnv+"="+string(text))
			cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
			var said bytes.Buffer
			cmd.Stderr = &said
			w.mu.Lock()
			select {
			case <-w.stop:
				w.mu.Unlock()
				return
			default:
			}
			if err = cmd.Start(); err == nil {
				w.proc = cmd.Process
				w.starts++
			}
			w.mu.Unlock()
			if err == nil {
				err = cmd.Wait()
			}
			w.mu.Lock()
			w.proc = nil
			fmt.Fprintf(&w.last, "%s: %v: %s\n", w.job.TransactionalID, err, said.Bytes())
			w.mu.Unlock()
		}
	}()
	t.Cleanup(w.end)
	return w
}

func (w *worker) end() {
	w.mu.Lock()
	select {
	case <-w.stop:
	default:
		close(w.stop)
		if w.proc != nil {
			_ = w.proc.Kill()
		}
	}
	w.mu.Unlock()
	<-w.done
}

// signal sends a signal to the process; false when there is none at the time.
func (w *worker) signal(s syscall.Signal) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.proc != nil && w.proc.Signal(s) == nil
}

// Workers are killed and paused for longer than their session while they pass messages on: a reader of what was
// committed sees each once.
func TestExactlyOnce_workersDie(t *testing.T) {
	const partitions, workers = 6, 3
	c := cluster.New(t, cluster.Config{Properties: map[string]string{"transaction.abort.timed.out.transaction.cleanup.interval.ms": "500"}})
	in, out, group := "in", "out", "workers"
	require.NoError(t, c.CreateTopic(t.Context(), in, partitions, 1))
	require.NoError(t, c.CreateTopic(t.Context(), out, partitions, 1))
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed=%d", *seed)
	random := rand.New(rand.NewPCG(*seed, 1))

	var all []*worker
	for i := range workers {
		all = append(all, startWorker(t, job{
			Brokers: c.BootstrapServers(), In: in, Out: out, Group: group,
			TransactionalID: fmt.Sprintf("worker-%d", i), Seed: *seed + uint64(i)<<32,
		}))
	}
	t.Cleanup(func() {
		if t.Failed() {
			for _, w := range all {
				t.Log(w.last.String())
			}
		}
	})

	// The input comes over the time of the faults.
	p, err := kafka.NewProducer(&kafka.ConfigMap{"bootstrap.servers": c.BootstrapServers(), "enable.idempotence": true, "linger.ms": 5})
	require.NoError(t, err)
	defer p.Close()
	go func() {
		for range p.Events() {
		}
	}()
	sent := 0
	send := func(n int) {
		for ; sent < n; sent++ {
			require.NoError(t, p.Produce(&kafka.Message{
				TopicPartition: kafka.TopicPartition{Topic: &in, Partition: kafka.PartitionAny},
				Key:            fmt.Append(nil, sent%100), Value: fmt.Append(nil, sent),
			}, nil))
		}
	}
	kills, pauses := 0, 0
	for i := range *faults {
		send(*messages * (i + 1) / *faults)
		<-time.After(time.Duration(500+random.IntN(1500)) * time.Millisecond)
		w := all[random.IntN(len(all))]
		if random.IntN(4) > 0 {
			if w.signal(syscall.SIGKILL) {
				kills++
			}
		} else if w.signal(syscall.SIGSTOP) {
			<-time.After(4 * time.Second) // its partitions are another's now
			w.signal(syscall.SIGCONT)
			pauses++
		}
	}
	send(*messages)
	require.NoError(t, p.FlushContext(t.Context()))
	ends, err := c.Offsets(t.Context(), in, cluster.Latest)
	require.NoError(t, err)

	require.Eventually(t, func() bool {
		offsets, err := c.GroupOffsets(t.Context(), group)
		if err != nil || len(offsets) != partitions {
			return false
		}
		for _, o := range offsets {
			if o.Committed != ends[o.Partition] {
				return false
			}
		}
		return true
	}, 90*time.Second, 500*time.Millisecond, "all is passed on")
	for _, w := range all {
		w.end()
	}

	records, err := c.Read(t.Context(), cluster.Query{Topic: out, Max: *messages + 1, Idle: 15 * time.Second})
	require.ErrorContains(t, err, fmt.Sprintf("read %d of %d records", *messages, *messages+1), "no more than what came in")
	seen := map[string]int{}
	for _, r := range records {
		seen[string(r.Value)]++
	}
	lost, twice := 0, 0
	for i := range *messages {
		switch seen[fmt.Sprint(i)] {
		case 0:
			lost++
		case 1:
		default:
			twice++
		}
	}
	assert.Zero(t, lost, "lost")
	assert.Zero(t, twice, "twice")
	assert.Len(t, seen, *messages)

	ends, err = c.Offsets(t.Context(), out, cluster.Latest)
	require.NoError(t, err)
	logged := int64(0)
	for _, end := range ends {
		logged += end
	}
	starts := 0
	for _, w := range all {
		starts += w.starts
	}
	t.Logf("%d kills, %d pauses, %d starts; the log holds %d records of aborted transactions and markers", kills, pauses, starts, logged-int64(*messages))
	assert.Positive(t, kills)
	counts := evidence.Ledger(*messages, lost, twice, 0)
	counts.Reordered = nil
	counts.Result = fmt.Sprintf("%d kills, %d pauses, %d processes", kills, pauses, starts)
	evidence.Record(t, "exactly-once", counts)
}
