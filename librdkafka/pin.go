// Package librdkafka names the release of librdkafka that this module compiles.
//
// The package holds the pin alone. The C source is laid into librdkafka/src,
// the package that compiles it, by librdkafka/fetch ("make librdkafka"), which
// checks it against [TreeHash] first; it is never committed.
package librdkafka

// The pin. It is rewritten by "go run ./librdkafka/fetch -bump VERSION".
const (
	// Version is the release's version: what rd_kafka_version_str returns.
	Version = "2.14.2"

	// Commit is the commit of the upstream repository that the release was
	// made from, 40 hexadecimal digits. It is there to be read: what binds is
	// [TreeHash].
	Commit = "65160574f8983f2063646c35cad0c9fa0b4905d7"

	// TreeHash is the SHA-256, in hexadecimal, of the release's file tree. It
	// covers the path and the content of every regular file, not how they are
	// packed, so that differently packed archives of the release all pass.
	// Inside an unpacked release this prints it:
	//
	//	find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum
	TreeHash = "53ef10e0cf20d73137560b763925afa5c1f18333db32c266b332aba34b6c978c"
)
