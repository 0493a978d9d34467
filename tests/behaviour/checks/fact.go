package main

import "slices"

// fact is one thing that users of confluent-kafka-go rely on, or a defect of it.
type fact struct {
	id     string // section, dot, a few words
	bullet string // section and number of the note that it belongs to, see bullets
	says   string // the fact as a sentence
	want   string // what is observed of confluent-kafka-go, and of ours unless there is row

	// row is the number of the row in docs/differences.md that says why ours differs, and ours is what is observed of it.
	row  int
	ours string

	alone  bool                       // the check needs a process of its own: it may end it, or its stderr counts
	unsafe bool                       // confluent-kafka-go uses freed memory in it, which may seem to work
	stderr func(stderr string) string // what to add to the observation, of an alone check

	check func(e *env) string // observes the library that the program is built with
}

// facts returns the table.
func facts() []fact {
	return slices.Concat(
		configFacts(),
		producerFacts(),
		txnFacts(),
		consumerFacts(),
		adminFacts(),
		errorFacts(),
		formatFacts(),
		mockFacts(),
	)
}
