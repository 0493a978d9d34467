package evidence

var security = []Promise{
	{
		ID: "secure-listeners", Package: "./tests/security", Test: "TestListeners_carryEveryMessage",
		Fault:   "none: PLAINTEXT, TLS, mutual TLS, PLAIN, SCRAM and OAUTHBEARER, with ACLs",
		Promise: "producer, consumer and admin client work by each way, every message arrives once and in order",
	},
	{
		ID: "secure-password", Package: "./tests/security", Test: "TestPassword_wrongIsReported",
		Fault:   "a wrong password or an unknown user, for PLAIN and SCRAM",
		Promise: "every kind of client says so within 5 s (ErrAuthentication)",
	},
	{
		ID: "secure-mechanism", Package: "./tests/security", Test: "TestMechanism_wrongIsReported",
		Fault:   "a SASL mechanism that the listener does not have",
		Promise: "every kind of client says so within 5 s, with those that it has (ErrAuthentication)",
	},
	{
		ID: "secure-ca", Package: "./tests/security", Test: "TestCertificate_ofAnotherCAIsRefused",
		Fault:   "a broker's certificate that another CA has signed",
		Promise: "it is refused and named within 5 s (ErrSsl)",
	},
	{
		ID: "secure-expired", Package: "./tests/security", Test: "TestCertificate_expiredIsRefused",
		Fault:   "a broker's certificate that has expired",
		Promise: "it is refused and named within 5 s (ErrSsl)",
	},
	{
		ID: "secure-host", Package: "./tests/security", Test: "TestCertificate_ofAnotherHostIsRefused",
		Fault:   "a broker's certificate for another host",
		Promise: "it is refused without any setting, and named within 5 s (ErrSsl)",
	},
	{
		ID: "secure-client-certificate", Package: "./tests/security", Test: "TestClientCertificate_missingOrWrongIsReported",
		Fault:   "mutual TLS without a client certificate, or with one of another CA",
		Promise: "every kind of client says so within 5 s (ErrSsl)",
	},
	{
		ID: "secure-plaintext-on-tls", Package: "./tests/security", Test: "TestProtocol_plaintextOnTLSIsRecognised",
		Fault:   "a client without TLS at a listener with TLS",
		Promise: "every kind of client says so within 5 s (ErrAllBrokersDown, with the cause)",
	},
	{
		ID: "secure-tls-on-plaintext", Package: "./tests/security", Test: "TestProtocol_tlsOnPlaintextIsRecognised",
		Fault:   "a client with TLS at a listener without",
		Promise: "every kind of client says so within 5 s (ErrTransport)",
	},
	{
		ID: "secure-no-login", Package: "./tests/security", Test: "TestProtocol_withoutLoginOnSASLIsRecognised",
		Fault:   "a client without a login at a listener that wants one, and the reverse",
		Promise: "every kind of client says so within 5 s",
	},
	{
		ID: "secure-token", Package: "./tests/security", Test: "TestOAuth_badTokenIsReported",
		Fault:   "an OAUTHBEARER token that has expired or is none",
		Promise: "every kind of client says so within 5 s (ErrAuthentication)",
	},
	{
		ID: "secure-no-token", Package: "./tests/security", Test: "TestOAuth_missingTokenIsReported",
		Fault:   "the application's function for tokens fails",
		Promise: "every kind of client reports its reason within 5 s (ErrAuthentication)",
	},
	{
		ID: "secure-acl-write", Package: "./tests/security", Test: "TestACL_missingForWriteIsReported",
		Fault:   "no permission to write to a topic",
		Promise: "the delivery report says so within 5 s (ErrTopicAuthorizationFailed); with the permission the same client goes on",
	},
	{
		ID: "secure-acl-read", Package: "./tests/security", Test: "TestACL_missingForReadIsReported",
		Fault:   "no permission to read a topic",
		Promise: "the consumer says so within 5 s (ErrTopicAuthorizationFailed)",
	},
	{
		ID: "secure-acl-group", Package: "./tests/security", Test: "TestACL_missingForGroupIsReported",
		Fault:   "no permission for a group, classic or KIP-848",
		Promise: "the consumer says so within 5 s (ErrGroupAuthorizationFailed)",
	},
	{
		ID: "secure-acl-others", Package: "./tests/security", Test: "TestACL_missingForAdminAndTransactionsIsReported",
		Fault:   "no permission to create a topic, or for a transactional id",
		Promise: "the call returns it within 5 s",
	},
	{
		ID: "secure-secrets", Package: "./tests/security", Test: "TestSecrets_areNeverPrinted",
		Fault:   "debug=all, with right and wrong passwords, keys and tokens",
		Promise: "no secret is in log lines, events, errors, statistics or printed configurations",
	},
}
