package guard

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRepository(t *testing.T) {
	runRules(t, []rule{
		{
			name:  "the root module requires testify and x-sys alone",
			check: requirements,
			plant: map[string]string{"go.mod": `module ` + module + `

go 1.26.0

require (
	github.com/stretchr/testify v1.12.1
	golang.org/x/sys v0.47.0
	golang.org/x/sync v0.1.0
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/net v0.1.0 // indirect
)

replace golang.org/x/sys => ../sys
`},
			want: []string{
				"go.mod: go 1.26.0, not 1.25.0",
				"go.mod: requires golang.org/x/sync",
				"go.mod: requires golang.org/x/net",
				"go.mod: replaces golang.org/x/sys",
			},
		},
		{
			name:  "no source of others is tracked",
			check: foreignSource,
			plant: map[string]string{
				"librdkafka/src/cgo.go":      "package src\n",
				"librdkafka/src/config.h":    "/* ours */\n",
				"librdkafka/src/rdkafka.c":   "int x;\n",
				"librdkafka/src/sub/a.h":     "int x;\n",
				"rdkafka/shim.c":             "/* ours */\n",
				"rdkafka/lz4.c":              "/* " + copyright + "(C) 2011-2020, Yann Collet. */\n",
				"kafka/consumer.go":          "// " + copyright + "2016 Confluent Inc.\npackage kafka\n",
				"LICENSE":                    copyright + "(c) the authors\n",
				"build/librdkafka.tar.gz":    "x",
				"tests/cluster/kafka.jar":    "x",
				"librdkafka/librdkafka_a.a":  "x",
				"tests/cbase/program/base.c": "/* ours */\n",
			},
			want: []string{
				"build/librdkafka.tar.gz: a packed or compiled file",
				"kafka/consumer.go: a copyright line",
				"librdkafka/librdkafka_a.a: a packed or compiled file",
				"librdkafka/src/rdkafka.c: C source where librdkafka's is laid in",
				"librdkafka/src/sub/a.h: C source where librdkafka's is laid in",
				"rdkafka/lz4.c: a copyright line",
				"tests/cluster/kafka.jar: a packed or compiled file",
			},
		},
		{
			name:  "no file names a path of somebody's machine",
			check: machinePaths,
			plant: map[string]string{
				"a.go":      "package a // see /" + "home/joe/x\n",
				"Makefile":  "x:\n\tcp /" + "root/go/x .\n",
				"b.md":      "see .." + "/shared/x\n",
				"build/a":   "cd /" + "work/main\n",
				"fine.go":   "package a // https://example.org/work/home /usr/include network/root\n",
				"image.png": "\x89PNG\x00/" + "home/joe/",
			},
			want: []string{
				"Makefile:2: /" + "root/",
				"a.go:1: /" + "home/joe",
				"b.md:1: .." + "/shared",
				"build/a:1: /" + "work/",
			},
		},
		{
			name:  "source is ASCII and in files under 600 lines",
			check: sourceForm,
			plant: map[string]string{
				"a.go":       "package a // \u00e4\n",
				"b.c":        strings.Repeat("\n", 600),
				"c.sh":       strings.Repeat("\n", 599),
				"d.md":       "\u00e4\n",
				"rdkafka/.x": "\u00e4\n",
			},
			want: []string{
				"a.go:1: not ASCII",
				"b.c: 600 lines",
			},
		},
	})
}

// direct are the modules that the root module may require, indirect those that
// they need in turn.
var (
	direct   = []string{"github.com/stretchr/testify", "golang.org/x/sys"}
	indirect = []string{"go.yaml.in/yaml/v3"} // of testify
)

// goVersion is the oldest Go that the library supports.
const goVersion = "1.25.0"

func requirements(t *testing.T, root string) []string {
	t.Helper()
	out, err := exec.Command("go", "mod", "edit", "-json", filepath.Join(root, "go.mod")).Output()
	require.NoError(t, err)
	var mod struct {
		Go      string
		Require []struct {
			Path     string
			Indirect bool
		}
		Replace []struct{ Old struct{ Path string } }
	}
	require.NoError(t, json.Unmarshal(out, &mod))
	var found []string
	if mod.Go != goVersion {
		found = append(found, fmt.Sprintf("go.mod: go %s, not %s", mod.Go, goVersion))
	}
	for _, r := range mod.Require {
		allowed := direct
		if r.Indirect {
			allowed = indirect
		}
		if !slices.Contains(allowed, r.Path) {
			found = append(found, "go.mod: requires "+r.Path)
		}
	}
	for _, r := range mod.Replace {
		found = append(found, "go.mod: replaces "+r.Old.Path)
	}
	return found
}

// isSource says whether a file is source that the project's rules on form bind.
func isSource(name string) bool {
	switch path.Ext(name) {
	case ".go", ".c", ".h", ".sh":
		return true
	}
	return path.Base(name) == "Makefile" || path.Base(name) == "Dockerfile"
}

// copyright starts a copyright line. It is put together so that this file does
// not hold what the rule looks for, as is done in the patterns below.
const copyright = "Copy" + "right "

var packed = regexp.MustCompile(`\.(a|o|so|so\..*|dylib|dll|exe|jar|class|zip|tar|tgz|gz|xz|bz2|zst|deb|rpm)$`)

func foreignSource(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	for _, name := range tracked(t, root) {
		ext := path.Ext(name)
		isC := ext == ".c" || ext == ".h"
		switch {
		case packed.MatchString(name):
			found = append(found, name+": a packed or compiled file")
		case isC && within(name, "librdkafka") && name != "librdkafka/src/config.h":
			found = append(found, name+": C source where librdkafka's is laid in")
		// This project's licence stands in one file; a line of its own in a source
		// file came with somebody else's.
		case isSource(name) && strings.Contains(read(t, root, name), copyright):
			found = append(found, name+": a copyright line")
		}
	}
	return found
}

var machinePath = regexp.MustCompile(`(?:^|[^\w./-])(/` + `home/\w+|/` + `root/|/` + `work/)|\.\.` + `/shared`)

func machinePaths(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	for _, name := range tracked(t, root) {
		text := read(t, root, name)
		if strings.Contains(text, "\x00") { // an image or the like
			continue
		}
		for i, line := range strings.Split(text, "\n") {
			if hit := machinePath.FindStringSubmatch(line); hit != nil {
				what := hit[1]
				if what == "" {
					what = hit[0]
				}
				found = append(found, fmt.Sprintf("%s:%d: %s", name, i+1, what))
			}
		}
	}
	return found
}

const maxLines = 600

func sourceForm(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	for _, name := range tracked(t, root) {
		if !isSource(name) {
			continue
		}
		text := read(t, root, name)
		if n := strings.Count(text, "\n"); n >= maxLines {
			found = append(found, fmt.Sprintf("%s: %d lines", name, n))
		}
		for i, line := range strings.Split(text, "\n") {
			if strings.IndexFunc(line, func(r rune) bool { return r > 127 }) >= 0 {
				found = append(found, fmt.Sprintf("%s:%d: not ASCII", name, i+1))
			}
		}
	}
	return found
}
