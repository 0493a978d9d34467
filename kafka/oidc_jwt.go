package kafka

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// token takes the token out of an answer. librdkafka's errors are repeated where
// it has them.
func (s *oidcSettings) token(contentType string, body []byte) (oidcToken, error) {
	const want = "application/json"
	if len(body) == 0 {
		return oidcToken{}, errors.New("the answer is empty")
	}
	if len(contentType) < len(want) || !strings.EqualFold(contentType[:len(want)], want) {
		if contentType == "" {
			contentType = "(n/a)"
		}
		return oidcToken{}, newErrorf(ErrAuthentication, "Response is not JSON encoded: %s", tame(contentType, nil))
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return oidcToken{}, newErrorf(ErrAuthentication, "Failed to parse JSON response")
	}
	token, err := s.tokenOf(fields, "access_token")
	// Some providers answer an assertion with an id_token only.
	if err != nil && s.grant == grantJWTBearer {
		if t, idErr := s.tokenOf(fields, "id_token"); idErr == nil {
			return t, nil
		}
	}
	return token, err
}

// tokenOf takes the token out of one field.
func (s *oidcSettings) tokenOf(fields map[string]json.RawMessage, field string) (oidcToken, error) {
	raw, ok := fields[field]
	if !ok {
		return oidcToken{}, newErrorf(ErrAuthentication, "Expected JSON response with %q field", field)
	}
	var t oidcToken
	if json.Unmarshal(raw, &t.value) != nil || t.value == "" {
		return oidcToken{}, newErrorf(ErrAuthentication, "Expected token as a string value")
	}
	// librdkafka checks it too, but its error shows the token.
	if strings.ContainsFunc(t.value, func(r rune) bool { return !isVisible(r) }) {
		return oidcToken{}, newErrorf(ErrAuthentication, "The token holds characters that are not visible ASCII")
	}
	claims, err := jwtClaims(t.value)
	if err != nil {
		return oidcToken{}, err
	}
	if t.expiryMs, err = jwtExpiry(claims); err != nil {
		return oidcToken{}, err
	}
	if raw, ok = claims[s.subClaim]; !ok {
		return oidcToken{}, newErrorf(ErrAuthentication, "Expected JSON JWT response with %q field", s.subClaim)
	}
	if json.Unmarshal(raw, &t.principal) != nil || t.principal == "" || strings.ContainsRune(t.principal, 0) {
		return oidcToken{}, newErrorf(ErrAuthentication, "Expected JSON JWT response with valid %q field (non-empty value required)", s.subClaim)
	}
	return t, nil
}

// jwtClaims decodes the middle part of a token. The signature is the broker's to
// check.
func jwtClaims(token string) (map[string]json.RawMessage, error) {
	parts := strings.Split(token, ".")
	switch {
	case len(parts) > 3:
		return nil, newErrorf(ErrAuthentication, "Failed to decode JWT payload: The token is invalid with more than 2 delimiters")
	case len(parts) < 3:
		return nil, newErrorf(ErrAuthentication, "Failed to decode JWT payload: The token is invalid with less than 2 delimiters")
	}
	// Not only the URL's alphabet without padding: librdkafka is as lenient.
	payload := strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(parts[1]), "=")
	text, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return nil, newErrorf(ErrAuthentication, "Failed to decode JWT payload: Failed to decode base64 payload")
	}
	var claims map[string]json.RawMessage
	if json.Unmarshal(text, &claims) != nil {
		return nil, newErrorf(ErrAuthentication, "Failed to parse JSON JWT payload")
	}
	return claims, nil
}

// maxExpiry is the end of the year 9999: some tokens are for ever, and librdkafka
// counts in microseconds.
const maxExpiry = 253402300799

// jwtExpiry returns the end of a token in milliseconds since 1970.
func jwtExpiry(claims map[string]json.RawMessage) (int64, error) {
	raw, ok := claims["exp"]
	if !ok {
		return 0, newErrorf(ErrAuthentication, "Expected JSON JWT response with \"exp\" field")
	}
	var exp float64
	if json.Unmarshal(raw, &exp) != nil || exp <= 0 {
		return 0, newErrorf(ErrAuthentication, "Expected JSON JWT response with valid \"exp\" field")
	}
	return int64(min(exp, maxExpiry)) * 1000, nil
}

// maxAssertion bounds the files of assertions and templates.
const maxAssertion = 1 << 20

// get returns a signed assertion.
func (a *assertionSettings) get() (string, error) {
	if a.file != "" {
		content, err := readBounded(a.file)
		if err != nil {
			return "", fmt.Errorf("%s: %w", oidcAssertionFile, err)
		}
		if content = bytes.TrimSpace(content); len(content) == 0 {
			return "", fmt.Errorf("%s: %s is empty", oidcAssertionFile, a.file)
		}
		return string(content), nil
	}
	key := a.key
	if key == nil {
		content, err := readBounded(a.keyFile)
		if err != nil {
			return "", fmt.Errorf("%s: %w", oidcKeyFile, err)
		}
		if key, err = parseSigningKey(content, a.passphrase, a.algorithm); err != nil {
			return "", fmt.Errorf("%s: %s: %w", oidcKeyFile, a.keyFile, err)
		}
	}
	header, payload, err := a.parts(time.Now())
	if err != nil {
		return "", err
	}
	signed := encodePart(header) + "." + encodePart(payload)
	signature, err := sign(key, []byte(signed))
	if err != nil {
		return "", err
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

func readBounded(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxAssertion {
		return nil, fmt.Errorf("%s is larger than %d bytes", name, maxAssertion)
	}
	return os.ReadFile(name)
}

// parts returns header and payload: the template's, with what the properties say
// in its place.
func (a *assertionSettings) parts(now time.Time) (header, payload map[string]any, err error) {
	header, payload = map[string]any{}, map[string]any{}
	if a.template != "" {
		if header, payload, err = readTemplate(a.template); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", oidcTemplate, err)
		}
	}
	header["alg"], header["typ"] = a.algorithm, "JWT"
	payload["iat"] = now.Unix()
	payload["exp"] = now.Unix() + a.exp
	payload["nbf"] = now.Unix() - a.nbf
	for claim, value := range map[string]string{"sub": a.sub, "iss": a.iss, "aud": a.aud} {
		if value != "" {
			payload[claim] = value
		}
	}
	if a.jti {
		payload["jti"] = randomUUID()
	}
	return header, payload, nil
}

func readTemplate(name string) (header, payload map[string]any, err error) {
	content, err := readBounded(name)
	if err != nil {
		return nil, nil, err
	}
	var t struct{ Header, Payload map[string]any }
	d := json.NewDecoder(bytes.NewReader(content))
	d.UseNumber() // a number stays as it is written
	if err := d.Decode(&t); err != nil {
		return nil, nil, fmt.Errorf("%s is not JSON with objects named header and payload: %w", name, err)
	}
	if t.Header == nil || t.Payload == nil {
		return nil, nil, fmt.Errorf("%s must contain both 'header' and 'payload' objects", name)
	}
	return t.Header, t.Payload, nil
}

func encodePart(part map[string]any) string {
	text, err := json.Marshal(part)
	if err != nil {
		panic(err) // what came out of JSON goes into it
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// randomUUID returns a UUID of version 4.
func randomUUID() string {
	var u [16]byte
	_, _ = rand.Read(u[:]) // never fails
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
