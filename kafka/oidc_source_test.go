//go:build !dynamic

package kafka_test

// What a librdkafka with libcurl does in its own way: its errors show what the
// server said, and its end waits for a request.

import (
	"fmt"
	"io"
	"net/http"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// A failure is an error event and a log line, which name URL, status and cause
// and show no secret.
func TestOIDC_failure(t *testing.T) {
	t.Parallel()
	for name, newClient := range oidcClients {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endpoint := tokens(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusUnauthorized)
				_, _ = io.WriteString(w, `{"error":"invalid_client","error_description":"s-secret is wrong"}`)
			})
			logs := make(chan kafka.LogEvent, 1000)
			h := newClient(t, oidcConfig("127.0.0.1:1", endpoint, kafka.ConfigMap{"go.logs.channel": logs}))
			shown, _, _ := strings.Cut(endpoint, "?")
			want := fmt.Sprintf("Failed to retrieve OIDC token from %q: HTTP status 401 Unauthorized: invalid_client: *** is wrong", shown)
			line := receive(t, logs)
			for line.Tag != "OIDC" {
				line = receive(t, logs)
			}
			assert.WithinDuration(t, time.Now(), line.Timestamp, time.Minute)
			line.Timestamp = time.Time{}
			assert.Equal(t, kafka.LogEvent{Name: strings.TrimPrefix(fmt.Sprint(h), "admin-"), Tag: "OIDC", Level: 3, Message: want}, line)

			var failure kafka.Event
			switch h := h.(type) {
			case *kafka.Producer:
				failure = receive(t, h.Events())
			case *kafka.Consumer:
				failure = h.Poll(10000)
			default:
				return // an admin client has no events
			}
			assert.Equal(t, kafka.NewError(kafka.ErrAuthentication, "Failed to acquire SASL OAUTHBEARER token: "+want, false), failure)
		})
	}
}

// A token that has expired when it comes is refused with the cause.
func TestOIDC_expiredToken(t *testing.T) {
	t.Parallel()
	p := newProducer(t, *oidcConfig("127.0.0.1:1", tokens(t, giving(-time.Minute)), nil))
	e, ok := receive(t, p.Events()).(kafka.Error)
	require.True(t, ok)
	assert.Equal(t, kafka.ErrAuthentication, e.Code())
	assert.ErrorContains(t, e, "/token\": Must supply an unexpired token: now=")
}

// Close ends a request that gets no answer, and waits for its goroutine. No other
// test runs beside this one, which counts such goroutines.
func TestOIDC_close(t *testing.T) {
	asked, gone := make(chan struct{}, 100), make(chan struct{}, 100)
	endpoint := tokens(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		asked <- struct{}{}
		<-r.Context().Done()
		gone <- struct{}{}
	})
	running := func() int {
		var all strings.Builder
		require.NoError(t, pprof.Lookup("goroutine").WriteTo(&all, 2))
		return strings.Count(all.String(), "kafka.(*oidc).run(")
	}
	for name, newClient := range oidcClients {
		h := newClient(t, oidcConfig("127.0.0.1:1", endpoint, nil))
		receive(t, asked)
		require.Equal(t, 1, running(), name)
		begin := time.Now()
		switch h := h.(type) {
		case *kafka.Producer:
			h.Close()
		case *kafka.Consumer:
			require.NoError(t, h.Close())
		case *kafka.AdminClient:
			h.Close()
		default:
			require.Fail(t, "another kind of client", name)
		}
		assert.Zero(t, running(), name)
		assert.Less(t, time.Since(begin), 5*time.Second, "the request was waited for: %s", name)
		receive(t, gone)
	}
}

func TestOIDC_refusedAtCreation(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]kafka.ConfigMap{
		"`sasl.oauthbearer.client.secret` is mandatory when `sasl.oauthbearer.method=oidc` is set": {
			"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "OAUTHBEARER", "sasl.oauthbearer.method": "oidc",
			"sasl.oauthbearer.token.endpoint.url": "http://h", "sasl.oauthbearer.client.id": "id",
		},
		`Configuration property "sasl.oauthbearer.assertion.claim.exp.seconds" value 0 is outside allowed range 1..2147483647`: {
			"sasl.oauthbearer.assertion.claim.exp.seconds": 0,
		},
	} {
		_, err := kafka.NewProducer(&m)
		assert.Equal(t, kafka.NewError(kafka.ErrInvalidArg, want, false), err)
		_, err = kafka.NewAdminClient(&m)
		assert.Equal(t, kafka.NewError(kafka.ErrInvalidArg, want, false), err)
		m["group.id"] = "g"
		_, err = kafka.NewConsumer(&m)
		assert.Equal(t, kafka.NewError(kafka.ErrInvalidArg, want, false), err)
	}
	// For another method the keys do no harm.
	p := newProducer(t, kafka.ConfigMap{
		"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "OAUTHBEARER", "sasl.oauthbearer.method": "default",
		"sasl.oauthbearer.client.id": "id", "sasl.oauthbearer.config": "x",
	})
	assert.Equal(t, kafka.OAuthBearerTokenRefresh{Config: "x"}, receive(t, p.Events()))
}
