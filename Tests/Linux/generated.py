# SPDX-License-Identifier: Apache-2.0
"""Frames of a seed: each kind once, then kinds by chance."""

# Each of these modules has kinds.
import generated_addresses
import generated_arp
import generated_ipv6
import generated_link
import generated_local
import generated_mixed
import generated_options
import generated_transit
from maker import KINDS, Maker


# Kinds that are mixed with each other. Not all: what is far apart stays so, and with it the hosts that come again.
MIXED = 300


def frames(seed, count):
    """`count` frames. Those of one kind stay in their order; kinds come in any."""
    maker = Maker(seed)
    found = made_by(maker, KINDS)
    while len(found) < count:
        kinds = []
        # A kind makes one frame at least.
        while len(kinds) < min(MIXED, count - len(found)):
            kinds.append(maker.one_of(*KINDS))
        found += made_by(maker, kinds)
    return found[:count]


def made_by(maker, kinds):
    some = []
    for kind in kinds:
        maker.frames = []
        kind(maker)
        some.append(maker.frames)
    maker.random.shuffle(some)
    return [frame for frames_of_kind in some for frame in frames_of_kind]
