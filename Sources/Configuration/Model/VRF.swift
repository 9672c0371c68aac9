// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

extension Configuration {
    /// Virtual routing and forwarding: interfaces with tables, neighbours and addresses of their own (RFC 4364, 3).
    public enum VRF {
        /// The one of interfaces that name none, whose table is the full one.
        public static let main = "main"
        /// Beside the main one; the data plane's tables have so many roots.
        public static let maximumCount = 4_000
        public static let maximumNameLength = 32

        /// A letter, then letters, digits, `-` and `_`; 1 to 32 in all, as of a port.
        public static func isValidName(_ name: String) -> Bool { Port.isValidName(name) }
    }

    /// The names of all VRFs: the main one, and the others in the order of their first interfaces.
    public var vrfs: [String] {
        var seen: Set<String> = [VRF.main]
        return [VRF.main]
            + (ports.map(\.vrf) + vlanInterfaces.map(\.vrf)).filter { seen.insert($0).inserted }
    }

    /// Whether any interface belongs to another VRF than the main one.
    public var hasVRFs: Bool {
        ports.contains { $0.vrf != VRF.main } || vlanInterfaces.contains { $0.vrf != VRF.main }
    }

    /// The VRF that an interface belongs to.
    public func vrf(ofInterface index: Int) -> String {
        index < ports.count ? ports[index].vrf : vlanInterfaces[index - ports.count].vrf
    }
}

/// The networks of interfaces by VRF: the same may be in several.
public struct VRFNetworks: Sendable {
    private var networks: [String: InterfaceNetworks] = [:]
    private let none: InterfaceNetworks

    public init() { none = InterfaceNetworks() }

    /// - Parameter findsOverlaps: for `overlap(with:)`, which takes an entry for each bit of a network.
    init(findsOverlaps: Bool) { none = InterfaceNetworks(findsOverlaps: findsOverlaps) }

    /// Those of a VRF: none where no interface belongs to it.
    public subscript(vrf: String) -> InterfaceNetworks { networks[vrf] ?? none }

    mutating func add(
        _ addresses: [Configuration.InterfaceAddress], of interface: Int, in vrf: String
    ) {
        networks[vrf, default: none].add(addresses, of: interface)
    }
}

extension SettingRow {
    /// The same for ports and interfaces.
    static func vrf(_ path: any WritableKeyPath<Section, String> & Sendable) -> SettingRow {
        SettingRow(
            KeyFacts(
                "vrf",
                .other(
                    type: "name",
                    schema: "\"type\": \"string\", \"pattern\": \"^[A-Za-z][A-Za-z0-9_-]{0,31}$\""),
                .value(Configuration.VRF.main), "whose tables it has",
                description:
                    "The VRF that it belongs to: interfaces of one have tables, neighbours and addresses apart from all others. Only with forward: route.",
                only: .route),
            .onReload, text: { $0[keyPath: path] },
            decode: {
                if let name = $0.vrfName($1) { $2[keyPath: path] = name }
            })
    }
}

extension ConfigurationDecoder {
    /// A name that a VRF can have.
    mutating func vrfName(_ field: Field) -> String? {
        let expected =
            "the name of a VRF: a letter, then letters, digits, - and _, at most \(Configuration.VRF.maximumNameLength)"
        guard let name = scalar(field, expected: expected) else { return nil }
        guard Configuration.VRF.isValidName(name) else {
            reportFound(field, expected: expected)
            ports.networksAreUncertain = true
            return nil
        }
        return name
    }

    /// The name of a VRF that interfaces belong to.
    mutating func knownVRF(_ field: Field) -> String? {
        guard let name = vrfName(field) else { return nil }
        let names = ports.vrfs
        guard !names.contains(name), !ports.networksAreUncertain else { return name }
        report(
            field,
            "no interface belongs to VRF \(name); "
                + (Spelling.nearest(to: name, among: Array(names)).map { "did you mean \"\($0)\"?" }
                    ?? "there are \(names.sorted().prefix(8).joined(separator: ", "))"))
        return nil
    }
}
