#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The router that Linux and Freeway both are: ports, routes and neighbours, as Freeway's file and as commands for `ip`.
As a program it prints Freeway's file, with a default route.

Ports, addresses and most routes are those of ../Captures/route, so that its captures fit; `dmz` is the narrow way out.
"""

import ipaddress

PORTS = {
    "wan": {"mac": "02:00:00:00:01:01", "mtu": 9000, "addresses": ["192.0.2.1/24"], "ipv6": ["2001:db8:1::1/64"]},
    "lan": {"mac": "02:00:00:00:02:01", "mtu": 1500, "addresses": ["198.51.100.1/24", "203.0.113.0/31"],
            "ipv6": ["2001:db8:2::1/64"]},
    "dmz": {"mac": "02:00:00:00:03:01", "mtu": 1280, "addresses": ["10.99.0.1/24"], "ipv6": ["2001:db8:3::1/64"]},
}

# A next hop, or what becomes of the packet.
ROUTES = {
    "10.0.0.0/8": "198.51.100.8",
    "10.1.0.0/16": "198.51.100.16",
    "10.1.2.0/24": "198.51.100.24",
    "10.1.2.128/25": "198.51.100.25",
    "10.1.2.200/32": "203.0.113.1",  # behind the second network of lan
    "10.44.0.0/16": "10.99.0.44",
    "10.66.0.0/16": "blackhole",
    "10.66.6.0/24": "198.51.100.24",
    "10.77.0.0/16": "unreachable",
    "10.77.7.7/32": "198.51.100.25",
    "10.88.0.0/16": "198.51.100.99",  # whose MAC nobody knows
    "172.16.0.0/12": "192.0.2.12",
    "192.168.0.0/16": "192.0.2.16",
    "192.168.99.99/32": "blackhole",
    "2001:db8:a0::/44": "2001:db8:1::12",
    "2001:db8:ab::/48": "unreachable",
    "2001:db8:ab:7::/64": "2001:db8:2::24",
    "2001:db8:b0::/44": "2001:db8:2::8",
    "2001:db8:b1:2::/64": "2001:db8:2::24",
    "2001:db8:ba::/48": "blackhole",
    "2001:db8:c0::/44": "2001:db8:3::44",
}
DEFAULT = {"0.0.0.0/0": "192.0.2.254", "::/0": "2001:db8:1::fe"}

NEIGHBOURS = {
    ("wan", "192.0.2.12"): "02:00:00:00:01:0c",
    ("wan", "192.0.2.16"): "02:00:00:00:01:10",
    ("wan", "192.0.2.254"): "02:00:00:00:01:fe",
    ("lan", "198.51.100.8"): "02:00:00:00:02:08",
    ("lan", "198.51.100.16"): "02:00:00:00:02:16",
    ("lan", "198.51.100.24"): "02:00:00:00:02:24",
    ("lan", "198.51.100.25"): "02:00:00:00:02:25",
    ("lan", "203.0.113.1"): "02:00:00:00:02:31",
    ("dmz", "10.99.0.44"): "02:00:00:00:03:44",
    ("wan", "2001:db8:1::12"): "02:00:00:00:01:0c",
    ("wan", "2001:db8:1::fe"): "02:00:00:00:01:fe",
    ("lan", "2001:db8:2::8"): "02:00:00:00:02:08",
    ("lan", "2001:db8:2::24"): "02:00:00:00:02:24",
    ("dmz", "2001:db8:3::44"): "02:00:00:00:03:44",
}

OWN = {ipaddress.ip_interface(address): name for name, port in PORTS.items() for address in port["addresses"]}
OWN_ADDRESSES = {interface.ip for interface in OWN}
OWN_IPV6 = {ipaddress.ip_interface(address).ip for port in PORTS.values() for address in port["ipv6"]}
BROADCASTS = {interface.network.broadcast_address for interface in OWN if interface.network.prefixlen < 31}


def variants():
    """Each variant's routes, by its name."""
    return {"default route": {**DEFAULT, **ROUTES}, "no default route": dict(ROUTES)}


def configuration(routes):
    """Freeway's file. The limits are out of the way: Linux is told to have none either."""
    lines = ["version: 1", "forward: route", "memory: {routes: 1000}", "ports:"]
    for index, (name, port) in enumerate(PORTS.items()):
        lines.append(f'  {name}: {{device: "vdev:net_null{index},no-rx=1", mac: {port["mac"]}, mtu: {port["mtu"]}, '
                     f'addresses: [{", ".join(quoted(address) for address in port["addresses"] + port["ipv6"])}]}}')
    lines.append("routes:")
    for to, target in routes.items():
        key = "action" if target in ("blackhole", "unreachable") else "via"
        lines.append(f"  - {{to: {quoted(to)}, {key}: {quoted(target)}}}")
    lines.append("neighbours:")
    for (name, address), mac in NEIGHBOURS.items():
        lines.append(f"  - {{port: {name}, address: {quoted(address)}, mac: {mac}}}")
    lines += ["arp: {requestsPerSecond: 1000000}", "icmp: {errorsPerSecond: 1000000, parameterProblems: on}"]
    return "\n".join(lines) + "\n"


def quoted(text):
    """In YAML's flow a colon needs it."""
    return f'"{text}"' if ":" in text else text


def links(feeder):
    """Lines of `ip -batch`: the ports, each with its other end in the namespace `feeder`, which takes any length."""
    return [f"link add {name} address {port['mac']} mtu {port['mtu']} type veth "
            f"peer name {name} mtu 65535 address 02:fe:ed:00:00:{index:02x} netns {feeder}"
            for index, (name, port) in enumerate(PORTS.items())]


def tables(routes):
    """Lines of `ip -batch`: what `configuration` says."""
    lines = []
    for name, port in PORTS.items():
        lines += [f"address add {address} dev {name}" for address in port["addresses"] + port["ipv6"]]
        lines.append(f"link set {name} up")
    for to, target in routes.items():
        is_action = target in ("blackhole", "unreachable")
        lines.append(f"route add {target} {to}" if is_action else f"route add {to} via {target}")
    for (name, address), mac in NEIGHBOURS.items():
        lines.append(f"neighbour add {address} lladdr {mac} dev {name} nud permanent")
    return lines


if __name__ == "__main__":
    print(configuration(variants()["default route"]), end="")
