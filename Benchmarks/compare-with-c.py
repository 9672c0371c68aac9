#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares Freeway with programs in C that are built the same way (Benchmarks/C), on the same virtual devices.

    Benchmarks/compare-with-c.py .build/release/freeway
    Benchmarks/compare-with-c.py .build/release/freeway --only route --pairs 21 --json

cross-connect is compared with a loop that receives and sends; route with the same loop on its frames, and with
one that routes as DPDK's l3fwd does, on the prefixes of `freeway bench`. The programs are started anew for each
pair; then one runs while the others are halted, in turns. A rate is for a second of the worker's own time. Needs
a C compiler and two CPUs, and leave to reserve pages of 2 MB, without which memory is ordinary.
"""
import argparse
import ipaddress
import json
import os
import pathlib
import statistics
import struct
import subprocess
import sys
import tempfile

import measure

OUT = measure.HERE.parent / "out/bench"
# What Freeway's workload is compared with: what it is called, the program, and its words.
RIVALS = {
    "cross-connect": [("io", "io", [])],
    "route": [("io", "io", []),
              ("l3fwd, no checks", "l3fwd", ["--checks", "none"]),
              ("l3fwd, RFC 1812", "l3fwd", ["--checks", "rfc1812"]),
              ("l3fwd, all checks", "l3fwd", ["--checks", "all"])],
}
PREFIXES = 1000
ROUTERS = 8
PAGES_NEEDED = 450
# How many prefixes of 100,000 have a length; the others are /24 (GeneratedPrefixes.swift).
SHARES = {8: 2, 9: 2, 10: 4, 11: 10, 12: 30, 13: 60, 14: 120, 15: 210, 16: 1400, 17: 850, 18: 1450, 19: 2600,
          20: 4600, 21: 5300, 22: 11400, 23: 10500}


class Loop(measure.Program):
    """One of the programs in C."""

    def __init__(self, words):
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        while self.frames() == 0:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.go_on()
        self.process.communicate(timeout=20)
        if self.process.returncode:
            sys.exit(f"{self.process.args[0]} ended with {self.process.returncode}")

    def frames(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline() or sys.exit(f"{self.process.args[0]} does not run"))


def random_words(state=1):
    """SplitMix64, as `freeway bench` uses it."""
    mask = (1 << 64) - 1
    while True:
        state = state + 0x9e3779b97f4a7c15 & mask
        word = (state ^ state >> 30) * 0xbf58476d1ce4e5b9 & mask
        word = (word ^ word >> 27) * 0x94d049bb133111eb & mask
        yield word ^ word >> 31


def prefixes():
    """The prefixes of `freeway bench --workload route`, beside the default route."""
    count = PREFIXES - 1
    lengths = [length for length, share in SHARES.items() for _ in range(count * share // 100_000)]
    avoided = [ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24")]
    numbers, found = random_words(), {}
    for length in lengths + [24] * (count - len(lengths)):
        while True:
            address = next(numbers) & 0xffffffff
            prefix = ipaddress.ip_network((address >> 32 - length << 32 - length, length))
            if (address >> 24 in (0, 127) or address >> 28 >= 14 or address >> 16 == 0xa9fe
                    or prefix in found or any(prefix.overlaps(network) for network in avoided)):
                continue
            found[prefix] = None
            break
    return list(found)


def check(capture, some):
    """Ends the program when frames go elsewhere than to the prefixes: then these are no longer the bench's."""
    data = capture.read_bytes()
    order = "<" if data[3] in (0xa1, 0x1a) else ">"
    held = {(int(prefix.network_address), prefix.prefixlen) for prefix in some}
    place = 24
    while place < len(data):
        length, = struct.unpack_from(f"{order}I", data, place + 8)
        address, = struct.unpack_from(">I", data, place + 16 + 30)
        if not any((address >> 32 - bits << 32 - bits, bits) in held for bits in range(8, 25)):
            sys.exit(f"{capture}: {ipaddress.ip_address(address)} lies in no prefix of freeway bench")
        place += 16 + length


def configuration(mode, pages, capture, some):
    text = measure.configuration(mode, pages, capture, 1 if some else 0)
    routes = [f"  - {{to: {prefix}, via: 198.51.100.{2 + index % ROUTERS}}}\n" for index, prefix in enumerate(some)]
    text = text.replace("routes:\n", "routes:\n" + "".join(routes))
    for router in range(1, ROUTERS if some else 1):
        text += f"  - {{port: out, address: 198.51.100.{2 + router}, mac: \"02:00:00:00:01:{router:02}\"}}\n"
    return text


