#!/usr/bin/env bash
# Runs the tests of the two layers at the C boundary under AddressSanitizer, which
# instruments librdkafka too, with LeakSanitizer at exit; then with Go's own
# check of the pointers that are handed to C. Flags go to both: build/asan.sh -v
set -euo pipefail
cd "$(dirname "$0")/.."

build/setup.sh tests
go run ./librdkafka/fetch

packages=(./rdkafka/... ./kafka/...)
export ASAN_OPTIONS=${ASAN_OPTIONS-detect_leaks=1}
# "go test" leaves the line tables out unless told to keep them: a report without
# them names no function.
go test -asan -tags rdkafka_debug -ldflags='-s=false -w=false' "$@" "${packages[@]}"
GOEXPERIMENT=cgocheck2 go test "$@" "${packages[@]}"
