package migrating

import (
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/IBM/sarama"
	segmentio "github.com/segmentio/kafka-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

var (
	quoted = regexp.MustCompile("`([^`]+)`") // a name in a cell of a table
	value  = regexp.MustCompile("= `[^`]+`") // the value that a property is to have
)

// unknown is what librdkafka says of a property that it does not have.
const unknown = "No such configuration property"

// Each option in the table of options is one that the library has.
func TestOptions(t *testing.T) {
	t.Parallel()
	conf := rdkafka.NewConf()
	defer conf.Destroy()
	require.ErrorContains(t, conf.Set("no.such.property", "?"), unknown)
	options := kgoFunctions(t)
	segmentioTypes := map[string]reflect.Type{
		"Writer":       reflect.TypeFor[segmentio.Writer](),
		"ReaderConfig": reflect.TypeFor[segmentio.ReaderConfig](),
		"Transport":    reflect.TypeFor[segmentio.Transport](),
		"Dialer":       reflect.TypeFor[segmentio.Dialer](),
	}

	_, table, found := strings.Cut(guide(t), "### Configuration\n")
	require.True(t, found)
	table, _, found = strings.Cut(table, "\n### ")
	require.True(t, found)
	rows := 0
	for _, line := range strings.Split(table, "\n") {
		if !strings.HasPrefix(line, "| `") {
			continue // the words before the table, and its head
		}
		rows++
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		require.Len(t, cells, 4, line)
		for _, property := range names(value.ReplaceAllString(cells[0], "")) {
			// That the value is wrong is of no interest.
			if err := conf.Set(property, "?"); err != nil {
				assert.NotContains(t, err.Error(), unknown)
			}
		}
		for _, option := range names(cells[1]) {
			assert.True(t, hasField(reflect.TypeFor[sarama.Config](), option) || option == "NewConsumerGroup", "sarama has no %s", option)
		}
		for _, option := range names(cells[2]) {
			assert.Contains(t, options, option, "of franz-go")
		}
		for _, option := range names(cells[3]) {
			typ, field, _ := strings.Cut(option, ".")
			require.Contains(t, segmentioTypes, typ)
			assert.True(t, hasField(segmentioTypes[typ], field), "segmentio has no %s", option)
		}
	}
	assert.Equal(t, strings.Count(table, "\n| `"), rows)
	assert.Greater(t, rows, 30)
}

func names(cell string) []string {
	var list []string
	for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
		list = append(list, m[1])
	}
	return list
}

// hasField says whether a struct has a field, whose path has dots.
func hasField(t reflect.Type, path string) bool {
	for _, name := range strings.Split(path, ".") {
		f, ok := t.FieldByName(name)
		if !ok {
			return false
		}
		t = f.Type
	}
	return true
}

// kgoFunctions are the functions of package kgo, as "go doc" lists them: a program
// cannot ask itself for them.
func kgoFunctions(t *testing.T) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "doc", "-short", "github.com/twmb/franz-go/pkg/kgo").Output()
	require.NoError(t, err)
	var functions []string
	for _, m := range regexp.MustCompile(`(?m)^ *func (\w+)\(`).FindAllSubmatch(out, -1) {
		functions = append(functions, string(m[1]))
	}
	return functions
}
