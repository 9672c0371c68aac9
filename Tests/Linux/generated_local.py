# SPDX-License-Identifier: Apache-2.0
"""Packets for the router itself."""

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.packet import Raw

from generated_options import OPTIONS
from maker import kind

@kind
def echo(make):
    for what, count in (("without data", 0), ("one byte", 1), ("56 bytes", 56)):
        port = make.port()
        make.add(port, f"an echo request, {what}",
                 make.ip(port, make.own(), ttl=make.one_of(0, 1, 64)) / make.echo(count))


@kind
def echo_to_other_port(make):
    make.add("wan", "an echo request to another port's address", make.ip("wan", make.own("lan")) / make.echo())


@kind
def echo_df(make):
    port = make.port()
    make.add(port, "an echo request, DF", make.ip(port, make.own(), flags="DF") / make.echo())


@kind
def echo_padded(make):
    port = make.port()
    make.add(port, "an echo request, padded", bytes(make.ip(port, make.own()) / make.echo(4)) + make.bytes(20))


@kind
def echo_long(make):
    make.add("lan", "an echo request as long as the MTU", make.ip("lan", make.own("lan")) / make.echo(1472))
    make.add("wan", "an echo request longer than the way back",
             make.ip("wan", make.own(), src="10.44.1.1") / make.echo(1400))
    make.add("wan", "an echo request longer than the way back, DF",
             make.ip("wan", make.own(), src="10.44.1.1", flags="DF") / make.echo(1400))


@kind
def echo_odd(make):
    port = make.port()
    make.add(port, "an echo request with code 1",
             make.ip(port, make.own()) / ICMP(type=8, code=1) / make.payload())
    make.add(port, "an echo request with a wrong checksum",
             make.ip(port, make.own()) / ICMP(type=8, chksum=0x1234) / make.payload())
    make.add(port, "seven bytes of an echo request",
             make.ip(port, make.own(), proto=1) / Raw(b"\x08\x00\xf7\xff\x00\x00\x00"))


@kind
def echo_fragments(make):
    port = make.port()
    source, own, identification = make.source(port), make.own(port), make.number(0, 65_535)
    data = bytes(IP(src=source, dst=own) / make.echo(92))[20:]
    for what, flags, offset, part in (("first", "MF", 0, data[:48]), ("second", 0, 6, data[48:])):
        make.add(port, f"the {what} fragment of an echo request",
                 make.ip(port, own, src=source, id=identification, tos=0, flags=flags, frag=offset, proto=1)
                 / Raw(part))


@kind
def echo_half(make):
    port = make.port()
    make.add(port, "a fragment of an echo request whose rest never comes",
             make.ip(port, make.own(), flags="MF") / make.echo(56))


def with_option(name):
    @kind
    def option(make):
        port = make.port()
        make.add(port, f"an echo request with option {name}",
                 make.ip(port, make.own(), options=[OPTIONS[name]]) / make.echo())


for each in ("NOP and EOL", "Record Route with room", "Timestamp with addresses", "Router Alert", "loose source route",
             "loose source route at its end", "an unknown option", "an option of length 0"):
    with_option(each)


@kind
def echo_from_afar(make):
    make.add("wan", "an echo request from where no route may lead",
             make.ip("wan", make.own(), src="8.8.4.4") / make.echo())
    make.add("lan", "an echo request from a blackhole", make.ip("lan", make.own(), src="10.66.1.1") / make.echo())
    make.add("wan", "an echo request that came by another port than the answer's",
             make.ip("wan", make.own(), src="10.1.5.5") / make.echo())


@kind
def echo_from_martians(make):
    for source in ("0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.255", "169.254.1.1", "240.0.0.1",
                   "192.0.2.1", "198.51.100.1"):
        make.add("wan", f"an echo request from {source}", make.ip("wan", "192.0.2.1", src=source) / make.echo())


@kind
def echo_to_groups(make):
    for to in ("255.255.255.255", "192.0.2.255", "198.51.100.255", "224.0.0.1", "192.0.2.0"):
        packet = make.ip("wan", to) / make.echo()
        packet.dst = make.one_of(packet.dst, "ff:ff:ff:ff:ff:ff")
        make.add("wan", f"an echo request to {to}", packet)


@kind
def icmp_others(make):
    port = make.port()
    make.add(port, "an echo reply", make.ip(port, make.own()) / ICMP(type=0, id=1, seq=1) / make.payload())
    make.add(port, "a timestamp request", make.ip(port, make.own()) / ICMP(type=13, ts_ori=1, ts_rx=0, ts_tx=0))
    make.add(port, "an address mask request", make.ip(port, make.own()) / ICMP(type=17))
    make.add(port, "an information request", make.ip(port, make.own()) / ICMP(type=15))
    make.add(port, "a router solicitation", make.ip(port, make.own()) / ICMP(type=10))
    number = make.one_of(1, 2, 6, 19, 40, 42, 43, 200, 255)
    make.add(port, f"ICMP type {number}", make.ip(port, make.own()) / ICMP(type=number) / make.payload())


@kind
def icmp_errors(make):
    """About packets that the router never sent."""
    for number, code in ((3, 1), (3, 4), (5, 1), (11, 0), (12, 0), (4, 0)):
        port = make.port()
        own = make.own(port)
        quoted = IP(src=own, dst="10.200.9.9", id=1) / UDP(sport=1, dport=2)
        make.add(port, f"an ICMP error {number}/{code}",
                 make.ip(port, own) / ICMP(type=number, code=code) / Raw(bytes(quoted)))


@kind
def icmp_error_empty(make):
    port = make.port()
    make.add(port, "an ICMP error that quotes nothing", make.ip(port, make.own()) / ICMP(type=3, code=1))


@kind
def closed_ports(make):
    port = make.port()
    make.add(port, "UDP to a closed port", make.ip(port, make.own()) / make.udp())
    make.add(port, "UDP of traceroute, TTL 1",
             make.ip(port, make.own(), ttl=1) / UDP(sport=40_000, dport=33_434) / make.payload())
    make.add(port, "UDP with a wrong checksum",
             make.ip(port, make.own()) / UDP(sport=1, dport=2, chksum=0x1234) / make.payload())
    make.add(port, "long UDP to a closed port", make.ip(port, make.own()) / make.udp(1000))
    for flags in ("S", "A", "R", "FA", "SA"):
        make.add(port, f"TCP {flags}", make.ip(port, make.own()) / make.tcp(flags))
    make.add(port, "TCP with a wrong checksum", make.ip(port, make.own()) / TCP(flags="S", chksum=0x1234))


@kind
def protocols(make):
    for number in (2, 4, 41, 47, 50, 51, 89, 112, 132, 253, 255, 0):
        port = make.port()
        make.add(port, f"protocol {number} to the router", make.ip(port, make.own(), proto=number) / make.payload())


@kind
def fragments(make):
    port = make.port()
    make.add(port, "a later fragment to the router", make.ip(port, make.own(), frag=20, proto=17) / make.payload())
