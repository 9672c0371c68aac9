# SPDX-License-Identifier: Apache-2.0
"""What the checklists of docs/rfc.md ask for and no other theme shows: RFC 1812 and RFC 826, by the numbers there."""

from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption_LSRR, IPOption_Router_Alert, IPOption_SSRR
from scapy.layers.l2 import ARP, Dot1AD, Dot1Q, Ether
from scapy.packet import Raw

import theme_answer
import theme_neighbour
import theme_vlan
from casebook import INSIDE, PORT_MAC, Case, ether, ip, tcp, udp
from frames import BROADCAST, with_checksum
from theme_answer import NO_DEFAULT, answered, request
from theme_neighbour import HOST, KNOWN, MAC, MILLISECOND, OTHER, SECOND, answer, question

TO = "10.0.0.9"

WRONG_OPTIONS = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
routes:
  - {to: 8.0.0.0/8, via: 192.0.2.254}
  - {to: 10.0.0.0/8, via: 198.51.100.2}
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
icmp: {parameterProblems: on, errorsPerSecond: 100000}
"""
GROUP = "01:00:5e:00:00:01"


def build():
    options()
    padding()
    too_big()
    quotes()
    precedence()
    silences()
    limits()
    echoes()
    redirects()
    arp()
    questions()
    ways()
    events()


def options():
    case = Case("rfc1812-9-source-route", "A packet with a source route is dropped, wherever it goes (RFC 7126, 4.3 and "
                "4.4)")
    for what, option in {
            "loose": IPOption_LSRR(routers=["198.51.100.3"]), "strict": IPOption_SSRR(routers=["198.51.100.3"]),
            "loose, used up": IPOption_LSRR(pointer=8, routers=["198.51.100.3"]),
            "loose, by way of our own address": IPOption_LSRR(routers=["192.0.2.1", "10.1.0.1"]),
            "behind another option": b"\x01\x94\x04\x00\x00\x83\x07\x04\x0a\x01\x05\x05"}.items():
        case.add("wan", what, ether("wan") / ip("wan", TO, options=[option]) / UDP(sport=1, dport=2), drop="sourceRoute")
        case.add("wan", f"{what}, to the router", ether("wan") / ip("wan", "192.0.2.1", options=[option])
                 / UDP(sport=1, dport=2), drop="sourceRoute")

    # The byte of the header that is wrong, by RFC 791, 3.1, and RFC 792.
    wrong = {
        "a length of 0": (b"\xde\x00\x12\x34", 20), "a length of 1": (b"\xde\x01\x12\x34", 20),
        "beyond the header": (b"\xde\x0c\x12\x34", 20), "a type at the end": (b"\x01\x01\x01\xde", 23),
        "Record Route that points before its room": (b"\x07\x07\x03" + bytes(4) + b"\x00", 22),
        "Record Route that points into an address": (b"\x07\x07\x06" + bytes(4) + b"\x00", 22),
        "a second Record Route": ((b"\x07\x07\x04" + bytes(4)) * 2 + b"\x00\x00", 27),
        "Timestamp that points before its room": (b"\x44\x08\x04\x00" + bytes(4), 22),
        "Timestamp with no room for address and time": (b"\x44\x08\x05\x01" + bytes(4), 22),
        "Timestamp whose count overflows": (b"\x44\x08\x09\xf0" + bytes(4), 23),
        "a loose source route that points before its room": (b"\x83\x07\x03\x0a\x01\x05\x05\x00", 22),
        "Router Alert without a value": (b"\x94\x03\x00\x00", 21)}
    right = {
        "Record Route with room": b"\x07\x07\x04" + bytes(4) + b"\x00", "Record Route, full": b"\x07\x07\x08\x0a\x01\x01\x01\x00",
        "Timestamp, full": b"\x44\x08\x09\x00" + bytes(4), "an unknown option": b"\xde\x04\x12\x34",
        "bytes behind the end of options": b"\x00\xde\x00\x00"}
    case = Case("rfc1812-9-wrong-options", "icmp.parameterProblems: a packet whose options are wrong is dropped, and its "
                "sender told which byte is (RFC 1812, 4.3.3.5)", WRONG_OPTIONS,
                frames=[{"port": "wan", "frame": number, "fields": {"icmp.type": 12, "icmp.code": 0,
                                                                    "icmp.rest": f"0x{pointer << 24:08x}"}}
                        for number, (_, pointer) in enumerate(wrong.values(), 1)])
    for what, (option, _) in wrong.items():
        case.add("wan", what, ether("wan") / ip("wan", TO, options=[option]) / UDP(sport=1, dport=2), drop="badOptions",
                 after=2_000_000)
    for what, option in right.items():
        case.add("wan", what, ether("wan") / ip("wan", TO, options=[option]) / UDP(sport=1, dport=2), to=("lan", "198.51.100.2"))
    case.drop("badOptions", "wan", {
        "about an error nothing is said": ether("wan") / ip("wan", TO, options=[b"\xde\x00\x12\x34"])
        / ICMP(type=3, code=1) / Raw(bytes(28)),
        "nor about what is for many": ether("wan") / ip("wan", "198.51.100.255", options=[b"\xde\x00\x12\x34"])
        / UDP(sport=1, dport=2)})
    case.drop("badOptions", "wan", {
        "to the router: it answers from there": ether("wan") / ip("wan", "198.51.100.1", options=[b"\xde\x00\x12\x34"])
        / UDP(sport=1, dport=2)}, after=2_000_000)
    Case("rfc1812-9-wrong-options-unseen", "Without it options are not looked at (RFC 1812, 4.2.2.1)") \
        .add("wan", "a length of 0", ether("wan") / ip("wan", TO, options=[b"\xde\x00\x12\x34"])
             / UDP(sport=1, dport=2), to=INSIDE)

    alert = [IPOption_Router_Alert()]
    Case("rfc1812-10-router-alert", "No protocol of ours asks for packets with a router alert: they are packets like "
         "any other (RFC 2113, 2.1)") \
        .add("wan", "RSVP on its way", ether("wan") / ip("wan", TO, proto=46, options=alert) / Raw(bytes(16)),
             to=INSIDE) \
        .add("wan", "UDP", ether("wan") / ip("wan", TO, options=alert) / UDP(sport=1, dport=2), to=INSIDE) \
        .drop("multicast", "wan", {
            "an IGMP report": ether("wan", dst="01:00:5e:00:00:16") / ip(
                "wan", "224.0.0.22", ttl=1, proto=2, options=alert) / Raw(bytes(8))}) \
        .drop("localNotHandled", "wan", {
            "RSVP to the router": ether("wan") / ip("wan", "192.0.2.1", proto=46, options=alert) / Raw(bytes(16))}) \
        .drop("timeToLiveExpired", "wan", {
            "TTL 1": ether("wan") / ip("wan", TO, ttl=1, options=alert) / UDP(sport=1, dport=2)})


def padding():
    def ping(size):
        return bytes(ether("wan") / ip("wan", "192.0.2.1") / ICMP(type=8, id=1, seq=1) / Raw(bytes(range(size))))

    # In strict order padding counts.
    case = Case("rfc1812-4-answer-without-padding", "An echo reply leaves without the bytes behind the request "
                "(RFC 1812, 3.3.1)", order="strict")
    answered(case, "wan", {
        "a request of 30 bytes, padded to 60 with zeros": ping(2).ljust(60, b"\0"),
        "padded to 60 with garbage": ping(2).ljust(60, b"\xa5"), "100 bytes behind it": ping(2) + b"\xa5" * 100,
        "nothing behind it": ping(2)})
    case = Case("rfc1812-4-message-without-padding", "A message about an error quotes no bytes behind the packet "
                "(RFC 1812, 3.3.1)", order="strict")
    short = bytes(ether("wan") / ip("wan", TO, ttl=1, proto=253))
    for what, frame in {"zeros to 60 bytes": short.ljust(60, b"\0"), "garbage to 60 bytes": short.ljust(60, b"\xa5"),
                        "1000 bytes": short + b"\xa5" * 1000, "none": short}.items():
        case.add("wan", what, frame, drop="timeToLiveExpired")


def too_big():
    frame = theme_vlan.frame
    Case("rfc1812-16-mtu-of-interface", "The MTU that a message tells is that of the interface that the packet would "
         "leave by, tags not counted (RFC 1191, 4)", theme_vlan.TRUNK,
         frames=[{"port": "wan", "frame": number, "fields": {"icmp.type": 3, "icmp.code": 4, "icmp.rest": mtu}}
                 for number, mtu in enumerate((1500, 1400, 1496, 1496), 1)]) \
        .drop("exceedsMTU", "wan", {
            "1501 bytes by one tag": frame("wan", "10.1.0.2", payload=1473, flags="DF"),
            "1401 where the interface says 1400": frame("wan", "10.2.0.2", payload=1373, flags="DF"),
            "1497 by two tags": frame("wan", "10.4.7.2", payload=1469, flags="DF"),
            "1497 by two tags of 802.1Q": frame("wan", "10.4.8.2", payload=1469, flags="DF")}) \
        .drop("exceedsMTU", "trunk", {
            "from one VLAN to another": frame("trunk.300", "10.2.0.2", payload=1373, flags="DF")}) \
        .add("wan", "1400 bytes", frame("wan", "10.2.0.2", payload=1372, flags="DF"), to=("trunk.200", "10.2.0.2"))

    Case("rfc1812-16-next-hops", "A packet that is too big for whichever next hop takes it is answered with their "
         "MTU (RFC 1191, 4)", """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  dmz: {device: vdev:net_null1, mac: 02:00:00:00:03:01, mtu: 1300, addresses: [203.0.113.1/25]}
