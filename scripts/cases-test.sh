#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the case library with 1, 3 and 8 workers, and once more with one: all of them must have sent the same
# bytes at the same times, in one order.
#
#   scripts/cases-test.sh FREEWAY [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
freeway=$1
cases=${2:-Tests/Cases}
outputs=$(mktemp -d)
trap 'rm -rf "$outputs"' EXIT

report=()
if [ -n "${FREEWAY_JUNIT:-}" ]; then report=(--junit "$FREEWAY_JUNIT"); fi
"$freeway" test "$cases" --timeout 10min --workers 1,3,8 --keep "$outputs/first" "${report[@]}"
"$freeway" test "$cases" --timeout 10min --keep "$outputs/second"

count=0
while IFS= read -r -d '' capture; do
    if ! cmp "$outputs/first/$capture" "$outputs/second/$capture"; then
        echo "cases-test: two runs of $capture differ" >&2
        exit 1
    fi
    count=$((count + 1))
done < <(cd "$outputs/second" && find . -name '*.pcap' -print0)
if [ "$count" = 0 ]; then
    echo "cases-test: no capture was kept" >&2
    exit 1
fi
echo "cases-test: $count captures of two runs are the same, byte for byte"
