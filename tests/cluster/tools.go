package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Classes of Kafka's console tools, for [Cluster.Tool].
const (
	TopicCommand         = "org.apache.kafka.tools.TopicCommand"
	ConsoleProducer      = "org.apache.kafka.tools.ConsoleProducer"
	ConsoleConsumer      = "org.apache.kafka.tools.consumer.ConsoleConsumer"
	GetOffsetShell       = "org.apache.kafka.tools.GetOffsetShell"
	ConsumerGroupCommand = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"
	ProducerPerformance  = "org.apache.kafka.tools.ProducerPerformance"
	ConfigCommand        = "kafka.admin.ConfigCommand"
	MetadataQuorum       = "org.apache.kafka.tools.MetadataQuorumCommand"
)

// ToolError is returned when a console tool ended with a status other than 0, or was killed because the context ended.
type ToolError struct {
	Class  string
	Args   []string
	Stdout string
	Stderr string
	Err    error // from the process, or the context's
}

func (e *ToolError) Error() string {
	name := e.Class[strings.LastIndexByte(e.Class, '.')+1:]
	return fmt.Sprintf("%s %s: %v: %s", name, strings.Join(e.Args, " "), e.Err,
		strings.TrimSpace(lastLines([]byte(e.Stdout), 10)+"\n"+lastLines([]byte(e.Stderr), 10)))
}

// Unwrap returns the process's or the context's error.
func (e *ToolError) Unwrap() error { return e.Err }

// toolProperties are the settings of the tools' clients. A tool may ask a broker that was paused a moment ago, which
// takes its connection and never answers: then it soon asks another.
const toolProperties = "request.timeout.ms=5000\ndefault.api.timeout.ms=40000\n"

// Tool runs one of Kafka's console tools and returns what it wrote to standard output. --bootstrap-server is put
// before args and names the brokers that run and are not paused, and --command-config with short timeouts. It blocks
// until the tool ends, half a second at least; when ctx ends the tool is killed. Errors are a *[ToolError].
func (c *Cluster) Tool(ctx context.Context, class string, args ...string) (string, error) {
	return c.ToolInput(ctx, nil, class, args...)
}

// ToolInput is Tool with a standard input.
func (c *Cluster) ToolInput(ctx context.Context, stdin io.Reader, class string, args ...string) (string, error) {
	var up []string
	for _, b := range c.brokers {
		if b.serves() {
			up = append(up, b.Addr())
		}
	}
	if len(up) == 0 {
		return "", &ToolError{Class: class, Args: args, Err: errors.New("no broker is running")}
	}
	full := []string{"--bootstrap-server", strings.Join(up, ","), "--command-config", c.toolConfig}
	return c.runTool(ctx, stdin, class, append(full, args...)...)
}

func (c *Cluster) runTool(ctx context.Context, stdin io.Reader, class string, args ...string) (string, error) {
	var stdout, stderr bytes.Buffer
	jvm := []string{"-Xmx128m", "-Dlog4j2.configurationFile=" + c.toolLog4j}
	p, err := startProcess(c.in.java, c.in.command(jvm, class, args...), stdin, &stdout, &stderr)
	if err == nil {
		err = p.waitOrKill(ctx)
	}
	if err != nil {
		return stdout.String(), &ToolError{Class: class, Args: args, Stdout: stdout.String(), Stderr: stderr.String(), Err: err}
	}
	return stdout.String(), nil
}

// CreateTopic creates a topic; replicas 0 means the cluster's default, and configs are pairs such as
// "cleanup.policy=compact". It returns when the topic's partitions all have leaders, one to two seconds later.
func (c *Cluster) CreateTopic(ctx context.Context, name string, partitions, replicas int, configs ...string) error {
	args := []string{"--create", "--topic", name, "--partitions", strconv.Itoa(partitions)}
	if replicas > 0 {
		args = append(args, "--replication-factor", strconv.Itoa(replicas))
	}
	for _, kv := range configs {
		args = append(args, "--config", kv)
	}
	_, err := c.Tool(ctx, TopicCommand, args...)
	return err
}

// Partition is what Kafka says of one partition of a topic.
type Partition struct {
	ID       int
	Leader   int // -1 when there is none
	Replicas []int
	ISR      []int // the replicas that are in sync
}

