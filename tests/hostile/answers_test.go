package hostile_test

import (
	"math"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// produced answers produce requests with the right answer after a change.
func produced(change func(r *kmsg.ProduceResponse)) func(*exchange) bool {
	return func(x *exchange) bool {
		resp := x.response()
		if r, ok := resp.(*kmsg.ProduceResponse); ok {
			change(r)
		}
		return x.send(x.frame(resp.AppendTo(nil)))
	}
}

// listed answers requests for offsets with the right answer after a change.
func listed(change func(r *kmsg.ListOffsetsResponse)) func(*exchange) bool {
	return func(x *exchange) bool {
		resp := x.response()
		if r, ok := resp.(*kmsg.ListOffsetsResponse); ok {
			change(r)
		}
		return x.send(x.frame(resp.AppendTo(nil)))
	}
}

// Answers to produce and offset requests that do not fit the question.
func TestAnswers(t *testing.T) {
	t.Parallel()
	produce := func(name, shows string, change func(r *kmsg.ProduceResponse)) scenario {
		return scenario{name: "produce: " + name, apis: onProduce, answer: produced(change), shows: []string{shows}}
	}
	list := func(name, shows string, change func(r *kmsg.ListOffsetsResponse)) scenario {
		return scenario{name: "offsets: " + name, apis: onOffsets, answer: listed(change), shows: []string{shows}}
	}
	const bad = "^producer delivery: Local: Bad message format"
	const missing = "^consumer error: Failed to query logical offset BEGINNING: Local: Unknown partition"
	runAll(t, "hostile-answers", []scenario{
		produce("unknown error", "^producer delivery: Err-9999", func(r *kmsg.ProduceResponse) { r.Topics[0].Partitions[0].ErrorCode = 9999 }),
		produce("error -32768", "^producer delivery: Err--32768", func(r *kmsg.ProduceResponse) { r.Topics[0].Partitions[0].ErrorCode = math.MinInt16 }),
		produce("another partition", "^producer message: ", func(r *kmsg.ProduceResponse) { r.Topics[0].Partitions[0].Partition = 5 }),
		produce("another topic", "^producer message: ", func(r *kmsg.ProduceResponse) { r.Topics[0].Topic = "other" }),
		produce("no topics", bad, func(r *kmsg.ProduceResponse) { r.Topics = nil }),
		produce("no partitions", bad, func(r *kmsg.ProduceResponse) { r.Topics[0].Partitions = nil }),
		produce("1,000 topics", bad, func(r *kmsg.ProduceResponse) {
			for range 1000 {
				r.Topics = append(r.Topics, r.Topics[0])
			}
		}),
		produce("base offset -5", "^producer message: ", func(r *kmsg.ProduceResponse) { r.Topics[0].Partitions[0].BaseOffset = -5 }),
		produce("base offset 2^63-1", "^producer message: ", func(r *kmsg.ProduceResponse) { r.Topics[0].Partitions[0].BaseOffset = math.MaxInt64 }),
		produce("throttled for 24 days", "^producer message: ", func(r *kmsg.ProduceResponse) { r.ThrottleMillis = math.MaxInt32 }),
		list("unknown error", "^consumer error: Failed to query logical offset BEGINNING: Err-9999", func(r *kmsg.ListOffsetsResponse) { r.Topics[0].Partitions[0].ErrorCode = 9999 }),
		list("offset -7", "^consumer answered", func(r *kmsg.ListOffsetsResponse) { r.Topics[0].Partitions[0].Offset = -7 }),
		list("offset 2^63-1", "^consumer message: ", func(r *kmsg.ListOffsetsResponse) { r.Topics[0].Partitions[0].Offset = math.MaxInt64 }),
		list("another partition", missing, func(r *kmsg.ListOffsetsResponse) { r.Topics[0].Partitions[0].Partition = 5 }),
		list("no topics", missing, func(r *kmsg.ListOffsetsResponse) { r.Topics = nil }),
	})
}
