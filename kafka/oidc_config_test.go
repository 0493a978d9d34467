package kafka

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// oidcSettingsOf makes settings as newClient does, with m over what is mandatory;
// an empty value takes a key out.
func oidcSettingsOf(t *testing.T, m map[string]string) (*oidcSettings, error) {
	t.Helper()
	all := map[string]string{
		"sasl.mechanism": "OAUTHBEARER", oidcMethod: "OIDC", oidcURL: "https://idp.example/token?key=q-secret",
		oidcClientID: "id", oidcClientSecret: "s-secret",
	}
	maps.Copy(all, m)
	rc, o := rdkafka.NewConf(), oidcConf{}
	defer rc.Destroy()
	for k, v := range all {
		var err error
		switch _, ours := oidcProperties[k]; {
		case v == "":
		case ours:
			err = o.set(k, v)
		default:
			err = rc.Set(k, v)
		}
		if err != nil {
			return nil, err
		}
	}
	return o.settings(rc)
}

// The table names what librdkafka refuses for want of libcurl, and nothing else.
// When librdkafka has it, it gets all of them.
func TestOIDCProperties(t *testing.T) {
	t.Parallel()
	conf := rdkafka.NewConf()
	defer conf.Destroy()
	for key := range oidcProperties {
		assert.Equal(t, !librdkafkaHasOIDC(), oidcConf{}.takes(key), key)
		if librdkafkaHasOIDC() {
			continue
		}
		assert.ErrorContains(t, conf.Set(key, "1"), "depend", key)
		assert.ErrorContains(t, conf.Set(key, "1"), "on libcurl and OpenSSL which were not available", key)
	}
	for key := range conf.Dump() {
		if err := conf.Set(key, "1"); err != nil && strings.Contains(err.Error(), "libcurl") {
			assert.Contains(t, oidcProperties, key)
		}
	}
	assert.False(t, oidcConf{}.takes("sasl.oauthbearer.config"))
}

func TestOIDCConf_set(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, value, want, err string }{
		{key: oidcMethod, value: "OiDC", want: "oidc"},
		{key: oidcMethod, value: "Default", want: "default"},
		{key: oidcMethod, value: "basic", err: `Invalid value "basic" for configuration property "sasl.oauthbearer.method" (expected default, oidc)`},
		{key: oidcGrantType, value: grantJWTBearer, want: grantJWTBearer},
		{key: oidcGrantType, value: "password", err: `Invalid value "password" for configuration property "sasl.oauthbearer.grant.type" ` +
			`(expected client_credentials, urn:ietf:params:oauth:grant-type:jwt-bearer)`},
		{key: oidcClientSecret, value: " \ta b ", want: "a b "},
		{key: oidcClientSecret, value: "a\x00b", err: `property "sasl.oauthbearer.client.secret" has a zero byte in its value: take it out`},
		{key: oidcClaimExp, value: "1", want: "1"},
		{key: oidcClaimExp, value: "0x10", want: "16"},
		{key: oidcClaimExp, value: "0", err: `Configuration property "sasl.oauthbearer.assertion.claim.exp.seconds" value 0 is outside allowed range 1..2147483647`},
		{key: oidcClaimNBF, value: "0", want: "0"},
		{key: oidcClaimNBF, value: "2147483648", err: `Configuration property "sasl.oauthbearer.assertion.claim.nbf.seconds" value 2147483648 is outside allowed range 0..2147483647`},
		{key: oidcClaimNBF, value: "soon", err: `Invalid value for configuration property "sasl.oauthbearer.assertion.claim.nbf.seconds"`},
		{key: oidcClaimJTI, value: "T", want: "true"},
		{key: oidcClaimJTI, value: "0", want: "false"},
		{key: oidcClaimJTI, value: "maybe", err: `Expected bool value for "sasl.oauthbearer.assertion.claim.jti.include": true or false`},
	} {
		o := oidcConf{}
		err := o.set(c.key, c.value)
		if c.err != "" {
			assert.Equal(t, NewError(ErrInvalidArg, c.err, false), err, c.key)
			assert.Empty(t, o)
			continue
		}
		require.NoError(t, err, c.key)
		assert.Equal(t, oidcConf{c.key: c.want}, o)
	}
	o := oidcConf{}
	require.NoError(t, o.set("sasl.oauthbearer.client.credentials.client.id", "i"))
	require.NoError(t, o.set("sasl.oauthbearer.client.credentials.client.secret", "s"))
	assert.Equal(t, oidcConf{oidcClientID: "i", oidcClientSecret: "s"}, o)
	require.NoError(t, o.set(oidcClientID, ""), "as if it were not there")
	assert.Equal(t, oidcConf{oidcClientSecret: "s"}, o)
	for _, key := range []string{oidcMethod, oidcClaimExp, oidcClaimJTI} {
		assert.Equal(t, NewError(ErrInvalidArg, fmt.Sprintf("Configuration property %q cannot be set to empty value", key), false), o.set(key, ""))
	}
}

