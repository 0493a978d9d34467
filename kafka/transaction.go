package kafka

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// The calls of transactions block until the coordinator has answered or ctx
// ends. librdkafka's own calls cannot be interrupted, so each runs on a goroutine
// of the producer, of which there is at most one. When ctx ends first the error is
// ErrTimedOut, retriable, and errors.Is matches it against context.Canceled if ctx
// was cancelled. The outcome is not known then: the same call made again waits for
// it. A nil ctx has no end.
//
// Other errors are of type Error: IsFatal means that this producer can do nothing
// more, TxnRequiresAbort that AbortTransaction must be called, IsRetriable that
// the same call can be made again. One that is none of these is fatal in effect.

const (
	// txnSlice bounds how long Close waits for a call that librdkafka can resume.
	txnSlice = time.Second
	// txnSendTimeout bounds how long Close waits for one that it cannot.
	txnSendTimeout = 10 * time.Second
)

// txnCalls keeps the one call of the transactional API that is under way.
type txnCalls struct {
	mu  sync.Mutex
	cur *txnCall
}

type txnCall struct {
	what string
	done chan struct{}
	err  error // valid when done is closed
}

// InitTransactions gets the producer its id and epoch from the coordinator,
// finishes what an earlier producer with the same transactional.id left, and
// fences it. Call it once, before anything else.
func (p *Producer) InitTransactions(ctx context.Context) error {
	return p.transact(ctx, "InitTransactions", true, func() error {
		// Like librdkafka's own limit for a coordinator that does not answer.
		limit := time.Now().Add(2 * p.txnTimeout())
		return p.slices(limit, retriable, p.rk.InitTransactions)
	})
}

// BeginTransaction begins a transaction. It does not block.
func (p *Producer) BeginTransaction() error {
	if err := p.enter(); err != nil {
		return err
	}
	defer p.leave()
	return fromRD(p.rk.BeginTransaction())
}

// SendOffsetsToTransaction makes offsets, each that of the next message to read,
// part of the transaction. consumerMetadata is that of the consumer that read
// them, taken anew for each transaction. Offsets that are not numbers of messages
// are ignored.
func (p *Producer) SendOffsetsToTransaction(ctx context.Context, offsets []TopicPartition, consumerMetadata *ConsumerGroupMetadata) error {
	if consumerMetadata == nil {
		return newErrorf(ErrInvalidArg, "consumerMetadata is nil: take it from Consumer.GetConsumerGroupMetadata")
	}
	parts, err := toRDList(offsets)
	if err != nil {
		return err
	}
	return p.transact(ctx, "SendOffsetsToTransaction", false, func() error {
		return p.rk.SendOffsetsToTransaction(parts, consumerMetadata.serialized, txnSendTimeout)
	})
}

// CommitTransaction flushes the messages of the transaction and commits it. The
// reports on Events must be read by another goroutine.
func (p *Producer) CommitTransaction(ctx context.Context) error {
	return p.transact(ctx, "CommitTransaction", true, func() error {
		return p.slices(time.Time{}, timedOut, p.rk.CommitTransaction)
	})
}

// AbortTransaction purges what was not sent and aborts the transaction. The
// reports on Events must be read by another goroutine.
func (p *Producer) AbortTransaction(ctx context.Context) error {
	return p.transact(ctx, "AbortTransaction", true, func() error {
		return p.slices(time.Time{}, timedOut, p.rk.AbortTransaction)
	})
}

// transact runs call on the producer's goroutine for transactions and waits for it
// or for the end of ctx. A call that is under way is waited for first: when it is
// the same and can be resumed, its outcome is this one's.
func (p *Producer) transact(ctx context.Context, what string, resumable bool, call func() error) error {
	if ctx == nil {
		ctx = context.Background()
	}
	for {
		cur, mine, err := p.txnBegin(what, call)
		if err != nil {
			return err
		}
		select {
		case <-cur.done:
			p.txnEnd(cur)
			if mine || resumable && cur.what == what {
				return fromRD(cur.err)
			}
		case <-ctx.Done():
			// Programs assert that the errors of transactions are of type Error.
			how := "timed out"
			canceled := errors.Is(ctx.Err(), context.Canceled)
			if canceled {
				how = "was cancelled"
			}
			err := newErrorFull(int(ErrTimedOut), what+" "+how+": the outcome is not known, the same call goes on with it", false, true, false)
			err.canceled = canceled
			return err
		}
	}
}

// txnBegin returns the call that is under way, or starts one.
func (p *Producer) txnBegin(what string, call func() error) (cur *txnCall, mine bool, err error) {
	p.txn.mu.Lock()
	defer p.txn.mu.Unlock()
	if p.txn.cur != nil {
		return p.txn.cur, false, nil
	}
	if err := p.enter(); err != nil {
		return nil, false, err
	}
	cur = &txnCall{what: what, done: make(chan struct{})}
	p.txn.cur = cur
	go func() { // ends with the call; Close waits for it as for any call inside the guard
		defer p.leave()
		defer close(cur.done)
		cur.err = call()
	}()
	return cur, true, nil
}

// txnEnd forgets a call whose outcome somebody has.
func (p *Producer) txnEnd(cur *txnCall) {
	p.txn.mu.Lock()
	defer p.txn.mu.Unlock()
	if p.txn.cur == cur {
		p.txn.cur = nil
	}
}

// slices makes a call that librdkafka can resume until its error is not the end of
// a slice, the limit (zero: none) is over, or the producer is closed.
func (p *Producer) slices(limit time.Time, goesOn func(error) bool, call func(timeout time.Duration) error) error {
	for {
		err := call(txnSlice)
		if !goesOn(err) || p.closed.Load() || !limit.IsZero() && time.Now().After(limit) {
			return err
		}
	}
}

// txnTimeout is transaction.timeout.ms.
func (p *Producer) txnTimeout() time.Duration {
	v, _ := p.rk.ConfGet("transaction.timeout.ms")
	ms, _ := strconv.Atoi(v) // librdkafka has checked it
	return time.Duration(ms) * time.Millisecond
}

// timedOut says whether err is the end of a slice, after which the same call goes
// on.
func timedOut(err error) bool {
	var e *rdkafka.Error
	return retriable(err) && errors.As(err, &e) && e.Code == rdkafka.ErrTimedOut
}

// retriable says whether the same call can be made again. InitTransactions ends a
// slice with the cause in place of a timeout, such as a coordinator that loads.
func retriable(err error) bool {
	var e *rdkafka.Error
	return errors.As(err, &e) && e.Retriable && !e.TxnRequiresAbort && !e.Fatal
}
