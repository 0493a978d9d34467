package kafka

import (
	"github.com/rdkafka-go/rdkafka/rdkafka"
)

// handleEvent serves one event of the main queue, on the poller.
func (p *Producer) handleEvent(ev *rdkafka.Event) {
	switch ev.Type {
	case rdkafka.EventDR:
		p.handleReports(ev)
		// The messages take room in librdkafka until the event is gone.
		ev.Destroy()
		p.room.notify()
	case rdkafka.EventError:
		if e := p.errorEvent(ev); !p.errs.send(e) {
			p.sendEvent(e)
		}
	case rdkafka.EventStats:
		if s := (Stats{ev.Stats()}); !p.stats.send(s) {
			p.sendEvent(&s)
		}
	case rdkafka.EventTokenRefresh:
		p.sendEvent(OAuthBearerTokenRefresh{Config: ev.TokenConfig()})
	default:
		// Not enabled for a producer.
	}
}

// errorOf returns the error of an error event. The event of a fatal error says
// only that there is one; the error itself is asked for.
func (c *client) errorOf(ev *rdkafka.Event) error {
	err := ev.Err()
	if e, ok := err.(*rdkafka.Error); ok && e.Fatal { //nolint:errorlint // Err returns nothing else
		if fatal := c.rk.FatalError(); fatal != nil {
			return fatal
		}
	}
	return err
}

// eventsBacklog bounds the errors, statistics and token requests that wait for a
// reader of a full Events channel; delivery reports have a bound of their own.
const eventsBacklog = 1000

// sendEvent puts an event that is not a report on Events. When that is full, or
// was never asked for, the event is lost beyond eventsBacklog.
func (p *Producer) sendEvent(ev Event) {
	if p.otherEvents() >= eventsBacklog {
		return
	}
	p.events.send(ev)
}

// handleReports routes the reports of one event to where each belongs.
func (p *Producer) handleReports(ev *rdkafka.Event) {
	want := 0
	if p.conf.reportFields.key {
		want |= rdkafka.WantKey
	}
	if p.conf.reportFields.value {
		want |= rdkafka.WantValue
	}
	if p.conf.reportFields.headers {
		want |= rdkafka.WantHeaders
	}
	deliveries := p.deliveries.Load()
	for {
		reports, arena := p.reports.Next(ev, want)
		if len(reports) == 0 {
			return
		}
		p.handling.Store(int64(len(reports)))
		p.rounds.Add(1)
		p.taken = p.taken[:0]
		p.slots.mu.Lock()
		for i := range reports {
			p.taken = append(p.taken, p.slots.giveLocked(reports[i].Opaque))
		}
		p.slots.mu.Unlock()

		var batch []Delivery
		for i := range reports {
			r, s := &reports[i], &p.taken[i]
			n := int(max(r.KeyLen, 0)) + int(max(r.ValLen, 0)) + int(r.HdrLen)
			raw := arena[:n]
			arena = arena[n:]
			switch {
			case s.topic == nil:
				// Not a message of this table: reported before, or never accepted.
				panic("kafka: a delivery report came twice")
			case s.ch != nil:
				p.sendTo(s.ch, p.reportMessage(r, s, raw))
			case !p.conf.deliveryReports:
			case deliveries != nil:
				if batch == nil {
					batch = make([]Delivery, 0, len(reports)-i)
				}
				batch = append(batch, newDelivery(r, s))
			default:
				p.events.send(p.reportMessage(r, s, raw))
			}
		}
		if batch != nil {
			deliveries.send(batch)
		}
		p.rounds.Add(1)
		p.handling.Store(0)
		clear(p.taken) // keeps no channel and opaque alive
	}
}

// sendTo sends to a delivery channel. Only a channel that has no room gets an
// outbox.
func (p *Producer) sendTo(ch chan Event, m *Message) {
	box := p.boxes[ch]
	if box == nil || !box.busy() {
		if box != nil {
			delete(p.boxes, ch) // its feed has ended: nothing of it is left
		}
		select {
		case ch <- m:
			return
		default:
		}
		p.sweepBoxes()
		box = newOutbox(p, weightOfEvent)
		box.ch = ch
		p.boxes[ch] = box
	}
	box.send(m)
}

// sweepBoxes forgets the outboxes that are empty: programs make a channel for
// each message.
func (p *Producer) sweepBoxes() {
	if len(p.boxes) < p.sweepAt {
		return
	}
	for ch, box := range p.boxes {
		if !box.busy() {
			delete(p.boxes, ch)
		}
	}
	p.sweepAt = max(64, 2*len(p.boxes))
}

// reportMessage makes the message that reports a delivery. Like
// confluent-kafka-go's it carries no timestamp.
func (p *Producer) reportMessage(r *rdkafka.Report, s *slot, raw []byte) *Message {
	m, epoch, buf := newMessage(len(raw))
	copy(buf, raw)
	m.TopicPartition.Topic = &s.topic.name
	m.TopicPartition.Partition = r.Partition
	m.TopicPartition.Offset = Offset(r.Offset)
	m.Opaque = s.opaque
	if r.Err != 0 {
		m.TopicPartition.Error = newError(ErrorCode(r.Err))
	}
	if r.LeaderEpoch >= 0 {
		*epoch = r.LeaderEpoch
		m.TopicPartition.LeaderEpoch, m.LeaderEpoch = epoch, epoch
	}
	var rest []byte
	m.Key, m.Value, rest = splitBytes(buf, r.KeyLen, r.ValLen)
	m.Headers = p.keys.decode(rest, r.HdrCnt)
	return m
}
