package evidence

var delivery = []Promise{
	{
		ID: "all-brokers-forgotten", Fault: "the last broker of a cluster says, as it shuts down, that there are no brokers",
		Promise: "producers and consumers come back when the cluster does (librdkafka alone does not, its issue 5301)",
		Package: "./tests/integration", Test: "TestRebootstrap_lastBrokerLeft",
	},
}
