# SPDX-License-Identifier: Apache-2.0
"""IPv6 as a router has to take it (RFC 8200, 4443, 4291, 4861): ../../docs/rfc.md has the numbers."""

from scapy.layers.inet import TCP, UDP
from scapy.layers.inet6 import (ICMPv6DestUnreach, ICMPv6EchoRequest, ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA,
                                ICMPv6ND_Redirect, ICMPv6ND_RS, ICMPv6MLReport2, ICMPv6MLDMultAddrRec, ICMPv6NDOptDstLLAddr, ICMPv6NDOptMTU,
                                ICMPv6NDOptPrefixInfo, ICMPv6NDOptRDNSS, ICMPv6NDOptSrcLLAddr,
                                ICMPv6Unknown, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment,
                                IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, PadN, RouterAlert, fragment6)
from scapy.layers.l2 import Dot1AD, Dot1Q, Ether
from scapy.packet import Raw

from dual_casebook import (FAR, HOST, HOST_LINK, HOST_MAC, LINK, MAC, OWN, ROUTER, DualCase, about, echo_reply,
                           ether, forwarded, ip, message)

DATA = bytes(range(32))


def udp(to, payload=22, source=FAR["wan"], port="wan", **fields):
    return ether(port) / ip(source, to, **fields) / UDP(sport=4000, dport=5000) / Raw(bytes(payload))


def ping(to, source=FAR["wan"], port="wan", data=DATA, **fields):
    return ether(port) / ip(source, to, **fields) / ICMPv6EchoRequest(id=1, seq=7, data=data)


def whole(frame):
    """The frame with its lengths and checksums written out."""
    return Ether(bytes(frame))


def build():
    transit()
    scopes()
    errors()
    local()
    fragments()
    discovery()
    resolution()
    interfaces()
    announcements()


def transit():
    case = DualCase("ipv6-hop-limit", "the hop limit goes down by one, and at its end the sender is told (RFC 8200, 3; RFC 4443, 3.3)")
    for limit in (255, 64, 2):
        frame = udp(FAR["lan"], hlim=limit, fl=0xabcde, tc=0xb9)
        case.add("wan", f"hop limit {limit}", frame, forwarded(frame, "lan"))
    for limit in (1, 0):
        frame = udp(FAR["lan"], hlim=limit)
        case.add("wan", f"hop limit {limit}", frame, about(3, 0, frame), drop="timeToLiveExpired")
    frame = udp(FAR["wan"], source=FAR["lan"], port="lan")
    case.add("lan", "the other way", frame, forwarded(frame, "wan"))

    case = DualCase("ipv6-lengths", "the payload length decides what the packet is (RFC 8200, 3)")
    frame = udp(FAR["lan"], payload=4)
    case.add("wan", "as long as it says", frame, forwarded(frame, "lan"))
    case.add("wan", "bytes behind it", bytes(frame) + b"padding", forwarded(frame, "lan"))
    empty = ether("wan") / ip(FAR["wan"], FAR["lan"], nh=59, plen=0)
    case.add("wan", "nothing in it, on a short frame", empty, forwarded(empty, "lan"))
    case.add("wan", "nothing in it, padded to 60 bytes", bytes(empty) + bytes(6), forwarded(empty, "lan"))
    long = whole(udp(FAR["lan"]))
    long[IPv6].plen += 1
    case.add("wan", "one byte too long", long, drop="badPayloadLength")
    jumbo = ether("wan") / ip(FAR["wan"], FAR["lan"], nh=0, plen=0) / Raw(bytes([59, 0, 0xc2, 4, 0, 1, 0, 0]))
    case.add("wan", "a jumbogram (RFC 2675)", jumbo, drop="badPayloadLength")
    case.add("wan", "the header is cut", bytes(udp(FAR["lan"]))[:53], drop="truncatedFrame")
    other = bytearray(bytes(udp(FAR["lan"])))
    other[14] = 0x45
    case.add("wan", "version 4 behind IPv6's type", bytes(other), drop="badVersion")

    case = DualCase("ipv6-extension-headers", "in transit no extension header is looked at (RFC 8200, 4; RFC 7045)")
    upper = UDP(sport=1, dport=2) / Raw(DATA)
    for what, headers in (
            ("destination options, one of which is unknown", IPv6ExtHdrDestOpt(options=[PadN(otype=0xc9, optdata=b"abc")]) / upper),
            ("hop-by-hop options, one of which is unknown", IPv6ExtHdrHopByHop(options=[PadN(otype=0x85, optdata=b"abc")]) / upper),
            ("a routing header of type 0 with segments left", IPv6ExtHdrRouting(type=0, segleft=1, addresses=["2001:db8:100::7"]) / upper),
            ("a fragment, the first", IPv6ExtHdrFragment(nh=17, m=1, id=5) / Raw(bytes(24))),
            ("a later one", IPv6ExtHdrFragment(nh=17, offset=3, id=5) / Raw(bytes(9)))):
        frame = ether("wan") / ip(FAR["wan"], FAR["lan"]) / headers
        case.add("wan", what, frame, forwarded(frame, "lan"))
    for number in (135, 253, 51, 50):
        frame = ether("wan") / ip(FAR["wan"], FAR["lan"], nh=number) / Raw(bytes(24))
        case.add("wan", f"next header {number}", frame, forwarded(frame, "lan"))
    zero = ether("wan") / ip(FAR["wan"], FAR["lan"]) / UDP(sport=1, dport=2, chksum=0) / Raw(DATA)
    case.add("wan", "UDP without a checksum", zero, forwarded(zero, "lan"))

    case = DualCase("ipv6-too-big", "what is longer than the way out is told of with its MTU, and never cut (RFC 8200, 5; RFC 4443, 3.2)")
    fits = udp(FAR["lan"], payload=1400 - 48)
    case.add("wan", "as long as the MTU", fits, forwarded(fits, "lan"))
    for payload in (1400 - 47, 1500 - 48):
        frame = udp(FAR["lan"], payload=payload)
        case.add("wan", f"{payload + 48} bytes", frame, about(2, 0, frame, word=1400), drop="exceedsMTU")
    part = ether("wan") / ip(FAR["wan"], FAR["lan"]) / IPv6ExtHdrFragment(nh=17, m=1, id=9) / Raw(bytes(1440))
    case.add("wan", "a part of a datagram", part, about(2, 0, part, word=1400), drop="exceedsMTU")


