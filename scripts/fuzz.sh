#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Fuzzes what reads bytes from outside, with libFuzzer and AddressSanitizer, each target for a time.
#   scripts/fuzz.sh [SECONDS] [TARGET…]      60 seconds and all targets unless given
# Seeds are the repository's captures and configurations, and ../shared/corpora where it is there. What
# was found stays in out/fuzz/TARGET; a file named crash-… there is a finding, and the exit code is 1.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
[[ $seconds =~ ^[1-9][0-9]*$ ]] || { echo "fuzz: SECONDS is a number above 0, not \"$seconds\"" >&2; exit 64; }
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(Headers Configuration Captures)
# Swift's own report of a crash waits for a debugger.
export FREEWAY_FUZZ=1 SWIFT_BACKTRACE=enable=no
# swift-driver links with gold, which fails on the debugging sections of instrumented code.
build=(swift build -c release --scratch-path .build/fuzz
    -Xswiftc "-sanitize=fuzzer,address" -Xcc -fsanitize=address -Xswiftc -use-ld=lld)

# The frames of a capture, a file each.
frames() {
    /usr/bin/python3 - "$1" "$2" <<'PYTHON'
import pathlib, sys
from scapy.utils import RawPcapReader
for capture in sorted(pathlib.Path(sys.argv[1]).rglob("*.pcap")):
    try:
        frames = [frame for frame, _ in zip((bytes(data) for data, _ in RawPcapReader(str(capture))), range(40))]
    except Exception:  # a malformed capture has no frames for us
        continue
    for number, frame in enumerate(frames):
        (pathlib.Path(sys.argv[2]) / f"{capture.stem}-{number}").write_bytes(frame[:1600])
PYTHON
}

seed() {
    local folder=$1/seeds
    mkdir -p "$folder"
    for source in Tests/Captures ../shared/corpora; do
        if [ ! -d "$source" ]; then echo "fuzz: no $source here, without its seeds"; continue; fi
        case $2 in
        Headers) frames "$source" "$folder" ;;
        Captures)
            while IFS= read -r capture; do
                cp "$capture" "$folder/$(tr / - <<<"${capture#../}")"
            done < <(find "$source" -size -200k \( -name '*.pcap' -o -name '*.pcapng' \))
            ;;
        esac
    done
    if [ "$2" = Configuration ]; then cp config/*.yaml "$folder"; fi
}

status=0
for target in "${targets[@]}"; do
    [ -d "Fuzz/$target" ] || { echo "fuzz: no target $target; there are: $(ls -m Fuzz)" >&2; exit 64; }
    echo "fuzz: building $target"
    if ! output=$("${build[@]}" --product "Fuzz$target" 2>&1); then
        tail -n 30 <<<"$output" >&2
        exit 70
    fi
    folder=out/fuzz/$target
    mkdir -p "$folder/corpus"
    seed "$folder" "$target"
    echo "fuzz: $target for $seconds s"
    if ! ".build/fuzz/release/Fuzz$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 \
        -print_final_stats=1 -verbosity=1 -artifact_prefix="$folder/" \
        "$folder/corpus" "$folder/seeds" >"$folder/log" 2>&1; then
        status=1
        echo "fuzz: $target found something, see $folder:"
        tail -n 40 "$folder/log"
    fi
    grep -E '^stat::number_of_executed_units|^Done' "$folder/log" || true
done
exit "$status"
