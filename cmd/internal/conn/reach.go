package conn

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// ReachTimeout is how long a cluster has to answer the first question.
const ReachTimeout = 5 * time.Second

// ErrNoTopic is wrapped by the error of Reach when a topic does not exist.
var ErrNoTopic = errors.New("does not exist on the cluster")

// Client is what Reach needs of a producer or consumer.
type Client interface {
	GetMetadata(topic *string, allTopics bool, timeoutMs int) (*kafka.Metadata, error)
}

// Reach asks the cluster for the topics, so that a wrong address or name is an
// error at once and not silence. It blocks until the cluster has answered, for
// up to ReachTimeout or until ctx ends. The error says what librdkafka had to
// say. create: asking for a topic may make the cluster create it, as a
// producer's question does where brokers allow it, and that takes a moment.
//
// The errors that librdkafka reports until then are not shown, and neither are
// those that follow a failure.
func (n *Notices) Reach(ctx context.Context, c Client, topics []string, create bool) (_ map[string]kafka.TopicMetadata, err error) {
	defer func() {
		if err == nil {
			n.show()
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, ReachTimeout)
	defer cancel()
	found := map[string]kafka.TopicMetadata{}
	if len(topics) == 0 { // of a pattern; is the cluster there at all?
		_, err := n.ask(ctx, c, nil)
		return found, err
	}
	for _, topic := range topics {
		t, err := n.reachTopic(ctx, c, topic, create)
		if err != nil {
			return nil, err
		}
		found[topic] = t
	}
	return found, nil
}

// askAgain is how long Reach waits before it asks for a topic again.
const askAgain = 100 * time.Millisecond

func (n *Notices) reachTopic(ctx context.Context, c Client, topic string, create bool) (kafka.TopicMetadata, error) {
	for {
		md, err := n.ask(ctx, c, &topic)
		if err != nil {
			return kafka.TopicMetadata{}, err
		}
		t := md.Topics[topic]
		unknown := t.Error.Code() == kafka.ErrUnknownTopicOrPart || t.Error.Code() == kafka.ErrUnknownTopic
		switch {
		case t.Error.Code() == kafka.ErrNoError && len(t.Partitions) > 0:
			return t, nil
		case t.Error.Code() == kafka.ErrNoError || t.Error.Code() == kafka.ErrLeaderNotAvailable || unknown && create:
			// It is being created.
		case unknown:
			return t, fmt.Errorf("topic %q %w", topic, ErrNoTopic)
		default:
			return t, fmt.Errorf("topic %q: %w", topic, t.Error)
		}
		select {
		case <-ctx.Done():
		case <-time.After(askAgain):
			continue
		}
		switch {
		case !errors.Is(ctx.Err(), context.DeadlineExceeded):
			return t, context.Cause(ctx)
		case unknown && create:
			return t, fmt.Errorf("topic %q %w, and was not created on first use: "+
				"create it, as with kafka-topics.sh --create --topic %s, or set auto.create.topics.enable on the brokers",
				topic, ErrNoTopic, topic)
		default:
			return t, fmt.Errorf("topic %q has no leader after %s: %w", topic, ReachTimeout, t.Error)
		}
	}
}

// ask is GetMetadata that ends with ctx. librdkafka's call can't be cut short:
// its goroutine ends after what was left of ReachTimeout, and closing the client
// waits for it.
func (n *Notices) ask(ctx context.Context, c Client, topic *string) (*kafka.Metadata, error) {
	deadline, _ := ctx.Deadline()
	type answer struct {
		md  *kafka.Metadata
		err error
	}
	ch := make(chan answer, 1)
	go func() {
		md, err := c.GetMetadata(topic, false, max(int(time.Until(deadline).Milliseconds()), 1))
		ch <- answer{md, err}
	}()
	select {
	case a := <-ch:
		switch {
		case a.err == nil:
			return a.md, nil
		case errors.Is(a.err, kafka.ErrTimedOut), errors.Is(a.err, kafka.ErrTransport):
			return nil, n.unreachable()
		case topic != nil:
			return nil, fmt.Errorf("topic %q: %w", *topic, a.err)
		default:
			return nil, a.err
		}
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, n.unreachable()
		}
		return nil, context.Cause(ctx)
	}
}

func (n *Notices) unreachable() error {
	why := n.lastError()
	if why == "" {
		why = "no error was reported either: is it a Kafka broker, and does it want TLS?"
	}
	return fmt.Errorf("no broker has answered within %s: %s", ReachTimeout, strings.TrimSpace(why))
}