routes:
  - {to: 8.0.0.0/8, via: 192.0.2.254}
  - {to: 172.16.0.0/12, via: [203.0.113.2, 203.0.113.3]}
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
  - {port: dmz, address: 203.0.113.2, mac: 02:00:00:00:03:02}
  - {port: dmz, address: 203.0.113.3, mac: 02:00:00:00:03:03}
""") \
        .drop("exceedsMTU", "wan", {
            f"flow {number}": udp("wan", f"172.16.{number}.1", payload=1273, flags="DF") for number in range(4)}) \
        .drop("exceedsMTU", "wan", {
            "TCP": ether("wan") / ip("wan", "172.16.0.1", flags="DF") / TCP(sport=4000, dport=443, flags="A")
            / Raw(bytes(1261)),
            "a first fragment": udp("wan", "172.16.0.1", payload=1273, flags="DF+MF"),
            "an echo request": ether("wan") / ip("wan", "172.16.0.1", flags="DF") / ICMP(type=8) / Raw(bytes(1273))})


def quotes():
    narrow = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  dmz: {device: vdev:net_null1, mac: 02:00:00:00:03:01, addresses: [203.0.113.1/25]}
routes:
  - {to: 8.0.0.0/8, via: 192.0.2.254}
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
  - {port: dmz, address: 203.0.113.2, mac: 02:00:00:00:03:02}
"""
    # With an MTU of 1500 everywhere a buffer holds about 2 KB, and these are chains of buffers.
    Case("rfc1812-18-quote-of-segments", "Of a frame of several buffers as much is quoted as of any other "
         "(RFC 1812, 4.3.2.3)", narrow) \
        .drop("exceedsMTU", "wan", {
            f"{total} bytes": udp("wan", "203.0.113.2", payload=total - 28, flags="DF")
            for total in (2035, 4096, 9000)}) \
        .drop("timeToLiveExpired", "wan", {"4096 bytes, TTL 1": udp("wan", "203.0.113.2", payload=4068, ttl=1)}) \
        .drop("noRoute", "wan", {"4096 bytes to nowhere": udp("wan", "172.16.0.1", payload=4068)}) \
        .drop("timeToLiveExpired", "wan", {
            "a header, and 4000 bytes behind it": bytes(
                ether("wan") / ip("wan", "203.0.113.2", ttl=1, proto=253)) + b"\xa5" * 4000})

    zero = bytearray(with_checksum(udp("wan", TO, ttl=1), 0x0000))
    zero[24:26] = b"\xff\xff"
    case = Case("rfc1812-18-quote-as-received", "The header is quoted as it was received (RFC 1812, 4.3.2.3)",
                frames=[{"port": "wan", "frame": 1, "fields": {"icmp.type": 11, "icmp.code": 0}}])
    for what, packet in {
            "a checksum of 0xffff, where 0x0000 is usual": zero,
            "TTL 0": udp("wan", TO, ttl=0), "TTL 1": udp("wan", TO, ttl=1),
            "every bit of the type of service": udp("wan", TO, ttl=1, tos=0xFF),
            "the reserved bit, and MF": udp("wan", TO, ttl=1, flags=5),
            "40 bytes of options": ether("wan") / ip("wan", TO, ttl=1, options=[b"\x01" * 40]) / UDP(sport=1, dport=2),
            "40 bytes of options and 1000 of payload": ether("wan") / ip("wan", TO, ttl=1, options=[b"\x01" * 40])
            / UDP(sport=1, dport=2) / Raw(bytes(1000)),
            "a Record Route, which the message does not have": ether("wan") / ip(
                "wan", TO, ttl=1, options=[b"\x07\x07\x04" + bytes(4)]) / UDP(sport=1, dport=2),
            "a wrong UDP checksum": ether("wan") / ip("wan", TO, ttl=1) / UDP(sport=1, dport=2, chksum=0xBEEF),
            "TCP": tcp("wan", TO, ttl=1, payload=bytes(range(100)))}.items():
        case.add("wan", what, packet, drop="timeToLiveExpired")


