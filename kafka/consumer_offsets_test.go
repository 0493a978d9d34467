package kafka

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// assigned returns a consumer on f that has partitions of topic t.
func assigned(t *testing.T, f *fakeNative, ids ...int32) *Consumer {
	t.Helper()
	c := newFakeConsumer(t, f)
	require.NoError(t, c.Assign(tps(ids...)))
	f.made()
	f.polls()
	return c
}

func position(t *testing.T, c *Consumer, id int32) Offset {
	t.Helper()
	got, err := c.Position(tps(id))
	require.NoError(t, err)
	require.NoError(t, got[0].Error)
	return got[0].Offset
}

// Guards the switch in reader.positions: what is buffered is not asked of
// librdkafka, whose position lies behind the whole batch.
func TestOffsets_onlyWhatWasHandedOut(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0, 1)
	f.push(messages("t", 0, 100, 10), messages("t", 1, 0, 3))

	assert.Equal(t, OffsetInvalid, position(t, c, 0), "nothing is read")
	assert.Equal(t, spots(0, 100, 4), read(t, c, 4))
	assert.Equal(t, Offset(104), position(t, c, 0))
	assert.Equal(t, OffsetInvalid, position(t, c, 1), "fetched but not read")

	pollerRound(c)
	assert.Equal(t, Offset(104), f.offset(0))
	assert.Equal(t, int32(1), f.stored[fakeTP{"t", 0}].LeaderEpoch)
	assert.Equal(t, OffsetInvalid, f.offset(1))

	// Nothing has changed: nothing is stored.
	stores := f.stores
	pollerRound(c)
	c.storeNow()
	assert.Equal(t, stores, f.stores)
}

// Guards the call of nat.Position in reader.positions, and that it is made only
// when nothing of the partition is buffered.
func TestOffsets_transactionMarkers(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0, 1)
	marker := func(id int32, offset int64) []fakeOp {
		return []fakeOp{{fakeTP: fakeTP{"t", id}, offset: offset, marker: true}}
	}
	f.push(messages("t", 0, 0, 2), marker(0, 2), messages("t", 0, 3, 1), marker(0, 4))

	read(t, c, 2)
	assert.Equal(t, Offset(2), position(t, c, 0))
	read(t, c, 1)
	assert.Equal(t, Offset(5), position(t, c, 0), "past the marker at the end")
	pollerRound(c)
	assert.Equal(t, Offset(5), f.offset(0))

	// Guards reader.touched in fill: a marker that comes alone is stored too, also
	// that of a partition with nothing to read.
	f.push(marker(0, 5), marker(1, 7))
	assert.Nil(t, c.Poll(0))
	pollerRound(c)
	assert.Equal(t, Offset(6), f.offset(0))
	assert.Equal(t, Offset(8), f.offset(1))
}

// Guards reader.touched in handOut: what is read out of the buffer after the
// last store is stored although nothing is fetched any more.
func TestOffsets_storedWhileIdle(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	f.push(messages("t", 0, 0, 10))
	read(t, c, 5)
	pollerRound(c)
	require.Equal(t, Offset(5), f.offset(0))
	read(t, c, 3)
	pollerRound(c)
	assert.Equal(t, Offset(8), f.offset(0))
}

// Guards the time that wakeReaders returns: the poller comes back when the next
// store is due.
func TestOffsets_storedEachSecond(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	f.push(messages("t", 0, 0, 1))
	read(t, c, 1)
	c.lastStore = time.Now().Add(-storeInterval * 3 / 4)
	wait := c.wakeReaders()
	assert.Equal(t, OffsetInvalid, f.offset(0), "not yet")
	assert.LessOrEqual(t, wait, storeInterval/4)
	assert.Positive(t, wait)
	pollerRound(c)
	assert.Equal(t, Offset(1), f.offset(0))
}

// Guards the look at reader.busy in wakeReaders: while the assignment changes,
// the offsets known here belong to what was before.
func TestOffsets_notStoredWhileAssigning(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	f.push(messages("t", 0, 0, 1))
	read(t, c, 1)
	f.during = func() { pollerRound(c) }
	_, err := c.SeekPartitions([]TopicPartition{at(0, 50)})
	require.NoError(t, err)
	assert.Equal(t, OffsetInvalid, f.offset(0))
}

// Guards part.ahead: what the end of the consumer drops was never read.
func TestOffsets_droppedIsNotRead(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0, 1)
	f.push(messages("t", 0, 0, 10), messages("t", 1, 0, 10))
	read(t, c, 4)
	c.r.mu.Lock()
	c.storeLocked()
	c.r.dropAll()
	c.storeLocked()
	c.r.mu.Unlock()
	assert.Equal(t, Offset(4), f.offset(0))
	assert.Equal(t, OffsetInvalid, f.offset(1))
	assert.Equal(t, Offset(4), position(t, c, 0))
}

// Guards part.stale: librdkafka's position of an earlier assignment of the same
// partition may be there still when the new one begins.
func TestOffsets_positionOfEarlierAssignment(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0, 1)
	f.push(messages("t", 0, 0, 10), messages("t", 1, 0, 1))
	read(t, c, 4)
	require.NoError(t, c.Assign(tps(0, 1)))
	c.storeNow()
	assert.Equal(t, Offset(4), f.offset(0), "as stored by Assign")
	assert.Equal(t, OffsetInvalid, position(t, c, 0))
	assert.Equal(t, OffsetInvalid, position(t, c, 1))

	// What comes of the new assignment shows that it is gone, as does an unknown
	// position.
	f.forget(rdParts(0, 1))
	f.push(messages("t", 0, 4, 1), []fakeOp{{fakeTP: fakeTP{"t", 0}, offset: 5, marker: true}})
	assert.Equal(t, spots(0, 4, 1), readAll(t, c))
	assert.Equal(t, Offset(6), position(t, c, 0))
	f.push([]fakeOp{{fakeTP: fakeTP{"t", 1}, offset: 1, marker: true}})
	assert.Nil(t, c.Poll(0))
	assert.Equal(t, Offset(2), position(t, c, 1))
}

