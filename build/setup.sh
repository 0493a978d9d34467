#!/usr/bin/env bash
# Sees to what the machine must have: build/setup.sh [build|tests|lint]
#
#   build  Go, a C compiler, the headers and libraries of OpenSSL, zlib and zstd
#   tests  these, and git, Java 17 or later and Maven (the tests start Apache Kafka)
#   lint   what build needs, and shellcheck and clang-format
#
# What is missing is installed with the distribution's package manager, as root
# or with a sudo that asks nothing. Otherwise, or with NO_INSTALL=1, one line says
# which command to run, and the exit status is 3.
set -euo pipefail

kind=${1:-build}
case $kind in build | tests | lint) ;; *)
    echo "setup: unknown kind \"$kind\": build, tests or lint" >&2
    exit 2
    ;;
esac

if ! command -v go >/dev/null; then
    echo "setup: Go is missing: install Go 1.25 or later from https://go.dev/dl/ and put it on the PATH" >&2
    exit 3
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cc=$(go env CC)
if [[ $cc != gcc ]] && ! command -v "${cc%% *}" >/dev/null; then
    echo "setup: CC names a compiler that is not there: ${cc%% *}: install it or unset CC" >&2
    exit 3
fi

# Each check tries the thing itself: a package's name says little on a machine
# whose owner builds from source. cc may hold flags, as in CC="zig cc".
# shellcheck disable=SC2086
has_cc() { command -v ${cc%% *} >/dev/null && echo 'int main(void){return 0;}' >"$tmp/c.c" && $cc -o "$tmp/c" "$tmp/c.c" 2>/dev/null; }
links() { # header, declaration that uses it, libraries
    printf '#include <%s>\nint main(void){return %s != 0;}\n' "$1" "$2" >"$tmp/l.c"
    # shellcheck disable=SC2086
    $cc ${CGO_CFLAGS-} -o "$tmp/l" "$tmp/l.c" ${CGO_LDFLAGS-} $3 2>/dev/null
}
has_ssl() { links openssl/ssl.h 'SSL_CTX_new(TLS_client_method())' "-lssl -lcrypto"; }
has_zlib() { links zlib.h 'zlibVersion()' -lz; }
has_zstd() { links zstd.h 'ZSTD_versionNumber()' -lzstd; }
has_git() { command -v git >/dev/null; }
has_java() { [[ "$(java -version 2>&1)" =~ version\ \"([0-9]+) ]] && ((BASH_REMATCH[1] >= 17)); }
has_maven() { mvn -v >/dev/null 2>&1; }
has_shellcheck() { command -v shellcheck >/dev/null; }
has_clang_format() { command -v clang-format >/dev/null; }

needs=(cc ssl zlib zstd)
case $kind in
tests) needs+=(git java maven) ;;
lint) needs+=(shellcheck clang_format) ;;
esac

missing=()
find_missing() {
    missing=()
    local n
    for n in "${needs[@]}"; do
        "has_$n" || missing+=("$n")
    done
}

find_missing
((${#missing[@]})) || exit 0

# What each thing is called: for people, and by each package manager.
table="\
cc           | a C compiler      | gcc libc6-dev        | gcc glibc-devel   | gcc musl-dev          | gcc                  | gcc glibc-devel
ssl          | OpenSSL's headers | libssl-dev           | openssl-devel     | openssl-dev           | openssl              | libopenssl-devel
zlib         | zlib's headers    | zlib1g-dev           | zlib-devel        | zlib-dev              | zlib                 | zlib-devel
zstd         | zstd's headers    | libzstd-dev          | libzstd-devel     | zstd-dev              | zstd                 | libzstd-devel
git          | git               | git                  | git               | git                   | git                  | git
java         | Java 17 or later  | default-jre-headless | java-headless     | openjdk17-jre-headless | jre-openjdk-headless | java-17-openjdk-headless
maven        | Maven             | maven                | maven             | maven                 | maven                | maven
shellcheck   | shellcheck        | shellcheck           | ShellCheck        | shellcheck            | shellcheck           | ShellCheck
clang_format | clang-format      | clang-format         | clang-tools-extra | clang-extra-tools     | clang                | clang-tools"

names() { # column, separator: that column of the missing things
    local n row cell out=""
    for n in "${missing[@]}"; do
        row=$(grep "^$n " <<<"$table")
        cell=$(cut -d'|' -f"$1" <<<"$row")
        out+="${out:+$2}$(sed 's/^ *//; s/ *$//' <<<"$cell")"
    done
    echo "$out"
}
list=$(names 2 ', ')

# command is what a user would type as root.
if command -v apt-get >/dev/null; then
    packages=$(names 3 ' ')
    command="apt-get update && apt-get install -y --no-install-recommends $packages"
elif command -v dnf >/dev/null; then
    packages=$(names 4 ' ')
    command="dnf install -y $packages"
elif command -v apk >/dev/null; then
    packages=$(names 5 ' ')
    command="apk add $packages"
elif command -v pacman >/dev/null; then
    packages=$(names 6 ' ')
    command="pacman -Sy --needed --noconfirm $packages"
elif command -v zypper >/dev/null; then
    packages=$(names 7 ' ')
    command="zypper --non-interactive install $packages"
else
    echo "setup: missing: $list; no package manager known here (apt-get, dnf, apk, pacman, zypper): install them by hand" >&2
    exit 3
fi

as_root=()
if [[ ${NO_INSTALL-} == 1 ]]; then
    as_root=(none)
elif ((EUID != 0)); then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root=(sudo -n)
    else
        as_root=(none)
    fi
fi
if [[ ${as_root[0]-} == none ]]; then
    if ((EUID != 0)); then
        command="sudo sh -c '$command'"
    fi
    echo "setup: missing: $list; run: $command" >&2
    exit 3
fi

echo "setup: missing: $list; running: $command" >&2
if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive sh -c "$command" >"$tmp/log" 2>&1; then
    tail -n 20 "$tmp/log" >&2
    echo "setup: that failed; mend it and run again, or install by hand: $packages" >&2
    exit 1
fi
hash -r
find_missing
if ((${#missing[@]})); then
    echo "setup: installed $packages, but still missing for the compiler \"$cc\": $(names 2 ', ')" >&2
    exit 1
fi
