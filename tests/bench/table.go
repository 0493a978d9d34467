package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// median returns the middle value, or the mean of the middle two. values must not be empty.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// column returns one value of all runs of a program on a path.
func (b *bench) column(path, program string, value func(result) float64) []float64 {
	var all []float64
	for _, r := range b.results {
		if r.Mode == path && r.Program == program {
			all = append(all, value(r))
		}
	}
	return all
}

func cpuPerMessage(r result) float64 { return r.CPUPerMessage }
func perSecond(r result) float64     { return r.PerSecond }
func peakRSS(r result) float64       { return float64(r.PeakRSS) }

// judge prints the table, and returns an error when our part of confluent-kafka-go's CPU time is above maxRatio on
// some path. With maxRatio 0 it only prints.
func (b *bench) judge(w io.Writer, maxRatio float64) error {
	fmt.Fprintf(w, "%d messages of %d bytes a run, medians of %d rounds on one broker\n", b.messages, b.size, b.rounds)
	fmt.Fprintf(w, "producers: %s\nGo producers also: %s\nconsumers: %s\n", strings.Join(b.settings["produce"], " "),
		strings.Join(b.settings["go-produce"], " "), strings.Join(b.settings["consume"], " "))
	for _, program := range b.programs {
		for _, r := range b.results {
			if r.Program == program {
				fmt.Fprintf(w, "%s: with %s\n", program, r.Library)
				break
			}
		}
	}
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "path\tprogram\tCPU us/message\tlowest\thighest\tof confluent's\tmessages/s\tpeak RSS MiB\t")
	var errs []error
	for _, path := range b.paths {
		theirs := b.column(path, confluent, cpuPerMessage)
		for _, program := range b.programs {
			cpu := b.column(path, program, cpuPerMessage)
			ratio := "-"
			if len(theirs) > 0 {
				r := median(cpu) / median(theirs)
				ratio = fmt.Sprintf("%.2f", r)
				if program == ours && maxRatio > 0 && r > maxRatio {
					errs = append(errs, fmt.Errorf("%s: %.3f of confluent-kafka-go's CPU time per message; at most %.3f is asked for", path, r, maxRatio))
				}
			}
			fmt.Fprintf(t, "%s\t%s\t%.3f\t%.3f\t%.3f\t%s\t%.0f\t%.0f\t\n", path, program, median(cpu), slices.Min(cpu),
				slices.Max(cpu), ratio, median(b.column(path, program, perSecond)), median(b.column(path, program, peakRSS))/(1<<20))
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if maxRatio > 0 && (!slices.Contains(b.programs, ours) || !slices.Contains(b.programs, confluent)) {
		errs = append(errs, errors.New("-max-ratio needs both "+ours+" and "+confluent+" among the -programs"))
	}
	return errors.Join(errs...)
}
