// Package migrate is the command "rdk migrate".
package migrate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rdkafka-go/rdkafka/cmd/internal/exit"
	"github.com/rdkafka-go/rdkafka/cmd/internal/progress"
)

// options are the flags.
type options struct {
	yes     bool
	dryRun  bool
	replace string
}

// Command returns the command.
func Command() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "migrate DIR",
		Short: "Move a program from confluent-kafka-go to this library",
		Long: "Changes the import paths of confluent-kafka-go's package kafka in the modules in\n" +
			"and below DIR, and what their go.mod files require. It prints the changes as a\n" +
			"unified diff, warns of what differs, and asks before it writes. Either all files\n" +
			"are written or none. Folders that Go leaves out (vendor, testdata, and those that\n" +
			"start with . or _) are left alone.",
		Example: "  rdk migrate --replace ../rdkafka .\n" +
			"  rdk migrate --dry-run . > migrate.diff     # for patch -p1",
		Args: func(_ *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				return exit.Usagef("no folder: give it as rdk migrate DIR")
			case 1:
				return nil
			}
			return exit.Usagef("unexpected argument %q: one folder at a time", args[1])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.yes && o.dryRun {
				return exit.Usagef("--yes does not go with --dry-run, which writes nothing")
			}
			c := console{in: cmd.InOrStdin(), out: cmd.OutOrStdout(), errs: cmd.ErrOrStderr()}
			c.terminal = progress.IsTerminal(c.in)
			return run(cmd.Context(), c, args[0], o)
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&o.yes, "yes", "y", false, "write without asking")
	f.BoolVarP(&o.dryRun, "dry-run", "n", false, "write nothing, only show the changes")
	f.StringVar(&o.replace, "replace", "", "make go.mod take the library from this `clone`, in which make librdkafka was run")
	return cmd
}

// console is where the command reads and writes.
type console struct {
	in        io.Reader
	out, errs io.Writer
	terminal  bool // there is somebody to ask
}

func run(ctx context.Context, c console, dir string, o options) error {
	p, err := newPlan(dir, o.replace)
	if err != nil {
		return err
	}
	for _, ch := range p.changes {
		diff, err := ch.diff(dir)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(c.out, diff); err != nil {
			return fmt.Errorf("standard output: %w", err)
		}
	}
	for _, n := range p.notes {
		fmt.Fprintln(c.errs, n)
	}
	if len(p.changes) == 0 {
		fmt.Fprintf(c.errs, "nothing to do: no Go file in %s imports confluent-kafka-go's package kafka\n", dir)
		return nil
	}
	switch {
	case o.dryRun:
		fmt.Fprintf(c.errs, "%s would change\n", files(len(p.changes)))
		return nil
	case !o.yes && !c.terminal:
		fmt.Fprintf(c.errs, "%s would change; nothing was written, as the standard input is no terminal to ask at: give --yes to write\n", files(len(p.changes)))
		return nil
	case !o.yes:
		if ok, err := c.ask(ctx, "write "+files(len(p.changes))+"? [y/N] "); err != nil {
			return err
		} else if !ok {
			fmt.Fprintln(c.errs, "nothing was written")
			return nil
		}
	}
	if err := osWriter.write(p.changes); err != nil {
		return err
	}
	fmt.Fprintf(c.errs, "%s written; now run in %s: go mod tidy\n", files(len(p.changes)), strings.Join(p.touched, " and "))
	return nil
}

func files(n int) string {
	if n == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", n)
}

// ask puts a question and returns whether the answer was yes. No answer is no.
func (c console) ask(ctx context.Context, question string) (bool, error) {
	fmt.Fprint(c.errs, question)
	type answer struct {
		line string
		err  error
	}
	// Reading a terminal cannot be cut short: after Ctrl-C the goroutine ends with
	// the process, which has nothing else to do.
	given := make(chan answer, 1)
	go func() {
		line, err := bufio.NewReader(c.in).ReadString('\n')
		given <- answer{line, err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(c.errs)
		return false, context.Cause(ctx)
	case a := <-given:
		if a.err != nil && !errors.Is(a.err, io.EOF) {
			return false, fmt.Errorf("standard input: %w", a.err)
		}
		word := strings.ToLower(strings.TrimSpace(a.line))
		return word == "y" || word == "yes", nil
	}
}
