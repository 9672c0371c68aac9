// SPDX-License-Identifier: Apache-2.0

/// How the bits of a field are read and written.
public enum FieldKind: Hashable, Sendable {
    /// A number, in decimal.
    case decimal
    /// A number, in hexadecimal with as many digits as the field has.
    case hexadecimal
    /// A length or an offset that counts units of several bytes; its value is in bytes.
    case units(bytes: UInt64)
    case macAddress
    case ipv4Address
    case ipv6Address
    /// The three flags of IPv4, as a number and by name.
    case ipv4Flags
    /// The eight flags of TCP, as a number and by name.
    case tcpFlags
    /// Bytes, as many as there are.
    case bytes

    /// For tables.
    package var word: String {
        switch self {
        case .decimal: "decimal"
        case .hexadecimal, .ipv4Flags, .tcpFlags: "hexadecimal"
        case .units: "number of bytes"
        case .macAddress: "MAC address"
        case .ipv4Address: "IPv4 address"
        case .ipv6Address: "IPv6 address"
        case .bytes: "bytes"
        }
    }

    /// What a value in a case file looks like, for messages and documents.
    public var expectation: String {
        switch self {
        case .decimal, .hexadecimal, .ipv4Flags, .tcpFlags:
            "a number such as 64 or 0x40"
        case .units: "a number of bytes such as 20"
        case .macAddress: "a MAC address such as 02:00:00:00:00:01"
        case .ipv4Address: "an IPv4 address such as 192.0.2.1"
        case .ipv6Address: "an IPv6 address such as 2001:db8::1"
        case .bytes: "bytes in hexadecimal such as \"de ad be ef\""
        }
    }
}
