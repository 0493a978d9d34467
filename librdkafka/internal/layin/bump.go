package layin

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

var (
	releaseVersion = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
	versionInC     = regexp.MustCompile(`(?m)^#define\s+RD_KAFKA_VERSION\s+0x([0-9a-fA-F]{8})\b`)
	pinLine        = regexp.MustCompile(`(?m)^(\s*(Version|Commit|TreeHash)\s*=\s*)"[^"]*"`)
	stampLine      = regexp.MustCompile(`RKGO_SOURCE_[0-9A-Za-z_]+`)
)

// CheckVersion returns an error unless version is of the form "2.14.2".
func CheckVersion(version string) error {
	if !releaseVersion.MatchString(version) {
		return fmt.Errorf("%q is not a version of librdkafka: three numbers, such as 2.14.2", version)
	}
	return nil
}

// NewPin returns the pin of a release's tree. It returns an error if the tree's
// own header is of another version, or is a release candidate's, or the archive
// named no commit.
func NewPin(t *Tree, version string) (Pin, error) {
	if err := CheckVersion(version); err != nil {
		return Pin{}, err
	}
	m := versionInC.FindSubmatch(t.Files["src/rdkafka.h"])
	if m == nil {
		return Pin{}, errors.New("the archive is no release of librdkafka: src/rdkafka.h with an RD_KAFKA_VERSION is missing")
	}
	n, err := strconv.ParseUint(string(m[1]), 16, 32)
	if err != nil {
		return Pin{}, err
	}
	// 0xMMmmrrxx: xx is 0xff for a release, else the number of a candidate.
	if got := fmt.Sprintf("%d.%d.%d", n>>24, n>>16&0xff, n>>8&0xff); got != version || n&0xff != 0xff {
		return Pin{}, fmt.Errorf("the archive's RD_KAFKA_VERSION is 0x%s, not %s's", m[1], version)
	}
	if t.Commit == "" {
		return Pin{}, errors.New("the archive names no commit: take one that \"git archive\" or the release page made")
	}
	return Pin{Version: version, Commit: t.Commit, TreeHash: t.Hash()}, nil
}

// WritePin makes the source files below root, the folder librdkafka, say p:
// pin.go and src/cgo.go. pin.go is written first: if the second write fails, a
// build still refuses.
func WritePin(root string, p Pin) error {
	fields := map[string]string{"Version": p.Version, "Commit": p.Commit, "TreeHash": p.TreeHash}
	err := rewrite(filepath.Join(root, "pin.go"), pinLine, len(fields), func(m [][]byte) []byte {
		return []byte(string(m[1]) + strconv.Quote(fields[string(m[2])]))
	})
	if err != nil {
		return err
	}
	return rewrite(filepath.Join(root, "src", "cgo.go"), stampLine, 1, func([][]byte) []byte {
		return []byte(p.StampMacro())
	})
}

// rewrite replaces the want matches of re in the file.
func rewrite(name string, re *regexp.Regexp, want int, with func(groups [][]byte) []byte) error {
	old, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if n := len(re.FindAll(old, -1)); n != want {
		return fmt.Errorf("%s: expected %d places that hold the pin, found %d", name, want, n)
	}
	text := re.ReplaceAllFunc(old, func(m []byte) []byte { return with(re.FindSubmatch(m)) })
	if bytes.Equal(text, old) {
		return nil
	}
	return os.WriteFile(name, text, 0o644)
}
