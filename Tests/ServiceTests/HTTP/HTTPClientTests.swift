// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import TestSupport
import Testing

@testable import Service

@Suite struct HTTPClientTests {
    private let directory: TemporaryFolder
    private var path: String { directory.path + "/s" }

    init() throws { directory = try TemporaryFolder() }

    private func error(_ client: ControlClient) async -> ControlClientError? {
        await #expect(throws: ControlClientError.self) { try await client.get(.version) }
    }

    /// Answers one connection with the given bytes, whatever it asks.
    private func answer(_ reply: String) throws -> Task<Void, any Error> {
        let listener = try ControlListener.claim(path: path)
        let descriptor = try #require(listener.takeDescriptor())
        return Task {
            try await onOwnThread {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                poll(&waiting, 1, 20_000)
                let client = accept(descriptor, nil, nil)
                var buffer = [UInt8](repeating: 0, count: 4096)
                _ = recv(client, &buffer, buffer.count, 0)
                let bytes = Array(reply.utf8)
                _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                close(client)
                close(descriptor)
                listener.close()
            }
        }
    }

    private func http(_ body: String, status: String = "200 OK") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test func nobodyThere() async throws {
        let client = ControlClient(socketPath: path)
        #expect(await error(client) == .notRunning(path: path))
        let listener = try ControlListener.claim(path: path)
        let descriptor = try #require(listener.takeDescriptor())
        close(descriptor)
        // The file is there, and nobody listens any more.
        #expect(access(path, F_OK) == 0)
        #expect(await error(client) == .notRunning(path: path))
        listener.close()
    }

    @Test func notASocket() async throws {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        #expect(await error(ControlClient(socketPath: path)) == .notASocket(path: path))
    }

    @Test(arguments: ["", String(repeating: "a", count: 108)])
    func badPath(path: String) async {
        #expect(await error(ControlClient(socketPath: path)) == .badPath(path: path))
    }

    @Test func noAnswer() async throws {
        // Listens, but no server runs.
        let listener = try ControlListener.claim(path: path)
        var client = ControlClient(socketPath: path)
        client.timeLimit = .milliseconds(50)
        #expect(await error(client) == .timedOut(path: path, seconds: 0.05))
        listener.close()
    }

    /// A text that is no reason cannot become another request; the reply says what was meant.
    @Test(arguments: ["noRuote", "", "no route", "a/b", "x\r\nHost: y", "%2e", "../stats"])
    func unknownDropReason(reason: String) async throws {
        try await withServer { path in
            let client = ControlClient.patient(path)
            let error = await #expect(throws: ControlClientError.self) {
                try await client.get(.dropsOfReason, name: reason)
            }
            guard case .refused(let status, let reply)? = error else {
                Issue.record("\(reason): \(String(describing: error))")
                return
            }
            #expect(status == 404)
            if reason == "noRuote" {
                #expect(error?.exitCode == 64)
                #expect(
                    reply.error
                        == ErrorReply(
                            code: "unknownReason", message: "there is no drop reason noRuote",
                            remedy: "did you mean noRoute?"
                        ).error)
            }
            let known = try await client.get(.dropsOfReason, name: "noRoute")
            #expect(known.samples.count == 1)
        }
    }

    @Test func longReply() async throws {
        let source = SampleSource(configText: String(repeating: "x", count: 100_000))
        try await withServer(source: source) { path in
            var client = ControlClient.patient(path)
            client.maximumReplyBytes = 50_000
            await #expect(throws: ControlClientError.replyTooLarge(path: path, limit: 50_000)) {
                try await client.get(.config)
            }
            client.maximumReplyBytes = 200_000
            let config = try await client.get(.config)
            #expect(config == source.config())
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"])
    func replyThatIsCutOff(reply: String) async throws {
        let answering = try answer(reply)
        #expect(await error(ControlClient.patient(path)) == .endedEarly(path: path))
        try await answering.value
    }

    @Test func replyOfAnotherProtocol() async throws {
        let answering = try answer("SSH-2.0-x\r\n")
        guard case .badReply = await error(ControlClient.patient(path)) else {
            Issue.record("no badReply")
            return
        }
        try await answering.value
    }

    @Test func replyOfAnotherVersion() async throws {
        let answering = try answer(http("{\"schemaVersion\":2,\"name\":\"x\"}"))
        #expect(
            await error(ControlClient.patient(path))
                == .badReply(
                    path: path, reason: "/v1/version has schema version 2 instead of 1"))
        try await answering.value
    }

    @Test func replyOfAnotherProgram() async throws {
        let answering = try answer(http("<html>", status: "404 Not Found"))
        #expect(
            await error(ControlClient.patient(path))
                == .badReply(path: path, reason: "status 404 for /v1/version"))
        try await answering.value
    }

    @Test func refusal() async throws {
        try await withServer { path in
            let client = ControlClient.patient(path)
            let error = await #expect(throws: ControlClientError.self) {
                try await client.get("/v1/plans")
            }
            #expect(error?.description == "there is no /v1/plans; did you mean /v1/plan?")
        }
    }
}
