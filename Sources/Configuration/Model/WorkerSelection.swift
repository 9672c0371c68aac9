// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// How many workers there are, and on which CPUs.
    public enum WorkerSelection: Equatable, Sendable {
        /// One on each CPU that the process may use but for the first, at least one.
        case automatic
        /// This many, 1 to ``maximumCount``.
        case count(Int)
        /// One on each of these CPUs, in this order.
        case cpus([Int])

        /// DPDK has 128 lcores (`RTE_MAX_LCORE`), and lcore 0 is the control plane's.
        public static let maximumCount = 127
        /// The highest CPU number that the kernel's affinity mask of 1,024 bits can name.
        public static let highestCPU = 1_023
        /// What the file writes for `.automatic`.
        static let automaticWord = "auto"
    }
}
