# SPDX-License-Identifier: Apache-2.0
"""What a router must do with a frame, written to be read and not to be fast.

It shares no code with Freeway: longest prefixes are found by trying every prefix, and a header
checksum is computed anew from all bytes (Scapy's `checksum`), never adjusted.
"""

import ipaddress

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
               "addresses": port.get("addresses", [])}
        for name, port in config["ports"].items()}
    for name, own in config.get("interfaces", {}).items():
        port, *vlans = name.split(".")
        outer = own.get("encapsulation", "802.1Q" if len(vlans) == 1 else "802.1ad")
        types = [next(k for k, word in TAG_TYPES.items() if word == outer), 0x8100]
        settings[name] = {
            **settings[port], "tags": tuple(zip(types, map(int, vlans))),
            "mtu": own.get("mtu", settings[port]["mtu"] - 4 * (len(vlans) - 1)),
            "addresses": own.get("addresses", [])}
    return settings


def tag_bytes(tags, *priorities):
    """`priorities`: the upper four bits of each tag's control information; 0 where none is said."""
    priorities = (*priorities, 0, 0)
    return b"".join(
        kind.to_bytes(2, "big") + (identifier | priorities[index] << 12).to_bytes(2, "big")
        for index, (kind, identifier) in enumerate(tags))


class Drop:
    def __init__(self, reason):
        self.reason = reason


class Transmit:
    """One frame out of `port` to `next_hop`, with its bytes."""

    def __init__(self, port, next_hop, data):
        self.port = port
        self.next_hop = next_hop
        self.data = data


class ChosenByHash:
    """Forwarded, but to which member of the group only the forwarder's flow hash knows."""

    def __init__(self, members):
        self.members = members


class Router:
    def __init__(self, config):
        self.config = config
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
            return Drop("arpNotHandled")
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
        return self.route(packet[:total_length], header_length, destination)

    def route(self, packet, header_length, destination):
        if self.is_own(destination):
            return Drop("localNotHandled")
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
            return Drop(best["action"])
        if packet[8] <= 1:
            return Drop("timeToLiveExpired")

        if "connected" in best:
            return self.transmit(packet, header_length, best["connected"], destination)
        if isinstance(best["via"], list):
            members = [
                (self.connected_port(ipaddress.ip_address(member["address"]))[1],
                 member["address"]) for member in best["via"]]
            if all(len(packet) > self.settings[name]["mtu"] for name, _ in members):
                return Drop("exceedsMTU")
            return ChosenByHash(members)
        next_hop = ipaddress.ip_address(best["via"])
        return self.transmit(packet, header_length, self.connected_port(next_hop)[1], next_hop)

    def transmit(self, packet, header_length, name, next_hop):
        """`name`: of the interface."""
        own = self.settings[name]
        if len(packet) > own["mtu"]:
            return Drop("exceedsMTU")
        neighbour = self.neighbours.get((name, next_hop))
        if neighbour is None:
            return Drop("noNeighbour")
        header = bytearray(packet[:header_length])
        header[8] -= 1
        header[10:12] = bytes(2)
        header[10:12] = checksum(bytes(header)).to_bytes(2, "big")
        ethernet = neighbour + mac_bytes(own["mac"]) + tag_bytes(own["tags"]) + b"\x08\x00"
        return Transmit(
            own["port"], str(next_hop), ethernet + bytes(header) + packet[header_length:])


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
