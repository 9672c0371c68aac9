# SPDX-License-Identifier: Apache-2.0
"""Steps at a virtual time: links go down and up, a configuration is replaced, statistics asked for."""

from scapy.layers.l2 import Ether
from scapy.packet import Raw

import model_router
from casebook import INSIDE, LICENCE, UPLINK, Case, udp
from theme_route import HEAD, NEIGHBOURS, THIRD, chosen_member

SECOND = 1_000_000_000
TO = "10.0.0.9"


def build():
    links()
    reloads()
    queries()


def links():
    Case("step-link-down", "While a link is down, what would leave by it is dropped, and the rest is not",
         steps=[{"at": "1s", "link": {"port": "wan", "state": "down"}}]) \
        .add("lan", "before, to wan", udp("lan", "8.8.8.8"), at=0, to=UPLINK) \
        .add("lan", "after, to wan", udp("lan", "8.8.8.8"), at=2 * SECOND, drop="linkDown") \
        .add("dmz", "after, to lan", udp("dmz", TO), at=3 * SECOND, to=INSIDE)

    Case("step-link-down-receive", "While a link is down, what comes in by it is dropped",
         steps=[{"at": "1s", "link": {"port": "wan", "state": "down"}}]) \
        .add("wan", "before", udp("wan", TO), at=0, to=INSIDE) \
        .add("wan", "after", udp("wan", TO), at=2 * SECOND, drop="linkDown") \
        .add("dmz", "by another port", udp("dmz", TO), at=2 * SECOND, to=INSIDE)

    Case("step-link-up-again", "A link that is up again forwards again",
         steps=[{"at": "1s", "link": {"port": "lan", "state": "down"}},
                {"at": "2500ms", "link": {"port": "lan", "state": "up"}}]) \
        .add("wan", "up", udp("wan", TO, id=1), at=0, to=INSIDE) \
        .add("wan", "down", udp("wan", TO, id=2), at=2 * SECOND, drop="linkDown") \
        .add("wan", "up again", udp("wan", TO, id=3), at=3 * SECOND, to=INSIDE)

    case = Case("step-link-down-group", "Next hops behind a link that is down hand their flows to the others",
                HEAD + """  dmz: {device: vdev:net_null2, mac: 02:00:00:00:03:01, addresses: [203.0.113.1/25]}
routes:
  - {to: 172.16.0.0/12, via: [203.0.113.2, 198.51.100.2]}
neighbours:
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
  - {port: dmz, address: 203.0.113.2, mac: 02:00:00:00:03:02}
""", steps=[{"at": "1s", "link": {"port": "dmz", "state": "down"}},
            {"at": "5s", "link": {"port": "lan", "state": "down"}}])
    case.add("wan", "before, to the host behind dmz", udp("wan", "203.0.113.2"), at=0,
             to=("dmz", "203.0.113.2"))
    for number in range(16):
        case.add("wan", f"dmz down, flow {number}", udp("wan", f"172.16.{number}.1"),
                 at=2 * SECOND + number, to=INSIDE)
    case.drop("linkDown", "wan", {"both down": udp("wan", "172.16.1.1")}, at=6 * SECOND)

    members = (("dmz", "203.0.113.2"), ("dmz", "203.0.113.3"), ("lan", "198.51.100.2"))
    case = Case("step-link-down-others-stay",
                "While a link is down, flows of next hops behind other links stay where they are",
                HEAD + """  dmz: {device: vdev:net_null2, mac: 02:00:00:00:03:01, addresses: [203.0.113.1/25]}
routes:
  - {to: 172.16.0.0/12, via: [203.0.113.2, 203.0.113.3, 198.51.100.2]}
neighbours:
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
  - {port: dmz, address: 203.0.113.2, mac: 02:00:00:00:03:02}
  - {port: dmz, address: 203.0.113.3, mac: 02:00:00:00:03:03}
""", members_by_hash=True, describe=False, steps=[
                    {"at": "1s", "link": {"port": "lan", "state": "down"}},
                    {"at": "3s", "link": {"port": "lan", "state": "up"}}])
    flows = [udp("wan", f"172.16.{number}.1") for number in range(24)]
    chosen = [chosen_member(case, packet) for packet in flows]
    for second in (0, 2, 4):
        for number, (packet, member) in enumerate(zip(flows, chosen)):
            # Those behind lan move while it is down, to one of the others, whichever.
            if second != 2 or member != 2:
                case.add("wan", f"flow {number} at {second} s", packet,
                         at=second * SECOND + number, to=members[member])

    Case("step-link-cross-connect", "A cross-connect passes nothing while either link is down",
         "cross-connect.yaml", steps=[{"at": "1s", "link": {"port": "right", "state": "down"}},
                                      {"at": "3s", "link": {"port": "right", "state": "up"}}]) \
        .add("left", "up", plain(1), at=0, to="right") \
        .add("left", "the peer is down", plain(2), at=2 * SECOND, drop="linkDown") \
        .add("right", "the port is down", plain(3), at=2 * SECOND + 1, drop="linkDown") \
        .add("up", "another pair", plain(4), at=2 * SECOND + 2, to="down") \
        .add("left", "up again", plain(5), at=4 * SECOND, to="right") \
        .add("right", "up again", plain(6), at=4 * SECOND + 1, to="left")

    Case("step-exact-time", "Frames of the very time of a step come before it",
         steps=[{"at": "1s", "link": {"port": "lan", "state": "down"}},
                {"at": "2s", "link": {"port": "lan", "state": "up"}}]) \
        .add("wan", "at 0", udp("wan", TO, id=1), at=0, to=INSIDE) \
        .add("wan", "at 1 s", udp("wan", TO, id=2), at=SECOND, to=INSIDE) \
        .add("wan", "a nanosecond later", udp("wan", TO, id=3), at=SECOND + 1, drop="linkDown") \
        .add("wan", "at 2 s", udp("wan", TO, id=4), at=2 * SECOND, drop="linkDown") \
        .add("wan", "a nanosecond later", udp("wan", TO, id=5), at=2 * SECOND + 1, to=INSIDE)