def scopes():
    case = DualCase("ipv6-scopes", "what stays on its link or its host is never forwarded (RFC 4291, 2.5 and 2.7)")
    frame = udp(FAR["lan"], source=HOST_LINK["wan"])
    case.add("wan", "a link-local source", frame, about(1, 2, frame, source=LINK["wan"]), drop="beyondScope")
    for what, source in (("the unspecified address", "::"), ("loopback", "::1"), ("a group", "ff02::5"),
                         ("an address of ours", OWN["lan"]), ("mapped IPv4", "::ffff:8.8.8.8")):
        case.add("wan", f"from {what}", udp(FAR["lan"], source=source), drop="martianSource")
    for what, to in (("::", "::"), ("loopback", "::1"), ("another's link-local address", "fe80::99"),
                     ("mapped IPv4", "::ffff:10.0.0.1")):
        case.add("wan", f"to {what}", udp(to), drop="martianDestination")
    for to in ("ff02::fb", "ff05::2", "ff0e::1", "ff02::1:ff00:99"):
        case.add("wan", f"to {to}", ether("wan", dst="33:33:00:00:00:fb") / ip(HOST["wan"], to) / UDP() / Raw(DATA),
                 drop="multicast")
    case.add("wan", "a unicast packet in a broadcast frame", ether("wan", dst="ff:ff:ff:ff:ff:ff") / udp(FAR["lan"])[IPv6],
             drop="linkLayerBroadcast")
    frame = udp(FAR["lan"], source="fd00::1")
    case.add("wan", "from a unique local address", frame, forwarded(frame, "lan"))
    frame = udp(FAR["lan"], source="64:ff9b::808:808")
    case.add("wan", "from a translator's prefix", frame, forwarded(frame, "lan"))


def errors():
    case = DualCase("ipv6-errors", "each kind of route has its message, and some have none (RFC 4443, 3.1)")
    for what, to, code, reason in (
            ("no route", "2001:db8:9999::1", 0, "noRoute"), ("prohibited", "2001:db8:400::1", 1, "prohibited"),
            ("a reject route", "2001:db8:300::1", 6, "unreachable")):
        frame = udp(to)
        case.add("wan", what, frame, about(1, code, frame), drop=reason)
    case.add("wan", "a blackhole", udp("2001:db8:200::1"), drop="blackhole")
    frame = udp("2001:db8:9999::1", payload=1452)
    case.add("wan", "1,500 bytes, of which 1,232 are quoted", frame, about(1, 0, frame), drop="noRoute")
    frame = udp("2001:db8:9999::1", source=HOST["lan"], port="lan")
    case.add("lan", "from another network", frame, about(1, 0, frame, "lan"), drop="noRoute")

    case = DualCase("ipv6-errors-silent", "nothing is said about errors, redirects, or to who is nobody (RFC 4443, 2.4 e)")
    nowhere = "2001:db8:9999::1"
    quoted = bytes(udp(FAR["lan"])[IPv6])
    case.add("wan", "an error", ether("wan") / ip(FAR["wan"], nowhere) / ICMPv6DestUnreach() / Raw(quoted), drop="noRoute")
    unknown = ether("wan") / ip(FAR["wan"], nowhere) / ICMPv6Unknown(type=99, msgbody=DATA)
    case.add("wan", "an error of a type that nobody knows", unknown, drop="noRoute")
    case.add("wan", "a redirect", ether("wan") / ip(FAR["wan"], nowhere) / ICMPv6ND_Redirect(), drop="noRoute")
    behind = ether("wan") / ip(FAR["wan"], nowhere) / IPv6ExtHdrDestOpt(options=[PadN(optdata=b"abcd")]) / ICMPv6DestUnreach() / Raw(quoted)
    case.add("wan", "an error behind an extension header", behind, drop="noRoute")
    later = ether("wan") / ip(FAR["wan"], nowhere) / IPv6ExtHdrFragment(nh=58, offset=8, id=1) / Raw(DATA)
    case.add("wan", "a later part of a message", later, drop="noRoute")
    frame = ping(nowhere)
    case.add("wan", "an echo request is told of", frame, about(1, 0, frame), drop="noRoute")
    case.add("wan", "the source has no route, and is told by the interface that it came by",
             udp(nowhere, source="2a00::1"), drop="noRoute")

    case = DualCase("ipv6-errors-limited", "the messages of a flow's bucket are limited, and other packets go on (RFC 4443, 2.4 f)",
                    ROUTER + "icmp: {errorsPerSecond: 1}\n")
    frame = udp(FAR["lan"], hlim=1)
    for number in range(14):
        out = [about(3, 0, frame)] if number < 10 else []
        case.add("wan", f"expired {number + 1}", frame, *out, drop="timeToLiveExpired")
        good = udp(FAR["lan"], payload=number)
        case.add("wan", "another", good, forwarded(good, "lan"))


