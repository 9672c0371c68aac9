// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import FoundationEssentials
import Testing

/// The exact text of the JSON that programs read.
@Suite struct ReplyShapeTests {
    static let ledger = Ledger(
        received: 1007, transmitted: 1000, dropped: ["noRoute": 7, "blackhole": 0],
        bytes: LedgerBytes(
            received: 60_420, transmitted: 60_000, dropped: ["noRoute": 420, "blackhole": 0]))

    static let ledgerText = """
        {"bytes":{"dropped":{"noRoute":420},"received":60420,"transmitted":60000},\
        "consumed":0,"copied":0,"dropped":{"noRoute":7},"generated":0,"inTransit":0,"parked":0,"punted":0,\
        "received":1007,"transmitted":1000}
        """

    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try ControlJSON.encode(value), as: UTF8.self)
    }

    private func expectRoundTrip<Value: Codable & Equatable>(_ value: Value) throws {
        let decoded = try ControlJSON.decode(Value.self, from: ControlJSON.encode(value))
        #expect(try text(decoded) == text(value))
    }

    @Test func replayReport() throws {
        let report = ReplayReport(
            workers: 1, ledger: Self.ledger,
            ports: [
                "wan": ReplayPort(
                    totals: PortTotals(received: 1007, receivedBytes: 60_420),
                    input: "in/wan.pcap"),
                "lan": ReplayPort(
                    totals: PortTotals(transmitted: 1000, transmittedBytes: 60_000),
                    output: "out.pcap"),
            ],
            portOrder: ["wan", "lan"], seconds: 0.5, notes: ["wan: 1 timestamp runs backwards"])
        #expect(
            try text(report) == """
                {"balanced":true,"bitsPerSecond":966720,"drops":{},"framesPerSecond":2014,\
                "ledger":\(Self.ledgerText),\
                "notes":["wan: 1 timestamp runs backwards"],\
                "portOrder":["wan","lan"],\
                "ports":{"lan":{"output":"out.pcap","received":0,"receivedBytes":0,\
                "transmitted":1000,"transmittedBytes":60000},\
                "wan":{"input":"in/wan.pcap","received":1007,"receivedBytes":60420,\
                "transmitted":0,"transmittedBytes":0}},\
                "rounds":1,"schemaVersion":2,"seconds":0.5,"workers":1}

                """)
        try expectRoundTrip(report)
    }

    /// The object in the issue has these properties; more are allowed.
    @Test func replayReportHasWhatTheIssueNames() throws {
        let report = ReplayReport(
            workers: 1, ledger: Self.ledger, ports: ["wan": ReplayPort(totals: PortTotals())],
            seconds: 1)
        let value = try ControlJSON.decode(IssueShape.self, from: ControlJSON.encode(report))
        #expect(value.balanced)
        #expect(value.ledger.dropped == ["noRoute": 7])
        #expect(value.ports.keys.sorted() == ["wan"])
    }

    private struct IssueShape: Decodable {
        struct Ledger: Decodable {
            var received, generated, copied, transmitted, punted, consumed, inTransit,
                parked: UInt64
            var dropped: [String: UInt64]
        }
        struct Port: Decodable {
            var received, transmitted: UInt64
        }
        var balanced: Bool
        var workers: Int
        var ledger: Ledger
        var ports: [String: Port]
    }

    @Test func unbalancedReportSaysSo() throws {
        let report = ReplayReport(
            workers: 1, ledger: Ledger(received: 1), ports: [:], seconds: 0)
        #expect(!report.balanced)
        #expect(report.framesPerSecond == 0)
    }

    @Test func stats() throws {
        var stats = StatsReply(
            time: Timestamp(seconds: 2), startedAt: Timestamp(seconds: 0), workers: 2,
            ledger: Self.ledger, handoff: Handoff(rxHandoff: 1, txHandoff: 2, inFlight: 3),
            ports: ["wan": PortTotals(received: 1)])
        #expect(
            try text(stats) == """
                {"balanced":true,"handoff":{"inFlight":3,"rxHandoff":1,"txHandoff":2},\
                "ledger":\(Self.ledgerText),"portOrder":["wan"],\
                "ports":{"wan":{"received":1,"receivedBytes":0,"transmitted":0,\
                "transmittedBytes":0}},"schemaVersion":2,\
                "stalledWorkers":[],"startedAt":"1970-01-01T00:00:00.000000000Z",\
                "time":"1970-01-01T00:00:02.000000000Z","uptimeSeconds":2,"workers":2}

                """)
        stats.rates = StatsRates(
            received: Rate(frames: 3, bytes: 180, seconds: 2),
            transmitted: Rate(frames: 0, bytes: 0, seconds: 2), seconds: 2)
        #expect(
            try text(stats).contains(
                """
                "rates":{"received":{"bitsPerSecond":720,"framesPerSecond":1.5},"seconds":2,\
                "transmitted":{"bitsPerSecond":0,"framesPerSecond":0}}
                """))
        try expectRoundTrip(stats)
    }

    @Test func countsKeepAll64Bits() throws {
        let ledger = Ledger(received: .max, transmitted: .max)
        #expect(try text(ledger).contains("\"received\":18446744073709551615"))
        try expectRoundTrip(ledger)
    }

    @Test func errorReply() throws {
        let error = ErrorReply(code: "notFound", message: "there is no /x")
        #expect(
            try text(error) == """
                {"error":{"code":"notFound","message":"there is no /x"},"schemaVersion":1}

                """)
    }

    @Test func workerStatusDerivesItsBurstFill() {
        func worker(_ rounds: UInt64, _ empty: UInt64, _ busyShare: Double) -> WorkerStatus {
            WorkerStatus(
                index: 0, lcore: 1, cpus: [1], floating: false, state: .running, rounds: rounds,
                emptyRounds: empty, busyShare: busyShare,
                received: Traffic(frames: 90, bytes: 0), transmitted: Traffic(), taken: 10,
                queues: [])
        }
        #expect(worker(15, 5, 0.5).framesPerBusyRound == 10)
        #expect(worker(5, 5, 2).framesPerBusyRound == 0)
        #expect(worker(5, 6, 2).busyShare == 1)
        #expect(worker(5, 5, .nan).busyShare == 0)
    }
}
