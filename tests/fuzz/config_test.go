package fuzz_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// properties are the names of librdkafka's properties that have a value, in a fixed order.
func properties() []string {
	conf := rdkafka.NewConf()
	defer conf.Destroy()
	return slices.Sorted(maps.Keys(conf.Dump()))
}

// secrets are the properties whose values no error may show.
var secrets = []string{
	"sasl.password", "ssl.key.password", "ssl.key.pem", "ssl.keystore.password", "sasl.oauthbearer.client.secret",
	"sasl.oauthbearer.assertion.private.key.pem", "sasl.oauthbearer.assertion.private.key.passphrase", "sasl.oauthbearer.config",
}

// elsewhere says that a property would lead out of this process: to other machines, or to code from files.
func elsewhere(key string) bool {
	switch key {
	case "bootstrap.servers", "metadata.broker.list", "plugin.library.paths", "test.mock.num.brokers":
		return true
	}
	return false
}

// A client with any property and value is made, or an error names the property and shows no secret.
func FuzzConfig(f *testing.F) {
	known := properties()
	for i, value := range []string{"", "1", "-1", "true", "x", "all", "99999999999999999999", "1e9", " ", "\x00", "\xff", "a,b,,c", "a\nb"} {
		f.Add("client.id", uint16(0), value)
		f.Add("no.such.property", uint16(0), value)
		f.Add("", uint16(0), value)
		for n := i + 1; n <= len(known); n += 13 { // each property with one of the values
			f.Add("", uint16(n), value)
		}
	}
	for _, name := range secrets {
		f.Add(name, uint16(0), "correct horse battery staple")
		f.Add(name, uint16(0), "correct horse\x00 battery staple")
	}
	f.Add("{topic}.acks", uint16(0), "correct horse")
	f.Add("sasl.mechanism", uint16(0), "GSSAPI")
	count(f, "fuzz-config")
	f.Fuzz(func(t *testing.T, key string, nth uint16, value string) {
		if nth > 0 {
			key = known[int(nth-1)%len(known)]
		}
		if elsewhere(key) {
			return
		}
		conf := kafka.ConfigMap{"log_level": 0, "group.id": "g"}
		require.NoError(t, conf.SetKey(key, value))
		p, err := kafka.NewProducer(&conf)
		if err == nil {
			p.Close()
		} else {
			refused(t, err, key, value)
		}
		c, err := kafka.NewConsumer(&conf)
		if err == nil {
			require.NoError(t, c.Close())
		} else {
			refused(t, err, key, value)
		}
	})
}

// refused says that the error is about the property.
func refused(t *testing.T, err error, key, value string) {
	t.Helper()
	isError(t, err)
	if slices.Contains(secrets, key) {
		hides(t, err, value)
	}
	if key == "group.protocol.type" {
		return // librdkafka finds the fault in the assignors, for which it is
	}
	// librdkafka's texts are cut at 512 bytes.
	if len(key) < 100 && !strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
		assert.Contains(t, err.Error(), strings.TrimPrefix(key, "{topic}."), "value %q", value)
	}
}

// Settings of TLS with any text for a certificate or key make a client, or give an error that shows nothing of a key.
func FuzzPEM(f *testing.F) {
	cert, key := certificate(f)
	for which := range uint8(3) {
		for _, text := range []string{
			"", " ", "x", cert, key, cert + key, key + cert, cert + cert, cert[:len(cert)/2], key[:len(key)/2],
			strings.ReplaceAll(key, "\n", "\r\n"), strings.ReplaceAll(key, "\n", ""), strings.Replace(key, "A", "!", 5),
			"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "-----BEGIN PRIVATE KEY-----\n", cert + "\x00" + key,
			strings.ReplaceAll(key, "PRIVATE", "ENCRYPTED PRIVATE"), strings.Repeat(cert, 50),
		} {
			f.Add(which, text)
		}
	}
	count(f, "fuzz-pem")
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		name := []string{"ssl.ca.pem", "ssl.certificate.pem", "ssl.key.pem"}[which%3]
		p, err := kafka.NewProducer(&kafka.ConfigMap{
			"log_level": 0, "security.protocol": "ssl", "bootstrap.servers": "127.0.0.1:1", name: text,
		})
		if err == nil {
			p.Close()
			return
		}
		isError(t, err)
		// OpenSSL says which of them it cannot use, but not by librdkafka's names.
		assert.Regexp(t, `ssl\.|[Pp]rivate key|certificate`, err.Error())
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----") {
				hides(t, err, line)
			}
		}
	})
}

// Statistics are JSON with the client's name in it. librdkafka writes names as they are: with one that JSON writes
// otherwise, it is the user's text that is not JSON.
func FuzzStats(f *testing.F) {
	for _, s := range []string{"", "me", "a b", "%s%n%d", "\u00e9", `a"b`, `a\b`, "a\nb", "\xff", "{}", strings.Repeat("x", 300)} {
		f.Add(s)
	}
	count(f, "fuzz-stats")
	f.Fuzz(func(t *testing.T, id string) {
		if strings.ContainsRune(id, 0) {
			return // FuzzConfig has it
		}
		p := newProducer(t, kafka.ConfigMap{"client.id": id, "statistics.interval.ms": 1})
		var text string
		for text == "" {
			select {
			case ev := <-p.Events():
				if s, ok := ev.(*kafka.Stats); ok {
					text = s.String()
				}
			case <-time.After(patience):
				require.FailNow(t, "no statistics came")
			}
		}
		if id = strings.TrimLeft(id, " \t\n\v\f\r"); id == "" { // librdkafka does so with all values
			id = "rdkafka" // its default
		}
		assert.Contains(t, text, id)
		var stats struct {
			ClientID string `json:"client_id"`
		}
		plain, err := json.Marshal(id)
		require.NoError(t, err)
		if string(plain) == `"`+id+`"` && utf8.ValidString(id) {
			require.NoError(t, json.Unmarshal([]byte(text), &stats), text)
			assert.Equal(t, id, stats.ClientID)
		}
	})
}
