package layin

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const testCommit = "0123456789abcdef0123456789abcdef01234567"

// release returns a tree that passes for a release of librdkafka.
func release(version string) *Tree {
	hex := map[string]string{"2.14.2": "020e02ff", "2.15.0": "020f00ff", "2.15.1": "020f0101"}[version]
	return &Tree{Commit: testCommit, Files: map[string][]byte{
		"LICENSES.txt":              []byte("LICENSE\n"),
		"README.md":                 []byte("not laid in\n"),
		"tests/0001.c":              []byte("not laid in\n"),
		"src/Makefile":              []byte("not laid in\n"),
		"src/rdhttp.c":              []byte("left out\n"),
		"src/rdkafka.h":             []byte("#define RD_KAFKA_VERSION 0x" + hex + "\n"),
		"src/rdkafka.c":             []byte("int rdkafka;\n"),
		"src/rdlist.c":              []byte("int list; /* " + version + " */\n"),
		"src/nanopb/pb.h":           []byte("#pragma once\n"),
		"src/nanopb/pb_common.c":    []byte("int pb;\n"),
		"src/opentelemetry/a.pb.h":  []byte("#pragma once\n"),
		"src/opentelemetry/a.pb.c":  []byte("int a;\n"),
		"src/opentelemetry/a.proto": []byte("not laid in\n"),
	}}
}

func pinOf(t *Tree, version string) Pin {
	return Pin{Version: version, Commit: t.Commit, TreeHash: t.Hash()}
}

// pack returns the tree as a tar archive below the folder top.
func pack(t *testing.T, tree *Tree, top string) []byte {
	t.Helper()
	headers := []*tar.Header{{Typeflag: tar.TypeXGlobalHeader, Name: "pax_global_header", PAXRecords: map[string]string{"comment": tree.Commit}}}
	headers = append(headers, &tar.Header{Typeflag: tar.TypeDir, Name: top + "/", Mode: 0o755})
	content := [][]byte{nil, nil}
	for _, p := range slices.Sorted(maps.Keys(tree.Files)) {
		c := tree.Files[p]
		headers = append(headers, &tar.Header{Typeflag: tar.TypeReg, Name: top + "/" + p, Mode: 0o644})
		content = append(content, c)
	}
	return packEntries(t, headers, content)
}

