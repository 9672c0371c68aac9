#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes journeys/packets.json: packets in the words of `freeway explain --packet`, and their bytes as
Scapy builds them for a port with the MAC 02:00:00:00:01:01."""

import json
import os

from scapy.all import ARP, ICMP, IP, TCP, UDP, Dot1Q, Ether, ICMPv6EchoRequest, ICMPv6Unknown, IPv6, Raw

PORT = "02:00:00:00:01:01"
SOURCE = "02:00:00:00:00:fe"


def ether(**fields):
    return Ether(**{"dst": PORT, "src": SOURCE, **fields})


def tcp(flags="S", **fields):
    return TCP(sport=1000, dport=443, seq=0, ack=0, window=0x2000, flags=flags, **fields)


A, B = "10.0.0.1", "192.0.2.7"
PACKETS = [
    ("ipv4 10.0.0.1 > 192.0.2.7 udp 1000 > 53 ttl 1",
     ether() / IP(src=A, dst=B, id=0, ttl=1) / UDP(sport=1000, dport=53)),
    ("ipv4 10.0.0.1 > 192.0.2.7 tcp 1000 > 443",
     ether() / IP(src=A, dst=B, id=0) / tcp()),
    ("ipv4 10.0.0.1 > 192.0.2.7 tcp 1000 > 443 flags SA tos 0xb8 id 7 df",
     ether() / IP(src=A, dst=B, id=7, tos=0xB8, flags="DF") / tcp("SA")),
    ("ipv4 10.0.0.1 > 192.0.2.7 tcp 1000 > 443 flags FPUEC payload 0102ff",
     ether() / IP(src=A, dst=B, id=0) / tcp("FPUEC") / Raw(bytes([1, 2, 255]))),
    ("ipv4 10.0.0.1 > 192.0.2.7 icmp",
     ether() / IP(src=A, dst=B, id=0) / ICMP(type=8, code=0, id=0, seq=0)),
    ("ipv4 10.0.0.1 > 192.0.2.7 icmp 3 1 ttl 2",
     ether() / IP(src=A, dst=B, id=0, ttl=2) / ICMP(type=3, code=1)),
    ("ipv4 10.0.0.1 > 192.0.2.7 udp 1 > 2 length 101",
     ether() / IP(src=A, dst=B, id=0) / UDP(sport=1, dport=2) / Raw(bytes(73))),
    ("ipv4 10.0.0.1 > 192.0.2.7 udp 1 > 2 length 40 payload ab",
     ether() / IP(src=A, dst=B, id=0) / UDP(sport=1, dport=2) / Raw(b"\xab" + bytes(11))),
    ("ipv4 10.0.0.1 > 192.0.2.7 udp 1 > 2 checksum 0x1234",
     ether() / IP(src=A, dst=B, id=0, chksum=0x1234) / UDP(sport=1, dport=2)),
    ("ipv4 10.0.0.1 > 192.0.2.7 protocol 47 payload 00000800 mf offset 16",
     ether() / IP(src=A, dst=B, id=0, proto=47, flags="MF", frag=2) / Raw(bytes([0, 0, 8, 0]))),
    ("ipv4 10.0.0.1 > 192.0.2.7",
     ether() / IP(src=A, dst=B, id=0, proto=253)),
    ("vlan 5 ipv4 10.0.0.1 > 192.0.2.7 udp 1 > 2 vlan 0x0ff",
     ether() / Dot1Q(vlan=5) / Dot1Q(vlan=255) / IP(src=A, dst=B, id=0) / UDP(sport=1, dport=2)),
    ("ipv4 10.0.0.1 > 192.0.2.7 udp 1 > 2 to ff:ff:ff:ff:ff:ff from 02:00:00:00:00:99",
     ether(dst="ff:ff:ff:ff:ff:ff", src="02:00:00:00:00:99") / IP(src=A, dst=B, id=0)
     / UDP(sport=1, dport=2)),
    ("ipv6 2001:db8::1 > 2001:db8:1::7 udp 1000 > 53 ttl 3 tos 0x1c",
     ether() / IPv6(src="2001:db8::1", dst="2001:db8:1::7", hlim=3, tc=0x1C)
     / UDP(sport=1000, dport=53)),
    ("ipv6 2001:db8::1 > 2001:db8:1::7 tcp 1000 > 443 payload 616263",
     ether() / IPv6(src="2001:db8::1", dst="2001:db8:1::7") / tcp() / Raw(b"abc")),
    ("ipv6 2001:db8::1 > 2001:db8:1::7 icmp",
     ether() / IPv6(src="2001:db8::1", dst="2001:db8:1::7") / ICMPv6EchoRequest(id=0, seq=0)),
    ("ipv6 2001:db8::1 > 2001:db8:1::7 udp 1 > 2 length 64",
     ether() / IPv6(src="2001:db8::1", dst="2001:db8:1::7") / UDP(sport=1, dport=2)
     / Raw(bytes(16))),
    ("ipv6 2001:db8::1 > 2001:db8:1::7",
     ether() / IPv6(src="2001:db8::1", dst="2001:db8:1::7", nh=59)),
    ("arp 192.0.2.9 > 192.0.2.1",
     ether(dst="ff:ff:ff:ff:ff:ff")
     / ARP(op=1, hwsrc=SOURCE, psrc="192.0.2.9", hwdst="00:00:00:00:00:00", pdst="192.0.2.1")),
]
# The Internet defaults that Freeway and Scapy do not share are written out above, these remain.
for _, frame in PACKETS:
    if IPv6 in frame and "hlim" not in frame[IPv6].fields:
        frame[IPv6].hlim = 64

here = os.path.dirname(os.path.abspath(__file__))
with open(f"{here}/journeys/packets.json", "w") as out:
    lines = ",\n".join(
        json.dumps({"packet": text, "bytes": bytes(frame).hex()}) for text, frame in PACKETS)
    out.write(f"[\n{lines}\n]\n")
