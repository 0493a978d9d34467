package kafka

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unsecured makes a token that nobody has signed.
func unsecured(t *testing.T, claims map[string]any) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	require.NoError(t, err)
	enc := base64.RawURLEncoding
	return enc.EncodeToString([]byte(`{"alg":"none"}`)) + "." + enc.EncodeToString(payload) + "."
}

// endOfToken is when goodToken ends.
const endOfToken = 4102444800

// goodToken is a token for the principal me.
func goodToken(t *testing.T) string {
	t.Helper()
	return unsecured(t, map[string]any{"sub": "me", "exp": endOfToken})
}

// answering returns the handler of a token endpoint that answers a token with
// more fields around it.
func answering(token string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "Application/JSON; charset=utf-8")
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 3600})
	}
}

// serve starts a token endpoint.
func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

// hangUp waits until the client has given its request up. A server looks for that
// when it has read the request.
func hangUp(r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// settingsFor returns the settings for a token endpoint.
func settingsFor(t *testing.T, endpoint string, m map[string]string) *oidcSettings {
	t.Helper()
	all := map[string]string{oidcURL: endpoint}
	for k, v := range m {
		all[k] = v
	}
	s, err := oidcSettingsOf(t, all)
	require.NoError(t, err)
	return s
}

// What is sent by each grant is what librdkafka's own client sends.
func TestOIDC_request(t *testing.T) {
	t.Parallel()
	assertion := filepath.Join(t.TempDir(), "assertion")
	require.NoError(t, os.WriteFile(assertion, []byte("a.b.c\n"), 0o600))
	form := map[string]string{"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
	for name, c := range map[string]struct {
		conf                       map[string]string
		method, path, body, secret string
		header                     map[string]string
	}{
		"client credentials": {
			conf:   map[string]string{oidcClientID: "me & you", oidcClientSecret: "p:w%20d"},
			method: "POST", path: "/token?x=y", body: "grant_type=client_credentials", header: form, secret: "p:w%20d",
		},
		"scope as it is": {
			conf:   map[string]string{"sasl.oauthbearer.scope": "api%3A%2F%2Fx b"},
			method: "POST", path: "/token?x=y", body: "grant_type=client_credentials&scope=api%3A%2F%2Fx b", header: form, secret: "s-secret",
		},
		"assertion": {
			conf: map[string]string{
				oidcGrantType: grantJWTBearer, oidcAssertionFile: assertion, "sasl.oauthbearer.scope": "a b/c",
			},
			method: "POST", path: "/token?x=y", header: form, secret: "a.b.c",
			body: "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=a.b.c&scope=a%20b%2Fc",
		},
		"Azure IMDS": {
			conf:   map[string]string{oidcMetadata: "azure_imds", "sasl.oauthbearer.config": "query=api-version=1&resource=r"},
			method: "GET", path: "/token?x=y&api-version=1&resource=r",
			header: map[string]string{"Accept": "application/json", "Metadata": "true"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			type got struct {
				method, path, body string
				header             http.Header
			}
			seen := make(chan got, 1)
			srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				seen <- got{r.Method, r.URL.RequestURI(), string(body), r.Header}
				answering(goodToken(t))(w, r)
			})
			s := settingsFor(t, srv.URL+"/token?x=y", c.conf)
			token, err := s.fetch(t.Context())
			require.NoError(t, err)
			assert.Equal(t, oidcToken{value: goodToken(t), principal: "me", expiryMs: endOfToken * 1000}, token)
			g := <-seen
			assert.Equal(t, []string{c.method, c.path, c.body}, []string{g.method, g.path, g.body})
			if s.grant == grantClientCredentials {
				auth := s.clientID + ":" + s.clientSecret // not URL-encoded, unlike RFC 6749 has it
				assert.Equal(t, "Basic "+base64.StdEncoding.EncodeToString([]byte(auth)), g.header.Get("Authorization"))
			} else {
				assert.Empty(t, g.header.Get("Authorization"))
			}
			for k, v := range c.header {
				assert.Equal(t, v, g.header.Get(k), k)
			}
			_, secrets, err := s.request(t.Context())
			require.NoError(t, err)
			if c.secret != "" {
				assert.Contains(t, secrets, c.secret)
			}
		})
	}
}

