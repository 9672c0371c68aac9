#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds Freeway against Linux: the same frames, one at a time, through the kernel as a router and through a replay.

    compare.py .build/release/freeway
    compare.py .build/release/freeway --seed 7 --frames 5000 --captures ~/captures

Each frame must leave by the same port with the same bytes, and cause the same messages; or differ as differences.py
says. docs/compared-with-linux.md tells what is compared, how Linux is set up, and what the differences are.

Needs root, iproute2, ethtool and python3-scapy. Exit codes: 0 all alike, or different by choice; 1 a difference that is
not on the list, or a fault that is; 77 cannot run here.
"""

import argparse
import json
import pathlib
import signal
import sys
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "Captures"))

import captures
import differences  # its rules are the list
import freeway_side
import generated
import kernel
import packets
import topology
from outcomes import Seen, Tally

CAPTURES = [HERE.parent / "Captures" / name for name in ("real", "route")]
# Frames that the same routers get. They are through before Freeway asks for a host again, which it does a second after
# the first question, and no host of the generated frames comes twice.
TOGETHER = 2000
CANNOT_RUN = 77


def compare(machine, program, frames, tally):
    usable = []
    for frame in frames:
        refused = kernel.why_refused(frame.port, frame.data)
        if refused:
            tally.leave_out(refused)
        else:
            usable.append(frame)
    for start in range(0, len(usable), TOGETHER):
        compare_together(machine, program, usable[start:start + TOGETHER], tally)


def compare_together(machine, program, frames, tally):
    """By both, in each variant, and always by routers that know nothing but their configuration."""
    fed = [(frame.port, frame.data) for frame in frames]
    blank = [(port, packets.without_options(data) or data) for port, data in fed]
    for variant, routes in topology.variants().items():
        linux, blanks = (by_linux(machine, routes, some, tally) for some in (fed, blank))
        freeway = freeway_side.replay(program, routes, fed)
        for frame, *outcomes in zip(frames, linux, blanks, freeway.sent, freeway.journeys):
            tally.add(Seen(frame, variant, *outcomes))


def by_linux(machine, routes, frames, tally):
    with kernel.Router(machine, routes) as router:
        outcomes = router.feed(frames)
    for port, data in router.unsolicited:
        tally.notes.append(f"Linux sent this by itself: {port}: {packets.words(data)}")
    return outcomes


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("freeway", help="the program")
    parser.add_argument("--seed", type=int, default=1, help="of the generated frames (default: %(default)s)")
    parser.add_argument("--frames", type=int, default=450, help="how many are generated (default: %(default)s)")
    parser.add_argument("--captures", type=pathlib.Path, action="append", metavar="FOLDER",
                        help="take the captures below it; may be given again (default: Tests/Captures/real and route)")
    parser.add_argument("--known-faults", action="store_true", help="let the faults pass that are on the list")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    for folder in options.captures or []:
        if not folder.is_dir():
            parser.error(f"{folder} is no folder")
    return options


def main():
    options = arguments()
    for number in (signal.SIGINT, signal.SIGTERM):
        # An end that unwinds: namespaces and settings are put back.
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    start, tally = time.monotonic(), Tally()
    found, left_out = captures.frames(options.captures or CAPTURES)
    for reason, count in left_out.items():
        tally.leave_out(reason, count)
    if not options.json:
        print(f"seed {options.seed}: {options.frames} frames; {len(found)} of captures", flush=True)
    try:
        with kernel.Machine() as machine:
            compare(machine, options.freeway, generated.frames(options.seed, options.frames), tally)
            compare(machine, options.freeway, found, tally)
    except kernel.CannotRun as error:
        print(f"cannot run here: {error}", file=sys.stderr)
        return CANNOT_RUN
    except freeway_side.FreewayFailed as error:
        print(error, file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps({"seed": options.seed, **tally.facts()}, indent=1))
    else:
        print(f"{tally.text()}\n{time.monotonic() - start:.1f} s")
    return 1 if tally.unexplained or tally.faults and not options.known_faults else 0


if __name__ == "__main__":
    sys.exit(main())
