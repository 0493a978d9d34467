package kafka

import (
	"fmt"
	"strconv"
)

// Header is one header of a message. Keys need not be unique and may be empty.
//
// Concurrency: a plain value; see the package overview.
type Header struct {
	// Key is the name of the header.
	Key string
	// Value is its content; nil is Kafka's null and differs from an empty value.
	Value []byte
}

// A value of more than headerMaxShown bytes is cut to headerCut bytes by
// [Header.String].
const (
	headerMaxShown = 65
	headerCut      = 50
)

// String returns key="value" for people to read, with the value quoted as in Go
// source, key=nil and key=<empty> for the two kinds of nothing, and only the
// first 50 bytes of a value that is longer than 65.
func (h Header) String() string {
	switch {
	case h.Value == nil:
		return h.Key + "=nil"
	case len(h.Value) == 0:
		return h.Key + "=<empty>"
	case len(h.Value) > headerMaxShown:
		return fmt.Sprintf("%s=%q(%d more bytes)", h.Key, h.Value[:headerCut], len(h.Value)-headerCut)
	default:
		return h.Key + "=" + strconv.Quote(string(h.Value))
	}
}