def precedence():
    case = Case("rfc1812-20-error-precedence", "A message about an error has the precedence of internetwork control, "
                "whatever the packet had (RFC 1812, 4.3.2.5)",
                frames=[{"port": "wan", "frame": number, "fields": {"ipv4.typeOfService": 192, "ipv4.timeToLive": 64}}
                        for number in range(1, 8)])
    for tos in (0x00, 0x03, 0x10, 0xB8, 0xC0, 0xE0, 0xFF):
        case.add("wan", f"0x{tos:02x}", udp("wan", TO, ttl=1, tos=tos), drop="timeToLiveExpired")


def silences():
    about = bytes(IP(src="10.0.0.9", dst="8.8.4.4", id=9, ttl=3) / UDP(sport=1, dport=2))

    def quiet(port, to, size=0, **fields):
        """Packets that nothing is said of: `size` bytes of payload more, may not be fragmented."""
        return {
            "a message of an error": ether(port) / ip(port, to, flags="DF", **fields) / ICMP(type=3, code=1)
            / Raw(about + bytes(size)),
            "its first fragment": ether(port) / ip(port, to, flags="DF+MF", **fields) / ICMP(type=11)
            / Raw(about + bytes(size)),
            "a later fragment": ether(port) / ip(port, to, flags="DF", frag=64, proto=17, **fields)
            / Raw(bytes(40 + size)),
            "a later fragment of ICMP": ether(port) / ip(port, to, flags="DF", frag=64, proto=1, **fields)
            / Raw(b"\x08" + bytes(39 + size))}

    Case("rfc1812-21-without-route", "There is no message about a message of an error or a later fragment, where "
         "there is no route for it (RFC 1812, 4.3.2.7)", NO_DEFAULT) \
        .drop("noRoute", "wan", quiet("wan", "172.16.0.1")) \
        .drop("unreachable", "wan", quiet("wan", "10.9.1.1")) \
        .drop("noRoute", "wan", {"any other packet": udp("wan", "172.16.0.1")})
    Case("rfc1812-21-too-big", "There is no message about a message of an error or a later fragment that is too big "
         "and may not be fragmented (RFC 1812, 4.3.2.7)") \
        .drop("exceedsMTU", "dmz", quiet("dmz", TO, 1500)) \
        .drop("exceedsMTU", "dmz", {"any other packet": udp("dmz", TO, payload=1500, flags="DF")})
    case = Case("rfc1812-21-no-neighbour", "There is no message about a message of an error or a later fragment "
                "whose next hop does not answer, whether they waited or not (RFC 1812, 4.3.2.7)")
    for number, (what, packet) in enumerate(list(quiet("wan", HOST).items())[1:]):
        case.add("wan", f"waits, {what}", packet, at=number * 1_000, drop="noNeighbour")
    for number, (what, packet) in enumerate(quiet("wan", HOST).items()):
        case.add("wan", f"too late to wait, {what}", packet, at=4 * SECOND + number * 1_000, drop="noNeighbour")
    case.add("wan", "any other packet", udp("wan", HOST), at=5 * SECOND, drop="noNeighbour")
    case = Case("rfc1812-21-link-down", "There is no message about a message of an error or a later fragment, where "
                "the link of the way out is down (RFC 1812, 4.3.2.7)",
                steps=[{"at": "1s", "link": {"port": "lan", "state": "down"}}])
    case.add("wan", "before", udp("wan", TO), at=0, to=INSIDE)
    for number, (what, packet) in enumerate(quiet("wan", TO).items()):
        case.add("wan", what, packet, at=2 * SECOND + number * 1_000, drop="linkDown")
    case.add("wan", "any other packet", udp("wan", TO), at=3 * SECOND, drop="linkDown")


