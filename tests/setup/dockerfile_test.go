package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// build/dockerfile-check.sh stands in for a container engine. It reads the
// Dockerfile itself; this holds it to each instruction, as one that it passed
// over would go unchecked.
func TestDockerfile_checkKnowsAll(t *testing.T) {
	t.Parallel()
	root := repository(t)
	content, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	require.NoError(t, err)
	var want []string
	for _, line := range strings.Split(string(content), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			require.NotContains(t, line, `\`, "this test reads one line an instruction")
			want = append(want, line)
		}
	}
	var got []string
	for _, line := range strings.Split(strings.TrimSpace(shell{dir: root}.run(t, "build/dockerfile-check.sh", "-n")), "\n") {
		line = strings.TrimPrefix(line, "dockerfile: ")
		if stage, rest, ok := strings.Cut(line, ": "); ok && (stage == "build" || stage == "final") {
			line = rest
		}
		got = append(got, line)
	}
	require.Equal(t, want, got)
}

func TestDockerfile_checkRefusesUnknown(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile(filepath.Join(repository(t), "build", "dockerfile-check.sh"))
	require.NoError(t, err)
	for line, want := range map[string]string{
		"HEALTHCHECK CMD true":    "dockerfile: HEALTHCHECK: an instruction that this script does not know\n",
		"FROM a b c":              "dockerfile: FROM a b c: not known here\n",
		"ENTRYPOINT /rdk":         "dockerfile: ENTRYPOINT /rdk: one absolute path is known here\n",
		"FROM scratch\nRUN true":  "dockerfile: no ENTRYPOINT\n",
		"FROM scratch\nUSER root": "dockerfile: USER: an instruction that this script does not know\n",
	} {
		dir := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "build"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "build", "check.sh"), script, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(line+"\n"), 0o644))
		status, out := shell{dir: dir}.try(t, "build/check.sh", "-n")
		require.Equal(t, 1, status, "%s: %s", line, out)
		require.True(t, strings.HasSuffix(out, want), out)
	}
}
