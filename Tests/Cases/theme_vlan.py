# SPDX-License-Identifier: Apache-2.0
"""VLANs: interfaces of tagged frames, routed and cross-connected (IEEE 802.1Q, 802.1ad)."""

from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import ARP, Dot1AD, Dot1Q, Ether
from scapy.packet import Raw

from casebook import Case

# A trunk with two VLANs of 802.1Q, one of 802.1ad, and two customers' behind outer tags of either kind.
TRUNK = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  trunk: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
interfaces:
  trunk.100: {addresses: [10.1.0.1/24]}
  trunk.200: {addresses: [10.2.0.1/24], mtu: 1400}
  trunk.300: {addresses: [10.3.0.1/24], encapsulation: 802.1ad}
  trunk.400.7: {addresses: [10.4.7.1/24]}
  trunk.400.8: {addresses: [10.4.8.1/24], encapsulation: 802.1Q}
routes:
  - {to: 0.0.0.0/0, via: 192.0.2.254}
  - {to: 172.16.0.0/12, via: [10.1.0.2, 10.4.7.2]}
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
  - {port: trunk, address: 198.51.100.2, mac: 02:00:00:00:02:02}
  - {port: trunk.100, address: 10.1.0.2, mac: 02:00:00:00:64:02}
  - {port: trunk.200, address: 10.2.0.2, mac: 02:00:00:00:c8:02}
  - {port: trunk.300, address: 10.3.0.2, mac: 02:00:00:01:2c:02}
  - {port: trunk.400.7, address: 10.4.7.2, mac: 02:00:00:04:07:02}
  - {port: trunk.400.8, address: 10.4.8.2, mac: 02:00:00:04:08:02}
"""

CROSSED = """
version: 1
forward: cross-connect
ports:
  a: {device: vdev:net_null0}
  b: {device: vdev:net_null1}
  c: {device: vdev:net_null2}
  d: {device: vdev:net_null3}
  e: {device: vdev:net_null4, mtu: 1400}
interfaces:
  a.100:
  a.200: {encapsulation: 802.1ad}
  a.300.7:
  a.500:
  b.400:
  b.600:
crossConnect: [[a.100, b.400], [a.200, c], [a.300.7, d], [a, b.600], [a.500, e]]
"""

# Two tags on both sides, and one on one.
DOUBLE = """
version: 1
forward: cross-connect
ports:
  a: {device: vdev:net_null0}
  b: {device: vdev:net_null1}
interfaces:
  a.300.7:
  a.100:
  b.400.8: {encapsulation: 802.1Q}
  b.500.9:
crossConnect: [[a.300.7, b.400.8], [a.100, b.500.9]]
"""

# VLANs of b that frames of a could be made for by a second tag.
APART = """
version: 1
forward: cross-connect
ports:
  a: {device: vdev:net_null0}
  b: {device: vdev:net_null1}
  c: {device: vdev:net_null2}
interfaces:
  a.300:
  a.400:
  b.200:
  b.200.7: {encapsulation: 802.1Q}
  b.100:
  c.5:
  c.6:
