// SPDX-License-Identifier: Apache-2.0

/// `GET /v1/workers`.
public struct WorkersReply: Codable, Sendable, Equatable {
    public private(set) var schemaVersion = 1
    public var time: Timestamp
    /// By index.
    public var workers: [WorkerStatus]

    public init(time: Timestamp, workers: [WorkerStatus]) {
        self.time = time
        self.workers = workers
    }
}
