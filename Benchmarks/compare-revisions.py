#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows whether a change made forwarding faster or slower.

    Benchmarks/compare-revisions.py .build/release/freeway REVISION [--pairs 9]

Builds another revision, and runs both programs on the same virtual devices. Both are started for each pair,
and one is halted while the other runs, in turns of a fifth of a second: two runs of one program one after
the other differ by more than what is looked for. Prints the median ratio of the pairs for each mode. Needs
two CPUs and the repository's history.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import measure

def build(revision, folder):
    """The program of another revision, built outside this checkout."""
    root = measure.HERE.parent
    subprocess.run(["git", "-C", root, "worktree", "add", "--quiet", "--detach", folder, revision], check=True)
    try:
        subprocess.run(
            ["swift", "build", "-c", "release", "--product", "freeway", "--static-swift-stdlib", "--scratch-path",
             root / ".build/before", "--package-path", folder], check=True, stdout=subprocess.DEVNULL)
    finally:
        subprocess.run(["git", "-C", root, "worktree", "remove", "--force", folder], check=True)
    return root / ".build/before/release/freeway"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("binary")
    arguments.add_argument("revision")
    arguments.add_argument("--pairs", type=int, default=9)
    arguments.add_argument("--turns", type=int, default=10)
    arguments.add_argument("--seconds", type=float, default=0.2, help="of each turn")
    options = arguments.parse_args()
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("two CPUs are needed")
    # Where the buffers lie differs from start to start on ordinary pages, and the speed with it.
    restore = measure.hugepages(400)
    pages = "huge" if int((measure.HUGEPAGES / "free_hugepages").read_text()) >= 400 else "ordinary"
    try:
        with tempfile.TemporaryDirectory() as name:
            compare(options, pathlib.Path(name), pages)
    finally:
        if restore is not None:
            (measure.HUGEPAGES / "nr_hugepages").write_text(str(restore))


def compare(options, folder, pages):
    before = build(options.revision, folder / "before")
    capture = measure.capture(folder)
    print(f"{measure.model()}; medians of {options.pairs} pairs of {options.turns} turns, {pages} pages\n")
    print(f"| mode | now | {options.revision} | ratio | ratios of the pairs |")
    print("|---|---|---|---|---|")
    for mode, prefixes in (("cross-connect", 0), ("route", 1000)):
        text = measure.configuration(mode, pages, capture, prefixes)
        pairs = []
        for number in range(options.pairs):
            with measure.Freeway(options.binary, folder / "now", text) as now:
                now.halt()
                with measure.Freeway(before, folder / "then", text) as then:
                    then.halt()
                    order = [now, then] if number % 2 == 0 else [then, now]
                    rates = measure.take_turns(order, options.turns, options.seconds)
            pair = [statistics.median(column) for column in rates]
            pairs.append(pair if number % 2 == 0 else pair[::-1])
        ratios = [now / then for now, then in pairs]
        now, then = (statistics.median(column) for column in zip(*pairs))
        print(f"| {mode} | {now:.1f} Mpps | {then:.1f} Mpps | {statistics.median(ratios):.3f} | "
              f"{min(ratios):.3f}-{max(ratios):.3f} |", flush=True)


main()
