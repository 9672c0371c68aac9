// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// What Freeway says by ICMP.
    public struct ICMP: Equatable, Sendable {
        public static let rateRange = 0...1_000_000
        public static let defaultRate = 1_000

        /// Messages about errors a second, for each interface that frames come in by; 0 for none.
        public var errorsPerSecond: Int

        public init(errorsPerSecond: Int = ICMP.defaultRate) {
            self.errorsPerSecond = errorsPerSecond
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
            .onReload, \.errorsPerSecond, of: "a number of messages")
    ]
}
