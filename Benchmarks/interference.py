#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a busy control plane costs a worker: throughput while 50 clients poll the statistics at 100 Hz, 1,000,000
routes are added, replaced and deleted, and another configuration is put in force every second, against the quiet
moments before and after in the same daemon."""
import argparse
import json
import os
import pathlib
import random
import selectors
import socket
import statistics
import sys
import tempfile
import threading
import time

import measure

ROUTES = 1_000_000
# The lengths of a full table's prefixes, about (the published distribution of 2024, per mille).
LENGTHS = {16: 14, 17: 8, 18: 14, 19: 25, 20: 45, 21: 53, 22: 112, 23: 100, 24: 629}


def request(method, path, body=b"", close=True):
    return (f"{method} /v1/{path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
            f"Content-Type: text/plain\r\n{'Connection: close' if close else 'X: y'}\r\n\r\n").encode() + body


def send(path, method, what, body):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(120)
        client.connect(path)
        client.sendall(request(method, what, body))
        reply = b""
        while part := client.recv(65536):
            reply += part
    head, body = reply.split(b"\r\n\r\n", 1)
    if b" 200 " not in head.split(b"\r\n")[0]:
        sys.exit(f"{method} /v1/{what}: {body[:500]}")
    return json.loads(body)


def prefixes():
    """Different prefixes in 1/8 to 191/8, from a fixed seed."""
    generator = random.Random(4)
    lengths = generator.choices(list(LENGTHS), list(LENGTHS.values()), k=2 * ROUTES)
    found = {}
    for length in lengths:
        address = generator.randrange(1 << 24, 192 << 24) >> (32 - length) << (32 - length)
        if address >> 24 not in (10, 127):
            found[f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}/{length}"] = None
        if len(found) == ROUTES:
            return list(found)
    sys.exit("not enough prefixes")


def changes(some):
    """Bodies of 20,000 changes: all added, all replaced, all deleted, and again."""
    while True:
        for line in ("add {} via 198.51.100.2", "replace {} via 198.51.100.3", "delete {}"):
            for start in range(0, len(some), 20_000):
                yield "\n".join(line.format(prefix) for prefix in some[start:start + 20_000]).encode()


class Load:
    """The three things that disturb, each on a thread; on when `go` is set."""

    def __init__(self, path, texts, bodies):
        self.path, self.texts, self.bodies = path, texts, bodies
        self.go, self.over = threading.Event(), False
        self.replies = self.changed = self.reloads = 0
        self.engine = 0.0
        self.idle = [threading.Event() for _ in range(3)]
        self.threads = [threading.Thread(target=self.turns, args=(work, idle)) for work, idle in
                        zip((self.poll, self.change, self.reload), self.idle)]
        for thread in self.threads:
            thread.start()

    def turns(self, work, idle):
        while not self.over:
            if self.go.is_set():
                work()
            else:
                idle.set()
                time.sleep(0.01)

    def on(self):
        for idle in self.idle:
            idle.clear()
        self.go.set()

    def off(self):
        self.go.clear()
        for idle in self.idle:
            idle.wait()

    def stop(self):
        self.over = True
        for thread in self.threads:
            thread.join()

    def change(self):
        body = next(self.bodies)
        reply = send(self.path, "POST", "routes", body)
        self.changed += reply["added"] + reply["replaced"] + reply["deleted"]
        self.engine += reply["seconds"]

    def reload(self):
        self.reloads += 1
        send(self.path, "PUT", "config", self.texts[self.reloads % 2].encode())
        time.sleep(1)

    def poll(self):
        clients = []
        selector = selectors.DefaultSelector()
        for _ in range(50):
            client = socket.socket(socket.AF_UNIX)
            client.connect(self.path)
            client.settimeout(30)
            clients.append(client)
            selector.register(client, selectors.EVENT_READ)
        waiting = set()
        while self.go.is_set():
            tick = time.monotonic() + 0.01
            for client in clients:
                if client not in waiting:
                    client.sendall(request("GET", "stats", close=False))
                    waiting.add(client)
            while (left := tick - time.monotonic()) > 0:
                for key, _ in selector.select(left):
                    # A reply comes in one piece or two; the last byte ends it.
                    if key.fileobj.recv(65536).endswith(b"\n"):
                        waiting.discard(key.fileobj)
                        self.replies += 1
        for client in clients:
            client.close()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("binary")
    arguments.add_argument("--pairs", type=int, default=9)
    arguments.add_argument("--seconds", type=float, default=3, help="of each busy moment")
    options = arguments.parse_args()
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("two CPUs are needed")
    some = prefixes()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        text = measure.configuration("route", "ordinary", measure.capture(folder), 1)
        text = text.replace("routes: 10000", f"routes: {ROUTES + 1000}")
        text += "  - {port: out, address: 198.51.100.3, mac: \"02:00:00:00:00:98\"}\n"
        other = text.replace("routes:\n", "routes:\n  - {to: 203.0.113.0/24, action: blackhole}\n")
        with measure.Freeway(options.binary, folder, text) as daemon:
            run(options, daemon, (text, other), some)


def rates(daemon, seconds):
    """Million frames for a second, and for a second of the worker's own time."""
    before, transmitted = daemon.worker_time(), measure.ask(daemon.path, "stats")["ledger"]["transmitted"]
    rate = daemon.rate(seconds)
    frames = measure.ask(daemon.path, "stats")["ledger"]["transmitted"] - transmitted
    return rate, frames / (daemon.worker_time() - before) * 1e3


def run(options, daemon, texts, some):
    cpus = {cpu for worker in measure.ask(daemon.path, "workers")["workers"] for cpu in worker["cpus"]}
    os.sched_setaffinity(0, os.sched_getaffinity(0) - cpus)
    load = Load(daemon.path, texts, changes(some))
    pairs, busy_time = [], 0
    time.sleep(0.5)
    try:
        for _ in range(options.pairs):
            before = rates(daemon, options.seconds / 2)
            load.on()
            began = time.monotonic()
            busy = rates(daemon, options.seconds)
            load.off()
            busy_time += time.monotonic() - began
            after = rates(daemon, options.seconds / 2)
            pairs.append((busy, [(one + other) / 2 for one, other in zip(before, after)]))
    finally:
        load.off()
        load.stop()
    print(f"{measure.model()}; medians of {options.pairs} pairs, ordinary pages, load of the machine "
          f"{os.getloadavg()[0]:.1f}\n")
    print("| frames for a second | busy | quiet | ratio | ratios of the pairs |\n|---|---|---|---|---|")
    for index, name in enumerate(("of the clock", "of the worker's own time")):
        some = [(busy[index], quiet[index]) for busy, quiet in pairs]
        ratios = [busy / quiet for busy, quiet in some]
        busy, quiet = (statistics.median(column) for column in zip(*some))
        print(f"| {name} | {busy:.2f} M | {quiet:.2f} M | {statistics.median(ratios):.3f} | "
              f"{min(ratios):.3f}-{max(ratios):.3f} |")
    print(f"\nMeanwhile {load.replies / busy_time:.0f} replies/s to 50 clients, {load.reloads} reloads, and "
          f"{load.changed} changes of routes ({load.changed / (3 * ROUTES):.2f} times the million added, replaced and "
          f"deleted) at {load.changed / max(load.engine, 1e-9):.0f}/s.")


main()
