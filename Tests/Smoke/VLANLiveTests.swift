// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Linux hosts on VLANs, through a forwarder whose ports are trunks.
@Suite(
    .enabled(
        if: Conditions.canMakeNamespaces && VLANHost.isPossible,
        "needs root that can make network namespaces, ethtool, iperf3, and a clang that compiles for the kernel"
    ))
struct VLANLiveTests {
    private static let hosts = """
        ip -n $left link set eth0 address 02:00:00:00:01:02
        ip -n $left addr add 10.1.0.2/24 dev eth0
        ip -n $left neigh add 10.1.0.1 lladdr 02:00:00:00:01:01 dev eth0 nud permanent
        ip -n $left route add default via 10.1.0.1
        ip -n $right link set eth0 address 02:00:00:00:02:02
        ip -n $right addr add 10.2.0.2/24 dev eth0
        ip -n $right neigh add 10.2.0.1 lladdr 02:00:00:00:02:01 dev eth0 nud permanent
        ip -n $right route add default via 10.2.0.1
        """

    private static func router(_ left: String, _ right: String) -> String {
        """
        version: 1
        forward: route
        ports:
          left: {device: "interface:left", mac: 02:00:00:00:01:01}
          right: {device: "interface:right", mac: 02:00:00:00:02:01}
        interfaces:
          \(left): {addresses: [10.1.0.1/24]}
          \(right): {addresses: [10.2.0.1/24], encapsulation: 802.1ad}
        neighbours:
          - {port: \(left), address: 10.1.0.2, mac: 02:00:00:00:01:02}
          - {port: \(right), address: 10.2.0.2, mac: 02:00:00:00:02:02}

        """
    }

    @Test(
        "hosts on two VLANs talk through a router, with whole packets of 1,500 bytes, and each interface counts its own"
    )
    func routed() async throws {
        let folder = ScratchFolder()
        try await TwoHosts.with(Self.hosts) { hosts in
            try await VLANHost.tag(.left, of: hosts, in: folder, [100])
            try await VLANHost.tag(.right, of: hosts, in: folder, [200], type: 0x88a8)
            try await DaemonProcess.using(
                Self.router("left.100", "right.200"), through: hosts.inside(.middle)
            ) { daemon in
                try await ping(hosts, from: .left, "10.2.0.2", bytes: 1_472)
                try await ping(hosts, from: .right, "10.1.0.2", bytes: 1_472)
                try await compare(hosts, daemon, ["left.100", "right.200"])
                for backwards in [false, true] {
                    try await hosts.transfer(
                        from: .left, to: .right, "10.2.0.2", backwards: backwards)
                }
                let ledger = try await daemon.stats().ledger
                #expect(ledger.isBalanced)
                #expect(ledger.dropped["unknownVLAN"] == nil, "\(ledger)")
            }
        }
    }

    @Test("hosts behind two tags talk through a router") func doubleTagged() async throws {
        let folder = ScratchFolder()
        // The devices' own MTU stays: veth refuses what is longer than it and one tag.
        let room = """

            ip -n $left route change default via 10.1.0.1 mtu 1496
            ip -n $right route change default via 10.2.0.1 mtu 1496
            """
        try await TwoHosts.with(Self.hosts + room) { hosts in
            try await VLANHost.tag(.left, of: hosts, in: folder, [300, 7], type: 0x88a8)
            try await VLANHost.tag(.right, of: hosts, in: folder, [400, 8], type: 0x88a8)
            try await DaemonProcess.using(
                Self.router("left.300.7", "right.400.8"), through: hosts.inside(.middle)
            ) { daemon in
                try await ping(hosts, from: .left, "10.2.0.2", bytes: 1_468)
                try await compare(hosts, daemon, ["left.300.7", "right.400.8"])
                try await hosts.transfer(from: .left, to: .right, "10.2.0.2", backwards: false)
            }
        }
    }

    @Test("hosts of one network on two VLANs talk through a cross-connect that exchanges the tags")
    func crossed() async throws {
        let folder = ScratchFolder()
        try await TwoHosts.with(
            """
            ip -n $left addr add 10.9.0.1/24 dev eth0
            ip -n $right addr add 10.9.0.2/24 dev eth0
            """
        ) { hosts in
            try await VLANHost.tag(.left, of: hosts, in: folder, [100])
            try await VLANHost.tag(.right, of: hosts, in: folder, [200], type: 0x88a8)
            try await DaemonProcess.using(
                """
                version: 1
                forward: cross-connect
                ports: {left: {device: "interface:left"}, right: {device: "interface:right"}}
                interfaces: {left.100: , right.200: {encapsulation: 802.1ad}}
                crossConnect: [[left.100, right.200]]

                """, through: hosts.inside(.middle)
            ) { daemon in
                // With ARP, which a cross-connect passes.
                try await ping(hosts, from: .left, "10.9.0.2", bytes: 1_472)
                try await compare(hosts, daemon, ["left.100", "right.200"])
                try await hosts.transfer(from: .left, to: .right, "10.9.0.2", backwards: true)
                // Without its tag the host is on no VLAN.
                try await hosts.shell("tc -n $left filter del dev eth0 egress")
                _ = try await hosts.ping(from: .left, "10.9.0.2")
                let dropped: Bool? = try await firstAnswer {
                    try await daemon.stats().ledger.dropped["notConnected"] ?? 0 > 0 ? true : nil
                }
                #expect(dropped == true)
            }
        }
    }

    /// Packets that may not be fragmented (RFC 792).
    private func ping(
        _ hosts: TwoHosts, from host: TwoHosts.Host, _ address: String, bytes: Int
    ) async throws {
        let outcome = try await FreewayProcess.run(
            ["-n", "-c", "5", "-i", "0.2", "-W", "5", "-M", "do", "-s", "\(bytes)", address],
            program: "ping", through: hosts.inside(host))
        #expect(outcome.output.contains("5 received, 0% packet loss"), "\(outcome)")
    }

    /// All that the kernel had on a cable is the one interface's.
    private func compare(
        _ hosts: TwoHosts, _ daemon: DaemonProcess, _ interfaces: [String]
    ) async throws {
        for (cable, name) in zip([TwoHosts.Host.left, .right], interfaces) {
            var seen = ""
            let agrees: Bool? = try await firstAnswer(within: .seconds(10)) {
                let reply = try await daemon.query("interfaces", as: InterfacesReply.self)
                let interface = try #require(reply.interfaces[name])
                let own = try #require(reply.interfaces[cable.rawValue])
                let kernel = [
                    try await hosts.counter(cable, "rx_packets"),
                    try await hosts.counter(cable, "tx_packets"),
                    try await hosts.counter(cable, "tx_bytes"),
                ]
                seen = "\(interface), the kernel: \(kernel)"
                let counts = [
                    interface.received.frames, interface.transmitted.frames,
                    interface.transmitted.bytes,
                ]
                return counts == kernel && own.received.frames == 0 ? true : nil
            }
            #expect(agrees == true, "\(name): \(seen)")
        }
    }
}
