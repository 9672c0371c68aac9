// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// A frame in hexadecimal digits, as people copy them: white space, colons and hyphens between bytes do
/// not count, nor does `0x` at the start. Or a hex dump of one frame, with its offsets.
public enum HexText {
    /// - Throws: `PacketTextError` that says which character or line is wrong, also for a packet without its
    ///   Ethernet header.
    public static func frame(_ text: String) throws(PacketTextError) -> [UInt8] {
        let bytes = if let dump = try HexDump(text) { try dump.bytes() } else { try digits(text) }
        if let kind = barePacket(bytes) {
            throw PacketTextError(
                column: 1,
                message:
                    "an \(kind) packet stands here without its Ethernet header, which tcpdump prints "
                    + "with -xx and not with -x")
        }
        return bytes
    }

    /// What the bytes are by all that they say of themselves, if that is a packet without a frame: ARP of Ethernet and
    /// IPv4 (RFC 826), or IP.
    private static func barePacket(_ bytes: [UInt8]) -> String? {
        let isARP =
            (28...46).contains(bytes.count)
            && bytes.starts(with: [0, 1, 8, 0, 6, 4, 0]) && (1...9).contains(bytes[7])
        return isARP ? "ARP" : isBareIP(bytes) ? "IP" : nil
    }

    private static func isBareIP(_ bytes: [UInt8]) -> Bool {
        // A frame of an Ethernet has 46 bytes behind its header at least.
        func fits(_ length: Int) -> Bool {
            length == bytes.count || length < bytes.count && bytes.count == 46
        }
        return bytes.withUnsafeBytes { raw in
            let frame = FrameBytes(raw)
            if let header = IPv4Header(frame), header.version == 4 {
                return header.isChecksumValid && fits(header.totalLength)
            }
            guard let header = IPv6Header(frame), header.version == 6 else { return false }
            return fits(IPv6Header.byteCount + header.payloadLength)
        }
    }

    private static func digits(_ text: String) throws(PacketTextError) -> [UInt8] {
        var bytes: [UInt8] = []
        var half: UInt8?
        var column = 0
        let start = text.hasPrefix("0x") || text.hasPrefix("0X") ? 2 : 0
        for character in text.utf8 {
            column += 1
            if column <= start { continue }
            guard let digit = Self.digit(character) else {
                guard half == nil, [0x20, 0x09, 0x0a, 0x0d, 0x3a, 0x2d].contains(character) else {
                    throw PacketTextError(
                        column: column,
                        message: "\(Self.shown(character)) is not a hexadecimal digit"
                            + (half == nil ? "" : ", and the byte before it has but one"))
                }
                continue
            }
            if let high = half {
                bytes.append(high << 4 | digit)
                half = nil
            } else {
                half = digit
            }
            guard bytes.count <= PacketText.longestFrame else {
                throw PacketTextError(
                    column: column,
                    message: "a frame has at most \(PacketText.longestFrame) bytes")
            }
        }
        guard half == nil else {
            throw PacketTextError(column: column, message: "the last byte has but one digit")
        }
        guard !bytes.isEmpty else {
            throw PacketTextError(column: 1, message: "there is no byte")
        }
        return bytes
    }

    /// Digits alone; nil for anything else.
    static func bytes(_ text: String) -> [UInt8]? {
        guard text.utf8.allSatisfy({ digit($0) != nil }) else { return nil }
        return try? digits(text)
    }

    static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func shown(_ character: UInt8) -> String {
        (0x21...0x7e).contains(character)
            ? "\"\(Character(UnicodeScalar(character)))\"" : "a byte of value \(character)"
    }
}
