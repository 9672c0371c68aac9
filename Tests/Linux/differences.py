#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The written list: where Freeway does something else than Linux, and why. As a program it prints the tables of
docs/compared-with-linux.md.

A rule says what Freeway sends where Linux sends something, to the last byte; the frame must be as the rule says, and
where Freeway drops it, the reason too. A frame is explained when the rules, one after the other, lead from what Linux
sent to what Freeway sent. So no rule can hide another difference.

A `choice` is by right. A `fault` is what Freeway ought to do and does not: it is told by name, and the comparison
fails.
"""


import ipaddress

from scapy.layers.inet6 import ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6NDOptDstLLAddr, ICMPv6NDOptSrcLLAddr
from scapy.layers.inet6 import IPv6 as IPv6Packet
from scapy.layers.l2 import Ether

import packets
import topology
from packets import IPv4, IPv6, with_header
from rules import (
    are_fragments, arp, choice, fault, has_option, is_answered, is_arp_reply, is_dropped, is_echo_request,
    is_error_about, is_in, is_reset, table, walk)

RECORDS = (7, 68)

# --- Options
#
# Freeway does with a packet what Linux does with the same one whose options are blank: this is fed to Linux, too, and
# what comes of it, with the options put back, is `seen.blank`.


@fault("recorded routes and times", "writes its address and the time into Record Route and Timestamp",
       "forwards both unchanged", "RFC 1812, 5.3.13.5 and 5.3.13.6: must; by default not ignored")
def recorded(seen, sent):
    if seen.blank is None or not has_option(seen.packet, *RECORDS) or seen.packet.is_to_us:
        return None
    is_forwarded = all(IPv4.of(data) and IPv4.of(data).source == seen.packet.source for _, data in sent)
    return seen.blank if is_forwarded else None


@choice("options in errors", "puts what it recorded into the header of the ICMP error about the packet, and quotes "
        "less", "sends errors without options",
        "RFC 1812, 4.3.2.6 wants the reversed source route alone, which neither takes")
def error_options(seen, sent):
    message = IPv4.of(sent[0][1]) if len(sent) == 1 else None
    is_error = message is not None and message.is_icmp_error and message.icmp() != (12, 0) \
        and message.source in topology.OWN_ADDRESSES
    return seen.blank if seen.blank is not None and is_error and has_option(seen.packet, *RECORDS) else None


@choice("recorded in what is wrong", "has written its address into a first Record Route before it finds that a second one "
        "is wrong, quotes that, and has it in the message's header, too", "quotes the packet as it came",
        "RFC 1812, 4.3.2.3 and 4.3.2.6")
def recorded_wrong(seen, sent):
    if not is_answered(seen, sent, (12, 0)) or not IPv4.of(sent[0][1]) or not has_option(seen.packet, *RECORDS):
        return None
    return [(port, packets.about(seen.packet, data)) for port, data in sent]


@choice("behind the end of options", "writes zeros behind End of Option List", "leaves what stands there",
        "RFC 791, 3.1: it is padding")
def behind_end(seen, sent):
    return seen.blank if seen.blank is not None and any(walk(seen.packet.options)[1]) else None


# --- Addresses


@choice("network 0", "routes packets from and to 0/8 since 5.3 (0.0.0.0 alone is a martian)",
        "drops them: `martianSource`, `martianDestination`", "RFC 1812, 5.3.7: should not be forwarded")
def network_zero(seen, sent):
    return martian(seen, "0.0.0.0/8")


@choice("class E", "routes packets from and to 240/4 (255.255.255.255 alone is special)",
        "drops them: `martianSource`, `martianDestination`", "RFC 1812, 5.3.7: invalid addresses")
def class_e(seen, sent):
    return martian(seen, "240.0.0.0/4")


@choice("link-local", "routes packets from and to 169.254/16", "drops them: `martianSource`, `martianDestination`",
        "RFC 3927, 7: a router must not forward them")
def link_local(seen, sent):
    return martian(seen, "169.254.0.0/16")


def martian(seen, network):
    if seen.packet is None:
        return None
    is_source = is_dropped(seen, "martianSource") and is_in(seen.packet.source, network)
    is_destination = is_dropped(seen, "martianDestination") and is_in(seen.packet.destination, network)
    return [] if is_source or is_destination else None


@choice("broadcast source", "takes packets from the broadcast address of a connected network, where no reverse path "
        "filter is set, and even answers them, to the broadcast MAC", "drops them: `martianSource`",
        "RFC 1812, 4.2.2.11 (d): must not be a source")
def broadcast_source(seen, sent):
    return [] if seen.packet and is_dropped(seen, "martianSource") \
        and seen.packet.source in topology.BROADCASTS else None


@choice("link-layer broadcast", "answers what is addressed to it in a frame to a broadcast or multicast MAC",
        "drops it: `linkLayerBroadcast`", "RFC 1122, 3.3.6: should be discarded")
def link_layer_broadcast(seen, sent):
    return [] if is_dropped(seen, "linkLayerBroadcast") \
        and (seen.packet or seen.ipv6).is_to_us else None


# --- IPv6


@choice("redirects of IPv6", "tells a host of its own network of a better first hop (there is no way to turn it off)",
        "sends none", "RFC 4861, 8.2: should; to be built with those of IPv4")
def redirects(seen, sent):
    return [frame for frame in sent if ipv6_message(frame) != (137, 0)] if seen.ipv6 is not None else None


@choice("unspecified address", "routes packets from and to `::`", "drops them: `martianSource`, `martianDestination`",
        "RFC 4291, 2.5.2: must never be forwarded, and must not be a destination")
def unspecified(seen, sent):
    if seen.ipv6 is None:
        return None
    is_source = is_dropped(seen, "martianSource") and int(seen.ipv6.source) == 0
    is_destination = is_dropped(seen, "martianDestination") and int(seen.ipv6.destination) == 0
    return [] if is_source or is_destination else None


@choice("to link-local addresses", "says `no route` of a packet to a link-local address of nobody's, or forwards it on the "
        "same link", "drops it: `martianDestination`", "RFC 4291, 2.5.6: only hosts of the link send there, and not by a router")
def to_link_local(seen, sent):
    is_local = seen.ipv6 is not None and seen.ipv6.destination.is_link_local
    return [] if is_local and is_dropped(seen, "martianDestination") else None


@choice("from link-local addresses", "forwards packets from link-local addresses on the same link",
        "says `beyond scope of source address`", "RFC 4443, 3.1, code 2; hosts of a link need no router between them")
def from_link_local(seen, sent):
    if seen.ipv6 is None or not seen.ipv6.source.is_link_local or seen.reasons[:1] != ["beyondScope"]:
        return None
    kept = [frame for frame in sent if IPv6.of(frame[1]) is None or IPv6.of(frame[1]).source != seen.ipv6.source]
    # Linux asks for the source, too, while it has redirects to send.
    return kept or [(seen.frame.port, question(seen.frame.port, seen.ipv6.source))]


def question(port, address):
    """The solicitation (RFC 4861, 4.3) of a port for a link-local address."""
    own = topology.PORTS[port]["mac"]
    last = [int(byte, 16) for byte in own.split(":")]
    link_local = f"fe80::{last[0] ^ 2:02x}{last[1]:02x}:{last[2]:02x}ff:fe{last[3]:02x}:{last[4]:02x}{last[5]:02x}"
    low = address.packed[13:]
    group = f"ff02::1:ff{low[0]:02x}:{low[1]:02x}{low[2]:02x}"
    return bytes(Ether(src=own, dst="33:33:ff:" + ":".join(f"{byte:02x}" for byte in low))
                 / IPv6Packet(src=link_local, dst=group, hlim=255) / ICMPv6ND_NS(tgt=str(address))
                 / ICMPv6NDOptSrcLLAddr(lladdr=own))


@choice("code of unreachable routes", "says `no route to destination` of unreachable routes of IPv6",
        "says `reject route to destination`", "RFC 4443, 3.1: code 6 is for these")
def reject_route(seen, sent):
    if seen.ipv6 is None or seen.reasons[:1] != ["unreachable"]:
        return None
    return [(port, packets.with_code(data, 6)) if ipv6_message((port, data)) == (1, 0) else (port, data)
            for port, data in sent]


@choice("solicitations without a MAC", "asks who has sent a neighbour solicitation without a link-layer address before it "
        "answers", "answers to the frame's source", "RFC 4861, 7.2.4; one by multicast must have the address (4.3), so that "
        "its sender is as it is, and loses nothing")
def solicitation_without_mac(seen, sent):
    ask = seen.ipv6
    is_bare = ask is not None and ask.icmp() == (135, 0) and len(ask.payload) == 24 and int(ask.source)
    is_silent = not sent or [ipv6_message(frame) for frame in sent] == [(135, 0)]
    if not is_bare or not is_silent or seen.reasons or not seen.freeway:
        return None
    own = topology.PORTS[seen.frame.port]["mac"]
    target = ipaddress.ip_address(ask.payload[8:24])
    answer = Ether(src=own, dst=seen.frame.data[6:12]) / IPv6Packet(src=str(target), dst=str(ask.source), hlim=255) \
        / ICMPv6ND_NA(tgt=str(target), R=1, S=1, O=1) / ICMPv6NDOptDstLLAddr(lladdr=own)
    return [(seen.frame.port, bytes(answer))]


def ipv6_message(frame):
    packet = IPv6.of(frame[1])
    return packet.icmp() if packet is not None else None


# --- Messages


@choice("type of service of errors", "copies bits of the type of service into ICMP errors: `0xc0 or (tos and 0x1e)`",
        "0xc0 (CS6)", "RFC 1812, 4.3.2.5 wants precedence 6 and the same TOS bits; of the DSCP that both have become "
        "(RFC 2474) no half can be copied, and a message must not say that its sender is ECN-capable (RFC 3168, 5)")
def error_tos(seen, sent):
    if seen.packet is None:
        return None
    copied = 0xC0 | seen.packet.tos & 0x1E
    return [(port, with_header(data, {1: b"\xc0"}) if is_error_about(seen, data) and data[15] == copied else data)
            for port, data in sent]


@choice("code of echo requests", "answers echo requests of any code, with that code",
        "drops other codes than 0: `localNotHandled`", "RFC 792: the code is 0")
def echo_code(seen, sent):
    if is_echo_request(seen) and seen.packet.icmp()[1] and is_dropped(seen, "localNotHandled"):
        return [] if is_answered(seen, sent, (0, seen.packet.icmp()[1])) else None
    return None


@choice("timestamp requests", "answers ICMP timestamp requests", "drops them: `localNotHandled`",
        "RFC 1812, 4.3.3.8: may be implemented")
def timestamps(seen, sent):
    is_request = seen.packet is not None and seen.packet.icmp() == (13, 0)
    return [] if is_request and is_dropped(seen, "localNotHandled") and is_answered(seen, sent, (14, 0)) else None


@choice("TCP to a closed port", "answers with a reset", "says nothing: `localNotHandled`",
        "nobody here listens by TCP yet; a scan that is not answered learns less (RFC 9293, 3.5.2 has a reset)")
def closed(seen, sent):
    packet = seen.packet or seen.ipv6
    is_tcp = packet is not None and packet.is_to_us and packet.protocol == 6
    return [] if is_tcp and is_dropped(seen, "localNotHandled") and is_reset(seen, sent) else None


@fault("echo requests with options", "answers them, with the routes and times recorded",
       "says nothing: `localNotHandled`",
       "RFC 1812, 4.3.3.6: must be answered, and recorded options should be in the reply (`ping -R`)")
def echo_options(seen, sent):
    if is_echo_request(seen) and seen.packet.options and is_dropped(seen, "localNotHandled"):
        return [] if is_answered(seen, sent, (0, 0)) else None
    return None


# --- ARP


@choice("ARP from other networks", "answers an ARP request for its address whoever asks, from whatever address",
        "drops those from an address that is on no network of the interface: `arpForeignSender`",
        "no packet could reach such a host over this interface; BSD and VPP do the same")
def arp_foreign_sender(seen, sent):
    return [] if arp(seen.frame.data) and is_dropped(seen, "arpForeignSender") and is_arp_reply(sent) else None


@choice("ARP from groups' MACs", "answers a request whose sender has a broadcast, multicast or zero MAC",
        "drops it: `badARP`", "RFC 1812, 3.3.2: such an address must not be believed")
def arp_group_sender(seen, sent):
    request = arp(seen.frame.data)
    is_group = request is not None and (request[8] & 1 or request[8:14] == bytes(6))
    # Linux has learnt it, and sends to it what has waited.
    is_reply = any(is_arp_reply([frame]) for frame in sent)
    return [] if is_group and is_dropped(seen, "badARP") and is_reply else None


@choice("order behind ARP", "sends the packets that waited for a host which asks itself, and then answers it",
        "answers first", "no RFC says an order; hosts take either")
def arp_order(seen, sent):
    request = arp(seen.frame.data)
    if request is None or request[6:8] != b"\0\1":
        return None
    return packets.in_order_of_ports(sorted(sent, key=lambda frame: arp(frame[1]) is None))


@choice("packets that wait", "keeps about a hundred for a host that is asked for", "keeps the last three",
        "RFC 1122, 2.3.2.2: at least one")
def arp_queue(seen, sent):
    waiting = [frame for frame in sent if IPv4.of(frame[1])]
    if arp(seen.frame.data) is None or len(waiting) <= 3:
        return None
    return [frame for frame in sent if frame not in waiting[:-3]]


if __name__ == "__main__":
    print(f"{table(is_fault=False)}\n\n{table(is_fault=True)}")
