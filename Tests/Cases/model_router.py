# SPDX-License-Identifier: Apache-2.0
"""What a whole replay must give: a case's YAML configuration, captures and steps go in; what each
port sends and the frames dropped by reason come out.

The forwarding rules of RFC 1812 are in ../Captures/model.py. Here is what docs/configuration.md and
docs/cli.md add: defaults, cross-connects, the order of frames, choosing among next hops, steps.
"""

import collections
import ipaddress
import math
import pathlib
import sys

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "Captures"))

import model
import pcapfile

SECOND = 1_000_000_000


def derived_mac(name):
    """docs/configuration.md, `mac`: 02, then the low 40 bits of the 64-bit FNV-1a hash."""
    value = model.fnv_1a(name.encode())
    return "02:" + ":".join(f"{byte:02x}" for byte in (value % 2**40).to_bytes(5, "big"))


def read_config(path):
    return parse_config(pathlib.Path(path).read_text())


def parse_config(text):
    """The configuration with every default filled in. All scalars are text: YAML 1.1, which PyYAML
    reads, would make a number to the base of 60 of some MAC addresses."""
    raw = yaml.load(text, Loader=yaml.BaseLoader)
    ports = {
        name: {
            "mac": port.get("mac", derived_mac(name)),
            "mtu": int(port.get("mtu", 1500)),
            "addresses": port.get("addresses", []),
            "admit": port.get("admit", "own"),
            "sourceCheck": port.get("sourceCheck", "off"),
        } for name, port in raw["ports"].items()}
    interfaces = {
        name: {key: int(value) if key == "mtu" else value for key, value in (own or {}).items()}
        for name, own in raw.get("interfaces", {}).items()}
    routes = []
    for route in raw.get("routes", []):
        route = dict(route)
        if isinstance(route.get("via"), list):
            hops = [hop if isinstance(hop, dict) else {"address": hop} for hop in route["via"]]
            route["via"] = [
                {"address": hop["address"], "weight": int(hop.get("weight", 1))} for hop in hops]
            if len(hops) == 1:
                route["via"] = hops[0]["address"]
        routes.append(route)
    return {"forward": raw["forward"], "ports": ports, "interfaces": interfaces, "routes": routes,
            "neighbours": raw.get("neighbours", []), "hash": raw.get("hash", {}),
            "icmp": raw.get("icmp", {}), "arp": raw.get("arp", {}),
            "crossConnect": raw.get("crossConnect", [])}


class Outcome:
    """What became of one frame: `reason` for a drop, or `port`, `next_hop` and `data`; nothing of these where it ended
    here."""

    def __init__(self, reason=None, port=None, next_hop=None, data=None, number=None):
        self.reason, self.port, self.next_hop, self.data = reason, port, next_hop, data
        self.number = number


