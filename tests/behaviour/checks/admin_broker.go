package main

import (
	"fmt"

	"github.com/rdkafka-go/rdkafka/kafka"
)

func adminTopicFacts() []fact {
	return []fact{
		{
			id: "admin.result-error", bullet: "admin 6",
			says: "The error of an item is an Error with the code ErrNoError when all is well.",
			want: "0, 36, a topic that exists has a text: true",
			check: func(e *env) string {
				a := e.admin(e.broker())
				specs := []kafka.TopicSpecification{{Topic: e.name(), NumPartitions: 1}}
				first, err := a.CreateTopics(e.within(wait), specs)
				must(err)
				again, err := a.CreateTopics(e.within(wait), specs)
				must(err)
				return fmt.Sprintf("%d, %d, a topic that exists has a text: %t",
					first[0].Error.Code(), again[0].Error.Code(), again[0].Error.String() != again[0].Error.Code().String())
			},
		},
		{
			id: "admin.result-text", bullet: "admin 6",
			says: "TopicResult prints the topic and the error's text, which may be empty.",
			want: "a (), b, b (boom)",
			check: func(*env) string {
				return show(kafka.TopicResult{Topic: "a", Error: kafka.NewError(kafka.ErrTopicAlreadyExists, "", false)},
					kafka.TopicResult{Topic: "b"},
					kafka.TopicResult{Topic: "b", Error: kafka.NewError(kafka.ErrTopicAlreadyExists, "boom", false)})
			},
		},
		{
			id: "admin.list-offsets-keys", bullet: "admin 7",
			says: "The keys of a ListOffsets result are not the caller's: they point to another topic and hold an offset of 0.",
			want: "found: false; admin-list-offsets-keys[0]@0; 3, true, 0",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.broker()})
				for range 3 {
					must(deliver(p, &kafka.Message{TopicPartition: e.partition()}).TopicPartition.Error)
				}
				key := e.partition()
				res, err := e.admin(e.broker()).ListOffsets(e.within(wait), map[kafka.TopicPartition]kafka.OffsetSpec{key: kafka.LatestOffsetSpec})
				must(err)
				_, found := res.ResultInfos[key]
				got := fmt.Sprintf("found: %t", found)
				for k, info := range res.ResultInfos {
					got += "; " + show(k) + "; " + show(int64(info.Offset), info.LeaderEpoch != nil, int(info.Error.Code()))
				}
				return got
			},
		},
		{
			id: "admin.list-offsets-time", bullet: "admin 7",
			says: "The timestamp of a ListOffsets result is -1 for an end, and the message's for a time.",
			want: "-1; 1000 at 1",
			check: func(e *env) string {
				return e.offsetsOfTimes()
			},
		},
		{
			id: "admin.authorized-operations", bullet: "admin 8",
			says: "AuthorizedOperations is nil unless asked for.",
			want: "true, true, some: true, some: true",
			check: func(e *env) string {
				a := e.admin(e.broker())
				_, err := a.CreateTopics(e.within(wait), []kafka.TopicSpecification{{Topic: e.name(), NumPartitions: 1}})
				must(err)
				topics := kafka.NewTopicCollectionOfTopicNames([]string{e.name()})
				c1, err := a.DescribeCluster(e.within(wait))
				must(err)
				t1, err := a.DescribeTopics(e.within(wait), topics)
				must(err)
				c2, err := a.DescribeCluster(e.within(wait), kafka.SetAdminOptionIncludeAuthorizedOperations(true))
				must(err)
				asked := eventually("some: true", func() string {
					t2, err := a.DescribeTopics(e.within(wait), topics, kafka.SetAdminOptionIncludeAuthorizedOperations(true))
					must(err)
					return fmt.Sprintf("some: %t", len(t2.TopicDescriptions[0].AuthorizedOperations) > 0)
				})
				return fmt.Sprintf("%t, %t, some: %t, ", c1.AuthorizedOperations == nil, t1.TopicDescriptions[0].AuthorizedOperations == nil,
					len(c2.AuthorizedOperations) > 0) + asked
			},
		},
		{
			id: "admin.describe-topic", bullet: "admin 8",
			says: "DescribeTopics gives the nodes of a partition and the topic's UUID; an unknown topic has an error.",
			want: "leader 1, 1 replica, 1 isr, UUID: true; 3, 0 partitions",
			check: func(e *env) string {
				a := e.admin(e.broker())
				_, err := a.CreateTopics(e.within(wait), []kafka.TopicSpecification{{Topic: e.name(), NumPartitions: 1}})
				must(err)
				const found = "leader 1, 1 replica, 1 isr, UUID: true; "
				absent := kafka.TopicDescription{}
				return eventually(found, func() string {
					res, err := a.DescribeTopics(e.within(wait), kafka.NewTopicCollectionOfTopicNames([]string{e.name(), e.name() + "-absent"}))
					must(err)
					t := res.TopicDescriptions[0]
					absent = res.TopicDescriptions[1]
					part := t.Partitions[0]
					return fmt.Sprintf("leader %d, %d replica, %d isr, UUID: %t; ", part.Leader.ID, len(part.Replicas), len(part.Isr), t.TopicID.String() != "")
				}) + fmt.Sprintf("%d, %d partitions", absent.Error.Code(), len(absent.Partitions))
			},
		},
	}
}

