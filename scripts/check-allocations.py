#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when workers allocate memory while they forward: check-allocations.py BINARY

Runs `freeway bench` with a library in front of the C library's allocator that counts what the workers'
threads take (count-allocations.c), twice with a different number of frames: what grows with the frames is
allocated for frames. Before that, workers that allocate in their idle rounds prove that it would be seen.
Then it asks a running forwarder to explain a packet, and counts what the control plane takes for one answer:
with many routes it must not be more than with a few, since routes are not to be copied for it. Nothing is timed.
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

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


def explain(path):
    """Asks the forwarder at a control socket what becomes of a packet."""
    frame = bytes.fromhex("020000000101020000000002080045000014000000004000") \
        + bytes.fromhex("0000c00002090a010203")
    # The stages need not like the frame's checksum, but the route stage must be asked.
    header = bytearray(frame[14:34])
    total = sum(int.from_bytes(header[at:at + 2], "big") for at in range(0, 20, 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    header[10:12] = (total ^ 0xFFFF).to_bytes(2, "big")
    body = json.dumps({"port": "wan", "hex": (frame[:14] + header).hex()}).encode()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(b"POST /v1/explain HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                           b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    if b'"agrees":true' not in answer:
        sys.exit(f"check-allocations: POST /v1/explain said {answer[:2000]}")


def explained(binary, library, folder, routes, questions):
    """What the control plane allocated in a forwarder's life with so many questions, in bytes."""
    config, path, counts = folder / "router.yaml", folder / "socket", folder / "counts"
    counts.unlink(missing_ok=True)
    config.write_text(
        "version: 1\nforward: route\nworkers: 1\nmemory: {pages: ordinary}\nports:\n"
        "  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}\nroutes:\n"
        + "".join(f"  - {{to: 10.{index >> 8}.{index & 255}.0/24, via: 192.0.2.254}}\n"
                  for index in range(routes)))
    daemon = subprocess.Popen(
        [binary, "run", config, "--socket", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=os.environ | {"LD_PRELOAD": str(library), "COUNT_ALLOCATIONS": str(counts), "COUNT_CONTROL": "1"})
    try:
        while not path.exists():
            if daemon.poll() is not None:
                sys.exit(f"check-allocations: freeway run ended with {daemon.returncode}")
            time.sleep(0.05)
        for _ in range(questions):
            explain(str(path))
        daemon.send_signal(signal.SIGTERM)
        if daemon.wait() != 0:
            sys.exit(f"check-allocations: freeway run ended with {daemon.returncode}")
    finally:
        daemon.kill()
    return json.loads(counts.read_text())["bytes"]


def check_explanations(binary, library, folder):
    """Whether one answer takes more where there are more routes."""
    answers = {}
    for routes in (300, 9000):
        few, many = (explained(binary, library, folder, routes, questions) for questions in (5, 105))
        answers[routes] = (many - few) / 100
        print(f"an explanation among {routes} routes: {answers[routes]:.0f} bytes")
    # A copied route takes 20 bytes and more.
    if answers[9000] > answers[300] + 8700 * 10:
        sys.exit("check-allocations: an explanation copies the routes")


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
        check_explanations(binary, library, folder)
    if faults:
        sys.exit("check-allocations: workers allocate while they forward")
    print("check-allocations: no worker allocates while it forwards")


main()
