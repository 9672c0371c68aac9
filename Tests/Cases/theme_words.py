# SPDX-License-Identifier: Apache-2.0
"""Cases without a capture: packets in words, what leaves by one of several ports, and shares."""

from scapy.layers.inet import TCP, UDP
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Raw

import model_router
import packet_words
from casebook import INSIDE, UPLINK, Case, ip
from theme_route import HEAD

MEMBERS = (("dmz", "203.0.113.2"), ("lan", "198.51.100.2"))
TWO_WAYS = HEAD + """  dmz: {device: vdev:net_null2, mac: 02:00:00:00:03:01, addresses: [203.0.113.1/25]}
routes:
  - to: 172.16.0.0/12
    via:
      - {address: 203.0.113.2, weight: WEIGHT}
      - {address: 198.51.100.2}
neighbours:
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
  - {port: dmz, address: 203.0.113.2, mac: 02:00:00:00:03:02}
"""


def usual(port):
    """The header that words give a packet when they name no MAC address."""
    mac = {"wan": "02:00:00:00:01:01", "lan": "02:00:00:00:02:01"}[port]
    return Ether(src=packet_words.USUAL_SOURCE, dst=mac)


def build():
    case = Case("words-route", "Packets in words: a request and its answer are routed, the rest is dropped",
                in_words=True, nothingElse=True)
    case.add("wan", "a request", usual("wan") / ip("wan", "10.0.0.9") / TCP(sport=4000, dport=443),
             to=INSIDE)
    case.add("lan", "its answer", usual("lan") / ip("lan", "8.8.4.4", src="10.0.0.9", ttl=128)
             / TCP(sport=443, dport=4000), to=UPLINK, after=1_000)
    case.add("wan", "data", usual("wan") / ip("wan", "10.0.0.9", flags="DF") / UDP(sport=7, dport=9)
             / Raw(b"Freeway"), to=INSIDE, after=1_000)
    case.add("wan", "too old", usual("wan") / ip("wan", "10.0.0.9", ttl=1) / UDP(sport=8, dport=9),
             drop="timeToLiveExpired", after=1_000)
    case.add("wan", "who has?", Ether(src=packet_words.USUAL_SOURCE, dst="ff:ff:ff:ff:ff:ff")
             / ARP(op=1, hwsrc=packet_words.USUAL_SOURCE, psrc="192.0.2.9", pdst="192.0.2.7"),
             drop="arpNotForUs", after=1_000)

    flows("words-one-of-ports", "Each flow leaves by one of two ports, whichever it is", 1, 200,
          one_of=["dmz", "lan"])
    flows("words-shares", "Two next hops of one weight take half of 1000 flows each", 1, 1000,
          one_of=["dmz", "lan"], shares=lambda _: [
              {"of": "1000 flows", "to": "172.16.0.0/12",
               "ports": {"dmz": "45..55 %", "lan": "45..55 %"}}])
    # To the flow: the numbers are the model's.
    flows("words-shares-weights", "Next hops share flows three to one, each flow as on every machine", 3,
          1000, one_of=["dmz", "lan"], shares=lambda counts: [
              {"of": "1000 flows", "nextHops": {
                  MEMBERS[member][1]: f"{counts[member] / 10} %" for member in (0, 1)}}])


def flows(name, title, weight, count, one_of, shares=None):
    case = Case(name, title, TWO_WAYS.replace("WEIGHT", str(weight)), members_by_hash=True,
                describe=False, in_words=True, one_of=one_of)
    router = model_router.ModelRouter(case.config, members_by_hash=True)
    counts = [0, 0]
    for number in range(count):
        packet = usual("wan") / ip("wan", "172.16.1.1", id=0) / UDP(sport=1024 + number, dport=443)
        member = router.member(bytes(packet)[14:])
        counts[member] += 1
        case.add("wan", f"flow {number}", packet, to=MEMBERS[member], after=1_000)
    # Five standard deviations about what the weights ask for.
    share = count * weight / (weight + 1)
    assert abs(counts[0] - share) < 2.5 * count**0.5, counts
    if shares:
        case.keys["shares"] = shares(counts)
