package integration_test

import (
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// In cooperative groups a second member comes and goes under load, until the members were told 500 times of a
// rebalance: no message is lost, none comes twice in all groups but one at most, and each partition keeps its order over
// both members. There are many groups because librdkafka joins at most once a second.
func TestCooperative_rebalancesUnderLoad(t *testing.T) {
	t.Parallel()
	const groups, rebalances, partitions = 12, 500, 6
	c := shared.Get(t)
	topic := unique(t)
	require.NoError(t, c.CreateTopic(t.Context(), topic, partitions, 1))
	var told atomic.Int32
	join := func(group string, l *ledger) (*reader, error) {
		r := &reader{stop: make(chan struct{}), done: make(chan error, 1)}
		var err error
		r.consumer, err = kafka.NewConsumer(config(c, kafka.ConfigMap{
			"group.id": group, "auto.offset.reset": "earliest", "partition.assignment.strategy": "cooperative-sticky",
			// The timer of commits is also what makes librdkafka look at its heartbeats more often than once a second.
			"heartbeat.interval.ms": 50, "auto.commit.interval.ms": 50,
		}))
		if err != nil {
			return nil, err
		}
		go func() { r.done <- r.run(l, true) }()
		return r, r.consumer.Subscribe(topic, func(*kafka.Consumer, kafka.Event) error {
			told.Add(1)
			return nil
		})
	}
	await := func(r *reader, n int) error {
		limit, tick := time.After(time.Minute), time.NewTicker(20*time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-limit:
				return fmt.Errorf("%v: %d partitions were not assigned within a minute", r.consumer, n)
			}
			parts, err := r.consumer.Assignment()
			if err != nil || len(parts) == n {
				return err
			}
		}
	}
	// comeAndGo lets one more member join a group and leave it again.
	comeAndGo := func(group string, l *ledger, stays *reader) error {
		if err := await(stays, partitions); err != nil {
			return err
		}
		second, err := join(group, l)
		if err != nil {
			return err
		}
		return errors.Join(await(second, partitions/2), await(stays, partitions/2), second.leave())
	}

	p := newProducer(t, c, kafka.ConfigMap{"linger.ms": 1, "enable.idempotence": true})
	delivered := newLedger("delivered")
	var sent atomic.Int64
	stop, produced := make(chan struct{}), make(chan error, 1)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				sent.Store(int64(n))
				produced <- nil
				return
			case <-time.After(time.Millisecond):
			}
			value := fmt.Append(nil, n)
			if err := p.Produce(&kafka.Message{
				TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: int32(n % partitions)},
				Value:          value,
				Headers:        []kafka.Header{{Key: "value", Value: value}},
			}, nil); err != nil {
				produced <- err
				return
			}
		}
	}()

	ledgers := make([]*ledger, groups)
	stay := make([]*reader, groups)
	var wg sync.WaitGroup
	for i := range groups {
		group := fmt.Sprintf("%s-%d", topic, i)
		ledgers[i] = newLedger(group)
		var err error
		stay[i], err = join(group, ledgers[i])
		require.NoError(t, err)
		wg.Go(func() {
			for told.Load() < rebalances {
				if !assert.NoError(t, comeAndGo(group, ledgers[i], stay[i])) {
					return
				}
			}
		})
	}
	wg.Wait()
	close(stop)
	require.NoError(t, <-produced)
	total := int(sent.Load())
	require.NoError(t, readReports(p, delivered, total))
	delivered.check(t, total)
	repeating := 0 // groups
	for i, l := range ledgers {
		l.await(t, total)
		stay[i].close(t)
		// Kafka promises at least once: where a broker refuses the last commit of a member, since the group has gone on
		// meanwhile, its successor reads again. Nothing may get lost by that, and it must be rare.
		if lost, twice := l.count(total); twice > 0 {
			t.Logf("%s: %d messages came twice", l.name, twice)
			assert.Zero(t, lost, l.name)
			repeating++
		} else {
			l.check(t, total)
		}
		assert.True(t, maps.Equal(delivered.values, l.values), "what was delivered is what was read, at the same offsets")
	}
	assert.LessOrEqual(t, repeating, 1, "groups in which a commit was refused")
	t.Logf("%d times a member was told of a rebalance, %d messages in each of %d groups", told.Load(), total, groups)
}