def local():
    case = DualCase("ipv6-echo", "echo requests for own addresses are answered, data unchanged (RFC 4443, 4.2)")
    for what, to in (("the interface's", OWN["wan"]), ("another interface's", OWN["lan"])):
        for limit in (64, 1, 0):
            frame = ping(to, hlim=limit, tc=0xb8)
            case.add("wan", f"{what} address, hop limit {limit}", frame, echo_reply(frame))
    frame = ping(LINK["wan"], source=HOST_LINK["wan"])
    case.add("wan", "the link's address", frame, echo_reply(frame))
    frame = ping(OWN["wan"], source=HOST_LINK["wan"])
    case.add("wan", "a global address, from a link-local one", frame, echo_reply(frame))
    frame = ether("wan", dst="33:33:00:00:00:01") / ip(HOST_LINK["wan"], "ff02::1") / ICMPv6EchoRequest(id=3, seq=1, data=DATA)
    case.add("wan", "all nodes", frame, echo_reply(frame, source=LINK["wan"]))
    frame = ping("2001:db8:1::")
    case.add("wan", "the routers of the network (RFC 4291, 2.6.1)", frame, echo_reply(frame, source=OWN["wan"]))
    frame = ping(OWN["wan"], data=b"")
    case.add("wan", "no data, padded", bytes(frame) + bytes(6), echo_reply(frame))
    frame = ping(OWN["wan"], data=bytes(1400))
    case.add("wan", "1,448 bytes", frame, echo_reply(frame))
    inner = bytes(ping(OWN["wan"])[IPv6].payload)
    frame = ether("wan") / ip(FAR["wan"], OWN["wan"]) / IPv6ExtHdrDestOpt(options=[PadN(optdata=b"abcd")]) / ICMPv6EchoRequest(id=1, seq=7, data=DATA)
    case.add("wan", "behind options", frame, echo_reply(frame, data=inner_of(frame, 8)))
    wrong = whole(ping(OWN["wan"]))
    wrong[ICMPv6EchoRequest].cksum ^= 1
    case.add("wan", "a wrong checksum", wrong, drop="badICMPChecksum")
    assert inner

    case = DualCase("ipv6-local", "who asks for what nobody takes is told (RFC 4443, 3.1 and 3.4)")
    frame = udp(OWN["wan"])
    case.add("wan", "UDP", frame, about(1, 4, frame), drop="localNotHandled")
    frame = udp(OWN["lan"])
    case.add("wan", "UDP to another interface's address", frame, about(1, 4, frame, source=OWN["lan"]), drop="localNotHandled")
    case.add("wan", "UDP without a checksum", ether("wan") / ip(FAR["wan"], OWN["wan"]) / UDP(chksum=0) / Raw(DATA), drop="localNotHandled")
    case.add("wan", "TCP", ether("wan") / ip(FAR["wan"], OWN["wan"]) / TCP(), drop="localNotHandled")
    case.add("wan", "nothing in it", ether("wan") / ip(FAR["wan"], OWN["wan"], nh=59, plen=0), drop="localNotHandled")
    frame = ether("wan") / ip(FAR["wan"], OWN["wan"], nh=132) / Raw(bytes(16))
    case.add("wan", "SCTP", frame, about(4, 1, frame, word=6), drop="localNotHandled")
    frame = ether("wan") / ip(FAR["wan"], OWN["wan"]) / IPv6ExtHdrDestOpt(nh=99, options=[PadN(optdata=b"abcd")]) / Raw(DATA)
    case.add("wan", "an unknown protocol behind options", frame, about(4, 1, frame, word=40), drop="localNotHandled")
    case.add("wan", "UDP to all nodes", ether("wan", dst="33:33:00:00:00:01") / ip(HOST["wan"], "ff02::1") / UDP() / Raw(DATA),
             drop="localNotHandled")

    case = DualCase("ipv6-local-headers", "extension headers for us are taken as their receiver must (RFC 8200, 4; RFC 5095)")
    upper = ICMPv6EchoRequest(id=1, seq=7, data=DATA)
    frame = ether("wan") / ip(FAR["wan"], OWN["wan"]) / IPv6ExtHdrRouting(type=0, segleft=1, addresses=["2001:db8:100::7"]) / upper
    case.add("wan", "a routing header with segments left", frame, about(4, 0, frame, word=42), drop="badExtensionHeader")
    frame = ether("wan") / ip(FAR["wan"], OWN["wan"]) / IPv6ExtHdrRouting(type=0, segleft=0, addresses=["2001:db8:100::7"]) / upper
    case.add("wan", "one without", frame, echo_reply(frame, data=inner_of(frame, 24)))
    for kind, told in ((0x1e, "answer"), (0x5e, None), (0x9e, "told"), (0xde, "told")):
        frame = ether("wan") / ip(FAR["wan"], OWN["wan"]) / IPv6ExtHdrDestOpt(options=[PadN(otype=kind, optdata=b"abcd")]) / upper
        what = f"an unknown option {kind:#x}"
        if told == "answer":
            case.add("wan", what, frame, echo_reply(frame, data=inner_of(frame, 8)))
        else:
            out = [about(4, 2, frame, word=42)] if told else []
            case.add("wan", what, frame, *out, drop="badExtensionHeader")
    many = {"dst": "33:33:00:00:00:01"}
    for kind, told in ((0x9e, True), (0xde, False)):
        frame = ether("wan", **many) / ip(HOST["wan"], "ff02::1") / IPv6ExtHdrDestOpt(options=[PadN(otype=kind, optdata=b"abcd")]) / upper
        out = [about(4, 2, frame, word=42)] if told else []
        case.add("wan", f"{kind:#x} to all nodes", frame, *out, drop="badExtensionHeader")
    twice = ether("wan") / ip(FAR["wan"], OWN["wan"], nh=60) / Raw(bytes([0, 0, 1, 4, 0, 0, 0, 0])) / Raw(bytes([58, 0, 1, 4, 0, 0, 0, 0])) / Raw(bytes(upper))
    case.add("wan", "hop-by-hop options that are not the first", twice, about(4, 1, twice, word=40), drop="badExtensionHeader")
    cut = ether("wan") / ip(FAR["wan"], OWN["wan"], nh=60) / Raw(bytes([58, 9, 1, 4, 0, 0, 0, 0]))
    case.add("wan", "a header that is cut", cut, drop="badExtensionHeader")


