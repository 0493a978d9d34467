package kafka

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oidcKeys makes files with an RSA and an EC key.
func oidcKeys(t *testing.T) (rsaFile, ecFile string) {
	t.Helper()
	dir := t.TempDir()
	rsaFile, ecFile = filepath.Join(dir, "rsa.pem"), filepath.Join(dir, "ec.pem")
	require.NoError(t, os.WriteFile(rsaFile, []byte(rsaPEM(t, x509.MarshalPKCS8PrivateKey)), 0o600))
	require.NoError(t, os.WriteFile(ecFile, []byte(ecParameters), 0o600))
	return rsaFile, ecFile
}

// rsaPEM makes an RSA key.
func rsaPEM(t *testing.T, marshal func(any) ([]byte, error)) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	der, err := marshal(key)
	require.NoError(t, err)
	typ := "PRIVATE KEY"
	if _, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		typ = "RSA " + typ
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: der}))
}

func decodePart(t *testing.T, part string) map[string]any {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(part)
	require.NoError(t, err)
	var m map[string]any
	require.NoError(t, json.Unmarshal(text, &m))
	return m
}

func TestAssertion(t *testing.T) {
	t.Parallel()
	rsaFile, ecFile := oidcKeys(t)
	template := filepath.Join(t.TempDir(), "template")
	require.NoError(t, os.WriteFile(template, []byte(`{"header": {"kid": "k1", "alg": "none"},
		"payload": {"sub": "nobody", "aud": "them", "exp": 1, "big": 12345678901234567890}}`), 0o600))
	for algorithm, file := range map[string]string{"RS256": rsaFile, "ES256": ecFile} {
		a := assertionSettings{
			keyFile: file, algorithm: algorithm, template: template, sub: "me", iss: "us", jti: true, exp: 300, nbf: 60,
		}
		before := time.Now().Unix()
		text, err := a.get()
		require.NoError(t, err)
		parts := strings.Split(text, ".")
		require.Len(t, parts, 3)
		assert.Equal(t, map[string]any{"kid": "k1", "alg": algorithm, "typ": "JWT"}, decodePart(t, parts[0]))
		claims := decodePart(t, parts[1])
		iat, ok := claims["iat"].(float64)
		require.True(t, ok)
		assert.InDelta(t, before, iat, 5)
		assert.Regexp(t, "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", claims["jti"])
		delete(claims, "jti")
		assert.Equal(t, map[string]any{
			"sub": "me", "iss": "us", "aud": "them", "iat": iat, "exp": iat + 300, "nbf": iat - 60, "big": 12345678901234567890.0,
		}, claims)
		raw, err := base64.RawURLEncoding.DecodeString(parts[1])
		require.NoError(t, err)
		assert.Contains(t, string(raw), `"big":12345678901234567890`, "digit by digit")

		signature, err := base64.RawURLEncoding.DecodeString(parts[2])
		require.NoError(t, err)
		digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		key, err := parseSigningKey(content, "not needed", algorithm)
		require.NoError(t, err)
		switch k := key.Public().(type) {
		case *rsa.PublicKey:
			assert.NoError(t, rsa.VerifyPKCS1v15(k, crypto.SHA256, digest[:], signature))
		case *ecdsa.PublicKey:
			require.Len(t, signature, 64)
			assert.True(t, ecdsa.Verify(k, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])))
		}
	}
	plain := assertionSettings{keyFile: rsaFile, algorithm: "RS256", exp: 5}
	text, err := plain.get()
	require.NoError(t, err)
	claims := decodePart(t, strings.Split(text, ".")[1])
	assert.ElementsMatch(t, []string{"iat", "exp", "nbf"}, keysOf(claims))
}

func keysOf(m map[string]any) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

