#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts frames on a Linux interface exactly as they are, and reads those that come out of one.

    wire.py frames [--mtu 1500] [--to MAC] [--from MAC]    prints frames that a device must not change
    wire.py send IFACE FILE                                sends a capture, or such lines; - is stdin
    wire.py capture IFACE COUNT SECONDS [--notes]          prints what comes in
    wire.py gso IFACE [--kind tcp4|tcp6|udp4|udp6] [--payload 20000] [--size 1448]
    wire.py partial IFACE [--kind udp4|...] [--payload 100]

A frame is a line: hex digits, with a name before them where it has one. `send` exits 1 when the kernel
refused a frame and says which. `capture` prints `ready` as soon as no frame escapes it, and the socket's
own losses on stderr at the end. `gso` sends one frame larger than the wire, as a host with segmentation
offload does, and `partial` one whose checksum a card has still to finish; both print the frames that a
wire must carry for it, made here and not by the kernel. Needs root, and Python alone.
"""
import argparse
import ctypes
import errno
import select
import signal
import socket
import struct
import sys
import time

# linux/if_packet.h, linux/virtio_net.h
SOL_PACKET = 263
PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC = 1, 1
PACKET_STATISTICS, PACKET_AUXDATA, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 6, 8, 15, 23
SO_RCVBUFFORCE = 33
AUXDATA = struct.Struct("=IIIHHHH")
CHECKSUM_NOT_READY, VLAN_VALID, VLAN_TPID_VALID, GSO_TCP = 0x8, 0x10, 0x40, 0x100
VNET = struct.Struct("=BBHHHH")
NEEDS_CHECKSUM, GSO_ECN = 1, 0x80
GSO_TYPE = {"tcp4": 1, "tcp6": 4, "udp4": 5, "udp6": 5}
ETH_P_ALL, IPV4, ARP, IPV6, CTAG, STAG = 0x3, 0x0800, 0x0806, 0x86DD, 0x8100, 0x88A8
TCP, UDP, FRAGMENT = 6, 17, 44
FIN, PSH, ACK, CWR = 0x01, 0x08, 0x10, 0x80
LARGEST = 1 << 18

HOST4, PEER4 = bytes([198, 18, 0, 1]), bytes([198, 18, 1, 1])
HOST6, PEER6 = (socket.inet_pton(socket.AF_INET6, f"2001:db8:{n}::1") for n in (1, 2))


# --- Bytes


def mac(text):
    address = bytes.fromhex(text.replace(":", ""))
    if len(address) != 6:
        raise argparse.ArgumentTypeError(f"{text} is no MAC address")
    return address


def folded(data):
    """The Internet checksum's sum (RFC 1071), not inverted."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def checksum(data):
    return folded(data) ^ 0xFFFF


def pseudo(source, destination, protocol, length):
    """The pseudo-header of RFC 9293 3.1 or RFC 8200 8.1."""
    return source + destination + struct.pack("!II" if len(source) == 16 else "!HH", protocol, length)[-8:]


def pattern(length):
    """A payload in which each 16-bit word says where it stands, so that no two pieces are alike."""
    return b"".join(struct.pack("!H", n & 0xFFFF) for n in range((length + 1) // 2))[:length]


# --- Headers


def ipv4(payload, protocol=UDP, identification=1, fragment=0, destination=PEER4):
    """fragment: flags and offset as in the header, 0x2000 being more fragments."""
    head = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), identification, fragment, 64, protocol, 0, HOST4, destination)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ipv6(payload, following=UDP, destination=PEER6):
    return struct.pack("!IHBB16s16s", 6 << 28, len(payload), following, 64, HOST6, destination) + payload


def ipv6_fragment(payload, offset, more):
    return ipv6(struct.pack("!BBHI", UDP, 0, offset | more, 0x12345678) + payload, FRAGMENT)


def udp(payload, addresses, whole=True):
    """whole: the checksum is finished; else it holds the pseudo-header's sum, as before a card."""
    head = struct.pack("!HHHH", 4000, 5000, 8 + len(payload), 0)
    return head[:6] + struct.pack("!H", transport_sum(head + payload, addresses, UDP, whole)) + payload


