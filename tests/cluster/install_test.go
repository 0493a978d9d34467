package cluster

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fakeCommands puts a folder with the given shell scripts in front of PATH, or in its place.
func fakeCommands(t *testing.T, alone bool, scripts map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, body := range scripts {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body+"\n"), 0o755))
	}
	path := dir
	if !alone {
		path += string(os.PathListSeparator) + os.Getenv("PATH")
	}
	t.Setenv("PATH", path)
}

const java17 = `echo 'openjdk version "17.0.1" 2025-04-15' >&2`

func TestInstall_saysWhatToInstall(t *testing.T) {
	t.Run("no java", func(t *testing.T) {
		fakeCommands(t, true, nil)
		_, err := install(t.Context())
		require.EqualError(t, err, "java is not on PATH: "+installHint)
	})
	t.Run("old java", func(t *testing.T) {
		fakeCommands(t, true, map[string]string{"java": `echo 'openjdk version "1.8.0_392"' >&2`})
		_, err := install(t.Context())
		require.ErrorContains(t, err, "is Java 1, too old: "+installHint)
	})
	t.Run("no maven", func(t *testing.T) {
		t.Setenv("RDKAFKA_CACHE", t.TempDir())
		fakeCommands(t, true, map[string]string{"java": java17})
		_, err := install(t.Context())
		require.EqualError(t, err, "mvn is not on PATH: "+installHint)
	})
}

func TestInstall_failedDownloadLeavesNothing(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("RDKAFKA_CACHE", cache)
	fakeCommands(t, false, map[string]string{"java": java17, "mvn": "echo 'Could not transfer artifact'; exit 1"})
	_, err := install(t.Context())
	require.ErrorContains(t, err, "Could not transfer artifact")
	require.ErrorContains(t, err, "is Maven Central, or the mirror in Maven's settings.xml, reachable?")
	assert.NoDirExists(t, filepath.Join(cache, "rdkafka-go", "kafka-"+Version))
	left, err := filepath.Glob(filepath.Join(cache, "rdkafka-go", "kafka-*"))
	require.NoError(t, err)
	assert.Equal(t, []string{filepath.Join(cache, "rdkafka-go", "kafka-"+Version+".lock")}, left)
}

// Many processes may start at once on an empty cache: one fetches, the others wait, and a changed pom fetches anew.
func TestFetchJars_once(t *testing.T) {
	calls := filepath.Join(t.TempDir(), "calls")
	fakeCommands(t, false, map[string]string{
		"mvn": `echo x >>'` + calls + `'; for a; do case $a in -DoutputDirectory=*) mkdir "${a#*=}" && echo jar >"${a#*=}/a.jar";; esac; done`,
	})
	dir := filepath.Join(t.TempDir(), "kafka")
	for range 2 {
		require.NoError(t, fetchJars(t.Context(), dir))
	}
	assert.FileExists(t, filepath.Join(dir, "lib", "a.jar"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "pom.xml"), []byte("another"), 0o644))
	require.NoError(t, fetchJars(t.Context(), dir))
	text, err := os.ReadFile(calls)
	require.NoError(t, err)
	assert.Equal(t, "x\nx\n", string(text))
}

func TestPom_namesTheVersion(t *testing.T) {
	t.Parallel()
	assert.Contains(t, string(pom), "<kafka.version>"+Version+"</kafka.version>")
}

func TestFreePort_isClaimed(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for range 50 {
		p, err := freePort()
		require.NoError(t, err)
		t.Cleanup(p.release)
		assert.False(t, seen[p.number], "port %d was given twice", p.number)
		seen[p.number] = true
	}
}
