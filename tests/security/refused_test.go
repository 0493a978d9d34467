package security_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
	"github.com/rdkafka-go/rdkafka/tests/internal/evidence"
)

// soon is the time within which a client must have said what is wrong.
const soon = 5 * time.Second

// fault is one thing that a client does wrong, and how it must be reported.
type fault struct {
	name string
	conf *kafka.ConfigMap
	code kafka.ErrorCode
	text []string // each must be in the error's text
}

// slowest collects how long reports take.
type slowest struct {
	mu sync.Mutex
	d  time.Duration
}

func (s *slowest) add(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.d = max(s.d, d)
}

// inTime calls try, which makes a client and returns how long that took to say what is wrong, and checks that it was
// soon. On a machine that is busy with something else a process can be left without a processor for seconds: try gets
// three chances. A client that hangs misses them all.
func inTime(t *testing.T, try func() time.Duration) time.Duration {
	t.Helper()
	var took time.Duration
	for range 3 {
		if took = try(); took < soon {
			return took
		}
	}
	assert.Less(t, took, soon)
	return took
}

// refuses checks that producer, consumer and admin client report each fault soon, by its code and its name. It returns
// what is to be recorded.
func refuses(t *testing.T, faults ...fault) evidence.Counts {
	t.Helper()
	var worst slowest
	t.Run("faults", func(t *testing.T) {
		for _, f := range faults {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				for client, report := range map[string]func(*testing.T, fault) kafka.Error{
					"producer": producerReports, "consumer": consumerReports, "admin client": adminReports,
				} {
					worst.add(inTime(t, func() time.Duration {
						start := time.Now()
						e := report(t, f)
						took := time.Since(start)
						t.Logf("%s after %v: %v", client, took.Round(time.Millisecond), e)
						for _, text := range f.text {
							assert.Contains(t, e.Error(), text, client)
						}
						return took
					}))
				}
			})
		}
	})
	return evidence.Measured("%d faults with 3 kinds of client, each reported in at most %d ms as %v", len(faults), worst.d.Milliseconds(), faults[0].code)
}

// producerReports returns the first error with the fault's code that a producer reports.
func producerReports(t *testing.T, f fault) kafka.Error {
	t.Helper()
	p, err := kafka.NewProducer(f.conf)
	require.NoError(t, err)
	t.Cleanup(p.Close)
	errs, done := make(chan kafka.Error), t.Context().Done()
	go func() {
		for ev := range p.Events() {
			if e, ok := ev.(kafka.Error); ok {
				select {
				case errs <- e:
				case <-done:
				}
			}
		}
	}()
	return firstError(t, errs, f.code)
}

// adminReports is producerReports for an admin client.
func adminReports(t *testing.T, f fault) kafka.Error {
	t.Helper()
	a, err := kafka.NewAdminClient(f.conf)
	require.NoError(t, err)
	t.Cleanup(a.Close)
	return firstError(t, a.Errors(), f.code)
}

func firstError(t *testing.T, errs <-chan kafka.Error, code kafka.ErrorCode) kafka.Error {
	t.Helper()
	var others []string
	end := time.After(patience)
	for {
		select {
		case e := <-errs:
			if e.Code() == code {
				return e
			}
			others = append(others, e.Error())
		case <-end:
			require.Fail(t, "no error with the code came", "%v; others were:\n%s", code, strings.Join(others, "\n"))
		}
	}
}

// consumerReports returns the first error with the fault's code that ReadMessage returns.
func consumerReports(t *testing.T, f fault) kafka.Error {
	t.Helper()
	cons, err := kafka.NewConsumer(with(*f.conf, kafka.ConfigMap{"group.id": unique(t)}))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, cons.Close()) })
	require.NoError(t, cons.Subscribe("any", nil))
	for end := time.Now().Add(patience); time.Now().Before(end); {
		_, err := cons.ReadMessage(time.Second)
		var e kafka.Error
		require.ErrorAs(t, err, &e)
		if errors.Is(err, f.code) {
			return e
		}
	}
	require.Fail(t, "no error with the code came", "%v", f.code)
	return kafka.Error{}
}

