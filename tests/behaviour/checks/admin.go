package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func adminFacts() []fact {
	return slices.Concat(adminClientFacts(), adminArgumentFacts(), adminTopicFacts(), adminBrokerFacts(), adminNameFacts())
}

// admin makes an admin client that the check may leave open.
func (e *env) admin(brokers string) *kafka.AdminClient {
	a, err := kafka.NewAdminClient(with(kafka.ConfigMap{"bootstrap.servers": brokers}))
	must(err)
	e.closers = append(e.closers, a.Close)
	return a
}

func adminClientFacts() []fact {
	return []fact{
		{
			id: "admin.derived-close", bullet: "admin 1",
			says: "Closing a derived admin client leaves its parent alone; its calls then fail.",
			want: "true, false, [-172] Operation not allowed on closed client, 1",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.mock()})
				a, err := kafka.NewAdminClientFromProducer(p)
				must(err)
				a.Close()
				_, err = a.GetMetadata(nil, true, 1000)
				meta, perr := p.GetMetadata(nil, true, int(wait.Milliseconds()))
				must(perr)
				return show(a.IsClosed(), p.IsClosed(), err, len(meta.Brokers))
			},
		},
		{
			id: "admin.derived-parent-closed", bullet: "admin 1",
			says: "A derived admin client can be made of a closed parent; its calls use what is freed.",
			want: notRun,
			row:  5, ours: "[-172] Operation not allowed on closed client",
			unsafe: true,
			check: func(e *env) string {
				c := e.consumer(nil)
				must(c.Close())
				a, err := kafka.NewAdminClientFromConsumer(c)
				must(err)
				_, err = a.DescribeCluster(e.within(time.Second))
				return show(err)
			},
		},
		{
			id: "admin.deadline", bullet: "admin 2",
			says: "When the context's deadline passes, its own error comes back.",
			want: "context.deadlineExceededError: context deadline exceeded",
			check: func(e *env) string {
				_, err := e.admin(nowhere).DescribeCluster(e.within(200 * time.Millisecond))
				return show(err)
			},
		},
		{
			id: "admin.cancel", bullet: "admin 2",
			says: "Cancelling the context ends a call with the context's error.",
			want: "*errors.errorString: context canceled, in time: true",
			check: func(e *env) string {
				a := e.admin(nowhere)
				ctx, cancel := context.WithCancel(context.Background())
				time.AfterFunc(200*time.Millisecond, cancel)
				return timed(0, 5*time.Second, func() error { _, err := a.DescribeCluster(ctx); return err })
			},
		},
		{
			id: "admin.cluster-id", bullet: "admin 2",
			says: "ClusterID and ControllerID give the cluster's.",
			want: "true, 1",
			check: func(e *env) string {
				a := e.admin(e.broker())
				id, err := a.ClusterID(e.within(wait))
				must(err)
				controller, err := a.ControllerID(e.within(wait))
				must(err)
				return show(id != "", controller)
			},
		},
		{
			id: "admin.cluster-id-deadline", bullet: "admin 2",
			says: "ClusterID ends at the context's deadline.",
			want: "context.deadlineExceededError: context deadline exceeded, in time: true",
			check: func(e *env) string {
				a := e.admin(nowhere)
				return timed(0, 5*time.Second, func() error { _, err := a.ClusterID(e.within(300 * time.Millisecond)); return err })
			},
		},
		{
			id: "admin.cluster-id-cancel", bullet: "admin 2",
			says: "ClusterID and ControllerID do not end when the context is cancelled.",
			want: "no end, no end",
			row:  8, ours: "*errors.errorString: context canceled, *errors.errorString: context canceled",
			check: func(e *env) string {
				ctx, cancel := context.WithCancel(context.Background())
				time.AfterFunc(200*time.Millisecond, cancel)
				got := make(chan string, 2)
				go func() { _, err := e.admin(nowhere).ClusterID(ctx); got <- show(err) }()
				go func() { _, err := e.admin(nowhere).ControllerID(ctx); got <- show(err) }()
				result := func() string {
					select {
					case s := <-got:
						return s
					case <-time.After(2 * time.Second):
						return noEnd
					}
				}
				return result() + ", " + result()
			},
			alone: true, // it leaves a call behind
		},
		{
			id: "admin.arguments-first", bullet: "admin 2",
			says: "Errors of arguments and options come before that of the context.",
			want: "-186, -186",
			check: func(e *env) string {
				a := e.admin(nowhere)
				expired := e.within(-time.Second)
				_, err1 := a.ListOffsets(expired, nil)
				_, err2 := a.CreateTopics(expired, []kafka.TopicSpecification{{Topic: "t"}}, kafka.SetAdminRequestTimeout(-5*time.Second))
				return show(code(err1), code(err2))
			},
		},
		{
			id: "admin.closed-error", bullet: "admin 9",
			says: "Every call after Close returns an Error that equals ErrState with this text.",
			want: "all 26 calls: [-172] Operation not allowed on closed client",
			check: func(e *env) string {
				a := e.admin(nowhere)
				a.Close()
				a.Close()
				return closedCalls(adminCalls(a, e.partition()))
			},
		},
		{
			id: "admin.closed-list-offsets", bullet: "admin 9",
			says: "ListOffsets on a closed admin client uses what is freed.",
			want: notRun,
			row:  5, ours: "[-172] Operation not allowed on closed client",
			check: func(e *env) string {
				a := e.admin(nowhere)
				a.Close()
				_, err := a.ListOffsets(e.within(time.Second), map[kafka.TopicPartition]kafka.OffsetSpec{e.partition(): kafka.LatestOffsetSpec})
				return show(err)
			},
			unsafe: true,
		},
		{
			id: "admin.no-channel", bullet: "admin 9",
			says: "An admin client has a String, and Logs when enabled.",
			want: "true, nil, true",
			check: func(e *env) string {
				a := e.admin(nowhere)
				l, err := kafka.NewAdminClient(with(kafka.ConfigMap{"go.logs.channel.enable": true}))
				must(err)
				e.closers = append(e.closers, l.Close)
				return show(len(a.String()) > 0, showChannel(a.Logs()), l.Logs() != nil)
			},
		},
	}
}

