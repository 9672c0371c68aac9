// SPDX-License-Identifier: Apache-2.0

import FuzzSupport

// Any bytes on a connection to the control socket of a forwarder that is ready to forward: each whole
// request gets a whole reply, the connection ends, and the next client finds the forwarder as it was.
fuzz { start, count in
    let server = ServerUnderTest.shared
    ReplyReader.check(server.answer(to: UnsafeRawBufferPointer(start: start, count: count)))
    if server.hasAnotherConfiguration {
        let reply = server.answer(to: "POST /v1/reload HTTP/1.1\r\nHost: x\r\n\r\n")
        precondition(reply.starts(with: "HTTP/1.1 200 OK\r\n".utf8), "the old file is still good")
        precondition(!server.hasAnotherConfiguration, "and is in force again")
    }
    return 0
}
