package main

import (
	"archive/tar"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/librdkafka"
)

// clone makes a folder that stands for a clone's librdkafka folder and returns
// its src.
func clone(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range []string{"pin.go", "src/cgo.go"} {
		content, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
		to := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		require.NoError(t, os.WriteFile(to, content, 0o644))
	}
	return filepath.Join(root, "src")
}

// archive packs a tree of which only the version is right.
func archive(t *testing.T, version string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	require.NoError(t, w.WriteHeader(&tar.Header{
		Typeflag: tar.TypeXGlobalHeader, Name: "pax_global_header",
		PAXRecords: map[string]string{"comment": "0123456789abcdef0123456789abcdef01234567"},
	}))
	for _, file := range [][2]string{
		{"src/rdkafka.h", "#define RD_KAFKA_VERSION " + version + "\n"},
		{"src/rdkafka.c", "int rdkafka;\n"},
		{"LICENSES.txt", "LICENSE\n"},
	} {
		require.NoError(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "top/" + file[0], Size: int64(len(file[1]))}))
		_, err := w.Write([]byte(file[1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	name := filepath.Join(t.TempDir(), "a.tar")
	require.NoError(t, os.WriteFile(name, b.Bytes(), 0o644))
	return name
}

func call(args ...string) (status int, out, errs string) {
	var o, e bytes.Buffer
	status = run(context.Background(), args, &o, &e)
	return status, o.String(), e.String()
}

func TestRun_commandLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"-help"}, 0, "-archive FILE"},
		{[]string{"-nonsense"}, 2, "flag provided but not defined: -nonsense"},
		{[]string{"a.tar.gz"}, 2, `librdkafka: unexpected "a.tar.gz": an archive is named by -archive`},
		{[]string{"-src", clone(t), "-bump", "v3"}, 1, `librdkafka: "v3" is not a version of librdkafka: three numbers, such as 2.14.2`},
		{[]string{"-src", t.TempDir()}, 1, "is not the folder librdkafka/src of a clone: it has no cgo.go"},
	} {
		status, out, errs := call(c.args...)
		require.Equal(t, c.status, status, "%v", c.args)
		require.Empty(t, out)
		require.Contains(t, errs, c.want)
	}
}

// One line that says what is wrong and what to do, and nothing laid in.
func TestRun_badArchive(t *testing.T) {
	t.Parallel()
	src := clone(t)
	wrong := archive(t, "0x020e02ff")
	status, out, errs := call("-src", src, "-archive", wrong)
	require.Equal(t, 1, status)
	require.Empty(t, out)
	require.Regexp(t, `^librdkafka: \S+ is not librdkafka `+librdkafka.Version+`: the tree hash is [0-9a-f]{64}, but the pin is `+
		librdkafka.TreeHash+`; name an archive of librdkafka \S+, such as https://\S+\n$`, errs)

	status, _, errs = call("-src", src, "-archive", "/no/such/file")
	require.Equal(t, 1, status)
	require.Regexp(t, `^librdkafka: cannot read the archive /no/such/file: no such file or directory; name .*\n$`, errs)
	require.NoFileExists(t, filepath.Join(src, "rdkafka.h"))
}

func TestRun_bump(t *testing.T) {
	t.Parallel()
	src := clone(t)
	status, out, errs := call("-src", src, "-bump", "2.15.0", "-archive", archive(t, "0x020f00ff"))
	require.Equal(t, 0, status, errs)
	require.Regexp(t, `^librdkafka: the pin is now 2\.15\.0 \(commit 0123456789abcdef0123456789abcdef01234567, tree hash [0-9a-f]{64}\), and it is laid in; next: `, out)
	for _, name := range []string{"rdkafka.c", "rkgo_stamp.h"} {
		require.FileExists(t, filepath.Join(src, name))
	}
	pin, err := os.ReadFile(filepath.Join(src, "..", "pin.go"))
	require.NoError(t, err)
	require.Contains(t, string(pin), `Version = "2.15.0"`)
	cgo, err := os.ReadFile(filepath.Join(src, "cgo.go"))
	require.NoError(t, err)
	require.Contains(t, string(cgo), "#ifndef RKGO_SOURCE_2_15_0_")

	status, _, errs = call("-src", src, "-bump", "2.16.0", "-archive", archive(t, "0x020f00ff"))
	require.Equal(t, 1, status)
	require.Equal(t, "librdkafka: the archive's RD_KAFKA_VERSION is 0x020f00ff, not 2.16.0's\n", errs)
}

// The folder is found through the go command: the same for a clone and for a
// module that replaces this one.
func TestFindSrc(t *testing.T) {
	t.Parallel()
	dir, err := findSrc(context.Background())
	require.NoError(t, err)
	want, err := filepath.Abs("../src")
	require.NoError(t, err)
	require.Equal(t, want, dir)
}

func TestWithin(t *testing.T) {
	t.Parallel()
	require.True(t, within("/go/pkg/mod/github.com/x@v1/src", "/go/pkg/mod"))
	require.False(t, within("/go/pkg/module/x", "/go/pkg/mod"))
	require.False(t, within("/go/src/x", "/go/pkg/mod"))
}
