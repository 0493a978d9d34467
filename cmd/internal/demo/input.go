package demo

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/rdkafka-go/rdkafka/cmd/internal/exit"
)

// line is one line of the input.
type line struct {
	key  []byte // "file:number"
	text []byte
}

// lines is the input, which the messages go round and round.
type lines struct {
	list  []line
	files int
}

// maxLine is what fits into a message with the default message.max.bytes, beside
// key and headers.
const maxLine = 900000

// readLines reads up to limit lines of the files.
func readLines(files []string, limit int) (*lines, error) {
	in := &lines{}
	for _, name := range files {
		if len(in.list) >= limit {
			break
		}
		if err := in.readFile(name, limit); err != nil {
			return nil, err
		}
		in.files++
	}
	if len(in.list) == 0 {
		return nil, errors.New("input: there is no line in it: name files of text")
	}
	return in, nil
}

func (in *lines) readFile(name string, limit int) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("input: %w", err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, maxLine)
	for number := 1; len(in.list) < limit && s.Scan(); number++ {
		key := strconv.AppendInt([]byte(name+":"), int64(number), 10)
		in.list = append(in.list, line{key, bytes.Clone(s.Bytes())})
	}
	switch err := s.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("input: %s has a line of more than %d bytes, the most that goes into a message: name files of text", name, maxLine)
	case err != nil:
		return fmt.Errorf("input: %w", err)
	}
	return nil
}

// modulePath is how the project's own clone is recognised.
const modulePath = "github.com/rdkafka-go/rdkafka"

// ownText finds the text of the clone that the current folder lies in: the files
// that the project itself has written, not what was laid in or built.
func ownText() ([]string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("input: %w", err)
	}
	for !isClone(dir) {
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil, exit.Usagef("no input: name files of text, as in \"rdk demo /usr/share/dict/words\"; " +
				"without files the demo takes the text of a clone of " + modulePath + ", and this folder is in none")
		}
		dir = parent
	}
	var files []string
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		switch {
		case d.IsDir() && p != dir && (name[0] == '.' || name == "bin"):
			return filepath.SkipDir
		case d.Type().IsRegular() && isOwnText(p, filepath.Join(dir, "librdkafka", "src")):
			files = append(files, p)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("input: %w", err)
	}
	wd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("input: %w", err)
	}
	for i, p := range files { // short names make better keys
		if rel, err := filepath.Rel(wd, p); err == nil {
			files[i] = rel
		}
	}
	slices.Sort(files)
	return files, nil
}

func isClone(dir string) bool {
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	return err == nil && bytes.HasPrefix(mod, []byte("module "+modulePath+"\n"))
}

// isOwnText goes by the name. laidIn is the folder in which librdkafka's source
// is put, between a few files of the project.
func isOwnText(p, laidIn string) bool {
	name := filepath.Base(p)
	if name == "Makefile" || name == "Dockerfile" || name == "LICENSE" || name == "NOTICE" {
		return true
	}
	switch filepath.Ext(p) {
	case ".go", ".md", ".sh":
		return true
	case ".c", ".h":
		return filepath.Dir(p) != laidIn
	}
	return false
}
