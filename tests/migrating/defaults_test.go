package migrating

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/IBM/sarama"
	segmentio "github.com/segmentio/kafka-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// guide is the text under test.
func guide(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "docs", "migrating.md"))
	require.NoError(t, err)
	return string(content)
}

// row returns the cells of the row of the table of defaults that begins with the
// property: librdkafka, sarama, franz-go, segmentio.
func row(t *testing.T, property string) []string {
	t.Helper()
	_, table, found := strings.Cut(guide(t), "## Defaults that differ")
	require.True(t, found)
	for _, line := range strings.Split(table, "\n") {
		if rest, ok := strings.CutPrefix(line, "| `"+property+"` | "); ok {
			return strings.Split(strings.TrimSuffix(rest, " |"), " | ")
		}
	}
	require.Fail(t, "no row of "+property)
	return nil
}

// Each cell of the table of defaults begins with what the library itself says.
func TestDefaults(t *testing.T) {
	t.Parallel()
	conf := rdkafka.NewConf()
	defer conf.Destroy()
	// Properties of topics are there to be read once one of them is set.
	require.NoError(t, conf.Set("request.timeout.ms", "30000"))
	s := sarama.NewConfig()
	client, err := kgo.NewClient(kgo.ConsumerGroup("g"))
	require.NoError(t, err)
	defer client.Close()
	f := client.OptValue
	w := segmentio.Writer{}
	reader := segmentio.NewReader(segmentio.ReaderConfig{Brokers: []string{"127.0.0.1:1"}, Topic: "t"})
	defer func() { _ = reader.Close() }() // it read nothing
	r := reader.Config()
	g := segmentio.ConsumerGroupConfig{ID: "g", Brokers: []string{"127.0.0.1:1"}, Topics: []string{"t"}}
	require.NoError(t, g.Validate(), "it fills in the defaults")

	require.Equal(t, []kgo.CompressionCodec{kgo.SnappyCompression(), kgo.NoCompression()}, f(kgo.ProducerBatchCompression))
	require.Equal(t, kgo.NewOffset().AtStart(), f(kgo.ConsumeResetOffset))

	for property, want := range map[string][3]any{
		"acks":                          {saramaAcks[s.Producer.RequiredAcks], franzAcks[f(kgo.RequiredAcks).(kgo.Acks)], w.RequiredAcks},
		"enable.idempotence":            {s.Producer.Idempotent, !f(kgo.DisableIdempotentWrite).(bool), nil},
		"linger.ms":                     {ms(s.Producer.Flush.Frequency), ms(f(kgo.ProducerLinger)), nil},
		"compression.type":              {s.Producer.Compression, "snappy", nil},
		"message.max.bytes":             {s.Producer.MaxMessageBytes, f(kgo.ProducerBatchMaxBytes), nil},
		"auto.offset.reset":             {saramaOffset[s.Consumer.Offsets.Initial], "earliest", segmentioOffset[g.StartOffset]},
		"enable.auto.commit":            {s.Consumer.Offsets.AutoCommit.Enable, !f(kgo.DisableAutoCommit).(bool), nil},
		"auto.commit.interval.ms":       {ms(s.Consumer.Offsets.AutoCommit.Interval), ms(f(kgo.AutoCommitInterval)), ms(r.CommitInterval)},
		"isolation.level":               {saramaIsolation[s.Consumer.IsolationLevel], franzIsolation[f(kgo.FetchIsolationLevel).(int8)], segmentioIsolation[r.IsolationLevel]},
		"session.timeout.ms":            {ms(s.Consumer.Group.Session.Timeout), ms(f(kgo.SessionTimeout)), ms(g.SessionTimeout)},
		"allow.auto.create.topics":      {s.Metadata.AllowAutoTopicCreation, f(kgo.AllowAutoTopicCreation), w.AllowAutoTopicCreation},
		"partition.assignment.strategy": {s.Consumer.Group.Rebalance.GroupStrategies[0].Name(), f(kgo.Balancers).([]kgo.GroupBalancer)[0].ProtocolName(), g.GroupBalancers[0].ProtocolName()},
	} {
		cells := row(t, property)
		require.Len(t, cells, 4, property)
		ours, ok := conf.Get(property)
		require.True(t, ok, property)
		if name, ok := synonyms[property+"="+ours]; ok {
			ours = name
		}
		for i, value := range append([]any{ours}, want[:]...) {
			if value != nil { // else the library keeps it to itself
				assert.Regexp(t, "^`?"+fmt.Sprint(value)+`\b`, cells[i], "%s, column %d", property, i+1)
			}
		}
	}
}

// synonyms are what librdkafka calls its defaults, where everybody else says
// otherwise.
var synonyms = map[string]string{"acks=-1": "all", "auto.offset.reset=largest": "latest", "partition.assignment.strategy=range,roundrobin": "range"}

func ms(d any) int64 { return d.(time.Duration).Milliseconds() }

var (
	saramaAcks         = map[sarama.RequiredAcks]string{sarama.WaitForAll: "all", sarama.WaitForLocal: "1"}
	franzAcks          = map[kgo.Acks]string{kgo.AllISRAcks(): "all", kgo.LeaderAck(): "1"}
	saramaOffset       = map[int64]string{sarama.OffsetNewest: "latest", sarama.OffsetOldest: "earliest"}
	segmentioOffset    = map[int64]string{segmentio.FirstOffset: "earliest", segmentio.LastOffset: "latest"}
	saramaIsolation    = map[sarama.IsolationLevel]string{sarama.ReadUncommitted: "read_uncommitted", sarama.ReadCommitted: "read_committed"}
	franzIsolation     = map[int8]string{0: "read_uncommitted", 1: "read_committed"}
	segmentioIsolation = map[segmentio.IsolationLevel]string{segmentio.ReadUncommitted: "read_uncommitted", segmentio.ReadCommitted: "read_committed"}
)
