package kafka

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// failureAge is how old a failed connection may be to be the reason of what comes
// now. librdkafka logs a failure that comes again and again every 30 seconds.
const failureAge = time.Minute

// errorEvent returns the error of an error event, with what librdkafka tells of
// its cause elsewhere.
func (c *client) errorEvent(ev *rdkafka.Event) Error {
	e := toError(fromRD(c.errorOf(ev)))
	switch e.code {
	case ErrAllBrokersDown:
		e.str += c.lastFailure()
	case ErrSsl, ErrTransport:
		broker, reason := c.rk.LastCertificateError()
		e = explainAlert(explainCertificate(e, broker, reason))
		e.str = c.explainFailure(e.str)
	case ErrAuthentication:
		e.str = unsecuredConfig.ReplaceAllString(e.str, "$1"+redacted)
	default:
		// librdkafka's text says all.
	}
	return e
}

// explainTimeout adds to the error of an admin request that found no broker in time
// which connection failed. Others and nil pass.
func (c *client) explainTimeout(err error) error {
	if e, ok := err.(Error); ok && e.code == ErrTimedOut { //nolint:errorlint // fromRD wraps nothing
		e.str = e.String() + c.lastFailure()
		return e
	}
	return err
}

// lastFailure returns which connection failed a short time ago and why, as the end
// of a text; "" when none did.
func (c *client) lastFailure() string {
	line, at := c.rk.LastFailure()
	if line == "" || time.Since(at) > failureAge {
		return ""
	}
	return "; the last connection that failed: " + c.explainFailure(line)
}

func (c *client) explainFailure(line string) string {
	protocol, _ := c.rk.ConfGet("security.protocol")
	return explainFailure(line, protocol)
}

// explainCertificate says why a certificate is refused; librdkafka names the CA as
// the only possible cause. If it notices that while it writes, it takes it for a
// broken connection.
func explainCertificate(e Error, broker, reason string) Error {
	const refused = "certificate verify failed"
	if strings.Contains(e.str, refused) {
		e.code = ErrSsl
	}
	if reason != "" && strings.Contains(e.str, broker) {
		e.str = strings.Replace(e.str, refused, refused+" ("+reason+")", 1)
	}
	return e
}

// clientAlert matches the alerts of TLS by which a broker refuses a client's
// certificate: bad, unsupported, revoked, expired, unknown, of an unknown CA, not
// permitted, missing.
var clientAlert = regexp.MustCompile(`SSL alert number (4[2-6]|48|49|116)\b`)

// explainAlert gives such an alert its code and says what it is about. With TLS 1.3
// it comes after the client's side of the handshake, and librdkafka takes it for a
// broken connection.
func explainAlert(e Error) Error {
	if clientAlert.MatchString(e.str) {
		e.code = ErrSsl
		e.str += ": the broker refuses the client's certificate, or misses one (see ssl.certificate.location and ssl.key.location)"
	}
	return e
}

// unsecuredConfig matches what librdkafka shows of sasl.oauthbearer.config, which it
// counts among the secrets itself, when it cannot make an unsecured token of it.
var unsecuredConfig = regexp.MustCompile(`(sasl\.oauthbearer\.config(?: beginning at|: '"' cannot appear in \w+): ).*`)

// failedIn matches the end of a log line about a failed connection: how long it had
// been in which state.
var failedIn = regexp.MustCompile(`\(after (\d+)ms in state (\w+)(, \d+ identical error\(s\) suppressed)?\)$`)

// explainFailure returns a log line about a failed connection without its thread,
// and with what librdkafka means to say of brokers that hang up at once, but does
// not, or not always: it looks for the word in the format of the text in place of
// the text, and not at all in a handshake that fails while it writes.
func explainFailure(line, protocol string) string {
	if rest, ok := strings.CutPrefix(line, "[thrd:"); ok {
		if _, text, ok := strings.Cut(rest, "]: "); ok {
			line = text
		}
	}
	m := failedIn.FindStringSubmatch(line)
	if m == nil || !strings.Contains(line, "Disconnected") {
		return line
	}
	ms, err := strconv.Atoi(m[1])
	atOnce := err == nil && ms < 2000 // as in librdkafka
	switch state := m[2]; {
	case state == "APIVERSION_QUERY" && !strings.Contains(protocol, "ssl"):
		line += ": connecting to a TLS listener? (see security.protocol)"
	case state == "APIVERSION_QUERY":
		line += ": the broker may want a client certificate (see ssl.certificate.location)"
	case state == "SSL_HANDSHAKE" && !strings.Contains(line, "PLAINTEXT"):
		line += ": connecting to a PLAINTEXT broker listener? (see security.protocol)"
	case state == "UP" && !strings.Contains(protocol, "sasl") && atOnce:
		line += ": the broker may want a SASL login (see security.protocol)"
	}
	return line
}