def tcp(payload, addresses, whole=True, sequence=1000, flags=ACK | PSH):
    head = struct.pack("!HHIIBBHHH", 4000, 5000, sequence, 2000, 5 << 4, flags, 512, 0, 0)
    return head[:16] + struct.pack("!H", transport_sum(head + payload, addresses, TCP, whole)) + head[18:] + payload


def transport_sum(segment, addresses, protocol, whole):
    before = pseudo(*addresses, protocol, len(segment))
    if not whole:
        return folded(before)
    total = checksum(before + segment)
    return total or (0xFFFF if protocol == UDP else 0)


class Link:
    """Frames from one station to another."""

    def __init__(self, destination, source):
        self.destination, self.source = destination, source

    def frame(self, kind, payload, tags=(), destination=None, least=60):
        """tags: pairs of tag protocol and tag control information, the outer first."""
        head = (destination or self.destination) + self.source
        head += b"".join(struct.pack("!HH", *tag) for tag in tags)
        return (head + struct.pack("!H", kind) + payload).ljust(least, b"\0")

    def udp4(self, size, tags=()):
        """A frame of this size in all, tags not counted."""
        return self.frame(IPV4, ipv4(udp(pattern(size - 14 - 28), (HOST4, PEER4))), tags)

    def udp6(self, size):
        return self.frame(IPV6, ipv6(udp(pattern(size - 14 - 48), (HOST6, PEER6))))


# --- Frames that a device must not change


def truth(link, mtu):
    """Names and frames; none is larger than the MTU allows, a tag being beside it."""
    four, six = (HOST4, PEER4), (HOST6, PEER6)
    question = struct.pack("!HHBBH", 1, IPV4, 6, 4, 1) + link.source + HOST4 + bytes(6) + PEER4
    small = ipv4(udp(pattern(40), four))
    yield "minimum-60", link.udp4(60)
    for size in (64, 65, 128, 1024, 1514, 1515, 2034, 2048, 3512, 3556, 4096, 9014):
        if size <= mtu + 14:
            yield f"size-{size}", link.udp4(size)
    yield "full-ipv4", link.udp4(mtu + 14)
    yield "full-ipv6", link.udp6(mtu + 14)
    yield "full-802.1q", link.udp4(mtu + 14, [(CTAG, 5)])

    packet = udp(pattern(3000), four)
    yield "ipv4-fragment-first", link.frame(IPV4, ipv4(packet[:1200], identification=7, fragment=0x2000))
    yield "ipv4-fragment-middle", link.frame(IPV4, ipv4(packet[1200:2400], identification=7, fragment=0x2000 | 150))
    yield "ipv4-fragment-last", link.frame(IPV4, ipv4(packet[2400:], identification=7, fragment=300))
    yield "ipv4-fragment-alone", link.frame(IPV4, ipv4(packet[800:1600], identification=8, fragment=0x2000 | 100))
    packet = udp(pattern(2000), six)
    yield "ipv6-fragment-first", link.frame(IPV6, ipv6_fragment(packet[:1200], 0, 1))
    yield "ipv6-fragment-last", link.frame(IPV6, ipv6_fragment(packet[1200:], 1200, 0))

    yield "802.1q", link.frame(IPV4, small, [(CTAG, 5)])
    yield "802.1q-pcp-dei", link.frame(IPV4, small, [(CTAG, 0xF000 | 4094)])
    yield "802.1q-minimum-60", link.frame(IPV4, ipv4(udp(b"", four)), [(CTAG, 5)])
    yield "802.1ad", link.frame(IPV4, small, [(STAG, 5)])
    yield "802.1ad-802.1q", link.frame(IPV4, small, [(STAG, 5), (CTAG, 6)])
    yield "802.1q-802.1q", link.frame(IPV4, small, [(CTAG, 5), (CTAG, 6)])
    yield "priority-tag", link.frame(IPV4, small, [(CTAG, 0xA000)])
    yield "priority-tag-no-priority", link.frame(IPV4, small, [(CTAG, 0)])
    yield "tag-0x9100", link.frame(IPV4, small, [(0x9100, 5)])
    yield "802.1q-ipv6-fragment", link.frame(IPV6, ipv6_fragment(packet[1200:], 1200, 0), [(CTAG, 5)])

    bridges = mac("01:80:c2:00:00:00")
    yield "llc-bpdu", link.frame(38, b"\x42\x42\x03" + bytes(35), destination=bridges)
    yield "llc-length-100", link.frame(100, b"\xaa\xaa\x03\0\0\0\x08\0" + pattern(92))
    yield "pause", link.frame(0x8808, struct.pack("!HH", 1, 0), destination=mac("01:80:c2:00:00:01"))
    yield "lldp", link.frame(0x88CC, b"\x02\x07\x04" + link.source, destination=mac("01:80:c2:00:00:0e"))
    yield "ethertype-unknown", link.frame(0x88B5, pattern(300))
    yield "mpls", link.frame(0x8847, struct.pack("!I", 16 << 12 | 0x140) + small)

    yield "arp", link.frame(ARP, question, destination=b"\xff" * 6)
    yield "arp-unpadded", link.frame(ARP, question, destination=b"\xff" * 6, least=0)
    everyone = (HOST4, b"\xff" * 4)
    yield "broadcast", link.frame(
        IPV4, ipv4(udp(pattern(40), everyone), destination=everyone[1]), destination=b"\xff" * 6)
    group = (HOST4, bytes([239, 1, 2, 3]))
    yield "multicast-ipv4", link.frame(
        IPV4, ipv4(udp(pattern(40), group), destination=group[1]), destination=mac("01:00:5e:01:02:03"))
    group = (HOST6, socket.inet_pton(socket.AF_INET6, "ff02::1:ff00:1"))
    yield "multicast-ipv6", link.frame(
        IPV6, ipv6(udp(pattern(40), group), destination=group[1]), destination=mac("33:33:ff:00:00:01"))

    yield "ipv6", link.udp6(200)
    yield "tcp-odd", link.frame(IPV4, ipv4(tcp(pattern(101), four), TCP))
    yield "tcp6-odd", link.frame(IPV6, ipv6(tcp(pattern(101), six), TCP))
    yield "udp-odd", link.udp4(201)
    without = udp(pattern(40), four)
    yield "udp-checksum-0", link.frame(IPV4, ipv4(without[:6] + b"\0\0" + without[8:]))
    yield "udp-checksum-wrong", link.frame(IPV4, ipv4(without[:6] + b"\x12\x34" + without[8:]))
    yield "ipv4-checksum-wrong", link.frame(IPV4, small[:10] + b"\x12\x34" + small[12:])
    yield "ipv4-with-trailer", link.frame(IPV4, small + b"\xee" * 30)