func TestOIDC_answer_refused(t *testing.T) {
	t.Parallel()
	jsonOf := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, body)
		}
	}
	token := func(claims map[string]any) http.HandlerFunc { return answering(unsecured(t, claims)) }
	status := func(code int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
	part := base64.RawURLEncoding.EncodeToString
	for want, h := range map[string]http.HandlerFunc{
		"HTTP status 200 OK: the answer is empty":                                                            jsonOf(""),
		"HTTP status 200 OK: Failed to parse JSON response":                                                  jsonOf(`{"access_token": `),
		"HTTP status 200 OK: the answer is larger than 1048576 bytes":                                        jsonOf(`"` + strings.Repeat("x", oidcMaxAnswer) + `"`),
		"HTTP status 200 OK: Response is not JSON encoded: text/html":                                        status(200, "text/html", "<html>"),
		"HTTP status 200 OK: Response is not JSON encoded: (n/a)":                                            status(200, "", "{}"),
		`HTTP status 200 OK: Expected JSON response with "access_token" field`:                               jsonOf(`{"id_token": "x"}`),
		"HTTP status 200 OK: Expected token as a string value":                                               jsonOf(`{"access_token": 5}`),
		"HTTP status 200 OK: The token holds characters that are not visible ASCII":                          jsonOf(`{"access_token": "a.b\n.t-secret"}`),
		"HTTP status 200 OK: Failed to decode JWT payload: The token is invalid with less than 2 delimiters": jsonOf(`{"access_token": "opaque.t-secret"}`),
		"HTTP status 200 OK: Failed to decode JWT payload: The token is invalid with more than 2 delimiters": jsonOf(`{"access_token": "a.b.c.t-secret"}`),
		"HTTP status 200 OK: Failed to decode JWT payload: Failed to decode base64 payload":                  jsonOf(`{"access_token": "a.b!.c"}`),
		"HTTP status 200 OK: Failed to parse JSON JWT payload":                                               jsonOf(`{"access_token": "a.` + part([]byte("[1]")) + `.c"}`),
		`HTTP status 200 OK: Expected JSON JWT response with "exp" field`:                                    token(map[string]any{"sub": "me"}),
		`HTTP status 200 OK: Expected JSON JWT response with valid "exp" field`:                              token(map[string]any{"sub": "me", "exp": "4102444800"}),
		`HTTP status 200 OK: Expected JSON JWT response with "sub" field`:                                    token(map[string]any{"exp": endOfToken, "Sub": "me"}),
		`HTTP status 200 OK: Expected JSON JWT response with valid "sub" field (non-empty value required)`:   token(map[string]any{"exp": endOfToken, "sub": ""}),
		"HTTP status 404 Not Found":                                                                          http.NotFound,
		"HTTP status 401 Unauthorized: invalid_client: *** and *** of id are wrong": status(401, "application/json",
			`{"error": "invalid_client", "error_description": "s-secret and `+base64.StdEncoding.EncodeToString([]byte("id:s-secret"))+` of id\nare wrong", "more": "s-secret"}`),
		"HTTP status 400 Bad Request: " + strings.Repeat("x", 300) + "...": status(400, "", `{"error": "`+strings.Repeat("x", 301)+`"}`),
		"HTTP status 503 Service Unavailable":                              status(503, "text/html", "s-secret"),
		"HTTP status 302 Found: redirects are not followed, as the credentials are for this URL alone; is " + oidcURL +
			" to be https://other.example/new?": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://u:p-secret@other.example/new?code=q-secret", http.StatusFound)
		},
		"HTTP status 204 No Content: the answer is empty": status(204, "", ""),
	} {
		s := settingsFor(t, serve(t, h).URL+"/t?key=q-secret", nil)
		_, err := s.fetch(t.Context())
		assert.EqualError(t, err, want)
		assert.NotContains(t, fmt.Sprint(err), "-secret")
	}
	// A provider that answers an assertion with an id_token.
	file := filepath.Join(t.TempDir(), "assertion")
	require.NoError(t, os.WriteFile(file, []byte("a.b.c"), 0o600))
	srv := serve(t, jsonOf(`{"access_token": "opaque", "id_token": "`+goodToken(t)+`"}`))
	s := settingsFor(t, srv.URL, map[string]string{oidcGrantType: grantJWTBearer, oidcAssertionFile: file})
	token2, err := s.fetch(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "me", token2.principal)
}

