// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration {
    /// One way in and out of the forwarder.
    public struct Port: Equatable, Sendable {
        /// Which frames routing takes in, judged by destination MAC.
        public enum Admission: String, CaseIterable, Sendable {
            /// Those sent to the port's own MAC.
            case own
            /// All.
            case any
        }

        /// `RTE_MAX_ETHPORTS` of DPDK 22.11.
        public static let maximumCount = 32
        public static let maximumNameLength = 32
        public static let maximumAddressCount = 64
        /// 68 is the least that IPv4 allows (RFC 791).
        public static let mtuRange = 68...9_600
        public static let defaultMTU = 1_500
        public static let queuesRange = 1...WorkerSelection.maximumCount

        public var name: String
        public var device: Device
        /// `nil`: the device's own in `run`, one derived from the name in `replay`.
        public var mac: MACAddress?
        public var mtu: Int
        public var addresses: [InterfaceAddress]
        public var ipv6: IPv6
        public var ra: RouterAdvertisement?
        /// Receive queues to ask the device for; `nil` = as many as suit the workers.
        public var queues: Int?
        public var admit: Admission
        public var sourceCheck: SourceCheck
        public var vrf = VRF.main
        public var origin: Origin

        public init(
            name: String, device: Device, mac: MACAddress? = nil, mtu: Int = Port.defaultMTU,
            addresses: [InterfaceAddress] = [], ipv6: IPv6 = .automatic, queues: Int? = nil,
            admit: Admission = .own, sourceCheck: SourceCheck = .off, origin: Origin = Origin()
        ) {
            self.name = name
            self.device = device
            self.mac = mac
            self.mtu = mtu
            self.addresses = addresses
            self.ipv6 = ipv6
            self.queues = queues
            self.admit = admit
            self.sourceCheck = sourceCheck
            self.origin = origin
        }

        /// A letter, then letters, digits, `-` and `_`; 1 to 32 in all.
        public static func isValidName(_ name: String) -> Bool {
            guard let first = name.utf8.first, first.isASCIILetter,
                name.utf8.count <= maximumNameLength
            else { return false }
            return name.utf8.allSatisfy {
                $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: "_")
            }
        }
    }
}

extension Configuration.Port: SettingSection {
    static let rows = [
        SettingRow<Self>(
            KeyFacts(
                "device",
                .other(
                    type: "text",
                    schema: "\"type\": \"string\", \"pattern\": \"^(\(schemes)):.+$\""),
                .required(
                    hint: "give the port a device, such as pci:0000:3b:00.0 or vdev:net_null0"),
                "what stands behind it",
                description:
                    "What stands behind the port: pci:0000:3b:00.0, vdev:net_null0, "
                    + "pcap:FILE[,output=FILE][,infinite], interface:eth1 or tap:NAME."),
            .onRestart, text: \.device.description.quoted,
            decode: {
                if let device = $0.device($1) { $2.device = device }
            }),
        SettingRow<Self>(
            KeyFacts(
                "mac", .other(type: "MAC address", schema: "\"$ref\": \"#/$defs/mac\""),
                .words("see below"), "its own MAC address",
                description:
                    "The port's own MAC address. Without it: the device's, or in a replay one from the port's name."
            ), .onReload, text: { $0.mac.map { "\($0)" } ?? "none" },
            decode: {
                $2.mac = $0.mac($1)
            }),
        SettingRow<Self>(
            KeyFacts(
                "mtu", .integer(mtuRange), .value("\(defaultMTU)"), "longest IP packet, in bytes",
                description: "The longest IP packet in bytes."),
            .onReload, \.mtu, of: "a number of bytes"),
        .vrf(\.vrf),
        SettingRow<Self>(
            KeyFacts(
                "addresses", Configuration.InterfaceAddress.listShape, .words("none"),
                "its own addresses",
                description:
                    "The port's own addresses with their prefix lengths, of IPv4 and IPv6. Only with forward: route.",
                only: .route), .onReload, text: { $0.addresses.textInAnyOrder },
            decode: {
                $2.addresses = $0.decodeAddresses($1, in: $2.vrf)
            }),
        SettingRow<Self>(
            KeyFacts(
                "queues", .integer(queuesRange), .words("see below"), "receive queues",
                description:
                    "Receive queues. Without it: as many as suit the device and the workers."),
            .onRestart, text: { $0.queues.map(String.init) ?? "no number" },
            decode: {
                $2.queues = $0.queues($1, of: $2.device)
            }),
        SettingRow<Self>(
            KeyFacts(
                "admit", .words(Admission.self), .value("own"), "which frames are taken in",
                description:
                    "own: frames for the port's MAC address alone. any: all. Only with forward: route.",
                only: .route),
            .onReload, \.admit),
        .ipv6(\.ipv6),
        .advertisement(\.ra),
        .sourceCheck(\.sourceCheck),
    ]

    private static let schemes = Configuration.Device.Scheme.allCases.map(\.rawValue)
        .joined(separator: "|")
}

extension SectionKey<Configuration.Port> {
    static let device = SectionKey(rawValue: "device")!
}
