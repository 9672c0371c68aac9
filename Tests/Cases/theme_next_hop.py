# SPDX-License-Identifier: Apache-2.0
"""Next hops that routes lead to, that are on no network, that give way to others: for both families."""

from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Raw

import theme_ipv6
from dual_casebook import DualCase, FAR, HOST_MAC, LINK, MAC, forwarded, message
from frames import BROADCAST

SECOND = 1_000_000_000
HEAD = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24, "2001:db8:1::1/64"]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24, "2001:db8:2::1/64"]}
  dmz: {device: vdev:net_null2, mac: 02:00:00:00:03:01, addresses: [203.0.113.1/24, "2001:db8:3::1/64"]}
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
  - {port: wan, address: "2001:db8:1::fe", mac: 02:00:00:00:01:fe}
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
  - {port: lan, address: "2001:db8:2::2", mac: 02:00:00:00:02:02}
  - {port: dmz, address: 203.0.113.2, mac: 02:00:00:00:03:02}
  - {port: dmz, address: "2001:db8:3::2", mac: 02:00:00:00:03:02}
"""
PORT_MAC = {**MAC, "dmz": "02:00:00:00:03:01"}
WAY = {"wan": "02:00:00:00:01:fe", "lan": "02:00:00:00:02:02", "dmz": "02:00:00:00:03:02"}


def udp4(to, port="wan", source="192.0.2.254", payload=10, **fields):
    return Ether(src=WAY[port], dst=PORT_MAC[port]) \
        / IP(src=source, dst=to, ttl=64, **fields) / UDP(sport=1000, dport=2000) / Raw(bytes(payload))


def udp6(to, payload=10):
    return theme_ipv6.udp(to, payload=payload)


def leaves(frame, port, mac=None):
    """The packet as it leaves by a port: one hop less (RFC 1812, 5.3.1; RFC 8200, 3)."""
    header = Ether(src=PORT_MAC[port], dst=mac or WAY[port])
    if frame.type == 0x86dd:
        return forwarded(frame, port, header=header)
    packet = IP(bytes(frame[IP]))
    packet.ttl -= 1
    del packet.chksum
    return port, header / packet


def question(host, port="lan", source="198.51.100.1"):
    return port, Ether(src=PORT_MAC[port], dst=BROADCAST) \
        / ARP(op=1, hwsrc=PORT_MAC[port], psrc=source, hwdst="00:00:00:00:00:00", pdst=host)


def answer(host, mac, port="lan", target="198.51.100.1"):
    return Ether(src=mac, dst=PORT_MAC[port]) \
        / ARP(op=2, hwsrc=mac, psrc=host, hwdst=PORT_MAC[port], pdst=target)


def unreachable(frame, code, source="192.0.2.1"):
    """RFC 792: the header and as much of the rest as fits into 576 bytes."""
    packet = IP(bytes(frame[IP]))
    return "wan", Ether(src=PORT_MAC["wan"], dst=WAY["wan"]) \
        / IP(src=source, dst=packet.src, ttl=64, tos=0xc0, id=packet.id) / ICMP(type=3, code=code) / Raw(bytes(packet)[:548])


def build():
    remote()
    on_link()
    metrics()
    tracking()


def remote():
    case = DualCase("next-hop-remote", "a next hop on no network is reached as packets to it are (RFC 4271, 5.1.3)", HEAD + """routes:
  - {to: 10.9.0.0/16, via: 198.51.100.2}
  - {to: 10.9.9.0/24, via: 203.0.113.2}
  - {to: 172.16.0.0/12, via: 10.9.1.1}
  - {to: 172.17.0.0/16, via: 10.9.9.9}
  # By way of a next hop that is remote itself.
  - {to: 172.18.0.0/16, via: 172.17.0.1}
  - {to: 172.19.0.0/16, via: 10.7.0.1}
  - {to: 10.7.0.0/16, action: prohibit}
  - {to: "2001:db8:900::/40", via: "2001:db8:3::2"}
  - {to: "2001:db8:a00::/40", via: "2001:db8:900::1"}
