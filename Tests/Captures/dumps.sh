#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Writes dumps/: some frames of real captures as the tools print them that people copy from, and the same
# frames in digits alone (FRAME.hex, by Scapy). What is in dumps/refused/ does not say where bytes are.
set -euo pipefail
cd "$(dirname "$0")"
rm -rf dumps
mkdir -p dumps/refused
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# frame NAME CAPTURE NUMBER
frame() {
    local name=$1 capture=real/$2 number=$3 one=$scratch/one.pcap raw=$scratch/raw
    /usr/bin/python3 - "$capture" "$number" "$one" "$raw" <<'PYTHON'
import sys
import scapy.layers.l2
from scapy.utils import rdpcap, wrpcap
packet = rdpcap(sys.argv[1])[int(sys.argv[2]) - 1]
wrpcap(sys.argv[3], packet)
open(sys.argv[4], "wb").write(bytes(packet))
PYTHON
    xxd -p -c 32 "$raw" >"dumps/$name.hex"
    tshark -x -r "$one" 2>/dev/null >"dumps/$name.tshark.txt"
    tcpdump -n -xx -r "$one" 2>/dev/null >"dumps/$name.tcpdump-xx.txt"
    tcpdump -n -XX -r "$one" 2>/dev/null >"dumps/$name.tcpdump-XX.txt"
    xxd "$raw" >"dumps/$name.xxd.txt"
    xxd -g1 "$raw" >"dumps/$name.xxd-g1.txt"
    xxd -g4 "$raw" >"dumps/$name.xxd-g4.txt"
    xxd -g0 -c 32 "$raw" >"dumps/$name.xxd-g0.txt"
    xxd -c8 "$raw" >"dumps/$name.xxd-c8.txt"
    hexdump -C "$raw" >"dumps/$name.hexdump-C.txt"
    od -A x -t x1 "$raw" >"dumps/$name.od-x1.txt"
    od -A x -t x1z "$raw" >"dumps/$name.od-x1z.txt"
    # Wireshark's "Copy as Hex Dump": an offset of four digits, no characters.
    od -A x -t x1 -v "$raw" | sed -E '/^[0-9a-f]+$/d; s/^00([0-9a-f]{4})/\1 /' >"dumps/$name.wireshark.txt"
}

frame http zeek-wikipedia.pcap 12
frame dns zeek-wikipedia.pcap 16
frame ping zeek-5-pings.pcap 1
frame short zeek-wikipedia.pcap 4
# Equal lines in a row are one line and a star.
/usr/bin/python3 -c 'print((b"\x02\x00\x00\x00\x01\x01\x02\x00\x00\x00\x00\xfe\x08\x00" + bytes(96)).hex())' >dumps/zeros.hex
xxd -r -p dumps/zeros.hex >"$scratch/zeros"
hexdump -C "$scratch/zeros" >dumps/zeros.hexdump-C.txt
od -A x -t x1 "$scratch/zeros" >dumps/zeros.od-x1.txt

raw=$scratch/raw
xxd -r -p dumps/dns.hex >"$raw"
od "$raw" >dumps/refused/od.txt
od -x "$raw" >dumps/refused/od-x.txt
od -t x1 "$raw" >dumps/refused/od-octal.txt
hexdump "$raw" >dumps/refused/hexdump.txt
xxd -e "$raw" >dumps/refused/xxd-e.txt
tail -n +2 dumps/short.xxd.txt >dumps/refused/later-part.txt
sed 2d dumps/dns.xxd.txt >dumps/refused/gap.txt
cat dumps/short.xxd.txt dumps/short.xxd.txt >dumps/refused/two.txt
tcpdump -n -x -c 1 -r real/zeek-wikipedia.pcap 2>/dev/null >dumps/refused/tcpdump-x.txt
