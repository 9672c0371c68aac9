# SPDX-License-Identifier: Apache-2.0
"""What the kinds of generated frames are made with."""

import random

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw

import topology

BROADCAST = "ff:ff:ff:ff:ff:ff"

# Functions of a Maker, each of which adds frames of one kind.
KINDS = []


def kind(make):
    KINDS.append(make)
    return make


class Frame:
    """A frame that comes in by a port, and what it is in words."""

    def __init__(self, port, data, what):
        self.port, self.data, self.what = port, bytes(data), what


class Maker:
    """Makes frames by chance. A kind calls `add` for each frame, in their order."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.frames = []
        self.strangers = dict.fromkeys(topology.PORTS, 0)

    def add(self, port, what, packet):
        self.frames.append(Frame(port, packet, what))

    def bytes(self, count):
        return self.random.randbytes(count)

    def number(self, low, high):
        return self.random.randint(low, high)

    def one_of(self, *choices):
        return self.random.choice(choices)

    def port(self):
        return self.one_of(*topology.PORTS)

    def source(self, port):
        """A host behind a port, which has a way back in both variants, but for one."""
        some = self.number
        return {
            "wan": lambda: self.one_of(f"172.16.{some(0, 255)}.{some(1, 254)}", f"8.8.{some(0, 255)}.{some(1, 254)}",
                                       f"192.168.{some(0, 255)}.{some(1, 254)}", "192.0.2.254"),
            "lan": lambda: self.one_of(f"10.1.{some(3, 255)}.{some(1, 254)}", f"10.200.{some(0, 255)}.{some(1, 254)}",
                                       "198.51.100.8", "10.1.2.200"),
            "dmz": lambda: self.one_of(f"10.44.{some(0, 255)}.{some(1, 254)}", "10.99.0.44"),
        }[port]()

    def beyond(self, port=None):
        """A destination behind a port."""
        port = port or self.port()
        some = self.number
        return {
            "wan": lambda: self.one_of(f"172.16.{some(0, 255)}.{some(0, 255)}", f"192.168.{some(0, 98)}.{some(0, 255)}",
                                       "192.0.2.254", "192.0.2.12"),
            "lan": lambda: self.one_of(f"10.1.{some(3, 255)}.{some(0, 255)}", f"10.1.2.{some(0, 127)}",
                                       f"10.1.2.{some(128, 199)}", "10.1.2.200", "10.66.6.7", "10.77.7.7",
                                       "203.0.113.1"),
            "dmz": lambda: self.one_of(f"10.44.{some(0, 255)}.{some(0, 255)}", "10.99.0.44"),
        }[port]()

    def stranger(self, port):
        """A host on the port's network that no other frame speaks of; the 151st is the first again, when routers that
        met that one are long gone (`TOGETHER` in compare.py)."""
        self.strangers[port] += 1
        return topology.PORTS[port]["addresses"][0].rsplit(".", 1)[0] + f".{100 + self.strangers[port] % 150}"

    def own(self, port=None):
        """An address of the router's."""
        return self.one_of(*(address.split("/")[0] for address in topology.PORTS[port or self.port()]["addresses"]))

    def ether(self, port, **fields):
        neighbours = [mac for (name, _), mac in topology.NEIGHBOURS.items() if name == port]
        return Ether(**{"src": self.random.choice(neighbours), "dst": topology.PORTS[port]["mac"], **fields})

    def ip(self, port, to, **fields):
        """A packet of a host behind `port`, in its frame."""
        if fields.get("id") is None:
            fields["id"] = self.number(0, 65_535)
        return self.ether(port) \
            / IP(**{"src": self.source(port), "dst": to, "tos": self.number(0, 255), "ttl": 64, **fields})

    def udp(self, count=None):
        return UDP(sport=self.number(1024, 65_535), dport=self.number(1, 65_535)) / self.payload(count)

    def tcp(self, flags="PA", count=None):
        return TCP(sport=self.number(1024, 65_535), dport=self.number(1, 65_535), seq=self.number(0, 2**32 - 1),
                   ack=self.number(0, 2**32 - 1), flags=flags) / self.payload(count)

    def echo(self, count=None):
        return ICMP(type=8, id=self.number(0, 65_535), seq=self.number(0, 65_535)) / self.payload(count)

    def payload(self, count=None):
        """Without a count, what a short frame has room for."""
        return Raw(self.bytes(self.number(18, 100) if count is None else count))

    def upper(self, count=None):
        return self.one_of(self.udp, self.tcp, self.echo)(count=count)
