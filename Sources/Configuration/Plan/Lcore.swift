// SPDX-License-Identifier: Apache-2.0

extension Plan {
    /// A thread of EAL and the CPUs that it may run on.
    public struct Lcore: Equatable, Sendable, Encodable {
        public let lcore: Int
        /// One when it is pinned, several when it floats.
        public let cpus: [Int]
    }
}
