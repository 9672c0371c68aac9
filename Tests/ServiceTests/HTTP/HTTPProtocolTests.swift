// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import TestSupport
import Testing

@testable import Service

/// What RFC 9110 and 9112 ask of a server beside its replies.
@Suite struct HTTPProtocolTests {
    private static let body = "add 10.0.0.0/8 via 192.0.2.9\n"
    private static let untouched = SampleSource(
        beforeReload: { _ in Issue.record("the source was asked") },
        beforeChange: { _ in Issue.record("the source was asked") })

    @Test(arguments: ["100-continue", "100-Continue"])
    func aClientThatWaitsIsToldToGoOn(expectation: String) async throws {
        try await withServer { path in
            let client = try RawClient(path)
            for _ in 0..<2 {
                client.send(
                    "POST /v1/routes HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                        + "Content-Length: \(Self.body.utf8.count)\r\nExpect: \(expectation)\r\n\r\n"
                )
                #expect(
                    try await client.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
                client.send(Self.body)
                let reply = try await client.read(until: "}\n")
                #expect(reply.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(reply)")
                #expect(!reply.contains("Connection: close"))
            }
        }
    }

    /// What curl does by itself with long bodies: without an answer it would wait.
    @Test func curlDoesNotWait() async throws {
        try await withServer { path in
            let directory = try TemporaryFolder()
            let file = directory.path + "/changes"
            try Data(String(repeating: Self.body, count: 50_000).utf8).write(
                to: URL(fileURLWithPath: file))
            let reply = try await Command.curl(
                path, "-i", "--expect100-timeout", "600", "-H", "Expect: 100-continue",
                "--data-binary", "@\(file)", "http://localhost/v1/routes")
            #expect(reply.output.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
        }
    }

    /// The client may send the body or not: the connection cannot be used for more.
    @Test func aReplyInThePlaceOfTheGoAheadEndsTheConnection() async throws {
        let limits = ControlLimits()
        try await withServer(source: Self.untouched, limits: limits) { path in
            let client = try RawClient(path)
            client.send(
                "PUT /v1/config HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
                    + "\(limits.maximumConfigurationBytes + 1)\r\n\r\n")
            let reply = try await client.readToEnd()
            #expect(reply.hasPrefix("HTTP/1.1 413 "), "\(reply)")
            #expect(reply.contains("\r\nConnection: close\r\n"))
            #expect(client.isClosed)
        }
    }

