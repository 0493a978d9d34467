package security_test

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
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

// said collects all that clients say, by the kind of what says it.
type said struct {
	mu    sync.Mutex
	texts map[string][]string
}

func newSaid() *said { return &said{texts: map[string][]string{}} }

func (s *said) add(kind string, v any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts[kind] = append(s.texts[kind], fmt.Sprintf("%v %+v %#v", v, v, v))
}

// leaks returns where the secrets occur, as they are or in an encoding.
func (s *said) leaks(secrets map[string]string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []string
	for name, secret := range secrets {
		for _, form := range forms(secret) {
			for kind, texts := range s.texts {
				for _, text := range texts {
					if i := strings.Index(text, form); i >= 0 {
						around := text[max(i-80, 0):min(i+len(form)+80, len(text))]
						found = append(found, fmt.Sprintf("%s (as %q) in %s: %s", name, form, kind, around))
					}
				}
			}
		}
	}
	return found
}

// forms returns what a secret may look like in a log. In base64 the characters at its end depend on what follows, and
// all of them on what stands before.
func forms(secret string) []string {
	all := []string{secret, hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret)))}
	if q := url.QueryEscape(secret); q != secret {
		all = append(all, q)
	}
	for before := range 3 {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x00", before) + secret))
		text = text[before*4/3+min(before, 1):]
		all = append(all, text[:len(text)-4])
	}
	return all
}

func (s *said) count(kind string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.texts[kind])
}

// The secrets of the test. Each occurs in configurations and calls of this test only, or with a login.
const (
	wrongPassword    = "wrong-u3Kd8sLq"
	laterPassword    = "later-p5Hg1vXz"
	keyPassword      = "key-j6Mn0bVc"
	storePassword    = "store-y2Wf9eRt"
	scramPassword    = "scram-a8Sd7fGh"
	clientSecret     = "client-k4Lp3oIu"
	jaasPassword     = "jaas-t6Yg2hBn"
	misspelt         = "misspelt-z1Xc5vBm"
	tokenPrincipal   = "dave"
	unsecuredSetting = "scope-w9Qe4rTy"
	unknownSetting   = "unknown-r3Tz6uIp"
	quotedSetting    = "quoted-b5Nm8vCx"
)

