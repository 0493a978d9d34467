package layin

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// bounds on what an archive may hold, so that a hostile one cannot fill memory.
type bounds struct {
	archive, tree, file int64 // bytes: compressed, in all, of one file
	entries             int
}

// forRelease is several times what a release has: 14 MB in 701 files.
var forRelease = bounds{archive: 64 << 20, tree: 128 << 20, file: 32 << 20, entries: 20000}

// ReadArchive reads the release archive at path, a tar file that gzip may have
// compressed, into memory. Nothing of it is written anywhere. It returns an
// error for what is no such archive, is cut short, holds anything but folders
// and regular files, or names a path outside its one top folder.
func ReadArchive(path string) (*Tree, error) {
	f, err := os.Open(path)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return nil, fmt.Errorf("cannot read the archive %s: %w", path, err)
	}
	defer f.Close()
	t, err := readTar(f, forRelease)
	if err != nil {
		return nil, fmt.Errorf("cannot read the archive %s: %w", path, err)
	}
	return t, nil
}

func readTar(r io.Reader, most bounds) (*Tree, error) {
	in := bufio.NewReader(&boundedReader{r: r, left: most.archive, what: "the archive is"})
	var content io.Reader = in
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		gz, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		content = gz
	}
	content = &boundedReader{r: content, left: most.tree, what: "its content is"}
	t := &Tree{Files: map[string][]byte{}}
	tr := tar.NewReader(content)
	top := ""
	for n := 0; ; n++ {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.Is(err, tar.ErrHeader) && n == 0 {
			return nil, errors.New("not a tar file, plain or compressed by gzip")
		}
		if err != nil {
			return nil, err
		}
		if n == most.entries {
			return nil, fmt.Errorf("it holds more than %d entries", most.entries)
		}
		if h.Typeflag == tar.TypeXGlobalHeader {
			// "git archive" leaves the commit here.
			t.Commit = h.PAXRecords["comment"]
			continue
		}
		if h.Size > most.file {
			return nil, fmt.Errorf("entry %q: %d bytes, more than %d", h.Name, h.Size, most.file)
		}
		if err := t.add(tr, h, &top); err != nil {
			return nil, err
		}
	}
	if len(t.Files) == 0 {
		return nil, errors.New("it holds no files")
	}
	// gzip's checksum stands behind what tar reads.
	if _, err := io.Copy(io.Discard, content); err != nil {
		return nil, err
	}
	return t, nil
}

// add takes in one entry. top is the archive's top folder, "" before the first.
func (t *Tree) add(tr *tar.Reader, h *tar.Header, top *string) error {
	name := h.Name
	if h.Typeflag == tar.TypeDir {
		name = strings.TrimSuffix(name, "/")
	}
	name = strings.TrimPrefix(name, "./")
	// ValidPath refuses rooted names and any "..", "." or empty element.
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return fmt.Errorf("entry %q: not a path below the top folder", h.Name)
	}
	first, rest, _ := strings.Cut(name, "/")
	if *top == "" && name != "." {
		*top = first
	}
	switch h.Typeflag {
	case tar.TypeDir:
		if name != "." && first != *top {
			return fmt.Errorf("entry %q: a second top folder beside %q", h.Name, *top)
		}
		return nil
	case tar.TypeReg:
	default:
		return fmt.Errorf("entry %q: neither a folder nor a regular file (type %q)", h.Name, h.Typeflag)
	}
	if first != *top || rest == "" {
		return fmt.Errorf("entry %q: a file outside the top folder %q", h.Name, *top)
	}
	if _, twice := t.Files[rest]; twice {
		return fmt.Errorf("entry %q: there twice", h.Name)
	}
	content, err := io.ReadAll(tr)
	if err != nil {
		return fmt.Errorf("entry %q: %w", h.Name, err)
	}
	t.Files[rest] = content
	return nil
}

// A boundedReader fails, rather than ends, when more than left bytes come.
type boundedReader struct {
	r    io.Reader
	left int64
	what string
}

func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errors.New(b.what + " too large for a release of librdkafka")
	}
	return n, err
}
