#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Everything at once for a chosen time: soak.py BINARY [SECONDS]

One forwarder routes a capture that never ends, while clients ask for statistics, drops and explanations,
reload configurations good and bad, change routes, pull a cable, and misbehave: not HTTP, half a request,
bytes that trickle in, replies that nobody reads, connections that say nothing. At the end every frame is
accounted for, and the forwarder has as much memory, as many files and as many threads as at the start.
Exit code 1 where not.
"""
import collections
import http.client
import json
import os
import pathlib
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

# What is held against the start, which is read after WARM_UP seconds: the first of everything (a table's
# second copy, an allocator's arena for each thread) takes memory that the thousandth does not.
WARM_UP = 20
MOST_MEGABYTES_MORE = 32
MOST_FILES_MORE = 2
MOST_THREADS_MORE = 2

CAPTURE = "Tests/Captures/real/zeek-wikipedia.pcap"
CABLE = f"fwsoak{os.getpid() % 10000}"


def configuration(variant, cable):
    """A router's configuration; the variants differ in what a reload may change."""
    ports = f'''  wan: {{device: "pcap:{os.path.abspath(CAPTURE)},infinite", admit: any, addresses: [192.0.2.1/24]}}
  lan: {{device: "vdev:net_null0,no-rx=1", addresses: [198.51.100.1/24]}}
'''
    neighbours = '''  - {port: wan, address: 192.0.2.9, mac: "02:00:00:00:01:09"}
  - {port: lan, address: 198.51.100.2, mac: "02:00:00:00:02:02"}
'''
    routes = f'''  - {{to: 0.0.0.0/0, via: {"192.0.2.9" if variant % 2 else "198.51.100.2"}}}
'''
    if cable:
        ports += f'''  side: {{device: "interface:{cable}", addresses: [203.0.113.1/24]}}
'''
        neighbours += '''  - {port: side, address: 203.0.113.2, mac: "02:00:00:00:03:02"}
'''
        routes += '''  - {to: 141.142.0.0/16, via: [{address: 203.0.113.2}, {address: 198.51.100.2}]}
'''
    for number in range(40 * (variant % 7)):
        routes += f"  - {{to: 10.{variant % 256}.{number}.0/24, via: 198.51.100.2}}\n"
    return f'''version: 1
forward: route
workers: 1
memory: {{pages: ordinary}}
ports:
{ports}routes:
{routes}neighbours:
{neighbours}'''


class Counts:
    """What happened, by name; any thread."""

    def __init__(self):
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        self.faults = []
        self.slowest = (0, "")

    def took(self, seconds, what):
        with self.lock:
            self.slowest = max(self.slowest, (seconds, what))

    def add(self, name, number=1):
        with self.lock:
            self.counts[name] += number

    def fault(self, text):
        with self.lock:
            self.counts["faults"] += 1
            if len(self.faults) < 20:
                self.faults.append(text[:300])


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = connected(self.path)
        self.sock.settimeout(30)


def connected(path):
    """A connection, waited for: the queue of those that want one may be full."""
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    return client


