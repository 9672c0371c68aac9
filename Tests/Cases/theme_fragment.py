# SPDX-License-Identifier: Apache-2.0
"""Packets that are longer than the MTU of their way out and may be cut: they leave in parts (RFC 791, 3.2; RFC 1812,
4.2.2.7). What the parts are says Scapy's `fragment`."""

import random

from scapy.layers.inet import ICMP, IP, TCP, UDP, fragment
from scapy.packet import Raw

import theme_vlan
from casebook import INSIDE, UPLINK, Case, ether, ip, udp
from theme_mtu import DMZ, TO, sized
from theme_neighbour import HOST, MAC, SECOND, answer

ROUTER = "192.0.2.1"

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
    cut()
    joined()
    spoilt()
    given_up()


def cut():
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


def asked(size, number=1, to=ROUTER, port="wan", **fields):
    """An echo request as one packet."""
    return ip(port, to, id=number, **fields) / ICMP(type=8, id=number, seq=1) \
        / Raw(bytes(index & 255 for index in range(size)))


def parts_of(packet, size=1480):
    return [bytes(part) for part in fragment(IP(bytes(packet)), size)]


def in_parts(case, what, packets, port="wan", **others):
    """Parts of a datagram for the router that becomes whole."""
    for index, part in enumerate(packets):
        is_first = int.from_bytes(part[6:8], "big") & 0x1FFF == 0
        case.add(port, f"{what}, part {index + 1}", ether(port, type=0x0800) / Raw(part), answered=is_first,
                 learnt=not is_first, **others)
    return case


def joined():
    """RFC 1812, 4.2.2.8."""
    case = Case("rfc1812-23-echo-in-parts", "An echo request that comes in parts is answered as a whole, in whatever order they "
                "come (RFC 1812, 4.3.3.6)",
                frames=[{"port": "wan", "frame": 1, "fields": {
                    "icmp.type": 0, "ipv4.totalLength": 1500, "ipv4.source": ROUTER, "ipv4.destination": "8.8.4.4"}}])
    chance = random.Random(23)
    for number, (size, width) in enumerate(((2000, 1480), (3000, 1480), (8000, 1480), (100, 8), (65507, 1480)), 1):
        if size < 65507:
            in_parts(case, f"{size} bytes in order", parts_of(asked(size, number), width))
            in_parts(case, f"{size} bytes from behind", parts_of(asked(size, 100 + number), width)[::-1])
        mixed = parts_of(asked(size, 200 + number), width)
        chance.shuffle(mixed)
        in_parts(case, f"{size} bytes in any order", mixed)

    case = Case("rfc1812-23-parts-among-others", "Datagrams that come in parts at once are told apart, and other packets go "
                "on between their parts")
    first, second = parts_of(asked(3000, 1)), parts_of(asked(3000, 2))
    other, elsewhere = parts_of(asked(3000, 1, src="8.8.4.9")), parts_of(asked(3000, 1, to="198.51.100.1"))
    udp_parts = parts_of(ip("wan", ROUTER, id=1) / UDP(sport=1, dport=2) / Raw(bytes(3000)))
    for row in zip(first, second, other, elsewhere):
        in_parts(case, "one of four", row)
        case.add("wan", "a packet on its way", udp("wan", TO), to=INSIDE)
    for index, part in enumerate(udp_parts):
        case.add("wan", f"UDP with the same identification, part {index + 1}", ether("wan", type=0x0800) / Raw(part),
                 **({"learnt": True} if index else {"drop": "localNotHandled"}))

    case = Case("rfc1812-23-parts-padded", "What stands behind a part in its frame is none of it")
    in_parts(case, "padded", [part + b"\xa5" * 30 for part in parts_of(asked(100), 16)])

    case = Case("rfc1812-23-parts-by-vlan", "Parts for the address of a VLAN come with its tags, and so does the answer",
                theme_vlan.TRUNK)
    for index, part in enumerate(parts_of(theme_vlan.frame("trunk.400.7", "10.4.7.1")[IP].__class__(
            src="10.4.7.2", dst="10.4.7.1", id=5) / ICMP(type=8, id=1, seq=1) / Raw(bytes(4000)))):
        packet = theme_vlan.frame("trunk.400.7", "10.4.7.1", payload=0)
        header = bytes(packet)[:22]
        case.add("trunk", f"part {index + 1}", header + part, answered=index == 0, learnt=index > 0)

    case = Case("rfc1812-23-port-unreachable-in-parts", "Whoever sends a long datagram to a port that nobody listens at is told, "
                "with the whole of it in the message (RFC 1122, 3.2.2.1)",
                frames=[{"port": "wan", "frame": 1, "fields": {"icmp.type": 3, "icmp.code": 3, "ipv4.totalLength": 576}}])
    for index, part in enumerate(parts_of(ip("wan", ROUTER, id=9) / UDP(sport=1, dport=161) / Raw(bytes(range(250)) * 8))):
        case.add("wan", f"part {index + 1}", ether("wan", type=0x0800) / Raw(part),
                 **({"learnt": True} if index else {"drop": "localNotHandled"}))
    bad = IP(bytes(ip("wan", ROUTER, id=10) / UDP(sport=1, dport=161, chksum=0x1234) / Raw(bytes(2000))))
    for index, part in enumerate(parts_of(bad)):
        case.add("wan", f"a wrong checksum: silence, part {index + 1}", ether("wan", type=0x0800) / Raw(part),
                 **({"learnt": True} if index else {"drop": "localNotHandled"}))


