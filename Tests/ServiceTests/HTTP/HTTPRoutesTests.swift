// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Forwarding
import Foundation
import ProcessSupport
import Service
import Synchronization
import TestSupport
import Testing

/// Requests with changes of routes: what is too long, cut short or wrong never reaches the source.
@Suite struct HTTPRoutesTests {
    private static let untouched = SampleSource(beforeChange: { _ in
        Issue.record("the source was asked")
    })

    @Test(arguments: [[], ["-H", "Transfer-Encoding: chunked"]])
    func aBodyBeyondTheLimitIsTooLong(headers: [String]) async throws {
        var limits = ControlLimits()
        limits.maximumRouteTextBytes = 100_000
        try await withServer(source: Self.untouched, limits: limits) { path in
            let directory = try TemporaryFolder()
            let file = directory.path + "/long"
            try Data(repeating: 10, count: 100_001).write(to: URL(fileURLWithPath: file))
            let reply = try await Command.run(
                [
                    "curl", "-sS", "-i", "--unix-socket", path, "--data-binary", "@\(file)", "-H",
                    "Expect:",
                ] + headers + ["http://localhost/v1/routes"])
            #expect(reply.output.hasPrefix("HTTP/1.1 413 Payload Too Large\r\n"))
            #expect(reply.output.contains("the request is longer than 100000 bytes"))
            _ = try await ControlClient.patient(path).get(.version)
        }
    }

    /// More than other requests may have, in pieces that end anywhere.
    @Test func aTextUpToTheLimitIsReadAsItComesIn() async throws {
        let seen = Mutex<[Int]>([])
        let source = SampleSource(beforeChange: { changes in
            seen.withLock { $0.append(changes.count) }
        })
        try await withServer(source: source) { path in
            let text = (0..<100_000).map {
                "add \($0 >> 16).\($0 >> 8 & 255).\($0 & 255).0/24 via 192.0.2.\($0 % 250)\n"
            }.joined()
            let reply = try await ControlClient.patient(path).changeRoutes(Data(text.utf8))
            #expect(reply.added == 100_000)
            #expect(seen.withLock { $0 } == [100_000])
        }
    }

    /// Nobody can tell half a list of changes from a whole one by its words.
    @Test(arguments: [
        "Content-Length: 1000\r\n\r\nadd 10.0.0.0/8 via 192.0.2.9\n",
        "Transfer-Encoding: chunked\r\n\r\n1d\r\nadd 10.0.0.0/8 via 192.0.2.9\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n1d\r\nadd 10.0.0.0/8 via 192.0.2.9\n\r\n5\r\nadd",
        "Transfer-Encoding: chunked\r\n\r\n1d\r\nadd 10.0.0.0/8 via 192.0.2.9\n\r\nzz\r\n",
    ])
    func aRequestThatIsCutShortChangesNothing(rest: String) async throws {
        try await withServer(source: Self.untouched) { path in
            for listens in [true, false] {
                var client: RawClient? = try RawClient(path)
                client?.send("POST /v1/routes HTTP/1.1\r\nHost: x\r\n" + rest)
                if listens {
                    client?.endSending()
                    // What comes back, if anything does, is no success.
                    let reply = try await client?.readToEnd() ?? ""
                    #expect(!reply.hasPrefix("HTTP/1.1 200"), "\(reply)")
                }
                client = nil
            }
            // The server has seen both go once it has served another.
            for _ in 0..<20 { _ = try await ControlClient.patient(path).get(.version) }
        }
    }

