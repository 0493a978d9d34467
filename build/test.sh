#!/usr/bin/env bash
# Runs every test of every module, and those of the library again under the race
# detector. Flags are handed to "go test": build/test.sh -run TestX -v
set -euo pipefail
cd "$(dirname "$0")/.."

build/setup.sh tests
go run ./librdkafka/fetch

# The modules of go.work, as patterns from here.
mapfile -t modules < <(go list -m -f '{{.Dir}}')
patterns=()
for dir in "${modules[@]}"; do patterns+=(".${dir#"$PWD"}/..."); done
# The tests of the set-up build everything from nothing: beside them no test that
# looks at the clock would be fair.
setup=github.com/rdkafka-go/rdkafka/tests/setup
mapfile -t packages < <(go list "${patterns[@]}" | grep -vx "$setup")

# -count=1: much of what is tested is in other processes and in scripts, whose
# changes "go test" does not see in its cache. A cold build may take long. -p=1: one
# package at a time, as most start brokers and look at the clock.
flags=(-count=1 -timeout=30m -p=1 "$@")
go test "${flags[@]}" "${packages[@]}"
echo "test: the library again, under the race detector" >&2
go test -race "${flags[@]}" ./rdkafka/... ./kafka/...
echo "test: from a clone to a program" >&2
go test "${flags[@]}" "$setup"
