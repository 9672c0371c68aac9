#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes every capture in this folder but `real/`, with what must come out of a forwarder.

    ./generate.py [FOLDER]       FOLDER is this folder unless another is given

Needs Debian's python3-scapy. Seeds and times are fixed: a second run gives identical bytes.
Each frame is written down with what must become of it, by hand; model.py computes the same
from the configuration; where the two differ, this program stops.
"""

import json
import pathlib
import random
import sys

sys.dont_write_bytecode = True  # or __pycache__ would stand among the captures

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6EchoRequest, ICMPv6ND_NS, IPv6
from scapy.layers.l2 import ARP, Dot1AD, Dot1Q, Ether
from scapy.packet import Raw
from scapy.utils import checksum

import model
import pcapfile
from frames import BROADCAST, START, header_edited, seeded_bytes, with_checksum

# Cross-connect: any frame, no change.

def cross_connect_frames(seed, source, destination):
    """All lengths of a runt, tags of every kind, protocols of every kind, and long frames."""
    generator = random.Random(seed)
    ethernet = bytes(Ether(src=source, dst=destination, type=0x88B5))[:12]
    frames = []
    for length in range(14, 60):
        frames.append(ethernet + b"\x88\xb5" + seeded_bytes(generator, length - 14))
    ether = Ether(src=source, dst=destination)
    inner = IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1000, dport=2000) / Raw(b"inner")
    frames += [bytes(frame) for frame in (
        ether / inner,
        ether / Dot1Q(vlan=100, prio=5, id=1) / inner,
        ether / Dot1Q(vlan=0, prio=7) / inner,
        ether / Dot1Q(vlan=4095) / inner,
        ether / Dot1AD(vlan=200) / Dot1Q(vlan=100) / inner,
        ether / Dot1Q(vlan=200) / Dot1Q(vlan=100) / inner,
        ether / Dot1AD(vlan=1) / Dot1Q(vlan=2) / Dot1Q(vlan=3) / inner,
        ether / IPv6(src="2001:db8::1", dst="2001:db8::2") / ICMPv6EchoRequest(id=1, seq=1),
        Ether(src=source, dst="33:33:ff:00:00:02")
        / IPv6(src="2001:db8::1", dst="ff02::1:ff00:2") / ICMPv6ND_NS(tgt="2001:db8::2"),
        Ether(src=source, dst=BROADCAST)
        / ARP(hwsrc=source, psrc="10.0.0.1", pdst="10.0.0.2"),
        ether / ARP(op=2, hwsrc=source, psrc="10.0.0.1", hwdst=destination, pdst="10.0.0.2"),
        Ether(src=source, dst="01:00:5e:01:02:03") / IP(src="10.0.0.1", dst="224.1.2.3", ttl=1)
        / UDP(sport=1, dport=1),
        ether / IP(src="127.0.0.1", dst="0.0.0.0", ttl=0) / UDP(),
        ether / IP(src="10.0.0.1", dst="10.0.0.2", chksum=0xDEAD) / TCP(flags="SFRPAUEC"),
        ether / IP(src="10.0.0.1", dst="10.0.0.2", version=9, ihl=3, len=65535) / Raw(b"?"),
    )]
    # A spanning-tree frame: a length in the place of an EtherType.
    frames.append(bytes.fromhex("0180c2000000") + ethernet[6:12] + b"\x00\x26\x42\x42\x03"
                  + seeded_bytes(generator, 43))
    # Source and destination that no card would send.
    frames.append(bytes(12) + b"\x08\x00" + seeded_bytes(generator, 46))
    frames.append(b"\xff" * 60)
    for length in (60, 64, 128, 1513, 1514, 1515, 1518, 1522, 2048, 2049, 2176, 4096, 7306, 9014):
        frames.append(ethernet + b"\x88\xb5" + seeded_bytes(generator, length - 14))
    for _ in range(64):
        body = seeded_bytes(generator, generator.randrange(0, 400))
        frames.append(ethernet + seeded_bytes(generator, 2) + body)
    # The same frame twice: both must come out.
    frames += [frames[0], frames[0]]
    return frames


def write_cross_connect(folder):
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "forward": "cross-connect",
        # No mtu: with 1500 the longer frames are chains of mbufs, and a cross-connect passes them.
        "ports": {"left": {}, "right": {}},
        "crossConnect": [["left", "right"]],
    }
    (folder / "cross-connect.yaml").write_text(model.yaml_text(config, [
        "What comes in on left leaves on right, and the other way round, unchanged."]))
    inputs = {}
    for index, (name, source, destination) in enumerate((
            ("left", "02:00:00:00:0a:01", "02:00:00:00:0b:01"),
            ("right", "02:00:00:00:0b:01", "02:00:00:00:0a:01"))):
        inputs[name] = [
            pcapfile.Frame(data, START + number * 20_000 + index * 10_000)
            for number, data in enumerate(cross_connect_frames(index + 1, source, destination))]
    # One file in the other byte order: a capture may come from any machine.
    pcapfile.write(folder / "left.in.pcap", inputs["left"])
    pcapfile.write(folder / "right.in.pcap", inputs["right"], nanosecond=False, byte_order=">")
    pcapfile.write(folder / "right.expect.pcap", inputs["left"])
    pcapfile.write(folder / "left.expect.pcap", inputs["right"])
    write_cross_connect_expected(folder, inputs)


def write_cross_connect_giants(folder):
    """Longer than net_pcap's transmit side can carry (16,128 bytes), up to pcap's usual limit."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "forward": "cross-connect",
        "ports": {"left": {"mtu": 9000}, "right": {"mtu": 9000}},
        "crossConnect": [["left", "right"]],
    }
    (folder / "cross-connect.yaml").write_text(model.yaml_text(config, [
        "A captured frame may be longer than any MTU: offloads merge segments before a capture."]))
    generator = random.Random(3)
    head = bytes.fromhex("0200000000b1" "0200000000a1" "88b5")
    frames = [
        pcapfile.Frame(head + seeded_bytes(generator, length - 14), START + number * 10_000)
        for number, length in enumerate((16127, 16128, 16129, 20000, 65535))]
    pcapfile.write(folder / "left.in.pcap", frames)
    pcapfile.write(folder / "right.in.pcap", [])
    pcapfile.write(folder / "right.expect.pcap", frames)
    pcapfile.write(folder / "left.expect.pcap", [])
    write_cross_connect_expected(folder, {"left": frames, "right": []})


