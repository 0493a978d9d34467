// Package compat tests the module that stands in for confluent-kafka-go: that a
// program written for that builds with it as it is, does the same, and reads what to
// do where a package is not there.
package compat

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	original = "github.com/confluentinc/confluent-kafka-go/v2"
	version  = "v2.15.1"
	ours     = "github.com/rdkafka-go/rdkafka"
)

// limit bounds any one command: a cold build on a busy machine takes minutes.
const limit = 8 * time.Minute

// A module is the folder of a Go module, and the environment of the commands that
// run in it.
type module struct {
	dir string
	env []string
}

// try runs a command in the module and returns its exit status and what it printed
// on both outputs.
func (m module) try(t *testing.T, name string, args ...string) (status int, out string) {
	t.Helper()
	var both strings.Builder
	cmd := m.command(t, name, args...)
	cmd.Stdout, cmd.Stderr = &both, &both
	err := cmd.Run()
	if _, exited := err.(*exec.ExitError); !exited { //nolint:errorlint // Run returns it bare
		require.NoError(t, err)
	}
	return cmd.ProcessState.ExitCode(), both.String()
}

// run runs a command that must succeed and returns its standard output.
func (m module) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	var errs strings.Builder
	cmd := m.command(t, name, args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	require.NoError(t, err, "%s %v: %s%s", name, args, out, &errs)
	return string(out)
}

func (m module) command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), append([]string{"GOWORK=off", "GOFLAGS=-mod=mod"}, m.env...)...)
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// write puts a file into the module.
func (m module) write(t *testing.T, name, content string) {
	t.Helper()
	p := filepath.Join(m.dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
	require.NoError(t, os.WriteFile(p, []byte(content), 0o644))
}

// copyFile puts a copy of a file into the module.
func (m module) copyFile(t *testing.T, from, name string) {
	t.Helper()
	content, err := os.ReadFile(from)
	require.NoError(t, err)
	m.write(t, name, string(content))
}

// repository returns the folder of the repository under test.
func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	return root
}

// program copies the program that was written for confluent-kafka-go.
func program(t *testing.T) module {
	t.Helper()
	m := module{dir: t.TempDir()}
	require.NoError(t, os.CopyFS(m.dir, os.DirFS("testdata/app")))
	return m
}

// offline lets the go command use what is in the module cache and nothing else.
func (m module) offline() module {
	return module{m.dir, append([]string{"GOPROXY=off"}, m.env...)}
}

// replaced adds to the program's go.mod what docs/migrating.md says, and no more. Its
// go.sum has what the library needs, so that nothing is asked of the network.
func replaced(t *testing.T, m module) {
	t.Helper()
	root := repository(t)
	m.run(t, "go", "mod", "edit", "-replace", original+"="+filepath.Join(root, "compat"), "-replace", ours+"="+root)
	m.copyFile(t, filepath.Join(root, "go.sum"), "go.sum")
}

// golden is what the program prints, whichever package it was built with.
func golden(t *testing.T) string {
	t.Helper()
	want, err := os.ReadFile("testdata/orders.golden")
	require.NoError(t, err)
	return string(want)
}

// The program as it is, with two lines in its go.mod and without network.
func TestProgram(t *testing.T) {
	t.Parallel()
	m := program(t).offline()
	replaced(t, m)
	m.run(t, "go", "vet", ".")
	m.run(t, "go", "build", "-o", "orders", ".")
	require.Equal(t, golden(t), m.run(t, "./orders"))
	require.Contains(t, m.run(t, "go", "version", "-m", "orders"), original+"\t"+version+"\n\t=>\t"+filepath.Join(repository(t), "compat"))

	m.run(t, "go", "mod", "vendor")
	vendored := module{m.dir, []string{"GOFLAGS=-mod=vendor", "GOPROXY=off", quick(t)}}
	vendored.run(t, "go", "build", "-o", "vendored", ".")
	require.Equal(t, golden(t), vendored.run(t, "./vendored"))
}

