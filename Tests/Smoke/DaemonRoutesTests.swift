// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Routes that come over the API of a running forwarder, and go.
@Suite struct DaemonRoutesTests {
    private static func router(
        _ routes: String = "", lan: String = "198.51.100.1/24", capacity: Int = 10_000
    ) -> String {
        """
        version: 1
        forward: route
        workers: 1
        memory: {routes: \(capacity)}
        ports:
          wan: {device: "vdev:net_null0,no-rx=1", mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24]}
          lan: {device: "vdev:net_null1,no-rx=1", mac: 02:00:00:00:02:01, addresses: [\(lan)]}
        routes: [\(routes)]
        neighbours: [{port: wan, address: 192.0.2.9, mac: 02:00:00:00:01:09}]

        """
    }

    /// What becomes of a packet, with the prefix that decides.
    private func way(to address: String, _ daemon: DaemonProcess) async throws -> String {
        let outcome = try await FreewayProcess.run([
            "explain", "--socket", daemon.socket, "--json", "--port", "lan", "--packet",
            "ipv4 198.51.100.7 > \(address) udp 1 > 2",
        ])
        try #require(outcome.code == 0, "\(outcome)")
        let journey = try #require(try outcome.decoded(Explanation.self).frames.first?.journey)
        let route = journey.steps.first { $0.stage == "route" }
        // The tables and the words for them agree.
        #expect(route?.facts["agrees"] == true, "\(address): \(journey.steps)")
        let prefix = route?.facts["prefix"]?.text ?? "none"
        return journey.dropReason.map { "\(prefix) \($0)" }
            ?? "\(prefix) \(route?.facts["nextHop"]?.text ?? "")"
    }

