package evidence

var security = []Promise{
	{
		ID: "secure-listeners", Package: "./tests/security", Test: "TestListeners_carryEveryMessage",
		Fault:   "none: PLAINTEXT, TLS, mutual TLS, PLAIN, SCRAM and OAUTHBEARER, with ACLs",
		Promise: "producer, consumer and admin client work by each way, every message arrives once and in order",
	},
}