def plain(number):
    return Ether(src="02:00:00:00:0a:01", dst="02:00:00:00:0b:01", type=0x88B5) \
        / Raw(bytes([number]) * 46)


def routes(*lines):
    return HEAD + "routes:\n" + "".join(f"  - {line}\n" for line in lines) + NEIGHBOURS.lstrip()


def reloading(name, title, before, after, **keys):
    """A case whose configuration is replaced by `after` at one second."""
    case = Case(name, title, before, steps=[{"at": "1s", "reload": "after.yaml"}], **keys)
    case.files["after.yaml"] = LICENCE + after.lstrip("\n")
    return case


def reloads():
    reloading("step-reload-next-hop", "A reload moves a prefix to another next hop, and loses no frame",
              routes("{to: 10.0.0.0/8, via: 198.51.100.2}"),
              routes("{to: 10.0.0.0/8, via: 198.51.100.3}")) \
        .add("wan", "before", udp("wan", TO, id=1), at=0, to=INSIDE) \
        .add("wan", "at the very time", udp("wan", TO, id=2), at=SECOND, to=INSIDE) \
        .add("wan", "after", udp("wan", TO, id=3), at=2 * SECOND, to=THIRD)

    reloading("step-reload-longer-prefix", "A reload adds a longer prefix, which takes its part at once",
              routes("{to: 10.0.0.0/8, via: 198.51.100.2}"),
              routes("{to: 10.0.0.0/8, via: 198.51.100.2}", "{to: 10.0.0.0/24, action: blackhole}")) \
        .add("wan", "before", udp("wan", TO), at=0, to=INSIDE) \
        .add("wan", "after, inside", udp("wan", TO), at=2 * SECOND, drop="blackhole") \
        .add("wan", "after, outside", udp("wan", "10.0.1.9"), at=2 * SECOND + 1, to=INSIDE)

    default = "{to: 0.0.0.0/0, via: 198.51.100.2}"
    case = Case("step-reload-equal-target",
                "Longer prefixes that go where their cover goes come and go, and another one still fits",
                routes(default), steps=[{"at": "1s", "reload": "hosts.yaml"}, {"at": "2s", "reload": "freeway.yaml"},
                                        {"at": "3s", "reload": "after.yaml"}])
    hosts = [f"{{to: 172.16.{number}.5/32, via: 198.51.100.2}}" for number in range(8)]
    case.files["hosts.yaml"] = LICENCE + routes(default, *hosts).lstrip("\n")
    case.files["after.yaml"] = LICENCE + routes(default, "{to: 172.17.0.7/32, action: blackhole}").lstrip("\n")
    for second, moment in enumerate(("before", "while they are there", "when they are gone", "after")):
        case.add("wan", moment, udp("wan", "172.16.0.5", id=second), at=second * SECOND + 1, to=INSIDE)
    case.add("wan", "the other one", udp("wan", "172.17.0.7"), at=4 * SECOND, drop="blackhole") \
        .add("wan", "beside it", udp("wan", "172.17.0.8"), at=4 * SECOND + 1, to=INSIDE)

    reloading("step-reload-route-gone", "A reload takes a route away, and another in its place",
              routes("{to: 10.0.0.0/8, via: 198.51.100.2}", "{to: 10.0.0.9/32, via: 198.51.100.3}"),
              routes("{to: 10.0.0.0/8, via: 198.51.100.2}", "{to: 11.0.0.0/8, via: 198.51.100.3}")) \
        .add("wan", "before, the /32", udp("wan", TO), at=0, to=THIRD) \
        .drop("noRoute", "wan", {"before, no route": udp("wan", "11.0.0.1")}) \
        .add("wan", "after, the /8 in the place of the /32", udp("wan", TO), at=2 * SECOND, to=INSIDE) \
        .add("wan", "after, the new one", udp("wan", "11.0.0.1"), at=2 * SECOND + 1, to=THIRD)

    before = routes("{to: 10.0.0.0/8, via: 198.51.100.9}")
    reloading("step-reload-neighbour", "A reload brings the MAC of a next hop that had none",
              before, before + "  - {port: lan, address: 198.51.100.9, mac: 02:00:00:00:02:09}\n") \
        .add("wan", "before: it waits", udp("wan", TO), at=0, to=("lan", "198.51.100.9")) \
        .add("wan", "after", udp("wan", TO), at=2 * SECOND, to=("lan", "198.51.100.9"))

    reloading("step-reload-over-neighbour",
              "A reload brings a route for a neighbour's own address, and no frame goes to the neighbour "
              "any more (RFC 1812, 5.2.4.3)",
              routes("{to: 10.0.0.0/8, via: 198.51.100.2}"),
              routes("{to: 198.51.100.3/32, via: 198.51.100.2}")) \
        .add("wan", "before, to the neighbour", udp("wan", "198.51.100.3"), at=0, to=THIRD) \
        .add("wan", "after, by the route", udp("wan", "198.51.100.3"), at=2 * SECOND, to=INSIDE)

    before = routes("{to: 10.0.0.0/8, via: 198.51.100.2}")
    reloading("step-reload-own-address",
              "An address that a reload brings is no source any more, one that it takes away is one again",
              before, before.replace("192.0.2.1/24", "192.0.2.3/24")) \
        .add("wan", "before, a host", udp("wan", TO, src="192.0.2.3"), at=0, to=INSIDE) \
        .add("wan", "before, our own", udp("wan", TO, src="192.0.2.1"), at=1, drop="martianSource") \
        .add("wan", "after, our own", udp("wan", TO, src="192.0.2.3"), at=2 * SECOND,
             drop="martianSource") \
        .add("wan", "after, a host", udp("wan", TO, src="192.0.2.1"), at=2 * SECOND + 1, to=INSIDE)

    group = routes("{to: 10.0.0.0/8, via: [198.51.100.2, 198.51.100.3]}")
    flow_seeds("step-reload-addresses-keep-flows",
               "A reload that changes the router's addresses leaves each flow where it is",
               group, group.replace("192.0.2.1/24", "192.0.2.77/24"), moves=False)
    flow_seeds("step-reload-hash-seed", "A reload with another seed spreads the flows anew",
               group + "hash: {seed: 1}\n", group + "hash: {seed: 2}\n", moves=True)
    flow_seeds("step-reload-hash-seed-gone",
               "A reload that takes the seed away goes back to what follows from the addresses that the "
               "router started with", group + "hash: {seed: 1}\n",
               group.replace("192.0.2.1/24", "192.0.2.77/24"), moves=True)


