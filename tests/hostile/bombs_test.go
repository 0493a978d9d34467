package hostile_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"math"
	"sync"
	"testing"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// expansion is what each bomb expands to.
const expansion = 220 << 20

// bomb compresses zeros.
func bomb(w func(io.Writer) (io.WriteCloser, error)) func() ([]byte, error) {
	return sync.OnceValues(func() ([]byte, error) {
		var out bytes.Buffer
		c, err := w(&out)
		if err != nil {
			return nil, err
		}
		zeros := make([]byte, 1<<20)
		for range expansion / len(zeros) {
			if _, err := c.Write(zeros); err != nil {
				return nil, err
			}
		}
		err = c.Close()
		return out.Bytes(), err
	})
}

var (
	gzipBomb = bomb(func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestSpeed) })
	lz4Bomb  = bomb(func(w io.Writer) (io.WriteCloser, error) { return lz4.NewWriter(w), nil })
	zstdBomb = bomb(func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) })
)

// snappyBomb is one block, in whose first bytes its whole length stands.
func snappyBomb() ([]byte, error) { return s2.EncodeSnappyBest(nil, make([]byte, expansion)), nil }

// packed answers fetches with a batch whose records are those bytes.
func packed(codec int, records []byte) func(*exchange) bool {
	return fetched(func(offset int64) []byte { return compressed(offset, codec, records) })
}

// Batches that expand, or claim to, and damaged ones of each codec.
//
// librdkafka bounds zstd alone, by receive.message.max.bytes. Of the others it takes the whole expansion: at most 1032
// times receive.message.max.bytes of gzip, 255 of LZ4, and 22 of Snappy, where no more than that is in use.
func TestBombs(t *testing.T) {
	t.Parallel()
	data := map[int][]byte{}
	for codec, build := range map[int]func() ([]byte, error){
		codecGzip: gzipBomb, codecSnappy: snappyBomb, codecLZ4: lz4Bomb, codecZstd: zstdBomb,
	} {
		var err error
		data[codec], err = build()
		require.NoError(t, err)
		assert.Less(t, len(data[codec]), 20<<20, "codec %d", codec)
	}
	const whole = expansion + 100<<20
	small := map[string]string{"receive.message.max.bytes": "1000000", "fetch.max.bytes": "999000", "message.max.bytes": "999000"}
	partial := []string{"^consumer stats: rxpartial"}
	failed := []string{"^consumer error: Decompression .codec 0x.. of message at 0 .*failed"}
	length := binary.AppendUvarint(nil, math.MaxUint32)
	cut := func(codec int) []byte { return data[codec][:len(data[codec])/2] }
	all := []scenario{
		{name: "gzip", answer: packed(codecGzip, data[codecGzip]), shows: partial, memory: whole},
		{name: "snappy", answer: packed(codecSnappy, data[codecSnappy]), shows: partial, memory: whole},
		{name: "lz4", answer: packed(codecLZ4, data[codecLZ4]), shows: partial, memory: whole},
		{name: "zstd", answer: packed(codecZstd, data[codecZstd]), shows: failed},
		{
			name: "kept away by receive.message.max.bytes", answer: packed(codecSnappy, data[codecSnappy]), settings: small,
			shows: []string{"^consumer (log|error): .*Invalid response size"},
		},
		{name: "zstd and receive.message.max.bytes", answer: packed(codecZstd, data[codecZstd]), settings: small, shows: failed, memory: 20 << 20},
		{name: "snappy that claims 4 GiB", answer: packed(codecSnappy, append(length, noise(100)...)), shows: failed},
		{name: "snappy cut", answer: packed(codecSnappy, cut(codecSnappy)), shows: failed, memory: whole},
		{name: "lz4 cut", answer: packed(codecLZ4, cut(codecLZ4)), shows: partial, memory: whole},
		{name: "zstd cut", answer: packed(codecZstd, cut(codecZstd)), shows: failed},
	}
	// Of nothing gzip makes nothing, which is no error.
	nothing := map[int][]string{codecGzip: {"^consumer answered"}, codecSnappy: failed, codecLZ4: failed, codecZstd: failed}
	for codec, name := range map[int]string{codecGzip: "gzip", codecSnappy: "snappy", codecLZ4: "lz4", codecZstd: "zstd"} {
		all = append(all,
			scenario{name: "garbage for " + name, answer: packed(codec, noise(1000)), shows: failed},
			scenario{name: "nothing for " + name, answer: packed(codec, nil), shows: nothing[codec]},
		)
	}
	for i := range all {
		all[i].apis = onFetch
	}
	runAll(t, "hostile-bombs", all)
}
