# SPDX-License-Identifier: Apache-2.0
"""Captures: the order of frames, times, formats."""

from scapy.layers.inet import UDP
from scapy.packet import Raw

from casebook import INSIDE, UPLINK, Case, ether, ip, udp

TO = "10.0.0.9"


def numbered(port, number):
    """Frames of one flow, whichever port they come in by, so that their order can be compared."""
    return ether(port) / ip(port, TO, src="8.8.4.4", id=number) / UDP(sport=4000, dport=5000) \
        / Raw(bytes([number]) * 20)


def build():
    case = Case("time-inputs-merged", "Frames of several inputs enter in the order of their times",
                order="strict")
    for number, (port, at) in enumerate((
            ("dmz", 1000), ("wan", 2000), ("wan", 3000), ("dmz", 3500), ("wan", 3501), ("dmz", 9000))):
        case.add(port, f"{at} ns", numbered(port, number), at=at, to=INSIDE)

    case = Case("time-equal", "Frames of one time enter in the order of the ports in the configuration",
                order="strict")
    # dmz stands last in router.yaml, and comes last, though it is written first here.
    for number, port in enumerate(("dmz", "wan", "dmz", "wan")):
        case.add(port, f"frame {number} of all", numbered(port, number), at=5000, to=INSIDE)

    case = Case("time-decreasing", "A time below its predecessor's counts as the predecessor's: "
                "the order of the file holds", order="strict")
    for number, (port, at) in enumerate((("wan", 5000), ("wan", 1000), ("wan", 6000))):
        case.add(port, f"{at} ns", numbered(port, number), at=at, to=INSIDE)
    # Between 5000 and 6000: behind the one of 1000, which counts as 5000.
    case.add("dmz", "5500 ns", numbered("dmz", 9), at=5500, to=INSIDE)

    case = Case("time-far-apart", "An hour between two frames takes no time, and changes nothing")
    for hour in range(3):
        case.add("wan", f"hour {hour}", udp("wan", TO), at=hour * 3_600_000_000_000, to=INSIDE)

    for name, title, form in (
            ("microseconds", "A capture with microseconds", {"nanosecond": False}),
            ("big-endian", "A capture of a machine with the other byte order", {"byte_order": ">"}),
            ("big-endian-microseconds", "The other byte order, and microseconds",
             {"byte_order": ">", "nanosecond": False})):
        case = Case(f"capture-{name}", title + ", is read the same")
        case.formats["wan"] = form
        case.formats["lan"] = {}
        # By time: wan, lan, wan, lan; were the times misread it would be another order.
        for number in range(4):
            port = ("wan", "lan")[number % 2]
            case.add(port, f"{number} ms", udp(port, ("10.0.0.9", "8.8.8.8")[number % 2]),
                     at=number * 1_000_000, to=(INSIDE, UPLINK)[number % 2])

    long = bytes(udp("wan", TO, payload=1000))
    Case("capture-cut", "Of a frame that was cut in the capture the bytes that are there count") \
        .add("wan", "cut inside the payload", long[:128], wire_length=len(long), drop="badTotalLength") \
        .add("wan", "cut inside the IPv4 header", long[:30], wire_length=len(long),
             drop="truncatedFrame") \
        .add("wan", "cut behind the packet, in the padding", long, wire_length=len(long) + 100,
             to=INSIDE)

    case = Case("capture-empty", "An input without frames is an input, and nothing leaves")
    case.inputs["wan"] = []

    case = Case("capture-one-input", "Ports without an input receive nothing, and may still send")
    case.add("dmz", "to lan", udp("dmz", TO), to=INSIDE)
    case.add("dmz", "to wan", udp("dmz", "8.8.8.8"), to=UPLINK)
