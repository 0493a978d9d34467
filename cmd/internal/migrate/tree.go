package migrate

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rdkafka-go/rdkafka/cmd/internal/exit"
)

// goFile is a Go file that mentions confluent-kafka-go.
type goFile struct {
	name    string
	mode    fs.FileMode
	content []byte
}

// tree is what a walk has found.
type tree struct {
	plan    *plan
	modules []*module
	files   []goFile
}

// mentions says whether a file has to do with confluent-kafka-go at all. What does
// not is not even parsed.
func mentions(content []byte) bool { return bytes.Contains(content, []byte("confluent-kafka-go")) }

// walk reads the tree and returns its modules with their files.
func (p *plan) walk(root string) ([]*module, error) {
	if !exists(filepath.Join(root, "go.mod")) {
		above, err := moduleAbove(root)
		if err != nil {
			return nil, err
		}
		if above != "" {
			return nil, exit.Usagef("%s is a part of the module in %s: name that folder, as its go.mod changes too", root, above)
		}
	}
	t := &tree{plan: p}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir():
			return t.file(path, d)
		case path == root:
			return nil
		}
		return t.folder(path, d.Name())
	})
	if err != nil {
		return nil, err
	}
	if len(t.modules) == 0 {
		return nil, exit.Usagef("no go.mod in %s or below: make one by go mod init first", root)
	}
	for _, f := range t.files {
		if m := t.owner(f.name); m != nil {
			m.files = append(m.files, f)
		} else {
			p.note(f.name, 0, "belongs to no module, left alone")
		}
	}
	return t.modules, nil
}

// folder says which folders are gone into: those that Go goes into.
func (t *tree) folder(path, name string) error {
	switch {
	case name == "vendor":
		if exists(filepath.Join(path, "modules.txt")) {
			t.plan.note(path, 0, "left alone: run go mod vendor after go mod tidy")
		}
		return filepath.SkipDir
	case name == "testdata":
		return t.testdata(path)
	case strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_"):
		return filepath.SkipDir
	}
	return nil
}

// testdata may hold programs that tests build, or broken ones: only its owner knows.
func (t *tree) testdata(path string) error {
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Ext(name) != ".go" {
			return err
		}
		content, err := os.ReadFile(name)
		if err == nil && mentions(content) {
			t.plan.note(name, 0, "mentions confluent-kafka-go; what is in testdata is left alone")
		}
		return err
	})
	if err != nil {
		return err
	}
	return filepath.SkipDir
}

func (t *tree) file(path string, d fs.DirEntry) error {
	name := d.Name()
	if !d.Type().IsRegular() && d.Type()&fs.ModeSymlink == 0 {
		return nil
	}
	if name == "go.mod" {
		t.modules = append(t.modules, &module{dir: filepath.Dir(path)})
		return nil
	}
	if filepath.Ext(name) != ".go" && name != "go.work" && !isBuildFile(name) {
		return nil
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return nil // a link to nothing, or to a folder, which Go does not follow
	} else if err != nil {
		return err
	}
	content, err := os.ReadFile(path)
	switch {
	case err != nil:
		return err
	case isBuildFile(name):
		t.plan.buildFile(path, string(content))
	case !mentions(content):
	case name == "go.work":
		t.plan.note(path, 0, "mentions confluent-kafka-go, left alone: its replace lines count before those of go.mod")
	case d.Type()&fs.ModeSymlink != 0:
		t.plan.note(path, 0, "a symbolic link, left alone: migrate the module that it leads to")
	default:
		t.files = append(t.files, goFile{path, info.Mode(), content})
	}
	return nil
}

// owner returns the innermost module that a file lies in, nil when there is none.
func (t *tree) owner(name string) *module {
	for dir := filepath.Dir(name); ; dir = filepath.Dir(dir) {
		for _, m := range t.modules {
			if m.dir == dir {
				return m
			}
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// moduleAbove returns the folder of the module that dir is a part of, "" when
// there is none.
func moduleAbove(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for up := filepath.Dir(dir); up != dir; dir, up = up, filepath.Dir(up) {
		if exists(filepath.Join(up, "go.mod")) {
			return up, nil
		}
	}
	return "", nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
