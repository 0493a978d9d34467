package kafka

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guards the range in part.takes: what a rebalance during the batch call makes
// librdkafka fetch again is not handed out again.
func TestReader_fetchedAgain(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	f.push(messages("t", 0, 10, 5))
	assert.Equal(t, spots(0, 10, 5), readAll(t, c))
	f.push(messages("t", 0, 15, 5))
	assert.Equal(t, spots(0, 15, 5), readAll(t, c))
	// The second batch comes again, and something new with it.
	f.push(messages("t", 0, 15, 8))
	assert.Equal(t, spots(0, 20, 3), readAll(t, c))
	// Once more, in pieces, beside another partition that is new.
	f.push(messages("t", 0, 15, 2), messages("t", 0, 17, 7))
	assert.Equal(t, spots(0, 23, 1), readAll(t, c))
	assert.Equal(t, Offset(24), position(t, c, 0))
}

// Guards part.takes in pop for the messages of reader.tail.
func TestReader_fetchedAgainBesideTheBuffer(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	f.push(messages("t", 0, 10, 5))
	read(t, c, 2)
	f.push(messages("t", 0, 10, 7))
	got := []string{}
	for range 5 { // five looks at the group take one message each
		later(c)
		got = append(got, read(t, c, 1)...)
	}
	assert.Equal(t, spots(0, 12, 5), got)
	assert.Empty(t, readAll(t, c))
}

// Guards part.low: a log that was cut off, or made anew, below what was read last
// is read from where it goes on.
func TestReader_logBeginsAgain(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	f.push(messages("t", 0, 900, 50))
	require.Len(t, readAll(t, c), 50)
	f.push(messages("t", 0, 950, 50))
	require.Len(t, readAll(t, c), 50)
	f.push(messages("t", 0, 0, 3))
	assert.Equal(t, spots(0, 0, 3), readAll(t, c))
	assert.Equal(t, Offset(3), position(t, c, 0), "librdkafka's position stays at 1000")
	f.push(messages("t", 0, 0, 5))
	assert.Equal(t, spots(0, 3, 2), readAll(t, c), "fetched again")
}

// Guards enter and takes in pop for the messages of reader.tail: the log begins
// again in what a look at the group brings, or right after it.
func TestReader_logBeginsAgainBesideTheBuffer(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	f.push(messages("t", 0, 900, 50))
	read(t, c, 10)
	f.push(messages("t", 0, 950, 1))
	later(c)
	require.Len(t, readAll(t, c), 41)
	f.push(messages("t", 0, 930, 50))
	read(t, c, 10)
	f.push(messages("t", 0, 0, 3))
	later(c)
	assert.Equal(t, append(spots(0, 940, 40), spots(0, 0, 3)...), readAll(t, c))
}

// Guards the leader epoch in part.takes: within the last batch, messages of a
// newer epoch are others than those that were read.
func TestReader_logCutOffWithNewEpoch(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	f.push(messages("t", 0, 0, 10))
	require.Len(t, readAll(t, c), 10)
	fresh := messages("t", 0, 7, 5)
	for i := range fresh {
		fresh[i].epoch = 2
	}
	f.push(fresh)
	assert.Equal(t, spots(0, 7, 5), readAll(t, c))
}

// Guards next: -1 in addParts and sought: the log may begin below the offset that
// was asked for, when that is past its end.
func TestReader_offsetPastTheEnd(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := newFakeConsumer(t, f)
	require.NoError(t, c.Assign([]TopicPartition{at(0, 1000)}))
	f.push(messages("t", 0, 0, 3))
	assert.Equal(t, spots(0, 0, 3), readAll(t, c))
	_, err := c.SeekPartitions([]TopicPartition{at(0, 2000)})
	require.NoError(t, err)
	f.push(messages("t", 0, 1, 3))
	assert.Equal(t, spots(0, 1, 3), readAll(t, c))
}

// Guards part.floor in sought: buffered messages of the partition go, and only
// those; and the reset of next: what lies lower comes.
func TestReader_seek(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0, 1)
	f.push(messages("t", 0, 0, 5), messages("t", 1, 0, 5))
	read(t, c, 3)
	require.NoError(t, c.Seek(at(0, 1), 0))
	assert.Equal(t, OffsetInvalid, position(t, c, 0))
	assert.Equal(t, spots(1, 0, 2), read(t, c, 2), "the other partition goes on")
	f.push(messages("t", 0, 1, 5))
	assert.Equal(t, append(spots(1, 2, 3), spots(0, 1, 5)...), readAll(t, c))
}

// Guards the error in after of SeekPartitions: a partition that was sought counts
// as sought also when another one was not, or the call failed.
func TestReader_seekInPart(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.seekErr = func(id int32) int {
		return map[int32]int{0: 0, 1: int(ErrInProgress), 2: int(ErrState)}[id]
	}
	c := assigned(t, f, 0, 1, 2)
	f.push(messages("t", 2, 9, 1), messages("t", 0, 10, 2), messages("t", 1, 10, 2), messages("t", 2, 10, 2))
	read(t, c, 1)
	f.fail = newError(ErrTimedOut)
	_, err := c.SeekPartitions([]TopicPartition{at(0, 1), at(1, 1), at(2, 1)})
	assert.ErrorIs(t, err, ErrTimedOut)
	f.push(messages("t", 0, 1, 1), messages("t", 1, 1, 1))
	assert.Equal(t, append(spots(2, 10, 2), append(spots(0, 1, 1), spots(1, 1, 1)...)...), readAll(t, c))
}