def inner_of(frame, skipped):
    packet = Ether(bytes(frame))[IPv6]
    return bytes(packet)[40 + skipped:40 + packet.plen]


def fragments():
    case = DualCase("ipv6-reassembly", "datagrams for own addresses are put together (RFC 8200, 4.5; RFC 5722; RFC 6946)",
                    ignore=["ipv6.fragmentIdentification"])
    request = ping(OWN["wan"], data=bytes(index & 255 for index in range(2000)))
    parts = fragment6(ip(FAR["wan"], OWN["wan"]) / IPv6ExtHdrFragment(id=77) / request[ICMPv6EchoRequest], 1200)
    reply = message(129, 0, 1 << 16 | 7, bytes(index & 255 for index in range(2000)), OWN["wan"], FAR["wan"], "wan")[1]
    case.add("wan", "the second part first", ether("wan") / parts[1])
    case.add("wan", "the first part", ether("wan") / parts[0], *in_parts(reply, 1500))
    atomic = ether("wan") / ip(FAR["wan"], OWN["wan"]) / IPv6ExtHdrFragment(nh=58, id=5) / request_of(64)
    case.add("wan", "a fragment that is whole", atomic, echo_reply(atomic, data=inner_of(atomic, 8)))
    odd = ether("wan") / ip(FAR["wan"], OWN["wan"]) / IPv6ExtHdrFragment(nh=17, m=1, id=6) / Raw(bytes(13))
    case.add("wan", "more to come, and not a multiple of eight", odd, about(4, 0, odd, word=4), drop="badFragment")
    beyond = ether("wan") / ip(FAR["wan"], OWN["wan"]) / IPv6ExtHdrFragment(nh=17, offset=8191, id=6) / Raw(bytes(16))
    case.add("wan", "beyond the longest packet", beyond, about(4, 0, beyond, word=42), drop="badFragment")
    one = ether("wan") / ip(FAR["wan"], OWN["wan"]) / IPv6ExtHdrFragment(nh=17, m=1, id=8) / Raw(bytes(24))
    two = ether("wan") / ip(FAR["wan"], OWN["wan"]) / IPv6ExtHdrFragment(nh=17, m=1, offset=2, id=8) / Raw(bytes(24))
    case.add("wan", "a part", one)
    case.add("wan", "one that overlaps it: all of it goes", two, drop="fragmentOverlap")
    case.drops["fragmentOverlap"] += 1

    case = DualCase("ipv6-reassembly-timeout", "who sent a first part is told after 60 seconds (RFC 8200, 4.5)")
    case.add("wan", "the first part alone", one)
    later = ether("wan") / ip(FAR["wan"], OWN["wan"]) / IPv6ExtHdrFragment(nh=58, offset=2, id=9) / Raw(bytes(24))
    case.add("wan", "a later one alone", later)
    good = udp(FAR["lan"])
    case.add("wan", "a packet after 61 seconds", good, about(3, 1, one), forwarded(good, "lan"), after=61_000_000_000)
    case.drops["reassemblyTimeout"] = 2


