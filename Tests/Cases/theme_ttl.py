# SPDX-License-Identifier: Apache-2.0
"""Time to live, and the checksum that goes with it."""

from casebook import INSIDE, UPLINK, Case, tcp, udp
from frames import with_checksum

TO = "10.0.0.9"


def build():
    Case("ttl-expired", "A packet whose TTL is 0 or 1 is not forwarded (RFC 1812, 5.3.1)") \
        .drop("timeToLiveExpired", "wan", {
            "TTL 1": udp("wan", TO, ttl=1), "TTL 0": udp("wan", TO, ttl=0),
            "TTL 1, TCP": tcp("wan", TO, ttl=1), "TTL 1, to a connected host": udp(
                "wan", "198.51.100.3", ttl=1),
            "TTL 1, to a group of next hops": udp("wan", "172.16.0.1", ttl=1)}) \
        .drop("timeToLiveExpired", "lan", {"TTL 1, by the default route": udp("lan", "8.8.8.8", ttl=1)})

    case = Case("ttl-lowest-and-highest",
                "A TTL of 2 leaves as 1 and one of 255 as 254: nothing is dropped before its time "
                "(RFC 1812, 5.3.1)")
    for ttl in (2, 3, 64, 128, 254, 255):
        case.add("wan", f"TTL {ttl}", udp("wan", TO, ttl=ttl), to=INSIDE)
        case.add("lan", f"TTL {ttl}", udp("lan", "8.8.8.8", ttl=ttl), to=UPLINK)

    case = Case("ttl-every-value", "Each TTL from 2 to 255 goes down by one, with a right checksum "
                "(RFC 1624)", describe=False)
    for ttl in range(2, 256):
        case.add("wan", f"TTL {ttl}", udp("wan", TO, payload=0, ttl=ttl), to=INSIDE)

    case = Case("ttl-checksum-carry", "The checksum is right where adjusting it carries or wraps "
                "(RFC 1624, 3 and 4)")
    for wanted in (0x0000, 0x0001, 0x00FE, 0x00FF, 0x0100, 0xFEFE, 0xFEFF, 0xFF00, 0xFFFD, 0xFFFE):
        case.add("wan", f"checksum 0x{wanted:04x}", with_checksum(udp("wan", TO), wanted), to=INSIDE)
        case.add("wan", f"checksum 0x{wanted:04x}, TTL 2",
                 with_checksum(udp("wan", TO, ttl=2), wanted), to=INSIDE)

    Case("ttl-checksum-not-ffff",
         "A checksum that comes to zero leaves as 0x0000, never as 0xffff (RFC 1624, 3)",
         frames=[{"port": "lan", "frame": 1, "fields": {"ipv4.headerChecksum": 0}},
                 {"port": "lan", "frame": 2, "fields": {"ipv4.headerChecksum": 0}}]) \
        .add("wan", "checksum 0xfeff", with_checksum(udp("wan", TO), 0xFEFF), to=INSIDE) \
        .add("wan", "checksum 0xfeff, TTL 2", with_checksum(udp("wan", TO, ttl=2), 0xFEFF), to=INSIDE)
