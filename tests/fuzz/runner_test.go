package fuzz_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

// planted is a module with a target that crashes and one that does not.
const planted = `package planted

import (
	"strings"
	"testing"
)

func FuzzCrash(f *testing.F) {
	f.Add("seed")
	f.Fuzz(func(t *testing.T, s string) {
		if s != "seed" && !strings.HasPrefix(s, "seed") {
			_ = []int{}[len(s)]
		}
	})
}

func FuzzSound(f *testing.F) {
	f.Add("seed")
	f.Fuzz(func(*testing.T, string) {})
}
`

// build/fuzz.sh finds the targets by itself, runs each, and fails when one has found something, which then stands beside
// it as a test.
func TestRunner_seesCrash(t *testing.T) {
	t.Parallel()
	script, err := filepath.Abs("../../build/fuzz.sh")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module planted\n\ngo 1.25.0\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "planted_test.go"), []byte(planted), 0o600))
	run := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), script, args...)
		cmd.Env = append(os.Environ(), "FUZZ_DIR="+dir, "GOWORK=off")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := run("1x", "Sound")
	require.NoError(t, err, out)
	assert.Contains(t, out, "fuzz: 1 targets, 0 found a fault")

	out, err = run("20000x")
	require.Error(t, err, out)
	assert.Contains(t, out, "index out of range")
	assert.Contains(t, out, "fuzz: FuzzCrash of planted has found a fault")
	assert.Contains(t, out, "fuzz: 2 targets, 1 found a fault")
	kept, err := filepath.Glob(filepath.Join(dir, "testdata", "fuzz", "FuzzCrash", "*"))
	require.NoError(t, err)
	assert.Len(t, kept, 1, "what it found")

	out, err = run("1x", "NoSuchTarget")
	require.Error(t, err, "no target")
	assert.Contains(t, out, "no target matches NoSuchTarget")
	evidence.Record(t, "fuzz-runner", evidence.Measured("1 planted crash, found"))
}
