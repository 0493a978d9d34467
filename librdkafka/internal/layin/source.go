package layin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Sources says where a release's archive may come from. They are tried in the
// order of the fields.
type Sources struct {
	// Archive is a file that the user names. If it is set, nothing else is tried.
	Archive string
	// Cache is the folder that keeps archives that were fetched, "" for none.
	Cache string
	// URL is the address of upstream's release archive, "" to leave it out.
	URL string
	// Debian fetches the archive from Debian's source package into a folder; nil
	// leaves it out.
	Debian func(ctx context.Context, p Pin, dir string) (archive string, err error)

	Log io.Writer // gets a line for each source that did not do
}

// UpstreamURL returns the address of upstream's archive of a release.
func UpstreamURL(version string) string {
	return "https://github.com/confluentinc/librdkafka/archive/refs/tags/v" + version + ".tar.gz"
}

// Fetch returns the tree of the pinned release, its hash checked, and where it
// came from. It keeps a fetched archive in the cache. It blocks on the network
// until ctx ends; a host that does not answer is given up after a few seconds.
func (s *Sources) Fetch(ctx context.Context, p Pin) (t *Tree, from string, err error) {
	if s.Archive != "" {
		t, err := readPinned(s.Archive, p)
		if err != nil {
			return nil, "", fmt.Errorf("%w; name an archive of librdkafka %s, such as %s", err, p.Version, UpstreamURL(p.Version))
		}
		return t, s.Archive, nil
	}
	cached := ""
	if s.Cache != "" {
		cached = filepath.Join(s.Cache, "librdkafka-"+p.Version+".tar.gz")
		t, err := readPinned(cached, p)
		if err == nil {
			return t, cached, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(s.Log, "librdkafka: the cache is of no use and will be replaced: %v\n", err)
		}
	}
	dir, err := os.MkdirTemp("", "librdkafka-")
	if err != nil {
		return nil, "", fmt.Errorf("no room for a download: %w", err)
	}
	defer os.RemoveAll(dir)

	var failed []string
	for _, src := range s.remote() {
		archive, err := src.get(ctx, p, dir)
		if err == nil {
			t, err = readPinned(archive, p)
		}
		if err == nil {
			if err := keep(archive, cached); err != nil {
				fmt.Fprintf(s.Log, "librdkafka: not kept in the cache: %v\n", err)
			}
			return t, src.name, nil
		}
		fmt.Fprintf(s.Log, "librdkafka: not from %s: %v\n", src.name, err)
		failed = append(failed, fmt.Sprintf("%s (%v)", src.name, err))
	}
	return nil, "", fmt.Errorf("no source had librdkafka %s; tried: %s; fix: download %s where there is a network, "+
		"then run \"make librdkafka ARCHIVE=FILE\"", p.Version, strings.Join(failed, "; "), UpstreamURL(p.Version))
}

type remote struct {
	name string
	get  func(ctx context.Context, p Pin, dir string) (archive string, err error)
}

func (s *Sources) remote() []remote {
	var all []remote
	if s.URL != "" {
		all = append(all, remote{name: s.URL, get: func(ctx context.Context, _ Pin, dir string) (string, error) {
			return Download(ctx, s.URL, filepath.Join(dir, "upstream.tar.gz"))
		}})
	}
	if s.Debian != nil {
		all = append(all, remote{name: "Debian's source package", get: s.Debian})
	}
	return all
}

// readPinned reads an archive and checks its hash.
func readPinned(archive string, p Pin) (*Tree, error) {
	t, err := ReadArchive(archive)
	if err != nil {
		return nil, err
	}
	if got := t.Hash(); got != p.TreeHash {
		return nil, fmt.Errorf("%s is not librdkafka %s: %w", archive, p.Version, &HashError{Got: got, Want: p.TreeHash})
	}
	return t, nil
}

// keep copies archive to the cache as cached. Another process may do so at the
// same time: either copy is a whole one.
func keep(archive, cached string) error {
	if cached == "" {
		return nil
	}
	content, err := os.ReadFile(archive)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(cached), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(cached), ".part-")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), cached)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// How long a host may take to answer, and the whole download.
const (
	answerTimeout   = 4 * time.Second
	downloadTimeout = 2 * time.Minute
)

// Download gets url into the file to, and returns to. It blocks until ctx ends, at
// most 2 minutes.
func Download(ctx context.Context, url, to string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, downloadTimeout)
	defer cancel()
	tr := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: answerTimeout}).DialContext,
		TLSHandshakeTimeout:   answerTimeout,
		ResponseHeaderTimeout: answerTimeout,
	}
	defer tr.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	res, err := (&http.Client{Transport: tr}).Do(req)
	if err != nil {
		// The error repeats the method and the address; what is below it does not.
		if inner := errors.Unwrap(err); inner != nil {
			err = inner
		}
		return "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the server answered %s", res.Status)
	}
	f, err := os.Create(to)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, &boundedReader{r: res.Body, left: forRelease.archive, what: "the download is"})
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return to, err
}
