# SPDX-License-Identifier: Apache-2.0
"""Addresses that cannot be routed, the ends of routes, and messages about messages."""

from scapy.layers.inet import ICMP, IP, UDP
from scapy.packet import Raw

from maker import kind


@kind
def martian_sources(make):
    for source in ("0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.255.255", "224.0.0.1", "239.1.2.3", "240.0.0.1",
                   "254.1.2.3", "255.255.255.255", "169.254.1.2"):
        port = make.port()
        make.add(port, f"from {source}", make.ip(port, make.beyond(), src=source) / make.upper())


@kind
def own_sources(make):
    for source in ("192.0.2.1", "198.51.100.1", "203.0.113.0", "192.0.2.255", "198.51.100.255", "10.99.0.255",
                   "192.0.2.0"):
        port = make.port()
        make.add(port, f"from {source}", make.ip(port, make.beyond(), src=source) / make.upper())


@kind
def martian_destinations(make):
    for to in ("0.0.0.0", "0.1.2.3", "127.0.0.1", "127.5.5.5", "240.0.0.1", "250.1.2.3", "255.255.255.254",
               "255.255.255.255", "169.254.1.2"):
        port = make.port()
        make.add(port, f"to {to}", make.ip(port, to) / make.upper())


@kind
def broadcasts(make):
    for to in ("192.0.2.255", "198.51.100.255", "10.99.0.255"):
        port = make.port()
        make.add(port, f"to the broadcast address {to}", make.ip(port, to, ttl=make.one_of(1, 64)) / make.upper())


@kind
def multicasts(make):
    for to in ("224.0.0.1", "224.0.0.5", "224.0.1.1", "232.1.2.3", "239.255.255.250"):
        port = make.port()
        parts = zip(to.split(".")[1:], (127, 255, 255))
        group = "01:00:5e:" + ":".join(f"{int(part) & mask:02x}" for part, mask in parts)
        packet = make.ip(port, to, ttl=make.one_of(1, 2, 64)) / make.upper()
        packet.dst = make.one_of(group, packet.dst)
        make.add(port, f"to {to}", packet)


@kind
def land(make):
    """Source and destination alike."""
    port = make.port()
    address = make.beyond()
    make.add(port, f"from and to {address}", make.ip(port, address, src=address) / make.upper())


# --- Routes


@kind
def no_route(make):
    port = make.port()
    make.add(port, "by the default route, or without any", make.ip(port, f"8.8.4.{make.number(1, 254)}",
                                                                  ttl=make.one_of(1, 64)) / make.upper())


@kind
def blackholes(make):
    port = make.port()
    make.add(port, "into a blackhole", make.ip(port, make.one_of("10.66.0.0", "10.66.255.255", "192.168.99.99"),
                                               ttl=make.one_of(1, 64)) / make.upper())


@kind
def unreachables(make):
    for ttl in (1, 64):
        port = make.port()
        make.add(port, f"unreachable, TTL {ttl}",
                 make.ip(port, f"10.77.0.{make.number(0, 255)}", ttl=ttl) / make.upper())


@kind
def no_way_back(make):
    for what, ttl, to in (("TTL 1", 1, make.beyond("lan")), ("unreachable", 64, "10.77.1.1")):
        make.add("wan", f"{what}, from where no route leads to",
                 make.ip("wan", to, src="8.8.8.8", ttl=ttl) / make.udp())


@kind
def from_dead_ends(make):
    for what, source in (("a blackhole", "10.66.1.1"), ("an unreachable network", "10.77.1.1")):
        make.add("lan", f"TTL 1, from {what}", make.ip("lan", make.beyond("wan"), src=source, ttl=1) / make.udp())


@kind
def second_network(make):
    make.add("lan", "TTL 1, from behind the second network of lan",
             make.ip("lan", make.beyond("wan"), src="10.1.2.200", ttl=1)
             / make.udp())


# --- Messages about messages (RFC 1812, 4.3.2.7)


@kind
def icmp_about(make):
    for number in (0, 3, 4, 5, 11, 12, 13, 14, 17, 18, 30, 42, 255):
        port = make.port()
        quoted = IP(src=make.beyond(), dst=make.source(port), id=1) / UDP(sport=1, dport=2)
        make.add(port, f"TTL 1, ICMP type {number}",
                 make.ip(port, make.beyond(), ttl=1) / ICMP(type=number) / Raw(bytes(quoted)))


@kind
def icmp_without_header(make):
    port = make.port()
    make.add(port, "TTL 1, ICMP without a byte", make.ip(port, make.beyond(), ttl=1, proto=1))
    make.add(port, "TTL 1, four bytes of ICMP", make.ip(port, make.beyond(), ttl=1, proto=1) / Raw(b"\x08\x00\xf7\xff"))


@kind
def icmp_error_too_big(make):
    make.add("wan", "an ICMP error that is too long, DF",
             make.ip("wan", make.beyond("dmz"), flags="DF") / ICMP(type=3, code=1)
             / Raw(make.bytes(1400)))
