package hostile_test

import (
	"bytes"
	"compress/gzip"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Answers on which librdkafka itself dies, and the whole process with it. No setting keeps them away; TLS does keep
// away whoever is not a broker. Each fails here when a new librdkafka has been mended, and belongs to the others then.
func TestDeaths(t *testing.T) {
	t.Parallel()
	const segv = "^signal: segmentation fault"
	none := int32(-1)
	runAll(t, "hostile-deaths", []scenario{
		{
			// rd_kafka_handle_ApiVersion: rd_malloc(sizeof(**apis) * -1).
			name: "null ranges of versions", apis: onVersions, answer: claimedRanges(0),
			dies: "^signal: aborted(?s:.*)rd_malloc: Assertion",
		},
		{
			// rd_kafka_parse_Metadata0: qsort of -1 brokers; rd_tmpabuf_alloc0 lets the size -1 * n pass, as it wraps.
			name: "null brokers", apis: onMetadata, versions: plain, answer: brokerCount(none), dies: segv,
		},
		{
			// rd_kafka_buf_read_arraycnt cuts the count to 32 bits before it compares it: 2^32 becomes 0, which is null.
			name: "2^32-1 brokers, compact", apis: onMetadata, answer: compactBrokers(math.MaxUint32), dies: segv,
		},
		{
			name: "null partitions", apis: onMetadata, versions: plain, dies: segv,
			answer: topicCount(1, slices.Concat(aTopic(none), make([]byte, 4), make([]byte, topicsEnd-4))),
		},
		{
			// rd_kafka_broker_update takes the length of the host's name.
			name: "null host", apis: onMetadata, dies: segv,
			answer: changed(func(body []byte) []byte {
				const at = brokersAt + 1 + 4
				n := int(body[at]) - 1
				return slices.Concat(body[:at], []byte{0}, body[at+1+n:])
			}),
		},
		{
			name: "null topic name", apis: onMetadata, dies: segv,
			answer: metadata(func(r *kmsg.MetadataResponse) { r.Topics[0].Topic = nil }),
		},
		{
			// After a wrong checksum rd_kafka_msgset_reader_v2 goes on at a wrong place, as it gives rd_kafka_buf_skip_to
			// a length; rd_kafka_msgset_reader_msg_v0_1 then takes a length below 4. With check.crcs=false, the
			// default, neither looks at checksums.
			name: "wrong checksum of three messages", apis: onFetch, answer: badChecksum(3),
			dies: "^signal: aborted(?s:.*)rd_slice_narrow_copy: Assertion",
		},
		{
			name: "old message of length 0", apis: onFetch, answer: fetched(func(o int64) []byte {
				b := make([]byte, 40) // offset, length, checksum, magic byte
				put64(b, 0, o)
				return b
			}),
			dies: "^signal: aborted(?s:.*)rd_slice_narrow_copy: Assertion",
		},
		{
			// rd_gz_decompress: the end of its second pass is Z_STREAM_END alone, which does not come.
			name: "gzip cut", apis: onFetch, answer: packed(codecGzip, cutGzip(t)), spins: true,
		},
	})
}

// cutGzip is the first half of compressed bytes.
func cutGzip(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(noise(1000))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()[:out.Len()/2]
}
