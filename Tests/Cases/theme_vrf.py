# SPDX-License-Identifier: Apache-2.0
"""VRFs: the same addresses in several, and ways from one to another; for both families."""

from scapy.layers.inet import ICMP, IP, UDP, fragment
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.packet import Raw

from dual_casebook import DualCase
from frames import BROADCAST

SECOND = 1_000_000_000
OWN = {"wan": "02:00:00:00:01:01", "lan": "02:00:00:00:02:01"}
# VLANs of both ports, each with a host that has the same addresses and MAC.
HOST = {"wan": "02:00:00:00:01:fe", "lan": "02:00:00:00:02:02"}
VLAN = {"red": 100, "blue": 200}

PAIR = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24, "2001:db8:1::1/64"]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
interfaces:
  wan.100: {vrf: red, addresses: [10.0.0.1/24, "fd00:1::1/64"]}
  lan.100: {vrf: red, addresses: [10.1.0.1/24, "fd00:2::1/64"]}
  wan.200: {vrf: blue, addresses: [10.0.0.1/24, "fd00:1::1/64"]}
  lan.200: {vrf: blue, addresses: [10.1.0.1/24, "fd00:2::1/64"]}
routes:
  - {vrf: red, to: 172.16.0.0/12, via: 10.1.0.2}
  - {vrf: red, to: "fd10::/32", via: "fd00:2::2"}
  - {vrf: red, to: 172.17.0.0/16, action: prohibit}
  - {vrf: blue, to: 172.16.0.0/12, via: 10.0.0.2}
  - {to: 172.16.0.0/12, via: 198.51.100.2}
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
  - {port: wan.100, address: 10.0.0.2, mac: 02:00:00:00:01:fe}
  - {port: lan.100, address: 10.1.0.2, mac: 02:00:00:00:02:02}
  - {port: wan.200, address: 10.0.0.2, mac: 02:00:00:00:01:fe}
  - {port: lan.200, address: 10.1.0.2, mac: 02:00:00:00:02:02}
  - {port: wan.100, address: "fd00:1::2", mac: 02:00:00:00:01:fe}
  - {port: lan.100, address: "fd00:2::2", mac: 02:00:00:00:02:02}
"""

LEAKS = PAIR + """  - {port: lan.200, address: "fd00:2::2", mac: 02:00:00:00:02:02}
"""
LEAKS = LEAKS.replace("routes:\n", """routes:
  # What is shared: looked up in blue, and from there in the main VRF.
  - {vrf: red, to: 203.0.113.0/24, via: {vrf: blue}}
  - {vrf: blue, to: 203.0.113.0/24, via: {vrf: main}}
  - {to: 203.0.113.0/24, via: 192.0.2.254}
  - {vrf: red, to: "fd20::/32", via: {vrf: blue}}
  - {vrf: blue, to: "fd20::/32", via: "fd00:2::2"}
  # By an interface of another VRF: with a next hop, and hosts that have the destinations.
  - {vrf: red, to: 172.20.0.0/16, via: {address: 10.1.0.2, interface: lan.200}}
  - {vrf: blue, to: 198.51.100.0/25, via: {interface: lan}}
  # Back, and round in a circle.
  - {to: 10.0.0.0/24, via: {vrf: red}}
  - {vrf: red, to: 100.64.0.0/10, via: {vrf: blue}}
  - {vrf: blue, to: 100.64.0.0/10, via: {vrf: red}}
  # A remote next hop that is reached in another VRF.
  - {vrf: red, to: 172.21.0.0/16, via: 203.0.113.7}
