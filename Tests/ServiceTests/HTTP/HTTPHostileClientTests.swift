// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Glibc
import NIOCore
import ProcessSupport
import Service
import TestSupport
import Testing

/// Clients that are slow, silent or hostile: they lose their connection, and nobody else notices.
@Suite(.serialized) struct HTTPHostileClientTests {
    private static let request = "GET /v1/config HTTP/1.1\r\nHost: x\r\n\r\n"

    private func limits(_ change: (inout ControlLimits) -> Void) -> ControlLimits {
        var limits = ControlLimits()
        change(&limits)
        return limits
    }

    @Test(arguments: ["G", "GET /v1/plan HTTP/1.1\r\nHost:"])
    func partOfARequestTimesOut(text: String) async throws {
        let limits = limits { $0.exchangeTimeout = .milliseconds(500) }
        try await withServer(limits: limits) { path in
            let client = try RawClient(path)
            client.send(text)
            _ = try await client.readToEnd()
            #expect(client.isClosed)
        }
    }

    /// What came along with a whole request counts as silence once that request has its reply.
    @Test(arguments: [
        request + "GET", "POST /v1/plan HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n12345",
    ])
    func partBehindARequestTimesOut(text: String) async throws {
        try await withServer(limits: limits { $0.idleTimeout = .milliseconds(500) }) { path in
            let client = try RawClient(path)
            client.send(text)
            _ = try await client.readToEnd()
            #expect(client.isClosed)
        }
    }

    @Test func bodyThatTricklesTimesOut() async throws {
        try await withServer(limits: limits { $0.exchangeTimeout = .milliseconds(500) }) { path in
            let client = try RawClient(path)
            client.send("POST /v1/plan HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n")
            // Each byte is activity, and yet the time for the whole does not start again.
            try await Self.waitUntil {
                client.send("a")
                return client.hasHungUp
            }
        }
    }

    @Test func silenceTimesOut() async throws {
        try await withServer(limits: limits { $0.idleTimeout = .milliseconds(500) }) { path in
            let silent = try RawClient(path)
            #expect(try await silent.readToEnd() == "")
            let polite = try RawClient(path)
            polite.send(Self.request)
            #expect(try await polite.readToEnd().contains("200 OK"))
        }
    }

    @Test func floodIsCutOff() async throws {
        try await withServer { path in
            let client = try RawClient(path)
            let head = "POST /v1/plan HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n"
            try await client.sendAll(Array(head.utf8) + [UInt8](repeating: 97, count: 100_000_000))
            _ = try await client.readToEnd()
            #expect(client.isClosed)
        }
    }

    @Test func replyThatNobodyReadsTimesOutAndHoldsUpNobody() async throws {
        let source = SampleSource(configText: String(repeating: "x", count: 2_000_000))
        let limits = limits { $0.exchangeTimeout = .seconds(3) }
        try await withServer(source: source, limits: limits) { path in
            let slow = try RawClient(path, receiveBuffer: 4096)
            // Far more replies than the server would hold for one client.
            slow.send(String(repeating: Self.request, count: 100))
            let client = ControlClient.patient(path)
            for _ in 0..<20 { try await client.waitForAnswer() }
            // Only now does it read: what was under way, and then the end.
            try await Self.waitUntil { slow.hasHungUp }
            #expect(try await slow.readToEnd().utf8.count < 3_000_000)
        }
    }

    @Test func pipelinedRequestsWithoutReadingKeepMemoryFlat() async throws {
        let source = SampleSource(configText: String(repeating: "x", count: 1_000_000))
        let limits = limits { $0.exchangeTimeout = .seconds(2) }
        try await withServer(source: source, limits: limits) { path in
            let before = Self.residentBytes()
            let slow = try (0..<8).map { _ in try RawClient(path, receiveBuffer: 4096) }
            for client in slow { client.send(String(repeating: Self.request, count: 1000)) }
            for client in slow { try await Self.waitUntil { client.hasHungUp } }
            // 8,000 replies of 1 MB were asked for.
            #expect(Self.residentBytes() - before < 400_000_000)
        }
    }

    @Test func newConnectionTakesThePlaceOfTheMostSilent() async throws {
        try await withServer(limits: limits { $0.maximumConnections = 16 }) { path in
            let silent = try (0..<64).map { _ in try RawClient(path) }
            let client = ControlClient.patient(path)
            for _ in 0..<4 { _ = try await client.get(.version) }
            try await Self.waitUntil { silent.filter { !$0.isClosed }.count <= 16 }
            #expect(silent[0].isClosed)
        }
    }

    @Test func thousandsOfSilentClientsAreFine() async throws {
        var files = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        let count = min(2500, (Int(min(files.rlim_cur, 1 << 20)) - 400) / 2)
        try await withServer(limits: limits { $0.maximumConnections = 4096 }) { path in
            let silent = try (0..<count).map { _ in try RawClient(path) }
            let client = ControlClient.patient(path)
            for _ in 0..<10 { _ = try await client.get(.stats) }
            #expect(silent.allSatisfy { !$0.isClosed })
        }
    }

    /// Waits for a condition that needs no event of ours: other tasks run in between.
    static func waitUntil(
        _ isTrue: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let deadline = FairDeadline(after: .seconds(20))
        while !isTrue() {
            try #require(
                !deadline.isOver, "\(deadline.account)", sourceLocation: sourceLocation)
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private static func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 200)
        guard fgets(&line, 200, file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        return (Int(text.split(separator: " ")[1]) ?? 0) * Int(getpagesize())
    }
}
