#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests packaging/freeway.service: systemd's own judgement of it, and whether the forwarder works within it.

scripts/service-test.py BINARY

There need be no systemd that runs. What it would do with the unit is done here with the same means: the filter of
system calls, of address families and of namespaces with libseccomp (a call that is not allowed ends the process,
so that none passes unseen), and the capabilities with setpriv.
"""
import ctypes
import errno
import functools
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
UNIT = REPOSITORY / "packaging/freeway.service"
DOCUMENT = REPOSITORY / "docs/running-on-a-nic.md"
MOST_EXPOSURE = 5.0
# Longer than any step takes on a machine that does something else beside.
PATIENCE = 60
NAMESPACES = {
    "cgroup": 0x02000000, "ipc": 0x08000000, "mnt": 0x00020000, "net": 0x40000000, "pid": 0x20000000,
    "user": 0x10000000, "uts": 0x04000000, "time": 0x00000080,
}
# linux/socket.h
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16, "AF_PACKET": 17, "AF_XDP": 44}


def settings():
    """The unit's settings, each with its values in order."""
    found = {}
    for line in UNIT.read_text().splitlines():
        if re.match(r"[A-Z]\w*=", line):
            key, value = line.split("=", 1)
            found.setdefault(key, []).append(value)
    return found


def words(key):
    return " ".join(settings().get(key, [])).split()


def system_calls(names):
    """The calls that names and @groups stand for, as systemd knows them."""
    calls, groups = set(), set()
    left = list(names)
    while left:
        name = left.pop()
        if not name.startswith("@"):
            calls.add(name)
        elif name not in groups:
            groups.add(name)
            text = subprocess.run(
                ["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True
            ).stdout
            left += [word for line in text.splitlines()[1:] if not line.strip().startswith("#")
                     for word in line.split()]
    return calls


class Failure(Exception):
    """What does not hold."""


class Filter:
    """libseccomp, with which systemd makes its filters."""

    KILL, ALLOW, ERROR = 0x80000000, 0x7FFF0000, 0x00050000
    EQUAL, MASKED_EQUAL = 4, 7

    class Comparison(ctypes.Structure):
        _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int), ("a", ctypes.c_uint64),
                    ("b", ctypes.c_uint64)]

    def __init__(self):
        self.library = ctypes.CDLL("libseccomp.so.2")
        self.library.seccomp_init.restype = ctypes.c_void_p
        self.rules = ctypes.c_void_p(self.library.seccomp_init(ctypes.c_uint32(self.KILL)))

    def add(self, action, call, *comparison):
        number = self.library.seccomp_syscall_resolve_name(call.encode())
        # Negative ones are of another processor.
        if number < 0:
            return
        array = (self.Comparison * 1)(*([self.Comparison(*comparison)] if comparison else []))
        status = self.library.seccomp_rule_add_array(
            self.rules, ctypes.c_uint32(action), number, len(comparison) and 1, array)
        if status != 0:
            raise Failure(f"seccomp_rule_add {call}: {os.strerror(-status)}")

    def load(self):
        status = self.library.seccomp_load(self.rules)
        if status != 0:
            raise Failure(f"seccomp_load: {os.strerror(-status)}")


def enter_filter(calls):
    """Puts the unit's filter over this process and what it starts."""
    kept = words("RestrictNamespaces")
    forbidden = sum(bits for name, bits in NAMESPACES.items() if name not in kept)
    rules = Filter()
    for call in calls:
        if call not in {"clone", "clone3", "unshare", "setns", "socket"}:
            rules.add(rules.ALLOW, call)
    rules.add(rules.ALLOW, "clone", 0, rules.MASKED_EQUAL, forbidden, 0)
    rules.add(rules.ALLOW, "unshare", 0, rules.MASKED_EQUAL, forbidden, 0)
    for name in kept:
        rules.add(rules.ALLOW, "setns", 1, rules.EQUAL, NAMESPACES[name], 0)
    # systemd does the same: the C library then uses clone, whose flags can be looked at.
    rules.add(rules.ERROR | errno.ENOSYS, "clone3")
    for name in words("RestrictAddressFamilies"):
        rules.add(rules.ALLOW, "socket", 0, rules.EQUAL, FAMILIES[name], 0)
    rules.load()


@functools.cache
def allowed_calls():
    """What the unit's filter lets through."""
    return ",".join(sorted(system_calls(words("SystemCallFilter") + ["@default"])))


def within(arguments):
    """The words that run a program as the unit would."""
    capabilities = ",".join(
        ["-all"] + ["+" + name.removeprefix("CAP_").lower() for name in words("CapabilityBoundingSet")])
    return ["setpriv", f"--bounding-set={capabilities}", "--no-new-privs", sys.executable, __file__,
            "--within", allowed_calls(), *arguments]


def hold(condition, text):
    if not condition:
        raise Failure(text)
    print(f"ok   {text}")


def until(text, ask):
    """Asks until there is an answer."""
    deadline = time.monotonic() + PATIENCE
    while True:
        answer = ask()
        if answer:
            print(f"ok   {text}")
            return answer
        if time.monotonic() > deadline:
            raise Failure(text)
        time.sleep(0.02)


