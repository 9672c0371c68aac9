# SPDX-License-Identifier: Apache-2.0
"""What the router says itself: answers to echo requests and to ARP, and ICMP messages about errors."""

from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.l2 import ARP, Dot1AD, Dot1Q, Ether
from scapy.packet import Raw

from casebook import HOST_MAC, INSIDE, PORT_MAC, Case, echo, ether, ip, tcp, udp
from frames import BROADCAST

TO = "10.0.0.9"

NO_DEFAULT = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24, 192.0.2.129/25]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
routes:
  - {to: 8.8.4.0/24, via: 192.0.2.254}
  - {to: 10.0.0.0/8, via: 198.51.100.2}
  - {to: 10.9.0.0/16, action: unreachable}
  - {to: 10.8.0.0/16, action: prohibit}
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
"""

LIMITED = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
routes: [{to: 8.8.4.0/24, via: 192.0.2.254}]
neighbours: [{port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}]
icmp: {errorsPerSecond: RATE}
"""

TRUNK = """
version: 1
forward: route
memory: {routes: 100}
ports:
  trunk: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [10.0.0.1/24]}
interfaces:
  trunk.100: {addresses: [10.1.0.1/24]}
  trunk.200: {addresses: [10.2.0.1/24], encapsulation: 802.1ad}
  trunk.300.7: {addresses: [10.3.0.1/24]}
neighbours:
  - {port: trunk, address: 10.0.0.2, mac: 02:00:00:00:00:02}
  - {port: trunk.100, address: 10.1.0.2, mac: 02:00:00:00:01:02}
  - {port: trunk.200, address: 10.2.0.2, mac: 02:00:00:00:02:02}
  - {port: trunk.300.7, address: 10.3.0.2, mac: 02:00:00:00:03:02}
"""

TAGS = {"trunk": [], "trunk.100": [Dot1Q(vlan=100)], "trunk.200": [Dot1AD(vlan=200)],
        "trunk.300.7": [Dot1AD(vlan=300), Dot1Q(vlan=7)]}


def request(port, sender, target, operation=1, destination=BROADCAST, source=None, **fields):
    source = source or HOST_MAC[port]
    return Ether(src=source, dst=destination) \
        / ARP(**{"op": operation, "hwsrc": source, "psrc": sender, "pdst": target, **fields})


def answered(case, port, frames, **others):
    for what, packet in frames.items():
        case.add(port, what, packet, answered=True, **others)
    return case


def build():
    echoes()
    errors()
    silences()
    limits()
    arp()
    tags()


