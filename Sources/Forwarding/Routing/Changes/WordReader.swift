// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders

/// The words of a line, up to its end or a `#`. A word lives as long as the line's bytes.
struct WordReader {
    private var rest: UnsafeRawBufferPointer.SubSequence

    init(_ line: UnsafeRawBufferPointer) { rest = line[...] }

    mutating func next() -> Word? {
        guard let start = rest.firstIndex(where: { !Self.isSpace($0) }),
            rest[start] != UInt8(ascii: "#")
        else { return nil }
        let end = rest[start...].firstIndex { Self.isSpace($0) } ?? rest.endIndex
        defer { rest = rest[end...] }
        return Word(UnsafeRawBufferPointer(rebasing: rest[start..<end]))
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}

/// A word of a text that nobody has decoded.
struct Word {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Stands for one that is missing.
    init() { bytes = UnsafeRawBufferPointer(start: nil, count: 0) }

    var isEmpty: Bool { bytes.isEmpty }

    static func == (left: Word, right: StaticString) -> Bool {
        guard left.bytes.count == right.utf8CodeUnitCount else { return false }
        for index in left.bytes.indices where left.bytes[index] != right.utf8Start[index] {
            return false
        }
        return true
    }

    /// At most 64 bytes of it.
    var text: String {
        String(decoding: bytes.prefix(64), as: UTF8.self) + (bytes.count > 64 ? "…" : "")
    }

    /// For a message: without control characters.
    var quoted: String {
        let printable = text.unicodeScalars.map {
            $0.properties.generalCategory == .control ? "\u{fffd}" : Character($0)
        }
        return bytes.isEmpty ? "nothing" : "\"\(String(printable))\""
    }

    var beginsWithDigit: Bool { bytes.first.map { Self.digit($0) != nil } ?? false }

    /// Whether it is written as an address or a prefix of IPv6 is.
    var isIPv6: Bool {
        bytes.contains(0x3a)
            && bytes.allSatisfy { byte in
                (0x2e...0x3a).contains(byte) || (0x61...0x66).contains(byte | 0x20)
            }
    }

    /// Up to 9 digits.
    var number: Int? { decimal(digits: 9) }

    /// Digits of a number of 32 bits.
    var unsigned: UInt32? { decimal(digits: 10).flatMap { UInt32(exactly: $0) } }

    private func decimal(digits most: Int) -> Int? {
        guard (1...most).contains(bytes.count) else { return nil }
        var value = 0
        for byte in bytes {
            guard let digit = Self.digit(byte) else { return nil }
            value = 10 * value + digit
        }
        return value
    }

    /// Whether it has a `/`.
    var hasLength: Bool { bytes.contains(UInt8(ascii: "/")) }

    /// An address, and the length behind it, or that of all its bits.
    var addressAndLength: (address: IPAddress, length: Int)? {
        guard isIPv6 else {
            return ipv4AddressAndLength.map { (IPAddress(IPv4Address(rawValue: $0)), $1) }
        }
        let parts = String(decoding: bytes, as: UTF8.self).split(
            separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
        guard parts.count == 2 else { return (address, address.width) }
        guard let length = Int(decimal: parts[1]), length <= address.width else { return nil }
        return (address, length)
    }

    /// An IPv4 address in dotted decimal without leading zeros, and the length behind it, or 32.
    private var ipv4AddressAndLength: (address: UInt32, length: Int)? {
        var index = bytes.startIndex
        var address: UInt32 = 0
        for part in 0..<4 {
            if part > 0 {
                guard index < bytes.endIndex, bytes[index] == UInt8(ascii: ".") else { return nil }
                index += 1
            }
            guard let value = decimal(&index, upTo: 255) else { return nil }
            address = address << 8 | UInt32(truncatingIfNeeded: value)
        }
        if index == bytes.endIndex { return (address, 32) }
        guard bytes[index] == UInt8(ascii: "/") else { return nil }
        index += 1
        guard let length = decimal(&index, upTo: 32), index == bytes.endIndex else { return nil }
        return (address, length)
    }

    /// Digits without a leading zero.
    private func decimal(_ index: inout Int, upTo most: Int) -> Int? {
        let start = index
        var value = 0
        while index < bytes.endIndex, let digit = Self.digit(bytes[index]) {
            value = 10 * value + digit
            index += 1
            guard value <= most else { return nil }
        }
        let count = index - start
        guard count > 0, count == 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        return value
    }

    private static func digit(_ byte: UInt8) -> Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
    }
}
