package kafka_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/kafka"
)

// newAdmin returns a client of a cluster that ends with the test.
func newAdmin(t *testing.T, conf kafka.ConfigMap) *kafka.AdminClient {
	t.Helper()
	a, err := kafka.NewAdminClient(&conf)
	require.NoError(t, err)
	t.Cleanup(a.Close)
	return a
}

// noCluster is a configuration with which nothing is ever answered.
func noCluster() kafka.ConfigMap {
	return kafka.ConfigMap{"bootstrap.servers": "127.0.0.1:1", "log_level": 0}
}

// adminCalls are the methods with a context, with arguments that are right.
func adminCalls() map[string]func(context.Context, *kafka.AdminClient) error {
	topic := "t"
	parts := []kafka.TopicPartition{{Topic: &topic, Partition: 0, Offset: 1}}
	group := []kafka.ConsumerGroupTopicPartitions{{Group: "g", Partitions: parts}}
	resources := []kafka.ConfigResource{{Type: kafka.ResourceTopic, Name: "t", Config: []kafka.ConfigEntry{{Name: "a", Value: "b"}}}}
	acl := kafka.ACLBinding{
		Type: kafka.ResourceTopic, Name: "t", ResourcePatternType: kafka.ResourcePatternTypeLiteral, Principal: "User:u", Host: "*",
		Operation: kafka.ACLOperationRead, PermissionType: kafka.ACLPermissionTypeAllow,
	}
	type admin = *kafka.AdminClient
	return map[string]func(context.Context, admin) error{
		"ClusterID":    func(ctx context.Context, a admin) error { _, err := a.ClusterID(ctx); return err },
		"ControllerID": func(ctx context.Context, a admin) error { _, err := a.ControllerID(ctx); return err },
		"CreateTopics": func(ctx context.Context, a admin) error {
			_, err := a.CreateTopics(ctx, []kafka.TopicSpecification{{Topic: "t", NumPartitions: 1}})
			return err
		},
		"DeleteTopics": func(ctx context.Context, a admin) error { _, err := a.DeleteTopics(ctx, []string{"t"}); return err },
		"CreatePartitions": func(ctx context.Context, a admin) error {
			_, err := a.CreatePartitions(ctx, []kafka.PartitionsSpecification{{Topic: "t", IncreaseTo: 2}})
			return err
		},
		"AlterConfigs": func(ctx context.Context, a admin) error { _, err := a.AlterConfigs(ctx, resources); return err },
		"IncrementalAlterConfigs": func(ctx context.Context, a admin) error {
			_, err := a.IncrementalAlterConfigs(ctx, resources)
			return err
		},
		"DescribeConfigs": func(ctx context.Context, a admin) error { _, err := a.DescribeConfigs(ctx, resources); return err },
		"CreateACLs": func(ctx context.Context, a admin) error {
			_, err := a.CreateACLs(ctx, kafka.ACLBindings{acl})
			return err
		},
		"DescribeACLs": func(ctx context.Context, a admin) error { _, err := a.DescribeACLs(ctx, acl); return err },
		"DeleteACLs": func(ctx context.Context, a admin) error {
			_, err := a.DeleteACLs(ctx, kafka.ACLBindingFilters{acl})
			return err
		},
		"ListConsumerGroups": func(ctx context.Context, a admin) error { _, err := a.ListConsumerGroups(ctx); return err },
		"DescribeConsumerGroups": func(ctx context.Context, a admin) error {
			_, err := a.DescribeConsumerGroups(ctx, []string{"g"})
			return err
		},
		"DeleteConsumerGroups": func(ctx context.Context, a admin) error {
			_, err := a.DeleteConsumerGroups(ctx, []string{"g"})
			return err
		},
		"ListConsumerGroupOffsets": func(ctx context.Context, a admin) error {
			_, err := a.ListConsumerGroupOffsets(ctx, group)
			return err
		},
		"AlterConsumerGroupOffsets": func(ctx context.Context, a admin) error {
			_, err := a.AlterConsumerGroupOffsets(ctx, group)
			return err
		},
		"DescribeTopics": func(ctx context.Context, a admin) error {
			_, err := a.DescribeTopics(ctx, kafka.NewTopicCollectionOfTopicNames([]string{"t"}))
			return err
		},
		"DescribeCluster": func(ctx context.Context, a admin) error { _, err := a.DescribeCluster(ctx); return err },
		"DescribeUserScramCredentials": func(ctx context.Context, a admin) error {
			_, err := a.DescribeUserScramCredentials(ctx, nil)
			return err
		},
		"AlterUserScramCredentials": func(ctx context.Context, a admin) error {
			_, err := a.AlterUserScramCredentials(ctx, nil, []kafka.UserScramCredentialDeletion{{User: "u", Mechanism: kafka.ScramMechanismSHA256}})
			return err
		},
		"ListOffsets": func(ctx context.Context, a admin) error {
			_, err := a.ListOffsets(ctx, map[kafka.TopicPartition]kafka.OffsetSpec{parts[0]: kafka.LatestOffsetSpec})
			return err
		},
		"DeleteRecords": func(ctx context.Context, a admin) error { _, err := a.DeleteRecords(ctx, parts); return err },
		"ElectLeaders": func(ctx context.Context, a admin) error {
			_, err := a.ElectLeaders(ctx, kafka.NewElectLeadersRequest(kafka.ElectionTypePreferred, parts))
			return err
		},
	}
}

