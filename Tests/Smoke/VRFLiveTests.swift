// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Two Linux hosts with the same addresses, each in a VRF of its own, and what leads from one to the other.
@Suite(
    .enabled(
        if: Conditions.canMakeNamespaces && Conditions.canLookAround,
        "needs root that can make network namespaces, ethtool, iperf3, arping, traceroute and nmap")
)
struct VRFLiveTests {
    private static let hosts = """
        for name in $left $right; do
            ip netns exec $name sysctl -qw net.ipv6.conf.eth0.accept_ra=0
            ip netns exec $name sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.eth0.disable_ipv6=0
            ip -n $name addr add 10.0.0.2/24 dev eth0
            ip -n $name addr add fd00:1::2/64 dev eth0 nodad
        done
        ip -n $left addr add 10.5.0.2/24 dev eth0
        ip -n $left addr add fd05::2/64 dev eth0 nodad
        ip -n $left route add 10.6.0.0/24 via 10.5.0.1 src 10.5.0.2
        ip -n $left route add fd06::/64 via fd05::1 src fd05::2
        ip -n $right addr add 10.6.0.2/24 dev eth0
        ip -n $right addr add fd06::2/64 dev eth0 nodad
        ip -n $right route add 10.5.0.0/24 via 10.6.0.1 src 10.6.0.2
        ip -n $right route add fd05::/64 via fd06::1 src fd06::2

        """

    private static let router = """
        version: 1
        forward: route
        ports:
          left:
            device: "interface:left"
            vrf: red
            addresses: [10.0.0.1/24, 10.5.0.1/24, "fd00:1::1/64", "fd05::1/64"]
          right:
            device: "interface:right"
            vrf: blue
            addresses: [10.0.0.1/24, 10.6.0.1/24, "fd00:1::1/64", "fd06::1/64"]
        routes:
          - {vrf: red, to: 10.6.0.0/24, via: {vrf: blue}}
          - {vrf: red, to: "fd06::/64", via: {vrf: blue}}
          - {vrf: blue, to: 10.5.0.0/24, via: {interface: left}}
          - {vrf: blue, to: "fd05::/64", via: {interface: left}}

        """

    @Test("each reaches its own gateway, which has one address, and the other by what leads there")
    func sameAddresses() async throws {
        try await TwoHosts.with(Self.hosts) { hosts in
            try await DaemonProcess.using(Self.router, through: hosts.inside(.middle)) { daemon in
                for host in [TwoHosts.Host.left, .right] {
                    for gateway in ["10.0.0.1", "fd00:1::1"] {
                        let isThere: Bool? = try await firstAnswer {
                            try await hosts.ping(from: host, gateway).code == 0 ? true : nil
                        }
                        #expect(isThere == true, "\(host) \(gateway)")
                    }
                }
                for (host, address) in [
                    (TwoHosts.Host.left, "10.6.0.2"), (.right, "10.5.0.2"), (.left, "fd06::2"),
                    (.right, "fd05::2"), (.left, "10.6.0.1"),
                ] {
                    let outcome = try await hosts.ping(from: host, address)
                    #expect(outcome.output.contains("5 received"), "\(outcome)")
                }
                try await hosts.transfer(from: .left, to: .right, "10.6.0.2", backwards: false)
                try await hosts.transfer(from: .left, to: .right, "fd06::2", backwards: true)
                // Each host has the address that the other one has, too, and they are two to Freeway.
                let neighbours = try await ControlClient.unhurried(daemon.socket)
                    .neighbours(limit: 100).neighbours
                #expect(
                    neighbours.filter { $0.address == "10.0.0.2" }.map(\.vrf).sorted {
                        ($0 ?? "") < ($1 ?? "")
                    } == ["blue", "red"])
                for (vrf, expected) in [("red", "left"), ("blue", "right")] {
                    let shown = try await FreewayProcess.run([
                        "routes", "get", "10.0.0.2", "--vrf", vrf, "--socket", daemon.socket,
                    ])
                    #expect(shown.output.contains("port \(expected)"), "\(shown)")
                }
                let interfaces = try await FreewayProcess.run([
                    "interfaces", "--socket", daemon.socket,
                ])
                #expect(interfaces.output.contains("blue"), "\(interfaces)")
                let none = try await FreewayProcess.run([
                    "routes", "show", "--vrf", "green", "--socket", daemon.socket,
                ])
                #expect(none.errors.contains("no interface belongs to VRF green"), "\(none)")
                let stats = try await daemon.stats()
                #expect(stats.ledger.isBalanced, "\(stats.ledger)")
            }
        }
    }

    @Test("routes of the API are of the VRF that they name")
    func routesOfAPI() async throws {
        try await TwoHosts.with(Self.hosts) { hosts in
            try await DaemonProcess.using(Self.router, through: hosts.inside(.middle)) { daemon in
                try daemon.scratch.write(
                    """
                    add 172.16.0.0/12 via 10.0.0.2 vrf red
                    add 172.16.0.0/12 via 10.6.0.2 vrf blue
                    add 172.17.0.0/16 via vrf blue vrf red
                    """, to: "changes.txt")
                let outcome = try await FreewayProcess.run([
                    "routes", "load", daemon.scratch.file("changes.txt"), "--socket", daemon.socket,
                ])
                #expect(outcome.code == 0, "\(outcome)")
                try await hosts.shell(
                    """
                    ip -n $right addr add 172.17.0.1/32 dev lo
                    ip -n $left route add 172.17.0.1 via 10.5.0.1 src 10.5.0.2
                    """)
                let isThere: Bool? = try await firstAnswer {
                    try await hosts.ping(from: .left, "172.17.0.1").code == 0 ? true : nil
                }
                #expect(isThere == true)
                let client = ControlClient.unhurried(daemon.socket)
                let red = try await client.routes(vrf: "red", within: "172.16.0.0/12", limit: 10)
                #expect(red.routes.map(\.to) == ["172.16.0.0/12", "172.17.0.0/16"])
                #expect(red.routes.map { $0.nextHops[0].vrf } == [nil, "blue"])
                #expect(red.routes.allSatisfy { $0.vrf == "red" })
                #expect(try await client.routes(within: "172.16.0.0/12", limit: 10).routes == [])
            }
        }
    }
}
