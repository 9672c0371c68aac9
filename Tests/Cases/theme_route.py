# SPDX-License-Identifier: Apache-2.0
"""Routes: the longest prefix, actions, and sharing among next hops."""

import random

from scapy.layers.inet import ICMP, TCP, UDP
from scapy.packet import Raw

import model_router
from casebook import INSIDE, UPLINK, Case, ether, ip, tcp, udp

HEAD = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
"""
NEIGHBOURS = """
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
  - {port: lan, address: 198.51.100.3, mac: 02:00:00:00:02:03}
"""
THIRD = ("lan", "198.51.100.3")


def build():
    longest_prefix()
    actions()
    next_hops()


def longest_prefix():
    case = Case("route-longest-prefix",
                "Of all prefixes that hold a destination the longest decides (RFC 1812, 5.2.4.3)")
    for destination, to in {
            "9.255.255.255": UPLINK, "10.0.0.0": INSIDE, "10.0.255.255": INSIDE,
            "10.1.0.0": THIRD, "10.1.1.255": THIRD, "10.1.2.0": ("lan", "198.51.100.4"),
            "10.1.2.127": ("lan", "198.51.100.4"), "10.1.2.128": ("dmz", "203.0.113.2"),
            "10.1.2.199": ("dmz", "203.0.113.2"), "10.1.2.200": ("dmz", "203.0.113.255"),
            "10.1.2.201": ("dmz", "203.0.113.2"), "10.1.2.255": ("dmz", "203.0.113.2"),
            "10.1.3.0": THIRD, "10.1.255.255": THIRD, "10.2.0.0": INSIDE,
            "10.255.255.255": INSIDE, "11.0.0.0": UPLINK}.items():
        arrival = "lan" if to == UPLINK else "wan"
        case.add(arrival, destination, udp(arrival, destination), to=to)

    # 64 + 32 addresses: every prefix of 100.64.85.171 from /1 to /32, by turns one way and the other.
    address = 100 << 24 | 64 << 16 | 85 << 8 | 171
    routes = "routes:\n" + "".join(
        f"  - {{to: {dotted(address >> 32 - length << 32 - length)}/{length}, "
        f"via: 198.51.100.{2 + length % 2}}}\n" for length in range(1, 33))
    case = Case("route-every-prefix-length",
                "Each prefix length from /1 to /32 decides for its own addresses (RFC 1812, 5.2.4.3)",
                HEAD + routes + NEIGHBOURS.lstrip())
    for length in range(1, 33):
        # Agrees in the first bits and differs in the next one.
        destination = address ^ (1 << 31 - length) if length < 32 else address
        if 0 < destination >> 24 < 127 or destination >> 24 in range(128, 224):
            case.add("wan", f"/{length}: {dotted(destination)}", udp("wan", dotted(destination)),
                     to=("lan", f"198.51.100.{2 + length % 2}"))

    prefixes = [("10.1.2.0/24", "198.51.100.3"), ("10.0.0.0/8", "198.51.100.2"),
                ("10.1.2.3/32", "198.51.100.2"), ("0.0.0.0/0", "192.0.2.254"),
                ("10.1.0.0/16", "192.0.2.254")]
    for name, title, listed in (
            ("a", "The order of routes in the file decides nothing: in one order", prefixes),
            ("b", "The order of routes in the file decides nothing: in the opposite order",
             prefixes[::-1])):
        routes = "routes:\n" + "".join(f"  - {{to: {to}, via: {via}}}\n" for to, via in listed)
        Case(f"route-order-{name}", title, HEAD + routes + NEIGHBOURS.lstrip()) \
            .add("wan", "the /32", udp("wan", "10.1.2.3"), to=INSIDE) \
            .add("wan", "the /24", udp("wan", "10.1.2.4"), to=THIRD) \
            .add("lan", "the /16", udp("lan", "10.1.3.4"), to=UPLINK) \
            .add("wan", "the /8", udp("wan", "10.2.3.4"), to=INSIDE) \
            .add("lan", "the default", udp("lan", "11.2.3.4"), to=UPLINK)

    Case("route-host", "A /32 takes one address out of a longer network (RFC 1812, 5.2.4.3)") \
        .add("wan", "10.1.2.199", udp("wan", "10.1.2.199"), to=("dmz", "203.0.113.2")) \
        .add("wan", "10.1.2.200", udp("wan", "10.1.2.200"), to=("dmz", "203.0.113.255")) \
        .add("wan", "10.1.2.201", udp("wan", "10.1.2.201"), to=("dmz", "203.0.113.2"))

    case = Case("route-default", "The default route takes what no other prefix holds (RFC 1812, 5.2.4.3)")
    for destination in ("1.1.1.1", "9.9.9.9", "100.64.0.1", "172.15.255.255", "172.32.0.0",
                        "192.0.1.255", "192.0.3.0", "198.17.255.255", "198.20.0.0", "223.255.255.254"):
        case.add("lan", destination, udp("lan", destination), to=UPLINK)

    Case("route-two-halves", "0.0.0.0/1 and 128.0.0.0/1 together outdo the default route", HEAD + """
