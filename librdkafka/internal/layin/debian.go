package layin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

const (
	// debianSuites are the suites that hold the source package.
	debianSuites  = "sid testing"
	debianMirror  = "http://deb.debian.org/debian"
	debianKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
	aptTimeout    = 3 * time.Minute
)

// Debian fetches upstream's archive of the pinned release from Debian's source
// package into dir. It runs apt-get with a configuration, lists and cache of its
// own below dir, so that nothing of the system's is touched and no privilege is
// needed; only the mirror and the proxy are the system's.
func Debian(ctx context.Context, p Pin, dir string) (archive string, err error) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return "", errors.New("this machine has no apt-get")
	}
	if _, err := os.Stat(debianKeyring); err != nil {
		return "", fmt.Errorf("no %s: the package debian-archive-keyring is not installed", debianKeyring)
	}
	ctx, cancel := context.WithTimeout(ctx, aptTimeout)
	defer cancel()
	a := &apt{dir: filepath.Join(dir, "apt")}
	if err := a.configure(ctx); err != nil {
		return "", err
	}
	// One suite of the two is enough, so that a failed update is an error only if
	// what it did get does not do.
	_, updateErr := a.run(ctx, "apt-get", "update", "-q")
	known, err := a.run(ctx, "apt-cache", "showsrc", "--only-source", "librdkafka")
	if err != nil {
		return "", after(updateErr, err)
	}
	version, err := pickDebian(known, p.Version)
	if err != nil {
		return "", after(updateErr, err)
	}
	if _, err := a.run(ctx, "apt-get", "source", "-q", "--download-only", "--only-source", "librdkafka="+version); err != nil {
		return "", err
	}
	found, err := filepath.Glob(filepath.Join(a.dir, "librdkafka_*.orig.tar.gz"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("the package %s came without its one .orig.tar.gz", version)
	}
	return found[0], nil
}

// after returns err, with the earlier error, if any, as its likely cause, on one
// line.
func after(earlier, err error) error {
	if earlier == nil {
		return err
	}
	return fmt.Errorf("%w (after: %w)", err, earlier)
}

// pickDebian returns which version of the source package holds the upstream
// release, of those that the records of apt-cache's showsrc list.
func pickDebian(records, release string) (string, error) {
	var have []string
	for _, line := range strings.Split(records, "\n") {
		v, ok := strings.CutPrefix(line, "Version: ")
		if !ok {
			continue
		}
		upstream := v
		if _, after, epoch := strings.Cut(upstream, ":"); epoch {
			upstream = after
		}
		if i := strings.LastIndexByte(upstream, '-'); i >= 0 {
			upstream = upstream[:i]
		}
		if upstream == release {
			return v, nil
		}
		have = append(have, v)
	}
	if len(have) == 0 {
		return "", fmt.Errorf("the suites %s have no source package librdkafka", debianSuites)
	}
	return "", fmt.Errorf("the suites %s have librdkafka %s, not %s", debianSuites, strings.Join(have, ", "), release)
}

// apt runs the commands of apt with a configuration of its own in dir.
type apt struct{ dir string }

func (a *apt) conf() string { return filepath.Join(a.dir, "apt.conf") }

func (a *apt) configure(ctx context.Context) error {
	for _, d := range []string{"lists/partial", "cache/archives/partial", "empty"} {
		if err := os.MkdirAll(filepath.Join(a.dir, d), 0o755); err != nil {
			return err
		}
	}
	// Of the system's configuration only what reaches the network is kept: the
	// rest holds hooks that clean the system's caches, and other indexes to get.
	dump, err := output(ctx, nil, "", "apt-config", "dump")
	if err != nil {
		return err
	}
	var conf strings.Builder
	for _, line := range strings.Split(dump, "\n") {
		if strings.HasPrefix(line, "Acquire::http::") || strings.HasPrefix(line, "Acquire::https::") {
			conf.WriteString(line + "\n")
		}
	}
	fmt.Fprintf(&conf, "Dir::Etc::parts \"%[1]s/empty\";\nDir::Etc::main \"/dev/null\";\n"+
		"Dir::Etc::sourcelist \"%[1]s/debian.list\";\nDir::Etc::sourceparts \"%[1]s/empty\";\n"+
		"Dir::State::Lists \"%[1]s/lists\";\nDir::Cache \"%[1]s/cache\";\n"+
		// A mirror that stands still is good enough: what binds is the pin's hash.
		"Acquire::Check-Valid-Until \"false\";\n"+
		// The folder is this user's, which apt's own user may not enter.
		"APT::Sandbox::User \"\";\nAcquire::Languages \"none\";\nAcquire::Retries \"2\";\n"+
		"Acquire::http::Timeout \"10\";\nAcquire::https::Timeout \"10\";\n", a.dir)
	var list strings.Builder
	for _, suite := range strings.Fields(debianSuites) {
		fmt.Fprintf(&list, "deb-src [signed-by=%s] %s %s main\n", debianKeyring, mirror(ctx), suite)
	}
	if err := os.WriteFile(filepath.Join(a.dir, "debian.list"), []byte(list.String()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(a.conf(), []byte(conf.String()), 0o644)
}

func (a *apt) run(ctx context.Context, name string, args ...string) (string, error) {
	return output(ctx, []string{"APT_CONFIG=" + a.conf()}, a.dir, name, args...)
}

var debianURI = regexp.MustCompile(`https?://[^\s/]+(?:/[^\s/]+)*/debian/?(?:\s|$)`)

// mirror returns the mirror of Debian's archive that the system uses, or
// Debian's own name for the nearest one.
func mirror(ctx context.Context) string {
	// apt names only what it has lists of: a fresh image has none.
	places, err := output(ctx, nil, "", "apt-get", "indextargets", "--format", "$(REPO_URI)", "Origin: Debian")
	if err != nil {
		places = ""
	}
	for _, pattern := range []string{"/etc/apt/sources.list", "/etc/apt/sources.list.d/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			continue // the patterns above are well formed
		}
		for _, f := range files {
			if content, err := os.ReadFile(f); err == nil {
				places += "\n" + string(content)
			}
		}
	}
	if m := debianURI.FindString(places); m != "" {
		return strings.TrimSuffix(strings.TrimSpace(m), "/")
	}
	return debianMirror
}

// output runs a command in English and returns what it prints, or an error with
// its last line of complaint.
func output(ctx context.Context, env []string, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive"), env...)
	cmd.WaitDelay = time.Second // a helper of apt's may hold on to the pipes
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	err := cmd.Run()
	if ctx.Err() != nil {
		return "", fmt.Errorf("%s: gave up: %w", name, ctx.Err())
	}
	if err != nil {
		lines := strings.Split(strings.TrimSpace(complaints.String()), "\n")
		return "", fmt.Errorf("%s %s: %w: %s", name, args[0], err, lines[len(lines)-1])
	}
	return out.String(), nil
}
