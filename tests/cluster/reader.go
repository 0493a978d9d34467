package cluster

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The console consumer prints a record as fields and separators. These control characters stand between them, so
// keys, values and headers that are read must not hold them.
const (
	recordSeparator = "\x1e"
	fieldSeparator  = "\x1f"
	headerSeparator = "\x1d"
	nullLiteral     = "\x1c"
)

// Header is one header of a [Record].
type Header struct {
	Key   string
	Value []byte // nil for null, not nil when empty
}

// Record is a record as Kafka's own consumer read it.
type Record struct {
	Partition int32
	Offset    int64
	Timestamp time.Time
	// LogAppendTime says that the broker set the timestamp.
	LogAppendTime bool
	Key, Value    []byte // nil for null, not nil when empty
	Headers       []Header
}

// Query says what [Cluster.Read] reads. Only Topic must be set.
type Query struct {
	Topic string
	// Max ends the reading after so many records; 0 reads all that the topic holds when Read is called.
	// Max must be set for a topic with transactions or with compaction, whose offsets don't count its records.
	Max int
	// Idle ends the reading with an error when no record arrives for so long; 0 means 20 s.
	Idle time.Duration
	// Uncommitted also reads the records of transactions that are open or were aborted.
	Uncommitted bool
	// Properties are further settings of the consumer, such as "group.protocol=consumer".
	Properties []string
}

// Read reads a topic from its beginning with Kafka's console consumer: a reader independent of librdkafka.
// The order is the topic's within each partition. Keys, values and headers must not hold the bytes 0x1c to 0x1f, and
// header keys no colon. It blocks until all is read, with an error when records are missing or ctx ends; what was
// read is returned then too.
func (c *Cluster) Read(ctx context.Context, q Query) ([]Record, error) {
	if q.Max == 0 {
		n, err := c.count(ctx, q.Topic)
		if err != nil || n == 0 {
			return nil, err
		}
		q.Max = n
	}
	if q.Idle == 0 {
		q.Idle = 20 * time.Second
	}
	args := []string{
		"--topic", q.Topic, "--from-beginning", "--max-messages", strconv.Itoa(q.Max),
		"--timeout-ms", strconv.FormatInt(q.Idle.Milliseconds(), 10),
	}
	if !q.Uncommitted {
		args = append(args, "--isolation-level", "read_committed")
	}
	for _, kv := range q.Properties {
		args = append(args, "--command-property", kv)
	}
	for _, kv := range []string{
		"print.timestamp=true", "print.partition=true", "print.offset=true",
		"print.headers=true", "print.key=true", "print.value=true",
		"key.separator=" + fieldSeparator, "headers.separator=" + headerSeparator,
		"line.separator=" + recordSeparator, "null.literal=" + nullLiteral,
	} {
		args = append(args, "--formatter-property", kv)
	}
	out, toolErr := c.Tool(ctx, ConsoleConsumer, args...)
	records, err := parseRecords(out)
	if err == nil && toolErr == nil && len(records) < q.Max {
		err = errors.New("no more came")
	}
	if err = errors.Join(toolErr, err); err != nil {
		return records, fmt.Errorf("read %d of %d records of topic %q: %w", len(records), q.Max, q.Topic, err)
	}
	return records, nil
}

// count returns the number of offsets between the first and the last of all partitions.
func (c *Cluster) count(ctx context.Context, topic string) (int, error) {
	first, err := c.Offsets(ctx, topic, Earliest)
	if err != nil {
		return 0, err
	}
	last, err := c.Offsets(ctx, topic, Latest)
	if err != nil {
		return 0, err
	}
	n := 0
	for p, end := range last {
		n += int(end - first[p])
	}
	return n, nil
}

func parseRecords(out string) ([]Record, error) {
	lines := strings.Split(out, recordSeparator)
	lines = lines[:len(lines)-1] // the last record ends with a separator, too
	records := make([]Record, 0, len(lines))
	for _, line := range lines {
		r, err := parseRecord(line)
		if err != nil {
			return records, fmt.Errorf("cannot read the record %q: %w", line, err)
		}
		records = append(records, r)
	}
	return records, nil
}

// parseRecord reads CreateTime:T, Partition:P, Offset:O, headers, key and value with separators between them.
func parseRecord(line string) (r Record, err error) {
	f := strings.Split(line, fieldSeparator)
	if len(f) != 6 {
		return r, fmt.Errorf("it has %d fields in place of 6", len(f))
	}
	kind, ms, _ := strings.Cut(f[0], ":")
	r.LogAppendTime = kind == "LogAppendTime"
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		return r, err
	}
	r.Timestamp = time.UnixMilli(n)
	partition, err := strconv.ParseInt(strings.TrimPrefix(f[1], "Partition:"), 10, 32)
	if err != nil {
		return r, err
	}
	r.Partition = int32(partition)
	if r.Offset, err = strconv.ParseInt(strings.TrimPrefix(f[2], "Offset:"), 10, 64); err != nil {
		return r, err
	}
	if f[3] != "NO_HEADERS" {
		for h := range strings.SplitSeq(f[3], headerSeparator) {
			key, value, ok := strings.Cut(h, ":")
			if !ok {
				return r, fmt.Errorf("header %q has no colon", h)
			}
			r.Headers = append(r.Headers, Header{Key: key, Value: orNull(value)})
		}
	}
	r.Key, r.Value = orNull(f[4]), orNull(f[5])
	return r, nil
}

// orNull returns nil for the literal that stands for null.
func orNull(s string) []byte {
	if s == nullLiteral {
		return nil
	}
	return []byte(s)
}
