# SPDX-License-Identifier: Apache-2.0
"""Frames that Scapy alone does not make: what the generators here and in ../Cases share."""

from scapy.utils import checksum

START = 1_700_000_000_000_000_000  # 2023-11-14 22:13:20 UTC
BROADCAST = "ff:ff:ff:ff:ff:ff"


def seeded_bytes(generator, count):
    return generator.getrandbits(8 * count).to_bytes(count, "big") if count else b""


def with_checksum(packet, wanted):
    """The same packet with an identification that makes `wanted` the right header checksum."""
    data = bytearray(bytes(packet))
    header = data[14:34]
    header[4:6] = bytes(2)
    header[10:12] = bytes(2)
    rest = 0xFFFF - checksum(bytes(header))
    # One's complement: what must be added to `rest` to come to the complement of `wanted`.
    identification = ((0xFFFF - wanted) - rest) % 0xFFFF
    data[18:20] = identification.to_bytes(2, "big")
    data[24:26] = wanted.to_bytes(2, "big")
    assert checksum(bytes(data[14:34])) == 0
    return bytes(data)


def header_edited(packet, fix_checksum=True, **edits):
    """The packet with raw bytes of its IPv4 header replaced: {offset: byte}."""
    data = bytearray(bytes(packet))
    for offset, value in edits["at"].items():
        data[14 + offset] = value
    if fix_checksum:
        length = max(20, min((data[14] & 15) * 4, len(data) - 14))
        data[24:26] = bytes(2)
        data[24:26] = checksum(bytes(data[14:14 + length])).to_bytes(2, "big")
    return bytes(data)
