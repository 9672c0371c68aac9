// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// A key of a section of the root, whatever the section is.
    struct Setting: Sendable {
        /// Such as `log.level`.
        let path: String
        let facts: KeyFacts
        let isRestarted: Bool
        let text: @Sendable (Configuration) -> String
    }

    /// The keys of all sections of the root, by section.
    static let settings: [(section: String, keys: [Setting])] = [
        ("memory", settings("memory", \.memory)), ("hash", settings("hash", \.hash)),
        ("arp", settings("arp", \.arp)), ("icmp", settings("icmp", \.icmp)),
        ("control", settings("control", \.control)), ("log", settings("log", \.log)),
    ]

    private static func settings<Section: SettingSection>(
        _ name: String, _ path: any KeyPath<Configuration, Section> & Sendable
    ) -> [Setting] {
        Section.rows.map { row in
            Setting(
                path: "\(name).\(row.facts.name)", facts: row.facts,
                isRestarted: row.effect == .onRestart, text: { row.text($0[keyPath: path]) })
        }
    }
}
