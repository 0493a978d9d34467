//go:build cgo && !rdkafka_debug

package rdkafka

func countNew(string)     {}
func countDestroy(string) {}

// Debug says whether the package was built with the tag rdkafka_debug.
const Debug = false

// LiveObjects returns, per kind, how many C objects this package holds. Without
// the build tag rdkafka_debug nothing is counted and it returns nil.
func LiveObjects() map[string]int { return nil }

// wakeUsers counts who writes to a Wake; without the build tag it does not.
type wakeUsers struct{}

func (wakeUsers) add(int32)  {}
func (wakeUsers) checkNone() {}
