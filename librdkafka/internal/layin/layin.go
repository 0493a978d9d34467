package layin

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

const (
	// stampName is the laid-in header that says that everything else is there.
	// It is written last and removed first.
	stampName = "rkgo_stamp.h"
	// stateName is the folder for the lock, the staged files and the list of
	// owned files. It lies in the folder itself, as a rename needs the same file
	// system; the go command skips names that begin with a dot.
	stateName = ".layin"
)

// A Folder is the folder of the Go package that compiles librdkafka.
type Folder struct {
	Path string
	Pin  Pin
	Log  io.Writer // gets a line when the set-up has to wait

	// step is called before each change to the file system; tests kill the
	// process in it. nil outside tests.
	step func(what string)
}

// LayIn makes the folder hold the pinned release, its tree asked of fetch if
// any of its files is missing or differs. It returns how many files it wrote, 0
// if all were there. It blocks while another process lays into the same folder.
//
// A file of an older release is removed; one that was never laid in, and that
// the compiler would take, is an error and stays.
func (d *Folder) LayIn(fetch func() (*Tree, error)) (written int, err error) {
	if err := d.checkPlace(); err != nil {
		return 0, err
	}
	unlock, err := lockFolder(d.state(), d.Log)
	if err != nil {
		// A clone that was prepared and then made read-only is good to build from.
		if d.Complete() {
			return 0, d.refuseStrays(nil)
		}
		return 0, d.cannotWrite(err)
	}
	defer unlock()
	// What a run that was killed left is of no use.
	if err := os.RemoveAll(d.stage()); err != nil {
		return 0, d.cannotWrite(err)
	}
	if d.Complete() {
		return 0, d.refuseStrays(nil)
	}
	t, err := fetch()
	if err != nil {
		return 0, err
	}
	if got := t.Hash(); got != d.Pin.TreeHash {
		return 0, &HashError{Got: got, Want: d.Pin.TreeHash}
	}
	chosen, err := Choose(t)
	if err != nil {
		return 0, err
	}
	if err := d.refuseStrays(chosen); err != nil {
		return 0, err
	}
	written, err = d.place(chosen)
	if err != nil {
		return written, d.cannotWrite(err)
	}
	return written, nil
}

// A HashError says that a tree is not the pinned one.
type HashError struct{ Got, Want string }

// Error names both hashes.
func (e *HashError) Error() string {
	return fmt.Sprintf("the tree hash is %s, but the pin is %s", e.Got, e.Want)
}

// Complete reports whether the folder's stamp is the pin's and each file that
// it lists is there with the content that it lists. It reads every file (6 MB),
// which takes some 20 ms.
func (d *Folder) Complete() bool {
	listed, macro := d.readStamp()
	if macro != d.Pin.StampMacro() || len(listed) == 0 {
		return false
	}
	for p, hash := range listed {
		if content, err := os.ReadFile(d.at(p)); err != nil || hashOf(content) != hash {
			return false
		}
	}
	return true
}

// readStamp returns what the stamp lists, the files' hashes by their paths, and
// the macro that it defines; nothing if there is no stamp.
func (d *Folder) readStamp() (listed map[string]string, macro string) {
	stamp, err := os.ReadFile(d.at(stampName))
	if err != nil {
		return nil, ""
	}
	listed = map[string]string{}
	for _, line := range strings.Split(string(stamp), "\n") {
		if m, ok := strings.CutPrefix(line, "#define "); ok {
			macro = m
		}
		hash, p, ok := strings.Cut(strings.TrimPrefix(line, " * "), "  ")
		if ok && len(hash) == 64 && mayOwn(p) {
			listed[p] = hash
		}
	}
	return listed, macro
}

