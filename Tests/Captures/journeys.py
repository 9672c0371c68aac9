#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes journeys/FOLDER.json: what a journey must say of each frame, worked out without Freeway.

Reads the input captures and the configurations that generate.py wrote, and for which frames a route is
looked up from expected.json. Longest prefixes are found by trying every prefix; checksums are summed up
from the start; the flow hash is that of model.py.
"""

import ipaddress
import json
import os
import struct
import sys

import yaml

from model import flow_hash, seed_of_addresses

# Dropped by admit or validateIPv4: no route is looked up.
BEFORE_ROUTE = {
    "truncatedFrame", "notForUs", "arpUnsolicited", "arpNotForUs", "ipv6NotHandled", "unknownVLAN",
    "unknownEtherType", "badVersion", "badHeaderLength", "badTotalLength", "badChecksum",
    "martianSource", "martianDestination", "multicast", "linkLayerBroadcast"}


def frames_of(path):
    """The frames of a classic pcap file of either byte order."""
    data = open(path, "rb").read()
    order = "<" if data[0] in (0x4D, 0xD4) else ">"
    at, frames = 24, []
    while at < len(data):
        length = struct.unpack_from(order + "I", data, at + 8)[0]
        frames.append(data[at + 16:at + 16 + length])
        at += 16 + length
    return frames


def header_sum(header):
    total = 0
    for at in range(0, len(header), 2):
        if at != 10:
            total += int.from_bytes(header[at:at + 2], "big")
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def prefixes(config):
    """Every prefix with its source; where two are the same, the later one holds."""
    table = {}
    for route in config["routes"]:
        table[ipaddress.ip_network(route["to"])] = ("route", route)
    for name, port in config["ports"].items():
        interfaces = [ipaddress.ip_interface(a) for a in port["addresses"]]
        for interface in interfaces:
            table[interface.network] = ("connected", name)
            if interface.network.prefixlen < 31:
                table[ipaddress.ip_network(interface.network.broadcast_address)] = \
                    ("broadcast", name)
        for neighbour in config["neighbours"]:
            if neighbour["port"] == name:
                table[ipaddress.ip_network(neighbour["address"])] = ("neighbour", neighbour)
        for interface in interfaces:
            table[ipaddress.ip_network(interface.ip)] = ("local", name)
    return table


def route_facts(config, table, packet):
    destination = ipaddress.ip_address(packet[16:20])
    matches = [network for network in table if destination in network]
    if not matches:
        return {}
    best = max(matches, key=lambda network: network.prefixlen)
    source, what = table[best]
    facts = {"prefix": str(best), "source": source}
    hop = None
    if source == "neighbour":
        hop = what["address"]
    elif source == "connected":
        hop = str(destination)
    elif source == "route" and "via" in what:
        hop = what["via"]
        if isinstance(hop, list):
            slots = [member["address"] for member in hop for _ in range(member.get("weight", 1))]
            seed = seed_of_addresses(config)
            number = flow_hash(packet, seed) * len(slots) >> 32
            facts["flowHash"] = f"0x{flow_hash(packet, seed):08x}"
            facts["flowSeed"] = str(seed)
            facts["members"] = str(len(hop))
            addresses = [member["address"] for member in hop]
            hop = slots[number]
            facts["member"] = str(addresses.index(hop) + 1)
    if hop is not None:
        facts["nextHop"] = hop
        for name, port in config["ports"].items():
            if any(ipaddress.ip_address(hop) in ipaddress.ip_interface(a).network
                   for a in port["addresses"]):
                facts["nextHop.port"] = name
    return facts


def deciding_field(reason, frame, facts, config):
    """The field that a drop is put down to, and how its value begins."""
    packet = frame[14:]
    mac = ":".join(f"{byte:02x}" for byte in frame[:6])
    if reason == "truncatedFrame":
        return "frame.length", f"{len(frame)}, "
    if reason in ("notForUs", "linkLayerBroadcast"):
        return "ethernet.destination", mac
    if reason in ("arpUnsolicited", "arpNotForUs"):
        at = 28 if reason == "arpUnsolicited" else 38
        return f"arp.{'sender' if at == 28 else 'target'}Address", str(ipaddress.ip_address(frame[at:at + 4]))
    if reason == "badICMPChecksum":
        return "icmp.checksum", f"0x{frame[36:38].hex()}"
    if reason in ("ipv6NotHandled", "unknownEtherType"):
        return "ethernet.etherType", f"0x{frame[12:14].hex()}"
    if reason == "unknownVLAN":
        return "vlan.identifier", str(int.from_bytes(frame[14:16], "big") & 0xFFF)
    if reason == "badVersion":
        return "ipv4.version", str(packet[0] >> 4)
    if reason == "badHeaderLength":
        return "ipv4.headerLength", f"{(packet[0] & 15) * 4}, "
    if reason in ("badTotalLength", "exceedsMTU"):
        length = int.from_bytes(packet[2:4], "big")
        if reason == "badTotalLength":
            return "ipv4.totalLength", f"{length}, "
        port = facts["nextHop.port"]
        mtu = config["ports"][port].get("mtu", 1500)
        return "ipv4.totalLength", f"{length}, the MTU of {port} is {mtu}"
    if reason == "badChecksum":
        computed = header_sum(packet[:(packet[0] & 15) * 4])
        return "ipv4.headerChecksum", f"0x{packet[10:12].hex()}, computed 0x{computed:04x}"
    if reason == "timeToLiveExpired":
        return "ipv4.timeToLive", str(packet[8])
    if reason == "martianSource":
        return "ipv4.source", str(ipaddress.ip_address(packet[12:16]))
    return "ipv4.destination", str(ipaddress.ip_address(packet[16:20]))


def journeys(folder):
    config = yaml.safe_load(open(f"{folder}/route.yaml"))
    expected = json.load(open(f"{folder}/expected.json"))
    table = prefixes(config)
    inputs = {}
    result = []
    if "frames" in expected:
        entries = expected["frames"]
    else:
        port, file = expected["in"]["port"], expected["in"]["file"]
        # Every 100th: the hash of each, and still a small file.
        entries = [{"port": port, "number": number}
                   for number in range(1, len(frames_of(f"{folder}/{file}")) + 1, 100)]
    for entry in entries:
        port = entry["port"]
        if port not in inputs:
            inputs[port] = frames_of(f"{folder}/{port}.in.pcap")
        frame = inputs[port][entry["number"] - 1]
        reason = entry.get("dropped")
        facts = {} if reason in BEFORE_ROUTE or frame[12:14] != b"\x08\x00" else route_facts(config, table, frame[14:])
        journey = {"port": port, "frame": entry["number"], "route": facts}
        if reason:
            journey["dropped"] = reason
            journey["field"], journey["value"] = deciding_field(reason, frame, facts, config)
        result.append(journey)
    return result


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    for name in ("route", "route-no-default", "route-ecmp"):
        lines = ",\n".join(json.dumps(j) for j in journeys(f"{here}/{name}"))
        with open(f"{here}/journeys/{name}.json", "w") as out:
            out.write(f"[\n{lines}\n]\n")
        print(f"journeys/{name}.json")


sys.exit(main())
