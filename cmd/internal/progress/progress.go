// Package progress shows on a terminal how far a command is.
package progress

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// IsTerminal says whether w is a terminal.
func IsTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Bar is a line that shows a count of messages. The zero Bar shows nothing. Its
// methods may be called from any goroutine.
type Bar struct {
	container *mpb.Progress
	bar       *mpb.Bar
	stop      sync.Once
}

// refresh is how often the line is drawn.
const refresh = 200 * time.Millisecond

// New starts a line on w, towards a total that is 0 when it is not known. When w
// is not a terminal nothing is shown. Call Stop at the end.
func New(w io.Writer, what string, total int64) *Bar {
	if !IsTerminal(w) {
		return &Bar{}
	}
	c := mpb.New(mpb.WithOutput(w), mpb.WithRefreshRate(refresh), mpb.WithWidth(64))
	name := decor.Name(what + " ")
	if total <= 0 {
		return &Bar{container: c, bar: c.New(0, mpb.NopStyle(), mpb.PrependDecorators(name, decor.CurrentNoUnit("%d messages")),
			mpb.BarRemoveOnComplete())}
	}
	return &Bar{container: c, bar: c.AddBar(total, mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(name, decor.CountersNoUnit("%d / %d")),
		mpb.AppendDecorators(decor.Percentage()))}
}

// Set shows that n messages are done.
func (b *Bar) Set(n int64) {
	if b.bar != nil {
		b.bar.SetCurrent(n)
	}
}

// Stop takes the line away. Calling it again does nothing.
func (b *Bar) Stop() {
	if b.bar == nil {
		return
	}
	b.stop.Do(func() {
		b.bar.Abort(true)
		b.container.Wait()
	})
}
