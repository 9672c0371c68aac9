#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks the cases of this folder without Freeway: generate.py still gives these very bytes (it fails
# by itself where what is written down by hand and the model differ), every case is made by it, and
# tshark finds no wrong IPv4 header checksum in what must come out of a router.
set -euo pipefail
cd "$(dirname "$0")"

if ! /usr/bin/python3 -c 'import scapy, yaml' 2>/dev/null; then
    echo "check.sh: Scapy or PyYAML is missing: apt-get install python3-scapy python3-yaml" >&2
    exit 69
fi

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
failed=0
fail() { echo "FAIL $*"; failed=$((failed + 1)); }

/usr/bin/python3 generate.py "$fresh" >/dev/null
# Folders of either side: a case that nobody makes any more is a difference too.
names=$(cd "$fresh" && ls -d -- */ && cd "$OLDPWD" && ls -d -- */)
while read -r name; do
    if ! difference=$(diff -rq "$fresh/$name" "$name" 2>&1); then
        fail "$name generate.py gives other bytes: ${difference%%$'\n'*}"
    fi
done < <(sort -u <<<"$names")
[ "$failed" -ne 0 ] || echo "ok   $(find . -mindepth 1 -maxdepth 1 -type d | wc -l) cases: generate.py gives the same bytes"

# A name with an asterisk stands for several.
# shellcheck disable=SC2016  # The backticks are the document's.
while read -r name; do
    compgen -G "$name/case.yaml" >/dev/null || fail "docs/rfc.md names $name, which is no case"
done < <(grep -oE '`[a-z0-9*]+(-[a-z0-9*]+)+`' ../../docs/rfc.md | tr -d '`' | sort -u)

# A cross-connect passes wrong checksums too, and checksums: valid needs none in the file.
routed=()
for capture in */*.expect.pcap; do
    grep -qE '^(config: .*cross-connect.yaml|checksums: valid)' "${capture%/*}/case.yaml" || routed+=("$capture")
done
wrong() {
    tshark -r "$1" -o ip.check_checksum:TRUE -Y 'ip.checksum.status == 0' 2>/dev/null | wc -l
}
if ! command -v tshark >/dev/null || ! command -v mergecap >/dev/null; then
    echo "skip tshark is missing, and says nothing about checksums: apt-get install tshark"
else
    mergecap -a -w "$fresh/all.pcapng" "${routed[@]}"
    if [ "$(wrong "$fresh/all.pcapng")" -eq 0 ]; then
        echo "ok   ${#routed[@]} expected captures: every IPv4 header checksum is right"
    else
        for capture in "${routed[@]}"; do
            [ "$(wrong "$capture")" -eq 0 ] || fail "$capture: a wrong IPv4 header checksum"
        done
    fi
fi

bytes=$(find . -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
if [ "$bytes" -lt 3000000 ]; then
    echo "ok   $bytes bytes in all"
else
    fail "$bytes bytes in all, more than 3 MB"
fi

[ "$failed" -eq 0 ] || exit 1
