// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// What Freeway says by ICMP.
    public struct ICMP: Equatable, Sendable {
        public static let rateRange = 0...1_000_000
        public static let defaultRate = 1_000

        public enum Switch: String, CaseIterable, Sendable {
            case off, on
        }

        /// Messages about errors a second, for each interface that frames come in by; 0 for none.
        public var errorsPerSecond: Int
        /// Whether packets with wrong options are dropped, and their senders told.
        public var parameterProblems: Switch

        public init(errorsPerSecond: Int = ICMP.defaultRate, parameterProblems: Switch = .off) {
            self.errorsPerSecond = errorsPerSecond
            self.parameterProblems = parameterProblems
        }
    }
}

extension Configuration.ICMP: SettingSection {
    static let rows = [
        SettingRow<Self>(
            KeyFacts(
                "errorsPerSecond", .integer(rateRange), .value("\(defaultRate)"),
                "most ICMP messages about errors",
                description:
                    "The most ICMP messages about errors each second, for each interface that frames come in by; 0 for none.",
                only: .route),
            .onReload, \.errorsPerSecond, of: "a number of messages"),
        SettingRow<Self>(
            KeyFacts(
                "parameterProblems", .words(Switch.self), .value("off"),
                "whether wrong options are told of",
                description:
                    "on: packets whose IPv4 options are wrong are dropped, and their senders told (ICMP 12/0). off: options are not looked at, but for source routes.",
                only: .route),
            .onReload, \.parameterProblems),
    ]
}
