package integration_test

import (
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

// A token endpoint behind TLS gives tokens to clients that know the secret; the broker takes them, and the principal
// in them, for a login. They live for seconds, and the broker ends a connection whose token has expired: the clients go
// on because they got new ones.
func TestOIDC(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1000)
	idp := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, secret, ok := r.BasicAuth()
		if !ok || id != "dave" || secret != "dave-secret" || r.FormValue("grant_type") != "client_credentials" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprint(w, `{"error":"invalid_client"}`)
			return
		}
		asked <- struct{}{}
		enc, now := base64.RawURLEncoding.EncodeToString, time.Now()
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"access_token":"%s.%s."}`, enc([]byte(`{"alg":"none"}`)),
			enc(fmt.Appendf(nil, `{"sub":"dave","iat":%d,"exp":%d}`, now.Unix(), now.Add(8*time.Second).Unix())))
	}))
	t.Cleanup(idp.Close)
	authority := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: idp.Certificate().Raw}))

	const listener = "listener.name.plaintext.oauthbearer."
	c := cluster.New(t, cluster.Config{Properties: map[string]string{
		"listener.security.protocol.map":       "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
		"sasl.enabled.mechanisms":              "OAUTHBEARER",
		"sasl.mechanism.inter.broker.protocol": "OAUTHBEARER",
		listener + "sasl.jaas.config": "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required " +
			`unsecuredLoginStringClaim_sub="broker";`,
		listener + "sasl.server.callback.handler.class": "org.apache.kafka.common.security.oauthbearer.internals.unsecured." +
			"OAuthBearerUnsecuredValidatorCallbackHandler",
		listener + "connections.max.reauth.ms": "60000",
		"authorizer.class.name":                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
		"super.users":                          "User:ANONYMOUS;User:broker;User:dave",
	}})
	conf := func(secret string, more kafka.ConfigMap) *kafka.ConfigMap {
		m := kafka.ConfigMap{
			"bootstrap.servers": c.BootstrapServers(), "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "OAUTHBEARER",
			"sasl.oauthbearer.method": "oidc", "sasl.oauthbearer.token.endpoint.url": idp.URL, "https.ca.pem": authority,
			"sasl.oauthbearer.client.id": "dave", "sasl.oauthbearer.client.secret": secret, "go.logs.channel.enable": true,
		}
		for k, v := range more {
			m[k] = v
		}
		return &m
	}
	p, err := kafka.NewProducer(conf("dave-secret", nil))
	require.NoError(t, err)
	t.Cleanup(p.Close)
	topic := unique(t)
	produceValues(t, p, topic, 0, 10)

	cons, err := kafka.NewConsumer(conf("dave-secret", kafka.ConfigMap{"group.id": topic, "auto.offset.reset": "earliest"}))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, cons.Close()) })
	require.NoError(t, cons.SubscribeTopics([]string{topic}, nil))
	read := func(n int) {
		for i := 0; i < n; {
			m, err := cons.ReadMessage(30 * time.Second)
			// On a busy machine a login can come when its token has just expired. It is reported, and made again.
			if errors.Is(err, kafka.ErrAuthentication) {
				continue
			}
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint(i), string(m.Value))
			i++
		}
	}
	read(10)

	a, err := kafka.NewAdminClient(conf("dave-secret", nil))
	require.NoError(t, err)
	t.Cleanup(a.Close)
	describe := func() {
		d, err := a.DescribeTopics(t.Context(), kafka.NewTopicCollectionOfTopicNames([]string{topic}), kafka.SetAdminRequestTimeout(30*time.Second))
		require.NoError(t, err)
		require.Len(t, d.TopicDescriptions, 1)
		require.Equal(t, kafka.ErrNoError, d.TopicDescriptions[0].Error.Code())
	}
	describe()

	// By then the first tokens of all three have expired.
	for range 9 {
		select {
		case <-asked:
		case <-time.After(time.Minute):
			require.FailNow(t, "no new token was asked for")
		}
	}
	produceValues(t, p, topic, 0, 10)
	read(10)
	describe()

	wrong, err := kafka.NewProducer(conf("guess-secret", nil))
	require.NoError(t, err)
	t.Cleanup(wrong.Close)
	select {
	case ev := <-wrong.Events():
		assert.Equal(t, kafka.NewError(kafka.ErrAuthentication, fmt.Sprintf("Failed to acquire SASL OAUTHBEARER token: "+
			"Failed to retrieve OIDC token from %q: HTTP status 401 Unauthorized: invalid_client", idp.URL), false), ev)
	case <-time.After(30 * time.Second):
		require.FailNow(t, "no error came")
	}
}
