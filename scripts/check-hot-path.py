#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when a worker's loop can reach code that counts references, allocates, checks exclusivity or
initialises something lazily: check-hot-path.py BINARY

Walks the calls in the disassembly from the loops' entry points, through DPDK's functions too, and from the
functions that serve interfaces and TAPs, which DPDK calls. Not followed are other indirect calls, which are
DPDK's drivers and tables, and a replay's start of a port for its next time.
"""
import re
import subprocess
import sys

# The loops: closures without context that rte_eal_remote_launch gets.
LOOPS = {"live", "replay"}
# A round that is written down: it allocates for that, and stands out of line, beside the loops.
RECORDED = re.compile(r"15JourneyRecorderV5round")
ENTRY = re.compile(
    r"^\$s9Dataplane10WorkerLoopO(?:%s)" % "|".join(f"{len(name)}{name}" for name in LOOPS))
# Closures that DPDK calls to receive and send; what they are there for are system calls.
DEVICES = {"PacketReceiver", "PacketSender", "TAPReceiver", "TAPSender"}
DEVICE = re.compile(
    r"^\$s12LinuxDevices(?:%s)V8function.*U_To$"
    % "|".join(f"{len(name)}{name}" for name in DEVICES))
SYSTEM_CALLS = {"read", "write"}
FORBIDDEN = re.compile(
    r"^(swift_(retain|release|bridgeObject|unknownObject|alloc|slowAlloc|dealloc|beginAccess|"
    r"endAccess|once|initStack|projectBox|makeBoxUnique|isUnique|getGenericMetadata|"
    r"getTypeByMangled|dynamicCast|task_|conformsToProtocol)|rte_(m|zm|c|re)alloc|rte_memzone|malloc|calloc|realloc|free$|"
    r"posix_memalign|pthread_|\$ss\w*Array|clock_gettime|gettimeofday|write$|read$)")
# Between two times of a replay with --loop.
NOT_FOLLOWED = {"rte_eth_dev_stop", "rte_eth_dev_start"}
LINE = re.compile(r"^\s*([0-9a-f]+):\s+(\S+)\s+(?:[0-9a-f]+ <([^>+]+)(?:\+0x[0-9a-f]+)?>)?")


def sizes_of_functions(binary):
    """Where each function ends: code without a symbol may follow it."""
    output = subprocess.run(
        ["nm", "--print-size", "--defined-only", binary], capture_output=True, text=True,
        check=True).stdout
    ends = {}
    for line in output.splitlines():
        fields = line.split()
        if len(fields) == 4 and fields[2] in "tTwW":
            ends[fields[3]] = int(fields[0], 16) + int(fields[1], 16)
    return ends


def calls_by_function(binary):
    """The functions that each function calls or jumps to."""
    ends = sizes_of_functions(binary)
    output = subprocess.Popen(
        ["objdump", "--disassemble", "--no-show-raw-insn", binary],
        stdout=subprocess.PIPE, text=True).stdout
    functions, calls, end = {}, None, 0
    for line in output:
        if line.endswith(">:\n"):
            name = line[line.index("<") + 1:-3]
            calls = functions.setdefault(name, set())
            end = ends.get(name, sys.maxsize)
            continue
        match = LINE.match(line)
        if calls is not None and match and match.group(3) and int(match.group(1), 16) < end:
            calls.add(match.group(3))
    return functions


def main():
    functions = calls_by_function(sys.argv[1])
    entries = [name for name in functions if ENTRY.match(name)]
    loops = {kind for kind in LOOPS if any(f"{len(kind)}{kind}" in name for name in entries)}
    if loops != LOOPS:
        sys.exit(f"check-hot-path: found only the loops {sorted(loops)}: is this a release build?")
    devices = [name for name in functions if DEVICE.match(name)]
    # A program without them, as the ones that try this script, has no devices to look at.
    if devices and len(devices) != len(DEVICES):
        sys.exit(f"check-hot-path: found only these functions of devices: {sorted(devices)}")
    entries += devices
    reached, trail, faults = set(), [(name, (name,)) for name in entries], []
    while trail:
        name, way = trail.pop()
        if name in reached:
            continue
        reached.add(name)
        for callee in sorted(functions.get(name, ())):
            plain = callee.removesuffix("@plt")
            if plain in SYSTEM_CALLS and way[0] in devices:
                continue
            if FORBIDDEN.match(plain):
                faults.append((plain, way))
            elif callee in functions and not callee.endswith("@plt") \
                    and callee not in NOT_FOLLOWED and not RECORDED.search(callee):
                trail.append((callee, way + (callee,)))
    for callee, way in faults:
        print(f"check-hot-path: {callee} is reached by {' > '.join(way)}")
    if faults:
        sys.exit(1)
    print(f"check-hot-path: {len(reached)} functions reached from {len(loops)} loops, none of them forbidden")


main()
