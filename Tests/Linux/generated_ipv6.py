# SPDX-License-Identifier: Apache-2.0
"""Packets of IPv6: to be forwarded, for the router itself, and of Neighbour Discovery."""

from scapy.layers.inet import TCP, UDP
from scapy.layers.inet6 import (
    ICMPv6DestUnreach, ICMPv6EchoRequest, ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6NDOptDstLLAddr, ICMPv6NDOptSrcLLAddr,
    ICMPv6Unknown, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, PadN)
from scapy.packet import Raw

import topology
from maker import kind


def source(make, port):
    """A host behind a port, which has a way back in both variants, but for one."""
    some = make.number(1, 0xFFFF)
    return {
        "wan": [f"2001:db8:a1::{some:x}", f"2001:db8:ffff::{some:x}", "2001:db8:1::fe"],
        "lan": [f"2001:db8:b1::{some:x}", "2001:db8:2::8"],
        "dmz": [f"2001:db8:c1::{some:x}", "2001:db8:3::44"],
    }[port][make.number(0, 2 if port == "wan" else 1)]


def beyond(make, port=None):
    some = make.number(0, 0xFFFF)
    return make.one_of(*{
        "wan": [f"2001:db8:a1::{some:x}", f"2001:db8:a1:{some:x}::1", "2001:db8:1::fe", "2001:db8:1::12"],
        "lan": [f"2001:db8:b1::{some:x}", f"2001:db8:b{make.number(2, 15):x}::{some:x}", f"2001:db8:b1:2::{some:x}",
                "2001:db8:2::8"],
        "dmz": [f"2001:db8:c1::{some:x}", "2001:db8:3::44"],
    }[port or make.port()])


def own(make, port):
    return topology.PORTS[port]["ipv6"][0].split("/")[0]


def ip(make, port, to, **fields):
    return make.ether(port) / IPv6(**{
        "src": source(make, port), "dst": to, "tc": make.number(0, 255), "fl": make.number(0, 0xFFFFF), "hlim": 64,
        **fields})


def echo(make, count=None):
    return ICMPv6EchoRequest(id=make.number(0, 0xFFFF), seq=make.number(0, 0xFFFF),
                             data=make.bytes(make.number(0, 100) if count is None else count))


def upper(make, count=None):
    count = make.number(18, 100) if count is None else count
    ports = {"sport": make.number(1024, 65_535), "dport": make.number(1, 65_535)}
    return make.one_of(UDP(**ports) / Raw(make.bytes(count)), TCP(**ports, flags="PA") / Raw(make.bytes(count)),
                       echo(make, count))


@kind
def ipv6_ordinary(make):
    for _ in range(4):
        port = make.port()
        make.add(port, "IPv6", ip(make, port, beyond(make), hlim=make.one_of(2, 3, 64, 255)) / upper(make))


@kind
def ipv6_no_next_header(make):
    port = make.port()
    for protocol in (59, 89, 132, 253):
        make.add(port, f"IPv6, next header {protocol}",
                 ip(make, port, beyond(make), nh=protocol) / Raw(make.bytes(30)))


@kind
def ipv6_hop_limit(make):
    for limit in (0, 1):
        port = make.port()
        make.add(port, f"IPv6, hop limit {limit}", ip(make, port, beyond(make), hlim=limit) / upper(make))


@kind
def ipv6_no_route(make):
    for what, to in (("no route", "2001:db8:dead::1"), ("unreachable", "2001:db8:ab::1"),
                     ("a blackhole", "2001:db8:ba::1"), ("beyond what is unreachable", "2001:db8:ab:7::1")):
        port = make.port()
        make.add(port, f"IPv6, {what}", ip(make, port, to) / upper(make))


@kind
def ipv6_too_big(make):
    for size in (1280, 1281, 1400, 1500):
        make.add("lan", f"IPv6, {size} bytes to dmz", ip(make, "lan", beyond(make, "dmz")) / upper(make, size - 60))
    for size in (1501, 1600, 9000):
        make.add("wan", f"IPv6, {size} bytes to lan", ip(make, "wan", beyond(make, "lan")) / upper(make, size - 60))


@kind
def ipv6_fragments_in_transit(make):
    port = make.port()
    for offset, more in ((0, 1), (10, 1), (20, 0), (0, 0)):
        make.add(port, f"IPv6, a fragment at {offset}", ip(make, port, beyond(make))
                 / IPv6ExtHdrFragment(offset=offset, m=more, id=make.number(0, 2**32 - 1), nh=17) / Raw(make.bytes(80)))


