package kafka

import (
	"crypto"
	"crypto/x509"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// librdkafkaHasOIDC says whether the linked librdkafka gets tokens by itself. It
// needs libcurl for that, which the one compiled with this package does not have.
// Without it, it refuses all of oidcProperties.
var librdkafkaHasOIDC = sync.OnceValue(func() bool {
	conf := rdkafka.NewConf()
	defer conf.Destroy()
	features, _ := conf.Get("builtin.features")
	return slices.Contains(strings.Split(features, ","), "oidc")
})

// The properties that are named more than once here.
const (
	oidcMethod       = "sasl.oauthbearer.method"
	oidcURL          = "sasl.oauthbearer.token.endpoint.url"
	oidcClientID     = "sasl.oauthbearer.client.id"
	oidcClientSecret = "sasl.oauthbearer.client.secret"
	oidcExtensions   = "sasl.oauthbearer.extensions"
	oidcSubClaim     = "sasl.oauthbearer.sub.claim.name"
	oidcGrantType    = "sasl.oauthbearer.grant.type"
	oidcMetadata     = "sasl.oauthbearer.metadata.authentication.type"
	oidcCALocation   = "https.ca.location"
	oidcCAPEM        = "https.ca.pem"

	oidcAssertion     = "sasl.oauthbearer.assertion."
	oidcAssertionFile = oidcAssertion + "file"
	oidcKeyFile       = oidcAssertion + "private.key.file"
	oidcKeyPEM        = oidcAssertion + "private.key.pem"
	oidcPassphrase    = oidcAssertion + "private.key.passphrase"
	oidcTemplate      = oidcAssertion + "jwt.template.file"
	oidcClaimSub      = oidcAssertion + "claim.sub"
	oidcClaimAud      = oidcAssertion + "claim.aud"
	oidcClaimIss      = oidcAssertion + "claim.iss"
	oidcClaimJTI      = oidcAssertion + "claim.jti.include"
	oidcClaimExp      = oidcAssertion + "claim.exp.seconds"
	oidcClaimNBF      = oidcAssertion + "claim.nbf.seconds"

	grantClientCredentials = "client_credentials"
	grantJWTBearer         = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	metadataAzureIMDS      = "azure_imds"
	azureIMDSURL           = "http://169.254.169.254/metadata/identity/oauth2/token"
)

// oidcProperty is what librdkafka knows of a property; all fields are zero for a
// plain string.
type oidcProperty struct {
	aliasOf string
	choices []string // of a string, in any case
	isInt   bool
	min     int // of an int; the largest is that of an int32
	isBool  bool
}

// oidcProperties are the properties that librdkafka refuses without libcurl.
var oidcProperties = map[string]oidcProperty{
	oidcMethod:   {choices: []string{"default", "oidc"}},
	oidcURL:      {},
	oidcClientID: {},
	"sasl.oauthbearer.client.credentials.client.id": {aliasOf: oidcClientID},
	oidcClientSecret: {},
	"sasl.oauthbearer.client.credentials.client.secret": {aliasOf: oidcClientSecret},
	"sasl.oauthbearer.scope":                            {},
	oidcExtensions:                                      {},
	oidcSubClaim:                                        {},
	oidcGrantType:                                       {choices: []string{grantClientCredentials, grantJWTBearer}},
	oidcAssertion + "algorithm":                         {choices: []string{"RS256", "ES256"}},
	oidcKeyFile:                                         {},
	oidcPassphrase:                                      {},
	oidcKeyPEM:                                          {},
	oidcAssertionFile:                                   {},
	oidcClaimAud:                                        {},
	oidcClaimExp:                                        {isInt: true, min: 1},
	oidcClaimIss:                                        {},
	oidcClaimJTI:                                        {isBool: true},
	oidcClaimNBF:                                        {isInt: true},
	oidcClaimSub:                                        {},
	oidcTemplate:                                        {},
	oidcMetadata:                                        {choices: []string{"none", metadataAzureIMDS}},
	oidcCALocation:                                      {},
	oidcCAPEM:                                           {},
}

// oidcConf holds the values of oidcProperties that the user set. The text of an
// error about a value repeats librdkafka's, but never a value that may be secret.
type oidcConf map[string]string

// takes says whether the property is one of oidcProperties that librdkafka does
// not take.
func (o oidcConf) takes(key string) bool {
	_, ok := oidcProperties[key]
	return ok && !librdkafkaHasOIDC()
}

// set checks and keeps a value by librdkafka's rules.
func (o oidcConf) set(key, value string) error {
	p := oidcProperties[key]
	if p.aliasOf != "" {
		key = p.aliasOf
		p = oidcProperties[key]
	}
	if strings.ContainsRune(value, 0) {
		return newErrorf(ErrInvalidArg, "property %q has a zero byte in its value: take it out", key)
	}
	if value == "" {
		if p.choices != nil || p.isInt || p.isBool {
			return newErrorf(ErrInvalidArg, "Configuration property %q cannot be set to empty value", key)
		}
		delete(o, key) // as if it were not there
		return nil
	}
	switch {
	case p.choices != nil:
		value = strings.TrimSpace(value)
		i := slices.IndexFunc(p.choices, func(c string) bool { return strings.EqualFold(c, value) })
		if i < 0 {
			return newErrorf(ErrInvalidArg, "Invalid value %q for configuration property %q (expected %s)",
				value, key, strings.Join(p.choices, ", "))
		}
		value = p.choices[i]
	case p.isInt:
		n, err := strconv.ParseInt(strings.TrimSpace(value), 0, 64)
		if err != nil {
			return newErrorf(ErrInvalidArg, "Invalid value for configuration property %q", key)
		}
		if n < int64(p.min) || n > 1<<31-1 {
			return newErrorf(ErrInvalidArg, "Configuration property %q value %d is outside allowed range %d..%d", key, n, p.min, 1<<31-1)
		}
		value = strconv.FormatInt(n, 10)
	case p.isBool:
		switch strings.ToLower(value) {
		case "true", "t", "1":
			value = "true"
		case "false", "f", "0":
			value = "false"
		default:
			return newErrorf(ErrInvalidArg, "Expected bool value for %q: true or false", key)
		}
	default:
		value = strings.TrimLeft(value, " \t\n\v\f\r")
	}
	o[key] = value
	return nil
}

// has says whether the user set the property.
func (o oidcConf) has(key string) bool {
	_, ok := o[key]
	return ok
}

// or returns the value of the property, and def when the user did not set it.
func (o oidcConf) or(key, def string) string {
	if v, ok := o[key]; ok {
		return v
	}
	return def
}

// seconds is or for a number that set has checked.
func (o oidcConf) seconds(key string, def int64) int64 {
	if n, err := strconv.ParseInt(o[key], 10, 64); err == nil {
		return n
	}
	return def
}

// oidcSettings is what one client needs to know to get tokens. It never changes.
type oidcSettings struct {
	grant    string // grantClientCredentials, grantJWTBearer or metadataAzureIMDS
	url      *url.URL
	subClaim string

	clientID, clientSecret string // of grantClientCredentials
	scope                  string
	extensions             []string // names and values in turn
	assertion              assertionSettings

	caLocation string
	caPool     *x509.CertPool // of https.ca.pem; nil: see caLocation
}

// assertionSettings says what a client identifies itself with by grantJWTBearer:
// a file that holds a signed assertion, or what to make and sign one of.
type assertionSettings struct {
	file string

	key           crypto.Signer // of private.key.pem; nil: see keyFile
	keyFile       string
	passphrase    string
	algorithm     string
	template      string
	sub, iss, aud string
	jti           bool
	exp, nbf      int64 // seconds from now, forwards and backwards
}

// settings checks the properties together, as librdkafka does when it makes a
// client; rc holds those that librdkafka took. It returns nil when the client is
// not to get tokens by OpenID Connect.
func (o oidcConf) settings(rc *rdkafka.Conf) (*oidcSettings, error) {
	s := &oidcSettings{caLocation: o[oidcCALocation]}
	if err := o.certificates(s); err != nil {
		return nil, err
	}
	mechanism, _ := rc.Get("sasl.mechanisms")
	if o[oidcMethod] != "oidc" || !strings.EqualFold(mechanism, "OAUTHBEARER") {
		return nil, nil
	}
	if unsecure, _ := rc.Get("enable.sasl.oauthbearer.unsecure.jwt"); unsecure == "true" {
		return nil, newErrorf(ErrInvalidArg, "`enable.sasl.oauthbearer.unsecure.jwt` and `sasl.oauthbearer.method=oidc` are mutually exclusive")
	}
	s.grant = o.or(oidcGrantType, grantClientCredentials)
	if o[oidcMetadata] == metadataAzureIMDS {
		s.grant = metadataAzureIMDS
	}
	if err := o.endpoint(s, rc); err != nil {
		return nil, err
	}
	if err := o.grant(s); err != nil {
		return nil, err
	}
	if s.subClaim = o.or(oidcSubClaim, "sub"); strings.TrimSpace(s.subClaim) == "" {
		return nil, newErrorf(ErrInvalidArg, "`sasl.oauthbearer.sub.claim.name` must be non-empty and not contain only whitespace")
	}
	s.scope = o["sasl.oauthbearer.scope"]
	var err error
	s.extensions, err = parseExtensions(o[oidcExtensions])
	return s, err
}

// certificates checks which authorities the token endpoint's certificate may come
// from.
func (o oidcConf) certificates(s *oidcSettings) error {
	if o.has(oidcCALocation) && o.has(oidcCAPEM) {
		return newErrorf(ErrInvalidArg, "`https.ca.location` and `https.ca.pem` are mutually exclusive")
	}
	if o.has(oidcCALocation) && s.caLocation != "probe" {
		if _, err := os.Stat(s.caLocation); err != nil {
			return newErrorf(ErrInvalidArg, "`https.ca.location` must be an existing file or directory: %v", err)
		}
	}
	if o.has(oidcCAPEM) {
		s.caPool = x509.NewCertPool()
		if !s.caPool.AppendCertsFromPEM([]byte(o[oidcCAPEM])) {
			return newErrorf(ErrInvalidArg, "`https.ca.pem` holds no certificate in PEM format")
		}
	}
	return nil
}

// endpoint finds the URL that tokens come from. No error shows a URL: it may hold
// a password.
func (o oidcConf) endpoint(s *oidcSettings, rc *rdkafka.Conf) error {
	text, ok := o[oidcURL]
	query := ""
	if s.grant == metadataAzureIMDS {
		config, _ := rc.Get("sasl.oauthbearer.config")
		for _, kv := range splitEscaped(config) {
			if v, isQuery := strings.CutPrefix(kv, "query="); isQuery && query == "" {
				query = v
			}
		}
		if !ok && query == "" {
			return newErrorf(ErrInvalidArg, "`sasl.oauthbearer.token.endpoint.url` is mandatory for Azure IMDS authentication when `query` isn't set")
		}
		if !ok {
			text = azureIMDSURL
		}
	} else if !ok {
		return newErrorf(ErrInvalidArg, "`sasl.oauthbearer.token.endpoint.url` is mandatory when `sasl.oauthbearer.method=oidc` is set")
	}
	if !strings.Contains(text, "://") {
		text = "http://" + text // as libcurl guesses
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return newErrorf(ErrInvalidArg, "`sasl.oauthbearer.token.endpoint.url` is not a URL (expected http://HOST[:PORT]/PATH or https://HOST[:PORT]/PATH)")
	}
	u.Fragment, u.RawFragment = "", ""
	if query != "" && u.RawQuery != "" {
		query = u.RawQuery + "&" + query
	}
	if query != "" {
		u.RawQuery = query
	}
	s.url = u
	return nil
}

// grant checks what the client identifies itself with.
func (o oidcConf) grant(s *oidcSettings) error {
	switch s.grant {
	case grantClientCredentials:
		for _, key := range []string{oidcClientID, oidcClientSecret} {
			if !o.has(key) {
				return newErrorf(ErrInvalidArg, "`%s` is mandatory when `sasl.oauthbearer.method=oidc` is set", key)
			}
		}
		s.clientID, s.clientSecret = o[oidcClientID], o[oidcClientSecret]
	case grantJWTBearer:
		return o.assertion(&s.assertion)
	default:
		// The machine identifies itself.
	}
	return nil
}

// assertion checks the properties of grantJWTBearer.
func (o oidcConf) assertion(a *assertionSettings) error {
	exclusive := func(a, b string) error {
		return newErrorf(ErrInvalidArg, "Mutually exclusive properties set. `%s` and `%s` cannot both be set", a, b)
	}
	if o.has(oidcAssertionFile) {
		for _, key := range []string{
			oidcKeyFile, oidcKeyPEM, oidcPassphrase, oidcTemplate, oidcClaimSub, oidcClaimAud, oidcClaimIss,
			oidcClaimJTI, oidcClaimExp, oidcClaimNBF,
		} {
			if o.has(key) {
				return exclusive(oidcAssertionFile, key)
			}
		}
		a.file = o[oidcAssertionFile]
		return nil
	}
	switch {
	case o.has(oidcKeyFile) && o.has(oidcKeyPEM):
		return exclusive(oidcKeyFile, oidcKeyPEM)
	case !o.has(oidcKeyFile) && !o.has(oidcKeyPEM):
		return newErrorf(ErrInvalidArg, "`%s` or `%s` is mandatory when `%s` is set to `%s`", oidcKeyFile, oidcKeyPEM, oidcGrantType, grantJWTBearer)
	}
	*a = assertionSettings{
		keyFile: o[oidcKeyFile], passphrase: o[oidcPassphrase],
		algorithm: o.or(oidcAssertion+"algorithm", "RS256"), template: o[oidcTemplate],
		sub: o[oidcClaimSub], iss: o[oidcClaimIss], aud: o[oidcClaimAud],
		jti: o[oidcClaimJTI] == "true", exp: o.seconds(oidcClaimExp, 300), nbf: o.seconds(oidcClaimNBF, 60),
	}
	if o.has(oidcKeyPEM) {
		var err error
		if a.key, err = parseSigningKey([]byte(o[oidcKeyPEM]), a.passphrase, a.algorithm); err != nil {
			return newErrorf(ErrInvalidArg, "`%s`: %v", oidcKeyPEM, err)
		}
	}
	return nil
}

// parseExtensions reads name=value pairs into names and values in turn.
// librdkafka would send no extension at all when one has no name, and find out
// about the characters when it has a token.
func parseExtensions(list string) ([]string, error) {
	var out []string
	for _, kv := range splitEscaped(list) {
		name, value, ok := strings.Cut(kv, "=")
		if !ok || name == "" {
			return nil, newErrorf(ErrInvalidArg, "`sasl.oauthbearer.extensions` has %q: expected name=value pairs with commas between", kv)
		}
		if name == "auth" || strings.ContainsFunc(name, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') }) {
			return nil, newErrorf(ErrInvalidArg, "`sasl.oauthbearer.extensions` has the name %q: a name consists of letters (A-Z, a-z) and is not \"auth\"", name)
		}
		if strings.ContainsFunc(value, func(r rune) bool { return !isVisible(r) && !strings.ContainsRune(" \t\r\n", r) }) {
			return nil, newErrorf(ErrInvalidArg, "`sasl.oauthbearer.extensions`: the value of %q may hold visible ASCII characters, blanks, tabs and line ends only", name)
		}
		out = append(out, name, value)
	}
	return out, nil
}

// isVisible says whether r is a visible ASCII character.
func isVisible(r rune) bool { return r >= '!' && r <= '~' }

// splitEscaped splits at commas as librdkafka does: blanks around an element and
// empty elements go, a backslash takes the next character for what it is, but for
// \t, \n and \r.
func splitEscaped(list string) []string {
	var out []string
	var cur strings.Builder
	end := func() {
		if s := strings.TrimRight(cur.String(), " \t\n\v\f\r"); s != "" {
			out = append(out, s)
		}
		cur.Reset()
	}
	escaped := false
	for _, r := range list {
		switch {
		case escaped:
			escaped = false
			if i := strings.IndexRune("tnr", r); i >= 0 {
				r = rune("\t\n\r"[i])
			}
			cur.WriteRune(r)
		case r == '\\':
			escaped = true
		case r == ',':
			end()
		case cur.Len() == 0 && strings.ContainsRune(" \t\n\v\f\r", r):
		default:
			cur.WriteRune(r)
		}
	}
	end()
	return out
}
