// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// What a running forwarder says of its tables.
@Suite struct DaemonTablesTests {
    private static func router(_ routes: String, neighbours: String = "") -> String {
        """
        version: 1
        forward: route
        workers: 1
        memory: {routes: 300000}
        ports:
          wan: {device: "vdev:net_null0,no-rx=1", mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
          lan: {device: "vdev:net_null1,no-rx=1", mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
        routes: [\(routes)]
        neighbours: [\(neighbours)]

        """
    }

    private static let nine = "{port: wan, address: 192.0.2.9, mac: 02:00:00:00:01:09}"

    /// Runs a verb with the daemon's socket.
    private func freeway(_ daemon: DaemonProcess, _ words: String...) async throws -> ProcessOutcome
    {
        try await FreewayProcess.run(words + ["--socket", daemon.socket])
    }

    @Test("routes show lists what is in force with its origin, in 80 columns or as JSON lines")
    func show() async throws {
        let file = Self.router(
            "{to: 10.0.0.0/8, via: 192.0.2.9}, {to: 0.0.0.0/0, action: unreachable}",
            neighbours: Self.nine)
        try await DaemonProcess.with(file) { daemon in
            let client = ControlClient.unhurried(daemon.socket)
            _ = try await client.changeRoutes(
                Data(
                    """
                    add 10.1.0.0/16 nexthop via 192.0.2.9 weight 2 nexthop via 198.51.100.7
                    add blackhole 10.2.0.0/16
                    """.utf8))
            let shown = try await freeway(daemon, "routes", "show")
            #expect(shown.code == 0)
            #expect(
                shown.output == """
                    TO                  VIA                       INTERFACE  FROM
                    0.0.0.0/0           unreachable                          config.yaml:8
                    10.0.0.0/8          192.0.2.9                 wan        config.yaml:8
                    10.1.0.0/16         192.0.2.9 weight 2        wan        API
                                        198.51.100.7 weight 1     lan
                    10.2.0.0/16         blackhole                            API
                    192.0.2.0/24        on the network            wan        connected config.yaml:6
                    192.0.2.1/32        local                     wan        local config.yaml:6
                    192.0.2.9/32        192.0.2.9                 wan        neighbour config.yaml:9
                    192.0.2.255/32      broadcast                 wan        broadcast config.yaml:6
                    198.51.100.0/24     on the network            lan        connected config.yaml:7
                    198.51.100.1/32     local                     lan        local config.yaml:7
                    198.51.100.255/32   broadcast                 lan        broadcast config.yaml:7

                    """)
            let part = try await freeway(daemon, "routes", "show", "10.0.0.0/8", "--json")
            let entries = try part.output.split(separator: "\n").map {
                try JSONDecoder().decode(RouteEntry.self, from: Data($0.utf8))
            }
            #expect(entries.map(\.to) == ["10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16"])
            #expect(entries.map(\.origin.source) == [.configuration, .api, .api])
            #expect(entries.first?.origin.path == daemon.scratch.file("config.yaml"))
            let none = try await freeway(daemon, "routes", "show", "172.16.0.0/12", "--json")
            #expect(none.code == 0 && none.output == "")
            let wrong = try await freeway(daemon, "routes", "show", "10.0.0.1/8")
            #expect(wrong.code == 64)
            #expect(wrong.errors.contains("such as 10.0.0.0/8"), "\(wrong)")
            let neighbours = try await freeway(daemon, "neighbours")
            #expect(
                neighbours.output == """
                    ADDRESS          MAC                INTERFACE  STATE       FROM
                    192.0.2.9        02:00:00:00:01:09  wan        permanent   config.yaml:9

                    """)
        }
    }

    @Test("routes get says in words what the stages do")
    func get() async throws {
        let file = Self.router(
            """
            {to: 10.0.0.0/8, via: 192.0.2.9}, {to: 10.1.0.0/16, action: blackhole},
              {to: 10.2.0.0/16, via: [192.0.2.9, 198.51.100.7]}, {to: 10.3.0.0/16, via: 192.0.2.7}
            """, neighbours: Self.nine)
        try await DaemonProcess.with(file) { daemon in
            for (address, text) in [
                (
                    "10.9.9.9",
                    "10.9.9.9 via 192.0.2.9 port wan mac 02:00:00:00:01:09\n    in 10.0.0.0/8, config.yaml:8\n"
                ),
                (
                    "10.1.2.3",
                    "10.1.2.3 blackhole: dropped (blackhole)\n    in 10.1.0.0/16, config.yaml:8\n"
                ),
                (
                    "10.2.2.3",
                    "10.2.2.3 by flow\n    via 192.0.2.9 port wan mac 02:00:00:00:01:09 weight 1\n"
                        + "    via 198.51.100.7 port lan weight 1\n"
                        + "    in 10.2.0.0/16, config.yaml:9\n"
                ),
                (
                    "10.3.2.3",
                    "10.3.2.3 via 192.0.2.7 port wan\n    in 10.3.0.0/16, config.yaml:9\n"
                ),
                (
                    "192.0.2.1",
                    "192.0.2.1 local port wan\n    in 192.0.2.1/32, local config.yaml:6\n"
                ),
                ("172.16.0.1", "172.16.0.1 has no route: dropped (noRoute)\n"),
            ] {
                let outcome = try await freeway(daemon, "routes", "get", address)
                #expect(outcome.code == 0 && outcome.output == text, "\(outcome)")
                try await agrees(daemon, address)
            }
            let wrong = try await freeway(daemon, "routes", "get", "10.1.2")
            #expect(wrong.code == 64 && wrong.errors.contains("expected an address"), "\(wrong)")
        }
    }

    /// Holds an answer to what the production stages do with a packet.
    private func agrees(_ daemon: DaemonProcess, _ address: String) async throws {
        let reply = try await freeway(daemon, "routes", "get", address, "--json")
            .decoded(RouteReply.self)
        let explained = try await freeway(
            daemon, "explain", "--json", "--port", "lan", "--packet",
            "ipv4 198.51.100.9 > \(address) udp 1 > 2"
        ).decoded(Explanation.self)
        let journey = try #require(explained.frames.first?.journey)
        let facts = journey.steps.first { $0.stage == "route" }?.facts ?? [:]
        // A packet that the stage before drops gets to no route.
        if !facts.isEmpty { #expect(facts["prefix"]?.text == reply.route?.to, "\(address)") }
        // Some of what is for us is answered, and this is not.
        if reply.route?.type == .local {
            return #expect(reply.dropped == nil && journey.dropReason == "localNotHandled")
        }
        switch reply.route?.nextHops.count ?? 0 {
        case 0, 1: #expect(reply.dropped == journey.dropReason, "\(address): \(reply)")
        default:
            let taken = reply.route?.nextHops.first { $0.address == facts["nextHop"]?.text }
            #expect(taken?.dropped == journey.dropReason, "\(address): \(reply)")
        }
    }

    @Test("routes get finds what Linux finds in a table of the same routes")
    func linux() async throws {
        var random = SystemRandomNumberGenerator()
        let (lines, addresses) = Self.nestedRoutes(&random)
        let name = "fwget\(getpid())"
        let script = """
            set -eu
            trap "ip netns delete \(name)" EXIT
            ip netns add \(name)
            for port in "wan 192.0.2.1/24" "lan 198.51.100.1/24"; do
                set -- $port
                ip -n \(name) link add $1 type veth peer name $1-end
                ip -n \(name) address add $2 brd + dev $1
                ip -n \(name) link set $1 up
                ip -n \(name) link set $1-end up
            done
            sed "s/^/route /" | ip -n \(name) -batch -
            for address in \(addresses.joined(separator: " ")); do
                ip -n \(name) -json route get fibmatch $address 2>&1 || true
            done
            """
        try await DaemonProcess.with(Self.router("")) { daemon in
            let file = try daemon.scratch.write(lines, to: "changes.txt")
            let loaded = try await freeway(daemon, "routes", "load", file)
            #expect(loaded.code == 0, "\(loaded)")
            let linux = try await FreewayProcess.run(
                ["-c", "exec < '\(file)'; " + script], program: "bash")
            try #require(linux.code == 0, "\(linux)")
            let answers = linux.output.split(separator: "\n")
            try #require(answers.count == addresses.count, "\(linux)")
            let client = ControlClient.unhurried(daemon.socket)
            for (address, answer) in zip(addresses, answers) {
                let reply = try await client.get(.routeOfAddress, name: address)
                let expected = try LinuxRoute(String(answer))
                #expect(LinuxRoute(reply) == expected, "\(address): \(answer)\n\(lines)")
            }
        }
    }

    /// Prefixes in one another, of all kinds, and addresses in them and beside them.
    private static func nestedRoutes(
        _ random: inout SystemRandomNumberGenerator
    ) -> (lines: String, addresses: [String]) {
        func text(_ bits: UInt32) -> String {
            [24, 16, 8, 0].map { String(bits >> UInt32($0) & 255) }.joined(separator: ".")
        }
        var prefixes: [String: String] = [:]
        var addresses = ["192.0.2.1", "192.0.2.255", "192.0.2.77", "198.51.100.1", "8.8.8.8"]
        for _ in 0..<150 {
            let bits = 0x0a00_0000 | UInt32.random(in: 0...0xf_ffff, using: &random)
            let length = UInt32.random(in: 8...32, using: &random)
            let mask = ~UInt32(0) << (32 - length)
            prefixes["\(text(bits & mask))/\(length)"] =
                [
                    "via 192.0.2.\(Int.random(in: 2...254, using: &random))",
                    "via 198.51.100.\(Int.random(in: 2...254, using: &random))", "blackhole",
                    "unreachable",
                    "nexthop via 192.0.2.9 weight 2 nexthop via 198.51.100.7 weight 1",
                ].randomElement(using: &random)
            addresses.append(text(bits))
            addresses.append(text(bits ^ UInt32.random(in: 0...0xff, using: &random)))
        }
        let lines = prefixes.map { prefix, target in
            target.contains("via") ? "add \(prefix) \(target)\n" : "add \(target) \(prefix)\n"
        }
        return (lines.joined(), addresses)
    }

    @Test("however many routes there are, a listing takes the memory of a page")
    func manyRoutes() async throws {
        try await DaemonProcess.with(Self.router("")) { daemon in
            func peak(_ words: [String]) async throws -> (lines: Int, kilobytes: Int) {
                let measure = """
                    import resource, subprocess, sys
                    listing = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
                    print(sum(1 for line in listing.stdout))
                    assert listing.wait() == 0
                    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
                    """
                let outcome = try await FreewayProcess.run(
                    ["-c", measure, FreewayBinary.path] + words + ["--socket", daemon.socket],
                    program: "python3")
                let numbers = outcome.output.split(separator: "\n").compactMap { Int($0) }
                try #require(numbers.count == 2, "\(outcome)")
                return (numbers[0], numbers[1])
            }
            let few = try await peak(["routes", "show", "--json"])
            #expect(few.lines == 6)
            let resident = Self.residentKilobytes(daemon.process.pid)
            let text = (0..<100_000).map {
                "add 10.\($0 >> 10).\($0 >> 2 & 255).\(($0 & 3) << 6)/26 via 192.0.2.9\n"
            }.joined()
            _ = try await ControlClient.unhurried(daemon.socket).changeRoutes(Data(text.utf8))
            let loaded = Self.residentKilobytes(daemon.process.pid)
            #expect(loaded > resident)
            for words in [["--json"], []] {
                let many = try await peak(["routes", "show"] + words)
                #expect(many.lines == 100_006 + (words.isEmpty ? 1 : 0))
                #expect(many.kilobytes < few.kilobytes + 16_000, "\(few) \(many)")
            }
            // 100,000 entries in words are about 20 MB.
            #expect(Self.residentKilobytes(daemon.process.pid) < loaded + 16_000)
        }
    }

    private static func residentKilobytes(_ pid: Int32) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        return text.firstMatch(of: /VmRSS:\s+(\d+)/).flatMap { Int($0.1) } ?? 0
    }

    @Test("a forwarder that cross-connects has no tables to show")
    func crossConnect() async throws {
        let wire = BusyConfiguration.wire("vdev:net_null0,no-rx=1", "vdev:net_null1,no-rx=1", "1")
        try await DaemonProcess.with(wire) { daemon in
            for words in [["routes", "show"], ["routes", "get", "10.1.1.1"], ["neighbours"]] {
                let outcome = try await FreewayProcess.run(words + ["--socket", daemon.socket])
                #expect(outcome.code == 69 && outcome.output == "", "\(outcome)")
                #expect(outcome.errors.contains("has no routes"), "\(outcome)")
            }
        }
    }
}

