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
import json
import os
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
HUGEPAGES = pathlib.Path("/sys/kernel/mm/hugepages/hugepages-2048kB")
PORTS = """
  in: {{device: "pcap:{capture},infinite", mac: "02:00:00:00:00:01"{addresses}}}
  out: {{device: "vdev:net_null0,no-rx=1", mac: "02:00:00:00:00:02"{out_addresses}}}
"""


def configuration(mode, pages, capture, prefixes):
    """A configuration with as many prefixes as asked for, beside a default route."""
    if mode == "cross-connect":
        ports = PORTS.format(capture=capture, addresses="", out_addresses="")
        tail = "crossConnect: [[in, out]]\n"
    else:
        ports = PORTS.format(
            capture=capture, addresses=", addresses: [192.0.2.1/24]",
            out_addresses=", addresses: [198.51.100.1/24]")
        routes = ["  - {to: 0.0.0.0/0, via: 198.51.100.2}"]
        # Spread over the unicast space, /24 and /16 in turn.
        for index in range(prefixes - 1):
            first, second, third = 1 + index % 126, index // 126 % 256, index // 32256 * 7 % 256
            routes.append(
                f"  - {{to: {first}.{second}.{third}.0/24, via: 198.51.100.2}}" if index % 2
                else f"  - {{to: {first}.{second}.{third}.128/25, via: 198.51.100.2}}")
        tail = ("routes:\n" + "\n".join(dict.fromkeys(routes)) + "\nneighbours:\n"
                "  - {port: out, address: 198.51.100.2, mac: \"02:00:00:00:00:99\"}\n")
    return (f"version: 1\nforward: {mode}\nworkers: 1\n"
            f"memory: {{pages: {pages}, routes: {max(10000, 2 * prefixes)}}}\nports:{ports}{tail}")


def ask(path, what):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        client.connect(path)
        client.sendall(f"GET /v1/{what} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        reply = b""
        while part := client.recv(65536):
            reply += part
    return json.loads(reply.split(b"\r\n\r\n", 1)[1])


def freeway(binary, folder, text, seconds):
    """Million frames a second that left, and the TSC cycles for each (None when not known)."""
    config, path = folder / "bench.yaml", str(folder / "bench.sock")
    config.write_text(text)
    with open(folder / "freeway.log", "w") as log:
        daemon = subprocess.Popen(
            [binary, "run", config, "--socket", path, "--log-level", "warning"], stdout=log,
            stderr=log)
    try:
        for _ in range(300):
            if daemon.poll() is not None:
                sys.exit((folder / "freeway.log").read_text())
            try:
                ask(path, "version")
                break
            except OSError:
                time.sleep(0.05)
        time.sleep(0.5)
        before = ask(path, "stats")
        time.sleep(seconds)
        after = ask(path, "stats")
        if not after["balanced"] or after["ledger"]["dropped"]:
            sys.exit(f"the ledger has drops or does not balance: {after['ledger']}")
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(20)
    frames = after["ledger"]["transmitted"] - before["ledger"]["transmitted"]
    return frames / (after["uptimeSeconds"] - before["uptimeSeconds"]) / 1e6


def testpmd(pages, capture, seconds):
    """Million frames a second by testpmd's own clock."""
    memory = (["--in-memory"] if pages == "huge" else ["--no-huge", "--no-shconf"]) + ["-m", "512"]
    process = subprocess.Popen(
        ["dpdk-testpmd", "-l", "0,1", *memory, "--no-pci", "--no-telemetry",
         "--file-prefix", f"bench{os.getpid()}",
         "--vdev", f"net_pcap0,rx_pcap={capture},infinite_rx=1", "--vdev", "net_null0,no-rx=1",
         "--", "-i", "--auto-start", "--forward-mode=io", "--total-num-mbufs=16384"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def say(word):
        process.stdin.write(word + "\n")
        process.stdin.flush()

    time.sleep(1.5)
    say("show port stats 1")
    time.sleep(seconds)
    say("show port stats 1")
    time.sleep(0.2)
    say("stop")
    say("quit")
    output = process.communicate(timeout=30)[0]
    rates = re.findall(r"Tx-pps:\s+(\d+)", output)
    if len(rates) < 2:
        sys.exit("testpmd gave no rate:\n" + output)
    return int(rates[-1]) / 1e6


def hugepages(count):
    """Reserves pages when fewer are free; gives what to write back afterwards."""
    free = int((HUGEPAGES / "free_hugepages").read_text())
    total = int((HUGEPAGES / "nr_hugepages").read_text())
    if free >= count:
        return None
    try:
        (HUGEPAGES / "nr_hugepages").write_text(str(total + count - free))
    except OSError:
        return None
    return total


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("binary")
    arguments.add_argument("--pairs", type=int, default=9)
    arguments.add_argument("--seconds", type=float, default=2)
    options = arguments.parse_args()
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("two CPUs are needed")
    restore = hugepages(400)
    modes = ["huge", "ordinary"] if int((HUGEPAGES / "free_hugepages").read_text()) >= 400 else ["ordinary"]
    model = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if "model name" in line)
    print(f"{model}; medians of {options.pairs} interleaved rounds of {options.seconds} s; one worker, "
          "64-byte frames\n")
    print("| memory | program | Mpps | min-max | ratio to testpmd io |")
    print("|---|---|---|---|---|")
    try:
        with tempfile.TemporaryDirectory() as name:
            compare(options, pathlib.Path(name), modes)
    finally:
        if restore is not None:
            (HUGEPAGES / "nr_hugepages").write_text(str(restore))


def compare(options, folder, modes):
    subprocess.run(
        [sys.executable if "scapy" in sys.modules else "/usr/bin/python3",
         HERE.parent / "Tests/Captures/bench.py", folder, "--size", "60", "--destination-mac",
         "02:00:00:00:00:01", "--name", "bench.pcap"], check=True, stdout=subprocess.DEVNULL)
    capture = folder / "bench.pcap"
    rows = {}
    for _ in range(options.pairs):
        for pages in modes:
            base = testpmd(pages, capture, options.seconds)
            rows.setdefault((pages, "testpmd io"), []).append((base, 1.0))
            for label, mode, prefixes in (
                    ("freeway cross-connect", "cross-connect", 0),
                    ("freeway route, 1,000 prefixes", "route", 1000)):
                text = configuration(mode, pages, capture, prefixes)
                rate = freeway(options.binary, folder, text, options.seconds)
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
