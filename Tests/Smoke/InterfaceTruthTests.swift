// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// An `interface:` port brings frames in as they were on the wire, and sends them as they are. What is sent and
/// what comes out are judged by packet sockets of the test's own (`wire.py`).
@Suite(
    .enabled(
        if: Conditions.canMakeNamespaces,
        "needs root that can make network namespaces, ethtool and iperf3"))
struct InterfaceTruthTests {
    private static func wire(mtu: Int) -> String {
        """
        version: 1
        forward: cross-connect
        ports:
          left: {device: "interface:left", mtu: \(mtu)}
          right: {device: "interface:right", mtu: \(mtu)}
        crossConnect: [[left, right]]

        """
    }

    @Test(
        "fragments, tags of all kinds and every size cross unchanged and in order",
        arguments: [1_500, 9_000])
    func unchanged(mtu: Int) async throws {
        let frames = try await Wire.frames(mtu: mtu)
        try #require(frames.count > 40)
        try await TwoHosts.with("", mtu: mtu) { hosts in
            try await DaemonProcess.using(Self.wire(mtu: mtu), through: hosts.inside(.middle)) {
                daemon in
                for (host, other) in [(TwoHosts.Host.left, TwoHosts.Host.right), (.right, .left)] {
                    let found = try await Wire(hosts: hosts).cross(frames, from: host, to: other)
                    let missing = frames.filter { !found.contains($0.bytes) }
                    #expect(missing == [])
                    #expect(found == frames.map(\.bytes))
                }
                let ledger = try await daemon.stats().ledger
                #expect(ledger.received == 2 * UInt64(frames.count))
                #expect(ledger.transmitted == 2 * UInt64(frames.count))
                #expect(try await hosts.counter(.right, "tx_packets") == UInt64(frames.count))
            }
        }
    }

