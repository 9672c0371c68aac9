// SPDX-License-Identifier: Apache-2.0

public import PacketFields

/// What two captures must have in common to count as equal. Timestamps never count.
public struct ComparisonRules: Equatable, Sendable {
    public enum Order: String, CaseIterable, Sendable, Codable {
        /// In order within each flow, in any order between flows.
        case flow
        /// In one order, and padding counts.
        case strict
        /// In any order.
        case any
    }

    public enum Checksums: String, CaseIterable, Sendable, Codable {
        /// Compared like any field.
        case literal
        /// Not compared; those of the frames that left must be right.
        case valid
    }

    public var order: Order
    /// Not compared in any frame, and no part of what names a flow.
    public var ignored: Set<FieldName>
    /// Only the set bits are compared. Bits as they stand in the header, the field's lowest is bit 0.
    public var masks: [FieldName: UInt64]
    public var checksums: Checksums

    public init(
        order: Order = .flow, ignored: Set<FieldName> = [], masks: [FieldName: UInt64] = [:],
        checksums: Checksums = .literal
    ) {
        self.order = order
        self.ignored = ignored
        self.masks = masks
        self.checksums = checksums
    }

    /// A short frame is padded on its way to the wire, so that padding says nothing (IEEE 802.3,
    /// 3.2.8): without FCS a frame has 60 bytes.
    static let paddedByteCount = 60

    /// Whether a field is left out when frames are compared.
    func leavesOut(_ name: FieldName) -> Bool {
        ignored.contains(name) || checksums == .valid && name.isChecksum
    }

    /// Whether frames have to be taken apart to be compared.
    var looksIntoFrames: Bool {
        !ignored.isEmpty || !masks.isEmpty || checksums == .valid
    }
}
