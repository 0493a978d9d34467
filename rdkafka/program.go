//go:build cgo

package rdkafka

// #include "shim_program.h"
import "C"

// StaticProgram says whether the program was linked without shared libraries
// (-extldflags "-static"). It cannot load any then: glibc's dlopen would bring a
// second C library into it, and musl's has no code.
func StaticProgram() bool { return C.rkgo_program_is_static() != 0 }
