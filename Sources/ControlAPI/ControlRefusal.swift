// SPDX-License-Identifier: Apache-2.0

/// A reply with a status of 400 or above, thrown by whoever cannot do what was asked.
public struct ControlRefusal: Error, Sendable {
    public let status: Int
    public let reply: ErrorReply

    public init(status: Int, _ reply: ErrorReply) {
        self.status = status
        self.reply = reply
    }
}
