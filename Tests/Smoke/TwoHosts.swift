// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import ProcessSupport
import Testing

/// Two Linux hosts, each in a network namespace of its own, with a cable each to a third one, in which
/// the forwarder runs: the cables end there as `left` and `right`.
struct TwoHosts: Sendable {
    enum Host: String, Sendable {
        case left, right
        /// Where the forwarder runs.
        case middle
    }

    private let id: String

    /// Makes the namespaces, runs the work and takes them away.
    /// - Parameters:
    ///   - setup: shell commands with `$left`, `$right` and `$middle` for the namespaces.
    ///   - mtu: of both ends of both cables.
    ///   - leavesChecksums: whether hosts leave checksums, and taking frames apart, to their cards.
    static func with(
        _ setup: String, mtu: Int = 1_500, leavesChecksums: Bool = false,
        _ work: @Sendable (TwoHosts) async throws -> Void
    ) async throws {
        try await MachineTurn.shared.take {
            let hosts = TwoHosts(id: "fw\(getpid())-\(UInt16.random(in: 0...(.max)))")
            do {
                let cables = cables(mtu, leavesChecksums: leavesChecksums)
                try await hosts.shell(cables + setup)
                try await work(hosts)
            } catch {
                await hosts.remove()
                throw error
            }
            await hosts.remove()
        }
    }

    /// IPv6 is off, so that the kernel sends nothing of its own accord and counts can be compared.
    private static func cables(_ mtu: Int, leavesChecksums: Bool) -> String {
        """
        for name in $left $right $middle; do
            ip netns add $name
            ip netns exec $name sysctl -qw net.ipv6.conf.all.disable_ipv6=1
            ip netns exec $name sysctl -qw net.ipv6.conf.default.disable_ipv6=1
        done
        for name in left right; do
            eval host=\\$$name
            ip -n $middle link add $name mtu \(mtu) type veth peer name eth0 mtu \(mtu) netns $host
            ip -n $middle link set $name up
            ip -n $host link set lo up
            ip -n $host link set eth0 up
            \(leavesChecksums ? "" : "ip netns exec $host ethtool -K eth0 tx off >/dev/null")
        done

        """
    }

    func name(_ host: Host) -> String { "\(id)-\(host.rawValue)" }

    /// The words that run a program in a namespace.
    func inside(_ host: Host) -> [String] { ["ip", "netns", "exec", name(host)] }

    func shell(_ script: String) async throws {
        let names = [Host.left, .right, .middle].map { "\($0.rawValue)=\(name($0))\n" }.joined()
        let outcome = try await FreewayProcess.run(["-euc", names + script], program: "sh")
        try #require(outcome.code == 0, "\(outcome)")
    }

    private func remove() async {
        for host in [Host.left, .right, .middle] {
            _ = try? await FreewayProcess.run(["netns", "delete", name(host)], program: "ip")
        }
    }

    func ping(from host: Host, _ address: String) async throws -> ProcessOutcome {
        try await FreewayProcess.run(
            ["-n", "-c", "5", "-i", "0.2", "-W", "5", address], program: "ping",
            through: inside(host))
    }

    /// Sends 24 MB over TCP from one host to the other.
    /// - Parameter backwards: whether the other one sends.
    func transfer(from host: Host, to other: Host, _ address: String, backwards: Bool) async throws
    {
        let server = try FreewayProcess(
            ["-s", "-1", "-B", address, "--forceflush"], program: "iperf3",
            through: inside(other))
        let listens: Bool? = await firstAnswer {
            server.output.contains("Server listening") ? true : nil
        }
        #expect(listens == true, "\(server.errors)")
        let client = try? await FreewayProcess.run(
            ["-c", address, "-n", "24M"] + (backwards ? ["-R"] : []), program: "iperf3",
            through: inside(host), within: .seconds(60))
        if client?.code != 0 { server.send(SIGKILL) }
        _ = try await server.outcome()
        #expect(client?.code == 0, "\(client.map(\.description) ?? "iperf3 did not end")")
    }

    /// The kernel's counters of the forwarder's end of a cable.
    func counter(_ cable: Host, _ name: String) async throws -> UInt64 {
        try await counter(interface: cable.rawValue, name)
    }

    /// The kernel's counters of an interface beside the forwarder.
    func counter(interface: String, _ name: String) async throws -> UInt64 {
        let outcome = try await FreewayProcess.run(
            ["/sys/class/net/\(interface)/statistics/\(name)"], program: "cat",
            through: inside(.middle))
        return try #require(UInt64(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)))
    }
}
