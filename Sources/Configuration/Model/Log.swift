// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// What is written to the log.
    public struct Log: Equatable, Sendable {
        /// The levels of swift-log, the least important first.
        public enum Level: String, CaseIterable, Sendable {
            case trace, debug, info, notice, warning, error, critical
        }

        /// How a line is written.
        public enum Format: String, CaseIterable, Sendable {
            /// For people.
            case text
            /// One JSON object a line.
            case json
        }

        public var level: Level
        public var format: Format

        public init(level: Level = .info, format: Format = .text) {
            self.level = level
            self.format = format
        }
    }
}
