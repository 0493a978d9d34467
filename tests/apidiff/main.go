// Apidiff says whether package kafka has all that confluent-kafka-go/v2/kafka v2.15.1 exports: every name, with its
// type, its value, its fields in their order, its methods, the interfaces that it implements. It fails when something
// is missing or has another shape. What package kafka has beside is no matter.
package main

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"strings"
)

//go:embed testdata/confluent-kafka.api
var wanted string

// different are the lines that cannot be the same.
var different = map[string]string{
	"const LibrdkafkaLinkInfo": "it says how librdkafka was linked",
}

func main() {
	pkg, err := load(".", "github.com/rdkafka-go/rdkafka/kafka")
	if err != nil {
		fmt.Fprintln(os.Stderr, "apidiff:", err)
		os.Exit(2)
	}
	if !compare(os.Stdout, strings.Split(strings.TrimSpace(wanted), "\n"), dump(pkg)) {
		os.Exit(1)
	}
}

// compare writes what of want is missing in have, and the counts; it returns whether nothing is.
func compare(out io.Writer, want, have []string) bool {
	has, shape := map[string]bool{}, map[string]string{}
	for _, line := range have {
		has[line] = true
		shape[subject(line)] = line
	}
	same, missing, excused := 0, 0, 0
	for _, line := range want {
		reason, differs := different[subject(line)]
		other, changed := shape[subject(line)]
		switch {
		case has[line]:
			same++
		case differs && changed:
			excused++
			fmt.Fprintf(out, "differs  %s\n      as %s\n      by nature: %s\n", line, other, reason)
		case changed:
			missing++
			fmt.Fprintf(out, "changed  %s\n      is %s\n", line, other)
		default:
			missing++
			fmt.Fprintf(out, "missing  %s\n", line)
		}
	}
	fmt.Fprintf(out, "confluent-kafka-go's API: %d lines, %d identical, %d different by nature, %d missing\n",
		len(want), same, excused, missing)
	return missing == 0
}

// subject is what a line is about: its kind and name, without its shape.
func subject(line string) string {
	kind, rest, _ := strings.Cut(line, " ")
	switch kind {
	case "implements":
		return line
	case "method":
		receiver, rest, _ := strings.Cut(rest, " ")
		name, _, _ := strings.Cut(rest, "(")
		return kind + " " + receiver + "." + name
	}
	end := strings.IndexAny(rest, " (")
	if end < 0 {
		return line
	}
	return kind + " " + rest[:end]
}