class Soak:
    def __init__(self, binary, folder, cable):
        self.binary = binary
        self.cable = cable
        self.socket = str(folder / "socket")
        self.file = folder / "config.yaml"
        self.counts = Counts()
        self.over = threading.Event()
        self.hostile_over = threading.Event()
        self.has_routes = True
        self.file.write_text(configuration(0, cable))
        self.log = open(folder / "log", "w+")
        self.output = open(folder / "output", "w+")
        self.process = subprocess.Popen(
            [binary, "run", str(self.file), "--socket", self.socket], stdout=self.output, stderr=self.log)

    def wait_until_ready(self):
        for _ in range(600):
            try:
                return self.ask(UnixConnection(self.socket), "GET", "/v1/version")
            except OSError:
                time.sleep(0.1)
            if self.process.poll() is not None:
                break
        self.log.seek(0)
        sys.exit(f"soak: the forwarder does not start\n{self.log.read()}")

    # The daemon, seen from outside.

    def resident(self):
        pages = int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def measured(self):
        """Resident MB (the middle of some readings), open files and threads."""
        resident = []
        for _ in range(10):
            resident.append(self.resident())
            time.sleep(0.1)
        return (statistics.median(resident), len(os.listdir(f"/proc/{self.process.pid}/fd")),
                len(os.listdir(f"/proc/{self.process.pid}/task")))

    # Clients that mean well.

    def ask(self, client, method, path, body=None, allowed=(200,)):
        began = time.monotonic()
        client.request(method, path, body)
        reply = client.getresponse()
        value = json.loads(reply.read())
        self.counts.add("requests answered")
        self.counts.took(time.monotonic() - began, f"{method} {path}")
        if reply.status not in allowed:
            self.counts.fault(f"{method} {path}: {reply.status} {value}")
        return reply.status, value

    def poll(self):
        client = UnixConnection(self.socket)
        last = 0
        paths = ("stats", "ports", "workers", "drops", "drops/notForUs", "config", "plan", "version")
        while not self.over.is_set():
            for path in paths:
                _, value = self.ask(client, "GET", f"/v1/{path}")
                if path != "stats":
                    continue
                if not value["balanced"]:
                    self.counts.fault(f"the ledger does not balance: {value['ledger']}")
                if value["ledger"]["received"] < last:
                    self.counts.fault("a counter went back")
                last = value["ledger"]["received"]
            self.over.wait(0.05)

    def explain(self):
        client = UnixConnection(self.socket)
        frame = "020000000101020000000199080045000020000100004011f6c9c0000209c6336402303900350000ffff01020304"
        while not self.over.is_set():
            cut = random.randrange(2, len(frame), 2)
            body = json.dumps({"port": "wan", "hex": frame[:cut]})
            self.ask(client, "POST", "/v1/explain", body, (200, 400, 409, 503))
            self.counts.add("frames explained")
            self.over.wait(0.02)

    def use_verbs(self):
        while not self.over.is_set():
            for verb in ("stats", "ports", "workers", "drops"):
                began = time.monotonic()
                done = subprocess.run(
                    [self.binary, verb, "--json", "--socket", self.socket], capture_output=True)
                self.counts.add("verbs run")
                self.counts.took(time.monotonic() - began, f"freeway {verb}")
                if done.returncode != 0:
                    self.counts.fault(f"freeway {verb}: exit {done.returncode} {done.stderr.decode()}")
            self.over.wait(1)

    def reload(self):
        client = UnixConnection(self.socket)
        variant = 0
        while not self.over.is_set():
            variant += 1
            text = configuration(variant, self.cable)
            if variant % 3 == 0:
                self.file.write_text(text)
                status, _ = self.ask(client, "POST", "/v1/reload", allowed=(200, 409))
            elif variant % 5 == 0:
                text = text.replace("version: 1", "version: 2")
                status, _ = self.ask(client, "PUT", "/v1/config", text, (422, 409))
                self.counts.add("bad configurations refused", status == 422)
                continue
            else:
                status, _ = self.ask(client, "PUT", "/v1/config", text, (200, 409))
            self.counts.add("reloads", status == 200)
            self.over.wait(0.5)

    def change_routes(self):
        client = UnixConnection(self.socket)
        while not self.over.is_set():
            for action in ("add", "delete"):
                body = {"routes": [dict({"action": action, "to": f"100.64.{number}.0/24"},
                                        **({"via": "198.51.100.2"} if action == "add" else {}))
                                   for number in range(200)]}
                client.request("POST", "/v1/routes", json.dumps(body), {"Content-Type": "application/json"})
                reply = client.getresponse()
                value = reply.read()
                if reply.status in (404, 405):
                    self.has_routes = False
                    return
                if reply.status == 200:
                    self.counts.add("routes changed over the API", 200)
                elif reply.status not in (409, 422):
                    self.counts.fault(f"POST /v1/routes: {reply.status} {value}")
            self.over.wait(0.5)

    def pull_cable(self):
        while not self.over.is_set():
            for state in ("down", "up"):
                subprocess.run(["ip", "link", "set", f"{self.cable}p", state], check=True)
                self.counts.add("links pulled or put back")
                self.over.wait(3)

    # Clients that do not.

    def hostile(self, name, work):
        while not self.hostile_over.is_set():
            try:
                work()
            except OSError:
                pass  # The forwarder hung up, as it should.
            self.counts.add(name)
            self.hostile_over.wait(0.02)

    def talk_nonsense(self):
        with connected(self.socket) as client:
            client.settimeout(15)
            text = random.choice((
                random.randbytes(random.randrange(1, 5000)),
                b"GET /v1/stats HTTP/1.1\r\n" + b"X: y\r\n" * 5000,
                b"PUT /v1/config HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
                b"POST /v1/explain HTTP/1.1\r\nContent-Length: 5\r\n\r\n[[[[[",
                b"GET /v1/stat HTTP/1.1\r\n\r\nDELETE / HTTP/1.1\r\n\r\nGET\r\n",
            ))
            client.sendall(text)
            client.shutdown(socket.SHUT_WR)
            while client.recv(1 << 16):
                pass

    def leave_half_way(self):
        with connected(self.socket) as client:
            client.sendall(b"GET /v1/config HTTP/1.1\r\nHost: x\r\n\r\n" * random.randrange(1, 50) + b"GET /v1")

    def trickle(self):
        with connected(self.socket) as client:
            for _ in range(1000):
                client.send(b"a")
                if self.hostile_over.wait(0.05):
                    return

    def never_read(self):
        with connected(self.socket) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.setblocking(False)
            try:
                client.send(b"GET /v1/ports HTTP/1.1\r\nHost: x\r\n\r\n" * 1500)
            except BlockingIOError:
                pass
            self.hostile_over.wait(12)

    def say_nothing(self):
        silent = [connected(self.socket) for _ in range(100)]
        self.hostile_over.wait(5)
        for client in silent:
            client.close()

    def threads(self):
        works = [self.poll, self.poll, self.poll, self.explain, self.use_verbs, self.reload, self.change_routes]
        if self.cable:
            works.append(self.pull_cable)
        hostile = [("nonsense sent", self.talk_nonsense), ("left half-way", self.leave_half_way),
                   ("trickled", self.trickle), ("never read", self.never_read),
                   ("said nothing, 100 at once", self.say_nothing)]
        return ([threading.Thread(target=self.guarded, args=(work,), daemon=True) for work in works],
                [threading.Thread(target=self.hostile, args=pair, daemon=True) for pair in hostile])

    def guarded(self, work):
        try:
            work()
        except Exception as error:  # A client that means well is always answered.
            self.counts.fault(f"{work.__name__}: {error!r}")

    def frames(self):
        _, value = self.ask(UnixConnection(self.socket), "GET", "/v1/stats")
        return value["ledger"]["received"]

    def run(self, seconds):
        self.wait_until_ready()
        good, bad = self.threads()
        for thread in good + bad:
            thread.start()
        began = time.monotonic()
        start = peak = None
        while (passed := time.monotonic() - began) < seconds:
            time.sleep(min(1, seconds - passed))
            if self.process.poll() is not None:
                self.counts.fault(f"the forwarder ended by itself: {self.process.returncode}")
                return None
            if start is None and passed >= min(WARM_UP, seconds / 4):
                start = self.quiet(good, bad)
                good, bad = self.threads()
                for thread in good + bad:
                    thread.start()
            peak = max(peak or 0, self.resident())
            if int(passed) % 10 == 0:
                print(f"soak: {int(passed)} of {seconds} s, {self.frames():,} frames, "
                      f"{self.resident():.0f} MB, {self.counts.counts['faults']} faults", flush=True)
        return start or self.quiet([], []), self.quiet(good, bad), peak

    def quiet(self, good, bad):
        """Ends the clients and measures what the forwarder is without them."""
        self.over.set()
        self.hostile_over.set()
        for thread in good + bad:
            thread.join(60)
            if thread.is_alive():
                self.counts.fault("a client was kept waiting for a minute")
        # What they left is taken down once the forwarder has seen them go.
        before = None
        for _ in range(50):
            time.sleep(0.2)
            now = len(os.listdir(f"/proc/{self.process.pid}/fd"))
            if now == before:
                break
            before = now
        self.over.clear()
        self.hostile_over.clear()
        return self.measured()

    def end(self):
        """Ends the forwarder; gives the final ledger as it printed it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = None
        self.output.seek(0)
        text = self.output.read()
        if code != 0:
            self.counts.fault(f"the forwarder's exit code is {code}")
        self.log.seek(0)
        # A bad configuration is refused with a line for each error; nothing else is an error.
        for line in self.log:
            if " error freeway" in line and "the configuration in force stays" not in line:
                self.counts.fault(f"log: {line.strip()}")
        return text


def make_cable():
    """Makes a veth pair to pull, where this user may; gives its near end's name."""
    if os.geteuid() != 0:
        return None
    made = subprocess.run(["ip", "link", "add", CABLE, "type", "veth", "peer", "name", f"{CABLE}p"],
                          capture_output=True)
    if made.returncode != 0:
        return None
    for end in (CABLE, f"{CABLE}p"):
        subprocess.run(["ip", "link", "set", end, "up"], check=True)
    return CABLE