def spoilt():
    """RFC 791, 3.2; RFC 5722; RFC 1858."""
    def part(start, count, more=True, number=1, port="wan", fill=0x55, **fields):
        return ether(port) / ip(port, ROUTER, id=number, frag=start // 8, flags="MF" if more else 0, proto=1, **fields) \
            / Raw(bytes([fill]) * count)

    case = Case("rfc791-impossible-parts", "A part that is none of any datagram is dropped by name, and spoils nothing "
                "(RFC 791, 3.2)")
    case.drop("badFragment", "wan", {
        "not a multiple of eight bytes, and more to come": part(0, 15),
        "no bytes": part(8, 0), "beyond the longest datagram": part(65528, 16, more=False),
        "beyond it by the header's options": part(65504, 12, more=False, options=[b"\x01" * 8])})
    whole = parts_of(asked(3000, 7))
    for index, packet in enumerate(whole):
        case.add("wan", f"a request, part {index + 1}", ether("wan", type=0x0800) / Raw(packet), answered=index == 0,
                 learnt=index > 0)
        if index + 1 < len(whole):
            case.add("wan", "the same once more", ether("wan", type=0x0800) / Raw(packet), drop="badFragment")

    case = Case("rfc5722-overlap", "Parts that have some bytes in common, or contradict each other about where the datagram ends, "
                "spoil all of it (RFC 5722; RFC 1858, 3)")
    for number, (what, rows) in enumerate({
            "behind the start": ((0, 32, True), (24, 32, True)), "around another": ((16, 8, True), (8, 32, True)),
            "in front of another": ((32, 32, True), (16, 24, True)), "over two of three": ((0, 16, True), (24, 16, True), (8, 24, True)),
            "two ends": ((16, 16, False), (16, 24, False)), "behind the end": ((16, 8, False), (24, 8, True)),
            "an end in front of what is there": ((32, 16, True), (16, 8, False))}.items(), 50):
        for start, count, more in rows:
            case.add("wan", f"{what}: {start} to {start + count}", part(start, count, more, number=number),
                     drop="fragmentOverlap")
    in_parts(case, "another datagram is answered", parts_of(asked(2000, 7)))

    case = Case("rfc791-too-long-as-a-whole", "Parts that would be longer than any datagram, behind the header of the first, are "
                "dropped, whichever comes last")
    long, number = [b"\x01" * 40], 0
    for order in ((0, 1), (1, 0)):
        number += 1
        rows = (part(0, 8, number=number, options=long), part(65512, 3, more=False, number=number))
        for index in order:
            case.add("wan", "the end" if index else "a first part with 40 bytes of options", rows[index], drop="fragmentOverlap")
    rows = [part(1456 * index, 1456, number=9) for index in range(1, 44)]
    for index, row in enumerate([part(0, 1456, number=9, options=long), *rows, part(64064, 1448, number=9)]):
        case.add("wan", f"part {index + 1} of 46", row, drop="fragmentOverlap")
    case.add("wan", "what else there is of it waits alone", part(65512, 3, more=False, number=9), drop="reassemblyTimeout")

    Case("rfc791-cut-beyond-all", "A part that ends behind the longest datagram is not cut: its offsets would have no room") \
        .drop("badFragment", "dmz", {"too long, too far": sized("dmz", TO, 3000, frag=8189)}) \
        .add("dmz", "it fits: passed on as it is", sized("dmz", TO, 1400, frag=8189), to=INSIDE)


def given_up():
    def sent(case, what, packet, **others):
        case.add("wan", what, ether("wan", type=0x0800) / Raw(packet), **others)

    case = Case("rfc1122-reassembly-timeout", "What is not whole within 30 seconds is dropped; its source is told where the "
                "first part is there (RFC 1122, 3.3.2)",
                frames=[{"port": "wan", "frame": 1, "fields": {"icmp.type": 11, "icmp.code": 1, "ipv4.source": ROUTER}}])
    first, second, third = parts_of(asked(4000, 1)), parts_of(asked(4000, 2)), parts_of(asked(4000, 3))
    sent(case, "the first part of one", first[0], at=0, drop="reassemblyTimeout")
    sent(case, "its third", first[2], at=10 * SECOND, drop="reassemblyTimeout")
    sent(case, "the second part of another: silence", second[1], at=11 * SECOND, drop="reassemblyTimeout")
    for index, packet in enumerate(third):
        sent(case, f"one in time, part {index + 1}", packet, at=(12 + 14 * index) * SECOND, answered=index == 0,
             learnt=index > 0)
    sent(case, "the first one's second, too late", first[1], at=41 * SECOND, drop="reassemblyTimeout")

    case = Case("reassembly-limit", "Of one pair of addresses four datagrams wait, and 48 parts; the oldest datagram goes for "
                "others, and those of other addresses stay")
    many = [parts_of(asked(4000, number)) for number in range(1, 7)]
    sent(case, "of another host", parts_of(asked(4000, 1, src="8.8.4.77"))[0], at=0, drop="reassemblyTimeout")
    for number, parts in enumerate(many, 1):
        sent(case, f"the first part of datagram {number}", parts[0], at=number * 1_000,
             **({"answered": True} if number == 6 else {"drop": "reassemblyLimit"}))
    for index, packet in enumerate(many[5][1:]):
        sent(case, f"part {index + 2} of the last", packet, at=20_000 + index, learnt=True)
    small = parts_of(asked(600, 20), 8)
    for index, packet in enumerate(small[:49]):
        # Three others wait, and 45 of these: each of the next three takes the place of one, and then its own datagram is
        # the oldest.
        sent(case, f"part {index + 1} of one of many", packet, at=30_000 + index,
             drop="reassemblyLimit" if index < 48 else "reassemblyTimeout")