def write_cross_connect_expected(folder, inputs):
    other = {"left": "right", "right": "left"}
    write_json(folder / "expected.json", {
        "config": "cross-connect.yaml",
        "received": sum(len(frames) for frames in inputs.values()),
        "transmitted": sum(len(frames) for frames in inputs.values()),
        "dropped": {},
        "ports": {
            name: {
                "in": f"{name}.in.pcap",
                "expect": f"{name}.expect.pcap",
                "received": counts(inputs[name]),
                "transmitted": counts(inputs[other[name]]),
            } for name in inputs},
    })


# Routing.

ROUTE = {
    "forward": "route",
    "ports": {
        "wan": {"mac": "02:00:00:00:01:01", "mtu": 9000, "addresses": ["192.0.2.1/24"]},
        # The /31 has no broadcast address (RFC 3021): both of its addresses are hosts.
        "lan": {"mac": "02:00:00:00:02:01", "mtu": 1500,
                "addresses": ["198.51.100.1/24", "203.0.113.0/31"]},
    },
    "routes": [
        {"to": "0.0.0.0/0", "via": "192.0.2.254"},
        {"to": "10.0.0.0/8", "via": "198.51.100.8"},
        {"to": "10.1.0.0/16", "via": "198.51.100.16"},
        {"to": "10.1.2.0/24", "via": "198.51.100.24"},
        {"to": "10.1.2.128/25", "via": "198.51.100.25"},
        {"to": "10.1.2.200/32", "via": "203.0.113.1"},
        {"to": "10.50.0.0/16", "via": [{"address": "198.51.100.16", "weight": 3},
                                       {"address": "198.51.100.24", "weight": 1}]},
        {"to": "10.66.0.0/16", "action": "blackhole"},
        {"to": "10.66.6.0/24", "via": "198.51.100.24"},
        {"to": "10.77.0.0/16", "action": "unreachable"},
        {"to": "10.77.7.7/32", "via": "198.51.100.25"},
        {"to": "10.88.0.0/16", "via": "198.51.100.99"},
        {"to": "172.16.0.0/12", "via": "192.0.2.12"},
        {"to": "192.168.0.0/16", "via": "192.0.2.16"},
        {"to": "192.168.99.99/32", "action": "blackhole"},
    ],
    "neighbours": [
        {"port": "wan", "address": "192.0.2.254", "mac": "02:00:00:00:01:fe"},
        {"port": "wan", "address": "192.0.2.12", "mac": "02:00:00:00:01:0c"},
        {"port": "wan", "address": "192.0.2.16", "mac": "02:00:00:00:01:10"},
        {"port": "lan", "address": "198.51.100.8", "mac": "02:00:00:00:02:08"},
        {"port": "lan", "address": "198.51.100.16", "mac": "02:00:00:00:02:16"},
        {"port": "lan", "address": "198.51.100.24", "mac": "02:00:00:00:02:24"},
        # Digits alone: a number to the base of 60 for YAML 1.1, a MAC address for Freeway.
        {"port": "lan", "address": "198.51.100.25", "mac": "12:34:50:12:34:56"},
        {"port": "lan", "address": "203.0.113.1", "mac": "02:00:00:00:02:31"},
        # 198.51.100.50 and .99 have none, on purpose.
    ],
}

NO_DEFAULT = {
    "forward": "route",
    "ports": {
        "wan": {"mac": "02:00:00:00:01:01", "addresses": ["192.0.2.1/24"]},
        "lan": {"mac": "02:00:00:00:02:01", "addresses": ["198.51.100.1/24"]},
    },
    "routes": [
        {"to": "10.1.0.0/16", "via": "198.51.100.8"},
        {"to": "10.1.2.3/32", "action": "unreachable"},
    ],
    "neighbours": [
        {"port": "lan", "address": "198.51.100.8", "mac": "02:00:00:00:02:08"},
        {"port": "wan", "address": "192.0.2.254", "mac": "02:00:00:00:01:fe"},
    ],
}


class Scenario:
    """Frames in the order of arrival, each with what must become of it."""

    def __init__(self, config):
        self.config = config
        self.router = model.Router(config)
        self.frames = []  # (port, Frame, what, Transmit or Drop)
        self.clock = START

    def add(self, port, what, data, expected, wire_length=None, same_time=False):
        """`expected` is ("drop", reason) or (port, next hop)."""
        data = bytes(data)
        if not same_time:
            self.clock += 10_007  # not a whole number of microseconds
        decision = self.router.decide(port, data)
        if isinstance(decision, model.Drop):
            found = ("drop", decision.reason)
        elif isinstance(decision, model.Answered):
            found = ("answered", None)
        elif isinstance(decision, model.Waits):
            # Nobody there answers.
            found = ("drop", "noNeighbour")
        elif isinstance(decision, model.Transmit):
            found = (decision.port, decision.next_hop)
        else:
            found = ("hash", "group")
        if expected != found:
            sys.exit(f"{port}: {what}: written down {expected}, the model says {found}")
        self.frames.append(
            (port, pcapfile.Frame(data, self.clock, wire_length), what, decision))

    def write(self, folder, config_comment, nanosecond=True, byte_order="<"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "route.yaml").write_text(model.yaml_text(self.config, config_comment))
        arrived = {name: [] for name in self.config["ports"]}
        told = []
        order = list(self.config["ports"])
        simulation = model.Simulation(self.router)
        # A replay merges its inputs by time, then by the order of the ports in the file.
        for port, frame, what, decision in sorted(
                self.frames, key=lambda f: (f[1].nanoseconds, order.index(f[0]))):
            arrived[port].append(frame)
            told.append(({"port": port, "number": len(arrived[port]), "what": what},
                         simulation.frame(port, frame.data, frame.nanoseconds)))
        simulation.finish()
        left = {name: [pcapfile.Frame(data, time) for data, time in simulation.sent.get(name, [])]
                for name in arrived}
        for entry, way in told:
            for reason, port, _, _, number in way.ends + way.made:
                if reason:
                    entry.setdefault("dropped", reason)
                if port:
                    entry["transmitted"] = {"port": port, "number": number}
        told = [entry for entry, _ in told]
        dropped = simulation.dropped
        for name in arrived:
            pcapfile.write(folder / f"{name}.in.pcap", arrived[name], nanosecond, byte_order)
            pcapfile.write(folder / f"{name}.expect.pcap", left[name])
        write_json(folder / "expected.json", {
            "config": "route.yaml",
            "received": len(told),
            "transmitted": sum(len(frames) for frames in left.values()),
            "dropped": dict(sorted(dropped.items())),
            "ports": {
                name: {
                    "in": f"{name}.in.pcap",
                    "expect": f"{name}.expect.pcap",
                    "received": counts(arrived[name]),
                    "transmitted": counts(left[name]),
                } for name in arrived},
            "frames": told,
        })


