package cluster_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

var shared = cluster.NewShared(cluster.Config{})

// childEnv makes the test binary start a cluster and wait to be killed.
const childEnv = "CLUSTER_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		runChild()
	}
	os.Exit(shared.Main(m))
}

// produce writes lines with the console producer, key and value with a colon between them.
func produce(t *testing.T, c *cluster.Cluster, topic string, lines ...string) {
	t.Helper()
	_, err := c.ToolInput(t.Context(), strings.NewReader(strings.Join(lines, "\n")+"\n"), cluster.ConsoleProducer,
		"--topic", topic, "--reader-property", "parse.key=true", "--reader-property", "key.separator=:",
		"--reader-property", "null.marker=NULL")
	require.NoError(t, err)
}

// pairs returns the keys and values of records.
func pairs(records []cluster.Record) []string {
	var all []string
	for _, r := range records {
		all = append(all, string(r.Key)+":"+string(r.Value))
	}
	return all
}

func TestCluster_ProduceAndConsumeWithConsoleTools(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	ctx := t.Context()
	require.NoError(t, c.CreateTopic(ctx, "console", 3, 0))

	parts, err := c.Describe(ctx, "console")
	require.NoError(t, err)
	assert.Equal(t, []cluster.Partition{
		{ID: 0, Leader: 1, Replicas: []int{1}, ISR: []int{1}},
		{ID: 1, Leader: 1, Replicas: []int{1}, ISR: []int{1}},
		{ID: 2, Leader: 1, Replicas: []int{1}, ISR: []int{1}},
	}, parts)

	before := time.Now().Truncate(time.Millisecond)
	var sent []string
	for i := range 1000 {
		sent = append(sent, fmt.Sprintf("k%d:value %d", i, i))
	}
	produce(t, c, "console", sent...)
	records, err := c.Read(ctx, cluster.Query{Topic: "console"})
	require.NoError(t, err)
	assert.ElementsMatch(t, sent, pairs(records))

	next := map[int32]int64{}
	for _, r := range records {
		assert.Equal(t, next[r.Partition], r.Offset, "the offsets of partition %d go up by one", r.Partition)
		next[r.Partition]++
		assert.WithinRange(t, r.Timestamp, before, time.Now())
		assert.False(t, r.LogAppendTime)
		assert.Nil(t, r.Headers)
	}
	ends, err := c.Offsets(ctx, "console", cluster.Latest)
	require.NoError(t, err)
	assert.Equal(t, ends, next)
}

func TestCluster_Read_nullEmptyAndHeaders(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	ctx := t.Context()
	require.NoError(t, c.CreateTopic(ctx, "shapes", 1, 0, "message.timestamp.type=LogAppendTime"))
	_, err := c.ToolInput(ctx, strings.NewReader("h1:a,h2:|k1|tab\there\nNULL|NULL|v2\nh1:NULL|k3|NULL\nNULL||\n"),
		cluster.ConsoleProducer, "--topic", "shapes", "--sync",
		"--reader-property", "parse.key=true", "--reader-property", "key.separator=|",
		"--reader-property", "parse.headers=true", "--reader-property", "headers.delimiter=|",
		"--reader-property", "null.marker=NULL")
	require.NoError(t, err)

	records, err := c.Read(ctx, cluster.Query{Topic: "shapes"})
	require.NoError(t, err)
	for i := range records {
		assert.True(t, records[i].LogAppendTime)
		records[i].LogAppendTime, records[i].Timestamp = false, time.Time{}
	}
	assert.Equal(t, []cluster.Record{
		{
			Offset: 0, Key: []byte("k1"), Value: []byte("tab\there"),
			Headers: []cluster.Header{{Key: "h1", Value: []byte("a")}, {Key: "h2", Value: []byte{}}},
		},
		{Offset: 1, Value: []byte("v2")},
		{Offset: 2, Key: []byte("k3"), Headers: []cluster.Header{{Key: "h1"}}},
		{Offset: 3, Key: []byte{}, Value: []byte{}},
	}, records)
}

func TestCluster_Read_saysWhatIsMissing(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	require.NoError(t, c.CreateTopic(t.Context(), "short", 1, 0))
	produce(t, c, "short", "a:1", "b:2")
	records, err := c.Read(t.Context(), cluster.Query{Topic: "short", Max: 3, Idle: 2 * time.Second})
	require.ErrorContains(t, err, `read 2 of 3 records of topic "short"`)
	assert.Equal(t, []string{"a:1", "b:2"}, pairs(records))
}

