// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Linux hosts of IPv6 that know nothing of Freeway but its addresses, or not even these.
@Suite(
    .enabled(
        if: Conditions.canMakeNamespaces && Conditions.canLookAround,
        "needs root that can make network namespaces, ethtool, iperf3, arping, traceroute and nmap")
)
struct IPv6LiveTests {
    /// The kernel sends nothing for a router that it finds by itself, unless it is to.
    private static func hosts(_ more: String = "", acceptsRouters: Int = 0) -> String {
        """
        for name in $left $right; do
            ip netns exec $name sysctl -qw net.ipv6.conf.eth0.accept_ra=\(acceptsRouters)
            ip netns exec $name sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.eth0.disable_ipv6=0
        done
        \(more)

        """
    }

    private static let addresses = """
        ip -n $left addr add 2001:db8:1::2/64 dev eth0 nodad
        ip -n $left route add default via 2001:db8:1::1
        ip -n $right addr add 2001:db8:2::2/64 dev eth0 nodad
        ip -n $right route add default via 2001:db8:2::1
        """

    private static let router = """
        version: 1
        forward: route
        ports:
          left: {device: "interface:left", addresses: ["2001:db8:1::1/64"]}
          right: {device: "interface:right", addresses: ["2001:db8:2::1/64"]}
        routes:
          - {to: "2001:db8:3::/48", action: unreachable}
          - {to: "2001:db8:4::/48", action: prohibit}

        """

    private func run(
        _ hosts: TwoHosts, _ host: TwoHosts.Host, _ program: String, _ words: String...
    ) async throws -> String {
        try await FreewayProcess.run(
            words, program: program, through: hosts.inside(host), within: .seconds(60)
        ).output
    }

