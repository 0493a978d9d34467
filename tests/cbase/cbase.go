// Package cbase builds a C program that uses librdkafka without Go, from the source that the library compiles and
// with the same flags: the yardstick for what the Go layers add in threads and in CPU time.
package cbase

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/rdkafka-go/rdkafka/tests/internal/cache"
)

//go:embed program/cbase.c
var source []byte

// cPackage is the Go package that compiles librdkafka.
const cPackage = "github.com/rdkafka-go/rdkafka/librdkafka/src"

// library says how the Go build compiles librdkafka.
type library struct {
	Dir        string
	CFiles     []string
	HFiles     []string
	CgoCFLAGS  []string
	CgoLDFLAGS []string
	cc         string
}

// Build returns the path of the program, see program/cbase.c for its arguments. It compiles librdkafka, half a
// minute on two cores, when the cache folder has no program of the same source, flags and compiler.
func Build(ctx context.Context) (string, error) {
	lib, err := findLibrary(ctx)
	if err != nil {
		return "", err
	}
	key, err := lib.key(ctx)
	if err != nil {
		return "", err
	}
	home, err := cache.Home()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(home, "cbase-"+key)
	unlock, err := cache.Lock(ctx, dir+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	program := filepath.Join(dir, "cbase")
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	tmp, err := os.MkdirTemp(home, "cbase-")
	if err != nil {
		return "", fmt.Errorf("cannot build the C baseline: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := lib.compile(ctx, tmp); err != nil {
		return "", fmt.Errorf("cannot build the C baseline: %w", err)
	}
	// The program moves last: where it is, it is whole.
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.Rename(filepath.Join(tmp, "cbase"), program)); err != nil {
		return "", fmt.Errorf("cannot build the C baseline: %w", err)
	}
	return program, nil
}

// findLibrary asks the go command.
func findLibrary(ctx context.Context) (*library, error) {
	out, err := run(ctx, "", "go", "list", "-json=Dir,CFiles,HFiles,CgoCFLAGS,CgoLDFLAGS", cPackage)
	if err != nil {
		return nil, err
	}
	var lib library
	if err := json.Unmarshal(out, &lib); err != nil {
		return nil, fmt.Errorf("go list %s: %w", cPackage, err)
	}
	if len(lib.CFiles) < 20 {
		return nil, fmt.Errorf("%s holds %d C files: librdkafka's source is not in place, run 'make librdkafka'",
			lib.Dir, len(lib.CFiles))
	}
	cc, err := run(ctx, "", "go", "env", "CC")
	if err != nil {
		return nil, err
	}
	lib.cc = strings.TrimSpace(string(cc))
	return &lib, nil
}

// key names what the program is made of.
func (l *library) key(ctx context.Context) (string, error) {
	version, err := run(ctx, "", l.cc, "--version")
	if err != nil {
		return "", fmt.Errorf("no C compiler (install one with: apt-get install -y gcc): %w", err)
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%q\n%q\n%s", version, l.CgoCFLAGS, l.CgoLDFLAGS, source)
	for _, name := range slices.Concat(l.CFiles, l.HFiles) {
		f, err := os.Open(filepath.Join(l.Dir, name))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "\n%s\n", name)
		_, err = io.Copy(h, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), nil
}

// compile makes tmp/cbase.
func (l *library) compile(ctx context.Context, tmp string) error {
	main := filepath.Join(tmp, "cbase.c")
	if err := os.WriteFile(main, source, 0o644); err != nil {
		return err
	}
	files := []string{main}
	for _, f := range l.CFiles {
		files = append(files, filepath.Join(l.Dir, f))
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan int, len(files))
	objects := make([]string, len(files))
	for i := range files {
		objects[i] = filepath.Join(tmp, fmt.Sprintf("%d.o", i))
		work <- i
	}
	close(work)
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for i := range work {
				// -I: program/cbase.c is not in librdkafka's folder.
				args := append(slices.Clone(l.CgoCFLAGS), "-I"+l.Dir, "-c", files[i], "-o", objects[i])
				if _, err := run(ctx, l.Dir, l.cc, args...); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	args := append([]string{"-o", filepath.Join(tmp, "cbase")}, objects...)
	_, err := run(ctx, l.Dir, l.cc, append(args, l.CgoLDFLAGS...)...)
	return err
}

// run returns a command's standard output; the error holds its standard error.
func run(ctx context.Context, dir, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, stderr.String())
	}
	return out, nil
}
