# SPDX-License-Identifier: Apache-2.0
"""The IPv4 header: what is checked, and what passes as it came."""

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.packet import Raw
from scapy.utils import checksum

from casebook import INSIDE, Case, echo, ether, ip, tcp, udp
from frames import header_edited, with_checksum

TO = "10.0.0.9"


def with_options(options, body=bytes(UDP(sport=1, dport=2, chksum=0)) + bytes(30)):
    """A packet with raw options, padded to whole words with the end of the list."""
    options += bytes(-len(options) % 4)
    header = bytearray(bytes(ip("wan", TO, proto=17, ihl=5 + len(options) // 4)) + options)
    header[2:4] = (len(header) + len(body)).to_bytes(2, "big")
    header[10:12] = bytes(2)
    header[10:12] = checksum(bytes(header)).to_bytes(2, "big")
    return bytes(ether("wan", type=0x0800)) + bytes(header) + body


def flipped(bit):
    """Why `good`, 64 bytes long, is dropped with this bit flipped; None if it is not."""
    byte = bit // 8
    if byte < 6:
        # The lowest bit of the first byte makes the port's own address a group's.
        return "linkLayerBroadcast" if bit == 7 else "notForUs"
    if byte < 12:
        return None
    if byte < 14:
        return "unknownEtherType"
    if byte == 14:
        # 5 words become 13, 1, 7 and 4. With 7 the checksum is over some of UDP too.
        return (["badVersion"] * 4 + ["badHeaderLength", "badHeaderLength", "badChecksum",
                                      "badHeaderLength"])[bit % 8]
    if byte in (16, 17):
        total = 50 ^ 0x8000 >> bit - 8 * 16
        return "badChecksum" if 20 <= total <= 50 else "badTotalLength"
    return "badChecksum"


def build():
    good = bytes(udp("wan", TO))

    case = Case("header-version", "An IPv4 header whose version is not 4 is dropped (RFC 1812, 5.2.2)")
    for version in (0, 3, 5, 6, 15):
        case.add("wan", f"version {version}", header_edited(good, at={0: version << 4 | 5}),
                 drop="badVersion")
    case.add("wan", "version 4", good, to=INSIDE)

    case = Case("header-length-below-20",
                "A header length below five words is dropped (RFC 1812, 5.2.2)")
    for words in range(5):
        case.add("wan", f"{words} words", header_edited(good, at={0: 0x40 | words}),
                 drop="badHeaderLength")

    Case("header-length-beyond-frame",
         "A header that reaches beyond the frame is dropped (RFC 1812, 5.2.2)") \
        .drop("badHeaderLength", "wan", {
            "60 bytes in a packet of 50": header_edited(good, at={0: 0x4F}),
            "24 bytes in a packet of 20": header_edited(good[:34], at={0: 0x46, 2: 0, 3: 20}),
        }) \
        .add("wan", "24 bytes in a packet of 24", with_options(b"\x01\x01\x01\x01", b""), to=INSIDE)

    case = Case("header-total-length-below-header",
                "A total length below the header's is dropped (RFC 1812, 5.2.2)")
    for total in (0, 1, 19):
        case.add("wan", f"{total} bytes", header_edited(good, at={2: 0, 3: total}),
                 drop="badTotalLength")
    case.add("wan", "23 bytes with a header of 24",
             header_edited(with_options(b"\x94\x04\x00\x00"), at={2: 0, 3: 23}), drop="badTotalLength")
    case.add("wan", "20 bytes: a header alone", header_edited(good, at={2: 0, 3: 20}), to=INSIDE)

    Case("header-total-length-beyond-frame",
         "A packet longer than its frame is dropped (RFC 1812, 5.2.2)") \
        .drop("badTotalLength", "wan", {
            "one byte is missing": good[:-1],
            "total length 65535": header_edited(good, at={2: 255, 3: 255}),
            "the header alone is there": good[:34],
        }).add("wan", "all is there", good, to=INSIDE)

    right = int.from_bytes(good[24:26], "big")
    case = Case("header-checksum-wrong",
                "A frame with a wrong IPv4 header checksum is dropped (RFC 1812, 4.2.2.5)")
    for what, value in (("one more", right + 1), ("one less", right - 1), ("zero", 0),
                        ("bytes swapped", (right & 255) << 8 | right >> 8),
                        ("complement", right ^ 0xFFFF)):
        case.add("wan", what, header_edited(good, False, at={10: value >> 8, 11: value & 255}),
                 drop="badChecksum")
    case.add("wan", "right", good, to=INSIDE)

    case = Case("header-checksum-every-byte",
                "One flipped bit in any byte of the header is found (RFC 1812, 4.2.2.5)")
    for offset in [1, *range(4, 20)]:
        case.add("wan", f"byte {offset}",
                 header_edited(good, False, at={offset: good[14 + offset] ^ 0x10}),
                 drop="badChecksum")

    case = Case("header-every-bit",
                "One flipped bit anywhere in the Ethernet and IPv4 headers: forwarded where it does not "
                "matter, else dropped", describe=False)
    for bit in range(8 * 34):
        data = bytearray(good)
        data[bit // 8] ^= 0x80 >> bit % 8
        reason = flipped(bit)
        case.add("wan", f"bit {bit}", data, **({"drop": reason} if reason else {"to": INSIDE}))

    zero = with_checksum(good, 0x0000)
    other_zero = bytearray(zero)
    other_zero[24:26] = b"\xff\xff"
    Case("header-checksum-two-zeros",
         "A header checksum of 0x0000 and its other representation 0xffff both verify (RFC 1071, 2)") \
        .add("wan", "0x0000", zero, to=INSIDE) \
        .add("wan", "0xffff in its place", other_zero, to=INSIDE) \
        .add("wan", "0xffff where 0x0001 is right",
             header_edited(with_checksum(good, 0x0001), False, at={10: 255, 11: 255}),
             drop="badChecksum")

    alert = bytearray(with_options(b"\x94\x04\x00\x00"))
    alert[24:26] = bytes(2)
    alert[24:26] = checksum(bytes(alert[14:34])).to_bytes(2, "big")
    Case("header-checksum-covers-options",
         "The header checksum is over the options too (RFC 791, 3.1)") \
        .add("wan", "right for the first 20 bytes", alert, drop="badChecksum") \
        .add("wan", "right for all 24", with_options(b"\x94\x04\x00\x00"), to=INSIDE)

    case = Case("header-options", "IPv4 options pass unchanged, those nobody knows too (RFC 1812, 4.2.2.1)")
    for what, options in {
        "no operation": b"\x01\x01\x01\x01", "end of list": b"\x00\x00\x00\x00",
        "record route, not filled in": b"\x07\x0b\x04" + bytes(8),
        "timestamp, not filled in": b"\x44\x0c\x05\x00" + bytes(8),
        "router alert (RFC 2113)": b"\x94\x04\x00\x00",
        "stream identifier": b"\x88\x04\x00\x01",
        "unknown": b"\x9e\x08\x01\x02\x03\x04\x05\x06",
    }.items():
        case.add("wan", what, with_options(options), to=INSIDE)

    case = Case("header-length-15", "A header of 60 bytes, the longest there is, is routed (RFC 791, 3.1)")
    case.add("wan", "forty bytes of no operation", with_options(b"\x01" * 40), to=INSIDE)
    case.add("wan", "one option of forty bytes", with_options(b"\x9e\x28" + bytes(range(38))),
             to=INSIDE)
    case.add("wan", "no payload behind it", with_options(b"\x01" * 40, b""), to=INSIDE)
    case.add("wan", "a wrong checksum", header_edited(
        with_options(b"\x01" * 40), False, at={59: 0}), drop="badChecksum")

    case = Case("header-dscp-ecn", "DSCP and ECN pass unchanged (RFC 2474, 3; RFC 3168, 5)")
    for tos in (0x00, 0x01, 0x02, 0x03, 0x2E, 0xB8, 0xFF):
        case.add("wan", f"traffic class 0x{tos:02x}", udp("wan", TO, tos=tos), to=INSIDE)

    case = Case("header-fragments", "Fragments and flags pass unchanged (RFC 1812, 4.2.2.7 and 5.2)")
    for what, fields in {
        "DF": {"flags": "DF"}, "the reserved bit": {"flags": 4}, "DF and MF": {"flags": "DF+MF"},
        "the first fragment": {"flags": "MF"}, "a middle fragment": {"flags": "MF", "frag": 185},
        "the last fragment": {"frag": 370}, "the last offset there is": {"frag": 8191},
    }.items():
        case.add("wan", what, ether("wan") / ip("wan", TO, proto=17, **fields)
                 / Raw(bytes(range(64))), to=INSIDE)

    short = bytes(ether("wan") / ip("wan", TO) / UDP(sport=1, dport=2))
    # In strict order padding counts; and these are one flow each, whose order any number of workers keeps.
    case = Case("header-padding",
                "Bytes behind the total length are the link's and stay behind (RFC 1812, 3.3.1)",
                order="strict")
    for what, frame in (
            ("zeros to 60 bytes", short.ljust(60, b"\0")), ("garbage to 60 bytes", short.ljust(60, b"\xa5")),
            ("one byte", short + b"\x5a"), ("1400 bytes", short + b"\xa5" * 1400), ("none", short)):
        case.add("wan", what, frame, to=INSIDE)
    Case("header-padding-tcp", "A bare TCP acknowledgement leaves without the padding that it came with",
         order="strict") \
        .add("wan", "54 bytes, padded to 60", bytes(tcp("wan", TO)).ljust(60, b"\0"), to=INSIDE)
    Case("header-padding-fragment", "A last fragment of 8 bytes leaves without the padding behind it",
         order="strict") \
        .add("wan", "42 bytes, padded to 60 with garbage", bytes(
            ether("wan") / ip("wan", TO, frag=5, proto=17) / Raw(bytes(8))).ljust(60, b"\xa5"), to=INSIDE)

    body = Raw(bytes(range(40)))
    Case("header-transport-untouched",
         "A wrong TCP, UDP or ICMP checksum is not the router's business (RFC 1812, 5.2)") \
        .add("wan", "TCP, wrong", ether("wan") / ip("wan", TO) / TCP(chksum=0xBEEF) / body, to=INSIDE) \
        .add("wan", "UDP, wrong", ether("wan") / ip("wan", TO) / UDP(chksum=0xBEEF) / body, to=INSIDE) \
        .add("wan", "UDP, none", ether("wan") / ip("wan", TO) / UDP(chksum=0) / body, to=INSIDE) \
        .add("wan", "ICMP, wrong", ether("wan") / ip("wan", TO) / ICMP(chksum=0xBEEF) / body,
             to=INSIDE) \
        .add("wan", "UDP that lies about its length", ether("wan") / ip("wan", TO)
             / UDP(len=9999) / body, to=INSIDE) \
        .add("wan", "TCP, cut after the ports", ether("wan") / ip("wan", TO, proto=6)
             / Raw(b"\x04\x00\x00\x50"), to=INSIDE) \
        .add("wan", "an ICMP error with the packet that it quotes", ether("wan") / ip("wan", TO)
             / ICMP(type=3, code=1) / IP(src=TO, dst="8.8.4.4", ttl=1) / UDP(), to=INSIDE) \
        .add("wan", "an echo request", echo("wan", TO), to=INSIDE)
