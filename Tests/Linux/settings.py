# SPDX-License-Identifier: Apache-2.0
"""How Linux is set up, so that it says what a router says, at once, and nothing else."""

import pathlib

# Below /proc/sys/net, for the whole namespace. A new namespace has some from the machine's own, so those that are meant
# to be as Linux comes are here, too.
OF_NAMESPACE = {
    "ipv4/ip_forward": 1,
    "ipv4/ip_default_ttl": 64,
    "ipv4/ip_no_pmtu_disc": 0,
    "ipv4/ip_forward_use_pmtu": 0,
    "ipv4/icmp_echo_ignore_all": 0,
    "ipv4/icmp_echo_ignore_broadcasts": 1,
    "ipv4/icmp_errors_use_inbound_ifaddr": 0,
    # No limit of any ICMP message. `icmp_ratelimit` 0 would be another thing: it starves unreachables.
    "ipv4/icmp_ratemask": 0,
    "ipv4/icmp_msgs_per_sec": 1_000_000,
    "ipv4/icmp_msgs_burst": 1_000_000,
    "ipv4/igmp_link_local_mcast_reports": 0,
    "ipv4/ipfrag_time": 600,
    "ipv6/conf/all/forwarding": 1,
    "ipv6/icmp/ratelimit": 0,
    "ipv6/auto_flowlabels": 0,
}
# Kernels before 6.12 have these for the whole machine alone; there `icmp_ratemask` does.
OPTIONAL = {"ipv4/icmp_msgs_per_sec", "ipv4/icmp_msgs_burst"}

# Below FAMILY/conf, for `all`, and for `default`, which ports have that are made later.
OF_PORTS = {
    "ipv4": {
        "rp_filter": 0, "send_redirects": 0, "accept_redirects": 0, "accept_source_route": 0, "log_martians": 0,
        "arp_ignore": 1, "arp_announce": 2, "arp_accept": 0, "arp_filter": 0, "proxy_arp": 0, "proxy_arp_pvlan": 0,
        "accept_local": 0, "route_localnet": 0, "bc_forwarding": 0, "drop_unicast_in_l2_multicast": 0,
        "drop_gratuitous_arp": 0},
    "ipv6": {
        "accept_redirects": 0, "accept_source_route": 0, "accept_ra": 0, "accept_dad": 0, "dad_transmits": 0,
        "router_solicitations": 0, "disable_ipv6": 0},
}

# Below ipv4/neigh/PORT. As long as a comparison lasts nobody is asked for again, and nobody forgotten; and a host may
# have another MAC at once, not a second later.
OF_NEIGHBOURS = {
    "retrans_time_ms": 3_600_000, "base_reachable_time_ms": 3_600_000, "delay_first_probe_time": 3600,
    "gc_stale_time": 3600, "locktime": 0}

# veths leave checksums and segments to a card that is not there.
OFFLOADS = ("rx", "tx", "sg", "tso", "gso", "gro")


class CannotRun(Exception):
    """The machine does not let us: no root, no namespaces, no veth."""


def apply(values):
    for name, value in values.items():
        try:
            pathlib.Path(f"/proc/sys/net/{name}").write_text(f"{value}\n", encoding="ascii")
        except OSError as error:
            if name not in OPTIONAL:
                raise CannotRun(f"/proc/sys/net/{name}: {error.strerror}") from error


def apply_to_router():
    """In its namespace, before it has ports."""
    apply(OF_NAMESPACE)
    for family, of_ports in OF_PORTS.items():
        for folder in ("all", "default"):
            apply({f"{family}/conf/{folder}/{name}": value for name, value in of_ports.items()})


def apply_to_port(name):
    apply({f"ipv4/neigh/{name}/{key}": value for key, value in OF_NEIGHBOURS.items()})
    # Hosts have no other MAC at once here: there is no such setting.
    apply({f"ipv6/neigh/{name}/{key}": value for key, value in OF_NEIGHBOURS.items() if key != "locktime"})


def apply_to_feeder():
    """The other ends of the veths are to say nothing at all; `ip` turns their ARP off."""
    apply({f"ipv6/conf/{folder}/disable_ipv6": 1 for folder in ("all", "default")})
