# SPDX-License-Identifier: Apache-2.0
"""What the written list is made of, and what its rules ask of a frame and of what became of it."""

import ipaddress

import topology
from packets import IPv4, IPv6

RULES = []


class Rule:
    def __init__(self, name, is_fault, linux, freeway, why, rewrite):
        """`linux`, `freeway`, `why`: for the table in docs/compared-with-linux.md."""
        self.name, self.is_fault, self.rewrite = name, is_fault, rewrite
        self.linux, self.freeway, self.why = linux, freeway, why


def choice(name, linux, freeway, why):
    return lambda rewrite: RULES.append(Rule(name, False, linux, freeway, why, rewrite)) or rewrite


def fault(name, linux, freeway, why):
    return lambda rewrite: RULES.append(Rule(name, True, linux, freeway, why, rewrite)) or rewrite


def expected(seen):
    """What Freeway must have sent, and the rules that say so."""
    sent, rules = seen.linux, []
    for rule in RULES:
        changed = rule.rewrite(seen, sent)
        if changed is not None and changed != sent:
            sent = changed
            rules.append(rule)
    return sent, rules


def table(is_fault):
    """Of the rules, in Markdown."""
    rows = [f"| {rule.name} | {rule.linux} | {rule.freeway} | {rule.why} |"
            for rule in RULES if rule.is_fault == is_fault]
    return "\n".join(["| What | Linux | Freeway | Why |", "|---|---|---|---|", *rows])


# --- The packet


def is_in(address, *networks):
    return any(address in ipaddress.ip_network(network) for network in networks)


def is_echo_request(seen):
    return seen.packet is not None and seen.packet.is_to_us and seen.packet.icmp() is not None \
        and seen.packet.icmp()[0] == 8


def walk(options):
    """The types of the options (RFC 791, 3.1) but NOP, as far as their lengths are right, and the bytes behind the
    end."""
    types = []
    while options and options[0] != 0:
        length = 1 if options[0] == 1 else options[1] if len(options) > 1 else 0
        if not length or length < 2 and options[0] != 1:
            return types, b""
        if options[0] != 1:
            types.append(options[0])
        options = options[length:]
    return types, options[1:]


def has_option(packet, *kinds):
    return any(kind in kinds for kind in walk(packet.options)[0])


def arp(data):
    """The ARP packet in a frame, or None."""
    return data[14:42] if data[12:14] == b"\x08\x06" and len(data) >= 42 else None


# --- What became of it


def is_dropped(seen, reason):
    """Whether Freeway says nothing, for this reason."""
    return seen.reasons == [reason] and not seen.freeway


def is_answered(seen, sent, *kinds):
    """Whether one frame was sent, to the source of the packet, and it is an ICMP message of such a type and code; or
    the question for the MAC address that it needs."""
    if len(sent) != 1 or seen.packet is None:
        return False
    answer, question = IPv4.of(sent[0][1]), arp(sent[0][1])
    if answer is None:
        return question is not None and question[6:8] == b"\0\1"
    return answer.destination == seen.packet.source and answer.source in topology.OWN_ADDRESSES \
        and answer.icmp() in kinds


def is_reset(seen, sent):
    answer = (IPv4.of(sent[0][1]) or IPv6.of(sent[0][1])) if len(sent) == 1 else None
    return answer is not None and answer.protocol == 6 and answer.destination == (seen.packet or seen.ipv6).source \
        and len(answer.payload) >= 20 and bool(answer.payload[13] & 0x04)


def is_error_about(seen, data):
    """Whether the router says this, and quotes the packet to the byte."""
    message = IPv4.of(data)
    return message is not None and message.is_icmp_error and message.source in topology.OWN_ADDRESSES \
        and message.destination == seen.packet.source and seen.packet.packet.startswith(message.payload[8:])


def are_fragments(sent):
    """Whether these are the fragments of one packet, all of them and in order."""
    parts = [IPv4.of(data) for _, data in sent]
    if len(parts) < 2 or None in parts or len({port for port, _ in sent}) > 1:
        return False
    end = parts[0].offset
    for part in parts:
        if part.offset != end or part.packet[12:20] != parts[0].packet[12:20] \
                or part.identification != parts[0].identification:
            return False
        end += len(part.payload)
    return all(part.is_mf for part in parts[:-1])


def is_arp_reply(sent):
    return len(sent) == 1 and arp(sent[0][1]) is not None and arp(sent[0][1])[6:8] == b"\0\2"
