#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shows that check-hot-path.py bites: builds small programs whose loops break one rule each, by what the
# Swift compiler really makes of it, and one whose loops break none.
set -euo pipefail
cd "$(dirname "$0")"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0

# program CONDITION: builds it and prints what the check says of it; the check's exit code.
program() {
    swiftc -O -parse-as-library -module-name Dataplane ${1:+-D "$1"} \
        hot-path/violations.swift "$folder/reach.o" -o "$folder/program"
    ./check-hot-path.py "$folder/program" >"$folder/said" 2>&1
}

"$(command -v cc || command -v clang)" -O1 -c hot-path/reach.c -o "$folder/reach.o"
if ! program ""; then
    echo "check-hot-path-test: loops that break no rule are refused:" >&2
    cat "$folder/said" >&2
    status=1
fi
while read -r condition symbol; do
    if program "$condition" || ! grep -qE "check-hot-path: $symbol is reached by" "$folder/said"; then
        echo "check-hot-path-test: $condition is not found, or not as $symbol:" >&2
        cat "$folder/said" >&2
        status=1
    fi
done <<'VIOLATIONS'
RETAIN swift_retain
ALLOCATION (swift_slowAlloc|malloc)
EXCLUSIVITY swift_beginAccess
ONCE swift_once
THROUGHC malloc
VIOLATIONS

[ $status -eq 0 ] && echo "check-hot-path-test: finds a retain, an allocation, an exclusivity check, a swift_once, and an allocation in C"
exit $status