// quick returns the setting of CC to a compiler that does not optimise: the C of a
// vendored module is compiled anew in each folder, which this way takes about half as long.
func quick(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "cc")
	require.NoError(t, os.WriteFile(name, []byte("#!/bin/sh\nexec gcc \"$@\" -O0\n"), 0o755))
	return "CC=" + name
}

// The same program on confluent-kafka-go itself prints the same: what it expects is
// not this project's opinion.
func TestProgram_original(t *testing.T) {
	t.Parallel()
	m := program(t)
	m.copyFile(t, filepath.Join(download(t), "go.sum"), "go.sum")
	m.run(t, "go", "build", "-o", "orders", ".")
	require.Equal(t, golden(t), m.run(t, "./orders"))
}

// download returns the folder of confluent-kafka-go in the module cache.
func download(t *testing.T) string {
	t.Helper()
	m := module{dir: t.TempDir()}
	m.write(t, "go.mod", "module example.com/m\n\ngo 1.25.0\n")
	var got struct{ Dir string }
	require.NoError(t, json.Unmarshal([]byte(m.run(t, "go", "mod", "download", "-json", original+"@"+version)), &got))
	require.DirExists(t, got.Dir)
	return got.Dir
}

// packages returns those that a program can import from a module, by their paths
// below it.
func packages(t *testing.T, dir string) []string {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(p) != ".go" || strings.HasSuffix(p, "_test.go") {
			return err
		}
		content, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, filepath.Dir(p))
		internal := strings.Contains("/"+filepath.ToSlash(rel)+"/", "/internal/")
		if !internal && !strings.Contains("\n"+string(content), "\npackage main\n") {
			found[filepath.ToSlash(rel)] = true
		}
		return err
	})
	require.NoError(t, err)
	list := make([]string, 0, len(found))
	for p := range found {
		list = append(list, p)
	}
	return list
}

// Of each package of confluent-kafka-go ours has one that compiles, or one whose
// only error says what to do.
func TestPackages(t *testing.T) {
	t.Parallel()
	here := packages(t, filepath.Join(repository(t), "compat"))
	// These hold prebuilt archives and helpers of its own tests, which no program
	// imports.
	notForPrograms := []string{"kafka/librdkafka_vendor", "schemaregistry/test"}
	require.ElementsMatch(t, packages(t, download(t)), append(notForPrograms, here...))

	for _, p := range here {
		if p == "kafka" {
			continue
		}
		t.Run(p, func(t *testing.T) {
			t.Parallel()
			m := module{dir: t.TempDir()}.offline()
			m.write(t, "go.mod", "module example.com/m\n\ngo 1.25.0\n\nrequire "+original+" "+version+"\n")
			m.write(t, "main.go", "package main\n\nimport x \""+original+"/"+p+"\"\n\nfunc main() { x.New() }\n")
			replaced(t, m)
			status, out := m.try(t, "go", "build", ".")
			require.NotZero(t, status)
			assert.Equal(t, 2, strings.Count(out, "\n"), out)
			assert.Contains(t, out, "rdkafka does not have confluent-kafka-go's package "+p+
				": https://github.com/rdkafka-go/rdkafka/blob/main/docs/migrating.md#schema-registry says how to keep it")
		})
	}
}

// What docs/migrating.md says for the Schema Registry: confluent-kafka-go's own
// module, with our package kafka laid over its own.
func TestSchemaRegistry(t *testing.T) {
	t.Parallel()
	root := repository(t)
	m := module{dir: t.TempDir()}
	require.NoError(t, os.CopyFS(m.dir, os.DirFS(download(t))))
	require.NoError(t, os.RemoveAll(filepath.Join(m.dir, "kafka")))
	require.NoError(t, os.CopyFS(filepath.Join(m.dir, "kafka"), os.DirFS(filepath.Join(root, "compat", "kafka"))))
	m.run(t, "go", "mod", "edit", "-require", ours+"@v0.0.0", "-replace", ours+"="+root)
	m.copyFile(t, "testdata/registry.go.txt", "registry/main.go")
	m.run(t, "go", "build", "-o", "app", "./registry")
	require.Regexp(t, `^13 bytes\n0 static, compiled from librdkafka's source\nlibrdkafka 2\.\d+\.\d+\n$`, m.run(t, "./app"))
}
