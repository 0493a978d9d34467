package evidence

var input = []Promise{
	{
		ID:      "unit-tests",
		Fault:   "a compiler, flag or config.h that breaks librdkafka",
		Promise: "librdkafka's own unit tests, run on the library that is compiled in, all pass",
		Package: "./tests/selftest",
		Test:    "TestUnitTests_pass",
	},
}