// A token without end is one until the year 9999; a claim of another name is the
// principal.
func TestOIDC_answer_claims(t *testing.T) {
	t.Parallel()
	value := unsecured(t, map[string]any{"azp": "app", "exp": 1e30})
	value = strings.TrimSuffix(value, ".") + "=.sig" // padding is no error
	srv := serve(t, answering(value))
	token, err := settingsFor(t, srv.URL, map[string]string{oidcSubClaim: "azp"}).fetch(t.Context())
	require.NoError(t, err)
	assert.Equal(t, oidcToken{value: value, principal: "app", expiryMs: maxExpiry * 1000}, token)
}

func TestOIDC_tls(t *testing.T) {
	t.Parallel()
	srv := httptest.NewUnstartedServer(answering(goodToken(t)))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // it tells of each client that does not trust it
	srv.StartTLS()
	t.Cleanup(srv.Close)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	dir := t.TempDir()
	file, empty := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "empty")
	require.NoError(t, os.WriteFile(file, authority, 0o600))
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	require.NoError(t, os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "link")))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "sub"), 0o700))
	for _, c := range []struct {
		conf map[string]string
		err  string
	}{
		{conf: map[string]string{oidcCAPEM: string(authority)}},
		{conf: map[string]string{oidcCALocation: file}},
		{conf: map[string]string{oidcCALocation: dir}},
		{err: "tls: failed to verify certificate: x509: certificate signed by unknown authority"},
		{conf: map[string]string{oidcCALocation: "probe"}, err: "tls: failed to verify certificate: x509: certificate signed by unknown authority"},
		{conf: map[string]string{oidcCALocation: empty}, err: "https.ca.location: no certificate in PEM format in " + empty},
		{conf: map[string]string{oidcCALocation: filepath.Join(dir, "sub")}, err: "https.ca.location: no certificate in PEM format in " + filepath.Join(dir, "sub")},
	} {
		_, err := settingsFor(t, srv.URL, c.conf).fetch(t.Context())
		if c.err != "" {
			assert.EqualError(t, err, c.err)
		} else {
			assert.NoError(t, err)
		}
	}
	// The file is read for each token.
	s := settingsFor(t, srv.URL, map[string]string{oidcCALocation: file})
	require.NoError(t, os.Remove(file))
	_, err := s.fetch(t.Context())
	assert.ErrorContains(t, err, "https.ca.location: open "+file)
	require.NoError(t, os.WriteFile(file, authority, 0o600))
	_, err = s.fetch(t.Context())
	assert.NoError(t, err)
}

// What the transport says shows no part of the URL that may be secret.
func TestOIDC_transportErrors(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(nil)
	srv.Close()
	u, err := url.Parse(srv.URL)
	require.NoError(t, err)
	u.User, u.RawQuery = url.UserPassword("user", "p-secret"), "key=q-secret"
	_, err = settingsFor(t, u.String(), nil).fetch(t.Context())
	assert.EqualError(t, err, "dial tcp "+u.Host+": connect: connection refused")

	broken := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack() //nolint:forcetypeassert // a server's writer
		if err == nil {
			_, _ = io.WriteString(c, "HTTP/1.1 2xx s-secret\r\n\r\n")
			_ = c.Close()
		}
	})
	_, err = settingsFor(t, broken.URL, nil).fetch(t.Context())
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "-secret")
	cut := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
	})
	_, err = settingsFor(t, cut.URL, nil).fetch(t.Context())
	assert.EqualError(t, err, "HTTP status 200 OK: the answer broke off: unexpected EOF")
}

// fakeTarget is a client that takes tokens.
type fakeTarget struct {
	tokens chan oidcToken
	failed chan string
	refuse error
}

