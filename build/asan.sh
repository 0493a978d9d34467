#!/usr/bin/env bash
# Runs the tests of the two layers at the C boundary under AddressSanitizer, which
# instruments librdkafka too, with LeakSanitizer at exit; then with Go's own
# check of the pointers that are handed to C. That these tools see, and the race
# detector too, is shown first with faults planted in rdkafka/planted.go. Flags go
# to the tests of both: build/asan.sh -v
set -euo pipefail
cd "$(dirname "$0")/.."

build/setup.sh tests
go run ./librdkafka/fetch

packages=(./rdkafka/... ./kafka/...)
export ASAN_OPTIONS=${ASAN_OPTIONS-detect_leaks=1}
# "go test" leaves the line tables out unless told to keep them: a report without
# them names no function.
asan=(-asan -ldflags='-s=false -w=false')
# The one test left out says in its comment what librdkafka loses there.
asan_run=("${asan[@]}" -tags rdkafka_debug -skip '^TestAdminClient_unknownRequests$')

# sees FAULT TEXT FLAGS...: the test of the fault fails, with TEXT in the report.
sees() {
    local fault=$1 text=$2 out
    shift 2
    if out=$(go test "$@" -count=1 -tags rdkafka_planted -run "^TestPlanted_$fault\$" ./rdkafka 2>&1); then
        echo "asan: the planted $fault was not seen" >&2
        exit 1
    elif ! grep -qE "$text" <<<"$out"; then
        printf '%s\nasan: the planted %s was not reported as "%s"\n' "$out" "$fault" "$text" >&2
        exit 1
    fi
    echo "asan: a planted $fault is seen: $(grep -m1 -oE "$text.*" <<<"$out")"
}
sees overflow 'AddressSanitizer: heap-buffer-overflow' "${asan[@]}"
sees leak 'AddressSanitizer: [0-9]+ byte.s. leaked' "${asan[@]}"
sees race 'WARNING: DATA RACE' -race
GOEXPERIMENT=cgocheck2 sees pointer 'fatal error: .*Go pointer'

go test "${asan_run[@]}" "$@" "${packages[@]}"
GOEXPERIMENT=cgocheck2 go test "$@" "${packages[@]}"
