package kafka

import (
	"fmt"
	"time"
)

// LogEvent is one line of librdkafka's log, read from a client's Logs channel.
//
// Concurrency: a plain value; see the package overview.
type LogEvent struct {
	// Name is the name of the client, as its String method returns it.
	Name string
	// Tag is librdkafka's short name for the kind of line, such as "FAIL".
	Tag string
	// Message is the text.
	Message string
	// Level is the syslog level, from 0 (emergency) to 7 (debug).
	Level int
	// Timestamp is the time at which librdkafka wrote the line.
	Timestamp time.Time
}

// String returns "[time][name][tag][level]message", with the time as in RFC 3339
// to the second.
func (l LogEvent) String() string {
	return fmt.Sprintf("[%s][%s][%s][%d]%s", l.Timestamp.Format(time.RFC3339), l.Name, l.Tag, l.Level, l.Message)
}