class RouteFrames:
    """Frames for the ports of ROUTE, by Scapy."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.random = random.Random(20)

    def ether(self, port, **fields):
        hosts = {"wan": "02:00:00:00:01:fe", "lan": "02:00:00:00:02:08"}
        own = self.scenario.config["ports"][port]["mac"]
        return Ether(**{"src": hosts[port], "dst": own, **fields})

    def ip(self, port, dst, **fields):
        source = {"wan": "198.18.5.5", "lan": "198.51.100.8"}[port]
        return IP(**{"src": source, "dst": dst, "id": 7, "ttl": 64, **fields})

    def udp(self, port, dst, payload=18, **fields):
        return self.ether(port) / self.ip(port, dst, **fields) / UDP(sport=4000, dport=5000) \
            / Raw(bytes(i & 255 for i in range(payload)))


def route_forwarded(scenario):
    make = RouteFrames(scenario)
    add = scenario.add

    # Prefixes of several lengths: each first and last address, and the neighbours beyond them.
    default = ("wan", "192.0.2.254")
    for destination, expected in {
        "9.255.255.255": default, "10.0.0.0": ("lan", "198.51.100.8"),
        "10.0.255.255": ("lan", "198.51.100.8"), "10.1.0.0": ("lan", "198.51.100.16"),
        "10.1.1.255": ("lan", "198.51.100.16"), "10.1.2.0": ("lan", "198.51.100.24"),
        "10.1.2.127": ("lan", "198.51.100.24"), "10.1.2.128": ("lan", "198.51.100.25"),
        "10.1.2.199": ("lan", "198.51.100.25"), "10.1.2.200": ("lan", "203.0.113.1"),
        "10.1.2.201": ("lan", "198.51.100.25"), "10.1.2.255": ("lan", "198.51.100.25"),
        "10.1.3.0": ("lan", "198.51.100.16"), "10.1.255.255": ("lan", "198.51.100.16"),
        "10.2.0.0": ("lan", "198.51.100.8"), "10.66.6.0": ("lan", "198.51.100.24"),
        "10.66.6.255": ("lan", "198.51.100.24"), "10.77.7.7": ("lan", "198.51.100.25"),
        "10.255.255.255": ("lan", "198.51.100.8"), "11.0.0.0": default, "1.0.0.0": default,
        "126.255.255.255": default, "128.0.0.0": default, "172.15.255.255": default,
        "172.16.0.0": ("wan", "192.0.2.12"), "172.31.255.255": ("wan", "192.0.2.12"),
        "172.32.0.0": default, "192.168.0.0": ("wan", "192.0.2.16"),
        "192.168.99.98": ("wan", "192.0.2.16"), "192.168.99.100": ("wan", "192.0.2.16"),
        "192.168.255.255": ("wan", "192.0.2.16"), "223.255.255.255": default,
        # Hosts on a connected network, among them both ends of the /31 but our own.
        "198.51.100.8": ("lan", "198.51.100.8"), "198.51.100.25": ("lan", "198.51.100.25"),
        "203.0.113.1": ("lan", "203.0.113.1"), "203.0.113.2": default,
        "192.0.2.12": ("wan", "192.0.2.12"), "192.0.2.254": ("wan", "192.0.2.254"),
    }.items():
        # From the other port where there is one; both where a frame turns back, as on a stick.
        arrival = "lan" if expected[0] == "wan" else "wan"
        add(arrival, f"UDP to {destination}", make.udp(arrival, destination), expected)
    add("lan", "turns back to lan", make.udp("lan", "10.1.2.3"), ("lan", "198.51.100.24"))
    add("wan", "turns back to wan", make.udp("wan", "192.168.1.1"), ("wan", "192.0.2.16"))

    # Protocols: whatever follows the IPv4 header passes as it is, right or wrong.
    to, hop = "10.1.2.3", ("lan", "198.51.100.24")
    up, up_hop = "8.8.8.8", default
    payload = Raw(bytes(range(100)))
    for what, upper in {
        "TCP SYN with options": TCP(sport=1024, dport=80, flags="S", options=[
            ("MSS", 1460), ("SAckOK", b""), ("Timestamp", (1, 0)), ("NOP", None),
            ("WScale", 7)]),
        "TCP with data": TCP(sport=1024, dport=80, flags="PA", seq=1, ack=1) / payload,
        "TCP with a wrong checksum": TCP(sport=1, dport=2, chksum=0xBEEF) / payload,
        "UDP without a checksum": UDP(sport=1, dport=2, chksum=0) / payload,
        "UDP with a wrong checksum": UDP(sport=1, dport=2, chksum=0xBEEF) / payload,
        "UDP that lies about its length": UDP(sport=1, dport=2, len=9999) / payload,
        "echo request": ICMP(type=8, id=1, seq=1) / payload,
        "echo reply": ICMP(type=0, id=1, seq=1) / payload,
        "ICMP destination unreachable": ICMP(type=3, code=4) / IP(
            src="10.1.2.3", dst="8.8.8.8", id=1) / UDP(sport=1, dport=2),
        "cut TCP header": Raw(b"\x04\x00\x00\x50"),
    }.items():
        protocol = 6 if "TCP" in what else 17 if "UDP" in what else 1
        add("wan", what, make.ether("wan") / make.ip("wan", to, proto=protocol) / upper, hop)
        add("lan", what, make.ether("lan") / make.ip("lan", up, proto=protocol) / upper, up_hop)
    for protocol in (0, 4, 41, 47, 50, 51, 89, 132, 253, 255):
        add("wan", f"protocol {protocol}",
            make.ether("wan") / make.ip("wan", to, proto=protocol) / payload, hop)
    add("wan", "a header and nothing else", make.ether("wan") / make.ip("wan", to, proto=253), hop)

    # Options: unchanged, and a longer header to sum up.
    for what, options in {
        "no operation": b"\x01\x01\x01\x01",
        "end of list": b"\x00\x00\x00\x00",
        "record route": b"\x07\x0b\x04" + bytes(8) + b"\x00",
        "timestamp": b"\x44\x0c\x05\x00" + bytes(8),
        "router alert": b"\x94\x04\x00\x00",
        "stream identifier": b"\x88\x04\x00\x01",
        "unknown option": b"\x9e\x08\x01\x02\x03\x04\x05\x06",
        "option that lies about its length": b"\x9e\xff\x01\x02",
        "forty bytes of options": b"\x9e\x28" + bytes(range(38)),
    }.items():
        header = bytearray(bytes(make.ip("wan", to, proto=17, ihl=5 + len(options) // 4)))
        body = bytes(UDP(sport=1, dport=2, chksum=0)) + bytes(range(30))
        header += options
        header[2:4] = (len(header) + len(body)).to_bytes(2, "big")
        header[10:12] = bytes(2)
        header[10:12] = checksum(bytes(header)).to_bytes(2, "big")
        add("wan", f"options: {what}",
            bytes(make.ether("wan", type=0x0800)) + bytes(header) + body, hop)

    # Flags and fragments.
    for what, fields in {
        "DF": {"flags": "DF"}, "DF and MF": {"flags": "DF+MF"}, "the reserved bit": {"flags": 4},
        "first fragment": {"flags": "MF", "frag": 0},
        "middle fragment": {"flags": "MF", "frag": 185},
        "last fragment": {"flags": 0, "frag": 370},
        "the last offset there is": {"flags": 0, "frag": 8191},
    }.items():
        add("wan", what, make.ether("wan") / make.ip("wan", to, proto=17, **fields)
            / Raw(bytes(range(64))), hop)

    # DSCP and ECN stay.
    for tos in (0x00, 0x01, 0x02, 0x03, 0xB8, 0x2E, 0xFF):
        add("wan", f"traffic class 0x{tos:02x}", make.udp("wan", to, tos=tos), hop)

    # TTL, with the checksum that goes with it.
    for ttl in (2, 3, 63, 64, 127, 128, 254, 255):
        add("wan", f"TTL {ttl}", make.udp("wan", to, ttl=ttl), hop)
        add("lan", f"TTL {ttl}", make.udp("lan", up, ttl=ttl), up_hop)

    # RFC 1624: where a short cut gives 0xffff for 0x0000 or forgets the carry.
    for wanted in (0x0000, 0x0001, 0x00FE, 0x00FF, 0x0100, 0x0101, 0xFEFD, 0xFEFE, 0xFEFF, 0xFF00,
                   0xFF01, 0xFFFD, 0xFFFE):
        add("wan", f"old checksum 0x{wanted:04x}", with_checksum(make.udp("wan", to), wanted), hop)
        add("wan", f"old checksum 0x{wanted:04x}, TTL 2",
            with_checksum(make.udp("wan", to, ttl=2), wanted), hop)
    # The other zero of one's complement: RFC 1071's sum takes it.
    other_zero = bytearray(with_checksum(make.udp("wan", to), 0x0000))
    other_zero[24:26] = b"\xff\xff"
    add("wan", "old checksum 0xffff in the place of 0x0000", other_zero, hop)

    # Trailing bytes are the link's, not the packet's: they do not go on.
    short = bytes(make.ether("wan") / make.ip("wan", to, proto=17) / UDP(sport=1, dport=2))
    assert len(short) == 42
    for what, length, filler in (
            ("zeros to 60 bytes", 60, 0), ("garbage to 60 bytes", 60, 0xA5),
            ("garbage to 64 bytes", 64, 0x5A), ("one byte", 43, 0x5A),
            ("1400 bytes of garbage", 1442, 0xA5),
            ("4000 bytes of garbage", 4042, 0xA5)):
        add("wan", f"padding: {what}", short + bytes([filler]) * (length - len(short)), hop)
    add("wan", "padding after 1500 bytes: the MTU is the packet's",
        bytes(make.udp("wan", to, payload=1472)) + b"\xa5" * 40, hop)
    tcp_ack = bytes(make.ether("lan") / make.ip("lan", up) / TCP(sport=1, dport=2, flags="A"))
    add("lan", "padding: a bare TCP acknowledgement", tcp_ack + bytes(60 - len(tcp_ack)), up_hop)

    # Lengths.
    for total in (28, 46, 47, 1499, 1500):
        add("wan", f"{total} bytes of IPv4", make.udp("wan", to, payload=total - 28), hop)
    # wan has an MTU of 9000: the frame goes back to where it came from.
    for total in (2034, 2035, 2048, 2162, 4096, 7292, 8999, 9000):
        add("wan", f"{total} bytes of IPv4, back to wan",
            make.udp("wan", "192.168.1.1", payload=total - 28), ("wan", "192.0.2.16"))

    # MAC addresses: the source does not matter, not even our own or a group.
    for source in ("02:00:00:00:01:01", BROADCAST, "00:00:00:00:00:00"):
        add("wan", f"from MAC {source}", make.ether("wan", src=source) / make.ip("wan", to)
            / UDP(sport=1, dport=2), hop)

    # Sources that look odd and are good.
    for source in ("1.0.0.0", "126.255.255.255", "128.0.0.1", "223.255.255.255", "10.1.2.3"):
        add("wan", f"from {source}", make.udp("wan", to, src=source), hop)

    # Two frames at the same time: the port that stands first in the file goes first.
    add("lan", "at the same time, lan", make.udp("lan", "192.168.1.2"), ("wan", "192.0.2.16"))
    add("wan", "at the same time, wan", make.udp("wan", "192.168.1.2"), ("wan", "192.0.2.16"),
        same_time=True)


def route_dropped(scenario):
    make = RouteFrames(scenario)

    def drop(reason, port, what, data, **keywords):
        scenario.add(port, what, data, ("drop", reason), **keywords)

    to = "10.1.2.3"
    good = bytes(make.udp("wan", to))

    drop("truncatedFrame", "wan", "no bytes at all", b"")
    for length in (1, 5, 6, 12, 13):
        drop("truncatedFrame", "wan", f"{length} bytes", good[:length])
    for length in (14, 15, 33):
        drop("truncatedFrame", "wan", f"IPv4 in a frame of {length} bytes", good[:length])
    drop("truncatedFrame", "lan", "IPv4 header cut at 19 bytes",
         bytes(make.udp("lan", "8.8.8.8"))[:33], wire_length=60)

    for what, ether_type, body in (
            ("LLDP to its group", 0x88CC, bytes(46)), ("MPLS", 0x8847, good[14:]),
            ("PPPoE", 0x8864, good[14:]), ("QinQ of old, 0x9100", 0x9100, good[14:]),
            ("0x0801", 0x0801, good[14:]), ("0xffff", 0xFFFF, good[14:]),
            ("EtherType 0", 0, good[14:]), ("a length of 802.3", 38, b"\x42\x42\x03" + bytes(43)),
            ("nothing after the EtherType", 0x88B5, b"")):
        group = {"LLDP to its group": "01:80:c2:00:00:0e",
                 "a length of 802.3": "01:80:c2:00:00:00"}.get(what)
        ether = make.ether("wan", type=ether_type, **({"dst": group} if group else {}))
        drop("unknownEtherType", "wan", what, bytes(ether) + body)

    for what, mac in (("one bit off", "02:00:00:00:01:00"), ("the port lan", "02:00:00:00:02:01"),
                      ("zero", "00:00:00:00:00:00"), ("globally unique", "00:1b:21:aa:bb:cc")):
        drop("notForUs", "wan", f"destination MAC: {what}",
             make.ether("wan", dst=mac) / make.ip("wan", to) / UDP())
    drop("notForUs", "lan", "destination MAC of the port wan",
         make.ether("lan", dst="02:00:00:00:01:01") / make.ip("lan", "8.8.8.8") / UDP())
    drop("notForUs", "wan", "an ARP reply for someone else",
         make.ether("wan", dst="02:00:00:00:01:77") / ARP(op=2, psrc="192.0.2.9", pdst="192.0.2.8"))

    for version in (0, 3, 5, 6, 15):
        drop("badVersion", "wan", f"version {version}",
             header_edited(good, at={0: version << 4 | 5}))

    for ihl in (0, 1, 4):
        drop("badHeaderLength", "wan", f"header length {ihl}", header_edited(good, at={0: 0x40 | ihl}))
    drop("badHeaderLength", "wan", "header of 60 bytes in a packet of 46",
         header_edited(good, at={0: 0x4F}))
    drop("badHeaderLength", "wan", "header of 24 bytes in a packet of 20",
         header_edited(good[:34], at={0: 0x46, 2: 0, 3: 20}))

    for total in (0, 1, 19):
        drop("badTotalLength", "wan", f"total length {total}",
             header_edited(good, at={2: 0, 3: total}))
    drop("badTotalLength", "wan", "total length 46, 45 bytes present", good[:-1])
    drop("badTotalLength", "wan", "total length 65535", header_edited(good, at={2: 255, 3: 255}))
    drop("badTotalLength", "wan", "total length below a header of 40 bytes",
         header_edited(good, at={0: 0x4A, 2: 0, 3: 39}))
    long = bytes(make.udp("wan", to, payload=1472))
    drop("badTotalLength", "wan", "capture cut at 128 bytes", long[:128], wire_length=len(long))
    drop("badTotalLength", "lan", "capture cut after the IPv4 header",
         bytes(make.udp("lan", "8.8.8.8"))[:34], wire_length=60)

    right = int.from_bytes(good[24:26], "big")
    for what, value in (("one more", right + 1), ("one less", right - 1), ("zero", 0),
                        ("all ones", 0xFFFF), ("bytes swapped", (right & 255) << 8 | right >> 8),
                        ("one's complement", right ^ 0xFFFF)):
        drop("badChecksum", "wan", f"checksum: {what}",
             header_edited(good, False, at={10: value >> 8, 11: value & 255}))
    for offset in (1, 4, 5, 6, 8, 9, 12, 15, 16, 19):
        drop("badChecksum", "wan", f"one bit of header byte {offset} flipped",
             header_edited(good, False, at={offset: good[14 + offset] ^ 0x10}))
    router_alert = bytearray(bytes(make.ip("wan", to, proto=253, ihl=6, len=24)) + b"\x94\x04\0\0")
    router_alert[10:12] = bytes(2)
    # Right for the first 20 bytes, wrong for the header: options count too.
    router_alert[10:12] = checksum(bytes(router_alert[:20])).to_bytes(2, "big")
    drop("badChecksum", "wan", "checksum without the options",
         bytes(make.ether("wan", type=0x0800)) + bytes(router_alert))

    for source in ("0.0.0.0", "0.1.2.3", "0.255.255.255", "127.0.0.0", "127.0.0.1",
                   "127.255.255.255", "224.0.0.0", "224.0.0.1", "239.255.255.255", "240.0.0.0",
                   "254.1.2.3", "255.255.255.254", "255.255.255.255"):
        drop("martianSource", "wan", f"from {source}", make.udp("wan", to, src=source))

    for destination in ("0.0.0.0", "0.1.2.3", "0.255.255.255", "127.0.0.0", "127.0.0.1",
                        "127.255.255.255", "240.0.0.0", "255.255.255.254", "255.255.255.255"):
        drop("martianDestination", "wan", f"to {destination}", make.udp("wan", destination))
    drop("martianDestination", "wan", "to 255.255.255.255 by broadcast",
         make.ether("wan", dst=BROADCAST) / make.ip("wan", "255.255.255.255") / UDP())

    for destination in ("224.0.0.0", "224.0.0.1", "239.255.255.255"):
        drop("multicast", "wan", f"to {destination}, to our MAC", make.udp("wan", destination))
    for destination, mac in (("224.0.0.5", "01:00:5e:00:00:05"),
                             ("239.1.2.3", "01:00:5e:01:02:03"), ("224.0.0.1", BROADCAST)):
        drop("multicast", "wan", f"to {destination}, to {mac}",
             make.ether("wan", dst=mac) / make.ip("wan", destination) / UDP())

    for mac in (BROADCAST, "01:00:5e:01:02:03", "03:00:00:00:01:01", "33:33:00:00:00:01"):
        drop("linkLayerBroadcast", "wan", f"unicast to {mac}",
             make.ether("wan", dst=mac) / make.ip("wan", to) / UDP())
    drop("linkLayerBroadcast", "lan", "unicast to the router's address by broadcast",
         make.ether("lan", dst=BROADCAST) / make.ip("lan", "198.51.100.1") / UDP())

    drop("directedBroadcast", "wan", "broadcast of lan's network", make.udp("wan", "198.51.100.255"))
    drop("directedBroadcast", "lan", "broadcast of wan's network", make.udp("lan", "192.0.2.255"))
    drop("directedBroadcast", "wan", "broadcast of the own network", make.udp("wan", "192.0.2.255"))

    for address, port in (("192.0.2.1", "wan"), ("198.51.100.1", "lan"), ("203.0.113.0", "lan"),
                          ("198.51.100.1", "wan"), ("192.0.2.1", "lan")):
        drop("localNotHandled", port, f"to the router's {address}", make.udp(port, address))
    scenario.add("lan", "echo request to the router",
                 make.ether("lan") / make.ip("lan", "198.51.100.1") / ICMP(type=8) / Raw(b"ping"),
                 ("answered", None))
    drop("badICMPChecksum", "lan", "echo request with a wrong checksum",
         make.ether("lan") / make.ip("lan", "198.51.100.1") / ICMP(type=8, chksum=0x1234) / Raw(b"ping"))

    for ttl in (0, 1):
        drop("timeToLiveExpired", "wan", f"TTL {ttl}", make.udp("wan", to, ttl=ttl))
        drop("timeToLiveExpired", "lan", f"TTL {ttl} to the default route",
             make.udp("lan", "8.8.8.8", ttl=ttl))
        drop("timeToLiveExpired", "wan", f"TTL {ttl} to a connected host",
             make.udp("wan", "198.51.100.8", ttl=ttl))
        # No other frame goes to this group: which member takes it is the forwarder's own choice.
        drop("timeToLiveExpired", "wan", f"TTL {ttl} to a group of next hops",
             make.udp("wan", "10.50.1.1", ttl=ttl))

    for destination in ("10.66.0.0", "10.66.5.255", "10.66.7.0", "10.66.255.255"):
        drop("blackhole", "wan", f"to {destination}", make.udp("wan", destination))
    drop("blackhole", "lan", "one address inside a good prefix", make.udp("lan", "192.168.99.99"))
    for destination in ("10.77.0.0", "10.77.7.6", "10.77.7.8", "10.77.255.255"):
        drop("unreachable", "wan", f"to {destination}", make.udp("wan", destination))

    for destination in ("198.51.100.50", "198.51.100.254"):
        drop("noNeighbour", "wan", f"connected host {destination}", make.udp("wan", destination))
    drop("noNeighbour", "wan", "next hop without a neighbour", make.udp("wan", "10.88.1.1"))
    # The neighbour table is per port and address: wan's 192.0.2.8 is not lan's 198.51.100.8.
    drop("noNeighbour", "lan", "the neighbour of another port", make.udp("lan", "192.0.2.8"))

    for total in (1501, 1514, 2035, 8999):
        drop("exceedsMTU", "wan", f"{total} bytes towards lan, DF",
             make.udp("wan", to, payload=total - 28, flags="DF"))
    drop("exceedsMTU", "wan", "1501 bytes, DF", make.udp("wan", to, payload=1473, flags="DF"))
    drop("exceedsMTU", "wan", "1501 bytes to a group of next hops, DF",
         make.udp("wan", "10.50.1.1", payload=1473, flags="DF"))

    hosts = {"lan": "02:00:00:00:02:08", "wan": "02:00:00:00:01:fe"}
    scenario.add("lan", "ARP request", make.ether("lan", dst=BROADCAST)
                 / ARP(hwsrc=hosts["lan"], psrc="198.51.100.8", pdst="198.51.100.1"), ("answered", None))
    drop("arpUnsolicited", "wan", "ARP reply", make.ether("wan")
         / ARP(op=2, hwsrc=hosts["wan"], psrc="192.0.2.254", pdst="192.0.2.1", hwdst="02:00:00:00:01:01"))
    scenario.add("wan", "ARP request of 60 bytes", bytes(
        make.ether("wan", dst=BROADCAST) / ARP(hwsrc=hosts["wan"], psrc="192.0.2.254", pdst="192.0.2.1"))
        + bytes(18), ("answered", None))
    drop("arpNotForUs", "wan", "ARP for another", make.ether("wan", dst=BROADCAST)
         / ARP(hwsrc=hosts["wan"], psrc="192.0.2.254", pdst="192.0.2.12"))
    drop("truncatedFrame", "wan", "ARP without a body", bytes(make.ether("wan", type=0x0806)))

    drop("ipv6NotHandled", "wan", "IPv6 to our MAC", make.ether("wan")
         / IPv6(src="2001:db8::1", dst="2001:db8::2") / ICMPv6EchoRequest())
    drop("ipv6NotHandled", "lan", "neighbour solicitation",
         make.ether("lan", dst="33:33:ff:00:00:01")
         / IPv6(src="2001:db8::1", dst="ff02::1:ff00:1") / ICMPv6ND_NS(tgt="2001:db8::1"))
    drop("ipv6NotHandled", "wan", "IPv6 without a header", bytes(make.ether("wan", type=0x86DD)))

    for what, tags in (("802.1Q", Dot1Q(vlan=100)), ("a priority tag and another", Dot1Q(vlan=0, prio=5)
                                                    / Dot1Q(vlan=100)),
                       ("802.1ad and 802.1Q", Dot1AD(vlan=200) / Dot1Q(vlan=100))):
        drop("unknownVLAN", "wan", what, make.ether("wan") / tags / make.ip("wan", to) / UDP())
    drop("unknownVLAN", "lan", "ARP under a tag", make.ether("lan", dst=BROADCAST)
         / Dot1Q(vlan=100) / ARP(psrc="198.51.100.8", pdst="198.51.100.1"))
    drop("truncatedFrame", "wan", "a tag and nothing more", bytes(make.ether("wan", type=0x8100)))

    # Two faults in a frame: the earlier check names it.
    drop("notForUs", "wan", "wrong MAC, and version 6 in IPv4",
         header_edited(make.ether("wan", dst="02:00:00:00:01:99") / make.ip("wan", to) / UDP(),
                       at={0: 0x65}))
    drop("notForUs", "wan", "wrong MAC, and a tag",
         make.ether("wan", dst="02:00:00:00:01:99") / Dot1Q(vlan=1) / make.ip("wan", to) / UDP())
    drop("badChecksum", "wan", "wrong checksum, TTL 0", make.udp("wan", to, ttl=0, chksum=0x1234))
    drop("badTotalLength", "wan", "total length 10, wrong checksum",
         header_edited(good, False, at={2: 0, 3: 10}))
    drop("martianSource", "lan", "DHCP discover: from 0.0.0.0 to 255.255.255.255",
         make.ether("lan", dst=BROADCAST) / make.ip("lan", "255.255.255.255", src="0.0.0.0")
         / UDP(sport=68, dport=67))
    drop("martianSource", "wan", "martian to a blackhole", make.udp("wan", "10.66.0.1", src="127.0.0.1"))
    drop("localNotHandled", "lan", "TTL 1 to the router", make.udp("lan", "198.51.100.1", ttl=1))
    drop("blackhole", "wan", "TTL 1 to a blackhole", make.udp("wan", "10.66.0.1", ttl=1))
    drop("unreachable", "wan", "TTL 0 to an unreachable prefix", make.udp("wan", "10.77.0.1", ttl=0))
    drop("timeToLiveExpired", "wan", "TTL 1, too long", make.udp("wan", to, payload=1473, ttl=1))
    drop("timeToLiveExpired", "wan", "TTL 1, next hop without a neighbour",
         make.udp("wan", "10.88.1.1", ttl=1))


def route_mixture(scenario, count):
    """Both directions at random, right frames between wrong ones, as the model decides."""
    make = RouteFrames(scenario)
    generator = random.Random(4242)
    networks = {"wan": ["10.1.2.0", "10.3.0.0", "10.66.0.0", "198.51.100.0", "10.77.0.0"],
                "lan": ["172.16.0.0", "192.168.0.0", "8.0.0.0", "192.0.2.0"]}
    for number in range(count):
        port = generator.choice(("wan", "lan"))
        base = [int(byte) for byte in generator.choice(networks[port]).split(".")]
        address = ".".join(str(byte or generator.randrange(256)) for byte in base)
        upper = generator.choice((
            UDP(sport=generator.randrange(65536), dport=generator.randrange(65536)),
            TCP(sport=generator.randrange(65536), dport=443, flags="A"),
            ICMP(type=8, id=number, seq=generator.randrange(100))))
        body = seeded_bytes(generator, generator.choice((0, 6, 18, 64, 200, 512, 1400)))
        frame = bytearray(bytes(
            make.ether(port)
            / make.ip(port, address, ttl=generator.choice((1, 2, 5, 64, 128, 255)),
                      id=generator.randrange(65536), tos=generator.randrange(256))
            / upper / Raw(body)))
        if generator.random() < 0.15:
            # One bit of the Ethernet or the IPv4 header, wherever it hurts.
            frame[generator.randrange(34)] ^= 1 << generator.randrange(8)
        decision = scenario.router.decide(port, bytes(frame))
        expected = ("drop", decision.reason) if isinstance(decision, model.Drop) \
            else ("drop", "noNeighbour") if isinstance(decision, model.Waits) \
            else (decision.port, decision.next_hop)
        scenario.add(port, f"mixture {number + 1}", frame, expected)


def write_route(folder):
    scenario = Scenario(ROUTE)
    route_forwarded(scenario)
    route_dropped(scenario)
    route_mixture(scenario, 400)
    scenario.write(folder, [
        "Prefixes of several lengths, both ends of each route tested by the captures beside it."])


def write_route_no_default(folder):
    scenario = Scenario(NO_DEFAULT)
    make = RouteFrames(scenario)
    for what, port, destination, expected in (
            ("inside", "wan", "10.1.0.0", ("lan", "198.51.100.8")),
            ("inside", "wan", "10.1.255.255", ("lan", "198.51.100.8")),
            ("below", "wan", "10.0.255.255", ("drop", "noRoute")),
            ("above", "wan", "10.2.0.0", ("drop", "noRoute")),
            ("far away", "lan", "8.8.8.8", ("drop", "noRoute")),
            ("the first unicast address", "lan", "1.0.0.0", ("drop", "noRoute")),
            ("the last unicast address", "lan", "223.255.255.255", ("drop", "noRoute")),
            ("beside a connected network", "lan", "192.0.3.1", ("drop", "noRoute")),
            ("unreachable, which is a route", "wan", "10.1.2.3", ("drop", "unreachable")),
            ("connected", "lan", "192.0.2.254", ("wan", "192.0.2.254")),
            ("connected", "wan", "198.51.100.8", ("lan", "198.51.100.8"))):
        scenario.add(port, f"{what}: {destination}", make.udp(port, destination), expected)
    scenario.add("lan", "no route, TTL 1", make.udp("lan", "8.8.8.8", ttl=1), ("drop", "noRoute"))
    # Here the MTU is 1500, so an mbuf holds some 2,048 bytes, and these are chains of mbufs. The cut
    # falls into the first segment, between two, or into the last one.
    hop = ("lan", "198.51.100.8")
    for total in (28, 46, 1500):
        for length in (2000, 2048, 2049, 2176, 2177, 4096, 7306, 9014):
            data = bytes(make.udp("wan", "10.1.9.9", payload=total - 28))
            scenario.add("wan", f"{total} bytes of IPv4 in a frame of {length}",
                         data + b"\xa5" * (length - len(data)), hop)
    for total in (2034, 4096, 7292, 65521):
        scenario.add("wan", f"{total} bytes of IPv4, DF",
                     make.udp("wan", "10.1.9.9", payload=total - 28, flags="DF"), ("drop", "exceedsMTU"))
        scenario.add("wan", f"{total} bytes of IPv4, in parts", make.udp("wan", "10.1.9.9", payload=total - 28), hop)
    scenario.add("wan", "a chain of mbufs with a wrong checksum",
                 make.udp("wan", "10.1.9.9", payload=7264, chksum=0x1234), ("drop", "badChecksum"))
    scenario.add("wan", "a chain of mbufs, one byte short",
                 bytes(make.udp("wan", "10.1.9.9", payload=7264))[:-1], ("drop", "badTotalLength"))
    # Whole microseconds here, and the other byte order: captures come in both.
    for number, entry in enumerate(scenario.frames):
        entry[1].nanoseconds = START + (number + 1) * 10_000
    scenario.write(folder, ["No default route: what no prefix covers has no route. And frames longer than an mbuf."],
                   nanosecond=False, byte_order=">")


# ECMP: the member is Freeway's own choice, so properties are given in the place of frames.

ECMP = {
    "forward": "route",
    "ports": {
        "wan": {"mac": "02:00:00:00:01:01", "addresses": ["192.0.2.1/24"]},
        "east": {"mac": "02:00:00:00:02:01", "addresses": ["198.51.100.1/25"]},
        "west": {"mac": "02:00:00:00:03:01", "addresses": ["198.51.100.129/25"]},
    },
    "routes": [
        {"to": "10.1.0.0/16", "via": [{"address": "198.51.100.2", "weight": 1},
                                      {"address": "198.51.100.130", "weight": 1}]},
        {"to": "10.2.0.0/16", "via": [{"address": "198.51.100.2", "weight": 3},
                                      {"address": "198.51.100.3", "weight": 1}]},
        {"to": "10.3.0.0/16", "via": [{"address": "198.51.100.2", "weight": 1},
                                      {"address": "198.51.100.3", "weight": 2},
                                      {"address": "198.51.100.130", "weight": 3}]},
    ],
    "neighbours": [
        {"port": "east", "address": "198.51.100.2", "mac": "02:00:00:00:02:02"},
        {"port": "east", "address": "198.51.100.3", "mac": "02:00:00:00:02:03"},
        {"port": "west", "address": "198.51.100.130", "mac": "02:00:00:00:03:82"},
    ],
}


def write_route_ecmp(folder):
    """Each frame ends in its flow's number (4 bytes, big-endian), by which an output is known."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "route.yaml").write_text(model.yaml_text(ECMP, [
        "Groups of next hops: on two ports, by weight on one port, and three members on both."]))
    generator = random.Random(77)
    ether = Ether(src="02:00:00:00:01:fe", dst="02:00:00:00:01:01")
    flows = []
    frames = []
    groups = []

    def flow(group, kind):
        flows.append({"group": group, "kind": kind})
        return len(flows) - 1

    def put(number, packet):
        data = bytes(ether / packet / Raw(number.to_bytes(4, "big")))
        frames.append((number, data))

    routers = {n["address"]: n for n in ECMP["neighbours"]}
    for index, (network, per_group, repeats) in enumerate(
            (("10.1", 4096, 2), ("10.2", 4096, 1), ("10.3", 4096, 1))):
        base = len(frames)
        first = len(flows)
        for _ in range(per_group):
            kind = generator.choice(("udp", "tcp"))
            number = flow(index, kind)
            layer = UDP if kind == "udp" else TCP
            source = "198.18.%d.%d" % (generator.randrange(256), generator.randrange(256))
            packet = IP(src=source, id=0, dst="%s.%d.%d" % (
                network, generator.randrange(256), generator.randrange(256))) \
                / layer(sport=generator.randrange(1024, 65536),
                        dport=generator.choice((53, 80, 443, 8080)))
            for repeat in range(repeats):
                # What a flow's packets differ in must not move it to another member.
                packet[IP].id = generator.randrange(65536)
                packet[IP].ttl = generator.choice((2, 64, 255))
                packet[IP].tos = generator.randrange(256)
                put(number, packet)
        # Packets of one flow lie far apart, in bursts of their own.
        block = frames[base:]
        generator.shuffle(block)
        frames[base:] = block
        route = ECMP["routes"][index]
        total = sum(member["weight"] for member in route["via"])
        groups.append({
            "to": route["to"],
            "flows": {"first": first, "count": per_group},
            "members": [{
                "address": member["address"],
                "port": routers[member["address"]]["port"],
                "mac": routers[member["address"]]["mac"],
                "weight": member["weight"],
                "share": round(member["weight"] / total, 6),
            } for member in route["via"]],
        })

    # The fragments of a datagram: only the first has ports, all go one way.
    for index, network in enumerate(("10.1", "10.2", "10.3")):
        for _ in range(48):
            number = flow(index, "fragments")
            destination = "%s.%d.%d" % (network, generator.randrange(256), generator.randrange(256))
            identification = generator.randrange(1, 65536)
            common = {"src": "198.18.7.%d" % generator.randrange(256), "dst": destination,
                      "id": identification, "proto": 17}
            ports = bytes(UDP(sport=generator.randrange(65536), dport=53, len=8 + 36, chksum=0))
            # A fragment but the last holds a multiple of 8 bytes, the flow's number among them.
            put(number, IP(flags="MF", frag=0, **common) / Raw(ports + bytes(4)))
            put(number, IP(flags="MF", frag=2, **common) / Raw(bytes(12)))
            put(number, IP(flags=0, frag=4, **common) / Raw(bytes(8)))
    # Protocols without ports.
    for index, network in enumerate(("10.1", "10.2", "10.3")):
        for kind, layer, protocol in (("icmp", ICMP(type=8, id=9), 1), ("gre", Raw(bytes(4)), 47),
                                      ("protocol 253", Raw(b""), 253)):
            for _ in range(8):
                number = flow(index, kind)
                packet = IP(src="198.18.9.9", proto=protocol, dst="%s.%d.%d" % (
                    network, generator.randrange(256), generator.randrange(256))) / layer
                for _ in range(2):
                    put(number, packet)

    pcapfile.write(folder / "wan.in.pcap", [
        pcapfile.Frame(data, START + number * 1_000) for number, (_, data) in enumerate(frames)])
    router = model.Router(ECMP)
    assert all(isinstance(router.decide("wan", data), model.ChosenByHash) for _, data in frames)
    kinds = {}
    for entry in flows:
        kinds[entry["kind"]] = kinds.get(entry["kind"], 0) + 1
    write_json(folder / "expected.json", {
        "config": "route.yaml",
        "in": {"port": "wan", "file": "wan.in.pcap"},
        "received": len(frames),
        "transmitted": len(frames),
        "dropped": {},
        "flowNumber": "the last four bytes of each frame, big-endian",
        "tolerance": 0.04,
        "flows": len(flows),
        "framesByFlow": frames_by_flow(frames, len(flows)),
        "flowsByKind": kinds,
        "groups": groups,
        "groupByFlow": [entry["group"] for entry in flows],
    })


