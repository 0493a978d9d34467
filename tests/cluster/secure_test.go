package cluster

import (
	"crypto/tls"
	"crypto/x509"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSecure_refusesWhatKafkaWouldMisread(t *testing.T) {
	t.Parallel()
	for user, password := range map[string]string{"a b": "x", "a": `x"`, "b": "x]", "c": "x,y", "": "x", "d": ""} {
		_, err := Config{Secure: &Secure{Users: map[string]string{user: password}}}.complete()
		require.EqualError(t, err, "Config.Secure.Users: names and passwords are made of letters, digits, '_', '.' and '-'")
	}
	_, err := Config{Secure: &Secure{Users: map[string]string{"a.b-c_d": "A1"}}}.complete()
	require.NoError(t, err)
}

// The bad certificates are bad in what they are meant to be and good in all else.
func TestMakeCertificates(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, err := makeCertificates(dir)
	require.NoError(t, err)
	pool := func(pem string) *x509.CertPool {
		p := x509.NewCertPool()
		require.True(t, p.AppendCertsFromPEM([]byte(pem)))
		return p
	}
	verify := func(cert tls.Certificate, ca, host string, at time.Time) error {
		leaf, err := x509.ParseCertificate(cert.Certificate[0])
		require.NoError(t, err)
		_, err = leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: pool(ca), CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
		return err
	}
	load := func(name string) tls.Certificate {
		path := filepath.Join(dir, name)
		cert, err := tls.LoadX509KeyPair(path, path)
		require.NoError(t, err)
		return cert
	}
	now, yesterday := time.Now(), time.Now().Add(-24*time.Hour)
	for _, host := range []string{"localhost", "127.0.0.1"} {
		assert.NoError(t, verify(load(goodCertificate), c.CA, host, now))
		assert.NoError(t, verify(load(expiredCertificate), c.CA, host, yesterday))
		assert.ErrorContains(t, verify(load(expiredCertificate), c.CA, host, now), "expired")
		assert.ErrorAs(t, verify(load(otherNameCertificate), c.CA, host, now), new(x509.HostnameError))
	}
	assert.NoError(t, verify(load(otherNameCertificate), c.CA, OtherName, now))
	assert.ErrorAs(t, verify(load(goodCertificate), c.OtherCA, "localhost", now), new(x509.UnknownAuthorityError))

	client, err := tls.X509KeyPair([]byte(c.Client), []byte(c.ClientKey))
	require.NoError(t, err)
	assert.NoError(t, verify(client, c.CA, "", now))
	other, err := tls.X509KeyPair([]byte(c.OtherClient), []byte(c.OtherClientKey))
	require.NoError(t, err)
	assert.NoError(t, verify(other, c.OtherCA, "", now))
	assert.ErrorAs(t, verify(other, c.CA, "", now), new(x509.UnknownAuthorityError))
}

func TestSecure_eachBrokerHasItsListeners(t *testing.T) {
	t.Parallel()
	c := New(t, Config{Brokers: 2, Secure: &Secure{}})
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM([]byte(c.Certificates().CA)))
	seen := map[string]bool{}
	for _, b := range c.Brokers() {
		for l := range secureListeners() {
			seen[b.secure[l].addr()] = true
		}
		conn, err := tls.Dial("tcp", b.secure[TLS].addr(), &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12})
		require.NoError(t, err)
		require.NoError(t, conn.Close())
	}
	assert.Len(t, seen, 2*len(secureListeners()))
	assert.Equal(t, c.Broker(1).secure[TLS].addr()+","+c.Broker(2).secure[TLS].addr(), c.BootstrapServersOf(TLS))
	plain := &Cluster{brokers: []*Broker{{}}}
	assert.Panics(t, func() { plain.BootstrapServersOf(TLS) })
}
