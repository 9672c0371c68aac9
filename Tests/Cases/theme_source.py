# SPDX-License-Identifier: Apache-2.0
"""Sources that an interface believes: `sourceCheck` (RFC 3704, 2.2 to 2.4; RFC 1812, 5.3.8)."""

from scapy.layers.inet import ICMP, UDP
from scapy.layers.l2 import Dot1AD, Dot1Q, Ether

from casebook import HOST_MAC, INSIDE, LICENCE, PORT_MAC, UPLINK, Case, ether, ip, udp

SECOND = 1_000_000_000
TO = "10.0.0.9"
OUT = "8.8.8.8"

ROUTER = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]WAN}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]LAN}
  dmz: {device: vdev:net_null2, mac: 02:00:00:00:03:01, addresses: [203.0.113.1/25]DMZ}
routes:
  - {to: 10.0.0.0/8, via: 198.51.100.2}
  - {to: 10.5.0.0/16, via: 203.0.113.2}
  - {to: 10.6.0.0/16, action: blackhole}
  - {to: 10.7.0.0/16, action: unreachable}
  - {to: 172.16.0.0/12, via: [203.0.113.2, {address: 198.51.100.2, weight: 3}]}
  - {to: UPSTREAM, via: 192.0.2.254}
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
  - {port: dmz, address: 203.0.113.2, mac: 02:00:00:00:03:02}
"""

TRUNK = """
version: 1
forward: route
memory: {routes: 100}
ports:
  trunk: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [10.0.0.1/24], sourceCheck: strict}
  out: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
interfaces:
  trunk.100: {addresses: [10.1.0.1/24], sourceCheck: strict}
  trunk.200: {addresses: [10.2.0.1/24]}
  trunk.300.7: {addresses: [10.3.0.1/24], sourceCheck: loose}
