package layin

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNewPin(t *testing.T) {
	t.Parallel()
	tree := release("2.15.0")
	p, err := NewPin(tree, "2.15.0")
	require.NoError(t, err)
	require.Equal(t, Pin{Version: "2.15.0", Commit: testCommit, TreeHash: tree.Hash()}, p)

	_, err = NewPin(tree, "v2.15.0")
	require.EqualError(t, err, `"v2.15.0" is not a version of librdkafka: three numbers, such as 2.14.2`)
	_, err = NewPin(tree, "2.16.0")
	require.EqualError(t, err, "the archive's RD_KAFKA_VERSION is 0x020f00ff, not 2.16.0's")
	_, err = NewPin(release("2.15.1"), "2.15.1") // a release candidate
	require.EqualError(t, err, "the archive's RD_KAFKA_VERSION is 0x020f0101, not 2.15.1's")
	_, err = NewPin(&Tree{}, "2.15.0")
	require.ErrorContains(t, err, "no release of librdkafka")
	tree.Commit = ""
	_, err = NewPin(tree, "2.15.0")
	require.ErrorContains(t, err, "names no commit")
}

// The project's own files can be rewritten, and come back unchanged.
func TestWritePin_ownFiles(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	old := map[string]string{}
	for _, name := range []string{"pin.go", "src/cgo.go"} {
		content, err := os.ReadFile(filepath.Join("..", "..", name))
		require.NoError(t, err)
		old[name] = string(content)
		writeFile(t, filepath.Join(root, name), content)
	}
	m := pinLine.FindAllStringSubmatch(old["pin.go"], -1)
	require.Len(t, m, 3)
	was := map[string]string{}
	for _, line := range m {
		was[line[2]] = line[0][len(line[1])+1 : len(line[0])-1]
	}
	now := pinOf(release("2.15.0"), "2.15.0")
	require.NoError(t, WritePin(root, now))
	pin, err := os.ReadFile(filepath.Join(root, "pin.go"))
	require.NoError(t, err)
	for _, want := range []string{now.Version, now.Commit, now.TreeHash} {
		require.Contains(t, string(pin), `= "`+want+`"`)
	}
	cgo, err := os.ReadFile(filepath.Join(root, "src", "cgo.go"))
	require.NoError(t, err)
	require.Contains(t, string(cgo), "#ifndef "+now.StampMacro()+"\n")

	require.NoError(t, WritePin(root, Pin{Version: was["Version"], Commit: was["Commit"], TreeHash: was["TreeHash"]}))
	for name, want := range old {
		got, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}

	writeFile(t, filepath.Join(root, "src", "cgo.go"), []byte("package src\n"))
	require.ErrorContains(t, WritePin(root, now), "cgo.go: expected 1 places that hold the pin, found 0")
}
