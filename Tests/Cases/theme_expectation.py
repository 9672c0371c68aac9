# SPDX-License-Identifier: Apache-2.0
"""What case.yaml can say: order, ignored and masked fields, checksums, variables, nothing else.

The expected captures of order: any, ignore, mask and checksums: valid are not what leaves, byte for
byte and in order: without its key such a case fails.
"""

from scapy.utils import checksum

from casebook import INSIDE, UPLINK, Case, Hexadecimal, tcp, udp

TO = "10.0.0.9"


def with_header(data, **changes):
    """An expected frame with other bytes in its IPv4 header, and the checksum that belongs to them."""
    data = bytearray(data)
    for offset, value in changes["at"].items():
        data[14 + offset] = value
    if changes.get("fix", True):
        data[24:26] = bytes(2)
        data[24:26] = checksum(bytes(data[14:34])).to_bytes(2, "big")
    return bytes(data)


def build():
    case = Case("expect-order-flow", "By default the order counts within a flow, not between flows")
    for number in range(6):
        case.add("wan", f"flow {number % 3}, packet {number // 3}",
                 udp("wan", TO, sport=5000 + number % 3, id=number), to=INSIDE)
    case.order["lan"] = [2, 0, 1, 5, 4, 3]  # 2 before 5, 0 before 3, 1 before 4

    case = Case("expect-order-any", "order: any compares sets of frames", order="any")
    for number in range(4):
        case.add("wan", f"packet {number} of one flow", udp("wan", TO, id=number), to=INSIDE)
    case.order["lan"] = [3, 1, 0, 2]

    case = Case("expect-order-strict", "order: strict compares a port's frames from first to last",
                order="strict")
    for number in range(4):
        case.add("wan", f"packet {number} of one flow", udp("wan", TO, id=number), to=INSIDE)

    case = Case("expect-ignore", "A field under ignore is not compared",
                ignore=["ipv4.identification", "ipv4.headerChecksum"])
    for number in (7, 4711, 65535):
        case.add("wan", f"identification {number}", udp("wan", TO, id=number), to=INSIDE)
    case.edits["lan"] = lambda _, data: with_header(data, at={4: 0, 5: 0})

    case = Case("expect-mask", "Of a field under mask the set bits are compared: DSCP, and not ECN",
                mask={"ipv4.typeOfService": Hexadecimal(0xFC)}, ignore=["ipv4.headerChecksum"])
    for tos in (0xB8, 0xB9, 0xBB):
        case.add("wan", f"traffic class 0x{tos:02x}", udp("wan", TO, tos=tos), to=INSIDE)
    case.edits["lan"] = lambda _, data: with_header(data, at={1: 0xB8})

    case = Case("expect-checksums-valid",
                "checksums: valid asks whether a checksum is right, not what it is", checksums="valid")
    case.add("wan", "UDP", udp("wan", TO), to=INSIDE)
    case.add("wan", "TCP", tcp("wan", TO, payload=b"data"), to=INSIDE)
    case.edits["lan"] = lambda _, data: with_header(data, at={10: 0, 11: 0}, fix=False)

    case = Case("expect-checksums-literal", "Without it a wrong UDP checksum that passes is as expected")
    case.add("wan", "a wrong UDP checksum", wrong_udp(), to=INSIDE)

    Case("expect-fields", "Single frames are held to fields: a request and its answer",
         frames=[
             {"port": "lan", "frame": 1, "fields": {
                 "ipv4.timeToLive": 63, "ipv4.source": "8.8.4.4", "tcp.destinationPort": 443,
                 "ethernet.source": "02:00:00:00:02:01"}},
             {"port": "wan", "frame": 1, "fields": {
                 "ipv4.timeToLive": 127, "ipv4.destination": "8.8.4.4", "tcp.sourcePort": 443,
                 "ethernet.source": "02:00:00:00:01:01"}}]) \
        .add("wan", "the request", tcp("wan", TO, "S"), to=INSIDE) \
        .add("lan", "the answer", tcp("lan", "8.8.4.4", "SA", sport=443, dport=4000, src=TO, ttl=128),
             to=UPLINK)

    Case("expect-variables", "A variable takes its value in one frame and must agree in the others",
         frames=[
             {"port": "lan", "frame": 1, "fields": {"tcp.sourcePort": "$port", "ipv4.source": "$host"}},
             {"port": "wan", "frame": 1, "fields": {
                 "tcp.destinationPort": "$port", "ipv4.destination": "$host"}},
             {"port": "lan", "frame": 2, "fields": {"tcp.sourcePort": "$port", "ipv4.source": "$host"}}]) \
        .add("wan", "SYN", tcp("wan", TO, "S", sport=50123), to=INSIDE) \
        .add("lan", "SYN and ACK", tcp("lan", "8.8.4.4", "SA", sport=443, dport=50123, src=TO),
             to=UPLINK) \
        .add("wan", "ACK", tcp("wan", TO, "A", sport=50123), to=INSIDE)

    Case("expect-nothing-else", "nothingElse: ports without an expect file send nothing",
         expect=["lan"], nothingElse=True) \
        .add("wan", "to lan", udp("wan", TO), to=INSIDE) \
        .drop("blackhole", "wan", {"to a blackhole": udp("wan", "198.18.0.1")})

    Case("expect-not-checked", "Without nothingElse a port without an expect file is not checked",
         expect=["lan"]) \
        .add("wan", "to lan", udp("wan", TO), to=INSIDE) \
        .add("lan", "to wan, which nobody looks at", udp("lan", "8.8.8.8"), to=UPLINK)

    Case("expect-drops-alone", "A case may expect nothing but its drops", expect=[], nothingElse=True) \
        .drop("blackhole", "wan", {"first": udp("wan", "198.18.0.1"), "second": udp("wan", "198.18.0.2")}) \
        .drop("multicast", "wan", {"third": udp("wan", "224.0.0.9")})

    case = Case("expect-padding", "Padding to 60 bytes in an expected frame is the link's, and not compared")
    case.add("wan", "a bare TCP acknowledgement", tcp("wan", TO), to=INSIDE)
    case.edits["lan"] = lambda _, data: data.ljust(60, b"\0")


def wrong_udp():
    packet = udp("wan", TO)
    packet["UDP"].chksum = 0xBEEF
    return packet