// place moves the files into the folder. At each point of it either the stamp is
// missing, and the package refuses to build, or all is in place.
func (d *Folder) place(chosen map[string][]byte) (written int, err error) {
	paths := make([]string, 0, len(chosen))
	for p := range chosen {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	var differ []string
	for _, p := range paths {
		if have, err := os.ReadFile(d.at(p)); err == nil && bytes.Equal(have, chosen[p]) {
			continue
		}
		differ = append(differ, p)
	}
	write := func(p string, content []byte) error {
		to := filepath.Join(d.stage(), filepath.FromSlash(p))
		d.did("stage " + p)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, content, 0o644)
	}
	move := func(p, to string) error {
		d.did("move " + p)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.Rename(filepath.Join(d.stage(), filepath.FromSlash(p)), to)
	}
	for _, p := range differ {
		if err := write(p, chosen[p]); err != nil {
			return 0, err
		}
	}
	// From here on the list of what we own holds the old files and the new ones,
	// so that a run after a kill knows both from files that are not ours to
	// remove.
	owned := union(d.owned(), paths)
	list := filepath.Join(d.state(), "owned")
	if err := write("owned", []byte(strings.Join(owned, "\n")+"\n")); err != nil {
		return 0, err
	}
	if err := move("owned", list); err != nil {
		return 0, err
	}
	d.did("remove the stamp")
	if err := os.Remove(d.at(stampName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	for i, p := range differ {
		if err := move(p, d.at(p)); err != nil {
			return i, err
		}
	}
	for _, p := range owned {
		if _, keep := chosen[p]; keep {
			continue
		}
		d.did("remove " + p)
		if err := os.Remove(d.at(p)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return len(differ), err
		}
	}
	if err := write(stampName, d.stamp(paths, chosen)); err != nil {
		return len(differ), err
	}
	if err := move(stampName, d.at(stampName)); err != nil {
		return len(differ), err
	}
	d.did("clear the stage")
	return len(differ), os.RemoveAll(d.stage())
}

// stamp returns the stamp's text: a header that lists each file with its hash,
// and defines the macro that the build asks for.
func (d *Folder) stamp(paths []string, chosen map[string][]byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "/* Written last when librdkafka %s (upstream commit %s)\n", d.Pin.Version, d.Pin.Commit)
	b.WriteString(" * was laid in by \"make librdkafka\": all of these files are in place.\n *\n")
	for _, p := range paths {
		fmt.Fprintf(&b, " * %s  %s\n", hashOf(chosen[p]), p)
	}
	fmt.Fprintf(&b, " */\n#define %s\n", d.Pin.StampMacro())
	return b.Bytes()
}

// owned returns the paths of the files that runs before this one laid in, sorted.
func (d *Folder) owned() []string {
	var paths []string
	listed, _ := d.readStamp()
	for p := range listed {
		paths = append(paths, p)
	}
	list, err := os.ReadFile(filepath.Join(d.state(), "owned"))
	if err != nil {
		return union(paths, nil) // the first run, or "git clean" took the list
	}
	for _, p := range strings.Split(string(list), "\n") {
		if mayOwn(p) {
			paths = append(paths, p)
		}
	}
	return union(paths, nil)
}

// mayOwn reports whether p can be a laid-in file. What a list on disk names is
// removed, so that a list is not to be believed.
func mayOwn(p string) bool {
	return fs.ValidPath(p) && p != "." && !isOurs(p)
}

// compiled are the extensions of the files that the go command hands to the C
// compiler or the linker, or compiles itself.
var compiled = map[string]bool{
	".c": true, ".cc": true, ".cpp": true, ".cxx": true, ".m": true, ".h": true, ".hh": true, ".hpp": true,
	".hxx": true, ".s": true, ".S": true, ".sx": true, ".syso": true, ".f": true, ".F": true, ".for": true,
	".f90": true, ".swig": true, ".swigcxx": true, ".go": true,
}

// refuseStrays returns an error if the build would take in a file that is
// neither ours, nor was laid in, nor is one of chosen.
func (d *Folder) refuseStrays(chosen map[string][]byte) error {
	known := map[string]bool{stampName: true}
	for _, p := range d.owned() {
		known[p] = true
	}
	for p := range chosen {
		known[p] = true
	}
	for _, dir := range append([]string{""}, headerFolders...) {
		entries, err := os.ReadDir(d.at(dir))
		if err != nil {
			continue // a folder that is not there holds no strays
		}
		for _, e := range entries {
			p := strings.TrimPrefix(dir+"/"+e.Name(), "/")
			if !e.IsDir() && compiled[filepath.Ext(p)] && !known[p] && !isOurs(p) {
				return fmt.Errorf("%s is not part of librdkafka and would be compiled into it: move it away and run again", d.at(p))
			}
		}
	}
	return nil
}

// checkPlace refuses a folder that is not the package's.
func (d *Folder) checkPlace() error {
	if _, err := os.Stat(d.at("cgo.go")); err != nil {
		return fmt.Errorf("%s is not the folder librdkafka/src of a clone: it has no cgo.go", d.Path)
	}
	return nil
}

func (d *Folder) cannotWrite(err error) error {
	return fmt.Errorf("cannot lay librdkafka into %s: %w", d.Path, err)
}

func (d *Folder) state() string { return filepath.Join(d.Path, stateName) }

func (d *Folder) stage() string { return filepath.Join(d.state(), "stage") }

func (d *Folder) at(p string) string { return filepath.Join(d.Path, filepath.FromSlash(p)) }

func (d *Folder) did(what string) {
	if d.step != nil {
		d.step(what)
	}
}

func union(a, b []string) []string {
	seen := map[string]bool{}
	var all []string
	for _, p := range append(append([]string{}, a...), b...) {
		if !seen[p] {
			seen[p] = true
			all = append(all, p)
		}
	}
	sort.Strings(all)
	return all
}
