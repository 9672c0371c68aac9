# SPDX-License-Identifier: Apache-2.0
"""A replay with steps: links that go down and up again, and another configuration, between frames.

Each frame is written down with what must become of it, as in generate.py, and a router for each
phase works out the same: frames of exactly a step's time belong to the phase before it.
"""

import ipaddress
import random
import sys

from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Raw

import model
import pcapfile

START = 1_700_000_000_000_000_000  # 2023-11-14 22:13:20 UTC
SECOND = 1_000_000_000
HOSTS = {"wan": "02:00:00:00:01:fe", "east": "02:00:00:00:02:02", "west": "02:00:00:00:03:82"}

BEFORE = {
    "forward": "route",
    "ports": {
        "wan": {"mac": "02:00:00:00:01:01", "addresses": ["192.0.2.1/24"]},
        "east": {"mac": "02:00:00:00:02:01", "addresses": ["198.51.100.1/25"]},
        "west": {"mac": "02:00:00:00:03:01", "addresses": ["198.51.100.129/25"]},
    },
    "routes": [
        {"to": "10.1.0.0/16", "via": "198.51.100.2"},
        {"to": "10.2.0.0/16", "via": [{"address": "198.51.100.2", "weight": 1},
                                      {"address": "198.51.100.130", "weight": 2}]},
        {"to": "10.3.0.0/16", "via": "198.51.100.130"},
        {"to": "10.4.0.0/16", "via": "198.51.100.9"},
        {"to": "10.5.0.0/16", "action": "blackhole"},
    ],
    "neighbours": [
        {"port": "wan", "address": "192.0.2.9", "mac": "02:00:00:00:01:09"},
        {"port": "east", "address": "198.51.100.2", "mac": "02:00:00:00:02:02"},
        {"port": "west", "address": "198.51.100.130", "mac": "02:00:00:00:03:82"},
    ],
}

# Everything that a reload can change: routes that go, come and change, a neighbour's MAC and a port's,
# an MTU, an address.
AFTER = {
    "forward": "route",
    "ports": {
        "wan": {"mac": "02:00:00:00:01:77", "addresses": ["192.0.2.1/24", "203.0.113.1/24"]},
        "east": {"mac": "02:00:00:00:02:01", "addresses": ["198.51.100.1/25"]},
        "west": {"mac": "02:00:00:00:03:01", "mtu": 1000, "addresses": ["198.51.100.129/25"]},
    },
    "routes": [
        {"to": "10.1.0.0/16", "via": "198.51.100.130"},
        {"to": "10.3.0.0/16", "action": "unreachable"},
        {"to": "10.4.0.0/16", "via": "198.51.100.9"},
        {"to": "10.5.0.0/16", "via": "198.51.100.2"},
        {"to": "10.6.0.0/16", "via": "203.0.113.7"},
    ],
    "neighbours": [
        {"port": "wan", "address": "192.0.2.9", "mac": "02:00:00:00:01:09"},
        {"port": "wan", "address": "203.0.113.7", "mac": "02:00:00:00:01:70"},
        {"port": "east", "address": "198.51.100.2", "mac": "02:00:00:00:02:99"},
        {"port": "east", "address": "198.51.100.9", "mac": "02:00:00:00:02:09"},
        {"port": "west", "address": "198.51.100.130", "mac": "02:00:00:00:03:82"},
    ],
}


class LinkRouter(model.Router):
    """A router of which some links are down."""

    def __init__(self, config, down, limits):
        super().__init__(config, limits)
        self.down = down

    def decide(self, port_name, data):
        if port_name in self.down:
            return model.Drop("linkDown")
        return super().decide(port_name, data)

    def route(self, packet, header_length, destination):
        verdict = super().route(packet, header_length, destination)
        ways = self.ways_out(destination)
        if not ways or not any(port in self.down for port, _ in ways):
            return verdict
        if isinstance(verdict, model.Drop) and verdict.reason in (
                "localNotHandled", "directedBroadcast", "blackhole", "unreachable", "noRoute"):
            return verdict
        up = [way for way in ways if way[0] not in self.down]
        if not up:
            return model.Drop("linkDown")
        if isinstance(verdict, model.ChosenByHash) and len(up) == 1:
            return self.transmit(packet, header_length, up[0][0], up[0][1])
        return verdict

    def ways_out(self, destination):
        """The ports and next hops of the longest prefix; none for an action."""
        found = [(interface.network, {"via": str(destination)}) for interface, _ in self.interfaces]
        found = [(network, route) for network, route in found + self.routes
                 if destination in network]
        if not found:
            return []
        _, route = max(found, key=lambda entry: entry[0].prefixlen)
        if "action" in route:
            return []
        hops = route["via"] if isinstance(route["via"], list) else [{"address": route["via"]}]
        hops = [ipaddress.ip_address(hop["address"]) for hop in hops]
        return [(self.connected_port(hop)[1], hop) for hop in hops]


