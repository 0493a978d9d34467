package evidence

var resources = []Promise{
	{
		ID: "cycles", Fault: "3,000 clients are opened, used and closed",
		Promise: "memory, descriptors, threads and goroutines stay what they were",
		Package: "./tests/resources", Test: "TestCycles_leaveNothing",
	},
	{
		ID: "prefetch-bound", Fault: "an application reads slowly, with 1 GB behind it",
		Promise: "a consumer holds queued.max.messages.kbytes, one answer to a fetch (fetch.max.bytes) and 4 MiB of its own at most",
		Package: "./tests/resources", Test: "TestMemory_slowReader",
	},
	{
		ID: "queue-bound", Fault: "a broker does not answer a producer",
		Promise: "the producer holds queue.buffering.max.kbytes and a tenth of it at most, then Produce says ErrQueueFull",
		Package: "./tests/resources", Test: "TestMemory_silentBroker",
	},
}