// offsetsOfTimes is what ListOffsets says of an end and of a time.
func (e *env) offsetsOfTimes() string {
	p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.broker()})
	for _, ms := range []int64{500, 1000} {
		must(deliver(p, &kafka.Message{TopicPartition: e.partition(), Timestamp: unixMilli(ms)}).TopicPartition.Error)
	}
	a := e.admin(e.broker())
	ask := func(spec kafka.OffsetSpec) kafka.ListOffsetsResultInfo {
		res, err := a.ListOffsets(e.within(wait), map[kafka.TopicPartition]kafka.OffsetSpec{e.partition(): spec})
		must(err)
		for _, info := range res.ResultInfos {
			return info
		}
		panic(broken("an empty result"))
	}
	end, at := ask(kafka.LatestOffsetSpec), ask(kafka.NewOffsetSpecForTimestamp(501))
	return fmt.Sprintf("%d; %d at %v", end.Timestamp, at.Timestamp, at.Offset)
}

func adminBrokerFacts() []fact {
	return []fact{
		{
			id: "admin.acls", bullet: "admin 8",
			says: "ACLs are created, described in a pointer to a result, and deleted.",
			want: "0; 0, 1, User:alice; 0, 1; 0, 0",
			check: func(e *env) string {
				a := e.admin(e.broker())
				acl := kafka.ACLBinding{
					Type: kafka.ResourceTopic, Name: e.name(), ResourcePatternType: kafka.ResourcePatternTypeLiteral,
					Principal: "User:alice", Host: "*", Operation: kafka.ACLOperationRead, PermissionType: kafka.ACLPermissionTypeAllow,
				}
				created, err := a.CreateACLs(e.within(wait), kafka.ACLBindings{acl})
				must(err)
				first := eventually("0, 1, User:alice", func() string {
					res, err := a.DescribeACLs(e.within(wait), acl)
					must(err)
					return fmt.Sprintf("%d, %d, %s", res.Error.Code(), len(res.ACLBindings), res.ACLBindings[0].Principal)
				})
				deleted, err := a.DeleteACLs(e.within(wait), kafka.ACLBindingFilters{acl})
				must(err)
				second := eventually("0, 0", func() string {
					res, err := a.DescribeACLs(e.within(wait), acl)
					must(err)
					return fmt.Sprintf("%d, %d", res.Error.Code(), len(res.ACLBindings))
				})
				return fmt.Sprintf("%d; %s; %d, %d; %s", created[0].Error.Code(), first,
					deleted[0].Error.Code(), len(deleted[0].ACLBindings), second)
			},
		},
		{
			id: "admin.scram", bullet: "admin 8",
			says: "SCRAM credentials are set, described and deleted; an unknown user has an error.",
			want: "0; 0, [{4096 SCRAM-SHA-256}]; 0; 91, []",
			check: func(e *env) string {
				a := e.admin(e.broker())
				user := e.name()
				alter := func(up []kafka.UserScramCredentialUpsertion, del []kafka.UserScramCredentialDeletion) int {
					res, err := a.AlterUserScramCredentials(e.within(wait), up, del)
					must(err)
					return int(res.Errors[user].Code())
				}
				describe := func(want string) string {
					return eventually(want, func() string {
						res, err := a.DescribeUserScramCredentials(e.within(wait), []string{user})
						must(err)
						return fmt.Sprintf("%d, %v", res.Descriptions[user].Error.Code(), res.Descriptions[user].ScramCredentialInfos)
					})
				}
				set := alter([]kafka.UserScramCredentialUpsertion{{
					User: user, Password: []byte("secret"),
					ScramCredentialInfo: kafka.ScramCredentialInfo{Mechanism: kafka.ScramMechanismSHA256, Iterations: 4096},
				}}, nil)
				first := describe("0, [{4096 SCRAM-SHA-256}]")
				del := alter(nil, []kafka.UserScramCredentialDeletion{{User: user, Mechanism: kafka.ScramMechanismSHA256}})
				return fmt.Sprintf("%d; %s; %d; %s", set, first, del, describe("91, []"))
			},
		},
		{
			id: "admin.delete-records", bullet: "admin 8",
			says: "DeleteRecords gives the new low watermark.",
			want: "1, nil",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.broker()})
				for range 2 {
					must(deliver(p, &kafka.Message{TopicPartition: e.partition()}).TopicPartition.Error)
				}
				tp := e.partition()
				tp.Offset = 1
				res, err := e.admin(e.broker()).DeleteRecords(e.within(wait), []kafka.TopicPartition{tp})
				must(err)
				r := res.DeleteRecordsResults[0]
				return show(r.DeletedRecords.LowWatermark, r.TopicPartition.Error)
			},
		},
		{
			id: "admin.groups", bullet: "admin 8",
			says: "A group's offsets are altered and listed; it is listed, described and deleted.",
			want: "5; listed: true; Empty, 0 members; 0",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.broker()})
				must(deliver(p, &kafka.Message{TopicPartition: e.partition()}).TopicPartition.Error)
				a := e.admin(e.broker())
				tp := e.partition()
				tp.Offset = 5
				_, err := a.AlterConsumerGroupOffsets(e.within(wait), []kafka.ConsumerGroupTopicPartitions{{Group: e.name(), Partitions: []kafka.TopicPartition{tp}}})
				must(err)
				offsets, err := a.ListConsumerGroupOffsets(e.within(wait), []kafka.ConsumerGroupTopicPartitions{{Group: e.name()}})
				must(err)
				groups, err := a.ListConsumerGroups(e.within(wait))
				must(err)
				listed := false
				for _, g := range groups.Valid {
					listed = listed || g.GroupID == e.name()
				}
				desc, err := a.DescribeConsumerGroups(e.within(wait), []string{e.name()})
				must(err)
				del, err := a.DeleteConsumerGroups(e.within(wait), []string{e.name()})
				must(err)
				d := desc.ConsumerGroupDescriptions[0]
				return fmt.Sprintf("%v; listed: %t; %v, %d members; %d", offsets.ConsumerGroupsTopicPartitions[0].Partitions[0].Offset, listed,
					d.State, len(d.Members), del.ConsumerGroupResults[0].Error.Code())
			},
		},
		{
			id: "admin.elect-leaders", bullet: "admin 8",
			says: "ElectLeaders says per partition that no election was needed.",
			want: "84",
			check: func(e *env) string {
				p := e.producer(kafka.ConfigMap{"bootstrap.servers": e.broker()})
				must(deliver(p, &kafka.Message{TopicPartition: e.partition()}).TopicPartition.Error)
				res, err := e.admin(e.broker()).ElectLeaders(e.within(wait),
					kafka.NewElectLeadersRequest(kafka.ElectionTypePreferred, []kafka.TopicPartition{e.partition()}))
				must(err)
				return code(res.TopicPartitions[0].Error)
			},
		},
	}
}