def request_of(count):
    """An echo request whose checksum is that between the two, whatever stands in front of it."""
    return Raw(bytes((ip(FAR["wan"], OWN["wan"]) / ICMPv6EchoRequest(id=1, seq=7, data=bytes(count)))[ICMPv6EchoRequest]))


def in_parts(frame, mtu):
    """A packet of the router's own that is longer than the MTU: its source may cut it. The identification is the
    router's affair."""
    packet = Ether(bytes(frame))[IPv6]
    whole = IPv6(src=packet.src, dst=packet.dst, hlim=packet.hlim, tc=packet.tc) / IPv6ExtHdrFragment(id=0) \
        / Raw(bytes(packet)[40:40 + packet.plen])
    whole[IPv6ExtHdrFragment].nh = 58
    return [("wan", Ether(src=MAC["wan"], dst=HOST_MAC["wan"]) / part) for part in fragment6(whole, mtu)]


def solicitation(target, source=HOST["wan"], group=True, mac=HOST_MAC["wan"], hlim=255, port="wan", code=0):
    low = target.split(":")[-1].rjust(4, "0")
    to = f"ff02::1:ff{tail(target)[0]}:{tail(target)[1]}" if group else target
    assert low
    frame = ether(port, dst=f"33:33:ff:{tail(target)[0]}:{tail(target)[1][:2]}:{tail(target)[1][2:]}" if group else MAC[port])
    packet = frame / ip(source, to, hlim=hlim) / ICMPv6ND_NS(tgt=target, code=code)
    return packet / ICMPv6NDOptSrcLLAddr(lladdr=mac) if mac else packet


def tail(address):
    """The last three bytes of an address: two digits, and four."""
    from socket import AF_INET6, inet_pton
    raw = inet_pton(AF_INET6, address)[13:].hex()
    return raw[:2], raw[2:]


def advertisement(target, to=HOST["wan"], port="wan", mac=None, solicited=1, override=1):
    """The router's."""
    dst = "33:33:00:00:00:01" if to == "ff02::1" else mac or HOST_MAC[port]
    return port, Ether(src=MAC[port], dst=dst) / IPv6(src=target, dst=to, hlim=255) \
        / ICMPv6ND_NA(tgt=target, R=1, S=solicited, O=override) / ICMPv6NDOptDstLLAddr(lladdr=MAC[port])


