package cluster

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Secure says who may log in at the listeners of a cluster with Config.Secure, which each broker has beside its
// plaintext one: see [Listener]. An authorizer guards everything: a user whom no ACL allows something may do nothing.
type Secure struct {
	// Users are names and passwords for PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512: letters, digits, '_', '.' and '-'.
	Users map[string]string
}

// Listener is one of the listeners of a cluster with Config.Secure.
type Listener string

// The listeners of a cluster with Config.Secure. Without a login a client is User:ANONYMOUS, who may do everything,
// as the plaintext listener, which is the harness's own, needs it.
const (
	// SASLPlaintext takes PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512 without TLS.
	SASLPlaintext Listener = "SASL"
	// SASLTLS takes the same over TLS.
	SASLTLS Listener = "SASLTLS"
	// OAuth takes OAUTHBEARER without TLS: unsecured JWS, whose claim "sub" is the user.
	OAuth Listener = "OAUTH"
	// TLS shows a good certificate and asks for none.
	TLS Listener = "TLS"
	// MutualTLS takes only clients with a certificate of the CA; the user is its common name.
	MutualTLS Listener = "MTLS"
	// TLSExpired shows a certificate that expired an hour ago.
	TLSExpired Listener = "EXPIRED"
	// TLSOtherName shows a certificate of the CA for another host.
	TLSOtherName Listener = "OTHERNAME"
)

// secureListeners returns the protocol of each listener.
func secureListeners() map[Listener]string {
	return map[Listener]string{
		SASLPlaintext: "SASL_PLAINTEXT", SASLTLS: "SASL_SSL", OAuth: "SASL_PLAINTEXT",
		TLS: "SSL", MutualTLS: "SSL", TLSExpired: "SSL", TLSOtherName: "SSL",
	}
}

// BootstrapServersOf returns the addresses of a listener of all brokers, with commas between them. It panics for a
// cluster without Config.Secure.
func (c *Cluster) BootstrapServersOf(l Listener) string {
	var addrs []string
	for _, b := range c.brokers {
		p, ok := b.secure[l]
		if !ok {
			panic(fmt.Sprintf("cluster: no listener %s: is Config.Secure set?", l))
		}
		addrs = append(addrs, p.addr())
	}
	return strings.Join(addrs, ",")
}

// Certificates returns what clients of the listeners with TLS need. It is nil without Config.Secure.
func (c *Cluster) Certificates() *Certificates { return c.certificates }

// openSecure chooses the ports of a broker's further listeners; close gives them back, also after an error.
func (b *Broker) openSecure() error {
	b.secure = map[Listener]port{}
	for l := range secureListeners() {
		p, err := freePort()
		if err != nil {
			return err
		}
		b.secure[l] = p
	}
	return nil
}

func (b *Broker) releaseSecure() {
	for _, p := range b.secure {
		p.release()
	}
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// check refuses what Kafka's configuration would read as something else. A nil Secure is fine.
func (s *Secure) check() error {
	if s == nil {
		return nil
	}
	for user, password := range s.Users {
		if !plainWord.MatchString(user) || !plainWord.MatchString(password) {
			return errors.New("Config.Secure.Users: names and passwords are made of letters, digits, '_', '.' and '-'")
		}
	}
	return nil
}

// properties are a broker's for the further listeners; dir has the certificates.
func (s *Secure) properties(b *Broker, dir string) map[string]string {
	listeners := []string{"PLAINTEXT://" + b.client.addr()}
	protocols := []string{"PLAINTEXT:PLAINTEXT", "CONTROLLER:PLAINTEXT"}
	protocolOf := secureListeners()
	for _, l := range slices.Sorted(maps.Keys(b.secure)) {
		listeners = append(listeners, string(l)+"://"+b.secure[l].addr())
		protocols = append(protocols, string(l)+":"+protocolOf[l])
	}
	advertised := strings.Join(listeners, ",")
	p := map[string]string{
		"listeners":                      advertised + ",CONTROLLER://" + b.controller.addr(),
		"advertised.listeners":           advertised,
		"listener.security.protocol.map": strings.Join(protocols, ","),
		"authorizer.class.name":          "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
		"super.users":                    "User:ANONYMOUS",

		"ssl.keystore.type":   "PEM",
		"ssl.truststore.type": "PEM",
		// The key and the certificate are one file.
		"ssl.keystore.location":       filepath.Join(dir, goodCertificate),
		"ssl.truststore.location":     filepath.Join(dir, authorityFile),
		"ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/,DEFAULT",

		setting(MutualTLS, "ssl.client.auth"):          "required",
		setting(TLSExpired, "ssl.keystore.location"):   filepath.Join(dir, expiredCertificate),
		setting(TLSOtherName, "ssl.keystore.location"): filepath.Join(dir, otherNameCertificate),

		setting(OAuth, "sasl.enabled.mechanisms"): "OAUTHBEARER",
		setting(OAuth, "oauthbearer.sasl.jaas.config"): "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule " +
			`required unsecuredLoginStringClaim_sub="broker";`,
		setting(OAuth, "oauthbearer.sasl.server.callback.handler.class"): "org.apache.kafka.common.security.oauthbearer." +
			"internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler",
	}
	plain := "org.apache.kafka.common.security.plain.PlainLoginModule required"
	for _, user := range slices.Sorted(maps.Keys(s.Users)) {
		plain += fmt.Sprintf(" user_%s=%q", user, s.Users[user])
	}
	const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
	for _, l := range []Listener{SASLPlaintext, SASLTLS} {
		p[setting(l, "sasl.enabled.mechanisms")] = "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512"
		p[setting(l, "plain.sasl.jaas.config")] = plain + ";"
		p[setting(l, "scram-sha-256.sasl.jaas.config")] = scram
		p[setting(l, "scram-sha-512.sasl.jaas.config")] = scram
	}
	return p
}

// setting returns the property that sets key for one listener. The one of a mechanism is called by its name.
func setting(l Listener, key string) string {
	return "listener.name." + strings.ToLower(string(l)) + "." + key
}

// formatArgs make the users of SCRAM, who are in the cluster's metadata from the beginning.
func (s *Secure) formatArgs() []string {
	var args []string
	for _, user := range slices.Sorted(maps.Keys(s.Users)) {
		for _, mechanism := range []string{"SCRAM-SHA-256", "SCRAM-SHA-512"} {
			args = append(args, "--add-scram", fmt.Sprintf("%s=[name=%s,password=%s]", mechanism, user, s.Users[user]))
		}
	}
	return args
}
