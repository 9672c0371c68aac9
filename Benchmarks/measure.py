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
# A million routes take 430 MB in each of two tables.
PAGES_NEEDED = 800
PAGES = {"huge": "2 MB pages", "ordinary": "ordinary"}
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


class Program:
    """A process with one worker, which can be halted; `frames()` says how many left until now."""

    def halt(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def worker_time(self):
        """Nanoseconds that the worker's thread has run: on a machine with other work this tells a slower worker from
        one that did not run. The kernel keeps the time of a thread that runs to the tick alone, and that of a process
        exactly; the other threads mostly sleep."""
        others = 0
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            if "worker" not in (task / "comm").read_text():
                others += int((task / "schedstat").read_text().split()[0])
        # What clock_getcpuclockid gives for a process.
        return time.clock_gettime_ns(~self.process.pid << 3 | 2) - others

    def worker_rate(self, seconds):
        """Million frames for a second of the worker's own time."""
        before, frames = self.worker_time(), self.frames()
        time.sleep(seconds)
        after, frames = self.worker_time(), self.frames() - frames
        return frames / (after - before) * 1e3


class Freeway(Program):
    """A daemon in a folder of its own."""

    def __init__(self, binary, folder, text):
        folder.mkdir(exist_ok=True)
        self.log = folder / "freeway.log"
        self.path = str(folder / "bench.sock")
        config = folder / "bench.yaml"
        config.write_text(text)
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [binary, "run", config, "--socket", self.path, "--log-level", "warning"], stdout=log,
                stderr=log)
        for _ in range(1200):
            if self.process.poll() is not None:
                sys.exit(self.log.read_text())
            try:
                ask(self.path, "version")
                return
            except OSError:
                time.sleep(0.05)
        sys.exit(f"{binary} does not answer")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.go_on()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def frames(self):
        ledger = ask(self.path, "stats")["ledger"]
        if ledger["dropped"]:
            sys.exit(f"frames were dropped: {ledger}")
        return ledger["transmitted"]

    def rate(self, seconds):
        """Million frames a second that left."""
        before = ask(self.path, "stats")
        time.sleep(seconds)
        after = ask(self.path, "stats")
        if not after["balanced"] or after["ledger"]["dropped"]:
            sys.exit(f"the ledger has drops or does not balance: {after['ledger']}")
        frames = after["ledger"]["transmitted"] - before["ledger"]["transmitted"]
        return frames / (after["uptimeSeconds"] - before["uptimeSeconds"]) / 1e6


def freeway(binary, folder, text, seconds):
    """Million frames a second that left."""
    with Freeway(binary, folder, text) as daemon:
        time.sleep(0.5)
        return daemon.rate(seconds)


def take_turns(programs, turns, seconds, rate=Freeway.rate):
    """Lets each of the programs run alone for a moment, one after the other and in changing order: what
    the machine does at a time falls on all alike. Gives the rates of each."""
    rates = [[] for _ in programs]
    for turn in range(turns):
        order = list(range(len(programs)))
        for index in order if turn % 2 == 0 else order[::-1]:
            programs[index].go_on()
            time.sleep(0.02)
            rates[index].append(rate(programs[index], seconds))
            programs[index].halt()
    return rates


def testpmd(pages, capture, seconds, mode="io"):
    """Million frames a second by testpmd's own clock, in one of its forward modes."""
    memory = (["--in-memory"] if pages == "huge" else ["--no-huge", "--no-shconf"]) + ["-m", "512"]
    process = subprocess.Popen(
        ["dpdk-testpmd", "-l", "0,1", *memory, "--no-pci", "--no-telemetry",
         "--file-prefix", f"bench{os.getpid()}",
         "--vdev", f"net_pcap0,rx_pcap={capture},infinite_rx=1", "--vdev", "net_null0,no-rx=1",
         "--", "-i", "--auto-start", f"--forward-mode={mode}", "--total-num-mbufs=32768"],
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
