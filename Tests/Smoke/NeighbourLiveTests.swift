// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Linux hosts that know nothing of Freeway but its addresses: they ask by ARP, and are asked.
@Suite(
    .enabled(
        if: Conditions.canMakeNamespaces && Conditions.canLookAround,
        "needs root that can make network namespaces, ethtool, iperf3, arping, traceroute and nmap")
)
struct NeighbourLiveTests {
    private static let hosts = """
        ip -n $left addr add 10.1.0.2/16 dev eth0
        ip -n $left route add default via 10.1.0.1
        ip -n $right addr add 10.2.0.2/24 dev eth0
        ip -n $right route add default via 10.2.0.1
        """

    private static let router = """
        version: 1
        forward: route
        ports:
          left: {device: "interface:left", addresses: [10.1.0.1/16]}
          right: {device: "interface:right", addresses: [10.2.0.1/24]}
        routes:
          - {to: 10.9.0.0/16, action: unreachable}

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
        try await TwoHosts.with(Self.hosts) { hosts in
            try await DaemonProcess.using(Self.router, through: hosts.inside(.middle)) { daemon in
                for (host, address) in [
                    (TwoHosts.Host.left, "10.1.0.1"), (.left, "10.2.0.1"), (.left, "10.2.0.2"),
                    (.right, "10.1.0.2"),
                ] {
                    let outcome = try await hosts.ping(from: host, address)
                    #expect(outcome.output.contains("5 received, 0% packet loss"), "\(outcome)")
                }
                let asked = try await run(
                    hosts, .left, "arping", "-c", "2", "-I", "eth0", "10.1.0.1")
                #expect(asked.contains("2 packets received"), "\(asked)")
                let hops = try await run(
                    hosts, .left, "traceroute", "-n", "-q", "1", "-m", "3", "10.2.0.2")
                #expect(hops.contains(" 1  10.1.0.1 ") && hops.contains(" 2  10.2.0.2 "), "\(hops)")
                for (address, word) in [
                    ("10.2.0.77", "Destination Host Unreachable"),
                    ("10.9.0.1", "Destination Host Unreachable"),
                    ("192.168.1.1", "Destination Net Unreachable"),
                ] {
                    let outcome = try await run(
                        hosts, .left, "ping", "-n", "-c", "1", "-W", "6", address)
                    #expect(outcome.contains(word), "\(outcome)")
                }
                try await hosts.transfer(from: .left, to: .right, "10.2.0.2", backwards: false)
                let known = try await ControlClient.unhurried(daemon.socket).neighbours(
                    limit: 1_000
                ).neighbours
                #expect(known.first { $0.address == "10.1.0.2" }?.mac != nil, "\(known)")
                // Who did not answer is known as such for three seconds, and then not at all.
                #expect(known.first { $0.address == "10.2.0.77" }?.mac == nil, "\(known)")
                // All that the kernel had on the cables, it says too.
                try await hosts.expectAgreement(with: daemon)
            }
        }
    }

    @Test(
        "a packet that is too long is answered with the MTU, which the host then keeps to (RFC 1191)"
    )
    func pathMTU() async throws {
        let narrow = Self.router.replacing(
            "addresses: [10.2.0.1/24]", with: "addresses: [10.2.0.1/24], mtu: 1400")
        try await TwoHosts.with(Self.hosts) { hosts in
            try await DaemonProcess.using(narrow, through: hosts.inside(.middle)) { daemon in
                let outcome = try await run(
                    hosts, .left, "ping", "-n", "-c", "2", "-M", "do", "-s", "1472", "10.2.0.2")
                #expect(outcome.contains("mtu = 1400"), "\(outcome)")
                let fits = try await run(
                    hosts, .left, "ping", "-n", "-c", "2", "-M", "do", "-s", "1372", "10.2.0.2")
                #expect(fits.contains("2 received, 0% packet loss"), "\(fits)")
                try await hosts.transfer(from: .left, to: .right, "10.2.0.2", backwards: false)
            }
        }
    }

    @Test(
        "what is longer than the MTU comes through in parts, also to Freeway itself, and traceroute to it ends (RFC 791, 3.2)"
    )
    func parts() async throws {
        let narrow = Self.router.replacing(
            "addresses: [10.2.0.1/24]", with: "addresses: [10.2.0.1/24], mtu: 1400")
        try await TwoHosts.with(Self.hosts) { hosts in
            try await DaemonProcess.using(narrow, through: hosts.inside(.middle)) { daemon in
                // Whole, in parts of the host's, and in parts of these.
                for (size, address) in [
                    ("1472", "10.2.0.2"), ("4000", "10.2.0.2"), ("20000", "10.2.0.2"),
                    ("1472", "10.1.0.1"), ("4000", "10.1.0.1"), ("65507", "10.1.0.1"),
                ] {
                    let outcome = try await run(
                        hosts, .left, "ping", "-n", "-c", "3", "-i", "0.2", "-M", "dont", "-s",
                        size,
                        address)
                    #expect(outcome.contains("3 received, 0% packet loss"), "\(outcome)")
                }
                let hops = try await run(
                    hosts, .left, "traceroute", "-n", "-q", "1", "-m", "5", "10.2.0.1")
                #expect(hops.contains(" 1  10.2.0.1 ") && !hops.contains(" 2 "), "\(hops)")
                let stats = try await daemon.stats()
                #expect(stats.ledger.copied > 0 && stats.balanced, "\(stats.ledger)")
                #expect(stats.ledger.parked == 0, "\(stats.ledger)")
                let dropped = try await daemon.curl(
                    "/v1/drops/localNotHandled", as: DroppedFramesReply.self
                ).first
                #expect(
                    dropped?.unclaimed?.contains { $0.protocol == "udp" && $0.port == 33_434 }
                        == true,
                    "\(String(describing: dropped))")
            }
        }
    }

    @Test("a host that gets another MAC, and says so, is reached at once (RFC 5227, 3)")
    func anotherMAC() async throws {
        try await TwoHosts.with(Self.hosts) { hosts in
            try await DaemonProcess.using(Self.router, through: hosts.inside(.middle)) { daemon in
                let before = try await hosts.ping(from: .left, "10.2.0.2")
                #expect(before.output.contains("5 received"), "\(before)")
                try await hosts.shell(
                    """
                    ip netns exec $right sysctl -qw net.ipv4.conf.eth0.arp_notify=1
                    ip -n $right link set eth0 address 02:00:00:00:77:77
                    """)
                let learnt: Bool? = try await firstAnswer {
                    let known = try await ControlClient.unhurried(daemon.socket).neighbours(
                        limit: 1_000)
                    return known.neighbours.contains { $0.mac == "02:00:00:00:77:77" } ? true : nil
                }
                #expect(learnt == true)
                let after = try await hosts.ping(from: .left, "10.2.0.2")
                #expect(after.output.contains("5 received, 0% packet loss"), "\(after)")
            }
        }
    }

    @Test(
        "what somebody says of a host holds until it is deleted; what was learnt goes when it is flushed"
    )
    func changes() async throws {
        try await TwoHosts.with(Self.hosts) { hosts in
            try await DaemonProcess.using(Self.router, through: hosts.inside(.middle)) { daemon in
                func neighbours(_ words: String...) async throws -> String {
                    let outcome = try await FreewayProcess.run(
                        ["neighbours"] + words + ["--socket", daemon.socket])
                    return outcome.output + outcome.errors
                }
                func reaches() async throws -> Bool {
                    try await run(
                        hosts, .left, "ping", "-n", "-c", "1", "-W", "3", "10.2.0.2"
                    ).contains("1 received")
                }
                let wrong = "02:00:00:00:99:99"
                #expect(try await neighbours("add", "10.2.0.2", wrong) == "1 added\n")
                let shown = try await neighbours()
                #expect(shown.contains("\(wrong)  right      permanent   API"), "\(shown)")
                #expect(try await !reaches())
                #expect(try await neighbours("delete", "10.2.0.2") == "1 deleted\n")
                #expect(try await reaches())
                #expect(try await neighbours("add", "10.2.0.2", wrong) == "1 replaced\n")
                #expect(try await neighbours("flush", "right") == "nothing changed\n")
                #expect(try await !reaches())
                #expect(try await neighbours("delete", "10.2.0.2") == "1 deleted\n")
                #expect(try await reaches())
                // Both hosts have spoken.
                #expect(try await neighbours("flush") == "2 deleted\n")
                #expect(try await reaches())
                for (words, problem) in [
                    (["add", "10.3.0.1", wrong], "10.3.0.1 is on no network of an interface"),
                    (["add", "10.2.0.1", wrong], "10.2.0.1 is an address of our own"),
                    (["add", "10.2.0.255", wrong], "10.2.0.255 is no host's"),
                    (["add", "10.2.0.3", "01:00:5e:00:00:01"], "expected a host's MAC address"),
                    (["add", "10.2.0", wrong], "expected an address"),
                    (["delete", "10.2.0.3"], "nothing is known of 10.2.0.3"),
                    (["flush", "rihgt"], "the forwarder has no interface rihgt"),
                ] {
                    let outcome = try await FreewayProcess.run(
                        ["neighbours"] + words + ["--socket", daemon.socket])
                    #expect(outcome.code != 0 && outcome.errors.contains(problem), "\(outcome)")
                }
            }
        }
    }

    @Test("a port that checks sources believes those that are reached by it alone (RFC 3704, 2.2)")
    func sourceCheck() async throws {
        let strict = Self.router.replacing(
            "10.1.0.1/16]", with: "10.1.0.1/16], sourceCheck: strict")
        let loose = strict.replacing("strict", with: "loose")
        let another = Self.hosts + "\nip -n $left addr add 10.2.0.99/32 dev lo\n"
        try await TwoHosts.with(another) { hosts in
            try await DaemonProcess.using(strict, through: hosts.inside(.middle)) { daemon in
                func dropped() async throws -> UInt64 {
                    try await daemon.stats().ledger.dropped["sourceCheckFailed"] ?? 0
                }
                let own = try await hosts.ping(from: .left, "10.2.0.2")
                #expect(own.output.contains("5 received, 0% packet loss"), "\(own)")
                #expect(try await dropped() == 0)
                let foreign = try await run(
                    hosts, .left, "ping", "-n", "-c", "3", "-i", "0.2", "-W", "1", "-I",
                    "10.2.0.99", "10.2.0.2")
                #expect(foreign.contains(" 0 received"), "\(foreign)")
                let all: Bool? = try await firstAnswer { try await dropped() == 3 ? true : nil }
                #expect(all == true)
                // Of what is reached by another port the loose check believes all.
                _ = try await ControlClient.unhurried(daemon.socket).putConfiguration(
                    Data(loose.utf8))
                _ = try await run(
                    hosts, .left, "ping", "-n", "-c", "1", "-W", "1", "-I", "10.2.0.99",
                    "10.2.0.2")
                #expect(try await dropped() == 3)
            }
        }
    }

    @Test("a cable that is pulled and put back costs what was learnt, and no more")
    func flap() async throws {
        try await TwoHosts.with(Self.hosts) { hosts in
            try await DaemonProcess.using(Self.router, through: hosts.inside(.middle)) { daemon in
                _ = try await hosts.ping(from: .left, "10.2.0.2")
                try await hosts.shell("ip -n $right link set eth0 down")
                let forgotten: Bool? = try await firstAnswer {
                    let known = try await ControlClient.unhurried(daemon.socket).neighbours(
                        limit: 1_000)
                    return known.neighbours.contains { $0.port == "right" } ? nil : true
                }
                #expect(forgotten == true)
                try await hosts.shell(
                    "ip -n $right link set eth0 up; ip -n $right route add default via 10.2.0.1")
                let reached: Bool? = try await firstAnswer {
                    let outcome = try await run(
                        hosts, .left, "ping", "-n", "-c", "1", "-W", "1", "10.2.0.2")
                    return outcome.contains("1 received") ? true : nil
                }
                #expect(reached == true)
                #expect(try await daemon.stats().ledger.isBalanced)
            }
        }
    }

    @Test("a scan of 65,536 addresses holds nobody else up, and leaves nothing behind")
    func scan() async throws {
        try await TwoHosts.with(Self.hosts) { hosts in
            try await DaemonProcess.using(Self.router, through: hosts.inside(.middle)) { daemon in
                _ = try await hosts.ping(from: .right, "10.1.0.2")
                let scan = try FreewayProcess(
                    [
                        "-n", "-sS", "-p80", "--max-retries", "0", "--min-rate", "5000",
                        "--host-timeout", "20s", "-Pn", "10.1.0.0/16",
                    ], program: "nmap", through: hosts.inside(.right))
                let isScanning: Bool? = try await firstAnswer(within: .seconds(30)) {
                    let dropped = try await daemon.stats().ledger.dropped
                    // Three wait for a host, 1,024 in all: the others go as soon as more come.
                    return dropped["neighbourQueueFull", default: 0] > 1_000 ? true : nil
                }
                #expect(isScanning == true)
                try await hosts.transfer(from: .left, to: .right, "10.2.0.2", backwards: false)
                let ledger = try await daemon.stats().ledger
                #expect(ledger.parked <= 1_024, "\(ledger)")
                let page = try await ControlClient.unhurried(daemon.socket).neighbours(limit: 1_000)
                #expect(page.neighbours.contains { $0.address == "10.1.0.2" || page.next != nil })
                scan.send(SIGKILL)
                _ = try await scan.outcome()
                let gone: Bool? = try await firstAnswer(within: .seconds(30)) {
                    let stats = try await daemon.stats()
                    return stats.ledger.parked == 0 && stats.ledger.isBalanced ? true : nil
                }
                #expect(gone == true)
            }
        }
    }
}
