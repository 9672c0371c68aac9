// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// A frame taken apart into named fields, in the order of the wire. Any bytes have fields, and every
/// bit is in exactly one of them: what no header claims is `payload`, and what stands behind a
/// packet that says its own length is `ethernet.padding`.
public struct FrameFields: Sendable {
    public let bytes: [UInt8]
    public let fields: [FrameField]
    /// Where the packet ends by its own account, in bytes; `nil` when it says nothing, or something
    /// that cannot be.
    public let packetEnd: Int?

    public init(_ bytes: [UInt8]) {
        let dissector = bytes.withUnsafeBytes { FrameDissector(FrameBytes($0)) }
        self.bytes = bytes
        fields = dissector.fields
        packetEnd = dissector.packetEnd
    }

    /// The bytes under the names that another frame of the same length gives to its own.
    package init(_ bytes: [UInt8], like other: FrameFields) {
        self.bytes = bytes
        fields = other.fields
        packetEnd = other.packetEnd
    }

    /// The field of that name; the first, where extension headers stand on both sides of a fragment
    /// header.
    public func field(_ name: FieldName) -> FrameField? { fields.first { $0.name == name } }

    /// The bits of the field as a number; `nil` for more than 64.
    public func bits(of field: FrameField) -> UInt64? {
        guard field.bitCount <= 64, field.byteRange.count <= 8 else { return nil }
        let word = bytes[field.byteRange].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        let behind = field.byteRange.count * 8 - field.firstBit - field.bitCount
        let shifted = word >> UInt64(behind)
        return field.bitCount == 64 ? shifted : shifted & ((1 << UInt64(field.bitCount)) - 1)
    }

    /// The value of the field.
    public func value(of field: FrameField) -> FieldValue {
        FieldValue(
            bits: bits(of: field), bytes: bytes[field.byteRange], as: field.name.kind)
    }

    /// The value as text.
    public func text(of field: FrameField) -> String {
        value(of: field).text(as: field.name.definition)
    }

    /// The value of a field by its name, as text.
    public func text(_ name: FieldName) -> String? { field(name).map { text(of: $0) } }
}
