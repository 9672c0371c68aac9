// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// What becomes of an interface while a forwarder has it.
@Suite(
    .enabled(
        if: Conditions.canMakeNamespaces,
        "needs root that can make network namespaces, ethtool and iperf3"))
struct InterfaceLifeTests {
    private static let addresses = """
        ip -n $left addr add 10.9.0.1/24 dev eth0
        ip -n $right link set eth0 address 02:00:00:00:02:02
        ip -n $right addr add 10.9.0.2/24 dev eth0

        """
    private static let wire = BusyConfiguration.wire("interface:left", "interface:right")

    /// Each takes the interface `right` away, and brings it back.
    struct Event: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let away: String
        let back: String
        /// What the log and `ports` must say meanwhile.
        let obstacle: String
    }

    static let events = [
        Event(
            testDescription: "switched off", away: "ip -n $middle link set right down",
            back: "ip -n $middle link set right up", obstacle: "right is switched off"),
        Event(
            testDescription: "without a carrier", away: "ip -n $right link set eth0 down",
            back: "ip -n $right link set eth0 up", obstacle: "right has no carrier"),
        Event(
            testDescription: "renamed", away: "ip -n $middle link set right name other",
            back: "ip -n $middle link set other name right",
            obstacle: "there is no interface right"),
        Event(
            testDescription: "moved to another namespace",
            away: "ip -n $middle link set right netns $left",
            back: "ip -n $left link set right netns $middle\nip -n $middle link set right up",
            obstacle: "there is no interface right"),
        Event(
            testDescription: "deleted and made again", away: "ip -n $middle link del right",
            back: """
                ip -n $middle link add right type veth peer name eth0 netns $right
                ip -n $middle link set right up
                ip -n $right link set eth0 address 02:00:00:00:02:02
                ip -n $right addr add 10.9.0.2/24 dev eth0
                ip -n $right link set eth0 up
                ip netns exec $right ethtool -K eth0 tx off >/dev/null
                """, obstacle: "there is no interface right"),
    ]

    @Test("an interface that goes is noticed, said and taken hold of again", arguments: events)
    func returns(event: Event) async throws {
        try await TwoHosts.with(Self.addresses) { hosts in
            try await DaemonProcess.using(Self.wire, through: hosts.inside(.middle)) { daemon in
                #expect(try await hosts.ping(from: .left, "10.9.0.2").code == 0)

                try await hosts.shell(event.away)
                let link: PortLink? = try await firstAnswer {
                    let ports = try await daemon.query("ports", as: PortsReply.self).ports
                    return ports[1].link.up ? nil : ports[1].link
                }
                #expect(
                    link?.obstacle?.contains(event.obstacle) == true,
                    "\(link.map { "\($0)" } ?? "still up")")
                #expect(
                    daemon.process.errors.contains("the link of right is down: \(event.obstacle)"))
                _ = try await hosts.ping(from: .left, "10.9.0.2")
                let ledger = try await daemon.stats().ledger
                #expect(ledger.dropped["linkDown"] ?? 0 > 0, "\(ledger)")

                try await hosts.shell(event.back)
                let isUp: Bool? = try await firstAnswer {
                    let ports = try await daemon.query("ports", as: PortsReply.self).ports
                    return ports[1].link.up && ports[1].link.obstacle == nil ? true : nil
                }
                #expect(isUp == true, "\(daemon.process.errors)")
                #expect(daemon.process.errors.contains("the link of right is up"))
                let after = try await hosts.ping(from: .left, "10.9.0.2")
                #expect(after.code == 0, "\(after)")
                #expect(try await daemon.stats().ledger.isBalanced)
            }
        }
    }

    @Test("a second forwarder is told who has the interface, also by another of its names")
    func second() async throws {
        try await TwoHosts.with("ip -n $middle link property add dev right altname wan0") { hosts in
            try await DaemonProcess.using(Self.wire, through: hosts.inside(.middle)) { daemon in
                for name in ["right", "wan0"] {
                    let scratch = ScratchFolder()
                    let config = try scratch.write(
                        BusyConfiguration.wire("vdev:net_null0", "interface:\(name)"),
                        to: "second.yaml")
                    let outcome = try await FreewayProcess.run(
                        ["run", config, "--socket", scratch.file("socket")],
                        through: hosts.inside(.middle))
                    #expect(outcome.code == 71, "\(outcome)")
                    #expect(
                        outcome.errors.contains(
                            "ports.right.device: interface:\(name): use right: process "
                                + "\(try await daemon.forwarder()) (freeway) has it"), "\(outcome)")
                }
                // The first goes on.
                #expect(try await daemon.query("ports", as: PortsReply.self).ports[1].link.up)
            }
        }
    }

    @Test("DPDK's own drivers lock their interfaces as well")
    func driverOfDPDK() async throws {
        try await TwoHosts.with("") { hosts in
            try await DaemonProcess.using(Self.wire, through: hosts.inside(.middle)) { daemon in
                let scratch = ScratchFolder()
                let config = try scratch.write(
                    BusyConfiguration.wire(
                        "vdev:net_null0", "vdev:net_af_packet0,iface=right"),
                    to: "second.yaml")
                let outcome = try await FreewayProcess.run(
                    ["run", config, "--socket", scratch.file("socket")],
                    through: hosts.inside(.middle))
                #expect(outcome.code == 71, "\(outcome)")
                #expect(outcome.errors.contains("use right: process"), "\(outcome)")
            }
        }
    }

    @Test("settings of the interface that forwarding needs are put back at the end")
    func settings() async throws {
        try await TwoHosts.with(
            """
            ip netns exec $middle ethtool -K right gro on
            ip netns exec $middle sysctl -qw net.ipv4.conf.right.forwarding=1
            """
        ) { hosts in
            let before = try await state(hosts)
            #expect(before.contains("generic-receive-offload: on"))
            try await DaemonProcess.using(
                """
                version: 1
                forward: cross-connect
                ports:
                  left: {device: "interface:left"}
                  right: {device: "interface:right", mtu: 1600, mac: 02:00:00:00:00:77}
                crossConnect: [[left, right]]

                """, through: hosts.inside(.middle)
            ) { _ in
                let during = try await state(hosts)
                #expect(during.contains("generic-receive-offload: off"))
                #expect(during.contains("mtu 1600"))
                #expect(during.contains("promiscuity 1"))
                #expect(during.contains("forwarding = 0"))
            }
            #expect(try await state(hosts) == before)
        }
    }

    private func state(_ hosts: TwoHosts) async throws -> String {
        let outcome = try await FreewayProcess.run(
            [
                "-c",
                """
                ip -d link show right | sed 's/qdisc.*//; s/@.*://'
                ethtool -k right | grep -E 'generic-receive|large-receive|rx-gro|rx-udp-gro'
                sysctl net.ipv4.conf.right.forwarding
                """,
            ], program: "sh", through: hosts.inside(.middle))
        try #require(outcome.code == 0, "\(outcome)")
        return outcome.output
    }

    @Test("promiscuous mode ends with the process, even when that is killed")
    func killed() async throws {
        try await TwoHosts.with("") { hosts in
            let daemon = try await DaemonProcess.start(
                Self.wire, through: hosts.inside(.middle))
            let pid = try await daemon.forwarder()
            #expect(try await state(hosts).contains("promiscuity 1"))
            kill(pid, SIGKILL)
            _ = try await daemon.process.outcome()
            #expect(try await state(hosts).contains("promiscuity 0"))
        }
    }

    @Test("an MTU that the interface's driver cannot have is an error that names its limit")
    func mtu() async throws {
        // veth takes nearly any, but not while there is an XDP program at the other end.
        try await TwoHosts.with("") { hosts in
            let tool = Repository.path("Tests/Smoke/wire.py")
            let loaded = try await FreewayProcess.run(
                [tool, "xdp-pass", "eth0"], program: "python3", through: hosts.inside(.right))
            try #require(loaded.code == 0, "\(loaded)")
            let limit = try await FreewayProcess.run(
                ["-j", "-d", "-n", hosts.name(.middle), "link", "show", "right"], program: "ip")
            let most = try #require(limit.output.firstMatch(of: /"max_mtu":(\d+)/)?.1)
            try #require(Int(most).map { $0 < 9_000 } == true, "\(limit)")
            let scratch = ScratchFolder()
            let config = try scratch.write(
                """
                version: 1
                forward: cross-connect
                ports:
                  a: {device: "interface:right", mtu: 9000}
                  b: {device: "vdev:net_null0"}
                crossConnect: [[a, b]]

                """, to: "mtu.yaml")
            let outcome = try await FreewayProcess.run(
                ["check", "--host", config], through: hosts.inside(.middle))
            #expect(outcome.code == 71, "\(outcome)")
            #expect(outcome.errors.contains("right takes an MTU of at most \(most)"), "\(outcome)")
        }
    }
}
