#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Random frames through a router among hosts, against the model, which is written from the RFCs and shares no code with it.

    Tests/Cases/random_cases.py .build/release/freeway --count 100
    Tests/Cases/random_cases.py .build/release/freeway --seed 4711 --count 1 --keep

Each case has 200 frames of all kinds: packets to hosts that are known, asked for and silent, ARP right and wrong, tags, options,
fragments, messages about messages, damaged frames, pauses of microseconds and of seconds; in some, limits are low, sources are
checked and a link goes down and up. `freeway test` runs it with one worker and with several, and compares all that leaves, byte
for byte, and each drop reason. A case that fails stays, and its seed is printed.
"""

import argparse
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import ARP, Dot1AD, Dot1Q, Ether
from scapy.packet import Raw

from casebook import Case, pcapfile
from frames import BROADCAST, START

FRAMES = 200

CONFIG = """
version: 1
forward: route
memory: {routes: 100}
ports:
  wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]WAN}
  lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24, 203.0.113.1/30], mtu: 1504}
interfaces:
  lan.100: {addresses: [10.1.0.1/24], mtu: 1200VLAN}
  lan.200: {addresses: [10.2.0.1/28], encapsulation: 802.1ad}
  lan.300.7: {addresses: [10.3.0.1/24]}
routes:
  - {to: 0.0.0.0/0, via: 192.0.2.254}
  - {to: 172.16.0.0/12, via: 198.51.100.2}
  - {to: 172.17.0.0/16, via: 10.1.0.9}
  - {to: 172.18.0.0/16, action: unreachable}
  - {to: 172.19.0.0/16, action: blackhole}
  - {to: 172.20.0.0/16, via: 10.2.0.3}
  - {to: 172.21.0.0/16, via: [192.0.2.254, 192.0.2.9]}
  - {to: 172.22.0.0/16, via: [192.0.2.9, 10.3.0.9]}
neighbours:
  - {port: wan, address: 192.0.2.254, mac: 02:00:00:00:01:fe}
  - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
