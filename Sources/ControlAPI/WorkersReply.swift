// SPDX-License-Identifier: Apache-2.0

/// `GET /v1/workers`.
public struct WorkersReply: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    public var time: Timestamp
    /// By index.
    public var workers: [WorkerStatus]

    /// What the control plane does beside this reply, in the words of ``WorkerGaps/Gap/during``.
    public var activities: [String]

    public init(time: Timestamp, workers: [WorkerStatus], activities: [String] = []) {
        self.activities = activities
        self.time = time
        self.workers = workers
    }
}

extension Endpoint<WorkersReply> {
    public static var workers: Self { Self("/v1/workers") }
}