    @Test(
        "they reach their gateway, each other and know what is not there; every frame is accounted for"
    )
    func withoutStaticNeighbours() async throws {
        try await TwoHosts.with(Self.hosts(Self.addresses)) { hosts in
            try await DaemonProcess.using(Self.router, through: hosts.inside(.middle)) { daemon in
                // For a second it makes sure that nobody has its addresses (RFC 4862, 5.4).
                for (host, gateway) in [
                    (TwoHosts.Host.left, "2001:db8:1::1"), (.right, "2001:db8:2::1"),
                ] {
                    let isThere: Bool? = try await firstAnswer {
                        try await hosts.ping(from: host, gateway).code == 0 ? true : nil
                    }
                    #expect(isThere == true)
                }
                for (host, address) in [
                    (TwoHosts.Host.left, "2001:db8:1::1"), (.left, "2001:db8:2::1"),
                    (.left, "2001:db8:2::2"), (.right, "2001:db8:1::2"), (.left, "ff02::2%eth0"),
                ] {
                    let outcome = try await hosts.ping(from: host, address)
                    #expect(outcome.output.contains("5 received"), "\(outcome)")
                }
                let hops = try await run(
                    hosts, .left, "traceroute", "-6", "-n", "-q", "1", "-m", "3", "2001:db8:2::2")
                #expect(
                    hops.contains(" 1  2001:db8:1::1 ") && hops.contains(" 2  2001:db8:2::2 "),
                    "\(hops)")
                for (address, word) in [
                    ("2001:db8:2::77", "Address unreachable"), ("2001:db8:3::1", "Unknown code 6"),
                    ("2001:db8:4::1", "Administratively prohibited"), ("2a00::1", "No route"),
                ] {
                    let outcome = try await run(
                        hosts, .left, "ping", "-n", "-c", "1", "-W", "6", address)
                    #expect(outcome.contains(word), "\(outcome)")
                }
                try await hosts.transfer(
                    from: .left, to: .right, "2001:db8:2::2", backwards: false)
                let known = try await ControlClient.unhurried(daemon.socket).neighbours(
                    limit: 1_000
                ).neighbours
                #expect(known.first { $0.address == "2001:db8:1::2" }?.mac != nil, "\(known)")
                #expect(known.first { $0.address == "2001:db8:2::77" }?.mac == nil, "\(known)")
                // What came before Freeway had the interface is the kernel's alone.
                try await hosts.expectAgreement(with: daemon, framesBefore: 0..<12)
            }
        }
    }

    @Test("sizes around the MTU: what is too big is told of, and the host keeps to it (RFC 8201)")
    func pathMTU() async throws {
        let narrow = Self.router.replacing(
            "[\"2001:db8:2::1/64\"]", with: "[\"2001:db8:2::1/64\"], mtu: 1400")
        try await TwoHosts.with(Self.hosts(Self.addresses)) { hosts in
            try await DaemonProcess.using(narrow, through: hosts.inside(.middle)) { daemon in
                let told = try await run(
                    hosts, .left, "ping", "-n", "-c", "2", "-s", "1400", "2001:db8:2::2")
                #expect(told.contains("mtu=1400"), "\(told)")
                for (size, address) in [
                    ("1352", "2001:db8:2::2"), ("1353", "2001:db8:2::2"), ("4000", "2001:db8:2::2"),
                    ("1452", "2001:db8:1::1"), ("1453", "2001:db8:1::1"),
                    ("20000", "2001:db8:1::1"),
                ] {
                    let outcome = try await run(
                        hosts, .left, "ping", "-n", "-c", "3", "-i", "0.2", "-s", size, address)
                    #expect(outcome.contains("3 received, 0% packet loss"), "\(outcome)")
                }
                try await hosts.transfer(
                    from: .left, to: .right, "2001:db8:2::2", backwards: false)
                let stats = try await daemon.stats()
                #expect(stats.balanced && stats.ledger.parked == 0, "\(stats.ledger)")
            }
        }
    }

    @Test("a host makes an address out of what it is told, and finds its router (RFC 4862)")
    func advertisements() async throws {
        let advertising = Self.router.replacing(
            "[\"2001:db8:1::1/64\"]", with: "[\"2001:db8:1::1/64\"], ra: {interval: 4}"
        ).replacing("[\"2001:db8:2::1/64\"]", with: "[\"2001:db8:2::1/64\"], ra: {}")
        try await TwoHosts.with(Self.hosts(acceptsRouters: 2)) { hosts in
            try await DaemonProcess.using(advertising, through: hosts.inside(.middle)) { _ in
                var addresses: [TwoHosts.Host: String] = [:]
                for host in [TwoHosts.Host.left, .right] {
                    addresses[host] = try await firstAnswer(within: .seconds(30)) {
                        let text = try await run(
                            hosts, host, "ip", "-6", "-o", "addr", "show", "dev", "eth0", "scope",
                            "global", "-tentative")
                        return text.split(separator: " ").first { $0.hasPrefix("2001:db8:") }
                            .map { String($0.prefix { $0 != "/" }) }
                    }
                }
                let right = try #require(addresses[.right])
                let outcome = try await hosts.ping(from: .left, right)
                #expect(outcome.output.contains("5 received"), "\(outcome) \(addresses)")
                let route = try await run(hosts, .left, "ip", "-6", "route", "show", "default")
                #expect(route.contains("via fe80::") && route.contains("proto ra"), "\(route)")
            }
        }
    }

    @Test(
        "an address that a host has is not used, and a host finds out that Freeway has one (RFC 4862, 5.4)"
    )
    func duplicates() async throws {
        let taken = "ip -n $left addr add 2001:db8:1::1/64 dev eth0 nodad"
        try await TwoHosts.with(Self.hosts(taken)) { hosts in
            try await DaemonProcess.using(Self.router, through: hosts.inside(.middle)) { daemon in
                let isTold: Bool? = await firstAnswer {
                    daemon.process.errors.contains(
                        "has our address 2001:db8:1::1, which is not used")
                        || daemon.process.output.contains(
                            "has our address 2001:db8:1::1, which is not used")
                        ? true : nil
                }
                #expect(isTold == true, "\(daemon.process.errors)")
                // The other one is Freeway's, once it has made sure for a second that it is nobody's.
                try await hosts.shell("ip -n $right addr add 2001:db8:2::2/64 dev eth0 nodad")
                let isThere: Bool? = try await firstAnswer {
                    try await hosts.ping(from: .right, "2001:db8:2::1").code == 0 ? true : nil
                }
                #expect(isThere == true)
                try await hosts.shell("ip -n $right addr add 2001:db8:2::1/64 dev eth0")
                let fails: Bool? = try await firstAnswer {
                    let text = try await run(
                        hosts, .right, "ip", "-6", "addr", "show", "dev", "eth0", "dadfailed")
                    return text.contains("2001:db8:2::1") ? true : nil
                }
                #expect(fails == true)
            }
        }
    }
}
