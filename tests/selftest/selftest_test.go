// Package selftest runs the unit tests that librdkafka carries inside itself, on librdkafka as this build has compiled
// it: a compiler, a flag or a line of config.h that breaks it shows here.
package selftest_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/rdkafka"
	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

// childEnv turns the test binary into the program that runs librdkafka's tests: they write to stderr, set global
// variables and may abort.
const childEnv = "SELFTEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		failed := rdkafka.UnitTest()
		fmt.Printf("failed=%d\n", failed)
		os.Exit(min(failed, 1))
	}
	os.Exit(m.Run())
}

// parts are the names in the table of rdunittest.c for the features of our config.h.
var parts = []string{
	"sysqueue", "string", "map", "rdbuf", "rdvarint", "crc32c", "msg", "murmurhash", "fnv1a", "mock", "rdhdrhistogram",
	"conf", "broker", "request", "sasl_oauthbearer", "aborted_txns", "cgrp", "scram", "assignors", "admin", "telemetry",
	"telemetry_decode", "feature", "ssl",
}

// run starts librdkafka's tests in a process of its own, with more environment, and returns what it wrote.
func run(t *testing.T, env ...string) (out string, status error) {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.WaitDelay = time.Minute
	// CI: librdkafka then lets a slow machine pass where it measures its own speed. It changes nothing else.
	cmd.Env = append(os.Environ(), childEnv+"=1", "CI=1", "RD_UT_TEST=")
	cmd.Env = append(cmd.Env, env...)
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	status = cmd.Run()
	return text.String(), status
}

var (
	partLine = regexp.MustCompile(`unittest: (\w+): +\x1b\[3\dm(PASS|FAIL)\x1b`)
	stepLine = regexp.MustCompile(`RDUT: (PASS|FAIL): `)
	last     = regexp.MustCompile(`(?m)^failed=(\d+)$`)
)

// judge says what is wrong with a run of librdkafka's tests, and how many steps passed.
func judge(out string, status error) (faults []string, passed int) {
	if status != nil {
		faults = append(faults, "the process: "+status.Error())
	}
	if m := last.FindStringSubmatch(out); m == nil {
		faults = append(faults, "the tests did not come to their end")
	} else if m[1] != "0" {
		faults = append(faults, m[1]+" tests failed")
	}
	got := map[string]string{}
	for _, m := range partLine.FindAllStringSubmatch(out, -1) {
		got[m[1]] = m[2]
	}
	for _, name := range parts {
		if got[name] == "" {
			faults = append(faults, name+" did not run")
		}
	}
	for name, verdict := range got {
		if verdict == "FAIL" {
			faults = append(faults, name+" failed")
		}
	}
	for _, m := range stepLine.FindAllStringSubmatch(out, -1) {
		if m[1] == "PASS" {
			passed++
		} else {
			faults = append(faults, "a step failed")
		}
	}
	if len(got) > len(parts) {
		faults = append(faults, fmt.Sprintf("%d parts ran, %d are known: add the new ones", len(got), len(parts)))
	}
	return faults, passed
}

// All of librdkafka's own tests pass on the library that is compiled in.
func TestUnitTests_pass(t *testing.T) {
	t.Parallel()
	out, status := run(t)
	faults, passed := judge(out, status)
	require.Empty(t, faults, out)
	assert.Greater(t, passed, 200, "steps that passed")
	evidence.Record(t, "unit-tests", evidence.Measured("%d parts, %d steps, none failed", len(parts), passed))
}

// What fails is seen: tests that do not run, that abort, and that fail.
func TestUnitTests_faultsShow(t *testing.T) {
	t.Parallel()
	t.Run("no test has the name", func(t *testing.T) {
		t.Parallel()
		out, status := run(t, "RD_UT_TEST=nosuchtest")
		require.NoError(t, status, "librdkafka calls it a success")
		faults, passed := judge(out, status)
		assert.Len(t, faults, len(parts), "each part did not run")
		assert.Zero(t, passed)
	})
	t.Run("one test alone", func(t *testing.T) {
		t.Parallel()
		out, status := run(t, "RD_UT_TEST=murmurhash")
		faults, passed := judge(out, status)
		assert.Len(t, faults, len(parts)-1, "each part but one did not run")
		assert.Positive(t, passed)

		// The same lines, had librdkafka found a wrong hash.
		bad := strings.NewReplacer("\x1b[32mPASS", "\x1b[31mFAIL", "failed=0", "failed=1", "RDUT: PASS", "RDUT: FAIL").Replace(out)
		faults, _ = judge(bad, status)
		assert.Contains(t, faults, "murmurhash failed")
		assert.Contains(t, faults, "1 tests failed")
		assert.Contains(t, faults, "a step failed")
	})
	// OpenSSL without its algorithms has no random numbers, on which librdkafka's tests insist.
	t.Run("the process aborts", func(t *testing.T) {
		t.Parallel()
		conf := filepath.Join(t.TempDir(), "openssl.cnf")
		require.NoError(t, os.WriteFile(conf, []byte(`openssl_conf = init
[init]
providers = providers
[providers]
null = null
[null]
activate = 1
`), 0o600))
		out, status := run(t, "RD_UT_TEST=mock", "OPENSSL_CONF="+conf)
		require.Error(t, status)
		assert.Contains(t, out, "reliable entropy source")
		faults, _ := judge(out, status)
		assert.Contains(t, faults, "mock did not run")
		assert.Contains(t, faults, "the tests did not come to their end")
	})
}
