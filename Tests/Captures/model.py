# SPDX-License-Identifier: Apache-2.0
"""What a router must do with a frame, written to be read and not to be fast.

It shares no code with Freeway: longest prefixes are found by trying every prefix, and a header
checksum is computed anew from all bytes (Scapy's `checksum`), never adjusted.
"""

import ipaddress

from scapy.layers.inet import ICMP, IP
from scapy.layers.l2 import ARP
from scapy.packet import Raw
from scapy.utils import checksum

GROUP_BIT = 0x01
MARTIAN_SOURCES = [
    ipaddress.ip_network(n) for n in ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4")]
MARTIAN_DESTINATIONS = [
    ipaddress.ip_network(n) for n in ("0.0.0.0/8", "127.0.0.0/8", "240.0.0.0/4")]
MULTICAST = ipaddress.ip_network("224.0.0.0/4")
LINK_LOCAL = ipaddress.ip_network("169.254.0.0/16")


def mac_bytes(text):
    return bytes.fromhex(text.replace(":", ""))


def fnv_1a(data):
    """The 64-bit FNV-1a hash."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return value


def split_mix(value):
    """One output of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators,
    2014) for a state of `value`."""
    value = (value + 0x9E3779B97F4A7C15) % 2**64
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    value = (value ^ value >> 27) * 0x94D049BB133111EB % 2**64
    return value ^ value >> 31


assert split_mix(0) == 0xE220A8397B1DCDAF  # the first of the published sequence for seed 0


def seed_of_addresses(config):
    """docs/configuration.md, `hash`: the low 32 bits of the FNV-1a hash of the interfaces' addresses."""
    addresses = sorted(
        ipaddress.ip_interface(address).ip
        for own in interface_settings(config).values() for address in own["addresses"])
    return fnv_1a(b"".join(address.packed for address in addresses)) % 2**32


def flow_hash(packet, seed):
    """docs/configuration.md, `hash`: addresses and protocol, and the ports of TCP, UDP and SCTP unless
    the packet is a fragment."""
    length = (packet[0] & 15) * 4
    is_fragment = int.from_bytes(packet[6:8], "big") & 0x3FFF != 0
    ports = 0
    if packet[9] in (6, 17, 132) and not is_fragment and len(packet) >= length + 4:
        ports = int.from_bytes(packet[length:length + 4], "big")
    mixed = split_mix((int.from_bytes(packet[12:20], "big") + split_mix(seed)) % 2**64)
    return split_mix(mixed ^ (packet[9] << 32 | ports)) >> 32


def flow_bucket(packet):
    """docs/configuration.md, `icmp`: of 128, by both endpoints in one order, an endpoint being the address times 2^16
    plus the port that TCP, UDP and SCTP have unless the packet is a fragment."""
    length = (packet[0] & 15) * 4
    is_fragment = int.from_bytes(packet[6:8], "big") & 0x3FFF != 0
    ports = (0, 0)
    if packet[9] in (6, 17, 132) and not is_fragment and len(packet) >= length + 4:
        ports = (int.from_bytes(packet[length:length + 2], "big"),
                 int.from_bytes(packet[length + 2:length + 4], "big"))
    low, high = sorted((
        int.from_bytes(packet[12:16], "big") << 16 | ports[0],
        int.from_bytes(packet[16:20], "big") << 16 | ports[1]))
    # split_mix adds its step first.
    return split_mix(((low * 0x9E3779B97F4A7C15 % 2**64 ^ high) - 0x9E3779B97F4A7C15) % 2**64) >> 57


TAG_TYPES = {0x8100: "802.1Q", 0x88A8: "802.1ad"}


def tags_of(data):
    """The tags in front of a frame's payload (IEEE 802.1Q, 9.6), at most four: (type, control information) each.
    None for a frame that ends inside one."""
    tags = []
    while len(tags) < 4:
        offset = 12 + 4 * len(tags)
        kind = int.from_bytes(data[offset:offset + 2], "big")
        if kind not in TAG_TYPES:
            return tags
        if len(data) < offset + 6:
            return None
        tags.append((kind, int.from_bytes(data[offset + 2:offset + 4], "big")))
    return tags


def interface_settings(config):
    """Each interface by name, the ports' untagged frames first: port, tags as (type, identifier), MAC, MTU,
    addresses. docs/configuration.md, `interfaces`."""
    settings = {
        name: {"port": name, "tags": (), "mac": port.get("mac"), "mtu": port.get("mtu", 1500),
               "addresses": port.get("addresses", []), "sourceCheck": port.get("sourceCheck", "off")}
        for name, port in config["ports"].items()}
    for name, own in config.get("interfaces", {}).items():
        port, *vlans = name.split(".")
        outer = own.get("encapsulation", "802.1Q" if len(vlans) == 1 else "802.1ad")
        types = [next(k for k, word in TAG_TYPES.items() if word == outer), 0x8100]
        settings[name] = {
            **settings[port], "tags": tuple(zip(types, map(int, vlans))),
            "mtu": own.get("mtu", settings[port]["mtu"] - 4 * (len(vlans) - 1)),
            "addresses": own.get("addresses", []), "sourceCheck": own.get("sourceCheck", "off")}
    return settings


def tag_bytes(tags, *priorities):
    """`priorities`: the upper four bits of each tag's control information; 0 where none is said."""
    priorities = (*priorities, 0, 0)
    return b"".join(
        kind.to_bytes(2, "big") + (identifier | priorities[index] << 12).to_bytes(2, "big")
        for index, (kind, identifier) in enumerate(tags))


