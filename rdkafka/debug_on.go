//go:build cgo && rdkafka_debug

package rdkafka

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// Debug says whether the package was built with the tag rdkafka_debug.
const Debug = true

var live struct {
	sync.Mutex
	n map[string]int
}

func countNew(kind string) {
	live.Lock()
	defer live.Unlock()
	if live.n == nil {
		live.n = map[string]int{}
	}
	live.n[kind]++
}

func countDestroy(kind string) {
	live.Lock()
	defer live.Unlock()
	if live.n[kind] == 0 {
		panic(fmt.Sprintf("rdkafka: a %s was destroyed twice", kind))
	}
	if live.n[kind]--; live.n[kind] == 0 {
		delete(live.n, kind)
	}
}

// LiveObjects returns, per kind, how many C objects this package holds; kinds
// with none are left out.
func LiveObjects() map[string]int {
	live.Lock()
	defer live.Unlock()
	m := make(map[string]int, len(live.n))
	for k, n := range live.n {
		m[k] = n
	}
	return m
}

// wakeUsers counts the queues and stashes that write to a Wake.
type wakeUsers struct{ n atomic.Int32 }

func (u *wakeUsers) add(n int32) { u.n.Add(n) }

func (u *wakeUsers) checkNone() {
	if n := u.n.Load(); n != 0 {
		panic(fmt.Sprintf("rdkafka: a wake-up was closed to which %d queues or stashes write", n))
	}
}
