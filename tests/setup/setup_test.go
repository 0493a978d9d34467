// Package setup tests what stands between a clone and a program that runs: the
// laying in of librdkafka's source, the build from a user's module, the messages
// for what is missing, and the properties of the built program.
package setup

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const module = "github.com/rdkafka-go/rdkafka"

// limit bounds any one command: a cold build on a busy machine takes minutes.
const limit = 8 * time.Minute

// A shell runs commands in a folder with an environment.
type shell struct {
	dir string
	env []string
}

// with returns the shell with more variables set.
func (s shell) with(env ...string) shell {
	return shell{dir: s.dir, env: append(append([]string{}, s.env...), env...)}
}

// try runs a command and returns its exit status and what it printed.
func (s shell) try(t *testing.T, name string, args ...string) (status int, out string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), s.env...)
	cmd.WaitDelay = 10 * time.Second
	printed, err := cmd.CombinedOutput()
	require.NoError(t, ctx.Err(), "%s %v took more than %v: %s", name, args, limit, printed)
	if _, exited := err.(*exec.ExitError); !exited { //nolint:errorlint // Run returns it bare
		require.NoError(t, err)
	}
	return cmd.ProcessState.ExitCode(), string(printed)
}

// run is try for a command that must succeed.
func (s shell) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	status, out := s.try(t, name, args...)
	require.Zero(t, status, "%s %v: %s", name, args, out)
	return out
}

// repository returns the folder of the repository under test.
func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	return root
}

// clone copies what the repository tracks, as it is now, into a folder: a clone
// without the source of librdkafka.
func clone(t *testing.T) string {
	t.Helper()
	root, to := repository(t), t.TempDir()
	listed := shell{dir: root}.run(t, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	for _, name := range strings.Split(strings.TrimSuffix(listed, "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		require.NoError(t, err)
		info, err := os.Stat(filepath.Join(root, name))
		require.NoError(t, err)
		dst := filepath.Join(to, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(dst), 0o755))
		require.NoError(t, os.WriteFile(dst, content, info.Mode().Perm()))
	}
	return to
}

// user makes a user's module whose go.mod replaces ours by the clone.
func user(t *testing.T, clone string) shell {
	t.Helper()
	s := shell{dir: t.TempDir(), env: []string{"GOWORK=off", "GOFLAGS=-mod=mod"}}
	program, err := os.ReadFile("testdata/app.go.txt")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "main.go"), program, 0o644))
	sums, err := os.ReadFile(filepath.Join(clone, "go.sum"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "go.sum"), sums, 0o644))
	gomod := "module example.com/app\n\ngo 1.25.0\n\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + clone + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "go.mod"), []byte(gomod), 0o644))
	return s
}

// quick returns the setting of CC to a compiler that does not optimise: what
// finds its headers with it finds them with any flags, in half the time.
func quick(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "cc")
	require.NoError(t, os.WriteFile(name, []byte("#!/bin/sh\nexec gcc \"$@\" -O0\n"), 0o755))
	return "CC=" + name
}

// requireOneError checks that the output holds the compiler's #error once, on
// one line, with want in it, and no other error.
func requireOneError(t *testing.T, out, want string) {
	t.Helper()
	require.Equal(t, 1, strings.Count(out, "error: "), out)
	_, line, _ := strings.Cut(out, "error: ")
	line, _, _ = strings.Cut(line, "\n")
	require.Contains(t, line, "#error")
	require.Contains(t, line, want)
}

// The way of a user: a clone, a module of one's own that replaces ours by it, a
// build with nothing cached, and a vendored one.
func TestUserModule(t *testing.T) {
	t.Parallel()
	c := clone(t)
	u := user(t, c).with("GOCACHE=" + t.TempDir())

	// Without the source the build says what to run, and that does it.
	status, out := u.with(quick(t)).try(t, "go", "build", "-o", "app", ".")
	require.NotZero(t, status)
	requireOneError(t, out, "go run "+module+"/librdkafka/fetch")
	require.Contains(t, out, "make librdkafka")
	out = u.run(t, "go", "run", module+"/librdkafka/fetch")
	require.Contains(t, out, "laid in from")
	require.FileExists(t, filepath.Join(c, "librdkafka", "src", "rdkafka.h"))

	u.run(t, "go", "build", "-o", "app", ".")
	require.Regexp(t, `(?m)^ok 2\.`, u.run(t, "./app"))

	// A descriptor that a child inherits keeps pipes and sockets open that we
	// closed.
	out = u.run(t, "./app", "descriptors")
	require.NotContains(t, out, "inherited:")
	require.Regexp(t, `(?m)^descriptors: [1-9][0-9]`, out)

	staticProgram(t, u)

	// "go mod vendor" keeps all that the compiler needs.
	u.run(t, "go", "mod", "vendor")
	require.NoError(t, os.Rename(c, c+".gone"))
	t.Cleanup(func() { _ = os.RemoveAll(c + ".gone") })
	v := u.with(quick(t), "GOFLAGS=-mod=vendor")
	v.run(t, "go", "build", "-o", "vendored", ".")
	require.Regexp(t, `(?m)^ok 2\.`, v.run(t, "./vendored"))
	require.FileExists(t, filepath.Join(u.dir, "vendor", module, "librdkafka", "src", "LICENSES.txt"))
}

// A user without cgo reads one sentence.
func TestUserModule_withoutCgo(t *testing.T) {
	t.Parallel()
	u := user(t, repository(t)).with("CGO_ENABLED=0")
	status, out := u.try(t, "go", "build", "-o", "app", ".")
	require.NotZero(t, status)
	require.Contains(t, out, "CGO_ENABLED_1")
	require.LessOrEqual(t, strings.Count(out, "\n"), 2, out)
}

// The set-up is killed at some moment of its work with the real release; the
// next one heals the folder. That each of its steps stands it is tested in
// librdkafka/internal/layin.
func TestLayIn_killed(t *testing.T) {
	t.Parallel()
	c := clone(t)
	s := shell{dir: c, env: []string{"GOWORK=off"}}
	fetch := filepath.Join(t.TempDir(), "fetch")
	s.run(t, "go", "build", "-o", fetch, "./librdkafka/fetch")
	s.run(t, "git", "init", "-q")
	s.run(t, "git", "add", ".")
	src := filepath.Join(c, "librdkafka", "src")
	stamp := filepath.Join(src, "rkgo_stamp.h")
	clean := s.run(t, "git", "status", "--porcelain")

	start := time.Now()
	require.Contains(t, s.run(t, fetch), "laid in from")
	whole := time.Since(start)
	killed := 0
	for i := 0; killed < 8; i++ {
		require.Less(t, i, 200, "the process ends before it can be killed")
		s.run(t, "git", "clean", "-fdxq", "librdkafka/src")
		require.NoFileExists(t, stamp)
		cmd := exec.Command(fetch)
		cmd.Dir = c
		require.NoError(t, cmd.Start())
		timer := time.AfterFunc(whole*time.Duration(i%10)/10, func() { _ = cmd.Process.Kill() })
		if err := cmd.Wait(); err != nil {
			killed++
			require.NoFileExists(t, stamp)
		}
		timer.Stop()
		s.run(t, fetch)
		require.FileExists(t, stamp)
		require.Contains(t, s.run(t, fetch), "in place")
		require.Equal(t, clean, s.run(t, "git", "status", "--porcelain"))
	}
}
