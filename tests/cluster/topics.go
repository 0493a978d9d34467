package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// admin runs f with an admin client of the brokers that serve. It is another library's than the one under test, and a
// hundred times faster than Kafka's tools, which start a JVM for each call. A broker that was paused a moment ago takes
// a connection and never answers: then the client soon asks another.
func (c *Cluster) admin(f func(*kadm.Client, *kgo.Client) error) error {
	up := c.serving()
	if len(up) == 0 {
		return errNoBroker
	}
	cl, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(addresses(up), ",")...), kgo.RequestTimeoutOverhead(5*time.Second), kgo.RetryTimeout(40*time.Second))
	if err != nil {
		return err
	}
	defer cl.Close()
	return f(kadm.NewClient(cl), cl)
}

// CreateTopic creates a topic; replicas 0 means the cluster's default, and configs are pairs such as
// "cleanup.policy=compact". It returns when every broker that serves knows the leaders of all its partitions.
func (c *Cluster) CreateTopic(ctx context.Context, name string, partitions, replicas int, configs ...string) error {
	if replicas == 0 {
		replicas = -1
	}
	settings := map[string]*string{}
	for _, kv := range configs {
		key, value, found := strings.Cut(kv, "=")
		if !found {
			return fmt.Errorf("cannot create topic %q: %q is no key=value", name, kv)
		}
		settings[key] = &value
	}
	return c.admin(func(adm *kadm.Client, cl *kgo.Client) error {
		r, err := adm.CreateTopic(ctx, int32(partitions), int16(replicas), settings, name)
		if err != nil {
			return fmt.Errorf("cannot create topic %q: %w: %s", name, err, r.ErrMessage)
		}
		for _, b := range c.serving() {
			if err := awaitTopic(ctx, cl, b, name, partitions); err != nil {
				return err
			}
		}
		return nil
	})
}

// awaitTopic blocks until a broker knows the leaders of a topic's partitions.
func awaitTopic(ctx context.Context, cl *kgo.Client, b *Broker, topic string, partitions int) error {
	req := kmsg.NewPtrMetadataRequest()
	req.Topics = []kmsg.MetadataRequestTopic{{Topic: kmsg.StringPtr(topic)}}
	for {
		knows := 0
		resp, err := req.RequestWith(ctx, cl.Broker(b.ID()))
		if err == nil {
			for _, t := range resp.Topics {
				err = kerr.ErrorForCode(t.ErrorCode)
				for _, p := range t.Partitions {
					if p.Leader > 0 {
						knows++
					}
				}
			}
		}
		if knows == partitions {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("broker %d does not know topic %q: %w: %w", b.ID(), topic, err, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Partition is what Kafka says of one partition of a topic.
type Partition struct {
	ID       int
	Leader   int // -1 when there is none
	Replicas []int
	ISR      []int // the replicas that are in sync
}

// Describe returns a topic's partitions in the order of their ids.
func (c *Cluster) Describe(ctx context.Context, topic string) (parts []Partition, err error) {
	err = c.admin(func(adm *kadm.Client, _ *kgo.Client) error {
		topics, err := adm.ListTopics(ctx, topic)
		if err == nil {
			err = topics[topic].Err
		}
		if err != nil {
			return fmt.Errorf("cannot describe topic %q: %w", topic, err)
		}
		for _, p := range topics[topic].Partitions.Sorted() {
			parts = append(parts, Partition{ID: int(p.Partition), Leader: int(p.Leader), Replicas: ints(p.Replicas), ISR: ints(p.ISR)})
		}
		return nil
	})
	return parts, err
}

func ints(list []int32) []int {
	all := make([]int, 0, len(list))
	for _, n := range list {
		all = append(all, int(n))
	}
	return all
}

// AwaitFullISR blocks until every replica of the topic's partitions is in sync, or ctx ends.
func (c *Cluster) AwaitFullISR(ctx context.Context, topic string) error {
	for {
		parts, err := c.Describe(ctx, topic)
		if err != nil {
			return err
		}
		full := true
		for _, p := range parts {
			full = full && p.Leader > 0 && len(p.ISR) == len(p.Replicas)
		}
		if full {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("topic %q is not in sync: %v: %w", topic, parts, ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// When says which offset [Cluster.Offsets] is to return.
type When int

// Earliest is a partition's first offset, Latest the one after its last.
const (
	Earliest When = iota
	Latest
)

// Offsets returns the offset that when names of each partition of a topic.
func (c *Cluster) Offsets(ctx context.Context, topic string, when When) (map[int32]int64, error) {
	offsets := map[int32]int64{}
	err := c.admin(func(adm *kadm.Client, _ *kgo.Client) error {
		list := adm.ListEndOffsets
		if when == Earliest {
			list = adm.ListStartOffsets
		}
		listed, err := list(ctx, topic)
		if err == nil {
			err = listed.Error()
		}
		if err != nil {
			return fmt.Errorf("cannot list the offsets of topic %q: %w", topic, err)
		}
		for partition, o := range listed[topic] {
			offsets[partition] = o.Offset
		}
		return nil
	})
	return offsets, err
}

var errNoBroker = errors.New("no broker is running")
