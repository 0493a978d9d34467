package hostile_test

import (
	"math"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// ranges answers with what versions the broker says that it knows.
func ranges(change func(r *kmsg.ApiVersionsResponse)) func(*exchange) bool {
	return func(x *exchange) bool {
		resp := x.response()
		if r, ok := resp.(*kmsg.ApiVersionsResponse); ok {
			change(r)
		}
		return x.send(x.frame(resp.AppendTo(nil)))
	}
}

// rangesEach changes each range.
func rangesEach(lowest, highest int16) func(*exchange) bool {
	return ranges(func(r *kmsg.ApiVersionsResponse) {
		for i := range r.ApiKeys {
			r.ApiKeys[i].MinVersion, r.ApiKeys[i].MaxVersion = lowest, highest
		}
	})
}

// claimedRanges answers with a number of ranges that are not there.
func claimedRanges(count ...byte) func(*exchange) bool {
	return func(x *exchange) bool { return x.send(x.frame(slices.Concat([]byte{0, 0}, count, make([]byte, 20)))) }
}

func TestVersions(t *testing.T) {
	t.Parallel()
	all := []scenario{
		{name: "up to 32767", answer: rangesEach(0, math.MaxInt16), shows: both("message: ")},
		{name: "from 32767 to 32767", answer: rangesEach(math.MaxInt16, math.MaxInt16), shows: both(`(log|error): .*Required feature not supported by broker`)},
		{name: "from 5 to 1", answer: rangesEach(5, 1), shows: both(`(log|error): .*Required feature not supported by broker`)},
		{name: "negative", answer: rangesEach(math.MinInt16, -1), shows: []string{"^producer log: .*No viable ProduceRequest ApiVersions", `^consumer error: .*Required feature not supported`}},
		{name: "none", answer: ranges(func(r *kmsg.ApiVersionsResponse) { r.ApiKeys = nil }), shows: both(`(log|error): .*Required feature not supported by broker`)},
		{name: "error", answer: ranges(func(r *kmsg.ApiVersionsResponse) { r.ErrorCode = 9999 }), shows: both("(log|error): .*ApiVersionRequest failed: Err-9999")},
		{name: "2^31-1 claimed", answer: claimedRanges(0x80, 0x80, 0x80, 0x80, 8), shows: both("(log|error): .*ApiVersionRequest failed: Local: Bad message format")},
		{name: "1000 claimed", answer: claimedRanges(0xe9, 7), shows: both("(log|error): .*ApiVersionRequest failed: Local: Read underflow")},
	}
	for i := range all {
		all[i].apis = onVersions
	}
	runAll(t, "hostile-versions", all)
}
