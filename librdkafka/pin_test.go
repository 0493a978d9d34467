package librdkafka_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/librdkafka"
	"github.com/rdkafka-go/rdkafka/librdkafka/internal/layin"
)

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	require.NoError(t, err, "make librdkafka lays in what is missing")
	return string(content)
}

func pin() layin.Pin {
	return layin.Pin{Version: librdkafka.Version, Commit: librdkafka.Commit, TreeHash: librdkafka.TreeHash}
}

// The build asks for the stamp of the release that the pin names, and the folder
// holds it, whole.
func TestPin_matchesBuild(t *testing.T) {
	t.Parallel()
	require.Contains(t, read(t, "src/cgo.go"), "\n#ifndef "+pin().StampMacro()+"\n")
	d := layin.Folder{Path: "src", Pin: pin()}
	require.True(t, d.Complete(), "run make librdkafka")
}

func TestPin_form(t *testing.T) {
	t.Parallel()
	require.NoError(t, layin.CheckVersion(librdkafka.Version))
	require.Regexp(t, `^[0-9a-f]{40}$`, librdkafka.Commit)
	require.Regexp(t, `^[0-9a-f]{64}$`, librdkafka.TreeHash)
}

// The licences that the release names, each of which has a part of its own in
// LICENSES.txt, and their copyright lines are all in NOTICE.
func TestNotice_namesEachLicence(t *testing.T) {
	t.Parallel()
	heading := regexp.MustCompile(`^LICENSE(\.[a-z0-9]+)?$`)
	owner := regexp.MustCompile(`(?i)copyright (\(c\) )?[0-9]{4}.*`)
	notice := read(t, filepath.Join("..", "NOTICE"))
	var licences, owners []string
	for _, line := range strings.Split(read(t, "src/LICENSES.txt"), "\n") {
		line = strings.TrimSpace(line)
		if heading.MatchString(line) {
			licences = append(licences, line)
			require.Contains(t, notice, "\n"+line+": ")
		}
		if o := owner.FindString(line); o != "" {
			owners = append(owners, o)
			require.Contains(t, notice, o)
		}
	}
	require.Len(t, licences, 15, "another number of licences: see NOTICE")
	require.Len(t, owners, 12, "another number of copyright lines: see NOTICE")
}

// Go compiles each C file that was laid in: a name that ends in that of an
// operating system would be left out.
func TestSource_allCompiled(t *testing.T) {
	t.Parallel()
	system := regexp.MustCompile(`_(windows|darwin|linux|freebsd|netbsd|openbsd|solaris|amd64|arm64|386|arm|test)\.[ch]$`)
	names, err := filepath.Glob("src/*.[ch]")
	require.NoError(t, err)
	require.Greater(t, len(names), 150)
	for _, n := range names {
		require.NotRegexp(t, system, n)
	}
}
