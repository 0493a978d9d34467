/* librdkafka's configuration, in place of the file that its own ./configure
 * would write. It is the project's own; librdkafka's files are not edited.
 *
 * librdkafka includes it as "../config.h". -I${SRCDIR}/nanopb in cgo.go makes
 * that name resolve to this file, also in a vendored tree. It lies beside the C
 * files so that Go's build cache sees its changes.
 */
#ifndef RKGO_CONFIG_H
#define RKGO_CONFIG_H

/* Before the system's headers: pipe2 and accept4 are extensions. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#if !defined(__linux__) && !defined(__APPLE__)
#error "rdkafka builds librdkafka on Linux, and on macOS (not tested there)"
#endif

/* Features. librdkafka asks for WITH_SASL_CYRUS and WITH_OAUTHBEARER_OIDC by
 * #ifdef too, so that what is off is not defined at all: GSSAPI needs Cyrus
 * SASL, and its own OIDC client needs libcurl. */
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

/* The copy of LZ4 that comes with librdkafka, so that users need one package
 * less. */
#define WITH_LZ4_EXT 0

/* librdkafka's own threads over pthreads, not the C library's <threads.h>:
 * glibc has that since 2.28 only, and thread sanitizers do not know it. */
#define WITH_C11THREADS 0

/* Without ssl.ca.location, look for the system's certificates in the places
 * where distributions keep them, and only then where OpenSSL was built to look.
 * It matters where the OpenSSL that is linked, statically above all, was built
 * for another distribution than the program runs on. The archives that
 * confluent-kafka-go ships are built so too. */
#define WITH_STATIC_LIB_libcrypto 1

/* Development checks. Numbers are needed: rdunittest.c adds to the first. */
#define ENABLE_DEVEL 0
#define ENABLE_REFCNT_DEBUG 0

/* The C library. */
#define HAVE_REGEX 1
#define HAVE_RAND_R 1
#define HAVE_STRNDUP 1
#define HAVE_STRERROR_R 1
#define HAVE_STRCASESTR 1
#if defined(__APPLE__)
#define HAVE_STRLCPY 1
#define HAVE_PTHREAD_SETNAME_DARWIN 1
#define SOLIB_EXT ".dylib"
#else
#define HAVE_PTHREAD_SETNAME_GNU 1
#define SOLIB_EXT ".so"
#endif

/* The compiler: GCC's and Clang's atomics, sequentially consistent. */
#define HAVE_ATOMICS_32 1
#define HAVE_ATOMICS_32_ATOMIC 1
#define HAVE_ATOMICS_64 1
#define HAVE_ATOMICS_64_ATOMIC 1
#define ATOMIC_OP(OP1, OP2, PTR, VAL)                                          \
        __atomic_##OP1##_##OP2(PTR, VAL, __ATOMIC_SEQ_CST)
#define ATOMIC_OP32(OP1, OP2, PTR, VAL) ATOMIC_OP(OP1, OP2, PTR, VAL)
#define ATOMIC_OP64(OP1, OP2, PTR, VAL) ATOMIC_OP(OP1, OP2, PTR, VAL)

/* CRC32C by SSE 4.2, which librdkafka's code asks the processor for at run
 * time. The code is 64-bit x86 assembly. */
#if defined(__x86_64__) && !defined(__ILP32__)
#define WITH_CRC32C_HW 1
#endif

/* Printed by debug=generic. */
#define BUILT_WITH                                                             \
        "GO CGO SSL ZLIB ZSTD SNAPPY SASL_SCRAM SASL_OAUTHBEARER PLUGINS "     \
        "HDRHISTOGRAM SYSLOG LZ4_BUILTIN"

/* Descriptors that outlive a call must not be inherited by the children that a
 * Go program starts with os/exec: a child that holds the write end of a wake-up
 * pipe or a broker's socket keeps them open after we closed them. librdkafka
 * opens its sockets and the offset file with the close-on-exec flag, but not
 * its wake-up pipes, nor the sockets that the mock cluster accepts. These stand
 * in for the two calls. On Linux the flag is set by the call itself, as a fork
 * in another thread may come between two. */
static inline int rkgo_pipe(int fds[2]) {
#if defined(__linux__)
        return pipe2(fds, O_CLOEXEC);
#else
        if (pipe(fds) == -1)
                return -1;
        fcntl(fds[0], F_SETFD, FD_CLOEXEC);
        fcntl(fds[1], F_SETFD, FD_CLOEXEC);
        return 0;
#endif
}

static inline int rkgo_accept(int s, struct sockaddr *addr, socklen_t *len) {
#if defined(__linux__)
        return accept4(s, addr, len, SOCK_CLOEXEC);
#else
        int fd = accept(s, addr, len);
        if (fd != -1)
                fcntl(fd, F_SETFD, FD_CLOEXEC);
        return fd;
#endif
}

/* After the two functions, and the headers that declare the calls. */
#define pipe(fds) rkgo_pipe(fds)
#define accept(s, addr, len) rkgo_accept(s, addr, len)

#endif /* RKGO_CONFIG_H */