def limits():
    config = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
interfaces:
  lan.100: {addresses: [10.1.0.1/24]}
routes:
  - {to: 8.0.0.0/8, via: 192.0.2.254}
  - {to: 10.0.0.0/8, via: 198.51.100.2}
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
icmp: {errorsPerSecond: 100}
"""
    case = Case("rfc1812-22-other-traffic", "While a thousand packets whose TTL is used up come in at once, ten are "
                "answered, all others are forwarded, and each echo request is answered (RFC 1812, 4.3.2.8)",
                config, describe=False)
    for index in range(1000):
        case.add("wan", f"packet {index}", udp("wan", TO, ttl=1, payload=0), drop="timeToLiveExpired", after=500)
        if index % 20 == 7:
            # Of the very flow that is answered no more, of another one, and a question.
            case.add("wan", "a good one", udp("wan", TO, payload=0, id=index), to=INSIDE, after=500)
            case.add("lan", "back", udp("lan", "8.8.4.4", payload=0, id=index), to=("wan", "192.0.2.254"), after=500)
            case.add("wan", "an echo request", ether("wan") / ip("wan", "192.0.2.1", id=index)
                     / ICMP(type=8, id=1, seq=index), answered=True, after=500)

    case = Case("rfc1812-22-limit-by-interface", "The limit is each interface's own: what comes in by one takes "
                "nothing from another (RFC 1812, 4.3.2.8)", config, describe=False)
    tag = Dot1Q(vlan=100)
    for index in range(12):
        packet = ip("wan", TO, ttl=1, id=index) / UDP(sport=4000, dport=5000)
        case.add("wan", f"wan {index}", ether("wan") / packet, drop="timeToLiveExpired")
        case.add("lan", f"lan {index}", ether("lan") / packet, drop="timeToLiveExpired")
        case.add("lan", f"lan.100 {index}", ether("lan") / tag / packet, drop="timeToLiveExpired")


def echoes():
    case = Case("rfc1812-23-echo-no-way-back", "An echo reply that has no way back is dropped, and nothing is said "
                "of it (RFC 1812, 4.3.2.7)", NO_DEFAULT)
    answered(case, "wan", {
        "no route": ether("wan") / ip("wan", "192.0.2.1", src="172.16.0.9") / ICMP(type=8) / Raw(b"ping"),
        "an unreachable route": ether("wan") / ip("wan", "192.0.2.1", src="10.9.0.9") / ICMP(type=8) / Raw(b"ping"),
        "there is one": ether("wan") / ip("wan", "192.0.2.1") / ICMP(type=8) / Raw(b"ping")})

    case = Case("rfc1812-23-echo-too-long", "An echo reply that is too long for its way out leaves in parts, "
                "whatever the request's DF says (RFC 1812, 4.3.3.6)")
    for what, fields in {"DF": {"flags": "DF"}, "no DF": {}}.items():
        answered(case, "dmz", {
            f"1501 bytes, {what}": ether("dmz") / ip("dmz", "203.0.113.1", src="8.8.4.4", **fields) / ICMP(type=8)
            / Raw(bytes(1473)),
            f"1500 bytes, {what}": ether("dmz") / ip("dmz", "203.0.113.1", src="8.8.4.4", **fields) / ICMP(type=8)
            / Raw(bytes(1472)),
            f"9000 bytes, back to where there is room, {what}": ether("dmz") / ip("dmz", "203.0.113.1", **fields)
            / ICMP(type=8) / Raw(bytes(8972))})

    case = Case("rfc1812-23-echo-link-local", "A host with a link-local address is answered on its own link "
                "(RFC 3927, 2.6.2)", """
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
""")
    answered(case, "tunnel", {
        "to our address there": ether("tunnel") / ip("tunnel", "169.254.10.1") / ICMP(type=8) / Raw(b"ping"),
        "from a host behind it": ether("tunnel") / ip("tunnel", "169.254.10.1", src="10.0.0.9")
        / ICMP(type=8) / Raw(b"ping")})


def redirects():
    redirect = IP(src="10.0.0.9", dst=TO, id=9, ttl=3) / UDP(sport=1, dport=2)
    case = Case("rfc1812-24-redirect", "A redirect changes nothing: packets go on by the route (RFC 1812, 4.3.3.2)")
    case.add("wan", "before", udp("wan", TO), to=INSIDE)
    for code, what in enumerate(("a network", "a host", "a network and type of service", "a host and type of service")):
        case.add("lan", f"a redirect for {what}, from the next hop", ether("lan")
                 / ip("lan", "198.51.100.1", src="198.51.100.2") / ICMP(type=5, code=code, gw="198.51.100.3")
                 / Raw(bytes(redirect)), drop="localNotHandled")
        case.add("wan", "afterwards", udp("wan", TO), to=INSIDE)
    case.add("wan", "a redirect for others is on its way", ether("wan") / ip("wan", TO)
             / ICMP(type=5, code=1, gw="198.51.100.3") / Raw(bytes(redirect)), to=INSIDE)


def arp():
    ours = ("198.51.100.2", "198.51.100.1")
    whole = bytes(request("lan", *ours))
    # In strict order padding counts.
    case = Case("rfc826-1-frame-sizes", "An answer has 42 bytes, whatever the request was padded to (RFC 826)",
                order="strict")
    answered(case, "lan", {f"{size} bytes": whole.ljust(size, b"\xa5") for size in (42, 43, 60, 64, 1514)})
    case = Case("rfc826-1-tagged-frame-sizes", "An answer on a VLAN has the tags of the request, and no padding "
                "(RFC 826)", theme_answer.TRUNK, order="strict")
    for name, tags in {"trunk.100": (Dot1Q(vlan=100, prio=5),), "trunk.200": (Dot1AD(vlan=200),),
                       "trunk.300.7": (Dot1AD(vlan=300), Dot1Q(vlan=7))}.items():
        number = {"trunk.100": 1, "trunk.200": 2, "trunk.300.7": 3}[name]
        frame = Ether(src=MAC, dst=BROADCAST)
        for tag in tags:
            frame /= tag
        frame = bytes(frame / ARP(op=1, hwsrc=MAC, psrc=f"10.{number}.0.9", pdst=f"10.{number}.0.1"))
        answered(case, "trunk", {f"{name}, {size} bytes": frame.ljust(size, b"\xa5") for size in (len(frame), 64, 68)})

    case = Case("rfc826-1-own-interface", "An address is answered for on its own interface alone (RFC 826)",
                theme_answer.TRUNK)
    case.add("trunk", "asked for on its VLAN", Ether(src=MAC, dst=BROADCAST) / Dot1Q(vlan=100)
             / ARP(op=1, hwsrc=MAC, psrc="10.1.0.9", pdst="10.1.0.1"), answered=True)
    case.drop("arpNotForUs", "trunk", {
        "a VLAN's address, without its tag": question(MAC, "10.0.0.9", "10.1.0.1"),
        "the port's address, with a tag": Ether(src=MAC, dst=BROADCAST) / Dot1Q(vlan=100)
        / ARP(op=1, hwsrc=MAC, psrc="10.1.0.9", pdst="10.0.0.1")})

    to = ("lan", HOST)
    case = Case("rfc826-4-probe", "A probe has no sender: for our address it is answered, for another's not, and it "
                "changes nothing that is known (RFC 5227, 1.1)", hosts=KNOWN)
    case.add("wan", "waits", udp("wan", HOST), at=0, to=to)
    case.add("lan", "the answer", answer(), at=1_000, learnt=True)
    case.add("lan", "a probe of another host for that address", question(OTHER, "0.0.0.0", HOST), at=2_000,
             drop="arpNotForUs")
    case.add("wan", "goes where it went", udp("wan", HOST), at=3_000, to=to)
    case.add("lan", "a probe for our address", question(OTHER, "0.0.0.0"), at=4_000, answered=True)
    case.add("lan", "an answer without a sender", answer(OTHER, "0.0.0.0"), at=5_000, drop="arpUnsolicited")
    case.add("wan", "as before", udp("wan", HOST), at=6_000, to=to)

    case = Case("rfc826-5-gratuitous", "Who announces an address changes what is known of it, or what somebody waits "
                "for, and no more: as a request and as an answer (RFC 826; RFC 5227, 3)", hosts=KNOWN)
    case.add("lan", "announced before anybody asked, as a request", question(MAC, HOST, HOST), at=0, drop="arpNotForUs")
    case.add("lan", "as an answer", answer(MAC, HOST, BROADCAST, HOST), at=1_000, drop="arpNotForUs")
    case.add("wan", "so this waits", udp("wan", HOST), at=2_000, to=to)
    case.add("lan", "announced now, as an answer", answer(MAC, HOST, BROADCAST, HOST), at=3_000, learnt=True)
    case.add("wan", "leaves at once", udp("wan", HOST), at=4_000, to=to)
    case.hosts = {("lan", HOST): OTHER}
    case.add("lan", "another MAC, as a request", question(OTHER, HOST, HOST), at=5_000, learnt=True)
    case.add("wan", "goes there", udp("wan", HOST), at=6_000, to=to)
    case.hosts = KNOWN
    case.add("lan", "the first one, as an answer", answer(MAC, HOST, BROADCAST, HOST), at=7_000, learnt=True)
    case.add("wan", "goes back", udp("wan", HOST), at=8_000, to=to)

    case = Case("rfc826-6-group-not-believed", "A MAC of a group is nobody's: neither what is known nor what is "
                "asked for changes (RFC 1812, 3.3.2)", hosts=KNOWN)
    case.add("wan", "waits", udp("wan", HOST), at=0, to=to)
    case.add("lan", "answered with a group's MAC", Ether(src=MAC, dst=PORT_MAC["lan"]) / ARP(
        op=2, hwsrc=GROUP, psrc=HOST, hwdst=PORT_MAC["lan"], pdst="198.51.100.1"), at=1_000, drop="badARP")
    case.add("lan", "with the broadcast MAC, by a frame from there", answer(BROADCAST), at=2_000, drop="badARP")
    case.add("lan", "with a host's", answer(), at=3_000, learnt=True)
    case.add("lan", "announces a group's MAC", question(GROUP, HOST, HOST), at=4_000, drop="badARP")
    case.add("lan", "asks with it", question(GROUP), at=5_000, drop="badARP")
    case.add("wan", "goes to the host", udp("wan", HOST), at=6_000, to=to)

    case = Case("rfc826-12-other-ethernet-source", "The MAC that counts is the one that the ARP packet says, whoever "
                "sent the frame (RFC 826)", hosts=KNOWN,
                frames=[{"port": "lan", "frame": 1, "fields": {"ethernet.destination": MAC}}])
    case.add("lan", "it asks by another's frame", Ether(src=OTHER, dst=BROADCAST)
             / ARP(op=1, hwsrc=MAC, psrc=HOST, pdst="198.51.100.1"), at=0, answered=True)
    case.add("wan", "a packet to it", udp("wan", HOST), at=1_000, to=to)
    case.hosts = {**KNOWN, ("lan", "198.51.100.78"): OTHER}
    case.add("wan", "waits", udp("wan", "198.51.100.78"), at=2_000, to=("lan", "198.51.100.78"))
    case.add("lan", "answered by another's frame", Ether(src=MAC, dst=PORT_MAC["lan"]) / ARP(
        op=2, hwsrc=OTHER, psrc="198.51.100.78", hwdst=PORT_MAC["lan"], pdst="198.51.100.1"), at=3_000, learnt=True)
    case.add("lan", "a frame that says it comes from a group", Ether(src=GROUP, dst=BROADCAST)
             / ARP(op=1, hwsrc=MAC, psrc=HOST, pdst="198.51.100.1"), at=4_000, answered=True)


def questions():
    case = Case("rfc826-9-one-question-a-second", "However many packets come for a host, it is asked three times, a "
                "second apart (RFC 1122, 2.3.2.1)", describe=False)
    for number in range(290):
        case.add("wan", f"packet {number}", udp("wan", HOST, payload=0, sport=4000 + number),
                 at=number * 10 * MILLISECOND, drop="noNeighbour" if number >= 287 else "neighbourQueueFull")

    many = next(addresses for addresses in theme_neighbour.buckets() if len(addresses) >= 20)[:20]
    case = Case("rfc826-9-limit-of-questions", "Beyond arp.requestsPerSecond hosts are not asked for, and their "
                "packets are dropped by name; who is known is reached meanwhile", """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [10.1.0.1/16]}
