package kafka

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is fuzzed here is Go alone; tests/fuzz has what goes through librdkafka. The
// seeds run with the other tests, and build/fuzz.sh looks for more.

// An offset of a string is that offset again, and a string that is none leaves the
// offset as it is.
func FuzzOffset(f *testing.F) {
	for _, s := range []string{
		"", "0", "-1", "beginning", "earliest", "end", "latest", "unset", "invalid", "stored", "9223372036854775807",
		"9223372036854775808", "-2001", "+5", " 5", "0x10", "1e3", "Beginning", "1_000", "\x00",
	} {
		f.Add(s, int64(len(s)))
	}
	f.Fuzz(func(t *testing.T, s string, n int64) {
		o := Offset(n)
		again, err := NewOffset(o.String())
		require.NoError(t, err)
		assert.Equal(t, o, again, "by its text")

		set := o
		if err := set.Set(s); err != nil {
			assert.Equal(t, o, set, "after an error")
			return
		}
		made, err := NewOffset(s)
		require.NoError(t, err)
		assert.Equal(t, made, set)
		again, err = NewOffset(made.String())
		require.NoError(t, err)
		assert.Equal(t, made, again)
	})
}

// key=value is the value of the key, and an error names the key.
func FuzzConfigMapSet(f *testing.F) {
	for _, s := range []string{
		"", "=", "a=b", "a=b=c", "=b", "a", "{topic}.a=b", "{topic}.=b", "default.topic.config=x", "sasl.password=s=s",
		"\x00=\x00", "a\n=b",
	} {
		f.Add(s, false)
	}
	f.Add("{topic}.acks=1", true)
	f.Fuzz(func(t *testing.T, text string, taken bool) {
		m := ConfigMap{}
		if taken {
			m[topicConfigKey] = 1 // no ConfigMap
		}
		key, value, ok := strings.Cut(text, "=")
		isTopic := strings.HasPrefix(key, topicPrefix)
		err := m.Set(text)
		if !ok || isTopic && taken {
			assert.ErrorIs(t, err, ErrInvalidArg)
			return
		}
		require.NoError(t, err)
		got, err := m.Get(key, "")
		require.NoError(t, err)
		assert.Equal(t, value, got)
		got, err = m.Get(key, 1)
		require.ErrorIs(t, err, ErrInvalidArg, "a value of another type: %v", got)
		assert.ErrorContains(t, err, strings.TrimPrefix(key, topicPrefix))
		if value != "" && len(value) > 8 {
			assert.NotContains(t, strings.ReplaceAll(err.Error(), key, ""), value, "the value in an error")
		}
	})
}

// The answer of a token endpoint gives a token that librdkafka takes, or an error
// without the token.
func FuzzOIDCAnswer(f *testing.F) {
	claims := func(text string) string {
		return "h." + base64.RawURLEncoding.EncodeToString([]byte(text)) + ".s"
	}
	for _, body := range []string{
		``, `{}`, `[]`, `null`, `{"access_token": null}`, `{"access_token": "a.b.c"}`, `{"access_token": "a.b"}`,
		`{"access_token": "` + claims(`{"sub":"me","exp":4102444800}`) + `"}`,
		`{"id_token": "` + claims(`{"sub":"me","exp":1e300}`) + `"}`,
		`{"access_token": "` + claims(`{"sub":"m\u0000e","exp":1}`) + `"}`,
		`{"access_token": "` + claims(`{"sub":"me","exp":-1}`) + `"}`,
		`{"access_token": "` + claims(`{"sub":1,"exp":"1"}`) + `"}`,
		`{"access_token": "secret\u0000"}`, `{"access_token": "` + claims(`[`) + `"}`,
	} {
		f.Add("application/json", body, false)
		f.Add("APPLICATION/JSON; charset=x", body, true)
	}
	f.Add("text/html\r\n", "<html>", false)
	f.Fuzz(func(t *testing.T, contentType, body string, jwtBearer bool) {
		s := oidcSettings{subClaim: "sub", grant: grantClientCredentials}
		if jwtBearer {
			s.grant = grantJWTBearer
		}
		token, err := s.token(contentType, []byte(body))
		if err == nil {
			given := OAuthBearerToken{TokenValue: token.value, Principal: token.principal}
			require.NoError(t, given.check(), "a token that librdkafka cuts or refuses")
			assert.Positive(t, token.expiryMs+1)
			assert.LessOrEqual(t, token.expiryMs, int64(maxExpiry)*1000)
			assert.NotEmpty(t, token.principal)
			return
		}
		assert.Zero(t, token.value)
		assertTame(t, err.Error())
		var fields map[string]any
		if json.Unmarshal([]byte(body), &fields) != nil {
			return
		}
		for _, name := range []string{"access_token", "id_token"} {
			if secret, ok := fields[name].(string); ok && len(secret) > 8 {
				assert.NotContains(t, strings.ReplaceAll(err.Error(), contentType, ""), secret)
			}
		}
	})
}

// An error status is described on one line, without what the client must not show.
func FuzzOIDCStatus(f *testing.F) {
	f.Add(401, "", `{"error": "invalid_client", "error_description": "s-3cr3t+ is wrong"}`, "s-3cr3t+")
	f.Add(302, "https://user:password@elsewhere/x?y=z", ``, "password")
	f.Add(500, "\x00", `{"error": ["\n"]}`, "")
	f.Add(0, "%zz", `{"error": "\u0000\u2028\ud800"}`, "a")
	f.Fuzz(func(t *testing.T, code int, location, body, secret string) {
		resp := &http.Response{StatusCode: code, Header: http.Header{"Location": {location}}}
		text := newOIDCStatusError(resp, []byte(body), []string{secret}).Error()
		assertTame(t, text)
		assert.Contains(t, text, "HTTP status ")
		// A secret of a few letters stands in any text.
		if _, after, ok := strings.Cut(text, ": "); ok && len(secret) > 8 && !strings.Contains(location, secret) {
			assert.NotContains(t, after, secret)
		}
	})
}

// assertTame says that a text is one line of a sensible length.
func assertTame(t *testing.T, text string) {
	t.Helper()
	assert.True(t, utf8.ValidString(text), "%q", text)
	assert.NotContains(t, text, "\n")
	assert.NotContains(t, text, "\x00")
	assert.Less(t, len(text), 8<<10)
}

// A private key is read or refused, and no error shows it or its passphrase.
func FuzzSigningKey(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(f, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(f, err)
	for _, typ := range []string{"PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "CERTIFICATE"} {
		f.Add(pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: der}), "pass-phrase", true)
	}
	for _, text := range []string{ecAES256, ecAES128, ecDES, ecScrypt, ecOld, ecParameters, "", "-----BEGIN PRIVATE KEY-----"} {
		f.Add([]byte(text), "pw", false)
	}
	f.Fuzz(func(t *testing.T, text []byte, passphrase string, es bool) {
		algorithm := "RS256"
		if es {
			algorithm = "ES256"
		}
		key, err := parseSigningKey(text, passphrase, algorithm)
		if err == nil {
			_, err = sign(key, []byte("a.b"))
			require.NoError(t, err)
			return
		}
		assert.Nil(t, key)
		assert.Less(t, len(err.Error()), 400)
		if len(passphrase) > 30 {
			assert.NotContains(t, err.Error(), passphrase)
		}
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); len(line) > 30 && !strings.HasPrefix(line, "-----") {
				assert.NotContains(t, err.Error(), line)
			}
		}
	})
}
