package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/cmd/internal/testtree"
)

const confluentPath = "github.com/confluentinc/confluent-kafka-go/v2/kafka"

// clone is a folder that --replace takes, named as go.mod has it.
func clone(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	return root
}

// program returns a module of one file that imports confluent-kafka-go.
func program(more map[string]string) map[string]string {
	list := map[string]string{
		"go.mod":  "module example.com/m\n\ngo 1.25.0\n\nrequire github.com/confluentinc/confluent-kafka-go/v2 v2.15.1\n",
		"main.go": "package main\n\nimport \"" + confluentPath + "\"\n\nfunc main() { println(kafka.ErrQueueFull.String()) }\n",
	}
	for name, content := range more {
		list[name] = content
	}
	return list
}

// A program of three modules: what is shown, what is warned of, what is written,
// and that the result builds and runs.
func TestMigrate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/migrate/shop")))
	before := testtree.Read(t, dir)

	// Without a terminal it only shows.
	o := rdk(t, "", "migrate", "--replace", clone(t), dir)
	require.Zero(t, o.status, o.stderr)
	golden(t, "migrate-diff", anonymous(t, o.stdout, dir))
	golden(t, "migrate-notes", anonymous(t, o.stderr, dir))
	require.Equal(t, before, testtree.Read(t, dir))

	patched := t.TempDir()
	require.NoError(t, os.CopyFS(patched, os.DirFS(dir)))
	written := rdk(t, "", "migrate", "--yes", "--replace", clone(t), dir)
	require.Zero(t, written.status, written.stderr)
	require.Equal(t, o.stdout, written.stdout)
	require.Contains(t, written.stderr, "10 files written; now run in "+dir+" and "+dir+"/legacy and "+dir+"/registry: go mod tidy\n")

	// What was shown is a patch, and what was written is what it makes.
	patch := exec.Command("git", "apply")
	patch.Dir = patched
	patch.Stdin = strings.NewReader(o.stdout)
	out, err := patch.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Equal(t, testtree.Read(t, dir), testtree.Read(t, patched))

	sums, err := os.ReadFile(filepath.Join(clone(t), "go.sum"))
	require.NoError(t, err)
	for _, module := range []string{"", "legacy"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, module, "go.sum"), sums, 0o644))
		goOffline(t, filepath.Join(dir, module), "vet", "./...")
	}
	goOffline(t, dir, "vet", "-tags", "oldstyle", "./...")
	require.Equal(t, "Local: Queue full static, compiled from librdkafka's source\n", goOffline(t, dir, "run", "."))

	again := rdk(t, "", "migrate", dir)
	require.Zero(t, again.status)
	require.Empty(t, again.stdout)
	require.Contains(t, again.stderr, "nothing to do: no Go file in "+dir+" imports confluent-kafka-go's package kafka\n")
}

// goOffline runs the go command with what is in the module cache.
func goOffline(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	require.NoError(t, err, "go %v: %s%s", args, out, &errs)
	return string(out)
}

func anonymous(t *testing.T, text, dir string) string {
	t.Helper()
	return strings.NewReplacer(dir, "DIR", clone(t), "CLONE").Replace(text)
}

// Not a byte changes but the path: not the quotes, the spaces, the line ends.
func TestMigrate_keepsBytes(t *testing.T) {
	t.Parallel()
	odd := "package  main // \xc3\xa4\r\nimport(\r\n\tk   `OLD` ; \"fmt\"\r\n\r\n)\r\nfunc  f( ){fmt.Println(k.OffsetEnd)}\r\n"
	dir := testtree.Make(t, program(map[string]string{"odd.go": strings.ReplaceAll(odd, "OLD", confluentPath), "line.go": "//line other.y:100\n" +
		"package main\n\nimport k \"" + confluentPath + "\"\n\nvar _ k.Event"}))
	ok(t, "", "migrate", "-y", dir)
	got := testtree.Read(t, dir)
	require.Equal(t, strings.ReplaceAll(odd, "OLD", "github.com/rdkafka-go/rdkafka/kafka"), got["odd.go"])
	require.Equal(t, "//line other.y:100\npackage main\n\nimport k \"github.com/rdkafka-go/rdkafka/kafka\"\n\nvar _ k.Event", got["line.go"])
}