routes: [{to: 8.0.0.0/8, via: 192.0.2.254}]
neighbours: [{port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}]
arp: {requestsPerSecond: 128}
""", hosts={("lan", address): MAC for address in many})
    # 16 questions at once for a 128th of all hosts, one each second from then on; and eight packets wait.
    for number, address in enumerate(many):
        way = {"drop": "neighbourQueueFull"} if number < 8 else {"drop": "neighbourLimit"} if number >= 16 \
            else {"to": ("lan", address)}
        case.add("wan", f"to host {number}", udp("wan", address), at=number * 1_000, **way)
    for number, address in enumerate(many[:16]):
        case.add("lan", f"the answer of host {number}", answer(sender=address, target="10.1.0.1"),
                 at=MILLISECOND + number * 1_000, learnt=True)
    case.add("wan", "to a known host", udp("wan", many[3]), at=2 * MILLISECOND, to=("lan", many[3]))
    case.add("wan", "to one that is still not asked for", udp("wan", many[19]), at=900 * MILLISECOND,
             drop="neighbourLimit")
    case.add("wan", "to one that is asked for now", udp("wan", many[16]), at=1_100 * MILLISECOND, to=("lan", many[16]))
    case.add("wan", "to the next", udp("wan", many[17]), at=1_200 * MILLISECOND, drop="neighbourLimit")
    case.add("lan", "the answer", answer(sender=many[16], target="10.1.0.1"), at=1_300 * MILLISECOND, learnt=True)


def ways():
    """The source goes into no choice of a way: it follows from it."""
    case = Case("rfc1812-19-next-hops", "A message has an address of the interface by which it leaves also where packets to its "
                "receiver have several next hops on several interfaces (RFC 1812, 4.3.2.4)", """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
  dmz: {device: vdev:net_null2, mac: 02:00:00:00:03:01, addresses: [203.0.113.1/25]}
