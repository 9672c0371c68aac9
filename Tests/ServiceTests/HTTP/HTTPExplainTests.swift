// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Service
import TestSupport
import Testing

/// `POST /v1/explain`: what is wrong with a request is named with its place.
@Suite struct HTTPExplainTests {
    @Test(arguments: [
        ("", "the body is empty"), ("{", "the body is not JSON"), ("\u{0}", "the body is not JSON"),
        ("[]", "the body is not an object"), ("null", "the body is not an object"),
        ("{}", "port: missing"), (#"{"port":"wan"}"#, "hex: missing"),
        (#"{"port":1,"hex":"00"}"#, "port: not a text"),
        (#"{"port":"wan","hex":null}"#, "hex: not a text"),
        (#"{"port":"wan","hexx":"00"}"#, "hexx: there is no such key; did you mean hex?"),
        (#"{"port":"wan","hex":"00","x":1}"#, "x: there is no such key"),
    ])
    func aBadBodyIsAnsweredWithItsPlace(body: String, message: String) async throws {
        try await withServer { path in
            let directory = try TemporaryFolder()
            let file = directory.path + "/body"
            try Data(body.utf8).write(to: URL(fileURLWithPath: file))
            let reply = try await Command.curl(
                path, "-i", "--data-binary", "@\(file)", "http://localhost/v1/explain")
            #expect(reply.output.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(reply.output)")
            let json = reply.output.drop { $0 != "{" }
            let error = try JSONDecoder().decode(ErrorReply.self, from: Data(json.utf8)).error
            #expect(error.code == "badRequest")
            #expect(error.message == message)
            #expect(error.remedy != nil)
        }
    }

    @Test func aBodyBeyondTheLimitIsTooLong() async throws {
        var limits = ControlLimits()
        limits.maximumExplainBytes = 1000
        try await withServer(limits: limits) { path in
            let digits = String(repeating: "00", count: 500)
            let reply = try await Command.curl(
                path, "-i", "-d", #"{"port":"wan","hex":"\#(digits)"}"#,
                "http://localhost/v1/explain")
            #expect(reply.output.hasPrefix("HTTP/1.1 413 "), "\(reply.output)")
            #expect(reply.output.contains("the request is longer than 1000 bytes"))
        }
    }

    @Test func othersThanPostAreRefused() async throws {
        try await withServer { path in
            for method in ["GET", "PUT", "DELETE"] {
                let reply = try await Command.curl(
                    path, "-i", "-X", method, "http://localhost/v1/explain")
                #expect(reply.output.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
                #expect(reply.output.lowercased().contains("\r\nallow: post\r\n"))
            }
        }
    }

    @Test func theClientGetsTheSourcesReply() async throws {
        try await withServer { path in
            let request = ExplainRequest(port: "wan", hex: "00")
            let reply = try await ControlClient.patient(path).explain(request)
            #expect(reply == SampleSource().explain(request))
        }
    }
}