def judge():
    """What `systemd-analyze security` says, and whether the document explains each point of it."""
    text = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)],
        capture_output=True, text=True, env={**os.environ, "SYSTEMD_COLORS": "0"}).stdout
    exposure = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", text)[1])
    hold(exposure <= MOST_EXPOSURE, f"exposure {exposure}, {MOST_EXPOSURE} at most")
    document = DOCUMENT.read_text()
    points = re.findall(r"^✗ (\S+)", text, re.MULTILINE)
    unexplained = [point for point in points if f"`{point}`" not in document]
    hold(not unexplained, f"{DOCUMENT.name} explains each of {len(points)} points {unexplained or ''}")


class Service:
    """The forwarder within the unit's limits, on a TAP and an interface, with systemd's end of its messages."""

    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = folder
        self.socket = f"{folder}/socket"
        self.told = set()
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(f"{folder}/notify")
        # All the time, as systemd does: Linux keeps ten messages, and the forwarder waits for nobody.
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()
        configuration = pathlib.Path(folder, "freeway.yaml")
        configuration.write_text(
            "version: 1\nforward: cross-connect\nworkers: 1\nmemory: {pages: ordinary}\nports:\n"
            "  tap: {device: tap:fwservice0}\n  wire: {device: interface:fwservice1}\n"
            f"crossConnect: [[tap, wire]]\ncontrol: {{socket: {self.socket}, group: root}}\n")
        self.log = open(f"{folder}/log", "w", encoding="utf-8")
        self.process = subprocess.Popen(
            within([binary, "run", str(configuration)]), stdout=subprocess.DEVNULL, stderr=self.log,
            env={**os.environ, "NOTIFY_SOCKET": f"{folder}/notify", "WATCHDOG_USEC": "2000000"})

    def listen(self):
        """Until the empty message that stands behind all others."""
        while message := self.notify.recv(4096):
            self.told.update(message.decode().splitlines())

    def has_told(self, line):
        if self.process.poll() is not None and self.listener.is_alive():
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"", f"{self.folder}/notify")
            self.listener.join()
        if not self.listener.is_alive() and line not in self.told:
            raise Failure(f"the forwarder ended with {self.process.returncode}: {self.text()}")
        return line in self.told

    def text(self):
        return pathlib.Path(self.folder, "log").read_text(encoding="utf-8")

    def ask(self, *arguments):
        outcome = subprocess.run(
            within([self.binary, *arguments]), capture_output=True, text=True,
            env={**os.environ, "FREEWAY_SOCKET": self.socket}, check=False)
        if outcome.returncode != 0:
            raise Failure(f"freeway {' '.join(arguments)}: {outcome.returncode}: {outcome.stderr}")
        return outcome.stdout

    def link(self):
        ports = json.loads(self.ask("ports", "--json"))["ports"]
        return ports[1]["link"]


def run(*command):
    subprocess.run(command, check=True)


def work(binary):
    """A forwarder's life within the unit's limits."""
    run("ip", "link", "add", "fwservice1", "type", "veth", "peer", "name", "fwservice2")
    run("ip", "link", "set", "fwservice1", "up")
    run("ip", "link", "set", "fwservice2", "up")
    with tempfile.TemporaryDirectory() as folder:
        service = Service(binary, folder)
        other = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        try:
            until("it says that it is ready", lambda: service.has_told("READY=1"))
            until("and that it is well", lambda: service.has_told("WATCHDOG=1"))
            for verb in ["stats", "ports", "workers", "drops", "reload"]:
                service.ask(verb)
            service.ask("explain", "--port", "tap", "--packet", "ipv4 192.0.2.1 > 192.0.2.2 udp 1 > 2")
            hold(True, "every verb is answered, and the configuration is read again")
            until("a link of the interface", lambda: service.link()["up"])
            own = os.readlink("/proc/self/ns/net")
            until("another network namespace",
                  lambda: os.readlink(f"/proc/{other.pid}/ns/net") != own)
            run("ip", "link", "set", "fwservice1", "netns", str(other.pid))
            until("the interface is in another namespace, and its link is down",
                  lambda: not service.link()["up"])
            run("nsenter", "-t", str(other.pid), "-n", "ip", "link", "set", "fwservice1", "netns", str(os.getpid()))
            run("ip", "link", "set", "fwservice1", "up")
            until("it is back, and up", lambda: service.link()["up"])
            service.process.send_signal(signal.SIGTERM)
            hold(service.process.wait(PATIENCE) == 0, "it ends when it is told to")
            hold(service.has_told("STOPPING=1"), "and says that it stops")
        except (Failure, subprocess.SubprocessError) as error:
            raise Failure(f"{error}\n{service.text()}") from error
        finally:
            other.kill()
            service.process.kill()
            service.process.wait()


def main():
    if sys.argv[1] == "--within":
        enter_filter(sys.argv[2].split(","))
        os.execv(sys.argv[3], sys.argv[3:])
    if sys.argv[1] != "--work":
        judge()
        if os.geteuid() != 0:
            print("skip the forwarder within the unit's limits: not root")
            return
        # A network of its own, which goes with it.
        sys.exit(subprocess.run(
            ["unshare", "--net", sys.executable, __file__, "--work", os.path.abspath(sys.argv[1])],
            check=False).returncode)
    work(sys.argv[2])


try:
    main()
except Failure as failure:
    sys.exit(f"FAIL {failure}")
