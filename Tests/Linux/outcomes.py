# SPDX-License-Identifier: Apache-2.0
"""What both routers made of a frame, and what is told of all frames together."""

import packets
import rules

# Frames that are told of at length.
TOLD = 20
# Bytes of an outcome that are printed. Of the frame itself it is all: it is what one needs to try again.
SHOWN = 96


class Seen:
    """A frame, and what both made of it."""

    def __init__(self, frame, variant, linux, blank, freeway, journey):
        """`blank`: what Linux made of the packet without its options. `journey`: what `freeway explain` says."""
        self.frame, self.variant, self.journey = frame, variant, journey
        self.packet, self.ipv6 = packets.IPv4.of(frame.data), packets.IPv6.of(frame.data)
        self.linux, self.freeway = packets.comparable(linux), packets.comparable(freeway)
        self.blank = None
        if self.packet is not None and self.packet.options:
            self.blank = packets.comparable((port, packets.with_options_of(self.packet, data)) for port, data in blank)
        self.reasons = [end["reason"] for end in journey["exits"] if end["kind"] == "dropped"]
        self.is_alike, self.rules = self.linux == self.freeway, []
        if not self.is_alike:
            wanted, found = rules.expected(self)
            self.rules = found if wanted == self.freeway else []

    @property
    def is_unexplained(self):
        return not self.is_alike and not self.rules

    def facts(self):
        def facts_of(sent):
            return [{"port": port, "frame": data.hex()} for port, data in sent]

        return {"what": self.frame.what, "port": self.frame.port, "variant": self.variant,
                "frame": self.frame.data.hex(), "linux": facts_of(self.linux), "freeway": facts_of(self.freeway),
                "dropped": self.reasons}

    def text(self):
        lines = [f"{self.frame.what} ({self.frame.port}, {self.variant})",
                 f"  in       {packets.words(self.frame.data)}", f"           {self.frame.data.hex()}"]
        for who, sent in (("Linux", self.linux), ("Freeway", self.freeway)):
            for port, data in sent:
                lines += [f"  {who:<8} {port}: {packets.words(data)}", f"           {shown(data)}"]
            if not sent:
                lines.append(f"  {who:<8} nothing")
        places = [index for (_, one), (_, other) in zip(self.linux, self.freeway)
                  for index in range(min(len(one), len(other))) if one[index] != other[index]]
        if places:
            lines.append(f"  first different byte: {places[0]}")
        return "\n".join(lines + [f"  explain  {step['text']}" for step in self.journey["steps"][1:]]) + "\n"


def shown(data):
    return data.hex() if len(data) <= SHOWN else f"{data[:SHOWN].hex()}… ({len(data)} bytes)"


class Tally:
    def __init__(self):
        self.alike = self.silent = 0
        self.left_out, self.unexplained, self.notes = {}, [], []
        # By the rule's name.
        self.listed, self.faults = {}, {}
        self.seen_rules = set()

    def leave_out(self, reason, count=1):
        self.left_out[reason] = self.left_out.get(reason, 0) + count

    def add(self, seen):
        self.alike += seen.is_alike
        self.silent += seen.is_alike and not seen.linux
        self.seen_rules |= {rule.name for rule in seen.rules}
        if seen.is_unexplained:
            self.unexplained.append(seen)
        elif any(rule.is_fault for rule in seen.rules):
            self.faults.setdefault(next(rule.name for rule in seen.rules if rule.is_fault), []).append(seen)
        elif seen.rules:
            name = " and ".join(rule.name for rule in seen.rules)
            self.listed[name] = self.listed.get(name, 0) + 1

    def text(self):
        lines = [seen.text() for seen in self.unexplained[:TOLD]]
        lines += [f"{seen.frame.what} ({seen.frame.port}, {seen.variant})" for seen in self.unexplained[TOLD:]]
        faults = sum(len(some) for some in self.faults.values())
        listed = sum(self.listed.values())
        total = self.alike + listed + faults + len(self.unexplained)
        lines += [f"{total} outcomes compared: each frame with and without a default route",
                  f"{self.alike:>7} alike ({self.silent} of them: nothing is sent)",
                  f"{listed:>7} different by choice"]
        lines += [f"{count:>7}     {name}" for name, count in sorted(self.listed.items())]
        lines.append(f"{faults:>7} faults of Freeway's on the list")
        lines += [f"{len(some):>7}     {name}" for name, some in sorted(self.faults.items())]
        lines.append(f"{len(self.unexplained):>7} not on the list")
        if unseen := [rule.name for rule in rules.RULES if rule.name not in self.seen_rules]:
            lines.append(f"on the list, and not seen: {', '.join(unseen)}")
        lines += [f"{count} frames left out: {reason}" for reason, count in sorted(self.left_out.items())]
        return "\n".join(lines + self.notes)

    def facts(self):
        return {"alike": self.alike, "silent": self.silent, "listed": self.listed,
                "faults": {name: len(some) for name, some in self.faults.items()},
                "faultExamples": {name: some[0].facts() for name, some in self.faults.items()},
                "unexplained": [seen.facts() for seen in self.unexplained],
                "leftOut": self.left_out, "notes": self.notes}