# --- What offload leaves to the card


class Offload:
    """A packet that a host hands to its card unfinished, and the frames that the card must make of it."""

    def __init__(self, link, kind, payload, tags, congestion):
        self.link, self.kind, self.payload, self.tags = link, kind, pattern(payload), tags
        self.six, self.protocol = kind.endswith("6"), TCP if kind.startswith("tcp") else UDP
        self.addresses = (HOST6, PEER6) if self.six else (HOST4, PEER4)
        self.flags = ACK | PSH | FIN | (CWR if congestion else 0)

    def packet(self, payload, whole=True, identification=100, sequence=1000, flags=None):
        if self.protocol == TCP:
            segment = tcp(payload, self.addresses, whole, sequence, self.flags if flags is None else flags)
        else:
            segment = udp(payload, self.addresses, whole)
        inner = ipv6(segment, self.protocol) if self.six else ipv4(segment, self.protocol, identification)
        return self.link.frame(IPV6 if self.six else IPV4, inner, self.tags, least=0)

    def unfinished(self, size=0):
        """The virtio_net_hdr and the frame. size: payload bytes a segment; 0: no segmentation."""
        start = 14 + 4 * len(self.tags) + (40 if self.six else 20)
        field, header = (16, 20) if self.protocol == TCP else (6, 8)
        kind = GSO_TYPE[self.kind] | (GSO_ECN if self.flags & CWR else 0) if size else 0
        head = VNET.pack(NEEDS_CHECKSUM, kind, start + header, size, start, field)
        return head + self.packet(self.payload, whole=False)

    def finished(self, size=0):
        """The frames for the wire. IPv4 identifications count up; FIN and PSH stand in the last segment only
        and CWR in the first only, as in Linux's tcp_gso_segment and inet_gso_segment."""
        size = size or max(1, len(self.payload))
        starts = range(0, max(1, len(self.payload)), size)
        for number, start in enumerate(starts):
            flags = self.flags
            flags &= ~CWR if number else 0xFF
            flags &= 0xFF if number == len(starts) - 1 else ~(FIN | PSH)
            yield self.packet(self.payload[start:start + size], True, 100 + number, 1000 + start, flags)


