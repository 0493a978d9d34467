package kafka_test

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// jwt makes a token of the principal me that nobody has signed.
func jwt(expires time.Time) string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"alg":"none"}`)) + "." + enc(fmt.Appendf(nil, `{"sub":"me","exp":%d}`, expires.Unix())) + "."
}

// tokens starts a token endpoint.
func tokens(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	srv := httptest.NewServer(answer)
	t.Cleanup(srv.Close)
	return srv.URL + "/token?key=q-secret"
}

// giving answers each request with a token that lives for that long.
func giving(life time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"access_token":%q}`, jwt(time.Now().Add(life)))
	}
}

// saslBroker accepts connections and hands out what each sends to log in. Of
// Kafka's protocol it knows what comes before, as of the time when the login was
// no request.
func saslBroker(t *testing.T) (addr string, logins <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ch := make(chan string, 100)
	var wg sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); wg.Wait() })
	read := func(c net.Conn) []byte {
		var size [4]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return nil
		}
		b := make([]byte, binary.BigEndian.Uint32(size[:]))
		if _, err := io.ReadFull(c, b); err != nil {
			return nil
		}
		return b
	}
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				// A request begins with its kind, version and number; the answer repeats
				// the number. The kinds are asked for in this order.
				for _, answer := range []string{
					// ApiVersions: no error; handshake 0, versions 0 to 3, metadata 0 to 1.
					"\x00\x00\x04\x00\x11\x00\x00\x00\x00\x00\x00\x12\x00\x00\x00\x03\x00\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00",
					// SaslHandshake: no error; one mechanism.
					"\x00\x00\x00\x00\x00\x01\x00\x0bOAUTHBEARER",
				} {
					request := read(c)
					if len(request) < 8 {
						return
					}
					head := binary.BigEndian.AppendUint32(nil, uint32(4+len(answer)))
					_, _ = c.Write(append(append(head, request[4:8]...), answer...))
				}
				if login := read(c); login != nil {
					ch <- string(login)
				}
			})
		}
	})
	return l.Addr().String(), ch
}

// oidcConfig is the configuration of a client that logs in at the broker.
func oidcConfig(broker, endpoint string, more kafka.ConfigMap) *kafka.ConfigMap {
	m := kafka.ConfigMap{
		"bootstrap.servers": broker, "security.protocol": "SASL_PLAINTEXT", "sasl.mechanisms": "OAUTHBEARER",
		"sasl.oauthbearer.method": "oidc", "sasl.oauthbearer.token.endpoint.url": endpoint,
		"sasl.oauthbearer.client.id": "id", "sasl.oauthbearer.client.secret": "s-secret",
		"sasl.oauthbearer.extensions": "logicalCluster=lkc-1,pool=p 1",
		"go.logs.channel.enable":      true,
	}
	maps.Copy(m, more)
	return &m
}

// oidcClients makes a client of each kind and closes them in the end.
var oidcClients = map[string]func(*testing.T, *kafka.ConfigMap) kafka.Handle{
	"producer": func(t *testing.T, m *kafka.ConfigMap) kafka.Handle {
		p, err := kafka.NewProducer(m)
		require.NoError(t, err)
		t.Cleanup(p.Close)
		return p
	},
	"consumer": func(t *testing.T, m *kafka.ConfigMap) kafka.Handle {
		(*m)["group.id"] = "g"
		c, err := kafka.NewConsumer(m)
		require.NoError(t, err)
		t.Cleanup(func() { _ = c.Close() })
		return c
	},
	"admin": func(t *testing.T, m *kafka.ConfigMap) kafka.Handle {
		a, err := kafka.NewAdminClient(m)
		require.NoError(t, err)
		t.Cleanup(a.Close)
		return a
	},
}

// Each kind of client logs in with a token and the extensions, without a word to
// the application; and again with new ones before they expire.
func TestOIDC_logsIn(t *testing.T) {
	t.Parallel()
	for name, newClient := range oidcClients {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := make(chan time.Time, 100)
			broker, logins := saslBroker(t)
			h := newClient(t, oidcConfig(broker, tokens(t, func(w http.ResponseWriter, r *http.Request) {
				asked <- time.Now()
				giving(3*time.Second)(w, r)
			}), nil))
			login := receive(t, logins)
			assert.True(t, strings.HasPrefix(login, "n,,\x01auth=Bearer "+strings.Split(jwt(time.Now()), ".")[0]+"."), "%q", login)
			assert.True(t, strings.HasSuffix(login, ".\x01logicalCluster=lkc-1\x01pool=p 1\x01\x01"), "%q", login)
			receive(t, asked)
			receive(t, asked) // the token's life was nearly over

			switch h := h.(type) {
			case *kafka.Producer:
				noTokenRequests(t, drain(h.Events()))
			case *kafka.Consumer:
				var all []kafka.Event
				for ev := h.Poll(0); ev != nil; ev = h.Poll(0) {
					all = append(all, ev)
				}
				noTokenRequests(t, all)
			default:
				// An admin client has no events.
			}
		})
	}
}

func drain(ch chan kafka.Event) (all []kafka.Event) {
	for {
		select {
		case ev := <-ch:
			all = append(all, ev)
		default:
			return all
		}
	}
}

// noTokenRequests checks that the application is not asked for a token.
func noTokenRequests(t *testing.T, events []kafka.Event) {
	t.Helper()
	for _, ev := range events {
		_, is := ev.(kafka.OAuthBearerTokenRefresh)
		assert.False(t, is, "the application was asked for a token")
	}
}
