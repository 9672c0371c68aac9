// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

@Suite struct ControlServerTests {
    @Test func clientGetsEveryReply() async throws {
        let source = SampleSource()
        try await withServer(source: source) { path in
            let client = ControlClient.patient(path)
            let version = try await client.get(.version)
            #expect(version == source.version())
            let stats = try await client.get(.stats)
            #expect(stats == source.stats())
            let ports = try await client.get(.ports)
            #expect(ports == source.ports())
            let workers = try await client.get(.workers)
            #expect(try await workers == source.workers())
            let config = try await client.get(.config)
            #expect(config == source.config())
            let plan = try await client.get(Endpoint.plan.path)
            #expect(plan == Data("{\"schemaVersion\":1,\"workers\":1}\n".utf8))
        }
    }

    @Test(arguments: [
        "/v1/version", "/v1/stats", "/v1/ports", "/v1/workers", "/v1/drops", "/v1/drops/noRoute",
        "/v1/config", "/v1/plan",
    ])
    func curlGetsOneLineOfJSON(route: String) async throws {
        try await withServer { path in
            let get = try await Command.curl(path, "-i", "http://localhost\(route)?a=b")
            let parts = get.output.components(separatedBy: "\r\n\r\n")
            #expect(get.status == 0)
            #expect(parts.count == 2)
            #expect(parts[0].hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(parts[0].lowercased().contains("\r\ncontent-type: application/json\r\n"))
            #expect(parts[1].filter { $0 == "\n" }.count == 1)
            #expect(parts[1].hasSuffix("}\n"))
            #expect(throws: Never.self) {
                try JSONSerialization.jsonObject(with: Data(parts[1].utf8))
            }

            let head = try await Command.curl(path, "-I", "http://localhost\(route)")
            #expect(head.status == 0)
            #expect(head.output.hasSuffix("\r\n\r\n"))
            #expect(
                head.output.lowercased().contains("content-length: \(parts[1].utf8.count)\r\n"))
        }
    }

    @Test(arguments: [
        ("/v1/stat", "did you mean /v1/stats?"),
        ("/v1/stats/", "did you mean /v1/stats?"),
        ("/stats", "did you mean /v1/stats?"),
        ("/v1/Port", "did you mean /v1/ports?"), ("/v1/relaod", "did you mean /v1/reload?"),
        ("/v1/explian", "did you mean /v1/explain?"),
        (
            "/",
            "there are /v1/version, /v1/stats, /v1/ports, /v1/interfaces, /v1/workers, /v1/drops, /v1/drops/{reason}, /v1/config, /v1/plan, /v1/routes, /v1/routes/{address}, /v1/neighbours, /v1/reload, /v1/explain"
        ),
    ])
    func unknownPathNamesTheNearest(path: String, remedy: String) async throws {
        try await withServer { socket in
            let reply = try await Command.curl(
                socket, "-w", "%{http_code} %{content_type}", "http://localhost\(path)")
            #expect(
                reply.output == """
                    {"error":{"code":"notFound","message":"there is no \(path)",\
                    "remedy":"\(remedy)"},"schemaVersion":1}
                    404 application/json
                    """)
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
    func otherMethodsAreRefused(method: String) async throws {
        try await withServer { path in
            let reply = try await Command.curl(
                path, "-i", "-X", method, "-d", "{}", "http://localhost/v1/stats")
            #expect(reply.output.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
            #expect(reply.output.contains("\r\nAllow: GET, HEAD\r\n"))
            #expect(reply.output.contains("\"message\":\"/v1/stats does not take \(method)\""))
        }
    }

    @Test func failureOfTheSourceIsAnInternalFault() async throws {
        let source = SampleSource(beforeWorkers: { throw SampleSource.Failure() })
        try await withServer(source: source) { path in
            let client = ControlClient.patient(path)
            let error = await #expect(throws: ControlClientError.self) {
                try await client.get(.workers)
            }
            #expect(
                error
                    == .refused(
                        status: 500,
                        ErrorReply(
                            code: "internalFault",
                            message: "/v1/workers: the sample source was told to fail",
                            remedy: "the forwarder's log has more")))
            #expect(error?.exitCode == 70)
            _ = try await client.get(.version)
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await withServer { path in
            let client = try RawClient(path)
            client.send(
                "GET /v1/version HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "GET /v1/plan HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let text = try await client.readToEnd()
            #expect(
                text.matches(of: /HTTP\/1\.1 (\d+)/).map { String($0.1) } == ["200", "404", "200"])
            #expect(text.hasSuffix("{\"schemaVersion\":1,\"workers\":1}\n"))
        }
    }

    @Test(arguments: ["G(T / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}\r\n\r\n", "GET /\r\n\r\n"])
    func whatIsNotHTTPGetsAnErrorReply(request: String) async throws {
        try await withServer { path in
            let client = try RawClient(path)
            client.send("GET /v1/plan HTTP/1.1\r\nHost: x\r\n\r\n" + request)
            let text = try await client.readToEnd()
            #expect(text.hasPrefix("HTTP/1.1 200 OK"))
            #expect(text.contains("HTTP/1.1 400 Bad Request\r\n"))
            #expect(text.contains("{\"error\":{\"code\":\"badRequest\""))
            #expect(text.hasSuffix("}\n"))
        }
    }

    /// The source is not asked, and the fault is the client's.
    @Test(arguments: [
        "POST /v1/explain HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{\"po",
        "PUT /v1/config HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nvers",
        "PUT /v1/config HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nversion",
    ])
    func aBodyThatBreaksOffGetsAnErrorReply(request: String) async throws {
        let source = SampleSource(beforeReload: { _ in Issue.record("the source was asked") })
        try await withServer(source: source) { path in
            let client = try RawClient(path)
            client.send(request)
            client.endSending()
            let text = try await client.readToEnd()
            #expect(text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(text)")
            #expect(text.contains("{\"error\":{\"code\":\"badRequest\""))
            #expect(text.hasSuffix("}\n"))
        }
    }

    /// Far more than the limit, of a length that nobody stated, as fast as the socket takes it.
    @Test(arguments: ["POST /v1/explain", "PUT /v1/config"])
    func aFloodInsteadOfABodyIsToldThatItIsTooLong(line: String) async throws {
        try await withServer { path in
            let client = try RawClient(path)
            let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 32, count: 65536) + [13, 10]
            let head = "\(line) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            try await client.sendAll(Array(head.utf8) + (0..<400).flatMap { _ in chunk })
            let text = try await client.readToEnd()
            #expect(text.hasPrefix("HTTP/1.1 413 Payload Too Large\r\n"), "\(text)")
            #expect(text.lowercased().contains("\r\nconnection: close\r\n"))
            #expect(client.isClosed)
        }
    }

    @Test func longHeadersGetAnErrorReply() async throws {
        try await withServer { path in
            let long = String(repeating: "a", count: 20_000)
            for arguments in [
                ["-H", "X: \(long)", "http://localhost/v1/plan"],
                ["http://localhost/\(long)"],
            ] {
                let reply = try await Command.run(
                    ["curl", "-sS", "-i", "--unix-socket", path] + arguments)
                #expect(reply.output.hasPrefix("HTTP/1.1 431 Request Header Fields Too Large"))
                #expect(reply.output.contains("{\"error\":{\"code\":\"headersTooLarge\""))
            }
        }
    }
}