// A call returns the context's own error, at once, whatever the cluster does.
func TestAdminClient_contextEnds(t *testing.T) {
	t.Parallel()
	a := newAdmin(t, noCluster())
	for name, call := range adminCalls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
			defer cancel()
			assert.Equal(t, context.DeadlineExceeded, call(ctx, a))
			assert.Equal(t, context.DeadlineExceeded, call(ctx, a), "a context that has ended before")

			// A busy machine can hold up one try, not all of them.
			late := time.Hour
			for try := 0; try < 10 && late > 10*time.Millisecond; try++ {
				ctx, cancel := context.WithCancel(context.Background())
				done := make(chan error, 1)
				go func() { done <- call(ctx, a) }()
				select {
				case err := <-done:
					require.FailNow(t, "it did not wait", "%v", err)
				case <-time.After(20 * time.Millisecond):
				}
				begun := time.Now()
				cancel()
				assert.Equal(t, context.Canceled, <-done)
				late = time.Since(begun)
			}
			assert.LessOrEqual(t, late, 10*time.Millisecond)
		})
	}
}

// errClosed is the error of every method of a closed client.
var errClosed = kafka.NewError(kafka.ErrState, "Operation not allowed on closed client", false)

func assertClosed(t *testing.T, a *kafka.AdminClient) {
	t.Helper()
	assert.True(t, a.IsClosed())
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for name, call := range adminCalls() {
		assert.Equal(t, errClosed, call(ended, a), name)
	}
	_, err := a.CreateTopics(ended, nil)
	assert.Equal(t, errClosed, err, "with bad arguments, too")
	_, err = a.GetMetadata(nil, true, 10)
	assert.Equal(t, errClosed, err)
	assert.Equal(t, errClosed, a.SetSaslCredentials("u", "p"))
	assert.Equal(t, errClosed, a.SetOAuthBearerToken(kafka.OAuthBearerToken{}))
	assert.Equal(t, errClosed, a.SetOAuthBearerTokenFailure("x"))
	assert.NotEmpty(t, a.String())
}

func TestAdminClient_closed(t *testing.T) {
	t.Parallel()
	a := newAdmin(t, noCluster())
	assert.False(t, a.IsClosed())
	require.NoError(t, a.CloseContext(t.Context()))
	a.Close()
	assertClosed(t, a)
}

// Close ends the calls that wait.
func TestAdminClient_closeWhileWaiting(t *testing.T) {
	t.Parallel()
	p := newProducer(t, noCluster())
	derived, err := kafka.NewAdminClientFromProducer(p)
	require.NoError(t, err)
	for what, a := range map[string]*kafka.AdminClient{"own": newAdmin(t, noCluster()), "derived": derived} {
		done := make(chan error)
		n := 0
		for _, call := range adminCalls() {
			n++
			go func() { done <- call(context.Background(), a) }()
		}
		select {
		case err := <-done:
			require.FailNow(t, "a call did not wait", "%s: %v", what, err)
		case <-time.After(100 * time.Millisecond):
		}
		a.Close()
		for range n {
			select {
			case err := <-done:
				assert.Equal(t, errClosed, err, what)
			case <-time.After(10 * time.Second):
				require.FailNow(t, "a call goes on after Close", what)
			}
		}
	}
	assert.False(t, p.IsClosed())
}

