#!/usr/bin/env bash
# Runs every test of every module, and those of the library again under the race
# detector. Flags are handed to the first: build/test.sh -run TestX -v
set -euo pipefail
cd "$(dirname "$0")/.."

build/setup.sh tests
go run ./librdkafka/fetch

# The modules of go.work, as patterns from here.
mapfile -t modules < <(go list -m -f '{{.Dir}}')
patterns=()
for dir in "${modules[@]}"; do
    rel=.${dir#"$PWD"}
    patterns+=("$rel/...")
done

go test "$@" "${patterns[@]}"
echo "test: again under the race detector" >&2
go test -race "$@" ./rdkafka/... ./kafka/...