    /// The kernel's word for each is that of `ip -j link show`.
    @Test("freeway interfaces says what Linux knows of each, and what Freeway does")
    func interfaces() async throws {
        try await TwoHosts.with("", mtu: 1_500) { hosts in
            try await DaemonProcess.using(Self.wire(mtu: 1_400), through: hosts.inside(.middle)) {
                daemon in
                let reply = try await daemon.query("interfaces", as: InterfacesReply.self)
                #expect(reply.interfaceOrder == ["left", "right"])
                for name in reply.interfaceOrder {
                    let interface = try #require(reply.interfaces[name])
                    let linux = try #require(interface.linux)
                    let shown = try await FreewayProcess.run(
                        ["-j", "link", "show", "dev", name], program: "ip",
                        through: hosts.inside(.middle))
                    let facts = try #require(
                        try JSONSerialization.jsonObject(with: Data(shown.output.utf8))
                            as? [[String: Any]]
                    ).first
                    #expect(linux.name == name)
                    #expect(linux.index == facts?["ifindex"] as? Int)
                    #expect(linux.mtu == facts?["mtu"] as? Int)
                    #expect(linux.mac == facts?["address"] as? String)
                    #expect(linux.up && linux.carrier && interface.up)
                    #expect(interface.mtu == 1_400 && interface.mac == linux.mac)
                }
                try await hosts.shell("ip -n $middle link set left down")
                let isDown: Bool? = try await firstAnswer {
                    let left = try await daemon.query("interfaces", as: InterfacesReply.self)
                        .interfaces["left"]
                    let isTold =
                        left?.up == false && left?.linux?.up == false
                        && left?.obstacle?.contains("left is switched off") == true
                    return isTold ? true : nil
                }
                #expect(isDown == true)
            }
        }
    }

    /// The kernel's own software segmentation gives the same frames; wire.py says how that was compared.
    @Test(
        "what a sender leaves to its card arrives as the card would have sent it",
        arguments: ["tcp4", "tcp6", "udp4", "udp6"])
    func finished(kind: String) async throws {
        try await TwoHosts.with("", leavesChecksums: true) { hosts in
            try await DaemonProcess.using(Self.wire(mtu: 1_500), through: hosts.inside(.middle)) {
                daemon in
                let wire = Wire(hosts: hosts)
                for rest in [[], ["--vlan", "5"], ["--payload", "60000"], ["--size", "997"]] {
                    let (wanted, found) = try await wire.finish(
                        ["gso", "eth0", "--kind", kind] + rest)
                    #expect(wanted.count > 10)
                    #expect(found == wanted, "\(kind) \(rest)")
                }
                for rest in [[], ["--vlan", "7"], ["--payload", "1"]] {
                    let (wanted, found) = try await wire.finish(
                        ["partial", "eth0", "--kind", kind] + rest)
                    #expect(wanted.count == 1)
                    #expect(found == wanted, "\(kind) \(rest)")
                }
                #expect(try await daemon.stats().ledger.isBalanced)
            }
        }
    }

    @Test("hosts that leave checksums and segmentation to their cards transfer over TCP")
    func transfer() async throws {
        try await TwoHosts.with(
            """
            ip -n $left addr add 10.9.0.1/24 dev eth0
            ip -n $right addr add 10.9.0.2/24 dev eth0
            """, leavesChecksums: true
        ) { hosts in
            try await DaemonProcess.using(Self.wire(mtu: 1_500), through: hosts.inside(.middle)) {
                daemon in
                try await hosts.transfer(from: .left, to: .right, "10.9.0.2", backwards: false)
                let stats = try await daemon.stats()
                // Whole segments: 24 MB in frames of at most 1,514 bytes are more than 16,000.
                #expect(stats.ledger.received > 16_000)
                let counters = try await daemon.query("ports", as: PortsReply.self)
                #expect(counters.ports.map(\.counters.ierrors) == [0, 0])
            }
        }
    }

    @Test("what the machine itself sends on the interface does not count as received")
    func ownFrames() async throws {
        try await TwoHosts.with(
            """
            ip -n $middle addr add 10.9.0.9/24 dev left
            ip -n $middle neigh add 10.9.0.1 lladdr 02:00:00:00:00:01 dev left nud permanent
            """
        ) { hosts in
            try await DaemonProcess.using(Self.wire(mtu: 1_500), through: hosts.inside(.middle)) {
                daemon in
                let sent = try await hosts.counter(.left, "tx_packets")
                _ = try await FreewayProcess.run(
                    ["-n", "-c", "5", "-i", "0.01", "-W", "1", "10.9.0.1"], program: "ping",
                    through: hosts.inside(.middle))
                #expect(try await hosts.counter(.left, "tx_packets") >= sent + 5)
                // A frame of the left host comes after them: when it is there, they would be.
                let frame = try #require(try await Wire.frames(mtu: 1_500).first)
                _ = try await Wire(hosts: hosts).cross([frame], from: .left, to: .right)
                #expect(try await daemon.stats().ledger.received == 1)
            }
        }
    }

    @Test(
        "what Linux's ring has no room for is counted: the kernel's count is ours and what was missed"
    )
    func missed() async throws {
        try await TwoHosts.with("") { hosts in
            try await DaemonProcess.using(Self.wire(mtu: 1_500), through: hosts.inside(.middle)) {
                daemon in
                let frame = try #require(try await Wire.frames(mtu: 1_500).first)
                let pid = try #require(
                    try await daemon.curl("/v1/version", as: VersionReply.self).first
                ).pid
                // The ring holds 4,096 frames; nobody takes any of them.
                kill(pid, SIGSTOP)
                try await Wire(hosts: hosts).send(
                    [Wire.Frame](repeating: frame, count: 5_000), from: .left)
                kill(pid, SIGCONT)
                var seen = ""
                let agrees: Bool? = try await firstAnswer {
                    let port = try #require(
                        try await daemon.query("ports", as: PortsReply.self).ports.first)
                    let passed = try await hosts.counter(.left, "rx_packets")
                    seen = "\(port), the kernel: \(passed)"
                    return passed == 5_000 && port.counters.imissed > 0
                        && port.received.frames + port.counters.imissed == passed ? true : nil
                }
                #expect(agrees == true, "\(seen)")
                #expect(try await daemon.stats().ledger.isBalanced)
            }
        }
    }

    @Test(
        "frames that the other end does not take are dropped by name, and the rest is the kernel's count"
    )
    func refused() async throws {
        // The right host's card is smaller than the port's MTU: Linux drops what is too large for it.
        try await TwoHosts.with("ip -n $right link set eth0 mtu 1000") { hosts in
            try await DaemonProcess.using(Self.wire(mtu: 1_500), through: hosts.inside(.middle)) {
                daemon in
                let frames = try await Wire.frames(mtu: 1_500)
                let fitting = frames.filter { $0.bytes.utf8.count / 2 <= 1_014 }
                try #require(fitting.count < frames.count)
                _ = try await Wire(hosts: hosts).cross(
                    frames.filter { !fitting.contains($0) } + fitting, from: .left, to: .right)
                let agrees: Bool? = try await firstAnswer {
                    let ledger = try await daemon.stats().ledger
                    let taken = try await hosts.counter(.right, "tx_packets")
                    return ledger.received == UInt64(frames.count)
                        && ledger.transmitted == taken && taken < ledger.received
                        && ledger.dropped.values.reduce(0, +) == ledger.received - taken
                        ? true : nil
                }
                let ledger = try await daemon.stats().ledger
                #expect(agrees == true, "\(ledger)")
                #expect(ledger.isBalanced)
            }
        }
    }
}