// Guards the look at part.held in reader.positions.
func TestOffsets_pausedIsNotRead(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0, 1)
	f.push(messages("t", 0, 0, 5), messages("t", 1, 0, 1))
	read(t, c, 2)
	require.NoError(t, c.Pause(tps(0)))
	assert.Equal(t, spots(1, 0, 1), readAll(t, c))
	pollerRound(c)
	assert.Equal(t, Offset(2), f.offset(0))
	assert.Equal(t, Offset(1), f.offset(1))
}

// Guards reader.pending: the message in the hands of the goroutine behind Events
// is read when it is in the channel, and not when the consumer closes before.
func TestOffsets_eventsChannel(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := newFakeConsumer(t, f, func(c *Consumer) {
		c.conf.eventsChannelEnable, c.conf.eventsChannelSize = true, 2
	})
	require.NoError(t, c.Assign(tps(0)))
	f.push(messages("t", 0, 0, 3))
	c.r.notify()
	require.Eventually(t, func() bool { return len(c.Events()) == 2 }, time.Minute, time.Millisecond)
	require.Eventually(t, func() bool {
		c.r.mu.Lock()
		defer c.r.mu.Unlock()
		return c.r.pending.ev != nil && c.r.find("t", 0).next == 2
	}, time.Minute, time.Millisecond, "the third message waits for room")
	c.storeNow()
	assert.Equal(t, Offset(2), f.offset(0))

	assert.Equal(t, Offset(0), (<-c.Events()).(*Message).TopicPartition.Offset)
	require.Eventually(t, func() bool { return position(t, c, 0) == 3 }, time.Minute, time.Millisecond)
	stopFake(c)
	c.storeNow()
	assert.Equal(t, Offset(3), f.offset(0))
	assert.Len(t, c.Events(), 2, "what is in the channel can be read after the end")
}

// Guards Consumer.autoStore: the user's own offsets are not touched.
func TestOffsets_autoStoreOff(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	c.autoStore = false
	f.push(messages("t", 0, 0, 3))
	m := c.Poll(0).(*Message)
	read(t, c, 1)
	pollerRound(c)
	c.storeNow()
	c.revoke(rdParts(0))
	assert.Equal(t, OffsetInvalid, f.offset(0))

	out, err := c.StoreMessage(m)
	require.NoError(t, err)
	assert.Equal(t, Offset(1), out[0].Offset)
	assert.Equal(t, Offset(1), f.offset(0))
	assert.Equal(t, Offset(0), m.TopicPartition.Offset, "the message stays as it is")
	_, err = c.StoreOffsets([]TopicPartition{at(0, 40)})
	require.NoError(t, err)
	assert.Equal(t, Offset(40), f.offset(0))
}

// Guards the check in StoreOffsets and those in StoreMessage.
func TestOffsets_storeRefused(t *testing.T) {
	t.Parallel()
	f := newFake()
	c := assigned(t, f, 0)
	given := []TopicPartition{at(0, 7)}
	out, err := c.StoreOffsets(given)
	assert.ErrorIs(t, err, ErrInvalidArg)
	assert.Equal(t, given, out)
	assert.Equal(t, OffsetInvalid, f.offset(0))

	c.autoStore = false
	epoch := int32(-1)
	errored := at(0, 7)
	errored.Error = newError(ErrFail)
	old := at(0, 7)
	old.LeaderEpoch = &epoch
	for text, tp := range map[string]TopicPartition{
		"Can't store errored message":                       errored,
		"Can't store message with offset less than 0":       at(0, OffsetBeginning),
		"Can't store message with leader epoch less than 0": old,
	} {
		_, err := c.StoreMessage(&Message{TopicPartition: tp})
		assert.Equal(t, newErrorf(ErrInvalidArg, "%s", text), err)
	}
	_, err = c.CommitMessage(&Message{TopicPartition: errored})
	assert.Equal(t, newErrorf(ErrInvalidArg, "Can't commit errored message"), err)
}

// Guards revoke: offsets are stored before the application is asked, unless the
// partitions are lost; and voidAll: then nothing more comes out.
func TestOffsets_revoke(t *testing.T) {
	t.Parallel()
	for _, lost := range []bool{false, true} {
		f := newFake()
		c := assigned(t, f, 0, 1)
		f.push(messages("t", 0, 0, 5), messages("t", 1, 0, 5))
		read(t, c, 3)
		f.setLost(lost)
		inCallback := OffsetInvalid - 1
		c.rebalanceCb.Store(&[]RebalanceCb{func(*Consumer, Event) error {
			inCallback = f.offset(0)
			return nil
		}}[0])
		f.pushRebalance(int(ErrRevokePartitions), 0, 1)
		later(c)
		assert.Empty(t, readAll(t, c))
		want := Offset(3)
		if lost {
			want = OffsetInvalid
		}
		assert.Equal(t, want, inCallback, "lost: %v", lost)
		assert.Equal(t, []string{"unassign"}, f.made())
	}
}
