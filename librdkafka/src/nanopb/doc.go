// Package nanopb holds nanopb's headers, which librdkafka's telemetry code
// includes. It has no Go code: the file is here so that "go mod vendor", which
// drops folders without Go files, keeps the headers. Their .c files are
// compiled by the package above.
package nanopb