def echoes():
    def ask(port, to, payload=32, **fields):
        return ether(port) / ip(port, to, **fields) / ICMP(type=8, id=1, seq=1) \
            / Raw(bytes(index & 255 for index in range(payload)))

    case = Case("rfc1812-23-echo", "An echo request to any own address is answered from there, with the data of the "
                "request (RFC 1812, 4.3.3.6)",
                frames=[{"port": "wan", "frame": 1, "fields": {
                    "icmp.type": 0, "ipv4.source": "192.0.2.1", "ipv4.destination": "8.8.4.4", "ipv4.timeToLive": 64}}])
    answered(case, "wan", {
        "to wan's address": ask("wan", "192.0.2.1"), "to lan's": ask("wan", "198.51.100.1"),
        "to dmz's second": ask("wan", "203.0.113.254"), "without data": ask("wan", "192.0.2.1", 0),
        "nothing but zeros": ether("wan") / ip("wan", "192.0.2.1") / ICMP(type=8, id=0, seq=0) / Raw(bytes(8)),
        "one byte": ask("wan", "192.0.2.1", 1), "as long as the MTU": ask("wan", "192.0.2.1", 1472),
        "may not be fragmented": ask("wan", "192.0.2.1", flags="DF"),
        "padded": bytes(ask("wan", "192.0.2.1", 2)) + bytes(16)})
    answered(case, "lan", {"from the inside": ask("lan", "198.51.100.1"), "to the other side": ask("lan", "192.0.2.1")})

    answered(Case("rfc1812-6-echo-any-ttl", "A packet to the router is taken whatever its TTL (RFC 1812, 4.2.2.9)"), "wan", {
        f"TTL {ttl}": ask("wan", "192.0.2.1", ttl=ttl) for ttl in (0, 1, 2, 255)})

    answered(Case("rfc1812-20-echo-tos", "An echo reply has the request's type of service (RFC 1812, 4.3.2.5)"), "wan", {
        f"0x{tos:02x}": ask("wan", "192.0.2.1", tos=tos) for tos in (0x00, 0x10, 0x2E << 2, 0xFF)})

    Case("rfc1812-23-no-echo", "What is no whole echo request is not answered, and has a reason") \
        .drop("badICMPChecksum", "wan", {
            "a wrong checksum": ether("wan") / ip("wan", "192.0.2.1") / ICMP(type=8, chksum=0x1234) / Raw(b"ping")}) \
        .drop("localNotHandled", "wan", {
            "an echo reply": ether("wan") / ip("wan", "192.0.2.1") / ICMP(type=0) / Raw(b"ping"),
            "another code": ether("wan") / ip("wan", "192.0.2.1") / ICMP(type=8, code=1) / Raw(b"ping"),
            "a timestamp request": ether("wan") / ip("wan", "192.0.2.1") / ICMP(type=13, ts_ori=1, ts_rx=0, ts_tx=0),
            "a redirect (RFC 1812, 4.3.3.2)": ether("wan") / ip("wan", "192.0.2.1") / ICMP(type=5),
            "seven bytes": ether("wan") / ip("wan", "192.0.2.1", proto=1) / Raw(bytes([8, 0, 0xF7, 0xFF, 0, 0, 0])),
            "with options": ether("wan") / ip("wan", "192.0.2.1", options=[b"\x01" * 4]) / ICMP(type=8),
            "UDP": udp("wan", "192.0.2.1"), "TCP": tcp("wan", "192.0.2.1")}) \
        .drop("linkLayerBroadcast", "wan", {
            "by broadcast": ether("wan", dst=BROADCAST) / ip("wan", "192.0.2.1") / ICMP(type=8)}) \
        .drop("directedBroadcast", "lan", {"to a broadcast address": echo("lan", "192.0.2.255")}) \
        .drop("martianSource", "lan", {
            "from a broadcast address": ether("lan") / ip("lan", "198.51.100.1", src="198.51.100.255") / ICMP(type=8)})