func TestAssertion_refused(t *testing.T) {
	t.Parallel()
	rsaFile, _ := oidcKeys(t)
	file := func(content string) string {
		name := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(name, []byte(content), 0o600))
		return name
	}
	noJSON, noPayload, empty := file("{"), file(`{"header": {}}`), file(" \n")
	large := file(strings.Repeat(" ", maxAssertion+1))
	for want, a := range map[string]assertionSettings{
		oidcAssertionFile + ": stat /nowhere: no such file or directory":                                    {file: "/nowhere"},
		oidcAssertionFile + ": " + empty + " is empty":                                                      {file: empty},
		oidcAssertionFile + ": " + large + " is larger than 1048576 bytes":                                  {file: large},
		oidcKeyFile + ": stat /nowhere: no such file or directory":                                          {keyFile: "/nowhere"},
		oidcKeyFile + ": " + empty + ": no private key in PEM format":                                       {keyFile: empty},
		oidcTemplate + ": stat /nowhere: no such file or directory":                                         {keyFile: rsaFile, template: "/nowhere"},
		oidcTemplate + ": " + noPayload + " must contain both 'header' and 'payload' objects":               {keyFile: rsaFile, template: noPayload},
		oidcTemplate + ": " + noJSON + " is not JSON with objects named header and payload: unexpected EOF": {keyFile: rsaFile, template: noJSON},
	} {
		a.algorithm = "RS256"
		_, err := a.get()
		assert.EqualError(t, err, want)
	}
}

// Keys in the forms that users have.
func TestParseSigningKey(t *testing.T) {
	t.Parallel()
	pkcs8 := func(key any, err error) string {
		require.NoError(t, err)
		der, err := x509.MarshalPKCS8PrivateKey(key)
		require.NoError(t, err)
		return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	traditional := rsaPEM(t, func(key any) ([]byte, error) {
		return x509.MarshalPKCS1PrivateKey(key.(*rsa.PrivateKey)), nil //nolint:forcetypeassert // rsaPEM made it
	})
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	rsaKey := rsaPEM(t, x509.MarshalPKCS8PrivateKey)
	damaged := func(typ string) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: []byte("k-secret")}))
	}
	ec, ecErr := parseSigningKey([]byte(ecParameters), "", "ES256")
	const unsupported = "the private key is encrypted in a way that is not supported (PBKDF2 with SHA-2 and AES-CBC is): " + convert
	const wrong = "the private key cannot be decrypted: is " + oidcPassphrase + " right?"
	for _, c := range []struct{ key, pass, algorithm, err string }{
		{key: rsaKey, algorithm: "RS256"},
		{key: traditional, algorithm: "RS256"},
		{key: pkcs8(ec, ecErr), algorithm: "ES256"},
		{key: ecAES256, pass: "pw", algorithm: "ES256"},
		{key: ecAES192, pass: "pw", algorithm: "ES256"},
		{key: ecAES128, pass: "pw", algorithm: "ES256"},

		{key: ecAES256, pass: "wrong", algorithm: "ES256", err: wrong},
		{key: ecAES256, algorithm: "ES256", err: "the private key is encrypted: set " + oidcPassphrase},
		{key: ecDES, pass: "pw", algorithm: "ES256", err: unsupported},
		{key: ecScrypt, pass: "pw", algorithm: "ES256", err: unsupported},
		{key: ecOld, pass: "pw", algorithm: "ES256", err: "the key is encrypted in the old way of OpenSSL: " + convert},
		{key: rsaKey, algorithm: "ES256", err: "an RSA key cannot sign with ES256: use an EC key of the curve P-256, or RS256"},
		{key: ecParameters, algorithm: "RS256", err: "an EC key of the curve P-256 cannot sign with RS256: ES256 needs P-256, RS256 an RSA key"},
		{
			key: pkcs8(ecdsa.GenerateKey(elliptic.P521(), rand.Reader)), algorithm: "ES256",
			err: "an EC key of the curve P-521 cannot sign with ES256: ES256 needs P-256, RS256 an RSA key",
		},
		{key: pkcs8(ed, err), algorithm: "ES256", err: "the key is neither RSA nor EC, which ES256 needs"},
		{key: damaged("RSA PRIVATE KEY"), algorithm: "RS256", err: "the private key cannot be read: is it damaged?"},
		{key: damaged("PRIVATE KEY"), algorithm: "RS256", err: "the private key cannot be read: is it damaged?"},
		{key: damaged("ENCRYPTED PRIVATE KEY"), pass: "pw", algorithm: "RS256", err: "the private key cannot be read: is it damaged?"},
		{key: damaged("CERTIFICATE"), algorithm: "RS256", err: "no private key in PEM format"},
	} {
		key, err := parseSigningKey([]byte(c.key), c.pass, c.algorithm)
		if c.err != "" {
			assert.EqualError(t, err, c.err)
			assert.Nil(t, key)
			continue
		}
		if assert.NoError(t, err, c.key) && c.algorithm == "ES256" {
			assert.Equal(t, ec.Public(), key.Public(), "one key in many forms")
		}
	}
}
