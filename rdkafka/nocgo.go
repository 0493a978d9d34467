//go:build !cgo

package rdkafka

// Without cgo nothing of this package can exist; the name below is the message
// that the compiler prints.
var _ = rdkafka_for_Go_needs_cgo__set_CGO_ENABLED_1_and_install_a_C_compiler
