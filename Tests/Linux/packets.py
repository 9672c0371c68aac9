# SPDX-License-Identifier: Apache-2.0
"""Just enough of Ethernet, IPv4 and ICMP to compare what two routers sent. Any bytes may come."""

import ipaddress

from scapy.layers.l2 import Ether
from scapy.utils import checksum

import topology

ICMP_ERRORS = (3, 4, 5, 11, 12)


class IPv4:
    """The packet in a frame, where its header can be read; None otherwise (`of`)."""

    @classmethod
    def of(cls, data):
        packet = data[14:]
        if data[12:14] != b"\x08\x00" or len(packet) < 20 or packet[0] >> 4 != 4:
            return None
        header, total = (packet[0] & 15) * 4, int.from_bytes(packet[2:4], "big")
        if not 20 <= header <= total <= len(packet) or checksum(packet[:header]):
            return None
        return cls(packet[:total], header)

    def __init__(self, packet, header):
        self.packet, self.header = packet, header
        self.tos, self.ttl, self.protocol = packet[1], packet[8], packet[9]
        self.identification = packet[4:6]
        flags = int.from_bytes(packet[6:8], "big")
        self.is_df, self.is_mf, self.offset = bool(flags & 0x4000), bool(flags & 0x2000), (flags & 0x1FFF) * 8
        self.is_fragment = self.is_mf or self.offset > 0
        self.source = ipaddress.ip_address(packet[12:16])
        self.destination = ipaddress.ip_address(packet[16:20])
        self.options = packet[20:header]
        self.payload = packet[header:]

    def icmp(self):
        """Type and code of a whole message or its first fragment."""
        has_message = self.protocol == 1 and not self.offset and len(self.payload) >= 8
        return (self.payload[0], self.payload[1]) if has_message else None

    @property
    def is_to_us(self):
        return self.destination in topology.OWN_ADDRESSES

    @property
    def is_icmp_error(self):
        return self.icmp() is not None and self.icmp()[0] in ICMP_ERRORS


class IPv6:
    """The packet in a frame, where its header can be read; None otherwise (`of`)."""

    @classmethod
    def of(cls, data):
        packet = data[14:]
        if data[12:14] != b"\x86\xdd" or len(packet) < 40 or packet[0] >> 4 != 6:
            return None
        total = 40 + int.from_bytes(packet[4:6], "big")
        return cls(packet[:total]) if total <= len(packet) else None

    def __init__(self, packet):
        self.packet, self.protocol, self.hop_limit = packet, packet[6], packet[7]
        self.source, self.destination = ipaddress.ip_address(packet[8:24]), ipaddress.ip_address(packet[24:40])
        self.payload = packet[40:]

    def icmp(self):
        """Type and code of a message without extension headers."""
        return (self.payload[0], self.payload[1]) if self.protocol == 58 and len(self.payload) >= 8 else None

    @property
    def is_icmp_error(self):
        return self.icmp() is not None and self.icmp()[0] < 128

    @property
    def is_to_us(self):
        return self.destination in topology.OWN_IPV6


def with_header(data, edits):
    """The frame with bytes of its IPv4 header replaced ({offset: bytes}) and its header checksum made right."""
    data = bytearray(data)
    for offset, value in edits.items():
        data[14 + offset:14 + offset + len(value)] = value
    header = (data[14] & 15) * 4
    data[24:26] = bytes(2)
    data[24:26] = checksum(bytes(data[14:14 + header])).to_bytes(2, "big")
    return bytes(data)


def with_code(data, code):
    """A message of ICMPv6 with another code, and its checksum made right."""
    message = bytearray(data[54:])
    message[1] = code
    message[2:4] = bytes(2)
    pseudo = data[22:54] + len(message).to_bytes(4, "big") + b"\0\0\0\x3a"
    message[2:4] = checksum(pseudo + bytes(message)).to_bytes(2, "big")
    return data[:54] + bytes(message)


def without_options(data):
    """The frame with NOP in the place of all its IPv4 options; None where it has none."""
    packet = IPv4.of(data)
    return with_header(data, {20: b"\x01" * len(packet.options)}) if packet is not None and packet.options else None


def with_options_of(packet, data):
    """What was sent because of a packet without its options, as it is with them: forwarded, or quoted in a message."""
    sent = IPv4.of(data)
    if sent is None:
        return data
    if sent.source == packet.source and sent.header == packet.header:
        return with_header(data, {20: packet.options})
    if sent.is_icmp_error and sent.payload[20:28] == packet.packet[12:20]:
        quoted = with_header(bytes(14) + sent.payload[8:], {20: packet.options})[14:]
        message = bytearray(sent.payload[:8] + quoted)
        message[2:4] = bytes(2)
        message[2:4] = checksum(bytes(message)).to_bytes(2, "big")
        return data[:14 + sent.header] + bytes(message)
    return data


def about(packet, data):
    """A message without options, which quotes the packet as it came, in the place of one that does not."""
    sent = IPv4.of(data)
    message = bytearray(sent.payload[:8] + packet.packet[:548])
    message[2:4] = bytes(2)
    message[2:4] = checksum(bytes(message)).to_bytes(2, "big")
    front = data[:14] + b"\x45" + sent.packet[1:20]
    return with_header(front, {2: (20 + len(message)).to_bytes(2, "big")}) + bytes(message)


def comparable(sent):
    """What was sent, by port and in order, without what may differ by right: the identification of messages that the
    router made itself, and the header checksum that follows. A frame with a wrong checksum is left as it is, and so
    seen."""
    result = []
    for port, data in sent:
        packet = IPv4.of(data)
        if packet is not None and packet.source in topology.OWN_ADDRESSES:
            data = with_header(data, {4: b"\0\0"})
        result.append((port, data))
    return in_order_of_ports(result)


def in_order_of_ports(sent):
    return sorted(sent, key=lambda frame: list(topology.PORTS).index(frame[0]))


def words(data):
    try:
        return Ether(data).summary()
    except Exception:  # Scapy's own faults, for bytes that are no packet
        return f"{len(data)} bytes that Scapy cannot tell of"
