// SPDX-License-Identifier: Apache-2.0

@testable import FreewayConfiguration

/// The table of all keys in docs/configuration.md, by their rows and facts.
enum KeyTable {
    static var lines: [String] {
        Keys.Root.allCases.flatMap { key -> [String] in
            guard let facts = key.facts else {
                return key == .ports ? ports : key == .interfaces ? interfaces : lines(of: key)
            }
            let anchor = key.rawValue.lowercased()
            let own = facts.tableLine(path: "", anchor: anchor, isRestarted: key.isRestarted)
            return switch key {
            case .routes:
                [own]
                    + Keys.Route.allCases.flatMap {
                        lines([$0], in: "routes[]", anchor)
                            + ($0 == .via
                                ? lines(Keys.NextHop.allCases, in: "routes[].via[]", anchor) : [])
                    }
            case .neighbours: [own] + lines(Keys.Neighbour.allCases, in: "neighbours[]", anchor)
            default: [own]
            }
        }
    }

    private static var ports: [String] {
        let port = KeyFacts(
            "NAME", .other(type: "mapping", schema: ""), .words("at least one"), "a port")
        return [port.tableLine(path: "ports.", anchor: "ports", isRestarted: true)]
            + Configuration.Port.rows.map {
                $0.facts.tableLine(
                    path: "ports.NAME.", anchor: $0.facts.name,
                    isRestarted: $0.effect == .onRestart)
            }
            + Configuration.RouterAdvertisement.rows.map {
                $0.facts.tableLine(
                    path: "ports.NAME.ra.", anchor: "ra", isRestarted: $0.effect == .onRestart)
            }
    }

    private static var interfaces: [String] {
        let interface = KeyFacts(
            "NAME", .other(type: "mapping", schema: ""), .words("none"),
            "an interface of tagged frames")
        return [interface.tableLine(path: "interfaces.", anchor: "interfaces", isRestarted: false)]
            + Configuration.Interface.rows.map {
                $0.facts.tableLine(
                    path: "interfaces.NAME.", anchor: "interfaces",
                    isRestarted: $0.effect == .onRestart)
            }
    }

    private static func lines(of section: Keys.Root) -> [String] {
        Configuration.settings.first { $0.section == section.rawValue }?.keys.map {
            $0.facts.tableLine(
                path: "\(section).", anchor: section.rawValue, isRestarted: $0.isRestarted)
        } ?? []
    }

    private static func lines<Key: DescribedKey>(
        _ keys: [Key], in path: String, _ anchor: String
    ) -> [String] {
        keys.compactMap {
            $0.facts?.tableLine(path: "\(path).", anchor: anchor, isRestarted: false)
        }
    }
}
