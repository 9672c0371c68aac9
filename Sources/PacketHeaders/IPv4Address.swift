// SPDX-License-Identifier: Apache-2.0

/// An IPv4 address in host order.
@frozen public struct IPv4Address: Hashable, Sendable, Comparable {
    public let rawValue: UInt32

    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Parses dotted decimal: four numbers of 0 to 255 without leading zeros.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard let byte = UInt8(decimal: part) else { return nil }
            value = value << 8 | UInt32(byte)
        }
        rawValue = value
    }

    @inlinable @inline(__always)
    public static func < (left: IPv4Address, right: IPv4Address) -> Bool {
        left.rawValue < right.rawValue
    }

    @inlinable @inline(__always)
    public static func == (left: IPv4Address, right: IPv4Address) -> Bool {
        left.rawValue == right.rawValue
    }

    /// 224.0.0.0/4 (RFC 5771).
    @inlinable public var isMulticast: Bool { rawValue >> 28 == 0xe }

    /// 169.254.0.0/16 (RFC 3927).
    @inlinable public var isLinkLocal: Bool { rawValue >> 16 == 0xa9fe }

    /// Outside 0/8, 127/8, 224/4 and 240/4: a host may have it (RFC 1122, 3.2.1.3; RFC 6890).
    @inlinable public var isUnicast: Bool {
        switch rawValue >> 24 {
        case 0, 127, 224...255: false
        default: true
        }
    }

    /// A router may forward packets from here and to here (RFC 1812, 5.3.7; RFC 3927, 7).
    @inlinable public var isRoutable: Bool { isUnicast && !isLinkLocal }
}

extension IPv4Address: CustomStringConvertible {
    public var description: String {
        [24, 16, 8, 0].map { String(rawValue >> UInt32($0) & 0xff) }.joined(separator: ".")
    }
}

extension UInt8 {
    /// Parses digits alone: no sign, no leading zero.
    init?(decimal text: some StringProtocol) {
        guard (1...3).contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0")
        else { return nil }
        self.init(text, radix: 10)
    }
}