    /// A configuration that is cut short is one, perhaps, with half the routes.
    @Test func aConfigurationThatIsCutShortIsNotPutInForce() async throws {
        let source = SampleSource(beforeReload: { _ in Issue.record("the source was asked") })
        try await withServer(source: source) { path in
            let client = try RawClient(path)
            client.send(
                "PUT /v1/config HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "b\r\nversion: 1\n\r\n")
            client.endSending()
            let reply = try await client.readToEnd()
            #expect(!reply.hasPrefix("HTTP/1.1 200"), "\(reply)")
        }
    }

    @Test(arguments: [
        ("", nil, "the body is empty"), ("{", nil, "the body is not JSON"),
        (
            "[]", nil,
            "expected an object such as {\"routes\":[{\"action\":\"add\",\"to\":\"10.0.0.0/8\",\"via\":\"192.0.2.9\"}]}"
        ),
        ("{\"routes\":[7]}", "routes[0]", "not an object"),
        ("{\"routes\":[],\"rout\":1}", "rout", "unknown key; expected routes"),
        (
            "{\"routes\":[{\"action\":\"ad\",\"to\":\"10.0.0.0/8\",\"via\":\"192.0.2.9\"}]}",
            "routes[0].action", "found \"ad\", expected add, replace, delete; did you mean add?"
        ),
        ("{\"routes\":[{\"action\":\"delete\",\"to\":8}]}", "routes[0].to", "not a text"),
        (
            "{\"routes\":[{\"action\":\"delete\",\"to\":\"10.0.0.0/33\"}]}", "routes[0].to",
            "found \"10.0.0.0/33\", expected a prefix such as 10.0.0.0/8"
        ),
        (
            "{\"routes\":[{\"action\":\"add\",\"to\":\"10.0.0.0/8\"}]}", "routes[0]",
            "has neither \"via\" (a next hop) nor \"type\" (blackhole, unreachable or prohibit)"
        ),
        (
            "{\"routes\":[{\"action\":\"add\",\"to\":\"10.0.0.0/8\",\"via\":[{\"address\":\"192.0.2.9\",\"weight\":0}]}]}",
            "routes[0].via[0].weight", "expected a weight from 1 to 256"
        ),
    ])
    func jsonOfTheWrongShapeIsRefused(body: String, field: String?, message: String) async throws {
        try await withServer(source: Self.untouched) { path in
            let reply = try await Command.curl(
                path, "-H", "Content-Type: application/json", "-d", body, "-w", "%{http_code}",
                "http://localhost/v1/routes")
            #expect(reply.output.hasSuffix("\n422"), "\(reply)")
            let error = try ControlJSON.decode(
                ErrorReply.self, from: Data(reply.output.dropLast(3).utf8)
            ).error
            #expect(error.code == "badRoutes")
            #expect(error.problems?.map(\.field) == [field])
            #expect(error.problems?.map(\.message) == [message])
        }
    }

    /// A program that failed sends nothing: that is no change of nothing.
    @Test(arguments: [
        ["-X", "POST"], ["-d", ""], ["-H", "Transfer-Encoding: chunked", "-d", ""],
    ])
    func aRequestWithoutABodyIsRefused(arguments: [String]) async throws {
        try await withServer(source: Self.untouched) { path in
            let reply = try await Command.run(
                ["curl", "-sS", "--unix-socket", path, "-w", "%{http_code}"] + arguments
                    + ["http://localhost/v1/routes"])
            #expect(reply.output.hasSuffix("\n422"), "\(reply)")
            #expect(reply.output.contains("\"message\":\"the body is empty\""))
        }
    }

    /// A list of changes that are all comments has been written by somebody.
    @Test func aTextWithoutChangesChangesNothing() async throws {
        try await withServer { path in
            let reply = try await ControlClient.patient(path).changeRoutes(Data("# none\n".utf8))
            #expect(reply.added == 0)
        }
    }

    @Test func jsonOfTheRightShapeReachesTheSource() async throws {
        try await withServer { path in
            let reply = try await Command.curl(
                path, "-H", "Content-Type: application/json; charset=utf-8", "-d",
                """
                {"routes":[{"action":"add","to":"10.0.0.0/8","via":"192.0.2.9"},
                {"action":"replace","to":"10.0.0.0/8","via":["192.0.2.9",{"address":"192.0.2.8","weight":2}]},
                {"action":"add","to":"10.1.0.0/16","type":"blackhole"},{"action":"delete","to":"default"}]}
                """, "http://localhost/v1/routes")
            #expect(reply.output.contains("\"added\":4"), "\(reply)")
        }
    }

    @Test func otherMethodsAreRefused() async throws {
        try await withServer(source: Self.untouched) { path in
            let reply = try await Command.curl(
                path, "-i", "-X", "DELETE", "http://localhost/v1/routes")
            #expect(reply.output.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
        }
    }
}
