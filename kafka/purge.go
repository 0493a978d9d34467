package kafka

// What Producer.Purge throws away; the values may be combined with |.
const (
	// PurgeQueue throws away the messages that have not been sent.
	PurgeQueue int = 1
	// PurgeInFlight throws away the messages that have been sent and not been
	// answered. The broker may still store them.
	PurgeInFlight int = 2
	// PurgeNonBlocking makes Purge return before the messages in the background
	// threads are gone.
	PurgeNonBlocking int = 4
)
