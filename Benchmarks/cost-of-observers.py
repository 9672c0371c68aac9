#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows what it costs the live pipeline that its stages can be observed.

    Benchmarks/cost-of-observers.py .build/release/freeway [--pairs 9] [--before REVISION]

Builds the last revision before frames could be explained, and runs both programs in turn on the same
virtual devices. Prints the median ratio of each mode. Needs two CPUs and the repository's history.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import measure

# The last revision whose stages knew only three observer calls, and no program that observed.
BEFORE = "1c6951c"


def build(revision, folder):
    """The program of an older revision, built outside this checkout."""
    root = measure.HERE.parent
    subprocess.run(["git", "-C", root, "worktree", "add", "--quiet", "--detach", folder, revision], check=True)
    try:
        subprocess.run(
            ["swift", "build", "-c", "release", "--product", "freeway", "--scratch-path",
             root / ".build/before", "--package-path", folder], check=True, stdout=subprocess.DEVNULL)
    finally:
        subprocess.run(["git", "-C", root, "worktree", "remove", "--force", folder], check=True)
    return root / ".build/before/release/freeway"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("binary")
    arguments.add_argument("--pairs", type=int, default=9)
    arguments.add_argument("--seconds", type=float, default=1.2)
    arguments.add_argument("--before", default=BEFORE)
    options = arguments.parse_args()
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("two CPUs are needed")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        before = build(options.before, folder / "before")
        capture = measure.capture(folder)
        print(f"{measure.model()}; medians of {options.pairs} interleaved pairs, ordinary pages\n")
        print(f"| mode | now | {options.before} | ratio |")
        print("|---|---|---|---|")
        for mode, prefixes in (("cross-connect", 0), ("route", 1000)):
            text = measure.configuration(mode, "ordinary", capture, prefixes)
            pairs = []
            for number in range(options.pairs):
                programs = [options.binary, before]
                # Who is first changes: the machine slows down and speeds up by itself.
                order = programs if number % 2 == 0 else programs[::-1]
                rates = {program: measure.freeway(program, folder, text, options.seconds) for program in order}
                pairs.append((rates[options.binary], rates[before]))
            ratio = statistics.median(now / then for now, then in pairs)
            now, then = (statistics.median(column) for column in zip(*pairs))
            print(f"| {mode} | {now:.1f} Mpps | {then:.1f} Mpps | {ratio:.3f} |", flush=True)


main()
