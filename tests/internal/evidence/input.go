package evidence

var input = []Promise{
	{
		ID:      "unit-tests",
		Fault:   "a compiler, flag or config.h that breaks librdkafka",
		Promise: "librdkafka's own unit tests, run on the library that is compiled in, all pass",
		Package: "./tests/selftest",
		Test:    "TestUnitTests_pass",
	},
	{
		ID:      "hostile-frames",
		Fault:   "a broker that sends what is no frame of Kafka, half of one, or one that nobody asked for",
		Promise: "the client says what is wrong, takes no memory for it, and works again when the broker does",
		Package: "./tests/hostile",
		Test:    "TestFrames",
	},
	{
		ID:      "hostile-metadata",
		Fault:   "metadata that claims 2^31-1 entries, leads to brokers that do not exist, or names none",
		Promise: "the client says what is wrong, takes no memory for it, and works again when the broker does",
		Package: "./tests/hostile",
		Test:    "TestMetadata",
	},
	{
		ID:      "hostile-versions",
		Fault:   "a broker that says to know absurd versions of the protocol",
		Promise: "the client says so or uses those that it knows itself, and works again when the broker does",
		Package: "./tests/hostile",
		Test:    "TestVersions",
	},
	{
		ID:      "hostile-deaths",
		Fault:   "a broker that sends null where Kafka's protocol has no null: brokers, topics, partitions, names, versions",
		Promise: "none: librdkafka dies of it, and the process with it; TLS keeps such a stranger away, and the test says when librdkafka is mended",
		Package: "./tests/hostile",
		Test:    "TestDeaths",
	},
	{
		ID:      "hostile-batches",
		Fault:   "batches of messages with wrong checksums, counts, lengths and offsets",
		Promise: "the consumer reports them or skips them, takes no memory for them, and reads on when the broker is honest",
		Package: "./tests/hostile",
		Test:    "TestBatches",
	},
	{
		ID:      "hostile-bombs",
		Fault:   "batches that expand to many times their size, or claim to",
		Promise: "the consumer takes no more memory than the bound that the test states for each codec, and reads on afterwards",
		Package: "./tests/hostile",
		Test:    "TestBombs",
	},
	{
		ID:      "hostile-answers",
		Fault:   "answers to produce and offset requests that were not asked for, or not possible",
		Promise: "the client reports them or asks again, and works when the broker is honest",
		Package: "./tests/hostile",
		Test:    "TestAnswers",
	},
}
