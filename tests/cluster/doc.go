// Package cluster runs a real Apache Kafka for tests and measurements: one broker or several, in KRaft mode,
// from the jars on Maven Central, which are fetched once into a cache folder.
//
//	c := cluster.New(t, cluster.Config{Brokers: 3})
//	c.CreateTopic(ctx, "orders", 6, 3)
//	c.Broker(2).Kill()
//
// Tests of one binary normally share one broker, see [Shared].
//
// # What it needs
//
// Java 17 or newer and Maven on PATH. Without them every start fails with a line that says what to install;
// nothing is skipped.
//
// # What it guarantees
//
//   - A broker never outlives the process that started it, however that process ends.
//   - Ports are chosen free, outside the range from which the system takes ports for outgoing connections,
//     so that a stopped broker finds its port free when it starts again.
//   - Data is removed with the cluster. Logs are kept, and their path printed, when the test failed.
//     The data of a process that was killed is removed by the next start.
//
// # Logins and encryption
//
// With [Config.Secure] each broker has listeners for TLS, mutual TLS, SASL and OAUTHBEARER beside its plaintext one,
// an authorizer, and listeners whose certificates are bad; see [Listener].
//
// # An independent reader
//
// [Cluster.Read] reads a topic with Kafka's own console consumer, so that a test's ledger does not rest on the
// library that it tests.
package cluster
