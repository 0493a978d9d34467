package kafka

// What the tests of package kafka_test look at inside.

// SlotsInUse returns how many accepted messages have no report yet.
func (p *Producer) SlotsInUse() int { return p.slots.size() }

// Quiet says whether every message is reported and gone from C.
func (p *Producer) Quiet() bool { return p.slots.size() == 0 && p.rk.OutQLen() == 0 }

// UnreadReports returns how many reports wait in outboxes.
func (p *Producer) UnreadReports() int { return int(p.pending.Load()) }

// Outboxes returns how many delivery channels the producer remembers. Only after
// Close: before, they are the poller's.
func (p *Producer) Outboxes() int { return len(p.boxes) }

// Waiting says whether somebody waits for room.
func (p *Producer) Waiting() bool { return p.room.waiting.Load() }

// Room returns what is closed when there may be room for messages.
func (p *Producer) Room() <-chan struct{} { return p.room.wait() }