def discovery():
    case = DualCase("ipv6-solicitations", "solicitations of own addresses are answered (RFC 4861, 7.2.3 and 7.2.4)")
    case.add("wan", "by the group", solicitation(OWN["wan"]), advertisement(OWN["wan"]))
    case.add("wan", "by the address", solicitation(OWN["wan"], group=False), advertisement(OWN["wan"]))
    case.add("wan", "without the asker's MAC", solicitation(OWN["wan"], group=False, mac=None), advertisement(OWN["wan"]))
    case.add("wan", "of the link's address, by a link-local one", solicitation(LINK["wan"], source=HOST_LINK["wan"]),
             advertisement(LINK["wan"], to=HOST_LINK["wan"]))
    case.add("wan", "by who wants the address for itself (RFC 4862, 5.4.3)", solicitation(OWN["wan"], source="::", mac=None),
             advertisement(OWN["wan"], to="ff02::1", solicited=0))
    case.add("wan", "of what all routers have", solicitation("2001:db8:1::"), advertisement("2001:db8:1::", override=0))
    case.add("wan", "of another's address in our group", solicitation("2001:db8:1::ff00:1"), drop="ndNotForUs")
    case.add("wan", "of an address of another interface", solicitation(OWN["lan"]), drop="ndNotForUs")
    case.add("wan", "of another's address", solicitation("2001:db8:1::77"), drop="multicast")
    case.add("wan", "by a host of no network of ours", solicitation(OWN["wan"], source="2001:db8:7777::1"), drop="ndForeignSender")

    case = DualCase("ipv6-solicitations-bad", "impossible messages are not taken in (RFC 4861, 6.1 and 7.1; RFC 6980)")
    bad = {
        "hop limit 254": solicitation(OWN["wan"], hlim=254),
        "code 1": solicitation(OWN["wan"], code=1),
        "from nobody, with a MAC": solicitation(OWN["wan"], source="::"),
        "from nobody, by the address": solicitation(OWN["wan"], source="::", group=False, mac=None),
        "a group's MAC": solicitation(OWN["wan"], mac="33:33:00:00:00:01"),
        "of a group": ether("wan") / ip(HOST["wan"], OWN["wan"], hlim=255) / ICMPv6ND_NS(tgt="ff02::1"),
        "an option without length": solicitation(OWN["wan"], mac=None) / Raw(bytes(8)),
        "an option that is cut": solicitation(OWN["wan"], mac=None) / Raw(bytes([1, 2, 0, 0, 0, 0, 0, 0])),
        "short": ether("wan") / ip(HOST["wan"], OWN["wan"], hlim=255) / ICMPv6Unknown(type=135, msgbody=bytes(12)),
        "as a fragment": ether("wan") / ip(HOST["wan"], OWN["wan"], hlim=255) / IPv6ExtHdrFragment(nh=58, id=4)
        / Raw(bytes((ip(HOST["wan"], OWN["wan"]) / ICMPv6ND_NS(tgt=OWN["wan"]))[ICMPv6ND_NS])),
    }
    for what, frame in bad.items():
        case.add("wan", what, frame, drop="badNeighbourDiscovery")
    wrong = whole(solicitation(OWN["wan"]))
    wrong[ICMPv6ND_NS].cksum ^= 1
    case.add("wan", "a wrong checksum", wrong, drop="badNeighbourDiscovery")

    case = DualCase("ipv6-router-messages", "a router takes nothing from other routers' messages to hosts (RFC 4861, 6.2.7 and 8)")
    every = {"dst": "33:33:00:00:00:01"}
    case.add("wan", "an advertisement of a router", ether("wan", **every) / ip(HOST_LINK["wan"], "ff02::1", hlim=255) / ICMPv6ND_RA(),
             drop="routerMessage")
    case.add("wan", "a redirect", ether("wan") / ip(HOST_LINK["wan"], LINK["wan"], hlim=255)
             / ICMPv6ND_Redirect(tgt=HOST_LINK["wan"], dst=FAR["lan"]), drop="routerMessage")
    case.add("wan", "a solicitation of routers", ether("wan", dst="33:33:00:00:00:02") / ip(HOST_LINK["wan"], "ff02::2", hlim=255)
             / ICMPv6ND_RS(), drop="routerSolicitation")
    case.add("wan", "an advertisement of a neighbour that nobody asked for", ether("wan") / ip("2001:db8:1::77", OWN["wan"], hlim=255)
             / ICMPv6ND_NA(tgt="2001:db8:1::77", S=1, R=0) / ICMPv6NDOptDstLLAddr(lladdr="02:00:00:00:00:77"), drop="ndUnsolicited")
    case.add("wan", "one of our own address", ether("wan", **every) / ip(OWN["wan"], "ff02::1", hlim=255)
             / ICMPv6ND_NA(tgt=OWN["wan"], S=0, R=0) / ICMPv6NDOptDstLLAddr(lladdr="02:00:00:00:00:77"), drop="addressConflict")
    case.add("wan", "a question from our own address", solicitation(OWN["wan"], source=OWN["wan"], mac="02:00:00:00:00:77"),
             drop="addressConflict")
    case.add("wan", "an echo request from our own address", ether("wan") / ip(OWN["wan"], OWN["wan"], hlim=255)
             / ICMPv6EchoRequest(), drop="martianSource")
    case.add("wan", "one of our own address, by another", ether("wan", **every) / ip(HOST["wan"], "ff02::1", hlim=255)
             / ICMPv6ND_NA(tgt=OWN["wan"], S=0, R=0) / ICMPv6NDOptDstLLAddr(lladdr="02:00:00:00:00:77"), drop="addressConflict")


UNKNOWN = ROUTER.replace('  - {port: lan, address: "2001:db8:2::2", mac: 02:00:00:00:02:02}\n', "")


def question(target, port="lan"):
    """The router's own, from its link's address (RFC 4861, 7.2.2)."""
    group = f"ff02::1:ff{tail(target)[0]}:{tail(target)[1]}"
    mac = f"33:33:ff:{tail(target)[0]}:{tail(target)[1][:2]}:{tail(target)[1][2:]}"
    return port, Ether(src=MAC[port], dst=mac) / IPv6(src=LINK[port], dst=group, hlim=255) \
        / ICMPv6ND_NS(tgt=target) / ICMPv6NDOptSrcLLAddr(lladdr=MAC[port])


def answer(target, mac, port="lan"):
    return ether(port, src=mac) / ip(target, LINK[port], hlim=255) / ICMPv6ND_NA(tgt=target, S=1, O=1, R=0) \
        / ICMPv6NDOptDstLLAddr(lladdr=mac)