// Without the method or the mechanism the rest of the properties mean nothing.
func TestOIDCConf_settings_unused(t *testing.T) {
	t.Parallel()
	for _, m := range []map[string]string{
		{oidcMethod: "default", oidcURL: ""},
		{oidcMethod: "", oidcURL: ""},
		{"sasl.mechanism": "PLAIN", oidcURL: ""},
		{"sasl.mechanism": "", oidcURL: ""},
	} {
		s, err := oidcSettingsOf(t, m)
		require.NoError(t, err)
		assert.Nil(t, s, m)
	}
}

func TestOIDCConf_settings(t *testing.T) {
	t.Parallel()
	s, err := oidcSettingsOf(t, map[string]string{
		"sasl.oauthbearer.scope": "a b", oidcSubClaim: "azp", oidcExtensions: `logicalCluster=lkc-1, poolId=a\,b=c\tx ,,`,
		oidcCALocation: "probe",
	})
	require.NoError(t, err)
	assert.Equal(t, grantClientCredentials, s.grant)
	assert.Equal(t, "https://idp.example/token?key=q-secret", s.url.String())
	assert.Equal(t, "https://idp.example/token", s.shownURL())
	assert.Equal(t, []string{"id", "s-secret", "a b", "azp"}, []string{s.clientID, s.clientSecret, s.scope, s.subClaim})
	assert.Equal(t, []string{"logicalCluster", "lkc-1", "poolId", "a,b=c\tx"}, s.extensions)
}

func TestParseExtensions(t *testing.T) {
	t.Parallel()
	ext, err := parseExtensions(` a=1, B=x\,y=\t\\z ,, c=`)
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "1", "B", "x,y=\t\\z", "c", ""}, ext)
	ext, err = parseExtensions("")
	require.NoError(t, err)
	assert.Empty(t, ext)
	for list, want := range map[string]string{
		"a=1,b":   "`sasl.oauthbearer.extensions` has \"b\": expected name=value pairs with commas between",
		"=1":      "`sasl.oauthbearer.extensions` has \"=1\": expected name=value pairs with commas between",
		"a1=x":    "`sasl.oauthbearer.extensions` has the name \"a1\": a name consists of letters (A-Z, a-z) and is not \"auth\"",
		"auth=x":  "`sasl.oauthbearer.extensions` has the name \"auth\": a name consists of letters (A-Z, a-z) and is not \"auth\"",
		"a=\x01x": "`sasl.oauthbearer.extensions`: the value of \"a\" may hold visible ASCII characters, blanks, tabs and line ends only",
	} {
		_, err = parseExtensions(list)
		assert.Equal(t, NewError(ErrInvalidArg, want, false), err)
	}
}

func TestOIDCConf_settings_url(t *testing.T) {
	t.Parallel()
	imds := map[string]string{oidcMetadata: "azure_imds", oidcClientID: "", oidcClientSecret: ""}
	with := func(m map[string]string, kv ...string) map[string]string {
		m = maps.Clone(m)
		for i := 0; i < len(kv); i += 2 {
			m[kv[i]] = kv[i+1]
		}
		return m
	}
	for _, c := range []struct {
		m    map[string]string
		want string
	}{
		{map[string]string{oidcURL: "idp.example:8080/t"}, "http://idp.example:8080/t"},
		{map[string]string{oidcURL: "HTTP://[::1]:80/t#f"}, "http://[::1]:80/t"},
		{with(imds, oidcURL, "", "sasl.oauthbearer.config", "x=y, query=api-version=1&resource=r"), azureIMDSURL + "?api-version=1&resource=r"},
		{with(imds, oidcURL, "http://h/p?a=b#f", "sasl.oauthbearer.config", "query=c=d"), "http://h/p?a=b&c=d"},
		{with(imds, oidcURL, "http://h/p"), "http://h/p"},
	} {
		s, err := oidcSettingsOf(t, c.m)
		require.NoError(t, err)
		assert.Equal(t, c.want, s.url.String())
	}
	_, err := oidcSettingsOf(t, with(imds, oidcURL, ""))
	assert.Equal(t, NewError(ErrInvalidArg,
		"`sasl.oauthbearer.token.endpoint.url` is mandatory for Azure IMDS authentication when `query` isn't set", false), err)
	for _, bad := range []string{"ftp://h/x", "https:///token", "http://u:pa#ss@h/", "http://h:port/", "http://u:p w@h"} {
		_, err := oidcSettingsOf(t, map[string]string{oidcURL: bad})
		assert.Equal(t, NewError(ErrInvalidArg, "`sasl.oauthbearer.token.endpoint.url` is not a URL "+
			"(expected http://HOST[:PORT]/PATH or https://HOST[:PORT]/PATH)", false), err, bad)
	}
}

