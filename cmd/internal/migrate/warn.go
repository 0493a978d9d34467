package migrate

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// differing are the configuration properties that tell of a difference. What is
// said of them stands in docs/differences.md, too.
var differing = map[string]string{
	"internal.termination.signal": "refused here, as librdkafka's signal handler can crash a Go program: leave it out",
	"go.delivery.reports":         "messages with a delivery channel get their reports here with go.delivery.reports=false, too",
	"go.batch.producer":           "partition, timestamp, headers and Opaque of what comes through ProduceChannel are kept here",
	"plugin.library.paths":        "plugins cannot be loaded here by a statically linked program",
	"GSSAPI":                      "GSSAPI (Kerberos) is not compiled in: build with -tags dynamic, against a system librdkafka that has it",
}

// kerberos starts the properties that only GSSAPI has.
const kerberos = "sasl.kerberos."

// source notes what in a Go file differs with this library, or still names
// confluent-kafka-go after the imports are changed.
func (p *plan) source(name string, fset *token.FileSet, syntax *ast.File, kafkas []*ast.ImportSpec) {
	imports := map[*ast.BasicLit]bool{}
	for _, i := range syntax.Imports {
		imports[i.Path] = true
	}
	names := map[string]bool{}
	for _, i := range kafkas {
		if i.Name == nil {
			names["kafka"] = true
		} else {
			names[i.Name.Name] = true
		}
	}
	line := func(n ast.Node) int { return fset.Position(n.Pos()).Line }
	ast.Inspect(syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && names[x.Name] && n.Sel.Name == linkInfo {
				p.note(name, line(n), "LibrdkafkaLinkInfo has another text here")
			}
		case *ast.Ident:
			if names["."] && n.Name == linkInfo {
				p.note(name, line(n), "LibrdkafkaLinkInfo has another text here")
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING && !imports[n] {
				p.literal(name, line(n), n.Value, len(kafkas) > 0)
			}
		}
		return true
	})
	for _, group := range syntax.Comments {
		for _, c := range group.List {
			if _, found := mentioned(c.Text); found && strings.HasPrefix(c.Text, "//go:") {
				p.note(name, line(c), "a directive names confluent-kafka-go, left as it is")
			}
		}
	}
}

const linkInfo = "LibrdkafkaLinkInfo"

func (p *plan) literal(name string, line int, quoted string, usesKafka bool) {
	text, err := strconv.Unquote(quoted)
	if err != nil {
		return // not for go/parser, which has taken it
	}
	if path, found := mentioned(text); found {
		p.note(name, line, "a string names %s, left as it is", path)
	}
	if !usesKafka {
		return
	}
	// As in ConfigMap.Set("key=value") and {topic}.key.
	key, value, _ := strings.Cut(strings.TrimPrefix(text, "{topic}."), "=")
	switch {
	case differing[key] != "":
		p.note(name, line, "%s", differing[key])
	case strings.HasPrefix(key, kerberos) || value == "GSSAPI":
		p.note(name, line, "%s", differing["GSSAPI"])
	}
}

// mentioned returns the first path of confluent-kafka-go's modules in a text.
func mentioned(text string) (path string, found bool) {
	for _, o := range originals {
		if strings.Contains(text, o.module) {
			return o.module, true
		}
	}
	return "", false
}

// isBuildFile says whether a file may hold the command line of a build.
func isBuildFile(name string) bool {
	switch path.Ext(name) {
	case ".mk", ".sh", ".yml", ".yaml":
		return true
	}
	return name == "Makefile" || name == "Dockerfile" || strings.HasPrefix(name, "Dockerfile.") || strings.HasSuffix(name, ".Dockerfile")
}

var buildTags = regexp.MustCompile(`-tags[= ]["']?[\w,]*\b(musl|dynamic)\b`)

// buildFile notes the build tags that mean something else here.
func (p *plan) buildFile(name, content string) {
	for i, text := range strings.Split(content, "\n") {
		m := buildTags.FindStringSubmatch(text)
		switch {
		case m == nil:
		case m[1] == "musl":
			p.note(name, i+1, "the tag musl does no harm and is not needed here: librdkafka is compiled, so the build needs a C compiler and the headers of OpenSSL, zlib and zstd")
		default:
			p.note(name, i+1, "the tag dynamic needs librdkafka 2.14 or newer on the system")
		}
	}
}
