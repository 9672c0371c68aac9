// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Service
import TestSupport
import Testing

/// `POST /v1/neighbours`: each action has the keys that it needs, and what is wrong with a request is named.
@Suite struct HTTPNeighboursTests {
    @Test(arguments: [
        ("", "the body is empty"), ("[]", "the body is not an object"), ("{}", "action: missing"),
        (
            #"{"action":"ad"}"#,
            "action: found \"ad\", expected add, delete, flush; did you mean add?"
        ),
        (#"{"action":"add","address":"192.0.2.9"}"#, "mac: missing"),
        (#"{"action":"add","mac":"02:00:00:00:00:01"}"#, "address: missing"),
        (#"{"action":"delete"}"#, "address: missing"),
        (#"{"action":"delete","address":7}"#, "address: not a text"),
        (#"{"action":"delete","address":"192.0.2.9","mac":"x"}"#, "mac: delete has no such key"),
        (#"{"action":"flush","address":"192.0.2.9"}"#, "address: flush has no such key"),
        (
            #"{"action":"flush","interfaces":"lan"}"#,
            "interfaces: there is no such key; did you mean interface?"
        ),
    ])
    func aBadBodyIsAnsweredWithItsPlace(body: String, message: String) async throws {
        try await withServer { path in
            let reply = try await Command.curl(
                path, "-i", "-d", body, "http://localhost/v1/neighbours")
            #expect(reply.output.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(reply.output)")
            let json = reply.output.drop { $0 != "{" }
            let error = try JSONDecoder().decode(ErrorReply.self, from: Data(json.utf8)).error
            #expect(error.code == "badRequest")
            #expect(error.message == message)
            #expect(error.remedy != nil)
        }
    }

    @Test func theClientGetsTheSourcesReply() async throws {
        try await withServer { path in
            let change = NeighbourChange(.add, address: "192.0.2.9", mac: "02:00:00:00:00:01")
            let reply = try await ControlClient.patient(path).changeNeighbours(change)
            #expect(reply == SampleSource().change(change))
        }
    }
}
