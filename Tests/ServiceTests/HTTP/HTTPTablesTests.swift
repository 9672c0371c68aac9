// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import PacketHeaders
import Service
import Synchronization
import Testing

/// Requests for pages of the tables: what the source is asked for, and what it is not.
@Suite struct HTTPTablesTests {
    @Test func whatARequestAsksForReachesTheSource() async throws {
        let asked = Mutex<[String]>([])
        let source = SampleSource(beforeTable: { question in asked.withLock { $0.append(question) }
        })
        try await withServer(source: source) { path in
            for target in [
                "/v1/routes", "/v1/routes?limit=1", "/v1/routes?after=10.0.0.0%2F8&limit=1000",
                "/v1/routes?within=10.0.0.0/8&after=default", "/v1/routes?within=10.1.2.3",
                "/v1/routes/10.1.2.3", "/v1/neighbours?after=192.0.2.9&limit=7",
            ] {
                let reply = try await Command.curl(
                    path, "-o", "/dev/null", "-w", "%{http_code}", "http://localhost\(target)")
                #expect(reply.output == "200", "\(target)")
            }
        }
        #expect(
            asked.withLock { $0 } == [
                "routes nil nil 100", "routes nil nil 1", "routes nil 10.0.0.0/8 1000",
                "routes 10.0.0.0/8 0.0.0.0/0 100", "routes 10.1.2.3/32 nil 100",
                "route 10.1.2.3", "neighbours 192.0.2.9 7",
            ])
    }

    @Test(arguments: [
        (
            "/v1/routes?limit=0",
            "limit: found \\\"0\\\"\",\"remedy\":\"expected a number from 1 to 1000"
        ),
        ("/v1/routes?limit=1001", "limit: found"), ("/v1/routes?limit=-1", "limit: found"),
        ("/v1/routes?limit=", "limit: found"), ("/v1/routes?limit=99999999999999999999", "limit"),
        ("/v1/routes?after=10.0.0.0/33", "after: found"),
        (
            "/v1/routes?within=10.0.0.1/8",
            "within: found \\\"10.0.0.1/8\\\"\",\"remedy\":\"expected a prefix without host bits, such as 10.0.0.0/8"
        ),
        ("/v1/routes?limit=1&limit=2", "limit is given twice"),
        (
            "/v1/routes?from=1",
            "the query: found \\\"from\\\"\",\"remedy\":\"expected after, limit, vrf, within"
        ),
        (
            "/v1/routes/10.0.0.0%2F8",
            "address: found \\\"10.0.0.0/8\\\"\",\"remedy\":\"expected an address such as 192.0.2.9"
        ),
        ("/v1/routes/010.1.1.1", "address: found"), ("/v1/routes/10.1.1.1?limit=1", "the query"),
        ("/v1/neighbours?within=10.0.0.0/8", "the query: found"),
        ("/v1/neighbours?after=10.0.0.0/8", "after: found"),
    ])
    func whatIsNoQuestionIsRefused(target: String, message: String) async throws {
        let source = SampleSource(beforeTable: { _ in Issue.record("the source was asked") })
        try await withServer(source: source) { path in
            let reply = try await Command.curl(
                path, "-w", "%{http_code}", "http://localhost\(target)")
            #expect(reply.output.hasSuffix("\n400"), "\(reply)")
            #expect(reply.output.contains("\"message\":\"\(message)"), "\(reply)")
        }
    }

    /// Whoever waits for the tables has a thread: there are no more of them than the limit says.
    @Test func readersBeyondTheLimitAreToldToComeAgain() async throws {
        var limits = ControlLimits()
        limits.maximumTableReaders = 1
        let (begun, mayEnd) = (Gate(), Gate())
        let source = SampleSource(beforeTable: { _ in
            begun.open()
            await mayEnd.wait()
        })
        try await withServer(source: source, limits: limits) { path in
            async let first = Command.curl(path, "http://localhost/v1/routes")
            await begun.wait()
            let second = try await Command.curl(
                path, "-w", "%{http_code}", "http://localhost/v1/routes/10.1.2.3")
            #expect(second.output.hasSuffix("\n409"), "\(second)")
            #expect(second.output.contains("\"code\":\"busy\""))
            mayEnd.open()
            #expect(try await first.output.hasPrefix("{"))
            let third = try await Command.curl(path, "http://localhost/v1/neighbours")
            #expect(third.output.hasPrefix("{\"neighbours\":"))
        }
    }
}

/// Opened once; whoever comes before waits.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>(
        (false, []))

    func open() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}
