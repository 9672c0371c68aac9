// SPDX-License-Identifier: Apache-2.0

extension Plan.Memory {
    /// What the clients of the control socket may take at the most, all together. It is not asked of EAL.
    public struct Control: Equatable, Sendable {
        /// Connections at a time.
        public static let connections = 256
        /// A connection's objects, the part of a reply that it sends, and what the kernel holds of it.
        static let connectionBytes = 96 << 10
        /// Replies that clients have not read yet. The configuration in force is not counted again.
        public static let waitingReplyBytes = 8 << 20
        /// Bodies of requests: a configuration of the longest kind, or changes of as many routes as there
        /// is room for.
        public let uploadBytes: Int

        public var bytes: Int {
            Self.connections * Self.connectionBytes + Self.waitingReplyBytes + uploadBytes
        }

        init(_ fib: Plan.ForwardingTable?) {
            uploadBytes = max(16 << 20, 64 * (fib?.capacity ?? 0))
        }
    }
}
