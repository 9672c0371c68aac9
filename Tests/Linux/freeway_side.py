# SPDX-License-Identifier: Apache-2.0
"""Freeway with the same frames: a replay, whose outputs are told apart by their times."""

import contextlib
import json
import pathlib
import subprocess
import tempfile

from scapy.utils import RawPcapReader

import pcapfile
import topology

START = 1_700_000_000_000_000_000
# Longer than what the limits of messages want (128 µs for each of their 128 parts), and so short that 7,000 frames are
# through before a host is asked a second time. An odd number: no timer of whole seconds ends at the time of a frame.
INTERVAL = 140_009


class FreewayFailed(Exception):
    """The program ended with an error."""


class Result:
    """For each frame what was sent, (port, bytes) each, and its journey as `freeway explain` tells it."""

    def __init__(self, sent, journeys):
        self.sent, self.journeys = sent, journeys


def replay(program, routes, frames):
    """`frames`: (port, bytes) each."""
    with tempfile.TemporaryDirectory(prefix="freeway-linux-") as folder:
        folder = pathlib.Path(folder)
        (folder / "freeway.yaml").write_text(topology.configuration(routes), encoding="utf-8")
        inputs, outputs = [], []
        times = [START + index * INTERVAL for index in range(len(frames))]
        for name in topology.PORTS:
            pcapfile.write(folder / f"{name}.in.pcap", [
                pcapfile.Frame(data, time) for (port, data), time in zip(frames, times) if port == name])
            inputs += ["--in", f"{name}={folder / name}.in.pcap"]
            outputs += ["--out", f"{name}={folder / name}.out.pcap"]
        run(program, "replay", folder / "freeway.yaml", *inputs, *outputs)
        journeys = json.loads(run(program, "explain", folder / "freeway.yaml", *inputs, "--limit", "100000", "--json"))
        index = {time: number for number, time in enumerate(times)}
        sent = [[] for _ in frames]
        for name in topology.PORTS:
            for data, time in read(folder / f"{name}.out.pcap"):
                if time in index:
                    sent[index[time]].append((name, data))
                elif time < times[-1]:
                    raise FreewayFailed(f"{name} sent a frame at {time}, when none came in: {data.hex()}")
                # Behind the last frame time goes on while packets wait for a MAC address. Nobody asks Linux that.
        return Result(sent, by_frame(journeys, frames))


def run(program, *words):
    try:
        done = subprocess.run([str(word) for word in (program, *words)], capture_output=True, text=True, check=False)
    except OSError as error:
        raise FreewayFailed(f"{program}: {error.strerror}") from error
    if done.returncode:
        raise FreewayFailed(f"freeway {words[0]} ended with {done.returncode}\n{done.stderr.strip()}")
    return done.stdout


def read(path):
    """Frames of a pcap file with nanoseconds, and their times."""
    with contextlib.closing(RawPcapReader(str(path))) as reader:
        for data, about in reader:
            yield data, about.sec * 1_000_000_000 + about.usec


def by_frame(told, frames):
    """Journeys in the order of the frames: they are numbered port by port."""
    journeys = {(frame["journey"]["port"], frame["journey"]["frame"]): frame["journey"] for frame in told["frames"]}
    counts = dict.fromkeys(topology.PORTS, 0)
    result = []
    for port, _ in frames:
        counts[port] += 1
        result.append(journeys[port, counts[port]])
    return result
