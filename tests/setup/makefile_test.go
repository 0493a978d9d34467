package setup

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// What make hands on from its command line and from the environment.
func TestMakefile_variables(t *testing.T) {
	t.Parallel()
	// "make test" hands its own variables and its level to what it runs.
	root := shell{dir: repository(t)}.with("BROKERS=", "MAKEFLAGS=", "MAKELEVEL=", "ARGS=", "FILES=", "ARCHIVE=")
	for _, c := range []struct {
		s    shell
		args []string
		want string
	}{
		{root, []string{"demo"}, `bin/rdk demo`},
		{root, []string{"demo", "FILES=a b", "BROKERS=h:1,i:2", "ARGS=-n 10"}, `bin/rdk demo --brokers "h:1,i:2" -n 10 a b`},
		{root.with("BROKERS=h:1"), []string{"demo"}, `bin/rdk demo --brokers "h:1"`},
		{root, []string{"librdkafka", "ARCHIVE=/tmp/my archive.tar.gz"}, `go run ./librdkafka/fetch -archive "/tmp/my archive.tar.gz"`},
		{root, []string{"librdkafka"}, `go run ./librdkafka/fetch`},
	} {
		out := c.s.run(t, "make", append([]string{"-n"}, c.args...)...)
		require.Regexp(t, `(?m)^`+regexp.QuoteMeta(c.want)+` *$`, out)
		require.Regexp(t, `^build/setup\.sh build\n`, out, "each target sees to the machine first")
	}
}

// The scripts that make calls are there, and start with what any machine has.
func TestMakefile_scripts(t *testing.T) {
	t.Parallel()
	root := repository(t)
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	require.NoError(t, err)
	called := regexp.MustCompile(`build/[a-z-]+\.sh`).FindAllString(string(makefile), -1)
	require.Len(t, called, 7)
	scripts, err := filepath.Glob(filepath.Join(root, "build", "*.sh"))
	require.NoError(t, err)
	for _, s := range scripts {
		rel, err := filepath.Rel(root, s)
		require.NoError(t, err)
		require.Contains(t, called, rel, "a script that no target calls")
	}
	for _, rel := range called {
		content, err := os.ReadFile(filepath.Join(root, rel))
		require.NoError(t, err)
		require.Regexp(t, `(?s)^#!/usr/bin/env bash\n.*\nset -euo pipefail\n`, string(content))
		info, err := os.Stat(filepath.Join(root, rel))
		require.NoError(t, err)
		require.NotZero(t, info.Mode()&0o100, "%s is not executable", rel)
	}
}
