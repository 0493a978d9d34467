package kafka

import (
	"context"
	"fmt"
	"time"
)

// Close ends the producer. It does not flush: call Flush before. Messages that
// were not delivered are purged; their reports are handed over as far as the
// channels have room. It returns when nothing of the producer is left; calling
// it again does nothing.
func (p *Producer) Close() { _ = p.CloseContext(context.Background()) }

// UnreadReports is the error of [Producer.CloseContext] when delivery reports
// found no room in their channels.
type UnreadReports struct {
	N int // reports that nobody got
}

// Error says how many reports were lost.
func (e UnreadReports) Error() string {
	return fmt.Sprintf("kafka: %d delivery reports found no reader before the producer was closed", e.N)
}

// CloseContext is Close with a bound: when ctx ends first it returns an error
// that wraps ctx's, and the rest of the work ends in the background. An
// [UnreadReports] error tells of reports that nobody read. A closed producer
// gives nil.
func (p *Producer) CloseContext(ctx context.Context) error {
	first := false
	p.closeOnce.Do(func() {
		first = true
		go p.end()
	})
	select {
	case <-p.dead:
	case <-ctx.Done():
		select {
		case <-p.dead:
		default:
			return fmt.Errorf("kafka: close of %s goes on in the background (%d messages not yet reported): %w",
				p.name, p.slots.size(), ctx.Err())
		}
	}
	if n := p.unread.Load(); first && n > 0 {
		return UnreadReports{N: int(n)}
	}
	return nil
}

// purgeRetry is how long the end waits for reports before it purges again.
const purgeRetry = 10 * time.Millisecond

// end is the producer's reaper: the one goroutine that takes it apart.
func (p *Producer) end() {
	p.closed.Store(true)
	p.room.notify() // the reader of ProduceChannel stops waiting for room
	p.channel.close()
	p.guard.shut()
	// Once the calls under way have left, what is in use must be reported and
	// nothing comes after it.
	<-p.guard.idle
	for {
		room := p.room.wait()
		if p.slots.size() == 0 {
			break
		}
		// Again in each round: a message may have been between two queues.
		_ = p.rk.Purge(PurgeQueue | PurgeInFlight)
		t := time.NewTimer(purgeRetry)
		select {
		case <-room:
		case <-t.C:
		}
		t.Stop()
	}
	p.teardown(true, func() {
		close(p.stopBoxes)
		// Whoever asks for it from now on gets a closed one with what there is.
		p.events.open(min(p.conf.eventsChannelSize, int(p.events.values.Load())))
		left := p.events.close()
		for _, box := range p.boxes {
			left += box.close()
		}
		p.Deliveries()
		box := p.deliveries.Load()
		left += box.close()
		close(box.ch)
		p.errs.close()
		p.stats.close()
		close(p.events.ch)
		p.unread.Store(int64(left))
		for _, t := range p.topics {
			t.rkt.Destroy()
		}
	})
}
