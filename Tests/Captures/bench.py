#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a capture for benchmarks: different UDP frames of one size to random destinations.

    ./bench.py FOLDER                        FOLDER/udp-64x1024.pcap
    ./bench.py FOLDER --count 4096 --size 1514
    ./bench.py FOLDER --to 10.0.0.0/8 --to 198.18.0.0/15

Needs no Scapy: a million frames take seconds. The same arguments give identical bytes.
"""

import argparse
import ipaddress
import pathlib
import random
import struct
import sys

sys.dont_write_bytecode = True

import pcapfile

START = 1_700_000_000_000_000_000


def internet_checksum(data):
    """RFC 1071 over an even number of bytes."""
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total


def mac_address(text):
    data = bytes.fromhex(text.replace(":", ""))
    if len(data) != 6:
        raise ValueError(text)
    return data


def udp_frame(generator, arguments):
    network = generator.choice(arguments.to)
    # Without the first and the last address, where a network has others.
    spare = 1 if network.num_addresses > 2 else 0
    destination = int(network.network_address) + generator.randrange(
        spare, network.num_addresses - spare)
    source = int(arguments.source.network_address) + generator.randrange(
        1, arguments.source.num_addresses - 1)
    length = arguments.size - 14
    header = bytearray(struct.pack(
        ">BBHHHBBHII", 0x45, 0, length, generator.randrange(65536), 0, 64, 17, 0,
        source, destination))
    header[10:12] = internet_checksum(bytes(header)).to_bytes(2, "big")
    # A UDP checksum of 0 says that there is none: a forwarder does not look at it.
    udp = struct.pack(
        ">HHHH", generator.randrange(1024, 65536), generator.randrange(1, 65536), length - 20, 0)
    return (arguments.destination_mac + arguments.source_mac + b"\x08\x00"
            + bytes(header) + udp + bytes(length - 28))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=1024, help="frames, 1024 unless given")
    parser.add_argument("--size", type=int, default=64,
                        help="bytes of a frame in the capture, so without the FCS; 64 unless "
                             "given (64-byte frames of RFC 2544 are --size 60)")
    parser.add_argument("--to", action="append", type=ipaddress.IPv4Network, metavar="PREFIX",
                        help="destinations; may be repeated; each is taken as often as another; "
                             "1.0.0.0 to 126.255.255.255 unless given")
    parser.add_argument("--from", dest="source", type=ipaddress.IPv4Network, metavar="PREFIX",
                        default=ipaddress.IPv4Network("198.18.0.0/15"))
    parser.add_argument("--destination-mac", type=mac_address, default="02:00:00:00:01:01")
    parser.add_argument("--source-mac", type=mac_address, default="02:00:00:00:01:fe")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--name", help="file name, udp-SIZExCOUNT.pcap unless given")
    arguments = parser.parse_args()
    if not 42 <= arguments.size <= 65535:
        parser.error(f"--size {arguments.size}: 42 (Ethernet, IPv4, UDP) to 65535 bytes")
    if arguments.count < 1:
        parser.error(f"--count {arguments.count}: at least 1 frame")
    if arguments.to is None:
        arguments.to = [n for n in ipaddress.summarize_address_range(
            ipaddress.IPv4Address("1.0.0.0"), ipaddress.IPv4Address("126.255.255.255"))]
        # Networks of different sizes would not be equally likely addresses: by /8 they are.
        arguments.to = [s for n in arguments.to for s in n.subnets(new_prefix=8)]

    generator = random.Random(arguments.seed)
    frames = {}
    tries = 0
    while len(frames) < arguments.count:
        frames.setdefault(udp_frame(generator, arguments))
        tries += 1
        if tries > 4 * arguments.count + 1000:
            parser.error(f"--count {arguments.count}: so many different frames do not exist")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    path = arguments.folder / (arguments.name or f"udp-{arguments.size}x{arguments.count}.pcap")
    pcapfile.write(path, [
        pcapfile.Frame(data, START + number * 1000) for number, data in enumerate(frames)])
    print(path)


if __name__ == "__main__":
    main()
