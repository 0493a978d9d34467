package demo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	return name
}

func TestReadLines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := write(t, dir+"/a", "1\n\n3"), write(t, dir+"/b", "4\n5\n6\n")
	in, err := readLines([]string{a, b}, 5)
	require.NoError(t, err)
	assert.Equal(t, []line{
		{[]byte(a + ":1"), []byte("1")},
		{[]byte(a + ":2"), []byte{}},
		{[]byte(a + ":3"), []byte("3")},
		{[]byte(b + ":1"), []byte("4")},
		{[]byte(b + ":2"), []byte("5")},
	}, in.list)
	assert.Equal(t, 2, in.files)
	in, err = readLines([]string{a, b}, 2)
	require.NoError(t, err)
	assert.Equal(t, 1, in.files, "the second file is not needed")

	_, err = readLines([]string{write(t, dir+"/long", strings.Repeat("x", maxLine+1))}, 5)
	assert.ErrorContains(t, err, dir+"/long has a line of more than 900000 bytes")
}

// It changes the current folder, so it does not run beside others.
func TestOwnText(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{
		"go.mod", "a.go", "README.md", "Makefile", "LICENSE", "build/x.sh", "cmd/rdk/main.go", "rdkafka/shim.c",
		"librdkafka/src/cgo.go", "librdkafka/src/rdkafka.c", "librdkafka/src/rdkafka.h", "bin/rdk", "bin/x.go", ".git/x.md",
		"data.out", "x.png",
	} {
		write(t, filepath.Join(root, name), "module "+modulePath+"\n")
	}
	t.Chdir(filepath.Join(root, "cmd"))
	files, err := ownText()
	require.NoError(t, err)
	assert.Equal(t, []string{
		"../LICENSE", "../Makefile", "../README.md", "../a.go", "../build/x.sh", "../librdkafka/src/cgo.go",
		"../rdkafka/shim.c", "rdk/main.go",
	}, files)

	t.Chdir(t.TempDir())
	_, err = ownText()
	assert.ErrorContains(t, err, "no input: name files of text")
}

func TestThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -100: "-100", -1000: "-1,000"} {
		assert.Equal(t, want, thousands(n))
	}
}
