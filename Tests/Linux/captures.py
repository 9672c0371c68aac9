# SPDX-License-Identifier: Apache-2.0
"""Frames of captures, as they are but for the destination MAC: the port's own takes its place, or most of them would be
another router's."""

import contextlib
import struct

from scapy.error import Scapy_Exception
from scapy.utils import RawPcapReader

import topology
from maker import Frame

ETHERNET = 1
TAGS = (b"\x81\x00", b"\x88\xa8", b"\x91\x00")


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.suffix in (".pcap", ".pcapng"))


def frames(folders):
    """The frames, and why others were left out: {reason: count}."""
    found, left_out = [], {}
    for folder in folders:
        for path in files(folder):
            if path.name.endswith((".expect.pcap", ".expect.pcapng")):
                continue
            # wan.in.pcap comes in by wan; what says nothing, by wan too, which takes the longest frames.
            port = path.name.split(".")[0]
            port = port if port in topology.PORTS else "wan"
            for number, data in read(path):
                reason = data if isinstance(data, str) else "with a VLAN tag" if data[12:14] in TAGS else None
                if reason:
                    left_out[reason] = left_out.get(reason, 0) + 1
                    continue
                own = bytes.fromhex(topology.PORTS[port]["mac"].replace(":", ""))
                found.append(Frame(port, own + data[6:], f"{folder.name}/{path.name}, frame {number}"))
    return found, left_out


def read(path):
    """Frames by their numbers, from 1; a word in the place of one that is no Ethernet frame."""
    try:
        reader = RawPcapReader(str(path))
    except (Scapy_Exception, EOFError, struct.error):
        yield 0, "in a file that Scapy cannot read"
        return
    with contextlib.closing(reader):
        for number in range(1, 1 << 32):
            try:
                data, about = next(reader)
            except StopIteration:
                return
            except (Scapy_Exception, struct.error):
                yield number, "behind damage in its file"
                return
            # Of pcapng each frame has its own.
            link = getattr(about, "linktype", None) or reader.linktype
            yield number, data if link == ETHERNET else "of another link type than Ethernet"
