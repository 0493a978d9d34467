#!/usr/bin/env bash
# Runs what the Dockerfile says in fresh root folders, without a container
# engine: build/dockerfile-check.sh [-n]. It builds no image. -n only prints what
# it would do.
#
# It stands in for the base image: debootstrap makes a Debian of the same suite
# with the packages that the image golang has, and this machine's Go goes into it.
# It needs root, debootstrap and the network, and takes some minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

dry=
[[ ${1-} == -n ]] && dry=1

# An unknown instruction stops the check, as what it cannot do it cannot check.
stage='' dir=/ entry=''
declare -A root
work=''

say() { echo "dockerfile: $*" >&2; }
die() {
    say "$*"
    exit 1
}

in_stage() { # command line: in the stage's root, with what a container has
    # shellcheck disable=SC2016 # expanded by the inner shell
    unshare --mount --pid --fork bash -euc '
        mount --bind /dev "$1/dev" && mount -t proc proc "$1/proc"
        exec chroot "$1" /usr/bin/env -i PATH=/usr/local/go/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root GOTOOLCHAIN=local \
            sh -c "cd \"\$1\" && eval \"\$2\"" sh "$2" "$3"' bash "${root[$stage]}" "$dir" "$1"
}

base() { # image, folder
    local suite version
    [[ $1 =~ ^golang:([0-9.]+)-([a-z]+)$ ]] || die "the base image $1 is not known here: golang:VERSION-SUITE"
    version=${BASH_REMATCH[1]} suite=${BASH_REMATCH[2]}
    [[ $(go env GOVERSION) == go$version* ]] || die "the Dockerfile wants Go $version, this machine has $(go env GOVERSION)"
    # What the image has beside Debian's minimal set, of what may matter here.
    debootstrap --variant=minbase --include=ca-certificates,curl,gcc,g++,git,libc6-dev,make,pkg-config "$suite" "$2" >"$work/debootstrap.log" ||
        { tail "$work/debootstrap.log" >&2; die "debootstrap failed"; }
    mkdir -p "$2/usr/local/go"
    cp -a "$(go env GOROOT)/." "$2/usr/local/go/"
    # How this machine reaches the network.
    cp -L /etc/resolv.conf /etc/hosts "$2/etc/"
    cp -L /etc/ssl/certs/ca-certificates.crt "$2/etc/ssl/certs/"
}

copy() { # arguments of COPY
    local from=. to rel
    if [[ $1 == --from=* ]]; then
        from=${root[${1#--from=}]}
        shift
    fi
    local sources=("${@:1:$#-1}")
    to=${*: -1}
    [[ $to == /* ]] || to=$dir/$to
    to=${root[$stage]}$to
    for rel in "${sources[@]}"; do
        if [[ $rel == . ]]; then
            git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' f; do
                [[ -e $f ]] && cp -a --parents "$f" "$to/"
            done
        elif [[ $to == */ ]]; then
            mkdir -p "$to" && cp -a "$from/$rel" "$to"
        else
            mkdir -p "$(dirname "$to")" && cp -aL "$from/$rel" "$to"
        fi
    done
}

instruction() { # name, arguments
    case $1 in
    FROM)
        local words
        read -ra words <<<"$2"
        [[ ${#words[@]} == 1 || ${words[1]} == AS ]] || die "FROM $2: not known here"
        stage=${words[2]-final} dir=/
        say "FROM $2"
        [[ $dry ]] && return
        root[$stage]=$work/$stage
        mkdir -p "${root[$stage]}"
        [[ ${words[0]} == scratch ]] || base "${words[0]}" "${root[$stage]}"
        ;;
    WORKDIR)
        say "$stage: WORKDIR $2"
        dir=$2
        [[ $dry ]] || mkdir -p "${root[$stage]}$dir"
        ;;
    COPY)
        say "$stage: COPY $2"
        # shellcheck disable=SC2086 # no name in the Dockerfile holds a space
        [[ $dry ]] || copy $2
        ;;
    RUN)
        say "$stage: RUN $2"
        [[ $dry ]] || in_stage "$2"
        ;;
    ENTRYPOINT)
        say "$stage: ENTRYPOINT $2"
        [[ $2 =~ ^\[\"(/[a-z]+)\"\]$ ]] || die "ENTRYPOINT $2: one absolute path is known here"
        entry=${BASH_REMATCH[1]}
        ;;
    *) die "$1: an instruction that this script does not know" ;;
    esac
}

if [[ ! $dry ]]; then
    ((EUID == 0)) || die "needs root"
    command -v debootstrap >/dev/null || die "needs debootstrap: apt-get install debootstrap"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi

line=''
while IFS= read -r part || [[ $part ]]; do
    [[ $part =~ ^[[:space:]]*(#|$) ]] && continue
    line+=$part
    if [[ $line == *\\ ]]; then
        line=${line%\\}
        continue
    fi
    read -r name arguments <<<"$line"
    line=''
    instruction "$name" "$arguments"
done <Dockerfile
[[ $entry ]] || die "no ENTRYPOINT"
[[ $dry ]] && exit

# The last root holds what the image would hold: the program must run in it, with
# nothing else there.
say "running $entry in the last root"
chroot "${root[final]}" "$entry" demo --messages 20000 /licenses/LICENSES.txt
find "${root[final]}" -type f -printf 'dockerfile: %10s bytes  /%P\n' >&2
say "done: every instruction ran; no image was built"
