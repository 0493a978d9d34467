package cluster

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
)

// tailLines and tailWidth are how much of a log an error message shows, in lines and in bytes of a line.
const (
	tailLines = 15
	tailWidth = 300
)

// console receives what a broker prints, in a file that goes on over restarts. It is safe for concurrent use.
type console struct {
	mu      sync.Mutex
	file    *os.File
	partial []byte   // the line that is not complete yet
	tail    []string // the newest lines
	awaited string
	seen    chan struct{} // closed when a line holds awaited; nil while nothing is awaited
}

// newConsole makes the log file.
func newConsole(path string) (*console, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("cannot make the broker's log: %w", err)
	}
	return &console{file: f}, nil
}

// await returns a channel that is closed when a line that holds text arrives after this call. It also forgets the
// tail: what an error shows then belongs to this start.
func (c *console) await(text string) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.awaited, c.seen = text, make(chan struct{})
	c.tail, c.partial = nil, nil
	return c.seen
}

// Write implements io.Writer for the child's output.
func (c *console) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, err := c.file.Write(b)
	if err != nil {
		return n, err
	}
	c.partial = append(c.partial, b...)
	for {
		i := bytes.IndexByte(c.partial, '\n')
		if i < 0 {
			return n, nil
		}
		line := string(c.partial[:i])
		c.partial = c.partial[i+1:]
		if len(line) > tailWidth {
			line = line[:tailWidth] + "..."
		}
		if c.tail = append(c.tail, line); len(c.tail) > tailLines {
			c.tail = c.tail[1:]
		}
		if c.seen != nil && strings.Contains(line, c.awaited) {
			close(c.seen)
			c.seen = nil
		}
	}
}

// last returns the newest lines.
func (c *console) last() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.tail, "\n")
}

func (c *console) path() string { return c.file.Name() }

// close ends the log. The broker must have ended.
func (c *console) close() error { return c.file.Close() }

// mentions says whether one of the newest lines holds text.
func (c *console) mentions(text string) bool { return strings.Contains(c.last(), text) }
