# SPDX-License-Identifier: Apache-2.0
"""Which frames a port takes in: Ethernet, MAC addresses, EtherTypes."""

from scapy.layers.inet import UDP
from scapy.layers.inet6 import ICMPv6EchoRequest, ICMPv6ND_NS, IPv6
from scapy.layers.l2 import ARP, Dot1AD, Dot1Q
from scapy.packet import Raw

from casebook import INSIDE, UPLINK, Case, ether, ip, udp
from frames import BROADCAST, header_edited

TO = "10.0.0.9"


def build():
    good = bytes(udp("wan", TO))

    case = Case("admit-truncated-ethernet", "A frame that ends inside the Ethernet header is dropped")
    for length in (1, 6, 12, 13):
        case.add("wan", f"{length} bytes", good[:length], drop="truncatedFrame")
    case.add("wan", "the whole frame", good, to=INSIDE)

    case = Case("admit-truncated-ipv4",
                "A frame that ends inside the first 20 bytes of IPv4 is dropped (RFC 1812, 5.2.2)")
    for length in (14, 15, 24, 33):
        case.add("wan", f"{length} bytes", good[:length], drop="truncatedFrame")
    case.add("wan", "a header and nothing else, 34 bytes",
             ether("wan") / ip("wan", TO, proto=253), to=INSIDE)

    Case("admit-other-unicast-mac", "A frame for another's unicast MAC is not taken in") \
        .drop("notForUs", "wan", {
            "the last bit differs": ether("wan", dst="02:00:00:00:01:00") / ip("wan", TO) / UDP(),
            "the first byte differs": ether("wan", dst="06:00:00:00:01:01") / ip("wan", TO) / UDP(),
            "the MAC of the port lan": ether("wan", dst="02:00:00:00:02:01") / ip("wan", TO) / UDP(),
            "all zeros": ether("wan", dst="00:00:00:00:00:00") / ip("wan", TO) / UDP(),
        }).add("wan", "the port's own", udp("wan", TO), to=INSIDE)

    any_text = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24], admit: any}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
routes:
  - {to: 0.0.0.0/0, via: 192.0.2.254}
  - {to: 10.0.0.0/8, via: 198.51.100.2}
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
"""
    Case("admit-any", "A port with admit: any takes in any unicast MAC, the other port its own alone",
         any_text) \
        .add("wan", "another's MAC", ether("wan", dst="00:1b:21:aa:bb:cc") / ip("wan", TO) / UDP(),
             to=INSIDE) \
        .add("lan", "another's MAC", ether("lan", dst="00:1b:21:aa:bb:cc") / ip("lan", "8.8.8.8")
             / UDP(), drop="notForUs") \
        .add("wan", "a unicast packet by broadcast", ether("wan", dst=BROADCAST) / ip("wan", TO)
             / UDP(), drop="linkLayerBroadcast") \
        .add("lan", "the port's own", udp("lan", "8.8.8.8"), to=UPLINK)

    Case("admit-any-mac-option", "anyMAC of a case takes in any unicast MAC on every port",
         any_mac=True) \
        .add("wan", "another's MAC", ether("wan", dst="00:1b:21:aa:bb:cc") / ip("wan", TO) / UDP(),
             to=INSIDE) \
        .add("lan", "another's MAC", ether("lan", dst="00:1b:21:aa:bb:cc") / ip("lan", "8.8.8.8")
             / UDP(), to=UPLINK) \
        .add("lan", "ARP for another", ether("lan", dst="00:1b:21:aa:bb:cc") / ARP(hwsrc="02:00:00:00:02:02", psrc="198.51.100.2", pdst="198.51.100.3"),
             drop="arpNotForUs")

    derived = "02:19:48:7c:d8:e1"  # as docs/configuration.md gives it
    Case("admit-derived-mac", "A port without a MAC of its own gets the one that follows from its name",
         """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, addresses: [192.0.2.1/24]}
  lan: {device: vdev:net_null1, addresses: [198.51.100.1/24]}
routes:
  - {to: 10.0.0.0/8, via: 198.51.100.2}
