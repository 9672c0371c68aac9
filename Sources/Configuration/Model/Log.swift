// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// What is written to the log.
    public struct Log: Equatable, Sendable {
        /// The levels of swift-log, the least important first.
        public enum Level: String, CaseIterable, Sendable {
            case trace, debug, info, notice, warning, error, critical
        }

        public var level: Level

        public init(level: Level = .info) { self.level = level }
    }
}
