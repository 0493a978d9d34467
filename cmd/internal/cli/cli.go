// Package cli puts the commands of rdk together.
package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rdkafka-go/rdkafka/cmd/internal/consume"
	"github.com/rdkafka-go/rdkafka/cmd/internal/demo"
	"github.com/rdkafka-go/rdkafka/cmd/internal/exit"
	"github.com/rdkafka-go/rdkafka/cmd/internal/migrate"
	"github.com/rdkafka-go/rdkafka/cmd/internal/mock"
	"github.com/rdkafka-go/rdkafka/cmd/internal/produce"
)

// Main runs rdk and returns its exit status.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := interruptible()
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil && !errors.Is(err, exit.ErrInterrupted) {
		fmt.Fprintf(stderr, "%s: %s\n", cmd.CommandPath(), strings.TrimRight(err.Error(), "\n"))
		if exit.Status(err) == exit.BadUsage {
			fmt.Fprintf(stderr, "Run '%s --help' for usage.\n", cmd.CommandPath())
		}
	}
	return exit.Status(err)
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "rdk",
		Short: "A client for Apache Kafka on top of librdkafka",
		Long: "rdk produces to and consumes from Apache Kafka, runs a mock cluster, and shows\n" +
			"what the library does with a million messages.",
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return exit.Usagef("unknown command %q", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("{{.Version}}")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return exit.Usagef("%w", err) })
	root.AddCommand(demo.Command(), produce.Command(), consume.Command(), mock.Command(), migrate.Command())
	return root
}
