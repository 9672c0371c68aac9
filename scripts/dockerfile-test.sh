#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Carries out the Dockerfile without Docker: each FROM becomes a debootstrap root of Debian 12, each
# RUN line runs there under chroot, each COPY is copied; then the image's user replays a capture.
# What is not run is the base images themselves: the root of the build stage gets the Debian
# packages of the official Swift image, and the toolchain of this machine.
#
# Takes some ten minutes and 3 GB under TMPDIR (/var/tmp unless set). Needs root, installs
# debootstrap. DEBIAN_MIRROR names a mirror, DEBOOTSTRAP_ROOT a ready base root to copy.
# Arguments: --stage NAME carries out that stage only (the last one is called "final", and copies
# nothing from stages that were left out).
set -euo pipefail

repository=$(cd "$(dirname "$0")/.." && pwd)
program=${0##*/}
only=""
if [[ ${1:-} == --stage && $# == 2 ]]; then
    only=$2
elif (($#)); then
    echo "$program: wrong usage; $program [--stage NAME]" >&2
    exit 64
fi

skip() {
    echo "skip $program: $1"
    exit 0
}
if ((EUID != 0)); then skip "it needs root for debootstrap and chroot"; fi
if [[ -z ${FREEWAY_IN_NAMESPACE:-} ]]; then
    # In a mount namespace of its own: whatever ends this script, its mounts end with it.
    unshare --mount --propagation private true 2>/dev/null \
        || skip "mount namespaces are not allowed here"
    FREEWAY_IN_NAMESPACE=1 exec unshare --mount --propagation private "$0" "$@"
fi

fail() {
    echo "FAIL $program: $1" >&2
    exit 1
}
step() { printf '\n-- %s\n' "$1"; }

if ! command -v debootstrap >/dev/null; then
    step "apt-get install debootstrap"
    apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes debootstrap
fi
# `swift` may be a link or swiftly's proxy: the compiler itself knows where it lives.
command -v swift >/dev/null || fail "no Swift toolchain in PATH"
toolchain=$(swift -print-target-info \
    | sed -n 's/.*"runtimeResourcePath" *: *"\(.*\)\/usr\/lib\/swift".*/\1/p')
if [[ -z $toolchain ]]; then
    skip "the Swift toolchain is not in a folder of its own, which could be mounted in the root"
fi

work=$(mktemp -d --tmpdir="${TMPDIR:-/var/tmp}" freeway-docker.XXXXXX)
clean_up() {
    # Deepest first. Without this, rm would reach through them.
    awk -v work="$work/" 'index($2, work) == 1 { print $2 }' /proc/self/mounts | sort -r \
        | while read -r place; do umount "$place"; done
    rm -rf --one-file-system "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# What the official image swift:VERSION-bookworm installs with apt, next to the toolchain.
swift_image_packages="binutils libicu-dev libcurl4-openssl-dev libedit-dev libsqlite3-dev
    libncurses-dev libpython3-dev libxml2-dev pkg-config uuid-dev tzdata git gcc libstdc++-12-dev
    ca-certificates"

make_base() {
    if [[ -n ${DEBOOTSTRAP_ROOT:-} ]]; then
        step "base: a copy of $DEBOOTSTRAP_ROOT"
        cp -a "$DEBOOTSTRAP_ROOT" "$work/base"
    else
        step "base: debootstrap bookworm"
        # shellcheck disable=SC2086 # no mirror: no argument
        debootstrap --variant=minbase bookworm "$work/base" ${DEBIAN_MIRROR:-} \
            >"$work/debootstrap.log" || fail "debootstrap: $(tail -n 3 "$work/debootstrap.log")"
    fi
    # This machine's way to Debian's archive, where it is a Debian 12.
    if [[ -z ${DEBIAN_MIRROR:-} ]] && grep -q '^VERSION_CODENAME=bookworm' /etc/os-release \
        && [[ -e /etc/apt/sources.list.d/debian.sources ]]; then
        rm -f "$work/base/etc/apt/sources.list"
        cp /etc/apt/sources.list.d/debian.sources "$work/base/etc/apt/sources.list.d/"
    fi
    # As in Docker: services do not start when their package is installed.
    printf '#!/bin/sh\nexit 101\n' >"$work/base/usr/sbin/policy-rc.d"
    chmod 755 "$work/base/usr/sbin/policy-rc.d"
}

read_only_bind() {
    mkdir -p "$2"
    mount --bind "$1" "$2"
    mount -o remount,bind,ro "$2"
}

start_root() {
    root=$1
    cp -a "$work/base" "$root"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    mount -t proc proc "$root/proc"
    mount -t devpts devpts "$root/dev/pts"
    # Read-only: a package's script may want to tell udev something, and this is not its machine.
    read_only_bind /sys "$root/sys"
}

# The base image's line: what it stands for is put into the root.
from_image() {
    case $1 in
        swift:*-bookworm)
            in_root 0:0 / "export DEBIAN_FRONTEND=noninteractive; apt-get --quiet=2 update \
                && apt-get --quiet=2 install --yes ${swift_image_packages//$'\n'/ }" >"$root.log" \
                || fail "packages of the Swift image: $(tail -n 3 "$root.log")"
            read_only_bind "$toolchain" "$root$toolchain"
            variables[PATH]=$toolchain/usr/bin:${variables[PATH]}
            share_git_mirrors
            local version
            version=$(in_root 0:0 / 'swift --version' 2>/dev/null | grep -o 'Swift version [0-9.]*')
            echo "$version here; the Dockerfile names $1"
            [[ $version == "Swift version $(grep -o '[0-9.]*' <<<"${1%-bookworm}")" ]] \
                || echo "note: the versions differ"
            ;;
        debian:bookworm-slim) ;;
        *) fail "FROM $1: this test knows swift:VERSION-bookworm and debian:bookworm-slim" ;;
    esac
}

# A machine may have copies of the Swift packages on its disk (git's url.PATH.insteadOf).
share_git_mirrors() {
    local key rewritten place
    git config --get-regexp '^url\..*\.insteadof$' 2>/dev/null | while read -r key rewritten; do
        place=${key#url.}
        place=${place%.insteadof}
        git config --file "$root/etc/gitconfig" --add "url.$place.insteadOf" "$rewritten"
        if [[ -d $place ]] && ! mountpoint -q "$root$place"; then
            read_only_bind "$place" "$root$place"
            git config --file "$root/etc/gitconfig" --replace-all safe.directory '*'
        fi
    done
}

# in_root USER DIRECTORY COMMAND, as /bin/sh -c, which is what RUN does.
in_root() {
    local name assignments=()
    for name in "${!variables[@]}"; do assignments+=("$name=${variables[$name]}"); done
    chroot --userspec="$1" "$root" /usr/bin/env -i "${assignments[@]}" \
        /bin/sh -c "cd '$2' && $3"
}

# The context as Docker sees it, so without what .dockerignore names.
make_context() {
    local pattern excludes=()
    while read -r pattern; do
        case $pattern in
            '' | '#'*) continue ;;
            *[*?!]*) fail ".dockerignore: $pattern: this test knows plain names only" ;;
        esac
        excludes+=("--exclude=./$pattern")
    done <"$repository/.dockerignore"
    mkdir "$work/context"
    tar -C "$repository" --anchored "${excludes[@]}" -cf - . | tar -C "$work/context" -xf -
}

copy() {
    local source_root=$work/context arguments=() word target
    for word in "$@"; do
        case $word in
            --from=*)
                source_root=${roots[${word#--from=}]:-}
                if [[ -z $source_root ]]; then
                    if [[ -n $only ]]; then
                        echo "left out: stage ${word#--from=} was not built"
                        return
                    fi
                    fail "COPY $word: no such stage"
                fi
                ;;
            --*) fail "COPY $word: this test does not know that option" ;;
            *) arguments+=("$word") ;;
        esac
    done
    ((${#arguments[@]} >= 2)) || fail "COPY $*: source and target are needed"
    target=${arguments[-1]}
    unset 'arguments[-1]'
    if [[ $target != /* ]]; then target=$directory/$target; fi
    if [[ $target == */ || ${#arguments[@]} -gt 1 ]]; then mkdir -p "$root$target"; fi
    for word in "${arguments[@]}"; do
        if [[ -d $source_root/$word ]]; then
            # Like Docker: the content of a folder, not the folder.
            mkdir -p "$root$target"
            cp -a --no-preserve=ownership "$source_root/$word/." "$root$target"
        else
            cp -a --no-preserve=ownership "$source_root/$word" "$root$target"
        fi
    done
}

declare -A roots=() variables=()
root="" stage="" user=0:0 directory=/ entrypoint="" command=""
active=""

instruction() {
    local name=$1 rest=$2
    if [[ $name == FROM ]]; then
        local image alias=""
        read -r image _ alias <<<"$rest"
        stage=${alias:-final}
        user=0:0 directory=/ entrypoint="" command=""
        variables=([PATH]=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin [HOME]=/root)
        active=""
        if [[ -n $only && $only != "$stage" ]]; then return; fi
        active=yes
        step "stage $stage: FROM $image"
        roots[$stage]=$work/$stage
        start_root "$work/$stage"
        from_image "$image"
        return
    fi
    if [[ -z $active ]]; then return; fi
    case $name in
        RUN)
            [[ $rest != \[* && $rest != --* ]] || fail "RUN $rest: this test knows plain commands only"
            step "stage $stage: RUN $rest"
            SECONDS=0
            in_root "$user" "$directory" "$rest" || fail "stage $stage: RUN $rest: exit code $?"
            echo "(${SECONDS} s)"
            ;;
        COPY)
            step "stage $stage: COPY $rest"
            # shellcheck disable=SC2086 # the words of the instruction
            copy $rest
            ;;
        WORKDIR)
            directory=$rest
            mkdir -p "$root$directory"
            ;;
        USER) user=$rest ;;
        ENTRYPOINT) entrypoint=$rest ;;
        CMD) command=$rest ;;
        LABEL) ;;
        *) fail "$name: this test does not know that instruction" ;;
    esac
}

# Comment lines go, also between the lines of one instruction; a backslash joins lines.
carry_out() {
    local line whole=""
    while IFS= read -r line || [[ -n $line ]]; do
        if [[ $line =~ ^[[:space:]]*(#|$) ]]; then continue; fi
        if [[ $line == *\\ ]]; then
            whole+="${line%\\} "
            continue
        fi
        whole+=$line
        # Input comes from the Dockerfile: what runs inside must not read it.
        instruction "${whole%% *}" "$(sed 's/^[A-Z]* *//; s/   */ /g' <<<"$whole")" </dev/null
        whole=""
    done <"$repository/Dockerfile"
}

# ["a", "b"] -> a b: enough for words without quotes and spaces.
words() { tr -d '[]",' <<<"$1"; }

# What a user of the image does first.
try_image() {
    step "the image: user $user, $entrypoint $command"
    [[ $user != 0* && $user != root* ]] || fail "the image's user is root"
    # What `docker run` would not bring along either.
    variables=([PATH]=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin [HOME]=/)
    in_root 0:0 / '! command -v make && ! command -v swift' \
        || fail "the image still has a tool of the build"
    local missing port configuration
    missing=$(in_root 0:0 / "ldd \$(command -v $(words "$entrypoint"))" | grep 'not found') || true
    [[ -z $missing ]] || fail "the binary lacks libraries: $missing"
    in_root "$user" "$directory" "$(words "$entrypoint") $(words "$command")" >"$work/help.txt" \
        || fail "$(words "$entrypoint") $(words "$command"): exit code $?"
    head -n 5 "$work/help.txt"
    for configuration in "$root"/usr/share/freeway/*.yaml; do
        in_root "$user" "$directory" "$(words "$entrypoint") check ${configuration#"$root"}" \
            >"$work/check.txt" || fail "check ${configuration#"$root"}: exit code $?"
        echo "ok   check ${configuration#"$root"}"
    done
    # As with --volume: a folder of the host, which the image's user may write.
    cp -r "$repository/Tests/Captures/route/." "$root$directory"
    chown -R "$user" "$root$directory"
    in_root "$user" "$directory" "$(words "$entrypoint") replay route.yaml --in wan=wan.in.pcap \
        --in lan=lan.in.pcap --out wan=wan.out.pcap --out lan=lan.out.pcap --json" \
        >"$work/replay.json" || fail "replay: exit code $?: $(head -c 2000 "$work/replay.json")"
    for port in wan lan; do
        # Behind the file's header of 24 bytes all must be equal, times too.
        cmp -i 24 "$root$directory/$port.out.pcap" "$root$directory/$port.expect.pcap" \
            || fail "replay: $port did not send what Tests/Captures/route expects"
    done
    grep -Eq '"balanced" ?: ?true' "$work/replay.json" || fail "the ledger: $(<"$work/replay.json")"
    echo "ok   replayed as user $user: balanced, and as expected"
    echo "ok   size of the image: $(du -sm --one-file-system "$root" | cut -f1) MB"
}

make_base
make_context
carry_out
if [[ -z $only ]]; then
    try_image
    echo "ok   $program"
else
    echo "ok   $program, stage $only only"
fi
