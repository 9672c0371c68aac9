// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// Questions to a daemon that forwards as fast as it can.
@Suite struct DaemonQueryTests {
    @Test(
        "every endpoint answers curl",
        arguments: [BusyConfiguration.null(), BusyConfiguration.capture()])
    func endpoints(yaml: String) async throws {
        try await DaemonProcess.with(yaml) { daemon in
            let version = try #require(
                try await daemon.curl("/v1/version", as: VersionReply.self).first)
            #expect(version.pid == daemon.process.pid)
            let ports = try #require(try await daemon.curl("/v1/ports", as: PortsReply.self).first)
            #expect(ports.ports.map(\.name) == ["left", "right"])
            let workers = try #require(
                try await daemon.curl("/v1/workers", as: WorkersReply.self).first)
            #expect(workers.workers.allSatisfy { $0.state == .running })
            let config = try #require(
                try await daemon.curl("/v1/config", as: ConfigReply.self).first)
            #expect(config.yaml == yaml)
            #expect(try await daemon.curl("/v1/plan", as: [String: AnyValue].self).count == 1)
            // The first burst may still be on its way.
            let stats = try await firstAnswer {
                let stats = try await daemon.stats()
                return stats.ledger.transmitted > 0 ? stats : nil
            }
            #expect(stats?.balanced == true)
        }
    }

    /// Any JSON value.
    struct AnyValue: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    @Test(
        "the ledger balances in each of many polls, and counters only grow",
        arguments: [
            BusyConfiguration.null(), BusyConfiguration.null(workers: "2"),
            BusyConfiguration.capture(workers: "4"),
        ])
    func polls(yaml: String) async throws {
        try await DaemonProcess.with(yaml) { daemon in
            var last: StatsReply?
            // Polls within 10 ms share a reading.
            var readings: Set<Timestamp> = []
            for _ in 0..<5 {
                for reply in try await daemon.curl("/v1/stats", as: StatsReply.self, times: 60) {
                    #expect(reply.balanced && reply.ledger.isBalanced, "\(reply.ledger)")
                    if let last {
                        #expect(reply.time >= last.time)
                        #expect(reply.ledger.received >= last.ledger.received)
                        #expect(reply.ledger.transmitted >= last.ledger.transmitted)
                        #expect(reply.ledger.bytes.received >= last.ledger.bytes.received)
                        for (name, totals) in last.ports {
                            #expect(reply.ports[name]?.received ?? 0 >= totals.received)
                            #expect(reply.ports[name]?.transmitted ?? 0 >= totals.transmitted)
                        }
                        for (reason, count) in last.ledger.dropped {
                            #expect(reply.ledger.dropped[reason] ?? 0 >= count)
                        }
                    }
                    last = reply
                    readings.insert(reply.time)
                }
            }
            #expect(readings.count > 1)
        }
    }

    @Test("the verbs agree with curl, as JSON and as tables")
    func verbs() async throws {
        try await DaemonProcess.with(BusyConfiguration.null()) { daemon in
            let before = try await daemon.stats()
            let stats = try await daemon.query("stats", as: StatsReply.self)
            let after = try await daemon.stats()
            #expect(stats.startedAt == before.startedAt)
            #expect(
                (before.ledger.received...after.ledger.received).contains(stats.ledger.received))
            let ports = try await daemon.query("ports", as: PortsReply.self)
            let curled = try #require(try await daemon.curl("/v1/ports", as: PortsReply.self).first)
            #expect(ports.ports.map(\.mac) == curled.ports.map(\.mac))
            #expect(ports.ports.map(\.driver) == ["net_null", "net_null"])
            let workers = try await daemon.query("workers", as: WorkersReply.self)
            #expect(workers.workers.map(\.index) == [0])
            for (verb, heading) in [
                ("stats", "LEDGER"), ("ports", "PORT"), ("workers", "WORKER"),
            ] {
                let table = try await FreewayProcess.run([verb, "--socket", daemon.socket])
                #expect(table.code == 0, "\(table)")
                #expect(table.output.contains(heading))
                #expect(!table.output.contains("\u{1b}"))
            }
            // The environment names the socket too.
            let named = try await FreewayProcess.run(
                ["stats"], environment: ["FREEWAY_SOCKET": daemon.socket])
            #expect(named.code == 0)
            #expect(named.output.contains(/\nbalanced +yes\n/))
        }
    }

    @Test("--watch goes on until it is stopped, with rates")
    func watch() async throws {
        try await DaemonProcess.with(BusyConfiguration.null()) { daemon in
            let watch = try FreewayProcess([
                "stats", "--socket", daemon.socket, "--watch", "0.1",
            ])
            let tables = await firstAnswer {
                watch.output.components(separatedBy: "\nRATE ").count > 3 ? true : nil
            }
            watch.send(SIGINT)
            _ = try await watch.outcome()
            #expect(tables == true, "\(watch.output)")
        }
    }
}