// Guards reader.hold and setPaused: the buffered messages of a paused partition
// wait, in order, those of the others go on.
func TestReader_pause(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0, 1)
	f.push(messages("t", 0, 0, 3), messages("t", 1, 0, 3), messages("t", 0, 3, 3))
	assert.Equal(t, spots(0, 0, 1), read(t, c, 1))
	require.NoError(t, c.Pause(tps(0)))
	assert.Equal(t, spots(1, 0, 2), read(t, c, 2))
	require.NoError(t, c.Resume(tps(0)))
	assert.Equal(t, spots(0, 1, 1), read(t, c, 1))
	require.NoError(t, c.Pause(tps(0)))
	assert.Equal(t, spots(1, 2, 1), readAll(t, c))
	require.NoError(t, c.Resume(tps(0)))
	assert.Equal(t, spots(0, 2, 4), readAll(t, c))

	// Pausing what is not assigned changes nothing.
	require.NoError(t, c.Pause(tps(7)))
}

// Guards part.floor and part.revoked for what is held.
func TestReader_pausedThenSoughtOrRevoked(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.protocol = "COOPERATIVE"
	c := assigned(t, f, 0, 1, 2)
	f.push(messages("t", 0, 0, 3), messages("t", 1, 0, 3), messages("t", 2, 0, 3))
	require.NoError(t, c.Pause(tps(0, 1, 2)))
	assert.Empty(t, readAll(t, c))
	require.NoError(t, c.Seek(at(0, 40), 0))
	require.NoError(t, c.IncrementalUnassign(tps(1)))
	require.NoError(t, c.Resume(tps(0, 1, 2)))
	assert.Equal(t, spots(2, 0, 3), readAll(t, c))
}

// Guards part.revoked and removePart: a revocation drops what is buffered of its
// partitions, and only that, also when it is assigned again at once.
func TestReader_revokeSome(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.protocol = "COOPERATIVE"
	c := assigned(t, f, 0, 1)
	f.push(messages("t", 0, 0, 3), messages("t", 1, 0, 3), messages("t", 0, 3, 3))
	assert.Equal(t, spots(0, 0, 1), read(t, c, 1))
	f.pushRebalance(int(ErrRevokePartitions), 0)
	f.pushRebalance(int(ErrAssignPartitions), 0)
	later(c)
	assert.Equal(t, spots(1, 0, 3), readAll(t, c))
	assert.Equal(t, []string{"incremental unassign", "incremental assign"}, f.made())
	f.push(messages("t", 0, 1, 2))
	assert.Equal(t, spots(0, 1, 2), readAll(t, c))
}

// Guards part.revoked in revoke: while the application handles the revocation, it
// can read on, but not what is being revoked.
func TestReader_readWhileRevoking(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.protocol = "COOPERATIVE"
	c := assigned(t, f, 0, 1)
	f.push(messages("t", 0, 0, 3), messages("t", 1, 0, 3), messages("t", 0, 3, 3))
	read(t, c, 1)
	var inCallback []string
	c.rebalanceCb.Store(&[]RebalanceCb{func(*Consumer, Event) error {
		inCallback = readAll(t, c)
		return nil
	}}[0])
	f.pushRebalance(int(ErrRevokePartitions), 0)
	later(c)
	assert.Empty(t, readAll(t, c))
	assert.Equal(t, spots(1, 0, 3), inCallback)
}

// Guards part.revoked in removePart: what a look at the group brought is dropped
// with its partition.
func TestReader_unassignBesideTheBuffer(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0, 1)
	f.push(messages("t", 0, 0, 2))
	read(t, c, 1)
	f.push(messages("t", 1, 0, 1))
	later(c)
	read(t, c, 1)
	require.NoError(t, c.IncrementalUnassign(tps(1)))
	assert.Empty(t, readAll(t, c))
}

// Guards the order in next: a rebalance that came with a batch is served before
// any message of the batch.
func TestReader_rebalanceBeforeItsBatch(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	f.push(messages("t", 0, 0, 3))
	f.pushRebalance(int(ErrRevokePartitions), 0)
	assert.Empty(t, readAll(t, c))
	assert.Equal(t, []string{"unassign"}, f.made())
}

