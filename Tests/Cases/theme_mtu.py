# SPDX-License-Identifier: Apache-2.0
"""What is too large for the way out, and must not be cut; theme_fragment.py has what may be."""

from scapy.layers.inet import UDP
from scapy.packet import Raw

from casebook import INSIDE, UPLINK, Case, ether, ip, udp

TO = "10.0.0.9"
DMZ = ("dmz", "203.0.113.2")


def sized(port, to, total, **fields):
    """A packet of `total` bytes of IPv4."""
    return udp(port, to, payload=total - 28, **fields)


def build():
    Case("mtu-exact", "A packet as long as the MTU leaves, one byte more does not (RFC 1191, 3)") \
        .add("wan", "1499 bytes", sized("wan", TO, 1499, flags="DF"), to=INSIDE) \
        .add("wan", "1500 bytes", sized("wan", TO, 1500, flags="DF"), to=INSIDE) \
        .drop("exceedsMTU", "wan", {"1501 bytes": sized("wan", TO, 1501, flags="DF"),
                                    "1514 bytes": sized("wan", TO, 1514, flags="DF")})

    Case("mtu-do-not-fragment",
         "DF does not change what is too large; with it nothing is cut (RFC 1812, 4.2.3.3)") \
        .add("wan", "1500 bytes, DF", sized("wan", TO, 1500, flags="DF"), to=INSIDE) \
        .add("wan", "1501 bytes, no DF", sized("wan", TO, 1501), to=INSIDE) \
        .drop("exceedsMTU", "wan", {"1501 bytes, DF": sized("wan", TO, 1501, flags="DF"),
                                    "1501 bytes, a fragment with DF": sized("wan", TO, 1501, flags="DF+MF")})

    Case("mtu-of-the-way-out",
         "The MTU of the port that a packet leaves by decides, not that of the one it came in by") \
        .add("wan", "5000 bytes by wan, to dmz with its 9000", sized("wan", "203.0.113.2", 5000), to=DMZ) \
        .drop("exceedsMTU", "dmz", {
            "5000 bytes by dmz, to lan with its 1500": sized("dmz", TO, 5000, flags="DF")}) \
        .add("dmz", "1500 bytes by dmz, to wan", sized("dmz", "8.8.8.8", 1500), to=UPLINK)

    case = Case("mtu-jumbo", "Jumbo packets leave up to the MTU, and in one piece")
    for total in (2034, 2035, 4096, 8999, 9000):
        case.add("wan", f"{total} bytes", sized("wan", "203.0.113.2", total), to=DMZ)
    case.drop("exceedsMTU", "wan", {"9001 bytes": sized("wan", "203.0.113.2", 9001, flags="DF")})

    Case("mtu-not-padding", "The MTU is about the packet: bytes behind it do not count") \
        .add("wan", "1500 bytes and 40 of padding", bytes(sized("wan", TO, 1500)) + b"\xa5" * 40,
             to=INSIDE) \
        .add("wan", "28 bytes and 4000 of padding", bytes(sized("wan", TO, 28)) + b"\xa5" * 4000,
             to=INSIDE)

    Case("mtu-smallest", "An MTU of 68, the smallest that IPv4 allows (RFC 791, 3.2)", """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24], mtu: 68}
routes:
  - {to: 10.0.0.0/8, via: 198.51.100.2}
neighbours:
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
""") \
        .add("wan", "68 bytes", sized("wan", TO, 68), to=INSIDE) \
        .drop("exceedsMTU", "wan", {"69 bytes": sized("wan", TO, 69, flags="DF"), "1500 bytes": sized("wan", TO, 1500, flags="DF")})

    short = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  dmz: {device: vdev:net_null1, mac: 02:00:00:00:03:01, addresses: [203.0.113.1/25]}
neighbours:
  - {port: dmz, address: 203.0.113.2, mac: 02:00:00:00:03:02}
"""
    # With an MTU of 1500 everywhere a buffer holds about 2 KB, and these are chains of buffers.
    case = Case("segments-cut", "Padding is cut off a frame of several buffers, wherever the packet ends",
                short, order="strict")
    for total in (28, 46, 1500):
        for length in (2048, 2049, 2176, 2177, 4096):
            data = bytes(sized("wan", "203.0.113.2", total))
            case.add("wan", f"{total} bytes in a frame of {length}",
                     data + b"\xa5" * (length - len(data)), to=DMZ)

    Case("segments-dropped", "A frame of several buffers is judged as a whole (RFC 1812, 5.2.2)", short) \
        .drop("exceedsMTU", "wan", {"7292 bytes": sized("wan", "203.0.113.2", 7292, flags="DF")}) \
        .drop("badChecksum", "wan", {
            "7292 bytes, a wrong checksum": sized("wan", "203.0.113.2", 7292, chksum=0x1234)}) \
        .drop("badTotalLength", "wan", {
            "7292 bytes, one is missing": bytes(sized("wan", "203.0.113.2", 7292))[:-1]}) \
        .drop("exceedsMTU", "wan", {
            "14 bytes and the longest IPv4 packet that a capture holds": bytes(
                ether("wan") / ip("wan", "203.0.113.2", flags="DF") / UDP() / Raw(bytes(16000)))})
