# SPDX-License-Identifier: Apache-2.0
"""Addresses that a router must not forward from or to, and those beside them that it must."""

from scapy.layers.inet import UDP

from casebook import HOST_MAC, INSIDE, UPLINK, Case, echo, ether, ip, udp
from frames import BROADCAST

TO = "10.0.0.9"


def build():
    for name, title, sources in (
            ("this-network", "0.0.0.0/8 as a source is not forwarded (RFC 1812, 5.3.7)",
             ("0.0.0.0", "0.0.0.1", "0.255.255.255")),
            ("loopback", "127.0.0.0/8 as a source is not forwarded (RFC 1812, 5.3.7)",
             ("127.0.0.0", "127.0.0.1", "127.255.255.255")),
            ("multicast", "A multicast group as a source is not forwarded (RFC 1812, 5.3.7)",
             ("224.0.0.0", "224.0.0.1", "239.255.255.255")),
            ("reserved", "240.0.0.0/4 and the limited broadcast as a source are not forwarded "
             "(RFC 1812, 5.3.7)", ("240.0.0.0", "254.1.2.3", "255.255.255.254", "255.255.255.255"))):
        Case(f"martian-source-{name}", title).drop("martianSource", "wan", {
            source: udp("wan", TO, src=source) for source in sources})

    for name, title, destinations in (
            ("this-network", "0.0.0.0/8 as a destination is not forwarded (RFC 1812, 5.3.7)",
             ("0.0.0.0", "0.0.0.1", "0.255.255.255")),
            ("loopback", "127.0.0.0/8 as a destination is not forwarded (RFC 1812, 5.3.7)",
             ("127.0.0.0", "127.0.0.1", "127.255.255.255")),
            ("reserved", "240.0.0.0/4 as a destination is not forwarded (RFC 1812, 5.3.7)",
             ("240.0.0.0", "254.1.2.3", "255.255.255.254"))):
        Case(f"martian-destination-{name}", title).drop("martianDestination", "wan", {
            to: udp("wan", to) for to in destinations})

    link_local()

    Case("martian-source-own",
         "One of the router's own addresses as a source is not forwarded, nor taken for its own "
         "(RFC 1812, 4.2.2.11 and 5.3.7; RFC 1122, 3.2.1.3)") \
        .drop("martianSource", "wan", {
            "wan's": udp("wan", TO, src="192.0.2.1"), "lan's": udp("wan", TO, src="198.51.100.1"),
            "dmz's second": udp("wan", TO, src="203.0.113.254"),
            "TTL 1": udp("wan", TO, src="192.0.2.1", ttl=1),
            "to the router itself": udp("wan", "192.0.2.1", src="198.51.100.1"),
            "to itself, a land attack": udp("wan", "192.0.2.1", src="192.0.2.1")}) \
        .drop("martianSource", "lan", {"by another port": udp("lan", "8.8.8.8", src="192.0.2.1")}) \
        .add("wan", "the address before", udp("wan", TO, src="192.0.2.0"), to=INSIDE) \
        .add("wan", "the address behind", udp("wan", TO, src="192.0.2.2"), to=INSIDE)

    Case("martian-source-broadcast",
         "A connected network's broadcast address as a source is not forwarded (RFC 1812, 4.2.2.11 and "
         "5.3.7; RFC 1122, 3.2.1.3)") \
        .drop("martianSource", "wan", {
            "of lan's /24": udp("wan", TO, src="198.51.100.255"),
            "of dmz's /25": udp("wan", TO, src="203.0.113.127"),
            "of the network that it came from": udp("wan", TO, src="192.0.2.255"),
            "to the router itself": udp("wan", "192.0.2.1", src="192.0.2.255")}) \
        .add("wan", "another network's, far away", udp("wan", TO, src="10.0.0.255"), to=INSIDE) \
        .add("wan", "the other end of a /31, which has none (RFC 3021)",
             udp("wan", TO, src="203.0.113.255"), to=INSIDE) \
        .add("wan", "the address before", udp("wan", TO, src="198.51.100.254"), to=INSIDE)

    Case("limited-broadcast", "255.255.255.255 is not forwarded (RFC 1812, 5.3.5.1)") \
        .drop("martianDestination", "lan", {
            "by our MAC": udp("lan", "255.255.255.255"),
            "by broadcast": ether("lan", dst=BROADCAST) / ip("lan", "255.255.255.255") / UDP()}) \
        .drop("martianSource", "lan", {
            "a DHCP discover, from 0.0.0.0": ether("lan", dst=BROADCAST)
            / ip("lan", "255.255.255.255", src="0.0.0.0") / UDP(sport=68, dport=67)})

    case = Case("unicast-edges", "The first and last unicast addresses beside the martians are routed "
                "(RFC 1812, 5.3.7; RFC 3927, 7)")
    for address in ("1.0.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0",
                    "223.255.255.255"):
        case.add("lan", f"to {address}", udp("lan", address), to=UPLINK)
        case.add("wan", f"from {address}", udp("wan", TO, src=address), to=INSIDE)

    Case("multicast", "Multicast is not routed, whatever MAC it comes to (RFC 1812, 5.3.5)") \
        .drop("multicast", "wan", {
            "224.0.0.0, our MAC": udp("wan", "224.0.0.0"),
            "239.255.255.255, our MAC": udp("wan", "239.255.255.255"),
            "224.0.0.5, its own MAC": ether("wan", dst="01:00:5e:00:00:05") / ip("wan", "224.0.0.5")
            / UDP(),
            "224.0.0.1, by broadcast": ether("wan", dst=BROADCAST) / ip("wan", "224.0.0.1") / UDP(),
            "TTL 1": udp("wan", "224.0.0.251", ttl=1)})

    Case("link-layer-broadcast",
         "A unicast packet in a broadcast or multicast frame is not forwarded (RFC 1812, 5.3.4)") \
        .drop("linkLayerBroadcast", "wan", {
            "broadcast": ether("wan", dst=BROADCAST) / ip("wan", TO) / UDP(),
            "IPv4 multicast": ether("wan", dst="01:00:5e:01:02:03") / ip("wan", TO) / UDP(),
            "IPv6 multicast": ether("wan", dst="33:33:00:00:00:01") / ip("wan", TO) / UDP(),
            "our own MAC with the group bit": ether("wan", dst="03:00:00:00:01:01") / ip("wan", TO)
            / UDP(),
            "to the router itself": ether("wan", dst=BROADCAST) / ip("wan", "192.0.2.1") / UDP()}) \
        .add("wan", "the same to our MAC", udp("wan", TO), to=INSIDE)

    Case("directed-broadcast",
         "A broadcast to a connected network is not forwarded (RFC 2644, 2; RFC 1812, 5.3.5.2)") \
        .drop("directedBroadcast", "wan", {
            "of lan's /24": udp("wan", "198.51.100.255"), "of dmz's /25": udp("wan", "203.0.113.127"),
            "of the network that it came from": udp("wan", "192.0.2.255"),
            "an echo request, as a smurf sends it": echo("wan", "198.51.100.255")}) \
        .add("wan", "another network's, far away", udp("wan", "10.0.0.255"), to=INSIDE)

    Case("link-of-two",
         "A /31 has two hosts and no broadcast address (RFC 3021, 2.1)") \
        .add("wan", "the other end", udp("wan", "203.0.113.255"), to=("dmz", "203.0.113.255")) \
        .drop("localNotHandled", "wan", {"our end": udp("wan", "203.0.113.254")}) \
        .add("lan", "the address before, in no connected network", udp("lan", "203.0.113.253"),
             to=UPLINK)

    Case("small-networks", "A /30 has a broadcast address, a /32 nothing but its own (RFC 2644; RFC 3021)",
         """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/30, 192.0.2.9/32]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
routes:
  - {to: 0.0.0.0/0, via: 192.0.2.2}
neighbours:
  - {port: wan, address: 192.0.2.2, mac: 02:00:00:00:01:fe}
""") \
        .drop("directedBroadcast", "lan", {"192.0.2.3, the last of the /30": udp("lan", "192.0.2.3")}) \
        .add("lan", "192.0.2.2, the other host", udp("lan", "192.0.2.2"), to=("wan", "192.0.2.2")) \
        .drop("localNotHandled", "lan", {"192.0.2.1, ours": udp("lan", "192.0.2.1"),
                                         "192.0.2.9, ours": udp("lan", "192.0.2.9")}) \
        .add("lan", "192.0.2.10, beside the /32", udp("lan", "192.0.2.10"), to=("wan", "192.0.2.2")) \
        .add("lan", "192.0.2.4, beside the /30", udp("lan", "192.0.2.4"), to=("wan", "192.0.2.2"))

    Case("local-addresses",
         "A packet to any of the router's addresses, by any port and with any TTL, is its own "
         "(RFC 1812, 4.2.2.9 and 5.2.3)") \
        .drop("localNotHandled", "wan", {
            "to wan's": udp("wan", "192.0.2.1"), "to lan's": udp("wan", "198.51.100.1"),
            "to dmz's first": udp("wan", "203.0.113.1"), "to dmz's second": udp("wan", "203.0.113.254"),
            "TTL 1": udp("wan", "192.0.2.1", ttl=1), "TTL 0": udp("wan", "192.0.2.1", ttl=0)}) \
        .drop("localNotHandled", "lan", {"to wan's": udp("lan", "192.0.2.1")})

    Case("local-before-routes", "The router's own address is its own, even under a route for that address",
         """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
routes:
  - {to: 198.51.100.1/32, via: 192.0.2.254}
  - {to: 192.0.2.1/32, action: blackhole}
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
""") \
        .drop("localNotHandled", "wan", {"under a next hop": udp("wan", "198.51.100.1"),
                                         "under a blackhole": udp("wan", "192.0.2.1")})

    Case("connected-hosts", "A host of a connected network is reached by its own MAC (RFC 1812, 5.2.4.2)") \
        .add("wan", "on lan", udp("wan", "198.51.100.3"), to=("lan", "198.51.100.3")) \
        .add("lan", "on wan", udp("lan", "192.0.2.10"), to=("wan", "192.0.2.10")) \
        .add("lan", "on dmz", udp("lan", "203.0.113.3"), to=("dmz", "203.0.113.3")) \
        .add("lan", "on lan itself, back out", ether("lan", src=HOST_MAC["lan"])
             / ip("lan", "198.51.100.4") / UDP(), to=("lan", "198.51.100.4"))

    Case("connected-host-without-mac",
         "A host of a connected network whose MAC nobody knows is not reached (RFC 1812, 4.3.3.1)") \
        .drop("noNeighbour", "wan", {
            "198.51.100.77": udp("wan", "198.51.100.77"),
            "the network's own address, host part zero": udp("wan", "198.51.100.0"),
            "the neighbour of another port": udp("wan", "192.0.2.2"),
            "the last host of dmz's /25": udp("wan", "203.0.113.126")})

    Case("next-hop-without-mac",
         "A route by a next hop whose MAC nobody knows drops (RFC 1812, 4.3.3.1)") \
        .drop("noNeighbour", "wan", {"10.88.0.0": udp("wan", "10.88.0.0"),
                                     "10.88.255.255": udp("wan", "10.88.255.255")}) \
        .add("wan", "10.87.255.255", udp("wan", "10.87.255.255"), to=INSIDE) \
        .add("wan", "10.89.0.0", udp("wan", "10.89.0.0"), to=INSIDE)