""")
    for what, packet, port in (
            ("by the longer prefix's other route", udp4("172.16.0.1"), "lan"),
            ("by the longer prefix", udp4("172.17.0.1"), "dmz"),
            ("by way of two", udp4("172.18.0.1"), "dmz"),
            ("the next hop itself", udp4("10.9.9.9"), "dmz"),
            ("of IPv6", udp6("2001:db8:a00::7"), "dmz")):
        case.add("wan", what, packet, leaves(packet, port))
    packet = udp4("172.19.0.1")
    case.add("wan", "where the next hop is forbidden", packet, unreachable(packet, 13), drop="prohibited")

    case = DualCase("next-hop-remote-follows", "where a remote next hop is follows the routes, as links and reloads change them",
                    HEAD + """routes:
  - {to: 10.9.0.0/16, via: 198.51.100.2, metric: 1}
  - {to: 10.9.0.0/16, via: 203.0.113.2, metric: 2}
  - {to: 172.16.0.0/12, via: 10.9.1.1}
""", steps=[{"at": "1s", "link": {"port": "lan", "state": "down"}},
            {"at": "3s", "link": {"port": "lan", "state": "up"}},
            {"at": "5s", "reload": "after.yaml"}])
    case.files = {"after.yaml": HEAD + """routes:
  - {to: 10.9.0.0/16, via: 203.0.113.2}
  - {to: 10.9.1.0/24, via: 192.0.2.254}
  - {to: 172.16.0.0/12, via: 10.9.1.1}
"""}
    packet = udp4("172.16.0.1", "dmz", "203.0.113.9")
    for what, port in (("by the better way", "lan"), ("by the other", "dmz"), ("by the better one again", "lan"),
                       ("by a longer prefix that a reload brings", "wan")):
        case.add("dmz", what, packet, leaves(packet, port), after=2 * SECOND if case.inputs else 0)


def on_link():
    far = "203.0.114.9"
    case = DualCase("next-hop-on-link", "a next hop on no network of its interface is asked for all the same (onlink)", HEAD + f"""routes:
  - {{to: 172.16.0.0/12, via: {{address: {far}, interface: lan, onlink: true}}}}
  - {{to: "2001:db8:a00::/40", via: {{address: "2001:db8:ffff::9", interface: lan, onlink: true}}}}
  - {{to: 10.5.0.0/24, via: {{interface: lan}}}}
""")
    mac = "02:00:00:00:02:99"
    first = udp4("172.16.0.1")
    case.add("wan", "a packet for it", first, question(far))
    case.add("lan", "its answer", answer(far, mac), leaves(first, "lan", mac))
    asked = Ether(src=mac, dst=BROADCAST) / ARP(op=1, hwsrc=mac, psrc=far, pdst="198.51.100.1")
    case.add("lan", "it asks us", asked, ("lan", Ether(src=PORT_MAC["lan"], dst=mac)
                                         / ARP(op=2, hwsrc=PORT_MAC["lan"], psrc="198.51.100.1", hwdst=mac, pdst=far)))
    stranger = Ether(src=mac, dst=BROADCAST) / ARP(op=1, hwsrc=mac, psrc="203.0.114.10", pdst="198.51.100.1")
    case.add("lan", "somebody else does who is on no network", stranger, drop="arpForeignSender")
    second = udp6("2001:db8:a00::7")
    case.add("wan", "of IPv6", second, theme_ipv6.question("2001:db8:ffff::9"))
    case.add("lan", "its answer", theme_ipv6.answer("2001:db8:ffff::9", mac), leaves(second, "lan", mac))
    third = udp4("10.5.0.7")
    case.add("wan", "for a host behind the interface that has the destination", third, question("10.5.0.7"))
    case.add("lan", "its answer", answer("10.5.0.7", mac), leaves(third, "lan", mac))
    asked = Ether(src=mac, dst=BROADCAST) / ARP(op=1, hwsrc=mac, psrc="10.5.0.8", pdst="198.51.100.1")
    case.add("lan", "a neighbour of it asks us", asked, ("lan", Ether(src=PORT_MAC["lan"], dst=mac)
             / ARP(op=2, hwsrc=PORT_MAC["lan"], psrc="198.51.100.1", hwdst=mac, pdst="10.5.0.8")))


def metrics():
    case = DualCase("route-metrics", "of several routes to a prefix the lowest metric counts whose link is up", HEAD + """routes:
  - {to: default, via: 203.0.113.2, metric: 20}
  - {to: default, via: 198.51.100.2, metric: 10}
  - {to: default, action: prohibit, metric: 4294967295}
  - {to: "2001:db8:f00::/40", via: "2001:db8:1::fe"}
  - {to: "::/0", via: "2001:db8:2::2"}
  - {to: "::/0", via: ["2001:db8:3::2"], metric: 1}