func TestPassword_wrongIsReported(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	conf := func(mechanism, user string) *kafka.ConfigMap {
		return with(at(c, cluster.SASLPlaintext, "SASL_PLAINTEXT"), login(mechanism, user, "guessed"))
	}
	const plain, scram = "Invalid username or password", "invalid credentials with SASL mechanism SCRAM-SHA-"
	evidence.Record(t, "secure-password", refuses(
		t,
		fault{"PLAIN", conf("PLAIN", alice), kafka.ErrAuthentication, []string{plain}},
		fault{"SCRAM-SHA-256", conf("SCRAM-SHA-256", alice), kafka.ErrAuthentication, []string{scram + "256"}},
		fault{"SCRAM-SHA-512", conf("SCRAM-SHA-512", alice), kafka.ErrAuthentication, []string{scram + "512"}},
		fault{"PLAIN unknown user", conf("PLAIN", "nobody"), kafka.ErrAuthentication, []string{plain}},
		fault{"SCRAM unknown user", conf("SCRAM-SHA-256", "nobody"), kafka.ErrAuthentication, []string{scram + "256"}},
		fault{
			"over TLS", with(at(c, cluster.SASLTLS, "SASL_SSL"), trusting(c), login("SCRAM-SHA-512", alice, "guessed")),
			kafka.ErrAuthentication,
			[]string{scram + "512"},
		},
	))
}

func TestMechanism_wrongIsReported(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	evidence.Record(t, "secure-mechanism", refuses(
		t,
		fault{
			"PLAIN", with(at(c, cluster.OAuth, "SASL_PLAINTEXT"), login("PLAIN", alice, alicePassword)), kafka.ErrAuthentication,
			[]string{"SASL PLAIN mechanism handshake failed", "Unsupported SASL mechanism", "supported mechanisms: OAUTHBEARER"},
		},
		fault{
			"SCRAM", with(at(c, cluster.OAuth, "SASL_PLAINTEXT"), login("SCRAM-SHA-256", alice, alicePassword)), kafka.ErrAuthentication,
			[]string{"SASL SCRAM-SHA-256 mechanism handshake failed", "Unsupported SASL mechanism", "supported mechanisms: OAUTHBEARER"},
		},
	))
}

func TestCertificate_ofAnotherCAIsRefused(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	other := kafka.ConfigMap{"ssl.ca.pem": c.Certificates().OtherCA}
	text := []string{"certificate verify failed", "unable to get local issuer certificate"}
	evidence.Record(t, "secure-ca", refuses(
		t,
		fault{"TLS", with(at(c, cluster.TLS, "SSL"), other), kafka.ErrSsl, text},
		fault{"TLS and SASL", with(at(c, cluster.SASLTLS, "SASL_SSL"), other, login("PLAIN", alice, alicePassword)), kafka.ErrSsl, text},
	))
}

// The client tries again and again, several times a second; its log says why it fails, but not each time.
func TestCertificate_refusalsDoNotFloodTheLog(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	start := time.Now()
	p, err := kafka.NewProducer(with(at(c, cluster.TLS, "SSL"), kafka.ConfigMap{
		"ssl.ca.pem": c.Certificates().OtherCA, "go.logs.channel.enable": true,
	}))
	require.NoError(t, err)
	topic := unique(t) // to find its leader is a reason to connect
	require.NoError(t, p.Produce(&kafka.Message{TopicPartition: kafka.TopicPartition{Topic: &topic}}, nil))
	for refusals, end := 0, time.After(patience); refusals < 5; {
		select {
		case ev := <-p.Events():
			if e, ok := ev.(kafka.Error); ok && e.Code() == kafka.ErrAllBrokersDown {
				refusals++
			}
		case <-end:
			require.Fail(t, "the client does not try again", "%d refusals came", refusals)
		}
	}
	p.Close()
	var lines []string
	for line := range p.Logs() {
		if line.Tag == "SSLCERTVRFY" {
			lines = append(lines, line.Message)
		}
	}
	require.NotEmpty(t, lines)
	assert.LessOrEqual(t, len(lines), 1+int(time.Since(start)/(30*time.Second)), "one in 30 seconds: %q", lines)
	assert.Contains(t, lines[0], "subject=/CN=broker, issuer=/CN=test-ca")
	assert.Contains(t, lines[0], "unable to get local issuer certificate")
}

func TestCertificate_expiredIsRefused(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	conf := with(at(c, cluster.TLSExpired, "SSL"), trusting(c))
	counts := refuses(t, fault{"expired", conf, kafka.ErrSsl, []string{"certificate verify failed", "certificate has expired"}})
	works(t, c, with(*conf, kafka.ConfigMap{"enable.ssl.certificate.verification": false}))
	evidence.Record(t, "secure-expired", counts)
}

