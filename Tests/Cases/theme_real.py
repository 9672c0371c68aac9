# SPDX-License-Identifier: Apache-2.0
"""Captures that others made of real or hostile traffic; SOURCES.md says whose they are.

model_router.py alone says what becomes of them: nobody wrote that down by hand.
"""

from casebook import Case

# The router that `make run` uses, with wan as the port that everything comes in by.
ROUTER = "../../../config/router.yaml"
# Two next hops share 141.142.0.0/16 there, both on wan: which one takes a flow is not compared.
SHARED = {"ignore": ["ethernet.destination"]}

# A client on wan and a server on lan, both known, as in that capture.
SESSION = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
neighbours:
  - {port: wan, address: 192.0.2.10, mac: 02:00:00:00:01:0a}
  - {port: lan, address: 198.51.100.5, mac: 02:00:00:00:02:05}
"""


def routed(name, title, source, config=ROUTER, **keys):
    return Case(name, title, config, any_mac=True, **keys).copy("wan", source)


def crossed(name, title, source):
    return Case(name, title, "cross-connect.yaml").copy("left", source)


def build():
    routed("real-wikipedia", "Web browsing: HTTP and DNS are routed, the chatter of a LAN is dropped by name",
           "zeek-wikipedia.pcap", **SHARED)
    routed("real-pings", "Five pings and their answers go two ways through the routes",
           "zeek-5-pings.pcap")
    routed("real-checksums-good", "Right checksums of every protocol, real ones",
           "zeek-chksums-good.pcap")
    routed("real-checksums-bad", "A wrong IPv4 header checksum drops, a wrong transport checksum passes "
           "(RFC 1812, 4.2.2.5)", "zeek-chksums-bad.pcap")
    routed("real-handshake-reordered", "Segments that come out of order leave in the same order",
           "zeek-handshake-reorder.pcap", **SHARED)
    routed("real-split-handshake", "A split TCP handshake in one direction: the other one's MAC, "
           "11:11:11:11:11:11, is a group's (RFC 1812, 5.3.4)", "suri-split-handshake-4whs.pcap")
    routed("real-tiny-fragments", "TCP in tiny fragments: each is a packet like any other (RFC 1858)",
           "zeek-fragmented-4.pcap")
    routed("real-large-fragments", "Fragments of 1500 bytes leave as they came", "zeek-fragmented-3.pcap")
    routed("real-options", "The security option, a malformed one too, passes unchanged (RFC 1108)",
           "suri-ip_secopt.pcap")
    routed("real-gre", "GRE is routed by its outer header (RFC 2784)", "zeek-gre-sample.pcap")
    routed("real-geneve", "Geneve with options is routed as the UDP that it is (RFC 8926)",
           "zeek-geneve-many-options.pcap")
    routed("real-6in4", "IPv6 in IPv4 is routed by its outer header (RFC 4213)", "zeek-6in4.pcap")
    routed("real-icmp-time-exceeded", "An ICMP error on its way passes, and what it quotes is not touched",
           "zeek-icmp-timeexceeded.pcap")
    routed("real-icmp-no-quote", "An ICMP error without a quoted packet is a packet like any other",
           "zeek-icmp-destunreach-no-context.pcap")
    routed("real-udp-broadcast", "A UDP broadcast of a real LAN is not forwarded (RFC 1812, 5.3.5.1)",
           "zeek-udp-broadcast.pcap")
    routed("real-unknown-protocols", "Unknown protocols to one address, sent to all by broadcast, are not "
           "forwarded (RFC 1812, 5.3.4)",
           "zeek-unknown-ip-short-payload.pcap")
    routed("real-malformed-in-session", "One packet with a malformed option does no harm to the session "
           "around it", "suri-tcp-session-decode-malformed-ipv4.pcap", SESSION)
    routed("real-imix", "A bench mix of sizes: IPv4 leaves, IPv4 in IPv6 is dropped by name",
           "snabb-ipv4_and_ipv6_stick_imix.pcap")
    routed("real-cut-capture", "A capture of cut frames, from before the card filled in the checksums: "
           "all are dropped, by name (RFC 1812, 5.2.2)", "zeek-retransmit-fast009.pcap")
    routed("real-truncated-ipv4", "A frame cut inside its IPv4 header is dropped "
           "(RFC 1812, 5.2.2)", "zeek-ip4-trunc.pcap")
    routed("real-truncated-options", "Options that were cut off are missed, and the frame is dropped "
           "(RFC 1812, 5.2.2)", "zeek-ipv4-internally-truncated-header.pcap")
    routed("real-broken-header", "A header length beyond a whole frame is dropped (RFC 1812, 5.2.2)",
           "zeek-ipv4-truncated-broken-header.pcap")
    routed("real-bogus-header-length", "A header length beyond the total length is dropped (RFC 1812, 5.2.2)",
           "zeek-ip-bogus-header-len.pcap")
    routed("real-truncated-ethernet", "A frame cut inside the Ethernet header is dropped",
           "zeek-trunc-hdr.pcap")
    routed("real-longer-than-captured", "65,549 bytes on the wire, 42 in the capture: dropped "
           "(RFC 1812, 5.2.2)", "zeek-udp-contents-truncated-oob.pcap")
    routed("real-segment-before-offload", "A segment of 7,292 bytes, captured before its card cut it up, "
           "is larger than the MTU", "tcpdump-gso-ipv4.pcap")
    routed("real-vlans", "pcapng: tagged frames are dropped as such before anybody sees that they are "
           "broadcasts",
           "zeek-vlan-pcp-dei.pcapng")
    routed("real-neighbour-discovery", "Neighbour discovery of IPv6 is dropped by name (RFC 4861)",
           "zeek-icmp6-nd-options.pcap")

    crossed("real-crossed-vlans", "PCP and DEI of real tags pass a cross-connect unchanged",
            "zeek-vlan-pcp-dei.pcapng")
    crossed("real-crossed-tagged-arp", "ARP under one, two and three tags passes a cross-connect",
            "suri-detect-arp-03-vlan.pcap")
    crossed("real-crossed-layers", "Hundreds of nested headers pass a cross-connect unread",
            "suri-decode-too-many-layers.pcap")
    crossed("real-crossed-too-small",
            "Packets too small for their TCP, UDP or ICMP header pass a cross-connect",
            "suri-decode-too-small.pcap")
    crossed("real-crossed-segment", "A frame of 7,306 bytes passes a cross-connect in one piece",
            "tcpdump-gso-ipv4.pcap")