routes:
  - {to: 8.0.0.0/8, via: [192.0.2.254, 203.0.113.2]}
  - {to: 10.0.0.0/8, via: 198.51.100.2}
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
""", members_by_hash=True, hosts={("dmz", "203.0.113.2"): "02:00:00:00:03:02"},
                frames=[{"port": "wan", "frame": 1, "fields": {"ipv4.source": "192.0.2.1"}},
                        {"port": "dmz", "frame": 2, "fields": {"ipv4.source": "203.0.113.1"}}])
    for number in range(16):
        case.add("lan", f"TTL 1, from 8.8.{number}.4", udp("lan", TO, src=f"8.8.{number}.4", ttl=1),
                 at=number * 1_000, drop="timeToLiveExpired")
    case.add("dmz", "the answer of the one next hop that is asked for", answer(
        mac="02:00:00:00:03:02", sender="203.0.113.2", to=PORT_MAC["dmz"], target="203.0.113.1"),
             at=MILLISECOND, learnt=True)


def events():
    """Found by random frames, with the model."""
    case = Case("rfc826-9-order-of-questions", "Who is asked about because of what is given up at one moment is asked in one "
                "order, with any number of workers")
    for host in (72, 73):
        case.add("lan", f"from .{host}", udp("lan", HOST, src=f"198.51.100.{host}"), at=host, drop="noNeighbour")

    Case("neighbour-not-used-by-drops", "A packet that does not leave is no use of a host: nobody is asked (RFC 4861, 7.3.3)") \
        .add("lan", "it asks us: known, and stale", question(), at=0, answered=True) \
        .add("wan", "TTL 1", udp("wan", HOST, ttl=1), at=1_000, drop="timeToLiveExpired") \
        .add("dmz", "too long", udp("dmz", HOST, payload=1473, flags="DF"), at=2_000, drop="exceedsMTU") \
        .add("wan", "much later", udp("wan", TO), at=20 * SECOND, to=INSIDE)

    Case("neighbour-link-down-while-waiting", "What waits for a host whose link goes down is told of at once",
         steps=[{"at": "500ms", "link": {"port": "lan", "state": "down"}}]) \
        .add("wan", "waits", udp("wan", HOST), at=0, drop="linkDown") \
        .add("dmz", "later", udp("dmz", TO), at=SECOND, drop="linkDown")

    Case("neighbour-given-up-by-step", "A host that is given up when a link goes down is given up for three seconds from then",
         steps=[{"at": "900ms", "link": {"port": "lan", "state": "down"}},
                {"at": "1s", "link": {"port": "lan", "state": "up"}}]) \
        .add("wan", "waits", udp("wan", HOST), at=0, drop="linkDown") \
        .add("wan", "2.3 s after the link went down", udp("wan", HOST), at=3_200 * MILLISECOND, drop="noNeighbour")

    Case("step-link-down-first", "That a link is down is found where the way is chosen, in front of TTL and size",
         steps=[{"at": "1s", "link": {"port": "lan", "state": "down"}}]) \
        .add("wan", "before", udp("wan", TO, ttl=1), at=0, drop="timeToLiveExpired") \
        .add("wan", "TTL 1", udp("wan", TO, ttl=1), at=2 * SECOND, drop="linkDown") \
        .add("dmz", "too long", udp("dmz", TO, payload=1473, flags="DF"), at=3 * SECOND, drop="linkDown")

    Case("rfc826-7-own-word", "Our own word that comes back to us is no conflict (RFC 5227, 2.4)") \
        .drop("arpNotForUs", "lan", {
            "our announcement": request("lan", "198.51.100.1", "198.51.100.1", source=PORT_MAC["lan"]),
            "our question": request("lan", "198.51.100.1", HOST, source=PORT_MAC["lan"])}) \
        .drop("addressConflict", "lan", {
            "another's announcement of it": request("lan", "198.51.100.1", "198.51.100.1")})

    case = Case("neighbour-announcements", "With arp.announce: always a replay has the announcements of own addresses, too: at "
                "the start and when a link comes up (RFC 5227, 3)", """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24, 192.0.2.129/25]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
interfaces:
  lan.100: {addresses: [10.1.0.1/24]}
neighbours:
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
arp: {announce: always}
""", steps=[{"at": "1s", "link": {"port": "lan", "state": "down"}}, {"at": "2s", "link": {"port": "lan", "state": "up"}}])
    case.add("wan", "a packet", udp("wan", "198.51.100.2"), at=0, to=INSIDE)
    case.add("wan", "another", udp("wan", "198.51.100.2"), at=3 * SECOND, to=INSIDE)