class Phase:
    """The time between two steps, with the router that is in force."""
    limits = {}

    def __init__(self, scenario, start, config, down=()):
        self.scenario, self.start, self.config = scenario, start, config
        self.router = LinkRouter(config, set(down), self.limits)

    def send(self, time, port, expected, frame):
        """`time` in nanoseconds since the phase began; `expected` as in generate.py."""
        data = bytes(frame)
        decision = self.router.decide(port, data)
        found = ("drop", decision.reason) if isinstance(decision, model.Drop) \
            else ("drop", "noNeighbour") if isinstance(decision, model.Waits) \
            else (decision.port, decision.next_hop)
        if found != expected:
            sys.exit(f"{self.start} {port} {frame.summary()}: written down {expected}, "
                     f"the model says {found}")
        self.scenario.append((port, pcapfile.Frame(data, START + self.start + time), decision, self.router))

    def udp(self, time, port, destination, expected, payload=18, ttl=64, flow=4000, mac=None,
            flags=""):
        own = mac or self.config["ports"][port]["mac"]
        self.send(time, port, expected, Ether(src=HOSTS[port], dst=own)
                  / IP(src="198.18.5.5", dst=destination, id=7, ttl=ttl, flags=flags)
                  / UDP(sport=flow, dport=5000) / Raw(bytes(i & 255 for i in range(payload))))


