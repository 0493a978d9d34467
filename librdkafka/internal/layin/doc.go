// Package layin lays librdkafka's C source into the folder of the Go package
// that compiles it.
//
// The way of a release, from an archive to a folder that builds:
//
//   - source.go finds an archive: the one the user names, the cache folder,
//     upstream's release archive, Debian's source package (debian.go);
//   - archive.go reads it into memory, bounded, and never writes a path that
//     the archive names; tree.go hashes it, and nothing goes on unless the hash
//     is the pinned one;
//   - choose.go says which files are laid in, and under which names;
//   - layin.go puts them into the folder, so that a run that is killed at any
//     point leaves a folder that refuses to build, and the next run heals it;
//   - bump.go moves the pin to another release.
//
// Nothing here is safe for concurrent use by goroutines; several processes may
// lay into one folder at once (lock.go).
package layin
