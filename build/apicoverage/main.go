// Command apicoverage says which of librdkafka's functions the package rdkafka
// wraps: "make api-coverage", or with the names of those that it does not:
//
//	go run ./build/apicoverage -missing
//
// Those stand with the reason in docs/not-wrapped.md, as items that begin with
// their names.
//
// A function counts as wrapped if a doc comment below rdkafka lists its prototype
// under "Implements:" and the package's code calls it. A prototype that differs
// from the header's, names no function of the headers or is called nowhere is an
// error, and so is a call of a function that no comment lists: the count can be
// believed. It is an error, too, when a function is neither wrapped nor listed with
// a reason, or both.
//
// The exit status is 0 if there is no such error, 1 if there is, 2 for a wrong
// command line.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// headers are the public headers, all of whose functions are counted.
var headers = []string{"rdkafka.h", "rdkafka_mock.h"}

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, out, errs io.Writer) int {
	fl := flag.NewFlagSet("apicoverage", flag.ContinueOnError)
	fl.SetOutput(errs)
	src := fl.String("src", "librdkafka/src", "the `DIR` of librdkafka's headers")
	pkg := fl.String("package", "rdkafka", "the `DIR` of the package that wraps them")
	reasons := fl.String("reasons", "docs/not-wrapped.md", "the `FILE` that says why others are not wrapped")
	missing := fl.Bool("missing", false, "print the functions that are not wrapped")
	if err := fl.Parse(args); err != nil || fl.NArg() > 0 {
		return 2
	}
	wrapped, err := readPackage(*pkg)
	if err != nil {
		fmt.Fprintln(errs, "apicoverage:", err)
		return 1
	}
	leftOut, err := readReasons(*reasons)
	if err != nil {
		fmt.Fprintln(errs, "apicoverage:", err)
		return 1
	}
	known := map[string]bool{}
	total, done := 0, 0
	for _, h := range headers {
		content, err := os.ReadFile(filepath.Join(*src, h))
		if err != nil {
			fmt.Fprintf(errs, "apicoverage: %v; make librdkafka lays it in\n", err)
			return 1
		}
		declared := prototypes(string(content))
		have := 0
		for _, name := range sorted(declared) {
			known[name] = true
			is := wrapped.check(name, declared[name])
			switch {
			case is && leftOut[name]:
				wrapped.problem("%s lists %s, which is wrapped", *reasons, name)
			case !is && !leftOut[name]:
				wrapped.problem("%s is neither wrapped nor listed in %s", name, *reasons)
			}
			if is {
				have++
			} else if *missing {
				fmt.Fprintln(out, name)
			}
		}
		fmt.Fprintf(out, "%-15s %3d of %3d functions wrapped\n", h, have, len(declared))
		total, done = total+len(declared), done+have
	}
	fmt.Fprintf(out, "%-15s %3d of %3d; why not the others: %s\n", "together", done, total, *reasons)
	for name := range leftOut {
		if !known[name] {
			wrapped.problem("%s lists %s, which the headers do not declare", *reasons, name)
		}
	}
	for _, name := range sorted(wrapped.listed) {
		if !known[name] {
			wrapped.problem("%s lists %s, which the headers do not declare", wrapped.where[name], name)
		}
	}
	sort.Strings(wrapped.problems)
	for _, p := range wrapped.problems {
		fmt.Fprintln(errs, "apicoverage:", p)
	}
	if len(wrapped.problems) > 0 {
		return 1
	}
	return 0
}

var (
	reasonItem = regexp.MustCompile(`(?m)^- ((?:` + "`rd_kafka_\\w+`" + `[,:](?: |\n +))+)\S`)
	quotedName = regexp.MustCompile("`(\\w+)`")
)

// readReasons returns the names at the beginnings of a document's list items.
func readReasons(file string) (map[string]bool, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, item := range reasonItem.FindAllStringSubmatch(string(content), -1) {
		for _, name := range quotedName.FindAllStringSubmatch(item[1], -1) {
			names[name[1]] = true
		}
	}
	return names, nil
}