def link_local():
    Case("martian-source-link-local", "169.254.0.0/16 as a source is not forwarded (RFC 3927, 2.6.2 and 7)") \
        .drop("martianSource", "wan", {
            "169.254.0.0": udp("wan", TO, src="169.254.0.0"),
            "169.254.1.1": udp("wan", TO, src="169.254.1.1"),
            "169.254.255.255": udp("wan", TO, src="169.254.255.255"),
            "TTL 1": udp("wan", TO, src="169.254.1.1", ttl=1),
            "to another link-local address": udp("wan", "169.254.1.2", src="169.254.1.1")}) \
        .drop("localNotHandled", "wan", {
            "to the router itself, which forwards nothing": udp("wan", "192.0.2.1", src="169.254.1.1")})

    Case("martian-destination-link-local",
         "169.254.0.0/16 as a destination is not forwarded, whatever the routes say (RFC 3927, 2.6.2 and 7)",
         """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
routes:
  - {to: 0.0.0.0/0, via: 192.0.2.254}
  - {to: 10.0.0.0/8, via: 198.51.100.2}
  - {to: 169.254.0.0/16, via: 198.51.100.2}
  - {to: 169.254.169.254/32, via: 198.51.100.2}
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
""") \
        .drop("martianDestination", "wan", {
            "169.254.0.0": udp("wan", "169.254.0.0"), "169.254.255.255": udp("wan", "169.254.255.255"),
            "under a host route, as of a cloud's metadata": udp("wan", "169.254.169.254"),
            "TTL 1": udp("wan", "169.254.1.1", ttl=1)}) \
        .add("lan", "169.253.255.255", udp("lan", "169.253.255.255"), to=UPLINK) \
        .add("lan", "169.255.0.0", udp("lan", "169.255.0.0"), to=UPLINK)

    hop = ("tunnel", "169.254.10.2")
    Case("link-local-network",
         "A port with a link-local network: packets go by hosts there, and those for the router are its own; "
         "none goes from or to such an address (RFC 3927, 2.6.2 and 7)", """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  tunnel: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [169.254.10.1/30]}
routes:
  - {to: 10.0.0.0/8, via: 169.254.10.2}
neighbours:
  - {port: tunnel, address: 169.254.10.2, mac: 02:00:00:00:02:02}
""") \
        .add("wan", "by a next hop there", udp("wan", TO), to=hop) \
        .drop("localNotHandled", "wan", {"to the router's own": udp("wan", "169.254.10.1")}) \
        .drop("localNotHandled", "tunnel", {
            "from the next hop to the router": ether("tunnel") / ip("tunnel", "169.254.10.1") / UDP(),
            "from the next hop to wan's address": ether("tunnel") / ip("tunnel", "192.0.2.1") / UDP()}) \
        .drop("martianSource", "tunnel", {
            "from the next hop to others": ether("tunnel") / ip("tunnel", "10.0.0.9") / UDP(),
            "from the router's own": ether("tunnel") / ip("tunnel", "169.254.10.1", src="169.254.10.1")
            / UDP()}) \
        .drop("martianDestination", "wan", {
            "to the next hop": udp("wan", "169.254.10.2"),
            "to the network's broadcast address": udp("wan", "169.254.10.3")})
