package migrate

import (
	"errors"
	"fmt"
	"go/version"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/rdkafka-go/rdkafka/cmd/internal/exit"
)

const (
	// ourVersion is what go.mod requires: there is no release yet, and a replace line
	// takes any version.
	ourVersion = "v0.0.0"
	// ourGo is the oldest Go that the library supports.
	ourGo = "1.25.0"
)

// checkClone refuses a folder that --replace cannot mean.
func checkClone(clone string) error {
	content, err := os.ReadFile(filepath.Join(clone, "go.mod"))
	if err != nil {
		return exit.Usagef("--replace %s: want the folder of a clone of %s: %w", clone, ourModule, errors.Unwrap(err))
	}
	if got := modfile.ModulePath(content); got != ourModule {
		return exit.Usagef("--replace %s: that is the module %s, want a clone of %s", clone, got, ourModule)
	}
	if !exists(filepath.Join(clone, "librdkafka", "src", "rdkafka.h")) {
		return exit.Usagef("--replace %s: librdkafka's source is not there yet: run make librdkafka in that folder", clone)
	}
	return nil
}

// goMod plans the change of a go.mod file, nil if there is none.
func (p *plan) goMod(name string, stillUsed bool, clone string) (*change, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f, err := modfile.Parse(name, content, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: mend the file first; nothing was written", err)
	}
	if !stillUsed {
		if err := dropOriginals(f); err != nil {
			return nil, err
		}
	}
	required := false
	for _, r := range f.Require {
		required = required || r.Mod.Path == ourModule && !r.Indirect
	}
	if !required {
		requireOurs(f)
	}
	if f.Go == nil || version.Compare("go"+f.Go.Version, "go"+ourGo) < 0 {
		p.note(name, 0, "go becomes %s, which the library needs", ourGo)
		if err := f.AddGoStmt(ourGo); err != nil {
			return nil, err
		}
	}
	if err := p.replaceOurs(f, name, clone); err != nil {
		return nil, err
	}
	f.Cleanup()
	out, err := f.Format()
	if err != nil || string(out) == string(content) {
		return nil, err
	}
	if info.Mode()&0o200 == 0 {
		return nil, fmt.Errorf("%s is read-only: allow writing to it (chmod u+w); nothing was written", name)
	}
	return &change{name: name, mode: info.Mode(), old: content, new: out}, nil
}

// dropOriginals takes out each line about confluent-kafka-go's modules.
func dropOriginals(f *modfile.File) error {
	for _, o := range originals {
		if err := f.DropRequire(o.module); err != nil {
			return err
		}
		for _, r := range f.Replace {
			if r.Old.Path == o.module {
				if err := f.DropReplace(r.Old.Path, r.Old.Version); err != nil {
					return err
				}
			}
		}
		for _, e := range f.Exclude {
			if e.Mod.Path == o.module {
				if err := f.DropExclude(e.Mod.Path, e.Mod.Version); err != nil {
					return err
				}
			}
		}
	}
	f.Cleanup()
	return nil
}

// requireOurs adds the requirement among the direct ones.
func requireOurs(f *modfile.File) {
	var all []*modfile.Require
	for _, r := range f.Require {
		if r.Mod.Path != ourModule {
			all = append(all, r)
		}
	}
	ours := &modfile.Require{}
	ours.Mod.Path, ours.Mod.Version = ourModule, ourVersion
	f.SetRequireSeparateIndirect(append(all, ours))
}

// replaceOurs adds the line that leads to the clone, or says that one is missing.
func (p *plan) replaceOurs(f *modfile.File, name, clone string) error {
	if clone != "" {
		target, err := fromModule(filepath.Dir(name), clone)
		if err != nil {
			return err
		}
		return f.AddReplace(ourModule, "", target, "")
	}
	for _, r := range f.Replace {
		if r.Old.Path == ourModule {
			return nil
		}
	}
	p.note(name, 0, "there is no release of %s yet: name a clone by --replace, or add a replace line yourself", ourModule)
	return nil
}

// fromModule returns the path of the clone as a go.mod file in dir wants it: one
// that was given relative to the working directory becomes relative to dir.
func fromModule(dir, clone string) (string, error) {
	if filepath.IsAbs(clone) {
		return filepath.Clean(clone), nil
	}
	from, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	to, err := filepath.Abs(clone)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(from, to)
	if err != nil {
		return "", err
	}
	rel = filepath.ToSlash(rel)
	if rel != ".." && !strings.HasPrefix(rel, "../") {
		rel = "./" + rel
	}
	return rel, nil
}