def write(folder, write_json):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "route.yaml").write_text(model.yaml_text(BEFORE, ["In force until the step at 4 s."]))
    (folder / "after.yaml").write_text(model.yaml_text(AFTER, ["In force from the step at 4 s."]))
    generator = random.Random(64)
    frames = []
    down = ("drop", "linkDown")
    east, west = ("east", "198.51.100.2"), ("west", "198.51.100.130")

    def plain(phase, time, count=1):
        """What goes on in both configurations' first one, all links up."""
        for number in range(count):
            flow = generator.randrange(1024, 65536)
            phase.udp(time + number, "wan", "10.1.0.9", east, flow=flow)
            phase.udp(time + number, "wan", "10.3.0.9", west, flow=flow)
            phase.udp(time + number, "wan", "10.4.0.9", ("drop", "noNeighbour"), flow=flow)
            phase.udp(time + number, "wan", "10.5.0.9", ("drop", "blackhole"), flow=flow)
            phase.udp(time + number, "east", "192.0.2.9", ("wan", "192.0.2.9"), flow=flow)
            phase.udp(time + number, "west", "198.51.100.2", east, flow=flow)

    # The first frame is the one that times count from. The frames of the last nanoseconds fill
    # bursts up to the step, and beyond it: a burst must end where a step is.
    first = Phase(frames, 0, BEFORE)
    plain(first, 0)
    for number in range(200):
        first.udp(SECOND - 100 + number // 2, "wan", "10.1.7.7", east, flow=2000 + number)
    first.udp(SECOND, "wan", "10.1.0.1", east)
    plain(first, SECOND)

    second = Phase(frames, SECOND, BEFORE, ["east"])
    for number in range(200):
        second.udp(1 + number // 2, "wan", "10.1.7.7", down, flow=2000 + number)
    for number in range(40):
        flow = generator.randrange(1024, 65536)
        second.udp(1000 + number, "wan", "10.2.0.%d" % number, west, flow=flow)
        second.udp(1000 + number, "wan", "10.3.0.9", west, flow=flow)
        second.udp(1000 + number, "wan", "10.4.0.9", down, flow=flow)
        second.udp(1000 + number, "wan", "198.51.100.2", down, flow=flow)
        second.udp(1000 + number, "wan", "198.51.100.99", down, flow=flow)
        second.udp(1000 + number, "east", "192.0.2.9", down, flow=flow)
        second.udp(1000 + number, "west", "192.0.2.9", ("wan", "192.0.2.9"), flow=flow)
    second.udp(2000, "wan", "10.1.0.9", down, ttl=1)
    second.udp(2000, "wan", "10.1.0.9", down, payload=3000)
    second.udp(2000, "wan", "198.51.100.1", ("drop", "localNotHandled"))
    second.udp(2000, "wan", "198.51.100.127", ("drop", "directedBroadcast"))
    second.udp(2000, "wan", "10.5.0.9", ("drop", "blackhole"))
    second.udp(2000, "wan", "10.2.0.9", ("drop", "timeToLiveExpired"), ttl=1)
    second.send(2000, "east", down, Ether(src=HOSTS["east"], dst="ff:ff:ff:ff:ff:ff")
                / ARP(psrc="198.51.100.2", pdst="198.51.100.1"))
    # A frame too short for an Ethernet header, by a link that is down, is not looked into.
    second.send(2000, "east", down, Raw(bytes(5)))
    second.udp(SECOND, "wan", "10.3.0.9", west)

    third = Phase(frames, 2 * SECOND, BEFORE, ["east", "west"])
    for number in range(20):
        third.udp(1 + number, "wan", "10.2.0.%d" % number, down, flow=3000 + number)
        third.udp(1 + number, "wan", "10.3.0.9", down, flow=3000 + number)
        third.udp(1 + number, "west", "192.0.2.9", down, flow=3000 + number)
    third.udp(SECOND, "wan", "10.1.0.9", down)

    fourth = Phase(frames, 3 * SECOND, BEFORE)
    plain(fourth, 1, count=30)
    fourth.udp(SECOND, "wan", "10.1.0.9", east)

    fifth = Phase(frames, 4 * SECOND, AFTER)
    old_mac = BEFORE["ports"]["wan"]["mac"]
    for number in range(30):
        flow = generator.randrange(1024, 65536)
        fifth.udp(1 + number, "wan", "10.1.0.9", west, flow=flow)
        fifth.udp(1 + number, "wan", "10.1.0.9", ("drop", "notForUs"), flow=flow, mac=old_mac)
        fifth.udp(1 + number, "wan", "10.2.0.9", ("drop", "noRoute"), flow=flow)
        fifth.udp(1 + number, "wan", "10.3.0.9", ("drop", "unreachable"), flow=flow)
        fifth.udp(1 + number, "wan", "10.4.0.9", ("east", "198.51.100.9"), flow=flow)
        fifth.udp(1 + number, "wan", "10.5.0.9", east, flow=flow)
        fifth.udp(1 + number, "wan", "10.6.0.9", ("wan", "203.0.113.7"), flow=flow)
        fifth.udp(1 + number, "wan", "203.0.113.1", ("drop", "localNotHandled"), flow=flow)
        fifth.udp(1 + number, "east", "10.1.0.9", ("drop", "exceedsMTU"), payload=973, flow=flow, flags="DF")
        fifth.udp(1 + number, "east", "10.1.0.9", west, payload=972, flow=flow)

    write_files(folder, frames, write_json)


PHASES = [second * SECOND for second in (1, 2, 3, 4, 5, 7)]


def count(totals, simulation):
    totals["transmitted"] = sum(map(len, simulation.sent.values()))
    totals["dropped"] = dict(simulation.dropped)


def write_files(folder, frames, write_json):
    order = list(BEFORE["ports"])
    frames.sort(key=lambda frame: (frame[1].nanoseconds, order.index(frame[0])))
    arrived = {name: [] for name in order}
    totals = {"received": 0, "transmitted": 0, "dropped": {}}
    answers = []

    def answer(step, seconds):
        answers.append({"step": step, "nanoseconds": START + seconds * SECOND,
                        **totals, "dropped": dict(sorted(totals["dropped"].items()))})

    queries = [(0, 1), (4, 2), (9, 4)]
    simulation = model.Simulation(frames[0][3])
    phase = 0
    for port, frame, _, router in frames:
        while phase < len(PHASES) and frame.nanoseconds > START + PHASES[phase]:
            simulation.until(START + PHASES[phase])
            phase += 1
        while queries and frame.nanoseconds > START + queries[0][1] * SECOND:
            answer(*queries.pop(0))
        if simulation.router is not router:
            simulation.follow(router)
        totals["received"] += 1
        arrived[port].append(frame)
        simulation.frame(port, frame.data, frame.nanoseconds)
        count(totals, simulation)
    simulation.finish()
    count(totals, simulation)
    left = {name: [pcapfile.Frame(data, time) for data, time in simulation.sent.get(name, [])]
            for name in order}
    for name in order:
        pcapfile.write(folder / f"{name}.in.pcap", arrived[name])
        pcapfile.write(folder / f"{name}.expect.pcap", left[name])

    def counts(frames):
        return {"frames": len(frames), "bytes": sum(len(frame.data) for frame in frames)}

    write_json(folder / "expected.json", {
        "config": "route.yaml",
        # The same moments in several units, and not in order.
        "steps": ["1s:query=/v1/stats", "1000ms:link-down=east", "2000000us:link-down=west",
                  "3s:link-up=west", "2s:query=/v1/stats", "3s:link-up=east",
                  "4s:reload=after.yaml", "5s:link-down=wan", "7s:link-up=wan",
                  "4.0s:query=/v1/stats",
                  "end:query=/v1/ports"],
        "answers": answers,
        **totals, "dropped": dict(sorted(totals["dropped"].items())),
        "ports": {
            name: {
                "in": f"{name}.in.pcap",
                "expect": f"{name}.expect.pcap",
                "received": counts(arrived[name]),
                "transmitted": counts(left[name]),
            } for name in order},
    })
