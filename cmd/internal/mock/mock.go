// Package mock is the command "rdk mock".
package mock

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rdkafka-go/rdkafka/cmd/internal/exit"
	"github.com/rdkafka-go/rdkafka/kafka"
)

// maxBrokers bounds --brokers: each broker listens on a port of its own.
const maxBrokers = 100

// groupDelay spares a new group the 3 s of a real broker.
const groupDelay = 300 * time.Millisecond

// defaultPartitions is what librdkafka gives a topic that appears on first use.
const defaultPartitions = 4

// legalName is what Kafka takes for a topic; the mock cluster itself takes all.
var legalName = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)

// topic is one --topic.
type topic struct {
	name       string
	partitions int
}

// Command returns the command.
func Command() *cobra.Command {
	var brokers int
	var topics []string
	cmd := &cobra.Command{
		Use:   "mock",
		Short: "Run a mock cluster until Ctrl-C",
		Long: "Runs librdkafka's mock cluster: brokers on 127.0.0.1 that speak Kafka's protocol\n" +
			"to any client and keep the newest 5 MiB of each partition in memory. The first\n" +
			"line on the standard output is the value for bootstrap.servers. Topics appear\n" +
			"when they are used first.",
		Example: "  rdk mock --brokers 3 --topic orders:12",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if brokers < 1 || brokers > maxBrokers {
				return exit.Usagef("--brokers %d: want 1 to %d", brokers, maxBrokers)
			}
			list := make([]topic, len(topics))
			for i, t := range topics {
				var err error
				if list[i], err = parseTopic(t); err != nil {
					return err
				}
			}
			return run(cmd.Context(), cmd.OutOrStdout(), brokers, list)
		},
	}
	cmd.Flags().IntVar(&brokers, "brokers", 1, "how many brokers")
	cmd.Flags().StringArrayVar(&topics, "topic", nil,
		"create a topic, as name or name:partitions; may be given more than once")
	return cmd
}

func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return exit.Usagef("unexpected argument %q", args[0])
	}
	return nil
}

func parseTopic(s string) (topic, error) {
	name, count, ok := strings.Cut(s, ":")
	t := topic{name, defaultPartitions}
	if ok {
		n, err := strconv.ParseInt(count, 10, 32)
		if err != nil || n < 1 {
			return topic{}, exit.Usagef("--topic %s: want name:partitions, with 1 partition or more", s)
		}
		t.partitions = int(n)
	}
	if !legalName.MatchString(name) {
		return topic{}, exit.Usagef("--topic %q: want name:partitions, the name being 1 to 249 letters, digits, dots, _ and -", s)
	}
	return t, nil
}

func run(ctx context.Context, out io.Writer, brokers int, topics []topic) error {
	m, err := kafka.NewMockCluster(brokers)
	if err != nil {
		return err
	}
	defer m.Close()
	if err := m.SetGroupRebalanceDelay(groupDelay); err != nil {
		return err
	}
	for _, t := range topics {
		if err := m.CreateTopic(t.name, t.partitions, min(brokers, 3)); err != nil {
			return fmt.Errorf("topic %s with %d partitions: %w", t.name, t.partitions, err)
		}
	}
	if _, err := fmt.Fprintln(out, m.BootstrapServers()); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	<-ctx.Done()
	return context.Cause(ctx)
}
