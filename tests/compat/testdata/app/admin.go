package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

func administer(base kafka.ConfigMap) {
	a, err := kafka.NewAdminClient(with(base, nil))
	check(err)
	defer a.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()

	md, err := a.GetMetadata(str(topic), false, 5000)
	check(err)
	fmt.Println("metadata", len(md.Brokers), len(md.Topics[topic].Partitions), md.Topics[topic].Error.Code() == kafka.ErrNoError)

	asked := map[kafka.TopicPartition]kafka.OffsetSpec{tp(topic, 0, 0): kafka.LatestOffsetSpec}
	offsets, err := a.ListOffsets(ctx, asked, kafka.SetAdminRequestTimeout(5*time.Second), kafka.SetAdminIsolationLevel(kafka.IsolationLevelReadCommitted))
	check(err)
	for p, r := range offsets.ResultInfos {
		fmt.Println("offsets", *p.Topic, p.Partition, r.Offset, r.Error)
	}

	_, err = a.CreateTopics(ctx, []kafka.TopicSpecification{{Topic: "t", NumPartitions: 1, ReplicationFactor: 1, ReplicaAssignment: [][]int32{{1}}}},
		kafka.SetAdminOperationTimeout(time.Second), kafka.SetAdminValidateOnly(true))
	fmt.Println("create", err)
	_, err = a.DescribeACLs(ctx, kafka.ACLBindingFilter{Type: kafka.ResourceTopic, ResourcePatternType: kafka.ResourcePatternTypeAny, Operation: kafka.ACLOperationRead, PermissionType: kafka.ACLPermissionTypeAllow}, kafka.SetAdminRequestTimeout(-time.Second))
	fmt.Println("timeout", err)

	over, end := context.WithCancel(ctx)
	end()
	_, err = a.DescribeTopics(over, kafka.NewTopicCollectionOfTopicNames([]string{topic}), kafka.SetAdminOptionIncludeAuthorizedOperations(false))
	fmt.Println("cancelled", errors.Is(err, context.Canceled), err == context.Canceled)

	entries := kafka.StringMapToIncrementalConfigEntries(map[string]string{"retention.ms": "1"}, map[string]kafka.AlterConfigOpType{"retention.ms": kafka.AlterConfigOpTypeSet})
	fmt.Println("entries", len(entries), entries[0].Name, entries[0].IncrementalOperation)
}

func transact(base kafka.ConfigMap) {
	p, err := newProducer(with(base, kafka.ConfigMap{"transactional.id": "orders-1"}))
	check(err)
	defer p.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	check(p.InitTransactions(ctx))
	check(p.BeginTransaction())
	p.ProduceChannel() <- &kafka.Message{TopicPartition: kafka.TopicPartition{Topic: str(topic), Partition: 0}, Value: []byte("one")}
	report := (<-p.Events()).(*kafka.Message)
	check(report.TopicPartition.Error)
	meta, err := kafka.NewTestConsumerGroupMetadata("readers")
	check(err)
	check(p.SendOffsetsToTransaction(ctx, []kafka.TopicPartition{tp(topic, 0, 7)}, meta))
	check(p.CommitTransaction(ctx))
	check(p.BeginTransaction())
	check(p.AbortTransaction(ctx))

	err = p.CommitTransaction(ctx)
	e, ok := err.(kafka.Error)
	fmt.Println("transaction", ok, e.Code() == kafka.ErrState, e.TxnRequiresAbort(), e.IsFatal(), e)
}