// The name is checked without a setting that asks for it, and not checked by the one that says so.
func TestCertificate_ofAnotherHostIsRefused(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	byAddress := with(at(c, cluster.TLSOtherName, "SSL"), trusting(c))
	byName := with(*byAddress, kafka.ConfigMap{
		"bootstrap.servers":     strings.ReplaceAll(c.BootstrapServersOf(cluster.TLSOtherName), "127.0.0.1", "localhost"),
		"broker.address.family": "v4",
	})
	counts := refuses(
		t,
		fault{"known by address", byAddress, kafka.ErrSsl, []string{"certificate verify failed", "IP address mismatch"}},
		fault{"known by name", byName, kafka.ErrSsl, []string{"certificate verify failed", "hostname mismatch"}},
	)
	works(t, c, with(*byAddress, kafka.ConfigMap{"ssl.endpoint.identification.algorithm": "none"}))
	evidence.Record(t, "secure-host", counts)
}

// works checks that a client, which the broker takes for anybody, can send and read.
func works(t *testing.T, c *cluster.Cluster, conf *kafka.ConfigMap) {
	t.Helper()
	topic := unique(t)
	require.NoError(t, c.CreateTopic(t.Context(), topic, 1, 0))
	send(t, conf, topic, 10)
	receive(t, conf, topic, 10)
}

func TestClientCertificate_missingOrWrongIsReported(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	conf := with(at(c, cluster.MutualTLS, "SSL"), trusting(c))
	stranger := kafka.ConfigMap{"ssl.certificate.pem": c.Certificates().OtherClient, "ssl.key.pem": c.Certificates().OtherClientKey}
	text := []string{"SSL alert number", "the broker refuses the client's certificate, or misses one", "ssl.certificate.location"}
	evidence.Record(t, "secure-client-certificate", refuses(
		t,
		fault{"missing", conf, kafka.ErrSsl, text},
		fault{"of another CA", with(*conf, stranger), kafka.ErrSsl, text},
	))
}

func TestProtocol_plaintextOnTLSIsRecognised(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	text := []string{"brokers are down", "Disconnected", "connecting to a TLS listener?", "security.protocol"}
	evidence.Record(t, "secure-plaintext-on-tls", refuses(
		t,
		fault{"PLAINTEXT", with(at(c, cluster.TLS, "PLAINTEXT")), kafka.ErrAllBrokersDown, text},
		fault{
			"SASL_PLAINTEXT", with(at(c, cluster.SASLTLS, "SASL_PLAINTEXT"), login("PLAIN", alice, alicePassword)),
			kafka.ErrAllBrokersDown, text,
		},
	))
}

func TestProtocol_tlsOnPlaintextIsRecognised(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	text := []string{"Disconnected", "in state SSL_HANDSHAKE", "connecting to a PLAINTEXT broker listener?"}
	evidence.Record(t, "secure-tls-on-plaintext", refuses(
		t,
		fault{"SSL", with(plaintext(c), trusting(c), kafka.ConfigMap{"security.protocol": "SSL"}), kafka.ErrTransport, text},
		fault{
			"SASL_SSL", with(at(c, cluster.SASLPlaintext, "SASL_SSL"), trusting(c), login("PLAIN", alice, alicePassword)),
			kafka.ErrTransport, text,
		},
	))
}

func TestProtocol_withoutLoginOnSASLIsRecognised(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	text := []string{"brokers are down", "Disconnected", "the broker may want a SASL login", "security.protocol"}
	evidence.Record(t, "secure-no-login", refuses(
		t,
		fault{"PLAINTEXT", with(at(c, cluster.SASLPlaintext, "PLAINTEXT")), kafka.ErrAllBrokersDown, text},
		fault{"SSL", with(at(c, cluster.SASLTLS, "SSL"), trusting(c)), kafka.ErrAllBrokersDown, text},
		fault{
			"SASL_PLAINTEXT where there is no login", with(plaintext(c), kafka.ConfigMap{"security.protocol": "SASL_PLAINTEXT"}, login("PLAIN", alice, alicePassword)),
			kafka.ErrAuthentication,
			[]string{"mechanism handshake failed", "supported mechanisms"},
		},
	))
}