neighbours: [{port: out, address: 198.51.100.2, mac: 02:00:00:00:02:02}]
"""


def router(wan="off", lan="off", dmz="off", upstream="0.0.0.0/0"):
    text = ROUTER.replace("UPSTREAM", upstream)
    for name, demand in (("WAN", wan), ("LAN", lan), ("DMZ", dmz)):
        text = text.replace(name, "" if demand == "off" else f", sourceCheck: {demand}")
    return text


def build():
    strict()
    loose()
    several()
    silence()
    tags()
    steps()


def strict():
    case = Case("source-check-strict",
                "An interface with sourceCheck: strict believes sources to which packets would leave by it (RFC 3704, 2.2)",
                router(lan="strict"))
    for what, source in (("behind a next hop of lan", "10.0.0.7"), ("the first of its route", "10.0.0.0"),
                         ("a host of lan's own network", "198.51.100.77"), ("the next hop itself", "198.51.100.2")):
        case.add("lan", what, udp("lan", OUT, src=source), to=UPLINK)
    case.drop("sourceCheckFailed", "lan", {
        "reached by wan, by the default route": udp("lan", OUT, src="8.8.4.4"),
        "on wan's network": udp("lan", OUT, src="192.0.2.7"),
        "a longer prefix leads to dmz": udp("lan", OUT, src="10.5.0.1"),
        "a blackhole": udp("lan", OUT, src="10.6.0.1"),
        "an unreachable route": udp("lan", OUT, src="10.7.255.255"),
        "to a host on lan": udp("lan", TO, src="8.8.4.4")})
    case.add("wan", "by an interface that asks for nothing", udp("wan", TO, src="10.6.0.1"), to=INSIDE)
    case.add("wan", "by an interface that asks for nothing, from the inside", udp("wan", TO, src="10.0.0.7"), to=INSIDE)

    Case("source-check-strict-default", "The default route is a route like others: by its interface strict believes all that "
         "no longer prefix leads elsewhere with", router(wan="strict")) \
        .add("wan", "from anywhere", udp("wan", TO, src="8.8.4.4"), to=INSIDE) \
        .add("wan", "from wan's network", udp("wan", TO, src="192.0.2.99"), to=INSIDE) \
        .drop("sourceCheckFailed", "wan", {
            "from the inside": udp("wan", TO, src="10.0.0.7"), "from lan's network": udp("wan", TO, src="198.51.100.9"),
            "from dmz's": udp("wan", TO, src="203.0.113.9")})

    Case("source-check-strict-martians", "What is no source for anybody has its own reason, in front of the check",
         router(lan="strict")) \
        .drop("martianSource", "lan", {
            "loopback": udp("lan", OUT, src="127.0.0.1"), "our own": udp("lan", OUT, src="198.51.100.1"),
            "a broadcast address": udp("lan", OUT, src="198.51.100.255"), "link-local": udp("lan", OUT, src="169.254.1.1")}) \
        .drop("badChecksum", "lan", {
            "a wrong checksum": ether("lan") / ip("lan", OUT, src="8.8.4.4", chksum=0x1234) / UDP()})


def loose():
    case = Case("source-check-loose", "An interface with sourceCheck: loose believes each source that has a route (RFC 3704, 2.4)",
                router(lan="loose", upstream="8.0.0.0/8"))
    for what, source in (("behind lan", "10.0.0.7"), ("behind wan", "8.8.4.4"), ("behind dmz", "10.5.0.1"),
                         ("on wan's network", "192.0.2.7"), ("several next hops", "172.16.0.1")):
        case.add("lan", what, udp("lan", OUT, src=source), to=UPLINK)
    case.drop("sourceCheckFailed", "lan", {
        "no route": udp("lan", OUT, src="9.9.9.9"), "no route, to a host of lan": udp("lan", TO, src="9.9.9.9"),
        "a blackhole": udp("lan", OUT, src="10.6.0.1"), "an unreachable route": udp("lan", OUT, src="10.7.0.1")})
    case.add("wan", "by an interface that asks for nothing", udp("wan", TO, src="9.9.9.9"), to=INSIDE)


def several():
    case = Case("source-check-strict-next-hops",
                "A source with several next hops is believed by the interface of each (RFC 3704, 2.3)",
                router("strict", "strict", "strict"))
    for port in ("lan", "dmz"):
        for number in range(4):
            case.add(port, f"flow {number}", udp(port, OUT, src=f"172.16.{number}.1", sport=1000 + number), to=UPLINK)
    case.drop("sourceCheckFailed", "wan", {"by another": udp("wan", TO, src="172.16.0.1")})


def silence():
    """No message about it: it would go to whoever the source is (RFC 2827)."""
    Case("source-check-silent", "Nothing is said about a packet whose source is not believed, and nothing answered (RFC 3704, 4.3)",
         router(lan="strict")) \
        .drop("sourceCheckFailed", "lan", {
            "TTL 1": udp("lan", OUT, src="8.8.4.4", ttl=1),
            "no route to go by": udp("lan", "10.7.0.1", src="8.8.4.4"),
            "an echo request for the router": ether("lan") / ip("lan", "198.51.100.1", src="8.8.4.4") / ICMP(type=8, id=1)}) \
        .add("lan", "an echo request from a host of lan",
             ether("lan") / ip("lan", "198.51.100.1", src="198.51.100.9") / ICMP(type=8, id=2), answered=True)


def tags():
    def frame(tags, source):
        header = Ether(src=HOST_MAC["wan"], dst=PORT_MAC["wan"])
        for tag in tags:
            header /= tag
        return header / ip("wan", "198.51.100.2", src=source) / UDP(sport=1, dport=2)

    way = ("out", "198.51.100.2")
    case = Case("source-check-vlans", "Each interface of a port asks for itself, whatever tags its frames have", TRUNK)
    case.add("trunk", "untagged, its network", frame([], "10.0.0.9"), to=way)
    case.drop("sourceCheckFailed", "trunk", {"untagged, another VLAN's": frame([], "10.1.0.9")})
    case.add("trunk", "a priority tag, its network", frame([Dot1Q(vlan=0, prio=5)], "10.0.0.9"), to=way)
    case.drop("sourceCheckFailed", "trunk", {
        "a priority tag, another VLAN's": frame([Dot1Q(vlan=0, prio=5)], "10.1.0.9")})
    case.add("trunk", "100, its network", frame([Dot1Q(vlan=100)], "10.1.0.9"), to=way)
    case.add("trunk", "a priority tag and 100", frame([Dot1Q(vlan=0, prio=3), Dot1Q(vlan=100)], "10.1.0.9"), to=way)
    case.drop("sourceCheckFailed", "trunk", {
        "100, the untagged network": frame([Dot1Q(vlan=100)], "10.0.0.9"),
        "100, no route": frame([Dot1Q(vlan=100)], "8.8.8.8")})
    case.add("trunk", "200, which asks for nothing", frame([Dot1Q(vlan=200)], "8.8.8.8"), to=way)
    case.add("trunk", "300.7 loose, another VLAN's", frame([Dot1AD(vlan=300), Dot1Q(vlan=7)], "10.1.0.9"), to=way)
    case.drop("sourceCheckFailed", "trunk", {
        "300.7 loose, no route": frame([Dot1AD(vlan=300), Dot1Q(vlan=7)], "8.8.8.8")})


def steps():
    case = Case("source-check-reload", "A reload switches the check on and off",
                router(), steps=[{"at": "1s", "reload": "on.yaml"}, {"at": "3s", "reload": "off.yaml"}])
    case.files |= {"on.yaml": LICENCE + router(lan="strict").lstrip("\n"), "off.yaml": LICENCE + router().lstrip("\n")}
    case.add("lan", "before", udp("lan", OUT, src="8.8.4.4"), at=0, to=UPLINK)
    case.add("lan", "on", udp("lan", OUT, src="8.8.4.4"), at=2 * SECOND, drop="sourceCheckFailed")
    case.add("lan", "on, a good one", udp("lan", OUT, src="10.0.0.7"), at=2 * SECOND + 1, to=UPLINK)
    case.add("lan", "off again", udp("lan", OUT, src="8.8.4.4"), at=4 * SECOND, to=UPLINK)

    Case("source-check-link-down", "By a link that is down no source is reached", router(lan="loose"),
         steps=[{"at": "1s", "link": {"port": "dmz", "state": "down"}}]) \
        .add("lan", "before", udp("lan", OUT, src="203.0.113.9"), at=0, to=UPLINK) \
        .add("lan", "while it is down", udp("lan", OUT, src="203.0.113.9"), at=2 * SECOND, drop="sourceCheckFailed") \
        .add("lan", "one of two next hops is left", udp("lan", OUT, src="172.16.0.1"), at=2 * SECOND + 1, to=UPLINK)
