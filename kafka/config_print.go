package kafka

import (
	"fmt"
	"io"
	"strings"
)

// redacted stands for what must not get into a log.
const redacted = "[redacted]"

// Format implements fmt.Formatter: fmt prints the map as it prints any, without the
// values of passwords, of private keys and of other secrets. There is no String
// method, which would make the map a flag.Value.
func (m ConfigMap) Format(f fmt.State, verb rune) {
	text := fmt.Sprintf(fmt.FormatString(f, verb), m.withoutSecrets())
	if plain, ok := strings.CutPrefix(text, "map[string]kafka.ConfigValue"); ok {
		text = "kafka.ConfigMap" + plain
	}
	_, _ = io.WriteString(f, text)
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
