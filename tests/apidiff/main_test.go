package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDump(t *testing.T) {
	t.Parallel()
	pkg, err := load("testdata/sample", ".")
	require.NoError(t, err)
	assert.Equal(t, []string{
		"comparable E",
		"comparable P",
		"const C untyped int = 1",
		"const D @.E = 2",
		"field P.N int",
		"field S.A map[string]interface{}",
		"field S.B []byte",
		"func F(int, int, *@.S) (<-chan @.E, error)",
		"imethod Sealed.String() string",
		"imethod Stringer.String() string",
		"implements *E Stringer",
		"implements *S error",
		"implements E Stringer",
		"method (*E) String() string",
		"method (*P) Do(string, ...func(int) any) error",
		"method (*S) Error() string",
		"method (E) String() string",
		"method (P) Do(string, ...func(int) any) error",
		"opaque P",
		"order S B,A",
		"sealed Sealed",
		"type E int",
		"type P struct",
		"type R = io.Reader",
		"type S struct",
		"type Sealed interface",
		"type Stringer interface",
		"var V string",
	}, dump(pkg))
}

func TestCompare(t *testing.T) {
	t.Parallel()
	want := []string{"const A int = 1", "const LibrdkafkaLinkInfo untyped string = \"x\"", "method (*T) M(int)", "type T struct"}
	for name, c := range map[string]struct {
		have []string
		ok   bool
		says string
	}{
		"same":       {append([]string{"type U struct"}, want...), true, "4 identical, 0 different by nature, 0 missing"},
		"link info":  {[]string{want[0], "const LibrdkafkaLinkInfo untyped string = \"y\"", want[2], want[3]}, true, "by nature: it says how"},
		"no link":    {[]string{want[0], want[2], want[3]}, false, "missing  const LibrdkafkaLinkInfo"},
		"value":      {[]string{"const A int = 2", want[1], want[2], want[3]}, false, "changed  const A int = 1\n      is const A int = 2"},
		"parameters": {[]string{want[0], want[1], "method (*T) M(string)", want[3]}, false, "changed  method (*T) M(int)\n      is method (*T) M(string)"},
		"receiver":   {[]string{want[0], want[1], "method (T) M(int)", want[3]}, false, "missing  method (*T) M(int)"},
		"no method":  {[]string{want[0], want[1], "method (*T) M2(int)", want[3]}, false, "missing  method (*T) M(int)"},
		"no type":    {want[:3], false, "missing  type T struct"},
		"nothing":    {nil, false, "0 identical, 0 different by nature, 4 missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			assert.Equal(t, c.ok, compare(&out, want, c.have))
			assert.Contains(t, out.String(), c.says)
		})
	}
}

// The list is whole: a file cut short would make every comparison pass.
func TestWanted(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(wanted), "\n")
	assert.Len(t, lines, 941)
	for _, must := range []string{
		"method (*AdminClient) CreateTopics(context.Context, []@.TopicSpecification, ...@.CreateTopicsAdminOption) ([]@.TopicResult, error)",
		"order Message TopicPartition,Value,Key,Timestamp,TimestampType,Opaque,Headers,LeaderEpoch",
		"type UserScramCredentialsDescription struct",
	} {
		assert.Contains(t, lines, must)
	}
}

// Package kafka has all of it: CI fails on any missing line.
func TestKafka(t *testing.T) {
	t.Parallel()
	pkg, err := load(".", "github.com/rdkafka-go/rdkafka/kafka")
	require.NoError(t, err)
	var out bytes.Buffer
	assert.True(t, compare(&out, strings.Split(strings.TrimSpace(wanted), "\n"), dump(pkg)), "%s", &out)
}
