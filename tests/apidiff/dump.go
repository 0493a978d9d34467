package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// load reads a package from its compiled export data, so that cgo packages need no other treatment.
func load(dir, path string) (*types.Package, error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export", path)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", path, err)
	}
	exports := map[string]string{}
	full := ""
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct{ ImportPath, Export string }
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list %s: %w", path, err)
		}
		exports[p.ImportPath] = p.Export
		full = p.ImportPath // the package that was named comes last
	}
	imp := importer.ForCompiler(token.NewFileSet(), "gc", func(p string) (io.ReadCloser, error) { return os.Open(exports[p]) })
	return imp.Import(full)
}

// dump returns the exported API of a package as sorted lines:
//
//	const Name Type = value
//	var Name Type
//	func Name(parameters) results
//	type Name struct | interface | the underlying type
//	type Name = Target
//	field Type.Field Type
//	order Type A,B          the fields of a struct that has no unexported one
//	opaque Type             a struct that has unexported fields
//	method (T) Name(...)
//	method (*T) Name(...)   all of them: a pointer has the methods of its value, too
//	imethod Iface.Name(...)
//	sealed Iface            an interface with unexported methods
//	implements T Iface      of the package's interfaces and error
//	implements *T Iface     all of them, too
//	comparable T
//
// The package's own name is @, and parameters have no names. It makes no difference whether a method is declared or
// promoted: users cannot tell.
func dump(pkg *types.Package) []string {
	d := &dumper{pkg: pkg, interfaces: map[string]*types.Interface{"error": types.Universe.Lookup("error").Type().Underlying().(*types.Interface)}}
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		if t, ok := scope.Lookup(name).(*types.TypeName); ok && t.Exported() {
			if i, ok := t.Type().Underlying().(*types.Interface); ok && i.NumMethods() > 0 {
				d.interfaces[name] = i
			}
		}
	}
	for _, name := range scope.Names() {
		if obj := scope.Lookup(name); obj.Exported() {
			d.object(obj)
		}
	}
	slices.Sort(d.lines)
	return slices.Compact(d.lines)
}

type dumper struct {
	pkg        *types.Package
	interfaces map[string]*types.Interface
	lines      []string
}

func (d *dumper) add(format string, args ...any) {
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

func (d *dumper) object(obj types.Object) {
	switch obj := obj.(type) {
	case *types.Const:
		d.add("const %s %s = %s", obj.Name(), d.text(obj.Type()), obj.Val().ExactString())
	case *types.Var:
		d.add("var %s %s", obj.Name(), d.text(obj.Type()))
	case *types.Func:
		d.add("func %s%s", obj.Name(), d.signature(obj.Signature()))
	case *types.TypeName:
		if obj.IsAlias() {
			d.add("type %s = %s", obj.Name(), d.text(types.Unalias(obj.Type())))
		} else if named, ok := obj.Type().(*types.Named); ok && named.TypeParams().Len() == 0 {
			d.named(obj.Name(), named)
		}
	}
}

func (d *dumper) named(name string, t *types.Named) {
	switch u := t.Underlying().(type) {
	case *types.Interface:
		d.add("type %s interface", name)
		for m := range u.Methods() {
			if m.Exported() {
				d.add("imethod %s.%s%s", name, m.Name(), d.signature(m.Signature()))
			} else {
				d.add("sealed %s", name)
			}
		}
		return
	case *types.Struct:
		d.add("type %s struct", name)
		d.fields(name, u)
	default:
		d.add("type %s %s", name, d.text(u))
	}
	for i, it := range d.interfaces {
		if types.Implements(t, it) {
			d.add("implements %s %s", name, i)
		}
		if types.Implements(types.NewPointer(t), it) {
			d.add("implements *%s %s", name, i)
		}
	}
	if types.Comparable(t) {
		d.add("comparable %s", name)
	}
	values := types.NewMethodSet(t)
	for s := range types.NewMethodSet(types.NewPointer(t)).Methods() {
		m := s.Obj().(*types.Func)
		if !m.Exported() {
			continue
		}
		d.add("method (*%s) %s%s", name, m.Name(), d.signature(m.Signature()))
		if values.Lookup(m.Pkg(), m.Name()) != nil {
			d.add("method (%s) %s%s", name, m.Name(), d.signature(m.Signature()))
		}
	}
}

func (d *dumper) fields(name string, s *types.Struct) {
	var order []string
	for f := range s.Fields() {
		if f.Exported() {
			d.add("field %s.%s %s", name, f.Name(), d.text(f.Type()))
			order = append(order, f.Name())
		}
	}
	switch {
	case len(order) < s.NumFields():
		d.add("opaque %s", name)
	case len(order) > 0:
		d.add("order %s %s", name, strings.Join(order, ","))
	}
}

func (d *dumper) text(t types.Type) string {
	return types.TypeString(plain(t), func(p *types.Package) string {
		if p == d.pkg {
			return "@"
		}
		return p.Path()
	})
}

func (d *dumper) signature(s *types.Signature) string {
	return strings.TrimPrefix(d.text(types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic())), "func")
}

// plain takes the aliases and the names of parameters out of a type.
func plain(t types.Type) types.Type {
	switch t := types.Unalias(t).(type) {
	case *types.Pointer:
		return types.NewPointer(plain(t.Elem()))
	case *types.Slice:
		return types.NewSlice(plain(t.Elem()))
	case *types.Array:
		return types.NewArray(plain(t.Elem()), t.Len())
	case *types.Map:
		return types.NewMap(plain(t.Key()), plain(t.Elem()))
	case *types.Chan:
		return types.NewChan(t.Dir(), plain(t.Elem()))
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil, nameless(t.Params()), nameless(t.Results()), t.Variadic())
	default:
		return t
	}
}

func nameless(t *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for v := range t.Variables() {
		vars = append(vars, types.NewParam(token.NoPos, nil, "", plain(v.Type())))
	}
	return types.NewTuple(vars...)
}