def frames_by_flow(frames, flow_count):
    found = [0] * flow_count
    for number, _ in frames:
        found[number] += 1
    return found


def counts(frames):
    return {"frames": len(frames), "bytes": sum(len(frame.data) for frame in frames)}


def write_json(path, value):
    """Indented, with lists of plain numbers and small objects on one line each."""
    def text(value, indent):
        pad = " " * indent
        if isinstance(value, dict) and any(isinstance(v, (dict, list)) for v in value.values()) \
                and not ("number" in value):
            inner = ",\n".join(
                f"{pad}  {json.dumps(k)}: {text(v, indent + 2)}" for k, v in value.items())
            return "{\n" + inner + f"\n{pad}}}"
        if isinstance(value, list) and value and isinstance(value[0], dict):
            inner = ",\n".join(f"{pad}  {text(v, indent + 2)}" for v in value)
            return "[\n" + inner + f"\n{pad}]"
        if isinstance(value, list):
            return json.dumps(value, separators=(",", ":"))
        return json.dumps(value)
    path.write_text(text(value, 0) + "\n")
    json.loads(path.read_text())


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    write_cross_connect(folder / "cross-connect")
    write_cross_connect_giants(folder / "cross-connect-giants")
    write_route(folder / "route")
    write_route_no_default(folder / "route-no-default")
    write_route_ecmp(folder / "route-ecmp")
    import steps
    steps.write(folder / "route-steps", write_json)


if __name__ == "__main__":
    main()