def errors():
    Case("rfc1812-17-net-unreachable", "A packet without a route is answered with 3/0, one by an unreachable route with "
         "3/1 (RFC 1812, 4.3.3.1)", NO_DEFAULT,
         frames=[{"port": "wan", "frame": 1, "fields": {"icmp.type": 3, "icmp.code": 0, "ipv4.source": "192.0.2.1"}},
                 {"port": "lan", "frame": 1, "fields": {"icmp.type": 3, "icmp.code": 1, "ipv4.source": "198.51.100.1"}}]) \
        .drop("noRoute", "wan", {"UDP": udp("wan", "172.16.0.1"), "TCP": tcp("wan", "172.16.0.1"),
                                 "an echo request": echo("wan", "172.16.0.1")}) \
        .drop("unreachable", "lan", {"by a route": udp("lan", "10.9.1.1")}) \
        .drop("noRoute", "lan", {"to nowhere": udp("lan", "172.16.0.1", src="198.51.100.2")})

    Case("rfc1812-17-prohibited", "A packet by a prohibit route is answered with 3/13 (RFC 1812, 5.2.7.1)", NO_DEFAULT,
         frames=[{"port": "lan", "frame": 1, "fields": {"icmp.type": 3, "icmp.code": 13, "ipv4.source": "198.51.100.1"}}]) \
        .drop("prohibited", "lan", {"UDP": udp("lan", "10.8.1.1"), "TCP": tcp("lan", "10.8.1.1")}) \
        .drop("prohibited", "wan", {"from the other side": udp("wan", "10.8.1.1")})

    bad = bytes(ether("wan") / ip("wan", "192.0.2.1") / UDP(sport=1, dport=161, chksum=0x1234) / Raw(b"get"))
    own = ("192.0.2.1", "198.51.100.1", "203.0.113.254")
    Case("rfc1812-17-port-unreachable", "UDP to an own address is answered with 3/3 from there, as the last hop of "
         "traceroute is (RFC 1122, 3.2.2.1)",
         frames=[{"port": "wan", "frame": number, "fields": {"icmp.type": 3, "icmp.code": 3, "ipv4.source": address}}
                 for number, address in enumerate(own, 1)]) \
        .drop("localNotHandled", "wan", {f"to {address}": udp("wan", address, dport=33434) for address in own}) \
        .drop("localNotHandled", "wan", {
            "without a checksum": ether("wan") / ip("wan", "192.0.2.1") / UDP(sport=1, dport=2, chksum=0),
            "with options": ether("wan") / ip("wan", "192.0.2.1", options=[b"\x01" * 8]) / UDP(sport=1, dport=2),
            "longer than what is quoted": udp("wan", "192.0.2.1", payload=1200),
            "shorter than its packet": ether("wan") / ip("wan", "192.0.2.1") / UDP(sport=1, dport=2, len=8, chksum=0)
            / Raw(bytes(8))}) \
        .drop("localNotHandled", "wan", {
            "a wrong checksum: silence": bad, "no whole header: silence": ether("wan")
            / ip("wan", "192.0.2.1", proto=17) / Raw(bytes(7)),
            "longer than its packet: silence": ether("wan") / ip("wan", "192.0.2.1") / UDP(sport=1, dport=2, len=99, chksum=0),
            "TCP: silence": tcp("wan", "192.0.2.1")})
    Case("rfc1812-17-protocol-unreachable", "A protocol that the router does not know is answered with 3/2 from the "
         "address that it was for (RFC 1122, 3.2.2.1)",
         frames=[{"port": "wan", "frame": 1, "fields": {"icmp.type": 3, "icmp.code": 2, "ipv4.source": "198.51.100.1"}}]) \
        .drop("localNotHandled", "wan", {
            f"protocol {number}": ether("wan") / ip("wan", "198.51.100.1", proto=number) / Raw(bytes(20))
            for number in (47, 50, 89, 132, 253)}) \
        .drop("localNotHandled", "wan", {
            "IGMP: silence": ether("wan") / ip("wan", "198.51.100.1", proto=2) / Raw(bytes(8))})
    Case("rfc1812-17-unclaimed-no-way-back", "Nothing is said where it would not get there", NO_DEFAULT) \
        .drop("localNotHandled", "wan", {"UDP": udp("wan", "192.0.2.1", src="172.16.0.9")})

    Case("rfc1812-5-time-exceeded", "A packet whose TTL is used up is answered with 11/0 (RFC 1812, 5.3.1)",
         frames=[{"port": "wan", "frame": 1, "fields": {
             "icmp.type": 11, "icmp.code": 0, "ipv4.source": "192.0.2.1", "ipv4.typeOfService": 192}}]) \
        .drop("timeToLiveExpired", "wan", {
            "UDP, as traceroute": udp("wan", TO, ttl=1, dport=33434), "TTL 0": udp("wan", TO, ttl=0),
            "an echo request, as mtr": ether("wan") / ip("wan", TO, ttl=1) / ICMP(type=8, id=2),
            "with options": ether("wan") / ip("wan", TO, ttl=1, options=[b"\x01" * 8]) / UDP(sport=5, dport=6),
            "a first fragment": ether("wan") / ip("wan", TO, ttl=1, flags="MF") / UDP(sport=7, dport=8) / Raw(bytes(16)),
            "a header and nothing else": ether("wan") / ip("wan", TO, ttl=1, proto=253)}) \
        .drop("timeToLiveExpired", "lan", {"from the inside": udp("lan", "8.8.8.8", ttl=1)})

    Case("rfc1812-16-df-too-big", "A packet that is too big and may not be fragmented is answered with 3/4 and the MTU "
         "(RFC 1191, 4)",
         frames=[{"port": "dmz", "frame": 1, "fields": {
             "icmp.type": 3, "icmp.code": 4, "icmp.rest": 1500, "ipv4.source": "203.0.113.1"}}]) \
        .drop("exceedsMTU", "dmz", {
            "1501 bytes": udp("dmz", TO, payload=1473, flags="DF"), "9000 bytes": udp("dmz", TO, payload=8972, flags="DF")}) \
        .add("dmz", "1500 bytes", udp("dmz", TO, payload=1472, flags="DF"), to=INSIDE)

    case = Case("rfc1812-18-quote", "A message has 576 bytes at most, and else all of the packet, not its padding "
                "(RFC 1812, 4.3.2.3)")
    for payload in (0, 1, 519, 520, 521, 1400):
        case.add("wan", f"{payload + 28} bytes", udp("wan", TO, payload=payload, ttl=1), drop="timeToLiveExpired")
    case.add("wan", "padded", bytes(udp("wan", TO, payload=4, ttl=1)) + bytes(14), drop="timeToLiveExpired")

    Case("rfc1812-19-source", "A message comes from an address of the interface by which it leaves (RFC 1812, 4.3.2.4)",
         frames=[{"port": "dmz", "frame": 1, "fields": {"ipv4.source": "203.0.113.254"}},
                 {"port": "wan", "frame": 1, "fields": {"ipv4.source": "192.0.2.1"}}]) \
        .drop("timeToLiveExpired", "dmz", {"to a host on the link of two": udp("dmz", TO, ttl=1, src="203.0.113.255")}) \
        .drop("timeToLiveExpired", "lan", {"its source is elsewhere": udp("lan", TO, ttl=1, src="8.8.4.4")})


