# SPDX-License-Identifier: Apache-2.0
"""Linux as a router in a network namespace, fed one frame at a time over veths.

No time passes between a question and its answer: a frame that is sent on a veth is forwarded, and what comes of it
received, before anything else happens on that CPU. A marker behind each frame, an ARP request that Linux answers,
proves it.
"""

import contextlib
import ctypes
import fcntl
import os
import pathlib
import secrets
import socket
import struct
import subprocess
import time

import settings
import topology
from settings import CannotRun

# linux/sched.h, linux/if_ether.h, linux/if_packet.h, asm/socket.h
CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
SOL_PACKET, PACKET_STATISTICS, PACKET_IGNORE_OUTGOING = 263, 6, 23
SO_RCVBUFFORCE = 33

RECEIVE_BUFFER = 64 << 20
PATIENCE = 20  # seconds for one answer, on a machine under load
ERROR_COST = pathlib.Path("/proc/sys/net/ipv4/route/error_cost")


def why_refused(port, data):
    """Why a frame never reaches the router; None for one that does. veths keep to their MTU, with header and tag."""
    if len(data) > topology.PORTS[port]["mtu"] + 18:
        return "longer than the port's MTU"
    return "shorter than an Ethernet header" if len(data) < 14 else None


def command(*words, text=None):
    try:
        done = subprocess.run(
            words, input=text, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    except FileNotFoundError as error:
        raise CannotRun(f"{words[0]} is not installed") from error
    if done.returncode:
        raise CannotRun(f"{' '.join(words)}: {done.stdout.strip()}")


@contextlib.contextmanager
def inside(namespace):
    """This process, and what it starts, in a network namespace. Sockets stay where they were made."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/thread-self/ns/net", "rb") as home, open(f"/run/netns/{namespace}", "rb") as there:
        if libc.setns(there.fileno(), CLONE_NEWNET):
            raise CannotRun(f"setns: {os.strerror(ctypes.get_errno())}")
        try:
            yield
        finally:
            libc.setns(home.fileno(), CLONE_NEWNET)


class Machine:
    """What comparisons change outside their namespaces, and the names of these. `net.ipv4.route.error_cost` belongs to
    all namespaces together: without 0, Linux says nothing about all but five unreachable packets of a source.
    Comparisons of the same machine wait for each other.

    All of it is put back by a process of its own, whose standard input ends with us: also when we are killed."""

    PUT_BACK = 'read -r _; echo "$1" >"$2"; ip netns delete "$3" 2>/dev/null; ip netns delete "$4" 2>/dev/null; :'

    def __init__(self):
        name = f"freeway-linux-{secrets.token_hex(4)}"
        self.router, self.feeder = f"{name}-router", f"{name}-feeder"

    def __enter__(self):
        if os.geteuid() != 0:
            raise CannotRun("needs root")
        try:
            with open(ERROR_COST, "r+", encoding="ascii") as setting:
                fcntl.flock(setting, fcntl.LOCK_EX)
                before = setting.read().strip()
                # The lock goes along with the open file, and so ends with the process that puts back.
                self.guard = subprocess.Popen(
                    ["/bin/sh", "-c", self.PUT_BACK, "put-back", before, str(ERROR_COST), self.router, self.feeder],
                    stdin=subprocess.PIPE, start_new_session=True, pass_fds=[setting.fileno()])
        except OSError as error:
            raise CannotRun(f"{ERROR_COST}: {error.strerror}") from error
        ERROR_COST.write_text("0\n", encoding="ascii")
        return self

    def __exit__(self, *_):
        self.guard.stdin.close()
        self.guard.wait()


class Router:
    """Linux with the ports of topology.py. It knows nothing but its tables: each comparison has one of its own."""

    def __init__(self, machine, routes):
        self.machine, self.routes, self.socket = machine, routes, None
        self.markers = 0
        self.unsolicited = []

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.socket:
            self.socket.close()  # it would hold its namespace
        for namespace in (self.machine.router, self.machine.feeder):
            if pathlib.Path(f"/run/netns/{namespace}").exists():
                command("ip", "netns", "delete", namespace)

    def build(self):
        router, feeder = self.machine.router, self.machine.feeder
        for namespace in (router, feeder):
            command("ip", "netns", "add", namespace)
        with inside(feeder):
            settings.apply_to_feeder()
        with inside(router):
            settings.apply_to_router()
        batch(router, topology.links(feeder))
        offloads = [word for offload in settings.OFFLOADS for word in (offload, "off")]
        for namespace in (router, feeder):
            with inside(namespace):
                for name in topology.PORTS:
                    command("ethtool", "-K", name, *offloads)
        with inside(router):
            for name in topology.PORTS:
                settings.apply_to_port(name)
        with inside(feeder):
            # One socket for all ports, so that frames of different ports have an order.
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
        batch(feeder, [f"link set {name} arp off up" for name in topology.PORTS])
        batch(router, topology.tables(self.routes))
        self.wait_for_links()

    def feed(self, frames):
        """What came of each frame, in order; all frames are (port, bytes). What Linux sends by itself in between goes
        into `unsolicited`."""
        cpus = os.sched_getaffinity(0)
        # On one CPU frames keep their order: what comes out before the marker's answer is the frame's.
        os.sched_setaffinity(0, {min(cpus)})
        try:
            outcomes = [self.one(port, data) for port, data in frames]
        finally:
            os.sched_setaffinity(0, cpus)
        self.unsolicited += self.drain()
        _, dropped = struct.unpack("=II", self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        if dropped:
            raise RuntimeError(f"{dropped} frames were lost at the feeder")
        return outcomes

    def one(self, port, data):
        self.unsolicited += self.drain()
        self.send(port, data)
        sent = self.until_answered(port, self.send_marker(port), PATIENCE)
        if sent is None:
            raise RuntimeError(f"Linux does not answer ARP on {port}")
        return sent

    def until_answered(self, port, marker, seconds):
        """What comes out before the answer to a marker; None where none comes in time."""
        self.socket.settimeout(seconds)
        sent = []
        with contextlib.suppress(TimeoutError):
            while True:
                answer, address = self.socket.recvfrom(65_600)
                if answer[:6] == marker:
                    return sent
                if is_report(answer):
                    continue
                sent.append((address[0], answer))
        return None

    def wait_for_links(self):
        """A link that has come up takes frames a moment later, and loses them until then."""
        for port in topology.PORTS:
            deadline = time.monotonic() + PATIENCE
            while self.until_answered(port, self.send_marker(port), 0.02) is None:
                if time.monotonic() > deadline:
                    raise CannotRun(f"the veth of {port} does not come up")
            # A port has its link-local address, which asks for neighbours, when it knows that its link is up.
            while not self.has_link_local(port):
                if time.monotonic() > deadline:
                    raise CannotRun(f"{port} gets no link-local address")
                time.sleep(0.01)
        self.drain()

    def has_link_local(self, port):
        with inside(self.machine.router):
            lines = pathlib.Path("/proc/thread-self/net/if_inet6").read_text(encoding="ascii").splitlines()
        return any(words[0].startswith("fe80") and words[5] == port for words in map(str.split, lines))

    def send(self, port, data):
        self.socket.sendto(data, (port, 0))

    def send_marker(self, port):
        """An ARP request of a permanent neighbour, which Linux answers and does not learn from, from a MAC that no
        other frame has."""
        self.markers += 1
        mac = b"\x02\x5e" + self.markers.to_bytes(4, "big")
        own = topology.PORTS[port]
        sender = next(address for (name, address) in topology.NEIGHBOURS if name == port)
        target = own["addresses"][0].split("/")[0]
        self.send(port, bytes.fromhex(own["mac"].replace(":", "")) + mac + bytes.fromhex("08060001080006040001")
                  + mac + socket.inet_aton(sender) + bytes(6) + socket.inet_aton(target))
        return mac

    def drain(self):
        self.socket.setblocking(False)
        frames = []
        with contextlib.suppress(BlockingIOError):
            while True:
                answer, address = self.socket.recvfrom(65_600)
                if not is_report(answer):
                    frames.append((address[0], answer))
        return frames


def is_report(data):
    """Linux tells of the groups that it hears (RFC 3810) when it likes."""
    return data[12:14] == b"\x86\xdd" and data[20:21] == b"\0" and data[62:63] == b"\x8f"


def batch(namespace, lines):
    command("ip", "-netns", namespace, "-batch", "-", text="\n".join(lines) + "\n")
