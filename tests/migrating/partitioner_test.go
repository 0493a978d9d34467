// Package migrating holds docs/migrating.md to the libraries that it speaks of:
// their partitioners and defaults are those of their own code.
package migrating

import (
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/IBM/sarama"
	segmentio "github.com/segmentio/kafka-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// partitions is no power of two: with one the high bits of a hash, in which the
// partitioners differ, would not count.
const partitions = 11

// keys returns many keys, the empty one last. With so many no two hashes agree by
// chance, and half of the hashes are negative as 32-bit numbers.
func keys(t *testing.T) [][]byte {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	list := make([][]byte, 0, 501)
	negative := 0
	for i := range 500 {
		k := []byte(fmt.Sprintf("order-%d", i))
		if i%2 == 1 {
			k = make([]byte, 1+r.IntN(40))
			for j := range k {
				k[j] = byte(r.Uint32())
			}
		}
		if int32(fnv32a(k)) < 0 && int32(crc32.ChecksumIEEE(k)) < 0 {
			negative++
		}
		list = append(list, k)
	}
	require.Greater(t, negative, 50)
	return append(list, []byte{})
}

func fnv32a(b []byte) uint32 {
	h := fnv.New32a()
	_, _ = h.Write(b) // a hash takes all
	return h.Sum32()
}

// produced returns the partitions that a producer of this library gives to keys.
func produced(t *testing.T, conf kafka.ConfigMap, keys [][]byte) []int {
	t.Helper()
	cluster, err := kafka.NewMockCluster(1)
	require.NoError(t, err)
	defer cluster.Close()
	topic := "t"
	require.NoError(t, cluster.CreateTopic(topic, partitions, 1))
	require.NoError(t, conf.SetKey("bootstrap.servers", cluster.BootstrapServers()))
	p, err := kafka.NewProducer(&conf)
	require.NoError(t, err)
	defer p.Close()
	reports := make(chan kafka.Event, len(keys))
	for i, k := range keys {
		to := kafka.TopicPartition{Topic: &topic, Partition: kafka.PartitionAny}
		require.NoError(t, p.Produce(&kafka.Message{TopicPartition: to, Key: k, Opaque: i}, reports))
	}
	got := make([]int, len(keys))
	limit := time.After(time.Minute)
	for range keys {
		select {
		case e := <-reports:
			m, ok := e.(*kafka.Message)
			require.True(t, ok, "%v", e)
			require.NoError(t, m.TopicPartition.Error)
			got[m.Opaque.(int)] = int(m.TopicPartition.Partition)
		case <-limit:
			require.Fail(t, "a report is missing")
		}
	}
	return got
}

// A peer gives a partition to a key.
type peer func(t *testing.T, key []byte) int

func ofSarama(make sarama.PartitionerConstructor) peer {
	p := make("t")
	return func(t *testing.T, key []byte) int {
		t.Helper()
		got, err := p.Partition(&sarama.ProducerMessage{Key: sarama.ByteEncoder(key)}, partitions)
		require.NoError(t, err)
		return int(got)
	}
}

// unread is for a partitioner that looks at what is buffered only without a key.
type unread struct{}

func (unread) Next() (partition int, buffered int64) { panic("asked for what is buffered") }

func (unread) Rem() int { return partitions }

func ofFranz(p kgo.Partitioner) peer {
	topic := p.ForTopic("t")
	return func(_ *testing.T, key []byte) int {
		r := &kgo.Record{Topic: "t", Key: key}
		if b, ok := topic.(kgo.TopicBackupPartitioner); ok {
			return b.PartitionByBackup(r, partitions, unread{})
		}
		return topic.Partition(r, partitions)
	}
}

func ofSegmentio(b segmentio.Balancer) peer {
	all := make([]int, partitions)
	for i := range all {
		all[i] = i
	}
	return func(_ *testing.T, key []byte) int { return b.Balance(segmentio.Message{Key: key}, all...) }
}

// franzDefault is the partitioner of a franz-go client without options.
func franzDefault(t *testing.T) kgo.Partitioner {
	t.Helper()
	p, ok := franz(t).OptValue(kgo.RecordPartitioner).(kgo.Partitioner)
	require.True(t, ok)
	return p
}

// franz returns a client that talks to nobody.
func franz(t *testing.T) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient()
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// The same key goes to the same partition, as docs/migrating.md claims, with the
// other library's own code and with the property set here.
func TestPartitioner(t *testing.T) {
	t.Parallel()
	list := keys(t)
	ours := map[string][]int{"": produced(t, kafka.ConfigMap{}, list)}
	for _, name := range []string{"consistent_random", "murmur2_random", "fnv1a_random"} {
		ours[name] = produced(t, kafka.ConfigMap{"partitioner": name}, list)
	}
	last := len(list) - 1
	// What is not set is consistent_random; an empty key is random there.
	require.Equal(t, ours["consistent_random"][:last], ours[""][:last])

	for name, c := range map[string]struct {
		peer peer
		want string // "": none agrees
		// empty says that they agree on the empty key, too.
		empty bool
	}{
		"sarama, default":                      {ofSarama(sarama.NewConfig().Producer.Partitioner), "fnv1a_random", true},
		"sarama, NewHashPartitioner":           {ofSarama(sarama.NewHashPartitioner), "fnv1a_random", true},
		"sarama, NewMurmur2Partitioner":        {ofSarama(sarama.NewMurmur2Partitioner), "murmur2_random", true},
		"sarama, NewConsistentCRCHash":         {ofSarama(sarama.NewConsistentCRCHashPartitioner), "consistent_random", false},
		"sarama, NewReferenceHash":             {ofSarama(sarama.NewReferenceHashPartitioner), "", false},
		"franz-go, default":                    {ofFranz(franzDefault(t)), "murmur2_random", true},
		"franz-go, StickyKeyPartitioner":       {ofFranz(kgo.StickyKeyPartitioner(nil)), "murmur2_random", true},
		"franz-go, SaramaCompatHasher, FNV-1a": {ofFranz(kgo.StickyKeyPartitioner(kgo.SaramaCompatHasher(fnv32a))), "fnv1a_random", true},
		"franz-go, SaramaHasher, CRC32":        {ofFranz(kgo.StickyKeyPartitioner(kgo.SaramaHasher(crc32.ChecksumIEEE))), "consistent_random", false},
		"segmentio, Hash":                      {ofSegmentio(&segmentio.Hash{}), "fnv1a_random", true},
		"segmentio, Murmur2Balancer":           {ofSegmentio(segmentio.Murmur2Balancer{}), "murmur2_random", true},
		"segmentio, CRC32Balancer":             {ofSegmentio(segmentio.CRC32Balancer{}), "consistent_random", false},
		"segmentio, ReferenceHash":             {ofSegmentio(&segmentio.ReferenceHash{}), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			theirs := make([]int, len(list))
			for i, k := range list {
				theirs[i] = c.peer(t, k)
			}
			for preset, got := range ours {
				if c.want != "" && preset == c.want || preset == "" && c.want == "consistent_random" {
					assert.Equal(t, theirs[:last], got[:last], preset)
					continue
				}
				// By chance one key in eleven goes to the same partition.
				same := 0
				for i := range last {
					if theirs[i] == got[i] {
						same++
					}
				}
				// FNV-1a with the high bit cut off goes the same way for each key
				// whose hash is not negative.
				assert.Less(t, same, last*2/3, "%s agrees with %s", name, preset)
			}
			if c.empty {
				assert.Equal(t, theirs[last], ours[c.want][last], "the empty key")
			}
		})
	}
}