/// What both say of an address.
private struct LinuxRoute: Equatable {
    var type: String
    /// Linux names none for what it refuses.
    var prefix: String?
    /// `gateway interface`, sorted.
    var hops: [String] = []

    /// - Parameter line: of `ip -json route get fibmatch`.
    init(_ line: String) throws {
        let refusals = [
            "Invalid argument": "blackhole", "No route to host": "unreachable",
            "Network is unreachable": "none",
        ]
        if let refusal = refusals.first(where: { line.hasSuffix($0.key) }) {
            type = refusal.value
            return
        }
        let list = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [[String: Any]]
        let route = try #require(list?.first, "\(line)")
        type = route["type"] as? String ?? "unicast"
        let shown = try #require(route["dst"] as? String)
        prefix = shown == "default" ? "0.0.0.0/0" : shown.contains("/") ? shown : shown + "/32"
        guard type == "unicast" else { return }
        hops = (route["nexthops"] as? [[String: Any]] ?? [route]).map {
            "\($0["gateway"] as? String ?? "") \($0["dev"] as? String ?? "")"
        }.sorted()
    }

    init(_ reply: RouteReply) {
        type = reply.route?.type.rawValue ?? "none"
        if ["none", "blackhole", "unreachable"].contains(type) { return }
        prefix = reply.route?.to
        hops = (reply.route?.nextHops ?? []).map { "\($0.address ?? "") \($0.port ?? "none")" }
            .sorted()
    }
}
