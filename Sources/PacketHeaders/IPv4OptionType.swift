// SPDX-License-Identifier: Apache-2.0

/// The type of an IPv4 option (RFC 791, 3.1; RFC 7126).
@frozen public struct IPv4OptionType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    @inlinable @inline(__always) public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// RFC 791, 3.1
    @inlinable public static var recordRoute: IPv4OptionType { IPv4OptionType(rawValue: 7) }
    /// RFC 791, 3.1
    @inlinable public static var timestamp: IPv4OptionType { IPv4OptionType(rawValue: 68) }
    /// RFC 791, 3.1
    @inlinable public static var looseSourceRoute: IPv4OptionType { IPv4OptionType(rawValue: 131) }
    /// RFC 791, 3.1
    @inlinable public static var strictSourceRoute: IPv4OptionType { IPv4OptionType(rawValue: 137) }
    /// RFC 2113
    @inlinable public static var routerAlert: IPv4OptionType { IPv4OptionType(rawValue: 148) }

    /// The option stands in every fragment, not in the first alone.
    @inlinable public var isCopiedIntoFragments: Bool { rawValue & 0x80 != 0 }

    @inlinable public static func == (left: IPv4OptionType, right: IPv4OptionType) -> Bool {
        left.rawValue == right.rawValue
    }
}

extension HeaderOption {
    /// The kind, read as that of an IPv4 option.
    @inlinable public var ipv4Type: IPv4OptionType { IPv4OptionType(rawValue: kind) }
}
