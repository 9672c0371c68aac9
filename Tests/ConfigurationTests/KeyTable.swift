// SPDX-License-Identifier: Apache-2.0

@testable import FreewayConfiguration

/// The table of all keys in docs/configuration.md: of the sections by their rows, of the others by what stands here.
enum KeyTable {
    static var lines: [String] {
        let weights = Configuration.WeightedNextHop.weightRange
        let workers = "`auto`, 1-\(Configuration.WorkerSelection.maximumCount), list of CPUs"
        return [
            line("", "version", "version", "`1`", .required(hint: ""), "version of this format"),
            line(
                "", "forward", "forward", ValueShape.words(Configuration.ForwardMode.self).type,
                .required(hint: ""), "what is done with a frame",
                isRestarted: true),
            line(
                "", "workers", "workers", workers, .value("auto"), "how many workers, and where",
                isRestarted: true),
        ] + lines(of: "memory") + [
            line(
                "ports.", "NAME", "ports", "mapping", .words("at least one"), "a port",
                isRestarted: true)
        ]
            + Configuration.Port.rows.map {
                $0.facts.tableLine(
                    path: "ports.NAME.", anchor: $0.facts.name,
                    isRestarted: $0.effect == .onRestart)
            } + [
                line(
                    "", "crossConnect", "crossconnect", "list of pairs of ports",
                    .words("required there"), "which ports are joined", .crossConnect),
                line("", "routes", "routes", "list", .words("none"), "where packets go", .route),
                line("routes[].", "to", "routes", "prefix", .required(hint: ""), "destinations"),
                line(
                    "routes[].", "via", "routes", "address, or list", .words("this or `action`"),
                    "next hops"),
                line(
                    "routes[].via[].", "address", "routes", "address", .required(hint: ""),
                    "a next hop"),
                line(
                    "routes[].via[].", "weight", "routes", ValueShape.integer(weights).type,
                    .value("1"),
                    "its share of the flows"),
                line(
                    "routes[].", "action", "routes",
                    ValueShape.words(Configuration.Route.Action.self).type,
                    .words("this or `via`"), "drop"),
                line(
                    "", "neighbours", "neighbours", "list", .words("none"),
                    "hosts whose MAC is known",
                    .route),
                line(
                    "neighbours[].", "port", "neighbours", "name of a port", .required(hint: ""),
                    "where it is"),
                line(
                    "neighbours[].", "address", "neighbours", "address", .required(hint: ""),
                    "its IPv4 address"),
                line(
                    "neighbours[].", "mac", "neighbours", "MAC address", .required(hint: ""),
                    "its MAC address"),
            ] + lines(of: "hash") + lines(of: "control") + lines(of: "log")
    }

    private static func lines(of section: String) -> [String] {
        Configuration.settings.first { $0.section == section }?.keys.map {
            $0.facts.tableLine(
                path: "\(section).", anchor: section, isRestarted: $0.isRestarted)
        } ?? []
    }

    private static func line(
        _ path: String, _ name: String, _ anchor: String, _ type: String,
        _ standard: KeyFacts.Standard, _ meaning: String,
        _ mode: Configuration.ForwardMode? = nil, isRestarted: Bool = false
    ) -> String {
        KeyFacts(name, .other(type: type, schema: ""), standard, meaning, only: mode)
            .tableLine(path: path, anchor: anchor, isRestarted: isRestarted)
    }
}
