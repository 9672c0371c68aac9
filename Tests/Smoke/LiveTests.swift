// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Frames of real Linux hosts through a forwarder on `interface:` ports.
@Suite(
    .enabled(
        if: Conditions.canMakeNamespaces,
        "needs root that can make network namespaces, ethtool and iperf3"))
struct LiveTests {
    @Test("two hosts talk through a cross-connect, and the counters are the kernel's")
    func crossConnect() async throws {
        try await TwoHosts.with(
            """
            ip -n $left addr add 10.9.0.1/24 dev eth0
            ip -n $right addr add 10.9.0.2/24 dev eth0
            """
        ) { hosts in
            try await DaemonProcess.using(
                BusyConfiguration.wire("interface:left", "interface:right"),
                through: hosts.inside(.middle)
            ) { daemon in
                try await talk(hosts, "10.9.0.1", "10.9.0.2", timeToLive: 64) {
                    // At this rate nothing is lost: the kernel's counts are the forwarder's.
                    try await compare(hosts, daemon, isLossless: true)
                }
                try await compare(hosts, daemon, isLossless: false)
            }
        }
    }

    @Test("two hosts on different networks talk through a router")
    func route() async throws {
        try await TwoHosts.with(
            """
            ip -n $left link set eth0 address 02:00:00:00:01:02
            ip -n $left addr add 10.1.0.2/24 dev eth0
            ip -n $left neigh add 10.1.0.1 lladdr 02:00:00:00:01:01 dev eth0 nud permanent
            ip -n $left route add default via 10.1.0.1
            ip -n $right link set eth0 address 02:00:00:00:02:02
            ip -n $right addr add 10.2.0.2/24 dev eth0
            ip -n $right neigh add 10.2.0.1 lladdr 02:00:00:00:02:01 dev eth0 nud permanent
            ip -n $right route add default via 10.2.0.1
            """
        ) { hosts in
            try await DaemonProcess.using(
                """
                version: 1
                forward: route
                ports:
                  left: {device: "interface:left", mac: 02:00:00:00:01:01, addresses: [10.1.0.1/24]}
                  right: {device: "interface:right", mac: 02:00:00:00:02:01, addresses: [10.2.0.1/24]}
                neighbours:
                  - {port: left, address: 10.1.0.2, mac: 02:00:00:00:01:02}
                  - {port: right, address: 10.2.0.2, mac: 02:00:00:00:02:02}

                """, through: hosts.inside(.middle)
            ) { daemon in
                // One less: the reply passed the router once.
                try await talk(hosts, "10.1.0.2", "10.2.0.2", timeToLive: 63) {
                    try await compare(hosts, daemon, isLossless: true)
                }
                let ports = try await daemon.query("ports", as: PortsReply.self)
                #expect(ports.ports.map(\.mac) == ["02:00:00:00:01:01", "02:00:00:00:02:01"])
            }
        }
    }

    @Test("a cable that is pulled stops the frames to it, and plugged in again lets them pass")
    func link() async throws {
        try await TwoHosts.with(
            """
            ip -n $left addr add 10.9.0.1/24 dev eth0
            ip -n $right addr add 10.9.0.2/24 dev eth0
            """
        ) { hosts in
            try await DaemonProcess.using(
                BusyConfiguration.wire("interface:left", "interface:right"),
                through: hosts.inside(.middle)
            ) { daemon in
                let before = try await hosts.ping(from: .left, "10.9.0.2")
                #expect(before.code == 0, "\(before)")
                try await hosts.shell("ip -n $right link set eth0 down")
                #expect(try await hasLink(daemon, "right", up: false))
                _ = try await hosts.ping(from: .left, "10.9.0.2")
                let ledger = try await daemon.stats().ledger
                #expect(ledger.dropped["linkDown"] ?? 0 > 0, "\(ledger)")
                #expect(ledger.isBalanced)
                try await hosts.shell("ip -n $right link set eth0 up")
                #expect(try await hasLink(daemon, "right", up: true))
                let after = try await hosts.ping(from: .left, "10.9.0.2")
                #expect(after.code == 0, "\(after)")
                #expect(daemon.process.errors.contains("the link of right is down"))
                #expect(daemon.process.errors.contains("the link of right is up"))
            }
        }
    }

    /// Waits until the daemon has seen the link go up or down.
    private func hasLink(_ daemon: DaemonProcess, _ port: String, up: Bool) async throws -> Bool {
        let word = up ? "up" : "down"
        return await firstAnswer {
            daemon.process.errors.contains("the link of \(port) is \(word)") ? true : nil
        } ?? false
    }

    /// Pings and transfers, both ways.
    private func talk(
        _ hosts: TwoHosts, _ left: String, _ right: String, timeToLive: Int,
        betweenPingAndTransfer check: () async throws -> Void
    ) async throws {
        for (host, address) in [(TwoHosts.Host.left, right), (.right, left)] {
            let ping = try await hosts.ping(from: host, address)
            #expect(ping.code == 0, "\(ping)")
            #expect(ping.output.contains(" ttl=\(timeToLive) "), "\(ping)")
            #expect(ping.output.contains("5 received, 0% packet loss"), "\(ping)")
        }
        try await check()
        for backwards in [false, true] {
            try await hosts.transfer(from: .left, to: .right, right, backwards: backwards)
        }
    }

    /// What the forwarder sent, the kernel has taken; what the kernel passed on, the forwarder received,
    /// except what the ring between them did not hold.
    private func compare(_ hosts: TwoHosts, _ daemon: DaemonProcess, isLossless: Bool) async throws
    {
        for cable in [TwoHosts.Host.left, .right] {
            var seen = ""
            let agrees: Bool? = try await firstAnswer(within: .seconds(10)) {
                let totals = try #require(try await daemon.stats().ports[cable.rawValue])
                let taken = try await hosts.counter(cable, "tx_packets")
                let takenBytes = try await hosts.counter(cable, "tx_bytes")
                let passed = try await hosts.counter(cable, "rx_packets")
                let passedBytes = try await hosts.counter(cable, "rx_bytes")
                seen = "\(totals), the kernel: \(taken) \(takenBytes) \(passed) \(passedBytes)"
                guard totals.transmitted == taken, totals.transmittedBytes == takenBytes else {
                    return nil
                }
                return isLossless
                    ? totals.received == passed && totals.receivedBytes == passedBytes ? true : nil
                    : totals.received <= passed ? true : nil
            }
            #expect(agrees == true, "\(cable): \(seen)")
        }
    }
}
