package layin

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPickDebian(t *testing.T) {
	t.Parallel()
	records := "Package: librdkafka\nVersion: 2.8.0-1\n\nPackage: librdkafka\nVersion: 1:2.14.2-1~bpo12+1\nFormat: 3.0\n"
	v, err := pickDebian(records, "2.14.2")
	require.NoError(t, err)
	require.Equal(t, "1:2.14.2-1~bpo12+1", v)
	_, err = pickDebian(records, "2.14")
	require.EqualError(t, err, "the suites sid testing have librdkafka 2.8.0-1, 1:2.14.2-1~bpo12+1, not 2.14")
	_, err = pickDebian("", "2.14.2")
	require.EqualError(t, err, "the suites sid testing have no source package librdkafka")
}

func TestDebianURI(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"http://deb.debian.org/debian/":                                "http://deb.debian.org/debian/",
		"URIs: https://mirror.example/pub/debian\nSuites: bookworm":    "https://mirror.example/pub/debian\n",
		"deb [signed-by=/k.gpg] http://m.example/debian sid main":      "http://m.example/debian ",
		"deb http://deb.debian.org/debian-security bookworm-security ": "",
		"deb http://archive.ubuntu.com/ubuntu noble main":              "",
		"# http://snapshot.debian.org/archive/debian/20250520T000000Z": "",
	} {
		require.Equal(t, want, debianURI.FindString(line), line)
	}
}

func TestOutput_errors(t *testing.T) {
	t.Parallel()
	_, err := output(context.Background(), nil, "", "sh", "-c", "echo first >&2; echo last >&2; exit 3")
	require.EqualError(t, err, "sh -c: exit status 3: last")
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err = output(ctx, nil, "", "sh", "-c", "sleep 30")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(start), 10*time.Second)
}

// apt's configuration keeps the system's out, but for the network's.
func TestApt_configure(t *testing.T) {
	if _, err := os.Stat("/usr/bin/apt-config"); err != nil {
		_, err := Debian(context.Background(), Pin{}, t.TempDir())
		require.EqualError(t, err, "this machine has no apt-get")
		return
	}
	t.Parallel()
	a := &apt{dir: filepath.Join(t.TempDir(), "apt")}
	require.NoError(t, a.configure(context.Background()))
	dump, err := a.run(context.Background(), "apt-config", "dump")
	require.NoError(t, err)
	require.NotContains(t, dump, "Post-Invoke")
	require.Contains(t, dump, `Dir::State::lists "`+a.dir+`/lists"`)
	require.Contains(t, dump, `Dir::Cache "`+a.dir+`/cache"`)
	require.Contains(t, dump, `Acquire::Check-Valid-Until "false"`)
}
