package layin

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// serve returns the address of a server that answers with status and content,
// and what counts its requests.
func serve(t *testing.T, status int, content []byte) (url string, asked *int) {
	t.Helper()
	asked = new(int)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		*asked++
		w.WriteHeader(status)
		_, _ = w.Write(content) // the client may have gone
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

func TestSources_Fetch_archive(t *testing.T) {
	t.Parallel()
	tree := release("2.14.2")
	p := pinOf(tree, "2.14.2")
	dir := t.TempDir()
	url, asked := serve(t, 200, pack(t, tree, "top"))
	s := &Sources{Cache: dir, URL: url, Log: &bytes.Buffer{}}

	s.Archive = writeFile(t, filepath.Join(dir, "good"), pack(t, tree, "top"))
	got, from, err := s.Fetch(context.Background(), p)
	require.NoError(t, err)
	require.Equal(t, s.Archive, from)
	require.Equal(t, tree, got)

	other := release("2.15.0")
	s.Archive = writeFile(t, filepath.Join(dir, "other"), pack(t, other, "top"))
	_, _, err = s.Fetch(context.Background(), p)
	require.EqualError(t, err, s.Archive+" is not librdkafka 2.14.2: the tree hash is "+other.Hash()+", but the pin is "+p.TreeHash+
		"; name an archive of librdkafka 2.14.2, such as "+UpstreamURL("2.14.2"))

	s.Archive = filepath.Join(dir, "none")
	_, _, err = s.Fetch(context.Background(), p)
	require.ErrorContains(t, err, "cannot read the archive "+s.Archive+": no such file or directory; name an archive")
	require.Zero(t, *asked, "what the user names is used, or nothing")
}

func TestSources_Fetch_order(t *testing.T) {
	t.Parallel()
	tree := release("2.14.2")
	p := pinOf(tree, "2.14.2")
	archive := compress(t, pack(t, tree, "top"))
	fromDebian := func(_ context.Context, _ Pin, dir string) (string, error) {
		return writeFile(t, filepath.Join(dir, "d.tar.gz"), archive), nil
	}
	failing := func(context.Context, Pin, string) (string, error) { return "", errors.New("no apt-get") }
	good, asked := serve(t, 200, archive)
	gone, _ := serve(t, 404, nil)
	wrong, _ := serve(t, 200, compress(t, pack(t, release("2.15.0"), "top")))
	page, _ := serve(t, 200, []byte(strings.Repeat("<html>log in first</html>", 100)))

	for name, c := range map[string]struct {
		s     Sources
		cache []byte
		from  string
		log   string
	}{
		"upstream first":     {s: Sources{URL: good, Debian: failing}, from: good},
		"then Debian":        {s: Sources{URL: gone, Debian: fromDebian}, from: "Debian's source package", log: "the server answered 404 Not Found"},
		"wrong upstream":     {s: Sources{URL: wrong, Debian: fromDebian}, from: "Debian's source package", log: "is not librdkafka 2.14.2: the tree hash is"},
		"a page in between":  {s: Sources{URL: page, Debian: fromDebian}, from: "Debian's source package", log: "not a tar file"},
		"cache before all":   {s: Sources{URL: good}, cache: archive, from: "cache"},
		"cache of no use":    {s: Sources{URL: good}, cache: archive[:100], from: good, log: "the cache is of no use and will be replaced"},
		"cache of other pin": {s: Sources{URL: good}, cache: compress(t, pack(t, release("2.15.0"), "t")), from: good, log: "the cache is of no use"},
	} {
		var log bytes.Buffer
		c.s.Log, c.s.Cache = &log, filepath.Join(t.TempDir(), "new", "cache")
		cached := filepath.Join(c.s.Cache, "librdkafka-2.14.2.tar.gz")
		if c.cache != nil {
			writeFile(t, cached, c.cache)
		}
		if c.from == "cache" {
			c.from = cached
		}
		got, from, err := c.s.Fetch(context.Background(), p)
		require.NoError(t, err, name)
		require.Equal(t, c.from, from, name)
		require.Equal(t, tree.Files, got.Files, name)
		if c.log == "" {
			require.Empty(t, log.String(), name)
		}
		require.Contains(t, log.String(), c.log, name)

		// The second time it comes from the cache.
		before := *asked
		_, from, err = c.s.Fetch(context.Background(), p)
		require.NoError(t, err, name)
		require.Equal(t, cached, from, name)
		require.Equal(t, before, *asked, name)
		left, err := os.ReadDir(c.s.Cache)
		require.NoError(t, err)
		require.Len(t, left, 1, name)
	}
}

func TestSources_Fetch_none(t *testing.T) {
	t.Parallel()
	tree := release("2.14.2")
	gone, _ := serve(t, 404, nil)
	s := &Sources{
		URL: gone, Log: &bytes.Buffer{},
		Debian: func(context.Context, Pin, string) (string, error) {
			return "", errors.New("this machine has no apt-get")
		},
	}
	_, _, err := s.Fetch(context.Background(), pinOf(tree, "2.14.2"))
	require.EqualError(t, err, "no source had librdkafka 2.14.2; tried: "+gone+" (the server answered 404 Not Found); "+
		"Debian's source package (this machine has no apt-get); fix: download "+UpstreamURL("2.14.2")+
		" where there is a network, then run \"make librdkafka ARCHIVE=FILE\"")
}

// A cache that cannot be written is no reason to fail.
func TestSources_Fetch_cacheNotWritable(t *testing.T) {
	t.Parallel()
	tree := release("2.14.2")
	url, _ := serve(t, 200, pack(t, tree, "top"))
	var log bytes.Buffer
	s := &Sources{URL: url, Cache: "/dev/null/cache", Log: &log}
	_, from, err := s.Fetch(context.Background(), pinOf(tree, "2.14.2"))
	require.NoError(t, err)
	require.Equal(t, url, from)
	require.Contains(t, log.String(), "not kept in the cache")
}

// A host that takes the connection and says nothing, as a firewall may have it,
// is given up soon.
func TestDownload_silentHost(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	start := time.Now()
	_, err = Download(context.Background(), "http://"+l.Addr().String()+"/a", filepath.Join(t.TempDir(), "a"))
	require.ErrorContains(t, err, "timeout awaiting response headers")
	require.Less(t, time.Since(start), 10*time.Second)
}

func TestDownload_cancelled(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	ctx, cancel := context.WithCancel(context.Background())
	accepted := make(chan net.Conn, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			accepted <- c
		}
		cancel()
	}()
	_, err = Download(ctx, "http://"+l.Addr().String()+"/a", filepath.Join(t.TempDir(), "a"))
	require.ErrorIs(t, err, context.Canceled)
	(<-accepted).Close()
}

func TestDownload_tooLarge(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 1<<20)
		for range forRelease.archive>>20 + 1 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer s.Close()
	_, err := Download(context.Background(), s.URL, filepath.Join(t.TempDir(), "a"))
	require.EqualError(t, err, "the download is too large for a release of librdkafka")
}
