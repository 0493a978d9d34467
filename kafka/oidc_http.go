package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// oidcMaxAnswer bounds what is read of an answer.
const oidcMaxAnswer = 1 << 20

// fetch asks the token endpoint once. No error holds a secret: neither the query
// and the password of a URL, nor what the server says beside OAuth's error fields.
func (s *oidcSettings) fetch(ctx context.Context) (oidcToken, error) {
	req, secrets, err := s.request(ctx)
	if err != nil {
		return oidcToken{}, err
	}
	pool, err := s.pool()
	if err != nil {
		return oidcToken{}, err
	}
	client := &http.Client{
		// Nothing of it outlives the request.
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, DisableCompression: true,
			TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		},
		// The credentials are for that endpoint alone.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err // without the URL
		}
		return oidcToken{}, errors.New(tame(err.Error(), secrets)) // it may quote the answer
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, oidcMaxAnswer+1))
	switch {
	case err != nil:
		err = fmt.Errorf("the answer broke off: %s", tame(err.Error(), secrets))
	case resp.StatusCode >= http.StatusMultipleChoices:
		return oidcToken{}, newOIDCStatusError(resp, body, secrets)
	case len(body) > oidcMaxAnswer:
		err = fmt.Errorf("the answer is larger than %d bytes", oidcMaxAnswer)
	default:
		var token oidcToken
		if token, err = s.token(resp.Header.Get("Content-Type"), body); err == nil {
			return token, nil
		}
	}
	return oidcToken{}, fmt.Errorf("%s: %w", statusText(resp.StatusCode), err)
}

// statusText names a status. The words that came with it are the server's own.
func statusText(code int) string {
	return strings.TrimSpace(fmt.Sprintf("HTTP status %d %s", code, http.StatusText(code)))
}

// shownURL is the URL without what may be secret in it.
func (s *oidcSettings) shownURL() string {
	return shownURL(s.url)
}

func shownURL(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
}

// request makes the request for a token, and returns what of it no error may
// repeat.
func (s *oidcSettings) request(ctx context.Context) (req *http.Request, secrets []string, err error) {
	method, body := http.MethodPost, ""
	header := http.Header{"Accept": {"application/json"}, "User-Agent": {"rdkafka-go"}}
	switch s.grant {
	case metadataAzureIMDS:
		method = http.MethodGet
		header.Set("Metadata", "true")
	case grantJWTBearer:
		assertion, err := s.assertion.get()
		if err != nil {
			return nil, nil, fmt.Errorf("failed to create JWT assertion: %w", err)
		}
		secrets = append(secrets, assertion)
		body = "grant_type=" + grantJWTBearer + "&assertion=" + url.QueryEscape(assertion)
		if s.scope != "" {
			body += "&scope=" + strings.ReplaceAll(url.QueryEscape(s.scope), "+", "%20")
		}
	default:
		// As it is: librdkafka leaves it to the user to encode this one.
		body = "grant_type=" + grantClientCredentials
		if s.scope != "" {
			body += "&scope=" + s.scope
		}
	}
	req, err = http.NewRequestWithContext(ctx, method, s.url.String(), strings.NewReader(body))
	if err != nil {
		return nil, nil, errors.New("the URL makes no request") // the error would show it
	}
	if method == http.MethodPost {
		header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header = header
	if s.grant == grantClientCredentials {
		req.SetBasicAuth(s.clientID, s.clientSecret)
		secrets = append(secrets, s.clientSecret)
	}
	if password, ok := s.url.User.Password(); ok {
		secrets = append(secrets, password)
	}
	if auth := req.Header.Get("Authorization"); auth != "" {
		secrets = append(secrets, strings.TrimPrefix(auth, "Basic "))
	}
	return req, secrets, nil
}

// pool returns the authorities to trust, nil for the system's. The files are read
// each time: they may be replaced while the client lives.
func (s *oidcSettings) pool() (*x509.CertPool, error) {
	if s.caPool != nil || s.caLocation == "" || s.caLocation == "probe" {
		return s.caPool, nil // the standard library looks in the places that librdkafka probes
	}
	files := []string{s.caLocation}
	if info, err := os.Stat(s.caLocation); err == nil && info.IsDir() {
		entries, err := os.ReadDir(s.caLocation)
		if err != nil {
			return nil, fmt.Errorf("https.ca.location: %w", err)
		}
		files = files[:0]
		for _, e := range entries {
			if !e.IsDir() {
				files = append(files, filepath.Join(s.caLocation, e.Name()))
			}
		}
	}
	pool, found := x509.NewCertPool(), false
	var failed error
	for _, name := range files {
		pem, err := os.ReadFile(name)
		if err != nil {
			failed = err // one of many may be a link to nowhere
			continue
		}
		found = pool.AppendCertsFromPEM(pem) || found
	}
	switch {
	case found:
		return pool, nil
	case failed != nil:
		return nil, fmt.Errorf("https.ca.location: %w", failed)
	default:
		return nil, fmt.Errorf("https.ca.location: no certificate in PEM format in %s", s.caLocation)
	}
}

// oidcStatusError is an answer that is not 2xx.
type oidcStatusError struct {
	code int
	text string
}

func (e *oidcStatusError) Error() string { return e.text }

// temporary says whether the same request may succeed later.
func (e *oidcStatusError) temporary() bool {
	switch e.code {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// newOIDCStatusError describes the answer by its status and OAuth's error fields
// (RFC 6749, section 5.2). The rest of an answer may hold anything.
func newOIDCStatusError(resp *http.Response, body []byte, secrets []string) error {
	e := &oidcStatusError{code: resp.StatusCode, text: statusText(resp.StatusCode)}
	if to, err := resp.Location(); err == nil && resp.StatusCode < http.StatusBadRequest {
		e.text += ": redirects are not followed, as the credentials are for this URL alone; is " + oidcURL + " to be " + shownURL(to) + "?"
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return e
	}
	for _, name := range []string{"error", "error_description"} {
		var text string
		if json.Unmarshal(fields[name], &text) != nil || text == "" {
			continue
		}
		e.text += ": " + tame(text, secrets)
	}
	return e
}

// tame returns a stranger's text on one line, without secrets, and not endless.
func tame(text string, secrets []string) string {
	for _, s := range secrets {
		if s == "" {
			continue
		}
		text = strings.ReplaceAll(text, s, "***")
		text = strings.ReplaceAll(text, url.QueryEscape(s), "***")
		text = strings.ReplaceAll(text, url.PathEscape(s), "***")
	}
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	const limit = 300
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit]) + "..."
	}
	return text
}
