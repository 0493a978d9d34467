package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// folder makes a folder of files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	}
	return dir
}

func compatgen(args ...string) (status int, out, errs string) {
	var o, e bytes.Buffer
	status = run(args, &o, &e)
	return status, o.String(), e.String()
}

const sample = `package kafka

import (
	"io"
	clock "time"
)

// Level is how loud
// it is. More on that.
type Level int

// The levels.
const (
	// Low is low.
	Low  Level = 1
	High Level = 2 // High is high.
	mute Level = 0
)

const Name, other = "n", "o"

type (
	hidden struct{}
	Pair   struct{ A, B int }
)

// Open opens. It may fail.
func Open(name string, _ Level, at clock.Time, more ...*Pair) (w io.Writer, err error) { return nil, nil }

func Reset(int, map[string]Level) {}

func (p Pair) Sum() int { return p.A + p.B }

func closeAll() {}
`

func TestRun(t *testing.T) {
	t.Parallel()
	pkg, module := folder(t, map[string]string{"a.go": sample, "a_test.go": "package kafka; var Exported int"}), t.TempDir()
	gone := filepath.Join(module, "old", "zz_gone.go")
	require.NoError(t, os.Mkdir(filepath.Dir(gone), 0o755))
	require.NoError(t, os.WriteFile(gone, nil, 0o644))

	status, out, errs := compatgen("-package", pkg, "-module", module)
	require.Empty(t, errs)
	require.Zero(t, status)
	require.Equal(t, "compatgen: wrote 23 files of "+module+"\n", out)
	require.NoFileExists(t, gone)

	for name, want := range map[string]string{
		"kafka/zz_consts.go": `
import (
	impl "github.com/rdkafka-go/rdkafka/kafka"
)

// The levels.
const (
	Low  = impl.Low  // Low is low.
	High = impl.High // High is high.
)

const (
	Name = impl.Name
)
`,
		"kafka/zz_types.go": `
import (
	impl "github.com/rdkafka-go/rdkafka/kafka"
)

// Level is how loud it is.
type Level = impl.Level

type Pair = impl.Pair
`,
		"kafka/zz_funcs.go": `
import (
	"io"
	clock "time"

	impl "github.com/rdkafka-go/rdkafka/kafka"
)

// Open opens.
func Open(name string, p1 Level, at clock.Time, more ...*Pair) (w io.Writer, err error) {
	return impl.Open(name, p1, at, more...)
}

func Reset(p0 int, p1 map[string]Level) {
	impl.Reset(p0, p1)
}
`,
	} {
		content, err := os.ReadFile(filepath.Join(module, name))
		require.NoError(t, err)
		require.Equal(t, header+"\n\npackage kafka\n"+want, string(content))
	}
}

// What cannot be given another path by an alias is refused, with its place.
func TestRun_refused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, source, want string }{
		"variable":        {"a.go", "package kafka\n\nvar ErrX = 1\n", "a.go:3:5: variable ErrX: a copy of it would not see"},
		"generic type":    {"a.go", "package kafka\n\ntype Set[T any] map[T]bool\n", "a.go:3:6: type Set has type parameters"},
		"generic func":    {"a.go", "package kafka\n\nfunc Map[T any](t T) {}\n", "a.go:3:1: func Map has type parameters"},
		"name of ours":    {"a.go", "package kafka\n\ntype T int\n\nfunc New(impl int) {}\n", "a.go:5:10: func New has a parameter named impl"},
		"build tag":       {"a.go", "//go:build dynamic\n\npackage kafka\n\nconst Info = 1\n", "a.go: it exports a name under a build constraint"},
		"platform":        {"a_linux.go", "package kafka\n\nconst Info = 1\n", "a_linux.go: it exports a name under a build constraint"},
		"does not parse":  {"a.go", "package kafka\n\nfunc {\n", "a.go:3:6: expected 'IDENT'"},
		"nothing to read": {"a.txt", "", "holds no Go package that exports a type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, out, errs := compatgen("-package", folder(t, map[string]string{c.file: c.source}), "-module", t.TempDir())
			require.Equal(t, 1, status)
			require.Empty(t, out)
			require.Contains(t, errs, c.want)
		})
	}
}

func TestRun_usage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-bogus"}, {"kafka"}} {
		status, _, _ := compatgen(args...)
		require.Equal(t, 2, status)
	}
}

func TestRun_check(t *testing.T) {
	t.Parallel()
	pkg, module := folder(t, map[string]string{"a.go": sample}), t.TempDir()
	args := []string{"-package", pkg, "-module", module}
	status, _, errs := compatgen(append(args, "-check")...)
	require.Equal(t, 1, status)
	require.Contains(t, errs, "kafka/zz_consts.go, kafka/zz_funcs.go, kafka/zz_types.go, schemaregistry/cache/zz_absent.go")

	status, _, errs = compatgen(args...)
	require.Zero(t, status, errs)
	status, out, errs := compatgen(append(args, "-check")...)
	require.Zero(t, status, errs)
	require.Equal(t, "compatgen: current: 23 files of "+module+"\n", out)

	// A new function, and a file that is no longer wanted.
	require.NoError(t, os.WriteFile(filepath.Join(pkg, "b.go"), []byte("package kafka\n\nfunc More() {}\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(module, "zz_old.go"), nil, 0o644))
	status, _, errs = compatgen(append(args, "-check")...)
	require.Equal(t, 1, status)
	require.Equal(t, "compatgen: not current in "+module+": kafka/zz_funcs.go, zz_old.go: run make compat\n", errs)
}

// The project's own module is what compatgen writes.
func TestRun_project(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	status, _, errs := compatgen("-package", filepath.Join(root, "kafka"), "-module", filepath.Join(root, "compat"), "-check")
	require.Zero(t, status, errs)
}
