# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: configurations, captures, and one run of each program."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
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


def capture(folder):
    """1,024 different 64-byte frames (FCS included) for the port `in`; gives the path."""
    subprocess.run(
        ["/usr/bin/python3", HERE.parent / "Tests/Captures/bench.py", folder, "--size", "60",
         "--destination-mac", "02:00:00:00:00:01", "--name", "bench.pcap"],
        check=True, stdout=subprocess.DEVNULL)
    return folder / "bench.pcap"


def model():
    """The name of this machine's CPU."""
    return next(
        line.split(":")[1].strip() for line in open("/proc/cpuinfo") if "model name" in line)


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
