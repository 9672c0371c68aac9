# SPDX-License-Identifier: Apache-2.0
"""ARP, and packets to hosts whose MAC address must be asked for."""

from scapy.layers.l2 import ARP, Ether

import topology
from maker import BROADCAST, kind

FIRST = {name: port["addresses"][0].split("/")[0] for name, port in topology.PORTS.items()}
NEIGHBOUR = {"wan": "192.0.2.254", "lan": "198.51.100.8", "dmz": "10.99.0.44"}


def mac(make):
    return "02:aa:" + ":".join(f"{byte:02x}" for byte in make.bytes(4))


def arp(make, port, sender, target, operation=1, to=BROADCAST, source=None, **fields):
    source = source or mac(make)
    return Ether(src=source, dst=to) \
        / ARP(**{"op": operation, "hwsrc": source, "psrc": sender, "pdst": target, **fields})


@kind
def requests(make):
    for what, to in (("by broadcast", BROADCAST), ("by unicast", None)):
        port = make.port()
        make.add(port, f"ARP request for us {what}, from a neighbour",
                 arp(make, port, NEIGHBOUR[port], FIRST[port], to=to or topology.PORTS[port]["mac"],
                     source=topology.NEIGHBOURS[port, NEIGHBOUR[port]]))


@kind
def request_padded(make):
    port = make.port()
    make.add(port, "ARP request for us, padded", bytes(arp(make, port, make.stranger(port), FIRST[port])) + bytes(18))


@kind
def second_address(make):
    make.add("lan", "ARP request for lan's second address", arp(make, "lan", "203.0.113.1", "203.0.113.0"))
    make.add("lan", "ARP request for lan's second address, from its first network",
             arp(make, "lan", make.stranger("lan"), "203.0.113.0"))


@kind
def probes(make):
    port = make.port()
    make.add(port, "ARP probe for our address", arp(make, port, "0.0.0.0", FIRST[port]))
    make.add(port, "ARP probe for another's", arp(make, port, "0.0.0.0", make.stranger(port)))


@kind
def for_others(make):
    port = make.port()
    make.add(port, "ARP request for another host", arp(make, port, make.stranger(port), make.stranger(port)))
    make.add("wan", "ARP request for lan's address on wan", arp(make, "wan", "192.0.2.254", "198.51.100.1"))
    make.add("wan", "ARP request for what we have a route to", arp(make, "wan", "192.0.2.254", "10.1.5.5"))
    make.add(port, "ARP request for the broadcast address",
             arp(make, port, NEIGHBOUR[port], FIRST[port].rsplit(".", 1)[0] + ".255"))


@kind
def foreign_senders(make):
    port = make.port()
    make.add(port, "ARP request for us, from another network", arp(make, port, "172.31.5.5", FIRST[port]))
    make.add(port, "ARP request for us, from an address without a route", arp(make, port, "8.8.8.8", FIRST[port]))


@kind
def conflicts(make):
    port = make.port()
    make.add(port, "gratuitous ARP request with our address", arp(make, port, FIRST[port], FIRST[port]))
    make.add(port, "gratuitous ARP reply with our address", arp(make, port, FIRST[port], FIRST[port], operation=2))
    make.add(port, "ARP request with our address, for another host", arp(make, port, FIRST[port], make.stranger(port)))
    make.add("wan", "ARP request for us, from lan's address", arp(make, "wan", "198.51.100.1", "192.0.2.1"))


@kind
def gratuitous(make):
    port = make.port()
    for operation in (1, 2):
        stranger = make.stranger(port)
        make.add(port, f"gratuitous ARP of a stranger, operation {operation}",
                 arp(make, port, stranger, stranger, operation=operation))
    make.add(port, "gratuitous ARP of a permanent neighbour, with another MAC",
             arp(make, port, NEIGHBOUR[port], NEIGHBOUR[port]))


