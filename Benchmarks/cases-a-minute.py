#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures how many cases `freeway test` runs a minute on two CPUs.

    Benchmarks/cases-a-minute.py .build/release/freeway [--cases Tests/Cases] [--rounds 3]

Prints medians as a Markdown table; exits 1 when it is fewer than 300 cases a minute with one worker.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
GOAL = 300


def run(binary, folder, workers):
    """Cases a minute and processes a minute of one run; the suite must pass."""
    process = subprocess.run(
        [binary, "test", folder, "--workers", workers, "--json"], stdout=subprocess.PIPE, check=False)
    report = json.loads(process.stdout)
    if not report["passed"]:
        sys.exit(f"{folder}: {report['counts']}; run freeway test {folder} to see why")
    minutes = report["seconds"] / 60
    return report["counts"]["cases"], report["counts"]["cases"] / minutes, report["counts"]["runs"] / minutes


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("binary")
    arguments.add_argument("--cases", default=str(HERE.parent / "Tests/Cases"))
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    allowed = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, allowed)
    print(f"{len(allowed)} CPUs; medians of {options.rounds} runs\n")
    print("| workers | cases | cases/minute | processes/minute |")
    print("|---|---|---|---|")
    rates = {}
    for workers in ("1", "1,2,4,8"):
        runs = [run(options.binary, options.cases, workers) for _ in range(options.rounds)]
        rates[workers] = statistics.median(rate for _, rate, _ in runs)
        processes = statistics.median(rate for _, _, rate in runs)
        print(f"| {workers} | {runs[0][0]} | {rates[workers]:.0f} | {processes:.0f} |")
    if rates["1"] < GOAL:
        sys.exit(f"fewer than {GOAL} cases a minute")


main()