func TestAdminClient_fromProducer(t *testing.T) {
	t.Parallel()
	mock := newMock(t)
	p := newProducer(t, kafka.ConfigMap{"bootstrap.servers": mock.BootstrapServers()})
	a, err := kafka.NewAdminClientFromProducer(p)
	require.NoError(t, err)
	b, err := kafka.NewAdminClientFromProducer(p)
	require.NoError(t, err)
	assert.Equal(t, "admin-"+p.String(), a.String())
	assert.Nil(t, a.Logs())
	id, err := a.ClusterID(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, id)

	a.Close()
	a.Close()
	assertClosed(t, a)
	assert.False(t, p.IsClosed())
	_, err = p.GetMetadata(nil, true, 10000)
	require.NoError(t, err, "the producer goes on")

	_, err = b.ControllerID(t.Context())
	require.NoError(t, err, "so does another client of it")
	p.Close()
	assertClosed(t, b)
	b.Close()
	_, err = kafka.NewAdminClientFromProducer(nil)
	assert.ErrorIs(t, err, kafka.ErrInvalidArg)
}

func TestAdminClient_fromConsumer(t *testing.T) {
	t.Parallel()
	mock := newMock(t)
	c := newConsumer(t, kafka.ConfigMap{"bootstrap.servers": mock.BootstrapServers(), "group.id": "g", "go.logs.channel.enable": true})
	a, err := kafka.NewAdminClientFromConsumer(c)
	require.NoError(t, err)
	assert.Equal(t, "admin-"+c.String(), a.String())
	assert.Equal(t, c.Logs(), a.Logs())
	_, err = a.ClusterID(t.Context())
	require.NoError(t, err)
	require.NoError(t, c.Close())
	assertClosed(t, a)
	after, err := kafka.NewAdminClientFromConsumer(c)
	require.NoError(t, err)
	assertClosed(t, after)
	_, err = kafka.NewAdminClientFromConsumer(nil)
	assert.ErrorIs(t, err, kafka.ErrInvalidArg)
}

func TestNewAdminClient_configuration(t *testing.T) {
	t.Parallel()
	for _, bad := range []*kafka.ConfigMap{nil, {"go.events.channel.size": 1}, {"no.such": 1}, {"linger.ms": "x"}} {
		_, err := kafka.NewAdminClient(bad)
		assert.ErrorIs(t, err, kafka.ErrInvalidArg, "%v", bad)
	}
	logs := make(chan kafka.LogEvent, 100)
	a := newAdmin(t, kafka.ConfigMap{
		"bootstrap.servers": "127.0.0.1:1", "debug": "broker", "go.logs.channel.enable": true, "go.logs.channel": logs,
	})
	assert.Equal(t, logs, a.Logs())
	select {
	case line := <-logs:
		assert.Contains(t, a.String(), line.Name)
	case <-time.After(10 * time.Second):
		assert.Fail(t, "no log line came")
	}
}

func TestAdminClient_requestTimeout(t *testing.T) {
	t.Parallel()
	a := newAdmin(t, noCluster())
	begun := time.Now()
	_, err := a.DescribeCluster(context.Background(), kafka.SetAdminRequestTimeout(100*time.Millisecond))
	require.ErrorIs(t, err, kafka.ErrTimedOut)
	var timeout kafka.TimeoutError
	assert.ErrorAs(t, err, &timeout)
	assert.Less(t, time.Since(begun), 10*time.Second)

	_, err = a.DeleteConsumerGroups(context.Background(), []string{"g"}, kafka.SetAdminRequestTimeout(100*time.Millisecond))
	require.ErrorIs(t, err, kafka.ErrTimedOut)
	_, err = a.DeleteConsumerGroups(context.Background(), []string{"g"}, kafka.SetAdminRequestTimeout(-1))
	require.ErrorIs(t, err, kafka.ErrInvalidArg)

	conf := noCluster()
	conf["socket.timeout.ms"] = 100
	b := newAdmin(t, conf)
	_, err = b.ClusterID(context.Background())
	assert.ErrorIs(t, err, kafka.ErrTimedOut)
	_, err = b.ControllerID(nil) //nolint:staticcheck // a nil context has no end
	assert.ErrorIs(t, err, kafka.ErrTimedOut)
	_, err = b.DeleteTopics(nil, []string{"t"}) //nolint:staticcheck // the same
	assert.ErrorIs(t, err, kafka.ErrTimedOut)
}
