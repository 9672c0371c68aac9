// SPDX-License-Identifier: Apache-2.0

/// What the kernel says of a worker's thread since it started.
public struct ThreadStatus: Codable, Sendable, Equatable {
    /// The kernel's thread id.
    public var id: Int
    /// Seconds in which it was ready to run, but something else had the CPU.
    public var waitedSeconds: Double
    /// How often the kernel took the CPU away from it.
    public var preemptions: UInt64

    public init(id: Int, waitedSeconds: Double, preemptions: UInt64) {
        self.id = id
        self.waitedSeconds = waitedSeconds
        self.preemptions = preemptions
    }
}