func TestCluster_groups(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	ctx := t.Context()
	require.NoError(t, c.CreateTopic(ctx, "grouped", 1, 0))
	produce(t, c, "grouped", "a:1", "b:2", "c:3")
	_, err := c.Read(ctx, cluster.Query{
		Topic: "grouped", Max: 2,
		Properties: []string{"group.id=readers", "group.protocol=consumer"},
	})
	require.NoError(t, err)

	offsets, err := c.GroupOffsets(ctx, "readers")
	require.NoError(t, err)
	require.Len(t, offsets, 1)
	// The console consumer commits where it stopped: after the second record, or after what it had fetched.
	o := offsets[0]
	assert.Equal(t, "grouped", o.Topic)
	assert.Equal(t, int64(3), o.End)
	assert.GreaterOrEqual(t, o.Committed, int64(2))
	assert.Equal(t, o.End-o.Committed, o.Lag)
	members, err := c.GroupMembers(ctx, "readers")
	require.NoError(t, err)
	assert.Empty(t, members)
	members, err = c.GroupMembers(ctx, "unknown")
	require.NoError(t, err)
	assert.Empty(t, members)
}

func TestCluster_Tool_errors(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	_, err := c.Tool(t.Context(), cluster.TopicCommand, "--create", "--topic", "bad name")
	var toolErr *cluster.ToolError
	require.ErrorAs(t, err, &toolErr)
	assert.Contains(t, err.Error(), "InvalidTopicException")

	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err = c.Tool(ctx, cluster.ConsoleConsumer, "--topic", "nothing-ever-comes")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Less(t, time.Since(start), 5*time.Second)
}

func TestCluster_topicErrors(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	assert.ErrorContains(t, c.CreateTopic(t.Context(), "bad name", 1, 0), `"bad name": INVALID_TOPIC_EXCEPTION`)
	assert.ErrorContains(t, c.CreateTopic(t.Context(), "settings", 1, 0, "cleanup.policy"), `"cleanup.policy" is no key=value`)
	assert.ErrorContains(t, c.CreateTopic(t.Context(), "settings", 1, 0, "cleanup.policy=none"), "INVALID_CONFIG")
	_, err := c.Describe(t.Context(), "settings")
	require.ErrorContains(t, err, "UNKNOWN_TOPIC_OR_PARTITION")
	_, err = c.Offsets(t.Context(), "settings", cluster.Latest)
	require.ErrorContains(t, err, "UNKNOWN_TOPIC_OR_PARTITION")
}

func TestBroker_restartAndKillKeepDataAndPort(t *testing.T) {
	t.Parallel()
	props := cluster.FastFaults()
	props["num.partitions"] = "5"
	c := cluster.New(t, cluster.Config{Properties: props})
	ctx := t.Context()
	b := c.Broker(1)
	addr := b.Addr()
	produce(t, c, "kept", "a:1")
	parts, err := c.Describe(ctx, "kept")
	require.NoError(t, err)
	assert.Len(t, parts, 5, "the property of the test holds")

	require.NoError(t, b.Restart(ctx))
	produce(t, c, "kept", "b:2")
	require.NoError(t, b.Kill())
	require.NoError(t, b.Start(ctx))

	assert.Equal(t, addr, b.Addr())
	records, err := c.Read(ctx, cluster.Query{Topic: "kept"})
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"a:1", "b:2"}, pairs(records))

	log, err := os.ReadFile(b.LogFile())
	require.NoError(t, err)
	assert.Equal(t, 3, strings.Count(string(log), "Kafka Server started"), "the log goes on over restarts")
}

func TestBroker_methodsRefuseWrongStates(t *testing.T) {
	t.Parallel()
	c := cluster.New(t, cluster.Config{})
	b := c.Broker(1)
	ctx := t.Context()
	require.EqualError(t, b.Start(ctx), "cannot start broker 1: it is running")
	require.EqualError(t, b.Continue(), "cannot continue broker 1: it is running")
	require.NoError(t, b.Pause())
	require.EqualError(t, b.Stop(ctx), "cannot stop broker 1: it is paused")
	_, err := c.Tool(ctx, cluster.TopicCommand, "--list")
	require.ErrorContains(t, err, "no broker is running")
	require.NoError(t, b.Kill())
	require.EqualError(t, b.Kill(), "cannot kill broker 1: it is stopped")
	assert.Panics(t, func() { c.Broker(2) })
}

func TestCluster_threeBrokers(t *testing.T) {
	t.Parallel()
	props := cluster.FastFaults()
	c := cluster.New(t, cluster.Config{Brokers: 3, Properties: props})
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	assert.Len(t, strings.Split(c.BootstrapServers(), ","), 3)
	require.NoError(t, c.CreateTopic(ctx, "replicated", 3, 3))
	require.NoError(t, c.AwaitFullISR(ctx, "replicated"))
	produce(t, c, "replicated", "a:1", "b:2", "c:3")

	// A paused broker leaves the sync set, and comes back. It is not the
	// controller, for which the others would wait half a minute.
	controller, err := c.Controller(ctx)
	require.NoError(t, err)
	paused := c.Broker(controller.ID()%3 + 1)
	require.NoError(t, paused.Pause())
	require.EventuallyWithT(t, func(ct *assert.CollectT) {
		parts, err := c.Describe(ctx, "replicated")
		require.NoError(ct, err)
		for _, p := range parts {
			assert.Len(ct, p.ISR, 2)
			assert.NotContains(ct, p.ISR, paused.ID())
		}
	}, time.Minute, 100*time.Millisecond)
	produce(t, c, "replicated", "d:4")
	require.NoError(t, paused.Continue())
	require.NoError(t, c.AwaitFullISR(ctx, "replicated"))

	// So does one that was killed.
	require.NoError(t, c.Broker(3).Kill())
	produce(t, c, "replicated", "e:5")
	require.NoError(t, c.Broker(3).Start(ctx))
	require.NoError(t, c.AwaitFullISR(ctx, "replicated"))

	records, err := c.Read(ctx, cluster.Query{Topic: "replicated"})
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"a:1", "b:2", "c:3", "d:4", "e:5"}, pairs(records))
}

