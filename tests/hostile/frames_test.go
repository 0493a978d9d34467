package hostile_test

import (
	"encoding/binary"
	"math"
	"math/rand"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

var (
	onMetadata = []int16{int16(kmsg.Metadata)}
	onVersions = []int16{int16(kmsg.ApiVersions)}
	onFetch    = []int16{int16(kmsg.Fetch)}
	onProduce  = []int16{int16(kmsg.Produce)}
	onOffsets  = []int16{int16(kmsg.ListOffsets)}
)

// both are the patterns for both clients.
func both(pattern string) []string { return []string{"^producer " + pattern, "^consumer " + pattern} }

// bytesAndEnd answers with bytes and closes the connection.
func bytesAndEnd(data []byte) func(*exchange) bool {
	return func(x *exchange) bool {
		x.send(data)
		return false
	}
}

// bytesAndHold answers with bytes and leaves the connection open.
func bytesAndHold(data []byte) func(*exchange) bool {
	return func(x *exchange) bool { return x.send(data) && x.hold() }
}

// length is that of a frame, and the start of the frame: librdkafka looks at both together.
func length(n int32) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(n)), 0, 0, 0, 1)
}

// noise is the same at each run.
func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.New(rand.NewSource(1)).Read(b)
	return b
}

// What is no frame of Kafka, or not all of one.
func TestFrames(t *testing.T) {
	t.Parallel()
	runAll(t, "hostile-frames", []scenario{
		{
			name: "length of 2 GiB", apis: onMetadata, answer: bytesAndHold(length(math.MaxInt32)),
			shows: both(`(log|error): .*Invalid response size 2147483647`),
		},
		{
			name: "negative length", apis: onMetadata, answer: bytesAndHold(length(-1)),
			shows: both(`(log|error): .*Invalid response size -1`),
		},
		{
			name: "lowest length", apis: onMetadata, answer: bytesAndHold(length(math.MinInt32)),
			shows: both(`(log|error): .*Invalid response size -2147483648`),
		},
		{
			// Within receive.message.max.bytes, so that librdkafka waits for it.
			name: "95 MiB claimed and nothing sent", apis: onMetadata, answer: bytesAndHold(length(95 << 20)),
			shows: both(`(log|error): .*(?i)timed out`),
		},
		{
			name: "bound by receive.message.max.bytes", apis: onMetadata, answer: bytesAndHold(length(2 << 20)),
			settings: map[string]string{"receive.message.max.bytes": "1500000", "fetch.max.bytes": "1000000", "message.max.bytes": "1000000"},
			shows:    both(`(log|error): .*Invalid response size 2097152`),
		},
		{
			name: "empty frame", apis: onMetadata, answer: bytesAndHold(length(0)),
			shows: both(`(log|error): .*Invalid response size 0 `),
		},
		{
			name: "frame shorter than its header", apis: onMetadata, answer: bytesAndHold(length(3)),
			shows: both(`(log|error): .*Invalid response size 3 `),
		},
		{
			name: "answer truncated", apis: onMetadata,
			answer: func(x *exchange) bool {
				body := x.honest()
				return x.send(x.frame(body[:len(body)/2]))
			},
			shows: both(`log: .*(underflow|Not enough room)`),
		},
		{
			name: "end in the middle of a frame", apis: onMetadata,
			answer: func(x *exchange) bool {
				f := x.frame(x.honest())
				x.send(f[:len(f)/2])
				return false
			},
			shows: both(`(log|error): .*Disconnected`),
		},
		{
			name: "end at once", answer: func(*exchange) bool { return false },
			shows: both(`(log|error): .*Disconnected`),
		},
		{
			name: "no answer", apis: onMetadata, answer: (*exchange).hold,
			shows: both(`(log|error): .*(?i)timed out`),
		},
		{
			name: "a byte now and then", apis: onMetadata,
			answer: func(x *exchange) bool {
				for _, b := range x.frame(x.honest()) {
					if !x.send([]byte{b}) {
						return false
					}
					<-time.After(100 * time.Millisecond)
				}
				return true
			},
			shows: both(`(log|error): .*(?i)timed out`),
		},
		{
			name: "wrong correlation id", apis: onMetadata,
			answer: func(x *exchange) bool { return x.send(framed(x.head(x.corr+77), x.honest())) },
			shows:  both(`(log|error): .*(?i)timed out`),
		},
		{
			name: "answers that nobody asked for",
			answer: func(x *exchange) bool {
				return x.send(framed(x.head(x.corr+1000), x.honest())) && x.send(framed(x.head(0xffffffff), noise(100))) &&
					x.send(x.frame(x.honest()))
			},
			shows: both("message: "),
		},
		{
			name: "each answer twice",
			answer: func(x *exchange) bool {
				f := x.frame(x.honest())
				return x.send(slices.Concat(f, f))
			},
			shows: both("message: "),
		},
		{
			name: "garbage in a frame", apis: onMetadata, answer: func(x *exchange) bool { return x.send(x.frame(noise(4096))) },
			shows: both(`log: .*(underflow|out of range)`),
		},
		{
			name: "garbage", answer: bytesAndEnd(noise(4096)),
			shows: both(`(log|error): .*(Invalid response size|ApiVersion)`),
		},
		{
			name: "HTTP", answer: bytesAndEnd([]byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")),
			shows: both(`(log|error): .*(Invalid response size 1213486160|HTTP)`),
		},
		{
			name: "TLS alert", answer: bytesAndEnd([]byte{0x15, 3, 3, 0, 2, 2, 40}),
			shows: both(`(log|error): .*Disconnected`),
		},
	})
}
