package setup

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// without returns the setting of CC to a compiler that does not see the headers
// of that name below /usr/include.
func without(t *testing.T, hidden string) string {
	t.Helper()
	dir := t.TempDir()
	var flags strings.Builder
	// The compiler's own headers come before the system's.
	out, err := exec.Command("gcc", "-print-file-name=include").Output()
	require.NoError(t, err)
	flags.WriteString("-nostdinc -isystem " + strings.TrimSpace(string(out)))
	machine, err := exec.Command("gcc", "-print-multiarch").Output()
	require.NoError(t, err)
	for i, system := range []string{"/usr/include/" + strings.TrimSpace(string(machine)), "/usr/include"} {
		shown := filepath.Join(dir, "include", string(rune('a'+i)))
		require.NoError(t, os.MkdirAll(shown, 0o755))
		entries, err := os.ReadDir(system)
		require.NoError(t, err)
		for _, e := range entries {
			if e.Name() != hidden {
				require.NoError(t, os.Symlink(filepath.Join(system, e.Name()), filepath.Join(shown, e.Name())))
			}
		}
		flags.WriteString(" -isystem " + shown)
	}
	name := filepath.Join(dir, "cc")
	require.NoError(t, os.WriteFile(name, []byte("#!/bin/sh\nexec gcc "+flags.String()+" \"$@\"\n"), 0o755))
	return "CC=" + name
}

// Each missing header is one line that names the package, of the build and of
// the set-up.
func TestMissingHeaders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ hidden, build, name, apt string }{
		{"openssl", "OpenSSL's headers are missing: install libssl-dev (Debian, Ubuntu), openssl-devel (Fedora, RHEL)", "OpenSSL's headers", "libssl-dev"},
		{"zlib.h", "zlib's headers are missing: install zlib1g-dev (Debian, Ubuntu), zlib-devel (Fedora", "zlib's headers", "zlib1g-dev"},
		{"zstd.h", "zstd's headers are missing: install libzstd-dev (Debian, Ubuntu), libzstd-devel (Fedora", "zstd's headers", "libzstd-dev"},
	} {
		t.Run(c.hidden, func(t *testing.T) {
			t.Parallel()
			s := shell{dir: repository(t)}.with(without(t, c.hidden), "NO_INSTALL=1")
			status, out := s.try(t, "go", "build", "./librdkafka/src")
			require.NotZero(t, status)
			requireOneError(t, out, c.build)
			require.Contains(t, out, "(Alpine)")
			require.Contains(t, out, "(Arch)")

			status, out = s.try(t, "build/setup.sh")
			require.Equal(t, 3, status, out)
			require.Equal(t, 1, strings.Count(out, "\n"), out)
			require.Contains(t, out, "setup: missing: "+c.name+"; run: ")
			if _, err := exec.LookPath("apt-get"); err == nil {
				require.Contains(t, out, "apt-get update && apt-get install -y --no-install-recommends "+c.apt)
			}
		})
	}
}

// path makes a folder with the named programs of this machine, for a PATH that
// has no others.
func path(t *testing.T, programs ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, p := range programs {
		real, err := exec.LookPath(p)
		require.NoError(t, err)
		require.NoError(t, os.Symlink(real, filepath.Join(dir, p)))
	}
	return dir
}

var base = []string{"bash", "env", "mktemp", "rm", "cat", "grep", "cut", "sed", "sh", "tail", "dirname", "as", "ld"}

func TestSetup_missingPrograms(t *testing.T) {
	t.Parallel()
	plain := path(t, base...)
	withGo := path(t, append([]string{"go"}, base...)...)
	withCC := path(t, append([]string{"go", "gcc", "apt-get"}, base...)...)
	fails := filepath.Join(path(t, append([]string{"go", "gcc"}, base...)...), "apt-get")
	require.NoError(t, os.WriteFile(fails, []byte("#!/bin/sh\necho 'E: no network' >&2\nexit 100\n"), 0o755))
	for name, c := range map[string]struct {
		env    []string
		args   []string
		status int
		want   string
	}{
		"no Go": {
			env: []string{"PATH=" + plain}, status: 3,
			want: "setup: Go is missing: install Go 1.25 or later from https://go.dev/dl/ and put it on the PATH\n",
		},
		"no compiler, no package manager": {
			env: []string{"PATH=" + withGo}, status: 3,
			want: "setup: missing: a C compiler, OpenSSL's headers, zlib's headers, zstd's headers; no package manager known here " +
				"(apt-get, dnf, apk, pacman, zypper): install them by hand\n",
		},
		"CC of no use": {
			env: []string{"CC=no-such-compiler -m64"}, status: 3,
			want: "setup: CC names a compiler that is not there: no-such-compiler: install it or unset CC\n",
		},
		"for the tests": {
			env: []string{"PATH=" + withCC, "NO_INSTALL=1"}, args: []string{"tests"}, status: 3,
			want: "setup: missing: git, Java 17 or later, Maven; run: ",
		},
		"for lint": {
			env: []string{"PATH=" + withCC, "NO_INSTALL=1"}, args: []string{"lint"}, status: 3,
			want: "setup: missing: shellcheck, clang-format; run: ",
		},
		"unknown kind": {
			args: []string{"everything"}, status: 2,
			want: "setup: unknown kind \"everything\": build, tests or lint\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, out := shell{dir: repository(t)}.with(c.env...).try(t, "build/setup.sh", c.args...)
			require.Equal(t, c.status, status, out)
			require.Equal(t, 1, strings.Count(out, "\n"), out)
			require.Contains(t, out, c.want)
		})
	}
}

// As root the set-up says what it runs, runs it, and looks again whether it did.
func TestSetup_installs(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		status, out := shell{dir: repository(t)}.with("PATH="+path(t, append([]string{"go", "gcc", "apt-get"}, base...)...)).
			try(t, "build/setup.sh", "lint")
		require.Equal(t, 3, status, out)
		require.Contains(t, out, "; run: sudo sh -c '")
		return
	}
	for name, c := range map[string]struct {
		apt    string
		status int
		want   string
	}{
		"does it": {
			apt:  `if [ "$1" = install ]; then for p in shellcheck clang-format; do printf '#!/bin/sh\n' >"${0%/*}/$p"; chmod +x "${0%/*}/$p"; done; fi`,
			want: "setup: missing: shellcheck, clang-format; running: apt-get update && apt-get install -y --no-install-recommends shellcheck clang-format\n",
		},
		"fails": {
			apt: `echo "E: no network" >&2; exit 100`, status: 1,
			want: "E: no network\nsetup: that failed; mend it and run again, or install by hand: shellcheck clang-format\n",
		},
		"does nothing": {
			apt: `exit 0`, status: 1,
			want: "setup: installed shellcheck clang-format, but still missing for the compiler \"gcc\": shellcheck, clang-format\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := path(t, append([]string{"go", "gcc", "chmod"}, base...)...)
			require.NoError(t, os.WriteFile(filepath.Join(dir, "apt-get"), []byte("#!/bin/sh\n"+c.apt+"\n"), 0o755))
			status, out := shell{dir: repository(t)}.with("PATH="+dir).try(t, "build/setup.sh", "lint")
			require.Equal(t, c.status, status, out)
			require.Contains(t, out, c.want)
		})
	}
}
