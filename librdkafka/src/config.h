/* librdkafka's configuration: what its own ./configure would have written.
 *
 * librdkafka includes this file as "../config.h"; -I${SRCDIR}/nanopb in cgo.go
 * makes that name resolve to this file, also in a vendored tree. It lies next
 * to the C files so that Go's build cache sees its changes.
 */
#ifndef RKGO_CONFIG_H
#define RKGO_CONFIG_H

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define WITH_SSL 1
#define WITH_ZLIB 1
#define WITH_ZSTD 1
#define WITH_SNAPPY 1
#define WITH_SASL_SCRAM 1
#define WITH_SASL_OAUTHBEARER 1
#define WITH_HDRHISTOGRAM 1
#define WITH_LIBDL 1
#define WITH_PLUGINS 1
#define WITH_SYSLOG 1
#define WITH_LZ4_EXT 0
#define WITH_C11THREADS 0

#define ENABLE_DEVEL 0
#define ENABLE_REFCNT_DEBUG 0

#define HAVE_REGEX 1
#define HAVE_RAND_R 1
#define HAVE_STRNDUP 1
#define HAVE_STRERROR_R 1
#define HAVE_STRCASESTR 1
#define HAVE_PTHREAD_SETNAME_GNU 1

#define HAVE_ATOMICS_32 1
#define HAVE_ATOMICS_32_ATOMIC 1
#define HAVE_ATOMICS_64 1
#define HAVE_ATOMICS_64_ATOMIC 1
#define ATOMIC_OP(OP1, OP2, PTR, VAL)                                          \
        __atomic_##OP1##_##OP2(PTR, VAL, __ATOMIC_SEQ_CST)
#define ATOMIC_OP32(OP1, OP2, PTR, VAL) ATOMIC_OP(OP1, OP2, PTR, VAL)
#define ATOMIC_OP64(OP1, OP2, PTR, VAL) ATOMIC_OP(OP1, OP2, PTR, VAL)

#if defined(__x86_64__)
#define WITH_CRC32C_HW 1
#endif

#define SOLIB_EXT ".so"
#define BUILT_WITH "SSL ZLIB ZSTD SNAPPY SASL_SCRAM SASL_OAUTHBEARER PLUGINS"

#endif