routes:
  - {to: 0.0.0.0/0, via: 192.0.2.254}
  - {to: 0.0.0.0/1, via: 198.51.100.2}
  - {to: 128.0.0.0/1, via: 198.51.100.3}
""".lstrip() + NEIGHBOURS.lstrip()) \
        .add("wan", "1.0.0.0", udp("wan", "1.0.0.0"), to=INSIDE) \
        .add("wan", "126.255.255.255", udp("wan", "126.255.255.255"), to=INSIDE) \
        .add("wan", "128.0.0.0", udp("wan", "128.0.0.0"), to=THIRD) \
        .add("wan", "223.255.255.255", udp("wan", "223.255.255.255"), to=THIRD)

    Case("route-none", "A destination under no prefix has no route (RFC 1812, 5.2.4.3 and 4.3.3.1)", HEAD
         + "routes:\n  - {to: 10.1.0.0/16, via: 198.51.100.2}\n" + NEIGHBOURS.lstrip()) \
        .drop("noRoute", "wan", {to: udp("wan", to) for to in (
            "10.0.255.255", "10.2.0.0", "8.8.8.8", "1.0.0.0", "223.255.255.255", "198.51.101.1")}) \
        .drop("noRoute", "wan", {"8.8.8.8 with TTL 1": udp("wan", "8.8.8.8", ttl=1)}) \
        .add("wan", "10.1.0.0", udp("wan", "10.1.0.0"), to=INSIDE) \
        .add("wan", "10.1.255.255", udp("wan", "10.1.255.255"), to=INSIDE)

    Case("route-without-routes", "Without routes the connected networks are all there is", HEAD
         + NEIGHBOURS.lstrip()) \
        .add("wan", "a host on lan", udp("wan", "198.51.100.2"), to=INSIDE) \
        .add("lan", "a host on wan", udp("lan", "192.0.2.254"), to=UPLINK) \
        .drop("noRoute", "lan", {"anywhere else": udp("lan", "8.8.8.8")})

    Case("route-inside-connected-network",
         "A longer prefix inside a connected network outdoes the network (RFC 1812, 5.2.4.3)", HEAD + """
routes:
  - {to: 198.51.100.128/25, via: 192.0.2.254}
  - {to: 198.51.100.3/32, via: 198.51.100.2}
""".lstrip() + NEIGHBOURS.lstrip()
         + "  - {port: lan, address: 198.51.100.200, mac: 02:00:00:00:02:c8}\n") \
        .add("lan", "198.51.100.129, in the /25", udp("lan", "198.51.100.129"), to=UPLINK) \
        .add("wan", "198.51.100.2, on the network", udp("wan", "198.51.100.2"), to=INSIDE) \
        .add("wan", "198.51.100.3, a neighbour with a route by another", udp("wan", "198.51.100.3"),
             to=INSIDE) \
        .add("lan", "198.51.100.200, a neighbour in the /25", udp("lan", "198.51.100.200"), to=UPLINK)

    Case("route-around-connected-network",
         "A connected network outdoes a shorter prefix around it (RFC 1812, 5.2.4.3)", HEAD + """
routes:
  - {to: 198.51.0.0/16, via: 192.0.2.254}
  - {to: 192.0.0.0/8, action: blackhole}
