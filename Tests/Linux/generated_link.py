# SPDX-License-Identifier: Apache-2.0
"""MAC addresses, and what is not IPv4."""

from scapy.layers.inet6 import IPv6, ICMPv6EchoRequest, ICMPv6ND_NS
from scapy.layers.l2 import LLC, Dot3
from scapy.packet import Raw

import topology
from generated_arp import FIRST, NEIGHBOUR, arp, mac
from maker import BROADCAST, kind


@kind
def other_macs(make):
    for what, to in (("another's", mac(make)), ("another port's", None)):
        port = make.port()
        other = to or topology.PORTS["wan" if port != "wan" else "lan"]["mac"]
        packet = make.ip(port, make.beyond()) / make.upper()
        packet.dst = other
        make.add(port, f"to {what} MAC", packet)


@kind
def group_macs(make):
    for what, to in (("broadcast", BROADCAST), ("multicast", "01:00:5e:01:02:03"), ("bridges'", "01:80:c2:00:00:00")):
        port = make.port()
        packet = make.ip(port, make.beyond(), ttl=make.one_of(1, 64)) / make.upper()
        packet.dst = to
        make.add(port, f"a unicast packet to the {what} MAC", packet)


@kind
def group_macs_no_route(make):
    port = make.port()
    packet = make.ip(port, "10.77.1.1") / make.udp()
    packet.dst = BROADCAST
    make.add(port, "an unreachable packet to the broadcast MAC", packet)


@kind
def group_macs_own(make):
    for what, to in (("broadcast", BROADCAST), ("multicast", "01:00:5e:01:02:03")):
        port = make.port()
        packet = make.ip(port, make.own(port)) / make.echo()
        packet.dst = to
        make.add(port, f"an echo request to the {what} MAC", packet)
    port = make.port()
    packet = make.ip(port, make.own(port)) / make.udp()
    packet.dst = BROADCAST
    make.add(port, "UDP for us to the broadcast MAC", packet)


@kind
def source_macs(make):
    for what, source in (("our own", None), ("a group", "01:00:5e:00:00:07"), ("zeros", "00:00:00:00:00:00")):
        port = make.port()
        packet = make.ip(port, make.beyond()) / make.upper()
        packet.src = source or topology.PORTS[port]["mac"]
        make.add(port, f"the source MAC is {what}", packet)


# --- Not IPv4


@kind
def ipv6(make):
    port = make.port()
    make.add(port, "IPv6", make.ether(port) / IPv6(src="2001:db8::1", dst="2001:db8:1::1") / make.udp())
    make.add(port, "IPv6 echo to all nodes",
             make.ether(port, dst="33:33:00:00:00:01") / IPv6(src="fe80::1", dst="ff02::1", hlim=255)
             / ICMPv6EchoRequest())
    make.add(port, "IPv6 neighbour solicitation",
             make.ether(port, dst="33:33:ff:00:01:01") / IPv6(src="fe80::1", dst="ff02::1:ff00:101", hlim=255)
             / ICMPv6ND_NS(tgt="fe80::ff:fe00:101"))
    make.add(port, "IPv4 in a frame of IPv6",
             make.ether(port, type=0x86DD) / bytes(make.ip(port, make.beyond()) / make.udp())[14:])


@kind
def other_types(make):
    port = make.port()
    number = make.one_of(0x0000, 0x0600, 0x0801, 0x1234, 0x6558, 0x8035, 0x8137, 0x8847, 0x8863, 0x888E, 0x88CC, 0xFFFF)
    make.add(port, f"EtherType {number:#06x}", make.ether(port, type=number) / Raw(make.bytes(46)))
    make.add(port, "LLC",
             Dot3(src=mac(make), dst="01:80:c2:00:00:00") / LLC(dsap=0x42, ssap=0x42, ctrl=3) / Raw(make.bytes(35)))
    make.add(port, "IPv4 in a frame of ARP",
             make.ether(port, type=0x0806) / bytes(make.ip(port, make.beyond()) / make.udp())[14:])
    make.add(port, "ARP in a frame of IPv4",
             make.ether(port, type=0x0800) / bytes(arp(make, port, NEIGHBOUR[port], FIRST[port]))[14:])
