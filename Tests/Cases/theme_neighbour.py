# SPDX-License-Identifier: Apache-2.0
"""Hosts whose MACs are found out: who is asked and when, what waits, who is believed (RFC 826, 1122, 4861, 5227)."""

import ipaddress

from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.packet import Raw

import model
from casebook import PORT_MAC, UPLINK, Case, echo, ether, ip, udp
from frames import BROADCAST

SECOND = 1_000_000_000
MILLISECOND = 1_000_000
HOST, MAC, OTHER = "198.51.100.77", "02:00:00:00:02:77", "02:00:00:00:02:78"
KNOWN = {("lan", HOST): MAC}

VLAN = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01}
interfaces:
  lan.100: {addresses: [10.1.0.1/24]}
routes: [{to: 8.0.0.0/8, via: 192.0.2.254}]
neighbours: [{port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}]
"""


def answer(mac=MAC, sender=HOST, to=PORT_MAC["lan"], target="198.51.100.1"):
    return Ether(src=mac, dst=to) / ARP(op=2, hwsrc=mac, psrc=sender, hwdst=to, pdst=target)


def question(mac=MAC, sender=HOST, target="198.51.100.1"):
    return Ether(src=mac, dst=BROADCAST) / ARP(op=1, hwsrc=mac, psrc=sender, pdst=target)


def build():
    asked()
    waiting()
    believed()
    ages()


def asked():
    to = ("lan", HOST)
    Case("neighbour-answered", "A packet waits until its host has answered, and leaves then, in order; later ones leave at "
         "once (RFC 1122, 2.3.2.2)", hosts=KNOWN,
         frames=[{"port": "lan", "frame": 1, "fields": {
             "arp.operation": 1, "arp.targetAddress": HOST, "ethernet.destination": BROADCAST}}]) \
        .add("wan", "the first", udp("wan", HOST), at=0, to=to) \
        .add("wan", "the second", udp("wan", HOST, sport=4001), at=1_000, to=to) \
        .add("lan", "the answer", answer(), at=2 * MILLISECOND, learnt=True) \
        .add("wan", "the third", udp("wan", HOST, sport=4002), at=3 * MILLISECOND, to=to)

    Case("neighbour-second-question", "A host that does not answer is asked again after a second (RFC 1122, 2.3.2.1)",
         hosts=KNOWN) \
        .add("wan", "a packet", udp("wan", HOST), at=0, to=to) \
        .add("lan", "the answer to the second question", answer(), at=1500 * MILLISECOND, learnt=True)

    Case("neighbour-silent", "Who does not answer three questions is unreachable: what waited is answered, then at once what "
         "comes in three seconds, and then it is asked again (RFC 1812, 4.3.3.1)") \
        .add("wan", "waits", udp("wan", HOST), at=0, drop="noNeighbour") \
        .add("wan", "waits, a second later", udp("wan", HOST), at=SECOND, drop="noNeighbour") \
        .add("wan", "too late to wait", udp("wan", HOST), at=3 * SECOND + 1, drop="noNeighbour") \
        .add("wan", "the last of that time", udp("wan", HOST), at=6 * SECOND - 1, drop="noNeighbour") \
        .add("wan", "asks anew", udp("wan", HOST), at=6 * SECOND + 1, drop="noNeighbour")

    Case("neighbour-of-a-route", "Packets for different destinations wait for one next hop, which is asked once",
         hosts={("lan", "198.51.100.99"): MAC}) \
        .add("wan", "to the one", udp("wan", "10.88.0.1"), at=0, to=("lan", "198.51.100.99")) \
        .add("wan", "to the other", udp("wan", "10.88.255.1"), at=1_000, to=("lan", "198.51.100.99")) \
        .add("lan", "the answer", answer(sender="198.51.100.99"), at=MILLISECOND, learnt=True) \
        .add("wan", "afterwards", udp("wan", "10.88.7.7"), at=2 * MILLISECOND, to=("lan", "198.51.100.99"))

    Case("neighbour-after-other-tests", "Time to live and MTU are looked at before a packet waits, and what waits for one host "
         "keeps nobody else") \
        .add("wan", "TTL 1", udp("wan", HOST, ttl=1), at=0, drop="timeToLiveExpired") \
        .add("dmz", "1501 bytes, DF", udp("dmz", HOST, payload=1473, flags="DF"), at=1_000, drop="exceedsMTU") \
        .add("wan", "waits in vain", udp("wan", HOST), at=2_000, drop="noNeighbour") \
        .add("wan", "to a known host", udp("wan", "198.51.100.3"), at=3_000, to=("lan", "198.51.100.3"))

    case = Case("neighbour-of-an-answer", "What Freeway says itself waits, too: an echo reply and a message about a packet",
                hosts=KNOWN)
    case.add("wan", "an echo request from a host that nobody knows", ether("wan") / ip(
        "wan", "192.0.2.1", src=HOST) / ICMP(type=8) / Raw(b"ping"), at=0, answered=True)
    case.add("wan", "TTL 1, from there", udp("wan", "10.0.0.9", src=HOST, ttl=1), at=1_000, drop="timeToLiveExpired")
    case.add("lan", "the answer", answer(), at=MILLISECOND, learnt=True)

    tag = Dot1Q(vlan=100)
    Case("neighbour-by-vlan", "A host on a VLAN is asked with the VLAN's tag, and an answer without it is nobody's", VLAN,
         hosts={("lan.100", "10.1.0.2"): MAC}) \
        .add("wan", "a packet", udp("wan", "10.1.0.2"), at=0, to=("lan.100", "10.1.0.2")) \
        .add("lan", "an answer without a tag", answer(sender="10.1.0.2", target="10.1.0.1"), at=1_000, drop="arpNotForUs") \
        .add("lan", "the answer", Ether(src=MAC, dst=PORT_MAC["lan"]) / tag / ARP(
            op=2, hwsrc=MAC, psrc="10.1.0.2", hwdst=PORT_MAC["lan"], pdst="10.1.0.1"), at=2_000, learnt=True) \
        .add("wan", "another", udp("wan", "10.1.0.2"), at=3_000, to=("lan.100", "10.1.0.2"))

    Case("neighbour-nobody-asks", "With arp.requestsPerSecond: 0 nobody is asked, and nothing waits",
         VLAN + "arp: {requestsPerSecond: 0}\n") \
        .add("wan", "a packet", udp("wan", "10.1.0.2"), drop="neighbourLimit")


def buckets():
    """Hosts of 10.1.0.0/16 on the second port, by their bucket: each of 128 has two of a /24, more or less."""
    result = {}
    for host in range(2, 4000):
        address = ipaddress.ip_address("10.1.0.0") + host
        word = 1 << 48 | 1 << 32 | int(address)
        bucket = model.split_mix((word - 0x9E3779B97F4A7C15) % 2**64) >> 57
        result.setdefault(bucket, []).append(str(address))
    return result.values()


def waiting():
    to = ("lan", HOST)
    case = Case("neighbour-queue-of-a-host", "Three packets wait for a host; the oldest goes for the next one", hosts=KNOWN)
    for number in range(5):
        lost = {"drop": "neighbourQueueFull"} if number < 2 else {"to": to}
        case.add("wan", f"packet {number}", udp("wan", HOST, sport=4000 + number), at=number * 1_000, **lost)
    case.add("lan", "the answer", answer(), at=MILLISECOND, learnt=True)

    many = next(addresses for addresses in buckets() if len(addresses) >= 12)[:12]
    config = VLAN.replace("mac: 02:00:00:00:02:01}", "mac: 02:00:00:00:02:01, addresses: [10.1.0.1/16]}") \
        .replace("  lan.100: {addresses: [10.1.0.1/24]}\n", "").replace("interfaces:\n", "")
    case = Case("neighbour-queue-of-many", "Eight packets wait in a 128th of all hosts; the one that has waited longest goes "
                "for the next, whoever it is for", config, hosts={("lan", address): MAC for address in many})
    for number, address in enumerate(many):
        lost = {"drop": "neighbourQueueFull"} if number < 4 else {"to": ("lan", address)}
        case.add("wan", f"to {address}", udp("wan", address), at=number * 1_000, **lost)
    for number, address in enumerate(many):
        case.add("lan", f"the answer of {address}", answer(sender=address, target="10.1.0.1"),
                 at=MILLISECOND + number * 1_000, learnt=True)


def believed():
    to = ("lan", HOST)
    Case("neighbour-that-asks", "Who asks for our address is known (RFC 826)", hosts=KNOWN) \
        .add("lan", "it asks", question(), at=0, answered=True) \
        .add("wan", "a packet to it", udp("wan", HOST), at=1_000, to=to)

    Case("neighbour-that-probes", "A probe for an address tells of nobody (RFC 5227, 1.1)") \
        .add("lan", "a probe", question(sender="0.0.0.0"), at=0, answered=True) \
        .add("wan", "a packet", udp("wan", HOST), at=1_000, drop="noNeighbour")

    case = Case("neighbour-with-another-mac", "Whoever is known may announce another MAC, or show it in any ARP; packets go there "
                "from then on (RFC 826; RFC 5227, 3)", hosts=KNOWN)
    case.add("wan", "waits", udp("wan", HOST), at=0, to=to)
    case.add("lan", "the answer", answer(), at=1_000, learnt=True)
    case.hosts = {("lan", HOST): OTHER}
    case.add("lan", "it announces another MAC", question(OTHER, HOST, HOST), at=2_000, learnt=True)
    case.add("wan", "goes there", udp("wan", HOST), at=3_000, to=to)
    case.hosts = KNOWN
    case.add("lan", "it asks somebody else", question(MAC, HOST, "198.51.100.3"), at=4_000, drop="arpNotForUs")
    case.add("wan", "goes back", udp("wan", HOST), at=5_000, to=to)

    case = Case("neighbour-not-believed", "Nobody is believed who was not asked, is not there, or claims a static neighbour's "
                "address")
    case.add("lan", "an answer that nobody asked for", answer(), at=0, drop="arpUnsolicited")
    case.add("lan", "an announcement of a host that nobody knows", question(MAC, HOST, HOST), at=1_000, drop="arpNotForUs")
    case.add("lan", "somebody else claims a static neighbour's address", answer(OTHER, "198.51.100.3"), at=2_000,
             drop="arpUnsolicited")
    case.add("lan", "and asks as that", question(OTHER, "198.51.100.3"), at=3_000, answered=True)
    case.add("wan", "a packet to the static neighbour", udp("wan", "198.51.100.3"), at=4_000, to=("lan", "198.51.100.3"))
    case.add("wan", "waits", udp("wan", HOST), at=5_000, drop="noNeighbour")
    case.add("dmz", "its answer by another port", answer(sender=HOST, to=PORT_MAC["dmz"], target="203.0.113.1"), at=6_000,
             drop="arpForeignSender")


def ages():
    to = ("lan", HOST)
    case = Case("neighbour-ages", "An answer is good for 15 to 45 seconds; the first packet behind that has the host asked "
                "again, by its MAC, after five seconds (RFC 4861, 7.3.3)", hosts=KNOWN)
    case.add("wan", "waits", udp("wan", HOST), at=0, to=to)
    case.add("lan", "the answer", answer(), at=1_000, learnt=True)
    case.add("wan", "known", udp("wan", HOST), at=10 * SECOND, to=to)
    case.add("wan", "stale by now", udp("wan", HOST), at=46 * SECOND, to=to)
    case.add("wan", "on the way to a question", udp("wan", HOST), at=50 * SECOND, to=to)
    case.add("lan", "the answer to it", answer(), at=52 * SECOND, learnt=True)
    case.add("wan", "known again", udp("wan", HOST), at=53 * SECOND, to=to)
    case.add("wan", "stale again", udp("wan", HOST), at=100 * SECOND, to=to)
    case.add("wan", "the last one that leaves", udp("wan", HOST), at=107 * SECOND, to=to)
    case.add("wan", "three questions later", udp("wan", HOST), at=109 * SECOND, drop="noNeighbour")