""".lstrip() + NEIGHBOURS.lstrip()) \
        .add("wan", "198.51.100.2, on the network", udp("wan", "198.51.100.2"), to=INSIDE) \
        .add("lan", "198.51.99.255, beside it", udp("lan", "198.51.99.255"), to=UPLINK) \
        .add("lan", "192.0.2.254, on the network", udp("lan", "192.0.2.254"), to=UPLINK) \
        .drop("blackhole", "lan", {"192.0.3.1, beside it": udp("lan", "192.0.3.1")})

    Case("route-by-destination-alone", "Source, protocol and TTL do not choose a route (RFC 1812, 5.2.1)") \
        .add("wan", "from 10.1.2.3", udp("wan", "10.0.0.9", src="10.1.2.3"), to=INSIDE) \
        .add("wan", "from a blackhole's prefix", udp("wan", "10.0.0.9", src="198.18.0.1"), to=INSIDE) \
        .add("wan", "from the destination itself", udp("wan", "10.0.0.9", src="10.0.0.9"), to=INSIDE) \
        .add("lan", "from an address that lies elsewhere", udp("lan", "10.0.0.9", src="8.8.8.8"),
             to=INSIDE) \
        .add("dmz", "from a host of another port's network", udp("dmz", "10.0.0.9", src="192.0.2.9"), to=INSIDE)

    Case("route-back-out", "A packet may leave by the port that it came in by (RFC 1812, 5.2.7.2)") \
        .add("lan", "lan to lan", udp("lan", "10.1.0.1", src="10.0.0.5"), to=THIRD) \
        .add("wan", "wan to wan", udp("wan", "9.9.9.9"), to=UPLINK)


def actions():
    Case("route-blackhole", "A blackhole drops its prefix, and not a longer one inside") \
        .drop("blackhole", "wan", {to: udp("wan", to) for to in (
            "198.18.0.0", "198.18.7.6", "198.18.7.8", "198.19.255.255")}) \
        .add("wan", "198.18.7.7, a route inside", udp("wan", "198.18.7.7"), to=("dmz", "203.0.113.2")) \
        .add("lan", "198.17.255.255, before it", udp("lan", "198.17.255.255"), to=UPLINK) \
        .add("lan", "198.20.0.0, behind it", udp("lan", "198.20.0.0"), to=UPLINK)

    Case("route-unreachable",
         "An unreachable prefix drops, and not a longer one inside (RFC 1812, 4.3.3.1)") \
        .drop("unreachable", "wan", {to: udp("wan", to) for to in (
            "10.99.0.0", "10.99.0.255", "10.99.2.0", "10.99.255.255")}) \
        .drop("unreachable", "wan", {"TTL 1": udp("wan", "10.99.0.1", ttl=1)}) \
        .add("wan", "10.99.1.0, a route inside", udp("wan", "10.99.1.0"), to=INSIDE) \
        .add("wan", "10.98.255.255, before it", udp("wan", "10.98.255.255"), to=INSIDE) \
        .add("wan", "10.100.0.0, behind it", udp("wan", "10.100.0.0"), to=INSIDE)

    example = Case("route-example-config",
                   "config/router.yaml, where everybody begins: a host inside an unreachable prefix, a blackhole",
                   "../../../config/router.yaml")
    example.add("lan", "203.0.113.7, a /32", udp("lan", "203.0.113.7"), to=("wan", "192.0.2.10"))
    example.drop("unreachable", "lan", {"203.0.113.8": udp("lan", "203.0.113.8")})
    example.drop("blackhole", "lan", {"198.18.0.1": udp("lan", "198.18.0.1")})
    example.add("lan", "192.0.2.9, on wan's network", udp("lan", "192.0.2.9"), to=("wan", "192.0.2.9"))
    example.add("wan", "198.51.100.2, on lan's network", udp("wan", "198.51.100.2"), to=INSIDE)
    example.drop("noNeighbour", "wan", {"198.51.100.77": udp("wan", "198.51.100.77")})

    Case("route-default-unreachable", "The default route can be an action", HEAD + """
routes:
  - {to: 0.0.0.0/0, action: unreachable}
  - {to: 10.0.0.0/8, via: 198.51.100.2}
  - {to: 10.66.0.0/16, action: blackhole}
