# SPDX-License-Identifier: Apache-2.0
"""Writes classic pcap files byte by byte, so that a second run gives the same file.

Scapy's own writer takes no nanosecond integers (it goes through a float) and no byte order.
"""

import struct

ETHERNET = 1


class Frame:
    """The bytes of one frame, when it arrives, and its length on the wire if that is longer."""

    def __init__(self, data, nanoseconds=0, wire_length=None):
        self.data = bytes(data)
        self.nanoseconds = nanoseconds
        self.wire_length = len(self.data) if wire_length is None else wire_length


def write(path, frames, nanosecond=True, byte_order="<"):
    magic = 0xA1B23C4D if nanosecond else 0xA1B2C3D4
    with open(path, "wb") as out:
        out.write(struct.pack(byte_order + "IHHiIII", magic, 2, 4, 0, 0, 262144, ETHERNET))
        for frame in frames:
            seconds, rest = divmod(frame.nanoseconds, 1_000_000_000)
            if not nanosecond:
                rest, lost = divmod(rest, 1000)
                assert lost == 0, "a microsecond capture cannot hold this time"
            out.write(
                struct.pack(
                    byte_order + "IIII", seconds, rest, len(frame.data), frame.wire_length))
            out.write(frame.data)