neighbours:
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
""") \
        .add("wan", "to the derived MAC", ether("wan", dst=derived) / ip("wan", TO) / UDP(),
             to=INSIDE) \
        .drop("notForUs", "wan", {"to the MAC of other cases": udp("wan", TO)})

    Case("admit-source-mac", "The source MAC decides nothing, and is replaced by the port's own") \
        .add("wan", "a group", ether("wan", src="01:00:5e:00:00:01") / ip("wan", TO) / UDP(),
             to=INSIDE) \
        .add("wan", "broadcast", ether("wan", src=BROADCAST) / ip("wan", TO) / UDP(), to=INSIDE) \
        .add("wan", "zeros", ether("wan", src="00:00:00:00:00:00") / ip("wan", TO) / UDP(), to=INSIDE) \
        .add("wan", "our own", ether("wan", src="02:00:00:00:01:01") / ip("wan", TO) / UDP(), to=INSIDE)


    Case("admit-ipv6", "IPv6 is dropped by name: it is not routed so far (RFC 8200)") \
        .drop("ipv6NotHandled", "wan", {
            "to our MAC": ether("wan") / IPv6(src="2001:db8::1", dst="2001:db8::2")
            / ICMPv6EchoRequest(),
            "a neighbour solicitation": ether("wan", dst="33:33:ff:00:00:01")
            / IPv6(src="2001:db8::1", dst="ff02::1:ff00:1") / ICMPv6ND_NS(tgt="2001:db8::1"),
            "no body": bytes(ether("wan", type=0x86DD)),
        }) \
        .drop("notForUs", "wan", {"to another's MAC": ether("wan", dst="02:00:00:00:01:09")
                                  / IPv6(src="2001:db8::1", dst="2001:db8::2")})

    Case("admit-vlan", "A frame with an 802.1Q or 802.1ad tag is dropped: the port has no VLANs; a tag that has "
         "a priority alone is none (IEEE 802.1Q, 6.9.1)") \
        .add("wan", "a priority tag, VLAN 0", ether("wan") / Dot1Q(vlan=0, prio=5) / ip("wan", TO) / UDP(),
             to=INSIDE) \
        .drop("unknownVLAN", "wan", {
            "802.1Q": ether("wan") / Dot1Q(vlan=100) / ip("wan", TO) / UDP(),
            "a priority tag in front of another": ether("wan") / Dot1Q(vlan=0, prio=5) / Dot1Q(vlan=100)
            / ip("wan", TO) / UDP(),
            "802.1ad over 802.1Q": ether("wan") / Dot1AD(vlan=200) / Dot1Q(vlan=100)
            / ip("wan", TO) / UDP(),
            "ARP under a tag": ether("wan", dst=BROADCAST) / Dot1Q(vlan=1) / ARP(),
        }) \
        .drop("truncatedFrame", "wan", {"a tag and nothing more": bytes(ether("wan", type=0x8100))})

    Case("admit-unknown-ethertype", "An EtherType that no stage handles is dropped, 802.3 lengths too") \
        .drop("unknownEtherType", "wan", {
            "MPLS": bytes(ether("wan", type=0x8847)) + good[14:],
            "PPPoE": bytes(ether("wan", type=0x8864)) + good[14:],
            "LLDP": bytes(ether("wan", type=0x88CC, dst="01:80:c2:00:00:0e")) + bytes(46),
            "QinQ of old": bytes(ether("wan", type=0x9100)) + good[14:],
            "experimental": bytes(ether("wan", type=0x88B5)) + good[14:],
            "one beside IPv4": bytes(ether("wan", type=0x0801)) + good[14:],
            "an 802.3 length, spanning tree": bytes(ether(
                "wan", type=38, dst="01:80:c2:00:00:00")) + b"\x42\x42\x03" + bytes(43),
            "length 0": bytes(ether("wan", type=0)) + bytes(46),
        })

    Case("admit-first-fault", "A frame with several faults is dropped for the one met first") \
        .drop("notForUs", "wan", {
            "another's MAC, and a tag": ether("wan", dst="02:00:00:00:01:09") / Dot1Q(vlan=1)
            / ip("wan", TO) / UDP(),
            "another's MAC, and version 6": header_edited(
                ether("wan", dst="02:00:00:00:01:09") / ip("wan", TO) / UDP(), at={0: 0x65})}) \
        .drop("badVersion", "wan", {
            "version 6, and a wrong checksum": header_edited(good, False, at={0: 0x65})}) \
        .drop("badTotalLength", "wan", {
            "total length 10, and a wrong checksum": header_edited(good, False, at={2: 0, 3: 10})}) \
        .drop("badChecksum", "wan", {
            "a wrong checksum, and TTL 0": udp("wan", TO, ttl=0, chksum=0x1234)}) \
        .drop("martianSource", "wan", {
            "a martian source, to a martian": udp("wan", "127.0.0.1", src="127.0.0.2"),
            "a martian source, to a blackhole": udp("wan", "198.18.0.1", src="127.0.0.2")}) \
        .drop("blackhole", "wan", {"TTL 1, to a blackhole": udp("wan", "198.18.0.1", ttl=1)}) \
        .drop("timeToLiveExpired", "wan", {
            "TTL 1, to a next hop without a MAC": udp("wan", "10.88.0.1", ttl=1),
            "TTL 1, larger than the MTU": udp("wan", TO, ttl=1, payload=1473)})

    case = Case("header-every-protocol", "All 256 IP protocols are routed alike (RFC 1812, 5.2)", describe=False)
    for protocol in range(256):
        case.add("wan", f"protocol {protocol}",
                 ether("wan") / ip("wan", TO, proto=protocol) / Raw(bytes(20)), to=INSIDE)
