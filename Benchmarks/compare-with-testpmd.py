#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares Freeway with dpdk-testpmd on the same virtual devices, run by run in turn.

    Benchmarks/compare-with-testpmd.py .build/release/freeway [--pairs 9] [--seconds 2]

net_pcap repeats 1,024 different 64-byte UDP frames with random destinations for ever, net_null takes
what is sent; one worker on the second CPU. testpmd forwards without looking (--forward-mode=io).
Prints medians and ratios as a Markdown table. Needs two CPUs, and huge pages for the first memory mode
(as root, some are reserved when there are none, and released again).
"""
import argparse
import os
import pathlib
import statistics
import sys
import tempfile

import measure


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("binary")
    arguments.add_argument("--pairs", type=int, default=9)
    arguments.add_argument("--seconds", type=float, default=2)
    options = arguments.parse_args()
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("two CPUs are needed")
    restore = measure.hugepages(400)
    modes = ["huge", "ordinary"] if int((measure.HUGEPAGES / "free_hugepages").read_text()) >= 400 else ["ordinary"]
    print(f"{measure.model()}; medians of {options.pairs} interleaved rounds of {options.seconds} s; one worker, "
          "64-byte frames\n")
    print("| memory | program | Mpps | min-max | ratio to testpmd io |")
    print("|---|---|---|---|---|")
    try:
        with tempfile.TemporaryDirectory() as name:
            compare(options, pathlib.Path(name), modes)
    finally:
        if restore is not None:
            (measure.HUGEPAGES / "nr_hugepages").write_text(str(restore))


def compare(options, folder, modes):
    capture = measure.capture(folder)
    rows = {}
    for _ in range(options.pairs):
        for pages in modes:
            base = measure.testpmd(pages, capture, options.seconds)
            rows.setdefault((pages, "testpmd io"), []).append((base, 1.0))
            for label, mode, prefixes in (
                    ("freeway cross-connect", "cross-connect", 0),
                    ("freeway route, 1,000 prefixes", "route", 1000)):
                text = measure.configuration(mode, pages, capture, prefixes)
                rate = measure.freeway(options.binary, folder, text, options.seconds)
                rows.setdefault((pages, label), []).append((rate, rate / base))
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for (pages, label), runs in sorted(rows.items(), key=lambda row: (row[0][0] != "huge", row[0][1] != "testpmd io")):
        rates = [rate for rate, _ in runs]
        ratio = statistics.median(share for _, share in runs)
        print(f"| {pages} | {label} | {statistics.median(rates):.1f} | {min(rates):.1f}-{max(rates):.1f} "
              f"| {ratio:.2f} |")
    for label in {label for _, label in rows if len(modes) == 2}:
        huge = [rate for rate, _ in rows[("huge", label)]]
        ordinary = [rate for rate, _ in rows[("ordinary", label)]]
        print(f"\nordinary / huge, {label}: "
              f"{statistics.median(o / h for o, h in zip(ordinary, huge)):.2f}")


main()
