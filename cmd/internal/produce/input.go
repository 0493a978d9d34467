package produce

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

const (
	// chunkLines bounds the lines that go to the producer at once.
	chunkLines = 1000
	// maxLine is the most that message.max.bytes can be.
	maxLine = 1000000000
)

// line is one line of the input, without its end.
type line struct {
	file   string // "standard input" for that
	number int    // from 1
	text   []byte
}

// at names the place of the line.
func (l *line) at() string { return fmt.Sprintf("%s:%d", l.file, l.number) }

// chunk is what was read at once. After one with an error nothing follows.
type chunk struct {
	lines []line
	err   error
}

// input reads the lines of files in a goroutine of its own, as reading a
// terminal can't be cut short.
type input struct {
	chunks chan chunk // closed at the end of the last file
	done   chan struct{}
}

// openInput checks the files and begins to read. close must follow.
func openInput(files []string, stdin io.Reader) (*input, error) {
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, name := range files {
		if name == "-" {
			continue
		}
		switch info, err := os.Stat(name); {
		case err != nil:
			return nil, fmt.Errorf("input: %w", err)
		case info.IsDir():
			return nil, fmt.Errorf("input: %s is a folder: name the files in it", name)
		}
	}
	in := &input{chunks: make(chan chunk, 2), done: make(chan struct{})}
	go in.read(files, stdin)
	return in, nil
}

// close ends the reading. Where the goroutine waits for the standard input it
// ends with the next line, or with the process.
func (in *input) close() { close(in.done) }

func (in *input) read(files []string, stdin io.Reader) {
	defer close(in.chunks)
	for _, name := range files {
		if err := in.readFile(name, stdin); err != nil {
			in.send(chunk{err: err})
			return
		}
	}
}

func (in *input) readFile(name string, stdin io.Reader) error {
	r := stdin
	if name == "-" {
		name = "standard input"
	} else {
		f, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("input: %w", err)
		}
		defer f.Close()
		r = f
	}
	br := bufio.NewReaderSize(r, 256<<10)
	var c chunk
	for number := 1; ; number++ {
		text, err := readLine(br)
		if text != nil {
			c.lines = append(c.lines, line{name, number, text})
		}
		// A chunk goes out when it is full, and when the next line would have to be
		// waited for.
		if len(c.lines) == chunkLines || len(c.lines) > 0 && (br.Buffered() == 0 || err != nil) {
			if !in.send(c) {
				return nil
			}
			c = chunk{}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("input: %s:%d: %w", name, number, err)
		}
	}
}

// send returns false when nobody wants more.
func (in *input) send(c chunk) bool {
	select {
	case in.chunks <- c:
		return true
	case <-in.done:
		return false
	}
}

// readLine returns a copy of the next line without its end, nil when there is
// none; the last line need not have an end.
func readLine(r *bufio.Reader) ([]byte, error) {
	text := []byte{}
	for {
		part, err := r.ReadSlice('\n')
		text = append(text, part...)
		switch {
		case err == nil:
			return text[:len(text)-1], nil
		case errors.Is(err, bufio.ErrBufferFull):
			if len(text) > maxLine {
				return nil, fmt.Errorf("the line has more than %d bytes, which no message can have", maxLine)
			}
		case len(text) == 0:
			return nil, err
		default:
			return text, err
		}
	}
}
