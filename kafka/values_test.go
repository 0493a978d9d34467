package kafka_test

import (
	"errors"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func ptr[T any](v T) *T { return &v }

func TestTopicPartition_String(t *testing.T) {
	t.Parallel()
	topic := "t"
	for _, c := range []struct {
		tp          kafka.TopicPartition
		want        string
		wantMessage string
	}{
		{kafka.TopicPartition{}, "<null>[0]@0", "[0]@0"},
		{kafka.TopicPartition{Topic: &topic, Partition: 3, Offset: 7}, "t[3]@7", "t[3]@7"},
		{kafka.TopicPartition{Topic: &topic, Partition: -1, Offset: kafka.OffsetInvalid, Error: errors.New("x")}, "t[-1]@unset(x)", "t[-1]@unset"},
		{kafka.TopicPartition{Topic: &topic, Offset: kafka.OffsetEnd, Error: kafka.NewError(kafka.ErrQueueFull, "", false)}, "t[0]@end(Local: Queue full)", "t[0]@end"},
		{kafka.TopicPartition{Topic: &topic, Offset: kafka.OffsetTail(5), Metadata: ptr("md"), LeaderEpoch: ptr(int32(3))}, "t[0]@-2005", "t[0]@-2005"},
		{kafka.TopicPartition{Topic: ptr("")}, "[0]@0", "[0]@0"},
	} {
		assert.Equal(t, c.want, c.tp.String())
		assert.Equal(t, "EOF at "+c.want, kafka.PartitionEOF(c.tp).String())
		m := kafka.Message{TopicPartition: c.tp, Key: []byte("k"), Value: []byte("v")}
		assert.Equal(t, c.wantMessage, m.String())
	}
}

func TestTopicPartitions_sort(t *testing.T) {
	t.Parallel()
	a, b := "a", "b"
	list := kafka.TopicPartitions{
		{Topic: &b, Partition: 1},
		{Topic: &a, Partition: 2, Offset: 3},
		{Topic: &b, Partition: 0},
		{Topic: nil, Partition: 9},
		{Topic: &a, Partition: -1},
		{Topic: &a, Partition: 2, Offset: 1},
	}
	sort.Stable(list)
	assert.Equal(t, kafka.TopicPartitions{
		{Topic: nil, Partition: 9},
		{Topic: &a, Partition: -1},
		{Topic: &a, Partition: 2, Offset: 3},
		{Topic: &a, Partition: 2, Offset: 1},
		{Topic: &b, Partition: 0},
		{Topic: &b, Partition: 1},
	}, list)
	assert.Equal(t, 6, list.Len())
}

func TestHeader_String(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		h    kafka.Header
		want string
	}{
		{kafka.Header{Key: "key"}, "key=nil"},
		{kafka.Header{Key: "", Value: []byte{}}, "=<empty>"},
		{kafka.Header{Key: "key", Value: []byte("a")}, `key="a"`},
		{kafka.Header{Key: "k\x00", Value: []byte("\x00\xff\"\n\u00e4")}, "k\x00=" + `"\x00\xff\"\n` + "\u00e4\""},
		{kafka.Header{Key: "key", Value: []byte(strings.Repeat("a", 65))}, `key="` + strings.Repeat("a", 65) + `"`},
		{kafka.Header{Key: "key", Value: []byte(strings.Repeat("a", 66))}, `key="` + strings.Repeat("a", 50) + `"(16 more bytes)`},
		{kafka.Header{Key: "k", Value: []byte(strings.Repeat("\u00e4", 40))}, `k="` + strings.Repeat("\u00e4", 25) + `"(30 more bytes)`},
	} {
		assert.Equal(t, c.want, c.h.String())
	}
}

func TestTimestampType_String(t *testing.T) {
	t.Parallel()
	for ts, want := range map[kafka.TimestampType]string{
		kafka.TimestampNotAvailable: "NotAvailable", kafka.TimestampCreateTime: "CreateTime",
		kafka.TimestampLogAppendTime: "LogAppendTime", -1: "NotAvailable", 3: "NotAvailable",
	} {
		assert.Equal(t, want, ts.String())
	}
}

