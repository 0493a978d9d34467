// Package demo is the command "rdk demo".
package demo

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"io"
	"math/rand/v2"
	"time"

	"github.com/spf13/cobra"

	"github.com/rdkafka-go/rdkafka/cmd/internal/conn"
	"github.com/rdkafka-go/rdkafka/cmd/internal/exit"
)

// options are the flags of the command.
type options struct {
	conn       conn.Flags
	topic      string
	messages   int64
	partitions int
	members    int
	json       bool

	partitionsGiven bool
}

const (
	maxMessages   = 1000000000
	maxPartitions = 10000
)

// Command returns the command.
func Command() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "demo [flags] [FILE...]",
		Short: "Send a million messages through a cluster and check each one",
		Long: "Produces the lines of the files, round and round, with keys and headers, reads\n" +
			"them at the same time in a consumer group, and checks each message: whether it\n" +
			"came, once, in the order of its partition, with the content that was sent. The\n" +
			"exit status is 1 when one did not.\n\n" +
			"Without files the lines are those of this project, when it is run in a clone.\n" +
			"Without brokers it runs on a mock cluster of 3 brokers in its own process.",
		Example: "  rdk demo --messages 100000 /usr/share/common-licenses/GPL-3",
		RunE: func(cmd *cobra.Command, files []string) error {
			o.partitionsGiven = cmd.Flags().Changed("partitions")
			if err := o.check(); err != nil {
				return err
			}
			return o.run(cmd.Context(), files, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.conn.Add(cmd)
	f := cmd.Flags()
	f.StringVarP(&o.topic, "topic", "t", "rdk-demo", "the topic; it is created if it does not exist")
	f.Int64VarP(&o.messages, "messages", "n", 1000000, "how many messages")
	f.IntVar(&o.partitions, "partitions", 12, "how many partitions the topic gets when it is created")
	f.IntVar(&o.members, "members", 2, "how many consumers in the group")
	f.BoolVar(&o.json, "json", false, "print the result as JSON")
	return cmd
}

func (o *options) check() error {
	switch {
	case o.messages < 1 || o.messages > maxMessages:
		return exit.Usagef("--messages %d: want 1 to %d", o.messages, maxMessages)
	case o.partitions < 1 || o.partitions > maxPartitions:
		return exit.Usagef("--partitions %d: want 1 to %d", o.partitions, maxPartitions)
	case o.members < 1:
		return exit.Usagef("--members %d: want 1 or more", o.members)
	case o.topic == "":
		return exit.Usagef("--topic is empty: give a name")
	}
	return nil
}

func (o *options) run(ctx context.Context, files []string, stdout, stderr io.Writer) error {
	if len(files) == 0 {
		var err error
		if files, err = ownText(); err != nil {
			return err
		}
	}
	input, err := readLines(files, int(o.messages))
	if err != nil {
		return err
	}
	s := &scene{
		o: o, notices: conn.NewNotices(stderr),
		run: &run{
			id: rand.Uint64(), seed: maphash.MakeSeed(), begun: time.Now(), topic: o.topic, lines: input, total: o.messages,
		},
	}
	r, err := s.play(ctx, stderr)
	if r == nil {
		return err
	}
	if printErr := r.print(stdout, o.json); printErr != nil {
		return fmt.Errorf("standard output: %w", printErr)
	}
	return cmp.Or(err, r.err())
}