""".lstrip() + NEIGHBOURS.lstrip()) \
        .drop("unreachable", "lan", {"8.8.8.8": udp("lan", "8.8.8.8"), "11.0.0.0": udp("lan", "11.0.0.0")}) \
        .drop("blackhole", "wan", {"10.66.1.1": udp("wan", "10.66.1.1")}) \
        .add("wan", "10.65.1.1", udp("wan", "10.65.1.1"), to=INSIDE)


# Which next hop of a group takes a flow is the forwarder's own choice: these cases hold whatever it
# is. Their members are on one port, and the destination MAC is a variable or is not compared.

MEMBER = ("dmz", "203.0.113.2")


def one_member(port, count, variable="$member"):
    return [{"port": port, "frame": number, "fields": {"ethernet.destination": variable}}
            for number in range(1, count + 1)]


def next_hops():
    case = Case("next-hops-one-flow", "All packets of a flow take the same next hop (RFC 2992, 2)",
                ignore=["ethernet.destination"], frames=one_member("dmz", 8))
    for what, fields in {
            "as it is": {}, "TTL 2": {"ttl": 2}, "TTL 255": {"ttl": 255},
            "another identification": {"id": 4711}, "another DSCP": {"tos": 0xB8},
            "congestion experienced": {"tos": 0x03}, "do not fragment": {"flags": "DF"},
            "longer": {"payload": 1000}}.items():
        case.add("wan", what, udp("wan", "172.16.0.1", **fields), to=MEMBER)

    case = Case("next-hops-fragments",
                "All fragments of a datagram, the first too, take the same next hop",
                ignore=["ethernet.destination"], frames=one_member("dmz", 3))
    head = UDP(sport=53, dport=40000, len=8 + 40, chksum=0) / Raw(bytes(8))
    for what, fields, body in (("the first, with the ports", {"flags": "MF"}, head),
                               ("the second", {"flags": "MF", "frag": 2}, Raw(bytes(16))),
                               ("the last", {"frag": 4}, Raw(bytes(16)))):
        case.add("wan", what, ether("wan") / ip("wan", "172.16.0.2", proto=17, **fields) / body,
                 to=MEMBER)

    case = Case("next-hops-fragments-out-of-order",
                "Fragments take the same next hop in whatever order they come",
                ignore=["ethernet.destination"], frames=one_member("dmz", 3))
    for what, fields, body in (("the last", {"frag": 4}, Raw(bytes(16))),
                               ("the first, with the ports", {"flags": "MF"}, head),
                               ("the second", {"flags": "MF", "frag": 2}, Raw(bytes(16)))):
        case.add("wan", what, ether("wan") / ip("wan", "172.16.0.3", proto=17, **fields) / body,
                 to=MEMBER)

    both = HEAD + """  dmz: {device: vdev:net_null2, mac: 02:00:00:00:03:01, addresses: [203.0.113.1/25]}
routes:
  - {to: 172.16.0.0/12, via: [203.0.113.2, 203.0.113.3]}
  - {to: 8.0.0.0/8, via: [198.51.100.2, 198.51.100.3]}
neighbours:
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
  - {port: lan, address: 198.51.100.3, mac: 02:00:00:00:02:03}
  - {port: dmz, address: 203.0.113.2, mac: 02:00:00:00:03:02}
  - {port: dmz, address: 203.0.113.3, mac: 02:00:00:00:03:03}
"""
    case = Case("next-hops-both-directions", "Each direction of a connection keeps to one next hop", both,
                ignore=["ethernet.destination"],
                frames=one_member("dmz", 4, "$there") + one_member("lan", 4, "$back"))
    for flags in ("S", "A", "PA", "FA"):
        case.add("wan", f"there, {flags}", tcp("wan", "172.16.5.5", flags), to=MEMBER)
        case.add("dmz", f"back, {flags}", ether("dmz") / ip("dmz", "8.8.4.4", src="172.16.5.5")
                 / TCP(sport=443, dport=4000, flags=flags), to=INSIDE)

    generator = random.Random(5)
    case = Case("next-hops-many-flows",
                "Each packet of many flows leaves by a next hop of its group, none twice and none lost",
                ignore=["ethernet.destination"], describe=False)
    for number in range(64):
        upper = (UDP(sport=generator.randrange(1024, 65536), dport=53),
                 TCP(sport=generator.randrange(1024, 65536), dport=443),
                 ICMP(type=8, id=number))[number % 3]
        case.add("wan", f"flow {number}",
                 ether("wan") / ip("wan", f"172.{generator.randrange(16, 32)}.0.{number}") / upper,
                 to=MEMBER)

    # Here the choice is computed: see README.md.
    weighted = HEAD + """  dmz: {device: vdev:net_null2, mac: 02:00:00:00:03:01, addresses: [203.0.113.1/25]}
