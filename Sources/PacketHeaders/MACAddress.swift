// SPDX-License-Identifier: Apache-2.0

/// A 48-bit Ethernet address, held in the low 48 bits with the first byte on the wire most
/// significant.
@frozen public struct MACAddress: Hashable, Sendable {
    /// The 48 bits; the upper 16 are zero.
    public let rawValue: UInt64

    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue & 0xffff_ffff_ffff }

    /// ff:ff:ff:ff:ff:ff
    @inlinable public static var broadcast: MACAddress { MACAddress(rawValue: 0xffff_ffff_ffff) }

    /// The group bit: set for multicast and broadcast addresses (IEEE 802.3, 3.2.3).
    @inlinable public var isGroup: Bool { rawValue & 0x0100_0000_0000 != 0 }

    /// Parses six pairs of hexadecimal digits joined by colons, as in `02:00:00:00:00:01`.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6 else { return nil }
        var value: UInt64 = 0
        for part in parts {
            guard part.utf8.count == 2, part.utf8.allSatisfy(\.isHexDigit),
                let byte = UInt64(part, radix: 16)
            else { return nil }
            value = value << 8 | byte
        }
        rawValue = value
    }

    /// The six bytes in the order of the wire.
    public var bytes: [UInt8] {
        (0..<6).map { UInt8(truncatingIfNeeded: rawValue >> (40 - 8 * UInt64($0))) }
    }

    @inlinable @inline(__always)
    public static func == (left: MACAddress, right: MACAddress) -> Bool {
        left.rawValue == right.rawValue
    }
}

extension MACAddress: CustomStringConvertible {
    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}

extension UInt8 {
    /// The ASCII digits 0 to 9, a to f and A to F.
    var isHexDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