// Producer, consumer and admin client of every listener, with right and with wrong credentials, say all that they can
// say: debug=all, statistics, events, errors, and what they print themselves. None of it holds a secret.
func TestSecrets_areNeverPrinted(t *testing.T) {
	t.Parallel()
	c := shared.Get(t)
	s := newSaid()
	good, old := tokenOf(tokenPrincipal, time.Hour), tokenOf(tokenPrincipal, -time.Minute)
	garbage := tokenOf(tokenPrincipal, time.Hour)
	garbage.TokenValue = "garbage-d7Fk2mNs"
	lockedKey, body := lockKey(t, c.Certificates().ClientKey)
	secrets := map[string]string{
		"password": alicePassword, "wrong password": wrongPassword, "later password": laterPassword,
		"key's password": keyPassword, "keystore's password": storePassword, "password of a new user": scramPassword,
		"client's secret": clientSecret, "password in a jaas line": jaasPassword, "misspelt property": misspelt,
		"token": good.TokenValue, "expired token": old.TokenValue, "garbage token": garbage.TokenValue,
		"private key": body, "unsecured token's setting": unsecuredSetting,
		"unsecured token's unknown setting": unknownSetting, "unsecured token's quoted setting": quotedSetting,
	}
	tls, sasl, oauth := trusting(c), at(c, cluster.SASLPlaintext, "SASL_PLAINTEXT"), at(c, cluster.OAuth, "SASL_PLAINTEXT")
	carols := kafka.ConfigMap{"ssl.certificate.pem": c.Certificates().Client, "ssl.key.pem": lockedKey, "ssl.key.password": keyPassword}
	topic := unique(t)
	require.NoError(t, c.CreateTopic(t.Context(), topic, 1, 0))
	for _, user := range []string{alice, "carol", tokenPrincipal} {
		allow(t, c, user, kafka.ResourceTopic, topic, kafka.ACLOperationAll)
		allow(t, c, user, kafka.ResourceGroup, "*", kafka.ACLOperationRead)
	}
	send(t, with(plaintext(c)), topic, 1)

	unsecured := func(config string) *kafka.ConfigMap {
		return with(oauth, bearer, kafka.ConfigMap{"enable.sasl.oauthbearer.unsecure.jwt": true, "sasl.oauthbearer.config": config})
	}
	talks := []talk{
		{conf: with(sasl, login("PLAIN", alice, alicePassword)), good: true},
		{conf: with(sasl, login("SCRAM-SHA-256", alice, alicePassword)), good: true},
		{conf: with(at(c, cluster.SASLTLS, "SASL_SSL"), tls, login("SCRAM-SHA-512", alice, alicePassword)), good: true},
		{conf: with(at(c, cluster.MutualTLS, "SSL"), tls, carols), good: true},
		{conf: with(oauth, bearer), token: good, good: true},
		{conf: unsecured("principal=dave scope=" + unsecuredSetting), good: true},
		{conf: unsecured("principal=dave " + unknownSetting)},
		{conf: unsecured(`principal=dave scope="` + quotedSetting)},
		{conf: with(sasl, login("PLAIN", alice, wrongPassword))},
		{conf: with(sasl, login("SCRAM-SHA-512", alice, wrongPassword))},
		{conf: with(oauth, bearer), token: old},
		{conf: with(oauth, bearer), token: garbage},
		{conf: with(oauth, bearer, kafka.ConfigMap{
			"sasl.oauthbearer.method": "oidc", "sasl.oauthbearer.token.endpoint.url": "https://127.0.0.1:1/token",
			"sasl.oauthbearer.client.id": "dave", "sasl.oauthbearer.client.secret": clientSecret,
		})},
	}
	var wg sync.WaitGroup
	for i, one := range talks {
		one.said, one.topic, one.group = s, topic, fmt.Sprintf("%s-%d", topic, i)
		s.add("configuration", *one.conf)
		s.add("configuration", one.conf)
		wg.Go(func() { one.producer(t) })
		wg.Go(func() { one.consumer(t) })
		wg.Go(func() { one.admin(t) })
	}
	wg.Wait()

	for name, bad := range map[string]kafka.ConfigMap{
		"wrong key password": *with(at(c, cluster.MutualTLS, "SSL"), tls, carols, kafka.ConfigMap{"ssl.key.password": storePassword}),
		"bad keystore": {
			"security.protocol": "SSL", "ssl.keystore.password": storePassword, "ssl.keystore.location": writeFile(t, "no keystore"),
		},
		"jaas line":    *with(sasl, kafka.ConfigMap{"sasl.jaas.config": `PlainLoginModule required password="` + jaasPassword + `";`}),
		"unknown key":  *with(sasl, kafka.ConfigMap{"sasl.pasword": misspelt}),
		"not a string": *with(sasl, kafka.ConfigMap{"sasl.password": []byte(misspelt)}),
		"zero byte":    *with(sasl, kafka.ConfigMap{"sasl.password": misspelt + "\x00"}),
		"topic's":      *with(sasl, kafka.ConfigMap{"default.topic.config": kafka.ConfigMap{"sasl.password": misspelt}}),
	} {
		logs := make(chan kafka.LogEvent, 10000)
		_, err := kafka.NewProducer(with(bad, kafka.ConfigMap{"debug": "all", "go.logs.channel.enable": true, "go.logs.channel": logs}))
		require.Error(t, err, name)
		s.add("error of a constructor", err)
		for len(logs) > 0 {
			s.add("log", <-logs)
		}
	}
	s.add("token", good)
	s.add("token", &old)

	for kind, least := range map[string]int{
		"log": 5000, "event": 50, "statistics": len(talks), "configuration": 2 * len(talks), "error": len(talks), "error of a constructor": 7, "result": 1,
	} {
		assert.GreaterOrEqual(t, s.count(kind), least, "too little was collected of: %s", kind)
	}
	total := s.count("log") + s.count("event") + s.count("statistics") + s.count("error")
	leaks := s.leaks(secrets)
	if len(leaks) > 20 {
		leaks = append(leaks[:20], fmt.Sprintf("and %d more", len(leaks)-20))
	}
	assert.Empty(t, leaks)
	plantedAreFound(t, s, secrets)
	evidence.Record(t, "secure-secrets", evidence.Measured("%d secrets in %d log lines, events, statistics and errors of %d clients, none found",
		len(secrets), total, 3*len(talks)))
}

// plantedAreFound checks that the search finds each secret in each of its forms, and what was really said.
func plantedAreFound(t *testing.T, s *said, secrets map[string]string) {
	t.Helper()
	for name, secret := range secrets {
		for _, planted := range []string{
			"x" + secret + "y", hex.EncodeToString([]byte("x" + secret)),
			base64.StdEncoding.EncodeToString([]byte("\x00alice\x00" + secret)),
			base64.StdEncoding.EncodeToString([]byte("a" + secret)), base64.StdEncoding.EncodeToString([]byte(secret + "tail")),
		} {
			one := newSaid()
			one.add("planted", planted)
			assert.NotEmpty(t, one.leaks(secrets), "%s was not found as %q", name, planted)
		}
	}
	open := map[string]string{"address": shared.Get(t).BootstrapServersOf(cluster.SASLPlaintext), "mechanism": "SCRAM-SHA-256", "principal": "principal=dave"}
	for name, text := range open {
		assert.NotEmpty(t, s.leaks(map[string]string{name: text}), "%s was not said", name)
	}
}

// lockKey encrypts a private key by keyPassword, in the form that OpenSSL's own tools wrote for long. It returns the
// key and a part of it that must not be seen.
func lockKey(t *testing.T, key string) (locked, body string) {
	t.Helper()
	block, _ := pem.Decode([]byte(key))
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	require.NoError(t, err)
	der, err := marshalEC(parsed)
	require.NoError(t, err)
	enc, err := x509.EncryptPEMBlock(rand.Reader, "EC PRIVATE KEY", der, []byte(keyPassword), x509.PEMCipherAES256) //nolint:staticcheck // the standard library has no other
	require.NoError(t, err)
	locked = string(pem.EncodeToMemory(enc))
	lines := strings.Split(strings.TrimSpace(locked), "\n")
	return locked, lines[len(lines)-2]
}

// writeFile writes a file for the test and returns its path.
func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}
