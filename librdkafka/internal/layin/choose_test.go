package layin

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	tree := release("2.14.2")
	got, err := Choose(tree)
	require.NoError(t, err)
	want := map[string][]byte{
		"LICENSES.txt":         tree.Files["LICENSES.txt"],
		"rdkafka.h":            tree.Files["src/rdkafka.h"],
		"rdkafka.c":            tree.Files["src/rdkafka.c"],
		"rdlist.c":             tree.Files["src/rdlist.c"],
		"nanopb/pb.h":          tree.Files["src/nanopb/pb.h"],
		"pb_common.c":          tree.Files["src/nanopb/pb_common.c"],
		"opentelemetry/a.pb.h": tree.Files["src/opentelemetry/a.pb.h"],
		"a.pb.c":               tree.Files["src/opentelemetry/a.pb.c"],
	}
	require.Equal(t, want, got)
}

func TestChoose_refuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(f map[string][]byte)
		want   string
	}{
		"no release":      {func(f map[string][]byte) { clear(f); f["a/b.c"] = nil }, "not a release of librdkafka: no rdkafka.h"},
		"new folder":      {func(f map[string][]byte) { f["src/new/x.c"] = nil }, "src/new/x.c: a folder below src that is not known"},
		"flat name twice": {func(f map[string][]byte) { f["src/pb_common.c"] = nil }, "two files would be laid in as pb_common.c"},
		"a file of ours":  {func(f map[string][]byte) { f["src/config.h"] = nil }, "two files would be laid in as config.h"},
	} {
		tree := release("2.14.2")
		c.change(tree.Files)
		_, err := Choose(tree)
		require.ErrorContains(t, err, c.want, name)
	}
}