func TestMigrate_notes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"vendor": {
			map[string]string{"vendor/modules.txt": "", "vendor/a/a.go": "package a\nimport _ \"" + confluentPath + "\"\n"},
			"DIR/vendor: left alone: run go mod vendor after go mod tidy\n",
		},
		"testdata": {
			map[string]string{"a/testdata/b/b.go": "package b\nimport _ \"" + confluentPath + "\"\n"},
			"DIR/a/testdata/b/b.go: mentions confluent-kafka-go; what is in testdata is left alone\n",
		},
		"hidden": {map[string]string{".x/a.go": "not Go: " + confluentPath, "_y/a.go": "not Go: " + confluentPath}, ""},
		"work": {
			map[string]string{"go.work": "go 1.25.0\n\nuse .\n\nreplace " + strings.TrimSuffix(confluentPath, "/kafka") + " => ../fork\n"},
			"DIR/go.work: mentions confluent-kafka-go, left alone: its replace lines count before those of go.mod\n",
		},
		"order": {
			map[string]string{"a.go": "package main\n\nimport (\n\t_ \"" + confluentPath + "\"\n\t_ \"github.com/go/x\"\n)\n"},
			"DIR/a.go: gofmt will put the imports in another order\n",
		},
		"not Go that mentions it": {map[string]string{"a.txt": confluentPath, "broken.go": "package main {"}, ""},
		"keys": {
			map[string]string{"k.go": "package main\n\nimport \"" + confluentPath + "\"\n\nfunc set(c kafka.ConfigMap) {\n\t_ = c.Set(\"go.batch.producer=true\")\n" +
				"\tc[\"plugin.library.paths\"] = \"p\"\n\t_ = c.Set(\"sasl.mechanism=GSSAPI\")\n}\n"},
			"DIR/k.go:6: partition, timestamp, headers and Opaque of what comes through ProduceChannel are kept here\n" +
				"DIR/k.go:7: plugins cannot be loaded here by a statically linked program\n" +
				"DIR/k.go:8: GSSAPI (Kerberos) is not compiled in: build with -tags dynamic, against a system librdkafka that has it\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := testtree.Make(t, program(c.files))
			o := rdk(t, "", "migrate", "-n", "--replace", clone(t), dir)
			require.Zero(t, o.status, o.stderr)
			notes, last, _ := strings.Cut(strings.ReplaceAll(o.stderr, dir, "DIR"), "2 files would change\n")
			if name == "order" || name == "keys" {
				notes, last, _ = strings.Cut(strings.ReplaceAll(o.stderr, dir, "DIR"), "3 files would change\n")
			}
			assert.Equal(t, c.want, notes)
			assert.Empty(t, last)
		})
	}
}

// What is refused, and that nothing was written then.
func TestMigrate_refused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files  map[string]string
		spoil  func(dir string) error
		args   []string
		status int
		want   string
	}{
		"does not parse": {
			files: map[string]string{"z.go": "package main\n\nimport \"" + confluentPath + "\"\n\nfunc {\n"}, status: 1,
			want: "DIR/z.go:5:6: expected 'IDENT', found '{': mend the file first; nothing was written",
		},
		"go.mod does not parse": {
			files: map[string]string{"go.mod": "module example.com/m\n\nrequire x\n"}, status: 1,
			want: "DIR/go.mod:3: usage: require module/path v1.2.3: mend the file first; nothing was written",
		},
		"read-only": {
			spoil: func(dir string) error { return os.Chmod(filepath.Join(dir, "main.go"), 0o444) }, status: 1,
			want: "DIR/main.go is read-only: allow writing to it (chmod u+w) or leave its folder out; nothing was written",
		},
		"read-only go.mod": {
			spoil: func(dir string) error { return os.Chmod(filepath.Join(dir, "go.mod"), 0o444) }, status: 1,
			want: "DIR/go.mod is read-only: allow writing to it (chmod u+w); nothing was written",
		},
		"no module": {
			spoil: func(dir string) error { return os.Remove(filepath.Join(dir, "go.mod")) }, status: 2,
			want: "no go.mod in DIR or below: make one by go mod init first",
		},
		"part of a module": {
			files: map[string]string{"sub/a.go": "package sub\n"}, args: []string{"sub"}, status: 2,
			want: "DIR/sub is a part of the module in DIR: name that folder, as its go.mod changes too",
		},
		"a file":        {args: []string{"main.go"}, status: 2, want: "DIR/main.go is a file: name the folder of the module"},
		"nothing there": {args: []string{"gone"}, status: 1, want: "stat DIR/gone: no such file or directory"},
		"replace: nothing there": {
			args: []string{".", "--replace", "gone"}, status: 2,
			want: "--replace gone: want the folder of a clone of github.com/rdkafka-go/rdkafka: no such file or directory",
		},
		"replace: another module": {
			args: []string{".", "--replace", ".."}, status: 2,
			want: "--replace ..: that is the module github.com/rdkafka-go/rdkafka/cmd, want a clone of github.com/rdkafka-go/rdkafka",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := testtree.Make(t, program(c.files))
			if c.spoil != nil {
				require.NoError(t, c.spoil(dir))
			}
			args := append([]string{"."}, c.args...)
			if len(c.args) > 0 {
				args = c.args
			}
			before := testtree.Read(t, dir)
			o := rdk(t, "", append([]string{"migrate", "-y", filepath.Join(dir, args[0])}, args[1:]...)...)
			assert.Equal(t, c.status, o.status)
			assert.Empty(t, o.stdout)
			first, _, _ := strings.Cut(strings.ReplaceAll(o.stderr, dir, "DIR"), "\n")
			assert.Equal(t, "rdk migrate: "+c.want, first)
			assert.Equal(t, before, testtree.Read(t, dir))
		})
	}
}

func TestMigrate_usage(t *testing.T) {
	t.Parallel()
	golden(t, "helpmigrate", ok(t, "", "migrate", "--help"))
	for args, want := range map[string]string{
		"migrate":             "rdk migrate: no folder: give it as rdk migrate DIR",
		"migrate a b":         `rdk migrate: unexpected argument "b": one folder at a time`,
		"migrate --yes -n .":  "rdk migrate: --yes does not go with --dry-run, which writes nothing",
		"migrate . --replace": "rdk migrate: flag needs an argument: --replace",
	} {
		o := rdk(t, "", strings.Fields(args)...)
		assert.Equal(t, 2, o.status)
		assert.Empty(t, o.stdout)
		assert.Equal(t, want+"\nRun 'rdk migrate --help' for usage.\n", o.stderr)
	}
}
