package kafka

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestConfigMap_printsNoSecret(t *testing.T) {
	t.Parallel()
	secrets := []string{
		"sasl.password", "ssl.key.password", "ssl.keystore.password", "ssl.key.pem", "sasl.oauthbearer.config",
		"sasl.oauthbearer.client.secret", "sasl.oauthbearer.assertion.private.key.pem",
		"sasl.oauthbearer.assertion.private.key.passphrase", "sasl.jaas.config", "SASL.Password", "my.plugin.secret",
	}
	m := ConfigMap{"bootstrap.servers": "b:9092", "acks": -1, "sasl.oauthbearer.token.endpoint.url": "https://idp/token"}
	topic := ConfigMap{"my.plugin.secret": "hidden"}
	m["default.topic.config"] = topic
	for _, k := range secrets {
		m[k] = "hidden"
	}
	type holder struct{ Conf ConfigMap }
	for _, v := range []any{m, &m, holder{m}, []ConfigMap{m}, map[string]any{"a": m}} {
		for _, format := range []string{"%v", "%+v", "%s", "%#v", "%q"} {
			text := fmt.Sprintf(format, v)
			assert.NotContains(t, text, "hidden", "%T by %s", v, format)
		}
	}
	assert.Equal(t, "hidden", m["sasl.password"], "the map itself is as it was")
	assert.Equal(t, "map[acks:-1 bootstrap.servers:b:9092 sasl.password:[redacted]]",
		fmt.Sprint(ConfigMap{"bootstrap.servers": "b:9092", "acks": -1, "sasl.password": "hidden"}))
	assert.Equal(t, `kafka.ConfigMap{"acks":-1, "sasl.password":"[redacted]"}`,
		fmt.Sprintf("%#v", ConfigMap{"acks": -1, "sasl.password": "hidden"}))
	assert.Equal(t, "map[sasl.oauthbearer.token.endpoint.url:https://idp/token ssl.ca.pem:public]",
		fmt.Sprint(ConfigMap{"sasl.oauthbearer.token.endpoint.url": "https://idp/token", "ssl.ca.pem": "public"}))
	assert.Equal(t, "map[]", fmt.Sprint(ConfigMap(nil)))

	// A pointer to a map is no value of a property, although it can be printed.
	_, err := NewProducer(&ConfigMap{"client.id": &topic})
	assert.EqualError(t, err, "Invalid value type *kafka.ConfigMap for key client.id (expected string,bool,int,ConfigMap)")
}

func TestOAuthBearerToken_printsNoValue(t *testing.T) {
	t.Parallel()
	token := OAuthBearerToken{TokenValue: "hidden", Expiration: time.Unix(0, 0), Principal: "dave"}
	for _, v := range []any{token, &token, []OAuthBearerToken{token}} {
		for _, format := range []string{"%v", "%+v", "%s", "%#v"} {
			text := fmt.Sprintf(format, v)
			assert.NotContains(t, text, "hidden", "%T by %s", v, format)
			assert.Contains(t, text, "dave", "%T by %s", v, format)
		}
	}
}
