package kafka

import (
	"errors"
	"maps"
	"math"
	"strings"
)

// clientKind is a kind of client.
type clientKind int

const (
	kindProducer clientKind = iota
	kindConsumer
	kindAdmin
)

// reportFields says which parts of a message its delivery report repeats.
type reportFields struct {
	key, value, headers bool
}

// goConfig is what the "go." keys of one client say.
type goConfig struct {
	// Of a producer.
	batchProducer      bool
	deliveryReports    bool
	reportFields       reportFields
	produceChannelSize int

	// Of a consumer.
	rebalanceEnable     bool
	eventsChannelEnable bool

	// Of a producer and of a consumer, with different defaults.
	eventsChannelSize int

	// Of every client.
	logsChannelEnable bool
	logsChannel       chan LogEvent // nil: the client makes one of its own
}

// prepare checks the configuration of a client and parts it: what the "go." keys
// say, and the properties for librdkafka. m itself is left as it is.
func (m *ConfigMap) prepare(kind clientKind) (goConfig, []confEntry, error) {
	if m == nil {
		return goConfig{}, nil, newErrorf(ErrInvalidArg,
			"The configuration is a nil *ConfigMap: pass &kafka.ConfigMap{...}")
	}
	c := maps.Clone(*m)
	if kind == kindConsumer && c["group.id"] == nil {
		return goConfig{}, nil, newErrorf(ErrInvalidArg, "Required property group.id not set")
	}
	gc, err := c.extractGo(kind)
	if err != nil {
		return goConfig{}, nil, err
	}
	entries, err := c.flatten()
	if err != nil {
		return goConfig{}, nil, err
	}
	return gc, entries, nil
}

// extractGo takes the "go." keys of the kind of client out of m, which it
// changes. Those of other kinds stay, and librdkafka refuses them as unknown.
func (m ConfigMap) extractGo(kind clientKind) (goConfig, error) {
	var c goConfig
	x := extractor{m: m}
	switch kind {
	case kindProducer:
		if err := m.refuseOnlyError(); err != nil {
			return goConfig{}, err
		}
		c.batchProducer = extract(&x, "go.batch.producer", false)
		c.deliveryReports = extract(&x, "go.delivery.reports", true)
		c.reportFields = x.reportFields("go.delivery.report.fields", "key,value")
		c.eventsChannelSize = x.size("go.events.channel.size", 1000000)
		c.produceChannelSize = x.size("go.produce.channel.size", 1000000)
	case kindConsumer:
		c.rebalanceEnable = extract(&x, "go.application.rebalance.enable", false)
		c.eventsChannelEnable = extract(&x, "go.events.channel.enable", false)
		c.eventsChannelSize = x.size("go.events.channel.size", 1000)
	case kindAdmin:
		// It has only the keys that every client has.
	}
	c.logsChannelEnable = extract(&x, "go.logs.channel.enable", false)
	c.logsChannel = x.logsChannel("go.logs.channel")
	return c, x.err
}

// refuseOnlyError refuses delivery.report.only.error in every form that
// librdkafka reads as true: without a report for each message the producer would
// keep what it holds for the delivered ones for ever.
func (m ConfigMap) refuseOnlyError() error {
	const key = "delivery.report.only.error"
	value, ok := m[key]
	if !ok {
		return nil
	}
	text, err := confString(key, value)
	if err != nil {
		return err
	}
	switch strings.ToLower(text) {
	case "true", "t", "1":
		return newErrorf(ErrUnsupportedFeature, "%s=true is not currently supported by the Go client", key)
	}
	return nil
}

// extractor takes keys out of a map and keeps the first error.
type extractor struct {
	m   ConfigMap
	err error
}

func (x *extractor) fail(err error) {
	if x.err == nil {
		x.err = err
	}
}

// extract returns the value of the key and takes it out of the map. The value
// must have the type of def, which is what comes back when there is none.
func extract[T any](x *extractor, key string, def T) T {
	value, ok := x.m[key]
	if !ok {
		return def
	}
	delete(x.m, key)
	v, ok := value.(T)
	if !ok {
		x.fail(newErrorf(ErrInvalidArg, "%s expects type %T, not %T", key, def, value))
		return def
	}
	return v
}

// size is extract for the capacity of a channel.
func (x *extractor) size(key string, def int) int {
	n := extract(x, key, def)
	if n < 0 || n > math.MaxInt32 {
		x.fail(newErrorf(ErrInvalidArg, "%s value %d is outside allowed range 0..%d", key, n, math.MaxInt32))
	}
	return n
}

// logsChannel is extract for a channel, where nil of any kind means none.
func (x *extractor) logsChannel(key string) chan LogEvent {
	if x.m[key] == nil {
		delete(x.m, key)
	}
	return extract(x, key, (chan LogEvent)(nil))
}

// reportFields is extract for a list of parts of a message.
func (x *extractor) reportFields(key, def string) reportFields {
	fields, err := parseReportFields(extract(x, key, def))
	if err != nil {
		x.fail(err)
	}
	return fields
}

// parseReportFields reads "all", "none", "" or a list of key, value and headers.
// Its error is no Error, as in confluent-kafka-go.
func parseReportFields(list string) (reportFields, error) {
	var f reportFields
	switch list {
	case "all":
		return reportFields{key: true, value: true, headers: true}, nil
	case "", "none":
		return f, nil
	}
	for _, name := range strings.Split(list, ",") {
		switch name {
		case "key":
			f.key = true
		case "value":
			f.value = true
		case "headers":
			f.headers = true
		default:
			return reportFields{}, errors.New("unknown message field: " + name)
		}
	}
	return f, nil
}