def prepare(options, folder, mode, pages):
    """The configuration for Freeway, and the words of the programs it is compared with."""
    capture = folder / f"{mode}.pcap"
    subprocess.run(
        [options.binary, "bench", "--workload", mode, "--pages", "ordinary", "--frames", "10000", "--no-stages",
         "--save-capture", capture, "--json"], check=True, stdout=subprocess.DEVNULL)
    some = prefixes() if mode == "route" else []
    if some:
        check(capture, some)
    listed = folder / "prefixes"
    listed.write_text("".join(f"{prefix} {index % ROUTERS}\n" for index, prefix in enumerate(some)))
    text = configuration(mode, pages, capture, some)
    (folder / "plan.yaml").write_text(text)
    plan = json.loads(subprocess.run(
        [options.binary, "check", folder / "plan.yaml", "--json"], check=True, stdout=subprocess.PIPE).stdout)
    words = ["--pages", pages, "--capture", capture, "--prefixes", listed,
             "--mbufs", str(plan["memory"]["mbufsPerPool"] + (8192 if some else 1024))]
    return text, [[OUT / program, *words, *more] for _, program, more in RIVALS[mode]]


def one_pair(options, folder, text, rivals, number):
    """Rates of Freeway and of each of the others."""
    programs = []
    try:
        starts = [lambda: measure.Freeway(options.binary, folder / "freeway", text)]
        starts += [lambda words=words: Loop(words) for words in rivals]
        order = list(range(len(starts)))
        for index in order if number % 2 == 0 else order[::-1]:
            programs.append((index, starts[index]()))
            programs[-1][1].halt()
        programs.sort(key=lambda one: one[0])
        rates = measure.take_turns(
            [program for _, program in programs], options.turns, options.seconds, measure.Program.worker_rate)
        return [statistics.median(column) for column in rates]
    finally:
        for _, program in programs:
            program.__exit__()


def compare(options, folder, mode, pages):
    text, rivals = prepare(options, folder, mode, pages)
    pairs = []
    for number in range(options.pairs):
        pairs.append(one_pair(options, folder, text, rivals, number))
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    freeway = [pair[0] for pair in pairs]
    for place, (name, _, _) in enumerate(RIVALS[mode], 1):
        ratios = sorted(pair[0] / pair[place] for pair in pairs)
        quarter = len(ratios) // 4
        yield {
            "workload": mode, "program": name, "pages": pages, "freewayMpps": statistics.median(freeway),
            "programMpps": statistics.median(pair[place] for pair in pairs), "ratio": statistics.median(ratios),
            "ratioQuartiles": [ratios[quarter], ratios[-1 - quarter]], "ratioRange": [ratios[0], ratios[-1]]}


def show(row):
    least, most = row["ratioRange"]
    print(f"| {row['workload']:13} | {row['program']:17} | {row['freewayMpps']:7.1f} | {row['programMpps']:4.1f} "
          f"| {row['ratio']:5.2f} | {least:.2f}-{most:.2f} |", flush=True)


def main():
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary")
    arguments.add_argument("--pairs", type=int, default=11)
    arguments.add_argument("--turns", type=int, default=6, help="of each program in a pair")
    arguments.add_argument("--seconds", type=float, default=0.2, help="of each turn")
    arguments.add_argument("--only", choices=list(RIVALS), help="compare this workload alone")
    arguments.add_argument("--pages", choices=list(measure.PAGES), help="2 MB pages where there are some, if not given")
    arguments.add_argument("--json", action="store_true", help="print one object in the place of the table")
    options = arguments.parse_args()
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("two CPUs are needed")
    subprocess.run([measure.HERE / "C/build.sh"], check=True)
    restore = None if options.pages == "ordinary" else measure.hugepages(PAGES_NEEDED)
    free = int((measure.HUGEPAGES / "free_hugepages").read_text())
    pages = options.pages or ("huge" if free >= PAGES_NEEDED else "ordinary")
    if pages == "huge" and free < PAGES_NEEDED:
        sys.exit(f"{PAGES_NEEDED} free pages of 2 MB are needed, and {free} are there")
    if not options.json:
        print(f"{measure.model()}; Mpps, medians of {options.pairs} pairs of {options.turns} turns, "
              f"{measure.PAGES[pages]}\n")
        print("| workload      | program in C      | Freeway |    C | ratio | min-max   |")
        print("|---------------|-------------------|---------|------|-------|-----------|", flush=True)
    rows = []
    try:
        with tempfile.TemporaryDirectory() as name:
            for mode in RIVALS:
                if options.only in (None, mode):
                    for row in compare(options, pathlib.Path(name), mode, pages):
                        rows.append(row)
                        if not options.json:
                            show(row)
    finally:
        if restore is not None:
            (measure.HUGEPAGES / "nr_hugepages").write_text(str(restore))
    if options.json:
        print(json.dumps({
            "processor": measure.model(), "pages": pages, "pairs": options.pairs, "turns": options.turns,
            "secondsOfTurn": options.seconds, "rows": rows}))


main()