// adminCalls are the methods of an admin client that return an error, but ListOffsets.
func adminCalls(a *kafka.AdminClient, tp kafka.TopicPartition) []call {
	ctx := context.Background()
	topic := *tp.Topic
	list := []kafka.TopicPartition{tp}
	resource := []kafka.ConfigResource{{Type: kafka.ResourceTopic, Name: topic}}
	groups := []kafka.ConsumerGroupTopicPartitions{{Group: "g", Partitions: list}}
	acl := kafka.ACLBinding{Type: kafka.ResourceTopic, Name: topic}
	return []call{
		{"ClusterID", func() error { _, err := a.ClusterID(ctx); return err }},
		{"ControllerID", func() error { _, err := a.ControllerID(ctx); return err }},
		{"CreateTopics", func() error { _, err := a.CreateTopics(ctx, []kafka.TopicSpecification{{Topic: topic}}); return err }},
		{"DeleteTopics", func() error { _, err := a.DeleteTopics(ctx, []string{topic}); return err }},
		{"CreatePartitions", func() error {
			_, err := a.CreatePartitions(ctx, []kafka.PartitionsSpecification{{Topic: topic, IncreaseTo: 2}})
			return err
		}},
		{"AlterConfigs", func() error { _, err := a.AlterConfigs(ctx, resource); return err }},
		{"IncrementalAlterConfigs", func() error { _, err := a.IncrementalAlterConfigs(ctx, resource); return err }},
		{"DescribeConfigs", func() error { _, err := a.DescribeConfigs(ctx, resource); return err }},
		{"GetMetadata", func() error { _, err := a.GetMetadata(nil, true, 10); return err }},
		{"CreateACLs", func() error { _, err := a.CreateACLs(ctx, kafka.ACLBindings{acl}); return err }},
		{"DescribeACLs", func() error { _, err := a.DescribeACLs(ctx, acl); return err }},
		{"DeleteACLs", func() error { _, err := a.DeleteACLs(ctx, kafka.ACLBindingFilters{acl}); return err }},
		{"ListConsumerGroups", func() error { _, err := a.ListConsumerGroups(ctx); return err }},
		{"DescribeConsumerGroups", func() error { _, err := a.DescribeConsumerGroups(ctx, []string{"g"}); return err }},
		{"DeleteConsumerGroups", func() error { _, err := a.DeleteConsumerGroups(ctx, []string{"g"}); return err }},
		{"ListConsumerGroupOffsets", func() error { _, err := a.ListConsumerGroupOffsets(ctx, groups); return err }},
		{"AlterConsumerGroupOffsets", func() error { _, err := a.AlterConsumerGroupOffsets(ctx, groups); return err }},
		{"DescribeTopics", func() error {
			_, err := a.DescribeTopics(ctx, kafka.NewTopicCollectionOfTopicNames([]string{topic}))
			return err
		}},
		{"DescribeCluster", func() error { _, err := a.DescribeCluster(ctx); return err }},
		{"DescribeUserScramCredentials", func() error { _, err := a.DescribeUserScramCredentials(ctx, []string{"u"}); return err }},
		{"AlterUserScramCredentials", func() error {
			_, err := a.AlterUserScramCredentials(ctx, nil, []kafka.UserScramCredentialDeletion{{User: "u", Mechanism: kafka.ScramMechanismSHA256}})
			return err
		}},
		{"DeleteRecords", func() error { _, err := a.DeleteRecords(ctx, list); return err }},
		{"ElectLeaders", func() error {
			_, err := a.ElectLeaders(ctx, kafka.NewElectLeadersRequest(kafka.ElectionTypePreferred, list))
			return err
		}},
		{"SetSaslCredentials", func() error { return a.SetSaslCredentials("u", "p") }},
		{"SetOAuthBearerToken", func() error { return a.SetOAuthBearerToken(kafka.OAuthBearerToken{}) }},
		{"SetOAuthBearerTokenFailure", func() error { return a.SetOAuthBearerTokenFailure("x") }},
	}
}