func TestOIDCConf_settings_refused(t *testing.T) {
	t.Parallel()
	noPEM := filepath.Join(t.TempDir(), "none")
	bearer := func(kv ...string) map[string]string {
		m := map[string]string{oidcGrantType: grantJWTBearer}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i]] = kv[i+1]
		}
		return m
	}
	for want, m := range map[string]map[string]string{
		"`sasl.oauthbearer.token.endpoint.url` is mandatory when `sasl.oauthbearer.method=oidc` is set":                              {oidcURL: ""},
		"`sasl.oauthbearer.client.id` is mandatory when `sasl.oauthbearer.method=oidc` is set":                                       {oidcClientID: ""},
		"`sasl.oauthbearer.client.secret` is mandatory when `sasl.oauthbearer.method=oidc` is set":                                   {oidcClientSecret: ""},
		"`enable.sasl.oauthbearer.unsecure.jwt` and `sasl.oauthbearer.method=oidc` are mutually exclusive":                           {"enable.sasl.oauthbearer.unsecure.jwt": "true"},
		"`https.ca.location` and `https.ca.pem` are mutually exclusive":                                                              {oidcCALocation: noPEM, oidcCAPEM: "x", oidcMethod: ""},
		"`https.ca.location` must be an existing file or directory: stat " + noPEM + ": no such file or directory":                   {oidcCALocation: noPEM},
		"`https.ca.pem` holds no certificate in PEM format":                                                                          {oidcCAPEM: "PEM"},
		"`sasl.oauthbearer.extensions` has \"x\": expected name=value pairs with commas between":                                     {oidcExtensions: "x"},
		"Mutually exclusive properties set. `" + oidcAssertionFile + "` and `" + oidcClaimNBF + "` cannot both be set":               bearer(oidcAssertionFile, "f", oidcClaimNBF, "5"),
		"Mutually exclusive properties set. `" + oidcAssertionFile + "` and `" + oidcKeyFile + "` cannot both be set":                bearer(oidcAssertionFile, "f", oidcKeyFile, "f"),
		"Mutually exclusive properties set. `" + oidcKeyFile + "` and `" + oidcKeyPEM + "` cannot both be set":                       bearer(oidcKeyPEM, "f", oidcKeyFile, "f"),
		"`" + oidcKeyFile + "` or `" + oidcKeyPEM + "` is mandatory when `" + oidcGrantType + "` is set to `" + grantJWTBearer + "`": bearer(),
		"`" + oidcKeyPEM + "`: no private key in PEM format":                                                                         bearer(oidcKeyPEM, "k-secret"),
	} {
		_, err := oidcSettingsOf(t, m)
		assert.Equal(t, NewError(ErrInvalidArg, want, false), err)
	}
	blank := oidcConf{oidcMethod: "oidc", oidcURL: "http://h", oidcClientID: "i", oidcClientSecret: "s", oidcSubClaim: "  "}
	rc := rdkafka.NewConf()
	defer rc.Destroy()
	require.NoError(t, rc.Set("sasl.mechanisms", "OAUTHBEARER"))
	_, err := blank.settings(rc)
	assert.Equal(t, NewError(ErrInvalidArg, "`sasl.oauthbearer.sub.claim.name` must be non-empty and not contain only whitespace", false), err)
}

func TestOIDCConf_settings_jwtBearer(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalECPrivateKey(key)
	require.NoError(t, err)
	text := string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
	s, err := oidcSettingsOf(t, map[string]string{
		oidcClientID: "", oidcClientSecret: "", oidcGrantType: grantJWTBearer, oidcKeyPEM: text,
		"sasl.oauthbearer.assertion.algorithm": "es256", oidcClaimSub: "me", oidcClaimNBF: "0",
	})
	require.NoError(t, err)
	assert.True(t, key.Equal(s.assertion.key))
	s.assertion.key = nil
	assert.Equal(t, assertionSettings{algorithm: "ES256", sub: "me", exp: 300, nbf: 0}, s.assertion)
	_, err = oidcSettingsOf(t, map[string]string{oidcGrantType: grantJWTBearer, oidcKeyPEM: text})
	assert.EqualError(t, err, "`"+oidcKeyPEM+"`: an EC key of the curve P-256 cannot sign with RS256: ES256 needs P-256, RS256 an RSA key")

	// Files are read for each token: they may be replaced.
	file := filepath.Join(t.TempDir(), "key")
	s, err = oidcSettingsOf(t, map[string]string{oidcGrantType: grantJWTBearer, oidcKeyFile: file})
	require.NoError(t, err)
	_, err = s.assertion.get()
	assert.ErrorIs(t, err, os.ErrNotExist)
	assert.ErrorContains(t, err, oidcKeyFile)
}
