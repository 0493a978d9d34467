//go:build cgo && dynamic

package rdkafka

// #cgo pkg-config: rdkafka
import "C"
