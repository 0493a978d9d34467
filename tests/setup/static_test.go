package setup

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"debug/elf"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// staticProgram builds the user's program without shared libraries and runs it
// in a root folder that holds nothing but what a minimal image has.
func staticProgram(t *testing.T, u shell) {
	t.Helper()
	root := t.TempDir()
	program := filepath.Join(root, "app")
	u.run(t, "go", "build", "-ldflags", `-extldflags "-static"`, "-o", program, ".")
	f, err := elf.Open(program)
	require.NoError(t, err)
	for _, p := range f.Progs {
		require.NotEqual(t, elf.PT_INTERP, p.Type, "the program wants shared libraries")
	}
	require.NoError(t, f.Close())
	require.Regexp(t, `(?m)^ok 2\.`, u.run(t, program))
	loadsPlugins(t, u, program)
	trustsSystem(t, root, "/app")
}

// loadsPlugins checks that the user's program loads a plugin, and that the static
// one says that it cannot, for a path that is there and one that is not.
func loadsPlugins(t *testing.T, u shell, static string) {
	t.Helper()
	source, plugin := filepath.Join(t.TempDir(), "plugin.c"), filepath.Join(t.TempDir(), "plugin.so")
	// It loads, and then says that it does not want to.
	require.NoError(t, os.WriteFile(source, []byte(`#include <stdio.h>
int conf_init(void *conf, void **opaque, char *errstr, size_t size) {
        (void)conf;
        (void)opaque;
        snprintf(errstr, size, "the plugin speaks");
        return -1;
}
`), 0o644))
	u.run(t, "gcc", "-shared", "-fPIC", "-o", plugin, source)
	missing := filepath.Join(t.TempDir(), "missing.so")
	clients := func(code kafka.ErrorCode, format string, args ...any) string {
		said := fmt.Sprintf(format, args...)
		return fmt.Sprintf("producer: %d %s\nadmin: %d %s\nconsumer: %d %s\n", code, said, code, said, code, said)
	}
	for _, path := range []string{plugin, missing} {
		require.Equal(t, clients(kafka.ErrUnsupportedFeature, "plugin.library.paths=%s: a statically linked program cannot load plugins; "+
			`link it dynamically (without -extldflags "-static") or leave the property out`, path), u.run(t, static, "plugin", path))
	}
	require.Equal(t, clients(kafka.ErrInvalidArg, "the plugin speaks (plugin %s)", plugin), u.run(t, "./app", "plugin", plugin))
	require.Equal(t, clients(kafka.ErrInvalidArg,
		"dlopen() failed: %s: cannot open shared object file: No such file or directory (plugin %s)", missing, missing),
		u.run(t, "./app", "plugin", missing))
}

// trustsSystem checks that the program below root finds the system's
// certificates by itself, where the distributions keep them.
func trustsSystem(t *testing.T, root, program string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Log("not root: the program is not run in a root folder of its own")
		return
	}
	authority, server := certificates(t)
	for _, c := range []struct {
		place string
		ok    bool
	}{{"etc/ssl/certs/ca-certificates.crt", true}, {"etc/pki/tls/certs/ca-bundle.crt", true}, {"etc/nowhere.crt", false}} {
		require.NoError(t, os.RemoveAll(filepath.Join(root, "etc")))
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, c.place)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, "etc", "hosts"), []byte("127.0.0.1 "+serverName+"\n"), 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(root, c.place), authority, 0o644))
		require.Equal(t, c.ok, handshake(t, server, root, program), c.place)
	}
}

// handshake starts the program in its root folder and reports whether it trusted
// the server.
func handshake(t *testing.T, server tls.Certificate, root, program string) bool {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	cmd := exec.Command(program, "tls", net.JoinHostPort(serverName, port))
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
	cmd.Dir = "/"
	require.NoError(t, cmd.Start())
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	require.NoError(t, l.(*net.TCPListener).SetDeadline(time.Now().Add(30*time.Second))) //nolint:forcetypeassert // a tcp listener
	raw, err := l.Accept()
	require.NoError(t, err)
	defer raw.Close()
	require.NoError(t, raw.SetDeadline(time.Now().Add(30*time.Second)))
	//nolint:gosec // G402: the handshake of 1.3 ends before the client has approved
	c := tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{server}, MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12})
	err = c.Handshake()
	if err != nil {
		require.ErrorContains(t, err, "remote error: tls")
	}
	return err == nil
}

// serverName is in /etc/hosts only, so that the C library must resolve it without
// the modules that it loads in a dynamic program.
const serverName = "broker.rdkafka.test"

// certificates returns the certificate of an authority, as PEM, and one that it
// gave to serverName.
func certificates(t *testing.T) (authority []byte, server tls.Certificate) {
	t.Helper()
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		return k
	}
	caKey, serverKey := key(), key()
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	require.NoError(t, err)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: serverName}, DNSNames: []string{serverName},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, ca, serverKey.Public(), caKey)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER}),
		tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: serverKey}
}
