// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration {
    /// Whether an interface has IPv6: takes IPv6 packets in, and has an address for its link (RFC 4291, 2.1).
    public enum IPv6: String, CaseIterable, Sendable {
        /// Where it has an IPv6 address.
        case automatic = "auto"
        /// Also without an address in the file.
        case on = "true"
        case off = "false"

        /// The least MTU of a link (RFC 8200, 5).
        public static let leastMTU = 1_280
    }
}

extension Configuration.Port {
    public var hasIPv6: Bool { ipv6.isOn(with: addresses) }
}

extension Configuration.Interface {
    public var hasIPv6: Bool { ipv6.isOn(with: addresses) }

    /// The address of the interface for its link that the file names.
    public var ownLinkLocal: IPAddress? { addresses.first(where: \.isOfLink)?.address }
}

extension Configuration.IPv6 {
    func isOn(with addresses: [Configuration.InterfaceAddress]) -> Bool {
        self == .on || self == .automatic && addresses.contains { !$0.address.isIPv4 }
    }
}

extension SettingRow {
    /// The same for ports and interfaces.
    static func ipv6(
        _ path: any WritableKeyPath<Section, Configuration.IPv6> & Sendable
    ) -> SettingRow {
        SettingRow(
            KeyFacts(
                "ipv6", .words(Configuration.IPv6.self), .value("auto"), "whether it has IPv6",
                description:
                    "true: takes IPv6 packets in, and has a link-local address, also without an IPv6 address in the file. "
                    + "auto: with one. Only with forward: route.",
                only: .route),
            .onReload, path)
    }
}

extension ConfigurationDecoder {
    /// What an interface with IPv6 cannot have.
    mutating func checkIPv6(
        _ interface: Configuration.Interface, mtu: Int, _ path: FieldPath, _ location: Location
    ) {
        if interface.ipv6 == .off,
            let address = interface.addresses.first(where: { !$0.address.isIPv4 })
        {
            report(
                location, path.appending("ipv6"),
                "found \"false\", but the interface has \(address); remove one of them")
        }
        if interface.ra != nil, !interface.hasIPv6 {
            report(
                location, path.appending("ra"),
                "the interface has no IPv6; give it an address of IPv6, or ipv6: true")
        }
        let least = Configuration.IPv6.leastMTU
        if interface.hasIPv6, mtu < least {
            report(
                location, path.appending("mtu"),
                "found \(mtu), but IPv6 needs \(least) (RFC 8200, 5); give it that much, or no IPv6"
            )
        }
    }
}
