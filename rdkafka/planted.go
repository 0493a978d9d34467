//go:build cgo && rdkafka_planted

package rdkafka

/*
#include <stdlib.h>
#include <string.h>

// The callers must not be optimised away with what they do wrong.
__attribute__((noinline)) static void rkgo_planted_leak(void) {
        int i;
        // The last ones' addresses may still stand on the stack.
        for (i = 0; i < 100; i++)
                memset(malloc(321), 1, 321);
}

__attribute__((noinline)) static char rkgo_planted_overflow(size_t n) {
        char *p = calloc(1, n);
        char c  = ((volatile char *)p)[n];
        free(p);
        return c;
}
*/
import "C"

import "unsafe"

// The faults below are made on purpose, so that build/asan.sh can show that its
// tools see such faults in this package. No other build has them.

// PlantLeak loses 100 blocks of C's memory.
func PlantLeak() { C.rkgo_planted_leak() }

// PlantOverflow reads the byte after a block of C's memory.
func PlantOverflow() byte { return byte(C.rkgo_planted_overflow(64)) }

// PlantRace writes its argument without a lock.
func PlantRace(n *int) { *n++ }

// PlantPointer stores a pointer to Go's memory in C's.
func PlantPointer() {
	p := (**int)(C.calloc(1, C.size_t(unsafe.Sizeof(uintptr(0)))))
	defer C.free(unsafe.Pointer(p))
	*p = new(int)
	**p = 1
}
