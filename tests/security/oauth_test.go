package security_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

// oauthAnswers makes a client of each kind, answers its first request for a token by give, and returns the first error
// with the code ErrAuthentication of each, and how long the slowest took.
func oauthAnswers(t *testing.T, c *cluster.Cluster, give func(kafka.Handle) error) ([]kafka.Error, time.Duration) {
	t.Helper()
	conf := with(at(c, cluster.OAuth, "SASL_PLAINTEXT"), bearer)
	var worst slowest
	var all []kafka.Error
	done := func(start time.Time, e kafka.Error) {
		worst.add(time.Since(start))
		all = append(all, e)
		t.Logf("after %v: %v", time.Since(start).Round(time.Millisecond), e)
	}

	start := time.Now()
	p, err := kafka.NewProducer(conf)
	require.NoError(t, err)
	t.Cleanup(p.Close)
	end := time.After(patience)
	for asked, e := false, (kafka.Error{}); e.Code() != kafka.ErrAuthentication; {
		select {
		case ev := <-p.Events():
			if _, ok := ev.(kafka.OAuthBearerTokenRefresh); ok && !asked {
				asked = true
				require.NoError(t, give(p))
			} else if e, ok = ev.(kafka.Error); ok && e.Code() == kafka.ErrAuthentication {
				done(start, e)
			}
		case <-end:
			require.Fail(t, "the producer reported nothing")
		}
	}

	start = time.Now()
	cons, err := kafka.NewConsumer(with(*conf, kafka.ConfigMap{"group.id": unique(t)}))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, cons.Close()) })
	require.NoError(t, cons.Subscribe("any", nil))
	for asked, e := false, (kafka.Error{}); e.Code() != kafka.ErrAuthentication; {
		require.Less(t, time.Since(start), patience, "the consumer reported nothing")
		ev := cons.Poll(100)
		if _, ok := ev.(kafka.OAuthBearerTokenRefresh); ok && !asked {
			asked = true
			require.NoError(t, give(cons))
		} else if e, ok = ev.(kafka.Error); ok && e.Code() == kafka.ErrAuthentication {
			done(start, e)
		}
	}

	start = time.Now()
	a, err := kafka.NewAdminClient(conf)
	require.NoError(t, err)
	t.Cleanup(a.Close)
	require.NoError(t, give(a)) // it has no events that ask
	done(start, firstError(t, a.Errors(), kafka.ErrAuthentication))
	return all, worst.d
}

func TestOAuth_badTokenIsReported(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	garbage := tokenOf("dave", time.Hour)
	garbage.TokenValue = "no.token.of-this-broker"
	var worst slowest
	for name, token := range map[string]kafka.OAuthBearerToken{"expired": tokenOf("dave", -time.Minute), "garbage": garbage} {
		worst.add(inTime(t, func() time.Duration {
			errs, took := oauthAnswers(t, c, func(h kafka.Handle) error { return h.SetOAuthBearerToken(token) })
			require.Len(t, errs, 3)
			for _, e := range errs {
				assert.Contains(t, e.Error(), "SASL authentication error", name)
				assert.Contains(t, e.Error(), "invalid_token", name)
			}
			return took
		}))
	}
	evidence.Record(t, "secure-token", evidence.Measured("reported in at most %d ms as %v", worst.d.Milliseconds(), kafka.ErrAuthentication))
}

// Whoever makes the tokens says why there is none, and that is what the client reports.
func TestOAuth_missingTokenIsReported(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	took := inTime(t, func() time.Duration {
		errs, took := oauthAnswers(t, c, func(h kafka.Handle) error {
			return h.SetOAuthBearerTokenFailure("the vault is sealed")
		})
		require.Len(t, errs, 3)
		for _, e := range errs {
			assert.Equal(t, "Failed to acquire SASL OAUTHBEARER token: the vault is sealed", e.Error())
		}
		return took
	})
	evidence.Record(t, "secure-no-token", evidence.Measured("reported in at most %d ms as %v", took.Milliseconds(), kafka.ErrAuthentication))
}

// A token that has expired already is refused before it is sent anywhere; the good one that comes after a failure is
// used at once.
func TestOAuth_goesOnWithAGoodToken(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	topic := unique(t)
	require.NoError(t, c.CreateTopic(t.Context(), topic, 1, 0))
	allow(t, c, "dave", kafka.ResourceTopic, topic, kafka.ACLOperationWrite)
	p, err := kafka.NewProducer(with(at(c, cluster.OAuth, "SASL_PLAINTEXT"), bearer))
	require.NoError(t, err)
	t.Cleanup(p.Close)
	errs := p.Errors()
	require.NoError(t, p.SetOAuthBearerTokenFailure("not yet"))
	require.ErrorContains(t, firstError(t, errs, kafka.ErrAuthentication), "not yet")
	old := tokenOf("dave", time.Hour)
	old.Expiration = time.Now().Add(-time.Second)
	require.ErrorIs(t, p.SetOAuthBearerToken(old), kafka.ErrInvalidArg)
	require.NoError(t, p.SetOAuthBearerToken(tokenOf("dave", time.Hour)))
	require.NoError(t, deliver(t, p, topic))
}
