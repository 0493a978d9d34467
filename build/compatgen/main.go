// Command compatgen writes the module compat, which gives package kafka the
// import path of confluent-kafka-go: "make compat", or with -check to say whether
// what is there is what it would write.
//
// Each exported type becomes an alias, each constant a constant and each function
// a function that calls the real one, so that a program cannot tell the two
// packages apart. Packages of confluent-kafka-go that this project does not have
// become packages that do not compile and say why.
//
// It reads the syntax alone: neither librdkafka's source nor a C compiler need be
// there. The exit status is 0, 1 if something is wrong, or 2 for a wrong command
// line.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, out, errs io.Writer) int {
	fl := flag.NewFlagSet("compatgen", flag.ContinueOnError)
	fl.SetOutput(errs)
	pkg := fl.String("package", "kafka", "the `DIR` of the package to give another path")
	module := fl.String("module", "compat", "the `DIR` of the module to write")
	check := fl.Bool("check", false, "write nothing, say what is not current")
	if err := fl.Parse(args); err != nil || fl.NArg() > 0 {
		return 2
	}
	files, err := generate(*pkg)
	if err == nil && *check {
		err = compare(*module, files)
	} else if err == nil {
		err = write(*module, files)
	}
	if err != nil {
		fmt.Fprintln(errs, "compatgen:", err)
		return 1
	}
	verb := "wrote"
	if *check {
		verb = "current:"
	}
	fmt.Fprintf(out, "compatgen: %s %d files of %s\n", verb, len(files), *module)
	return 0
}

// generate returns the files of the module by their names below its folder.
func generate(pkg string) (map[string][]byte, error) {
	api, err := read(pkg)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for name, source := range map[string]func() ([]byte, error){
		"kafka/zz_consts.go": api.constants,
		"kafka/zz_types.go":  api.typeAliases,
		"kafka/zz_funcs.go":  api.functions,
	} {
		if files[name], err = source(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, p := range absent {
		if files[p+"/zz_absent.go"], err = absentPackage(p); err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
	}
	return files, nil
}

// stale returns the generated files of the module that are there and no longer
// wanted.
func stale(module string, files map[string][]byte) ([]string, error) {
	var found []string
	err := filepath.WalkDir(module, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), "zz_") {
			return err
		}
		rel, err := filepath.Rel(module, path)
		if err == nil && files[filepath.ToSlash(rel)] == nil {
			found = append(found, filepath.ToSlash(rel))
		}
		return err
	})
	return found, err
}

func write(module string, files map[string][]byte) error {
	old, err := stale(module, files)
	if err != nil {
		return err
	}
	for _, name := range old {
		if err := os.Remove(filepath.Join(module, name)); err != nil {
			return err
		}
	}
	for name, content := range files {
		path := filepath.Join(module, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// compare returns an error that names each file that is not what would be
// written.
func compare(module string, files map[string][]byte) error {
	differ, err := stale(module, files)
	if err != nil {
		return err
	}
	for name, content := range files {
		got, err := os.ReadFile(filepath.Join(module, filepath.FromSlash(name)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err != nil || !bytes.Equal(got, content) {
			differ = append(differ, name)
		}
	}
	if len(differ) == 0 {
		return nil
	}
	slices.Sort(differ)
	return fmt.Errorf("not current in %s: %s: run make compat", module, strings.Join(differ, ", "))
}
