package cluster

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Classes of Kafka's console tools, for [Cluster.Tool].
const (
	TopicCommand         = "org.apache.kafka.tools.TopicCommand"
	ConsoleProducer      = "org.apache.kafka.tools.ConsoleProducer"
	ConsoleConsumer      = "org.apache.kafka.tools.consumer.ConsoleConsumer"
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
	up := c.serving()
	if len(up) == 0 {
		return "", &ToolError{Class: class, Args: args, Err: errNoBroker}
	}
	full := []string{"--bootstrap-server", addresses(up), "--command-config", c.toolConfig}
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
