// Package sample has one of each thing that apidiff writes.
package sample

import "io"

// C is a constant.
const C = 1

// D is a typed one.
const D E = 2

// V is a variable.
var V = "v"

// E is an integer.
type E int

// String makes it a Stringer.
func (e E) String() string { return "" }

// Stringer is an interface.
type Stringer interface{ String() string }

// Sealed is one for this package only.
type Sealed interface {
	Stringer
	sealed()
}

// S has fields.
type S struct {
	B []byte
	A map[string]interface{}
}

// Error makes *S an error.
func (s *S) Error() string { return "" }

// P has a hidden field and a promoted method.
type P struct {
	N int
	base
}

type base struct{}

func (base) Do(name string, more ...func(n int) any) (err error) { return nil }

func (*base) sealed() {}

// R is an alias.
type R = io.Reader

// F is a function.
func F(a, b int, c *S) (<-chan E, error) { return nil, nil }

// G is generic and left out, as Go's own lists leave out what they cannot compare.
type G[T any] struct{ T T }