class ModelRouter:
    def __init__(self, config, any_mac=False, members_by_hash=False, first_seed=None, limits=None):
        """`members_by_hash`: choose among next hops as Freeway documents it. Otherwise the first
        member takes all, for cases that must hold whatever the choice is.
        `first_seed`: what followed from the addresses that the router started with, after a reload."""
        self.config = config
        self.members_by_hash = members_by_hash
        self.first_seed = model.seed_of_addresses(config) if first_seed is None else first_seed
        self.seed = int(config["hash"].get("seed", self.first_seed))
        if any_mac:
            for port in config["ports"].values():
                port["admit"] = "any"
        self.router = model.Router(config, limits)
        self.peers = {}
        for first, second in config["crossConnect"]:
            self.peers[first], self.peers[second] = second, first

    def cross(self, port, data):
        """docs/configuration.md, crossConnect: from interface to interface, with the other's tags."""
        settings = self.router.settings
        own_tags, start, priority = (), 12, 0
        name = port
        if not self.takes_tags(port):
            if len(data) < 14:
                return Outcome(reason="truncatedFrame")
            found = self.interface_of(port, data)
            if isinstance(found, Outcome):
                return found
            name, start, priority = found
        if name not in self.peers:
            return Outcome(reason="notConnected")
        peer = self.peers[name]
        own, other = settings[name], settings[peer]
        # What comes in is as long as its port lets it be.
        if self.is_too_long(settings[port]["mtu"], other["mtu"], data[:12] + data[start:]):
            return Outcome(reason="exceedsMTU")
        if not self.keeps_apart(peer, data[start:]):
            return Outcome(reason="unknownVLAN")
        if other["tags"] and len(data) < 14:
            return Outcome(reason="truncatedFrame")
        return Outcome(
            port=other["port"],
            data=data[:12] + model.tag_bytes(
                other["tags"], priority, data[start - 2] >> 4 if len(own["tags"]) == 2 else 0)
            + data[start:])

    def keeps_apart(self, peer, rest):
        """docs/configuration.md, crossConnect: a tag that stays may not make a frame another interface's."""
        other = self.router.settings[peer]
        has_vlans = any(own["tags"] for own in self.router.settings.values() if own["port"] == other["port"])
        kind = int.from_bytes(rest[:2], "big")
        if not has_vlans or kind not in model.TAG_TYPES:
            return True
        if not other["tags"]:
            return False
        both = (*other["tags"][:1], (kind, int.from_bytes(rest[2:4], "big") & 0xFFF))
        return len(other["tags"]) == 2 or (other["port"], both) not in self.router.by_tags

    def takes_tags(self, port):
        """Whether all of a port's frames are its interface's: it has no VLANs, and what it is joined to carries
        tags."""
        has_vlans = {own["port"] for own in self.router.settings.values() if own["tags"]}
        peer = self.peers.get(port)
        return port not in has_vlans and peer is not None \
            and (bool(self.router.settings[peer]["tags"]) or peer not in has_vlans)

    def interface_of(self, port, data):
        """The interface with the most of the frame's tags, where they end, and the priority of the first."""
        tags = model.tags_of(data)
        cut = tags is None
        if cut:
            # Those in front of the one that is cut may be an interface's.
            tags = model.tags_of(data + bytes(6))
            while tags and 12 + 4 * len(tags) + 2 > len(data):
                tags.pop()
        priority = tags[0][1] >> 12 if tags else 0
        first = 1 if tags and tags[0][1] & 0xFFF == 0 else 0
        named = [(kind, tag & 0xFFF) for kind, tag in tags[first:]]
        for count in (2, 1) if named else (0,):
            name = self.router.by_tags.get((port, tuple(named[:count])))
            if name is not None and len(named) >= count:
                if count == 0 and cut:
                    break
                return name, 12 + 4 * (first + count), priority
        return Outcome(reason="truncatedFrame" if cut else "unknownVLAN")

    def is_too_long(self, ours, other, data):
        """docs/configuration.md, mtu: in a replay only a smaller MTU than that of the way in is measured; each of
        two tags makes room for itself."""
        tags = 0
        while tags < 2 and data[12 + 4 * tags:14 + 4 * tags] in (b"\x81\x00", b"\x88\xa8"):
            tags += 1
        return other < ours and len(data) > 14 + 4 * tags + other

    # What a Simulation asks.

    @property
    def tables(self):
        return self.router

    def decide(self, port, data):
        """What comes in by a port without a link, or would leave by one, is dropped: `linkDown`."""
        down = self.router.down
        if port in down:
            return model.Drop("linkDown")
        if self.config["forward"] == "cross-connect":
            outcome = self.cross(port, data)
            if outcome.port in down:
                return model.Drop("linkDown")
            return model.Drop(outcome.reason) if outcome.reason else model.Transmit(outcome.port, None, outcome.data)
        decision = self.router.decide(port, data)
        start = 14 + 4 * len(model.tags_of(data) or ())
        return self.chosen(decision, data[start:])

    def again(self, packet, is_own=False):
        return self.chosen(self.router.again(packet, is_own), packet, is_own)

    def made(self, port, data, decision, time, has_waited=False):
        return None if self.config["forward"] == "cross-connect" \
            else self.router.made(port, data, decision, time, has_waited)

    def chosen(self, decision, packet, is_own=False):
        """The decision once one of several next hops is chosen, and the links are looked at.
        `is_own`: the router made the packet, whose source follows from the way that it takes."""
        down = self.router.down

        def is_down(name):
            return self.router.settings[name]["port"] in down

        if isinstance(decision, model.ChosenByHash):
            packet = packet[:int.from_bytes(packet[2:4], "big")]
            members = decision.members
            chosen = members[self.member(packet[:12] + bytes(4) + packet[16:] if is_own else packet)]
            if is_down(chosen[0]):
                # The others take over; which one is only said here where one is left.
                chosen = next((member for member in members if not is_down(member[0])), chosen)
            hop = ipaddress.ip_address(chosen[1])
            if is_own:
                packet = self.router.leaving_by(chosen[0], packet, ipaddress.ip_address(chosen[1]))
            decision = self.router.transmit(
                packet, (packet[0] & 15) * 4, self.router.connected_port(hop)[1], hop)
        if isinstance(decision, model.Transmit) and decision.port in down \
                or isinstance(decision, model.Waits) and is_down(decision.name):
            return model.Drop("linkDown")
        return decision

    def member(self, packet):
        """The index of the next hop that takes the packet."""
        if not self.members_by_hash:
            return 0
        destination = ipaddress.ip_address(packet[16:20])
        _, route = max(
            ((network.prefixlen, route) for network, route in self.router.routes
             if destination in network), key=lambda entry: entry[0])
        weights = [hop["weight"] for hop in route["via"]]
        divisor = math.gcd(*weights)
        slots = [index for index, weight in enumerate(weights) for _ in range(weight // divisor)]
        return slots[model.flow_hash(packet, self.seed) * len(slots) >> 32]


class Arrival:
    """One frame's way: where and when it came in, and what became of it and because of it."""

    def __init__(self, port, number, frame, time, way):
        self.port, self.number, self.frame, self.time, self.way = port, number, frame, time, way

    @property
    def outcome(self):
        reason, port, data, _, number = self.way.ends[0]
        return Outcome(reason=reason, port=port, data=data, number=number)

    def made(self):
        return [Outcome(reason=reason, port=port, data=data, number=number)
                for reason, port, data, _, number in self.way.made]

    def outcomes(self):
        return [self.outcome, *self.made()]


def replay(router, inputs, steps=(), reload=None):
    """All frames in the order of the replay: by time, then by the order of the ports in the file,
    then by number; a time below its predecessor's counts as the predecessor's.

    `steps`: (nanoseconds since the first frame, step) in order; a frame at that very time goes first.
    `reload`: gives the router for a step's file.
    """
    order = list(router.config["ports"])
    queue = []
    for port, frames in inputs.items():
        latest = 0
        for number, frame in enumerate(frames, 1):
            latest = max(latest, frame.nanoseconds)
            queue.append((latest, order.index(port), number, port, frame))
    queue.sort(key=lambda entry: entry[:3])
    start = queue[0][0] if queue else 0
    pending = collections.deque(steps)
    down = set()
    arrivals = []
    simulation = model.Simulation(router)
    for time, _, number, port, frame in queue:
        while pending and start + pending[0][0] < time:
            at, step = pending.popleft()
            simulation.until(start + at)
            if "link" in step:
                (down.add if step["link"]["state"] == "down" else down.discard)(step["link"]["port"])
            router = reload(step["reload"]) if "reload" in step else simulation.router
            router.tables.down = frozenset(down)
            simulation.follow(router)
            if "link" in step and step["link"]["state"] == "up":
                simulation.announce([step["link"]["port"]])
        arrivals.append(Arrival(port, number, frame, time, simulation.frame(port, frame.data, time)))
    simulation.finish()
    return arrivals, simulation


def sent(simulation, ports):
    """What each port sends, in order."""
    return {port: [pcapfile.Frame(data, time) for data, time in simulation.sent.get(port, [])]
            for port in ports}
