#!/usr/bin/env bash
# Fuzzes each target that the modules have, one after the other, for a given time:
# build/fuzz.sh 5s. A second argument, a regular expression, picks targets. What a
# target finds is written to testdata/fuzz beside it and is a test from then on.
# FUZZ_DIR names another folder of a module than this repository.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
time=${1:?how long to fuzz each target, such as 5s or 60s}
pick=${2:-^Fuzz}

if [[ -n ${FUZZ_DIR-} ]]; then
    cd "$FUZZ_DIR"
else
    cd "$here/.."
    build/setup.sh tests
    go run ./librdkafka/fetch
fi
# The packages with files of tests that name a target; the compiler lists the targets.
mapfile -t packages < <(
    go list -m -f '{{.Dir}}' | while read -r dir; do
        # shellcheck disable=SC2016 # the dollars are go list's
        (cd "$dir" && go list -f '{{$p := .}}{{range .TestGoFiles}}{{$p.Dir}}/{{.}} {{$p.ImportPath}}{{"\n"}}{{end}}{{range .XTestGoFiles}}{{$p.Dir}}/{{.}} {{$p.ImportPath}}{{"\n"}}{{end}}' ./...)
    done | while read -r file package; do
        if grep -q '^func Fuzz' "$file"; then echo "$package"; fi
    done | sort -u
)
found=0 ran=0
for package in "${packages[@]}"; do
    mapfile -t targets < <(go test -list '^Fuzz' "$package" | grep '^Fuzz' | grep -E -- "$pick" || true)
    for target in "${targets[@]}"; do
        echo "fuzz: $target of $package for $time" >&2
        ran=$((ran + 1))
        if ! go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$package"; then
            echo "fuzz: $target of $package has found a fault" >&2
            found=$((found + 1))
        fi
    done
done
echo "fuzz: $ran targets, $found found a fault" >&2
if ((ran == 0)); then
    echo "fuzz: no target matches $pick" >&2
    exit 2
fi
((found == 0))
