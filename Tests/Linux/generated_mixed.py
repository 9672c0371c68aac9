# SPDX-License-Identifier: Apache-2.0
"""Addresses, options, fragments and faults mixed, so that it matters which check comes first."""

from frames import header_edited
from generated_options import OPTIONS
from maker import kind

# None whose MAC is not known: where one router alone answers, by a difference on the list, it alone would ask for it,
# and all later packets to it would differ.
ADDRESSES = ("0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "169.254.1.2",
             "192.0.2.255", "198.51.100.255", "10.99.0.255", "192.0.2.1", "198.51.100.1", "203.0.113.0", "10.99.0.1",
             "10.66.1.1", "10.77.1.1", "8.8.8.8", "192.168.99.99", "203.0.113.1")


def mixed(make):
    port = make.port()
    fields = {"ttl": make.one_of(0, 1, 1, 2, 64, 255), "flags": make.one_of(0, 0, 0, "DF", "DF", "MF"),
              "frag": make.one_of(0, 0, 0, 0, 100)}
    if make.number(0, 3) == 0:
        fields["src"] = make.one_of(*ADDRESSES)
    if make.number(0, 2) == 0:
        fields["options"] = [make.one_of(*OPTIONS.values())]
    to = make.one_of(*ADDRESSES) if make.number(0, 2) == 0 else make.beyond()
    if make.number(0, 3) == 0:
        to = make.own()
    # Longer ones cannot come in by the other ports.
    packet = make.ip(port, to, **fields) / make.upper(make.number(0, 1400 if port == "wan" else 1150))
    if make.number(0, 7) == 0:
        packet.dst = make.one_of("ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "02:bb:00:00:00:01")
    return port, packet


@kind
def anything(make):
    for _ in range(4):
        port, packet = mixed(make)
        make.add(port, "a mixture", packet)


@kind
def damaged(make):
    """Bytes of the headers that are wrong; with the right checksum, or most of it would end there."""
    for _ in range(4):
        port, packet = mixed(make)
        data = bytes(packet)
        edits = {make.number(0, min(40, len(data) - 15)): make.number(0, 255) for _ in range(make.number(1, 3))}
        make.add(port, "a damaged mixture", header_edited(data, fix_checksum=make.number(0, 5) > 0, at=edits))
