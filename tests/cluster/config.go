package cluster

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// MaxBrokers is the largest cluster that [Start] starts.
const MaxBrokers = 5

// Config says what cluster to start. The zero value is one broker.
type Config struct {
	// Brokers is the number of nodes, each broker and controller at once: 1 to MaxBrokers, 0 means 1.
	// With three or more, topics have three replicas and min.insync.replicas is 2 unless the topic says otherwise.
	Brokers int
	// Properties go into every node's property file, in place of what the harness writes for the same key.
	Properties map[string]string
	// FormatArgs are further arguments for formatting the storage, such as "--add-scram", "SCRAM-SHA-256=[...]" or
	// "--feature", "group.version=0".
	FormatArgs []string
	// Secure, when it is not nil, gives every broker listeners with TLS and SASL, and an authorizer.
	Secure *Secure
	// HeapMiB is each broker's heap in MiB; 0 means 96 for one broker and 128 for several or with Secure.
	HeapMiB int
	// JVMArgs are further arguments for the brokers' Java; they come last and win.
	JVMArgs []string
}

// FastFaults returns properties with which a cluster notices a dead broker in about 2 s in place of 9.
func FastFaults() map[string]string {
	return map[string]string{
		"broker.heartbeat.interval.ms":          "200",
		"broker.session.timeout.ms":             "2000",
		"controller.quorum.election.timeout.ms": "500",
		"controller.quorum.fetch.timeout.ms":    "1000",
		"replica.lag.time.max.ms":               "3000",
		"replica.fetch.wait.max.ms":             "200",
	}
}

// complete fills in the defaults and checks the rest.
func (cfg Config) complete() (Config, error) {
	if cfg.Brokers == 0 {
		cfg.Brokers = 1
	}
	if cfg.Brokers < 1 || cfg.Brokers > MaxBrokers {
		return cfg, fmt.Errorf("Config.Brokers is %d: a cluster has 1 to %d brokers", cfg.Brokers, MaxBrokers)
	}
	if cfg.HeapMiB == 0 {
		cfg.HeapMiB = 96
		if cfg.Brokers > 1 || cfg.Secure != nil {
			cfg.HeapMiB = 128
		}
	}
	if cfg.HeapMiB < 48 {
		return cfg, fmt.Errorf("Config.HeapMiB is %d: a broker does not start with less than 48 MiB", cfg.HeapMiB)
	}
	for k, v := range cfg.Properties {
		if k == "" || strings.ContainsAny(k, "=: \t\r\n") {
			return cfg, fmt.Errorf("Config.Properties has the key %q: a key is not empty and holds no blank, '=' or ':'", k)
		}
		if strings.ContainsAny(v, "\r\n") {
			return cfg, fmt.Errorf("Config.Properties[%q] is %q: a value is one line", k, v)
		}
	}
	return cfg, cfg.Secure.check()
}

// voterIDs are the directory ids of the nodes. They must be given before formatting, since every node names all of
// them. Any random UUIDs do, in Kafka's base64 form; Kafka refuses the low, reserved ones.
var voterIDs = [MaxBrokers]string{
	"JEXY6aqzQY-32P5TStzaFg", "MvDxzVmcRsaTz33bUuRU6A", "07R5amHmR32VDA6jHkGbTA",
	"nZ4mPcW1S7u8hQxKvT3fYg", "c9LJt0eXRZ6bVuD5mEwq2A",
}

// clusterID is the same for all clusters: they never share a network address or a folder.
const clusterID = "oP66kqYCRmW_ztjaTGIL_w"

// properties returns the text of a node's property file.
func (cfg Config) properties(b *Broker, all []*Broker) string {
	controllers := make([]string, 0, len(all))
	for _, o := range all {
		controllers = append(controllers, o.controller.addr())
	}
	replicas, minISR := "1", "1"
	if cfg.Brokers >= 3 {
		replicas, minISR = "3", "2"
	}
	p := map[string]string{
		"process.roles":                                    "broker,controller",
		"node.id":                                          fmt.Sprint(b.id),
		"listeners":                                        "PLAINTEXT://" + b.client.addr() + ",CONTROLLER://" + b.controller.addr(),
		"advertised.listeners":                             "PLAINTEXT://" + b.client.addr(),
		"controller.listener.names":                        "CONTROLLER",
		"controller.quorum.bootstrap.servers":              strings.Join(controllers, ","),
		"inter.broker.listener.name":                       "PLAINTEXT",
		"listener.security.protocol.map":                   "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
		"log.dirs":                                         b.data,
		"broker.rack":                                      fmt.Sprintf("r%d", b.id),
		"default.replication.factor":                       replicas,
		"min.insync.replicas":                              minISR,
		"num.partitions":                                   "3",
		"offsets.topic.replication.factor":                 replicas,
		"offsets.topic.num.partitions":                     "4",
		"transaction.state.log.replication.factor":         replicas,
		"transaction.state.log.min.isr":                    minISR,
		"transaction.state.log.num.partitions":             "4",
		"share.coordinator.state.topic.replication.factor": replicas,
		"share.coordinator.state.topic.min.isr":            minISR,
		"share.coordinator.state.topic.num.partitions":     "4",
		// A new group need not wait for more members in a test.
		"group.initial.rebalance.delay.ms": "0",
		// Tests use timeouts far below production's.
		"group.min.session.timeout.ms":             "1000",
		"group.consumer.min.session.timeout.ms":    "1000",
		"group.consumer.min.heartbeat.interval.ms": "200",
		// The default of 128 MiB is allocated at the start: more than the whole heap here.
		"log.cleaner.dedupe.buffer.size": "2097152",
	}
	if cfg.Secure != nil {
		maps.Copy(p, cfg.Secure.properties(b, b.cluster.dir))
	}
	maps.Copy(p, cfg.Properties)
	var text strings.Builder
	for _, k := range slices.Sorted(maps.Keys(p)) {
		// In this file format a backslash escapes.
		fmt.Fprintf(&text, "%s=%s\n", k, strings.ReplaceAll(p[k], `\`, `\\`))
	}
	return text.String()
}

// formatArgs returns the arguments of the tool that prepares a node's storage.
func (cfg Config) formatArgs(b *Broker, all []*Broker) []string {
	voters := make([]string, 0, len(all))
	for i, o := range all {
		voters = append(voters, fmt.Sprintf("%d@%s:%s", o.id, o.controller.addr(), voterIDs[i]))
	}
	args := []string{"format", "-t", clusterID, "--initial-controllers", strings.Join(voters, ","), "-c", b.propertyFile}
	if cfg.Secure != nil {
		args = append(args, cfg.Secure.formatArgs()...)
	}
	return append(args, cfg.FormatArgs...)
}

// log4j returns a log4j2 configuration that writes to target (SYSTEM_OUT or SYSTEM_ERR) from level up.
func log4j(target, level string) string {
	return `status = error
appender.c.type = Console
appender.c.name = C
appender.c.target = ` + target + `
appender.c.layout.type = PatternLayout
appender.c.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = ` + level + `
rootLogger.appenderRef.c.ref = C
`
}
