package migrate

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/rdkafka-go/rdkafka/cmd/internal/exit"
)

// change is a file and what is to stand in it.
type change struct {
	name     string
	mode     fs.FileMode
	old, new []byte
}

// diff returns the change as a patch for use in the folder root: patch -p1.
func (ch change) diff(root string) (string, error) {
	label, err := filepath.Rel(root, ch.name)
	if err != nil {
		return "", err
	}
	label = filepath.ToSlash(label)
	return udiff.Unified("a/"+label, "b/"+label, string(ch.old), string(ch.new)), nil
}

// note is something to know about a place.
type note struct {
	file string
	line int // 0: the file as a whole
	text string
}

func (n note) String() string {
	if n.line == 0 {
		return n.file + ": " + n.text
	}
	return fmt.Sprintf("%s:%d: %s", n.file, n.line, n.text)
}

// plan is what is to be done.
type plan struct {
	changes []change
	notes   []note
	touched []string // the folders of the modules that change
}

// module is a module in the tree, with its files.
type module struct {
	dir   string
	files []goFile
}

func newPlan(dir, replace string) (*plan, error) {
	dir = filepath.Clean(dir)
	if info, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, exit.Usagef("%s is a file: name the folder of the module", dir)
	}
	if replace != "" {
		if err := checkClone(replace); err != nil {
			return nil, err
		}
	}
	p := &plan{}
	modules, err := p.walk(dir)
	if err != nil {
		return nil, err
	}
	for _, m := range modules {
		if err := p.module(m, replace); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(p.notes, func(a, b note) int {
		if c := strings.Compare(a.file, b.file); c != 0 {
			return c
		}
		return a.line - b.line
	})
	p.notes = slices.Compact(p.notes) // the same twice on a line
	return p, nil
}

// note adds a note. The line is 0 if the text is about the file as a whole.
func (p *plan) note(file string, line int, format string, args ...any) {
	p.notes = append(p.notes, note{file, line, fmt.Sprintf(format, args...)})
}

// module plans the changes of one module. Its go.mod changes only with its files.
func (p *plan) module(m *module, replace string) error {
	before := len(p.changes)
	stillUsed := false
	for _, f := range m.files {
		ch, rest, err := p.goFile(f)
		if err != nil {
			return err
		}
		if ch != nil {
			p.changes = append(p.changes, *ch)
		}
		stillUsed = stillUsed || rest
	}
	if len(p.changes) == before {
		return nil
	}
	p.touched = append(p.touched, m.dir)
	ch, err := p.goMod(filepath.Join(m.dir, "go.mod"), stillUsed, replace)
	if err != nil {
		return err
	}
	if ch != nil {
		p.changes = append(p.changes, *ch)
	}
	return nil
}
