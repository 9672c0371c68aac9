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
        /// Receive queues to ask the device for; `nil` = as many as suit the workers.
        public var queues: Int?
        public var admit: Admission
        public var origin: Origin

        public init(
            name: String, device: Device, mac: MACAddress? = nil, mtu: Int = Port.defaultMTU,
            addresses: [InterfaceAddress] = [], queues: Int? = nil, admit: Admission = .own,
            origin: Origin = Origin()
        ) {
            self.name = name
            self.device = device
            self.mac = mac
            self.mtu = mtu
            self.addresses = addresses
            self.queues = queues
            self.admit = admit
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
