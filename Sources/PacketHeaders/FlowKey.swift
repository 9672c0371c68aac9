// SPDX-License-Identifier: Apache-2.0

/// What names a flow, the same for both directions: the two endpoints are sorted.
///
/// VLANs are not part of it, since a routed flow has other tags in the other direction: see
/// `FrameSummary.vlans`.
@frozen public struct FlowKey: Hashable, Sendable {
    @frozen public enum Kind: UInt8, Sendable {
        /// Two MAC addresses and an EtherType.
        case ethernet
        /// Two IPv4 addresses, a protocol, and perhaps ports.
        case ipv4
        /// Two IPv6 addresses, a protocol, and perhaps ports.
        case ipv6
    }

    public let kind: Kind
    /// The ports are part of the key.
    public let hasPorts: Bool
    /// The IP protocol; for `ethernet` the EtherType.
    @usableFromInline let type: UInt16
    /// The lesser endpoint.
    public let first: FlowEndpoint
    /// The greater endpoint.
    public let second: FlowEndpoint

    @inlinable @inline(__always)
    init(_ kind: Kind, type: UInt16, hasPorts: Bool, _ one: FlowEndpoint, _ other: FlowEndpoint) {
        self.kind = kind
        self.type = type
        self.hasPorts = hasPorts
        let inOrder = !(other < one)
        first = inOrder ? one : other
        second = inOrder ? other : one
    }

    /// `nil` for `ethernet`.
    @inlinable public var ipProtocol: IPProtocol? {
        kind == .ethernet ? nil : IPProtocol(rawValue: UInt8(truncatingIfNeeded: type))
    }

    /// What stands behind the VLAN tags.
    @inlinable public var etherType: EtherType {
        switch kind {
        case .ethernet: EtherType(rawValue: type)
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        }
    }

    @inlinable @inline(__always) public static func == (left: FlowKey, right: FlowKey) -> Bool {
        left.kind == right.kind && left.hasPorts == right.hasPorts && left.type == right.type
            && left.first == right.first && left.second == right.second
    }
}
