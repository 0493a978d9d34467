package evidence

var exactlyOnce = []Promise{
	{
		ID: "exactly-once", Fault: "programs that consume, transform and produce are killed, or paused beyond their session, at random points",
		Promise: "a reader of committed records sees the output of each input once",
		Package: "./tests/exactlyonce", Test: "TestExactlyOnce_workersDie",
	},
}