def options_of(header):
    """The options of an IPv4 header (RFC 791, 3.1) but No Operation: (type, offset, bytes) each; and where one begins whose
    length is impossible, else None."""
    found, offset = [], 20
    while offset < len(header) and header[offset] != 0:
        if header[offset] == 1:
            offset += 1
            continue
        length = header[offset + 1] if offset + 1 < len(header) else 0
        if length < 2 or offset + length > len(header):
            return found, offset
        found.append((header[offset], offset, header[offset:offset + length]))
        offset += length
    return found, None


def option_fault(header):
    """RFC 792, Parameter Problem: the first byte of the options that is wrong, or None. RFC 791, 3.1, says what is."""
    found, broken = options_of(header)
    seen = set()
    for kind, offset, option in found:
        once = {131: "way", 137: "way", 7: "record", 68: "time"}.get(kind)
        if once in seen:
            return offset
        if once:
            seen.add(once)
        pointer = option[2] if len(option) > 2 else 0
        if kind in (131, 137, 7):
            if len(option) < 3:
                return offset + 1
            if pointer < 4 or kind == 7 and pointer <= len(option) < pointer + 3:
                return offset + 2
        if kind == 68:
            if len(option) < 4:
                return offset + 1
            if pointer < 5:
                return offset + 2
            room = 7 if option[3] & 15 in (1, 3) else 3
            if pointer <= len(option):
                if pointer + room > len(option):
                    return offset + 2
            elif option[3] >> 4 == 15:
                return offset + 3
        if kind == 148 and len(option) < 4:
            return offset + 1
    return broken