def silences():
    """RFC 1812, 4.3.2.7."""
    about = IP(src="10.0.0.9", dst="8.8.4.4", id=9, ttl=3) / UDP(sport=1, dport=2)
    Case("rfc1812-21-about-errors", "There is no message about a message of an error, nor about ICMP that nobody knows "
         "(RFC 1812, 4.3.2.7)") \
        .drop("timeToLiveExpired", "wan", {
            **{f"type {kind}": ether("wan") / ip("wan", TO, ttl=1) / ICMP(type=kind) / Raw(bytes(about))
               for kind in (3, 4, 5, 11, 12)},
            "type 40": ether("wan") / ip("wan", TO, ttl=1) / ICMP(type=40),
            "no type": ether("wan") / ip("wan", TO, ttl=1, proto=1)})
    Case("rfc1812-21-later-fragment", "There is no message about a fragment but the first (RFC 1812, 4.3.2.7)") \
        .drop("timeToLiveExpired", "wan", {
            "a later fragment": ether("wan") / ip("wan", TO, ttl=1, frag=100, proto=17) / Raw(bytes(64))})
    Case("rfc1812-21-silent", "There is no message about a packet with a wrong header, from or to many, or to a blackhole "
         "(RFC 1812, 4.3.2.7)") \
        .drop("badChecksum", "wan", {"a wrong checksum": udp("wan", TO, ttl=1, chksum=0x1234)}) \
        .drop("martianSource", "wan", {"from 0.0.0.0": udp("wan", TO, ttl=1, src="0.0.0.0"),
                                       "from a group": udp("wan", TO, ttl=1, src="224.0.0.1")}) \
        .drop("multicast", "wan", {"to a group": udp("wan", "239.1.1.1", ttl=1)}) \
        .drop("linkLayerBroadcast", "wan", {
            "by broadcast": ether("wan", dst=BROADCAST) / ip("wan", TO, ttl=1) / UDP()}) \
        .drop("blackhole", "wan", {"to a blackhole": udp("wan", "198.18.0.1")}) \
        .add("dmz", "too big, and may be fragmented", udp("dmz", TO, payload=1473), to=INSIDE)
    Case("rfc1812-19-no-way-back", "There is no message where none would get to the source", NO_DEFAULT) \
        .drop("timeToLiveExpired", "wan", {"its source has no route": udp("wan", TO, ttl=1, src="172.16.0.9")})


