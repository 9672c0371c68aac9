# SPDX-License-Identifier: Apache-2.0
"""A case of IPv6 under construction: what must come of each frame is built by Scapy, frame by frame, and written down by
hand. No model stands behind it; Linux is asked the same questions by ../Linux/compare.py."""

from scapy.layers.inet6 import IPv6, in6_chksum
from scapy.layers.l2 import Ether
from scapy.packet import Raw

import casebook
import pcapfile
from frames import START

MAC = {"wan": "02:00:00:00:01:01", "lan": "02:00:00:00:02:01"}
HOST_MAC = {"wan": "02:00:00:00:01:fe", "lan": "02:00:00:00:02:02"}
OWN = {"wan": "2001:db8:1::1", "lan": "2001:db8:2::1"}
HOST = {"wan": "2001:db8:1::fe", "lan": "2001:db8:2::2"}
LINK = {"wan": "fe80::ff:fe00:101", "lan": "fe80::ff:fe00:201"}
HOST_LINK = {"wan": "fe80::ff:fe00:1fe", "lan": "fe80::ff:fe00:202"}
# Of hosts elsewhere: behind wan, and behind lan.
FAR = {"wan": "2001:db8:f00::5", "lan": "2001:db8:100::9"}

ROUTER = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24, "2001:db8:1::1/64"]}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, mtu: 1400, addresses: [198.51.100.1/24, "2001:db8:2::1/64"]}
routes:
  - {to: "2001:db8:f00::/40", via: "2001:db8:1::fe"}
  - {to: "2001:db8:100::/40", via: "2001:db8:2::2"}
  - {to: "2001:db8:200::/40", action: blackhole}
  - {to: "2001:db8:300::/40", action: unreachable}
  - {to: "2001:db8:400::/40", action: prohibit}
neighbours:
  - {port: wan, address: "2001:db8:1::fe", mac: 02:00:00:00:01:fe}
  - {port: lan, address: "2001:db8:2::2", mac: 02:00:00:00:02:02}
  - {port: wan, address: "fe80::ff:fe00:1fe", mac: 02:00:00:00:01:fe}
"""


class DualCase:
    """One folder. `config`: the text of its freeway.yaml."""

    def __init__(self, name, title, config=ROUTER, **keys):
        self.name, self.title, self.config, self.keys = name, title, config.lstrip("\n"), keys
        self.inputs, self.expected, self.drops, self.lines = {}, {"wan": [], "lan": []}, {}, []
        self.files = {}         # name: the text of another configuration
        self.clock = START
        casebook.CASES.append(self)

    def add(self, port, what, packet, *out, drop=None, after=10_007):
        """A frame in; `out`: (port, frame) for each that leaves because of it."""
        self.clock += after
        self.inputs.setdefault(port, []).append(pcapfile.Frame(bytes(packet), self.clock, None))
        for way, frame in out:
            self.expected.setdefault(way, []).append(pcapfile.Frame(bytes(frame), self.clock, None))
        if drop:
            self.drops[drop] = self.drops.get(drop, 0) + 1
        end = ([f"dropped, {drop}"] if drop else []) + [
            f"{way} {len(self.expected[way])}" for way, _ in out]
        self.lines.append(
            f"# {port} {len(self.inputs[port])}: {what} -> {'; '.join(end) or 'ends here'}\n")
        return self

    def write(self, folder):
        folder.mkdir(parents=True)
        (folder / "freeway.yaml").write_text(casebook.LICENCE + self.config)
        for name, text in self.files.items():
            (folder / name).write_text(casebook.LICENCE + text.lstrip("\n"))
        for port, frames in self.inputs.items():
            pcapfile.write(folder / f"{port}.in.pcap", frames)
        for port, frames in self.expected.items():
            pcapfile.write(folder / f"{port}.expect.pcap", frames)
        text = casebook.LICENCE + "title: " + casebook.quoted(
            self.title, "title: {}", {"title": self.title}) + "\n"
        for key, value in self.keys.items():
            text += f"{key}: {casebook.flow(value)}\n"
        text += f"drops: {casebook.flow(dict(sorted(self.drops.items())))}\n"
        (folder / "case.yaml").write_text(
            text + "\n# What comes in, in order, and what becomes of it:\n" + "".join(self.lines))


def ether(port, **fields):
    return Ether(**{"src": HOST_MAC[port], "dst": MAC[port], **fields})


def ip(source, to, **fields):
    return IPv6(**{"src": source, "dst": to, "hlim": 64, **fields})


def forwarded(frame, port, mac=None, header=None):
    """The packet of a frame as it leaves by a port: one hop less (RFC 8200, 3), and nothing behind its payload length."""
    packet = Ether(bytes(frame))[IPv6]
    raw = bytearray(bytes(packet)[:40 + packet.plen])
    raw[7] -= 1
    header = header if header is not None else Ether(dst=mac or HOST_MAC[port], src=MAC[port])
    header.lastlayer().type = 0x86dd
    return port.split(".")[0], bytes(header) + bytes(raw)


def message(kind, code, word, rest, source, to, port, hlim=64, mac=None, tc=0):
    """A message of ICMPv6 of the router's own."""
    packet = IPv6(src=source, dst=to, nh=58, hlim=hlim, tc=tc)
    body = bytes([kind, code, 0, 0]) + word.to_bytes(4, "big") + rest
    packet.plen = len(body)
    checksum = in6_chksum(58, packet, body)
    body = body[:2] + checksum.to_bytes(2, "big") + body[4:]
    return port, Ether(dst=mac or HOST_MAC[port], src=MAC[port]) / packet / Raw(body)


def about(kind, code, frame, port="wan", word=0, source=None, to=None):
    """The message about a packet that came in by a port: as much of it as fits into 1,280 bytes (RFC 4443, 2.4 c)."""
    packet = Ether(bytes(frame))[IPv6]
    raw = bytes(packet)[:40 + packet.plen][:1280 - 48]
    return message(kind, code, word, raw, source or OWN[port], to or packet.src, port)


def echo_reply(frame, port="wan", source=None, data=None):
    packet = Ether(bytes(frame))[IPv6]
    data = data if data is not None else bytes(packet)[-len(bytes(packet)) + 40:40 + packet.plen]
    return message(129, 0, int.from_bytes(data[4:8], "big"), data[8:], source or packet.dst, packet.src,
                   port, tc=packet.tc)
