#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when a frame takes more instructions than Benchmarks/instructions.json allows.

    scripts/check-instructions.py BINARY [--functions] [--update]

callgrind counts what the worker's thread does in `freeway bench`, so that the speed and the load of the
machine do not matter. Freeway's own instructions for each frame are held against the file, with a few per
cent of slack; those of DPDK's drivers and tables are shown beside them. What a worker does by the clock and
not for a frame (it notes a late round, publishes its figures) is left out, since a slow machine does it for
fewer frames. Routing must also take as many, within 5 %, with 100,000 prefixes as with one, DPDK's included.
--update writes what was counted to the file; --functions also prints each function.

valgrind knows no AVX-512, so the table of DPDK is read without it on every machine.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

LIMITS = pathlib.Path(__file__).resolve().parent.parent / "Benchmarks/instructions.json"
WORKLOADS = ("cross-connect", "route-1", "route", "route-100k", "ecmp", "vlan")
FLAT = ("route-1", "route", "route-100k")
FLAT_WITHIN = 0.05
# What was gained must be kept: below this share the file has to follow.
LOOSE = 0.1
FRAMES = 40_000
# What Swift compiled, the shim's inline functions included.
OWN = re.compile(r"^(\$s|cdpdk_|OUTLINED_FUNCTION)")
# What is called by the clock and when a worker starts; each is out of line, and its callers' part is counted.
BY_CLOCK = re.compile(r"^\$s9Dataplane(11GapRecorder|10TallyBoard|15DropSampleBoard|10RoundClock|15ControlActivity)")
# The loop of a live worker.
LOOP = re.compile(r"10WorkerLoopO4live.*U_(To)?$")


def costs(path):
    """Instructions of each function itself."""
    sums = collections.Counter()
    name, is_call = "", False
    with open(path) as lines:
        for line in lines:
            if line.startswith("fn="):
                name = line[3:].strip()
            elif line.startswith("calls="):
                is_call = True
            elif line[:1].isdigit() or line[:1] in "+-*":
                # The line behind calls= is what the called function took.
                if not is_call:
                    sums[name] += int(line.split()[1])
                is_call = False
    return sums


def count(binary, folder, workload):
    """Instructions for each frame: of Freeway, of all else, and of each function of Freeway."""
    output = folder / workload / "callgrind.out"
    output.parent.mkdir()
    result = subprocess.run(
        ["valgrind", "--tool=callgrind", "--demangle=no", "--separate-threads=yes", "--compress-strings=no",
         "--compress-pos=no", f"--callgrind-out-file={output}", binary, "bench", "--workload", workload,
         "--frames", str(FRAMES), "--no-stages", "--pages", "ordinary", "--workers", "1", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"check-instructions: {workload} ended with {result.returncode}:\n{result.stderr}")
    frames = json.loads(result.stdout)["workloads"][0]["ledger"]["received"]
    threads = [costs(path) for path in sorted(output.parent.glob("callgrind.out-*"))]
    worker = [sums for sums in threads if any(LOOP.search(name) for name in sums)]
    if len(worker) != 1:
        sys.exit(f"check-instructions: {workload}: {len(worker)} threads with a worker's loop; is the binary "
                 "without symbols?")
    # DPDK is linked in, and has the names of C.
    named = {name: cost / frames for name, cost in worker[0].items() if OWN.match(name)}
    other = sum(worker[0].values()) / frames - sum(named.values())
    own = {name: cost for name, cost in named.items() if not BY_CLOCK.match(name)}
    return sum(own.values()), other, own


def faults(counted, limits):
    """What is wrong, in sentences."""
    slack = limits["slackPercent"]
    for workload, (own, _, _) in counted.items():
        limit = limits["instructionsPerFrame"].get(workload)
        if limit is None:
            yield f"{workload} has no limit: run with --update"
        elif own > limit * (1 + slack / 100):
            yield f"{workload}: {own:.1f} instructions for a frame; {limit:.1f} and {slack} % are allowed"
        elif own < limit * (1 - LOOSE):
            yield (f"{workload}: {own:.1f} instructions for a frame, far below the {limit:.1f} of the file, which "
                   "then guards nothing: run with --update, if this is what was meant")
    totals = {workload: sum(counted[workload][:2]) for workload in FLAT}
    least, most = min(totals, key=totals.get), max(totals, key=totals.get)
    if totals[most] > totals[least] * (1 + FLAT_WITHIN):
        yield (f"not flat: {totals[most]:.1f} in {most}, {totals[least]:.1f} in {least}: "
               f"{100 * (totals[most] / totals[least] - 1):.1f} % more")


def main():
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", type=pathlib.Path)
    arguments.add_argument("--functions", action="store_true", help="print each function of Freeway, too")
    arguments.add_argument("--update", action="store_true", help="write what was counted to the file")
    arguments.add_argument("--limits", type=pathlib.Path, default=LIMITS, help="another file")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        # Its debug sections stop valgrind from reading the binary's symbols.
        binary = folder / "freeway"
        subprocess.run(["strip", "-g", "-o", binary, options.binary], check=True)
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            counted = dict(zip(WORKLOADS, pool.map(lambda one: count(binary, folder, one), WORKLOADS)))
    limits = json.loads(options.limits.read_text()) if options.limits.exists() else {"slackPercent": 3}
    if options.update:
        limits["instructionsPerFrame"] = {workload: round(own, 1) for workload, (own, _, _) in counted.items()}
        options.limits.write_text(json.dumps(limits, indent=2) + "\n")
    allowed = limits.get("instructionsPerFrame", {})
    print(f"{'instructions for a frame':<26} {'Freeway':>8} {'allowed':>8} {'DPDK':>8} {'all':>8}")
    for workload, (own, other, functions) in counted.items():
        limit = allowed.get(workload, 0) * (1 + limits["slackPercent"] / 100)
        print(f"{workload:<26} {own:8.1f} {limit:8.1f} {other:8.1f} {own + other:8.1f}")
        if options.functions:
            for function, cost in sorted(functions.items(), key=lambda item: -item[1]):
                if cost >= 0.05:
                    print(f"    {cost:8.1f}  {function}")
    wrong = list(faults(counted, {"instructionsPerFrame": {}} | limits))
    for fault in wrong:
        print(f"check-instructions: {fault}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


main()
