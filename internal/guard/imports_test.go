package guard

import (
	"fmt"
	"strings"
	"testing"
)

func TestImports(t *testing.T) {
	runRules(t, []rule{
		{
			name:  "only rdkafka and librdkafka-src call C",
			check: badImports(importsC),
			plant: map[string]string{
				"rdkafka/a.go":             "package rdkafka\nimport \"C\"\n",
				"librdkafka/src/cgo.go":    "package src\nimport \"C\"\n",
				"rdkafka/sub/a.go":         "package sub\nimport \"C\"\n",
				"kafka/a.go":               "//go:build never\n\npackage kafka\nimport \"C\"\n",
				"tests/x/a_test.go":        "package x\nimport (\n\t\"os\"\n\t\"C\"\n)\n",
				"tests/x/testdata/none.go": "package x\nimport \"C\"\n",
			},
			want: []string{
				`kafka/a.go imports "C"`,
				`rdkafka/sub/a.go imports "C"`,
				`tests/x/a_test.go imports "C"`,
			},
		},
		{
			name:  "kafka is plain Go",
			check: badImports(importsUnsafe),
			plant: map[string]string{
				"rdkafka/a.go":      "package rdkafka\nimport \"unsafe\"\n",
				"kafka/a.go":        "package kafka\nimport _ \"unsafe\"\n",
				"kafka/a_test.go":   "package kafka\nimport \"unsafe\"\n",
				"kafka/sub/a.go":    "package sub\nimport \"runtime/cgo\"\n",
				"kafka/sub/fine.go": "package sub\nimport \"runtime\"\n",
			},
			want: []string{
				`kafka/a.go imports "unsafe"`,
				`kafka/a_test.go imports "unsafe"`,
				`kafka/sub/a.go imports "runtime/cgo"`,
			},
		},
		{
			name:  "imports go down only",
			check: badImports(importsUpwards),
			plant: map[string]string{
				"kafka/a.go":           importing("kafka", "rdkafka", "kafka/internal/x", "librdkafka/src"),
				"kafka/a_test.go":      importing("kafka", "tests/cluster"),
				"kafka/kafkatest/a.go": importing("kafkatest", "kafka", "cmd/rdk/x"),
				"rdkafka/a.go":         importing("rdkafka", "librdkafka/src", "kafka"),
				"librdkafka/a.go":      importing("librdkafka", "librdkafka/internal/x", "rdkafka"),
				"tests/a.go":           importing("tests", "kafka", "rdkafka", "kafka/kafkatest"),
				"cmd/rdk/main.go":      importing("main", "kafka"),
			},
			want: []string{
				`kafka/a.go imports "` + module + `/librdkafka/src"`,
				`kafka/a_test.go imports "` + module + `/tests/cluster"`,
				`kafka/kafkatest/a.go imports "` + module + `/cmd/rdk/x"`,
				`librdkafka/a.go imports "` + module + `/rdkafka"`,
				`rdkafka/a.go imports "` + module + `/kafka"`,
			},
		},
		{
			name:  "the library needs x-sys alone, its tests testify",
			check: badImports(importsForeign),
			plant: map[string]string{
				"kafka/a.go":      "package kafka\nimport (\n\"os\"\n\"golang.org/x/sys/unix\"\n\"" + module + "/rdkafka\"\n)\n",
				"kafka/b.go":      "package kafka\nimport \"github.com/stretchr/testify/assert\"\n",
				"kafka/b_test.go": "package kafka\nimport \"github.com/stretchr/testify/assert\"\n",
				"rdkafka/a.go":    "package rdkafka\nimport \"golang.org/x/sync/errgroup\"\n",
				"cmd/rdk/main.go": "package main\nimport \"github.com/spf13/cobra\"\n",
			},
			want: []string{
				`kafka/b.go imports "github.com/stretchr/testify/assert"`,
				`rdkafka/a.go imports "golang.org/x/sync/errgroup"`,
			},
		},
	})
}

func importing(pkg string, folders ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\nimport (\n", pkg)
	for _, f := range folders {
		fmt.Fprintf(&b, "\t_ %q\n", module+"/"+f)
	}
	b.WriteString(")\n")
	return b.String()
}

// badImports makes a check of a rule about single imports.
func badImports(bad func(f goFile, imported string) bool) func(*testing.T, string) []string {
	return func(t *testing.T, root string) []string {
		t.Helper()
		var found []string
		for _, f := range goFiles(t, root) {
			for _, imported := range f.imports {
				if bad(f, imported) {
					found = append(found, fmt.Sprintf("%s imports %q", f.name, imported))
				}
			}
		}
		return found
	}
}

func importsC(f goFile, imported string) bool {
	return imported == "C" && f.dir() != "rdkafka" && f.dir() != "librdkafka/src"
}

func importsUnsafe(f goFile, imported string) bool {
	return within(f.dir(), "kafka") && (imported == "unsafe" || imported == "runtime/cgo")
}

// layers says which folder of the project each layer may import besides itself.
// What is not named here stands on top and may import any.
var layers = map[string]string{
	"librdkafka": "librdkafka",
	"rdkafka":    "librdkafka",
	"kafka":      "rdkafka",
}

func importsUpwards(f goFile, imported string) bool {
	layer, _, _ := strings.Cut(f.name, "/")
	below, isLayer := layers[layer]
	target, ours := strings.CutPrefix(imported, module+"/")
	return isLayer && ours && !within(target, layer, below)
}

// nested are the folders with a go.mod of their own, whose dependencies are not
// the root module's.
var nested = []string{"cmd", "tests", "compat"}

func importsForeign(f goFile, imported string) bool {
	host, _, _ := strings.Cut(imported, "/")
	if within(f.dir(), nested...) || !strings.Contains(host, ".") ||
		within(imported, module, "golang.org/x/sys") {
		return false
	}
	return !f.isTest() || !within(imported, "github.com/stretchr/testify")
}