func newFakeTarget() *fakeTarget {
	return &fakeTarget{tokens: make(chan oidcToken, 100), failed: make(chan string, 100)}
}

func (f *fakeTarget) setOIDCToken(t oidcToken, _ []string) error {
	if f.refuse == nil {
		f.tokens <- t
	}
	return f.refuse
}

func (f *fakeTarget) oidcFailed(text string) { f.failed <- text }

// startOIDC returns an oidc with no patience.
func startOIDC(t *testing.T, endpoint string) (*oidc, *fakeTarget) {
	t.Helper()
	f := newFakeTarget()
	o := newOIDC(settingsFor(t, endpoint, nil), f)
	o.retryWait = time.Millisecond
	t.Cleanup(func() { o.stop(); o.wait() })
	return o, f
}

// An answer that says "later" is asked for five times; another one, and no answer
// at all, once.
func TestOIDC_retries(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]int{408: 5, 425: 5, 429: 5, 500: 5, 502: 5, 503: 5, 504: 5, 501: 1, 400: 1, 401: 1, 301: 1} {
		requests := make(chan struct{}, 10)
		srv := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			requests <- struct{}{}
			w.WriteHeader(code)
		})
		o, f := startOIDC(t, srv.URL+"/token?key=q-secret")
		o.refresh()
		assert.Equal(t, fmt.Sprintf(`Failed to retrieve OIDC token from "%s/token": HTTP status %d %s`, srv.URL, code, http.StatusText(code)), <-f.failed)
		assert.Len(t, requests, want, code)
		assert.Empty(t, f.tokens)
	}
	// The third answer is a token.
	n := 0
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n++; n < 3 {
			w.WriteHeader(503)
			return
		}
		answering(goodToken(t))(w, r)
	})
	o, f := startOIDC(t, srv.URL)
	o.refresh()
	assert.Equal(t, "me", (<-f.tokens).principal)
	assert.Empty(t, f.failed)
}

func TestOIDC_deadline(t *testing.T) {
	t.Parallel()
	released := make(chan struct{})
	srv := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		hangUp(r)
		close(released)
	})
	o, f := startOIDC(t, srv.URL)
	o.timeout = 20 * time.Millisecond
	o.refresh()
	assert.Equal(t, fmt.Sprintf(`Failed to retrieve OIDC token from %q: no answer within 20ms`, srv.URL), <-f.failed)
	<-released
}

// librdkafka refuses the token: the cause is told, the token is not.
func TestOIDC_refusedToken(t *testing.T) {
	t.Parallel()
	srv := serve(t, answering(goodToken(t)))
	o, f := startOIDC(t, srv.URL)
	f.refuse = errors.New("Must supply an unexpired token")
	o.refresh()
	assert.Equal(t, fmt.Sprintf(`Failed to retrieve OIDC token from %q: Must supply an unexpired token`, srv.URL), <-f.failed)
}

// A request that comes while another is answered is answered too: librdkafka asks
// once.
func TestOIDC_again(t *testing.T) {
	t.Parallel()
	asked, release := make(chan struct{}), make(chan struct{})
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-release
		answering(goodToken(t))(w, r)
	})
	o, f := startOIDC(t, srv.URL)
	o.refresh()
	<-asked
	o.refresh()
	o.refresh()
	release <- struct{}{}
	<-asked
	release <- struct{}{}
	<-f.tokens
	<-f.tokens
	o.wait()
	assert.Empty(t, f.tokens, "two requests meanwhile are one")
	o.refresh()
	<-asked
	release <- struct{}{}
	<-f.tokens
}

// Stopping ends a request and the wait before the next, at once and silently.
func TestOIDC_stop(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	silent := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		hangUp(r)
	})
	later := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		w.WriteHeader(503)
	})
	for _, srv := range []*httptest.Server{silent, later} {
		o, f := startOIDC(t, srv.URL)
		o.retryWait = time.Hour
		o.refresh()
		<-asked
		o.refresh()
		o.stop()
		o.wait()
		assert.Empty(t, f.failed)
		assert.ErrorIs(t, o.ctx.Err(), context.Canceled)
	}
	var none *oidc
	none.stop()
	none.wait()
}
