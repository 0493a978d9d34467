package kafka

import (
	"fmt"
	"strings"
)

// redacted stands for what must not get into a log.
const redacted = "[redacted]"

// String returns the map as fmt prints maps, without the values of passwords, of
// private keys and of other secrets.
func (m ConfigMap) String() string { return fmt.Sprint(m.withoutSecrets()) }

// GoString returns the map in Go's syntax, without its secrets.
func (m ConfigMap) GoString() string {
	return "kafka.ConfigMap" + strings.TrimPrefix(fmt.Sprintf("%#v", m.withoutSecrets()), "map[string]kafka.ConfigValue")
}

// withoutSecrets returns a copy to be printed. Maps in the map print themselves.
func (m ConfigMap) withoutSecrets() map[string]ConfigValue {
	c := make(map[string]ConfigValue, len(m))
	for k, v := range m {
		if isSecret(k) {
			v = redacted
		}
		c[k] = v
	}
	return c
}

// isSecret says whether the property's value is a secret. It goes by parts of names,
// so that those of plugins are covered.
func isSecret(key string) bool {
	key = strings.ToLower(key)
	for _, part := range []string{"passw", "passphrase", "secret", "credential", "jaas", "key.pem", "oauthbearer.config", "token"} {
		if strings.Contains(key, part) && !strings.HasSuffix(key, ".url") {
			return true
		}
	}
	return false
}

// String describes the token without its value.
func (t OAuthBearerToken) String() string {
	type plain OAuthBearerToken
	t.TokenValue = redacted
	return fmt.Sprintf("%+v", plain(t))
}

// GoString returns the token in Go's syntax without its value.
func (t OAuthBearerToken) GoString() string {
	type plain OAuthBearerToken
	t.TokenValue = redacted
	return "kafka.OAuthBearerToken" + strings.TrimPrefix(fmt.Sprintf("%#v", plain(t)), "kafka.plain")
}
