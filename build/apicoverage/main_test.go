package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const header = `
/* RD_EXPORT int rd_kafka_in_comment(void); */
#define RD_EXPORT __attribute__((visibility( \
        "default")))
RD_EXPORT
const char *rd_kafka_name(const rd_kafka_t *rk);
RD_EXPORT RD_DEPRECATED void rd_kafka_old(rd_kafka_t *rk,
                                          void (*cb)(int a, void *b));
RD_EXPORT rd_kafka_error_t *rd_kafka_error_new(const char *fmt, ...) RD_FORMAT(printf, 1, 2);
typedef int rd_kafka_t;
`

const good = `package p

// Name is a name.
//
// Implements:
//
//	const char *rd_kafka_name(const rd_kafka_t *rk)
//	void rd_kafka_old(rd_kafka_t *rk, void (*cb)(int a, void *b))
func Name() { C.rd_kafka_name(nil); C.shim() }
`

const shim = "/* rd_kafka_error_new() */ void shim(void) { rd_kafka_old(NULL, NULL); }\n"

func cover(t *testing.T, pkg map[string]string, args ...string) (status int, out, errs string) {
	t.Helper()
	dir := t.TempDir()
	if pkg["reasons.md"] == "" {
		pkg["reasons.md"] = "- `rd_kafka_error_new`,\n  `rd_kafka_mock_x`: `rd_kafka_name` will do.\n"
	}
	pkg["src/rdkafka.h"] = header
	pkg["src/rdkafka_mock.h"] = "RD_EXPORT int rd_kafka_mock_x(void);\n"
	for name, content := range pkg {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	var o, e bytes.Buffer
	status = run(append([]string{"-src", filepath.Join(dir, "src"), "-package", filepath.Join(dir, "p"), "-reasons", filepath.Join(dir, "reasons.md")}, args...), &o, &e)
	return status, o.String(), e.String()
}

func TestRun(t *testing.T) {
	t.Parallel()
	status, out, errs := cover(t, map[string]string{"p/a.go": good, "p/s.c": shim, "p/a_test.go": "C.rd_kafka_error_new()"}, "-missing")
	require.Empty(t, errs)
	require.Zero(t, status)
	require.Equal(t, "rd_kafka_error_new\nrdkafka.h         2 of   3 functions wrapped\n"+
		"rd_kafka_mock_x\nrdkafka_mock.h    0 of   1 functions wrapped\ntogether          2 of   4; why not the others: REASONS\n",
		strings.Replace(out, regexp.MustCompile(`/.*reasons\.md`).FindString(out), "REASONS", 1))
}

// What would make the count a lie.
func TestRun_problems(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, shim string
		want       string
	}{
		"listed, not called": {good, "", "a.go lists rd_kafka_old, but nothing calls it"},
		"called, not listed": {good, shim + "void x(void) { rd_kafka_error_new(\"\"); }\n", "s.c calls rd_kafka_error_new, which no comment lists"},
		"another prototype":  {replace(good, "void rd_kafka_old", "int rd_kafka_old"), shim, "but the header declares\n\tvoid rd_kafka_old("},
		"not in the headers": {replace(good, "//\tconst", "//\tint rd_kafka_gone(void)\n//\tconst"), shim, "lists rd_kafka_gone, which the headers do not declare"},
		"no prototype":       {replace(good, "//\tconst", "//\tsee below\n//\tconst"), shim, "under Implements: stands no prototype: see below"},
	} {
		status, _, errs := cover(t, map[string]string{"p/a.go": c.file, "p/s.c": c.shim})
		require.Equal(t, 1, status, name)
		require.Contains(t, errs, c.want, name)
	}
}

func TestRun_reasons(t *testing.T) {
	t.Parallel()
	for want, reasons := range map[string]string{
		"rd_kafka_mock_x is neither wrapped nor listed in ": "- `rd_kafka_error_new`: no. `rd_kafka_mock_x`: too late\n",
		"lists rd_kafka_name, which is wrapped":             "- `rd_kafka_error_new`, `rd_kafka_mock_x`, `rd_kafka_name`: no\n",
		"lists rd_kafka_gone, which the headers do not":     "- `rd_kafka_error_new`, `rd_kafka_mock_x`, `rd_kafka_gone`: no\n",
		"rd_kafka_error_new is neither wrapped nor":         "- `rd_kafka_error_new`:\n- `rd_kafka_mock_x`: it has a reason, and the first has none\n",
	} {
		status, _, errs := cover(t, map[string]string{"p/a.go": good, "p/s.c": shim, "reasons.md": reasons})
		require.Equal(t, 1, status, want)
		require.Contains(t, errs, want)
	}
}

func replace(s, old, with string) string {
	return string(bytes.Replace([]byte(s), []byte(old), []byte(with), 1))
}

// The pinned headers hold what the C compiler sees in them: the count is of all.
func TestPrototypes_pinned(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"rdkafka.h": 463, "rdkafka_mock.h": 42} {
		content, err := os.ReadFile(filepath.Join("..", "..", "librdkafka", "src", name))
		require.NoError(t, err, "make librdkafka lays it in")
		require.Len(t, prototypes(string(content)), want, name)
	}
}

// The project's own package tells the truth.
func TestRun_project(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	root := filepath.Join("..", "..")
	status := run([]string{
		"-src", filepath.Join(root, "librdkafka", "src"), "-package", filepath.Join(root, "rdkafka"),
		"-reasons", filepath.Join(root, "docs", "not-wrapped.md"),
	}, &out, &errs)
	require.Zero(t, status, errs.String())
}