crossConnect: [[a.300, b.200], [a.400, b], [b.200.7, c.5], [b.100, c.6]]
"""

HOSTS = {"trunk": "198.51.100.2", "trunk.100": "10.1.0.2", "trunk.200": "10.2.0.2",
         "trunk.300": "10.3.0.2", "trunk.400.7": "10.4.7.2", "trunk.400.8": "10.4.8.2"}
TAGS = {"wan": [], "trunk": [], "trunk.100": [Dot1Q(vlan=100)], "trunk.200": [Dot1Q(vlan=200)],
        "trunk.300": [Dot1AD(vlan=300)], "trunk.400.7": [Dot1AD(vlan=400), Dot1Q(vlan=7)],
        "trunk.400.8": [Dot1Q(vlan=400), Dot1Q(vlan=8)]}
MAC = {"wan": "02:00:00:00:01:01", "trunk": "02:00:00:00:02:01"}


def frame(interface, to, tags=None, payload=26, dst=None, **fields):
    """A UDP packet that comes in by an interface."""
    port = interface.split(".")[0]
    packet = Ether(src="02:00:00:00:0f:0f", dst=dst or MAC[port])
    for tag in TAGS[interface] if tags is None else tags:
        packet /= tag
    source = HOSTS.get(interface, "8.8.8.8")
    return packet / IP(**{"src": source, "dst": to, "id": 9, "ttl": 64, **fields}) \
        / UDP(sport=4000, dport=5000) / Raw(bytes(index & 255 for index in range(payload)))


def build():
    case = Case("vlan-each-way", "From each interface to each: untagged, 802.1Q, 802.1ad, and two tags with an outer "
                "one of either kind", TRUNK)
    for source in ["wan", *HOSTS]:
        for target, host in HOSTS.items():
            if source != target:
                case.add(source.split(".")[0], f"{source} to {target}", frame(source, host),
                         to=(target, host))
        if source != "wan":
            case.add("trunk", f"{source} to wan", frame(source, "8.8.8.8"), to=("wan", "192.0.2.254"))

    Case("vlan-priority", "Priority and drop-eligible bit do not decide, a tag that has nothing else is none "
         "(IEEE 802.1Q, 6.9.1), and routed packets leave with priority 0", TRUNK) \
        .add("trunk", "PCP 5 from VLAN to VLAN", frame("trunk", "10.2.0.2", [Dot1Q(vlan=100, prio=5, id=1)]),
             to=("trunk.200", "10.2.0.2")) \
        .add("trunk", "PCP 7, DEI", frame("trunk", "8.8.8.8", [Dot1Q(vlan=100, prio=7, id=1)]),
             to=("wan", "192.0.2.254")) \
        .add("trunk", "a priority tag", frame("trunk", "8.8.8.8", [Dot1Q(vlan=0, prio=5)]),
             to=("wan", "192.0.2.254")) \
        .add("trunk", "a priority tag of 802.1ad", frame("trunk", "10.1.0.2", [Dot1AD(vlan=0, prio=5)]),
             to=("trunk.100", "10.1.0.2")) \
        .add("trunk", "a priority tag in front of a VLAN's",
             frame("trunk", "8.8.8.8", [Dot1Q(vlan=0, prio=5), Dot1Q(vlan=100)]),
             to=("wan", "192.0.2.254")) \
        .add("wan", "a priority tag where no VLAN is", frame("wan", "10.1.0.2", [Dot1Q(vlan=0)]),
             to=("trunk.100", "10.1.0.2"))

    Case("vlan-unknown", "Tags that no interface of the port has are dropped by name (IEEE 802.1Q, 8.6.2)", TRUNK) \
        .drop("unknownVLAN", "trunk", {
            "another identifier": frame("trunk", "8.8.8.8", [Dot1Q(vlan=101)]),
            "identifier 4095": frame("trunk", "8.8.8.8", [Dot1Q(vlan=4095)]),
            "the right identifier, of 802.1ad": frame("trunk", "8.8.8.8", [Dot1AD(vlan=100)]),
            "the right identifier, of 802.1Q": frame("trunk", "8.8.8.8", [Dot1Q(vlan=300)]),
            "an inner tag too many": frame("trunk", "8.8.8.8", [Dot1Q(vlan=100), Dot1Q(vlan=7)]),
            "the inner tag is missing": frame("trunk", "8.8.8.8", [Dot1AD(vlan=400)]),
            "another inner identifier": frame("trunk", "8.8.8.8", [Dot1AD(vlan=400), Dot1Q(vlan=9)]),
            "the outer type of another customer":
                frame("trunk", "8.8.8.8", [Dot1AD(vlan=400), Dot1Q(vlan=8)]),
            "an inner tag of 802.1ad":
                frame("trunk", "8.8.8.8", [Dot1AD(vlan=400), Dot1AD(vlan=7)]),
            "three tags":
                frame("trunk", "8.8.8.8", [Dot1AD(vlan=400), Dot1Q(vlan=7), Dot1Q(vlan=1)]),
            "two priority tags": frame("trunk", "8.8.8.8", [Dot1Q(vlan=0), Dot1Q(vlan=0)]),
        }) \
        .drop("unknownVLAN", "wan", {"a port without VLANs": frame("wan", "10.1.0.2", [Dot1Q(vlan=100)])}) \
        .drop("notForUs", "trunk", {
            "another's MAC": frame("trunk.100", "8.8.8.8", dst="02:00:00:00:77:77"),
            "another's MAC, an unknown VLAN":
                frame("trunk", "8.8.8.8", [Dot1Q(vlan=101)], dst="02:00:00:00:77:77")}) \
        .add("trunk", "a VLAN's", frame("trunk.100", "8.8.8.8"), to=("wan", "192.0.2.254"))

    whole = bytes(frame("trunk.400.7", "8.8.8.8"))
    case = Case("vlan-truncated", "A frame that ends inside its tags, or in the IPv4 header behind them, is dropped",
                TRUNK)
    for length in (14, 15, 17, 18, 19, 21, 22, 30, 41):
        case.add("trunk", f"{length} bytes", whole[:length], drop="truncatedFrame")
    case.add("trunk", "the whole frame", whole, to=("wan", "192.0.2.254"))

    Case("vlan-other-protocols", "What a router does not handle has the same names behind tags", TRUNK) \
        .drop("arpNotForUs", "trunk", {
            "ARP for another": Ether(src="02:00:00:00:00:0a", dst="ff:ff:ff:ff:ff:ff") / Dot1Q(vlan=100)
            / ARP(hwsrc="02:00:00:00:00:0a", psrc="10.1.0.2", pdst="10.1.0.3"),
            "ARP for another VLAN's address": Ether(src="02:00:00:00:00:0a", dst="ff:ff:ff:ff:ff:ff") / Dot1Q(vlan=100)
            / ARP(hwsrc="02:00:00:00:00:0a", psrc="10.1.0.2", pdst="10.2.0.1")}) \
        .drop("ipv6NotHandled", "trunk", {
            "IPv6": Ether(dst=MAC["trunk"]) / Dot1AD(vlan=400) / Dot1Q(vlan=7)
            / IPv6(src="2001:db8::1", dst="2001:db8::2") / ICMPv6EchoRequest()}) \
        .drop("linkLayerBroadcast", "trunk", {
            "a unicast packet by broadcast":
                frame("trunk.100", "8.8.8.8", dst="ff:ff:ff:ff:ff:ff")}) \
        .drop("localNotHandled", "trunk", {
            "to the address of its own VLAN": frame("trunk.100", "10.1.0.1"),
            "to that of another": frame("trunk.100", "10.2.0.1")}) \
        .drop("directedBroadcast", "wan", {"a VLAN's network": frame("wan", "10.1.0.255")}) \
        .drop("noNeighbour", "wan", {"a host without a MAC": frame("wan", "10.3.0.77")}) \
        .drop("timeToLiveExpired", "trunk", {"TTL 1": frame("trunk.300", "8.8.8.8", ttl=1)}) \
        .drop("martianSource", "trunk", {
            "from a VLAN's own address": frame("trunk.100", "8.8.8.8", src="10.2.0.1"),
            "from a VLAN's broadcast address": frame("trunk.100", "8.8.8.8", src="10.4.7.255")})

    Case("vlan-mtu", "Each interface has its MTU, and tags do not count for it: the port's, 4 less for two tags, or its "
         "own", TRUNK) \
        .add("wan", "1500 by one tag", frame("wan", "10.1.0.2", payload=1472), to=("trunk.100", "10.1.0.2")) \
        .add("wan", "1400 where that is the MTU", frame("wan", "10.2.0.2", payload=1372),
             to=("trunk.200", "10.2.0.2")) \
        .add("wan", "1496 by two tags", frame("wan", "10.4.7.2", payload=1468),
             to=("trunk.400.7", "10.4.7.2")) \
        .drop("exceedsMTU", "wan", {
            "1501 by one tag": frame("wan", "10.1.0.2", payload=1473, flags="DF"),
            "1401 where 1400 is the MTU": frame("wan", "10.2.0.2", payload=1373, flags="DF"),
            "1497 by two tags": frame("wan", "10.4.7.2", payload=1469, flags="DF")}) \
        .add("trunk", "1500 from one tag to none", frame("trunk.100", "8.8.8.8", payload=1472),
             to=("wan", "192.0.2.254"))

    Case("vlan-padding", "Padding behind a packet is cut, whatever tags it came with", TRUNK) \
        .add("trunk", "64 bytes with a tag", bytes(frame("trunk.100", "8.8.8.8", payload=0)) + b"\xee" * 18,
             to=("wan", "192.0.2.254")) \
        .add("wan", "60 bytes without", bytes(frame("wan", "10.4.7.2", payload=0)) + b"\xee" * 18,
             to=("trunk.400.7", "10.4.7.2"))

    case = Case("vlan-next-hops", "Flows are shared among next hops of different VLANs, with the hash of the packet "
                "alone: whatever tags it came with", TRUNK, members_by_hash=True)
    for number in range(12):
        for interface in ("trunk.300", "trunk", "wan"):
            case.add(interface.split(".")[0], f"flow {number} from {interface}",
                     frame(interface, f"172.16.{number}.9", src="203.0.113.9"), **way(case, number))

    step_text = TRUNK.replace("  trunk.200: {addresses: [10.2.0.1/24], mtu: 1400}\n", "").replace(
        "  - {port: trunk.200, address: 10.2.0.2, mac: 02:00:00:00:c8:02}\n", "").replace(
        "trunk.100: {addresses: [10.1.0.1/24]}", "trunk.100: {addresses: [10.1.0.1/24], mtu: 1000}")
    case = Case("vlan-reload", "A reload brings interfaces, takes them away and changes them",
                TRUNK, steps=[{"at": "1ms", "reload": "later.yaml"}, {"at": "3ms", "reload": "freeway.yaml"}])
    case.files["later.yaml"] = "# SPDX-License-Identifier: Apache-2.0\n" + step_text.lstrip("\n")
    case.add("trunk", "VLAN 200", frame("trunk.200", "8.8.8.8"), to=("wan", "192.0.2.254"), at=0) \
        .add("wan", "1001 bytes by VLAN 100", frame("wan", "10.1.0.2", payload=973),
             to=("trunk.100", "10.1.0.2"), at=1_000) \
        .add("trunk", "VLAN 200 is gone", frame("trunk.200", "8.8.8.8"), drop="unknownVLAN", at=2_000_000) \
        .add("wan", "1001 bytes by VLAN 100, which takes 1000", frame("wan", "10.1.0.2", payload=973, flags="DF"),
             drop="exceedsMTU", at=2_000_100) \
        .add("trunk", "VLAN 200 is there again", frame("trunk.200", "8.8.8.8"),
             to=("wan", "192.0.2.254"), at=4_000_000)

    crossed()


def way(case, number):
    """The next hop of a flow, as docs/configuration.md has the law."""
    import model
    packet = bytes(IP(src="203.0.113.9", dst=f"172.16.{number}.9") / UDP(sport=4000, dport=5000))
    slot = model.flow_hash(packet, model.seed_of_addresses(case.config)) * 2 >> 32
    return {"to": [("trunk.100", "10.1.0.2"), ("trunk.400.7", "10.4.7.2")][slot]}


def crossed():
    a, b = "02:00:00:00:0a:01", "02:00:00:00:0b:01"

    def made(*tags, size=46, kind=0x88B5):
        packet = Ether(src=a, dst=b)
        for tag in tags:
            packet /= tag
        packet.lastlayer().type = kind
        return bytes(packet) + bytes(index & 255 for index in range(size))

    Case("vlan-crossed", "Cross-connects of interfaces: tags are exchanged, taken away and put on, and all else stays",
         CROSSED) \
        .cross("a", "100 becomes 400", made(Dot1Q(vlan=100)), "b", made(Dot1Q(vlan=400))) \
        .cross("b", "400 becomes 100", made(Dot1Q(vlan=400)), "a", made(Dot1Q(vlan=100))) \
        .cross("a", "PCP and DEI stay", made(Dot1Q(vlan=100, prio=6, id=1)), "b",
               made(Dot1Q(vlan=400, prio=6, id=1))) \
        .cross("a", "802.1ad is taken away", made(Dot1AD(vlan=200)), "c", made()) \
        .cross("c", "and put on", made(), "a", made(Dot1AD(vlan=200))) \
        .cross("a", "two tags are taken away", made(Dot1AD(vlan=300), Dot1Q(vlan=7)), "d", made()) \
        .cross("d", "and put on", made(), "a", made(Dot1AD(vlan=300), Dot1Q(vlan=7))) \
        .cross("a", "no tag becomes 600", made(), "b", made(Dot1Q(vlan=600))) \
        .cross("b", "600 becomes none", made(Dot1Q(vlan=600)), "a", made()) \
        .cross("a", "a priority tag counts as none, and the priority stays",
               made(Dot1Q(vlan=0, prio=3)), "b", made(Dot1Q(vlan=600, prio=3)))

    Case("vlan-crossed-inner", "Tags behind an interface's own are the customer's: they stay (IEEE 802.1ad)", CROSSED) \
        .cross("a", "an inner tag", made(Dot1Q(vlan=100), Dot1Q(vlan=9, prio=2)), "b",
               made(Dot1Q(vlan=400), Dot1Q(vlan=9, prio=2))) \
        .cross("a", "a customer's VLANs by a service tag", made(Dot1AD(vlan=200), Dot1Q(vlan=9)), "c",
               made(Dot1Q(vlan=9))) \
        .cross("c", "and back", made(Dot1Q(vlan=9, prio=5)), "a", made(Dot1AD(vlan=200), Dot1Q(vlan=9, prio=5))) \
        .cross("c", "two of the customer's", made(Dot1AD(vlan=8), Dot1Q(vlan=9)), "a",
               made(Dot1AD(vlan=200), Dot1AD(vlan=8), Dot1Q(vlan=9)))

    Case("vlan-crossed-double", "Between interfaces with one tag and with two each keeps its priority (IEEE 802.1Q, 6.9.3)",
         DOUBLE) \
        .cross("a", "two become two", made(Dot1AD(vlan=300, prio=1), Dot1Q(vlan=7, prio=5, id=1)), "b",
               made(Dot1Q(vlan=400, prio=1), Dot1Q(vlan=8, prio=5, id=1))) \
        .cross("b", "and back", made(Dot1Q(vlan=400, prio=2), Dot1Q(vlan=8, prio=6)), "a",
               made(Dot1AD(vlan=300, prio=2), Dot1Q(vlan=7, prio=6))) \
        .cross("a", "one becomes two", made(Dot1Q(vlan=100, prio=3)), "b",
               made(Dot1AD(vlan=500, prio=3), Dot1Q(vlan=9))) \
        .cross("b", "two become one", made(Dot1AD(vlan=500, prio=4), Dot1Q(vlan=9, prio=5)), "a",
               made(Dot1Q(vlan=100, prio=4))) \
        .cross("a", "a priority tag in front of two", made(Dot1Q(vlan=0, prio=7), Dot1AD(vlan=300), Dot1Q(vlan=7, prio=2)),
               "b", made(Dot1Q(vlan=400, prio=7), Dot1Q(vlan=8, prio=2)))

    Case("vlan-crossed-apart", "A tag that stays behind an interface's own makes no frame another interface's: no VLAN "
         "is reached from another", APART) \
        .cross("a", "300 becomes 200", made(Dot1Q(vlan=300)), "b", made(Dot1Q(vlan=200))) \
        .cross("a", "a customer's tag that is nobody's", made(Dot1Q(vlan=300), Dot1Q(vlan=9)), "b",
               made(Dot1Q(vlan=200), Dot1Q(vlan=9))) \
        .drop("unknownVLAN", "a", {
            "it would be b.200.7's": made(Dot1Q(vlan=300), Dot1Q(vlan=7)),
            "it would be b.100's": made(Dot1Q(vlan=400), Dot1Q(vlan=100)),
            "a port with VLANs takes no tags without": made(Dot1Q(vlan=400), Dot1Q(vlan=99))}) \
        .cross("a", "without a customer's tag", made(Dot1Q(vlan=400)), "b", made())

    Case("vlan-crossed-unknown", "Of a cross-connect, too, tags that no interface has are dropped by name", CROSSED) \
        .drop("unknownVLAN", "a", {
            "another identifier": made(Dot1Q(vlan=101)),
            "another type": made(Dot1AD(vlan=100)),
            "the outer tag alone": made(Dot1AD(vlan=300)),
            "another inner tag": made(Dot1AD(vlan=300), Dot1Q(vlan=8))}) \
        .drop("notConnected", "b", {"the untagged frames of a port with VLANs": made()}) \
        .drop("truncatedFrame", "a", {
            "13 bytes": made()[:13], "a tag that is cut": made(Dot1Q(vlan=100))[:17],
            "an inner tag that is cut": made(Dot1AD(vlan=300), Dot1Q(vlan=7))[:20]}) \
        .drop("truncatedFrame", "c", {"a runt has no place for a tag": made()[:13]})

    Case("vlan-crossed-mtu", "The MTU counts without the interface's own tags; others make room for themselves", CROSSED) \
        .cross("a", "1400", made(Dot1Q(vlan=500), size=1400), "e", made(size=1400)) \
        .cross("a", "1400 and a customer's tag", made(Dot1Q(vlan=500), Dot1Q(vlan=3), size=1400), "e",
               made(Dot1Q(vlan=3), size=1400)) \
        .drop("exceedsMTU", "a", {
            "1401": made(Dot1Q(vlan=500), size=1401),
            "1401 and a customer's tag": made(Dot1Q(vlan=500), Dot1Q(vlan=3), size=1401)}) \
        .cross("e", "back, nothing is measured", made(size=1500), "a", made(Dot1Q(vlan=500), size=1500))