def parts_of(header, payload, mtu):
    """A packet whole, or in parts that fit (RFC 791, 3.2): in each the header is as long, and options without the copied
    flag give way to No Operation in all but the first."""
    if len(header) + len(payload) <= mtu:
        return [header + payload]
    word = int.from_bytes(header[6:8], "big")
    most = (mtu - len(header)) // 8 * 8
    parts = []
    for start in range(0, len(payload), most):
        part = bytearray(header)
        some = payload[start:start + most]
        part[2:4] = (len(part) + len(some)).to_bytes(2, "big")
        is_last = start + most >= len(payload)
        flags = (word & 0x2000) if is_last else 0x2000
        part[6:8] = (flags | (word & 0x1FFF) + start // 8).to_bytes(2, "big")
        if start and not word & 0x1FFF:
            for kind, offset, option in options_of(header)[0]:
                if not kind & 0x80:
                    part[offset:offset + len(option)] = b"\x01" * len(option)
        part[10:12] = bytes(2)
        part[10:12] = checksum(bytes(part)).to_bytes(2, "big")
        parts.append(bytes(part) + some)
    return parts


class Drop:
    def __init__(self, reason):
        self.reason = reason


class Answered:
    """A question to the router itself: the frame ends here."""


class Waits:
    """The next hop on an interface has no MAC yet."""

    def __init__(self, name, next_hop):
        self.name, self.next_hop = name, next_hop


class Part:
    """A part of a datagram for the router, which waits for the others: what it says of itself."""

    def __init__(self, packet, header_length):
        word = int.from_bytes(packet[6:8], "big")
        self.key = packet[12:20], packet[9], packet[4:6]
        self.start = (word & 0x1FFF) * 8
        self.end = self.start + len(packet) - header_length
        self.is_last = not word & 0x2000
        self.packet, self.header_length = packet, header_length

    @property
    def is_possible(self):
        """RFC 791, 3.2: it has bytes, ends where another can begin, and the datagram is none too long."""
        return self.end > self.start and (self.is_last or (self.end - self.start) % 8 == 0) \
            and self.header_length + self.end <= 65535


class Learnt:
    """ARP that tells the MAC of a host that is known, or asked for: the frame ends here."""


class Transmit:
    """One frame out of `port` to `next_hop`, with its bytes."""

    def __init__(self, port, next_hop, *frames, name=None):
        """`frames`: one, or the parts of a packet in their order. `name`: of the interface, where there is a next hop."""
        self.port = port
        self.next_hop = next_hop
        self.frames = frames
        self.name = name

    @property
    def data(self):
        """All of its bytes, one frame behind the other."""
        return b"".join(self.frames)


class ChosenByHash:
    """Forwarded, but to which member of the group only the forwarder's flow hash knows."""

    def __init__(self, members):
        self.members = members


class Router:
    @property
    def tables(self):
        return self

    def __init__(self, config, limits=None):
        """`limits`: of ICMP errors, which a reload leaves as they are; {(interface, bucket): when it is full again}."""
        self.config = config
        self.limits = {} if limits is None else limits
        self.down = frozenset()
        self.bucket_of_whole = None
        self.learnt = {}     # (interface, address): MAC, or None while it is not known
        self.failed = set()  # those that did not answer
        self.settings = interface_settings(config)
        self.by_tags = {
            (own["port"], own["tags"]): name for name, own in self.settings.items()}
        self.interfaces = [
            (ipaddress.ip_interface(address), name)
            for name, own in self.settings.items() for address in own["addresses"]]
        self.routes = [(ipaddress.ip_network(route["to"]), route) for route in config["routes"]]
        self.neighbours = {
            (n["port"], ipaddress.ip_address(n["address"])): mac_bytes(n["mac"])
            for n in config["neighbours"]}

    def connected_port(self, address):
        """The interface on whose network `address` lies, by the longest prefix, with that prefix."""
        best = None
        for interface, name in self.interfaces:
            if address in interface.network:
                if best is None or interface.network.prefixlen > best[0].prefixlen:
                    best = (interface.network, name)
        return best

    def is_own(self, address):
        return any(address == interface.ip for interface, _ in self.interfaces)

    def is_broadcast(self, address):
        """Whether it is a connected network's (RFC 3021: a /31 has none), and nobody says that it is a
        host's on a larger network."""
        return not self.is_own(address) \
            and not any(address == neighbour for _, neighbour in self.neighbours) \
            and any(interface.network.prefixlen < 31 and address == interface.network.broadcast_address
                    for interface, _ in self.interfaces)

    def decide(self, port_name, data):
        """Every check in Freeway's order, so that a frame with two faults has one reason."""
        if len(data) < 14:
            return Drop("truncatedFrame")
        own = mac_bytes(self.config["ports"][port_name]["mac"])
        is_group = bool(data[0] & GROUP_BIT)
        admits_any = self.config["ports"][port_name].get("admit") == "any"
        if data[0:6] != own and not is_group and not admits_any:
            return Drop("notForUs")
        tags = tags_of(data)
        if tags is None:
            return Drop("truncatedFrame")
        start = 14 + 4 * len(tags)
        # A first tag without an identifier has a priority, and no more.
        if tags and tags[0][1] & 0xFFF == 0:
            tags = tags[1:]
        if (port_name, tuple((kind, tag & 0xFFF) for kind, tag in tags)) not in self.by_tags:
            return Drop("unknownVLAN")
        ether_type = int.from_bytes(data[start - 2:start], "big")
        if ether_type == 0x0806:
            return self.arp(port_name, data, start)
        if ether_type == 0x86DD:
            return Drop("ipv6NotHandled")
        if ether_type in TAG_TYPES:
            return Drop("unknownVLAN")
        if ether_type != 0x0800:
            return Drop("unknownEtherType")

        packet = data[start:]
        if len(packet) < 20:
            return Drop("truncatedFrame")
        if packet[0] >> 4 != 4:
            return Drop("badVersion")
        header_length = (packet[0] & 15) * 4
        if header_length < 20 or header_length > len(packet):
            return Drop("badHeaderLength")
        total_length = int.from_bytes(packet[2:4], "big")
        if total_length < header_length or total_length > len(packet):
            return Drop("badTotalLength")
        # Over a whole header the sum of a right checksum is all ones, so its complement is 0.
        if checksum(packet[:header_length]) != 0:
            return Drop("badChecksum")
        source = ipaddress.ip_address(packet[12:16])
        destination = ipaddress.ip_address(packet[16:20])
        if any(source in network for network in MARTIAN_SOURCES):
            return Drop("martianSource")
        if self.is_own(source) or self.is_broadcast(source):
            return Drop("martianSource")
        # RFC 3927, 7: not forwarded, whatever the routes say. What is for us is not forwarded anyway.
        if source in LINK_LOCAL and not self.is_own(destination):
            return Drop("martianSource")
        if destination in LINK_LOCAL and not self.is_own(destination):
            return Drop("martianDestination")
        if any(destination in network for network in MARTIAN_DESTINATIONS):
            return Drop("martianDestination")
        if destination in MULTICAST:
            return Drop("multicast")
        if is_group:
            return Drop("linkLayerBroadcast")
        fault = option_fault(packet[:header_length])
        if fault is not None and self.config.get("icmp", {}).get("parameterProblems") == "on":
            is_believed = self.is_believed(source, self.interface_of(port_name, data)[0])
            return Drop("badOptions" if is_believed else "sourceCheckFailed")
        if {131, 137} & {kind for kind, _, _ in options_of(packet[:header_length])[0]}:
            return Drop("sourceRoute")
        if not self.is_believed(source, self.interface_of(port_name, data)[0]):
            return Drop("sourceCheckFailed")
        return self.route(packet[:total_length], header_length, destination)

    def is_believed(self, source, name):
        """RFC 3704, 2.2 and 2.4: packets to the source would leave by the interface, or by any."""
        demand = self.settings[name]["sourceCheck"]
        ways = [way for way, _ in self.ways(source)]
        return demand == "off" or bool(ways) and (demand == "loose" or name in ways)

    def route(self, packet, header_length, destination):
        if self.is_own(destination):
            return self.local(packet, header_length)
        connected = self.connected_port(destination)
        # RFC 3021: a /31 has two hosts and no broadcast address.
        if connected is not None and connected[0].prefixlen < 31 \
                and destination == connected[0].broadcast_address:
            return Drop("directedBroadcast")

        best_length, best = -1, None
        if connected is not None:
            best_length, best = connected[0].prefixlen, {"connected": connected[1]}
        for network, route in self.routes:
            if destination in network and network.prefixlen > best_length:
                best_length, best = network.prefixlen, route
        if best is None:
            return Drop("noRoute")
        if "action" in best:
            return Drop("prohibited" if best["action"] == "prohibit" else best["action"])
        if not self.ways(destination):
            return Drop("linkDown")
        if packet[8] <= 1:
            return Drop("timeToLiveExpired")

        if "connected" in best:
            return self.transmit(packet, header_length, best["connected"], destination)
        if isinstance(best["via"], list):
            members = [
                (self.connected_port(ipaddress.ip_address(member["address"]))[1],
                 member["address"]) for member in best["via"]]
            if packet[6] & 0x40 and all(len(packet) > self.settings[name]["mtu"] for name, _ in members):
                return Drop("exceedsMTU")
            return ChosenByHash(members)
        next_hop = ipaddress.ip_address(best["via"])
        return self.transmit(packet, header_length, self.connected_port(next_hop)[1], next_hop)

    def arp(self, port_name, data, start):
        """RFC 826 and 5227; what is nobody's business of ours has a reason of its own."""
        name = self.interface_of(port_name, data)[0]
        if len(data) < start + 28:
            return Drop("truncatedFrame")
        if data[start:start + 6] != bytes.fromhex("000108000604") or data[start + 6:start + 8] not in (b"\0\1", b"\0\2") \
                or data[start + 8] & GROUP_BIT or data[start + 8:start + 14] == bytes(6):
            return Drop("badARP")
        question = ARP(data[start:start + 28])
        own = [interface for interface, other in self.interfaces if other == name]
        sender, target = (ipaddress.ip_address(a) for a in (question.psrc, question.pdst))
        if any(sender == interface.ip for interface in own):
            # RFC 5227, 2.4: its own word, which comes back to it.
            is_own_word = data[start + 8:start + 14] == mac_bytes(self.settings[name]["mac"])
            return Drop("arpNotForUs" if is_own_word else "addressConflict")
        is_for_us = any(target == interface.ip for interface in own)
        if int(sender) and not any(sender in interface.network for interface in own):
            return Drop("arpForeignSender" if is_for_us else "arpNotForUs")
        if is_for_us and question.op == 1:
            return Answered()
        if (name, sender) not in self.learnt:
            return Drop("arpUnsolicited" if is_for_us else "arpNotForUs")
        return Learnt() if is_for_us or sender == target else Drop("arpNotForUs")

    def interface_of(self, port_name, data):
        """The interface whose tags a frame has, and where they end; what was decided of it says that it has some."""
        tags = tags_of(data)
        start = 14 + 4 * len(tags)
        if tags and tags[0][1] & 0xFFF == 0:
            tags = tags[1:]
        return self.by_tags[port_name, tuple((kind, tag & 0xFFF) for kind, tag in tags)], start

    def local(self, packet, header_length):
        """RFC 1812, 4.3.3.6: an echo request that is whole and has no options."""
        if int.from_bytes(packet[6:8], "big") & 0x3FFF:
            return Part(packet, header_length)
        message = packet[header_length:]
        if packet[9] != 1 or header_length != 20 or len(message) < 8 \
                or message[0] != 8 or message[1] != 0:
            return Drop("localNotHandled")
        return Answered() if checksum(message) == 0 else Drop("badICMPChecksum")

    def made(self, port_name, data, decision, time, has_waited=False):
        """What the router itself sends because of a frame: Transmit, or a packet that is still to be routed; None for
        nothing. `has_waited`: it came in before now."""
        if isinstance(decision, Answered):
            name, start = self.interface_of(port_name, data)
            if data[start - 2:start] == b"\x08\x06":
                return self.arp_reply(name, ARP(data[start:start + 28]))
            packet = data[start:]
            request = IP(packet[:int.from_bytes(packet[2:4], "big")])
            reply = request.copy()
            reply.src, reply.dst = request.dst, request.src
            reply[ICMP].type = 0
            reply.flags = 0
            for layer in (reply, reply[ICMP]):
                del layer.chksum
            return self.send(reply)
        if not isinstance(decision, Drop):
            return None
        message = self.error(decision.reason, port_name, data, has_waited)
        if message is None or not self.allows(port_name, data, time):
            return None
        return self.send(message)

    def again(self, packet, is_own=False):
        """What becomes of a packet whose next hop is looked up once more, or of one of the router's own."""
        return self.route(packet, (packet[0] & 15) * 4, ipaddress.ip_address(packet[16:20]))

    def arp_reply(self, name, question):
        own = self.settings[name]
        reply = ARP(op=2, hwsrc=own["mac"], psrc=question.pdst, hwdst=question.hwsrc, pdst=question.psrc)
        return Transmit(own["port"], question.psrc, mac_bytes(question.hwsrc) + mac_bytes(own["mac"])
                        + tag_bytes(own["tags"]) + b"\x08\x06" + bytes(reply))

    def send(self, packet):
        """A packet of the router's own leaves with a time to live of 64; forwarding takes one off."""
        packet.ttl = 65
        return bytes(packet)

    ERRORS = {"noRoute": (3, 0), "unreachable": (3, 1), "noNeighbour": (3, 1), "linkDown": (3, 1),
              "exceedsMTU": (3, 4), "timeToLiveExpired": (11, 0), "prohibited": (3, 13), "badOptions": (12, 0),
              "reassemblyTimeout": (11, 1)}

    def error(self, reason, port_name, data, has_waited):
        """RFC 1812, 4.3.2: the message about a packet that goes no further."""
        if reason == "localNotHandled":
            return self.unclaimed(port_name, data)
        # What comes in by a link that is down is no packet; what came in before is.
        if reason not in self.ERRORS or reason == "linkDown" and port_name in self.down and not has_waited:
            return None
        kind, code = self.ERRORS[reason]
        _, start = self.interface_of(port_name, data)
        packet = data[start:start + int.from_bytes(data[start + 2:start + 4], "big")]
        header = (packet[0] & 15) * 4
        if int.from_bytes(packet[6:8], "big") & 0x1FFF:
            return None
        if packet[9] == 1 and (len(packet) == header or packet[header] in (3, 4, 5, 11, 12)
                               or packet[header] > 18):
            return None
        detail = 0
        if reason == "exceedsMTU":
            if not packet[6] & 0x40:
                return None
            detail = self.mtu_toward(packet)
        source = self.source_toward(ipaddress.ip_address(packet[12:16]), port_name, data)
        if source is None or self.is_broadcast(ipaddress.ip_address(packet[16:20])):
            return None
        if self.is_own(ipaddress.ip_address(packet[16:20])):
            source = ipaddress.ip_address(packet[16:20])
        pointer = option_fault(packet[:header]) or 0
        return self.message(ICMP(type=kind, code=code, unused=0, nexthopmtu=detail) if kind != 12
                            else ICMP(type=12, code=0, ptr=pointer), source, packet)

    def message(self, icmp, source, packet):
        return IP(tos=0xC0, id=int.from_bytes(packet[4:6], "big"), src=str(source),
                  dst=str(ipaddress.ip_address(packet[12:16]))) / icmp / Raw(packet[:548])

    def unclaimed(self, port_name, data):
        """RFC 1122, 3.2.2.1: nobody takes the protocol, or the port; TCP would be answered by a reset, and so by none.
        What is broken, and a part of a datagram, is not told of."""
        _, start = self.interface_of(port_name, data)
        packet = data[start:start + int.from_bytes(data[start + 2:start + 4], "big")]
        protocol, datagram = packet[9], packet[(packet[0] & 15) * 4:]
        is_fragment = int.from_bytes(packet[6:8], "big") & 0x3FFF != 0
        if int.from_bytes(packet[6:8], "big") & 0x1FFF or protocol in (1, 2, 6):
            return None
        code = 2
        if protocol == 17:
            length = int.from_bytes(datagram[4:6], "big")
            if is_fragment or len(datagram) < 8 or not 8 <= length <= len(datagram):
                return None
            pseudo = packet[12:20] + bytes((0, 17)) + datagram[4:6]
            if datagram[6:8] != bytes(2) and checksum(pseudo + datagram[:length]) != 0:
                return None
            code = 3
        # A host says this, and not a router (RFC 1122, 3.2.2).
        own = ipaddress.ip_address(packet[16:20])
        if not self.ways(ipaddress.ip_address(packet[12:16])):
            return None
        return self.message(ICMP(type=3, code=code, unused=0, nexthopmtu=0), own, packet)

    def ways(self, destination):
        """The interfaces and next hops of the longest prefix; none for an action, or for nothing."""
        found = [(interface.network.prefixlen, 1, [(name, destination)])
                 for interface, name in self.interfaces if destination in interface.network]
        for network, route in self.routes:
            if destination in network:
                hops = route.get("via", [])
                hops = [hop["address"] for hop in hops] if isinstance(hops, list) else [hops]
                hops = [ipaddress.ip_address(hop) for hop in hops]
                found.append((network.prefixlen, 0, [(self.connected_port(hop)[1], hop) for hop in hops]))
        if not found:
            return []
        ways = max(found, key=lambda entry: entry[:2])[2]
        return [way for way in ways if self.settings[way[0]]["port"] not in self.down]

    def mtu_toward(self, packet):
        """Of the next hop that was too narrow: where there are several, all are alike in what is tested."""
        name, _ = self.ways(ipaddress.ip_address(packet[16:20]))[0]
        return self.settings[name]["mtu"]

    def source_toward(self, destination, port_name, data):
        """RFC 1812, 4.3.2.4: an address of the interface that the message leaves by."""
        ways = self.ways(destination)
        if not ways:
            return None
        return self.source_on(*ways[0][:1], destination, ways[0][1]) \
            or self.source_on(self.interface_of(port_name, data)[0], destination)

    def source_on(self, name, destination, hop=None):
        own = [interface for interface, other in self.interfaces if other == name]
        return next((interface.ip for interface in [i for i in own if destination in i.network]
                     + [i for i in own if hop is not None and hop in i.network] + own), None)

    def leaving_by(self, name, packet, hop):
        """RFC 1812, 4.3.2.4: a message of the router's own has the address of the interface that it leaves by, which is
        known once one of several next hops is chosen."""
        message = IP(packet)
        source = self.source_on(name, ipaddress.ip_address(message.dst), hop)
        if ICMP not in message or message[ICMP].type not in (3, 11, 12) or source is None:
            return packet
        if bytes(message[ICMP])[24:28] == packet[12:16]:
            return packet
        message.src = str(source)
        del message.chksum
        return bytes(message)

    def allows(self, port_name, data, time):
        """docs/configuration.md, `icmp`: ten at once, then one each 128th of the rate, for each bucket of flows."""
        rate = int(self.config.get("icmp", {}).get("errorsPerSecond", 1000))
        if rate == 0:
            return False
        name, start = self.interface_of(port_name, data)
        interval = 1_000_000_000 * 128 // rate
        packet = data[start:start + int.from_bytes(data[start + 2:start + 4], "big")]
        key = name, flow_bucket(packet) if self.bucket_of_whole is None else self.bucket_of_whole
        full = max(self.limits.get(key, 0), time)
        if full - time > interval * 9:
            return False
        self.limits[key] = full + interval
        return True

    def transmit(self, packet, header_length, name, next_hop):
        """`name`: of the interface."""
        own = self.settings[name]
        if len(packet) > own["mtu"] and packet[6] & 0x40:
            return Drop("exceedsMTU")
        neighbour = self.neighbours.get((name, next_hop)) or self.learnt.get((name, next_hop))
        if neighbour is None:
            return Drop("noNeighbour") if (name, next_hop) in self.failed else Waits(name, next_hop)
        offset = (int.from_bytes(packet[6:8], "big") & 0x1FFF) * 8
        if len(packet) > own["mtu"] and offset + len(packet) - header_length > 65535:
            return Drop("badFragment")
        header = bytearray(packet[:header_length])
        header[8] -= 1
        header[10:12] = bytes(2)
        header[10:12] = checksum(bytes(header)).to_bytes(2, "big")
        ethernet = neighbour + mac_bytes(own["mac"]) + tag_bytes(own["tags"]) + b"\x08\x00"
        parts = parts_of(bytes(header), packet[header_length:], own["mtu"])
        return Transmit(own["port"], str(next_hop), *(ethernet + part for part in parts), name=name)


class Frame:
    """A frame that came in, and what became of it and because of it: (reason, port, data, time, number) each."""

    def __init__(self, port, data, time):
        self.port, self.data, self.time = port, data, time
        self.ends, self.made = [], []
        self.has_waited = False


class Simulation:
    """A router among hosts whose MACs it asks for (RFC 826, 4861), frame by frame: docs/configuration.md, `arp`."""

    SECOND = 1_000_000_000

    def __init__(self, router):
        """`router`: decide(port, data), again(packet, is_own), made(port, data, decision, time), and `tables`, a Router."""
        self.router = router
        self.sent = {}       # port: [(data, time)]
        self.dropped = {}
        self.now = 0
        self.states = {}     # (interface, address): [state, asked, MAC, due, number]
        self.count = 0
        self.asked = {}      # bucket: [key]
        self.waiting = {}    # bucket: [(key, Frame, packet, is made)]
        self.full = {}
        self.numbers = {}
        self.datagram_count = 0
        self.datagrams = {}  # bucket: [[key, [(Part, Frame)], due, number]], the oldest first
        self.announces = router.tables.config.get("arp", {}).get("announce") == "always"
        self.is_begun = False

    # Frames.

    def frame(self, port, data, time):
        if not self.is_begun:
            self.is_begun = True
            self.now = time
            self.announce(self.router.tables.config["ports"])
        self.until(time)
        self.now = max(self.now, time)
        frame = Frame(port, data, time)
        decision = self.router.decide(port, data)
        packet = self.packet(data)
        self.end(frame, decision, packet, False)
        return frame

    def packet(self, data):
        tags = tags_of(data)
        start = 14 + 4 * len(tags or ())
        return data[start:start + int.from_bytes(data[start + 2:start + 4], "big")]

    def end(self, frame, decision, packet, is_made):
        tables = self.router.tables
        if isinstance(decision, Waits):
            return self.wait((decision.name, decision.next_hop), frame, packet, is_made)
        if isinstance(decision, Part):
            return self.part(decision, frame)
        ends = frame.made if is_made else frame.ends
        if isinstance(decision, Transmit):
            ends.append((None, decision.port, decision.data, self.now, self.send(decision)))
            if decision.name:
                self.used((decision.name, ipaddress.ip_address(decision.next_hop)))
            return None
        if isinstance(decision, Drop):
            self.drop(decision.reason)
            ends.append((decision.reason, None, None, self.now, None))
        else:
            ends.append((None, None, None, self.now, None))
        if is_made:
            return None
        made = self.router.made(frame.port, frame.data, decision, self.now, frame.has_waited)
        if isinstance(made, Transmit):
            frame.made.append((None, made.port, made.data, self.now, self.send(made)))
        elif made is not None:
            self.end(frame, self.router.again(made, True), made, True)
        name, start, question = self.arp(frame)
        if question is not None:
            sender = ipaddress.ip_address(question.psrc)
            kind = {Answered: "asked", Learnt: "answered"}.get(type(decision))
            if kind == "answered" and question.psrc == question.pdst:
                kind = "spoke"
            if isinstance(decision, Drop) and decision.reason == "arpNotForUs":
                kind = "spoke"
            if kind and int(sender):
                self.heard((name, sender), mac_bytes(question.hwsrc), kind)
        return None

    def arp(self, frame):
        tags = tags_of(frame.data)
        start = 14 + 4 * len(tags or ())
        if tags is None or frame.data[start - 2:start] != b"\x08\x06" or len(frame.data) < start + 28 \
                or frame.data[start:start + 6] != bytes.fromhex("000108000604"):
            return None, None, None
        try:
            name = self.router.tables.interface_of(frame.port, frame.data)[0]
        except KeyError:
            return None, None, None
        return name, start, ARP(frame.data[start:start + 28])

    def send(self, decision):
        frames = self.sent.setdefault(decision.port, [])
        first = len(frames) + 1
        frames += [(frame, self.now) for frame in decision.frames]
        return first

    def drop(self, reason):
        self.dropped[reason] = self.dropped.get(reason, 0) + 1

    # Parts of datagrams for the router (RFC 791, 3.2; docs/configuration.md, `reassembly`): of each bucket of addresses four
    # datagrams and 48 parts, for 30 seconds.

    def part(self, part, frame):
        bucket = flow_bucket(part.packet)
        datagrams = self.datagrams.setdefault(bucket, [])
        if not part.is_possible:
            return self.give_up(frame, "badFragment", False)

        def find():
            return next((datagram for datagram in datagrams if datagram[0] == part.key), None)

        def is_full():
            return find() is None and len(datagrams) == 4 or sum(len(entry[1]) for entry in datagrams) == 48

        datagram = find()
        reason = self.objection(part, datagram) if datagram else None
        if reason:
            self.give_up(frame, reason, False)
            return self.give_up_parts(datagrams, datagram, reason) if reason == "fragmentOverlap" else None
        while is_full():
            others = [other for other in datagrams if other[0] != part.key]
            self.give_up_parts(datagrams, (others or datagrams)[0], "reassemblyLimit")
        datagram = find()
        if datagram is None:
            self.datagram_count += 1
            # By a clock of 1024 ns.
            due = -(-(self.now + 30 * self.SECOND) // 1024) * 1024
            datagrams.append([part.key, [(part, frame)], due, self.datagram_count])
            return None
        datagram[1].append((part, frame))
        parts = sorted(datagram[1], key=lambda entry: entry[0].start)
        if not parts[-1][0].is_last or sum(other.end - other.start for other, _ in parts) != parts[-1][0].end:
            return None
        datagrams.remove(datagram)
        for _, other in parts[1:]:
            other.ends.append((None, None, None, self.now, None))
        return self.whole(parts)

    @staticmethod
    def objection(part, datagram):
        """RFC 5722: what contradicts what is there, or makes the datagram longer than any, spoils all of it."""
        others = [other for other, _ in datagram[1]]
        end = next((other.end for other in others if other.is_last), None)
        highest = max(other.end for other in others)
        header = next((other.header_length for other in [part, *others] if other.start == 0), 0)
        if end is not None and (part.end > end or part.is_last and part.end != end) \
                or end is None and part.is_last and part.end < highest or header + max(highest, part.end) > 65535:
            return "fragmentOverlap"
        common = sum(max(0, min(other.end, part.end) - max(other.start, part.start)) for other in others)
        if common == part.end - part.start:
            return "badFragment"
        return "fragmentOverlap" if common else None

    def whole(self, parts):
        """The datagram goes on in the place of its first part."""
        first, frame = parts[0]
        header = bytearray(first.packet[:first.header_length])
        data = b"".join(part.packet[part.header_length:] for part, _ in parts)
        header[2:4] = (len(header) + len(data)).to_bytes(2, "big")
        header[6:8] = bytes(2)
        header[10:12] = bytes(2)
        header[10:12] = checksum(bytes(header)).to_bytes(2, "big")
        packet = bytes(header) + data
        frame.data = frame.data[:frame.data.index(first.packet)] + packet
        frame.has_waited = True
        # Messages about it are limited with those about its parts.
        self.router.tables.bucket_of_whole = flow_bucket(first.packet)
        self.end(frame, self.router.tables.local(packet, len(header)), packet, False)
        self.router.tables.bucket_of_whole = None

    def give_up_parts(self, datagrams, datagram, reason):
        datagrams.remove(datagram)
        for part, frame in sorted(datagram[1], key=lambda entry: entry[0].start):
            self.drop(reason)
            frame.ends.append((reason, None, None, self.now, None))
            if part.start == 0 and reason == "reassemblyTimeout":
                made = self.router.made(frame.port, frame.data, Drop(reason), self.now, True)
                if made is not None:
                    self.end(frame, self.router.again(made, True), made, True)

    # Packets that wait.

    def bucket(self, key):
        name, address = key
        number = list(self.router.tables.config["ports"]).index(name) if "." not in name \
            else 32 + list(self.router.tables.config["interfaces"]).index(name)
        word = 1 << 48 | number << 32 | int(address)
        return word, split_mix((word - 0x9E3779B97F4A7C15) % 2**64)

    def wait(self, key, frame, packet, is_made):
        frame.has_waited = True
        bucket = self.bucket(key)[1] >> 57
        asked, waiting = self.asked.setdefault(bucket, []), self.waiting.setdefault(bucket, [])
        is_new = key not in asked
        if is_new:
            rate = int(self.router.tables.config.get("arp", {}).get("requestsPerSecond", 20_000))
            full = max(self.full.get(bucket, 0), self.now)
            if rate == 0 or len(asked) >= 128 or full - self.now > self.SECOND * 128 // rate * 15:
                return self.give_up(frame, "neighbourLimit", is_made)
            self.full[bucket] = full + self.SECOND * 128 // rate
            asked.append(key)
        own = [entry for entry in waiting if entry[0] == key]
        oldest = own[0] if len(own) == 3 else waiting[0] if len(waiting) == 8 else None
        if oldest:
            waiting.remove(oldest)
            self.give_up(oldest[1], "neighbourQueueFull", oldest[3])
        waiting.append((key, frame, packet, is_made))
        if is_new:
            self.wanted(key)
        return None

    def give_up(self, frame, reason, is_made):
        self.drop(reason)
        (frame.made if is_made else frame.ends).append((reason, None, None, self.now, None))

    def release(self, key):
        bucket = self.bucket(key)[1] >> 57
        if key not in self.asked.get(bucket, []):
            return
        self.asked[bucket].remove(key)
        ready = [entry for entry in self.waiting[bucket] if entry[0] == key]
        self.waiting[bucket] = [entry for entry in self.waiting[bucket] if entry[0] != key]
        for _, frame, packet, is_made in ready:
            self.end(frame, self.router.again(packet, is_made), packet, is_made)

    # States of hosts (RFC 4861, 7.3).

    def set(self, key, state, asked, mac, wait):
        self.count += 1
        self.states[key] = [state, asked, mac, None if wait is None else self.now + wait, self.count]
        self.router.tables.learnt[key] = mac
        (self.router.tables.failed.add if state == "failed" else self.router.tables.failed.discard)(key)

    def wanted(self, key):
        if key not in self.states:
            self.set(key, "incomplete", 1, None, self.SECOND)
            self.ask(key, None)

    def ask(self, key, mac):
        name, address = key
        own = self.router.tables.settings[name]
        source = next(interface.ip for interface, other in self.router.tables.interfaces
                      if other == name and address in interface.network)
        question = ARP(op=1, hwsrc=own["mac"], psrc=str(source), pdst=str(address),
                       hwdst=":".join(f"{byte:02x}" for byte in mac or bytes(6)))
        self.send(Transmit(own["port"], None, (mac or b"\xff" * 6) + mac_bytes(own["mac"])
                           + tag_bytes(own["tags"]) + b"\x08\x06" + bytes(question)))

    def heard(self, key, mac, kind):
        tables = self.router.tables
        if key in tables.neighbours or key not in self.states and kind != "asked":
            return
        if not any(other == key[0] and key[1] in interface.network for interface, other in tables.interfaces):
            return
        state = self.states.get(key)
        if kind == "answered" and state and state[0] in ("incomplete", "probe"):
            mixed = self.bucket(key)[1]
            reachable = 30 * self.SECOND
            extra = (mixed + self.count * 0x9E3779B97F4A7C15) % 2**64 % reachable
            self.set(key, "reachable", 0, mac, reachable // 2 + extra)
        elif state is None or state[2] != mac:
            self.set(key, "stale", 0, mac, None)
        self.release(key)

    def used(self, key):
        if self.states.get(key, [None])[0] == "stale":
            self.set(key, "delay", 0, self.states[key][2], 5 * self.SECOND)

    def due(self):
        return min(((state[3], state[4], key) for key, state in self.states.items() if state[3] is not None),
                   default=None, key=lambda entry: entry[:2])

    def announce(self, ports):
        """RFC 5227, 3."""
        for port in ports if self.announces else ():
            for interface, name in self.router.tables.interfaces:
                own = self.router.tables.settings[name]
                if own["port"] == port:
                    question = ARP(op=1, hwsrc=own["mac"], psrc=str(interface.ip), hwdst="00:00:00:00:00:00",
                                   pdst=str(interface.ip))
                    self.send(Transmit(port, None, b"\xff" * 6 + mac_bytes(own["mac"]) + tag_bytes(own["tags"])
                                       + b"\x08\x06" + bytes(question)))

    def due_parts(self):
        return min(((entry[2], entry[3], entries, entry) for entries in self.datagrams.values() for entry in entries),
                   default=None, key=lambda entry: entry[:2])

    def until(self, time):
        while True:
            due, parts = self.due(), self.due_parts()
            if parts and parts[0] <= time and (due is None or parts[0] < due[0]):
                self.now = max(self.now, parts[0])
                self.give_up_parts(parts[2], parts[3], "reassemblyTimeout")
            elif due and due[0] <= time:
                self.now = max(self.now, due[0])
                self.expire(due[2])
            else:
                break
        self.now = max(self.now, time)

    def expire(self, key):
        state, asked, mac, _, _ = self.states[key]
        if state == "incomplete" and asked < 3:
            self.set(key, "incomplete", asked + 1, None, self.SECOND)
            self.ask(key, None)
        elif state == "incomplete":
            self.set(key, "failed", 0, None, 3 * self.SECOND)
            self.release(key)
        elif state == "reachable":
            self.set(key, "stale", 0, mac, None)
        elif state == "delay" or state == "probe" and asked < 3:
            self.set(key, "probe", asked + 1 if state == "probe" else 1, mac, self.SECOND)
            self.ask(key, mac)
        else:
            self.forget(key)

    def follow(self, router):
        """Another configuration, or other links: hosts go whose interface is another one, has no link, or that are
        static now. What waited for them looks again."""
        old, new = self.router.tables, router.tables
        self.router = router
        new.learnt, new.failed = old.learnt, old.failed

        def is_gone(key):
            name, address = key
            own = new.settings.get(name)
            return own is None or own != old.settings[name] or own["port"] in new.down or key in new.neighbours \
                or not any(other == name and address in interface.network for interface, other in new.interfaces)

        gone = sorted((key for key, state in self.states.items() if state[0] != "failed" and is_gone(key)), key=lambda key: self.bucket(key)[0])
        for key in gone:
            if self.states[key][0] == "incomplete":
                self.set(key, "failed", 0, None, 3 * self.SECOND)
            else:
                self.forget(key)
        for key in gone:
            self.release(key)

    def forget(self, key):
        del self.states[key]
        del self.router.tables.learnt[key]
        self.router.tables.failed.discard(key)

    def finish(self):
        """Nothing comes in any more: time goes on as long as something waits."""
        while any(self.waiting.values()) or any(self.datagrams.values()):
            times = [due[0] for due in (self.due(), self.due_parts()) if due]
            if not times:
                break
            self.until(min(times))


def yaml_text(config, comment):
    """The configuration as the YAML file that Freeway reads, in the order of docs."""
    lines = ["# SPDX-License-Identifier: Apache-2.0"]
    lines += [f"# {line}".rstrip() for line in comment]
    lines += ["# Written by generate.py: change it there.",
              "version: 1", f"forward: {config['forward']}", "ports:"]
    for index, (name, port) in enumerate(config["ports"].items()):
        lines.append(f"  {name}:")
        # A replay puts captures in the place of the devices; the file needs one all the same.
        lines.append(f"    device: vdev:net_null{index},no-rx=1")
        for key in ("mac", "mtu"):
            if key in port:
                lines.append(f"    {key}: {port[key]}")
        if "addresses" in port:
            lines.append(f"    addresses: [{', '.join(port['addresses'])}]")
    if "crossConnect" in config:
        pairs = ", ".join(f"[{a}, {b}]" for a, b in config["crossConnect"])
        lines.append(f"crossConnect: [{pairs}]")
    if "routes" in config:
        lines.append("routes:")
        for route in config["routes"]:
            if "action" in route:
                rest = f"action: {route['action']}"
            elif isinstance(route["via"], list):
                members = ", ".join(
                    f"{{address: {m['address']}, weight: {m['weight']}}}" for m in route["via"])
                rest = f"via: [{members}]"
            else:
                rest = f"via: {route['via']}"
            lines.append(f"  - {{to: {route['to']}, {rest}}}")
    if "neighbours" in config:
        lines.append("neighbours:")
        for n in config["neighbours"]:
            lines.append(
                f"  - {{port: {n['port']}, address: {n['address']}, mac: {n['mac']}}}")
    return "\n".join(lines) + "\n"
