package guard

import (
	"go/ast"
	"go/token"
	"path"
	"strconv"
	"strings"
	"testing"
)

func TestShim(t *testing.T) {
	runRules(t, []rule{
		{
			name:  "rdkafka starts no goroutine and holds no policy",
			check: shimSyntax(policyOf),
			plant: map[string]string{
				"rdkafka/a.go": `package rdkafka

import "context"

type T struct{ C chan int }

func f(context.Context) {
	go f(nil)
}
`,
				"rdkafka/a_test.go": "package rdkafka\n\nfunc g() { go g() }\n",
				"kafka/a.go":        "package kafka\n\nfunc g() { go g() }\n",
			},
			want: []string{
				"rdkafka/a.go:3: import of context",
				"rdkafka/a.go:5: channel",
				"rdkafka/a.go:8: goroutine",
			},
		},
		{
			name:  "rdkafka hands up Go values only",
			check: shimSyntax(handedUp),
			plant: map[string]string{
				"rdkafka/a.go": `package rdkafka

type Client struct {
	p    *C.rd_kafka_t
	Conf *C.rd_kafka_conf_t
}

type hidden struct{ P *C.rd_kafka_t }

type Code C.int

func (c *Client) Ptr() unsafe.Pointer { return nil }

func (c *Client) Take(list []C.int) {}

func (c *Client) ok(p *C.rd_kafka_t) {}

func (h hidden) Fine() C.int { return 0 }

func Fine(n int) error { return C.f() }

const Begin = int(C.BEGIN)

var Now C.int
`,
				"rdkafka/a_test.go": "package rdkafka\n\nfunc Ptr() unsafe.Pointer { return nil }\n",
			},
			want: []string{
				"rdkafka/a.go:5: field Conf has C.rd_kafka_conf_t",
				"rdkafka/a.go:10: type Code has C.int",
				"rdkafka/a.go:12: func Ptr has unsafe.Pointer",
				"rdkafka/a.go:14: func Take has C.int",
				"rdkafka/a.go:24: var Now has C.int",
			},
		},
		{
			// librdkafka would free memory that Go allocated.
			name:  "nothing hands librdkafka memory to free",
			check: flagFree,
			plant: map[string]string{
				"rdkafka/shim_a.c": "int x = RD_KAFKA_MSG_F_FREE;\n",
				"rdkafka/a.go":     "package rdkafka\n\nvar x = C.RD_KAFKA_MSG_F_COPY\nvar y = C.RD_KAFKA_MSG_F_FREE\n",
				"README.md":        "RD_KAFKA_MSG_F_FREE\n",
			},
			want: []string{
				"rdkafka/a.go:4: RD_KAFKA_MSG_F_FREE",
				"rdkafka/shim_a.c:1: RD_KAFKA_MSG_F_FREE",
			},
		},
	})
}

// shimSyntax makes a check of a rule about the Go files of rdkafka, its tests
// aside. of returns what is wrong in one file.
func shimSyntax(of func(goFile) []string) func(*testing.T, string) []string {
	return func(t *testing.T, root string) []string {
		t.Helper()
		var found []string
		for _, f := range goFiles(t, root) {
			if f.dir() == "rdkafka" && !f.isTest() {
				found = append(found, of(f)...)
			}
		}
		return found
	}
}

func policyOf(f goFile) []string {
	var found []string
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = append(found, f.at(n)+": goroutine")
		case *ast.ChanType:
			found = append(found, f.at(n)+": channel")
		case *ast.ImportSpec:
			if n.Path.Value == `"context"` {
				found = append(found, f.at(n)+": import of context")
			}
		}
		return true
	})
	return found
}

// handedUp finds types of C in what the package exports.
func handedUp(f goFile) []string {
	var found []string
	report := func(n ast.Node, what string, types ast.Node) {
		if c := cType(types); c != "" {
			found = append(found, f.at(n)+": "+what+" has "+c)
		}
	}
	for _, decl := range f.syntax.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && exportedReceiver(d) {
				report(d, "func "+d.Name.Name, d.Type)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					reportType(s, report)
				case *ast.ValueSpec:
					if d.Tok == token.VAR && s.Names[0].IsExported() && s.Type != nil {
						report(s, "var "+s.Names[0].Name, s.Type)
					}
				}
			}
		}
	}
	return found
}

func reportType(s *ast.TypeSpec, report func(ast.Node, string, ast.Node)) {
	if !s.Name.IsExported() {
		return
	}
	st, ok := s.Type.(*ast.StructType)
	if !ok {
		report(s, "type "+s.Name.Name, s.Type)
		return
	}
	for _, field := range st.Fields.List {
		for _, name := range field.Names {
			if name.IsExported() {
				report(field, "field "+name.Name, field.Type)
			}
		}
	}
}

// exportedReceiver says whether d is a function, or a method of an exported type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	exported := false
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			exported = id.IsExported()
			return false
		}
		return true
	})
	return exported
}

// cType returns the first type of C in n, "" when there is none.
func cType(n ast.Node) string {
	found := ""
	ast.Inspect(n, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok || found != "" {
			return found == ""
		}
		if x, ok := s.X.(*ast.Ident); ok && (x.Name == "C" || x.Name == "unsafe" && s.Sel.Name == "Pointer") {
			found = x.Name + "." + s.Sel.Name
		}
		return true
	})
	return found
}

func flagFree(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	for _, name := range tracked(t, root) {
		if path.Dir(name) != "rdkafka" {
			continue
		}
		for i, line := range strings.Split(read(t, root, name), "\n") {
			if strings.Contains(line, "RD_KAFKA_MSG_F_FREE") {
				found = append(found, name+":"+strconv.Itoa(i+1)+": RD_KAFKA_MSG_F_FREE")
			}
		}
	}
	return found
}
