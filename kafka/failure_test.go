package kafka

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExplainFailure(t *testing.T) {
	t.Parallel()
	const hangsUp = "b:9092/bootstrap: Disconnected: connection closed by peer: receive 0 after POLLIN (after "
	for _, c := range []struct{ line, protocol, want string }{
		{hangsUp + "8ms in state APIVERSION_QUERY)", "plaintext", ": connecting to a TLS listener? (see security.protocol)"},
		{hangsUp + "8ms in state APIVERSION_QUERY)", "sasl_plaintext", ": connecting to a TLS listener? (see security.protocol)"},
		{hangsUp + "8ms in state APIVERSION_QUERY)", "ssl", ": the broker may want a client certificate (see ssl.certificate.location)"},
		{hangsUp + "2ms in state APIVERSION_QUERY, 3 identical error(s) suppressed)", "plaintext", ": connecting to a TLS listener? (see security.protocol)"},
		{hangsUp + "5ms in state UP)", "plaintext", ": the broker may want a SASL login (see security.protocol)"},
		{hangsUp + "5ms in state UP)", "ssl", ": the broker may want a SASL login (see security.protocol)"},
		{hangsUp + "5ms in state UP)", "sasl_ssl", ""},
		{hangsUp + "5ms in state SSL_HANDSHAKE)", "ssl", ": connecting to a PLAINTEXT broker listener? (see security.protocol)"},
		{
			"b:9092/1: SSL handshake failed: Disconnected: SSL connection closed by peer: " +
				"connecting to a PLAINTEXT broker listener? (after 5ms in state SSL_HANDSHAKE)", "ssl", "",
		},
		{hangsUp + "5000ms in state UP)", "plaintext", ""},
		{"b:9092/1: Connect to ipv4#10.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)", "plaintext", ""},
		{"another text", "plaintext", ""},
	} {
		assert.Equal(t, c.line+c.want, explainFailure(c.line, c.protocol))
		assert.Equal(t, c.line+c.want, explainFailure("[thrd:b:9092/bootstrap]: "+c.line, c.protocol))
	}
}

func TestExplainCertificate(t *testing.T) {
	t.Parallel()
	e := NewError(ErrSsl, "ssl://b:9093/1: SSL handshake failed: error:0A000086: certificate verify failed: look at it", false)
	assert.Equal(t, "ssl://b:9093/1: SSL handshake failed: error:0A000086: certificate verify failed (certificate has expired): look at it",
		explainCertificate(e, "b:9093", "certificate has expired").Error())
	assert.Equal(t, e, explainCertificate(e, "c:9093", "certificate has expired"), "it is another broker's")
	assert.Equal(t, e, explainCertificate(e, "", ""))
	assert.Equal(t, e, explainCertificate(NewError(ErrTransport, e.Error(), false), "", ""), "noticed in a write")
	other := NewError(ErrTransport, "ssl://b:9093/1: Connection refused", false)
	assert.Equal(t, other, explainCertificate(other, "b:9093", "certificate has expired"))
}

func TestExplainAlert(t *testing.T) {
	t.Parallel()
	const text = "ssl://b:9093/1: Receive failed: error:0A000412: SSL alert number "
	for alert, is := range map[string]bool{"42": true, "116": true, "48": true, "40": false, "420": false, "80": false} {
		e := NewError(ErrTransport, text+alert, false)
		got := explainAlert(e)
		if !is {
			assert.Equal(t, e, got)
			continue
		}
		assert.Equal(t, ErrSsl, got.Code(), alert)
		assert.Equal(t, text+alert+": the broker refuses the client's certificate, or misses one "+
			"(see ssl.certificate.location and ssl.key.location)", got.Error())
	}
}

// What a client without a broker says names what went wrong with the connection.
func TestFailure_isInTheErrorsOfTheClient(t *testing.T) {
	t.Parallel()
	const refused = "; the last connection that failed: 127.0.0.1:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed: Connection refused"
	a, err := NewAdminClient(&ConfigMap{"bootstrap.servers": "127.0.0.1:1"})
	require.NoError(t, err)
	t.Cleanup(a.Close)
	_, err = a.DescribeCluster(t.Context(), SetAdminRequestTimeout(2*time.Second))
	require.ErrorIs(t, err, ErrTimedOut)
	assert.Contains(t, err.Error(), refused)

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		select {
		case e := <-a.Errors():
			if e.Code() == ErrAllBrokersDown {
				assert.Contains(t, e.Error(), refused)
				return
			}
		case <-ctx.Done():
			require.Fail(t, "no error said that the broker is down")
		}
	}
}

func TestAdminErrors_endsWithTheClient(t *testing.T) {
	t.Parallel()
	a, err := NewAdminClient(&ConfigMap{})
	require.NoError(t, err)
	errs := a.Errors()
	p, err := NewProducer(&ConfigMap{})
	require.NoError(t, err)
	t.Cleanup(p.Close)
	derived, err := NewAdminClientFromProducer(p)
	require.NoError(t, err)
	assert.Nil(t, derived.Errors(), "they are the producer's")
	a.Close()
	for range errs { // what was raised before
	}
	_, open := <-a.Errors()
	assert.False(t, open)
}

// librdkafka prints the setting of which it cannot make a token.
func TestFailure_showsNoSettingOfTokens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ config, want string }{
		{"principal=dave hidden", "Unrecognized sasl.oauthbearer.config beginning at: [redacted]"},
		{`principal=dave scope="hidden`, `Invalid sasl.oauthbearer.config: '"' cannot appear in scope: [redacted]`},
		{"scope=hidden", "Invalid sasl.oauthbearer.config: no principal=<value>"},
	} {
		p, err := NewProducer(&ConfigMap{
			"bootstrap.servers": "127.0.0.1:1", "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "OAUTHBEARER",
			"enable.sasl.oauthbearer.unsecure.jwt": true, "sasl.oauthbearer.config": c.config,
		})
		require.NoError(t, err)
		t.Cleanup(p.Close)
		select {
		case ev := <-p.Events():
			assert.Equal(t, newErrorf(ErrAuthentication, "Failed to acquire SASL OAUTHBEARER token: %s", c.want), ev)
		case <-time.After(30 * time.Second):
			require.Fail(t, "no error came")
		}
	}
}
