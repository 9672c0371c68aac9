// SPDX-License-Identifier: Apache-2.0

/// A receive queue that a worker polls.
public struct PolledQueue: Codable, Sendable, Equatable {
    /// The port's name.
    public var port: String
    public var queue: Int

    public init(port: String, queue: Int) {
        self.port = port
        self.queue = queue
    }
}