def limits():
    case = Case("rfc1812-22-limit", "Of a thousand packets whose TTL is used up ten are answered at once, then as many as "
                "the limit lets (RFC 1812, 4.3.2.8)", LIMITED.replace("RATE", "1000"), describe=False,
                expect=["wan"])
    for index in range(1000):
        case.add("wan", f"packet {index}", udp("wan", "192.0.2.77", ttl=1, payload=0), drop="timeToLiveExpired",
                 after=1_000_000)
    case = Case("rfc1812-22-limit-by-flow", "A flow that is answered no more takes nothing from the others",
                LIMITED.replace("RATE", "1000"), describe=False)
    for index in range(200):
        case.add("wan", f"flow {index % 20}", udp("wan", "192.0.2.77", ttl=1, payload=0, sport=4000 + index % 20),
                 drop="timeToLiveExpired", after=10_000)
    case = Case("rfc1812-22-no-errors", "icmp.errorsPerSecond: 0 keeps the router silent about errors, not about echo",
                LIMITED.replace("RATE", "0"))
    case.add("wan", "TTL 1", udp("wan", "192.0.2.77", ttl=1), drop="timeToLiveExpired")
    case.add("wan", "an echo request", echo("wan", "192.0.2.1"), answered=True)


def arp():
    to = dict(destination=PORT_MAC["lan"])
    case = Case("rfc826-1-request", "A request for an own address is answered by unicast, with a frame of 42 bytes, "
                "whatever it was padded to (RFC 826; RFC 5227)",
                frames=[{"port": "lan", "frame": 1, "fields": {
                    "arp.operation": 2, "arp.senderHardwareAddress": PORT_MAC["lan"], "arp.senderAddress": "198.51.100.1",
                    "ethernet.destination": HOST_MAC["lan"]}}])
    answered(case, "lan", {
        "42 bytes": request("lan", "198.51.100.2", "198.51.100.1"),
        "60 bytes": bytes(request("lan", "198.51.100.2", "198.51.100.1")) + bytes(18),
        "64 bytes": bytes(request("lan", "198.51.100.2", "198.51.100.1")) + bytes(22),
        "by unicast (RFC 1122, 2.3.2.1)": request("lan", "198.51.100.2", "198.51.100.1", **to),
        "a probe, without a sender (RFC 5227, 2.1.1)": request("lan", "0.0.0.0", "198.51.100.1"),
        "by a host that has no entry": request("lan", "198.51.100.77", "198.51.100.1", source="02:00:00:00:02:77")})
    answered(case, "dmz", {"for its second address": request("dmz", "203.0.113.255", "203.0.113.254")})

    case = Case("rfc826-2-impossible", "ARP that is none of IPv4 over Ethernet, or comes from no host, is dropped "
                "(RFC 826; RFC 1812, 3.3.2)")
    ours = ("198.51.100.2", "198.51.100.1")
    case.drop("badARP", "lan", {
        "hardware type 6": request("lan", *ours, hwtype=6), "protocol 0x86dd": request("lan", *ours, ptype=0x86DD),
        "hardware addresses of 8 bytes": bytes(request("lan", *ours))[:18] + b"\x08" + bytes(request("lan", *ours))[19:],
        "protocol addresses of 16 bytes": bytes(request("lan", *ours))[:19] + b"\x10" + bytes(request("lan", *ours))[20:],
        "operation 3": request("lan", *ours, operation=3), "operation 0": request("lan", *ours, operation=0),
        "from a group's MAC": request("lan", *ours, hwsrc="01:00:5e:00:00:01"),
        "from the broadcast MAC": request("lan", *ours, hwsrc=BROADCAST),
        "from no MAC": request("lan", *ours, hwsrc="00:00:00:00:00:00")})
    case.drop("truncatedFrame", "lan", {
        "a byte too few": bytes(request("lan", *ours))[:41], "nothing": bytes(ether("lan", type=0x0806))})

    Case("rfc826-3-not-for-us", "ARP about others is nothing to answer (RFC 826)") \
        .drop("arpNotForUs", "lan", {
            "for another host": request("lan", "198.51.100.2", "198.51.100.3"),
            "for another interface's address": request("lan", "198.51.100.2", "192.0.2.1"),
            "gratuitous (RFC 5227, 3)": request("lan", "198.51.100.2", "198.51.100.2"),
            "a gratuitous answer": request("lan", "198.51.100.2", "198.51.100.2", operation=2)}) \
        .drop("arpUnsolicited", "lan", {
            "an answer that nobody asked for": request("lan", "198.51.100.2", "198.51.100.1", operation=2, **to)}) \
        .drop("notForUs", "lan", {
            "to another's MAC": request("lan", "198.51.100.2", "198.51.100.1", destination="02:00:00:00:02:99")})

    Case("rfc826-7-own-address", "Another host with our address is told by name, and not answered (RFC 5227, 2.4)") \
        .drop("addressConflict", "lan", {
            "it announces itself": request("lan", "198.51.100.1", "198.51.100.1"),
            "it asks for another": request("lan", "198.51.100.1", "198.51.100.2"),
            "it answers": request("lan", "198.51.100.1", "198.51.100.2", operation=2, **to)})

    Case("rfc826-8-foreign-sender", "Who is on no network of the interface is not answered") \
        .drop("arpForeignSender", "lan", {
            "from the other port's network": request("lan", "192.0.2.7", "198.51.100.1"),
            "from afar": request("lan", "8.8.8.8", "198.51.100.1")})


