//go:build cgo && !dynamic

// Package src compiles librdkafka from its C source, with the user's C compiler,
// as a part of "go build". It has no Go API: a package that calls librdkafka
// imports it for its objects and finds its headers in this folder.
//
// The C files are not in the repository. "make librdkafka" lays them in and
// writes rkgo_stamp.h last; a build without the stamp of the pinned release
// stops here. What is compiled, and how, stands in config.h.
package src

/*
// -w: warnings in third-party code are not the user's to mend. The assertions of
// librdkafka stay on (no NDEBUG), as in upstream's own builds. The second -I is
// what makes "../config.h" name this folder's config.h. -g1 keeps what stack traces
// need (functions and lines); variables would make the compilation a sixth
// longer and the objects three times as large.
#cgo CFLAGS: -O2 -g1 -w -D_GNU_SOURCE -I${SRCDIR} -I${SRCDIR}/nanopb
#cgo LDFLAGS: -lssl -lcrypto -lzstd -lz -lm -lpthread
#cgo linux LDFLAGS: -ldl -lrt

#if __has_include("rkgo_stamp.h")
#include "rkgo_stamp.h"
#endif

#ifndef RKGO_SOURCE_2_14_2_53ef10e0cf20d73137560b763925afa5c1f18333db32c266b332aba34b6c978c
#error "librdkafka's source is not in place: run 'make librdkafka' in the clone of rdkafka-go (or, from a module that replaces github.com/rdkafka-go/rdkafka by a clone: go run github.com/rdkafka-go/rdkafka/librdkafka/fetch); go get without a clone will work with the release zip, which is not there yet"
#elif !__has_include(<openssl/ssl.h>)
#error "OpenSSL's headers are missing: install libssl-dev (Debian, Ubuntu), openssl-devel (Fedora, RHEL), openssl-dev (Alpine), openssl (Arch) or libopenssl-devel (openSUSE)"
#elif !__has_include(<zlib.h>)
#error "zlib's headers are missing: install zlib1g-dev (Debian, Ubuntu), zlib-devel (Fedora, RHEL, openSUSE), zlib-dev (Alpine) or zlib (Arch)"
#elif !__has_include(<zstd.h>)
#error "zstd's headers are missing: install libzstd-dev (Debian, Ubuntu), libzstd-devel (Fedora, RHEL, openSUSE), zstd-dev (Alpine) or zstd (Arch)"
#endif
*/
import "C"

import (
	// Their folders hold headers: an import keeps them in a vendored tree.
	_ "github.com/rdkafka-go/rdkafka/librdkafka/src/nanopb"
	_ "github.com/rdkafka-go/rdkafka/librdkafka/src/opentelemetry"
)