func TestEvents_String(t *testing.T) {
	t.Parallel()
	topic := "t"
	list := []kafka.TopicPartition{
		{Topic: &topic, Partition: 1, Offset: kafka.OffsetInvalid},
		{Partition: 2, Offset: kafka.OffsetStored, Error: kafka.NewError(kafka.ErrQueueFull, "", false)},
	}
	const shown = "[t[1]@unset <null>[2]@stored(Local: Queue full)]"
	for _, c := range []struct {
		event kafka.Event
		want  string
	}{
		{kafka.AssignedPartitions{Partitions: list}, "AssignedPartitions: " + shown},
		{kafka.AssignedPartitions{}, "AssignedPartitions: []"},
		{kafka.RevokedPartitions{Partitions: list}, "RevokedPartitions: " + shown},
		{kafka.OffsetsCommitted{Offsets: list}, "OffsetsCommitted (<nil>, " + shown + ")"},
		{kafka.OffsetsCommitted{Error: kafka.NewError(kafka.ErrNoOffset, "", false)}, "OffsetsCommitted (Local: No offset stored, [])"},
		{kafka.PartitionEOF{Topic: &topic, Offset: 23, Error: kafka.NewError(kafka.ErrPartitionEOF, "", false)}, "EOF at t[0]@23(Broker: No more messages)"},
		{&kafka.Stats{}, ""},
		{kafka.Stats{}, ""},
		{kafka.OAuthBearerTokenRefresh{Config: "secret=x"}, "OAuthBearerTokenRefresh"},
		{kafka.NewError(kafka.ErrFatal, "test_fatal_error: boom", true), "Fatal error: test_fatal_error: boom"},
		{&kafka.Message{}, "[0]@0"},
	} {
		assert.Equal(t, c.want, c.event.String())
	}
}

func TestLogEvent_String(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 1, 2, 3, 4, 5, 678901234, time.UTC)
	for _, c := range []struct {
		event kafka.LogEvent
		want  string
	}{
		{kafka.LogEvent{}, "[0001-01-01T00:00:00Z][][][0]"},
		{kafka.LogEvent{Name: "name", Tag: "TAG", Message: "message", Level: 7, Timestamp: at}, "[2024-01-02T03:04:05Z][name][TAG][7]message"},
		{kafka.LogEvent{Name: "n", Tag: "T", Message: "m", Timestamp: at.In(time.FixedZone("", 7200))}, "[2024-01-02T05:04:05+02:00][n][T][0]m"},
	} {
		assert.Equal(t, c.want, c.event.String())
	}
}

func TestNode_String(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "[h:9092]/1", kafka.Node{ID: 1, Host: "h", Port: 9092, Rack: ptr("rack")}.String())
	assert.Equal(t, "[:0]/-1", kafka.Node{ID: -1}.String())
}

func TestUUID_zero(t *testing.T) {
	t.Parallel()
	var u kafka.UUID
	assert.Empty(t, u.String())
	assert.Zero(t, u.GetMostSignificantBits())
	assert.Zero(t, u.GetLeastSignificantBits())
}

// Programs compare these, and use them as keys of maps.
func TestValues_comparable(t *testing.T) {
	t.Parallel()
	isComparable[kafka.Error]()
	isComparable[kafka.ErrorCode]()
	isComparable[kafka.TopicPartition]()
	isComparable[kafka.PartitionEOF]()
	isComparable[kafka.Node]()
	isComparable[kafka.UUID]()
	isComparable[kafka.Stats]()
	isComparable[kafka.LogEvent]()
	isComparable[kafka.OAuthBearerTokenRefresh]()
	isComparable[kafka.BrokerMetadata]()
	topic := "t"
	byPartition := map[kafka.TopicPartition]int{{Topic: &topic, Partition: 1}: 5}
	assert.Equal(t, 5, byPartition[kafka.TopicPartition{Topic: &topic, Partition: 1}])
}

func isComparable[T comparable]() {}

func TestConstants(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []int{1, 2, 4}, []int{kafka.PurgeQueue, kafka.PurgeInFlight, kafka.PurgeNonBlocking})
	assert.Equal(t, int32(-1), kafka.PartitionAny)
	assert.Equal(t, []kafka.Offset{-2, -1, -1000, -1001},
		[]kafka.Offset{kafka.OffsetBeginning, kafka.OffsetEnd, kafka.OffsetStored, kafka.OffsetInvalid})
}

func TestLibraryVersion(t *testing.T) {
	t.Parallel()
	n, text := kafka.LibraryVersion()
	assert.GreaterOrEqual(t, n, 0x020e00ff)
	assert.Regexp(t, `^2\.\d+\.\d+`, text)
	assert.NotEmpty(t, kafka.LibrdkafkaLinkInfo)
}