def tags():
    def frame(name, packet, destination="02:00:00:00:01:01"):
        result = Ether(src="02:00:00:00:00:0a", dst=destination)
        for tag in TAGS[name]:
            result /= tag
        return result / packet

    case = Case("vlan-answers", "Answers and messages leave with the tags of their interface: those of the question, or "
                "others", TRUNK)
    for number, name in enumerate(TAGS):
        host, own = f"10.{number}.0.2", f"10.{number}.0.1"
        case.add("trunk", f"ARP on {name}", frame(name, ARP(
            hwsrc="02:00:00:00:00:0a", psrc=host, pdst=own), BROADCAST), answered=True)
        case.add("trunk", f"echo on {name}", frame(name, IP(src=host, dst=own) / ICMP(type=8) / Raw(b"ping")), answered=True)
        case.add("trunk", f"TTL 1 on {name}", frame(name, IP(src=host, dst="10.1.0.2", ttl=1) / UDP(sport=1, dport=2)),
                 drop="timeToLiveExpired")
        case.add("trunk", f"echo on {name} for another network's address, from there", frame(
            name, IP(src=f"10.{(number + 1) % 4}.0.2", dst=own) / ICMP(type=8) / Raw(b"ping")), answered=True)
    case.add("trunk", "ARP with a priority alone", Ether(src="02:00:00:00:00:0a", dst=BROADCAST) / Dot1Q(vlan=0, prio=5)
             / ARP(hwsrc="02:00:00:00:00:0a", psrc="10.0.0.2", pdst="10.0.0.1"), answered=True)
