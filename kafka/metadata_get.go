package kafka

import (
	"strings"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// GetMetadata asks a broker for its view of the cluster: of the one topic when
// it is not nil, else of all topics or, without allTopics, of those that this
// client uses. It blocks for up to timeoutMs milliseconds (ErrTimedOut,
// ErrTransport).
func (c *client) GetMetadata(topic *string, allTopics bool, timeoutMs int) (*Metadata, error) {
	if err := c.enter(); err != nil {
		return nil, err
	}
	defer c.leave()
	md, err := c.rk.Metadata(topic, allTopics, millis(timeoutMs))
	if err != nil {
		return nil, fromRD(err)
	}
	return fromRDMetadata(md), nil
}

func fromRDMetadata(md *rdkafka.Metadata) *Metadata {
	m := &Metadata{
		Topics:            make(map[string]TopicMetadata, len(md.Topics)),
		OriginatingBroker: BrokerMetadata{ID: md.OriginBrokerID, Host: md.OriginBrokerName},
	}
	for _, b := range md.Brokers {
		m.Brokers = append(m.Brokers, BrokerMetadata{ID: b.ID, Host: b.Host, Port: b.Port})
	}
	for _, t := range md.Topics {
		tm := TopicMetadata{Topic: t.Topic, Error: newError(ErrorCode(t.Err))}
		for _, p := range t.Partitions {
			tm.Partitions = append(tm.Partitions, PartitionMetadata{
				ID: p.ID, Error: newError(ErrorCode(p.Err)), Leader: p.Leader, Replicas: p.Replicas, Isrs: p.ISRs,
			})
		}
		m.Topics[t.Topic] = tm
	}
	return m
}

// OffsetsForTimes returns per partition the first offset whose timestamp is at
// or after the time given in Offset (milliseconds since 1970), OffsetEnd when
// there is none. It blocks for up to timeoutMs milliseconds.
func (p *Producer) OffsetsForTimes(times []TopicPartition, timeoutMs int) ([]TopicPartition, error) {
	return p.offsetsForTimes(times, timeoutMs)
}

// SetOAuthBearerToken gives the client a token for SASL/OAUTHBEARER, see
// [OAuthBearerTokenRefresh]. A token that has expired or a bad extension gives
// ErrInvalidArg, another mechanism ErrState.
func (c *client) SetOAuthBearerToken(token OAuthBearerToken) error {
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	if err := token.check(); err != nil {
		return err
	}
	ext := make([]string, 0, 2*len(token.Extensions))
	for k, v := range token.Extensions {
		ext = append(ext, k, v)
	}
	// Some tokens are for ever, and librdkafka counts in microseconds.
	expiry := min(token.Expiration.UnixMilli(), maxExpiry*1000)
	return fromRD(c.rk.SetOAuthBearerToken(token.TokenValue, expiry, token.Principal, ext))
}

// check refuses what librdkafka would cut at a zero byte, and a token of which its
// error would show the text.
func (t *OAuthBearerToken) check() error {
	for i := range len(t.TokenValue) {
		switch c := t.TokenValue[i]; {
		case isVisible(rune(c)), c == ' ', c == '\t', c == '\r', c == '\n':
		default:
			return newErrorf(ErrInvalidArg, "The token has the character 0x%02x at position %d: it takes visible ASCII only", c, i)
		}
	}
	if strings.ContainsRune(t.Principal, 0) {
		return newErrorf(ErrInvalidArg, "The principal %q has a zero byte: take it out", t.Principal)
	}
	for name, value := range t.Extensions {
		if strings.ContainsRune(name+value, 0) {
			return newErrorf(ErrInvalidArg, "The extension %q has a zero byte: take it out", name)
		}
	}
	return nil
}

// SetOAuthBearerTokenFailure says that no token could be had, and why; a new
// OAuthBearerTokenRefresh event comes 10 seconds later. Without SASL/OAUTHBEARER
// it gives ErrState.
func (c *client) SetOAuthBearerTokenFailure(errstr string) error {
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	return fromRD(c.rk.SetOAuthBearerTokenFailure(errstr))
}

// SetSaslCredentials replaces user name and password for the connections to
// come; open ones stay.
func (c *client) SetSaslCredentials(username, password string) error {
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	for what, text := range map[string]string{"user name": username, "password": password} {
		if strings.ContainsRune(text, 0) {
			return newErrorf(ErrInvalidArg, "The %s has a zero byte, where librdkafka would cut it: take it out", what)
		}
	}
	return fromRD(c.rk.SetSASLCredentials(username, password))
}
