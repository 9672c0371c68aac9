#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when workers allocate memory while they forward: check-allocations.py BINARY

Runs `freeway bench` with a library in front of the C library's allocator that counts what the workers'
threads take (count-allocations.c), twice with a different number of frames: what grows with the frames is
allocated for frames. Before that, workers that allocate in their idle rounds prove that it would be seen.
Nothing is timed.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FEW, MANY = 200_000, 1_200_000
WORKLOADS = ("cross-connect", "route", "ecmp", "hand-off")


def build(folder):
    compiler = shutil.which("cc") or shutil.which("clang")
    if compiler is None:
        sys.exit("check-allocations: neither cc nor clang is there")
    library = folder / "count-allocations.so"
    subprocess.run(
        [compiler, "-O2", "-shared", "-fPIC", "-Wall", "-Werror", "-fno-builtin", "-o", library,
         HERE / "count-allocations.c", "-lpthread"], check=True)
    return library


def run(binary, library, folder, workload, frames, stages, **environment):
    """What the workers allocated, and the frames that left."""
    counts = folder / "counts"
    counts.unlink(missing_ok=True)
    result = subprocess.run(
        [binary, "bench", "--workload", workload, "--frames", str(frames), "--pages", "ordinary", "--json"]
        + ([] if stages else ["--no-stages"]),
        env=os.environ | {"LD_PRELOAD": str(library), "COUNT_ALLOCATIONS": str(counts)} | environment,
        stdout=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"check-allocations: freeway bench --workload {workload} ended with {result.returncode}")
    measured = json.loads(counts.read_text())
    return measured, json.loads(result.stdout)["workloads"][0]["ledger"]["transmitted"]


def growth(binary, library, folder, workload, stages=False, **environment):
    """Calls and bytes for each million frames more."""
    few, frames_of_few = run(binary, library, folder, workload, FEW, stages, **environment)
    # Each run forwards somewhat more than it is asked for.
    many, frames_of_many = run(
        binary, library, folder, workload, frames_of_few + MANY - FEW, stages, **environment)
    millions = (frames_of_many - frames_of_few) / 1e6
    return [(many[what] - few[what]) / millions for what in ("calls", "bytes")]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    binary = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        library = build(folder)
        # Two workers that share CPUs wait for each other.
        quiet, _ = run(binary, library, folder, "hand-off", FEW, False)
        biting, _ = run(binary, library, folder, "hand-off", FEW, False, BITE="1")
        if biting["calls"] < quiet["calls"] + 100:
            sys.exit(f"check-allocations: workers that allocate in each idle round: {biting['calls']} calls, and "
                     f"{quiet['calls']} of those that do not: the check is blind")
        faults = 0
        print(f"{'workload':<24} calls/million  bytes/million")
        for workload in WORKLOADS:
            for stages in (False, True):
                calls, allocated = growth(binary, library, folder, workload, stages)
                faults += (calls, allocated) != (0, 0)
                print(f"{workload + (' (sampled)' if stages else ''):<24} {calls:13.0f} {allocated:14.0f}")
    if faults:
        sys.exit("check-allocations: workers allocate while they forward")
    print("check-allocations: no worker allocates while it forwards")


main()
