#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures Freeway and dpdk-testpmd in turn, on the same virtual devices, and prints what each does.

    Benchmarks/compare-with-testpmd.py .build/release/freeway [--pairs 9] [--seconds 1.2] [--only NAME]

Every program runs once in each round, for both kinds of memory, and a ratio is taken within its round:
what the machine does at a time falls on all of it alike. Needs two CPUs, and leave to reserve pages of
2 MB for that half of the table.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import measure

# What runs, and the testpmd run that its ratio is to: the one that repeats as many different frames.
FREEWAY = {
    "cross-connect": "io",
    "route-1": "io, 8,192 frames",
    "route": "io, 8,192 frames",
    "route-100k": "io, 8,192 frames",
    "route-1m": "io, 8,192 frames",
    "ecmp": "io, 8,192 frames",
}
TESTPMD = {
    "io": ("io", "cross-connect"),
    "macswap": ("macswap", "cross-connect"),
    "5tswap": ("5tswap", "cross-connect"),
    "io, 8,192 frames": ("io", "route"),
}
# Workers share the CPUs from two on; the ratio is to one worker of the same workload.
SHARED = [("route", 2), ("route", 4), ("hand-off", 2), ("hand-off", 4)]


def bench(binary, workload, pages, seconds, *more):
    """One run of `freeway bench`: its report on the workload."""
    process = subprocess.run(
        [binary, "bench", "--workload", workload, "--pages", pages, "--seconds", str(seconds), "--json", *more],
        capture_output=True, text=True)
    if process.returncode:
        sys.exit(f"freeway bench --workload {workload}: {process.stderr or process.stdout}")
    return json.loads(process.stdout)["workloads"][0]


def captures(binary, folder):
    """The frames that each workload repeats, for testpmd to repeat too."""
    files = {}
    for workload in ("cross-connect", "route"):
        files[workload] = folder / f"{workload}.pcap"
        bench(binary, workload, "ordinary", 0.1, "--save-capture", str(files[workload]))
    return files


def one_round(options, pages, files, rows):
    base = {}
    for label, (mode, capture) in TESTPMD.items():
        base[label] = measure.testpmd(pages, files[capture], options.seconds, mode)
        reference = base["io"] if label == "macswap" or label == "5tswap" else base[label]
        rows.setdefault((pages, f"testpmd {label}"), []).append((base[label], base[label] / reference))
    for workload, reference in FREEWAY.items():
        if options.only and workload not in options.only:
            continue
        rate = bench(options.binary, workload, pages, options.seconds, "--no-stages")["mpps"]
        rows.setdefault((pages, f"Freeway {workload}"), []).append((rate, rate / base[reference]))


def shared_round(options, pages, rows):
    single = bench(options.binary, "route", pages, options.seconds, "--no-stages")["mpps"]
    rows.setdefault((pages, "route, 1 worker"), []).append((single, 1.0))
    for workload, workers in SHARED:
        rate = bench(
            options.binary, workload, pages, options.seconds, "--no-stages", "--workers", str(workers))["mpps"]
        rows.setdefault((pages, f"{workload}, {workers} workers"), []).append((rate, rate / single))


def show(rows, heading):
    print(f"\n| memory | {heading} | Mpps | min-max | ratio | min-max |")
    print("|---|---|---|---|---|---|")
    for (pages, label), runs in rows.items():
        rates, ratios = zip(*runs)
        print(f"| {measure.PAGES[pages]} | {label} | {statistics.median(rates):.1f} | {min(rates):.1f}-{max(rates):.1f} "
              f"| {statistics.median(ratios):.2f} | {min(ratios):.2f}-{max(ratios):.2f} |", flush=True)


def show_memory(rows):
    print("\n| program | ordinary / 2 MB pages |\n|---|---|")
    for label in dict.fromkeys(label for _, label in rows):
        pairs = zip(rows.get(("ordinary", label), []), rows.get(("huge", label), []))
        shares = [ordinary / huge for (ordinary, _), (huge, _) in pairs]
        if shares:
            print(f"| {label} | {statistics.median(shares):.2f} |")


def show_stages(options, pages):
    """Where the cycles go, from sampled rounds of one run each."""
    reports = {
        workload: bench(options.binary, workload, pages, options.seconds) for workload in FREEWAY
        if not options.only or workload in options.only}
    stages = list(dict.fromkeys(stage for report in reports.values() for stage in report["stages"]))
    print(f"\n| workload, {measure.PAGES[pages]} | cycles a packet | " + " | ".join(stages) + " |")
    print("|---|---|" + "---|" * len(stages))
    for workload, report in reports.items():
        cells = [f"{report['stages'][stage]:.1f}" if stage in report["stages"] else "" for stage in stages]
        print(f"| {workload} | {report['cyclesPerPacket']:.1f} | " + " | ".join(cells) + " |", flush=True)


def compare(options, modes):
    rows, shared = {}, {}
    with tempfile.TemporaryDirectory() as name:
        files = captures(options.binary, pathlib.Path(name))
        for number in range(options.pairs):
            for pages in modes if number % 2 == 0 else modes[::-1]:
                one_round(options, pages, files, rows)
                if not options.only:
                    shared_round(options, pages, shared)
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    order = sorted(rows, key=lambda row: row[0] != "huge")
    show({row: rows[row] for row in order}, "program, one worker")
    show_memory(rows)
    if shared:
        show({row: shared[row] for row in sorted(shared, key=lambda row: row[0] != "huge")},
             "Freeway, workers that share CPUs")
    show_stages(options, modes[0])


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("binary")
    arguments.add_argument("--pairs", type=int, default=9)
    arguments.add_argument("--seconds", type=float, default=1.2)
    arguments.add_argument("--only", action="append", choices=list(FREEWAY), help="measure this workload; repeatable")
    options = arguments.parse_args()
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("two CPUs are needed")
    restore = measure.hugepages(measure.PAGES_NEEDED)
    free = int((measure.HUGEPAGES / "free_hugepages").read_text())
    modes = ["huge", "ordinary"] if free >= measure.PAGES_NEEDED else ["ordinary"]
    print(f"{measure.model()}; medians of {options.pairs} interleaved rounds of {options.seconds} s")
    try:
        compare(options, modes)
    finally:
        if restore is not None:
            (measure.HUGEPAGES / "nr_hugepages").write_text(str(restore))


main()
