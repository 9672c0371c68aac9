# SPDX-License-Identifier: Apache-2.0
"""Frames in the words of `freeway explain --packet`, taken apart by Scapy."""

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import ARP, Dot1Q, Ether

# What the words mean where they say nothing: docs/cli.md.
USUAL_SOURCE = "02:00:00:00:00:fe"


def of_frame(data, port_mac=None):
    """The words of a frame. With `port_mac` all that tells it from the usual one, as it comes in by a
    port with that address; without it, as it leaves: the time to live, but no MAC address and no identification."""
    frame = Ether(data)
    words = [f"vlan {tag.vlan}" for tag in tags(frame)]
    if ARP in frame:
        words.append(f"arp {frame[ARP].psrc} > {frame[ARP].pdst}")
    else:
        packet = frame[IP]
        words.append(f"ipv4 {packet.src} > {packet.dst}")
        upper = packet.payload
        if isinstance(upper, (UDP, TCP)):
            words.append(f"{type(upper).__name__.lower()} {upper.sport} > {upper.dport}")
        elif isinstance(upper, ICMP):
            words.append(f"icmp {upper.type} {upper.code}")
        if packet.ttl != 64 or not port_mac:
            words.append(f"ttl {packet.ttl}")
        if port_mac and packet.id:
            words.append(f"id {packet.id}")
        if packet.flags.DF:
            words.append("df")
        payload = bytes(upper.payload)
        if isinstance(upper, (UDP, TCP)) and payload:
            words.append(f"payload {payload.hex()}")
    if port_mac and frame.src != USUAL_SOURCE:
        words.append(f"from {frame.src}")
    if port_mac and frame.dst != port_mac and ARP not in frame:
        words.append(f"to {frame.dst}")
    return " ".join(words)


def tags(frame):
    while Dot1Q in frame:
        frame = frame[Dot1Q]
        yield frame
        frame = frame.payload


def together(entries):
    """Entries of one port, or of the same ports, and packets in words: those whose source ports count up
    are one entry with `flows`."""
    result = []
    for entry in entries:
        last = result[-1] if result else None
        if last and next_flow(last) == entry["packet"] and \
                {**last, "packet": None, "flows": None} == {**entry, "packet": None, "flows": None}:
            last["flows"] = last.get("flows", 1) + 1
        else:
            result.append(dict(entry))
    return result


def next_flow(entry):
    """The words of the packet that would follow in an entry with `flows`."""
    words = entry["packet"].split(" ")
    for index, word in enumerate(words):
        if word in ("udp", "tcp"):
            words[index + 1] = str(int(words[index + 1]) + entry.get("flows", 1))
            return " ".join(words)
    return None