    private func refusal(
        _ daemon: DaemonProcess, _ text: String
    ) async throws -> (status: Int, error: ErrorReply.Problem) {
        let error = await #expect(throws: ControlClientError.self) {
            try await ControlClient.unhurried(daemon.socket).changeRoutes(Data(text.utf8))
        }
        guard case .refused(let status, let reply)? = error else {
            try #require(Bool(false), "\(String(describing: error))")
            return (0, ErrorReply(code: "", message: "").error)
        }
        return (status, reply.error)
    }

    @Test("routes are added, replaced and deleted, and a deletion uncovers what was under it")
    func comingAndGoing() async throws {
        let file = Self.router("{to: 0.0.0.0/0, action: unreachable}")
        try await DaemonProcess.with(file) { daemon in
            #expect(try await way(to: "10.1.2.3", daemon) == "0.0.0.0/0 unreachable")
            for (text, reply, expected) in [
                ("add 10.0.0.0/8 via 192.0.2.9\n", "1 added in ", "10.0.0.0/8 192.0.2.9"),
                ("add blackhole 10.1.0.0/16 # more\n", "1 added in ", "10.1.0.0/16 blackhole"),
                (
                    "replace 10.1.0.0/16 nexthop via 192.0.2.9 weight 2", "1 replaced in ",
                    "10.1.0.0/16 192.0.2.9"
                ),
                ("\n\ndelete 10.1.0.0/16\n", "1 deleted in ", "10.0.0.0/8 192.0.2.9"),
                ("delete 10.0.0.0/8 via 192.0.2.9\n", "1 deleted in ", "0.0.0.0/0 unreachable"),
            ] {
                try daemon.scratch.write(text, to: "changes.txt")
                let outcome = try await FreewayProcess.run([
                    "routes", "load", daemon.scratch.file("changes.txt"), "--socket", daemon.socket,
                ])
                #expect(outcome.code == 0, "\(outcome)")
                #expect(outcome.output.hasPrefix(reply), "\(outcome)")
                #expect(try await way(to: "10.1.2.3", daemon) == expected, "\(text)")
            }
        }
    }

    @Test("what ip route show prints is taken over as it is, and again")
    func shownRoutes() async throws {
        let shown = """
            default via 192.0.2.9 dev wan proto dhcp src 192.0.2.1 metric 100 
            default via 198.51.100.9 dev lan proto dhcp metric 600 
            10.1.0.0/16 proto static metric 20 
            \tnexthop via 192.0.2.9 dev wan weight 1 
            \tnexthop via 198.51.100.9 dev lan weight 3 
            blackhole 10.3.0.0/16 
            192.0.2.0/24 dev wan proto kernel scope link src 192.0.2.1 

            """
        try await DaemonProcess.with(Self.router()) { daemon in
            try daemon.scratch.write(shown, to: "routes")
            for reply in ["4 added in ", "4 replaced in "] {
                let outcome = try await FreewayProcess.run(
                    [
                        "-c", "cat \"$1\" | \"$0\" routes load - --socket \"$2\"",
                        FreewayBinary.path, daemon.scratch.file("routes"), daemon.socket,
                    ], program: "bash")
                #expect(outcome.code == 0, "\(outcome)")
                #expect(outcome.output.hasPrefix(reply), "\(outcome)")
                #expect(try await way(to: "203.0.113.9", daemon) == "0.0.0.0/0 192.0.2.9")
                #expect(try await way(to: "10.3.0.1", daemon) == "10.3.0.0/16 blackhole")
            }
        }
    }

    @Test("all changes of a request take effect, or none; every error is listed with its line")
    func allOrNothing() async throws {
        let file = Self.router("{to: 10.9.0.0/16, via: 192.0.2.9}", capacity: 4)
        try await DaemonProcess.with(file) { daemon in
            let client = ControlClient.unhurried(daemon.socket)
            let first = try await client.changeRoutes(Data("add 10.2.0.0/16 via 192.0.2.9".utf8))
            #expect(first.added == 1 && first.routes == 1)
            let unreadable = try await refusal(
                daemon,
                """
                add 10.0.0.0/8 via 192.0.2.9
                ad 10.0.0.0/8 via 192.0.2.9
                add 10.0.0.1/8 via 192.0.2.9
                add 10.3.0.0/16
                add 10.3.0.0/16 via 192.0.2.x
                add 10.3.0.0/16 nexthop via 192.0.2.9 nexthop via 192.0.2.9
                """)
            #expect(unreadable.status == 422)
            #expect(unreadable.error.code == "badRoutes")
            #expect(unreadable.error.problems?.map(\.line) == [2, 3, 4, 5, 6])
            #expect(
                unreadable.error.problems?[0].message
                    == "found \"ad\", expected add, replace or delete; did you mean add?")
            #expect(
                unreadable.error.problems?[1].message
                    == "10.0.0.1/8 has host bits set; did you mean 10.0.0.0/8?")
            let impossible = try await refusal(
                daemon,
                """
                add 10.0.0.0/8 via 192.0.2.9
                add 10.2.0.0/16 via 192.0.2.9
                delete 10.7.0.0/16
                replace 10.9.0.0/16 via 192.0.2.9
                add 10.3.0.0/16 via 203.0.113.1
                add 10.3.0.0/16 via 192.0.2.1
                add 192.0.2.0/24 via 192.0.2.9
                delete 10.2.0.0/16 via 192.0.2.10
                """)
            #expect(
                impossible.error.problems?.map { "\($0.line ?? 0) \($0.message)" } == [
                    "2 10.2.0.0/16 has a route already; replace changes it",
                    "3 10.7.0.0/16 has no route to delete",
                    "4 10.9.0.0/16 is a route of the configuration "
                        + "(\(daemon.scratch.file("config.yaml")):8), which the API cannot change",
                    "5 203.0.113.1 is on no interface's network, and no route but the default leads to it; networks are: 192.0.2.0/24 (wan), "
                        + "198.51.100.0/24 (lan)",
                    "6 192.0.2.1 is port wan's own address",
                    "7 192.0.2.0/24 is port wan's own network, whose hosts are neighbours of it",
                    "8 10.2.0.0/16 has another target than the one to delete",
                ])
            let full = try await refusal(
                daemon, (3...6).map { "add 10.\($0).0.0/16 via 192.0.2.9\n" }.joined())
            #expect(
                full.error.problems?.map(\.message) == [
                    "there is no room for more than 4 routes; set memory.routes higher, and reload"
                ])
            let many = try await refusal(daemon, String(repeating: "x\n", count: 1_000))
            #expect(many.error.problems?.count == 100 && many.error.omitted == 900)
            // Nothing of all this is in force.
            #expect(try await way(to: "10.1.2.3", daemon) == "none noRoute")
            #expect(try await way(to: "10.2.2.3", daemon) == "10.2.0.0/16 192.0.2.9")
            #expect(try await client.changeRoutes(Data("#".utf8)).routes == 1)
        }
    }

    @Test("a reload keeps routes of the API, and withdraws those that it has no place for")
    func reloads() async throws {
        try await DaemonProcess.with(Self.router()) { daemon in
            let client = ControlClient.unhurried(daemon.socket)
            _ = try await client.changeRoutes(
                Data(
                    """
                    add 10.1.0.0/16 via 192.0.2.9
                    add 10.2.0.0/16 via 198.51.100.2
                    add 10.3.0.0/16 nexthop via 192.0.2.9 nexthop via 198.51.100.2
                    add 10.4.0.0/16 via 192.0.2.9
                    add blackhole 10.5.0.0/16
                    add 203.0.113.0/24 via 192.0.2.9
                    """.utf8))
            let same = try await client.putConfiguration(Data(Self.router().utf8))
            #expect(same.withdrawn == nil)
            // Another network on lan, and a route of the file where the API had one.
            let moved = Self.router(
                "{to: 10.4.0.0/16, action: unreachable}", lan: "203.0.113.1/24")
            let reply = try await client.putConfiguration(Data(moved.utf8))
            #expect(
                reply.withdrawn
                    == .init(
                        count: 4,
                        first: ["10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16", "203.0.113.0/24"]))
            #expect(try await way(to: "10.1.2.3", daemon) == "10.1.0.0/16 192.0.2.9")
            #expect(try await way(to: "10.2.2.3", daemon) == "none noRoute")
            #expect(try await way(to: "10.4.2.3", daemon) == "10.4.0.0/16 unreachable")
            #expect(try await way(to: "10.5.2.3", daemon) == "10.5.0.0/16 blackhole")
            // The capacity counts both: the routes that are there do not fit a smaller table.
            let small = Self.router(
                "{to: 10.4.0.0/16, action: unreachable}", lan: "203.0.113.1/24", capacity: 2)
            let refused = await #expect(throws: ControlClientError.self) {
                try await client.putConfiguration(Data(small.utf8))
            }
            guard case .refused(422, let reply)? = refused else {
                Issue.record("\(String(describing: refused))")
                return
            }
            #expect(
                reply.error.problems?.first?.message
                    == "found 2, but there are 3 routes with those that came over the API; raise "
                    + "this, or delete some (freeway routes load)")
            // A table of another size has the same in it.
            let larger = Self.router(
                "{to: 10.4.0.0/16, action: unreachable}", lan: "203.0.113.1/24", capacity: 20_000)
            _ = try await client.putConfiguration(Data(larger.utf8))
            #expect(try await way(to: "10.1.2.3", daemon) == "10.1.0.0/16 192.0.2.9")
            let after = try await client.changeRoutes(Data("delete 10.1.0.0/16".utf8))
            #expect(after.routes == 1)
            #expect(try await way(to: "10.1.2.3", daemon) == "none noRoute")
        }
    }

    @Test("a longer prefix than its network's takes a neighbour's packets, and gives them back")
    func neighbours() async throws {
        try await DaemonProcess.with(Self.router()) { daemon in
            let client = ControlClient.unhurried(daemon.socket)
            #expect(try await way(to: "192.0.2.9", daemon) == "192.0.2.9/32 192.0.2.9")
            for (change, neighbour) in [
                ("add 192.0.2.0/28 via 198.51.100.2", "192.0.2.0/28 198.51.100.2"),
                ("add blackhole 192.0.2.9/32", "192.0.2.9/32 blackhole"),
                ("delete 192.0.2.0/28", "192.0.2.9/32 blackhole"),
                ("delete 192.0.2.9/32", "192.0.2.9/32 192.0.2.9"),
                ("add 192.0.0.0/16 via 198.51.100.2", "192.0.2.9/32 192.0.2.9"),
                // The port's own address and the broadcast address stay what they are.
                ("add 192.0.2.1/32 via 198.51.100.2", "192.0.2.9/32 192.0.2.9"),
                ("add 192.0.2.255/32 via 198.51.100.2", "192.0.2.9/32 192.0.2.9"),
            ] {
                _ = try await client.changeRoutes(Data(change.utf8))
                #expect(try await way(to: "192.0.2.9", daemon) == neighbour, "\(change)")
                #expect(try await way(to: "192.0.2.1", daemon) == "192.0.2.1/32 localNotHandled")
                #expect(
                    try await way(to: "192.0.2.255", daemon) == "192.0.2.255/32 directedBroadcast")
            }
        }
    }

    @Test("changes and reloads at one time wait for each other, and all of them take effect")
    func together() async throws {
        try await DaemonProcess.with(Self.router()) { daemon in
            let client = ControlClient.unhurried(daemon.socket)
            let texts = [Self.router(), Self.router("{to: 172.16.0.0/12, action: blackhole}")]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in (0..<4).map({ _ in client }).enumerated() {
                    group.addTask {
                        let second = client.offset
                        for third in 0..<20 {
                            let prefix = "10.\(second).\(third).0/24"
                            for change in [
                                "add \(prefix) via 192.0.2.9", "delete \(prefix)",
                                "add \(prefix) via 198.51.100.2",
                            ] { _ = try await client.element.changeRoutes(Data(change.utf8)) }
                        }
                    }
                }
                group.addTask {
                    for number in 0..<20 {
                        _ = try await client.putConfiguration(Data(texts[number % 2].utf8))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await client.changeRoutes(Data("#".utf8)).routes == 80)
            #expect(try await way(to: "10.3.19.1", daemon) == "10.3.19.0/24 198.51.100.2")
        }
    }

    @Test("a forwarder that cross-connects has no routes to change")
    func crossConnect() async throws {
        let wire = BusyConfiguration.wire("vdev:net_null0,no-rx=1", "vdev:net_null1,no-rx=1", "1")
        try await DaemonProcess.with(wire) { daemon in
            let refused = try await refusal(daemon, "add 10.0.0.0/8 via 192.0.2.9")
            #expect(refused.status == 409)
            #expect(refused.error.code == "notRouting")
        }
    }
}