# --- Files


def frames_of(path):
    """Names and frames of a capture (pcap, either byte order, Ethernet) or of lines of hex."""
    data = sys.stdin.buffer.read() if path == "-" else open(path, "rb").read()
    for order in "<>":
        if len(data) >= 24 and struct.unpack_from(order + "I", data)[0] in (0xA1B2C3D4, 0xA1B23C4D):
            yield from pcap_frames(data, order, path)
            return
    for number, line in enumerate(data.decode().splitlines(), 1):
        words = line.split("#")[0].split()
        if words:
            yield (words[0] if len(words) > 1 else f"line {number}"), bytes.fromhex(words[-1])


def pcap_frames(data, order, path):
    if struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF != 1:
        sys.exit(f"{path}: not an Ethernet capture")
    at, number = 24, 0
    while at < len(data):
        captured, original = struct.unpack_from(order + "II", data, at + 8)
        number += 1
        if captured < original:
            sys.exit(f"{path}: frame {number} was cut to {captured} of {original} bytes when it was captured")
        yield f"frame {number}", data[at + 16:at + 16 + captured]
        at += 16 + captured


# --- Sockets


def packet_socket(interface=None):
    """A raw socket that receives nothing; bound where an interface is named."""
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    if interface:
        raw.bind((interface, 0))
    return raw


def send(options):
    raw, refused = packet_socket(options.interface), 0
    for name, frame in frames_of(options.file):
        try:
            raw.send(frame)
        except OSError as error:
            refused += 1
            print(f"{name}: {len(frame)} bytes refused: {errno.errorcode[error.errno]}", file=sys.stderr)
    sys.exit(1 if refused else 0)


def restored(frame, ancillary):
    """The frame with the tag that the kernel took out of it, and notes on what is unfinished."""
    notes = []
    for level, kind, data in ancillary:
        if (level, kind) != (SOL_PACKET, PACKET_AUXDATA):
            continue
        status, _, _, _, _, tci, tpid = AUXDATA.unpack_from(data)
        if status & VLAN_VALID:
            tag = struct.pack("!HH", tpid if status & VLAN_TPID_VALID else CTAG, tci)
            frame = frame[:12] + tag + frame[12:]
            notes.append("tag-beside")
        notes += ["checksum-not-ready"] * bool(status & CHECKSUM_NOT_READY)
        notes += ["gso"] * bool(status & GSO_TCP)
    return frame, notes


