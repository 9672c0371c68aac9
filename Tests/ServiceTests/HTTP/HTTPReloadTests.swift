// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Service
import Synchronization
import TestSupport
import Testing

/// Requests that change the configuration: what is too long, too many, or wrong, and what is not.
@Suite struct HTTPReloadTests {
    private func limits(_ change: (inout ControlLimits) -> Void) -> ControlLimits {
        var limits = ControlLimits()
        change(&limits)
        return limits
    }

    @Test(arguments: [["-H", "Expect:"], ["-H", "Expect:", "-H", "Transfer-Encoding: chunked"]])
    func aBodyBeyondTheLimitIsTooLong(headers: [String]) async throws {
        let source = SampleSource(beforeReload: { _ in Issue.record("the source was asked") })
        try await withServer(
            source: source, limits: limits { $0.maximumConfigurationBytes = 100_000 }
        ) { path in
            let directory = try TemporaryFolder()
            let file = directory.path + "/long"
            try Data(repeating: 32, count: 100_001).write(to: URL(fileURLWithPath: file))
            let reply = try await Command.run(
                ["curl", "-sS", "-i", "--unix-socket", path, "-T", file] + headers
                    + ["http://localhost/v1/config"])
            #expect(reply.output.hasPrefix("HTTP/1.1 413 Payload Too Large\r\n"))
            #expect(
                reply.output.contains(
                    "{\"error\":{\"code\":\"bodyTooLong\",\"message\":\"the configuration is longer than 100000 bytes\""
                ))
            _ = try await ControlClient.patient(path).get(.version)
        }
    }

    /// Beyond what other requests may have, and in one piece.
    @Test func aBodyUpToTheLimitReachesTheSource() async throws {
        let seen = Mutex<[ConfigurationSource]>([])
        let source = SampleSource(beforeReload: { request in seen.withLock { $0.append(request) } })
        try await withServer(source: source) { path in
            let yaml = Data((0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 % 251) })
            let client = ControlClient.patient(path)
            let reply = try await client.putConfiguration(yaml)
            #expect(try await reply == source.reload(.file))
            _ = try await client.putConfiguration(Data())
            _ = try await client.reload()
            #expect(
                seen.withLock { $0 } == [.text(Array(yaml)), .file, .text([]), .file])
        }
    }

    @Test(arguments: [
        ("/v1/config", "POST", "GET, HEAD, PUT", "use GET or HEAD or PUT"),
        ("/v1/reload", "GET", "POST", "use POST"), ("/v1/reload", "PUT", "POST", "use POST"),
        ("/v1/stats", "PUT", "GET, HEAD", "use GET or HEAD"),
    ])
    func otherMethodsAreRefused(path: String, method: String, allow: String, remedy: String)
        async throws
    {
        let source = SampleSource(beforeReload: { _ in Issue.record("the source was asked") })
        try await withServer(source: source) { socket in
            let reply = try await Command.curl(
                socket, "-i", "-X", method, "http://localhost\(path)")
            #expect(reply.output.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
            #expect(reply.output.contains("\r\nAllow: \(allow)\r\n"))
            #expect(reply.output.contains("\"remedy\":\"\(remedy)\""))
        }
    }

    @Test func whatTheSourceRefusesIsTheReply() async throws {
        let error = ErrorReply(
            code: "badConfiguration", message: "no",
            problems: [
                ConfigurationProblem(
                    path: "PUT /v1/config", line: 3, column: 4, field: "ports", message: "missing")
            ], omitted: 2)
        let source = SampleSource(beforeReload: { _ in
            throw ControlRefusal(status: 422, error)
        })
        try await withServer(source: source) { path in
            let refused = await #expect(throws: ControlClientError.self) {
                try await ControlClient.patient(path).reload()
            }
            #expect(refused == .refused(status: 422, error))
            #expect(refused?.exitCode == 78)
        }
    }

    /// One that hangs takes a place; when all are taken others are told to come again, and reading goes on.
    @Test func reloadsAtOneTimeAreCounted() async throws {
        let (isUnderWay, underWay) = AsyncStream<Void>.makeStream()
        let (mayEnd, end) = AsyncStream<Void>.makeStream()
        let source = SampleSource(beforeReload: { _ in
            underWay.yield()
            for await _ in mayEnd { break }
        })
        try await withServer(source: source, limits: limits { $0.maximumReloads = 1 }) { path in
            let client = ControlClient.patient(path)
            async let first = client.reload()
            for await _ in isUnderWay { break }
            let refused = await #expect(throws: ControlClientError.self) {
                try await client.putConfiguration(Data("version: 1".utf8))
            }
            if case .refused(let status, let reply)? = refused {
                #expect(status == 409)
                #expect(reply.error.code == "busy")
            } else {
                Issue.record("\(String(describing: refused))")
            }
            _ = try await client.get(.stats)
            end.finish()
            _ = try await first
            _ = try await client.reload()
        }
    }
}
