// Command gen writes package kafka's file of error codes. Run it with
// "go generate ./kafka" after a change of the librdkafka version.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/rdkafka-go/rdkafka/kafka/internal/errcodes"
)

func main() {
	out := flag.String("o", "", "file to write (required)")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "errcodes:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	if out == "" {
		return fmt.Errorf("no file to write: give one with -o, as in -o zz_errorcodes.go")
	}
	src, err := errcodes.Source()
	if err != nil {
		return err
	}
	return os.WriteFile(out, src, 0o644)
}
