// SPDX-License-Identifier: Apache-2.0

/// What a replay answered to a query at one of its steps.
public struct ReplayAnswer: Codable, Sendable, Equatable {
    /// The number of the step among all steps of the replay, from 0.
    public var step: Int
    public var path: String
    /// The body of the reply, as the control socket of a running forwarder gives it. Its times are the
    /// replay's: the moment of the step, and as the start that of the first frame.
    public var reply: JSONValue

    public init(step: Int, path: String, reply: JSONValue) {
        self.step = step
        self.path = path
        self.reply = reply
    }
}
