# SPDX-License-Identifier: Apache-2.0
"""Packets that are to be forwarded: protocols, sizes, times to live, fragments, MTUs."""

from scapy.layers.inet import UDP
from scapy.packet import Raw

from maker import kind


@kind
def ordinary(make):
    for name, upper in (("UDP", make.udp), ("TCP", make.tcp), ("an echo request", make.echo)):
        port = make.port()
        make.add(port, name,
                 make.ip(port, make.beyond(), flags=make.one_of(0, "DF"), ttl=make.one_of(2, 3, 64, 255)) / upper())


@kind
def other_protocols(make):
    port = make.port()
    number = make.one_of(0, 2, 4, 41, 47, 50, 51, 89, 103, 112, 132, 253, 255)
    make.add(port, f"protocol {number}", make.ip(port, make.beyond(), proto=number) / make.payload())


@kind
def header_alone(make):
    port = make.port()
    make.add(port, "a header and nothing else", make.ip(port, make.beyond(), proto=253))


@kind
def sizes(make):
    for way_out, size in (("dmz", 1280), ("lan", 1500), ("wan", make.number(46, 1500))):
        make.add("wan", f"{size} bytes to {way_out}", make.ip("wan", make.beyond(way_out)) / make.udp(size - 28))


@kind
def padding(make):
    port = make.port()
    make.add(port, "padding behind the packet",
             bytes(make.ip(port, make.beyond()) / make.udp(8)) + make.bytes(make.number(1, 40)))
    make.add("wan", "padding beyond the MTU",
             bytes(make.ip("wan", make.beyond("dmz"), flags="DF") / make.udp(1200)) + bytes(100))


@kind
def time_to_live(make):
    for ttl in (0, 1, 2):
        port = make.port()
        make.add(port, f"TTL {ttl}", make.ip(port, make.beyond(), ttl=ttl) / make.upper())


@kind
def time_to_live_of_long(make):
    make.add("wan", "TTL 1, more than a message quotes",
             make.ip("wan", make.beyond("lan"), ttl=1) / make.upper(make.number(520, 1400)))


@kind
def way_back_out(make):
    port = make.port()
    make.add(port, "out of the port it came in by", make.ip(port, make.beyond(port)) / make.upper())


@kind
def transport_checksums(make):
    port = make.port()
    make.add(port, "a wrong checksum of UDP",
             make.ip(port, make.beyond()) / UDP(sport=1, dport=2, chksum=0x1234) / make.payload())
    make.add(port, "UDP without a checksum",
             make.ip(port, make.beyond()) / UDP(sport=1, dport=2, chksum=0) / make.payload())


@kind
def fragments(make):
    identification = make.number(0, 65_535)
    port = make.port()
    source, to = make.source(port), make.beyond()
    for what, flags, offset in (("first", "MF", 0), ("middle", "MF", 100), ("last", 0, 200)):
        make.add(port, f"the {what} fragment",
                 make.ip(port, to, src=source, id=identification, flags=flags, frag=offset, proto=17)
                 / Raw(make.bytes(800)))


@kind
def odd_fragments(make):
    port = make.port()
    make.add(port, "a fragment beyond 65,535 bytes",
             make.ip(port, make.beyond(), frag=8191, proto=17) / Raw(make.bytes(100)))
    make.add(port, "a fragment that may not be fragmented",
             make.ip(port, make.beyond(), frag=3, flags="MF+DF", proto=17) / Raw(make.bytes(64)))
    make.add(port, "the evil bit", make.ip(port, make.beyond(), flags="evil") / make.udp())


@kind
def fragments_with_ttl_1(make):
    port = make.port()
    make.add(port, "TTL 1, the first fragment",
             make.ip(port, make.beyond(), ttl=1, flags="MF") / UDP(sport=1, dport=2) / Raw(make.bytes(40)))
    make.add(port, "TTL 1, a later fragment",
             make.ip(port, make.beyond(), ttl=1, frag=9, proto=17) / Raw(make.bytes(40)))


@kind
def too_big(make):
    for way_out, mtu in (("dmz", 1280), ("lan", 1500)):
        for what, flags in (("DF", "DF"), ("to be fragmented", 0)):
            size = make.one_of(mtu + 1, make.number(mtu + 2, 1600), make.number(mtu + 2, 8900))
            make.add("wan", f"{size} bytes to {way_out}, {what}",
                     make.ip("wan", make.beyond(way_out), flags=flags) / make.upper(size - 40))


@kind
def too_big_by_one(make):
    make.add("wan", "one byte too long, DF", make.ip("wan", make.beyond("dmz"), flags="DF") / make.udp(1281 - 28))
    make.add("wan", "one byte too long, to be fragmented", make.ip("wan", make.beyond("dmz")) / make.udp(1281 - 28))


@kind
def too_big_fragments(make):
    make.add("wan", "a first fragment, to be fragmented again", make.ip("wan", make.beyond("dmz"), flags="MF", proto=17)
             / Raw(make.bytes(1440)))
    make.add("wan", "a later fragment, to be fragmented again", make.ip("wan", make.beyond("dmz"), frag=180, proto=17)
             / Raw(make.bytes(1441)))
    make.add("wan", "a later fragment that is too long, DF",
             make.ip("wan", make.beyond("dmz"), frag=180, flags="DF", proto=17)
             / Raw(make.bytes(1441)))


@kind
def too_big_with_options(make):
    options = [b"\x94\x04\x00\x00" + b"\x82\x04\x00\x00" + b"\x01\x01\x01\x00"]
    make.add("wan", "options and too long, DF",
             make.ip("wan", make.beyond("dmz"), flags="DF", options=options) / make.udp(1400))
    make.add("wan", "options and to be fragmented",
             make.ip("wan", make.beyond("dmz"), options=options) / make.udp(2600))
