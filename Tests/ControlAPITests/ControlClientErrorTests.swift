// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Testing

@Suite struct ControlClientErrorTests {
    @Test(arguments: [
        (
            ControlClientError.notRunning(path: "/s"), 69,
            "/s: no forwarder answers; start one with freeway run CONFIG, or name its socket"
                + " with --socket"
        ),
        (
            .notPermitted(path: "/s"), 77,
            "/s: no permission; run as root or as a member of the socket's group"
        ),
        (.notASocket(path: "/s"), 69, "/s: not a socket; name the forwarder's with --socket"),
        (.badPath(path: ""), 64, "the socket's path is empty; give one with --socket"),
        (
            .timedOut(path: "/s", seconds: 5), 69,
            "/s: no answer within 5 s; is the forwarder stopped?"
        ),
        (.refused(status: 404, ErrorReply(code: "notFound", message: "no")), 69, "no"),
        (
            .refused(
                status: 500, ErrorReply(code: "internalFault", message: "no", remedy: "ask")),
            70, "no; ask"
        ),
    ])
    func namesTheThingAndTheWayOut(error: ControlClientError, exitCode: Int32, text: String) {
        #expect(error.exitCode == exitCode)
        #expect(error.description == text)
    }
}
