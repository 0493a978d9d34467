package guard

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// repository is the root of this repository, seen from this package.
const repository = "../.."

// module is the path of the root module.
const module = "github.com/rdkafka-go/rdkafka"

// rule is one rule of the project.
type rule struct {
	name string
	// check returns what breaks the rule in the tree under root.
	check func(t *testing.T, root string) []string
	// plant is a tree that breaks it, its files by their names, and want what
	// check says of that tree.
	plant map[string]string
	want  []string
}

// runRules asks each rule of this repository and of the tree that breaks it.
func runRules(t *testing.T, rules []rule) {
	t.Helper()
	t.Parallel()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, r.check(t, repository))
		})
		t.Run(r.name+", planted", func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, r.want, r.check(t, plantTree(t, r.plant)))
		})
	}
}

// plantTree makes a repository of the files, each of them in the index.
func plantTree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		p := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(t, os.WriteFile(p, []byte(content), 0o644))
	}
	git(t, root, "init", "-q")
	git(t, root, "add", "-f", ".")
	return root
}

// git runs git in root and returns what it printed.
func git(t *testing.T, root string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", root}, args...)...)
	// A hook that runs the tests sets GIT_DIR and its like for its own repository.
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GIT_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	out, err := cmd.Output()
	require.NoError(t, err, "git %s in %s: the guards need git and a clone", strings.Join(args, " "), root)
	return string(out)
}

// tracked returns the files that are committed or about to be, that is: neither
// ignored nor deleted.
func tracked(t *testing.T, root string) []string {
	t.Helper()
	// Go caches test results by the files that a test opens, and does not know of
	// those that git reads. Looking at the index makes it run again after a commit.
	_, err := os.Stat(filepath.Join(root, ".git", "index"))
	if err != nil {
		t.Logf("no index to watch, a cached result may be stale: %v", err)
	}
	var files []string
	for _, name := range strings.Split(git(t, root, "ls-files", "-z", "-c", "-o", "--exclude-standard"), "\x00") {
		if name == "" {
			continue
		}
		if _, err := os.Lstat(filepath.Join(root, name)); err == nil {
			files = append(files, name)
		}
	}
	require.NotEmpty(t, files, "git names no file in %s: the guard looks in the wrong place", root)
	return files
}

func read(t *testing.T, root, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(data)
}

// goFile is a parsed Go file.
type goFile struct {
	name    string // slash-separated, relative to the root of the tree
	fset    *token.FileSet
	syntax  *ast.File
	imports []string
}

func (f goFile) dir() string { return path.Dir(f.name) }

func (f goFile) isTest() bool { return strings.HasSuffix(f.name, "_test.go") }

// at returns "file:line" of a node.
func (f goFile) at(n ast.Node) string {
	return f.name + ":" + strconv.Itoa(f.fset.Position(n.Pos()).Line)
}

// goFiles returns every Go file under root, whatever its build constraints and
// its module, but those that the go command leaves out itself.
func goFiles(t *testing.T, root string) []goFile {
	t.Helper()
	var files []goFile
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		n := d.Name()
		if d.IsDir() && p != root && (n == "testdata" || n == "vendor" || n[0] == '.' || n[0] == '_') {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(p) != ".go" {
			return nil
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		f := goFile{name: filepath.ToSlash(rel), fset: token.NewFileSet()}
		if f.syntax, err = parser.ParseFile(f.fset, p, nil, parser.SkipObjectResolution); err != nil {
			return err
		}
		for _, i := range f.syntax.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, imported)
		}
		files = append(files, f)
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, files, "no Go file under %s: the guard looks in the wrong place", root)
	return files
}

// within says whether dir is one of the folders or lies below one.
func within(dir string, folders ...string) bool {
	for _, f := range folders {
		if dir == f || strings.HasPrefix(dir, f+"/") {
			return true
		}
	}
	return false
}
