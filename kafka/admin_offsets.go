package kafka

import (
	"context"
	"slices"
	"strings"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// ListOffsetsResultInfo is the offset found in one partition.
//
// Concurrency: a plain value; see the package overview.
type ListOffsetsResultInfo struct {
	// Offset is the offset, OffsetEnd or OffsetInvalid when there is none.
	Offset Offset
	// Timestamp is the time of its message in milliseconds since 1970, -1 when the
	// lookup was not by time.
	Timestamp int64
	// LeaderEpoch is the leader epoch of Offset, nil when it is not known.
	LeaderEpoch *int32
	// Error is what went wrong; Code() is ErrNoError when nothing did.
	Error Error
}

// ListOffsetsResult is the result of [AdminClient.ListOffsets].
//
// Concurrency: a plain value; see the package overview.
type ListOffsetsResult struct {
	// ResultInfos are the offsets. The keys have only Topic and Partition, and
	// pointers of their own: go through the map to find one.
	ResultInfos map[TopicPartition]ListOffsetsResultInfo
}

// ListOffsets looks offsets of partitions up. Of the keys Topic and Partition
// count.
func (a *AdminClient) ListOffsets(ctx context.Context, topicPartitionOffsets map[TopicPartition]OffsetSpec, options ...ListOffsetsAdminOption) (result ListOffsetsResult, err error) {
	if topicPartitionOffsets == nil {
		return result, a.closedOr(newErrorf(ErrInvalidArg, "expected topicPartitionOffsets parameter."))
	}
	list := make([]TopicPartition, 0, len(topicPartitionOffsets))
	for tp, spec := range topicPartitionOffsets {
		list = append(list, TopicPartition{Topic: tp.Topic, Partition: tp.Partition, Offset: Offset(spec)})
	}
	parts, err := toRDList(list)
	if err != nil {
		return result, a.closedOr(err)
	}
	// The errors of librdkafka speak of places in the list.
	slices.SortFunc(parts, func(x, y rdkafka.TopicPartition) int {
		if c := strings.Compare(x.Topic, y.Topic); c != 0 {
			return c
		}
		return int(x.Partition) - int(y.Partition)
	})
	return request(ctx, a, rdkafka.AdminListOffsets, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			rk.ListOffsets(parts, o, q)
			return nil
		},
		func(ev *rdkafka.Event) ListOffsetsResult {
			in := ev.ListOffsetsResult()
			out := make(map[TopicPartition]ListOffsetsResultInfo, len(in))
			for i := range in {
				tp := fromRDPartition(&in[i].TopicPartition)
				out[TopicPartition{Topic: tp.Topic, Partition: tp.Partition}] = ListOffsetsResultInfo{
					Offset: tp.Offset, Timestamp: in[i].Timestamp, LeaderEpoch: tp.LeaderEpoch, Error: newError(ErrorCode(in[i].Err)),
				}
			}
			return ListOffsetsResult{ResultInfos: out}
		})
}

// DeletedRecords is what is left of a partition.
//
// Concurrency: a plain value; see the package overview.
type DeletedRecords struct {
	// LowWatermark is the offset of the first message that is left.
	LowWatermark Offset
}

// DeleteRecordsResult is what became of one partition.
//
// Concurrency: a plain value; see the package overview.
type DeleteRecordsResult struct {
	// TopicPartition is the partition, with its own Error.
	TopicPartition TopicPartition
	// DeletedRecords is what is left, nil when TopicPartition.Error is set.
	DeletedRecords *DeletedRecords
}

// DeleteRecordsResults is the result of [AdminClient.DeleteRecords].
//
// Concurrency: a plain value; see the package overview.
type DeleteRecordsResults struct {
	// DeleteRecordsResults are the partitions.
	DeleteRecordsResults []DeleteRecordsResult
}

// DeleteRecords deletes the messages before the Offset of each partition;
// OffsetEnd means all.
func (a *AdminClient) DeleteRecords(ctx context.Context, recordsToDelete []TopicPartition, options ...DeleteRecordsAdminOption) (result DeleteRecordsResults, err error) {
	parts, err := toRDList(recordsToDelete)
	if err == nil && len(parts) == 0 {
		err = newErrorf(ErrInvalidArg, "No records to delete")
	}
	if err != nil {
		return result, a.closedOr(err)
	}
	return request(ctx, a, rdkafka.AdminDeleteRecords, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			rk.DeleteRecords(parts, o, q)
			return nil
		},
		func(ev *rdkafka.Event) DeleteRecordsResults {
			in := fromRDList(ev.DeleteRecordsResult())
			out := make([]DeleteRecordsResult, len(in))
			for i, tp := range in {
				out[i].TopicPartition = tp
				if tp.Error == nil {
					out[i].DeletedRecords = &DeletedRecords{LowWatermark: tp.Offset}
				}
			}
			return DeleteRecordsResults{DeleteRecordsResults: out}
		})
}

// ElectLeadersRequest says which partitions shall elect their leaders, see
// [NewElectLeadersRequest].
//
// Concurrency: the value never changes and is safe for concurrent use.
type ElectLeadersRequest struct {
	electionType ElectionType
	partitions   []TopicPartition
}

// NewElectLeadersRequest makes a request for partitions; nil means all of the
// cluster.
func NewElectLeadersRequest(electionType ElectionType, partitions []TopicPartition) ElectLeadersRequest {
	return ElectLeadersRequest{electionType: electionType, partitions: partitions}
}

// ElectLeadersResult is the result of [AdminClient.ElectLeaders].
//
// Concurrency: a plain value; see the package overview.
type ElectLeadersResult struct {
	// TopicPartitions are the partitions, each with an Error of its own:
	// ErrElectionNotNeeded for one that has the leader it shall have. Of all
	// partitions of the cluster those are left out.
	TopicPartitions []TopicPartition
}

// ElectLeaders lets partitions elect their leaders.
func (a *AdminClient) ElectLeaders(ctx context.Context, electLeaderRequest ElectLeadersRequest, options ...ElectLeadersAdminOption) (result ElectLeadersResult, err error) {
	parts, err := toRDList(electLeaderRequest.partitions)
	election := electLeaderRequest.electionType
	if err == nil && election != ElectionTypePreferred && election != ElectionTypeUnclean {
		err = newErrorf(ErrInvalidArg, "Unknown election type %d: want ElectionTypePreferred or ElectionTypeUnclean", int(election))
	}
	if err != nil {
		return result, a.closedOr(err)
	}
	return request(ctx, a, rdkafka.AdminElectLeaders, options,
		func(rk *rdkafka.Client, o *rdkafka.AdminOptions, q *rdkafka.Queue) error {
			rk.ElectLeaders(int(election), parts, o, q)
			return nil
		},
		func(ev *rdkafka.Event) ElectLeadersResult {
			in := ev.ElectLeadersResult()
			out := make([]TopicPartition, len(in))
			for i := range in {
				out[i] = fromRDPartition(&in[i].TopicPartition)
				if e := fromRDError(&in[i].Err); e.code != ErrNoError {
					out[i].Error = e
				}
			}
			return ElectLeadersResult{TopicPartitions: out}
		})
}
