package layin

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// newFolder returns a folder as a clone has it, with a git repository around it
// that ignores what is laid in.
func newFolder(t *testing.T, p Pin) *Folder {
	t.Helper()
	root := t.TempDir()
	src := filepath.Join(root, "src")
	for _, o := range ours {
		writeFile(t, filepath.Join(src, o), []byte("ours: "+o+"\n"))
	}
	ignored := "/src/*\n!/src/cgo.go\n!/src/config.h\n!/src/nanopb/\n/src/nanopb/*\n!/src/nanopb/doc.go\n" +
		"!/src/opentelemetry/\n/src/opentelemetry/*\n!/src/opentelemetry/doc.go\n"
	writeFile(t, filepath.Join(root, ".gitignore"), []byte(ignored))
	git(t, root, "init", "-q")
	git(t, root, "add", "--", ".")
	git(t, root, "commit", "-q", "-m", "x")
	return &Folder{Path: src, Pin: p, Log: io.Discard}
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@t"}, args...)...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "git %v: %s", args, out)
	return string(out)
}

func give(tree *Tree) func() (*Tree, error) { return func() (*Tree, error) { return tree, nil } }

func dontAsk() (*Tree, error) { return nil, errors.New("asked for the source though it is in place") }

// requireExactly checks that the folder holds the release's files, ours and
// nothing else that the compiler would take.
func requireExactly(t *testing.T, d *Folder, tree *Tree) {
	t.Helper()
	chosen, err := Choose(tree)
	require.NoError(t, err)
	want := map[string]string{stampName: ""}
	for p, c := range chosen {
		want[p] = string(c)
	}
	for _, o := range ours {
		want[o] = "ours: " + o + "\n"
	}
	got := map[string]string{}
	err = filepath.WalkDir(d.Path, func(p string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.Name() == stateName {
			return filepath.SkipDir
		}
		if e.Type().IsRegular() {
			rel, rerr := filepath.Rel(d.Path, p)
			c, cerr := os.ReadFile(p)
			if rel == stampName {
				c = nil
			}
			got[filepath.ToSlash(rel)] = string(c)
			return errors.Join(rerr, cerr)
		}
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.True(t, d.Complete())
	require.NoDirExists(t, filepath.Join(d.state(), "stage"))
}

func TestFolder_LayIn(t *testing.T) {
	t.Parallel()
	tree := release("2.14.2")
	d := newFolder(t, pinOf(tree, "2.14.2"))
	require.False(t, d.Complete())
	n, err := d.LayIn(give(tree))
	require.NoError(t, err)
	require.Equal(t, 8, n)
	requireExactly(t, d, tree)
	require.Empty(t, git(t, d.Path, "status", "--porcelain"))

	n, err = d.LayIn(dontAsk)
	require.NoError(t, err)
	require.Zero(t, n)
}

// What may happen to a folder between two runs.
func TestFolder_LayIn_heals(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(t *testing.T, d *Folder){
		"git clean": func(t *testing.T, d *Folder) { git(t, d.Path, "clean", "-fdxq", ".") },
		"changed":   func(t *testing.T, d *Folder) { writeFile(t, d.at("rdlist.c"), []byte("int lisT; /* 2.14.2 */\n")) },
		"removed":   func(t *testing.T, d *Folder) { require.NoError(t, os.Remove(d.at("nanopb/pb.h"))) },
		"folder removed": func(t *testing.T, d *Folder) {
			require.NoError(t, os.RemoveAll(d.at("opentelemetry")))
			git(t, d.Path, "checkout", "-q", ".")
		},
		"stamp removed": func(t *testing.T, d *Folder) { require.NoError(t, os.Remove(d.at(stampName))) },
		"stamp emptied": func(t *testing.T, d *Folder) { writeFile(t, d.at(stampName), nil) },
		"stamp lists none": func(t *testing.T, d *Folder) {
			writeFile(t, d.at(stampName), []byte("#define "+d.Pin.StampMacro()+"\n"))
		},
		"state removed": func(t *testing.T, d *Folder) {
			require.NoError(t, os.RemoveAll(d.state()))
			require.NoError(t, os.Remove(d.at(stampName)))
		},
		"link to elsewhere": func(t *testing.T, d *Folder) {
			require.NoError(t, os.Remove(d.at("rdlist.c")))
			require.NoError(t, os.Symlink("/dev/null", d.at("rdlist.c")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := release("2.14.2")
			d := newFolder(t, pinOf(tree, "2.14.2"))
			_, err := d.LayIn(give(tree))
			require.NoError(t, err)
			harm(t, d)
			require.False(t, d.Complete())
			_, err = d.LayIn(give(tree))
			require.NoError(t, err)
			requireExactly(t, d, tree)
			require.Empty(t, git(t, d.Path, "status", "--porcelain"))
		})
	}
}

func TestFolder_LayIn_anotherPin(t *testing.T) {
	t.Parallel()
	for name, between := range map[string]func(d *Folder) error{
		"plain":         func(*Folder) error { return nil },
		"state removed": func(d *Folder) error { return os.RemoveAll(d.state()) },
		"stamp removed": func(d *Folder) error { return os.Remove(d.at(stampName)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			older, newer := twoReleases()
			d := newFolder(t, pinOf(older, "2.14.2"))
			_, err := d.LayIn(give(older))
			require.NoError(t, err)
			require.NoError(t, between(d))
			d.Pin = pinOf(newer, "2.15.0")
			require.False(t, d.Complete())
			n, err := d.LayIn(give(newer))
			require.NoError(t, err)
			require.Equal(t, 3, n, "only what differs is written")
			requireExactly(t, d, newer)
		})
	}
}

// twoReleases returns two releases: the newer has two changed files, a new one,
// and two of the older one's are gone.
func twoReleases() (older, newer *Tree) {
	older, newer = release("2.14.2"), release("2.15.0")
	older.Files["src/rdgone.c"] = []byte("int gone;\n")
	older.Files["src/nanopb/gone.h"] = []byte("#pragma once\n")
	newer.Files["src/rdnew.c"] = []byte("int fresh;\n")
	return older, newer
}

func TestFolder_LayIn_stray(t *testing.T) {
	t.Parallel()
	for _, stray := range []string{"mine.c", "nanopb/mine.h", "extra.go", "x.syso"} {
		tree := release("2.14.2")
		d := newFolder(t, pinOf(tree, "2.14.2"))
		writeFile(t, d.at(stray), []byte("mine"))
		for range 2 {
			_, err := d.LayIn(give(tree))
			require.EqualError(t, err, d.at(stray)+" is not part of librdkafka and would be compiled into it: move it away and run again")
			require.FileExists(t, d.at(stray))
			require.NoError(t, os.Rename(d.at(stray), d.at(stray)+".txt"))
			_, err = d.LayIn(give(tree))
			require.NoError(t, err)
			// The second round: the stray comes after the laying in.
			require.NoError(t, os.Rename(d.at(stray)+".txt", d.at(stray)))
		}
	}
}

// A list of files to remove is not believed when it names what cannot be ours to
// remove.
func TestFolder_LayIn_listOfOwned(t *testing.T) {
	t.Parallel()
	tree := release("2.14.2")
	d := newFolder(t, pinOf(tree, "2.14.2"))
	outside := writeFile(t, filepath.Join(d.Path, "..", "outside"), nil)
	writeFile(t, filepath.Join(d.state(), "owned"), []byte("../outside\n"+outside+"\ncgo.go\n.\n\nsub/../../outside\n"))
	_, err := d.LayIn(give(tree))
	require.NoError(t, err)
	requireExactly(t, d, tree)
	require.FileExists(t, outside)
}

func TestFolder_LayIn_refuses(t *testing.T) {
	t.Parallel()
	tree := release("2.14.2")
	p := pinOf(tree, "2.14.2")

	d := newFolder(t, p)
	other := release("2.15.0")
	_, err := d.LayIn(give(other))
	require.EqualError(t, err, "the tree hash is "+other.Hash()+", but the pin is "+p.TreeHash)
	require.NoFileExists(t, d.at("rdkafka.c"))

	d = newFolder(t, p)
	_, err = d.LayIn(func() (*Tree, error) { return nil, errors.New("no network") })
	require.EqualError(t, err, "no network")

	empty := t.TempDir()
	d = &Folder{Path: empty, Pin: p, Log: io.Discard}
	_, err = d.LayIn(give(tree))
	require.EqualError(t, err, empty+" is not the folder librdkafka/src of a clone: it has no cgo.go")
	entries, err := os.ReadDir(empty)
	require.NoError(t, err)
	require.Empty(t, entries)

	d = newFolder(t, p)
	require.NoError(t, os.MkdirAll(filepath.Join(d.at("rdlist.c"), "full"), 0o755))
	_, err = d.LayIn(give(tree))
	require.ErrorContains(t, err, "cannot lay librdkafka into "+d.Path+": rename ")
	require.NoFileExists(t, d.at(stampName))
}

// A prepared folder that this user may not write to.
func TestFolder_LayIn_readOnly(t *testing.T) {
	t.Parallel()
	tree := release("2.14.2")
	d := newFolder(t, pinOf(tree, "2.14.2"))
	_, err := d.LayIn(give(tree))
	require.NoError(t, err)
	// Permissions do not stop root, a file in the folder's place does.
	require.NoError(t, os.RemoveAll(d.state()))
	writeFile(t, d.state(), nil)
	n, err := d.LayIn(dontAsk)
	require.NoError(t, err)
	require.Zero(t, n)
	require.NoError(t, os.Remove(d.at("rdlist.c")))
	_, err = d.LayIn(give(tree))
	require.ErrorContains(t, err, "cannot lay librdkafka into "+d.Path+": mkdir "+d.state())
}

// Two processes at once: the second waits, says so, and finds all in place.
func TestFolder_LayIn_twoAtOnce(t *testing.T) {
	t.Parallel()
	tree := release("2.14.2")
	d := newFolder(t, pinOf(tree, "2.14.2"))
	var log bytes.Buffer
	inside, waits, second := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		<-inside
		other := *d
		other.Log = writerFunc(func(p []byte) (int, error) { close(waits); return log.Write(p) })
		_, err := other.LayIn(dontAsk)
		second <- err
	}()
	_, err := d.LayIn(func() (*Tree, error) {
		close(inside)
		<-waits
		return tree, nil
	})
	require.NoError(t, err)
	require.NoError(t, <-second)
	require.Equal(t, "librdkafka: waiting for another set-up of the same folder to end\n", log.String())
	requireExactly(t, d, tree)
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// "git clean" in one terminal while two set-ups run in others: no two may hold
// the lock of the folder at once.
func TestLockFolder_fileReplaced(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), stateName)
	unlock, err := lockFolder(state, io.Discard)
	require.NoError(t, err)
	waits, got := make(chan struct{}), make(chan error)
	go func() {
		u, err := lockFolder(state, writerFunc(func(p []byte) (int, error) { close(waits); return len(p), nil }))
		if err == nil {
			u()
		}
		got <- err
	}()
	<-waits
	require.NoError(t, os.RemoveAll(state))
	third, err := lockFolder(state, io.Discard) // a new file
	require.NoError(t, err)
	unlock()
	select {
	case err := <-got:
		t.Fatal(err, "the second got the lock of a file that is gone while the third holds the new one")
	case <-time.After(100 * time.Millisecond):
	}
	third()
	require.NoError(t, <-got)
}

const (
	killEnv    = "LAYIN_TEST_KILL_AT"
	killSrcEnv = "LAYIN_TEST_SRC"
)

// TestMain turns the test program into the child that kills itself.
func TestMain(m *testing.M) {
	if at := os.Getenv(killEnv); at != "" {
		os.Exit(layInAndDie(at, os.Getenv(killSrcEnv)))
	}
	os.Exit(m.Run())
}

// layInAndDie moves the folder from the older release to the newer and gets
// itself killed at the given step. It returns 0 if there are fewer steps.
func layInAndDie(at, src string) int {
	n, err := strconv.Atoi(at)
	if err != nil {
		return 3
	}
	_, newer := twoReleases()
	d := &Folder{Path: src, Pin: pinOf(newer, "2.15.0"), Log: io.Discard}
	d.step = func(string) {
		if n--; n < 0 {
			// The signal may need a moment: no step may follow.
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	if _, err := d.LayIn(give(newer)); err != nil {
		return 4
	}
	return 0
}

// A set-up that is killed with -9 before any of its steps leaves a folder that
// either is complete or has no stamp, and the next one heals it.
func TestFolder_LayIn_killed(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	older, newer := twoReleases()
	steps := 0
	for ; ; steps++ {
		d := newFolder(t, pinOf(older, "2.14.2"))
		_, err := d.LayIn(give(older))
		require.NoError(t, err)
		d.Pin = pinOf(newer, "2.15.0")

		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), killEnv+"="+strconv.Itoa(steps), killSrcEnv+"="+d.Path)
		err = cmd.Run()
		if err == nil {
			requireExactly(t, d, newer)
			break
		}
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		status, ok := exit.Sys().(syscall.WaitStatus)
		require.True(t, ok)
		require.True(t, status.Signaled() && status.Signal() == syscall.SIGKILL, "step %d: %v", steps, err)

		requireNoWrongStamp(t, d, older, newer)
		require.Empty(t, git(t, d.Path, "status", "--porcelain"))
		_, err = d.LayIn(give(newer))
		require.NoError(t, err, "step %d", steps)
		requireExactly(t, d, newer)
	}
	require.Greater(t, steps, 12)
}

// requireNoWrongStamp checks that a stamp, if there is one, tells the truth.
func requireNoWrongStamp(t *testing.T, d *Folder, releases ...*Tree) {
	t.Helper()
	_, macro := d.readStamp()
	if macro == "" {
		return
	}
	for i, version := range []string{"2.14.2", "2.15.0"} {
		at := Folder{Path: d.Path, Pin: pinOf(releases[i], version)}
		if macro == at.Pin.StampMacro() {
			require.True(t, at.Complete(), "the stamp of %s is there, the files are not", version)
			return
		}
	}
	t.Fatalf("the stamp defines %s", macro)
}