// Describe returns a topic's partitions in the order of their ids.
func (c *Cluster) Describe(ctx context.Context, topic string) ([]Partition, error) {
	out, err := c.Tool(ctx, TopicCommand, "--describe", "--topic", topic)
	if err != nil {
		return nil, err
	}
	var parts []Partition
	for line := range strings.Lines(out) {
		// "\tTopic: t\tPartition: 0\tLeader: 1\tReplicas: 1,2,3\tIsr: 1,2,3\tElr: \tLastKnownElr: "
		if !strings.HasPrefix(line, "\tTopic: ") {
			continue
		}
		p, err := parsePartition(line)
		if err != nil {
			return nil, fmt.Errorf("cannot read the description of topic %q: %w: %q", topic, err, line)
		}
		parts = append(parts, p)
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("the description of topic %q names no partition: %q", topic, out)
	}
	return parts, nil
}

func parsePartition(line string) (p Partition, err error) {
	fields := map[string]string{}
	for f := range strings.SplitSeq(strings.TrimSpace(line), "\t") {
		name, value, _ := strings.Cut(f, ":")
		fields[name] = strings.TrimSpace(value)
	}
	if p.ID, err = strconv.Atoi(fields["Partition"]); err != nil {
		return p, err
	}
	p.Leader = -1
	if l := fields["Leader"]; l != "none" {
		if p.Leader, err = strconv.Atoi(l); err != nil {
			return p, err
		}
	}
	if p.Replicas, err = ints(fields["Replicas"]); err != nil {
		return p, err
	}
	p.ISR, err = ints(fields["Isr"])
	return p, err
}

// ints reads "1,2,3"; the empty string is no number.
func ints(list string) ([]int, error) {
	if list == "" {
		return nil, nil
	}
	var all []int
	for s := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(s)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// AwaitFullISR blocks until every replica of the topic's partitions is in sync, or ctx ends.
func (c *Cluster) AwaitFullISR(ctx context.Context, topic string) error {
	for {
		parts, err := c.Describe(ctx, topic)
		if err != nil {
			return err
		}
		full := true
		for _, p := range parts {
			full = full && p.Leader > 0 && len(p.ISR) == len(p.Replicas)
		}
		if full {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("topic %q is not in sync: %v: %w", topic, parts, ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Controller returns the broker that is the active controller.
func (c *Cluster) Controller(ctx context.Context) (*Broker, error) {
	out, err := c.Tool(ctx, MetadataQuorum, "describe", "--status")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(out) {
		// "LeaderId:              1"
		if value, found := strings.CutPrefix(line, "LeaderId:"); found {
			id, err := strconv.Atoi(strings.TrimSpace(value))
			if err == nil && id > 0 && id <= len(c.Brokers()) {
				return c.Broker(id), nil
			}
		}
	}
	return nil, fmt.Errorf("the state of the quorum names no controller: %q", out)
}

// Offset times for [Cluster.Offsets].
const (
	Earliest = "-2"
	Latest   = "-1"
)

// Offsets returns the first offset (Earliest) or the one after the last (Latest) of each partition of a topic.
func (c *Cluster) Offsets(ctx context.Context, topic, when string) (map[int32]int64, error) {
	out, err := c.Tool(ctx, GetOffsetShell, "--topic", topic, "--time", when)
	if err != nil {
		return nil, err
	}
	offsets := map[int32]int64{}
	for line := range strings.Lines(out) {
		f := strings.Split(strings.TrimSpace(line), ":")
		if len(f) != 3 || f[0] != topic {
			return nil, fmt.Errorf("cannot read %q as topic:partition:offset", line)
		}
		partition, err := strconv.ParseInt(f[1], 10, 32)
		if err != nil {
			return nil, fmt.Errorf("cannot read the partition in %q: %w", line, err)
		}
		if offsets[int32(partition)], err = strconv.ParseInt(f[2], 10, 64); err != nil {
			return nil, fmt.Errorf("cannot read the offset in %q: %w", line, err)
		}
	}
	if len(offsets) == 0 {
		return nil, fmt.Errorf("topic %q has no partition: %q", topic, out)
	}
	return offsets, nil
}