@kind
def ipv6_headers_in_transit(make):
    port = make.port()
    for what, header in (("hop-by-hop", IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0\0\0\0")])),
                         ("destination options", IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0\0\0\0")])),
                         ("routing", IPv6ExtHdrRouting(type=0, segleft=0, addresses=["2001:db8::1"]))):
        make.add(port, f"IPv6, {what} in transit", ip(make, port, beyond(make)) / header / upper(make, 40))


@kind
def ipv6_scopes(make):
    port = make.port()
    for what, fields in (
            ("from ::", {"src": "::"}), ("from ::1", {"src": "::1"}), ("from a group", {"src": "ff02::1"}),
            ("from a link-local address", {"src": f"fe80::{make.number(0x100, 0xFFFFFF) >> 8:x}:{make.number(0, 0xFFFF):x}"}), ("to ::", {"dst": "::"}), ("to ::1", {"dst": "::1"}),
            ("to a link-local address", {"dst": "fe80::99"}), ("to a group of the site", {"dst": "ff05::1234"}),
            ("to a group of all", {"dst": "ff0e::1234"})):
        make.add(port, f"IPv6, {what}", ip(make, port, **{"to": beyond(make), **({"to": fields["dst"]} if "dst" in fields
                                           else {}), **{k: v for k, v in fields.items() if k != "dst"}}) / upper(make, 40))


@kind
def ipv6_foreign_frames(make):
    port = make.port()
    packet = ip(make, port, beyond(make)) / upper(make)
    packet.dst = "02:00:00:00:09:99"
    make.add(port, "IPv6 to another MAC", packet)
    packet = ip(make, port, beyond(make)) / upper(make)
    packet.dst = "33:33:00:00:00:01"
    make.add(port, "IPv6 to a group's MAC", packet)


@kind
def ipv6_lengths(make):
    port = make.port()
    make.add(port, "IPv6 and bytes behind it", bytes(ip(make, port, beyond(make)) / upper(make)) + make.bytes(9))
    make.add(port, "IPv6, less than its length", bytes(ip(make, port, beyond(make)) / upper(make))[:-5])
    make.add(port, "IPv6, a header alone", ip(make, port, beyond(make), nh=59, plen=0))
    make.add(port, "39 bytes of IPv6", bytes(ip(make, port, beyond(make), nh=59, plen=0))[:53])
    packet = bytearray(bytes(ip(make, port, beyond(make)) / upper(make)))
    packet[14] = 0x50 | packet[14] & 15
    make.add(port, "version 5 in a frame of IPv6", bytes(packet))


@kind
def ipv6_echo(make):
    for to in topology.PORTS:
        port = make.port()
        make.add(port, f"an echo request of IPv6 to {to}", ip(make, port, own(make, to), hlim=make.one_of(1, 64))
                 / echo(make))
    port = make.port()
    make.add(port, "an echo request of IPv6, wrong checksum",
             ip(make, port, own(make, port)) / ICMPv6EchoRequest(cksum=0x1234, data=b"abcd"))
    make.add(port, "an echo request of IPv6, padded", bytes(ip(make, port, own(make, port)) / echo(make, 4)) + bytes(9))


@kind
def ipv6_to_us(make):
    port = make.port()
    make.add(port, "UDP of IPv6 to us", ip(make, port, own(make, port)) / UDP(sport=4000, dport=4001) / Raw(b"hello"))
    make.add(port, "TCP of IPv6 to us", ip(make, port, own(make, port)) / TCP(sport=4000, dport=4001, flags="S"))
    make.add(port, "next header 253 to us", ip(make, port, own(make, port), nh=253) / Raw(make.bytes(30)))
    make.add(port, "an unknown error to us", ip(make, port, own(make, port)) / ICMPv6Unknown(type=100))
    make.add(port, "an error to us", ip(make, port, own(make, port)) / ICMPv6DestUnreach() / Raw(make.bytes(60)))
    make.add(port, "routing header 0 to us", ip(make, port, own(make, port))
             / IPv6ExtHdrRouting(type=0, segleft=1, addresses=["2001:db8::1"]) / echo(make, 8))
    make.add(port, "options for us", ip(make, port, own(make, port))
             / IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0\0\0\0")]) / echo(make, 8))
    make.add(port, "an atomic fragment for us", ip(make, port, own(make, port))
             / IPv6ExtHdrFragment(id=make.number(0, 2**32 - 1)) / echo(make, 30))


@kind
def ipv6_errors_about(make):
    port = make.port()
    make.add(port, "an error, hop limit 1", ip(make, port, beyond(make), hlim=1) / ICMPv6DestUnreach()
             / Raw(make.bytes(60)))
    make.add(port, "an echo request, hop limit 1", ip(make, port, beyond(make), hlim=1) / echo(make))
    make.add("wan", "an error that is too big", ip(make, "wan", beyond(make, "dmz")) / ICMPv6DestUnreach()
             / Raw(make.bytes(1400)))


@kind
def ipv6_fragments_to_us(make):
    port = make.port()
    to, host, identification = own(make, port), source(make, port), make.number(0, 2**32 - 1)
    ecn = make.one_of((0, 0), (1, 2), (2, 3), (0, 3), (1, 0))
    whole = bytes(IPv6(src=host, dst=to) / echo(make, 92))[40:]
    for offset, more in ((0, 1), (6, 0)):
        part = whole[offset * 8:offset * 8 + 48] if more else whole[offset * 8:]
        make.add(port, f"a fragment for us at {offset}", ip(make, port, to, src=host, tc=ecn[not more])
                 / IPv6ExtHdrFragment(offset=offset, m=more, id=identification, nh=58) / Raw(part))


def stranger(make, port):
    """A host on the port's network that no other frame speaks of."""
    make.strangers[port] += 1
    return topology.PORTS[port]["ipv6"][0].split("/")[0][:-1] + f"{0x100 + make.strangers[port]:x}"


def solicited_node(address):
    import ipaddress
    return ipaddress.ip_address(int(ipaddress.ip_address("ff02::1:ff00:0")) | int(ipaddress.ip_address(address)) & 0xFFFFFF)


def group_mac(group):
    return "33:33:" + ":".join(f"{byte:02x}" for byte in group.packed[12:])


def solicitation(make, port, host, to, mac, **fields):
    group = solicited_node(to)
    frame = make.ether(port, src=mac, dst=fields.pop("ether", group_mac(group)))
    return frame / IPv6(**{"src": host, "dst": str(group), "hlim": 255, **fields}) / ICMPv6ND_NS(tgt=to) \
        / ICMPv6NDOptSrcLLAddr(lladdr=mac)


def mac_of(make):
    return "02:77:" + ":".join(f"{byte:02x}" for byte in make.bytes(4))


@kind
def ipv6_solicitation(make):
    port = make.port()
    host, mac = stranger(make, port), mac_of(make)
    make.add(port, "a neighbour solicitation", solicitation(make, port, host, own(make, port), mac))
    other = make.one_of(*topology.PORTS)
    make.add(other, "IPv6 to who asked", ip(make, other, host) / upper(make))


@kind
def ipv6_question(make):
    port, other = make.port(), make.port()
    host, mac = stranger(make, port), mac_of(make)
    make.add(other, "IPv6 to a host that nobody knows", ip(make, other, host) / upper(make))
    make.add(other, "and again", ip(make, other, host) / upper(make))
    make.add(port, "its answer", make.ether(port, src=mac) / IPv6(src=host, dst=own(make, port), hlim=255)
             / ICMPv6ND_NA(tgt=host, R=0, S=1, O=1) / ICMPv6NDOptDstLLAddr(lladdr=mac))
    make.add(other, "IPv6 to a host that answered", ip(make, other, host) / upper(make))


@kind
def ipv6_bad_solicitation(make):
    port = make.port()
    host, mac, to = stranger(make, port), mac_of(make), own(make, port)
    make.add(port, "a solicitation with hop limit 254", solicitation(make, port, host, to, mac, hlim=254))
    make.add(port, "a solicitation for another host", solicitation(make, port, host, to[:-1] + "77", mac))
    make.add(port, "a solicitation to probe an address (RFC 4862)",
             make.ether(port, src=mac, dst=group_mac(solicited_node(to)))
             / IPv6(src="::", dst=str(solicited_node(to)), hlim=255) / ICMPv6ND_NS(tgt=to))
    make.add(port, "a probe with a link-layer address", solicitation(make, port, "::", to, mac))
    make.add(port, "an advertisement that nobody asked for", make.ether(port, src=mac)
             / IPv6(src=host, dst=to, hlim=255) / ICMPv6ND_NA(tgt=host, R=0, S=1, O=1)
             / ICMPv6NDOptDstLLAddr(lladdr=mac))
