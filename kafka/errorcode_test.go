package kafka_test

import (
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/kafka/internal/errcodes"
	"github.com/rdkafka-go/rdkafka/rdkafka"
)

func TestErrorCode_String(t *testing.T) {
	t.Parallel()
	for code, want := range map[kafka.ErrorCode]string{
		0: "Success", -1: "Unknown broker error", -2: "Err--2?", -120: "Err--120?",
		-150: "Local: Fatal error", -199: "Local: Bad message format", -200: "Err--200?", -1000: "Err--1000?",
		1: "Broker: Offset out of range", 98: "Err-98?", 134: "Err-134?", 500: "Err-500?",
		kafka.ErrPartitionEOF: "Broker: No more messages",
		// librdkafka 2.14.2 itself knows no text for these two.
		kafka.ErrTransactionAbortable:     "Broker: The server encountered an error with the transaction",
		kafka.ErrShareSessionLimitReached: "Broker: The limit of share sessions has been reached",
	} {
		assert.Equal(t, want, code.String(), "%d", int(code))
		assert.Equal(t, want, code.Error(), "%d", int(code))
	}
}

// generated returns the constants of zz_errorcodes.go by their names.
func generated(t *testing.T) map[string]int {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "zz_errorcodes.go", nil, parser.ParseComments)
	require.NoError(t, err)
	consts := make(map[string]int)
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			require.NotEmpty(t, v.Doc.Text(), "%s has no comment", v.Names[0])
			consts[v.Names[0].Name] = constValue(t, v.Values[0])
		}
	}
	return consts
}

func constValue(t *testing.T, e ast.Expr) int {
	t.Helper()
	sign := 1
	if u, ok := e.(*ast.UnaryExpr); ok {
		sign, e = -1, u.X
	}
	n, err := strconv.Atoi(e.(*ast.BasicLit).Value)
	require.NoError(t, err)
	return sign * n
}

// Every code that the linked librdkafka reports is there with its value and its
// text, and nothing else but the codes of Kafka's protocol that it skips.
func TestErrorCodes_areThoseOfLibrdkafka(t *testing.T) {
	t.Parallel()
	consts := generated(t)
	assert.Len(t, consts, 188)
	reported := 0
	for _, d := range rdkafka.ErrDescs() {
		if d.Desc == "" { // the marks at both ends of the table
			continue
		}
		reported++
		name := errcodes.GoName(d.Name)
		value, ok := consts[name]
		if assert.True(t, ok, "%s (%d) is missing: run go generate ./kafka", name, d.Code) {
			assert.Equal(t, d.Code, value, name)
			assert.Equal(t, d.Desc, kafka.ErrorCode(d.Code).String(), name)
		}
	}
	later := 0
	for _, c := range errcodes.List() {
		if c.Later {
			later++
			assert.Equal(t, c.Value, consts[errcodes.GoName(c.CName)])
			assert.Equal(t, c.Text, kafka.ErrorCode(c.Value).String())
		}
	}
	assert.Equal(t, len(consts), reported+later)
}

func TestWriteErrorCodes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "out.go")
	f, err := os.Create(path)
	require.NoError(t, err)
	kafka.WriteErrorCodes(f)
	require.NoError(t, f.Close())

	got, err := os.ReadFile(path)
	require.NoError(t, err)
	want, err := os.ReadFile("zz_errorcodes.go")
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "zz_errorcodes.go is out of date: run go generate ./kafka")
	formatted, err := format.Source(got)
	require.NoError(t, err)
	assert.Equal(t, string(formatted), string(got), "the generator must write what gofmt writes")
}

func TestWriteErrorCodes_failureIsNotSilent(t *testing.T) {
	t.Parallel()
	f, err := os.Create(filepath.Join(t.TempDir(), "out.go"))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	assert.Panics(t, func() { kafka.WriteErrorCodes(f) })
}
