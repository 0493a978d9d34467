package layin

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
)

// A Pin names one release of librdkafka.
type Pin struct {
	Version  string // of the release, such as "2.14.2"
	Commit   string // upstream's, 40 hexadecimal digits
	TreeHash string // as Tree.Hash gives it, 64 hexadecimal digits
}

// StampMacro returns the C macro that the stamp defines, and that
// librdkafka/src/cgo.go asks for: the whole pin is in its name, as the
// preprocessor compares no strings.
func (p Pin) StampMacro() string {
	return "RKGO_SOURCE_" + strings.ReplaceAll(p.Version, ".", "_") + "_" + p.TreeHash
}

// A Tree is a release's file tree, held in memory.
type Tree struct {
	// Files maps each regular file's path, slash-separated and relative to the
	// release's top folder, to its content.
	Files map[string][]byte
	// Commit is the upstream commit that the archive names, "" if it names none.
	Commit string
}

// Hash returns the SHA-256, in hexadecimal, of what the sha256sum command
// prints for the tree's files in the order of their paths.
func (t *Tree) Hash() string {
	paths := make([]string, 0, len(t.Files))
	for p := range t.Files {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	h := sha256.New()
	for _, p := range paths {
		fmt.Fprintf(h, "%s  %s\n", hashOf(t.Files[p]), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func hashOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