func packEntries(t *testing.T, headers []*tar.Header, content [][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i, h := range headers {
		sized := *h // tests share headers
		sized.Size = int64(len(content[i]))
		require.NoError(t, w.WriteHeader(&sized))
		_, err := w.Write(content[i])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func compress(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(t, os.WriteFile(name, content, 0o644))
	return name
}

func TestReadArchive_packings(t *testing.T) {
	t.Parallel()
	want := release("2.14.2")
	for name, content := range map[string][]byte{
		"plain":           pack(t, want, "librdkafka-2.14.2"),
		"gzip":            compress(t, pack(t, want, "librdkafka-2.14.2")),
		"other top":       compress(t, pack(t, want, "confluentinc-librdkafka-6516057")),
		"dot before":      pack(t, want, "./librdkafka"),
		"without folders": withoutFolders(t, want),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ReadArchive(writeFile(t, filepath.Join(t.TempDir(), "a"), content))
			require.NoError(t, err)
			require.Equal(t, want.Files, got.Files)
			require.Equal(t, want.Hash(), got.Hash())
		})
	}
}

func withoutFolders(t *testing.T, tree *Tree) []byte {
	t.Helper()
	var headers []*tar.Header
	var content [][]byte
	for p, c := range tree.Files {
		headers = append(headers, &tar.Header{Typeflag: tar.TypeReg, Name: "x/" + p, Mode: 0o755})
		content = append(content, c)
	}
	return packEntries(t, headers, content)
}

func TestReadArchive_commit(t *testing.T) {
	t.Parallel()
	got, err := ReadArchive(writeFile(t, filepath.Join(t.TempDir(), "a"), pack(t, release("2.14.2"), "top")))
	require.NoError(t, err)
	require.Equal(t, testCommit, got.Commit)
}

// What an attacker, or an accident, may put into an archive.
func TestReadArchive_hostile(t *testing.T) {
	t.Parallel()
	file := func(name string) *tar.Header { return &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644} }
	good := file("top/src/rdkafka.c")
	few := bounds{archive: 1 << 20, tree: 4 << 20, file: 1 << 20, entries: 100}
	var many []*tar.Header
	for range few.entries + 1 {
		many = append(many, &tar.Header{Typeflag: tar.TypeDir, Name: "top/", Mode: 0o755})
	}
	valid := compress(t, pack(t, release("2.14.2"), "top"))
	for name, c := range map[string]struct {
		headers []*tar.Header
		content []byte
		want    string
	}{
		"parent":             {headers: []*tar.Header{good, file("top/../../etc/passwd")}, want: `entry "top/../../etc/passwd": not a path below`},
		"parent first":       {headers: []*tar.Header{file("../x")}, want: `entry "../x": not a path below`},
		"rooted":             {headers: []*tar.Header{good, file("/etc/passwd")}, want: `entry "/etc/passwd": not a path below`},
		"backslash":          {headers: []*tar.Header{good, file(`top\..\x`)}, want: "not a path below"},
		"empty element":      {headers: []*tar.Header{good, file("top//x")}, want: "not a path below"},
		"second top":         {headers: []*tar.Header{good, file("other/x")}, want: `entry "other/x": a file outside the top folder "top"`},
		"second top folder":  {headers: []*tar.Header{good, {Typeflag: tar.TypeDir, Name: "other/"}}, want: `a second top folder beside "top"`},
		"file as top":        {headers: []*tar.Header{file("top")}, want: "a file outside the top folder"},
		"symbolic link":      {headers: []*tar.Header{good, {Typeflag: tar.TypeSymlink, Name: "top/src/x.c", Linkname: "/etc/passwd"}}, want: "neither a folder nor a regular file"},
		"hard link":          {headers: []*tar.Header{good, {Typeflag: tar.TypeLink, Name: "top/src/x.c", Linkname: "/etc/passwd"}}, want: "neither a folder nor a regular file"},
		"device":             {headers: []*tar.Header{good, {Typeflag: tar.TypeChar, Name: "top/src/x.c"}}, want: "neither a folder nor a regular file"},
		"twice":              {headers: []*tar.Header{good, file("top/src/rdkafka.c")}, want: "there twice"},
		"too many":           {headers: many, want: "more than 100 entries"},
		"no files":           {headers: []*tar.Header{{Typeflag: tar.TypeDir, Name: "top/"}}, want: "it holds no files"},
		"empty":              {content: []byte{}, want: "it holds no files"},
		"not a tar file":     {content: bytes.Repeat([]byte("<html>not found</html>\n"), 100), want: "not a tar file, plain or compressed by gzip"},
		"gzip of no tar":     {content: compress(t, bytes.Repeat([]byte("text\n"), 1000)), want: "not a tar file"},
		"cut short":          {content: valid[:len(valid)/2], want: "unexpected EOF"},
		"large":              {content: bomb(t, 1<<19, 1<<19, 1<<19), want: "the archive is too large for a release"},
		"bomb in one file":   {content: compress(t, bomb(t, 1<<20+1)), want: "more than 1048576"},
		"bomb in many files": {content: compress(t, bomb(t, 1<<20, 1<<20, 1<<20, 1<<20)), want: "too large for a release"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content := c.content
			if content == nil {
				content = packEntries(t, c.headers, make([][]byte, len(c.headers)))
			}
			_, err := readTar(bytes.NewReader(content), few)
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

// A byte that changed on the way is found out, wherever it is: by the formats'
// own sums or by the pin's hash.
func TestReadArchive_damaged(t *testing.T) {
	t.Parallel()
	tree := release("2.14.2")
	whole := compress(t, pack(t, tree, "top"))
	refused := 0
	for at := range whole {
		b := bytes.Clone(whole)
		b[at] ^= 0xff
		got, err := readTar(bytes.NewReader(b), forRelease)
		if err != nil || got.Hash() != tree.Hash() {
			refused++
			continue
		}
		require.Less(t, at, 10, "only gzip's header says nothing of the content")
	}
	require.Greater(t, refused, len(whole)-10)
}

// bomb returns an archive of zeros: it compresses to a thousandth.
func bomb(t *testing.T, sizes ...int) []byte {
	t.Helper()
	var headers []*tar.Header
	var content [][]byte
	for i, n := range sizes {
		headers = append(headers, &tar.Header{Typeflag: tar.TypeReg, Name: "top/" + strings.Repeat("x", i+1), Mode: 0o644})
		content = append(content, make([]byte, n))
	}
	return packEntries(t, headers, content)
}

func TestReadArchive_missing(t *testing.T) {
	t.Parallel()
	_, err := ReadArchive("/no/such/file.tar.gz")
	require.EqualError(t, err, "cannot read the archive /no/such/file.tar.gz: no such file or directory")
}

// The hash is one that anybody can check with the shell.
func TestTree_Hash_shell(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tree := release("2.14.2")
	for p, c := range tree.Files {
		writeFile(t, filepath.Join(dir, p), c)
	}
	cmd := exec.Command("sh", "-c", `find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum`)
	cmd.Dir = dir
	out, err := cmd.Output()
	require.NoError(t, err)
	require.Equal(t, tree.Hash(), strings.Fields(string(out))[0])
}

func TestTree_Hash_coversPathsAndContent(t *testing.T) {
	t.Parallel()
	seen := map[string]string{release("2.14.2").Hash(): "unchanged"}
	for name, change := range map[string]func(f map[string][]byte){
		"content":  func(f map[string][]byte) { f["README.md"] = []byte("x") },
		"renamed":  func(f map[string][]byte) { f["README"] = f["README.md"]; delete(f, "README.md") },
		"one less": func(f map[string][]byte) { delete(f, "README.md") },
		"one more": func(f map[string][]byte) { f["z"] = nil },
		"swapped": func(f map[string][]byte) {
			f["src/rdkafka.c"], f["src/rdlist.c"] = f["src/rdlist.c"], f["src/rdkafka.c"]
		},
	} {
		tree := release("2.14.2")
		change(tree.Files)
		require.NotContains(t, seen, tree.Hash(), name)
		seen[tree.Hash()] = name
	}
}