routes:
  - to: 172.16.0.0/12
    via:
      - {address: 203.0.113.2, weight: 6}
      - {address: 198.51.100.2, weight: 2}
neighbours:
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
  - {port: dmz, address: 203.0.113.2, mac: 02:00:00:00:03:02}
"""
    case = Case("next-hops-weights",
                "Next hops on two ports share flows three to one, each flow as on every machine",
                weighted, members_by_hash=True, describe=False)
    chosen = []
    for number in range(96):
        packet = ether("wan") / ip("wan", f"172.16.{number}.1") / (UDP, TCP)[number % 2](
            sport=1024 + 7 * number, dport=443)
        chosen.append(chosen_member(case, packet))
        case.add("wan", f"flow {number}", packet,
                 to=(("dmz", "203.0.113.2"), ("lan", "198.51.100.2"))[chosen[-1]])
    # Five standard deviations about a quarter of 96.
    assert 3 <= chosen.count(1) <= 45, chosen.count(1)

    seeds(weighted)

    Case("next-hops-too-small", "A packet larger than each next hop's MTU is dropped, whichever takes it",
         both.replace("mac: 02:00:00:00:03:01,", "mac: 02:00:00:00:03:01, mtu: 1400,"),
         members_by_hash=True) \
        .drop("exceedsMTU", "wan", {
            "1401 bytes": udp("wan", "172.16.0.1", payload=1373, flags="DF"),
            "1401 bytes, another flow": udp("wan", "172.16.0.2", payload=1373, flags="DF")})

    Case("next-hop-alone", "A list of one next hop is that next hop, whatever its weight", HEAD + """
routes:
  - {to: 10.0.0.0/8, via: [{address: 198.51.100.2, weight: 256}]}
""".lstrip() + NEIGHBOURS.lstrip()) \
        .add("wan", "a flow", udp("wan", "10.0.0.9"), to=INSIDE) \
        .add("wan", "another", udp("wan", "10.200.0.9", sport=9), to=INSIDE)


def flows(count):
    return [ether("wan") / ip("wan", f"172.{16 + number % 16}.{number}.1")
            / (UDP, TCP)[number % 2](sport=1024 + 7 * number, dport=443) for number in range(count)]


def seeds(weighted):
    """The choice depends on a seed: docs/configuration.md, hash."""
    members = (("dmz", "203.0.113.2"), ("lan", "198.51.100.2"))
    even = weighted.replace("weight: 6", "weight: 1").replace("weight: 2", "weight: 1")

    def spread(name, title, config, packets):
        case = Case(name, title, config, members_by_hash=True, describe=False)
        chosen = [chosen_member(case, packet) for packet in packets]
        for number, (packet, member) in enumerate(zip(packets, chosen)):
            case.add("wan", f"flow {number}", packet, to=members[member])
        # Five standard deviations about the half.
        assert abs(chosen.count(1) - len(packets) / 2) < 2.5 * len(packets)**0.5, chosen.count(1)
        return chosen

    before = spread("next-hops-seed", "A seed of the file's own decides which flow takes which next hop",
                    even + "hash: {seed: 4294967295}\n", flows(96))
    other = spread("next-hops-seed-zero", "A seed of 0 is a seed", even + "hash: {seed: 0}\n", flows(96))
    assert before != other

    # What a router in front of this one, with other addresses and the same routes, sends by its first
    # next hop: without a seed of its own this one would send all of it by its first, too.
    front = model_router.ModelRouter(
        model_router.parse_config(even.replace(".1/", ".17/")), members_by_hash=True)
    taken = [packet for packet in flows(192) if front.member(bytes(packet)[14:]) == 0]
    spread("next-hops-second-router",
           "Of the flows that one router sends by one next hop, the router behind it sends half by each of "
           "its own", even, taken)


def chosen_member(case, packet):
    return model_router.ModelRouter(case.config, members_by_hash=True).member(bytes(packet)[14:])


def dotted(address):
    return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))
