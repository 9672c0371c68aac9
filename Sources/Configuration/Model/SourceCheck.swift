// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// What an interface asks of the sources of packets that come in by it (RFC 3704, 2).
    public enum SourceCheck: String, CaseIterable, Sendable {
        /// Nothing.
        case off
        /// That there is a route to them.
        case loose
        /// That packets to them may leave by the interface.
        case strict
    }
}

extension Configuration {
    /// Whether any interface asks for anything.
    public var checksSources: Bool {
        ports.contains { $0.sourceCheck != .off }
            || vlanInterfaces.contains { $0.sourceCheck != .off }
    }
}

extension SettingRow {
    /// The same for ports and interfaces.
    static func sourceCheck(
        _ path: any WritableKeyPath<Section, Configuration.SourceCheck> & Sendable
    ) -> SettingRow {
        SettingRow(
            KeyFacts(
                "sourceCheck", .words(Configuration.SourceCheck.self), .value("off"),
                "which sources are believed",
                description:
                    "loose: a packet's source must have a route. strict: one by this interface. Only with "
                    + "forward: route.",
                only: .route),
            .onReload, path)
    }
}
