package kafka

import (
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// A message that is handed out is one allocation: the struct, its leader epoch
// and its bytes together, so that whoever keeps a message keeps nothing else
// alive. Go's size classes choose the steps; they waste at most a third.
type (
	message64 struct {
		m Message
		e int32
		b [64 - 4]byte
	}
	message128 struct {
		m Message
		e int32
		b [128 - 4]byte
	}
	message192 struct {
		m Message
		e int32
		b [192 - 4]byte
	}
	message328 struct {
		m Message
		e int32
		b [328 - 4]byte
	}
	message520 struct {
		m Message
		e int32
		b [520 - 4]byte
	}
	message840 struct {
		m Message
		e int32
		b [840 - 4]byte
	}
	messageOther struct {
		m Message
		e int32
	}
)

// newMessage returns an empty message, room for its leader epoch, and n bytes
// for its key, value and headers.
func newMessage(n int) (*Message, *int32, []byte) {
	switch {
	case n <= 64-4:
		x := new(message64)
		return &x.m, &x.e, x.b[:n]
	case n <= 128-4:
		x := new(message128)
		return &x.m, &x.e, x.b[:n]
	case n <= 192-4:
		x := new(message192)
		return &x.m, &x.e, x.b[:n]
	case n <= 328-4:
		x := new(message328)
		return &x.m, &x.e, x.b[:n]
	case n <= 520-4:
		x := new(message520)
		return &x.m, &x.e, x.b[:n]
	case n <= 840-4:
		x := new(message840)
		return &x.m, &x.e, x.b[:n]
	default:
		x := new(messageOther)
		return &x.m, &x.e, make([]byte, n)
	}
}

// splitBytes cuts key and value off the front of buf; a negative length is null.
func splitBytes(buf []byte, keyLen, valLen int32) (key, value, rest []byte) {
	if keyLen >= 0 {
		key, buf = buf[:keyLen:keyLen], buf[keyLen:]
	}
	if valLen >= 0 {
		value, buf = buf[:valLen:valLen], buf[valLen:]
	}
	return key, value, buf
}

// headerKeys spares the copies of header keys that come again and again. It is
// not safe for concurrent use.
type headerKeys map[string]string

// headerKeysMax bounds the memory that unusual producers can make it take.
const headerKeysMax = 1024

func (k headerKeys) string(b []byte) string {
	if s, ok := k[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(k) < headerKeysMax {
		k[s] = s
	}
	return s
}

// decode reads n headers out of buf; their values alias it.
func (k headerKeys) decode(buf []byte, n int32) []Header {
	if n == 0 {
		return nil
	}
	headers := make([]Header, n)
	for i := range headers {
		var key, value []byte
		key, value, buf = rdkafka.NextHeader(buf)
		headers[i] = Header{Key: k.string(key), Value: value}
	}
	return headers
}

// timeOf converts librdkafka's timestamp (ms since 1970) and its type.
func timeOf(ms int64, typ int32) (time.Time, TimestampType) {
	if typ == int32(TimestampNotAvailable) || ms < 0 {
		return time.Time{}, TimestampNotAvailable
	}
	return time.UnixMilli(ms), TimestampType(typ)
}
