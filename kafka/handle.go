package kafka

import (
	"fmt"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// LibrdkafkaLinkInfo says how librdkafka got into this package.
const LibrdkafkaLinkInfo = linkInfo

// LibraryVersion returns the version of the linked librdkafka as a number,
// 0xMMmmrrff for major, minor, revision and pre-release (0xff: the release), and
// as text.
func LibraryVersion() (int, string) {
	return rdkafka.Version()
}

// Handle is what every client is: a [Producer], a [Consumer] or an AdminClient.
// No other type can be one.
//
// Concurrency: the methods are safe for concurrent use.
type Handle interface {
	// SetOAuthBearerToken gives the client a token for SASL/OAUTHBEARER. Call it
	// after an OAuthBearerTokenRefresh event, or at any other time.
	SetOAuthBearerToken(oauthBearerToken OAuthBearerToken) error

	// SetOAuthBearerTokenFailure says that no token could be had. The client asks
	// again with a new event after 10 seconds.
	SetOAuthBearerTokenFailure(errstr string) error

	// IsClosed says whether the client is closed.
	IsClosed() bool

	// sealed keeps other packages from implementing Handle.
	sealed()
}

// OAuthBearerToken is a token for SASL/OAUTHBEARER, with the principal and the
// extensions that go with it.
//
// Concurrency: a plain value; see the package overview.
type OAuthBearerToken struct {
	// TokenValue is the token itself.
	TokenValue string
	// Expiration is when the token ends, with a resolution of 1 ms. It must lie in
	// the future.
	Expiration time.Time
	// Principal is the Kafka principal that the token stands for.
	Principal string
	// Extensions are sent to the broker with the token, see
	// https://www.rfc-editor.org/rfc/rfc7628#section-3.1; nil when there are none.
	Extensions map[string]string
}

// ConsumerGroupMetadata is a consumer's membership of its group, as a producer
// needs it to commit the group's offsets in a transaction. Its content is
// librdkafka's own.
//
// Concurrency: the value never changes and is safe for concurrent use.
type ConsumerGroupMetadata struct {
	serialized []byte
}

// Node is a broker.
//
// Concurrency: a plain value; see the package overview.
type Node struct {
	// ID is the number of the broker, -1 when it is not known.
	ID int
	// Host is the name or address that the broker advertises.
	Host string
	// Port is the port that the broker advertises.
	Port int
	// Rack is the broker's rack, nil when it has none.
	Rack *string
}

// String returns "[host:port]/id".
func (n Node) String() string {
	return fmt.Sprintf("[%s:%d]/%d", n.Host, n.Port, n.ID)
}

// UUID is a number of 128 bits that names a thing in the cluster, such as a
// topic.
//
// Concurrency: the value never changes and is safe for concurrent use.
type UUID struct {
	mostSignificantBits  int64
	leastSignificantBits int64
	base64               string
}

// String returns the UUID in base 64 as Kafka's tools print it, "" for the zero
// UUID.
func (u UUID) String() string {
	return u.base64
}

// GetMostSignificantBits returns the upper 64 bits.
func (u UUID) GetMostSignificantBits() int64 {
	return u.mostSignificantBits
}

// GetLeastSignificantBits returns the lower 64 bits.
func (u UUID) GetLeastSignificantBits() int64 {
	return u.leastSignificantBits
}
