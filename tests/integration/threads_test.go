package integration_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cbase"
)

// manyClientsEnv turns the test binary into a program that makes many clients and counts its threads. Its value is
// the count's job as JSON.
const manyClientsEnv = "INTEGRATION_MANY_CLIENTS"

// job is what such a program does.
type job struct {
	Kind    string // "consumer" or "producer"
	Clients int
	Brokers string
	Topic   string
	Blocked bool // all consumers wait in ReadMessage while the threads are counted
}

// idleClient are the settings of the Go and the C clients.
var idleClient = map[string][]string{
	"producer": nil,
	"consumer": {"group.id=threads", "enable.partition.eof=true"},
}

// Go clients have the threads that C clients have, and no more: no thread waits in C for an application that waits.
func TestThreads_likeC(t *testing.T) {
	c := shared.Get(t)
	topic := unique(t)
	require.NoError(t, c.CreateTopic(t.Context(), topic, 1, 1))
	program, err := cbase.Build(t.Context())
	require.NoError(t, err)

	inC := func(kind string, clients int) int {
		args := append([]string{"threads", kind, strconv.Itoa(clients), "bootstrap.servers=" + c.BootstrapServers(), "topic=" + topic},
			idleClient[kind]...)
		return countThreads(t, exec.CommandContext(t.Context(), program, args...))
	}
	inGo := func(kind string, clients int, blocked bool) int {
		text, err := json.Marshal(job{Kind: kind, Clients: clients, Brokers: c.BootstrapServers(), Topic: topic, Blocked: blocked})
		require.NoError(t, err)
		exe, err := os.Executable()
		require.NoError(t, err)
		cmd := exec.CommandContext(t.Context(), exe)
		cmd.Env = append(os.Environ(), manyClientsEnv+"="+string(text))
		return countThreads(t, cmd)
	}
	const few, many = 20, 200
	for _, kind := range []string{"producer", "consumer"} {
		want := inC(kind, many) - inC(kind, few)
		assert.GreaterOrEqual(t, want, 2*(many-few), "%ss in C: the main thread and one for the broker", kind)
		for _, blocked := range []bool{false, true} {
			if blocked && kind == "producer" {
				continue // has no ReadMessage
			}
			// On a busy machine Go now and then starts a thread more for its own calls, and keeps it.
			got := 0
			for range 3 {
				got = inGo(kind, many, blocked) - inGo(kind, few, blocked)
				t.Logf("%d %ss more, in ReadMessage: %v: %d threads more in C, %d in Go", many-few, kind, blocked, want, got)
				if got >= want-2 && got <= want+2 {
					break
				}
			}
			assert.InDelta(t, want, got, 2, "%d %ss more, in ReadMessage: %v", many-few, kind, blocked)
		}
	}
}

// countThreads starts a program that prints {"threads": N} and waits for its input to end, and returns N.
func countThreads(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, readErr := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, in.Close())
	require.NoError(t, cmd.Wait())
	require.NoError(t, readErr)
	var result struct{ Threads int }
	require.NoError(t, json.Unmarshal([]byte(line), &result), line)
	require.Positive(t, result.Threads)
	return result.Threads
}

// manyClients is the other process. It never returns.
func manyClients() {
	var j job
	fail(json.Unmarshal([]byte(os.Getenv(manyClientsEnv)), &j))
	blocked := make(chan struct{}, j.Clients)
	var producers []*kafka.Producer
	var consumers []*kafka.Consumer
	for range j.Clients {
		conf := kafka.ConfigMap{"bootstrap.servers": j.Brokers}
		for _, kv := range idleClient[j.Kind] {
			fail(conf.Set(kv))
		}
		if j.Kind == "producer" {
			p, err := kafka.NewProducer(&conf)
			fail(err)
			producers = append(producers, p)
			continue
		}
		cons, err := kafka.NewConsumer(&conf)
		fail(err)
		// Not the committed offset, see cbase.c.
		fail(cons.Assign([]kafka.TopicPartition{{Topic: &j.Topic, Partition: 0, Offset: kafka.OffsetEnd}}))
		consumers = append(consumers, cons)
	}
	for _, p := range producers {
		_, err := p.GetMetadata(nil, false, 60_000)
		fail(err)
	}
	for _, cons := range consumers {
		awaitEOF(cons)
	}
	if j.Blocked {
		for _, cons := range consumers {
			go func() {
				blocked <- struct{}{}
				_, err := cons.ReadMessage(-1)
				fail(fmt.Errorf("ReadMessage returned: %w", err))
			}()
		}
		for range consumers {
			<-blocked
		}
	}
	fmt.Printf("{\"threads\":%d}\n", stableThreads())
	_, err := io.Copy(io.Discard, os.Stdin)
	fail(err)
	// The process ends here: closing 200 clients one by one would measure nothing.
	os.Exit(0)
}

// awaitEOF reads to the end of the partition: the consumer then has fetched from the leader.
func awaitEOF(cons *kafka.Consumer) {
	deadline := time.Now().Add(60 * time.Second)
	for time.Now().Before(deadline) {
		switch ev := cons.Poll(1000).(type) {
		case kafka.PartitionEOF:
			return
		case kafka.Error:
			fail(ev)
		}
	}
	fail(fmt.Errorf("%v did not come to the end of its partition", cons))
}

// stableThreads returns the number of the process's threads when it has not changed for 2 s.
func stableThreads() int {
	last, same := threadsNow(), 0
	for range time.Tick(100 * time.Millisecond) {
		now := threadsNow()
		if same++; now != last {
			last, same = now, 0
		}
		if same == 20 {
			break
		}
	}
	return last
}

func threadsNow() int {
	text, err := os.ReadFile("/proc/self/status")
	fail(err)
	_, after, found := strings.Cut(string(text), "\nThreads:")
	if !found {
		fail(fmt.Errorf("/proc/self/status names no number of threads"))
	}
	line, _, _ := strings.Cut(after, "\n")
	n, err := strconv.Atoi(strings.TrimSpace(line))
	fail(err)
	return n
}

// fail ends the process when there is an error.
func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "many clients:", err)
		os.Exit(1)
	}
}
