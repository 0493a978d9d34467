package kafka

import (
	"fmt"
	"os"

	"github.com/rdkafka-go/rdkafka/kafka/internal/errcodes"
	"github.com/rdkafka-go/rdkafka/rdkafka"
)

//go:generate go run ./internal/errcodes/gen -o zz_errorcodes.go

// ErrorCode is the number of an error: positive for those that a Kafka broker
// sends, negative for librdkafka's own, 0 for none. It is an error itself, so
// that errors.Is(err, kafka.ErrQueueFull) tells what went wrong.
//
// Concurrency: a code never changes and is safe for concurrent use.
type ErrorCode int

// String returns librdkafka's text for the code: "Local: ..." for its own,
// "Broker: ..." for a broker's, "Success" for ErrNoError, and "Err-500?" for a
// number it does not know.
func (c ErrorCode) String() string {
	if text := laterErrorText(c); text != "" {
		return text
	}
	return rdkafka.ErrStr(int(c))
}

// Error returns the same as [ErrorCode.String].
func (c ErrorCode) Error() string {
	return c.String()
}

// WriteErrorCodes writes the Go source of this package's error codes to f, as
// the linked librdkafka reports them. It serves the generator; programs have no
// use for it. As it cannot return an error, it panics when the codes cannot be
// written.
func WriteErrorCodes(f *os.File) {
	src, err := errcodes.Source()
	if err == nil {
		_, err = f.Write(src)
	}
	if err != nil {
		panic(fmt.Sprintf("kafka.WriteErrorCodes: %v", err))
	}
}
