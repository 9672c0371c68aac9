#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes pcapng/: pcapng files of all kinds, byte by byte, and beside each what tshark reads of it.

    ./pcapngs.py [FOLDER]       FOLDER is this folder unless another is given

NAME.tsv has a line for each frame that tshark shows: its number, time (whole seconds since 1970 and the nanoseconds
that follow them, also before 1970), interface, captured length, length on the wire, link type (Wireshark's number; 1
is Ethernet), the captured bytes; then a line with the error, if tshark ends with one. Needs Debian's tshark. A second run gives identical bytes.
"""

import json
import pathlib
import struct
import subprocess
import sys

SECTION, INTERFACE, OLD_PACKET, SIMPLE, NAMES, STATISTICS, PACKET = 0x0A0D0D0A, 1, 2, 3, 4, 5, 6
CUSTOM, SECRETS = 0xBAD, 10
ETHERNET, COOKED = 1, 113
NOW = 1_700_000_000


def frame(number, length=60):
    return bytes.fromhex("020000000102020000000101") + b"\x88\xb5" + bytes(
        (number * 7 + index) % 256 for index in range(length - 14))


def padded(data):
    return data + bytes(-len(data) % 4)


class Section:
    """Blocks in one byte order."""

    def __init__(self, order="<", minor=0, length=-1):
        self.order = order
        self.data = self.block(SECTION, self.pack("IHHq", 0x1A2B3C4D, 1, minor, length))

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def block(self, kind, body, trailer=None):
        length = len(body) + 12
        return self.pack("II", kind, length) + body + self.pack("I", trailer or length)

    def option(self, code, value):
        return padded(self.pack("HH", code, len(value)) + value)

    def add(self, kind, body, trailer=None):
        self.data += self.block(kind, body, trailer)
        return self

    def interface(self, link=ETHERNET, snap=262144, options=()):
        body = self.pack("HHI", link, 0, snap)
        for code, value in options:
            body += self.option(code, value)
        return self.add(INTERFACE, body + (bytes(4) if options else b""))

    def packet(self, data, ticks=NOW * 10 ** 6, interface=0, wire=None, options=b"", claimed=None):
        wire = len(data) if wire is None else wire
        captured = len(data) if claimed is None else claimed
        return self.add(PACKET, self.pack(
            "IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, captured, wire) + padded(data) + options)

    def old_packet(self, data, ticks, interface=0, options=b""):
        return self.add(OLD_PACKET, self.pack(
            "HHIIII", interface, 0, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data)) + padded(data) + options)

    def simple(self, data, wire=None):
        return self.add(SIMPLE, self.pack("I", len(data) if wire is None else wire) + padded(data))


def resolution(exponent, offset=None, order="<"):
    options = [(9, bytes([exponent]))]
    if offset is not None:
        options.append((14, struct.pack(order + "q", offset)))
    return options


def files():
    now = NOW * 10 ** 6
    yield "late-interface", Section().interface(snap=65535).packet(frame(1), now).interface(
        snap=96, options=[(2, b"lan")]).packet(frame(2), now + 1, interface=1).packet(frame(3), now + 2)
    yield "link-type-in-use", Section().interface().interface(link=COOKED, options=[(2, b"any")]).packet(
        frame(1), now).packet(frame(2), now + 1, interface=1).packet(frame(3), now + 2)
    little = Section("<").interface().packet(frame(1), now)
    big = Section(">").interface(options=resolution(9, order=">")).packet(frame(2), (NOW + 1) * 10 ** 9 + 7)
    yield "sections-of-both-orders", little, big, Section("<", minor=2, length=0).interface().packet(
        frame(3), now + 2_000_000)
    yield "no-interface", Section()
    yield "section-without-interface", Section(), Section(">").interface().packet(frame(1), now)
    yield "no-frames-of-another-link-type", Section().interface(link=COOKED)
    yield "beyond-snap-length", Section().interface(snap=40).packet(frame(1), now).packet(
        frame(2)[:40], now + 1, wire=60).packet(frame(3, 61), now + 2)
    yield "before-1970", Section().interface(options=resolution(9, -2_208_988_800)).packet(frame(1), 5).packet(
        frame(2), 1_500_000_000)
    yield "around-1970", Section().interface(options=resolution(3, -10)).packet(frame(1), 9_250).packet(
        frame(2), 10_001)
    yield "resolutions", Section().interface(options=resolution(0)).interface(options=resolution(3)).interface(
        options=resolution(12)).interface(options=resolution(0x80 | 20)).interface(
        options=resolution(0x80)).interface(options=resolution(6, 100)).interface().packet(
        frame(1), NOW, 0).packet(frame(2), NOW * 1000 + 1, 1).packet(
        frame(3), 12_345_678_999, 2).packet(
        frame(4), (NOW << 20) + (1 << 19) + 1, 3).packet(frame(5), NOW, 4).packet(
        frame(6), now, 5).packet(frame(7), now + 6, 6)
    yield "simple-packets", Section().interface(snap=64).packet(frame(1), now).simple(frame(2, 61)).simple(
        frame(3, 64), wire=1500)
    yield "old-packets", Section().interface().old_packet(frame(1, 61), now).old_packet(
        frame(2, 14), now + 1, options=struct.pack("<HH4sI", 1, 3, b"abc", 0))
    section = Section().interface(options=[(1, b"a comment"), (2, b"eth0"), (3, b"x" * 301), (9, b"\x09")])
    comment = section.option(1, b"c" * 4000) + bytes(4)
    section.add(NAMES, section.pack("HH", 0, 0)).add(SECRETS, section.pack("II", 0x544C534B, 4) + b"abc\n")
    section.packet(frame(1), NOW * 10 ** 9, options=comment).add(CUSTOM, section.pack("I", 32473) + bytes(1000))
    section.add(0x40000BAD, section.pack("I", 32473)).add(0x7FFF0001, bytes(70_000)).add(STATISTICS, bytes(12))
    yield "other-blocks", section.packet(frame(2), NOW * 10 ** 9 + 1, options=comment)
    yield "length-not-of-four", Section().interface().add(
        PACKET, struct.pack("<IIIII", 0, now >> 32, now & 0xFFFFFFFF, 61, 61) + frame(1, 61)).packet(frame(2), now)
    body = struct.pack("<IIIII", 0, now >> 32, now & 0xFFFFFFFF, 61, 61) + padded(frame(1, 61))
    rounded = Section().interface()
    rounded.data += struct.pack("<II", PACKET, len(body) + 9) + body + struct.pack("<I", len(body) + 9)
    yield "lengths-without-padding", rounded.packet(frame(2), now)
    two = Section().interface().packet(frame(1), now).packet(frame(2), now + 1)
    two.data = two.data[:-30]
    yield "cut-short", two
    yield "wrong-trailer", Section().interface().packet(frame(1), now).add(
        PACKET, struct.pack("<IIIII", 0, now >> 32, now & 0xFFFFFFFF, 60, 60) + frame(2), trailer=96).packet(
        frame(3), now)
    yield "unknown-interface", Section().interface().packet(frame(1), now).packet(frame(2), now, interface=1)
    yield "too-long-for-its-block", Section().interface().packet(frame(1), now).packet(
        frame(2), now, claimed=4000)
    later = Section()
    later.data = later.data[:12] + struct.pack("<H", 2) + later.data[14:]
    yield "version-2", later
    for name in ("two-snap-lengths", "unused-second-link-type", "year-2200"):
        yield name, None


def read(path):
    """tshark's view of a file."""
    shown = subprocess.run(
        ["tshark", "-n", "-r", path, "-T", "json", "-x"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = []
    for entry in json.loads(shown.stdout or "[]"):
        layers = entry["_source"]["layers"]
        facts = layers["frame"]
        if "frame.encap_type" not in facts:
            continue  # tshark lists custom blocks, too
        lines.append("\t".join([
            str(len(lines) + 1), facts.get("frame.time_epoch", ""), facts.get("frame.interface_id", ""),
            facts["frame.cap_len"], facts["frame.len"], facts["frame.encap_type"], layers["frame_raw"][0]]))
    if shown.returncode:
        message = " ".join(
            line for line in shown.stderr.splitlines() if not line.startswith("Running as user"))
        lines.append("error\t" + message.replace(str(path), path.name))
    return "".join(line + "\n" for line in lines)


def main():
    here = pathlib.Path(__file__).parent / "pcapng"
    folder = pathlib.Path(sys.argv[1]) / "pcapng" if len(sys.argv) > 1 else here
    folder.mkdir(parents=True, exist_ok=True)
    for name, *sections in files():
        path = folder / f"{name}.pcapng"
        if sections == [None]:
            if folder != here:
                path.write_bytes((here / path.name).read_bytes())
        else:
            path.write_bytes(b"".join(section.data for section in sections))
        (folder / f"{name}.tsv").write_text(read(path))


if __name__ == "__main__":
    main()
