// SPDX-License-Identifier: Apache-2.0

/// What there is to know about a field before there is a frame.
public struct FieldDefinition: Sendable {
    public let name: FieldName
    public let kind: FieldKind
    /// `nil` for bytes, of which there are as many as a frame has.
    public let bitCount: Int?
    /// One line for documents.
    public let meaning: String

    init(_ name: FieldName, _ kind: FieldKind, _ bitCount: Int?, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.bitCount = bitCount
        self.meaning = meaning
    }
}

extension FieldName {
    public var definition: FieldDefinition {
        // Every name has its row: a test looks.
        FieldDefinition.byName[self]!
    }

    public var kind: FieldKind { definition.kind }

    /// A checksum over what other fields say: it never tells two frames apart by itself.
    public var isChecksum: Bool {
        switch self {
        case .ipv4HeaderChecksum, .udpChecksum, .tcpChecksum, .sctpChecksum, .icmpChecksum,
            .icmpv6Checksum:
            true
        default: false
        }
    }
}

extension FieldDefinition {
    fileprivate static let byName = Dictionary(
        all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// The fields of a header whose length is fixed, in the order of the wire.
    /// - Parameter prefix: of their names, such as `udp.`.
    static func layout(_ prefix: String) -> [FieldDefinition] {
        all.filter { $0.name.rawValue.hasPrefix(prefix) && $0.bitCount != nil }
    }
}
