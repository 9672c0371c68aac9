// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

extension FieldValue {
    /// As a person writes it.
    public func text(as definition: FieldDefinition) -> String {
        switch (self, definition.kind) {
        case (.number(let number), .hexadecimal):
            Self.hexadecimal(number, bits: definition.bitCount ?? 64)
        case (.number(let number), .ipv4Flags):
            Self.named(number, ["more fragments", "don't fragment", "reserved"], bits: 3)
        case (.number(let number), .tcpFlags):
            Self.named(
                number, ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"], bits: 8)
        case (.number(let number), _): String(number)
        case (.macAddress(let address), _): address.description
        case (.ipv4Address(let address), _): address.description
        case (.ipv6Address(let address), _): address.description
        case (.bytes(let bytes), _): Self.text(bytes)
        }
    }

    /// Two values that differ, so that one sees it: of long bytes what stands around the first
    /// difference.
    package static func texts(
        _ expected: FieldValue, _ got: FieldValue, as definition: FieldDefinition
    ) -> (expected: String, got: String) {
        guard case .bytes(let first) = expected, case .bytes(let second) = got else {
            return (expected.text(as: definition), got.text(as: definition))
        }
        let common = zip(first, second).prefix { $0 == $1 }.count
        // From the row of eight that holds the first difference.
        let start = common < 16 ? 0 : common / 8 * 8
        return (text(first, from: start), text(second, from: start))
    }

    /// `0x002a`: as many digits as the field has.
    package static func hexadecimal(_ number: UInt64, bits: Int) -> String {
        let digits = String(number, radix: 16)
        return "0x" + String(repeating: "0", count: max(0, (bits + 3) / 4 - digits.count)) + digits
    }

    /// `0x12 (SYN, ACK)`; the lowest bit's name comes first.
    private static func named(_ number: UInt64, _ names: [String], bits: Int) -> String {
        let set = names.indices.filter { number >> UInt64($0) & 1 == 1 }.map { names[$0] }
        let text = hexadecimal(number, bits: bits)
        return set.isEmpty ? text : "\(text) (\(set.joined(separator: ", ")))"
    }

    /// Up to 16 bytes in full; of more, from a byte on.
    static func text(_ bytes: some Collection<UInt8>, from start: Int = 0) -> String {
        let most = 16
        guard bytes.count > most else { return bytes.isEmpty ? "no bytes" : hex(bytes) }
        let shown = bytes.dropFirst(start).prefix(most)
        let place = start == 0 ? "" : ", from byte \(start)"
        let dots = start + shown.count < bytes.count ? " …" : ""
        return "\(bytes.count) bytes\(place): \(hex(shown))\(dots)"
    }

    package static func hex(_ bytes: some Collection<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}
