// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// What a field says.
public enum FieldValue: Hashable, Sendable {
    /// Lengths and offsets in bytes, whatever units the header counts in.
    case number(UInt64)
    case macAddress(MACAddress)
    case ipv4Address(IPv4Address)
    case ipv6Address(IPv6Address)
    case bytes([UInt8])

    /// - Parameters:
    ///   - bits: the field as a number, where it has at most 64 bits.
    ///   - bytes: the bytes that hold it.
    init(bits: UInt64?, bytes: ArraySlice<UInt8>, as kind: FieldKind) {
        switch (kind, bits) {
        case (.bytes, _): self = .bytes(Array(bytes))
        case (.units(let unit), let bits?): self = .number(bits * unit)
        case (.macAddress, let bits?): self = .macAddress(MACAddress(rawValue: bits))
        case (.ipv4Address, let bits?):
            self = .ipv4Address(IPv4Address(rawValue: UInt32(truncatingIfNeeded: bits)))
        case (.ipv6Address, _) where bytes.count == 16:
            func half(_ part: ArraySlice<UInt8>) -> UInt64 {
                part.reduce(0) { $0 << 8 | UInt64($1) }
            }
            self = .ipv6Address(
                IPv6Address(high: half(bytes.prefix(8)), low: half(bytes.suffix(8))))
        case (_, let bits?): self = .number(bits)
        case (_, nil): self = .bytes(Array(bytes))
        }
    }

    /// Reads what a case file says about a field of the kind; `nil` when it is no such value.
    public init?(_ text: String, as kind: FieldKind) {
        switch kind {
        case .decimal, .hexadecimal, .units, .ipv4Flags, .tcpFlags:
            guard let number = Self.number(text) else { return nil }
            self = .number(number)
        case .macAddress:
            guard let address = MACAddress(text) else { return nil }
            self = .macAddress(address)
        case .ipv4Address:
            guard let address = IPv4Address(text) else { return nil }
            self = .ipv4Address(address)
        case .ipv6Address:
            guard let address = IPv6Address(text) else { return nil }
            self = .ipv6Address(address)
        case .bytes:
            guard let bytes = Self.bytes(text) else { return nil }
            self = .bytes(bytes)
        }
    }

    /// Decimal digits, or `0x` and hexadecimal ones. No sign.
    package static func number(_ text: String) -> UInt64? {
        let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
        let digits = isHexadecimal ? text.dropFirst(2) : text[...]
        guard let first = digits.utf8.first, first != UInt8(ascii: "+"),
            first != UInt8(ascii: "-"), isHexadecimal || digits == "0" || digits.first != "0"
        else { return nil }
        return UInt64(digits, radix: isHexadecimal ? 16 : 10)
    }

    /// Pairs of hexadecimal digits, with blanks or colons between them where one likes.
    private static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text.unicodeScalars {
            if character == " " || character == ":" {
                guard high == nil else { return nil }
                continue
            }
            guard character.isASCII, let digit = Character(character).hexDigitValue else {
                return nil
            }
            if let first = high {
                bytes.append(first << 4 | UInt8(digit))
                high = nil
            } else {
                high = UInt8(digit)
            }
        }
        return high == nil ? bytes : nil
    }
}