func adminArgumentFacts() []fact {
	return []fact{
		{
			id: "admin.nil-option", bullet: "admin 3",
			says: "A nil option is skipped.",
			want: "context.deadlineExceededError: context deadline exceeded",
			check: func(e *env) string {
				_, err := e.admin(nowhere).CreateTopics(e.within(100*time.Millisecond),
					[]kafka.TopicSpecification{{Topic: "t", NumPartitions: 1}}, nil)
				return show(err)
			},
		},
		{
			id: "admin.empty-lists-panic", bullet: "admin 4",
			says: "These calls panic when the list is empty.",
			want: "6 of 6: panic: runtime error: index out of range [0] with length 0",
			row:  10, ours: "3 of 6: [-186] Expected non-empty slice of ConfigResource structs; 1 of 6: [-186] Expected non-empty slice of PartitionsSpecification structs; 1 of 6: [-186] Expected non-empty slice of TopicSpecification structs; 1 of 6: [-186] Expected non-empty slice of topic names",
			check: func(e *env) string {
				a := e.admin(nowhere)
				return tally([]func() error{
					func() error { _, err := a.CreateTopics(e.within(100*time.Millisecond), nil); return err },
					func() error { _, err := a.DeleteTopics(e.within(100*time.Millisecond), nil); return err },
					func() error { _, err := a.CreatePartitions(e.within(100*time.Millisecond), nil); return err },
					func() error { _, err := a.AlterConfigs(e.within(100*time.Millisecond), nil); return err },
					func() error { _, err := a.IncrementalAlterConfigs(e.within(100*time.Millisecond), nil); return err },
					func() error { _, err := a.DescribeConfigs(e.within(100*time.Millisecond), nil); return err },
				})
			},
		},
		{
			id: "admin.empty-lists-refused", bullet: "admin 4",
			says: "These calls refuse an empty list.",
			want: "[-186] Expected non-nil slice of ACLBinding structs, [-186] Expected non-nil slice of ACLBindingFilter structs, [-186] expected topicPartitionOffsets parameter., [-186] No records to delete",
			check: func(e *env) string {
				a := e.admin(nowhere)
				ctx := e.within(time.Second)
				_, err1 := a.CreateACLs(ctx, nil)
				_, err2 := a.DeleteACLs(ctx, nil)
				_, err3 := a.ListOffsets(ctx, nil)
				_, err4 := a.DeleteRecords(ctx, nil)
				return show(err1, err2, err3, err4)
			},
		},
		{
			id: "admin.one-group", bullet: "admin 4",
			says: "The calls on a group's offsets take exactly one group, and say so by a plain error.",
			want: "*errors.errorString: expected length of groupsPartitions is 1, got 2, *errors.errorString: expected length of groupsPartitions is 1, got 0",
			check: func(e *env) string {
				a := e.admin(nowhere)
				two := make([]kafka.ConsumerGroupTopicPartitions, 2)
				_, err1 := a.ListConsumerGroupOffsets(e.within(time.Second), two)
				_, err2 := a.AlterConsumerGroupOffsets(e.within(time.Second), nil)
				return show(err1, err2)
			},
		},
		{
			id: "admin.scram-empty", bullet: "admin 4",
			says: "An empty password, and an empty salt that is not nil, panic.",
			want: "2 of 2: panic: runtime error: index out of range [0] with length 0",
			row:  10, ours: "1 of 2: [-186] Empty password at index 0; 1 of 2: context.deadlineExceededError: context deadline exceeded",
			check: func(e *env) string {
				a := e.admin(nowhere)
				upsert := func(password, salt []byte) func() error {
					return func() error {
						_, err := a.AlterUserScramCredentials(e.within(100*time.Millisecond), []kafka.UserScramCredentialUpsertion{{
							User: "u", Password: password, Salt: salt,
							ScramCredentialInfo: kafka.ScramCredentialInfo{Mechanism: kafka.ScramMechanismSHA256, Iterations: 4096},
						}}, nil)
						return err
					}
				}
				return tally([]func() error{upsert(nil, nil), upsert([]byte("p"), []byte{})})
			},
		},
		{
			id: "admin.replication-both", bullet: "admin 5",
			says: "ReplicationFactor and ReplicaAssignment exclude each other, and the assignment is as long as there are partitions.",
			want: "[-186] TopicSpecification.ReplicationFactor and TopicSpecification.ReplicaAssignment are mutually exclusive, [-186] TopicSpecification.ReplicaAssignment must contain exactly TopicSpecification.NumPartitions partitions",
			check: func(e *env) string {
				a := e.admin(nowhere)
				_, err1 := a.CreateTopics(e.within(time.Second), []kafka.TopicSpecification{{
					Topic: "t", NumPartitions: 1, ReplicationFactor: 1, ReplicaAssignment: [][]int32{{1}},
				}})
				_, err2 := a.CreateTopics(e.within(time.Second), []kafka.TopicSpecification{{
					Topic: "t", NumPartitions: 2, ReplicaAssignment: [][]int32{{1}},
				}})
				return show(err1, err2)
			},
		},
		{
			id: "admin.option-range", bullet: "admin 5",
			says: "An option out of range is refused.",
			want: `[-186] Invalid value type for "request_timeout": expecting integer in range 0..3600000`,
			check: func(e *env) string {
				_, err := e.admin(nowhere).DescribeCluster(e.within(time.Second), kafka.SetAdminRequestTimeout(2*time.Hour))
				return show(err)
			},
		},
		{
			id: "admin.replication-default", bullet: "admin 5",
			says: "A ReplicationFactor of 0 means the broker's default.",
			want: "0 Success, 1 replica",
			check: func(e *env) string {
				a := e.admin(e.broker())
				res, err := a.CreateTopics(e.within(wait), []kafka.TopicSpecification{{Topic: e.name(), NumPartitions: 1}})
				must(err)
				return fmt.Sprintf("%d %s, ", res[0].Error.Code(), res[0].Error.Code()) + eventually("1 replica", func() string {
					meta, err := a.GetMetadata(e.topic(), false, int(wait.Milliseconds()))
					must(err)
					return fmt.Sprintf("%d replica", len(meta.Topics[e.name()].Partitions[0].Replicas))
				})
			},
		},
		{
			id: "admin.configs-replace", bullet: "admin 5",
			says: "AlterConfigs replaces all settings; IncrementalAlterConfigs changes those named.",
			want: "segment.bytes and retention.ms, then retention.ms; then segment.bytes",
			check: func(e *env) string {
				a := e.admin(e.broker())
				_, err := a.CreateTopics(e.within(wait), []kafka.TopicSpecification{{
					Topic: e.name(), NumPartitions: 1, Config: map[string]string{"segment.bytes": "1048576"},
				}})
				must(err)
				// set waits until the two keys that are the topic's own are these: brokers learn of it a little later.
				set := func(want string) string {
					return eventually(want, func() string {
						res, err := a.DescribeConfigs(e.within(wait), []kafka.ConfigResource{{Type: kafka.ResourceTopic, Name: e.name()}})
						must(err)
						var keys []string
						for _, key := range []string{"segment.bytes", "retention.ms"} {
							if res[0].Config[key].Source == kafka.ConfigSourceDynamicTopic {
								keys = append(keys, key)
							}
						}
						return strings.Join(keys, " and ")
					})
				}
				resource := func(key, value string) []kafka.ConfigResource {
					return []kafka.ConfigResource{{
						Type: kafka.ResourceTopic, Name: e.name(),
						Config: kafka.StringMapToIncrementalConfigEntries(map[string]string{key: value},
							map[string]kafka.AlterConfigOpType{key: kafka.AlterConfigOpTypeSet}),
					}}
				}
				_, err = a.IncrementalAlterConfigs(e.within(wait), resource("retention.ms", "1000000"))
				must(err)
				got := set("segment.bytes and retention.ms")
				_, err = a.AlterConfigs(e.within(wait), resource("retention.ms", "2000000"))
				must(err)
				got += ", then " + set("retention.ms")
				_, err = a.AlterConfigs(e.within(wait), resource("segment.bytes", "1048576"))
				must(err)
				return got + "; then " + set("segment.bytes")
			},
		},
	}
}
