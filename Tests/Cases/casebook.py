# SPDX-License-Identifier: Apache-2.0
"""A case under construction: frames, each with what must become of it, written down by hand.

The expected frame is built by Scapy from the frame that came in: time to live less one, the header
checksum computed anew, MAC addresses from the configuration. model_router.py computes the same in
another way; a case in which the two differ is not written.
"""

import json
import os
import pathlib
import sys

import yaml
from scapy.layers.inet import ICMP, IP, IPOption_NOP, TCP, UDP, fragment
from scapy.layers.l2 import Dot1AD, Dot1Q, Ether
from scapy.packet import Raw
from scapy.utils import RawPcapNgReader, RawPcapReader

import model_router
import packet_words
import pcapfile
from frames import START

HERE = pathlib.Path(__file__).parent
LICENCE = "# SPDX-License-Identifier: Apache-2.0\n"
CASES = []


class Case:
    """One folder.

    - config: a file beside the folders (`router.yaml`), a path that starts with `../`, or the text
      of a `freeway.yaml` of the case's own.
    - in_words: packets stand in case.yaml, and not in captures; `one_of` are ports that stand for each
      other in what is expected. Times are those that follow from the list: 1 microsecond each.
    - keys: what else stands in case.yaml, as it is written there.
    """

    def __init__(self, name, title, config="router.yaml", any_mac=False, members_by_hash=False,
                 expect=None, describe=True, in_words=False, one_of=(), hosts=None, **keys):
        self.name, self.title, self.keys = name, title, keys
        self.any_mac, self.members_by_hash = any_mac, members_by_hash
        self.expected_ports = expect
        self.hosts = hosts or {}    # (interface, address): a MAC that no configuration says
        self.describe = describe
        self.in_words, self.one_of = in_words, list(one_of)
        self.files = {}
        self.config_key = None
        if "\n" in config:
            self.files["freeway.yaml"] = LICENCE + config.lstrip("\n")
            self.config = model_router.parse_config(config)
        else:
            self.config_key = config if config.startswith("../") else f"../{config}"
            self.config = model_router.read_config(os.path.normpath(HERE / name / self.config_key))
        self.inputs = {}        # port: [Frame]
        self.by_hand = {}       # (port, number): (what, reason or None, Frame expected or None)
        self.copies = {}        # file name: where it is copied from, byte for byte
        self.formats = {}       # port: arguments of pcapfile.write
        self.order = {}         # port: the expected frames in another order, by index
        self.edits = {}         # port: function of (index, data) for expected frames
        self.clock = START
        CASES.append(self)

    def add(self, port, what, packet, to=None, drop=None, after=None, at=None, wire_length=None,
            config=None, answered=False, learnt=False):
        """A frame in. `to`: (port, next hop's address), or a port's name where nothing is changed; `answered`: a
        question to the router itself; `learnt`: ARP that tells a MAC.
        `at`: nanoseconds since START, else `after` those of the frame before."""
        data = bytes(packet)
        self.clock = START + at if at is not None else \
            self.clock + (10_007 if after is None else after)
        frame = pcapfile.Frame(data, self.clock, wire_length)
        self.inputs.setdefault(port, []).append(frame)
        expected = None
        if drop is None and not answered and not learnt:
            expected = data if isinstance(to, str) else self.forwarded(data, *to)
        way = to if isinstance(to, str) or to is None else to[0]
        self.by_hand[port, len(self.inputs[port])] = (
            what, drop, way and way.split(".")[0], expected)
        return self

    def cross(self, port, what, packet, to, becomes, **others):
        """A frame of a cross-connect that changes its tags. `to`: a port; `becomes`: the frame as it leaves."""
        self.add(port, what, packet, to=to, **others)
        key = (port, len(self.inputs[port]))
        self.by_hand[key] = (*self.by_hand[key][:3], bytes(becomes))
        return self

    def drop(self, reason, port, frames, **others):
        """Several frames that are dropped for one reason: {what: packet}."""
        for what, packet in frames.items():
            self.add(port, what, packet, drop=reason, **others)
        return self

    def forwarded(self, data, interface, next_hop):
        """RFC 1812, 5.3.1 and 3.3, the interface's tags, and parts where the packet is too long: by Scapy, which has no
        parts without options of their own."""
        packet = Ether(data)[IP]
        total = packet.len
        packet.ttl -= 1
        del packet.chksum
        # A neighbour that a reload brings is in the later file.
        neighbours = self.config["neighbours"] + [
            neighbour for text in self.files.values()
            for neighbour in model_router.parse_config(text)["neighbours"]]
        mac = self.hosts.get((interface, next_hop)) or next(
            n["mac"] for n in neighbours if n["port"] == interface and n["address"] == next_hop)
        port, *vlans = interface.split(".")
        header = Ether(dst=mac, src=self.config["ports"][port]["mac"])
        settings = self.config["interfaces"].get(interface, {})
        service = settings.get("encapsulation", "802.1ad" if len(vlans) > 1 else "802.1Q") == "802.1ad"
        for index, vlan in enumerate(vlans):
            header /= (Dot1AD if service and index == 0 else Dot1Q)(vlan=int(vlan))
        types = [layer for layer in (header.getlayer(n) for n in range(1 + len(vlans)))]
        types[-1].type = 0x0800
        packet = IP(bytes(packet)[:total])
        mtu = model_router.model.interface_settings(self.config)[interface]["mtu"]
        if total <= mtu or packet.flags.DF:
            return bytes(header) + bytes(packet)
        parts = fragment(packet, (mtu - packet.ihl * 4) // 8 * 8)
        for part in parts[1:] if packet.frag == 0 else ():
            part.options = [other for option in part.options for other in (
                [option] if option.copy_flag or option.option == 0 else [IPOption_NOP()] * len(bytes(option)))]
            del part.chksum
        return b"".join(bytes(header) + bytes(part) for part in parts)

    # Captures that nobody here made: the model alone decides.

    def copy(self, port, source):
        """An input that is a file of ../Captures/real, or one that stands in the case's folder."""
        path = HERE.parent / "Captures" / "real" / source
        target = f"{port}.in{path.suffix}"
        if not path.exists():
            path = HERE / self.name / target
        self.copies[target] = path
        self.inputs[port] = read_capture(path)
        return self

    # Writing.

    def arrivals(self):
        router = model_router.ModelRouter(self.config, self.any_mac, self.members_by_hash)

        def reload(file):
            return model_router.ModelRouter(
                model_router.parse_config(self.files[file]), self.any_mac, self.members_by_hash,
                router.first_seed, router.router.limits)

        steps = [(nanoseconds(step["at"]), step) for step in self.keys.get("steps", [])
                 if step["at"] != "end"]
        return model_router.replay(router, self.inputs, steps, reload)

    def check(self, arrival):
        """What was written down by hand against the model."""
        what, reason, port, expected = self.by_hand[arrival.port, arrival.number]
        outcome = arrival.outcome
        if (reason, port, expected) != (outcome.reason, outcome.port, outcome.data):
            sys.exit(
                f"{self.name}: {arrival.port} frame {arrival.number}, {what}:\n"
                f"  written down: {reason or port} {expected and expected.hex()}\n"
                f"  the model:    {outcome.reason or outcome.port} "
                f"{outcome.data and outcome.data.hex()}")

    def write(self, folder):
        folder.mkdir(parents=True)
        arrivals, simulation = self.arrivals()
        if self.by_hand:
            for arrival in arrivals:
                self.check(arrival)
        for name, text in self.files.items():
            (folder / name).write_text(text)
        for name, path in self.copies.items():
            (folder / name).write_bytes(path.read_bytes())
        if self.in_words:
            (folder / "case.yaml").write_text(self.case_yaml(arrivals, simulation))
            return
        for port, frames in self.inputs.items():
            if not any(name.startswith(f"{port}.in.") for name in self.copies):
                pcapfile.write(folder / f"{port}.in.pcap", frames, **self.formats.get(port, {}))
        sent = model_router.sent(simulation, self.config["ports"])
        for port in self.expected_ports if self.expected_ports is not None else sent:
            frames = sent[port]
            if port in self.edits:
                frames = [pcapfile.Frame(self.edits[port](index, frame.data), frame.nanoseconds)
                          for index, frame in enumerate(frames)]
            if port in self.order:
                frames = [frames[index] for index in self.order[port]]
            pcapfile.write(folder / f"{port}.expect.pcap", frames)
        (folder / "case.yaml").write_text(self.case_yaml(arrivals, simulation))

    def case_yaml(self, arrivals, simulation):
        lines = ["title: " + quoted(self.title, "title: {}", {"title": self.title})]
        if self.config_key:
            lines.append(f"config: {self.config_key}")
        if self.any_mac:
            lines.append("anyMAC: true")
        for key in ("order", "ignore", "mask", "checksums"):
            if key in self.keys:
                lines.append(f"{key}: {flow(self.keys[key])}")
        if self.in_words:
            for key, entries in self.words(arrivals, simulation):
                lines.append(f"{key}:")
                lines += [f"  - {flow(entry)}" for entry in packet_words.together(entries)]
        if "shares" in self.keys:
            lines.append("shares:")
            lines += [f"  - {flow(entry)}" for entry in self.keys["shares"]]
        lines.append(f"drops: {flow(dict(sorted(simulation.dropped.items())))}")
        if "nothingElse" in self.keys:
            lines.append(f"nothingElse: {flow(self.keys['nothingElse'])}")
        for key in ("frames", "steps"):
            if key in self.keys:
                lines.append(f"{key}:")
                lines += [f"  - {flow(entry)}" for entry in self.keys[key]]
        text = LICENCE + "\n".join(lines) + "\n"
        if not self.by_hand or not self.describe:
            return text
        text += "\n# What comes in, in order, and what becomes of it:\n"
        for arrival in arrivals:
            what, reason, port, _ = self.by_hand[arrival.port, arrival.number]
            end = f"dropped, {reason}" if reason else f"{port} {arrival.outcome.number}" if port else "answered"
            for made in arrival.made():
                end += f"; {made.port} {made.number}, Freeway's own" \
                    if made.port else f"; Freeway's own, dropped, {made.reason}"
            text += f"# {arrival.port} {arrival.number}: {what} -> {end}\n"
        return text

    def words(self, arrivals, simulation):
        """`in` and `expect`."""
        inputs, expected = [], []
        for arrival in arrivals:
            mac = self.config["ports"][arrival.port]["mac"]
            inputs.append({"port": arrival.port,
                           "packet": packet_words.of_frame(arrival.frame.data, mac)})
            for outcome in arrival.outcomes():
                port = outcome.port
                if port is not None:
                    ways = {"ports": self.one_of} if port in self.one_of else {"port": port}
                    expected.append({**ways, "packet": packet_words.of_frame(outcome.data)})
        return [("in", inputs), ("expect", expected)]


def flow(value):
    """A value in YAML's flow style, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(entry) for entry in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Hexadecimal):
        return f"0x{value:x}"
    if isinstance(value, int):
        return str(value)
    return quoted(value, "[{}]", [value])


def quoted(text, place, wanted):
    """The text, in quotes where YAML would read something else in that place."""
    try:
        is_plain = yaml.safe_load(place.format(text)) == wanted
    except yaml.YAMLError:
        is_plain = False
    return text if is_plain else json.dumps(text)


class Hexadecimal(int):
    """A number that is written in hexadecimal."""


def nanoseconds(text):
    for unit, factor in (("ms", 1_000_000), ("us", 1_000), ("ns", 1), ("s", 1_000_000_000)):
        if text.endswith(unit):
            return int(text[:-len(unit)]) * factor
    raise ValueError(text)


def read_capture(path):
    """The frames of a pcap or pcapng file, as they are."""
    reader = RawPcapReader(str(path))
    frames = []
    for data, about in reader:
        if isinstance(reader, RawPcapNgReader):
            ticks = about.tshigh << 32 | about.tslow
            time = ticks * 1_000_000_000 // about.tsresol
        else:
            time = about.sec * 1_000_000_000 + about.usec * (1 if reader.nano else 1000)
        frames.append(pcapfile.Frame(data, time, about.wirelen))
    return frames


# Frames for router.yaml, as its neighbours would send them.

PORT_MAC = {"wan": "02:00:00:00:01:01", "lan": "02:00:00:00:02:01", "dmz": "02:00:00:00:03:01",
            "tunnel": "02:00:00:00:02:01"}
HOST_MAC = {"wan": "02:00:00:00:01:fe", "lan": "02:00:00:00:02:02", "dmz": "02:00:00:00:03:02",
            "tunnel": "02:00:00:00:02:02"}
HOST = {"wan": "8.8.4.4", "lan": "10.0.0.5", "dmz": "203.0.113.2", "tunnel": "169.254.10.2"}


def ether(port, **fields):
    return Ether(**{"src": HOST_MAC[port], "dst": PORT_MAC[port], **fields})


def ip(port, to, **fields):
    return IP(**{"src": HOST[port], "dst": to, "id": 7, "ttl": 64, **fields})


def udp(port, to, payload=22, sport=4000, dport=5000, **fields):
    """A UDP packet that comes in by `port`; with 22 bytes of payload the frame has 64 bytes."""
    return ether(port) / ip(port, to, **fields) / UDP(sport=sport, dport=dport) \
        / Raw(bytes(index & 255 for index in range(payload)))


def tcp(port, to, flags="A", sport=4000, dport=443, payload=b"", **fields):
    return ether(port) / ip(port, to, **fields) / TCP(sport=sport, dport=dport, flags=flags) \
        / Raw(payload)


def echo(port, to, **fields):
    return ether(port) / ip(port, to, **fields) / ICMP(type=8, id=1, seq=1) / Raw(bytes(range(32)))


UPLINK = ("wan", "192.0.2.254")
INSIDE = ("lan", "198.51.100.2")
