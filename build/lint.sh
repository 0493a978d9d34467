#!/usr/bin/env bash
# Runs the linters over every module of go.work, compiles our C with warnings as
# errors, and checks the scripts. "build/lint.sh fmt" formats instead.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

build/setup.sh lint
go run ./librdkafka/fetch

(cd build/tools && GOWORK=off go build -o ../../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint)
mapfile -t modules < <(go list -m -f '{{.Dir}}')
our_c=(rdkafka/*.c rdkafka/*.h librdkafka/src/config.h)

if [[ ${1-} == fmt ]]; then
    for dir in "${modules[@]}"; do (cd "$dir" && "$root/bin/golangci-lint" fmt -c "$root/.golangci.yml"); done
    clang-format -i "${our_c[@]}"
    exit
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=()

for dir in "${modules[@]}"; do
    module=${dir#"$root"}
    echo "lint: golangci-lint in .$module" >&2
    (cd "$dir" && "$root/bin/golangci-lint" run -c "$root/.golangci.yml" ./...) || failed+=("golangci-lint in .$module")
done

# Our C files, and what stands in the comments above import "C", which cgo writes
# into files of their own. -isystem: librdkafka's headers are not ours to mend.
# The flags are given here and not in #cgo lines, where the warnings of another
# compiler would stop users.
echo "lint: our C, warnings as errors" >&2
mapfile -t cgo_files < <(go list -f '{{range .CgoFiles}}rdkafka/{{.}}{{"\n"}}{{end}}' ./rdkafka | grep .)
go tool cgo -objdir "$tmp" -importpath lint -- -Ilibrdkafka/src -Irdkafka "${cgo_files[@]}"
for f in rdkafka/*.c "$tmp"/*.cgo2.c; do
    # shellcheck disable=SC2046 # CC may hold flags
    $(go env CC) -std=gnu11 -Wall -Wextra -Werror -fsyntax-only -isystem librdkafka/src -Irdkafka "$f" ||
        failed+=("the C of $f")
done

echo "lint: clang-format" >&2
clang-format --dry-run --Werror "${our_c[@]}" || failed+=("clang-format: see make fmt")

echo "lint: shellcheck" >&2
scripts=(build/*.sh)
if [[ -f .ci/run ]]; then scripts+=(.ci/run); fi
shellcheck "${scripts[@]}" || failed+=(shellcheck)

if ((${#failed[@]})); then
    printf 'lint: failed: %s\n' "${failed[@]}" >&2
    exit 1
fi
