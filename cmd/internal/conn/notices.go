package conn

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// repeatAfter is how long the same text is not shown again: librdkafka tells of
// a broker that is down at each try.
const repeatAfter = 10 * time.Second

// Notices shows what clients report on the side: errors that no call returned,
// and log lines. Its methods may be called from any goroutine.
type Notices struct {
	w     io.Writer
	fatal chan error
	ended sync.WaitGroup

	mu    sync.Mutex
	quiet bool // errors are kept and not shown
	shown map[string]time.Time
	last  string // of the errors, the most telling
}

// NewNotices returns Notices that write to w. Errors are shown once Reach has
// succeeded.
func NewNotices(w io.Writer) *Notices {
	return &Notices{w: w, fatal: make(chan error, 1), shown: map[string]time.Time{}, quiet: true}
}

// LogLines says which log lines to show.
type LogLines int

const (
	// NoLines shows none.
	NoLines LogLines = iota
	// ConfigLines shows what librdkafka finds odd about the configuration.
	ConfigLines
	// AllLines shows all.
	AllLines
)

// Watch reads a client's channels in the background until the client is closed.
func (n *Notices) Watch(errs <-chan kafka.Error, logs <-chan kafka.LogEvent, show LogLines) {
	n.ended.Go(func() {
		for e := range errs {
			n.note(e)
		}
	})
	n.ended.Go(func() {
		for l := range logs {
			if show == AllLines || show == ConfigLines && l.Tag == "CONFWARN" {
				n.print(fmt.Sprintf("%s: %s: %s", l.Name, l.Tag, l.Message), show == AllLines)
			}
		}
	})
}

// Wait returns when all clients that are watched were closed and what they said
// was shown.
func (n *Notices) Wait() { n.ended.Wait() }

// show ends keeping errors back for lastError.
func (n *Notices) show() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.quiet = false
}

// lastError returns the text of the last error, "" when there was none.
func (n *Notices) lastError() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.last
}

// Fatal returns a channel of the first error after which a client can't go on. It
// is not shown.
func (n *Notices) Fatal() <-chan error { return n.fatal }

func (n *Notices) note(e kafka.Error) {
	if e.IsFatal() || e.Code() == kafka.ErrAutoOffsetReset {
		select {
		case n.fatal <- e:
		default:
		}
		return
	}
	n.mu.Lock()
	// That all brokers are down follows an error that says why.
	if e.Code() != kafka.ErrAllBrokersDown || n.last == "" {
		n.last = e.Error()
	}
	quiet := n.quiet
	n.mu.Unlock()
	if !quiet {
		n.print(e.Error(), false)
	}
}

// print shows a line, once in a while when it comes again and again.
func (n *Notices) print(text string, always bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := time.Now()
	if last, ok := n.shown[text]; ok && !always && now.Sub(last) < repeatAfter {
		return
	}
	if len(n.shown) > 1000 { // texts with numbers in them never come again
		clear(n.shown)
	}
	n.shown[text] = now
	fmt.Fprintf(n.w, "rdk: %s\n", text)
}
