// Package security tests logins, encryption and permissions on a real Apache Kafka: that they work, that what is wrong
// is reported soon and by its name, and that no secret gets into logs or errors.
package security_test

import (
	"encoding/base64"
	"flag"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
	"github.com/rdkafka-go/rdkafka/tests/cluster"
)

// The users of the shared broker. Their passwords occur nowhere else, so that they can be looked for.
const (
	alice, alicePassword     = "alice", "alice-q7Zt2mWk"
	mallory, malloryPassword = "mallory", "mallory-x9Rb4nTc"
)

// shared is the broker of all tests. It takes alice, mallory, carol by her certificate, and dave by his token.
var shared = cluster.NewShared(cluster.Config{
	Secure: &cluster.Secure{Users: map[string]string{alice: alicePassword, mallory: malloryPassword}},
})

func TestMain(m *testing.M) {
	if properties := os.Getenv(loudEnv); properties != "" {
		loudProgram(properties)
	}
	flag.Parse()
	// These tests wait rather than work: more of them than processors can run at once.
	if !given("test.parallel") {
		if err := flag.Set("test.parallel", "8"); err != nil {
			panic(err) // the flag is package testing's
		}
	}
	os.Exit(shared.Main(m))
}

// given says whether a flag stands on the command line.
func given(name string) bool {
	found := false
	flag.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// patience bounds every wait for what should come; it is far above what any takes.
const patience = 60 * time.Second

// unique returns a name for a topic or a group that no other test uses.
func unique(t *testing.T) string {
	return strings.NewReplacer("/", "-", " ", "-").Replace(t.Name())
}

// with returns a map of the settings of all maps; a later one wins.
func with(all ...kafka.ConfigMap) *kafka.ConfigMap {
	m := kafka.ConfigMap{}
	for _, one := range all {
		maps.Copy(m, one)
	}
	return &m
}

// at returns the settings of a client that speaks protocol to a listener.
func at(c *cluster.Cluster, l cluster.Listener, protocol string) kafka.ConfigMap {
	return kafka.ConfigMap{"bootstrap.servers": c.BootstrapServersOf(l), "security.protocol": protocol}
}

// plaintext returns the settings of a client of the harness's own listener, which may do everything.
func plaintext(c *cluster.Cluster) kafka.ConfigMap {
	return kafka.ConfigMap{"bootstrap.servers": c.BootstrapServers()}
}

// trusting returns the setting by which a client knows the brokers.
func trusting(c *cluster.Cluster) kafka.ConfigMap {
	return kafka.ConfigMap{"ssl.ca.pem": c.Certificates().CA}
}

// login returns the settings of a user with a password.
func login(mechanism, user, password string) kafka.ConfigMap {
	return kafka.ConfigMap{"sasl.mechanism": mechanism, "sasl.username": user, "sasl.password": password}
}

// carol returns the settings of the client with a certificate.
func carol(c *cluster.Cluster) kafka.ConfigMap {
	return kafka.ConfigMap{"ssl.certificate.pem": c.Certificates().Client, "ssl.key.pem": c.Certificates().ClientKey}
}

// bearer are the settings of a client with a token.
var bearer = kafka.ConfigMap{"sasl.mechanism": "OAUTHBEARER"}

// tokenOf returns a token that says who its owner is, and that it lives for as long as given.
func tokenOf(user string, life time.Duration) kafka.OAuthBearerToken {
	enc, now := base64.RawURLEncoding.EncodeToString, time.Now()
	return kafka.OAuthBearerToken{
		TokenValue: fmt.Sprintf("%s.%s.", enc([]byte(`{"alg":"none"}`)),
			enc(fmt.Appendf(nil, `{"sub":%q,"iat":%d,"exp":%d}`, user, now.Add(-24*time.Hour).Unix(), now.Add(life).Unix()))),
		Principal: user, Expiration: now.Add(time.Hour),
	}
}

// allow lets a user do something, and waits until the broker knows.
func allow(t *testing.T, c *cluster.Cluster, user string, typ kafka.ResourceType, name string, ops ...kafka.ACLOperation) {
	t.Helper()
	a, err := kafka.NewAdminClient(with(plaintext(c)))
	require.NoError(t, err)
	defer a.Close()
	var acls kafka.ACLBindings
	for _, op := range ops {
		acls = append(acls, kafka.ACLBinding{
			Type: typ, Name: name, ResourcePatternType: kafka.ResourcePatternTypeLiteral, Principal: "User:" + user, Host: "*",
			Operation: op, PermissionType: kafka.ACLPermissionTypeAllow,
		})
	}
	if len(acls) == 0 {
		return
	}
	created, err := a.CreateACLs(t.Context(), acls, kafka.SetAdminRequestTimeout(patience))
	require.NoError(t, err)
	for _, r := range created {
		require.Equal(t, kafka.ErrNoError, r.Error.Code(), r.Error)
	}
	for _, acl := range acls {
		require.EventuallyWithT(t, func(ct *assert.CollectT) {
			r, err := a.DescribeACLs(t.Context(), acl, kafka.SetAdminRequestTimeout(patience))
			require.NoError(ct, err)
			require.Len(ct, r.ACLBindings, 1)
		}, patience, 20*time.Millisecond)
	}
}
