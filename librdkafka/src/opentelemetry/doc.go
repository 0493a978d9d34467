// Package opentelemetry holds the headers that nanopb generated from
// OpenTelemetry's metrics protocol, which librdkafka's telemetry code includes.
// It has no Go code: the file is here so that "go mod vendor", which drops
// folders without Go files, keeps the headers. Their .c files are compiled by
// the package above.
package opentelemetry
