package layin

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// leftOut names the files of upstream's src folder that are not laid in.
// librdkafka's own build leaves the .c files out too when the feature is off;
// rdregex.c uses the C library's regular expressions (HAVE_REGEX in config.h).
var leftOut = map[string]string{
	"rdhttp.c":                        "needs libcurl",
	"rdkafka_sasl_oauthbearer_oidc.c": "needs libcurl",
	"rdkafka_sasl_cyrus.c":            "needs Cyrus SASL",
	"rdkafka_sasl_win32.c":            "Windows only",
	"rdwin32.h":                       "Windows only",
	"win32_config.h":                  "Windows only",
	"regexp.c":                        "the C library has regular expressions",
	"regexp.h":                        "the C library has regular expressions",
}

// headerFolders are the subfolders of upstream's src that C files include from.
// Their headers keep their folder, as "nanopb/pb.h" must resolve. Their .c files
// are laid flat beside the others: Go compiles one folder a package, and one
// package compiles the C.
var headerFolders = []string{"nanopb", "opentelemetry"}

// licences is laid in so that it goes where the source goes, also into a
// vendored tree.
const licences = "LICENSES.txt"

// Choose returns the files of the release to lay in: the content of each by the
// slash-separated path it gets below librdkafka/src. Nothing is edited. An error
// says that the tree is no release of librdkafka.
func Choose(t *Tree) (map[string][]byte, error) {
	chosen := map[string][]byte{}
	put := func(to string, content []byte) error {
		if _, twice := chosen[to]; twice || isOurs(to) {
			return fmt.Errorf("two files would be laid in as %s", to)
		}
		chosen[to] = content
		return nil
	}
	for p, content := range t.Files {
		rest, inSrc := strings.CutPrefix(p, "src/")
		ext := path.Ext(p)
		if p == licences {
			rest, inSrc, ext = licences, true, ".h"
		}
		if !inSrc || (ext != ".c" && ext != ".h") {
			continue
		}
		dir, base := path.Split(rest)
		if leftOut[rest] != "" {
			continue
		}
		if dir = strings.TrimSuffix(dir, "/"); dir != "" && !slices.Contains(headerFolders, dir) {
			return nil, fmt.Errorf("%s: a folder below src that is not known; see choose.go", p)
		}
		if ext == ".c" {
			rest = base
		}
		if err := put(rest, content); err != nil {
			return nil, err
		}
	}
	for _, must := range []string{"rdkafka.h", "rdkafka.c", licences} {
		if _, ok := chosen[must]; !ok {
			return nil, errors.New("not a release of librdkafka: no " + must)
		}
	}
	return chosen, nil
}

// ours are the files of librdkafka/src that this project tracks.
var ours = []string{"cgo.go", "config.h", "nanopb/doc.go", "opentelemetry/doc.go"}

func isOurs(p string) bool {
	return slices.Contains(ours, p)
}
