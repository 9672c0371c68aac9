#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Fuzzes what reads bytes from outside, with libFuzzer and AddressSanitizer, each target for a time and as many
# at once as there are CPUs.
#   scripts/fuzz.sh [SECONDS] [TARGET…]      60 seconds and all targets unless given; 0 builds them only
# Seeds are the repository's captures and configurations, and ../shared/corpora where it is there. What
# was found stays in out/fuzz/TARGET; a file named crash-… there is a finding, and the exit code is 1.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
[[ $seconds =~ ^(0|[1-9][0-9]*)$ ]] || { echo "fuzz: SECONDS is a number, not \"$seconds\"" >&2; exit 64; }
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(Headers Configuration Captures Pcapng Frames Cases Requests Pipeline)
# Swift's own report of a crash waits for a debugger.
export FREEWAY_FUZZ=1 SWIFT_BACKTRACE=enable=no
# swift-driver links with gold, which fails on the debugging sections of instrumented code.
build=(swift build -c release --scratch-path .build/fuzz
    -Xswiftc "-sanitize=fuzzer,address" -Xswiftc -enable-testing -Xcc -fsanitize=address -Xswiftc -use-ld=lld)

seed() {
    local folder=$1/seeds sources=() source
    mkdir -p "$folder"
    for source in Tests/Captures Tests/Cases ../shared/corpora; do
        if [ -d "$source" ]; then sources+=("$source"); else echo "fuzz: no $source here, without its seeds"; fi
    done
    case $2 in
    Headers | Frames | Pipeline | Requests) scripts/fuzz-seeds.py "$2" "$folder" "${sources[@]}" ;;
    Captures)
        while IFS= read -r capture; do
            cp "$capture" "$folder/$(tr / - <<<"${capture#../}")"
        done < <(find "${sources[@]}" -size -200k \( -name '*.pcap' -o -name '*.pcapng' -o -name '*.pcap.*' \))
        ;;
    Pcapng) find "${sources[@]}" -size -200k -name '*.pcapng' -exec cp {} "$folder" \; ;;
    Configuration) cp config/*.yaml "$folder" ;;
    Cases) cp Fuzz/Cases/seeds/* "$folder" ;;
    esac
}

# What a target finds, and how much it ran: printed when it has ended.
fuzz() {
    local target=$1 folder=out/fuzz/$1 leaks=1 status=0
    mkdir -p "$folder/corpus"
    seed "$folder" "$target"
    # DPDK and NIO keep what they allocate once; buffers are counted by the target itself.
    case $target in Pipeline | Requests) leaks=0 ;; esac
    echo "fuzz: $target for $seconds s"
    if ! ASAN_OPTIONS=detect_leaks=$leaks ".build/fuzz/release/Fuzz$target" \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 \
        -print_final_stats=1 -verbosity=1 -artifact_prefix="$folder/" \
        "$folder/corpus" "$folder/seeds" >"$folder/log" 2>&1; then
        status=1
        echo "fuzz: $target found something, see $folder:"
        tail -n 40 "$folder/log"
    fi
    grep -E '^stat::number_of_executed_units|^Done' "$folder/log" || true
    return "$status"
}

for target in "${targets[@]}"; do
    [ -d "Fuzz/$target" ] || { echo "fuzz: no target $target; there are: $(ls -m Fuzz)" >&2; exit 64; }
    echo "fuzz: building $target"
    if ! output=$("${build[@]}" --product "Fuzz$target" 2>&1); then
        tail -n 30 <<<"$output" >&2
        exit 70
    fi
done
[ "$seconds" != 0 ] || exit 0

# One for each CPU at a time.
outputs=$(mktemp -d)
running=()
# shellcheck disable=SC2317  # The trap calls it.
stop() {
    for process in "${running[@]}"; do
        pkill -P "$process" || true
        kill "$process" 2>/dev/null || true
    done
    rm -rf "$outputs"
}
trap stop EXIT
status=0
for ((next = 0; next < ${#targets[@]}; next += $(nproc))); do
    running=()
    some=("${targets[@]:next:$(nproc)}")
    for target in "${some[@]}"; do
        fuzz "$target" >"$outputs/$target" 2>&1 &
        running+=($!)
    done
    for index in "${!some[@]}"; do
        wait "${running[$index]}" || status=1
        cat "$outputs/${some[$index]}"
    done
    running=()
done
exit "$status"