// Guards part.find in pop and reader.valid: nothing comes of a partition that is
// not assigned, neither messages nor its end.
func TestReader_notAssigned(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	eof := func(id int32, offset int64) []fakeOp {
		return []fakeOp{{fakeTP: fakeTP{"t", id}, offset: offset, err: ErrPartitionEOF, epoch: -1}}
	}
	f.push(messages("t", 3, 0, 2), eof(3, 2), messages("t", 0, 0, 1), eof(0, 1))
	assert.Equal(t, []string{"0@0", "EOF at t[0]@1(Broker: No more messages)"}, readAll(t, c))

	f.push(messages("t", 0, 1, 1), eof(0, 2))
	read(t, c, 1)
	require.NoError(t, c.Seek(at(0, 0), 0))
	assert.Empty(t, readAll(t, c), "the end that was buffered before the seek")
}

// Guards recordEvent: errors come as Error, those of no partition too, and that of
// a fetch with its partition; a fatal one is the error itself, with its flag.
func TestReader_errors(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.fatal = newErrorFull(int(ErrFencedInstanceID), "thrown out", true, false, false)
	c := assigned(t, f, 0)
	f.push(
		[]fakeOp{{fakeTP: fakeTP{"t", 0}, err: ErrTopicAuthorizationFailed, value: []byte("not for you")}},
		[]fakeOp{{fakeTP: fakeTP{"t", 0}, err: ErrTopicAuthorizationFailed, value: []byte("Fetch from broker 1 failed: no")}},
		[]fakeOp{{fakeTP: fakeTP{"", -1}, err: ErrMaxPollExceeded, value: []byte("too slow")}},
		messages("t", 0, 0, 1),
		[]fakeOp{{fakeTP: fakeTP{"", -1}, err: ErrFatal, value: []byte("Fatal error: there is one")}},
	)
	assert.Equal(t, newErrorf(ErrTopicAuthorizationFailed, "not for you"), c.Poll(0))
	assert.Equal(t, newErrorf(ErrTopicAuthorizationFailed, "t [0]: Fetch from broker 1 failed: no"), c.Poll(0))
	assert.Equal(t, newErrorf(ErrMaxPollExceeded, "too slow"), c.Poll(0))
	assert.Equal(t, spots(0, 0, 1), read(t, c, 1))
	assert.Equal(t, f.fatal, c.Poll(0))
}

// Guards voidIfLost: once the group gave the assignment away, what is buffered is
// not handed out, but the errors are, among them the one that says why.
func TestReader_lost(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	f.push(messages("t", 0, 0, 5))
	read(t, c, 1)
	f.setLost(true)
	f.push(messages("t", 0, 5, 5),
		[]fakeOp{{fakeTP: fakeTP{"", -1}, err: ErrMaxPollExceeded, value: []byte("too slow")}}, messages("t", 0, 10, 5))
	later(c)
	assert.Equal(t, []string{"too slow"}, readAll(t, c), "the rebalance itself comes later")
	f.pushRebalance(int(ErrRevokePartitions), 0)
	assert.Empty(t, readAll(t, c))
	assert.Equal(t, []string{"unassign"}, f.made())
	assert.Equal(t, OffsetInvalid, f.offset(0))

	// The partitions come back, and with them what had not been read.
	f.setLost(false)
	f.forget(rdParts(0))
	f.pushRebalance(int(ErrAssignPartitions), 0)
	assert.Empty(t, readAll(t, c))
	f.push(messages("t", 0, 1, 2))
	assert.Equal(t, spots(0, 1, 2), readAll(t, c))
}

// Guards reader.item: a null key, value or header value stays apart from an empty
// one, and the bytes are the message's own.
func TestReader_nullAndEmpty(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	tp := fakeTP{"t", 0}
	f.push([]fakeOp{
		{fakeTP: tp, offset: 0, epoch: -1},
		{fakeTP: tp, offset: 1, epoch: 3, key: []byte{}, value: []byte{}, headers: []Header{{"a", nil}, {"b", []byte{}}, {"", []byte("x")}}},
		{fakeTP: tp, offset: 2, key: []byte("k"), value: []byte("v")},
	})
	null := c.Poll(0).(*Message)
	empty := c.Poll(0).(*Message)
	full := c.Poll(0).(*Message)
	f.push(messages("t", 0, 3, 1)) // overwrites the memory of the first batch
	read(t, c, 1)

	assert.Nil(t, null.Key)
	assert.Nil(t, null.Value)
	assert.Nil(t, null.Headers)
	assert.Nil(t, null.LeaderEpoch)
	assert.NotNil(t, empty.Key)
	assert.Empty(t, empty.Key)
	assert.NotNil(t, empty.Value)
	assert.Empty(t, empty.Value)
	assert.Equal(t, int32(3), *empty.LeaderEpoch)
	assert.Equal(t, []Header{{"a", nil}, {"b", []byte{}}, {"", []byte("x")}}, empty.Headers)
	assert.Nil(t, empty.Headers[0].Value)
	assert.NotNil(t, empty.Headers[1].Value)
	assert.Equal(t, "k", string(full.Key))
	assert.Equal(t, "v", string(full.Value))
	assert.Equal(t, int64(1700000000000), full.Timestamp.UnixMilli())

	// Appending to one part leaves the next one alone.
	_ = append(full.Key, "overwrite"...)
	assert.Equal(t, "v", string(full.Value))
}