def report(soak, result, text):
    ok = True
    print()
    if result:
        start, end, peak = result
        print(f"{'':24}{'START':>10}{'END':>10}   MAY GROW BY")
        limits = (MOST_MEGABYTES_MORE, MOST_FILES_MORE, MOST_THREADS_MORE)
        for name, old, new, most in zip(("resident MB", "open files", "threads"), start, end, limits):
            verdict = "" if new - old <= most else "   GREW"
            ok = ok and not verdict
            print(f"{name:24}{old:10.0f}{new:10.0f}{most:14}{verdict}")
        print(f"{'resident MB at most':24}{peak:20.0f}")
    else:
        ok = False
    for name, count in sorted(soak.counts.counts.items()):
        if name != "faults":
            print(f"{name:30}{count:14,}")
    print(f"slowest answer: {soak.counts.slowest[0]:.2f} s, {soak.counts.slowest[1]}")
    if not soak.has_routes:
        print("POST /v1/routes is not there, and was left out")
    if not soak.cable:
        print("no cable was pulled: that needs root and ip")
    for line in text.splitlines():
        if line.split() and line.split()[0] in ("received", "transmitted", "in", "parked", "dropped", "balanced"):
            print(line)
            if line.startswith("balanced"):
                ok = ok and line.split()[1] == "yes"
                break
    else:
        ok = False
    print(f"{'faults':30}{soak.counts.counts['faults']:14,}")
    for fault in soak.counts.faults:
        print(f"  {fault}")
    return ok and not soak.counts.counts["faults"]


def main():
    binary = os.path.abspath(sys.argv[1])
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 600
    cable = make_cable()
    try:
        with tempfile.TemporaryDirectory(prefix="freeway-soak-") as folder:
            soak = Soak(binary, pathlib.Path(folder), cable)
            try:
                result = soak.run(seconds)
            finally:
                text = soak.end()
            is_good = report(soak, result, text)
    finally:
        if cable:
            subprocess.run(["ip", "link", "delete", cable], check=False)
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