""").replace("memory: {routes: 100}", "memory: {routes: 100}\nicmp: {errorsPerSecond: 1000}")


def header(port, vrf, dst=None, src=None, back=False):
    ends = {"src": OWN[port], "dst": dst or HOST[port]} if back else {"src": src or HOST[port], "dst": dst or OWN[port]}
    frame = Ether(**ends)
    return frame / Dot1Q(vlan=VLAN[vrf]) if vrf else frame


def udp(port, vrf, to, source="10.0.0.2", payload=10, **fields):
    layer = IPv6(src=source, dst=to, hlim=64) if ":" in to else IP(src=source, dst=to, ttl=64, **fields)
    return header(port, vrf) / layer / UDP(sport=1000, dport=2000) / Raw(bytes(payload))


def leaves(frame, port, vrf, mac=None):
    layer = IPv6 if frame.haslayer(IPv6) else IP
    packet = frame[layer].copy()
    if layer is IPv6:
        packet.hlim -= 1
    else:
        packet.ttl -= 1
        del packet.chksum
    return port, header(port, vrf, dst=mac, back=True) / packet


def told(frame, port, vrf, kind, code, source, word=0):
    packet = IP(bytes(frame[IP]))
    return port, header(port, vrf, back=True) / IP(src=source, dst=packet.src, ttl=64, tos=0xc0, id=packet.id) \
        / ICMP(type=kind, code=code, unused=word) / Raw(bytes(packet)[:548])


def ping(port, vrf, to, source, number):
    if ":" in to:
        return header(port, vrf) / IPv6(src=source, dst=to, hlim=64) / ICMPv6EchoRequest(id=7, seq=number, data=b"x" * 20)
    return header(port, vrf) / IP(src=source, dst=to, ttl=64, id=number) / ICMP(type=8, id=7, seq=number) / Raw(b"x" * 20)


def pong(frame, port, vrf):
    if frame.haslayer(IPv6):
        from scapy.layers.inet6 import ICMPv6EchoReply
        packet = frame[IPv6]
        return port, header(port, vrf, back=True) / IPv6(src=packet.dst, dst=packet.src, hlim=64) \
            / ICMPv6EchoReply(id=7, seq=packet[ICMPv6EchoRequest].seq, data=packet[ICMPv6EchoRequest].data)
    packet = frame[IP]
    return port, header(port, vrf, back=True) / IP(src=packet.dst, dst=packet.src, ttl=64, id=packet.id) \
        / ICMP(type=0, id=7, seq=packet[ICMP].seq) / Raw(bytes(packet[Raw]))


def build():
    apart()
    leaks()
    limits()


def apart():
    case = DualCase("vrf-apart", "the same addresses in two VRFs, and a third one beside them", PAIR)
    for vrf, out in (("red", "lan"), ("blue", "wan")):
        frame = udp("wan", vrf, "172.16.0.1")
        case.add("wan", f"{vrf}: by its own route", frame, leaves(frame, out, vrf))
        frame = udp("wan", vrf, "10.1.0.2")
        case.add("wan", f"{vrf}: to its own host", frame, leaves(frame, "lan", vrf))
    frame = udp("wan", None, "172.16.0.1", "192.0.2.254")
    case.add("wan", "the main one", frame, leaves(frame, "lan", None))
    frame = udp("wan", "red", "fd10::1", "fd00:1::2")
    case.add("wan", "red: IPv6", frame, leaves(frame, "lan", "red"))
    frame = udp("wan", "blue", "fd10::1", "fd99::9")
    case.add("wan", "blue: no route of IPv6, nor one back", frame, drop="noRoute")
    for vrf in ("red", "blue"):
        frame = udp("wan", vrf, "8.8.8.8")
        case.add("wan", f"{vrf}: no route", frame, told(frame, "wan", vrf, 3, 0, "10.0.0.1"), drop="noRoute")
    frame = udp("wan", "red", "172.17.0.1")
    case.add("wan", "red: prohibited there", frame, told(frame, "wan", "red", 3, 13, "10.0.0.1"), drop="prohibited")
    # Another VRF has the address, and here it is a host's.
    frame = udp("wan", None, "10.0.0.1", "192.0.2.254")
    case.add("wan", "what is ours in red is not in the main one", frame,
             told(frame, "wan", None, 3, 0, "192.0.2.1"), drop="noRoute")
    frame = udp("wan", None, "172.16.0.1", "10.1.0.1")
    case.add("wan", "a source that is ours in red", frame, leaves(frame, "lan", None))
    frame = udp("wan", "red", "172.16.0.1", "10.1.0.1")
    case.add("wan", "red: it is ours there", frame, drop="martianSource")
    frame = udp("wan", "red", "172.16.0.1", "192.0.2.1")
    case.add("wan", "red: a source that is ours in the main one", frame, leaves(frame, "lan", "red"))

    case = DualCase("vrf-own", "own addresses answer in their VRF, to whom they reach there", PAIR)
    for number, (vrf, to) in enumerate((("red", "10.0.0.1"), ("blue", "10.0.0.1"), ("red", "10.1.0.1"), ("blue", "10.1.0.1"))):
        frame = ping("wan", vrf, to, "10.0.0.2", number)
        case.add("wan", f"{vrf}: echo to {to}", frame, pong(frame, "wan", vrf))
    frame = ping("wan", "red", "fd00:2::1", "fd00:1::2", 7)
    case.add("wan", "red: echo of IPv6", frame, pong(frame, "wan", "red"))
    frame = ping("wan", "red", "192.0.2.1", "10.0.0.2", 8)
    case.add("wan", "red: an address of the main one", frame, told(frame, "wan", "red", 3, 0, "10.0.0.1"), drop="noRoute")
    for vrf in ("red", "blue"):
        asked = header("lan", vrf, dst=BROADCAST) / ARP(op=1, hwsrc=HOST["lan"], psrc="10.1.0.2", pdst="10.1.0.1")
        case.add("lan", f"{vrf}: who has 10.1.0.1", asked, ("lan", header("lan", vrf, back=True)
                 / ARP(op=2, hwsrc=OWN["lan"], psrc="10.1.0.1", hwdst=HOST["lan"], pdst="10.1.0.2")))

    case = DualCase("vrf-neighbours", "hosts with one address in two VRFs are two hosts",
                    PAIR.replace("  - {port: lan.100, address: 10.1.0.2, mac: 02:00:00:00:02:02}\n", "")
                    .replace("  - {port: lan.200, address: 10.1.0.2, mac: 02:00:00:00:02:02}\n", ""))
    waiting = {}
    for vrf in ("red", "blue"):
        waiting[vrf] = frame = udp("wan", vrf, "10.1.0.2")
        case.add("wan", f"{vrf}: a packet for it", frame, ("lan", header("lan", vrf, dst=BROADCAST, back=True)
                 / ARP(op=1, hwsrc=OWN["lan"], psrc="10.1.0.1", hwdst="00:00:00:00:00:00", pdst="10.1.0.2")))
    for number, vrf in enumerate(("blue", "red")):
        mac = f"02:00:00:00:02:9{number}"
        said = header("lan", vrf, src=mac) / ARP(op=2, hwsrc=mac, psrc="10.1.0.2", hwdst=OWN["lan"], pdst="10.1.0.1")
        case.add("lan", f"{vrf}: its answer", said, leaves(waiting[vrf], "lan", vrf, mac))

    case = DualCase("vrf-reassembly", "parts of datagrams of two VRFs are not mixed, whatever they have in common", PAIR)
    whole = {vrf: ping("wan", vrf, "10.0.0.1", "10.0.0.2", 9) for vrf in ("red", "blue")}
    whole["blue"][Raw].load = b"y" * 20
    parts = {}
    for vrf, frame in whole.items():
        frame[IP].id = 77
        packet = IP(bytes(frame[IP]))
        parts[vrf] = [header("wan", vrf) / part for part in fragment(packet, 16)]
    case.add("wan", "red: the first part", parts["red"][0])
    case.add("wan", "blue: the second part", parts["blue"][1])
    case.add("wan", "red: the second part, and the datagram is whole", parts["red"][1], pong(whole["red"], "wan", "red"))
    case.add("wan", "blue: the first part", parts["blue"][0], pong(whole["blue"], "wan", "blue"))

    case = DualCase("vrf-source-check", "sources are looked for in the VRF that a packet is in",
                    PAIR.replace("wan.100: {vrf: red,", "wan.100: {vrf: red, sourceCheck: strict,"))
    frame = udp("wan", "red", "10.1.0.2")
    case.add("wan", "red: by the interface of its network", frame, leaves(frame, "lan", "red"))
    frame = udp("wan", "red", "10.1.0.2", "172.16.0.9")
    case.add("wan", "red: its route leads to lan there", frame, drop="sourceCheckFailed")
    frame = udp("wan", "blue", "10.1.0.2", "172.16.0.9")
    case.add("wan", "blue: nobody asks", frame, leaves(frame, "lan", "blue"))


def leaks():
    case = DualCase("vrf-leaks", "routes lead to the table of another VRF, or to an interface of it", LEAKS)
    frame = udp("wan", "red", "203.0.113.7")
    case.add("wan", "red: by blue to the main one", frame, leaves(frame, "wan", None))
    frame = udp("wan", "red", "fd20::7", "fd00:1::2")
    case.add("wan", "red: IPv6 by blue", frame, leaves(frame, "lan", "blue"))
    frame = udp("wan", "red", "172.20.0.1")
    case.add("wan", "red: by a next hop behind an interface of blue", frame, leaves(frame, "lan", "blue"))
    frame = udp("wan", "red", "172.21.0.1")
    case.add("wan", "red: a next hop that is reached in the main one", frame, leaves(frame, "wan", None))
    frame = udp("wan", "blue", "198.51.100.77")
    case.add("wan", "blue: a host behind an interface of the main one", frame, (
        "lan", Ether(src=OWN["lan"], dst=BROADCAST)
        / ARP(op=1, hwsrc=OWN["lan"], psrc="198.51.100.1", hwdst="00:00:00:00:00:00", pdst="198.51.100.77")))
    mac = "02:00:00:00:02:77"
    said = header("lan", None, src=mac) / ARP(op=2, hwsrc=mac, psrc="198.51.100.77", hwdst=OWN["lan"], pdst="198.51.100.1")
    case.add("lan", "its answer", said, leaves(frame, "lan", None, mac))
    frame = udp("wan", "blue", "198.51.100.2")
    case.add("wan", "blue: one there whose MAC the configuration says", frame, leaves(frame, "lan", None))
    frame = udp("lan", None, "10.0.0.2", "198.51.100.2")
    case.add("lan", "the main one, back into red", frame, leaves(frame, "wan", "red"))
    frame = udp("lan", None, "10.0.0.1", "198.51.100.2")
    case.add("lan", "the main one, to an address of ours in red: nobody takes UDP", frame,
             told(frame, "lan", None, 3, 3, "10.0.0.1"), drop="localNotHandled")
    frame = udp("wan", "red", "100.64.0.1")
    case.add("wan", "red and blue lead to each other", frame, told(frame, "wan", "red", 3, 0, "10.0.0.1"), drop="vrfLoop")


def limits():
    # One packet by each of 64 VRFs, and all of them have the same addresses.
    lines = "".join(f"  wan.{100 + n}: {{vrf: v{n}, addresses: [10.0.0.1/24]}}\n"
                    f"  lan.{100 + n}: {{vrf: v{n}, addresses: [10.1.0.1/24]}}\n" for n in range(64))
    hosts = "".join(f"  - {{port: lan.{100 + n}, address: 10.1.0.{2 + n}, mac: 02:00:00:00:02:{n:02x}}}\n" for n in range(64))
    routes = "".join(f"  - {{vrf: v{n}, to: 172.16.0.0/12, via: 10.1.0.{2 + n}}}\n" for n in range(64))
    case = DualCase("vrf-many", "64 VRFs with the same addresses, each with a next hop of its own", f"""