@kind
def odd_senders(make):
    port = make.port()
    to = topology.PORTS[port]["mac"]
    for what, source in (("a group", "01:00:5e:00:00:05"), ("broadcast", BROADCAST), ("zeros", "00:00:00:00:00:00")):
        make.add(port, f"ARP request for us, the sender's MAC is {what}",
                 arp(make, port, make.stranger(port), FIRST[port], to=to, source=mac(make), hwsrc=source))
    broadcast = FIRST[port].rsplit(".", 1)[0] + ".255"
    make.add(port, "ARP request for us, from the broadcast address", arp(make, port, broadcast, FIRST[port]))
    make.add(port, "ARP request for us, from a multicast address", arp(make, port, "224.0.0.1", FIRST[port]))
    make.add(port, "ARP request for us, from loopback", arp(make, port, "127.0.0.1", FIRST[port]))


@kind
def wrong_types(make):
    def add(what, **fields):
        port = make.port()
        make.add(port, f"ARP with {what}", arp(make, port, make.stranger(port), FIRST[port], **fields))

    add("hardware type 2", hwtype=2)
    add("hardware type 6 (IEEE 802)", hwtype=6)
    add("protocol type IPv6", ptype=0x86DD)
    for operation in (0, 3, 8, 255):
        add(f"operation {operation}", operation=operation)
    for offset, what in ((4, "hardware length"), (5, "protocol length")):
        port = make.port()
        data = bytearray(bytes(arp(make, port, make.stranger(port), FIRST[port])))
        data[14 + offset] += 1
        make.add(port, f"ARP with a wrong {what}", data)
    port = make.port()
    make.add(port, "ARP cut to 40 bytes", bytes(arp(make, port, make.stranger(port), FIRST[port]))[:40])


@kind
def arp_to_other_mac(make):
    port = make.port()
    make.add(port, "ARP request for us, to another's MAC",
             arp(make, port, make.stranger(port), FIRST[port], to=mac(make)))


@kind
def unsolicited_reply(make):
    port = make.port()
    make.add(port, "ARP reply that nobody asked for",
             arp(make, port, make.stranger(port), FIRST[port], operation=2, to=topology.PORTS[port]["mac"]))


# --- Hosts that are asked for


@kind
def asked_and_answered(make):
    port = make.port()
    host, source = make.stranger(port), mac(make)
    for what in ("a packet to a host that is not known", "another"):
        make.add("wan", what, make.ip("wan", host) / make.upper())
    make.add(port, "its answer",
             arp(make, port, host, FIRST[port], operation=2, to=topology.PORTS[port]["mac"], source=source,
                                     hwdst=topology.PORTS[port]["mac"]))
    make.add("wan", "a packet to a host that answered", make.ip("wan", host) / make.upper())


@kind
def asked_and_asks(make):
    port = make.port()
    host, source = make.stranger(port), mac(make)
    make.add("lan", "a packet to a host that is not known", make.ip("lan", host) / make.upper())
    make.add(port, "it asks for us itself", arp(make, port, host, FIRST[port], source=source))
    make.add("lan", "a packet to a host that asked", make.ip("lan", host) / make.upper())


@kind
def known_by_asking(make):
    port = make.port()
    host, source = make.stranger(port), mac(make)
    make.add(port, "a stranger asks for us", arp(make, port, host, FIRST[port], source=source))
    make.add(port, "an echo request of the stranger", make.ip(port, FIRST[port], src=host) / make.echo())
    moved = mac(make)
    make.add(port, "the stranger has another MAC now", arp(make, port, host, host, source=moved))
    make.add(port, "an echo request of the stranger", make.ip(port, FIRST[port], src=host) / make.echo())


@kind
def echo_of_stranger(make):
    port = make.port()
    host = make.stranger(port)
    make.add(port, "an echo request of a host whose MAC is not known",
             make.ip(port, FIRST[port], src=host) / make.echo())
    make.add(port, "its answer", arp(make, port, host, FIRST[port], operation=2, to=topology.PORTS[port]["mac"]))


@kind
def many_wait(make):
    port = make.port()
    host = make.stranger(port)
    for number in range(1, 6):
        make.add("wan", f"packet {number} of 5 to a host that is not known", make.ip("wan", host) / make.upper())
    make.add(port, "its answer, after five packets",
             arp(make, port, host, FIRST[port], operation=2, to=topology.PORTS[port]["mac"]))


@kind
def next_hop_unknown(make):
    make.add("wan", "a packet to a next hop that is not known", make.ip("wan", "10.88.1.1") / make.upper())
