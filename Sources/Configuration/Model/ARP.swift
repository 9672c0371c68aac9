// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// How MACs are found out.
    public struct ARP: Equatable, Sendable {
        public static let limitRange = 1...65_536
        public static let defaultLimit = 16_384
        public static let rateRange = 0...1_000_000
        public static let defaultRate = 20_000

        /// When our addresses are told to all.
        public enum Announcement: String, CaseIterable, Sendable {
            /// When a live forwarder starts, and when a link comes up.
            case live
            /// In replays, too.
            case always
        }

        /// Hosts of an interface whose MAC was found out.
        public var limit: Int
        /// Hosts that may be asked for each second; 0 to ask for none.
        public var requestsPerSecond: Int
        public var announce: Announcement

        public init(
            limit: Int = ARP.defaultLimit, requestsPerSecond: Int = ARP.defaultRate,
            announce: Announcement = .live
        ) {
            self.limit = limit
            self.requestsPerSecond = requestsPerSecond
            self.announce = announce
        }
    }
}

extension Configuration.ARP: SettingSection {
    static let rows = [
        SettingRow<Self>(
            KeyFacts(
                "limit", .integer(limitRange), .value("\(defaultLimit)"),
                "most neighbours of an interface",
                description:
                    "The most neighbours of an interface that are found out, beside those of the file.",
                only: .route),
            .onReload, \.limit, of: "a number of neighbours"),
        SettingRow<Self>(
            KeyFacts(
                "requestsPerSecond", .integer(rateRange), .value("\(defaultRate)"),
                "most hosts that are asked for",
                description:
                    "The most hosts that are asked for their MAC each second; 0 asks for none.",
                only: .route),
            .onReload, \.requestsPerSecond, of: "a number of hosts"),
        SettingRow<Self>(
            KeyFacts(
                "announce", .words(Announcement.self), .value("live"),
                "when own addresses are announced",
                description:
                    "live: when freeway run starts, and when a link comes up. always: in replays, too.",
                only: .route),
            .onReload, \.announce),
    ]
}
