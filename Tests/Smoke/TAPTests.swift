// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import ProcessSupport
import Testing

/// A `tap:` port: an interface of this machine, made by the forwarder.
@Suite(
    .enabled(
        if: Conditions.canMakeNamespaces,
        "needs root that can make network namespaces, ethtool and iperf3"))
struct TAPTests {
    /// Between a host that has the TAP and the right one.
    private static let wire = BusyConfiguration.wire("tap:freeway0", "interface:right")

    /// Gives the TAP to a namespace and an address to each side.
    private static func addresses(in host: String) -> String {
        """
        ip -n $\(host) addr add 10.3.0.1/24 dev freeway0
        ip -n $\(host) link set freeway0 up
        """
    }

    @Test("a tap port is an interface of this machine for as long as the forwarder runs")
    func tap() async throws {
        try await TwoHosts.with("") { hosts in
            try await DaemonProcess.using(
                BusyConfiguration.wire("tap:freeway0", "vdev:net_null1,no-rx=1"),
                through: hosts.inside(.middle)
            ) { daemon in
                try await hosts.shell(
                    """
                    ip -n $middle addr add 10.3.0.1/24 dev freeway0
                    ip -n $middle link set freeway0 up
                    ip netns exec $middle ping -n -c 1 -W 1 10.3.0.2 >/dev/null || true
                    """)
                // The kernel asks for the neighbour's address.
                let received = try await firstAnswer {
                    let ledger = try await daemon.stats().ledger
                    return ledger.received > 0 ? ledger.received : nil
                }
                #expect(received != nil)
            }
            let gone = try await FreewayProcess.run(
                ["-n", hosts.name(.middle), "link", "show", "freeway0"], program: "ip")
            #expect(gone.code != 0)
        }
    }

    @Test("programs of this machine talk through a TAP, and its counters are the kernel's")
    func talks() async throws {
        try await TwoHosts.with("ip -n $right addr add 10.3.0.2/24 dev eth0") { hosts in
            try await DaemonProcess.using(Self.wire, through: hosts.inside(.middle)) { daemon in
                try await hosts.shell(Self.addresses(in: "middle"))
                try await talk(hosts, from: .middle, daemon)
                let ports = try await daemon.query("ports", as: PortsReply.self).ports
                #expect(ports[0].driver == "tap")
                let tap = try await hosts.counter(interface: "freeway0", "rx_packets")
                #expect(ports[0].transmitted.frames == tap)
            }
        }
    }

    @Test("a TAP that is moved to another namespace goes on there")
    func moved() async throws {
        try await TwoHosts.with("ip -n $right addr add 10.3.0.2/24 dev eth0") { hosts in
            try await DaemonProcess.using(Self.wire, through: hosts.inside(.middle)) { daemon in
                try await hosts.shell("ip -n $middle link set freeway0 netns $left")
                let isDown: Bool? = await firstAnswer {
                    daemon.process.errors.contains("freeway0 is switched off") ? true : nil
                }
                #expect(isDown == true, "\(daemon.process.errors)")
                try await hosts.shell(Self.addresses(in: "left"))
                try await talk(hosts, from: .left, daemon)
            }
        }
    }

    @Test("a TAP that somebody deletes is made anew")
    func deleted() async throws {
        try await TwoHosts.with("ip -n $right addr add 10.3.0.2/24 dev eth0") { hosts in
            try await DaemonProcess.using(Self.wire, through: hosts.inside(.middle)) { daemon in
                let before = try await index(hosts)
                try await hosts.shell("ip -n $middle link del freeway0")
                let after: String? = await firstAnswer {
                    guard let now = try? await index(hosts) else { return nil }
                    return now == before ? nil : now
                }
                #expect(after != nil, "\(daemon.process.errors)")
                try await hosts.shell(Self.addresses(in: "middle"))
                try await talk(hosts, from: .middle, daemon)
            }
        }
    }

    @Test(
        "Linux's end of a TAP and the port have different addresses, and the port's stays the same")
    func addresses() async throws {
        try await TwoHosts.with("") { hosts in
            var seen: [String] = []
            for _ in 1...2 {
                try await DaemonProcess.using(Self.wire, through: hosts.inside(.middle)) { daemon in
                    let port = try await daemon.query("ports", as: PortsReply.self).ports[0]
                    let shown = try await FreewayProcess.run(
                        ["-n", hosts.name(.middle), "link", "show", "freeway0"], program: "ip")
                    #expect(!shown.output.contains(port.mac), "\(shown)")
                    seen.append(port.mac)
                }
            }
            #expect(seen[0] == seen[1])
        }
    }

    @Test("a second forwarder on a TAP is told which process has it, and the first goes on")
    func owned() async throws {
        try await TwoHosts.with("") { hosts in
            try await DaemonProcess.using(Self.wire, through: hosts.inside(.middle)) { daemon in
                let before = try await index(hosts)
                let scratch = ScratchFolder()
                let config = try scratch.write(
                    BusyConfiguration.wire("tap:freeway0", "vdev:net_null0"), to: "second.yaml")
                let outcome = try await FreewayProcess.run(
                    ["run", config, "--socket", scratch.file("socket")],
                    through: hosts.inside(.middle))
                #expect(outcome.code == 71, "\(outcome)")
                let owner = try await daemon.forwarder()
                #expect(
                    outcome.errors.contains(
                        "tap:freeway0: use freeway0: process \(owner) (freeway) has it"),
                    "\(outcome)")
                #expect(try await index(hosts) == before && before != nil)
            }
        }
    }

    @Test("a name that is taken is refused, and the interface that has it stays")
    func taken() async throws {
        try await TwoHosts.with("ip -n $middle tuntap add freeway0 mode tap") { hosts in
            let scratch = ScratchFolder()
            let config = try scratch.write(Self.wire, to: "tap.yaml")
            let outcome = try await FreewayProcess.run(
                ["run", config, "--socket", scratch.file("socket")],
                through: hosts.inside(.middle))
            #expect(outcome.code == 71, "\(outcome)")
            #expect(
                outcome.errors.contains(
                    "ports.left.device: tap:freeway0: make the TAP freeway0: an interface of this "
                        + "name exists already"), "\(outcome)")
            #expect(try await index(hosts) != nil)
        }
    }

    /// nil while there is none.
    private func index(_ hosts: TwoHosts) async throws -> String? {
        let outcome = try await FreewayProcess.run(
            ["-o", "-n", hosts.name(.middle), "link", "show", "freeway0"], program: "ip")
        return outcome.code == 0 ? String(outcome.output.prefix { $0 != ":" }) : nil
    }

    /// Waits until the forwarder knows that the TAP is up, and pings the right host.
    private func talk(
        _ hosts: TwoHosts, from host: TwoHosts.Host, _ daemon: DaemonProcess
    ) async throws {
        let isUp: Bool? = try await firstAnswer {
            try await daemon.query("ports", as: PortsReply.self).ports[0].link.up ? true : nil
        }
        #expect(isUp == true, "\(daemon.process.errors)")
        let ping = try await hosts.ping(from: host, "10.3.0.2")
        #expect(ping.output.contains("5 received, 0% packet loss"), "\(ping)")
        #expect(try await daemon.stats().ledger.isBalanced)
    }
}
