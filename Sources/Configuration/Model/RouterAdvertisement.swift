// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration {
    /// What hosts of an interface are told of their router (RFC 4861, 6.2; RFC 4862; RFC 8106).
    public struct RouterAdvertisement: Equatable, Sendable {
        public enum Flag: String, CaseIterable, Sendable {
            case off, on
        }

        /// 0 for a router that is nobody's default one.
        public static let lifetimeRange = 0...9_000
        public static let intervalRange = 4...1_800
        /// What 32 bits hold; the last stands for ever.
        public static let prefixLifetimeRange = 0...4_294_967_295
        public static let mostServers = 8

        /// In seconds, as all of these.
        public var lifetime = 1_800
        /// The longest between two that nobody asked for.
        public var interval = 600
        public var validLifetime = 2_592_000
        public var preferredLifetime = 604_800
        /// Whether addresses, or only other settings, come by DHCPv6.
        public var managed = Flag.off
        public var otherSettings = Flag.off
        /// Servers of names.
        public var servers: [IPAddress] = []

        public init() {}
    }
}

extension Configuration.RouterAdvertisement: SettingSection {
    static let rows = [
        SettingRow<Self>(
            KeyFacts(
                "lifetime", .integer(lifetimeRange), .value("1800"),
                "how long the router is a default one",
                description:
                    "For how many seconds hosts take the router for their default one; 0: they do not."
            ),
            .onReload, \.lifetime, of: "a number of seconds"),
        SettingRow<Self>(
            KeyFacts(
                "interval", .integer(intervalRange), .value("600"),
                "seconds between advertisements",
                description: "The longest time in seconds between two that nobody asked for."),
            .onReload, \.interval, of: "a number of seconds"),
        SettingRow<Self>(
            KeyFacts(
                "validLifetime", .integer(prefixLifetimeRange), .value("2592000"),
                "how long prefixes are valid",
                description: "For how many seconds the interface's prefixes are on its link."),
            .onReload, \.validLifetime, of: "a number of seconds"),
        SettingRow<Self>(
            KeyFacts(
                "preferredLifetime", .integer(prefixLifetimeRange), .value("604800"),
                "how long they are preferred",
                description:
                    "For how many seconds addresses out of them are preferred, at most as long as they are valid."
            ),
            .onReload, \.preferredLifetime, of: "a number of seconds"),
        SettingRow<Self>(
            KeyFacts(
                "managed", .words(Flag.self), .value("off"), "whether addresses come by DHCPv6",
                description: "on: hosts get addresses by DHCPv6."), .onReload, \.managed),
        SettingRow<Self>(
            KeyFacts(
                "otherSettings", .words(Flag.self), .value("off"), "whether other settings do",
                description: "on: hosts get other settings by DHCPv6."), .onReload, \.otherSettings),
        SettingRow<Self>(
            KeyFacts(
                "servers",
                .other(
                    type: "list of addresses",
                    schema:
                        "\"type\": \"array\", \"maxItems\": \(mostServers), \"items\": { \"$ref\": \"#/$defs/address\" }"
                ), .words("none"), "servers of names",
                description: "IPv6 addresses of servers that hosts ask for names (RFC 8106)."),
            .onReload, text: { $0.servers.map { "\($0)" }.joined(separator: ", ") },
            decode: { $2.servers = $0.servers($1) }),
    ]
}

extension SettingRow {
    /// The same for ports and interfaces.
    static func advertisement(
        _ path: any WritableKeyPath<Section, Configuration.RouterAdvertisement?> & Sendable
    ) -> SettingRow {
        SettingRow(
            KeyFacts(
                "ra", .other(type: "mapping", schema: "\"$ref\": \"#/$defs/ra\""),
                .words("none are sent"), "router advertisements",
                description:
                    "What hosts are told of their router; {} for the usual. Needs IPv6. Only with forward: route.",
                only: .route),
            .onReload,
            text: {
                $0[keyPath: path].map { ra in
                    Configuration.RouterAdvertisement.rows.map { "\($0.facts.name) \($0.text(ra))" }
                        .joined(separator: ", ")
                } ?? "none"
            },
            decode: { decoder, field, section in
                guard !field.node.isNull else {
                    section[keyPath: path] = Configuration.RouterAdvertisement()
                    return
                }
                let ra = decoder.decode(field, or: Configuration.RouterAdvertisement())
                if ra.preferredLifetime > ra.validLifetime {
                    decoder.report(
                        field,
                        "preferredLifetime is \(ra.preferredLifetime), which is longer than validLifetime, \(ra.validLifetime)"
                    )
                }
                section[keyPath: path] = ra
            })
    }
}

extension ConfigurationDecoder {
    mutating func servers(_ field: Field) -> [IPAddress] {
        guard let items = items(field, expected: "a list such as [\"2001:db8::53\"]") else {
            return []
        }
        let most = Configuration.RouterAdvertisement.mostServers
        if items.count > most {
            report(field, "found \(items.count) servers, expected at most \(most)")
        }
        return items.prefix(most).compactMap { item in
            guard let address = address(item) else { return nil }
            guard address.ipv6?.isUnicast == true else {
                report(item, "\(address) is no host's address of IPv6")
                return nil
            }
            return address
        }
    }
}