""", steps=[{"at": "1s", "link": {"port": "lan", "state": "down"}},
            {"at": "3s", "link": {"port": "dmz", "state": "down"}},
            {"at": "5s", "link": {"port": "lan", "state": "up"}}])
    four, six = udp4("172.16.0.1"), udp6("2001:db8:a00::7")
    case.add("wan", "the best", four, leaves(four, "lan"), after=0)
    case.add("wan", "of IPv6", six, leaves(six, "lan"))
    case.add("wan", "its link is down", four, leaves(four, "dmz"), after=2 * SECOND)
    case.add("wan", "of IPv6", six, leaves(six, "dmz"))
    case.add("wan", "that of the next is down, too", four, unreachable(four, 13), drop="prohibited", after=2 * SECOND)
    case.add("wan", "of IPv6: none is left, and the best one's link is down", six, theme_ipv6.about(1, 3, six), drop="linkDown")
    case.add("wan", "the best is back", four, leaves(four, "lan"), after=2 * SECOND)
    case.add("wan", "of IPv6", six, leaves(six, "lan"))


def tracking():
    host, mac = "198.51.100.77", "02:00:00:00:02:77"
    case = DualCase("route-track-neighbour", "with track: neighbour a route gives way while its next hop does not answer", HEAD + f"""routes:
  - {{to: 172.16.0.0/12, via: {host}, metric: 1, track: neighbour}}
  - {{to: 172.16.0.0/12, via: 203.0.113.2, metric: 2}}
""")
    first, second = udp4("172.16.0.1", id=1), udp4("172.16.0.1", id=2)
    case.add("wan", "it is asked three times; then what waited goes by the other route", first,
             question(host), question(host), question(host), leaves(first, "dmz"), after=0)
    # It is asked again once it counts as failed no more: at 7 s.
    case.add("wan", "the other route counts", second, leaves(second, "dmz"), question(host), after=4 * SECOND)
    case.add("lan", "it answers at last", answer(host, mac), after=3_500_000_000)
    third = udp4("172.16.0.1", id=3)
    case.add("wan", "and the route counts again", third, leaves(third, "lan", mac), after=SECOND // 2)

    case = DualCase("route-track-member", "a next hop of several that does not answer hands its flows to the others", HEAD + f"""routes:
  - {{to: 172.16.0.0/12, via: [{host}, 203.0.113.2], track: neighbour}}
hash: {{seed: 1}}
""")
    probe = udp4(host, id=9)
    case.add("wan", "somebody sends to it", probe, question(host), question(host), question(host),
             unreachable(probe, 1), drop="noNeighbour", after=0)
    for number in range(12):
        packet = udp4(f"172.16.0.{number + 1}")
        case.add("wan", f"flow {number}", packet, leaves(packet, "dmz"),
                 after=4 * SECOND if number == 0 else 10_007)
