package kafka_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// What librdkafka would cut at a zero byte is refused, and no error shows a token
// or password.
func TestSetOAuthBearerToken_text(t *testing.T) {
	t.Parallel()
	p, err := kafka.NewProducer(&kafka.ConfigMap{
		"security.protocol": "sasl_plaintext", "sasl.mechanism": "OAUTHBEARER", "go.logs.channel.enable": true,
	})
	require.NoError(t, err)
	defer p.Close()
	good := kafka.OAuthBearerToken{TokenValue: "secret token", Expiration: time.Now().Add(time.Hour), Principal: "me"}
	for name, c := range map[string]struct {
		change func(*kafka.OAuthBearerToken)
		text   string
	}{
		"as it is": {func(*kafka.OAuthBearerToken) {}, ""},
		"for ever": {func(t *kafka.OAuthBearerToken) { t.Expiration = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }, ""},
		"token cut": {
			func(t *kafka.OAuthBearerToken) { t.TokenValue = "secret\x00token" },
			"The token has the character 0x00 at position 6: it takes visible ASCII only",
		},
		"token not ASCII": {
			func(t *kafka.OAuthBearerToken) { t.TokenValue = "secret\u00e9" },
			"The token has the character 0xc3 at position 6: it takes visible ASCII only",
		},
		"principal cut": {
			func(t *kafka.OAuthBearerToken) { t.Principal = "m\x00e" },
			`The principal "m\x00e" has a zero byte: take it out`,
		},
		"extension cut": {
			func(t *kafka.OAuthBearerToken) { t.Extensions = map[string]string{"name": "secret\x00"} },
			`The extension "name" has a zero byte: take it out`,
		},
	} {
		token := good
		c.change(&token)
		err := p.SetOAuthBearerToken(token)
		if c.text == "" {
			assert.NoError(t, err, name)
			continue
		}
		assert.Equal(t, kafka.NewError(kafka.ErrInvalidArg, c.text, false), err, name)
	}
	assert.EqualError(t, p.SetSaslCredentials("me", "secret\x00"),
		"The password has a zero byte, where librdkafka would cut it: take it out")
}