def capture(options):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    raw = packet_socket()
    raw.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
    raw.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    raw.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    membership = struct.pack("=iHH8s", socket.if_nametoindex(options.interface), PACKET_MR_PROMISC, 0, b"")
    raw.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership)
    raw.bind((options.interface, ETH_P_ALL))
    raw.setblocking(False)
    print("ready", flush=True)
    try:
        for line in incoming(raw, options.count, time.monotonic() + options.seconds, options.notes):
            print(line, flush=True)
    except (KeyboardInterrupt, BrokenPipeError):
        pass
    finally:
        packets, drops = struct.unpack("=II", raw.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        print(f"packets {packets} drops {drops}", file=sys.stderr)


def incoming(raw, count, end, with_notes):
    waiter = select.poll()
    waiter.register(raw, select.POLLIN)
    while count > 0 and (left := end - time.monotonic()) > 0:
        if not waiter.poll(left * 1000):
            return
        try:
            data, ancillary, flags, _ = raw.recvmsg(LARGEST, socket.CMSG_SPACE(AUXDATA.size))
        except OSError as error:  # the interface went down or away: once, then silence
            print(f"{errno.errorcode[error.errno]}", file=sys.stderr)
            continue
        frame, notes = restored(data, ancillary)
        notes += ["cut"] * bool(flags & socket.MSG_TRUNC)
        yield " ".join([frame.hex(), *notes] if with_notes else [frame.hex()])
        count -= 1


def unfinished(options):
    """`gso` and `partial`."""
    if options.cwr and not options.kind.startswith("tcp"):
        sys.exit("--cwr: UDP has no congestion window; leave it out or take a TCP kind")
    tags = [(CTAG, options.vlan)] if options.vlan is not None else []
    if options.size is None:
        options.size = 1428 if options.kind.endswith("6") else 1448
    offload = Offload(Link(options.to, options.source), options.kind, options.payload, tags, options.cwr)
    if not options.print:
        raw = packet_socket(options.interface)
        raw.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        try:
            raw.send(offload.unfinished(options.size))
        except OSError as error:
            sys.exit(f"refused: {errno.errorcode[error.errno]}")
    for frame in offload.finished(options.size):
        print(frame.hex())


def xdp_pass(options):
    """The smallest XDP program: it lets everything pass. Attached in driver mode, until the interface goes."""
    bpf_call, program_load, program_xdp = 321, 5, 6
    attribute, xdp, xdp_fd, xdp_flags, driver_mode = 0x8000, 43, 1, 3, 4
    code = ctypes.create_string_buffer(bytes.fromhex("b700000002000000" "9500000000000000"))
    licence = ctypes.create_string_buffer(b"GPL")
    words = struct.pack("=IIQQ", program_xdp, 2, ctypes.addressof(code), ctypes.addressof(licence)).ljust(128, b"\0")
    request = ctypes.create_string_buffer(words)
    libc = ctypes.CDLL(None, use_errno=True)
    program = libc.syscall(bpf_call, program_load, request, len(words))
    if program < 0:
        sys.exit(f"load: {errno.errorcode[ctypes.get_errno()]}")
    inner = struct.pack("=HHi", 8, xdp_fd, program) + struct.pack("=HHI", 8, xdp_flags, driver_mode)
    body = struct.pack("=BxHiII", 0, 0, socket.if_nametoindex(options.interface), 0, 0)
    body += struct.pack("=HH", 4 + len(inner), xdp | attribute) + inner
    set_link, request_and_acknowledge = 19, 5
    netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    netlink.send(struct.pack("=IHHII", 16 + len(body), set_link, request_and_acknowledge, 1, 0) + body)
    code = struct.unpack_from("=i", netlink.recv(4096), 16)[0]
    if code:
        sys.exit(f"attach: {errno.errorcode[-code]}")


def frames(options):
    for name, frame in truth(Link(options.to, options.source), options.mtu):
        print(name, frame.hex())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name, function, text):
        made = commands.add_parser(name, help=text)
        made.set_defaults(run=function)
        return made

    def stations(made):
        made.add_argument("--to", type=mac, default="02:00:00:00:00:02", metavar="MAC")
        made.add_argument("--from", dest="source", type=mac, default="02:00:00:00:00:01", metavar="MAC")

    made = command("frames", frames, "print frames that a device must not change")
    made.add_argument("--mtu", type=int, default=1500)
    stations(made)

    made = command("send", send, "send the frames of a file")
    made.add_argument("interface")
    made.add_argument("file")

    made = command("xdp-pass", xdp_pass, "attach an XDP program that lets everything pass")
    made.add_argument("interface")

    made = command("capture", capture, "print the frames that come in")
    made.add_argument("interface")
    made.add_argument("count", type=int)
    made.add_argument("seconds", type=float)
    made.add_argument("--notes", action="store_true", help="say after a frame what the kernel left unfinished")

    for name, kind, payload, size, text in (
        ("gso", "tcp4", 20_000, None, "send one frame that the card must segment"),
        ("partial", "udp4", 100, 0, "send one frame whose checksum the card must finish"),
    ):
        made = command(name, unfinished, text)
        made.add_argument("interface")
        made.add_argument("--kind", choices=GSO_TYPE, default=kind)
        made.add_argument("--payload", type=int, default=payload)
        made.add_argument("--vlan", type=int, help="an 802.1Q tag with this control information")
        made.add_argument("--print", action="store_true", help="print what the wire must carry, and send nothing")
        made.add_argument("--cwr", action="store_true", help="TCP: congestion window reduced (ECN)")
        made.set_defaults(size=size)
        if size is None:
            made.add_argument("--size", type=int, help="payload bytes a segment (1448; with IPv6 1428)")
        stations(made)

    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
