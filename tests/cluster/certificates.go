package cluster

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Certificates are what clients of the listeners with TLS need, and what they may be given by mistake. All are PEM;
// the private keys are PKCS#8 and have no password.
type Certificates struct {
	// CA has signed the brokers' certificates and the one of the client User:carol.
	CA                string
	Client, ClientKey string
	// OtherCA has signed nothing of the brokers', but a certificate of another User:carol.
	OtherCA                     string
	OtherClient, OtherClientKey string
}

// The files of the cluster's folder that the brokers read: key and certificate in one, as Kafka wants it.
const (
	authorityFile        = "ca.pem"
	goodCertificate      = "broker.pem"
	expiredCertificate   = "broker-expired.pem"
	otherNameCertificate = "broker-othername.pem"
)

// OtherName is the host for which the certificate of [TLSOtherName] is.
const OtherName = "kafka.example"

// makeCertificates makes everything anew, so that no certificate expires in a checkout, and writes the brokers'
// files to dir.
func makeCertificates(dir string) (*Certificates, error) {
	var m maker
	hour := time.Hour
	local := subject{name: "broker", hosts: []string{"localhost"}, addr: net.IPv4(127, 0, 0, 1), until: hour * 24}
	expired, other := local, local
	expired.until = -hour
	other.hosts, other.addr = []string{OtherName}, nil

	ca, otherCA := m.authority("test-ca"), m.authority("other-ca")
	files := map[string]issued{
		goodCertificate:      m.issue(ca, local),
		expiredCertificate:   m.issue(ca, expired),
		otherNameCertificate: m.issue(ca, other),
	}
	carol := subject{name: "carol", until: hour * 24}
	client, otherClient := m.issue(ca, carol), m.issue(otherCA, carol)
	if m.err != nil {
		return nil, fmt.Errorf("cannot make certificates: %w", m.err)
	}
	err := os.WriteFile(filepath.Join(dir, authorityFile), []byte(ca.pem), 0o600)
	for name, c := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), []byte(c.keyPEM+c.pem), 0o600))
	}
	if err != nil {
		return nil, fmt.Errorf("cannot write the certificates: %w", err)
	}
	return &Certificates{
		CA: ca.pem, Client: client.pem, ClientKey: client.keyPEM,
		OtherCA: otherCA.pem, OtherClient: otherClient.pem, OtherClientKey: otherClient.keyPEM,
	}, nil
}

// subject is whom a certificate is for.
type subject struct {
	name  string
	hosts []string
	addr  net.IP
	until time.Duration // from now on; it is valid since two days
}

// issued is a certificate with its key.
type issued struct {
	cert        *x509.Certificate
	key         crypto.Signer
	pem, keyPEM string
}

// maker makes certificates and keeps the first error; after one it makes nothing.
type maker struct {
	err    error
	serial int64
}

// authority makes a certificate that signs others.
func (m *maker) authority(name string) issued {
	return m.make(issued{}, &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	})
}

// issue makes a certificate for a broker or a client, signed by ca.
func (m *maker) issue(ca issued, s subject) issued {
	t := &x509.Certificate{
		Subject: pkix.Name{CommonName: s.name}, NotAfter: time.Now().Add(s.until), DNSNames: s.hosts,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if s.addr != nil {
		t.IPAddresses = []net.IP{s.addr}
	}
	return m.make(ca, t)
}

// make signs t by ca, or by its own key when ca is zero.
func (m *maker) make(ca issued, t *x509.Certificate) (c issued) {
	if m.err != nil {
		return c
	}
	m.serial++
	t.SerialNumber, t.NotBefore = big.NewInt(m.serial), time.Now().Add(-48*time.Hour)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		m.err = err
		return c
	}
	c.key = key
	if ca.cert == nil {
		ca.cert, ca.key = t, key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, ca.cert, key.Public(), ca.key)
	if err == nil {
		c.cert, err = x509.ParseCertificate(der)
	}
	var keyDER []byte
	if err == nil {
		keyDER, err = x509.MarshalPKCS8PrivateKey(key)
	}
	c.pem = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	c.keyPEM = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}))
	m.err = err
	return c
}