def resolution():
    case = DualCase("ipv6-resolution", "a next hop is asked for its MAC, and what waits goes on with the answer (RFC 4861, 7.2)", UNKNOWN)
    first, second = udp(FAR["lan"]), udp(FAR["lan"], payload=40)
    case.add("wan", "a packet for an unknown next hop", first, question("2001:db8:2::2"))
    case.add("wan", "another, which waits, too", second)
    case.add("lan", "the answer", answer("2001:db8:2::2", HOST_MAC["lan"]), forwarded(first, "lan"), forwarded(second, "lan"))
    third = udp("2001:db8:2::9")
    case.add("wan", "for a host of the network", third, question("2001:db8:2::9"))
    case.add("lan", "its answer", answer("2001:db8:2::9", "02:00:00:00:02:09"), forwarded(third, "lan", "02:00:00:00:02:09"))
    fourth = udp("2001:db8:2::9", payload=5)
    case.add("wan", "it is known", fourth, forwarded(fourth, "lan", "02:00:00:00:02:09"))

    case = DualCase("ipv6-resolution-fails", "who does not answer three times is unreachable (RFC 4861, 7.2.2; RFC 4443, 3.1)", UNKNOWN)
    case.add("wan", "a packet for a host that is not there", first, question("2001:db8:2::2"), question("2001:db8:2::2"),
             question("2001:db8:2::2"), about(1, 3, first), drop="noNeighbour")
    good = udp(FAR["wan"], source=FAR["lan"], port="lan")
    case.add("lan", "a packet the other way, ten seconds later", good, forwarded(good, "wan"), after=10_000_000_000)


TRUNK = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
interfaces:
  wan.100: {addresses: ["2001:db8:1::1/64"]}
  wan.200.7: {addresses: ["2001:db8:2::1/64"]}
  wan.300: {ipv6: true}
neighbours:
  - {port: wan.100, address: "2001:db8:1::fe", mac: 02:00:00:00:01:fe}
  - {port: wan.200.7, address: "2001:db8:2::2", mac: 02:00:00:00:02:02}
  - {port: wan.300, address: "fe80::ff:fe00:1fe", mac: 02:00:00:00:01:fe}
routes:
  - {to: "2001:db8:f00::/40", via: "2001:db8:1::fe"}
  - {to: "2001:db8:100::/40", via: "2001:db8:2::2"}
  - {to: "2001:db8:500::/40", via: "fe80::ff:fe00:1fe%wan.300"}