icmp: {errorsPerSecond: ERRORS}
arp: {requestsPerSecond: QUESTIONS, announce: ANNOUNCE}
"""

TAGS = {"wan": [], "lan": [], "lan.100": [(Dot1Q, 100)], "lan.200": [(Dot1AD, 200)], "lan.300.7": [(Dot1AD, 300), (Dot1Q, 7)]}
NETWORKS = {"wan": "192.0.2.", "lan": "198.51.100.", "lan.100": "10.1.0.", "lan.200": "10.2.0.", "lan.300.7": "10.3.0."}
MACS = {"wan": "02:00:00:00:01:01", "lan": "02:00:00:00:02:01"}
# Few, so that the same ones come again.
HOSTS = [3, 9, 9, 9, 10, 77, 254, 0, 255, 1, 2]
ELSEWHERE = [
    "8.8.8.8", "9.9.9.9", "172.16.0.9", "172.17.0.9", "172.18.0.9", "172.19.3.3", "172.20.0.1", "172.21.0.1", "172.21.0.2",
    "172.22.0.1", "172.22.0.2", "172.22.0.3", "203.0.113.1", "203.0.113.2", "203.0.113.3", "224.0.0.5", "169.254.1.1",
    "127.0.0.1", "255.255.255.255", "0.0.0.0"]
# Around the MTUs of the ways, and around what a message quotes.
SIZES = [0, 1, 22, 100, 519, 520, 521, 1100, 1173, 1180, 1371, 1380, 1473, 1480, 2100, 4000]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, share):
        return self.random.random() < share

    def one(self, values):
        return self.random.choice(values)

    def case(self, name):
        steps = []
        if self.chance(0.3):
            second = self.random.randrange(1, 6)
            steps = [{"at": f"{second}s", "link": {"port": "lan", "state": "down"}},
                     {"at": f"{second + self.random.randrange(1, 5)}s", "link": {"port": "lan", "state": "up"}}]
        config = CONFIG
        for word, value in {
                "WAN": self.one(["", "", ", sourceCheck: strict", ", sourceCheck: loose"]),
                "VLAN": self.one(["", "", ", sourceCheck: strict"]),
                "ERRORS": self.one([0, 50, 1_000, 100_000]), "QUESTIONS": self.one([20_000, 128, 500]),
                "ANNOUNCE": self.one(["live", "always"])}.items():
            config = config.replace(word, str(value))
        case = Case(name, "Random frames", config, describe=False, members_by_hash=True, **({"steps": steps} if steps else {}))
        now = 0
        for number in range(FRAMES):
            now += self.one([
                0, 1_000, 10_000, 1_000_000, 20_000_000, 300_000_000,
                1_100_000_000 if self.chance(0.3) else 5, 16_000_000_000 if self.chance(0.1) else 3])
            port, data = self.frame(number)
            case.inputs.setdefault(port, []).append(pcapfile.Frame(data, START + now, None))
        return case

    def address(self):
        if self.chance(0.5):
            return self.one(list(NETWORKS.values())) + str(self.one(HOSTS))
        return self.one(ELSEWHERE)

    def mac(self, host):
        """Nearly always the same of a host."""
        return f"02:00:00:00:{self.one(['aa', 'aa', 'aa', 'ab'])}:{host:02x}"

    def frame(self, number):
        interface, host = self.one(list(TAGS)), self.one(HOSTS)
        port = interface.split(".", maxsplit=1)[0]
        header = Ether(src=self.mac(host), dst=self.random.choices(
            [MACS[port], BROADCAST, "02:00:00:00:09:09", "01:00:5e:00:00:05"], [20, 4, 1, 1])[0])
        if self.chance(0.05):
            header /= Dot1Q(vlan=0, prio=3)
        for kind, vlan in TAGS[interface]:
            header /= kind(vlan=vlan, prio=self.random.randrange(8))
        if self.chance(0.35):
            return port, self.damaged(bytes(header / self.arp(interface, host)), 0.03, 14)
        return port, self.damaged(bytes(header / self.packet(interface, host, number)), 0.03, 1)

    def damaged(self, data, share, least):
        """Longer by what is no packet's, with a bit turned over, or cut."""
        if self.chance(0.2):
            data = data.ljust(60, b"\xa5") if self.chance(0.5) else data + b"\xa5" * self.one([1, 18, 700])
        if self.chance(2 * share):
            place = self.random.randrange(len(data))
            data = data[:place] + bytes([data[place] ^ 1 << self.random.randrange(8)]) + data[place + 1:]
        return data[:self.random.randrange(least, len(data))] if self.chance(share) else data

    def arp(self, interface, host):
        network = NETWORKS[interface]
        question = ARP(
            op=self.one([1, 2]) if self.chance(0.8) else self.one([1, 2, 3]),
            hwsrc=self.mac(host) if self.chance(0.95) else self.one(["01:00:00:00:00:01", "00:00:00:00:00:00", BROADCAST]),
            psrc="0.0.0.0" if self.chance(0.08) else network + str(host) if self.chance(0.9) else self.address(),
            hwdst=MACS[interface.split(".", maxsplit=1)[0]],
            pdst=network + str(self.one([1, 1, 1, 9, host])) if self.chance(0.9) else self.address())
        if self.chance(0.03):
            question.hwsrc = MACS[interface.split(".", maxsplit=1)[0]]
        if self.chance(0.02):
            question.hwlen = 8
        return question

    def packet(self, interface, host, number):
        fields = {
            "src": NETWORKS[interface] + str(host) if self.chance(0.6) else self.address(),
            "dst": self.address() if self.chance(0.85) else self.one(list(NETWORKS.values())) + "1",
            "ttl": self.one([0, 1, 1, 2, 64, 64, 64, 255]), "id": number, "tos": self.one([0, 0x10, 0xFF]),
            "flags": self.one([0, 0, "DF", "DF", "MF"]), "frag": self.one([0] * 8 + [3])}
        if self.chance(0.1):
            fields["options"] = [b"\x01" * 4 * self.random.randrange(1, 11)]
        above = self.one([
            UDP(sport=self.one([4000, 4001]), dport=5000), TCP(sport=4000, dport=80), ICMP(type=8, id=1, seq=number),
            ICMP(type=self.one([0, 3, 4, 5, 8, 11, 12, 13, 17, 18, 19, 40])), None])
        packet = IP(**fields) / above if above is not None else IP(proto=self.one([1, 17, 6, 47, 253]), **fields)
        return packet / Raw(self.random.randbytes(self.one(SIZES)))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", type=pathlib.Path)
    arguments.add_argument("--seed", type=int, default=None, help="of the first case; the others count on from there")
    arguments.add_argument("--count", type=int, default=20, help="cases")
    arguments.add_argument("--seconds", type=float, help="as many cases as come in this time, in the place of --count")
    arguments.add_argument("--workers", default="1,4")
    arguments.add_argument("--keep", action="store_true", help="keep the folder of each case")
    options = arguments.parse_args()
    first = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {first}", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="freeway-random-"))
    end = time.monotonic() + options.seconds if options.seconds else None
    seed, failed = first, []
    while time.monotonic() < end if end else seed < first + options.count:
        case = Maker(seed).case(f"random-{seed}")
        case.write(folder / case.name)
        words = [options.binary, "test", folder / case.name, "--workers", options.workers]
        result = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if result.returncode != 0:
            failed.append(seed)
            print(f"seed {seed} failed, see {folder / case.name}:\n{result.stdout}", flush=True)
        elif not options.keep:
            for path in (folder / case.name).iterdir():
                path.unlink()
            (folder / case.name).rmdir()
        seed += 1
    print(f"{seed - first} cases of {FRAMES} frames, {len(failed)} failed")
    if not any(folder.iterdir()):
        folder.rmdir()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
