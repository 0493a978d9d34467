package consume

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// output writes messages, and knows the offsets of those not flushed yet.
type output struct {
	w         *bufio.Writer
	json      *json.Encoder // nil: plain lines
	delimiter string
	next      map[place]kafka.Offset // after the last message written
}

func newOutput(w io.Writer, o *options) *output {
	out := &output{w: bufio.NewWriterSize(w, 64<<10), delimiter: o.delimiter, next: map[place]kafka.Offset{}}
	if o.json {
		out.json = json.NewEncoder(out.w)
		out.json.SetEscapeHTML(false)
	}
	return out
}

func (o *output) write(m *kafka.Message) error {
	var err error
	if o.json != nil {
		err = o.json.Encode(newRecord(m))
	} else {
		if o.delimiter != "" {
			_, _ = o.w.Write(m.Key) // an error of it stays with the writer
			_, _ = o.w.WriteString(o.delimiter)
		}
		_, _ = o.w.Write(m.Value)
		err = o.w.WriteByte('\n')
	}
	if err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	tp := &m.TopicPartition
	o.next[place{*tp.Topic, tp.Partition}] = tp.Offset + 1
	return nil
}

// flush hands everything over and returns the offsets that this has reached.
func (o *output) flush() ([]kafka.TopicPartition, error) {
	if len(o.next) == 0 {
		return nil, nil
	}
	if err := o.w.Flush(); err != nil {
		return nil, fmt.Errorf("standard output: %w", err)
	}
	offsets := make([]kafka.TopicPartition, 0, len(o.next))
	for p, next := range o.next {
		offsets = append(offsets, kafka.TopicPartition{Topic: &p.topic, Partition: p.partition, Offset: next})
	}
	clear(o.next)
	return offsets, nil
}

// record is a message in JSON. Bytes that are no text in UTF-8 are in base 64, in
// the field that says so; null is Kafka's null.
type record struct {
	Topic     string   `json:"topic"`
	Partition int32    `json:"partition"`
	Offset    int64    `json:"offset"`
	Timestamp any      `json:"timestamp"` // RFC 3339 with milliseconds, in UTC
	Headers   []header `json:"headers,omitempty"`
	Key       any      `json:"key,omitempty"`
	KeyB64    []byte   `json:"key_base64,omitempty"`
	Value     any      `json:"value,omitempty"`
	ValueB64  []byte   `json:"value_base64,omitempty"`
}

// header is a header in JSON.
type header struct {
	Name     string `json:"name"`
	Value    any    `json:"value,omitempty"`
	ValueB64 []byte `json:"value_base64,omitempty"`
}

const timestampForm = "2006-01-02T15:04:05.000Z07:00"

func newRecord(m *kafka.Message) *record {
	r := &record{
		Topic: *m.TopicPartition.Topic, Partition: m.TopicPartition.Partition, Offset: int64(m.TopicPartition.Offset),
	}
	if m.TimestampType != kafka.TimestampNotAvailable {
		r.Timestamp = m.Timestamp.In(time.UTC).Format(timestampForm)
	}
	r.Key, r.KeyB64 = text(m.Key)
	r.Value, r.ValueB64 = text(m.Value)
	for _, h := range m.Headers {
		j := header{Name: h.Key}
		j.Value, j.ValueB64 = text(h.Value)
		r.Headers = append(r.Headers, j)
	}
	return r
}

// text returns b as a text that stands in the JSON, or as bytes that do.
func text(b []byte) (any, []byte) {
	switch {
	case b == nil:
		return json.RawMessage("null"), nil
	case utf8.Valid(b):
		return string(b), nil
	default:
		return nil, b
	}
}
