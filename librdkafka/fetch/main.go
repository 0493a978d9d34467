// Command fetch lays librdkafka's C source, verified, into the folder of the
// package that compiles it, and moves the pin to another release.
//
// Usage:
//
//	go run ./librdkafka/fetch [-archive FILE] [-cache DIR] [-src DIR]
//	go run ./librdkafka/fetch -bump VERSION [-archive FILE]
//
// The first form takes the pinned release from the archive that -archive names,
// or else from the cache folder, upstream's release archive or Debian's source
// package, in this order. It does nothing if the source is there already.
//
// The second form rewrites the pin and lays the release in: without -archive it
// takes what upstream's address gives now.
//
// The exit status is 0 if all is done, 1 if not, 2 for a wrong command line.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/rdkafka-go/rdkafka/librdkafka"
	"github.com/rdkafka-go/rdkafka/librdkafka/internal/layin"
)

const srcPackage = "github.com/rdkafka-go/rdkafka/librdkafka/src"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	fl := flag.NewFlagSet("fetch", flag.ContinueOnError)
	fl.SetOutput(errs)
	archive := fl.String("archive", "", "take the release from this `FILE`, a tar file, plain or compressed by gzip")
	cache := fl.String("cache", defaultCache(), "keep fetched archives in this `DIR`; \"\" keeps none")
	src := fl.String("src", "", "lay into this `DIR` (default: where the go command finds "+srcPackage+")")
	bump := fl.String("bump", "", "move the pin to this `VERSION`")
	if err := fl.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if fl.NArg() > 0 {
		fmt.Fprintf(errs, "librdkafka: unexpected %q: an archive is named by -archive\n", fl.Arg(0))
		return 2
	}
	err := func() (err error) {
		if *src == "" {
			if *src, err = findSrc(ctx); err != nil {
				return err
			}
		}
		if *bump != "" {
			return doBump(ctx, *bump, *archive, *src, out, errs)
		}
		return layIn(ctx, *archive, *cache, *src, out, errs)
	}()
	if err != nil {
		fmt.Fprintf(errs, "librdkafka: %v\n", err)
		return 1
	}
	return 0
}

func pin() layin.Pin {
	return layin.Pin{Version: librdkafka.Version, Commit: librdkafka.Commit, TreeHash: librdkafka.TreeHash}
}

func layIn(ctx context.Context, archive, cache, src string, out, errs io.Writer) error {
	s := layin.Sources{
		Archive: archive,
		Cache:   cache,
		URL:     layin.UpstreamURL(librdkafka.Version),
		Debian:  layin.Debian,
		Log:     errs,
	}
	from := ""
	d := layin.Folder{Path: src, Pin: pin(), Log: errs}
	written, err := d.LayIn(func() (t *layin.Tree, err error) {
		t, from, err = s.Fetch(ctx, d.Pin)
		return t, err
	})
	switch {
	case err != nil:
		return err
	case from == "":
		fmt.Fprintf(out, "librdkafka %s: in place\n", librdkafka.Version)
	default:
		fmt.Fprintf(out, "librdkafka %s: laid in from %s (%d files written)\n", librdkafka.Version, from, written)
	}
	return nil
}

func doBump(ctx context.Context, version, archive, src string, out, errs io.Writer) error {
	if err := layin.CheckVersion(version); err != nil {
		return err
	}
	if archive == "" {
		dir, err := os.MkdirTemp("", "librdkafka-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		url := layin.UpstreamURL(version)
		if archive, err = layin.Download(ctx, url, filepath.Join(dir, "upstream.tar.gz")); err != nil {
			return fmt.Errorf("cannot download %s: %w; download it where there is a network and name it with -archive", url, err)
		}
	}
	t, err := layin.ReadArchive(archive)
	if err != nil {
		return err
	}
	p, err := layin.NewPin(t, version)
	if err != nil {
		return err
	}
	if err := layin.WritePin(filepath.Dir(src), p); err != nil {
		return err
	}
	d := layin.Folder{Path: src, Pin: p, Log: errs}
	if _, err := d.LayIn(func() (*layin.Tree, error) { return t, nil }); err != nil {
		return err
	}
	fmt.Fprintf(out, "librdkafka: the pin is now %s (commit %s, tree hash %s), and it is laid in; next: make test\n",
		p.Version, p.Commit, p.TreeHash)
	return nil
}

// findSrc returns the folder of the package that compiles librdkafka, as the go
// command sees it from the working folder: also from a user's module, whose
// go.mod replaces this module by a clone.
func findSrc(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-e", "-find", "-f", "{{.Dir}}", srcPackage)
	cmd.Stderr = os.Stderr
	listed, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("cannot find %s: go list: %w", srcPackage, err)
	}
	dir := strings.TrimSpace(string(listed))
	if dir == "" {
		return "", fmt.Errorf("cannot find %s: run this in a clone, or in a module whose go.mod replaces github.com/rdkafka-go/rdkafka by one", srcPackage)
	}
	modules, err := exec.CommandContext(ctx, "go", "env", "GOMODCACHE").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMODCACHE: %w", err)
	}
	if within(dir, strings.TrimSpace(string(modules))) {
		return "", fmt.Errorf("%s is in the module cache, which must not change: clone the repository and replace "+
			"github.com/rdkafka-go/rdkafka in go.mod by the clone", dir)
	}
	return dir, nil
}

func within(dir, root string) bool {
	rel, err := filepath.Rel(root, dir)
	return err == nil && filepath.IsLocal(rel)
}

func defaultCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "" // neither HOME nor XDG_CACHE_HOME is set: no cache
	}
	return filepath.Join(dir, "rdkafka-go")
}
