// Package consume is the command "rdk consume".
package consume

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/rdkafka-go/rdkafka/cmd/internal/conn"
	"github.com/rdkafka-go/rdkafka/cmd/internal/exit"
	"github.com/rdkafka-go/rdkafka/cmd/internal/progress"
	"github.com/rdkafka-go/rdkafka/kafka"
)

// options are the flags of the command.
type options struct {
	conn       conn.Flags
	topics     []string
	group      string
	partitions []int32
	offset     string
	count      int64
	exit       bool
	delimiter  string
	json       bool

	start kafka.Offset // what offset says
}

// Command returns the command.
func Command() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "consume -t TOPIC [flags]",
		Short: "Print messages",
		Long: "Prints the value of each message as a line, or the whole message as a line of\n" +
			"JSON. With a group (-g) it is a member of it, and commits the offsets of what it\n" +
			"has printed; without one it reads all partitions and commits nothing.",
		Example: "  rdk consume -b localhost:9092 -t greetings -e --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(args); err != nil {
				return err
			}
			return o.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.conn.Add(cmd)
	f := cmd.Flags()
	f.StringArrayVarP(&o.topics, "topic", "t", nil,
		"the topic (required); may be given more than once, and with a group be a pattern that starts with ^")
	f.StringVarP(&o.group, "group", "g", "", "the consumer group")
	f.Int32SliceVarP(&o.partitions, "partition", "p", nil, "only these partitions; not with a group")
	f.StringVarP(&o.offset, "offset", "o", "beginning",
		"where to start: beginning, end, an offset, or -N for the last N of each partition;\nwith a group, beginning or end where it has no offset yet")
	f.Int64VarP(&o.count, "count", "c", 0, "exit after so many messages; 0: no limit")
	f.BoolVarP(&o.exit, "exit", "e", false, "exit at the end of all partitions")
	f.StringVarP(&o.delimiter, "key", "k", "", "print key and value, parted by this")
	f.BoolVar(&o.json, "json", false, "print each message as a line of JSON")
	return cmd
}

func (o *options) check(args []string) error {
	if len(args) > 0 {
		return exit.Usagef("unexpected argument %q: topics are given by -t", args[0])
	}
	if len(o.topics) == 0 || slices.Contains(o.topics, "") {
		return exit.Usagef("no topic: give it by -t TOPIC")
	}
	for _, t := range o.topics {
		if strings.HasPrefix(t, "^") && o.group == "" {
			return exit.Usagef("-t %s: a pattern needs a group (-g)", t)
		}
	}
	for _, p := range o.partitions {
		if p < 0 {
			return exit.Usagef("-p %d: want partitions from 0 to %d", p, math.MaxInt32)
		}
	}
	if o.count < 0 {
		return exit.Usagef("-c %d: want 1 or more", o.count)
	}
	if o.json && o.delimiter != "" {
		return exit.Usagef("-k does not go with --json, which prints the key anyway")
	}
	if err := o.parseOffset(); err != nil {
		return err
	}
	if o.group != "" && len(o.partitions) > 0 {
		return exit.Usagef("-p does not go with -g: the group assigns the partitions")
	}
	return nil
}

func (o *options) parseOffset() error {
	switch o.offset {
	case "beginning", "earliest":
		o.start = kafka.OffsetBeginning
		return nil
	case "end", "latest":
		o.start = kafka.OffsetEnd
		return nil
	}
	n, err := strconv.ParseInt(o.offset, 10, 64)
	switch {
	case err != nil:
		return exit.Usagef("-o %s: want beginning, end, an offset, or -N for the last N", o.offset)
	case o.group != "":
		return exit.Usagef("-o %s: with a group it is beginning or end; the group's committed offsets go first", o.offset)
	case n < 0:
		o.start = kafka.OffsetTail(kafka.Offset(-n))
	default:
		o.start = kafka.Offset(n)
	}
	return nil
}

// loneGroup is the group.id of a consumer without a group, which librdkafka
// wants all the same. Nothing is ever committed for it.
const loneGroup = "rdk-consume"

func (o *options) config() kafka.ConfigMap {
	conf := kafka.ConfigMap{
		"group.id": o.group, "enable.partition.eof": o.exit,
		// Offsets are stored here, when the messages were written.
		"enable.auto.offset.store": false,
	}
	switch {
	case o.group == "":
		conf["group.id"] = loneGroup
		conf["enable.auto.commit"] = false
		conf["auto.offset.reset"] = "error" // of an offset that the partition does not have
	case o.start == kafka.OffsetEnd:
		conf["auto.offset.reset"] = "latest"
	default:
		conf["auto.offset.reset"] = "earliest"
	}
	return conf
}

const (
	closeTimeout = 10 * time.Second // for leaving the group and committing
	askTimeout   = time.Second      // for a consumer that still waits for an answer
)

func (o *options) run(ctx context.Context, stdout, stderr io.Writer) error {
	conf, err := o.conn.Config(o.config(), "")
	if err != nil {
		return err
	}
	c, err := kafka.NewConsumer(conf)
	if err != nil {
		return conn.ConfigError(err)
	}
	notices := conn.NewNotices(stderr)
	notices.Watch(c.Errors(), c.Logs(), o.conn.Lines(conn.ConfigLines))

	bar := &progress.Bar{}
	if !progress.IsTerminal(stdout) {
		bar = progress.New(stderr, "consumed", o.count)
	}
	r := &reader{
		o: o, c: c, notices: notices, out: newOutput(stdout, o), bar: bar, ends: map[place]bool{},
	}
	err = r.run(ctx)
	bar.Stop()
	timeout := closeTimeout
	if !r.begun {
		timeout = askTimeout
	}
	closed, closeErr := conn.Close(c, timeout)
	if closed {
		notices.Wait()
	}
	switch {
	case errors.Is(err, syscall.EPIPE):
		return nil // who reads the output has had enough
	case err != nil:
		return err
	case !closed:
		return errors.New("the broker did not answer in time: the last offsets may not be committed")
	default:
		return closeErr
	}
}
