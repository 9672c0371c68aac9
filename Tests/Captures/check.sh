#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks the captures of this folder without Freeway: generate.py still gives these very bytes,
# and tshark finds nothing wrong with the checksums, lengths and times of what must come out.
set -euo pipefail
cd "$(dirname "$0")"

for tool in tshark capinfos; do
    if ! command -v "$tool" >/dev/null; then
        echo "check.sh: $tool is missing: apt-get install tshark" >&2
        exit 69
    fi
done
if ! /usr/bin/python3 -c 'import scapy' 2>/dev/null; then
    echo "check.sh: Scapy is missing: apt-get install python3-scapy" >&2
    exit 69
fi

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
failed=0
fail() { echo "FAIL $*"; failed=$((failed + 1)); }

/usr/bin/python3 generate.py "$fresh"
/usr/bin/python3 pcapngs.py "$fresh"
for folder in "$fresh"/*/; do
    name=$(basename "$folder")
    if diff -r "$folder" "$name" >/dev/null; then
        echo "ok   $name: a second run gives the same bytes"
    else
        fail "$name: a second run gives other bytes: $(diff -rq "$folder" "$name" | head -n 3)"
    fi
done

for capture in route/*.expect.pcap route-no-default/*.expect.pcap route-steps/*.expect.pcap; do
    # Status 1 is good; an ICMP error's quoted header is checked too and counts as a second value.
    wrong=$(tshark -r "$capture" -o ip.check_checksum:TRUE \
        -Y 'not ip or ip.checksum.status == 0 or ip.ttl == 0' 2>/dev/null | wc -l)
    frames=$(tshark -r "$capture" 2>/dev/null | wc -l)
    if [ "$wrong" -eq 0 ] && [ "$frames" -gt 0 ]; then
        echo "ok   $capture: $frames frames, every IPv4 header checksum right"
    else
        fail "$capture: $wrong of $frames frames are wrong"
    fi
    longer=$(tshark -r "$capture" -Y ip -T fields -E occurrence=f -e frame.len -e ip.len 2>/dev/null \
        | awk '$1 != $2 + 14' | wc -l)
    [ "$longer" -eq 0 ] || fail "$capture: $longer frames are not 14 bytes longer than IPv4 says"
done

for capture in */*.in.pcap */*.expect.pcap; do
    if [ "$(tshark -r "$capture" -c 1 2>/dev/null | wc -l)" -eq 1 ] \
        && ! capinfos -o "$capture" 2>/dev/null | grep -q 'Strict time order: *True'; then
        fail "$capture: times go backwards"
    fi
done

bytes=$(find . -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
if [ "$bytes" -lt 3500000 ]; then
    echo "ok   $bytes bytes in all"
else
    fail "$bytes bytes in all, more than 3.5 MB"
fi

[ "$failed" -eq 0 ] || exit 1
