# SPDX-License-Identifier: Apache-2.0
"""Cross-connects: every frame passes, unchanged, whatever it is."""

import random

from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import ARP, Dot1AD, Dot1Q, Ether
from scapy.packet import Raw

from casebook import Case
from frames import BROADCAST, seeded_bytes

A, B = "02:00:00:00:0a:01", "02:00:00:00:0b:01"
CONFIG = "cross-connect.yaml"
UNEQUAL = """
version: 1
forward: cross-connect
ports:
  jumbo: {device: vdev:net_null0, mtu: 9000}
  usual: {device: vdev:net_null1}
crossConnect: [[jumbo, usual]]
"""


def build():
    ether = Ether(src=A, dst=B)
    inner = IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1000, dport=2000) / Raw(b"inner")

    case = Case("cross-connect-both-ways", "What comes in on one port leaves on its peer, both ways", CONFIG)
    for number in range(4):
        case.add("left", f"there {number}", ether / inner / Raw(bytes([number])), to="right")
        case.add("right", f"back {number}",
                 Ether(src=B, dst=A) / inner / Raw(bytes([number])), to="left")

    Case("cross-connect-pairs", "Each pair of ports is by itself", CONFIG) \
        .add("left", "left", ether / inner, to="right").add("up", "up", ether / inner, to="down") \
        .add("down", "down", ether / inner, to="up").add("right", "right", ether / inner, to="left")

    Case("cross-connect-tags", "Tags pass, any number of them, PCP and DEI too", CONFIG) \
        .add("left", "802.1Q", ether / Dot1Q(vlan=100, prio=5, id=1) / inner, to="right") \
        .add("left", "a priority tag", ether / Dot1Q(vlan=0, prio=7) / inner, to="right") \
        .add("left", "VLAN 4095", ether / Dot1Q(vlan=4095) / inner, to="right") \
        .add("left", "802.1ad", ether / Dot1AD(vlan=200) / Dot1Q(vlan=100) / inner, to="right") \
        .add("left", "three tags", ether / Dot1AD(vlan=1) / Dot1Q(vlan=2) / Dot1Q(vlan=3) / inner,
             to="right")

    Case("cross-connect-protocols", "ARP, IPv6, 802.3 and unknown EtherTypes pass", CONFIG) \
        .add("left", "ARP", Ether(src=A, dst=BROADCAST) / ARP(
            hwsrc=A, psrc="10.0.0.1", pdst="10.0.0.2"), to="right") \
        .add("left", "IPv6", ether / IPv6(src="2001:db8::1", dst="2001:db8::2")
             / ICMPv6EchoRequest(), to="right") \
        .add("left", "spanning tree", bytes.fromhex("0180c2000000020000000a01" "0026424203")
             + bytes(43), to="right") \
        .add("left", "experimental", bytes(Ether(src=A, dst=B, type=0x88B5)) + bytes(46), to="right") \
        .add("left", "LLDP, which a bridge would keep", bytes(Ether(
            src=A, dst="01:80:c2:00:00:0e", type=0x88CC)) + bytes(46), to="right")

    Case("cross-connect-broken", "What a router would drop passes a cross-connect as it is", CONFIG) \
        .add("left", "TTL 0", ether / IP(src="10.0.0.1", dst="10.0.0.2", ttl=0) / UDP(), to="right") \
        .add("left", "martians", ether / IP(src="127.0.0.1", dst="0.0.0.0") / UDP(), to="right") \
        .add("left", "a wrong checksum", ether / IP(
            src="10.0.0.1", dst="10.0.0.2", chksum=0xDEAD) / TCP(), to="right") \
        .add("left", "version 9, header length 3", ether / IP(
            src="10.0.0.1", dst="10.0.0.2", version=9, ihl=3, len=65535) / Raw(b"?"), to="right") \
        .add("left", "padding that is not zero", bytes(ether / IP() / UDP()) + b"\xa5" * 18, to="right") \
        .add("left", "cut in the capture", bytes(ether / inner)[:30], to="right", wire_length=47)

    Case("cross-connect-macs", "No MAC address is looked at: groups, zeros, the same twice", CONFIG) \
        .add("left", "from a group", Ether(src="01:00:5e:00:00:01", dst=B) / inner, to="right") \
        .add("left", "to a group", Ether(src=A, dst="33:33:00:00:00:01") / inner, to="right") \
        .add("left", "broadcast", Ether(src=A, dst=BROADCAST) / inner, to="right") \
        .add("left", "zeros", bytes(12) + b"\x08\x00" + bytes(46), to="right") \
        .add("left", "all ones", b"\xff" * 60, to="right") \
        .add("left", "from and to the same", Ether(src=A, dst=A) / inner, to="right")

    generator = random.Random(8)
    case = Case("cross-connect-every-runt", "Frames of 14 to 60 bytes pass, and keep their length", CONFIG,
                order="strict")
    head = bytes(Ether(src=A, dst=B, type=0x88B5))
    for length in range(14, 61):
        case.add("left", f"{length} bytes", head + seeded_bytes(generator, length - 14), to="right")

    case = Case("cross-connect-long", "Between ports of one MTU frames pass that are beyond it", CONFIG)
    for length in (1514, 1515, 1518, 1522, 2048, 2049, 4096, 9014, 9018, 16129):
        case.add("up", f"{length} bytes", head + seeded_bytes(generator, length - 14), to="down")
    case.add("left", "4096 bytes on ports with an MTU of 1500",
             head + seeded_bytes(generator, 4082), to="right")

    case = Case("cross-connect-mtu", "What fits the way in, and not the way out, is dropped by name", UNEQUAL)
    typed = bytes.fromhex("88b5")
    for tags, room in (("", 1514), ("81000064", 1518), ("88a800c881000064", 1522),
                       ("88a800c88100006481000065", 1522)):
        start = head[:12] + bytes.fromhex(tags) + typed
        for length in (room, room + 1, 9000):
            case.add("jumbo", f"{len(tags) // 8} tags, {length} bytes",
                     start + seeded_bytes(generator, length - len(start)),
                     **({"to": "usual"} if length == room else {"drop": "exceedsMTU"}))
    for length in (1514, 1515, 9014):
        case.add("usual", f"{length} bytes back", head + seeded_bytes(generator, length - 14), to="jumbo")

    case = Case("cross-connect-duplicates", "Equal frames all pass: nothing is taken for a repetition",
                CONFIG)
    for number in range(5):
        case.add("left", "the same", ether / inner, to="right")
