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

        /// Whether a line says when it was written.
        public enum Time: String, CaseIterable, Sendable {
            case utc
            /// For those whose reader writes the time down itself, as systemd's journal does.
            case none
        }

        public var level: Level
        public var format: Format
        public var time: Time

        public init(level: Level = .info, format: Format = .text, time: Time = .utc) {
            self.level = level
            self.format = format
            self.time = time
        }
    }
}

extension Configuration.Log: SettingSection {
    static let rows = [
        SettingRow<Self>(
            KeyFacts(
                "level", .words(Level.self, type: "level"), .value("info"), "how much is logged"),
            .onReload, \.level),
        SettingRow<Self>(
            KeyFacts(
                "format", .words(Format.self), .value("text"), "how a line is written",
                description: "How a line is written: text for people, or one JSON object."),
            .onReload, \.format),
        SettingRow<Self>(
            KeyFacts(
                "time", .words(Time.self), .value("utc"), "whether a line has the time",
                description: "Whether a line says when it was written; a journal does so itself."),
            .onReload, \.time),
    ]
}
