package migrate

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/cmd/internal/exit"
	"github.com/rdkafka-go/rdkafka/cmd/internal/testtree"
)

const program = "package main\n\nimport \"github.com/confluentinc/confluent-kafka-go/v2/kafka\"\n\nvar _ kafka.Event\n"

// On a terminal the command asks, and takes only a yes for one.
func TestRun_asks(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		"y\n": "written", "YES\n": "written", "n\n": "nothing was written\n", "\n": "nothing was written\n",
		"yesterday\n": "nothing was written\n", "": "nothing was written\n",
	} {
		before := map[string]string{"go.mod": "module m\n", "main.go": program}
		dir := testtree.Make(t, before)
		var out, errs strings.Builder
		c := console{in: strings.NewReader(answer), out: &out, errs: &errs, terminal: true}
		require.NoError(t, run(t.Context(), c, dir, options{}))
		assert.Contains(t, errs.String(), "write 2 files? [y/N] ")
		assert.Contains(t, errs.String(), want)
		if want == "written" {
			assert.Contains(t, testtree.Read(t, dir)["main.go"], `"`+ourPath+`"`)
		} else {
			assert.Equal(t, before, testtree.Read(t, dir))
		}
	}
}

func TestRun_interruptedQuestion(t *testing.T) {
	t.Parallel()
	before := map[string]string{"go.mod": "module m\n", "main.go": program}
	dir := testtree.Make(t, before)
	in, w := io.Pipe()
	defer func() { _ = w.Close() }()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(exit.ErrInterrupted)
	c := console{in: in, out: io.Discard, errs: io.Discard, terminal: true}
	require.ErrorIs(t, run(ctx, c, dir, options{}), exit.ErrInterrupted)
	require.Equal(t, before, testtree.Read(t, dir))
}

func TestRun_brokenInput(t *testing.T) {
	t.Parallel()
	dir := testtree.Make(t, map[string]string{"go.mod": "module m\n", "main.go": program})
	c := console{in: iotest.ErrReader(errors.New("gone")), out: io.Discard, errs: io.Discard, terminal: true}
	require.EqualError(t, run(t.Context(), c, dir, options{}), "standard input: gone")
}

func changes(t *testing.T, dir string, names ...string) []change {
	t.Helper()
	list := make([]change, 0, len(names))
	for _, n := range names {
		list = append(list, change{name: filepath.Join(dir, n), mode: 0o640, old: []byte("old " + n), new: []byte("new " + n)})
	}
	return list
}

func TestWriter(t *testing.T) {
	t.Parallel()
	dir := testtree.Make(t, map[string]string{"a": "old a", "b": "old b"})
	require.NoError(t, osWriter.write(changes(t, dir, "a", "b")))
	require.Equal(t, map[string]string{"a": "new a", "b": "new b"}, testtree.Read(t, dir))
	info, err := os.Stat(filepath.Join(dir, "a"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o640), info.Mode().Perm())
}

// One file that cannot be written: all are as they were, and nothing is left over.
func TestWriter_allOrNothing(t *testing.T) {
	t.Parallel()
	before := map[string]string{"a": "old a", "b": "old b", "c": "old c"}
	for name, c := range map[string]struct {
		spoil func(dir string) error
		want  string
	}{
		"changed meanwhile": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "c"), []byte("old c"+"!"), 0o644)
		}, "c was changed meanwhile: run the command again; nothing was written"},
		"gone": {func(dir string) error { return os.Remove(filepath.Join(dir, "c")) }, "no such file or directory; nothing was written"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := testtree.Make(t, before)
			list := changes(t, dir, "a", "b", "c")
			require.NoError(t, c.spoil(dir))
			spoilt := testtree.Read(t, dir)
			require.ErrorContains(t, osWriter.write(list), c.want)
			require.Equal(t, spoilt, testtree.Read(t, dir))
		})
	}
	t.Run("rename fails", func(t *testing.T) {
		t.Parallel()
		dir := testtree.Make(t, before)
		renamed := 0
		w := writer{func(from, to string) error {
			if renamed++; renamed == 3 {
				return errors.New("disk on fire")
			}
			return os.Rename(from, to)
		}}
		require.EqualError(t, w.write(changes(t, dir, "a", "b", "c")),
			"disk on fire; all files are as they were")
		require.Equal(t, before, testtree.Read(t, dir))
		require.Equal(t, 5, renamed, "two were written and two put back")
	})
	t.Run("putting back fails", func(t *testing.T) {
		t.Parallel()
		dir := testtree.Make(t, before)
		renamed := 0
		w := writer{func(from, to string) error {
			if renamed++; renamed > 1 {
				return errors.New("disk on fire")
			}
			return os.Rename(from, to)
		}}
		require.ErrorContains(t, w.write(changes(t, dir, "a", "b")), filepath.Join(dir, "a")+" could not be put back: disk on fire")
		require.Equal(t, map[string]string{"a": "new a", "b": "old b", "c": "old c"}, testtree.Read(t, dir))
	})
}
