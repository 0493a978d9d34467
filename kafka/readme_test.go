package kafka_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the README shows in Go stands in the examples, where it is compiled and
// run.
func TestReadme_goIsCompiled(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	examples, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllSubmatch(readme, -1)
	require.Len(t, blocks, 2, "a producer and a consumer")
	for _, b := range blocks {
		code := strings.ReplaceAll(string(b[1]), `"localhost:9092"`, "address")
		var indented strings.Builder
		for line := range strings.Lines(code) {
			indented.WriteString("\t" + line)
		}
		assert.Contains(t, string(examples), indented.String())
	}
}
