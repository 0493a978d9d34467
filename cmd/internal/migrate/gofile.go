package migrate

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// The import paths.
const (
	ourModule = "github.com/rdkafka-go/rdkafka"
	ourPath   = ourModule + "/kafka"
)

// original is a module of confluent-kafka-go: each major version is one.
type original struct {
	module string
	old    bool // older than v2
}

// originals has the longest path first, as one is the beginning of another.
var originals = []original{
	{module: "github.com/confluentinc/confluent-kafka-go/v2"},
	{module: "github.com/confluentinc/confluent-kafka-go", old: true},
	{module: "gopkg.in/confluentinc/confluent-kafka-go.v1", old: true},
}

// origin returns the module of confluent-kafka-go that a package is of, and the
// package's path in it.
func origin(path string) (o original, pkg string, ok bool) {
	for _, o := range originals {
		if rest, ok := strings.CutPrefix(path, o.module); ok && (rest == "" || rest[0] == '/') {
			return o, strings.TrimPrefix(rest, "/"), true
		}
	}
	return original{}, "", false
}

// goFile plans the change of a Go file, nil if there is none, and says whether the
// file will still import a package of confluent-kafka-go.
func (p *plan) goFile(f goFile) (ch *change, rest bool, err error) {
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, f.name, f.content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, false, fmt.Errorf("%w: mend the file first; nothing was written", err)
	}
	var kafkas []*ast.ImportSpec
	for _, i := range syntax.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return nil, false, fmt.Errorf("%s: %w", fset.Position(i.Pos()), err)
		}
		o, pkg, ok := origin(path)
		line := fset.Position(i.Pos()).Line
		switch {
		case !ok:
		case pkg != "kafka":
			rest = true
			p.note(f.name, line, "%s is not part of this library, and brings confluent-kafka-go's own package kafka with it: see docs/migrating.md#schema-registry", path)
		default:
			kafkas = append(kafkas, i)
			if o.old {
				p.note(f.name, line, "this is version 1: all its names are here, but librdkafka is newer, and its OpenSSL refuses old ciphers")
			}
		}
	}
	p.source(f.name, fset, syntax, kafkas)
	if len(kafkas) == 0 {
		return nil, rest, nil
	}
	if f.mode&0o200 == 0 {
		return nil, false, fmt.Errorf("%s is read-only: allow writing to it (chmod u+w) or leave its folder out; nothing was written", f.name)
	}
	ch = &change{name: f.name, mode: f.mode, old: f.content, new: exchange(f.content, fset, kafkas)}
	if formatted(ch.old) && !formatted(ch.new) {
		p.note(f.name, 0, "gofmt will put the imports in another order")
	}
	return ch, rest, nil
}

// exchange replaces the paths of the imports and nothing else. The quotes stay as
// they are.
func exchange(content []byte, fset *token.FileSet, imports []*ast.ImportSpec) []byte {
	changed := slices.Clone(content)
	for _, i := range slices.Backward(imports) {
		from := fset.PositionFor(i.Path.Pos(), false).Offset + 1
		to := from + len(i.Path.Value) - 2
		changed = slices.Replace(changed, from, to, []byte(ourPath)...)
	}
	return changed
}

// formatted says whether gofmt would leave the file as it is.
func formatted(content []byte) bool {
	out, err := format.Source(content)
	return err == nil && string(out) == string(content)
}
