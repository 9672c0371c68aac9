// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration {
    /// A network behind a port: that of its untagged frames, whose name and settings are the port's, or that of
    /// frames with one VLAN tag, or with two (QinQ).
    public struct Interface: Equatable, Sendable {
        /// What the outer tag's type says (IEEE 802.1Q, 9.5): 0x8100 or 0x88a8. An inner tag is always 802.1Q's.
        public enum Encapsulation: String, CaseIterable, Sendable {
            case customer = "802.1Q"
            case service = "802.1ad"

            public var etherType: EtherType { self == .service ? .serviceVLAN : .vlan }
        }

        /// Of tagged frames, in all.
        public static let maximumCount = 16_000
        /// 0 and 4,095 name no VLAN (IEEE 802.1Q, table 9-2).
        public static let vlanRange = 1...4_094
        public static let maximumCountOfPort = vlanRange.count

        /// `lan`, `lan.100` or `lan.100.7`: the port's name and the VLAN identifiers.
        public var name: String
        /// An index into ``Configuration/ports``.
        public var port: Int
        /// Identifiers, that of the outer tag first; empty for untagged frames.
        public var vlans: [UInt16]
        /// What the file says; `nil` = 802.1Q for one tag, 802.1ad for the outer one of two.
        public var ownEncapsulation: Encapsulation?
        /// What the file says; `nil` = the most that there can be.
        public var ownMTU: Int?
        public var addresses: [InterfaceAddress]
        public var ipv6: IPv6
        public var ra: RouterAdvertisement?
        public var sourceCheck: SourceCheck
        public var vrf = VRF.main
        public var origin: Origin

        public init(
            name: String, port: Int, vlans: [UInt16] = [], encapsulation: Encapsulation? = nil,
            mtu: Int? = nil, addresses: [InterfaceAddress] = [], ipv6: IPv6 = .automatic,
            sourceCheck: SourceCheck = .off, origin: Origin = Origin()
        ) {
            self.name = name
            self.port = port
            self.vlans = vlans
            ownEncapsulation = encapsulation
            ownMTU = mtu
            self.addresses = addresses
            self.ipv6 = ipv6
            self.sourceCheck = sourceCheck
            self.origin = origin
        }

        public var encapsulation: Encapsulation {
            ownEncapsulation ?? (vlans.count > 1 ? .service : .customer)
        }

        /// The longest IP packet in bytes.
        /// - Parameter port: that of the interface.
        public func mtu(on port: Port) -> Int { ownMTU ?? mostMTU(on: port) }

        /// Devices take a frame of their MTU with one tag more, and not with two.
        public func mostMTU(on port: Port) -> Int {
            port.mtu - max(0, vlans.count - 1) * VLANTag.byteCount
        }

        /// Whether hosts on its link with addresses of the family of one can be asked for their MAC, whatever their networks.
        public func canAsk(for host: IPAddress) -> Bool {
            host.isIPv4 ? addresses.contains(where: \.address.isIPv4) : hasIPv6
        }

        /// As messages call it.
        public var title: String { vlans.isEmpty ? "port \(name)" : "interface \(name)" }
    }
}

extension Configuration.Interface: SettingSection {
    static let rows = [
        .vrf(\.vrf),
        SettingRow<Self>(
            KeyFacts(
                "addresses", Configuration.InterfaceAddress.listShape, .words("none"),
                "its own addresses",
                description:
                    "The interface's own addresses with their prefix lengths, of IPv4 and IPv6. Only with forward: route.",
                only: .route),
            .onReload, text: { $0.addresses.textInAnyOrder },
            decode: {
                $2.addresses = $0.decodeAddresses($1, in: $2.vrf)
            }),
        SettingRow<Self>(
            KeyFacts(
                "mtu", .integer(Configuration.Port.mtuRange), .words("the port's"),
                "longest IP packet, in bytes",
                description:
                    "The longest IP packet in bytes. Without it: the port's, 4 less for two tags."),
            .onReload, \.ownMTU, of: "a number of bytes"),
        SettingRow<Self>(
            KeyFacts(
                "encapsulation", .words(Encapsulation.self), .words("see below"),
                "type of the outer tag",
                description:
                    "The type of the outer tag. Without it: 802.1Q for one tag, 802.1ad for two."),
            .onReload, text: { $0.encapsulation.rawValue },
            decode: {
                $2.ownEncapsulation = $0.choice($1)
            }),
        .ipv6(\.ipv6),
        .advertisement(\.ra),
        .sourceCheck(\.sourceCheck),
    ]
}

extension [Configuration.InterfaceAddress] {
    /// For comparisons: their order does not matter.
    var textInAnyOrder: String { map { "\($0)" }.sorted().joined(separator: ", ") }
}