func TestCluster_Close_namesABrokerThatDied(t *testing.T) {
	t.Parallel()
	c, err := cluster.Start(t.Context(), cluster.Config{})
	require.NoError(t, err)
	defer os.RemoveAll(c.Dir())
	pids := javaPIDs(t, c.Dir())
	require.Len(t, pids, 1)
	require.NoError(t, syscall.Kill(pids[0], syscall.SIGKILL))
	require.Eventually(t, func() bool {
		return strings.Contains(c.Broker(1).Continue().Error(), "broker 1 died by itself")
	}, 10*time.Second, 10*time.Millisecond)
	require.ErrorContains(t, c.Close(), "broker 1 died by itself")
	assert.FileExists(t, c.Broker(1).LogFile(), "the log is kept")
	assert.NoDirExists(t, filepath.Join(c.Dir(), "data-1"))
}

func TestStart_refusesBadConfig(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		cfg  cluster.Config
		want string
	}{
		{cluster.Config{Brokers: 6}, "Config.Brokers is 6"},
		{cluster.Config{Brokers: -1}, "Config.Brokers is -1"},
		{cluster.Config{HeapMiB: 10}, "Config.HeapMiB is 10"},
		{cluster.Config{Properties: map[string]string{"a b": "c"}}, `the key "a b"`},
		{cluster.Config{Properties: map[string]string{"a": "b\nc"}}, `"b\nc"`},
	} {
		_, err := cluster.Start(t.Context(), tc.cfg)
		require.ErrorContains(t, err, tc.want)
	}
}

func TestStart_showsWhyABrokerDoesNotStart(t *testing.T) {
	t.Parallel()
	_, err := cluster.Start(t.Context(), cluster.Config{JVMArgs: []string{"-XX:+NoSuchFlag"}})
	require.ErrorContains(t, err, "broker 1 did not start: it ended: exit status 1")
	require.ErrorContains(t, err, "Unrecognized VM option 'NoSuchFlag'")
	// What is kept for the reader of the message goes with this test.
	_, after, found := strings.Cut(err.Error(), "the end of ")
	require.True(t, found)
	logFile, _, _ := strings.Cut(after, ":\n")
	require.FileExists(t, logFile)
	require.NoError(t, os.RemoveAll(filepath.Dir(logFile)))
}

// A broker must not outlive the process that started it, even one that is killed.
func TestCluster_diesWithTheProcess(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	require.NoError(t, err)
	child := exec.Command(exe)
	child.Env = append(os.Environ(), childEnv+"=1")
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	dir, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, "the child prints the folder of its cluster")
	dir = strings.TrimSpace(dir)
	pids := javaPIDs(t, dir)
	assert.Len(t, pids, 3, "two brokers, one of them paused, and a console tool")

	require.NoError(t, child.Process.Kill())
	require.Error(t, child.Wait())
	for _, pid := range pids {
		awaitGone(t, pid)
	}

	// The next start removes what the killed process left.
	require.DirExists(t, dir)
	c := cluster.New(t, cluster.Config{})
	assert.NoDirExists(t, dir)
	assert.DirExists(t, c.Dir(), "a living cluster's folder stays")
}

// runChild is the other process of TestCluster_diesWithTheProcess. It never returns.
func runChild() {
	fail := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(1)
		}
	}
	c, err := cluster.Start(context.Background(), cluster.Config{Brokers: 2})
	fail(err)
	go func() {
		_, err := c.Tool(context.Background(), cluster.ConsoleConsumer, "--topic", "nothing-ever-comes")
		fail(err)
	}()
	for {
		if n := len(findJava(c.Dir())); n == 3 {
			break
		}
		<-time.After(10 * time.Millisecond)
	}
	fail(c.Broker(2).Pause())
	fmt.Println(c.Dir())
	select {}
}

// javaPIDs returns the processes whose command line names the folder.
func javaPIDs(t *testing.T, dir string) []int {
	t.Helper()
	pids := findJava(dir)
	require.NotEmpty(t, pids, "no process has %s on its command line", dir)
	return pids
}

func findJava(dir string) []int {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline") // the pattern is well-formed
	var pids []int
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil || !strings.Contains(string(text), dir) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(f))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// awaitGone blocks until the process has ended (a zombie, too, has ended).
func awaitGone(t *testing.T, pid int) {
	t.Helper()
	require.Eventually(t, func() bool {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		return err != nil || strings.Contains(string(status), "State:\tZ")
	}, 10*time.Second, 10*time.Millisecond, "process %d is still there", pid)
}