// A wrapping is what the package says and does.
type wrapping struct {
	listed   map[string]string // prototypes below "Implements:", by name
	where    map[string]string // the file of each
	called   map[string]string // a file that calls it, by name
	problems []string
}

func (w *wrapping) problem(format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf(format, args...))
}

// check reports whether the function is wrapped, and notes what does not fit.
func (w *wrapping) check(name, prototype string) bool {
	got, listed := w.listed[name]
	caller, called := w.called[name]
	switch {
	case listed && got != prototype:
		w.problem("%s lists\n\t%s\n  but the header declares\n\t%s", w.where[name], got, prototype)
	case listed && !called:
		w.problem("%s lists %s, but nothing calls it", w.where[name], name)
	case called && !listed:
		w.problem("%s calls %s, which no comment lists under Implements:", caller, name)
	}
	return listed && called
}

var (
	goCall       = regexp.MustCompile(`\bC\.(rd_kafka_\w+)`)
	cCall        = regexp.MustCompile(`\b(rd_kafka_\w+)\s*\(`)
	implements   = regexp.MustCompile(`(?m)^// Implements:\n//\n((?://\t.*\n)+)`)
	functionName = regexp.MustCompile(`\b(rd_kafka_\w+) ?\(`)
)

// readPackage reads the package's Go and C files, but for its tests.
func readPackage(dir string) (*wrapping, error) {
	w := &wrapping{listed: map[string]string{}, where: map[string]string{}, called: map[string]string{}}
	files, err := filepath.Glob(filepath.Join(dir, "*.[cgh]*"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("%s holds no package", dir)
	}
	for _, name := range files {
		ext := filepath.Ext(name)
		if strings.HasSuffix(name, "_test.go") || (ext != ".go" && ext != ".c" && ext != ".h") {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		content, call := string(b), cCall
		if ext == ".go" {
			call = goCall
			for _, block := range implements.FindAllStringSubmatch(content, -1) {
				for _, line := range strings.Split(strings.TrimSpace(block[1]), "\n") {
					w.list(name, strings.TrimPrefix(line, "//\t"))
				}
			}
			content = goComment.ReplaceAllString(content, "")
		}
		for _, m := range call.FindAllStringSubmatch(cComment.ReplaceAllString(content, ""), -1) {
			w.called[m[1]] = name
		}
	}
	return w, nil
}

func (w *wrapping) list(file, line string) {
	p := normal(line)
	m := functionName.FindStringSubmatch(p)
	if m == nil {
		w.problem("%s: under Implements: stands no prototype: %s", file, line)
		return
	}
	w.listed[m[1]], w.where[m[1]] = p, file
}

var (
	cComment  = regexp.MustCompile(`(?s)/\*.*?\*/`)
	goComment = regexp.MustCompile(`(?m)^\s*//.*$`)
	directive = regexp.MustCompile(`(?m)^[ \t]*#(?:.*\\\n)*.*$`)
	exported  = regexp.MustCompile(`(?s)\bRD_EXPORT\b(.*?);`)
	attribute = regexp.MustCompile(`\bRD_(?:DEPRECATED|UNUSED|SENTINEL|FORMAT\s*\([^)]*\))`)
	space     = regexp.MustCompile(`\s+`)
	tight     = regexp.MustCompile(` ?([(),*]) ?`)
)

// prototypes returns the functions that a header exports, by name.
func prototypes(header string) map[string]string {
	code := directive.ReplaceAllString(cComment.ReplaceAllString(header, ""), "")
	all := map[string]string{}
	for _, m := range exported.FindAllStringSubmatch(code, -1) {
		p := normal(attribute.ReplaceAllString(m[1], ""))
		if n := functionName.FindStringSubmatch(p); n != nil {
			all[n[1]] = p
		}
	}
	return all
}

// normal makes prototypes comparable: one space where C needs one, none elsewhere.
func normal(prototype string) string {
	p := strings.TrimSpace(space.ReplaceAllString(prototype, " "))
	return strings.TrimSuffix(tight.ReplaceAllString(p, "$1"), ";")
}

func sorted(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