    /// What follows a body that is not waited for is another request, not a part of that body.
    @Test func aBodyThatComesUnaskedIsReadAsOne() async throws {
        try await withServer { path in
            let client = try RawClient(path)
            client.send(
                "POST /v1/routes HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                    + "Content-Length: \(Self.body.utf8.count)\r\nExpect: 100-continue\r\n\r\n"
                    + Self.body
                    + "GET /v1/plan HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let text = try await client.readToEnd()
            let statuses = text.matches(of: /HTTP\/1\.1 (\d+)/).map { String($0.1) }
            #expect(statuses.filter { $0 != "100" } == ["200", "200"])
        }
    }

    @Test func noOtherExpectationIsMet() async throws {
        try await withServer(source: Self.untouched) { path in
            let reply = try await Command.curl(
                path, "-i", "-H", "Expect: coffee", "-d", "a", "http://localhost/v1/routes")
            #expect(reply.output.hasPrefix("HTTP/1.1 417 "), "\(reply)")
            #expect(reply.output.contains("there is no expectation coffee"))
        }
    }

    /// RFC 9110, 10.1.1: a client of HTTP/1.0 knows no interim replies.
    @Test func anOldClientIsNotToldToGoOn() async throws {
        try await withServer { path in
            let client = try RawClient(path)
            client.send(
                "POST /v1/routes HTTP/1.0\r\nExpect: 100-continue\r\nContent-Type: text/plain\r\n"
                    + "Content-Length: \(Self.body.utf8.count)\r\n\r\n" + Self.body)
            let text = try await client.readToEnd()
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(text)")
        }
    }

    @Test(arguments: [
        "GET /v1/plan HTTP/1.0\r\n\r\n", "GET /v1/plan HTTP/1.0\r\nHost: x\r\n\r\n",
        "HEAD /v1/plan HTTP/1.0\r\n\r\n",
        "GET /v1/plan HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n",
        "GET /v1/plan HTTP/1.1\r\nHost: x\r\nConnection: te, close\r\n\r\n",
    ])
    func theConnectionEndsWithTheReply(request: String) async throws {
        try await withServer { path in
            let client = try RawClient(path)
            // What comes behind it is not answered.
            client.send(request + "GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n")
            let text = try await client.readToEnd()
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(text)")
            #expect(text.contains("\r\nConnection: close\r\n"))
            #expect(text.matches(of: #/HTTP/1\.1 /#).count == 1)
        }
    }

    @Test func anOldClientMayAskForMore() async throws {
        try await withServer { path in
            let client = try RawClient(path)
            for _ in 0..<2 {
                client.send("GET /v1/plan HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
                let text = try await client.read(until: "}\n")
                #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(text.contains("\r\nConnection: keep-alive\r\n"))
            }
        }
    }

    @Test(arguments: [
        "GET /v1/plan HTTP/1.1\r\n\r\n", "GET /v1/plan HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /v1/plan HTTP/1.1\r\nHost: a b\r\n\r\n", "GET /v1/plan HTTP/1.1\r\nHost: a:b\r\n\r\n",
        "GET /v1/plan HTTP/1.1\r\nHost: ::1\r\n\r\n", "GET /v1/plan HTTP/1.1\r\nHost: [::1\r\n\r\n",
        "PUT /v1/config HTTP/1.1\r\n\r\n",
    ])
    func aRequestHasOneHost(request: String) async throws {
        try await withServer(source: Self.untouched) { path in
            let client = try RawClient(path)
            client.send(request)
            let text = try await client.read(until: "}\n")
            #expect(text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(text)")
            #expect(text.contains("the request needs one Host header"))
        }
    }

    @Test(arguments: ["", "localhost", "[::1]:80", "a.example:8080"])
    func whichHostDoesNotMatter(host: String) async throws {
        try await withServer { path in
            let client = try RawClient(path)
            client.send("GET /v1/plan HTTP/1.1\r\nHost: \(host)\r\n\r\n")
            let text = try await client.read(until: "}\n")
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(text)")
        }
    }

    @Test(arguments: ["gzip", "GZip, identity", "br"])
    func aContentCodingIsRefusedByName(coding: String) async throws {
        try await withServer(source: Self.untouched) { path in
            let reply = try await Command.curl(
                path, "-i", "-H", "Content-Encoding: \(coding)", "-d", "a",
                "http://localhost/v1/routes")
            #expect(reply.output.hasPrefix("HTTP/1.1 415 Unsupported Media Type\r\n"), "\(reply)")
            #expect(reply.output.contains("\r\nAccept-Encoding: identity\r\n"))
            #expect(
                reply.output.contains(
                    "there is no content coding \(coding.prefix { $0 != "," })"))
        }
    }

    @Test(arguments: ["gzip, chunked", "gzip", "identity"])
    func aTransferCodingIsRefusedByName(coding: String) async throws {
        try await withServer(source: Self.untouched) { path in
            let client = try RawClient(path)
            client.send(
                "POST /v1/routes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \(coding)\r\n\r\n"
                    + "1d\r\nadd 10.0.0.0/8 via 192.0.2.9\n\r\n0\r\n\r\n")
            let text = try await client.readToEnd()
            #expect(text.hasPrefix("HTTP/1.1 501 Not Implemented\r\n"), "\(text)")
            #expect(text.contains("there is no transfer coding \(coding.prefix { $0 != "," })"))
            // One request, one reply.
            #expect(text.matches(of: #/HTTP/1\.1 /#).count == 1)
        }
    }

    /// RFC 9112, 6.3: where chunked is not the last coding, the end of the body cannot be told. What looks like another
    /// request is a part of it.
    @Test(arguments: ["", " ", ", ,"])
    func aTransferEncodingWithoutACodingEndsTheConnection(value: String) async throws {
        try await withServer(source: Self.untouched) { path in
            let client = try RawClient(path)
            client.send(
                "POST /v1/routes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\(value)\r\n\r\n"
                    + "GET /v1/version HTTP/1.1\r\nHost: x\r\n\r\n")
            let text = try await client.readToEnd()
            #expect(text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(text)")
            #expect(text.matches(of: #/HTTP/1\.1 /#).count == 1, "\(text)")
        }
    }

    @Test func theCodingThatIsNoneIsFine() async throws {
        try await withServer { path in
            let reply = try await Command.curl(
                path, "-H", "Content-Encoding: identity", "-H", "Content-Type: text/plain",
                "-H", "Transfer-Encoding: Chunked", "-d", Self.body, "http://localhost/v1/routes")
            #expect(reply.output.contains("\"added\":1"), "\(reply)")
        }
    }

    @Test(arguments: [
        ("/v1/%73tats", 200), ("/%761/drops/%6eoRoute", 200), ("/v1/drops/no%52oute?a=%20", 200),
        ("http://localhost/v1/stats", 200), ("http://localhost", 404), ("/v1%2Fstats", 404),
        ("/v1/drops/noRoute%2F", 404), ("/v1/stats%", 400), ("/v1/%zz", 400), ("/v1/%ff", 400),
        ("/v1/stats?%zz", 400), ("//v1/stats", 404), ("*", 404),
    ])
    func pathsAreDecoded(path: String, status: Int) async throws {
        try await withServer { socket in
            let client = try RawClient(socket)
            client.send("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let text = try await client.readToEnd()
            #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(path): \(text)")
        }
    }

    /// An action in other words is the same action, with its limits: a body of its length is read.
    @Test func actionsAreDecodedToo() async throws {
        try await withServer { path in
            for target in ["/v1/%72outes", "http://localhost/v1/routes"] {
                let body = String(repeating: Self.body, count: 10_000)
                let client = try RawClient(path)
                let head =
                    "POST \(target) HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n"
                try await client.sendAll(Array((head + body).utf8))
                let reply = try await client.read(until: "}\n")
                #expect(reply.contains("\"added\":10000"), "\(reply)")
            }
        }
    }
}
