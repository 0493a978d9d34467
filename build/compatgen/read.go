package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/build/constraint"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// api is what a package exports.
type api struct {
	fset *token.FileSet
	// consts has one entry a const declaration of the source.
	consts []group
	types  []symbol
	funcs  []symbol
	// imports are the import paths by the name that the source uses for them.
	imports map[string]string
}

// group is a declaration of constants with the first sentence of its comment.
type group struct {
	doc    string
	consts []symbol
}

// symbol is an exported name with the first sentence of its comment.
type symbol struct {
	name, doc string
	signature *ast.FuncType // of functions
}

// read parses the package's files in the order of their names, but for its tests.
func read(dir string) (*api, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	a := &api{fset: token.NewFileSet(), imports: map[string]string{}}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(a.fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		if err := a.file(name, f); err != nil {
			return nil, err
		}
	}
	if len(a.types) == 0 {
		return nil, fmt.Errorf("%s holds no Go package that exports a type", dir)
	}
	slices.SortFunc(a.types, byName)
	slices.SortFunc(a.funcs, byName)
	return a, nil
}

func byName(a, b symbol) int { return strings.Compare(a.name, b.name) }

func (a *api) file(name string, f *ast.File) error {
	always, err := everywhere(name)
	if err != nil {
		return err
	}
	before := a.count()
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			err = a.genDecl(d)
		case *ast.FuncDecl:
			err = a.funcDecl(f, d)
		}
		if err != nil {
			return err
		}
	}
	if !always && a.count() != before {
		return fmt.Errorf("%s: it exports a name under a build constraint: the alias would break the other builds; export it from a file without one", name)
	}
	return nil
}

func (a *api) count() int { return len(a.consts) + len(a.types) + len(a.funcs) }

// everywhere says whether a file is part of the package on each platform and
// under all build tags.
func everywhere(name string) (bool, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return false, err
	}
	for _, line := range strings.Split(string(content), "\n") {
		if strings.HasPrefix(line, "package ") {
			break
		}
		if constraint.IsGoBuild(line) {
			return false, nil
		}
	}
	// On a platform that does not exist only the file's name can shut it out.
	nowhere := build.Context{GOOS: "nowhere", GOARCH: "none", Compiler: "gc"}
	return nowhere.MatchFile(filepath.Dir(name), filepath.Base(name))
}

func (a *api) genDecl(d *ast.GenDecl) error {
	var g group
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if !s.Name.IsExported() {
				continue
			}
			if s.TypeParams != nil {
				return a.errorf(s, "type %s has type parameters, which compatgen does not write", s.Name)
			}
			a.types = append(a.types, symbol{name: s.Name.Name, doc: synopsis(s.Doc, d.Doc)})
		case *ast.ValueSpec:
			for _, n := range s.Names {
				if !n.IsExported() {
					continue
				}
				if d.Tok == token.VAR {
					return a.errorf(n, "variable %s: a copy of it would not see what is assigned to the other; make it a constant or a function", n)
				}
				g.consts = append(g.consts, symbol{name: n.Name, doc: synopsis(s.Doc, s.Comment)})
			}
		}
	}
	if len(g.consts) > 0 {
		g.doc = synopsis(d.Doc)
		a.consts = append(a.consts, g)
	}
	return nil
}

func (a *api) funcDecl(f *ast.File, d *ast.FuncDecl) error {
	if d.Recv != nil || !d.Name.IsExported() {
		return nil
	}
	if d.Type.TypeParams != nil {
		return a.errorf(d, "func %s has type parameters, which compatgen does not write", d.Name)
	}
	a.funcs = append(a.funcs, symbol{name: d.Name.Name, doc: synopsis(d.Doc), signature: d.Type})
	var err error
	ast.Inspect(d.Type, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && err == nil {
			err = a.use(f, s.X.(*ast.Ident))
		}
		return err == nil
	})
	return err
}

// use notes the import that the identifier stands for.
func (a *api) use(f *ast.File, id *ast.Ident) error {
	for _, i := range f.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return err
		}
		name := path[strings.LastIndex(path, "/")+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		if name != id.Name {
			continue
		}
		if old, ok := a.imports[name]; ok && old != path {
			return a.errorf(id, "%s is %s here and %s in another file: name them alike", name, path, old)
		}
		a.imports[name] = path
		return nil
	}
	return a.errorf(id, "no import is named %s", id.Name)
}

func (a *api) errorf(n ast.Node, format string, args ...any) error {
	return fmt.Errorf("%s: %w", a.fset.Position(n.Pos()), fmt.Errorf(format, args...))
}

// synopsis returns the first sentence of the first comment that there is, on one
// line.
func synopsis(comments ...*ast.CommentGroup) string {
	for _, c := range comments {
		if text := new(doc.Package).Synopsis(c.Text()); text != "" {
			return text
		}
	}
	return ""
}
