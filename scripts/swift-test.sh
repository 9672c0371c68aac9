#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the built tests with the given filter, and repeats at the end what failed: among some
# thousand lines of what passed, or in the tail that a CI keeps, it would not be found.
set -uo pipefail
output=$(mktemp)
trap 'rm -f "$output"' EXIT
swift test --skip-build "$@" 2>&1 | tee "$output"
status=${PIPESTATUS[0]}
if [ "$status" != 0 ]; then
    echo
    echo "What failed:"
    grep -E -A 6 'recorded an issue|Caught error|: error: |[Ff]atal error' "$output" | tail -n 60
fi
exit "$status"
