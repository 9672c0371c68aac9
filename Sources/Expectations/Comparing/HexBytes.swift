// SPDX-License-Identifier: Apache-2.0

import PacketFields

/// Bytes that are one hexadecimal text in JSON.
public struct HexBytes: Hashable, Sendable {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
}

extension HexBytes: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard
            case .bytes(let bytes)? = FieldValue(
                try container.decode(String.self), as: .bytes)
        else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "bytes in hexadecimal")
        }
        self.bytes = bytes
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }
}
