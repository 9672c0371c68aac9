// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Next hops on a Linux host that come and go, and routes that take turns.
@Suite(
    .enabled(
        if: Conditions.canMakeNamespaces && Conditions.canLookAround,
        "needs root that can make network namespaces, ethtool, iperf3, arping, traceroute and nmap")
)
struct NextHopLiveTests {
    /// Two routers, as it were, on the host to the right; behind both are 172.16.0.1 and 172.17.0.1.
    private static let hosts = """
        ip -n $left addr add 10.1.0.2/24 dev eth0
        ip -n $left route add default via 10.1.0.1
        ip -n $right addr add 10.2.0.2/24 dev eth0
        ip -n $right addr add 10.2.0.3/24 dev eth0
        ip -n $right addr add 172.16.0.1/32 dev lo
        ip -n $right addr add 172.17.0.1/32 dev lo
        ip -n $right route add 10.1.0.0/24 via 10.2.0.1
        ip netns exec $right sysctl -qw net.ipv4.conf.eth0.promote_secondaries=1

        """

    private static let router = """
        version: 1
        forward: route
        ports:
          left: {device: "interface:left", addresses: [10.1.0.1/24]}
          right: {device: "interface:right", addresses: [10.2.0.1/24]}
        routes:
          - {to: 172.16.0.0/16, via: 10.2.0.2, metric: 1, track: neighbour}
          - {to: 172.16.0.0/16, via: 10.2.0.3, metric: 2}
          - {to: 172.17.0.0/16, via: [10.2.0.2, 10.2.0.3], track: neighbour}
          - {to: 172.18.0.0/16, via: 172.16.0.1}

        """

    private func standby(_ daemon: DaemonProcess) async throws -> [Bool] {
        try await ControlClient.unhurried(daemon.socket)
            .routes(within: "172.16.0.0/16", limit: 10).routes.map { $0.standby == true }
    }

    @Test(
        "a route gives way while its next hop is not there, also when nothing is sent, and comes back"
    )
    func tracking() async throws {
        try await TwoHosts.with(Self.hosts) { hosts in
            try await DaemonProcess.using(Self.router, through: hosts.inside(.middle)) { daemon in
                let isThere: Bool? = try await firstAnswer {
                    try await hosts.ping(from: .left, "172.16.0.1").code == 0 ? true : nil
                }
                #expect(isThere == true)
                #expect(try await standby(daemon) == [false, true])
                try await hosts.transfer(from: .left, to: .right, "172.17.0.1", backwards: false)
                // One of the two is gone, and nobody says so.
                try await hosts.shell("ip -n $right addr del 10.2.0.2/24 dev eth0")
                let gaveWay: Bool? = try await firstAnswer {
                    try await standby(daemon) == [true, false] ? true : nil
                }
                #expect(gaveWay == true)
                for address in ["172.16.0.1", "172.17.0.1"] {
                    let outcome = try await hosts.ping(from: .left, address)
                    #expect(outcome.output.contains("5 received"), "\(outcome)")
                }
                try await hosts.transfer(from: .left, to: .right, "172.17.0.1", backwards: true)
                let remote = try await FreewayProcess.run([
                    "routes", "get", "172.18.0.1", "--socket", daemon.socket,
                ])
                #expect(remote.output.contains("via 172.16.0.1 through 10.2.0.3"), "\(remote)")
                try await hosts.shell("ip -n $right addr add 10.2.0.2/24 dev eth0")
                let isBack: Bool? = try await firstAnswer {
                    try await standby(daemon) == [false, true] ? true : nil
                }
                #expect(isBack == true)
                let stats = try await daemon.stats()
                #expect(stats.ledger.isBalanced, "\(stats.ledger)")
            }
        }
    }
}