def flow_seeds(name, title, before, after, moves):
    """Flows before a reload and after it: where each goes is computed."""
    case = reloading(name, title, before, after, members_by_hash=True, describe=False)
    first = model_router.ModelRouter(case.config, members_by_hash=True)
    second = model_router.ModelRouter(
        model_router.parse_config(case.files["after.yaml"]), members_by_hash=True,
        first_seed=first.first_seed)
    moved = 0
    for time, router in ((0, first), (2 * SECOND, second)):
        for number in range(48):
            packet = udp("wan", f"10.0.{number}.1", sport=5000 + number)
            member = router.member(bytes(packet)[14:])
            moved += member != first.member(bytes(packet)[14:])
            case.add("wan", f"flow {number}", packet, at=time + number, to=(INSIDE, THIRD)[member])
    # Half of 48, give or take five standard deviations.
    assert 6 < moved < 42 if moves else moved == 0, moved


def queries():
    Case("step-query", "The ledger of /v1/stats, in the middle of a replay and at its end",
         steps=[{"at": "1s", "query": "/v1/stats", "expect": {
                     "ledger": {"received": 2, "transmitted": 1, "dropped": {"blackhole": 1}}}},
                {"at": "end", "query": "/v1/stats", "expect": {
                    "balanced": True,
                    "ledger": {"received": 4, "generated": 1, "transmitted": 3,
                               "dropped": {"blackhole": 1, "unreachable": 1}}}}]) \
        .add("wan", "forwarded", udp("wan", TO), at=0, to=INSIDE) \
        .add("wan", "a blackhole", udp("wan", "198.18.0.1"), at=1, drop="blackhole") \
        .add("wan", "unreachable", udp("wan", "10.99.0.1"), at=2 * SECOND, drop="unreachable") \
        .add("wan", "forwarded", udp("wan", TO), at=3 * SECOND, to=INSIDE)

    Case("step-query-ports", "The totals of each port, at the end of a replay",
         steps=[{"at": "end", "query": "/v1/stats", "expect": {"ports": {
             "wan": {"received": 2, "receivedBytes": 128, "transmitted": 1, "transmittedBytes": 64},
             "lan": {"received": 1, "receivedBytes": 64, "transmitted": 2, "transmittedBytes": 128},
             "dmz": {"received": 0, "transmitted": 0}}}}]) \
        .add("wan", "64 bytes to lan", udp("wan", TO), to=INSIDE) \
        .add("lan", "64 bytes to wan", udp("lan", "8.8.8.8"), to=UPLINK) \
        .add("wan", "64 bytes to lan", udp("wan", TO), to=INSIDE)