"""

CHECKED = ROUTER.replace('"2001:db8:1::1/64"]}', '"2001:db8:1::1/64"], sourceCheck: strict}')


def interfaces():
    def tagged(*tags):
        header = Ether(src=HOST_MAC["wan"], dst=MAC["wan"])
        for tag in tags:
            header /= tag
        return header

    def leaving(mac, *tags):
        header = Ether(src=MAC["wan"], dst=mac)
        for tag in tags:
            header /= tag
        return header

    case = DualCase("ipv6-vlans", "packets go from VLAN to VLAN, and to a link-local next hop (RFC 8200)", TRUNK)
    frame = tagged(Dot1Q(vlan=100)) / ip(FAR["wan"], FAR["lan"]) / UDP() / Raw(DATA)
    case.add("wan", "one tag in, two out", frame,
             ("wan", forwarded(frame, "wan", header=leaving("02:00:00:00:02:02", Dot1AD(vlan=200), Dot1Q(vlan=7)))[1]))
    frame = tagged(Dot1AD(vlan=200), Dot1Q(vlan=7)) / ip(FAR["lan"], FAR["wan"]) / UDP() / Raw(DATA)
    case.add("wan", "two tags in, one out", frame,
             ("wan", forwarded(frame, "wan", header=leaving("02:00:00:00:01:fe", Dot1Q(vlan=100)))[1]))
    frame = tagged(Dot1Q(vlan=100)) / ip(FAR["wan"], "2001:db8:500::1") / UDP() / Raw(DATA)
    case.add("wan", "to a next hop on a link", frame,
             ("wan", forwarded(frame, "wan", header=leaving("02:00:00:00:01:fe", Dot1Q(vlan=300)))[1]))
    frame = tagged(Dot1Q(vlan=300)) / ip(HOST_LINK["wan"], LINK["wan"]) / ICMPv6EchoRequest(id=1, seq=1, data=DATA)
    reply = echo_reply(Ether() / frame[IPv6])[1][IPv6]
    case.add("wan", "an echo request on a link without other addresses", frame, ("wan", leaving("02:00:00:00:01:fe", Dot1Q(vlan=300)) / reply))
    case.add("wan", "IPv6 without a tag, where only VLANs have it", Ether(src=HOST_MAC["wan"], dst=MAC["wan"]) / ip(FAR["wan"], FAR["lan"]) / UDP(),
             drop="ipv6NotHandled")
    case.add("lan", "on a port without IPv6", Ether(src=HOST_MAC["lan"], dst=MAC["lan"]) / ip(FAR["lan"], FAR["wan"]) / UDP() / Raw(DATA),
             drop="ipv6NotHandled")

    case = DualCase("ipv6-source-check", "a source must be reached by the interface that it comes by (RFC 3704, 2.2)", CHECKED)
    frame = udp(FAR["lan"])
    case.add("wan", "it is", frame, forwarded(frame, "lan"))
    case.add("wan", "it is behind the other", udp(FAR["lan"], source="2001:db8:100::66"), drop="sourceCheckFailed")
    case.add("wan", "nobody has it", udp(FAR["lan"], source="2a00::1"), drop="sourceCheckFailed")
    case.add("wan", "a solicitation from its link", solicitation(OWN["wan"], source=HOST_LINK["wan"]),
             advertisement(OWN["wan"], to=HOST_LINK["wan"]))


ADVERTISING = ROUTER.replace('"2001:db8:1::1/64"]}', '"2001:db8:1::1/64", "2001:db8:11::1/48"], ra: {lifetime: 900, managed: on, servers: ["2001:db8::53"]}}')
ALWAYS = ROUTER.replace("mtu: 1400, ", "").replace(", \"2001:db8:2::1/64\"]", "]").replace(
    '  - {to: "2001:db8:100::/40", via: "2001:db8:2::2"}\n', "").replace(
    '  - {port: lan, address: "2001:db8:2::2", mac: 02:00:00:00:02:02}\n', "") + "arp: {announce: always}\n"


def announcements():
    case = DualCase("ipv6-advertisement", "who asks for routers is told of this one, where it advertises (RFC 4861, 6.2.6; RFC 8106)", ADVERTISING)
    asks = ether("wan", dst="33:33:00:00:00:02") / ip(HOST_LINK["wan"], "ff02::2", hlim=255) / ICMPv6ND_RS() \
        / ICMPv6NDOptSrcLLAddr(lladdr=HOST_MAC["wan"])
    told = Ether(src=MAC["wan"], dst="33:33:00:00:00:01") / IPv6(src=LINK["wan"], dst="ff02::1", hlim=255) \
        / ICMPv6ND_RA(chlim=64, M=1, O=0, prf=0, routerlifetime=900) / ICMPv6NDOptSrcLLAddr(lladdr=MAC["wan"]) / ICMPv6NDOptMTU(mtu=1500) \
        / ICMPv6NDOptPrefixInfo(prefixlen=64, L=1, A=1, R=0, validlifetime=2592000, preferredlifetime=604800, prefix="2001:db8:1::") \
        / ICMPv6NDOptPrefixInfo(prefixlen=48, L=1, A=0, R=0, validlifetime=2592000, preferredlifetime=604800, prefix="2001:db8:11::") \
        / ICMPv6NDOptRDNSS(lifetime=1800, dns=["2001:db8::53"])
    case.add("wan", "a solicitation", asks, ("wan", told))
    case.add("wan", "another at once: one is for all", asks)
    good = udp(FAR["lan"])
    case.add("wan", "a packet four seconds later", good, forwarded(good, "lan"), after=4_000_000_000)
    case.add("wan", "a solicitation then", asks, ("wan", told))
    case.add("wan", "a packet a second later", good, forwarded(good, "lan"), after=1_000_000_000)

    case = DualCase("ipv6-announcements", "own addresses are asked for and told of at the start, and groups are reported (RFC 4862, 5.4; RFC 3810)", ALWAYS)
    report = Ether(src=MAC["wan"], dst="33:33:00:00:00:16") / IPv6(src=LINK["wan"], dst="ff02::16", hlim=1) \
        / IPv6ExtHdrHopByHop(options=[RouterAlert(), PadN()]) / ICMPv6MLReport2(records=[
            ICMPv6MLDMultAddrRec(rtype=4, dst=group) for group in ("ff02::2", "ff02::1:ff00:101", "ff02::1:ff00:1")])
    arp = {"wan": "192.0.2.1", "lan": "198.51.100.1"}
    from scapy.layers.l2 import ARP
    own = [("wan", Ether(src=MAC["wan"], dst="ff:ff:ff:ff:ff:ff") / ARP(op=1, hwsrc=MAC["wan"], psrc=arp["wan"], pdst=arp["wan"])), ("wan", report)]
    for address in (LINK["wan"], OWN["wan"]):
        group = question(address, "wan")[1]
        own.append(("wan", Ether(src=MAC["wan"], dst=group.dst) / IPv6(src="::", dst=group[IPv6].dst, hlim=255) / ICMPv6ND_NS(tgt=address)))
        own.append(advertisement(address, to="ff02::1", port="wan", solicited=0))
    own.append(("lan", Ether(src=MAC["lan"], dst="ff:ff:ff:ff:ff:ff") / ARP(op=1, hwsrc=MAC["lan"], psrc=arp["lan"], pdst=arp["lan"])))
    frame = ping(OWN["wan"])
    case.add("wan", "after all that, an echo request", frame, *own, echo_reply(frame))
