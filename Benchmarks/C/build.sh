#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the C programs of this folder into out/bench as Freeway is built: with DPDK's archives linked in, the
# same of its drivers, for the same processor (FREEWAY_MARCH). CC names another compiler.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

# The words of a list in Package.swift, which decides what is linked.
list() {
    sed -n "/let $1 = \[/,/\]/p" "$root/Package.swift" | grep -o '"[^"]*"' | tr -d '"'
}
foreign=$(list foreign | paste -s -d '|')
mapfile -t systems < <(list systemLibraries)
mapfile -t archives < <(pkg-config --static --libs-only-l libdpdk | tr ' ' '\n' | grep '^-l:librte_')
if [ -z "$foreign" ] || [ ${#systems[@]} = 0 ] || [ ${#archives[@]} = 0 ]; then
    echo "build.sh: DPDK is missing (make dependencies-build installs it), or Package.swift has other lists" >&2
    exit 1
fi
drivers=() libraries=()
for archive in "${archives[@]}"; do
    if [[ ! $archive =~ ^-l:librte_(bus|common|mempool|net)_ ]]; then
        libraries+=("$archive")
    elif [[ ! $archive =~ _($foreign)\.a$ ]]; then
        drivers+=("$archive")
    fi
done
read -ra includes < <(pkg-config --cflags-only-I libdpdk)
mkdir -p "$root/out/bench"
for program in io l3fwd; do
    "${CC:-cc}" -O3 -g -Wall -Wextra -march="${FREEWAY_MARCH:-corei7}" "${includes[@]}" -include rte_config.h \
        -o "$root/out/bench/$program" "$root/Benchmarks/C/$program.c" \
        -Wl,--whole-archive "${drivers[@]}" -Wl,--no-whole-archive \
        -Wl,--start-group "${libraries[@]}" -Wl,--end-group -Wl,--as-needed "${systems[@]}" -lm -lpthread -ldl
done