version: 1
forward: route
memory: {{routes: 100}}
ports:
  wan: {{device: vdev:net_null0, mac: 02:00:00:00:01:01}}
  lan: {{device: vdev:net_null1, mac: 02:00:00:00:02:01}}
interfaces:
{lines}routes:
{routes}neighbours:
{hosts}""")
    for n in (0, 63, 17, 1):
        VLAN[f"v{n}"] = 100 + n
        frame = udp("wan", f"v{n}", "172.16.0.1")
        case.add("wan", f"v{n}", frame, leaves(frame, "lan", f"v{n}", f"02:00:00:00:02:{n:02x}"))

    first = PAIR
    second = PAIR.replace("vrf: blue", "vrf: green").replace("{vrf: red, to: 172.16.0.0/12, via: 10.1.0.2}",
                                                              "{vrf: red, to: 172.16.0.0/12, via: 10.0.0.2}")
    case = DualCase("vrf-reload", "a reload renames a VRF, and changes a route of the other alone", first,
                    steps=[{"at": "1s", "reload": "after.yaml"}])
    case.files = {"after.yaml": second}
    red, blue = udp("wan", "red", "172.16.0.1"), udp("wan", "blue", "172.16.0.1")
    case.add("wan", "red", red, leaves(red, "lan", "red"), after=0)
    case.add("wan", "blue", blue, leaves(blue, "wan", "blue"))
    case.add("wan", "red: another next hop", red, leaves(red, "wan", "red"), after=2 * SECOND)
    case.add("wan", "blue, which is called green now", blue, leaves(blue, "wan", "blue"))
