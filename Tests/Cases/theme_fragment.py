# SPDX-License-Identifier: Apache-2.0
"""Packets that are longer than the MTU of their way out and may be cut: they leave in parts (RFC 791, 3.2; RFC 1812,
4.2.2.7). What the parts are says Scapy's `fragment`."""

from scapy.layers.inet import ICMP, TCP
from scapy.packet import Raw

import theme_vlan
from casebook import INSIDE, UPLINK, Case, ether, ip, udp
from theme_mtu import DMZ, TO, sized
from theme_neighbour import HOST, MAC, SECOND, answer

NARROW = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  dmz: {device: vdev:net_null1, mac: 02:00:00:00:03:01, mtu: MTU, addresses: [203.0.113.1/25]}
routes:
  - {to: 8.0.0.0/8, via: 192.0.2.254}
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
  - {port: dmz, address: 203.0.113.2, mac: 02:00:00:00:03:02}
"""


def build():
    case = Case("rfc1812-15-fragments", "A packet that is too long and has no DF leaves in parts, in order, each but the "
                "last a multiple of 8 bytes (RFC 791, 3.2)",
                frames=[{"port": "lan", "frame": 1, "fields": {
                    "ipv4.fragmentOffset": 0, "ipv4.flags": 1, "ipv4.totalLength": 1500, "ipv4.timeToLive": 63}},
                        {"port": "lan", "frame": 2, "fields": {
                            "ipv4.fragmentOffset": 1480, "ipv4.flags": 0, "ipv4.totalLength": 21}}])
    for total in (1501, 1508, 1509, 2980, 2981, 4000, 9000):
        case.add("dmz", f"{total} bytes", sized("dmz", TO, total), to=INSIDE)
    case.add("dmz", "TCP", ether("dmz") / ip("dmz", TO) / TCP(sport=1, dport=2) / Raw(bytes(range(250)) * 12), to=INSIDE)
    case.add("dmz", "padded", bytes(sized("dmz", TO, 3000)) + b"\xa5" * 50, to=INSIDE)

    case = Case("rfc1812-15-fragments-of-fragments", "A part of a packet is cut like any packet: offsets go on from its "
                "own, and More Fragments stays with the last (RFC 1812, 4.2.2.7)")
    for what, fields in {"the first": {"flags": "MF"}, "one in the middle": {"flags": "MF", "frag": 400},
                         "the last": {"frag": 800}, "close to the end of all": {"frag": 7000}}.items():
        for total in (1500, 1516, 2996, 3004):
            case.add("dmz", f"{what}, {total} bytes", sized("dmz", TO, total, **fields), to=INSIDE)

    case = Case("rfc1812-15-options", "Each part has the options with the copied flag, the first has all (RFC 791, 3.1)")
    for what, options in {
            "copied": b"\x94\x04\x00\x00", "not copied": b"\x07\x07\x04\x00\x00\x00\x00\x00",
            "one of each": b"\x94\x04\x00\x00\x44\x08\x05\x00\x00\x00\x00\x00",
            "forty bytes": b"\x9e\x14" + bytes(18) + b"\x1e\x14" + bytes(18),
            "no operation": b"\x01\x01\x01\x01"}.items():
        for flags, frag in (("", 0), ("MF", 0), ("MF", 50)):
            case.add("dmz", f"{what}, flags {flags or 'none'}, offset {8 * frag}", ether("dmz") / ip(
                "dmz", TO, options=[options], flags=flags, frag=frag, proto=17) / Raw(bytes(3000)), to=INSIDE)

    case = Case("rfc1812-15-smallest-mtu", "An MTU of 68 lets 48 bytes through at a time, or 8 behind the longest header "
                "(RFC 791, 3.2)", NARROW.replace("MTU", "68"))
    case.add("wan", "69 bytes", sized("wan", "203.0.113.2", 69), to=DMZ)
    case.add("wan", "1500 bytes", sized("wan", "203.0.113.2", 1500), to=DMZ)
    case.add("wan", "the longest header", ether("wan") / ip("wan", "203.0.113.2", options=[b"\x01" * 40], proto=253)
             / Raw(bytes(range(100))), to=DMZ)
    case.add("wan", "9000 bytes", sized("wan", "203.0.113.2", 9000), to=DMZ)

    case = Case("rfc1812-15-jumbo", "Parts may be longer than a buffer, and packets lie in several")
    for total in (9001, 9600, 20000):
        case.add("wan", f"{total} bytes to dmz with its 9000", sized("wan", "203.0.113.2", total), to=DMZ)

    case = Case("rfc1812-15-segments", "Where a packet lies in several small buffers its parts are cut across them",
                NARROW.replace("MTU", "1000"))
    for total in (2034, 2048, 4096, 7306, 16028):
        case.add("wan", f"{total} bytes", sized("wan", "203.0.113.2", total), to=DMZ)

    case = Case("rfc1812-15-order", "Parts leave in the place of their packet, whatever came in with it", order="strict")
    for number in range(20):
        case.add("dmz", f"packet {number}", sized("dmz", TO, 1400 + 60 * number, dport=number), to=INSIDE, after=0)

    Case("rfc1812-15-vlan", "Parts have the tags of the interface by which they leave, for which the MTU does not count",
         theme_vlan.TRUNK) \
        .add("wan", "by one tag", theme_vlan.frame("wan", "10.1.0.2", payload=2000), to=("trunk.100", "10.1.0.2")) \
        .add("wan", "where 1400 is the MTU", theme_vlan.frame("wan", "10.2.0.2", payload=1473),
             to=("trunk.200", "10.2.0.2")) \
        .add("wan", "by two tags", theme_vlan.frame("wan", "10.4.7.2", payload=1469), to=("trunk.400.7", "10.4.7.2")) \
        .add("trunk", "from two tags to none", theme_vlan.frame("trunk.400.7", "8.8.8.8", payload=1900),
             to=("wan", "192.0.2.254"))

    Case("rfc1812-15-time-to-live", "A packet whose TTL is used up is not cut, but told of (RFC 1812, 5.3.1)") \
        .drop("timeToLiveExpired", "dmz", {"too long, TTL 1": sized("dmz", TO, 3000, ttl=1)}) \
        .add("dmz", "too long, TTL 2", sized("dmz", TO, 3000, ttl=2), to=INSIDE)

    Case("rfc1812-15-waits", "A packet that waits for a MAC is cut when it leaves",
         hosts={("lan", HOST): MAC}) \
        .add("dmz", "it waits", sized("dmz", HOST, 4000), at=0, to=("lan", HOST)) \
        .add("lan", "the answer", answer(), at=1_000_000, learnt=True) \
        .add("dmz", "the next does not", sized("dmz", HOST, 3000), at=SECOND, to=("lan", HOST))

    def ask(size, **fields):
        return ether("dmz") / ip("dmz", "203.0.113.1", src="198.51.100.2", **fields) / ICMP(type=8, id=1, seq=1) \
            / Raw(bytes(range(250)) * (size // 250))

    case = Case("rfc1812-15-own", "An echo reply that is too long for its way leaves in parts, too, whatever the request's DF "
                "(RFC 1812, 4.3.3.6)")
    case.add("dmz", "5000 bytes", ask(5000), answered=True)
    case.add("dmz", "DF", ask(5000, flags="DF"), answered=True)

    Case("rfc1812-15-uplink", "Each direction has the MTU of its way out") \
        .add("dmz", "3000 bytes", sized("dmz", "8.8.8.8", 3000), to=UPLINK) \
        .add("wan", "3000 bytes to dmz, in one piece", udp("wan", "203.0.113.2", payload=2972), to=DMZ)
